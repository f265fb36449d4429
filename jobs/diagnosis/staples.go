package diagnosis

import (
	"cmp"
	"slices"
	"sort"

	"dangol/internal/sales"
)

const (
	// stapleShare is the least share of what a customer buys that makes a product
	// one of its staples; it has at most mostStaples.
	stapleShare, mostStaples = .15, 3
	// knownShare is the share of what a customer buys that its kept baskets have to
	// hold, for a statement about products.
	knownShare = .3
	// tradeDays is the span before the break over which others' buying of a product
	// is learned.
	tradeDays = 182
)

// staple is a product that a customer lives by.
type staple struct {
	basket *sales.Basket
	share  float64 // of what the customer buys
}

// staples returns the products that make up most of what the customer bought in
// the year up to its last order, the largest first; none without product data.
func staples(h halt) []staple {
	var all []staple
	total, since := 0.0, max(h.last-year, h.First-1)
	for i := range h.Customer.Baskets {
		b := &h.Customer.Baskets[i]
		if daily := boughtDaily(b, since, h.last); daily > 0 {
			all = append(all, staple{b, daily})
			total += daily
		}
	}
	daily := net(h.Customer, since+1, h.last).Float() / float64(max(1, int(h.last-since)))
	if total <= 0 || total < knownShare*daily {
		return nil
	}
	slices.SortStableFunc(all, func(a, b staple) int { return cmp.Compare(b.share, a.share) })
	var kept []staple
	for _, s := range all[:min(len(all), mostStaples)] {
		if s.share /= max(total, daily); s.share >= stapleShare {
			kept = append(kept, s)
		}
	}
	return kept
}

// boughtDaily is the net amount of a product a day in (from, to], over the days
// that the basket is known for: the older dates of a full one are not kept.
func boughtDaily(b *sales.Basket, from, to sales.Date) float64 {
	from = knownFrom(b, from)
	var sum sales.Money
	for _, p := range purchases(b, from, to) {
		sum += p.Net
	}
	return sum.Float() / float64(max(1, int(to-from)))
}

// knownFrom is the later of a date and the day before which a full basket has
// forgotten what was bought.
func knownFrom(b *sales.Basket, from sales.Date) sales.Date {
	if len(b.Days) == sales.MostPurchases {
		return max(from, b.Days[0].Date-1)
	}
	return from
}

// purchases are the dates of a basket in (from, to].
func purchases(b *sales.Basket, from, to sales.Date) []sales.Purchase {
	first := sort.Search(len(b.Days), func(i int) bool { return b.Days[i].Date > from })
	last := sort.Search(len(b.Days), func(i int) bool { return b.Days[i].Date > to })
	return b.Days[first:max(first, last)]
}

// buyer is a customer's history with a product.
type buyer struct {
	customer *sales.Customer
	basket   *sales.Basket
}

// buyers returns everybody who bought the product, by customer. The staples of
// all silent customers are looked up together, in one pass over the customers.
func (c *Company) buyers(product string) []buyer {
	if c.trade == nil {
		c.trade = map[string][]buyer{}
		for i := range c.sheet.Customers {
			if s := &c.sheet.Customers[i]; isSilent(s) && s.Current {
				for _, st := range staples(silenceOf(s)) {
					c.trade[st.basket.ProductID] = nil
				}
			}
		}
		c.lookUp(c.trade)
	}
	list, ok := c.trade[product]
	if !ok {
		found := map[string][]buyer{product: nil}
		c.lookUp(found)
		list = found[product]
		c.trade[product] = list
	}
	return list
}

// lookUp fills in the buyers of the products that wanted names.
func (c *Company) lookUp(wanted map[string][]buyer) {
	for i := range c.snapshot.Customers {
		customer := &c.snapshot.Customers[i]
		for j := range customer.Baskets {
			b := &customer.Baskets[j]
			if list, ok := wanted[b.ProductID]; ok {
				wanted[b.ProductID] = append(list, buyer{customer, b})
			}
		}
	}
}

// article returns the product with the id, with its id for a name where the
// products relation does not know it.
func (c *Company) article(id string) sales.Product {
	if c.articles == nil {
		c.articles = make(map[string]int, len(c.snapshot.Products))
		for i := range c.snapshot.Products {
			c.articles[c.snapshot.Products[i].ID] = i
		}
	}
	i, ok := c.articles[id]
	if !ok {
		return sales.Product{ID: id, Name: id}
	}
	p := c.snapshot.Products[i]
	if p.Name == "" {
		p.Name = id
	}
	return p
}
