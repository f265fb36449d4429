package diagnosis

import (
	"math"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/internal/stat"
)

const (
	// priceDays: a rise so many days before the last order, or until the next one
	// was due, matters.
	priceDays = 90
	// smallRise, plainRise and steepRise are what the unit prices of the staples
	// rose by, weighted with their shares: low, medium and high evidence.
	smallRise, plainRise, steepRise = .03, .06, .12
	// held: every purchase since a rise has to keep at least so much above the
	// earlier price.
	held = .02
	// priceBefore is the span before a rise over which others' prices are taken.
	priceBefore = 120
	// priceNoise: a rise has to be larger than so many robust standard deviations of
	// the earlier changes from purchase to purchase.
	priceNoise = 2.5
	// leastPrices is the fewest earlier prices: the median of the latest so many is
	// what was usual; mostPrices is how many tell the noise.
	leastPrices, mostPrices = 3, 12
	// priceOthers is the fewest other buyers whose prices are compared with.
	priceOthers = 3
	// mostOthers is the share of them that makes a statement about them.
	mostOthers = .6
	// leftOver: the share of the other buyers who faced the rise and stopped, from
	// which on it drove them off too.
	leftOver = .3
)

// rise is how the unit price of a product changed before the break.
type rise struct {
	staple
	change float64    // 0.08: up 8 %; 0: it did not rise
	before sales.Date // the last purchase at the old price
	since  sales.Date // the first at the new one
	unseen bool       // it rose for the others, after the customer's last order
}

// price asks whether what the customer lives by became dearer before the break,
// and whether others pay as much and stay.
func (c *Company) price(h halt) trial {
	t := trial{name: finding.Price}
	var top rise
	known, weighted, all := false, 0.0, 0.0
	for _, s := range staples(h) {
		all += s.share
		r, ok := c.riseOf(h, s)
		if !ok {
			continue
		}
		known = true
		weighted += s.share * r.change
		if r.change*s.share > top.change*top.share {
			top = r
		}
	}
	if !known {
		return t
	}
	change := weighted / all
	if change < smallRise {
		t.denies(1, finding.Say("price_steady"))
		return t
	}
	points := 1
	switch {
	case change >= steepRise:
		points = 3
	case change >= plainRise:
		points = 2
	}
	t.speaks(points, finding.Say("price_rise", "product", c.article(top.basket.ProductID).Name,
		"share", top.share, "change", top.change, "since", top.since))
	c.hearPayers(&t, h, top)
	return t
}

// riseOf returns the rise of a product's unit price: as the customer paid it, or
// as the others did after the customer's last order.
func (c *Company) riseOf(h halt, s staple) (rise, bool) {
	r, ok := paidRise(purchases(s.basket, h.last-year-priceDays, h.last), h.last-priceDays)
	if !ok {
		return rise{}, false
	}
	r.staple = s
	if r.change == 0 {
		r.before = h.last
		r.change, r.since = c.risenSince(h, s)
		r.unseen = r.change > 0
	}
	return r, true
}

// unitPrice is net ÷ quantity, where there is a quantity.
func unitPrice(p sales.Purchase) (float64, bool) {
	if p.Quantity <= 0 || p.Net <= 0 {
		return 0, false
	}
	return p.Net.Float() / float64(p.Quantity), true
}

// paidRise finds the steepest lasting rise after a date: every purchase since its
// first was dearer than the median of the three before. ok is false where there
// are too few prices.
func paidRise(bought []sales.Purchase, after sales.Date) (rise, bool) {
	var prices []float64
	var dates []sales.Date
	for _, p := range bought {
		if price, ok := unitPrice(p); ok {
			prices, dates = append(prices, price), append(dates, p.Date)
		}
	}
	if len(prices) <= leastPrices {
		return rise{}, false
	}
	var best rise
	lowest := math.Inf(1)
	for i := len(prices) - 1; i >= leastPrices && dates[i] > after; i-- {
		lowest = min(lowest, prices[i])
		usual := stat.Median(prices[i-leastPrices : i])
		noise := spread(prices[max(0, i-mostPrices):i])
		change := stat.Median(prices[i:])/usual - 1
		if lowest >= (1+held)*usual && math.Log1p(change) > priceNoise*noise && change >= best.change-1e-9 {
			best = rise{change: change, before: dates[i-1], since: dates[i]}
		}
	}
	return best, true
}

// spread returns the robust standard deviation of the changes of the logarithm
// of a price from each purchase to the next.
func spread(prices []float64) float64 {
	steps := make([]float64, len(prices)-1)
	for i := range steps {
		steps[i] = math.Abs(math.Log(prices[i+1] / prices[i]))
	}
	return 1.4826 * stat.Median(steps)
}

// risenSince returns how much dearer the product became for the others between
// the customer's last order and the one that did not come.
func (c *Company) risenSince(h halt, s staple) (change float64, since sales.Date) {
	var changes []float64
	for _, b := range c.buyers(s.basket.ProductID) {
		if b.customer.ID == h.Customer.ID {
			continue
		}
		before, after, first := pricesAround(b.basket, h.last, h.last+1, h.due+7)
		if before == 0 || after == 0 {
			continue
		}
		changes = append(changes, after/before-1)
		if after >= (1+held)*before && (since == 0 || first < since) {
			since = first
		}
	}
	if len(changes) < priceOthers {
		return 0, 0
	}
	if change = stat.Median(changes); change < smallRise {
		return 0, 0
	}
	return change, since
}

// pricesAround returns the median unit price of the four months through one date
// and of the time from another until a third, 0 where there is none, and the first
// purchase of the latter.
func pricesAround(b *sales.Basket, through, from, until sales.Date) (before, after float64, first sales.Date) {
	var earlier, later []float64
	for _, p := range purchases(b, through-priceBefore, until) {
		price, ok := unitPrice(p)
		switch {
		case !ok:
		case p.Date <= through:
			earlier = append(earlier, price)
		case p.Date >= from:
			if first == 0 {
				first = p.Date
			}
			later = append(later, price)
		}
	}
	if len(earlier) > 0 {
		before = stat.Median(earlier)
	}
	if len(later) > 0 {
		after = stat.Median(later)
	}
	return before, after, first
}

// hearPayers asks what the others pay since the rise: the customer's own rise
// weighs more, one that all the others live with less, one that drove others off
// more again.
func (c *Company) hearPayers(t *trial, h halt, r rise) {
	same, more, gone := 0, 0, 0
	for _, b := range c.buyers(r.basket.ProductID) {
		if b.customer.ID == h.Customer.ID || len(purchases(b.basket, r.before-priceBefore, r.before)) < 2 {
			continue
		}
		before, after, _ := pricesAround(b.basket, r.before, r.since, c.snapshot.AsOf)
		switch {
		case before == 0:
		case after == 0:
			if c.usually(b.basket, r.before, r.since-1, c.snapshot.AsOf) >= leastExpected {
				gone++
			}
		case after >= before*(1+r.change/2):
			more++
		default:
			same++
		}
	}
	all := same + more
	switch {
	case all < priceOthers:
	case !r.unseen && float64(same) >= mostOthers*float64(all):
		t.speaks(1, finding.Say("price_own", "same", same, "others", all))
	case float64(more) < mostOthers*float64(all):
	case gone >= priceOthers && float64(gone) >= leftOver*float64(gone+more):
		t.speaks(1, finding.Say("price_left", "gone", gone, "others", gone+more))
	default:
		t.denies(1, finding.Say("price_all", "paying", more, "others", gone+all))
	}
}
