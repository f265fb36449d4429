package diagnosis

import (
	"sort"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// sameTime moves a date to the same weekday a year ago.
	sameTime = 364
	// seasonSlack: last year's pause may have begun and ended so many days off.
	seasonSlack = 14
	// seasonCover is the share of the present silence that last year's pause has
	// to cover.
	seasonCover = .8
	// pauseGaps: a pause is a gap longer than so many own median gaps.
	pauseGaps = 2
	// quietSegment and usualSegment are the shares of its usual orders below which
	// a segment was quiet at this time last year, and above which it was not.
	quietSegment, usualSegment = .4, .8
	// segmentOrders is the fewest expected orders that such a share rests on.
	segmentOrders = 30
)

// season asks whether the customer paused at this time in earlier years too, and
// whether its segment was quiet then. One pause that happens to lie there is not
// enough for more than medium confidence; two years are.
func (c *Company) season(h halt) trial {
	t := trial{name: finding.Season}
	for year := 1; year <= 2; year++ {
		if !c.yearKnown(h, year) {
			break
		}
		c.hearYear(&t, h, year)
	}
	if share, ok := c.segmentLastYear(h); ok {
		evidence := finding.Say("segment_season", "segment", h.Customer.Segment, "share", share)
		switch {
		case share <= quietSegment:
			t.speaks(2-min(1, len(t.con)), evidence)
		case share >= usualSegment && len(t.pro)+len(t.con) == 0:
			t.denies(1, evidence)
		}
	}
	return t
}

// yearKnown reports whether the customer was already buying so many years ago at
// the time of the present silence.
func (c *Company) yearKnown(h halt, years int) bool {
	from := h.last + 1 - sales.Date(years*sameTime)
	return h.last < c.snapshot.AsOf && h.First <= from-28
}

// hearYear looks at the time of the present silence, so many years ago.
func (c *Company) hearYear(t *trial, h halt, years int) {
	shift := sales.Date(years * sameTime)
	from, to := h.last+1-shift, c.snapshot.AsOf-shift
	orders := ordersIn(h.Customer, from-1, to)
	points, weight := 2, 2
	if years > 1 {
		points, weight = 1, 1
	}
	switch {
	case paused(h, from, to):
	case orders > 0:
		evidence := finding.Say("active_last_year", "orders", orders, "from", from, "to", to)
		if years > 1 {
			evidence = finding.Say("active_earlier", "orders", orders, "from", from, "to", to)
		}
		t.denies(weight, evidence)
		return
	default:
		points = 0 // no order, but no pause out of the habit either
	}
	evidence := finding.Say("silent_last_year", "from", from, "to", to)
	if years > 1 {
		evidence = finding.Say("silent_earlier", "from", from, "to", to)
	}
	t.speaks(points, evidence)
}

// paused reports whether one pause of the customer covers most of [from, to],
// give or take two weeks.
func paused(h halt, from, to sales.Date) bool {
	least := max(pauseGaps*h.Habit.Median, h.Habit.P90)
	before := sales.Date(0)
	for _, d := range h.Customer.Days {
		if d.Net <= 0 {
			continue
		}
		if before != 0 && float64(d.Date-before) > least && covers(before, d.Date, from, to) {
			return true
		}
		before = d.Date
		if before > to+seasonSlack {
			break
		}
	}
	return false
}

// covers reports whether the pause between two orders covers most of a time that
// may be moved by the slack.
func covers(begin, end, from, to sales.Date) bool {
	length := int(to - from + 1)
	for shift := sales.Date(-seasonSlack); shift <= seasonSlack; shift += 7 {
		inside := int(min(end, to+shift+1) - max(begin+1, from+shift))
		if float64(inside) >= seasonCover*float64(length) {
			return true
		}
	}
	return false
}

// ordersIn counts the customer's buying days in (from, to].
func ordersIn(c *sales.Customer, from, to sales.Date) int {
	n := 0
	for i := sort.Search(len(c.Days), func(i int) bool { return c.Days[i].Date > from }); i < len(c.Days) && c.Days[i].Date <= to; i++ {
		if c.Days[i].Net > 0 {
			n++
		}
	}
	return n
}

// segmentLastYear returns the orders of the segment's other customers at this
// time last year as a share of their usual: per day over the year around it.
func (c *Company) segmentLastYear(h halt) (share float64, ok bool) {
	if !c.comparable(h.Standing) {
		return 0, false
	}
	f := c.segmentFlow(h.Customer.Segment)
	from, to := h.last-sameTime, c.snapshot.AsOf-sameTime
	low, high := from-sameTime/2, min(to+sameTime/2, c.snapshot.AsOf)
	if low < f.oldest {
		return 0, false
	}
	then := f.orders(from, to) - ordersIn(h.Customer, from, to)
	around := f.orders(low, high) - ordersIn(h.Customer, low, high)
	expected := float64(around) / float64(high-low) * float64(to-from)
	if expected < segmentOrders {
		return 0, false
	}
	return float64(then) / expected, true
}
