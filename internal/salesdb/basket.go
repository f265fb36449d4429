package salesdb

import (
	"cmp"
	"slices"
	"strconv"

	"dangol/internal/sales"
)

// item is what the lines of one date of one customer say of one product, and
// of one rep where turnover is wanted.
type item struct {
	product  string
	rep      string
	date     sales.Date
	quantity float64
	net      sales.Money
}

// quantityOf reads a quantity; what is no number is none.
func quantityOf(raw []byte) float64 {
	n, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || n != n || n > 1e12 || n < -1e12 {
		return 0
	}
	return n
}

// addItems sorts items by product, rep and date and adds up those of one date.
func addItems(items []item) []item {
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.product, b.product), cmp.Compare(a.rep, b.rep), cmp.Compare(a.date, b.date))
	})
	kept := items[:0]
	for _, i := range items {
		if last := len(kept) - 1; last >= 0 && kept[last].product == i.product && kept[last].rep == i.rep && kept[last].date == i.date {
			kept[last].net += i.net
			kept[last].quantity += i.quantity
			continue
		}
		kept = append(kept, i)
	}
	return kept
}

// ofAnyRep adds up items whoever sold them, without those that name no product.
func ofAnyRep(items []item) []item {
	kept := items[:0]
	for _, i := range items {
		if i.product != "" {
			i.rep = ""
			kept = append(kept, i)
		}
	}
	return addItems(kept)
}

// baskets turns added-up items into the histories worth keeping, by product.
func baskets(items []item) []sales.Basket {
	var all []sales.Basket
	for from := 0; from < len(items); {
		to := from
		for to < len(items) && items[to].product == items[from].product {
			to++
		}
		if to-from >= sales.LeastPurchases {
			all = append(all, basket(items[max(from, to-sales.MostPurchases):to]))
		}
		from = to
	}
	return largest(all)
}

func basket(items []item) sales.Basket {
	b := sales.Basket{ProductID: items[0].product, Days: make([]sales.Purchase, len(items))}
	for i, it := range items {
		b.Days[i] = sales.Purchase{Date: it.date, Quantity: float32(it.quantity), Net: it.net}
	}
	return b
}

// largest keeps the baskets with the largest net amount, by product.
func largest(all []sales.Basket) []sales.Basket {
	if len(all) <= sales.MostBaskets {
		return all
	}
	slices.SortFunc(all, func(a, b sales.Basket) int {
		return cmp.Or(cmp.Compare(bought(b), bought(a)), cmp.Compare(a.ProductID, b.ProductID))
	})
	all = slices.Clone(all[:sales.MostBaskets])
	slices.SortFunc(all, func(a, b sales.Basket) int { return cmp.Compare(a.ProductID, b.ProductID) })
	return all
}

// bought is the net amount of what is kept.
func bought(b sales.Basket) sales.Money {
	var sum sales.Money
	for _, d := range b.Days {
		sum += d.Net
	}
	return sum
}

// itemsOf undoes baskets.
func itemsOf(list []sales.Basket) []item {
	var items []item
	for _, b := range list {
		for _, d := range b.Days {
			items = append(items, item{b.ProductID, "", d.Date, float64(d.Quantity), d.Net})
		}
	}
	return items
}
