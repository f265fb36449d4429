package dropped

import (
	"cmp"
	"slices"
	"sort"

	"dangol/internal/sales"
	"dangol/internal/stat"
	"dangol/jobs/standing"
)

const (
	// leastHeld is the fewest orders with a product that are learned from.
	leastHeld = 3
	// returnDays: what comes back within so many days was not bought.
	returnDays = 90
	// bulk: an order of a product above so many own medians is a stock-up.
	bulk = 5
	// bulkPause is how much longer a stock-up lasts: no more is known of it.
	bulkPause = 3
)

// pair is one customer's history with one product (or category) in the
// customer's own orders.
type pair struct {
	standing *standing.Standing
	key      string       // product id or category
	orders   []sales.Date // the customer's orders, shared between its pairs
	held     []int        // indexes of the orders that held it, ascending
	amounts  []sales.Money
	full     bool    // older orders that held it are not kept
	stretch  float64 // how much longer than usual the last order of it lasts
}

func (p *pair) first() int { return p.held[0] }

func (p *pair) last() int { return p.held[len(p.held)-1] }

// between counts the orders strictly between the first and the last with it:
// those that held it and those that did not. Both ends are left out, since
// they are there because they held it.
func (p *pair) between() (hits, misses int) {
	hits = len(p.held) - 2
	return hits, p.last() - p.first() - 1 - hits
}

// later counts the orders since the last with it.
func (p *pair) later() int { return len(p.orders) - 1 - p.last() }

// pace is the mean of the days between the customer's orders since the first
// with it.
func (p *pair) pace() float64 {
	orders := len(p.orders) - 1 - p.first()
	return float64(p.orders[len(p.orders)-1]-p.orders[p.first()]) / float64(max(1, orders))
}

// gap is the median of the days between orders with it.
func (p *pair) gap() float64 {
	gaps := make([]int, 0, len(p.held))
	for i := 1; i < len(p.held); i++ {
		gaps = append(gaps, int(p.orders[p.held[i]]-p.orders[p.held[i-1]]))
	}
	return stat.Median(gaps)
}

// stockedUp is how much longer than usual the last order of it lasts.
func (p *pair) stockedUp() float64 {
	last := p.amounts[len(p.amounts)-1]
	if float64(last) > bulk*stat.Median(p.amounts) {
		return bulkPause
	}
	return 1
}

// bought is one purchase of what goes under a key, in the customer's order at.
type bought struct {
	key string
	at  int
	net sales.Money
}

// pairsOf returns the pairs of one customer by key. Purchases of several
// products under one key are added up.
func pairsOf(s *standing.Standing, orders []sales.Date, keyOf func(product string) string) []pair {
	all, full := purchases(s.Customer.Baskets, orders, keyOf)
	var pairs []pair
	for len(all) > 0 {
		p := pair{standing: s, key: all[0].key, orders: orders, full: slices.Contains(full, all[0].key)}
		for len(all) > 0 && all[0].key == p.key {
			if n := len(p.held); n > 0 && p.held[n-1] == all[0].at {
				p.amounts[n-1] += all[0].net
			} else {
				p.held, p.amounts = append(p.held, all[0].at), append(p.amounts, all[0].net)
			}
			all = all[1:]
		}
		if len(p.held) >= leastHeld {
			p.stretch = p.stockedUp()
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// purchases returns what was bought by key and order, and the keys of which
// older purchases are not kept.
func purchases(baskets []sales.Basket, orders []sales.Date, keyOf func(product string) string) (all []bought, full []string) {
	size := 0
	for _, b := range baskets {
		size += len(b.Days)
	}
	all = make([]bought, 0, size)
	for _, b := range baskets {
		key := keyOf(b.ProductID)
		if key == "" {
			continue
		}
		if len(b.Days) >= sales.MostPurchases {
			full = append(full, key)
		}
		for _, d := range kept(b.Days) {
			at := sort.Search(len(orders), func(i int) bool { return orders[i] > d.Date }) - 1
			if at >= 0 {
				all = append(all, bought{key, at, d.Net})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b bought) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at)) })
	return all, full
}

// kept returns the purchases that were not sent back: a return is taken off the
// latest purchases of the 90 days before it.
func kept(days []sales.Purchase) []sales.Purchase {
	if !slices.ContainsFunc(days, func(d sales.Purchase) bool { return d.Net <= 0 }) {
		return days
	}
	var bought []sales.Purchase
	for _, d := range days {
		if d.Net > 0 {
			bought = append(bought, d)
			continue
		}
		back := -d.Net
		for i := len(bought) - 1; i >= 0 && back > 0 && d.Date-bought[i].Date <= returnDays; i-- {
			off := min(back, bought[i].Net)
			bought[i].Net -= off
			back -= off
		}
	}
	return slices.DeleteFunc(bought, func(d sales.Purchase) bool { return d.Net <= 0 })
}
