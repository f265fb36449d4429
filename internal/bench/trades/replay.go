package main

import (
	"time"

	"dangol/internal/panel"
	"dangol/internal/sales"
	"dangol/jobs/freshness"
	"dangol/jobs/standing"
)

const (
	// judgedWeeks is how many weeks are judged, warmUp how many of them before what is
	// called counts, refit how many weeks one fit of the odds serves.
	judgedWeeks, warmUp, refit = 65, 13, 4
)

// glance is one current regular at the end of one week.
type glance struct {
	customer                            int
	at, last                            sales.Date
	lost, beyond                        bool    // as the program says
	odds, silent, horizon, mean, median float64 // the last four in days
	outlasts                            bool    // this silence outlasts twice its horizon
	leaver                              bool    // the customer has left
	counted                             bool    // its leaving is one that could be told
}

// called is what the program itself calls lost.
func called(g glance) bool { return g.lost }

// replayed is a year of one company.
type replayed struct {
	from    sales.Date // what is called before is no news
	glances []glance
	leavers int // who left so that two horizons passed within the year
}

// replay judges a company at the end of every week, knowing only the past. Weeks in
// which the data look wrong are passed over, as the jobs do.
func replay(p *panel.Series) replayed {
	rules := standing.DefaultRules()
	rules.Calendar.Weekend = [7]bool{time.Saturday: true, time.Sunday: true}
	first := panel.TradeEnd - 7*judgedWeeks + 7
	r := replayed{from: first + 7*warmUp}
	place := map[string]int{}
	for i := range p.Customers {
		place[p.Customers[i].ID] = i
	}
	known := map[int]bool{}
	model := standing.Fit(p.Snapshot(first), rules)
	for week := range judgedWeeks {
		asOf := first + sales.Date(7*week)
		snapshot := p.Snapshot(asOf)
		if (freshness.Rules{Calendar: rules.Calendar}).Check(snapshot) != nil {
			continue
		}
		if week%refit == 0 {
			model = standing.Fit(snapshot, rules)
		}
		sheet := standing.JudgeWith(snapshot, rules, model)
		for i := range sheet.Customers {
			if s := &sheet.Customers[i]; s.Known && s.Current {
				r.add(p, place[s.Customer.ID], asOf, s, known)
			}
		}
	}
	return r
}

// add notes what is said of a customer, and what comes of it.
func (r *replayed) add(p *panel.Series, at int, asOf sales.Date, s *standing.Standing, known map[int]bool) {
	c := &p.Customers[at]
	left := p.Left[c.ID]
	g := glance{customer: at, at: asOf, last: s.Last, lost: s.Stage == standing.Lost, beyond: s.Beyond, odds: s.PLost, silent: float64(s.Silence),
		horizon: s.Horizon, mean: s.Habit.Mean, median: s.Habit.Median, leaver: left != 0 && asOf >= left}
	g.outlasts = float64(next(c, s.Last, p.Through)-s.Last) > 2*s.Horizon
	g.counted = g.leaver && s.Last < left && left >= r.from && float64(panel.TradeEnd-s.Last) > 2*s.Horizon+7
	if g.counted && !known[at] {
		known[at] = true
		r.leavers++
	}
	r.glances = append(r.glances, g)
}

// next is the date of the order after one, or the day after the panel.
func next(c *sales.Customer, last, through sales.Date) sales.Date {
	for _, d := range c.Days {
		if d.Date > last && d.Net > 0 {
			return d.Date
		}
	}
	return through + 1
}
