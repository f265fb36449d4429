package sample

import (
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// TestPlantedCauses: whatever the as-of date, each cause has a customer who
// stopped for it, and the data show why.
func TestPlantedCauses(t *testing.T) {
	for _, asOf := range asOfDates(t)[:6] {
		c := company(asOf)
		accounts := map[string]*account{}
		for _, a := range c.accounts {
			accounts[a.id] = a
		}
		count := map[string]int{}
		for _, k := range c.Truth.Cases {
			for _, name := range k.Causes {
				count[name]++
			}
			if a := accounts[k.CustomerID]; a.cause != "" && !c.shows(a) {
				t.Errorf("%s: nothing shows that %s stopped for %s", asOf, a.id, a.cause)
			}
		}
		for _, name := range []string{finding.DataFault, finding.Season, finding.Market, finding.Product, finding.Price,
			finding.Service, finding.Coverage, finding.CustomerOnly} {
			if count[name] == 0 {
				t.Errorf("%s: nobody stopped for %s", asOf, name)
			}
		}
	}
}

// shows reports whether the data hold what an account's cause rests on.
func (c *Company) shows(a *account) bool {
	switch a.cause {
	case finding.Price:
		before, after := c.paid(a, a.dearer.from-120, a.dearer.from-1), c.paid(a, a.dearer.from, a.last)
		return before > 0 && after > 1.1*before && after < 1.2*before
	case finding.Product:
		code := c.items[a.basket[0].item].code
		return code == discontinuedItem || code == losingItem
	case finding.Service:
		back := slices.ContainsFunc(c.orders, func(o order) bool { return o.customer == a.id && o.returned && o.date > a.last-30 })
		return back || slices.ContainsFunc(c.claims, func(x claim) bool { return x.customer == a.id && x.received > a.last-30 })
	case finding.Coverage:
		return !slices.ContainsFunc(c.visits, func(v visit) bool { return v.customer == a.id && v.date > a.last-75 })
	case finding.DataFault:
		return slices.ContainsFunc(c.accounts, func(b *account) bool { return b.name == a.name && b.first > a.last && b.id != a.id })
	}
	return true
}

// paid is the mean unit price of the account's first product in [from, to].
func (c *Company) paid(a *account, from, to sales.Date) float64 {
	amount, quantity := 0.0, 0.0
	for _, o := range c.orders {
		for _, l := range o.lines {
			if o.customer == a.id && !o.returned && o.date >= from && o.date <= to && l.item == a.basket[0].item {
				amount, quantity = amount+float64(l.amount), quantity+float64(l.quantity)
			}
		}
	}
	if quantity == 0 {
		return 0
	}
	return amount / quantity
}
