package jobs

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// sourceOf is a company of 240 customers who order every 5 to 12 working days for
// a year through the as-of date, as its source books it: keep says whether an
// order of a date stands in it, and booked on which date.
func sourceOf(asOf sales.Date, booked func(sales.Date) sales.Date, keep func(sales.Date, int) bool) *sales.Snapshot {
	rng := rand.New(rand.NewPCG(8, 0))
	s := &sales.Snapshot{AsOf: asOf}
	for i := range 240 {
		c := sales.Customer{ID: fmt.Sprintf("C%03d", i), Listed: true}
		gap := 5 + rng.IntN(8)
		for d := asOf - 400 + sales.Date(rng.IntN(gap)); d <= asOf; d += sales.Date(gap - 1 + rng.IntN(3)) {
			on := booked(d)
			if n := len(c.Days); on > asOf || !keep(d, i) || n > 0 && c.Days[n-1].Date >= on {
				continue
			}
			c.Days = append(c.Days, sales.Day{Date: on, Net: 100 * sales.MoneyUnit})
			s.DataThrough = max(s.DataThrough, on)
		}
		s.Customers = append(s.Customers, c)
	}
	return s
}

func workday(d sales.Date) sales.Date {
	for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d++
	}
	return d
}

// afterClosure books what falls into a closure on the working day after it.
func afterClosure(from, to sales.Date) func(sales.Date) sales.Date {
	return func(d sales.Date) sales.Date {
		if d >= from && d <= to {
			d = to + 1
		}
		return workday(d)
	}
}

// A source booked weekly and one with a closure of two weeks are judged; a daily
// one that stopped three selling days ago and one half imported are not. Nobody
// is alerted in any: all go on ordering.
func TestSources(t *testing.T) {
	friday := sales.NewDate(2026, 11, 20)
	all := func(sales.Date, int) bool { return true }
	for name, c := range map[string]struct {
		snapshot *sales.Snapshot
		stale    bool
	}{
		"daily":                          {sourceOf(friday, workday, all), false},
		"booked every Monday":            {sourceOf(friday, func(d sales.Date) sales.Date { return d + sales.Date((8-int(d.Weekday()))%7) }, all), false},
		"closed for two weeks":           {sourceOf(friday, afterClosure(friday-21, friday-7), all), false},
		"stopped three selling days ago": {sourceOf(friday, workday, func(d sales.Date, _ int) bool { return d < friday-2 }), true},
		"half imported":                  {sourceOf(friday, workday, func(d sales.Date, i int) bool { return d < friday-1 || i%10 < 3 }), true},
	} {
		t.Run(name, func(t *testing.T) {
			job, err := newLostCustomers(sourceRules(), func(string, any) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			concluded := job.Conclude(c.snapshot)
			if stale := concluded.Sheet == nil; stale != c.stale {
				t.Errorf("stale %v; want %v: %+v", stale, c.stale, concluded.Findings)
			}
			for _, f := range concluded.Findings {
				if f.Kind != finding.DataStale {
					t.Errorf("%s: %+v", f.Kind, f.Facts)
				}
			}
		})
	}
}

func sourceRules() Rules {
	rules := DefaultRules()
	rules.Standing.Calendar.Weekend = [7]bool{time.Saturday: true, time.Sunday: true}
	return rules
}
