package sample

import (
	"math"
	"slices"

	"dangol/internal/sales"
)

// pick is a product in a customer's basket.
type pick struct {
	item        int
	p           float64 // chance to be in an order
	quantity    float64 // usual quantity
	from, until sales.Date
}

// active reports whether the customer buys the product on d. Until is the
// first day without it.
func (k pick) active(d sales.Date) bool {
	return d >= k.from && (k.until == 0 || d < k.until)
}

// tradeNeeds lists the categories of each trade, the most wanted first.
var tradeNeeds = map[string][]string{
	"restaurant": {"meat", "sauce", "vegetable", "oil", "seafood", "grain"},
	"cafe":       {"coffee", "dairy", "packaging", "flour"},
	"bakery":     {"flour", "dairy", "oil", "packaging"},
	"hotel":      {"meat", "seafood", "dairy", "vegetable", "coffee", "oil"},
	"canteen":    {"vegetable", "grain", "meat", "sauce", "dairy"},
	"mart":       {"sauce", "grain", "oil", "packaging", "vegetable"},
	"cold":       {"cold"},
	"pub":        {"seafood", "meat", "sauce", "oil"},
}

// fillBaskets gives every customer one to six products. The first is in nearly
// every order.
func (b *builder) fillBaskets() {
	drop := 0
	for i, a := range b.accounts {
		d := b.dice("basket", i)
		n := 1 + d.IntN(6)
		if a.plant == Dropped || a.plant == Declining {
			n = max(n, 4)
		}
		for _, it := range b.chooseItems(a.trade, n, d) {
			a.basket = append(a.basket, pick{item: it, p: d.between(.15, .45)})
		}
		for k := range a.basket[:min(2, len(a.basket))] {
			a.basket[k].p = d.between(.82, .97)
		}
		if a.plant == Dropped {
			a.dropped = 1
			a.basket[1].p, a.basket[1].until = .95, b.ago(productDrops[drop]-1)
			drop++
		}
		b.scale(a, d)
	}
}

// chooseItems draws n different products that the trade needs, without the
// planted ones that must not be anybody's only product.
func (b *builder) chooseItems(trade string, n int, d dice) []int {
	var wanted []int
	for at, category := range tradeNeeds[trade] {
		for i, it := range b.items {
			if it.category == category && it.launched == 0 && (at < 3 || d.chance(.5)) {
				wanted = append(wanted, i)
			}
		}
	}
	d.Shuffle(len(wanted), func(i, j int) { wanted[i], wanted[j] = wanted[j], wanted[i] })
	special := []int{b.item(discontinuedItem), b.item(losingItem)}
	for i := range min(2, len(wanted)) { // the staples stay
		j := i + slices.IndexFunc(wanted[i:], func(it int) bool { return !slices.Contains(special, it) })
		wanted[i], wanted[j] = wanted[j], wanted[i]
	}
	chosen := slices.Clone(wanted[:min(n, len(wanted))])
	if len(chosen) > 2 {
		b.spread(chosen, wanted, special, d)
	}
	return chosen
}

// spread puts one of the planted products into some of the baskets that hold
// none, so that its fate shows.
func (b *builder) spread(chosen, wanted, special []int, d dice) {
	it := special[d.IntN(len(special))]
	if slices.Contains(wanted, it) && !slices.Contains(chosen, it) && d.chance(.2) {
		chosen[len(chosen)-1] = it
	}
}

// scale sets the usual quantities so that an order comes to what the customer
// is worth.
func (b *builder) scale(a *account, d dice) {
	shares, total := make([]float64, len(a.basket)), 0.0
	for i, k := range a.basket {
		shares[i] = d.between(.5, 1.5)
		total += shares[i] * k.p
	}
	for i := range a.basket {
		amount := a.worth * shares[i] / total
		a.basket[i].quantity = max(1, amount/b.items[a.basket[i].item].price)
	}
}

// changeProducts plays the fate of products into the baskets: one is
// discontinued and replaced, one loses most of its buyers, one is launched, and
// some customers take up something more as time goes by.
func (b *builder) changeProducts() {
	for i, a := range b.accounts {
		d := b.dice("changes", i)
		for k := range a.basket {
			b.changeProduct(a, &a.basket[k], d)
		}
		if a.plant != "" || a.trial || a.season != allYear {
			continue
		}
		if d.chance(.25) {
			b.takeUp(a, b.chooseItems(a.trade, 1, d)[0], a.first+d.days(120, 900), d)
		}
		if slices.Contains(tradeNeeds[a.trade], "dairy") && d.chance(.45) {
			b.takeUp(a, b.item(launchedItem), b.ago(launchedDays)+d.days(0, 50), d)
		}
	}
}

func (b *builder) changeProduct(a *account, k *pick, d dice) {
	switch b.items[k.item].code {
	case discontinuedItem:
		k.until = b.ago(discontinuedDays)
	case losingItem:
		if d.chance(.67) {
			k.until = b.ago(losingDays) + d.days(0, 30)
		}
	}
}

// takeUp adds a product to a basket from a date on.
func (b *builder) takeUp(a *account, item int, from sales.Date, d dice) {
	code := b.items[item].code
	known := slices.ContainsFunc(a.basket, func(k pick) bool { return k.item == item })
	if known || from >= b.AsOf || code == discontinuedItem || code == losingItem {
		return
	}
	amount := a.worth * d.between(.1, .3)
	a.basket = append(a.basket, pick{
		item: item, p: d.between(.4, .7), from: from,
		quantity: math.Max(1, amount/b.items[item].price),
	})
}
