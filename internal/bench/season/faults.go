package main

import (
	"fmt"
	"hash/fnv"
	"io"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/freshness"
)

// check judges the data of a shop at a date.
func (s *shop) check(at *sales.Snapshot) *finding.Finding {
	return freshness.Rules{Calendar: s.calendar}.Check(at)
}

// healthy counts the days of a year on which data that are as they are would
// have been called a fault, by fault.
func healthy(all []*shop, out io.Writer) {
	fmt.Fprintln(out, "\nfalse alarms\tfrom\tdays\tstopped\thalf\tstep\tjump\tdates")
	for _, s := range all {
		counts, days, dates := map[string]int{}, 0, ""
		for d := s.from(); d <= s.known.AsOf; d++ {
			days++
			if f := s.check(s.known.Through(d)); f != nil {
				counts[f.Headline.Key]++
				if len(dates) < 120 {
					dates += " " + d.String()
				}
			}
		}
		fmt.Fprintf(out, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", s.name, s.from(), days, counts["stale_stopped"], counts["stale_half"],
			counts["stale_step"], counts["stale_jump_up"]+counts["stale_jump_down"], dates)
	}
}

// fault spoils one day of a customer: false leaves it out. Since counts selling
// days back from the as-of date.
type fault struct {
	name string
	days int // the last so many selling days
	does func(customer string, d sales.Day) (sales.Day, bool)
}

// missing leaves out the orders of a share of the customers, or of the orders.
func missing(share float64, byOrder bool) func(string, sales.Day) (sales.Day, bool) {
	return func(customer string, d sales.Day) (sales.Day, bool) {
		h := fnv.New32a()
		fmt.Fprint(h, customer, "missing")
		if byOrder {
			fmt.Fprint(h, d.Date)
		}
		return d, float64(h.Sum32()%1000) >= 1000*share
	}
}

func times(factor float64) func(string, sales.Day) (sales.Day, bool) {
	return func(_ string, d sales.Day) (sales.Day, bool) {
		d.Net = sales.MoneyFromFloat(factor * d.Net.Float())
		return d, true
	}
}

var planted = []fault{
	{"half of the last day missing", 1, missing(.5, true)},
	{"0.7 of the last day missing", 1, missing(.7, true)},
	{"half of three days missing", 3, missing(.5, true)},
	{"half of the customers missing for 8 days", 8, missing(.5, false)},
	{"0.7 of the customers missing for 8 days", 8, missing(.7, false)},
	{"0.7 of the customers missing for 15 days", 15, missing(.7, false)},
	{"nothing for three days", 3, missing(1, false)},
	{"amounts × 10 for a week", 5, times(10)},
	{"amounts ÷ 100 for two days", 2, times(.01)},
	{"amounts × 2 for a week", 5, times(2)},
}

// faults plants each fault at 40 dates of a year and counts how often it is seen.
func faults(all []*shop, out io.Writer) {
	fmt.Fprint(out, "\nplanted faults found at 40 dates")
	for _, s := range all {
		fmt.Fprintf(out, "\t%s", s.name)
	}
	for _, f := range planted {
		fmt.Fprintf(out, "\n%s", f.name)
		for _, s := range all {
			found, step := 0, max(1, int(s.known.AsOf-s.from())/40)
			for i := range 40 {
				d := s.from() + sales.Date(step*i)
				for !s.calendar.Selling(d) {
					d--
				}
				if got := s.check(s.spoilt(f, d)); got != nil {
					found++
				}
			}
			fmt.Fprintf(out, "\t%d", found)
		}
	}
	fmt.Fprintln(out)
}

// spoilt returns what would be known at a date with the fault.
func (s *shop) spoilt(f fault, asOf sales.Date) *sales.Snapshot {
	at := s.known.Through(asOf)
	since := asOf
	for n := 0; ; since-- {
		if s.calendar.Selling(since) {
			n++
		}
		if n == f.days {
			break
		}
	}
	at.DataThrough = 0
	for i := range at.Customers {
		c := &at.Customers[i]
		var days []sales.Day
		for _, d := range c.Days {
			keep := true
			if d.Date >= since {
				d, keep = f.does(c.ID, d)
			}
			if keep {
				days = append(days, d)
				at.DataThrough = max(at.DataThrough, d.Date)
			}
		}
		c.Days = days
	}
	return at
}
