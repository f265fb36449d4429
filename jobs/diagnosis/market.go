package diagnosis

import (
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

const (
	// minSegment is the fewest regulars that make a segment worth a statement.
	minSegment = 10
	// marketShare of a segment's regulars fallen silent at once points at the
	// market, marketMost strongly.
	marketShare, marketMost = .25, .45
	// marketTimes: the segment's share has to be so many times that of the others.
	marketTimes = 2.5
	// atOnce: silences that began within so many days of each other, or within two
	// own median gaps if that is longer, began at once.
	atOnce = 30
)

// comparable reports whether the customer's segment is large enough for a
// statement.
func (c *Company) comparable(s *standing.Standing) bool {
	return s.Customer.Segment != "" && c.segments[s.Customer.Segment].regulars >= minSegment
}

// market asks whether the customer's segment fell silent with it, and the rest of
// the company did not.
func (c *Company) market(h halt) trial {
	t := trial{name: finding.Market}
	if !c.comparable(h.Standing) {
		return t
	}
	segment := c.segments[h.Customer.Segment]
	in, out := c.fallen(h)
	evidence := finding.Say("segment_silent", "segment", h.Customer.Segment, "silent", in.silent, "regulars", in.regulars)
	if in.regulars < minSegment { // most of it left long ago: the present counts
		evidence = finding.Say("segment_silent", "segment", h.Customer.Segment, "silent", segment.silent, "regulars", segment.regulars)
	}
	share := in.share()
	apart := in.regulars >= minSegment && in.silent > 3 && share >= marketTimes*out.share()
	switch {
	case apart && share >= marketMost:
		t.speaks(3, evidence)
	case apart && share >= marketShare:
		t.speaks(2, evidence)
	default:
		t.denies(1, evidence)
	}
	return t
}

// share of the regulars who fell silent.
func (t tally) share() float64 { return float64(t.silent) / float64(max(1, t.regulars)) }

// fallen counts the current regulars who still ordered when the customer fell
// silent, and who of them fell silent at about the same time: in its segment, the
// customer included, and in the rest of the company.
func (c *Company) fallen(h halt) (in, out tally) {
	near := sales.Date(max(atOnce, math.Round(2*h.Habit.Median)))
	in = c.segments[h.Customer.Segment].near(h.last-near, h.last+near)
	all := c.company.near(h.last-near, h.last+near)
	return in, tally{regulars: all.regulars - in.regulars, silent: all.silent - in.silent}
}

// near counts who ordered on a date or later, and who of them ordered for the
// last time by another.
func (t tally) near(from, to sales.Date) tally {
	regulars, _ := slices.BinarySearch(t.lastOrders, from)
	first, _ := slices.BinarySearch(t.lastOfSilent, from)
	last, _ := slices.BinarySearch(t.lastOfSilent, to+1)
	return tally{regulars: len(t.lastOrders) - regulars, silent: max(0, last-first)}
}

func isSilent(s *standing.Standing) bool {
	return s.Stage == standing.Lost || s.Stage == standing.Overdue
}
