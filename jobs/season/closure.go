package season

import (
	"cmp"
	"slices"

	"dangol/internal/sales"
)

const (
	// improbable: the company, at its own rate, would leave the days empty less
	// often than this.
	improbable = 1e-4
	// minBusy is the fewest dates with order lines from which a rate is learned.
	minBusy = 20
)

// Span is a run of dates, both ends included.
type Span struct{ From, To sales.Date }

// Days returns the number of dates in the span.
func (s Span) Days() int { return int(s.To-s.From) + 1 }

// Closures returns the dates through asOf on which the company was closed: of
// each run of order-free days that is longer than the source's usual pause, and
// that the company at its own rate for those weekdays would leave empty with a
// probability below 1 in 10,000 or whose working days are all holidays of the
// calendar, the days in excess of the usual pause. A source that is booked
// weekly thus keeps its calendar. A run that has not ended is a closure only if
// the calendar says so: else the source may have stopped. Ascending, apart.
func Closures(flow Flow, calendar sales.Calendar, asOf sales.Date) []Span {
	var closed []Span
	empty := func(d sales.Date) bool { return d > flow.Last() || flow.Buyers[d-flow.First] == 0 }
	for d := flow.First; d <= asOf; d++ {
		if !empty(d) {
			continue
		}
		run := Span{d, d}
		for run.To < asOf && empty(run.To+1) {
			run.To++
		}
		d = run.To
		if excess := excessDays(flow, calendar, run); excess > 0 {
			closed = append(closed, Span{run.From, run.From + sales.Date(excess) - 1})
		}
	}
	return closed
}

// excessDays returns by how many days an order-free run is a closure.
func excessDays(flow Flow, calendar sales.Calendar, run Span) int {
	around := flow.Cut(run.From-halfYear, run.From-1)
	if around.Busy() < minBusy {
		around = flow.Cut(run.To+1, run.To+halfYear)
	}
	excess := run.Days() - around.UsualPause()
	switch {
	case around.Busy() < minBusy || excess <= 0:
		return 0
	case announced(calendar, run):
		return excess
	case run.To > flow.Last() || around.ChanceOfEmpty(run.From, run.To, sales.Calendar{}) >= improbable:
		return 0
	}
	return excess
}

// announced reports whether the calendar explains the run: it holds a holiday,
// and every day of it is one or belongs to a weekend.
func announced(calendar sales.Calendar, run Span) bool {
	holiday := false
	for d := run.From; d <= run.To; d++ {
		if calendar.Selling(d) {
			return false
		}
		holiday = holiday || calendar.Holidays[d]
	}
	return holiday
}

// union adds noted pauses to closures: ascending and apart, as closures are.
func union(closed []Span, noted []sales.Pause) []Span {
	if len(noted) == 0 {
		return closed
	}
	all := slices.Clone(closed)
	for _, p := range noted {
		all = append(all, Span{p.From, p.To})
	}
	slices.SortFunc(all, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	apart := all[:1]
	for _, s := range all[1:] {
		if last := &apart[len(apart)-1]; s.From <= last.To+1 {
			last.To = max(last.To, s.To)
			continue
		}
		apart = append(apart, s)
	}
	return apart
}

// within counts the dates of (from, to] that lie in the spans.
func within(spans []Span, from, to sales.Date) int {
	at, _ := slices.BinarySearchFunc(spans, from+1, func(s Span, d sales.Date) int { return int(s.To - d) })
	n := 0
	for ; at < len(spans) && spans[at].From <= to; at++ {
		n += int(min(to, spans[at].To)-max(from+1, spans[at].From)) + 1
	}
	return n
}
