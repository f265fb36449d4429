package main

import (
	"math"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/jobs/figures"

	"github.com/google/go-cmp/cmp"
)

// award names a list of the leaderboard: of those who ramp up, or of the others.
type award struct {
	name    string
	ramping bool
}

// merit is what a rep reached of an award.
type merit struct {
	rep    string
	count  float64
	amount sales.Money
}

// board checks every list of the month: who is on it, with what, in which place.
func (c *truth) board(t *testing.T, s *sampled, month sales.Span) {
	snapshot, concluded := s.conclude(t, jobs.Leaderboard, c.asOf)
	got, ledger := concluded.Report.Board, figures.NewLedger(snapshot, concluded.Sheet)
	if got == nil || got.Start != month.From || got.End != month.To || got.Reps != len(c.sellers()) {
		t.Fatalf("the board is %+v, want one of %v", got, month)
	}
	lists, groups := map[award][]merit{}, map[bool]int{}
	for _, rep := range c.sellers() {
		ramping := months(rep.hired, month.To) < 6
		groups[ramping]++
		for name, r := range c.reached(rep, month, ledger) {
			if !ramping || name == finding.AwardNew || name == finding.AwardAttainment {
				lists[award{name, ramping}] = append(lists[award{name, ramping}], r)
			}
		}
	}
	want, given := map[award][]finding.Place{}, map[award][]finding.Place{}
	for a, list := range lists {
		want[a] = c.placed(list, groups[a.ramping])
	}
	for _, a := range got.Awards {
		given[award{a.Name, a.Ramping}] = a.Places
	}
	if diff := cmp.Diff(want, given); diff != "" || len(want) < 4 {
		t.Errorf("awards, want and got:\n%s", diff)
	}
}

func months(from, to sales.Date) int {
	y1, m1, _ := from.Time().Date()
	y2, m2, _ := to.Time().Date()
	return 12*(y2-y1) + int(m2-m1)
}

// reached is what a rep reached in a month, by award; of what is nothing to honour
// there is none. Whose silence was long enough to be recovered, the model says.
func (c *truth) reached(rep seller, month sales.Span, ledger *figures.Ledger) map[string]merit {
	of := map[string]merit{}
	put := func(name string, r merit) {
		if r.rep = rep.id; r.count > 0 || name == finding.AwardGrowth && r.amount > 0 {
			of[name] = r
		}
	}
	var won, back merit
	for _, w := range c.wins(rep.id, month) {
		won.count, won.amount = won.count+1, won.amount+w.Amount
	}
	put(finding.AwardNew, won)
	for _, w := range ledger.Recovered(rep.id, month) {
		back.count++
		back.amount += c.won("SELECT SUM(net) FROM checked_line WHERE customer_no = ? AND day = ? AND "+by(rep.id), w.CustomerID, w.On)
	}
	put(finding.AwardRecovered, back)
	put(finding.AwardGrowth, merit{amount: c.existing(rep.id, month)})
	sold := c.actual(rep.id, finding.Sales, month)
	if share := math.Round(1e4*sold.Float()/c.quota(rep, finding.Sales, month)) / 1e4; share >= 1 {
		put(finding.AwardAttainment, merit{count: share, amount: sold.Amount})
	}
	return of
}

// existing is what those grew by, against the same month of the year before, who
// had ordered before the month and bought from this rep only.
func (c *truth) existing(rep string, month sales.Span) sales.Money {
	isNew := c.texts("SELECT customer_no FROM checked_first WHERE day BETWEEN ? AND ?", month.From, month.To)
	grown, before := 0.0, 0.0
	for id, one := range c.changes(rep, c.against(finding.LastYear, month), month) {
		if one.elsewhere == [2]float64{} && !slices.Contains(isNew, id) {
			grown += one.to - one.from
			before = max(before, math.Abs(one.from))
		}
	}
	if before == 0 {
		return 0
	}
	return sales.Money(grown) * sales.MoneyUnit
}

// placed are the places of a list: equal ones are shared, and it ends after the
// third or after half of the group.
func (c *truth) placed(list []merit, group int) []finding.Place {
	last := max(1, min(3, group/2))
	var places []finding.Place
	for _, r := range list {
		better := 0
		for _, other := range list {
			if other.count > r.count || other.count == r.count && other.amount > r.amount {
				better++
			}
		}
		if better < last {
			name := c.texts("SELECT name FROM checked_staff WHERE staff_no = ?", r.rep)
			places = append(places, finding.Place{Place: better + 1, RepID: r.rep, RepName: name[0], Count: r.count, Amount: r.amount})
		}
	}
	slices.SortStableFunc(places, func(a, b finding.Place) int { return a.Place - b.Place })
	return places
}
