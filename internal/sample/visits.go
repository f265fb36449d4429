package sample

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/sales"
)

// visit is one entry of the visit log. An entry after the as-of date is planned.
type visit struct {
	date     sales.Date
	rep      string
	customer string // empty: a stranger
	prospect text   // the name of a stranger
	kind     string
	state    string // done, planned, cancelled
}

// visitAll fills the visit log: visits to customers, cold visits to strangers
// and to those who became customers later.
func (b *builder) visitAll() {
	for i, a := range b.accounts {
		d := b.dice("visits", i)
		b.care(a, d)
		b.court(a, d)
	}
	signs := newSigns()
	for rep := range sellers {
		b.knock(rep, signs, b.dice("cold", rep))
	}
	slices.SortStableFunc(b.visits, func(x, y visit) int { return cmp.Compare(x.date, y.date) })
}

// workday returns the first day from d on that the rep is at work.
func (b *builder) workday(rep int, d sales.Date) (sales.Date, bool) {
	for end := d + 12; d < end; d++ {
		if b.works(rep, d) {
			return d, true
		}
	}
	return 0, false
}

// care visits a customer in its rhythm.
func (b *builder) care(a *account, d dice) {
	if a.plant == Neglected {
		b.lastCare(a)
	}
	until := b.AsOf + plannedDays
	if a.stopped {
		until = min(until, a.last+70)
	}
	if a.trial && a.last < b.AsOf {
		until = a.last + 20
	}
	if a.visits.until != 0 {
		until = a.visits.until
	}
	from := max(a.first+3, b.ago(visitDays)) + sales.Date(d.Float64()*a.visits.every)
	for day := from; day <= until; day += sales.Date(a.visits.every * d.between(.8, 1.2)) {
		rep := a.owner(day)
		on, ok := b.workday(rep, day)
		skipped := rep == repCollapse && on > b.ago(collapseDays) && !d.chance(.2)
		never := a.visits.never.from != 0 && on >= a.visits.never.from && on <= a.visits.never.to
		if ok && on <= until && !skipped && !never {
			b.log(visit{date: on, rep: b.people[rep].id, customer: a.id, kind: careKind(d)}, d)
		}
	}
}

// lastCare puts the last visit of a neglected customer where it was planted, or
// on the rep's last day at work before.
func (b *builder) lastCare(a *account) {
	day := a.visits.until
	for !b.works(a.owner(day), day) {
		day--
	}
	a.visits.until = day
	b.visits = append(b.visits, visit{
		date: day, rep: b.people[a.owner(day)].id, customer: a.id, kind: "visit", state: "done",
	})
}

func careKind(d dice) string {
	if d.chance(.12) {
		return "call"
	}
	return "visit"
}

// log enters a visit, planned when it is ahead, rarely cancelled.
func (b *builder) log(v visit, d dice) {
	v.state = "done"
	if v.date > b.AsOf {
		v.state = "planned"
	}
	if d.chance(.01) {
		twin := v
		twin.state = "cancelled"
		b.visits = append(b.visits, twin)
	}
	b.visits = append(b.visits, v)
}

// court is the cold visits to a party that became a customer.
func (b *builder) court(a *account, d dice) {
	if a.win == nil {
		return
	}
	for range a.win.visits {
		on, ok := b.workday(a.win.rep, a.first-d.days(3, 50))
		if ok && on < a.first && on >= b.ago(visitDays) {
			b.log(visit{date: on, rep: b.people[a.win.rep].id, customer: a.id, kind: "visit"}, d)
		}
	}
}

// knock is a rep's cold visits to strangers, week by week.
func (b *builder) knock(rep int, signs *signs, d dice) {
	monday := b.ago(visitDays)
	monday -= (sales.Date(monday.Weekday()) + 6) % 7
	for ; monday <= b.AsOf; monday += 7 {
		var days []sales.Date
		for day := monday; day < monday+5; day++ {
			if b.works(rep, day) {
				days = append(days, day)
			}
		}
		extra, offset := d.IntN(3), d.IntN(5)
		for n := range b.coldVisits(rep, monday, len(days), extra) {
			day := days[(n+offset)%len(days)]
			if day > b.AsOf || day < b.ago(visitDays) {
				continue
			}
			trade := pickTrade(d, false)
			b.log(visit{date: day, rep: b.people[rep].id, prospect: signs.any(trade, d), kind: "visit"}, d)
		}
	}
}

// coldVisits is how many cold visits a rep makes in a week of so many days at
// work: the quota of the level and a few more, but for the planted reps.
func (b *builder) coldVisits(rep int, monday sales.Date, days, extra int) int {
	quota := float64(coldQuota[b.people[rep].level]) * float64(days) / 5
	n := int(math.Ceil(quota)) + extra
	switch {
	case days == 0:
		return 0
	case rep == repFewVisits:
		n = int(math.Round(quota*.25)) + extra/2
	case rep == repPoorYield:
		n = int(math.Ceil(quota*1.5)) + extra
	case rep == repCollapse && monday+6 > b.ago(collapseDays):
		n = int(math.Round(quota * .2))
	}
	return n
}
