package sheets_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/growth"
	"dangol/jobs/quota"
	"dangol/jobs/reps"
	"dangol/jobs/sheets"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
)

const unit = sales.MoneyUnit

func day(year int, month time.Month, d int) sales.Date { return sales.NewDate(year, month, d) }

// rules ask for ten cold visits a week and for one new customer a quarter, over a
// week of five days.
func rules() quota.Rules {
	return quota.Rules{Fiscal: 1, Calendar: sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}, Holidays: map[sales.Date]bool{}},
		List: []quota.Rule{{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 10},
			{Metric: finding.NewCustomers, Period: sales.Quarterly, Target: 1},
			{Metric: finding.Sales, Period: sales.Monthly, Target: 100}}}
}

// branch are two reps, Ann and Bob, with a customer each since 2024.
func branch(asOf sales.Date) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: asOf, DataThrough: asOf, HasSellers: true, Has: map[sales.Relation]bool{sales.Visits: true, sales.Reps: true}}
	for _, id := range []string{"ann", "bob"} {
		s.Reps = append(s.Reps, sales.Rep{ID: id, Name: id, ManagerID: "lea", HiredOn: day(2020, 1, 1)})
		s.Customers = append(s.Customers, sales.Customer{ID: "of-" + id, Name: id, RepID: id, Sellers: []sales.Seller{{From: day(2024, 1, 2), RepID: id}},
			Days: []sales.Day{{Date: day(2024, 1, 2), Net: 50 * unit}, {Date: asOf - 3, Net: 40 * unit}}})
	}
	return s
}

func maker(s *sales.Snapshot, r quota.Rules) *sheets.Maker {
	sheet := standing.JudgeWith(s, standing.DefaultRules(), standing.Fit(s, standing.DefaultRules()))
	ledger, book := figures.NewLedger(s, sheet), quota.NewBook(r, nil)
	team := reps.NewTeam(ledger, book)
	return &sheets.Maker{Team: team, Progress: quota.NewProgresser(book, ledger, team.Reps), Compare: growth.NewComparer(ledger)}
}

// visits of a rep on a day, to parties by name; an empty name is nobody known.
func visits(s *sales.Snapshot, rep string, d sales.Date, parties ...string) {
	for _, p := range parties {
		s.Strangers = append(s.Strangers, sales.Visit{Date: d, RepID: rep, CustomerID: p})
	}
}

// TestWeekOfVisits: a party counts once a week and once on every day it is seen on;
// leave lowers the minimum and is no day under it.
func TestWeekOfVisits(t *testing.T) {
	monday := day(2026, 3, 9)
	s := branch(monday + 8)
	visits(s, "ann", monday, "x", "y", "", "")
	visits(s, "ann", monday+1, "x")
	visits(s, "ann", monday+7, "z") // of the next week
	s.Customers[0].Visits = []sales.Visit{{Date: monday + 2, RepID: "ann", CustomerID: "of-ann"}}
	r := rules()
	r.Leave = sales.NewLeave([]sales.Absence{{RepID: "ann", From: monday + 4, To: monday + 6}})
	m := maker(s, r)
	all := m.Sheets()
	want := finding.Visited{Known: true, Cold: 4, Minimum: 8, Asked: true, DaysUnder: 3, Daily: 2, AllVisits: 6, OnLeave: 1}
	for d, cold := range []int{4, 1, 0, 0, 0, 0, 0} {
		want.ByDay = append(want.ByDay, finding.DayCount{Date: monday + sales.Date(d), Cold: cold, Off: d >= 4})
	}
	if diff := cmp.Diff(want, all[0].Visited); diff != "" {
		t.Errorf("want and got:\n%s", diff)
	}
	company := m.Company(all).Visited
	if company.Cold != 4 || company.Minimum != 18 || company.AllVisits != 6 || company.DaysUnder != 3+5 || company.OnLeave != 1 {
		t.Errorf("the company: %+v", company)
	}
}

// TestSharedParty: a party that two reps visit is a cold visit of each, and one of
// the company.
func TestSharedParty(t *testing.T) {
	monday := day(2026, 3, 9)
	s := branch(monday + 6)
	visits(s, "ann", monday, "x")
	visits(s, "bob", monday+1, "x")
	m := maker(s, rules())
	all := m.Sheets()
	if a, b, c := all[0].Visited.Cold, all[1].Visited.Cold, m.Company(all).Visited.Cold; a != 1 || b != 1 || c != 1 {
		t.Errorf("%d, %d, and the company %d; want 1 each", a, b, c)
	}
}

// TestHiredWithinTheWeek: days before the first are no leave.
func TestHiredWithinTheWeek(t *testing.T) {
	monday := day(2026, 3, 9)
	s := branch(monday + 6)
	s.Reps[0].HiredOn = monday + 3
	got := maker(s, rules()).Sheets()[0].Visited
	if got.OnLeave != 0 || got.Minimum != 4 || got.Daily != 2 || got.DaysUnder != 2 || !got.ByDay[2].Off || got.ByDay[3].Off {
		t.Errorf("%+v; want no leave, and a minimum of 4 over two days", got)
	}
}

// TestWeekOff: who was away for the whole week is asked for nothing.
func TestWeekOff(t *testing.T) {
	monday := day(2026, 3, 9)
	r := rules()
	r.Leave = sales.NewLeave([]sales.Absence{{RepID: "ann", From: monday - 2, To: monday + 5}})
	s := maker(branch(monday+6), r).Sheets()[0]
	if v := s.Visited; v.Asked || v.Minimum != 0 || v.DaysUnder != 0 || v.OnLeave != 5 {
		t.Errorf("%+v", v)
	}
	if p, ok := s.Of(finding.ColdVisits); ok {
		t.Errorf("asked for visits: %+v", p)
	}
}

// TestOpeningDays: in the first five selling days of a month or quarter the one
// before is shown too, and the sixth ends that.
func TestOpeningDays(t *testing.T) {
	const month, quarter = "sales", "new_customers"
	for _, c := range []struct {
		asOf   sales.Date
		shown  map[string][]string // the starts of the periods
		fiscal sales.Fiscal
	}{
		{day(2026, 4, 7), map[string][]string{month: {"2026-03-01", "2026-04-01"}, quarter: {"2026-01-01", "2026-04-01"}}, 1},
		{day(2026, 4, 8), map[string][]string{month: {"2026-04-01"}, quarter: {"2026-04-01"}}, 1},
		{day(2026, 5, 5), map[string][]string{month: {"2026-04-01", "2026-05-01"}, quarter: {"2026-04-01"}}, 1},
		{day(2026, 5, 5), map[string][]string{month: {"2026-04-01", "2026-05-01"}, quarter: {"2026-02-01", "2026-05-01"}}, 2},
		{day(2026, 3, 31), map[string][]string{month: {"2026-03-01"}, quarter: {"2026-01-01"}}, 4},
	} {
		r := rules()
		r.Fiscal = c.fiscal
		got := map[string][]string{}
		for _, p := range maker(branch(c.asOf), r).Sheets()[0].Quotas {
			if p.Metric != finding.ColdVisits {
				got[p.Metric] = append(got[p.Metric], p.Start.String())
			}
			if p.Complete != (p.End <= c.asOf) {
				t.Errorf("%s: %s from %s complete: %v", c.asOf, p.Metric, p.Start, p.Complete)
			}
		}
		if diff := cmp.Diff(c.shown, got); diff != "" {
			t.Errorf("%s, fiscal year from month %d:\n%s", c.asOf, c.fiscal, diff)
		}
	}
}

// TestSplitWin: a customer won by two reps counts in parts for each, whole for
// their team and the company, and so do its sales.
func TestSplitWin(t *testing.T) {
	asOf := day(2026, 3, 15)
	s := branch(asOf)
	on := asOf - 5
	s.Customers = append(s.Customers, sales.Customer{ID: "won", Days: []sales.Day{{Date: on, Net: 100 * unit}}, Sellers: []sales.Seller{{From: on, RepID: "ann"}},
		Splits: []sales.Credit{{Date: on, RepID: "ann", Net: 60 * unit}, {Date: on, RepID: "bob", Net: 40 * unit}}})
	m := maker(s, rules())
	all := m.Sheets()
	company, team := m.Company(all), sheets.Team(sales.Rep{ID: "lea"}, all)
	for name, c := range map[string]struct {
		sheet finding.Sheet
		won   float64
		sold  sales.Money
	}{"ann": {all[0], .6, 100 * unit}, "bob": {all[1], .4, 80 * unit}, "team": {team, 1, 180 * unit}, "company": {company, 1, 180 * unit}} {
		if c.sheet.NewMonth != c.won || c.sheet.NewTerm != c.won || c.sheet.SalesMonth != c.sold {
			t.Errorf("%s: won %g and %g, sold %s; want %g, %s", name, c.sheet.NewMonth, c.sheet.NewTerm, c.sheet.SalesMonth, c.won, c.sold)
		}
	}
	if len(company.New) != 1 || company.New[0].Amount != 100*unit || company.New[0].Share != 1 || all[0].New[0].Amount != 60*unit {
		t.Errorf("the company won %+v, Ann %+v", company.New, all[0].New)
	}
}

// TestShorts: a missed week of visits and a missed month of sales are findings of
// their kind; without visits in the data nobody is short of them, and without reps
// on the orders of nothing else.
func TestShorts(t *testing.T) {
	asOf := day(2026, 4, 2)
	for name, c := range map[string]struct {
		change func(*sales.Snapshot)
		want   []finding.Kind
	}{
		"all known":             {func(*sales.Snapshot) {}, []finding.Kind{finding.VisitsShort, finding.NewCustomersShort, finding.SalesShort}},
		"no visits":             {func(s *sales.Snapshot) { s.Has[sales.Visits] = false }, []finding.Kind{finding.NewCustomersShort, finding.SalesShort}},
		"no reps on the orders": {func(s *sales.Snapshot) { s.HasSellers = false }, []finding.Kind{finding.VisitsShort}},
	} {
		s := branch(asOf)
		visits(s, "bob", asOf-40, "") // the log is older than the week
		c.change(s)
		sheet := maker(s, rules()).Sheets()[0]
		var got []finding.Kind
		for _, f := range sheets.Shorts(&sheet, asOf) {
			if facts := f.Facts.(finding.ShortFacts); facts.Complete {
				got = append(got, f.Kind)
				if f.RepID != "ann" || facts.Actual.Float() >= facts.Quota.Float() || f.CustomerID != "" {
					t.Errorf("%s: %+v", name, f)
				}
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s, want and got:\n%s", name, diff)
		}
	}
}

// TestCauseIsNoShortfall: a known cause makes few new customers short only where
// new customers are known, and a day of the period is behind.
func TestCauseIsNoShortfall(t *testing.T) {
	known, first := day(2024, 1, 2), day(2026, 2, 27)
	for name, c := range map[string]struct {
		asOf, oldest sales.Date
		want         bool
	}{
		"a day behind":                       {day(2026, 4, 1), known, true},
		"the quarter begins with a holiday":  {day(2026, 4, 1), known, false},
		"all customers may be old ones":      {day(2026, 4, 9), first, false},
		"the data are young, the quarter on": {day(2026, 7, 9), first, true},
	} {
		s := branch(c.asOf)
		for i := range s.Customers {
			s.Customers[i].Days[0].Date, s.Customers[i].Sellers[0].From = c.oldest, c.oldest
		}
		r := rules()
		r.Calendar.Holidays[c.asOf] = !c.want
		m := maker(s, r)
		m.Causes = map[string][]finding.Cause{"ann": {{Name: finding.FewVisits}}}
		looked := 0
		for _, p := range m.Sheets()[0].Quotas {
			if p.Metric != finding.NewCustomers || p.Complete {
				continue
			}
			looked++
			if p.Short != c.want {
				t.Errorf("%s: %v of %v, short %v, want %v", name, p.Actual, p.Quota, p.Short, c.want)
			}
		}
		if looked == 0 {
			t.Errorf("%s: no quota of new customers to date", name)
		}
	}
}

// TestActionOfSales: what is needed a working day is said while working days are left;
// of a month that is over nothing is needed any more.
func TestActionOfSales(t *testing.T) {
	s := branch(day(2026, 4, 8)) // its sixth selling day
	got := map[bool]string{}
	for _, asOf := range []sales.Date{day(2026, 4, 15), day(2026, 4, 30)} {
		s.AsOf = asOf
		sheet := maker(s, rules()).Sheets()[0]
		for _, f := range sheets.Shorts(&sheet, asOf) {
			if f.Kind == finding.SalesShort {
				got[f.Facts.(finding.ShortFacts).Complete] = f.Actions[0].Phrase.Key
			}
		}
	}
	if want := map[bool]string{false: "mend_sales", true: "review_missed_sales"}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestTeams: a lead with a lead above has a team of everybody below, at any depth;
// one who leads in a circle ends nothing.
func TestTeams(t *testing.T) {
	people := []sales.Rep{{ID: "ceo"}, {ID: "head", ManagerID: "ceo"}, {ID: "lea", ManagerID: "head"}, {ID: "leo", ManagerID: "head"},
		{ID: "ann", ManagerID: "lea"}, {ID: "bob", ManagerID: "lea"}, {ID: "cat", ManagerID: "leo"}, {ID: "x", ManagerID: "y"}, {ID: "y", ManagerID: "x"}}
	var all []finding.Sheet
	for _, id := range []int{4, 5, 6, 7} {
		all = append(all, finding.Sheet{Rep: people[id], Members: 1, NewMonth: 1, SalesMonth: unit})
	}
	got := map[string]string{}
	for _, s := range sheets.Teams(all, people) {
		got[s.Rep.ID] = fmt.Sprintf("%d members won %g for %s", s.Members, s.NewMonth, s.SalesMonth)
	}
	want := map[string]string{"head": "3 members won 3 for 3.00", "lea": "2 members won 2 for 2.00", "leo": "1 members won 1 for 1.00", "y": "1 members won 1 for 1.00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want and got:\n%s", diff)
	}
}
