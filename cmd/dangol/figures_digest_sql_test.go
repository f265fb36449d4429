package main

import (
	"math"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/jobs/figures"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
)

// seller is a row of checked_staff.
type seller struct {
	id, boss             string
	hired                sales.Date
	coldQuota, newQuotas float64
}

func (c *truth) sellers() []seller {
	var list []seller
	c.rows(5, func(row []string) {
		hired, err := sales.ParseDate(row[2])
		if err != nil {
			c.t.Fatal(err)
		}
		list = append(list, seller{row[0], row[1], hired, asNumber(row[3]), asNumber(row[4])})
	}, "SELECT staff_no, boss_no, hired, cold_quota, win_quota FROM checked_staff ORDER BY staff_no")
	return list
}

// digest checks the sheets of every rep, of the teams and of the company.
func (c *truth) digest(t *testing.T, s *sampled, quotas int) {
	snapshot, concluded := s.conclude(t, jobs.QuotaDigest, c.asOf)
	report, ledger := concluded.Report, figures.NewLedger(snapshot, concluded.Sheet)
	sunday := c.asOf - sales.Date(c.asOf.Weekday())
	if week := (sales.Span{From: sunday - 6, To: sunday}); report.Period != week {
		t.Fatalf("the digest is of %v, want %v", report.Period, week)
	}
	people := c.sellers()
	if len(report.Reps) != len(people) {
		t.Fatalf("%d sheets, want %d", len(report.Reps), len(people))
	}
	k := classesOf(ledger, report.Company.Growth.ToSpan)
	for i, rep := range people {
		sheet := &report.Reps[i]
		c.sheet(t, rep.id, sheet, concluded.Sheet, k)
		c.visited(t, rep, &sheet.Visited, report.Period)
		want := quotas
		if c.atWork(rep, report.Period) == 0 {
			want-- // a week on leave asks for no visits
		}
		if len(sheet.Quotas) != want {
			t.Errorf("%s: %d quotas, want %d", rep.id, len(sheet.Quotas), want)
		}
		for _, p := range sheet.Quotas {
			c.progress(t, rep, p)
		}
	}
	c.sheet(t, everybody, &report.Company, concluded.Sheet, k)
	c.sums(t, report)
	c.teams(t, report)
	c.shorts(t, report)
}

// sheet checks what a sheet says of a rep or the company but its quotas.
func (c *truth) sheet(t *testing.T, scope string, got *finding.Sheet, model *standing.Sheet, k classes) {
	t.Helper()
	month, term := c.upTo(sales.MonthOf(c.asOf)), c.upTo(quarterOf(c.asOf))
	if want := c.won("SELECT SUM(net) FROM checked_line WHERE day BETWEEN ? AND ? AND "+by(scope), month.From, month.To); got.SalesMonth != want {
		t.Errorf("%q: sales of the month %s, want %s", scope, got.SalesMonth, want)
	}
	if inMonth, inTerm := c.wins(scope, month), c.wins(scope, term); len(inMonth) != int(got.NewMonth) || len(inTerm) != int(got.NewTerm) || !got.Enough {
		t.Errorf("%q: new %g and %g, want %d and %d", scope, got.NewMonth, got.NewTerm, len(inMonth), len(inTerm))
	} else if diff := cmp.Diff(inTerm, plain(got.New)); diff != "" {
		t.Errorf("%q: new customers, want and got:\n%s", scope, diff)
	}
	all := "SELECT COUNT(*) FROM checked_visit WHERE day BETWEEN ? AND ? AND " + by(scope)
	if want := c.count(all, c.week().From, c.week().To); got.Visited.AllVisits != want || !got.Visited.Known {
		t.Errorf("%q: %d visits, want %d", scope, got.Visited.AllVisits, want)
	}
	if want := c.cold(scope, c.week()); got.Visited.Cold != want {
		t.Errorf("%q: %d cold visits, want %d", scope, got.Visited.Cold, want)
	}
	if want := c.perWin(scope); math.Abs(got.VisitsPerWin-want) > 1e-9 {
		t.Errorf("%q: %g visits a win, want %g", scope, got.VisitsPerWin, want)
	}
	c.comparison(t, scope, got.Growth, k)
	c.covered(t, scope, got, model)
	c.troubles(t, scope, got)
	c.returned(t, scope, got)
}

func (c *truth) week() sales.Span {
	sunday := c.asOf - sales.Date(c.asOf.Weekday())
	return sales.Span{From: sunday - 6, To: sunday}
}

func (c *truth) upTo(in sales.Span) sales.Span {
	return sales.Span{From: in.From, To: min(in.To, c.asOf)}
}

// quarterOf is the quarter of the calendar year.
func quarterOf(d sales.Date) sales.Span {
	y, m, _ := d.Time().Date()
	from := sales.NewDate(y, m-(m-1)%3, 1)
	return sales.Span{From: from, To: from.AddMonths(3) - 1}
}

// win is a customer whose first order ever a rep stood on, or one who came back.
type win struct {
	ID     string
	On     sales.Date
	Amount sales.Money
}

// wins are the new customers of a span, the latest first. Who ordered in the first
// 90 days that the data know may have ordered before.
func (c *truth) wins(scope string, in sales.Span) []win {
	var list []win
	c.rows(3, func(row []string) {
		on, _ := sales.ParseDate(row[1])
		list = append(list, win{row[0], on, sales.Money(asNumber(row[2])) * sales.MoneyUnit})
	}, `
SELECT customer_no, day, SUM(net)
FROM checked_win
WHERE day BETWEEN ? AND ? AND day > ? AND `+by(scope)+`
GROUP BY customer_no, day
ORDER BY day DESC, customer_no DESC`, in.From, in.To, c.oldest+90)
	return list
}

// plain are those that one rep won alone.
func plain(won []finding.Won) []win {
	var list []win
	for _, w := range won {
		if w.Share == 1 {
			list = append(list, win{w.CustomerID, w.On, w.Amount})
		}
	}
	return list
}

// cold counts cold visits: a known party once, an unknown one always.
func (c *truth) cold(scope string, in sales.Span) int {
	return c.count("SELECT COUNT(DISTINCT customer_no) + SUM(CASE WHEN customer_no IS NULL THEN 1 ELSE 0 END) FROM checked_visit WHERE cold = 1 AND day BETWEEN ? AND ? AND "+by(scope),
		in.From, in.To)
}

// perWin is cold visits per new customer over a year.
func (c *truth) perWin(scope string) float64 {
	year := sales.Span{From: c.asOf - 364, To: c.asOf}
	wins := len(c.wins(scope, year))
	if wins == 0 || c.day("SELECT MIN(day) FROM checked_visit") > year.From {
		return 0
	}
	return float64(c.cold(scope, year)) / float64(wins)
}

// visited checks the visits of the week against the minimum of the rep's grade:
// its part for the days at work.
func (c *truth) visited(t *testing.T, rep seller, got *finding.Visited, week sales.Span) {
	t.Helper()
	selling := c.count("SELECT SUM(selling) FROM checked_day WHERE day BETWEEN ? AND ?", week.From, week.To)
	worked := c.atWork(rep, week)
	minimum := rep.coldQuota * float64(worked) / float64(selling)
	daily, under := max(1, int(minimum/float64(max(1, worked)))), 0
	for d := week.From; d <= week.To; d++ {
		cold, off := c.cold(rep.id, sales.Span{From: d, To: d}), c.atWork(rep, sales.Span{From: d, To: d}) == 0
		if !off && cold < daily {
			under++
		}
		if want := (finding.DayCount{Date: d, Cold: cold, Off: off}); got.ByDay[d-week.From] != want {
			t.Errorf("%s: %+v, want %+v", rep.id, got.ByDay[d-week.From], want)
		}
	}
	onLeave := c.count("SELECT COUNT(*) FROM checked_leave WHERE staff_no = ? AND day BETWEEN ? AND ?", rep.id, week.From, week.To)
	if worked == 0 {
		daily = 0
	}
	if got.OnLeave != onLeave || got.Asked != (worked > 0) || math.Abs(got.Minimum-minimum) > 1e-5 || got.Daily != daily || got.DaysUnder != under || len(got.ByDay) != 7 {
		t.Errorf("%s: visited %+v; want %d on leave, minimum %g, daily %d, under on %d", rep.id, *got, onLeave, minimum, daily, under)
	}
}

// atWork counts a rep's selling days without leave.
func (c *truth) atWork(rep seller, in sales.Span) int {
	return c.count("SELECT COUNT(*) FROM checked_day d WHERE "+atWorkSQL, in.From, in.To, rep.hired, rep.id)
}

const atWorkSQL = "d.selling = 1 AND d.day BETWEEN ? AND ? AND d.day >= ? AND d.day NOT IN (SELECT day FROM checked_leave WHERE staff_no = ?)"

// covered checks the count of regulars, given who is one, and how many of them
// were due for a visit by their own rhythm and had one in the last four weeks.
func (c *truth) covered(t *testing.T, scope string, got *finding.Sheet, model *standing.Sheet) {
	t.Helper()
	want, end := finding.Covered{Known: true}, c.week().To
	mine := map[string]bool{}
	for _, id := range c.texts("SELECT customer_no FROM customer WHERE " + by(scope)) {
		mine[id] = true
	}
	for _, s := range model.Customers {
		if !s.Current || !mine[s.Customer.ID] {
			continue
		}
		want.Regulars++
		days := c.texts("SELECT DISTINCT day FROM checked_visit WHERE customer_no = ? AND day <= ? ORDER BY day", s.Customer.ID, end-28)
		last, every, ok := rhythmOf(t, days)
		switch {
		case !ok:
			want.NoRhythm++
		case float64(last)+every <= float64(end):
			want.Due++
			if c.count("SELECT COUNT(*) FROM checked_visit WHERE customer_no = ? AND day > ? AND day <= ?", s.Customer.ID, end-28, end) > 0 {
				want.Visited++
			}
		}
	}
	if got.Coverage != want || got.Regulars != want.Regulars {
		t.Errorf("%q: coverage %+v, want %+v", scope, got.Coverage, want)
	}
}

// rhythmOf is the last of at least four days and the median between two of them.
func rhythmOf(t *testing.T, days []string) (last sales.Date, every float64, ok bool) {
	var gaps []float64
	for i, text := range days {
		d, err := sales.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			gaps = append(gaps, float64(d-last))
		}
		last = d
	}
	if len(gaps) < 3 {
		return 0, 0, false
	}
	slices.Sort(gaps)
	middle := len(gaps) / 2
	if len(gaps)%2 == 1 {
		return last, gaps[middle], true
	}
	return last, (gaps[middle-1] + gaps[middle]) / 2, true
}

// lastOrder is the customer's latest date with a positive net amount.
func (c *truth) lastOrder(id string) sales.Date {
	return c.day("SELECT MAX(day) FROM (SELECT day FROM checked_line WHERE customer_no = ? GROUP BY day HAVING SUM(net) > 0) d", id)
}

// yearly is twelve times what a customer bought a month in the year that ends with
// its last order.
func (c *truth) yearly(id string) float64 {
	last := c.lastOrder(id)
	first, months := c.day("SELECT day FROM checked_first WHERE customer_no = ?", id), 12.0
	from := last.AddMonths(-12) + 1
	if first >= from {
		from, months = first, min(12, max(3, float64(last-first+1)/(365.25/12)))
	}
	return 12 / months * c.won("SELECT SUM(net) FROM checked_line WHERE customer_no = ? AND day BETWEEN ? AND ?", id, from, last).Float()
}

// troubles checks owners, dates and money of those who are lost, overdue,
// declining or neglected; who is, the model says.
func (c *truth) troubles(t *testing.T, scope string, got *finding.Sheet) {
	t.Helper()
	for _, one := range slices.Concat(got.Troubles, got.Neglected) {
		owner := c.texts("SELECT staff_no FROM customer WHERE customer_no = ?", one.CustomerID)
		if len(owner) != 1 || scope != everybody && owner[0] != scope {
			t.Errorf("%q: the owner of %s is %v", scope, one.CustomerID, owner)
		}
		since, silence := c.lastOrder(one.CustomerID), one.Silence
		switch one.Kind {
		case finding.CustomerDeclining:
			since = one.Since
		case finding.RegularNeglected:
			since = c.day("SELECT MAX(day) FROM checked_visit WHERE customer_no = ?", one.CustomerID)
			silence = int(c.asOf - since)
		default:
			silence = int(c.asOf - since)
		}
		if want := c.yearly(one.CustomerID); one.Since != since || one.Silence != silence || math.Abs(one.Yearly.Float()-want) > .01 {
			t.Errorf("%q: %+v; want since %s, %d days, %.2f a year", scope, one, since, silence, want)
		}
		if one.MoneyAtRisk < 0 || float64(one.MoneyAtRisk) > float64(one.Yearly)+1 {
			t.Errorf("%q: %s at risk of %s a year", scope, one.MoneyAtRisk, one.Yearly)
		}
	}
}

// returned checks the money of who came back, and that each did after a silence;
// whether that was long enough, the model says.
func (c *truth) returned(t *testing.T, scope string, got *finding.Sheet) {
	t.Helper()
	check := func(list []finding.Won, in sales.Span) (saved float64) {
		for _, w := range list {
			amount := c.won("SELECT SUM(net) FROM checked_line WHERE customer_no = ? AND day = ? AND "+by(scope), w.CustomerID, w.On)
			before := c.count("SELECT COUNT(*) FROM checked_line WHERE customer_no = ? AND day < ?", w.CustomerID, w.On)
			near := c.count("SELECT COUNT(*) FROM checked_line WHERE customer_no = ? AND day < ? AND day >= ? AND net > 0", w.CustomerID, w.On, w.On-10)
			if w.Amount != amount || w.Share != 1 || !in.Holds(w.On) || before < 3 || near > 0 {
				t.Errorf("%q: %+v; want %s, in %v, after a silence", scope, w, amount, in)
			}
			saved += c.yearly(w.CustomerID) * w.Share
		}
		return saved
	}
	check(got.WonBack, c.upTo(quarterOf(c.asOf)))
	if saved := check(got.Recovered, sales.Span{From: c.asOf - 27, To: c.asOf}); math.Abs(got.Saved.Float()-saved) > .02 {
		t.Errorf("%q: saved %s, want %.2f", scope, got.Saved, saved)
	}
}
