package main

import (
	"math"
	"slices"

	"dangol/internal/panel"
	"dangol/internal/sales"
	"dangol/jobs/declining"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

const (
	// warmUp is how many weeks of a replay are not counted: what is declining at
	// its beginning is the baseline, and no news.
	warmUp = 13
	// again is how many weeks after an alarm the next of the same customer counts.
	again = 13
	// within is how many days after its beginning a decline has to be found.
	within = 91
)

// glance is one look at one customer at the end of one week.
type glance struct {
	at        sales.Date
	p         float64 // p_declining
	naive     float64 // amount of the last 90 days ÷ the 90 before
	declining bool
}

// story is one customer of the replay.
type story struct {
	id      string
	decline panel.Decline
	left    sales.Date
	class   string
	glances []glance
}

// replay judges a panel at the end of every week between two dates.
func replay(p *panel.Series, first, last sales.Date) []*story {
	stories := map[string]*story{}
	var all []*story
	truth := map[string]panel.Decline{}
	for _, d := range p.Declines {
		truth[d.CustomerID] = d
	}
	for i := range p.Customers {
		c := &p.Customers[i]
		s := &story{id: c.ID, decline: truth[c.ID], left: p.Left[c.ID], class: class(c, truth[c.ID], p)}
		stories[c.ID], all = s, append(all, s)
	}
	model := standing.Fit(p.Snapshot(first), standing.DefaultRules())
	for asOf := first; asOf <= last; asOf += 7 {
		look(p.Snapshot(asOf), model, stories)
	}
	return all
}

func look(snapshot *sales.Snapshot, model silence.Blend, stories map[string]*story) {
	sheet := standing.JudgeWith(snapshot, standing.DefaultRules(), model)
	for _, r := range declining.Survey(snapshot, sheet, declining.DefaultRules()).Results {
		c := r.Standing.Customer
		s := stories[c.ID]
		if !r.Judged || s.left != 0 && snapshot.AsOf >= s.left {
			continue
		}
		s.glances = append(s.glances, glance{snapshot.AsOf, r.P, quarterly(c, snapshot.AsOf), r.Declining})
	}
}

// quarterly is the dashboards' figure: the last 90 days ÷ the 90 before.
func quarterly(c *sales.Customer, asOf sales.Date) float64 {
	now, before := 0.0, 0.0
	for _, d := range slices.Backward(c.Days) {
		switch ago := int(asOf - d.Date); {
		case ago < 90:
			now += d.Net.Float()
		case ago < 180:
			before += d.Net.Float()
		default:
			return quotient(now, before)
		}
	}
	return quotient(now, before)
}

func quotient(now, before float64) float64 {
	if before <= 0 {
		return 1
	}
	return now / before
}

// class is how often the customer orders in the year before its decline, or
// before the middle of the replay.
func class(c *sales.Customer, d panel.Decline, p *panel.Series) string {
	until := d.Began
	if until == 0 {
		until = p.From + sales.Date(int(p.Through-p.From)*3/4)
	}
	n := 0
	for _, day := range c.Days {
		if day.Net > 0 && day.Date < until && day.Date >= until-364 {
			n++
		}
	}
	switch {
	case len(c.Days) == 0 || c.Days[0].Date > until-364:
		return "young"
	case n >= 52:
		return "dense"
	case n > 24:
		return "middle"
	case n >= 12:
		return "sparse"
	}
	return "rare"
}

// rings says whether a rule alarms at a glance.
type rings func(glance) bool

// alarms are the dates of the new alarms of a rule on a customer.
func (s *story) alarms(rule rings) []sales.Date {
	var at []sales.Date
	last := sales.Date(math.MinInt32 / 2)
	for _, g := range s.glances {
		if !rule(g) {
			continue
		}
		if g.at-last > 7*again {
			at = append(at, g.at)
		}
		last = g.at
	}
	return at
}

// falseAlarms counts the alarms on customers who do not decline, and the weeks
// in which there could have been one.
func falseAlarms(all []*story, rule rings) (alarms, weeks int) {
	for _, s := range all {
		if s.decline.Fell != "" || len(s.glances) == 0 {
			continue
		}
		begin := s.glances[0].at + 7*warmUp
		for _, g := range s.glances {
			if g.at >= begin {
				weeks++
			}
		}
		for _, at := range s.alarms(rule) {
			if at >= begin {
				alarms++
			}
		}
	}
	return alarms, weeks
}

// found counts the declines of a class and kind that can be found, and those
// that are found in time.
func found(all []*story, rule rings, class string, fell panel.Fell) (told, of int) {
	for _, s := range all {
		if s.decline.Fell != fell || s.class != class {
			continue
		}
		watched := false
		for _, g := range s.glances {
			watched = watched || g.at >= s.decline.Began && g.at < s.decline.Began+within
		}
		if !watched {
			continue
		}
		of++
		for _, at := range s.alarms(rule) {
			if at >= s.decline.Began && at < s.decline.Began+within {
				told++
				break
			}
		}
	}
	return told, of
}

// atBudget finds the level of a score at which a rule makes at most so many false
// alarms per 1,000 customer-weeks.
func atBudget(all []*story, budget float64, score func(glance) float64) rings {
	var values []float64
	for _, s := range all {
		for _, g := range s.glances {
			values = append(values, score(g))
		}
	}
	slices.Sort(values)
	low, high := 0, len(values)-1
	for low < high {
		middle := (low + high) / 2
		alarms, weeks := falseAlarms(all, func(g glance) bool { return score(g) >= values[middle] })
		if float64(alarms) <= budget/1000*float64(weeks) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return func(g glance) bool { return score(g) >= values[low] }
}
