package main

import (
	"testing"

	"dangol/internal/panel"
	"dangol/internal/sales"
)

// told is a story whose rule rings in the given weeks of sixty.
func told(decline panel.Decline, weeks ...int) *story {
	s := &story{decline: decline, class: "dense"}
	for week := range 60 {
		g := glance{at: sales.Date(1000 + 7*week)}
		for _, w := range weeks {
			g.declining = g.declining || w == week
		}
		s.glances = append(s.glances, g)
	}
	return s
}

func declined(g glance) bool { return g.declining }

// Alarms of the first quarter are the baseline; one that comes back within a
// quarter is the same.
func TestFalseAlarms(t *testing.T) {
	alarms, weeks := falseAlarms([]*story{told(panel.Decline{}, 5, 20, 21, 25, 45), told(panel.Decline{Fell: panel.Orders}, 30)}, declined)
	if alarms != 2 || weeks != 47 {
		t.Errorf("%d alarms in %d weeks; want 2 in 47", alarms, weeks)
	}
}

// A decline is found by a new alarm within 13 weeks, not by an old or a later one.
func TestFound(t *testing.T) {
	d := panel.Decline{Fell: panel.Orders, Began: 1000 + 7*30}
	of := []*story{told(d, 35), told(d, 28, 35), told(d, 44), told(d)}
	if n, all := found(of, declined, "dense", panel.Orders); n != 1 || all != 4 {
		t.Errorf("%d of %d found; want 1 of 4", n, all)
	}
	if right := precision(of, declined); right < .66 || right > .67 {
		t.Errorf("%g of the alarms are right; want two of three", right)
	}
}

// Who is told the true habits finds most of the frequent buyers' declines where
// orders come as by a clock, and alarms as seldom as it is allowed to.
func TestCeiling(t *testing.T) {
	p := panel.NewSeries(panel.SeriesSpec{Seed: 3, Customers: 400, Declining: .4, Steady: true})
	began := map[string]panel.Decline{}
	for _, d := range p.Declines {
		began[d.CustomerID] = d
	}
	var stories []*story
	for i := range p.Customers {
		c := &p.Customers[i]
		stories = append(stories, &story{id: c.ID, decline: began[c.ID], left: p.Left[c.ID], class: class(c, began[c.ID], p)})
	}
	dense := ofClass(ceiling(p, p.Through-7*78, p.Through, stories), "dense")
	rule := atBudget(dense, 2, func(g glance) float64 { return g.p })
	if alarms, weeks := falseAlarms(dense, rule); weeks == 0 || alarms > weeks/500 {
		t.Errorf("%d false alarms in %d weeks; want 2 in 1,000 at most", alarms, weeks)
	}
	if told, of := found(dense, rule, "dense", panel.Orders); of < 10 || told < of*2/3 {
		t.Errorf("%d of %d fallen orders found; want two thirds", told, of)
	}
}
