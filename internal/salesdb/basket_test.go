package salesdb

import (
	"fmt"
	"testing"

	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
)

func TestBaskets(t *testing.T) {
	var items []item
	buy := func(product string, date sales.Date, quantity float64, net sales.Money) {
		items = append(items, item{product, "", date, quantity, net})
	}
	for d := range sales.Date(5) {
		buy("oil", 100+7*d, 2, 20)
	}
	buy("oil", 100, 1, 10)  // a second line of the first date
	buy("oil", 128, -1, -5) // a return on the last one
	buy("salt", 100, 1, 9)
	buy("salt", 101, 1, 9) // two dates are no history
	got := baskets(addItems(items))
	want := []sales.Basket{{ProductID: "oil", Days: []sales.Purchase{
		{Date: 100, Quantity: 3, Net: 30}, {Date: 107, Quantity: 2, Net: 20}, {Date: 114, Quantity: 2, Net: 20},
		{Date: 121, Quantity: 2, Net: 20}, {Date: 128, Quantity: 1, Net: 15},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("baskets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(got, baskets(addItems(itemsOf(got)))); diff != "" {
		t.Errorf("there and back (-want +got):\n%s", diff)
	}
}

// What is kept of one customer is bounded, whatever it buys: the largest
// products, the latest dates.
func TestBasketsAreBounded(t *testing.T) {
	var l ledger
	for p := range 2 * sales.MostBaskets {
		for d := range sales.Date(2 * sales.MostPurchases) {
			l.buy(item{fmt.Sprintf("p%03d", p), "", d + 1, 1, sales.Money(p)})
		}
	}
	h, _ := l.close()
	if len(h.baskets) != sales.MostBaskets || h.baskets[0].ProductID != fmt.Sprintf("p%03d", sales.MostBaskets) {
		t.Errorf("%d baskets, the first %s", len(h.baskets), h.baskets[0].ProductID)
	}
	days := h.baskets[0].Days
	if len(days) != sales.MostPurchases || days[len(days)-1].Date != 2*sales.MostPurchases {
		t.Errorf("%d dates through %d", len(days), days[len(days)-1].Date)
	}
	if again, _ := l.close(); len(again.baskets) != 0 {
		t.Error("the next customer gets the baskets of this one")
	}
}
