package declining

import (
	"math"

	"dangol/internal/sales"
)

const (
	// controlShrink is the weight, in customers with an order a fortnight, that the
	// whole company has in the index of a group.
	controlShrink = 30
	// farthest bounds, in logarithms, how far one week's amounts of one customer
	// move the index of sizes.
	farthest = 1.5
	// leastLevel bounds the index of a week from below.
	leastLevel = .02
)

// index is what the customers of one group bought in each week, held against
// each customer's own mean. A customer counts by its mean orders a week, at most
// one: nobody is the market alone.
type index struct {
	orders, means totals // what was ordered, and what the own means would have been
	sizes, weeks  totals // distances of ln amount from the own mean, and how many
}

// addTo counts the customer into an index in the weeks before until.
func (t *track) addTo(x *index, until int) {
	weeks := span - t.began
	if weeks <= 0 {
		return
	}
	mean := t.orders.over(t.began, span) / float64(weeks)
	perOrder := 1 / max(1, mean)
	for w := t.began; w < until; w++ {
		n := t.orders[w+1] - t.orders[w]
		x.orders[w+1] += perOrder * n
		x.means[w+1] += perOrder * mean
		if n > 0 {
			x.sizes[w+1] += min(farthest, max(-farthest, (t.logs[w+1]-t.logs[w])/n-t.level))
			x.weeks[w+1]++
		}
	}
}

func (x *index) add() {
	x.orders.add()
	x.means.add()
	x.sizes.add()
	x.weeks.add()
}

// control tells how a customer's groups moved, the customer itself left out.
type control struct {
	whole  *index
	groups []*index // its segment, and the customers with the same main product
	own    index
	paths  []path // of the groups, or of the whole company where there is none
	around path   // the whole company's

	strength float64 // to which power the customer follows its market
}

// path is how a market moved, as running totals of its weekly levels.
type path struct {
	weekly [span]float64 // level of the orders; 1: the customers' own means
	plain  totals        // of weekly
	orders totals        // of weekly, to the power of the customer's strength
	sizes  totals        // distances of ln amount
	size   [span]float64
}

// of makes the control group of a customer.
func (c *control) of(t *track, groups []*index) {
	c.own, c.groups = index{}, groups
	t.addTo(&c.own, span)
	c.around.read(c.whole, &c.own, nil, 1)
	c.paths = c.paths[:0]
	for _, group := range groups {
		var p path
		p.read(group, &c.own, &c.around, controlShrink)
		c.paths = append(c.paths, p)
	}
	if len(groups) == 0 {
		c.paths = append(c.paths, c.around)
	}
	c.follow(1)
}

// read takes the weekly levels of an index without the customer itself, shrunk
// to those of a wider one by so many customers.
func (p *path) read(x *index, own *index, wider *path, customers float64) {
	shrink := customers / 2
	for w := range span {
		orders, size := 1.0, 0.0
		if wider != nil {
			orders, size = wider.weekly[w], wider.size[w]
		}
		means := max(0, x.means.over(w, w+1)-own.means[w+1])
		weeks := max(0, x.weeks.over(w, w+1)-own.weeks[w+1])
		p.weekly[w] = max(leastLevel, (x.orders.over(w, w+1)-own.orders[w+1]+shrink*orders)/(means+shrink))
		p.size[w] = (x.sizes.over(w, w+1) - own.sizes[w+1] + shrink*size) / (weeks + shrink)
		p.plain[w+1] = p.plain[w] + p.weekly[w]
		p.sizes[w+1] = p.sizes[w] + p.size[w]
	}
}

// follow says how strongly the customer follows its market: to which power.
func (c *control) follow(strength float64) {
	c.strength = strength
	for i := range c.paths {
		p := &c.paths[i]
		for w := range span {
			level := p.weekly[w]
			if strength != 1 {
				level = math.Exp(strength * math.Log(level))
			}
			p.orders[w+1] = p.orders[w] + level
		}
	}
}

// shift is how the market moved from one span of weeks to a later one: the rate
// of orders by a factor, the sizes by a difference of logarithms.
type shift struct{ orders, size float64 }

// move compares weeks [from, to) with weeks [later, until). Of several groups the
// one that fell furthest counts: who fell with either is innocent.
func (c *control) move(from, to, later, until int) shift {
	least := shift{math.Inf(1), math.Inf(1)}
	for i := range c.paths {
		p := &c.paths[i]
		orders := p.orders.mean(later, until, p.orders.mean(from, to, 1))
		if c.strength < 1 {
			orders *= c.strength + (1-c.strength)*p.unforeseen(from, to, later, until)
		}
		least.orders = min(least.orders, orders)
		least.size = min(least.size, p.sizes.over(later, until)/float64(until-later)-p.sizes.over(from, to)/float64(to-from))
	}
	return least
}

// unforeseen is how much further the market fell than a year before, as a factor
// of at most 1: who follows its seasons weakly is hit by a shock like everybody.
func (p *path) unforeseen(from, to, later, until int) float64 {
	now := p.plain.mean(later, until, p.plain.mean(from, to, 1))
	if from, later = max(0, from-baseWeeks), later-baseWeeks; to-baseWeeks-from >= leastBase {
		now /= p.plain.mean(later, until-baseWeeks, p.plain.mean(from, to-baseWeeks, 1))
	}
	return min(1, now)
}

// mean is the weekly mean from … to−1, in units.
func (t *totals) mean(from, to int, unit float64) float64 {
	return t.over(from, to) / (float64(to-from) * unit)
}

// mainProduct is what the customer spent most on in the year before a date: the
// product's category where it is known. Empty without baskets.
func mainProduct(c *sales.Customer, category map[string]string, asOf sales.Date) string {
	spent := map[string]sales.Money{}
	for _, b := range c.Baskets {
		name := "product " + b.ProductID
		if in := category[b.ProductID]; in != "" {
			name = "category " + in
		}
		for _, p := range b.Days {
			if p.Date > asOf-7*baseWeeks {
				spent[name] += p.Net
			}
		}
	}
	best := ""
	for name, amount := range spent {
		if amount > 0 && (best == "" || amount > spent[best] || amount == spent[best] && name < best) {
			best = name
		}
	}
	return best
}
