package declining

import (
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// holds is the share of the wanted p_declining at which a decline still is one,
	// and recovers the share of the expected volume from which it is none.
	holds, recovers = .8, .85
	// weeksPerMonth is the mean number of weeks in a month.
	weeksPerMonth = 365.25 / 12 / 7
)

// fall is what was missing in one window.
type fall struct {
	window
	kept     float64 // volume ÷ expected volume
	lastYear float64 // the same against the same weeks of last year; 0: unknown
	awake    float64 // kept, the longest pause in the window taken out of what was expected
}

// fallen measures the window that spoke loudest, before `to`.
func (j *judgement) fallen(weeks, to int) (fall, bool) {
	w, ok := j.open(weeks, to)
	if !ok {
		return fall{}, false
	}
	start := to - weeks
	market := w.market.orders * math.Exp(w.market.size)
	f := fall{window: w, kept: 1, awake: 1}
	now := max(0, j.volume.over(start, to))
	if before := j.volume.over(start-w.base, start) * float64(weeks) / float64(w.base) * market; before > 0 {
		f.kept = now / before
		f.awake = f.kept / (1 - j.asleep(w, to))
	}
	if ago := start - baseWeeks; ago >= j.began && ago >= 0 {
		moved := j.control.move(ago, to-baseWeeks, start, to)
		if then := j.volume.over(ago, to-baseWeeks) * moved.orders * math.Exp(moved.size); then > 0 {
			f.lastYear = now / then
		}
	}
	return f, true
}

// asleep is the share of a window that its longest pause takes up beyond the
// customer's mean gap: between two orders, or since the last one. Who was away for
// a while, and ordered as usual otherwise, does not decline: that is a silence.
func (j *judgement) asleep(w window, to int) float64 {
	end := j.grid.last(to - 1)
	from, longest, until := end-sales.Date(7*w.weeks), 0, end
	for _, d := range slices.Backward(j.days) {
		if d.Net <= 0 || d.Date > end {
			continue
		}
		longest = max(longest, int(until-max(d.Date, from)))
		if until = d.Date; until <= from {
			break
		}
	}
	usual := 7 * float64(w.base) / w.before
	return min(.9, max(0, float64(longest)-usual)/float64(7*w.weeks))
}

// follow walks through the tested weeks: a decline begins when two weeks in a
// row say so, and ends when the volume is back or the evidence gone. Where nearly
// all of the company's suspicions are chance, the false share bounds p.
func (s *survey) follow(c *Company, r *Result, i int, t *trail, falseShare float64) {
	wanted := c.rules.Declining
	r.P = min(odds(t.weaker(nullWeeks)), math.Sqrt(max(0, 1-falseShare)))
	j, ok := s.judge(i)
	if !ok {
		return
	}
	j.fillVolume(s.grid)
	if now, ok := j.fallen(s.seen[i][nullWeeks].window[t.test[nullWeeks]], span); ok {
		s.tell(r, j, now)
	}
	if r.P < wanted*holds {
		return
	}
	s.look(i, j, 0, nullWeeks-1)
	t = newTrail(s.seen[i])
	on, before, ended := false, false, -rearm
	for k := range tested {
		p := odds(t.weaker(k))
		if k == nullWeeks {
			p = r.P
		}
		f, ok := j.fallen(s.seen[i][k].window[t.test[k]], span-nullWeeks+k)
		deep := ok && f.after >= leastNow && f.awake < effect && f.lastYear < lastYear && 12*(1-f.kept)*r.Standing.Monthly.Float() >= s.worth
		switch {
		case !on && deep && before && p >= wanted && k-ended >= rearm:
			on, r.Since = true, s.last(span-nullWeeks+k-1)
		case on && !(ok && f.kept < recovers && p >= wanted*holds):
			on, ended = false, k
		}
		before = deep
	}
	if r.Declining = on; on {
		r.Facts.Since = r.Since
	}
}

// tell fills in what was compared, and with what result.
func (s *survey) tell(r *Result, j *judgement, f fall) {
	st := r.Standing
	share := max(0, 1-f.kept)
	r.MoneyAtRisk = max(0, sales.MoneyFromFloat(r.P*share*12*st.Monthly.Float()))
	monthly := func(sum float64, weeks int) float64 { return sum / float64(weeks) * weeksPerMonth }
	start := span - f.weeks
	level := j.logs.over(start-f.base, start) / f.before
	facts := finding.DeclineFacts{
		CustomerName: st.Customer.Name, Fell: fell(f), LastOrder: st.Last,
		From: s.last(start-1) + 1, Through: s.end, Weeks: f.weeks, BaseWeeks: f.base,
		OrdersBefore: monthly(f.before, f.base), OrdersNow: monthly(f.after, f.weeks),
		SizeBefore:   sales.MoneyFromFloat(math.Exp(level)),
		AmountBefore: sales.MoneyFromFloat(monthly(j.volume.over(start-f.base, start), f.base)),
		AmountNow:    sales.MoneyFromFloat(monthly(j.volume.over(start, span), f.weeks)),
		Market:       f.market.orders * math.Exp(f.market.size), Fallen: share, LastYear: f.lastYear,
		PDeclining: r.P, Monthly: st.Monthly, Yearly: 12 * st.Monthly, DataThrough: s.snapshot.DataThrough,
	}
	if f.after > 0 {
		facts.SizeNow = sales.MoneyFromFloat(math.Exp(j.logs.over(start, span) / f.after))
	}
	r.Facts = facts
}

// fell says which part made up most of the fall.
func fell(f fall) string {
	orders := -math.Log(max(.01, f.after/f.expected))
	sizes := -f.apart
	switch {
	case sizes <= .25*(orders+sizes):
		return finding.FellOrders
	case orders <= .25*(orders+sizes):
		return finding.FellSizes
	}
	return finding.FellBoth
}
