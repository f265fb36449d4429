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
	weeks     float64    // from the beginning of the books to the latest AsOf
	repeats   float64    // of all customers
	logGaps   float64    // Σ ln gap of all customers, gaps in weeks
	traces    []trace    // sorted
	end       sales.Date // the latest AsOf
}

// learnable reports whether the shop has enough customers and history to learn from.
func (s shop) learnable() bool { return s.regulars >= minRegulars && s.weeks >= minWeeks }

// judgeable returns customers with at least two gaps, at most limit of them,
// evenly spread.
func (s shop) judgeable(limit int) []trace {
	first, _ := slices.BinarySearchFunc(s.traces, minKnownGaps, func(t trace, n int) int { return t.repeats - n })
	all := s.traces[first:]
	if len(all) <= limit {
		return all
	}
	few := make([]trace, limit)
	stride := float64(len(all)) / float64(limit)
	for i := range few {
		few[i] = all[int((float64(i)+.5)*stride)]
	}
	return few
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
	amounts             []sales.Money // nil where one is unknown or not positive
}

// compare orders traces so that equal ones cannot be told apart by a model.
func (t trace) compare(other trace) int {
	if c := cmp.Or(cmp.Compare(t.repeats, other.repeats), cmp.Compare(t.span, other.span),
		cmp.Compare(t.open, other.open), cmp.Compare(t.logGaps, other.logGaps)); c != 0 {
		return c // slices are compared only where they must be
	}
	return cmp.Or(slices.Compare(t.days, other.days), slices.Compare(t.amounts, other.amounts))
}

// summarise brings the histories into an order that does not depend on theirs,
// and groups them.
func summarise(histories []History) shop {
	var s shop
	traces := make([]trace, 0, len(histories))
	for _, h := range histories {
		h = h.clean()
		if len(h.Days) == 0 {
			continue
		}
		t := traceOf(h)
		traces = append(traces, t)
		s.end = max(s.end, h.AsOf)
		if t.repeats+1 >= regularOrders && t.span+t.open >= regularDays {
			s.regulars++
		}
	}
	slices.SortFunc(traces, trace.compare)
	s.customers = len(traces)
	if s.customers > 0 {
		s.weeks = float64(s.end-beginning(traces)) / week
	}
	s.group(traces)
	s.traces = traces
	return s
}

// beginning returns the date with which the books of all customers begin.
func beginning(traces []trace) sales.Date {
	return sales.Beginning(func(yield func(sales.Date) bool) {
		for i := range traces {
			for _, d := range traces[i].days {
				if !yield(d) {
					return
				}
			}
		}
	})
}

func traceOf(h History) trace {
	last := len(h.Days) - 1
	t := trace{
		repeats: last,
		span:    int(h.Days[last] - h.Days[0]),
		open:    int(h.AsOf - h.Days[last]),
		days:    h.Days,
		amounts: known(h.Amounts),
	}
	for i := 1; i <= last; i++ {
		t.logGaps += math.Log(float64(h.Days[i]-h.Days[i-1]) / week)
	}
	return t
}

// known returns the amounts if all of them can be compared in logarithms.
func known(amounts []sales.Money) []sales.Money {
	for _, a := range amounts {
		if a <= 0 {
			return nil
		}
	}
	return amounts
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
