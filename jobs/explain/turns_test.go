package explain_test

import (
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/explain"
	"dangol/jobs/silence"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// shopModels are the models the turns are tried under: the fixed prior, and one
// as a shop of quick, steady buyers would give.
var shopModels = []silence.Blend{
	{MBG: silence.Prior(), Own: silence.Corrected{RC: silence.PriorRC()}},
	{MBG: silence.MBG{K: 4, R: 3, Alpha: 1.7, A: .45, B: 33}, Own: silence.Corrected{RC: silence.RC{R: .6, Alpha: 4, K0: 3.7, M: 26, A: 1.9, B: 250, Decay: .9, Cap: 8}}},
}

func drawCustomer(t *rapid.T) sales.Customer {
	c := sales.Customer{ID: "a"}
	at := today - sales.Date(rapid.IntRange(0, 120).Draw(t, "silence"))
	for range rapid.IntRange(1, 12).Draw(t, "orders") {
		net := unit
		if rapid.IntRange(0, 9).Draw(t, "return") == 0 {
			net = -unit
		}
		c.Days = append([]sales.Day{{Date: at, Net: net}}, c.Days...)
		at -= sales.Date(rapid.IntRange(1, 60).Draw(t, "gap"))
	}
	return c
}

func drawRules(t *rapid.T) standing.Rules {
	rules := standing.DefaultRules()
	rules.BuyingDays = rapid.IntRange(1, 6).Draw(t, "buying days")
	rules.Days = rapid.IntRange(0, 200).Draw(t, "days")
	rules.Overdue = rapid.Float64Range(.05, .95).Draw(t, "overdue")
	rules.Lost = rapid.Float64Range(rules.Overdue, 1).Draw(t, "lost")
	rules.MergeDays = rapid.IntRange(0, 3).Draw(t, "merge")
	rules.SettleDays = rapid.IntRange(0, 5).Draw(t, "settle")
	return rules
}

// Every date that is given is the first on which a company that reads its data
// that day, and finds no order more, judges so; and what is not given never comes.
func TestTurnsAreTheFirstSuchDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, rules := drawCustomer(t), drawRules(t)
		model := shopModels[rapid.IntRange(0, 1).Draw(t, "model")]
		sheet := standing.JudgeWith(company(c), rules, model)
		who := &sheet.Customers[0]
		got := map[explain.Change]sales.Date{}
		for _, turn := range explain.Turns(sheet, who) {
			if _, twice := got[turn.Change]; twice {
				t.Fatalf("%s comes twice", turn.Change)
			}
			got[turn.Change] = turn.On
		}
		want := map[explain.Change]sales.Date{}
		if who.Orders > 0 {
			want = dayByDay(c, who, rules, model)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("dates (-day by day +turns):\n%s", diff)
		}
	})
}

// dayByDay judges a company of one customer at every date from its last order on.
func dayByDay(c sales.Customer, who *standing.Standing, rules standing.Rules, model silence.Blend) map[explain.Change]sales.Date {
	first := map[explain.Change]sales.Date{}
	note := func(holds bool, change explain.Change, on sales.Date) {
		if _, known := first[change]; holds && !known {
			first[change] = on
		}
	}
	last := who.Last
	for d := last; d < last+sales.Date(2*who.Horizon)+600; d++ {
		s := standing.JudgeWith(&sales.Snapshot{AsOf: d, Customers: []sales.Customer{c.Through(d)}}, rules, model).Customers[0]
		note(s.Regular, explain.Regular, d)
		note(s.Stage == standing.Overdue, explain.Overdue, d)
		note(s.Stage == standing.Lost, explain.Lost, d)
		note(s.Regular && s.Confirmed(), explain.Confirmed, d)
		note(s.Regular && !s.Current, explain.Left, d)
	}
	if first[explain.Regular] == last {
		delete(first, explain.Regular) // it was one already
	}
	return first
}

// The dates are for whom no order comes: an order before the first of them, and
// none is reached.
func TestAnOrderUndoesTheTurns(t *testing.T) {
	c := sales.Customer{ID: "a", Days: bought(unit, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 5)}
	rules := standing.DefaultRules()
	sheet := standing.JudgeWith(company(c), rules, shopModels[1])
	turns := explain.Turns(sheet, &sheet.Customers[0])
	if len(turns) == 0 || turns[0].On <= today {
		t.Fatalf("turns %v; want some to come", turns)
	}
	c.Days = append(c.Days, sales.Day{Date: turns[0].On - 1, Net: unit})
	then := standing.JudgeWith(&sales.Snapshot{AsOf: turns[0].On, Customers: []sales.Customer{c}}, rules, shopModels[1])
	if then.Customers[0].Stage != standing.Active {
		t.Errorf("%s in spite of an order; want active", then.Customers[0].Stage)
	}
}
