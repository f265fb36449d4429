package main

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
)

// progress checks one quota of one rep.
func (c *truth) progress(t *testing.T, rep seller, got finding.Progress) {
	t.Helper()
	at := fmt.Sprintf("%s: %s of %s to %s", rep.id, got.Metric, got.Start, got.End)
	in := c.period(t, at, got)
	done, ago := c.upTo(in), c.yearAgo(c.upTo(in))
	quota := c.quota(rep, got.Metric, in)
	if math.Abs(got.Quota.Float()-quota) > .001 || got.Complete != (in.To <= c.asOf) {
		t.Errorf("%s: quota %v, complete %v; want %g", at, got.Quota, got.Complete, quota)
	}
	if actual, last := c.actual(rep.id, got.Metric, done), c.actual(rep.id, got.Metric, ago); got.Actual != actual || got.LastYear != last || !got.Compared {
		t.Errorf("%s: actual %v, the year before %v in %v; want %v, %v", at, got.Actual, got.LastYear, ago, actual, last)
	}
	if days, worked := c.atWork(rep, in), c.atWork(rep, done); got.WorkingDays != days || got.Worked != worked {
		t.Errorf("%s: %d working days, %d over; want %d, %d", at, got.WorkingDays, got.Worked, days, worked)
	}
	c.paced(t, at, rep, in, got)
	needed := 0.0
	if left := got.WorkingDays - got.Worked; !got.Complete && left > 0 {
		needed = max(0, quota-got.Actual.Float()) / float64(left)
	}
	if math.Abs(got.NeededPerDay.Float()-needed) > .001 {
		t.Errorf("%s: needed a day %v, want %g", at, got.NeededPerDay, needed)
	}
	if want := got.Actual.Float() / quota; math.Abs(got.Attainment-want) > 6e-5 {
		t.Errorf("%s: attainment %g, want %g", at, got.Attainment, want)
	}
	if got.Complete && got.Short != (got.Actual.Float() < quota-1e-6) {
		t.Errorf("%s: short %v with %v of %g", at, got.Short, got.Actual, quota)
	}
}

// period is the period that a quota must be shown for, by the start it has.
func (c *truth) period(t *testing.T, at string, got finding.Progress) sales.Span {
	t.Helper()
	var want []sales.Span
	switch got.Metric {
	case finding.ColdVisits:
		want = []sales.Span{c.week()}
	case finding.NewCustomers:
		now := quarterOf(c.asOf)
		want = []sales.Span{now, quarterOf(now.From - 1)}
	default:
		now := sales.MonthOf(c.asOf)
		want = []sales.Span{now, sales.MonthOf(now.From - 1)}
	}
	if len(want) == 2 && c.count("SELECT SUM(selling) FROM checked_day WHERE day BETWEEN ? AND ?", want[0].From, c.asOf) > 5 {
		want = want[:1]
	}
	if in := (sales.Span{From: got.Start, To: got.End}); !slices.Contains(want, in) {
		t.Errorf("%s: want one of %v", at, want)
	}
	return sales.Span{From: got.Start, To: got.End}
}

// yearAgo are the same days a year before; the last day of a month is the last of
// that month then.
func (c *truth) yearAgo(in sales.Span) sales.Span {
	ago := sales.Span{From: in.From.AddMonths(-12), To: in.To.AddMonths(-12)}
	if _, _, tomorrow := (in.To + 1).Time().Date(); tomorrow == 1 {
		ago.To = (in.To + 1).AddMonths(-12) - 1
	}
	return ago
}

// quota is what a rep is asked for in a period: for every selling day since it was
// hired the day's part. Cold visits are not asked for on leave; new customers are
// asked for by the ramp of the config, 30 % in the month of hiring and the whole
// after six months; sales are the target of the month.
func (c *truth) quota(rep seller, metric string, in sales.Span) float64 {
	selling := c.float("SELECT SUM(selling) FROM checked_day WHERE day BETWEEN ? AND ?", in.From, in.To)
	switch metric {
	case finding.ColdVisits:
		return rep.coldQuota * float64(c.atWork(rep, in)) / selling
	case finding.NewCustomers:
		const month = "(CAST(SUBSTR(%s, 1, 4) AS DECIMAL) * 12 + CAST(SUBSTR(%[1]s, 6, 2) AS DECIMAL))"
		months := fmt.Sprintf(month, "day") + " - " + fmt.Sprintf(month, "'"+rep.hired.String()+"'")
		return rep.newQuotas / selling * c.float(fmt.Sprintf(`
SELECT SUM(CASE WHEN %s >= 6 THEN 1.0 ELSE 0.3 + 0.7 * (%[1]s) / 6.0 END)
FROM checked_day WHERE selling = 1 AND day BETWEEN ? AND ? AND day >= ?`, months), in.From, in.To, rep.hired)
	}
	employed := c.float("SELECT SUM(selling) FROM checked_day WHERE day BETWEEN ? AND ? AND day >= ?", in.From, in.To, rep.hired)
	return employed / selling * c.float("SELECT amount FROM checked_target WHERE staff_no = ? AND month = ?", rep.id, in.From)
}

func (c *truth) actual(rep, metric string, in sales.Span) finding.Measure {
	switch metric {
	case finding.ColdVisits:
		return finding.Counted(float64(c.cold(rep, in)))
	case finding.NewCustomers:
		return finding.Counted(float64(len(c.wins(rep, in))))
	}
	return finding.Amounted(c.won("SELECT SUM(net) FROM checked_line WHERE day BETWEEN ? AND ? AND "+by(rep), in.From, in.To))
}

// paced checks the share of the period that is behind, of sales weighted with what
// the company usually sells on a day, and where it ends at this pace.
func (c *truth) paced(t *testing.T, at string, rep seller, in sales.Span, got finding.Progress) {
	t.Helper()
	weight := "1"
	if got.Metric == finding.Sales {
		weight = "d.weight"
	}
	elapsed := 1.0
	if !got.Complete {
		elapsed = c.float(fmt.Sprintf("SELECT SUM(CASE WHEN d.day <= '%s' THEN %s ELSE 0 END) * 1.0 / SUM(%[2]s) FROM checked_day d WHERE "+atWorkSQL, c.asOf, weight),
			in.From, in.To, rep.hired, rep.id)
	}
	if math.Abs(got.Elapsed-elapsed) > 6e-5 || got.Seasonal != (got.Metric == finding.Sales) {
		t.Errorf("%s: elapsed %g, seasonal %v; want %g", at, got.Elapsed, got.Seasonal, elapsed)
	}
	projected := got.Actual.Float()
	if !got.Complete && got.Elapsed > 0 {
		projected /= got.Elapsed
	}
	if pace := projected / got.Quota.Float(); math.Abs(got.Pace-pace) > 6e-5 || math.Abs(got.Projected.Float()-projected) > .01 {
		t.Errorf("%s: pace %g, projected %v; want %g, %g", at, got.Pace, got.Projected, pace, projected)
	}
	if got.Low.Float() > got.High.Float() || got.Complete && (got.Low != got.Actual || got.High != got.Actual) {
		t.Errorf("%s: %v done, the range is %v to %v", at, got.Actual, got.Low, got.High)
	}
}

// sums checks that the company's quotas are the sums of the reps'.
func (c *truth) sums(t *testing.T, report *finding.Report) {
	t.Helper()
	type figure struct {
		metric string
		start  sales.Date
	}
	actual, asked := map[figure]float64{}, map[figure]float64{}
	for _, s := range report.Reps {
		for _, p := range s.Quotas {
			actual[figure{p.Metric, p.Start}] += p.Actual.Float()
			asked[figure{p.Metric, p.Start}] += p.Quota.Float()
		}
	}
	for _, p := range report.Company.Quotas {
		f := figure{p.Metric, p.Start}
		if math.Abs(p.Actual.Float()-actual[f]) > .01 || math.Abs(p.Quota.Float()-asked[f]) > .01 || math.Abs(p.Attainment-actual[f]/asked[f]) > 1e-6 {
			t.Errorf("the company: %s %v of %v, want %g of %g", p.Metric, p.Actual, p.Quota, actual[f], asked[f])
		}
	}
	if len(report.Company.Quotas) != len(actual) {
		t.Errorf("the company has %d quotas, want %d", len(report.Company.Quotas), len(actual))
	}
}

// teams checks the sums of what a lead's reps did.
func (c *truth) teams(t *testing.T, report *finding.Report) {
	t.Helper()
	bosses := c.texts("SELECT DISTINCT boss_no FROM checked_staff ORDER BY boss_no")
	if len(report.Teams) != len(bosses) {
		t.Fatalf("%d teams, want %d", len(report.Teams), len(bosses))
	}
	month, term := c.upTo(sales.MonthOf(c.asOf)), c.upTo(quarterOf(c.asOf))
	for i, boss := range bosses {
		got, want := &report.Teams[i], finding.Sheet{}
		for _, rep := range c.texts("SELECT staff_no FROM checked_staff WHERE boss_no = ?", boss) {
			want.Members++
			want.NewMonth += float64(len(c.wins(rep, month)))
			want.NewTerm += float64(len(c.wins(rep, term)))
			want.Visited.Cold += c.cold(rep, c.week())
		}
		of := " AND staff_no IN (SELECT staff_no FROM checked_staff WHERE boss_no = ?)"
		want.SalesMonth = c.won("SELECT SUM(net) FROM checked_line WHERE day BETWEEN ? AND ?"+of, month.From, month.To, boss)
		want.Visited.AllVisits = c.count("SELECT COUNT(*) FROM checked_visit WHERE day BETWEEN ? AND ?"+of, c.week().From, c.week().To, boss)
		to := c.won("SELECT SUM(net) FROM checked_line WHERE day BETWEEN ? AND ?"+of, got.Growth.ToSpan.From, got.Growth.ToSpan.To, boss)
		if !got.IsTeam || got.Rep.ID != boss || got.Members != want.Members || got.NewMonth != want.NewMonth || got.NewTerm != want.NewTerm || got.SalesMonth != want.SalesMonth ||
			got.Visited.Cold != want.Visited.Cold || got.Visited.AllVisits != want.Visited.AllVisits || got.Growth.To != to {
			t.Errorf("team of %s: %+v\nwant %+v", boss, *got, want)
		}
	}
}

// shorts checks that every complete period that was missed is a finding, with the
// figures of the sheet.
func (c *truth) shorts(t *testing.T, report *finding.Report) {
	t.Helper()
	type miss struct {
		kind  finding.Kind
		rep   string
		start sales.Date
	}
	kinds := map[string]finding.Kind{finding.ColdVisits: finding.VisitsShort, finding.NewCustomers: finding.NewCustomersShort, finding.Sales: finding.SalesShort}
	want, got := map[miss]string{}, map[miss]string{}
	for i, rep := range c.sellers() {
		for _, p := range report.Reps[i].Quotas {
			in := sales.Span{From: p.Start, To: p.End}
			if actual := c.actual(rep.id, p.Metric, in); in.To <= c.asOf && actual.Float() < c.quota(rep, p.Metric, in)-1e-6 {
				want[miss{kinds[p.Metric], rep.id, p.Start}] = fmt.Sprint(actual)
			}
		}
	}
	for _, f := range report.Shorts {
		if facts := f.Facts.(finding.ShortFacts); facts.Complete {
			got[miss{f.Kind, f.RepID, facts.Start}] = fmt.Sprint(facts.Actual)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("complete periods that were missed, want and got:\n%s", diff)
	}
}
