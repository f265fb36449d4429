package dropped

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/sales"
)

const (
	year         = 365
	daysPerMonth = 365.25 / 12
	// minMonths is the shortest time over which a yearly amount is projected.
	minMonths = 3
)

// drops turns suspects into drops, without the products that the company gave up
// or that lost their buyers, or may be losing them: those are findings of their own.
func (s *Shelf) drops(suspects []suspect, losses []Loss, unsure map[string]bool) []Drop {
	var drops []Drop
	for _, x := range suspects {
		if unsure[x.key] || s.explained(x.key, losses) {
			continue
		}
		d := s.drop(x.pair, x.p, x.odds)
		d.QValue = x.q
		d.Item, d.Products = s.item(x.key), []string{x.key}
		s.replaced(&d, x.pair)
		drops = append(drops, d)
	}
	return drops
}

// explained reports whether a product's own fate says why nobody buys it.
func (s *Shelf) explained(product string, losses []Loss) bool {
	return s.discontinued(product) != 0 ||
		slices.ContainsFunc(losses, func(l Loss) bool { return l.Item.ID == product })
}

// drop gathers the figures of a pair that looks dropped.
func (s *Shelf) drop(p *pair, pValue, odds float64) Drop {
	last := p.orders[p.last()]
	d := Drop{
		Standing: p.standing, Last: last, Later: p.later(), Silence: int(s.sheet.AsOf - last),
		Held: len(p.held), Of: p.last() - p.first() + 1, Gap: p.gap(), PValue: pValue, Odds: odds,
	}
	d.Yearly, d.Share = s.worth(p)
	return d
}

// worth is the net amount of what the pair brought in the 12 months that end on
// its last order, projected to a year where it is younger, and its share of all
// that the customer bought in that time.
func (s *Shelf) worth(p *pair) (yearly sales.Money, share float64) {
	last := p.orders[p.last()]
	after, months := last.AddMonths(-12), 12.0
	if first := p.orders[p.first()]; first > after {
		after, months = first-1, max(minMonths, float64(last-first+1)/daysPerMonth)
	}
	var own, all sales.Money
	for i, at := range p.held {
		if p.orders[at] > after {
			own += p.amounts[i]
		}
	}
	for _, d := range p.standing.Customer.Days {
		if d.Date > after && d.Date <= last {
			all += d.Net
		}
	}
	if all > 0 {
		share = min(1, own.Float()/all.Float())
	}
	return sales.MoneyFromFloat(own.Float() * 12 / min(12, months)), share
}

const (
	// rise is how much more often or more of it a substitute must be bought than
	// before: what always stood beside a product did not take over from it.
	rise = 1.5
	// risen is how many standard errors the share of orders that hold it must have
	// risen by: one in twenty rises so by chance.
	risen = 1.645
	// leeway is how many standard errors what took over may fall short: a switch
	// told as a drop is a false alarm, a drop taken for a switch for now is not.
	leeway = 2
)

// gain is what another product brings more than before, per order.
type gain struct {
	item   Item
	amount float64
	held   float64 // share of the orders
	chance float64 // variance of held
}

// replaced looks for products of the same category that took over from the pair,
// in amounts or in orders, and says how much of it they replace. They took over
// where they do not replace clearly less than the rules ask for.
func (s *Shelf) replaced(d *Drop, p *pair) {
	category := s.product[p.key].Category
	if category == "" {
		return
	}
	from := s.window(p)
	lost, held := perOrder(p, from, p.last())
	near := sales.Date(max(s.rules.LeastGaps*p.gap(), float64(s.rules.LeastDays)))
	var sum gain
	var gains []gain
	for _, other := range s.products.of(p.standing.Customer.ID) {
		if other.key == p.key || s.product[other.key].Category != category {
			continue
		}
		if g, ok := other.rose(from, p.last(), near); ok {
			g.item = s.item(other.key)
			gains = append(gains, g)
			sum.amount, sum.held, sum.chance = sum.amount+g.amount, sum.held+g.held, sum.chance+g.chance
		}
	}
	slices.SortStableFunc(gains, func(a, b gain) int { return cmp.Compare(b.amount, a.amount) })
	items := make([]Item, len(gains))
	for i, g := range gains {
		items[i] = g.item
	}
	d.Replaced = clamp(max(sum.amount/max(lost, 1), sum.held/held), 0, 1)
	if max(d.Replaced, (sum.held+leeway*math.Sqrt(sum.chance))/held) >= s.rules.Substitute {
		d.Switched = items
	} else {
		d.Partly = items
	}
}

// rose returns what a product brings more after an order than from an earlier
// order to it; not unless it clearly rose, and so near to that order. What was
// taken up long before is compared from then on.
func (p *pair) rose(from, last int, near sales.Date) (gain, bool) {
	if p.full || p.orders[p.first()] < p.orders[last]-near {
		from = max(from, p.first())
	}
	n, m := float64(last-from+1), float64(len(p.orders)-1-last)
	next, _ := slices.BinarySearch(p.held, last)
	if n <= 0 || m <= 0 || next == len(p.held) || p.orders[p.held[next]] > p.orders[last]+near {
		return gain{}, false
	}
	before, heldBefore := perOrder(p, from, last)
	after, heldAfter := perOrder(p, last+1, len(p.orders)-1)
	both := (n*heldBefore + m*heldAfter) / (n + m)
	chance := math.Sqrt(both * (1 - both) * (1/n + 1/m))
	if after <= rise*before || heldAfter-heldBefore <= risen*chance {
		return gain{}, false
	}
	return gain{amount: after - before, held: heldAfter - heldBefore, chance: heldAfter * (1 - heldAfter) / m}, true
}

// window is the first order of the year that ends with the pair's last one.
func (s *Shelf) window(p *pair) int {
	from := p.first()
	for p.orders[p.last()]-p.orders[from] >= year {
		from++
	}
	return from
}

// perOrder is the mean amount that orders from … to brought of a pair, and the
// share of them that held it.
func perOrder(p *pair, from, to int) (amount, held float64) {
	if to < from {
		return 0, 0
	}
	for i, at := range p.held {
		if at >= from && at <= to {
			amount += p.amounts[i].Float()
			held++
		}
	}
	n := float64(to - from + 1)
	return amount / n, held / n
}

// first is where the pairs of one customer begin.
func (l *level) first(customer string) int {
	at, _ := slices.BinarySearchFunc(l.pairs, customer, func(p pair, id string) int { return cmp.Compare(p.standing.Customer.ID, id) })
	return at
}

// of returns the pairs of one customer.
func (l *level) of(customer string) []*pair {
	var own []*pair
	for at := l.first(customer); at < len(l.pairs) && l.pairs[at].standing.Customer.ID == customer; at++ {
		own = append(own, &l.pairs[at])
	}
	return own
}

// categories are the pairs of a customer and a category.
func (s *Shelf) categories() *level {
	var known *habits
	if s.learned != nil {
		known = &s.learned.categories
	}
	return s.level(func(product string) string { return s.product[product].Category }, known)
}

// absorb puts one drop of a whole category in the place of the drops of its
// products, where the customer buys nothing of the category any more: where the
// category by itself looks dropped, or all that the customer bought of it does.
func (s *Shelf) absorb(drops []Drop, losses []Loss, categories *level) []Drop {
	suspects, _ := categories.suspects()
	looks := map[*pair]suspect{}
	for _, x := range suspects {
		looks[x.pair] = x
	}
	for i := range categories.pairs {
		whole := &categories.pairs[i]
		of := func(d Drop) bool { return d.Standing == whole.standing && d.Item.Category == whole.key }
		x, alone := looks[whole]
		if !alone && !slices.ContainsFunc(drops, of) {
			continue
		}
		own := slices.DeleteFunc(s.products.of(whole.standing.Customer.ID), func(p *pair) bool { return s.product[p.key].Category != whole.key })
		if len(own) < 2 || slices.ContainsFunc(own, func(p *pair) bool { return s.explained(p.key, losses) }) {
			continue
		}
		if !alone {
			if x = surest(drops, of, len(own)); x.odds == 0 {
				continue
			}
		}
		d := s.drop(whole, x.p, x.odds)
		d.QValue, d.Item = x.q, Item{Name: whole.key, Category: whole.key}
		for _, p := range own {
			d.Products = append(d.Products, p.key)
		}
		drops = append(slices.DeleteFunc(drops, of), d)
	}
	return drops
}

// surest returns the figures of the surest of the drops that belong to a category,
// where they are all of its products; else nothing.
func surest(drops []Drop, of func(Drop) bool, all int) suspect {
	n, best := 0, suspect{}
	for _, d := range drops {
		if of(d) && len(d.Switched) == 0 {
			n++
			if d.Odds > best.odds {
				best.p, best.q, best.odds = d.PValue, d.QValue, d.Odds
			}
		}
	}
	if n < all {
		return suspect{}
	}
	return best
}
