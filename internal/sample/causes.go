package sample

import (
	"slices"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// shrinkingTrade is a small trade of its own, a part of which stopped at once.
const (
	shrinkingTrade = "pub"
	shrinkingSize  = 14
	shrinkingStops = 6
	shrinkingDays  = 46 // days since the first of them stopped
)

// cause is a customer who stopped for a reason that the data show.
type cause struct {
	name    string
	trade   string
	gap     float64
	silent  int                      // days since the last order
	prepare func(*builder, *account) // before the baskets are filled
	fit     func(*builder, *account) // after
}

// causes are planted beside the other cases, one customer each. Their silences
// are between three and six own gaps: told, and not yet confirmed.
var causes = []cause{
	{name: finding.Price, trade: "restaurant", gap: 12, silent: 44, prepare: func(_ *builder, a *account) {
		a.dearer = change{a.last - 18, 1.14}
	}, fit: (*builder).liveByFirst},
	{name: finding.Product, trade: "restaurant", gap: 32, silent: discontinuedDays + 2, fit: func(b *builder, a *account) {
		b.liveBy(a, discontinuedItem, b.ago(discontinuedDays))
	}},
	{name: finding.Product, trade: "restaurant", gap: 28, silent: losingDays - 4, fit: func(b *builder, a *account) {
		b.liveBy(a, losingItem, 0)
	}},
	{name: finding.Service, trade: "cafe", gap: 11, silent: 42, prepare: func(_ *builder, a *account) { a.angry = true }},
	{name: finding.Service, trade: "bakery", gap: 10, silent: 38, prepare: func(_ *builder, a *account) {
		a.returns = []sales.Date{a.last - 9, a.last + 2}
	}},
	{name: finding.Coverage, trade: "mart", gap: 13, silent: 48, prepare: func(b *builder, a *account) {
		a.visits.every, a.visits.never = 24, span{a.last - 80, b.AsOf + plannedDays}
	}},
	{name: finding.DataFault, trade: "cafe", gap: 9, silent: 36, prepare: (*builder).openTwice},
	{name: finding.CustomerOnly, trade: "hotel", gap: 10, silent: 38},
}

// plantCauses adds the customers whose reason for stopping shows in the data.
// They come after all others, whose dice they leave alone.
func (b *builder) plantCauses(names *signs) {
	reps := []int{repReceiving, 3, 6, repOnLeave, 9, repHanding}
	d := b.dice("causes", 0)
	for i, c := range causes {
		a := b.steady(reps[i%len(reps)], names, c.trade, d)
		a.gap, a.visits.every = c.gap, 26
		b.stopFor(a, c.name, c.silent)
		a.reason = i + 1
		if c.prepare != nil {
			c.prepare(b, a)
		}
	}
	for i := range shrinkingSize {
		a := b.steady(reps[i%len(reps)], names, shrinkingTrade, d)
		a.gap = d.between(9, 12)
		if i < shrinkingStops {
			b.stopFor(a, finding.Market, shrinkingDays-i)
		}
	}
}

// steady adds a customer who has bought since the start.
func (b *builder) steady(rep int, names *signs, trade string, d dice) *account {
	a := b.newAccount(rep, names, trade)
	a.owners, a.saturday, a.cv, a.shape = []tenure{{0, rep}}, false, .2, 6
	a.worth = max(a.worth, 500_000)
	b.start(a, d)
	return a
}

// stopFor lets a customer stop so many days before the as-of date.
func (b *builder) stopFor(a *account, cause string, silent int) {
	a.plant, a.cause = Lost, cause
	a.last, a.stopped = b.sellingBefore(b.ago(silent)), true
}

// openTwice lets the customer go on under a second number, entered by hand.
func (b *builder) openTwice(a *account) {
	twin := *a
	twin.id = b.nextID()
	twin.first = b.sellingAfter(a.last + sales.Date(a.gap))
	twin.registered, twin.last, twin.stopped = twin.first, b.AsOf, false
	twin.plant, twin.cause, twin.reason, twin.owners = "", "", 0, slices.Clone(a.owners)
	b.accounts = append(b.accounts, &twin)
}

// fitCauses gives the customers with a cause the baskets that it needs.
func (b *builder) fitCauses() {
	for _, a := range b.accounts {
		if a.reason > 0 && causes[a.reason-1].fit != nil {
			causes[a.reason-1].fit(b, a)
		}
	}
}

// liveBy makes a product most of what the customer buys.
func (b *builder) liveBy(a *account, code string, until sales.Date) {
	item := b.item(code)
	a.basket = slices.DeleteFunc(a.basket, func(k pick) bool { return k.item == item })
	a.basket = append([]pick{{item: item, p: 1, until: until}}, a.basket[:min(2, len(a.basket))]...)
	b.liveByFirst(a)
}

// liveByFirst makes the first product two thirds of what the customer buys.
func (b *builder) liveByFirst(a *account) {
	for i := range a.basket {
		share := .33 / float64(max(1, len(a.basket)-1))
		if i == 0 {
			share, a.basket[i].p = .67, 1
		}
		a.basket[i].quantity = max(1, a.worth*share/a.basket[i].p/b.items[a.basket[i].item].price)
	}
}

// sendBack writes the returns that were planted.
func (b *builder) sendBack(a *account) {
	for _, day := range a.returns {
		day = b.sellingAfter(day)
		k := a.basket[0]
		l := b.line(k, day, .8)
		b.orders = append(b.orders, order{
			customer: a.id, date: day, booked: day, minute: 15 * int(time.Hour/time.Minute), rep: b.people[a.owner(day)].id,
			status: "invoiced", returned: true, lines: []line{l},
		})
	}
}
