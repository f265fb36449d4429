package quota_test

import (
	"math"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/quota"
	"dangol/jobs/standing"
)

func day(year int, month time.Month, d int) sales.Date { return sales.NewDate(year, month, d) }

// working is a week of five days with one holiday.
func working() sales.Calendar {
	return sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}, Holidays: map[sales.Date]bool{day(2026, 1, 1): true}}
}

var (
	newWins = quota.Kind{Metric: finding.NewCustomers, Period: sales.Quarterly}
	cold    = quota.Kind{Metric: finding.ColdVisits, Period: sales.Weekly}
	sold    = quota.Kind{Metric: finding.Sales, Period: sales.Monthly}
)

func TestAsked(t *testing.T) {
	ann := sales.Rep{ID: "ann", Level: "senior"}
	leave := sales.NewLeave([]sales.Absence{{RepID: "ann", From: day(2026, 3, 2), To: day(2026, 3, 3)}})
	q1, march := sales.Span{From: day(2026, 1, 1), To: day(2026, 3, 31)}, sales.MonthOf(day(2026, 3, 9))
	week := sales.Span{From: day(2026, 3, 2), To: day(2026, 3, 8)}
	for _, c := range []struct {
		name    string
		rules   []quota.Rule
		rows    []sales.Quota
		rep     sales.Rep
		kind    quota.Kind
		in      sales.Span
		excused bool
		want    float64 // below 0: nothing is asked
	}{
		{"for everybody", []quota.Rule{{Metric: finding.NewCustomers, Period: sales.Quarterly, Target: 6}}, nil, ann, newWins, q1, false, 6},
		{"by level", []quota.Rule{{Metric: finding.NewCustomers, Period: sales.Quarterly, Target: 6, ByLevel: map[string]float64{"senior": 9}}}, nil, ann, newWins, q1, false, 9},
		{"by rep", []quota.Rule{{Metric: finding.NewCustomers, Period: sales.Quarterly, Target: 6, ByLevel: map[string]float64{"senior": 9}, ByRep: map[string]float64{"ann": 2}}}, nil, ann, newWins, q1, false, 2},
		{"a row names the rep", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 100}}, []sales.Quota{{RepID: "ann", Metric: "sales", Period: "month", Target: 70}}, ann, sold, march, false, 70},
		{"the row that began last", nil, []sales.Quota{{RepID: "ann", Metric: "sales", Period: "month", StartsOn: day(2026, 3, 1), Target: 80}, {RepID: "ann", Metric: "sales", Period: "month", Target: 70}}, ann, sold, march, false, 80},
		{"a row of later", nil, []sales.Quota{{RepID: "ann", Metric: "sales", Period: "month", StartsOn: day(2026, 4, 1), Target: 80}}, ann, sold, march, false, -1},
		{"of another", nil, []sales.Quota{{RepID: "bob", Metric: "sales", Period: "month", Target: 80}}, ann, sold, march, false, -1},
		{"a level nobody asks", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, ByLevel: map[string]float64{"junior": 5}}}, nil, ann, sold, march, false, -1},
		{"a rule that names levels only takes nothing from the others", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 100}, {Metric: finding.Sales, Period: sales.Monthly, ByLevel: map[string]float64{"junior": 5}}}, nil, ann, sold, march, false, 100},
		{"nor from the day it begins on", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 100}, {Metric: finding.Sales, Period: sales.Monthly, StartsOn: day(2026, 3, 1), ByRep: map[string]float64{"bob": 5}}}, nil, ann, sold, march, false, 100},
		{"a level asked for nothing", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 100}, {Metric: finding.Sales, Period: sales.Monthly, ByLevel: map[string]float64{"senior": 0}}}, nil, ann, sold, march, false, -1},
		// March 2026 has 22 selling days, 12 of them from the 16th on.
		{"changed within the month", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 220}, {Metric: finding.Sales, Period: sales.Monthly, Target: 440, StartsOn: day(2026, 3, 16)}}, nil, ann, sold, march, false, 10*10 + 12*20},
		{"hired within the month", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 220}}, nil, sales.Rep{ID: "ann", HiredOn: day(2026, 3, 16)}, sold, march, false, 120},
		{"leave excuses cold visits", []quota.Rule{{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 10}}, nil, ann, cold, week, true, 6},
		{"and nothing else", []quota.Rule{{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 10}}, nil, ann, cold, week, false, 10},
		{"a daily minimum over a week", []quota.Rule{{Metric: finding.ColdVisits, Period: sales.Daily, Target: 3}}, nil, ann, quota.Kind{Metric: finding.ColdVisits, Period: sales.Daily}, week, true, 9},
		{"ramp in the month of hiring", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 220, Ramp: &quota.Ramp{Months: 6, From: .3}}}, nil, sales.Rep{ID: "ann", HiredOn: day(2026, 3, 1)}, sold, march, false, 66},
		{"half way up", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 220, Ramp: &quota.Ramp{Months: 6, From: .3}}}, nil, sales.Rep{ID: "ann", HiredOn: day(2025, 12, 9)}, sold, march, false, 220 * .65},
		{"at the top", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 220, Ramp: &quota.Ramp{Months: 6, From: .3}}}, nil, sales.Rep{ID: "ann", HiredOn: day(2025, 9, 30)}, sold, march, false, 220},
		{"a row is no ramp", []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 220, Ramp: &quota.Ramp{Months: 6, From: .3}}}, []sales.Quota{{RepID: "ann", Metric: "sales", Period: "month", Target: 70}}, sales.Rep{ID: "ann", HiredOn: day(2026, 3, 1)}, sold, march, false, 70},
	} {
		book := quota.NewBook(quota.Rules{List: c.rules, Calendar: working(), Fiscal: 1, Leave: leave}, c.rows)
		got, ok := book.Asked(c.rep, c.kind, c.in, c.excused)
		if ok != (c.want >= 0) || ok && math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %g, %v; want %g", c.name, got, ok, c.want)
		}
	}
}

// A config and a row that begin on the same day: the config's holds. A rep that a
// rule and a row name: the one that began last.
func TestConfigBesideRelation(t *testing.T) {
	march := sales.MonthOf(day(2026, 3, 9))
	rows := []sales.Quota{{RepID: "ann", Metric: "sales", Period: "month", StartsOn: day(2026, 1, 1), Target: 70}}
	for began, want := range map[sales.Date]float64{0: 70, day(2026, 1, 1): 50, day(2026, 2, 1): 50} {
		book := quota.NewBook(quota.Rules{Calendar: working(), List: []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, ByRep: map[string]float64{"ann": 50}, StartsOn: began}}}, rows)
		if got, _ := book.Asked(sales.Rep{ID: "ann"}, sold, march, false); math.Abs(got-want) > 1e-6 {
			t.Errorf("from %v: %g, want %g", began, got, want)
		}
	}
}

// Quarters follow a fiscal year from April.
func TestFiscalQuarter(t *testing.T) {
	if got := sales.Fiscal(4).Period(sales.Quarterly, day(2026, 2, 10)); got.From != day(2026, 1, 1) || got.To != day(2026, 3, 31) {
		t.Error(got)
	}
	if got := sales.Fiscal(2).Period(sales.Quarterly, day(2026, 1, 10)); got.From != day(2025, 11, 1) || got.To != day(2026, 1, 31) {
		t.Error(got)
	}
	if got := sales.Fiscal(4).Year(day(2026, 2, 10)); got.From != day(2025, 4, 1) || got.To != day(2026, 3, 31) {
		t.Error(got)
	}
}

// measured measures Ann, who sold every selling day since December 2025 for 10.
func measured(t *testing.T, asOf sales.Date, rules quota.Rules, kind quota.Kind, in sales.Span) finding.Progress {
	t.Helper()
	snapshot := &sales.Snapshot{AsOf: asOf, HasSellers: true, Has: map[sales.Relation]bool{}}
	c := sales.Customer{ID: "c", Sellers: []sales.Seller{{From: day(2025, 12, 1), RepID: "ann"}}}
	for d := day(2025, 12, 1); d <= asOf; d++ {
		if rules.Calendar.Selling(d) {
			c.Days = append(c.Days, sales.Day{Date: d, Net: 10 * sales.MoneyUnit})
		}
	}
	snapshot.Customers = []sales.Customer{c}
	sheet := standing.JudgeWith(snapshot, standing.DefaultRules(), standing.Fit(snapshot, standing.DefaultRules()))
	ann := sales.Rep{ID: "ann"}
	p, ok := quota.NewProgresser(quota.NewBook(rules, nil), figures.NewLedger(snapshot, sheet), []sales.Rep{ann}).Of(ann, kind, in)
	if !ok {
		t.Fatal("nothing is asked")
	}
	return p
}

func TestProgress(t *testing.T) {
	march := sales.MonthOf(day(2026, 3, 9)) // 22 selling days
	rules := quota.Rules{Calendar: working(), List: []quota.Rule{{Metric: finding.Sales, Period: sales.Monthly, Target: 275}}}
	// 10 selling days through the 13th: 100 of 275, and at this pace 220.
	p := measured(t, day(2026, 3, 15), rules, sold, march)
	if p.Actual.Amount != 100*sales.MoneyUnit || p.Attainment != .3636 || math.Abs(p.Pace-.8) > .001 || p.NeededPerDay.Amount != sales.MoneyFromFloat(175./12) ||
		p.Worked != 10 || p.WorkingDays != 22 || p.Complete || p.Ranged || !p.Short {
		t.Errorf("%+v", p)
	}
	// Leave later in the month makes fewer days of it.
	rules.Leave = sales.NewLeave([]sales.Absence{{RepID: "ann", From: day(2026, 3, 16), To: day(2026, 3, 17)}})
	if p := measured(t, day(2026, 3, 15), rules, sold, march); p.WorkingDays != 20 || math.Abs(p.Pace-100/.5/275) > .001 || p.NeededPerDay.Amount != sales.MoneyFromFloat(17.5) {
		t.Errorf("with leave: %+v", p)
	}
	// A month that is over.
	if p := measured(t, day(2026, 4, 2), rules, sold, march); !p.Complete || p.Pace != .8 || p.NeededPerDay.Amount != 0 || !p.Short || p.Low != p.Actual {
		t.Errorf("complete: %+v", p)
	}
	// On course.
	rules.List[0].Target = 200
	if p := measured(t, day(2026, 3, 15), rules, sold, march); p.Short || p.Pace < 1 {
		t.Errorf("on course: %+v", p)
	}
}

// Few new customers are short once the quota's own rate seldom gives so few.
func TestCountsShort(t *testing.T) {
	rules := quota.Rules{Calendar: working(), List: []quota.Rule{{Metric: finding.NewCustomers, Period: sales.Quarterly, Target: 4}}}
	q2 := sales.Span{From: day(2026, 4, 1), To: day(2026, 6, 30)}
	if p := measured(t, day(2026, 4, 10), rules, newWins, q2); p.Short || p.Actual.Count != 0 {
		t.Errorf("after a week: %+v", p)
	}
	if p := measured(t, day(2026, 5, 29), rules, newWins, q2); !p.Short || p.High.Count < 1 {
		t.Errorf("after two months: %+v", p)
	}
}
