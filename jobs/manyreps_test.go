package jobs

import (
	"fmt"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/quota"
)

// TestManyReps: a rep is compared with all others, and yet the digest of a company
// with 2,500 of them is a matter of seconds. Adding everybody up anew for each took
// minutes, and for 5,000 hours: this test would then hold everybody up.
func TestManyReps(t *testing.T) {
	if testing.Short() {
		t.Skip("a large company")
	}
	friday := sales.NewDate(2026, 11, 20)
	rules := sourceRules()
	rules.Quotas = quota.Rules{Fiscal: 1, Calendar: rules.Standing.Calendar, List: []quota.Rule{{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 5},
		{Metric: finding.NewCustomers, Period: sales.Quarterly, Target: 3}, {Metric: finding.Sales, Period: sales.Monthly, Target: 100}}}
	s := sourceOf(friday, workday, func(sales.Date, int) bool { return true })
	s.HasSellers, s.Spans, s.Has = true, digestSpans(friday, 1), map[sales.Relation]bool{sales.Visits: true, sales.Reps: true}
	for r := range 2500 {
		id := fmt.Sprintf("R%04d", r)
		s.Reps = append(s.Reps, sales.Rep{ID: id, Name: id, Level: "senior"})
		s.Quotas = append(s.Quotas, sales.Quota{RepID: id, Metric: finding.Sales, Period: string(sales.Monthly), Target: 90})
		for d := friday - 380; d <= friday; d++ {
			if workday(d) == d {
				s.Strangers = append(s.Strangers, sales.Visit{Date: d, RepID: id, CustomerID: fmt.Sprint(id, d)})
			}
		}
	}
	for i := range s.Customers {
		s.Customers[i].Sellers = []sales.Seller{{From: friday - 400, RepID: s.Reps[i].ID}}
	}
	entry, err := Find(QuotaDigest)
	if err != nil {
		t.Fatal(err)
	}
	job, err := entry.New(rules, func(string, any) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if concluded := job.Conclude(s); concluded.Report == nil || len(concluded.Report.Reps) != len(s.Reps) {
		t.Fatalf("%+v", concluded.Findings)
	}
}
