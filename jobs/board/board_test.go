package board_test

import (
	"fmt"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/board"
	"dangol/jobs/figures"
	"dangol/jobs/growth"
	"dangol/jobs/quota"
	"dangol/jobs/reps"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
)

const unit = sales.MoneyUnit

var (
	month = sales.MonthOf(sales.NewDate(2026, 10, 5))
	asOf  = month.To
)

// branch is a company in which each rep has an old customer who buys for 100 in
// the month.
func branch(n int) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: asOf, HasSellers: true, Has: map[sales.Relation]bool{}, Spans: []sales.Span{month, month.YearAgo()}}
	for r := range n {
		id := fmt.Sprintf("r%d", r)
		s.Reps = append(s.Reps, sales.Rep{ID: id, Name: "Name " + id, HiredOn: asOf - 2000})
		add(s, "a"+id, id, sales.Day{Date: asOf - 900, Net: unit}, sales.Day{Date: month.YearAgo().From, Net: 100 * unit}, sales.Day{Date: month.From, Net: 100 * unit})
	}
	return s
}

func add(s *sales.Snapshot, id, rep string, days ...sales.Day) {
	s.Customers = append(s.Customers, sales.Customer{ID: id, Name: id, Days: days, Sellers: []sales.Seller{{From: days[0].Date, RepID: rep}}})
}

func best(s *sales.Snapshot, rules quota.Rules) *finding.BoardFacts {
	sheet := standing.JudgeWith(s, standing.DefaultRules(), standing.Fit(s, standing.DefaultRules()))
	ledger := figures.NewLedger(s, sheet)
	book := quota.NewBook(rules, nil)
	team := reps.NewTeam(ledger, book)
	return board.Month(team, quota.NewProgresser(book, ledger, team.Reps), growth.NewComparer(ledger), &growth.Request{To: 0, From: 1}, month)
}

// lists are the awards as "award: place name count amount, …".
func lists(b *finding.BoardFacts) map[string]string {
	got := map[string]string{}
	if b == nil {
		return got
	}
	for _, a := range b.Awards {
		name := a.Name
		if a.Ramping {
			name += " ramping"
		}
		for _, p := range a.Places {
			got[name] += fmt.Sprintf("%d %s %g %v; ", p.Place, p.RepID, p.Count, p.Amount)
		}
	}
	return got
}

func TestMonth(t *testing.T) {
	s := branch(6)
	for i, rep := range []string{"r0", "r0", "r1", "r2", "r3"} { // r1 to r3 win one for as much
		add(s, fmt.Sprint("n", i), rep, sales.Day{Date: month.From + 3, Net: 50 * unit})
	}
	add(s, "g", "r5", sales.Day{Date: asOf - 900, Net: unit}, sales.Day{Date: month.From, Net: 70 * unit})
	s.Reps[4].HiredOn = month.From - 30
	add(s, "young", "r4", sales.Day{Date: month.From + 3, Net: 60 * unit})
	rules := quota.Rules{Fiscal: 1, List: []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 160, Ramp: &quota.Ramp{Months: 6, From: .5}}}}
	want := map[string]string{
		"new_customers":         "1 r0 2 100.00; 2 r1 1 50.00; 2 r2 1 50.00; 2 r3 1 50.00; ", // the list ends at half of the five
		"growth":                "1 r5 0 70.00; ",
		"attainment":            "1 r0 1.25 200.00; 2 r5 1.0625 170.00; ",
		"new_customers ramping": "1 r4 1 60.00; ",
		"attainment ramping":    "1 r4 1.7143 160.00; ",
	}
	if diff := cmp.Diff(want, lists(best(s, rules))); diff != "" {
		t.Error(diff)
	}
}

// One rep alone may be honoured; a month without sales, or with nothing to honour,
// has no board.
func TestSmallAndEmpty(t *testing.T) {
	s := branch(1)
	add(s, "n", "r0", sales.Day{Date: month.From + 3, Net: 50 * unit})
	if got := lists(best(s, quota.Rules{Fiscal: 1})); got["new_customers"] != "1 r0 1 50.00; " {
		t.Error(got)
	}
	if got := best(branch(4), quota.Rules{Fiscal: 1}); got != nil {
		t.Errorf("nothing to honour: %+v", got)
	}
	s = branch(4)
	for i := range s.Customers {
		s.Customers[i].Days = s.Customers[i].Days[:2]
	}
	if got := best(s, quota.Rules{Fiscal: 1}); got != nil {
		t.Errorf("no sales: %+v", got)
	}
}
