package quota_test

import (
	"fmt"
	"math"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/quota"
	"dangol/jobs/standing"
)

// TestRampMonthByMonth: from the share of the month of hiring evenly to the whole,
// by calendar months, whatever the day of hiring.
func TestRampMonthByMonth(t *testing.T) {
	ramp := &quota.Ramp{Months: 5, From: .5}
	for _, hired := range []sales.Date{day(2025, 11, 1), day(2025, 11, 30)} {
		for month, want := range []float64{.5, .6, .7, .8, .9, 1, 1} {
			first := day(2025, 11, 1).AddMonths(month)
			for _, d := range []sales.Date{max(first, hired), sales.MonthOf(first).To} {
				if got := ramp.Share(hired, d); math.Abs(got-want) > 1e-12 {
					t.Errorf("hired %s, on %s: %g, want %g", hired, d, got, want)
				}
			}
		}
	}
	if (*quota.Ramp)(nil).Share(day(2026, 1, 1), day(2026, 1, 2)) != 1 || ramp.Share(0, day(2026, 1, 2)) != 1 {
		t.Error("without a ramp, or a date of hiring, the whole is asked for")
	}
}

// TestPeriodsOfAQuota: what is asked of a period is asked of its days in equal
// parts, so that any number of periods adds up.
func TestPeriodsOfAQuota(t *testing.T) {
	year := sales.Span{From: day(2025, 4, 1), To: day(2026, 3, 31)}
	for _, c := range []struct {
		period sales.Period
		times  float64 // periods in the fiscal year
	}{{sales.Monthly, 12}, {sales.Quarterly, 4}} {
		book := quota.NewBook(quota.Rules{Calendar: working(), Fiscal: 4,
			List: []quota.Rule{{Metric: finding.Sales, Period: c.period, Target: 60}}}, nil)
		if got, ok := book.Asked(sales.Rep{ID: "ann"}, quota.Kind{Metric: finding.Sales, Period: c.period}, year, false); !ok || math.Abs(got-60*c.times) > 1e-4 {
			t.Errorf("a %s of 60 over a year: %g, want %g", c.period, got, 60*c.times)
		}
	}
	// 1 January 2026, a Thursday, is a holiday: four days of work share the week's.
	book := quota.NewBook(quota.Rules{Calendar: working(), List: []quota.Rule{{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 20}}}, nil)
	friday := sales.Span{From: day(2026, 1, 2), To: day(2026, 1, 2)}
	if got, _ := book.Asked(sales.Rep{ID: "ann"}, cold, friday, true); got != 5 {
		t.Errorf("a day of a week with a holiday: %g, want 5", got)
	}
}

// shop is a company of ten reps; each sells for 10 on every selling day of two
// years, Ann for as much as she is said to.
func shop(asOf sales.Date, ann func(sales.Date) float64) (*figures.Ledger, []sales.Rep) {
	s := &sales.Snapshot{AsOf: asOf, HasSellers: true, Has: map[sales.Relation]bool{sales.Visits: true}}
	for i := range 10 {
		rep := sales.Rep{ID: fmt.Sprintf("r%d", i), HiredOn: day(2020, 1, 1)}
		c := sales.Customer{ID: "c" + rep.ID, Sellers: []sales.Seller{{From: day(2024, 1, 1), RepID: rep.ID}}}
		for d := day(2024, 1, 2); d <= asOf; d++ {
			amount := 10.0
			if i == 0 {
				amount = ann(d)
			}
			if working().Selling(d) && amount > 0 {
				c.Days = append(c.Days, sales.Day{Date: d, Net: sales.MoneyFromFloat(amount)})
			}
		}
		s.Reps, s.Customers = append(s.Reps, rep), append(s.Customers, c)
	}
	sheet := standing.JudgeWith(s, standing.DefaultRules(), standing.Fit(s, standing.DefaultRules()))
	return figures.NewLedger(s, sheet), s.Reps
}

// TestPaceHasARange: with years of history the pace of sales knows the season, and
// the range holds the projection; who sells as everybody does is on course, and who
// sells half is short although the month is not over.
func TestPaceHasARange(t *testing.T) {
	asOf := day(2026, 3, 15)
	rules := quota.Rules{Calendar: working(), List: []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 215}}}
	for _, c := range []struct {
		amount float64
		short  bool
	}{{10, false}, {5, true}} {
		ledger, reps := shop(asOf, func(d sales.Date) float64 {
			if d >= day(2026, 3, 1) {
				return c.amount
			}
			return 10
		})
		p, ok := quota.NewProgresser(quota.NewBook(rules, nil), ledger, reps).Of(reps[0], sold, sales.MonthOf(asOf))
		if !ok || !p.Seasonal || !p.Ranged || p.Complete || p.Short != c.short {
			t.Errorf("%g a day: %+v", c.amount, p)
		}
		if low, at, high := p.Low.Float(), p.Projected.Float(), p.High.Float(); !(low <= at && at <= high) || math.Abs(at-22*c.amount) > .05*22*c.amount {
			t.Errorf("%g a day: ends at %g in %g to %g, want about %g", c.amount, at, low, high, 22*c.amount)
		}
		if want := 10 * 10.; p.LastYear.Float() != want || !p.Compared {
			t.Errorf("the year before: %v, want %g", p.LastYear, want)
		}
	}
}

// TestLastYearKnown: the same days of the year before are compared with only where
// the data tell them: sales since the first order, new customers since they can be
// told from old ones, visits since the log began.
func TestLastYearKnown(t *testing.T) {
	asOf := day(2026, 3, 31)
	s := &sales.Snapshot{AsOf: asOf, HasSellers: true, Has: map[sales.Relation]bool{sales.Visits: true},
		Strangers: []sales.Visit{{Date: day(2025, 6, 2), RepID: "ann"}, {Date: day(2026, 3, 27), RepID: "ann"}},
		Customers: []sales.Customer{{ID: "c", Sellers: []sales.Seller{{From: day(2025, 1, 2), RepID: "ann"}},
			Days: []sales.Day{{Date: day(2025, 1, 2), Net: 50 * sales.MoneyUnit}, {Date: day(2026, 3, 2), Net: 20 * sales.MoneyUnit}}}}}
	sheet := standing.JudgeWith(s, standing.DefaultRules(), standing.Fit(s, standing.DefaultRules()))
	ann := sales.Rep{ID: "ann"}
	rules := quota.Rules{Calendar: working(), List: []quota.Rule{
		{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 5}, {Metric: finding.NewCustomers, Period: sales.Monthly, Target: 2},
		{Metric: finding.Sales, Period: sales.Monthly, Target: 100}}}
	progress := quota.NewProgresser(quota.NewBook(rules, nil), figures.NewLedger(s, sheet), []sales.Rep{ann})
	for _, c := range []struct {
		kind quota.Kind
		in   sales.Span
		want bool
	}{
		{sold, sales.MonthOf(asOf), true},
		{quota.Kind{Metric: finding.NewCustomers, Period: sales.Monthly}, sales.MonthOf(asOf), false},
		{cold, sales.LastWeek(asOf), false},
	} {
		p, ok := progress.Of(ann, c.kind, c.in)
		if !ok || p.Compared != c.want {
			t.Errorf("%s: compared %v with %v, want %v", c.kind.Metric, p.Compared, p.LastYear, c.want)
		}
	}
}

// TestShortNeedsData: nobody is short of what the data cannot tell: new customers
// while all may be old ones, visits before the log began.
func TestShortNeedsData(t *testing.T) {
	first := day(2025, 1, 2)
	s := &sales.Snapshot{HasSellers: true, Has: map[sales.Relation]bool{sales.Visits: true},
		Strangers: []sales.Visit{{Date: day(2025, 6, 3), RepID: "ann"}},
		Customers: []sales.Customer{{ID: "c", Sellers: []sales.Seller{{From: first, RepID: "ann"}}, Days: []sales.Day{{Date: first, Net: sales.MoneyUnit}}}}}
	rules := quota.Rules{Calendar: working(), List: []quota.Rule{
		{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 5}, {Metric: finding.NewCustomers, Period: sales.Monthly, Target: 5},
		{Metric: finding.Sales, Period: sales.Monthly, Target: 100}}}
	monthly := quota.Kind{Metric: finding.NewCustomers, Period: sales.Monthly}
	for _, c := range []struct {
		kind quota.Kind
		in   sales.Span
		want bool
	}{
		{monthly, sales.MonthOf(day(2025, 4, 1)), false}, {monthly, sales.MonthOf(day(2025, 5, 1)), true},
		{cold, sales.LastWeek(day(2025, 6, 8)), false}, {cold, sales.LastWeek(day(2025, 6, 15)), true},
		{sold, sales.MonthOf(first), false}, {sold, sales.MonthOf(day(2025, 2, 1)), true},
	} {
		s.AsOf = max(c.in.To, day(2025, 6, 30))
		sheet := standing.JudgeWith(s, standing.DefaultRules(), standing.Fit(s, standing.DefaultRules()))
		ann := sales.Rep{ID: "ann"}
		p, ok := quota.NewProgresser(quota.NewBook(rules, nil), figures.NewLedger(s, sheet), []sales.Rep{ann}).Of(ann, c.kind, c.in)
		if !ok || !p.Complete || p.Short != c.want {
			t.Errorf("%s from %s: %v of %v, short %v; want %v", p.Metric, p.Start, p.Actual, p.Quota, p.Short, c.want)
		}
	}
}
