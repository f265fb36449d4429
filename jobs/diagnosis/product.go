package diagnosis

import (
	"math"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// endedBefore: a product that ended so many days before the last order matters.
	endedBefore = 120
	// mainShare and largeShare are the shares of what a customer buys from which on
	// the end of a product explains much, and very much.
	mainShare, largeShare = .3, .5
	// leastExpected is how often another buyer would usually have bought the product
	// since, for its not buying to count.
	leastExpected = 1.5
	// leastOthers is the fewest other buyers to compare with.
	leastOthers = 5
	// halfStopped and mostStopped are the falls of the others' purchases from which
	// on the product is to blame.
	halfStopped, mostStopped = .5, .75
	// fallChance: a fall is larger than so many standard deviations of chance
	// (Poisson).
	fallChance = 2.3
	// othersLag: the first of so many parts of the silence is left out.
	othersLag = 3
	// livedOn: who ordered so often after the end of a product did without it.
	livedOn = 4
)

// product asks whether what the customer lives by is no longer sold, or whether
// others stopped buying it too though they go on ordering other things.
func (c *Company) product(h halt) trial {
	t := trial{name: finding.Product}
	list := staples(h)
	most := 0
	for _, s := range list {
		if !c.hearEnd(&t, h, s) {
			c.hearOthers(&t, h, s)
		}
		most, t.points = max(most, t.points), 0 // the worst of them, not their sum
	}
	t.points = most
	if len(t.pro) > 0 || len(list) == 0 {
		return t
	}
	if o := c.others(h, list[0]); o.judged >= leastOthers && float64(o.stopped) < halfStopped*float64(o.judged) {
		t.denies(1, finding.Say("product_bought", "product", c.article(list[0].basket.ProductID).Name,
			"buying", o.judged-o.stopped, "buyers", o.judged))
	}
	return t
}

// hearEnd weighs the end of a product by its share of what the customer buys.
func (c *Company) hearEnd(t *trial, h halt, s staple) bool {
	p := c.article(s.basket.ProductID)
	ended := p.DiscontinuedOn
	if ended == 0 || ended > c.snapshot.AsOf || ended <= h.last-endedBefore || ended > h.due+7 {
		return false
	}
	points := 1
	switch {
	case s.share >= largeShare:
		points = 3
	case s.share >= mainShare:
		points = 2
	}
	if ordersIn(h.Customer, ended, h.last) >= livedOn {
		points--
	}
	t.speaks(points, finding.Say("product_discontinued", "product", p.Name, "share", s.share, "since", ended))
	return true
}

// others is how the other buyers of a product went on after the break.
type others struct {
	judged, stopped int // who would have bought it again by now, and who did not
	ordering        int // who still order something
	expected        float64
	bought          float64 // how often these bought it, and would usually have
}

// others looks at everybody else who bought the product in the half year before
// the customer's last order. The first part of the silence is left out: they need
// not have stopped on the same day.
func (c *Company) others(h halt, s staple) others {
	var o others
	since := h.last + (c.snapshot.AsOf-h.last)/othersLag
	for _, b := range c.buyers(s.basket.ProductID) {
		usual := c.usually(b.basket, h.last, since, c.snapshot.AsOf)
		if b.customer.ID == h.Customer.ID || usual == 0 {
			continue
		}
		bought := len(purchases(b.basket, since, c.snapshot.AsOf))
		if ordersIn(b.customer, since, c.snapshot.AsOf) > 0 {
			o.ordering++
			o.expected += usual
			o.bought += float64(bought)
		}
		if usual >= leastExpected {
			o.judged++
			if bought == 0 {
				o.stopped++
			}
		}
	}
	return o
}

// fall is the share of the usual purchases that those who still order something
// did not make; 0 where chance could explain it.
func (o others) fall() float64 {
	if o.ordering < leastOthers || o.expected-o.bought < fallChance*math.Sqrt(o.expected) {
		return 0
	}
	return 1 - o.bought/o.expected
}

// usually is how often the product would be bought in (from, to], by its
// purchases of the half year up to a date; 0 for less than two of them. Nobody
// buys while the company is closed.
func (c *Company) usually(b *sales.Basket, through, from, to sales.Date) float64 {
	since := knownFrom(b, through-tradeDays)
	before := len(purchases(b, since, through))
	if before < 2 {
		return 0
	}
	return float64(before) / float64(max(1, c.sheet.Year.Open(since, through))) * float64(c.sheet.Year.Open(from, to))
}

// hearOthers weighs that other buyers stopped the product too: much only if they
// still order something else, for else it is they who left, not the product.
func (c *Company) hearOthers(t *trial, h halt, s staple) {
	o := c.others(h, s)
	fall, points := o.fall(), 2
	switch {
	case fall < halfStopped:
		return
	case s.share < mainShare:
		points = 1
	case fall >= mostStopped && s.share >= largeShare:
		points = 3
	}
	t.speaks(points, finding.Say("product_stopped", "product", c.article(s.basket.ProductID).Name, "share", s.share, "fall", fall))
}
