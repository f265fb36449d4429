package silence

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/sales"
)

// shop is what the fit needs of all customers together.
type shop struct {
	groups    []group // sorted
	customers int     // with a buying day
	regulars  int
	weeks     float64 // from the first buying day of all to the latest AsOf
	repeats   float64 // of all customers
	logGaps   float64 // Σ ln gap of all customers, gaps in weeks
	past      []episode
}

// group is customers that the likelihood cannot tell apart: the same number of
// repeats, weeks from first to last buying day and weeks of silence.
type group struct {
	repeats    int
	span, open float64
	count      float64
}

// offset is the part of ln L that depends on k alone: (k−1)·Σ ln gap − x·ln Γ(k).
func (s shop) offset(k int) float64 {
	return float64(k-1)*s.logGaps - s.repeats*logGamma(float64(k))
}

// trace is one customer in whole days.
type trace struct {
	repeats, span, open int
	logGaps             float64
	days                []sales.Date
}

// compare orders traces so that equal ones cannot be told apart by a model.
func (t trace) compare(other trace) int {
	if c := cmp.Or(cmp.Compare(t.repeats, other.repeats), cmp.Compare(t.span, other.span),
		cmp.Compare(t.open, other.open), cmp.Compare(t.logGaps, other.logGaps)); c != 0 {
		return c
	}
	for i := range t.days {
		if c := cmp.Compare(t.days[i]-t.days[0], other.days[i]-other.days[0]); c != 0 {
			return c
		}
	}
	return 0
}

// summarise brings the histories into an order that does not depend on theirs,
// and groups them.
func summarise(histories []History) shop {
	var s shop
	traces := make([]trace, 0, len(histories))
	first, end := math.Inf(1), math.Inf(-1)
	for _, h := range histories {
		h = h.clean()
		if len(h.Days) == 0 {
			continue
		}
		t := traceOf(h)
		traces = append(traces, t)
		first, end = min(first, float64(h.Days[0])), max(end, float64(h.AsOf))
		if t.repeats+1 >= regularOrders && t.span+t.open >= regularDays {
			s.regulars++
		}
	}
	slices.SortFunc(traces, trace.compare)
	s.customers = len(traces)
	if s.customers > 0 {
		s.weeks = (end - first) / week
	}
	s.group(traces)
	s.past = pastEpisodes(traces)
	return s
}

func traceOf(h History) trace {
	last := len(h.Days) - 1
	t := trace{
		repeats: last,
		span:    int(h.Days[last] - h.Days[0]),
		open:    int(h.AsOf - h.Days[last]),
		days:    h.Days,
	}
	for i := 1; i <= last; i++ {
		t.logGaps += math.Log(float64(h.Days[i]-h.Days[i-1]) / week)
	}
	return t
}

// group adds up sorted traces.
func (s *shop) group(traces []trace) {
	for i, t := range traces {
		s.repeats += float64(t.repeats)
		s.logGaps += t.logGaps
		if i > 0 && t.repeats == traces[i-1].repeats && t.span == traces[i-1].span && t.open == traces[i-1].open {
			s.groups[len(s.groups)-1].count++
			continue
		}
		s.groups = append(s.groups, group{
			repeats: t.repeats, span: float64(t.span) / week, open: float64(t.open) / week, count: 1,
		})
	}
}
