package dropped

import (
	"fmt"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

func TestProductLosesBuyers(t *testing.T) {
	lose := func(i int, goods map[string][]sales.Date) {
		if i%3 != 0 {
			until(goods, "milk", 70)
		}
	}
	snapshot := company(30, lose)
	found := find(snapshot)
	if len(found) != 1 || found[0].Kind != finding.ProductLosingBuyers || found[0].Product != "milk" || found[0].CustomerID != "" || found[0].RepID != "" {
		t.Fatalf("%d findings", len(found))
	}
	facts := found[0].Facts.(finding.LossFacts)
	if facts.Buyers != 30 || facts.Stopped != 20 || facts.Switched != 0 || len(facts.Who) != 20 || len(found[0].Causes) != 0 {
		t.Errorf("%+v", facts)
	}

	snapshot.Products[2].DiscontinuedOn = asOf - 75
	found = find(snapshot)
	if len(found) != 1 || len(found[0].Causes) != 1 || found[0].Causes[0].Name != finding.Product {
		t.Fatalf("discontinued: %v", found)
	}
	snapshot.Products[2].DiscontinuedOn = asOf + 10
	if found = find(snapshot); len(found) != 1 || len(found[0].Causes) != 0 {
		t.Errorf("to be discontinued: %v", found)
	}
}

// A product that the company gave up is nobody's drop.
// New ids for all products at once look as if each of them had lost its buyers: one
// finding asks about the ids, none is about a product.
func TestRenumbered(t *testing.T) {
	renumber := func(days, products int) *sales.Snapshot {
		snapshot := company(40, func(i int, goods map[string][]sales.Date) {
			for p := range 8 {
				id := fmt.Sprintf("P%d", p)
				goods[id] = slices.Clone(goods[[]string{"bread", "milk"}[p%2]])
				if p < products {
					goods["new-"+id] = slices.DeleteFunc(slices.Clone(goods[id]), func(d sales.Date) bool { return d <= asOf-sales.Date(days) })
					until(goods, id, days)
				}
			}
			delete(goods, "bread")
			delete(goods, "milk")
			delete(goods, "cake")
		})
		snapshot.Products = nil
		return snapshot
	}
	for days := 20; days < 200; days += 15 {
		found := find(renumber(days, 8))
		switch {
		case len(found) == 0 && days < 60:
		case len(found) != 1 || found[0].Product != Catalogue || found[0].Headline.Key != "headline_renumbered":
			t.Errorf("after %d days: %d findings: %+v", days, len(found), found)
		}
	}
	for name, c := range map[string]struct {
		snapshot *sales.Snapshot
		want     bool
	}{"renumbered": {renumber(90, 8), false}, "all as ever": {renumber(90, 0), true}, "no products to judge": {company(3, nil), false}} {
		if r := Judge(c.snapshot, judged(c.snapshot), DefaultRules()); r.Settled() != c.want {
			t.Errorf("%s: settled %v", name, r.Settled())
		}
	}
	if found := find(renumber(90, 2)); len(found) != 2 || found[0].Product == Catalogue {
		t.Errorf("two of eight products: %+v", found)
	}
}

func TestDiscontinuedForOne(t *testing.T) {
	snapshot := company(40, func(i int, goods map[string][]sales.Date) { cutOne(i, goods, "milk", 90) })
	snapshot.Products[2].DiscontinuedOn = asOf - 80
	if found := find(snapshot); len(found) > 0 {
		t.Errorf("found %v", found[0].Facts)
	}
}

// Before a customer's break: milk had stopped, with others; bread went on to the end.
func TestStopped(t *testing.T) {
	snapshot := company(30, func(i int, goods map[string][]sales.Date) {
		if i == 7 {
			until(goods, "milk", 150)
			until(goods, "bread", 80)
			until(goods, "cake", 80)
		} else if i%2 == 0 {
			until(goods, "milk", 70)
		}
	})
	sheet := judged(snapshot)
	shelf := Stock(snapshot, sheet, DefaultRules())
	stops := shelf.Stopped(sheet.Customer("C007"), asOf-80)
	if len(stops) != 1 || stops[0].Item.ID != "milk" || stops[0].Buyers != 29 || stops[0].Gone != 15 {
		t.Errorf("%+v", stops)
	}
	if stops := shelf.Stopped(sheet.Customer("C001"), asOf); len(stops) > 0 {
		t.Errorf("of a customer who buys as ever: %+v", stops)
	}
}
