package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/quota"
)

const (
	years      = 2
	yearDays   = 365
	churn      = .15 // regulars who leave within a year
	careEvery  = 28  // days between two visits to a customer
	leaveWeeks = 3   // a year
	unit       = 100 * sales.MoneyUnit
)

// asOf is a month end, a Tuesday.
var asOf = sales.NewDate(2026, 3, 31)

// size is what a team is like.
type size struct {
	reps    int
	minimum float64 // cold visits a week
	effort  float64 // visits made, as a multiple of the minimum
	yield   float64 // new customers for a cold visit
	spread  float64 // variance of a week's visits against their mean
	book    int     // regulars of a rep at the start
}

// sizes are the teams that are tried, turn by turn.
var sizes = []size{
	{reps: 12, minimum: 8, effort: 1.15, yield: .025, spread: 1, book: 32},
	{reps: 6, minimum: 10, effort: 1.1, yield: .02, spread: 1.5, book: 45},
	{reps: 25, minimum: 5, effort: 1.2, yield: .03, spread: 1, book: 25},
	{reps: 12, minimum: 15, effort: 1.0, yield: .012, spread: 2, book: 60},
}

// team is a team in the making.
type team struct {
	size
	*rand.Rand
	snapshot *sales.Snapshot
	leave    []sales.Absence
	planted  string // the cause planted in the first rep; empty: all are evenly able
}

// newTeam makes a team of evenly able reps: who is better or worse is chance.
// planted changes the first of them.
func newTeam(seed uint64, s size, planted string) *team {
	t := &team{size: s, Rand: rand.New(rand.NewPCG(seed, 5)), planted: planted}
	t.snapshot = &sales.Snapshot{AsOf: asOf, DataThrough: asOf, HasSellers: true,
		Has: map[sales.Relation]bool{sales.OrderLines: true, sales.Customers: true, sales.Reps: true, sales.Visits: true}}
	for i := range s.reps {
		t.snapshot.Reps = append(t.snapshot.Reps, sales.Rep{ID: fmt.Sprintf("R%02d", i), Name: fmt.Sprintf("Rep %d", i), Level: "regular",
			HiredOn: asOf - 1500, ManagerID: "L", Email: "rep@example.com"})
	}
	for i := range s.reps {
		t.rep(i)
	}
	byDate := func(a, b sales.Visit) int { return int(a.Date) - int(b.Date) }
	slices.SortStableFunc(t.snapshot.Strangers, byDate)
	for i := range t.snapshot.Customers {
		c := &t.snapshot.Customers[i]
		c.ID = fmt.Sprintf("C%05d", i)
		c.Name = c.ID
		for k := range c.Visits {
			c.Visits[k].CustomerID = c.ID
		}
		slices.SortStableFunc(c.Visits, byDate)
	}
	return t
}

// rules are what the team is asked for.
func (t *team) rules() quota.Rules {
	return quota.Rules{Leave: sales.NewLeave(t.leave), Fiscal: 1, Calendar: sales.Calendar{Weekend: [7]bool{true, false, false, false, false, false, true}},
		List: []quota.Rule{
			{Metric: finding.ColdVisits, Period: sales.Weekly, Target: t.minimum},
			{Metric: finding.NewCustomers, Period: sales.Quarterly, Target: math.Round(t.minimum * t.effort * t.yield * 13)},
		}}
}

// rep lets one rep work for two years.
func (t *team) rep(i int) {
	id, start := t.snapshot.Reps[i].ID, asOf-years*yearDays
	planted := ""
	if i == 0 {
		planted = t.planted
	}
	for range t.book {
		t.customer(id, start-sales.Date(200+t.IntN(400)), planted)
	}
	for range years * leaveWeeks {
		from := start + sales.Date(t.IntN(years*yearDays))
		from -= (sales.Date(from.Weekday()) + 6) % 7
		t.leave = append(t.leave, sales.Absence{RepID: id, From: from, To: from + 4})
	}
	for monday := start - (sales.Date(start.Weekday())+6)%7; monday <= asOf; monday += 7 {
		t.week(id, monday, planted)
	}
}

func (t *team) away(id string, d sales.Date) bool {
	return slices.ContainsFunc(t.leave, func(a sales.Absence) bool { return a.RepID == id && a.From <= d && d <= a.To })
}

// week is a rep's cold visits in a week; some become customers.
func (t *team) week(id string, monday sales.Date, planted string) {
	mean, yield := t.minimum*t.effort, t.yield
	switch {
	case planted == finding.FewVisits:
		mean *= .4
	case planted == finding.Technique:
		yield *= .2
	case planted == finding.ActivityFell && monday > asOf-63:
		mean *= .25
	}
	mean *= t.gamma(1/max(1e-9, (t.spread-1)/mean), t.spread > 1)
	for d := monday; d < monday+5; d++ {
		if t.away(id, d) || d > asOf {
			continue
		}
		for range t.poisson(mean / 5) {
			if t.Float64() < yield {
				t.win(id, d, planted)
				continue
			}
			t.snapshot.Strangers = append(t.snapshot.Strangers, sales.Visit{Date: d, RepID: id, Kind: "visit"})
		}
	}
}

// gamma is a factor of mean 1 with the shape given, or 1.
func (t *team) gamma(shape float64, wanted bool) float64 {
	if !wanted {
		return 1
	}
	return t.gammaOf(shape) / shape
}

// gammaOf draws from a gamma distribution (Marsaglia and Tsang).
func (t *team) gammaOf(shape float64) float64 {
	if shape < 1 {
		return t.gammaOf(shape+1) * math.Pow(t.Float64(), 1/shape)
	}
	d := shape - 1./3
	for {
		x := t.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(t.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func (t *team) poisson(mean float64) int {
	n, p, limit := 0, t.Float64(), math.Exp(-mean)
	for p > limit {
		p *= t.Float64()
		n++
	}
	return n
}

// win makes a stranger a customer, some days after the visit.
func (t *team) win(id string, visited sales.Date, planted string) {
	first := visited + sales.Date(3+t.IntN(40))
	if first > asOf {
		t.snapshot.Strangers = append(t.snapshot.Strangers, sales.Visit{Date: visited, RepID: id, Kind: "visit"})
		return
	}
	c := t.customer(id, first, planted)
	c.Visits = append(c.Visits, sales.Visit{Date: visited, RepID: id, Kind: "visit"})
}

// customer lets a customer order by its habit until it leaves.
func (t *team) customer(id string, first sales.Date, planted string) *sales.Customer {
	gap := 6 + 20*t.Float64()
	until := asOf
	if leaves := first + sales.Date(t.ExpFloat64()/-math.Log(1-churn)*yearDays); leaves < until {
		until = leaves
	}
	if planted == finding.CustomerOnly && t.Float64() < .3 { // one after another
		until = min(until, asOf-60-sales.Date(t.IntN(110)))
	}
	c := sales.Customer{RepID: id, Listed: true, Created: first, Sellers: []sales.Seller{{From: first, RepID: id}}}
	for d := float64(first); sales.Date(d) <= until; d += gap * t.gamma(4, true) {
		if n := len(c.Days); n == 0 || c.Days[n-1].Date < sales.Date(d) {
			c.Days = append(c.Days, sales.Day{Date: sales.Date(d), Net: sales.Money(1+t.IntN(9)) * unit})
		}
	}
	for d := float64(max(first, asOf-years*yearDays)) + careEvery*t.Float64(); sales.Date(d) <= min(asOf, until+40); d += careEvery * (.8 + .4*t.Float64()) {
		if planted == finding.ActivityFell && sales.Date(d) > asOf-63 && t.Float64() > .25 {
			continue
		}
		if at := sales.Date(d); at >= first && !t.away(id, at) {
			c.Visits = append(c.Visits, sales.Visit{Date: at, RepID: id, Kind: "care"})
		}
	}
	t.snapshot.Customers = append(t.snapshot.Customers, c)
	return &t.snapshot.Customers[len(t.snapshot.Customers)-1]
}
