package panel

import (
	"math/rand/v2"
	"slices"

	"dangol/internal/sales"
)

// Shares of the customers in whom a fate is planted each year, and how many
// products meet one of their own in the last 14 months.
const (
	droppedShare  = .20
	categoryShare = .06
	switchedShare = .10
	lostProducts  = 5
	endedProducts = 3
)

// plant ends a habit of some customers in the year that ends on a date, when the
// product had been bought five times or more, as far as its chance tells.
func (s *shopper) plant(d *rand.Rand, end sales.Date, shop *Shop, stock []goods) {
	when := end - sales.Date(d.IntN(364))
	draw := d.Float64()
	at := d.IntN(len(s.habits))
	if s.left != 0 || s.habits[at].until != 0 || !s.expects(at, when, stock) {
		return
	}
	h := &s.habits[at]
	switch {
	case draw < droppedShare:
		h.until = when
		shop.Planted = append(shop.Planted, Planted{DroppedProduct, s.id, []string{productID(h.product)}, when})
	case draw < droppedShare+categoryShare:
		s.leaveCategory(h.product/perCategory, when, shop)
	case draw < droppedShare+categoryShare+switchedShare:
		s.replace(at, when, d, shop)
	}
}

// expects reports whether at least 7 orders with the habit's product are to be
// expected before a date, so that 5 are likely.
func (s *shopper) expects(at int, before sales.Date, stock []goods) bool {
	sum := 0.
	for _, date := range s.orders {
		if date < before {
			sum += s.habits[at].at(date, stock[s.habits[at].product])
		}
	}
	return sum >= 7
}

func (s *shopper) leaveCategory(category int, when sales.Date, shop *Shop) {
	p := Planted{Fate: DroppedCategory, CustomerID: s.id, From: when}
	for i := range s.habits {
		if s.habits[i].product/perCategory == category && s.habits[i].from < when && s.habits[i].until == 0 {
			s.habits[i].until = when
			p.Products = append(p.Products, productID(s.habits[i].product))
		}
	}
	slices.Sort(p.Products)
	p.Products = slices.Compact(p.Products)
	if len(p.Products) == 1 {
		p.Fate = DroppedProduct
	}
	shop.Planted = append(shop.Planted, p)
}

// replace puts a product of the category that the customer does not know in the
// place of one that it does, at 70 to 130 % of the amount.
func (s *shopper) replace(at int, when sales.Date, d *rand.Rand, shop *Shop) {
	old := s.habits[at]
	for _, k := range d.Perm(perCategory) {
		product := old.product/perCategory*perCategory + k
		if slices.ContainsFunc(s.habits, func(h habit) bool { return h.product == product }) {
			continue
		}
		fresh := old
		fresh.product, fresh.from, fresh.amount = product, when, old.amount*between(d, .7, 1.3)
		s.habits[at].until = when
		s.habits = append(s.habits, fresh)
		shop.Planted = append(shop.Planted, Planted{SwitchedProduct, s.id, []string{productID(old.product)}, when})
		return
	}
}

// endProducts takes products from the market: some lose two thirds of their
// buyers, some are discontinued. Customers with a fate of their own keep it.
func (shop *Shop) endProducts(spec BasketSpec) {
	d := dice(spec.Seed, "ends", 0)
	for i, product := range d.Perm(len(shop.Products))[:lostProducts+endedProducts] {
		when := spec.End - sales.Date(between(d, 90, 420))
		p := Planted{LostProduct, "", []string{productID(product)}, when}
		if i >= lostProducts {
			p.Fate = EndedProduct
			shop.Products[product].DiscontinuedOn = when
		}
		shop.Planted = append(shop.Planted, p)
		for c := range shop.customers {
			shop.customers[c].stop(product, when, p.Fate, d)
		}
	}
}

func (s *shopper) stop(product int, when sales.Date, fate Fate, d *rand.Rand) {
	for i := range s.habits {
		h := &s.habits[i]
		if h.product != product || h.until != 0 && h.until < when {
			continue
		}
		if fate == LostProduct {
			if d.Float64() < 1./3 {
				continue
			}
			h.until = when + sales.Date(between(d, 0, 60))
			continue
		}
		h.until = when
	}
}
