package main

import (
	"encoding/json"
	"math/big"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/internal/testdb"
	"dangol/jobs"
	"dangol/jobs/figures"

	"github.com/google/go-cmp/cmp"
)

// TestFiguresAgainstSQL: every figure of every sheet, of the growth review and of
// the leaderboard equals what plain SQL on the company's own tables gives.
func TestFiguresAgainstSQL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		engine       string
		built, asOf  sales.Date
		month        sales.Span // that is reviewed
		spans, moved int        // quotas of one rep, hand-overs in the month
	}{
		"a plain month": {testdb.SQLite, sales.NewDate(2026, 5, 20), sales.NewDate(2026, 5, 20), sales.MonthOf(sales.NewDate(2026, 4, 1)), 3, 0},
		// the third selling day of July: the digest shows June and the second quarter too
		"a quarter boundary": {testdb.MariaDB, sales.NewDate(2026, 7, 3), sales.NewDate(2026, 7, 3), sales.MonthOf(sales.NewDate(2026, 6, 1)), 5, 0},
		// built later, so that the book of one rep was handed over within the month
		"a hand-over":         {testdb.SQLite, sales.NewDate(2026, 10, 30), sales.NewDate(2026, 6, 30), sales.MonthOf(sales.NewDate(2026, 6, 1)), 3, 3},
		"a leap-day February": {testdb.SQLite, sales.NewDate(2024, 2, 29), sales.NewDate(2024, 2, 29), sales.MonthOf(sales.NewDate(2024, 2, 1)), 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if raced && c.engine == testdb.SQLite { // whose engine is Go, too
				t.Skip("only computes: tested without the race detector")
			}
			t.Parallel()
			var s *sampled
			if c.engine == testdb.SQLite {
				s = sampleOn(t, c.built)
			} else {
				s = sampleOnServer(t, c.built)
			}
			truth := newTruth(t, s, c.engine, c.asOf)
			truth.digest(t, s, c.spans)
			truth.growth(t, s, c.month)
			truth.board(t, s, c.month)
			if moved := truth.handedOver(c.month); moved != c.moved {
				t.Errorf("%d customers changed their rep in the month, want %d: the test looks at the wrong one", moved, c.moved)
			}
		})
	}
}

// handedOver counts the customers of whom another rep than before stands on the
// orders since the month began, one who is still there having stood on them.
func (c *truth) handedOver(month sales.Span) int {
	return c.count(`
SELECT COUNT(DISTINCT a.customer_no)
FROM checked_line a
JOIN checked_line b ON b.customer_no = a.customer_no AND b.staff_no <> a.staff_no
JOIN checked_staff s ON s.staff_no = a.staff_no
WHERE a.day BETWEEN ? AND ? AND b.day BETWEEN ? AND ?
  AND a.staff_no = (SELECT staff_no FROM checked_line WHERE customer_no = a.customer_no ORDER BY day LIMIT 1)`,
		month.From.AddMonths(-3), month.To, month.From, month.To)
}

// growth checks the review of the company and of every rep, as the program judges
// it and as its JSON prints it.
func (c *truth) growth(t *testing.T, s *sampled, month sales.Span) {
	snapshot, concluded := s.conclude(t, jobs.SalesGrowth, c.asOf)
	report, ledger := concluded.Report, figures.NewLedger(snapshot, concluded.Sheet)
	if report.Period != month {
		t.Fatalf("the review is of %v, want %v", report.Period, month)
	}
	for i, against := range []string{finding.LastMonth, finding.LastYear, finding.YearToDate} {
		company, _ := report.Reviewed(everybody)
		of := company.Comparisons[i]
		k := classesOf(ledger, of.ToSpan)
		if of.Against != against || of.FromSpan != c.against(against, month) {
			t.Errorf("comparison %d is with %s, %v; want %s, %v", i, of.Against, of.FromSpan, against, c.against(against, month))
		}
		c.comparison(t, everybody, of, k)
		from, to := c.nobodys(of.FromSpan), c.nobodys(of.ToSpan)
		for _, f := range report.Growth[1:] {
			id, one := f.RepID, f.Facts.(finding.GrowthFacts).Comparisons[i]
			from, to = from+one.From, to+one.To
			c.comparison(t, id, one, k)
		}
		if from != of.From || to != of.To {
			t.Errorf("%s: the reps and what none of them stands for sum to %s and %s, the company to %s and %s", against, from, to, of.From, of.To)
		}
	}
	if diff := cmp.Diff(c.texts("SELECT staff_no FROM checked_staff ORDER BY staff_no"), ids(report.Sellers)); diff != "" {
		t.Errorf("sellers, want and got:\n%s", diff)
	}
	c.printed(t, s, report)
}

func ids(reps []sales.Rep) []string {
	var list []string
	for _, r := range reps {
		list = append(list, r.ID)
	}
	return list
}

// against is the span that a month is compared with, the fiscal year being the
// calendar's.
func (c *truth) against(which string, month sales.Span) sales.Span {
	switch which {
	case finding.LastMonth:
		return sales.Span{From: month.From.AddMonths(-1), To: month.From - 1}
	case finding.LastYear:
		return sales.Span{From: month.From.AddMonths(-12), To: month.From.AddMonths(-11) - 1}
	}
	y, _, _ := month.From.Time().Date()
	return sales.Span{From: sales.NewDate(y-1, 1, 1), To: month.From.AddMonths(-11) - 1}
}

// nobodys are the sales of those who are no seller today.
func (c *truth) nobodys(in sales.Span) sales.Money {
	return c.won(`SELECT SUM(net) FROM checked_line WHERE day BETWEEN ? AND ?
AND (staff_no IS NULL OR staff_no NOT IN (SELECT staff_no FROM checked_staff))`, in.From, in.To)
}

// printedReview is the review as JSON gives it, amounts as the texts that stand there.
type printedReview struct {
	Findings []struct {
		Kind  string `json:"kind"`
		RepID string `json:"rep_id"`
		Facts struct {
			splitText
			Comparisons []splitText `json:"comparisons"`
		} `json:"facts"`
	} `json:"findings"`
}

type splitText struct {
	From      string `json:"from"`
	To        string `json:"to"`
	New       string `json:"new"`
	WonBack   string `json:"won_back"`
	CrossSell string `json:"cross_sell"`
	Frequency string `json:"frequency"`
	Size      string `json:"size"`
	Price     string `json:"price"`
	Decline   string `json:"decline"`
	Lost      string `json:"lost"`
}

// sums reports whether the texts add up to the cent.
func (p splitText) sums(t *testing.T) bool {
	sum := new(big.Rat)
	for i, text := range []string{p.From, p.To, p.New, p.WonBack, p.CrossSell, p.Frequency, p.Size, p.Price, p.Decline, p.Lost} {
		amount, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("no amount: %q", text)
		}
		if i == 1 {
			amount.Neg(amount)
		}
		sum.Add(sum, amount)
	}
	return sum.Sign() == 0
}

func (p splitText) same(of finding.Bridge) bool {
	return p == splitText{of.From.String(), of.To.String(), of.New.String(), of.WonBack.String(), of.CrossSell.String(),
		of.Frequency.String(), of.Size.String(), of.Price.String(), of.Decline.String(), of.Lost.String()}
}

// printed checks the JSON of the command against what was checked before.
func (c *truth) printed(t *testing.T, s *sampled, report *finding.Report) {
	out := dangol(t, "job", jobs.SalesGrowth, "--config", s.config, "--as-of", c.asOf.String(), "--dry-run", "--format", "json")
	var got printedReview
	if err := json.Unmarshal([]byte(out.stdout), &got); err != nil || out.code != 0 {
		t.Fatalf("exit %d: %v\n%s", out.code, err, out.stderr)
	}
	reviews := 0
	for _, f := range got.Findings {
		if f.Kind != string(finding.GrowthReview) {
			continue
		}
		reviews++
		facts, _ := report.Reviewed(f.RepID)
		if !f.Facts.same(facts.Bridge) || !f.Facts.sums(t) || len(f.Facts.Comparisons) != len(facts.Comparisons) {
			t.Errorf("printed of %q: %+v, judged %+v", f.RepID, f.Facts.splitText, facts.Bridge)
			continue
		}
		for i, one := range f.Facts.Comparisons {
			if !one.same(facts.Comparisons[i].Bridge) || !one.sums(t) {
				t.Errorf("printed of %q, comparison %d: %+v, judged %+v", f.RepID, i, one, facts.Comparisons[i].Bridge)
			}
		}
	}
	if reviews != len(report.Growth) {
		t.Errorf("%d reviews are printed, want %d", reviews, len(report.Growth))
	}
}
