package main

import (
	"fmt"
	"math"
	"slices"

	"dangol/internal/sales"
)

// ledger is one customer's orders in the making.
type ledger struct {
	*company
	*account
	days  map[sales.Date]sales.Money
	items map[int]map[sales.Date]sales.Purchase
}

// orders draws the buying days: backwards from the last order of who stopped, so
// that it lies where it was planted.
func (w *ledger) orders() {
	day := w.stop
	if day == 0 {
		day = w.asOf - sales.Date(w.Float64()*min(w.erlang(w.shape, w.gap), 1.5*w.gap))
	}
	for day >= w.first {
		if day <= w.asOf && !w.resting(day) {
			w.order(day)
		}
		next := w.erlang(w.shape, w.gap*w.slower.at(day))
		if !w.account.begun && w.chance(.02) {
			next *= 2
		}
		day -= sales.Date(max(1, math.Round(min(next, 2.6*w.gap))))
	}
}

func (w *ledger) resting(d sales.Date) bool {
	return slices.ContainsFunc(w.rests, func(s span) bool { return s.holds(d) })
}

func (w *ledger) order(day sales.Date) {
	if w.lost.holds(day) && w.chance(w.missing) {
		return
	}
	size, bought := w.around(.3), false
	for i, k := range w.basket {
		sold := k.until == 0 || day < k.until
		ended := w.articles[k.product].ended
		if sold && (ended == 0 || day < ended) && (w.chance(k.chance) || i == len(w.basket)-1 && !bought) {
			w.line(k, day, size)
			bought = true
		}
	}
	if !bought { // what was usual is gone: something small instead
		w.line(pick{product: (w.basket[0].product + 11) % products, share: .2}, day, size)
	}
	if w.chance(.02) {
		w.giveBack(min(day+w.company.days(1, 9), w.asOf), w.between(.05, .6))
	}
}

// line is a product in an order: mostly at the customer's price, now and then
// with a special discount.
func (w *ledger) line(k pick, day sales.Date, size float64) {
	price := w.articles[k.product].priceOn(day) * (1 - w.discount) * w.dearer.at(day)
	if w.chance(.1) {
		price *= 1 - w.between(.02, .06)
	}
	price = math.Round(100*price) / 100
	quantity := max(1, math.Round(w.worth*k.share*size/w.articles[k.product].price/2))
	w.book(k.product, day, quantity, quantity*price)
}

func (w *ledger) book(product int, day sales.Date, quantity, amount float64) {
	net := sales.MoneyFromFloat(amount)
	w.days[day] += net
	if w.items[product] == nil {
		w.items[product] = map[sales.Date]sales.Purchase{}
	}
	p := w.items[product][day]
	w.items[product][day] = sales.Purchase{Date: day, Quantity: p.Quantity + float32(quantity), Net: p.Net + net}
}

// giveBack returns a share of a usual order on a day.
func (w *ledger) giveBack(day sales.Date, share float64) {
	product := w.basket[0].product
	price := w.articles[product].price
	quantity := max(1, math.Round(w.worth*share/price/2))
	w.book(product, day, -quantity, -quantity*price)
}

func (w *ledger) sorted() []sales.Day {
	var list []sales.Day
	for date, net := range w.days {
		list = append(list, sales.Day{Date: date, Net: net})
	}
	slices.SortFunc(list, func(a, b sales.Day) int { return int(a.Date - b.Date) })
	return list
}

// baskets keeps what the reader keeps.
func (w *ledger) baskets() []sales.Basket {
	var list []sales.Basket
	for product := range products {
		var days []sales.Purchase
		for _, p := range w.items[product] {
			days = append(days, p)
		}
		if len(days) < sales.LeastPurchases {
			continue
		}
		slices.SortFunc(days, func(a, b sales.Purchase) int { return int(a.Date - b.Date) })
		list = append(list, sales.Basket{ProductID: fmt.Sprintf("P%02d", product), Days: days[max(0, len(days)-sales.MostPurchases):]})
	}
	return list
}
