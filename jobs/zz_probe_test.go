package jobs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/quota"
)

func crowd(nreps, each int, asOf sales.Date, spans []sales.Span) *sales.Snapshot {
	rng := rand.New(rand.NewPCG(8, 0))
	s := &sales.Snapshot{AsOf: asOf, DataThrough: asOf, HasSellers: true, HasProducts: true, Spans: spans,
		Has: map[sales.Relation]bool{sales.Visits: true, sales.Reps: true}}
	for r := range nreps {
		id := fmt.Sprintf("r%05d", r)
		s.Reps = append(s.Reps, sales.Rep{ID: id, Name: id, ManagerID: "m", HiredOn: asOf - 1000})
		for k := range each {
			c := sales.Customer{ID: fmt.Sprintf("%s-%03d", id, k), RepID: id, Listed: true, Sellers: []sales.Seller{{From: asOf - 800, RepID: id}}}
			start := asOf - 800
			if rng.IntN(5) == 0 {
				start = asOf - sales.Date(rng.IntN(300))
			}
			sum := make([]sales.Sum, len(spans))
			for d := start + sales.Date(rng.IntN(20)); d <= asOf; d += sales.Date(8 + rng.IntN(25)) {
				c.Days = append(c.Days, sales.Day{Date: d, Net: 100 * sales.MoneyUnit})
				for i, sp := range spans {
					if sp.Holds(d) {
						sum[i].Net += 100 * sales.MoneyUnit
						sum[i].Quantity++
					}
				}
			}
			if len(c.Days) > 0 {
				c.Turnover = []sales.Turnover{{ProductID: "p", RepID: id, First: c.Days[0].Date, Last: c.Days[len(c.Days)-1].Date, Sums: sum}}
			}
			s.Customers = append(s.Customers, c)
		}
		for d := asOf - 500; d <= asOf; d++ {
			if wd := d.Weekday(); wd != 0 && wd != 6 {
				s.Strangers = append(s.Strangers, sales.Visit{Date: d, RepID: id, CustomerID: fmt.Sprintf("x%d", rng.IntN(100000))})
			}
		}
	}
	return s
}

func TestZZPerf(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("NREPS"))
	if n == 0 {
		t.Skip()
	}
	asOf := sales.NewDate(2026, 10, 31)
	rules := DefaultRules()
	cal := sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}}
	rules.Standing.Calendar = cal
	rules.Quotas = quota.Rules{Fiscal: 1, Calendar: cal, List: []quota.Rule{
		{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 6}, {Metric: finding.NewCustomers, Period: sales.Quarterly, Target: 3},
		{Metric: finding.Sales, Period: sales.Monthly, Target: 2000}}}
	for _, e := range Catalogue()[1:] {
		job, err := e.New(rules, func(string, any) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		fj := job.(figuresJob)
		var spans []sales.Span
		if fj.spans != nil {
			spans = fj.spans(asOf, 1)
		}
		s := crowd(n, 20, asOf, spans)
		at := time.Now()
		c := job.Conclude(s)
		fmt.Println(e.Name, n, time.Since(at), len(c.Findings), c.Report != nil)
	}
}
