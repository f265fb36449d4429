package main

import (
	"math"
	"slices"

	"dangol/internal/panel"
	"dangol/internal/sales"
)

// The ceiling is what a judge finds who is told what no database holds: the true
// season, growth, market and closures of every customer, and how far customers stray
// from them in truth. It looks for fewer orders and for nothing else, so that all
// the false alarms are spent on them, and never waits for a second week. Only each
// customer's level is left for it to learn, as its own trend is for everybody. What
// it does not find is not in the orders.

// spans are the lengths in weeks of the recent past that the ceiling looks at.
var spans = [...]int{3, 4, 6, 8, 10, 13, 18, 26}

const (
	// quarterWeeks is the span in which customers are seen to stray.
	quarterWeeks = 13
	// leastKnown is how many weeks of a customer the ceiling wants.
	leastKnown = 40
	// pseudoQuarters draw a customer's own dispersion to that of its class.
	pseudoQuarters = 6
)

// habit is one customer as the ceiling knows it: running sums, by week.
type habit struct {
	story           *story
	first           int // week of the first order
	orders, expects []float64
	stray           float64 // squares of what it strayed by ÷ expected, over quarters
	quarters        int
	dispersion      float64
}

// ceiling judges a panel at the end of the same weeks as replay.
func ceiling(p *panel.Series, first, last sales.Date, stories []*story) []*story {
	var habits []*habit
	var judged []*story
	for i, s := range stories {
		h := newHabit(p, &p.Customers[i], s)
		judged = append(judged, h.story)
		if h.first >= 0 {
			h.straying(p)
			habits = append(habits, h)
		}
	}
	disperse(habits)
	for _, h := range habits {
		for asOf := first; asOf <= last; asOf += 7 {
			week := int(asOf-p.From+1) / 7
			if week-h.first < leastKnown || h.story.left != 0 && asOf >= h.story.left {
				continue
			}
			h.story.glances = append(h.story.glances, glance{at: asOf, p: h.evidence(week)})
		}
	}
	return judged
}

func newHabit(p *panel.Series, c *sales.Customer, s *story) *habit {
	weeks := int(p.Through-p.From+1) / 7
	h := &habit{story: &story{id: s.id, decline: s.decline, left: s.left, class: s.class}, first: -1,
		orders: make([]float64, weeks+1), expects: make([]float64, weeks+1)}
	for _, d := range c.Days {
		if d.Net <= 0 {
			continue
		}
		week := int(d.Date-p.From) / 7
		if h.first < 0 {
			h.first = week
		}
		h.orders[week+1]++
	}
	for week, expected := range p.Expected(c.ID) {
		if week >= h.first {
			h.expects[week+1] = expected
		}
		h.orders[week+1] += h.orders[week]
		h.expects[week+1] += h.expects[week]
	}
	return h
}

// straying measures how far the customer strays from its habit in a quarter of a
// year while it neither declines nor is gone.
func (h *habit) straying(p *panel.Series) {
	end := len(h.orders) - 1
	for _, stop := range []sales.Date{h.story.decline.Began, h.story.left} {
		if stop != 0 {
			end = min(end, int(stop-p.From)/7)
		}
	}
	if end-h.first < leastKnown {
		return
	}
	level := (h.orders[end] - h.orders[h.first]) / (h.expects[end] - h.expects[h.first])
	for week := h.first; week+quarterWeeks <= end; week += quarterWeeks {
		expected := level * (h.expects[week+quarterWeeks] - h.expects[week])
		if expected <= 0 {
			continue
		}
		off := h.orders[week+quarterWeeks] - h.orders[week] - expected
		h.stray += off * off / expected
		h.quarters++
	}
	h.quarters-- // the level was learned from the same orders
}

// disperse draws each customer's own dispersion to that of its class.
func disperse(habits []*habit) {
	stray, quarters := map[string]float64{}, map[string]float64{}
	for _, h := range habits {
		if h.quarters > 0 {
			stray[h.story.class] += h.stray
			quarters[h.story.class] += float64(h.quarters)
		}
	}
	for _, h := range habits {
		class := stray[h.story.class] / max(1, quarters[h.story.class])
		h.dispersion = max(.1, (h.stray+pseudoQuarters*class)/(float64(max(0, h.quarters))+pseudoQuarters))
	}
}

// evidence is the logarithm of the mean likelihood ratio of a fall within the weeks
// before `week` against none.
func (h *habit) evidence(week int) float64 {
	sum := 0.0
	for _, span := range spans {
		start := week - span
		level := (h.orders[start] - h.orders[h.first] + 2) / (h.expects[start] - h.expects[h.first] + 2)
		expected := level * (h.expects[week] - h.expects[start])
		for _, left := range []float64{.4, .5, .6} {
			ratio := ((h.orders[week]-h.orders[start])*math.Log(left) + expected*(1-left)) / h.dispersion
			sum += math.Exp(min(ratio, 200))
		}
	}
	return math.Log(sum)
}

// ofClass are the stories of one class of buyers.
func ofClass(all []*story, class string) []*story {
	return slices.DeleteFunc(slices.Clone(all), func(s *story) bool { return s.class != class })
}
