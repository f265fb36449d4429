package panel_test

import (
	"testing"

	"dangol/internal/panel"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
)

// The same spec gives the same shop, another seed another one.
func TestShopIsSeeded(t *testing.T) {
	spec := panel.BasketSpec{Seed: 5, Customers: 40}
	a, b := panel.NewShop(spec), panel.NewShop(spec)
	if diff := cmp.Diff(a.Snapshot(a.Through), b.Snapshot(b.Through)); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	spec.Seed++
	if c := panel.NewShop(spec); cmp.Equal(a.Planted, c.Planted) {
		t.Error("another seed planted the same")
	}
}

// What was planted is true of the data: nothing is bought of it from its date on,
// and the customer goes on ordering.
func TestPlantedFatesHold(t *testing.T) {
	shop := panel.NewShop(panel.BasketSpec{Seed: 5, Customers: 200})
	snapshot := shop.Snapshot(shop.Through)
	fates := map[panel.Fate]int{}
	for _, p := range shop.Planted {
		fates[p.Fate]++
		for i := range snapshot.Customers {
			c := &snapshot.Customers[i]
			if p.CustomerID != "" && c.ID != p.CustomerID || p.Fate == panel.LostProduct {
				continue
			}
			if last := lastBought(c, p.Products); last >= p.From {
				t.Errorf("%s: %s bought %v on %v, planted to stop on %v", p.Fate, c.ID, p.Products, last, p.From)
			}
		}
		if c := snapshot.Customer(p.CustomerID); c != nil && c.Days[len(c.Days)-1].Date < shop.Through-120 {
			t.Errorf("%s left", p.CustomerID)
		}
	}
	for _, fate := range []panel.Fate{panel.DroppedProduct, panel.DroppedCategory, panel.SwitchedProduct, panel.LostProduct, panel.EndedProduct} {
		if fates[fate] < 3 {
			t.Errorf("%s planted %d times", fate, fates[fate])
		}
	}
}

// lastBought is the last date on which any of the products was bought; a return
// may come later.
func lastBought(c *sales.Customer, products []string) sales.Date {
	var last sales.Date
	for _, b := range c.Baskets {
		for _, id := range products {
			for _, d := range b.Days {
				if b.ProductID == id && d.Net > 0 {
					last = max(last, d.Date)
				}
			}
		}
	}
	return last
}

// A snapshot knows nothing later, and keeps what a reader of the database keeps.
func TestShopSnapshot(t *testing.T) {
	shop := panel.NewShop(panel.BasketSpec{Seed: 5, Customers: 40})
	asOf := shop.Through - 200
	snapshot := shop.Snapshot(asOf)
	for _, c := range snapshot.Customers {
		if last := c.Days[len(c.Days)-1].Date; last > asOf {
			t.Errorf("%s ordered on %v", c.ID, last)
		}
		for _, b := range c.Baskets {
			if n := len(b.Days); n < sales.LeastPurchases || n > sales.MostPurchases || b.Days[n-1].Date > asOf {
				t.Errorf("%s %s: %d dates to %v", c.ID, b.ProductID, n, b.Days[n-1].Date)
			}
		}
	}
	for _, p := range snapshot.Products {
		if p.DiscontinuedOn > asOf {
			t.Errorf("%s: discontinued on %v", p.ID, p.DiscontinuedOn)
		}
	}
}
