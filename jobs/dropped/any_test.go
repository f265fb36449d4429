package dropped

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/panel"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOrderOfCustomersDoesNotMatter(t *testing.T) {
	shop := panel.NewShop(panel.BasketSpec{Seed: 11, Customers: 120})
	snapshot := shop.Snapshot(shop.Through)
	want := find(snapshot)
	if len(want) == 0 {
		t.Fatal("nothing found")
	}
	d := rand.New(rand.NewPCG(1, 2))
	d.Shuffle(len(snapshot.Customers), func(i, j int) {
		snapshot.Customers[i], snapshot.Customers[j] = snapshot.Customers[j], snapshot.Customers[i]
	})
	d.Shuffle(len(snapshot.Products), func(i, j int) {
		snapshot.Products[i], snapshot.Products[j] = snapshot.Products[j], snapshot.Products[i]
	})
	if diff := cmp.Diff(want, find(snapshot)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever customers buy, there is no panic, every figure is one, and a purchase
// on the as-of date clears its product.
func TestAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snapshot := &sales.Snapshot{AsOf: asOf, DataThrough: asOf, HasProducts: true,
			Products: []sales.Product{{ID: "a", Category: "x"}, {ID: "b", Category: "x", DiscontinuedOn: asOf - 100}}}
		for i := range rapid.IntRange(0, 30).Draw(t, "customers") {
			snapshot.Customers = append(snapshot.Customers, anyCustomer(t, fmt.Sprintf("C%02d", i)))
		}
		for _, f := range find(snapshot) {
			if !(f.Probability >= 0 && f.Probability <= 1) || f.MoneyAtRisk < 0 {
				t.Fatalf("probability %g, at risk %s", f.Probability, f.MoneyAtRisk)
			}
			if _, err := json.Marshal(f.Facts); err != nil { // NaN and infinity cannot be written
				t.Fatal(err)
			}
			if _, _, ok := BoughtAgain(snapshot, f.CustomerID, f.Product, asOf-1); ok {
				t.Fatalf("%s bought %s on the as-of date", f.CustomerID, f.Product)
			}
		}
	})
}

// The order of customers, of their baskets and of products changes nothing.
func TestPermuted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ends := rapid.SliceOfN(rapid.IntRange(0, 300), 20, 20).Draw(t, "ends")
		snapshot := company(len(ends), func(i int, goods map[string][]sales.Date) {
			until(goods, []string{"bread", "cake", "milk"}[i%3], ends[i])
		})
		want := find(snapshot)
		snapshot.Customers = rapid.Permutation(snapshot.Customers).Draw(t, "customers")
		snapshot.Products = rapid.Permutation(snapshot.Products).Draw(t, "products")
		for i := range snapshot.Customers {
			slices.Reverse(snapshot.Customers[i].Baskets)
		}
		if diff := cmp.Diff(want, find(snapshot)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Identical customers, and customers who send everything back, are judged too.
func TestDegenerate(t *testing.T) {
	same := company(30, func(i int, goods map[string][]sales.Date) { until(goods, "milk", 90) })
	for i := range same.Customers {
		same.Customers[i].Days, same.Customers[i].Baskets = same.Customers[0].Days, same.Customers[0].Baskets
	}
	for _, f := range find(same) {
		if f.Kind != finding.ProductLosingBuyers || math.IsNaN(f.Probability) {
			t.Errorf("%s %s %g", f.Kind, f.Product, f.Probability)
		}
	}
	back := company(30, nil)
	for i := range back.Customers {
		for k := range back.Customers[i].Baskets {
			for j := range back.Customers[i].Baskets[k].Days {
				back.Customers[i].Baskets[k].Days[j].Net *= -1
			}
		}
	}
	if found := append(find(back), find(&sales.Snapshot{AsOf: asOf, HasProducts: true})...); len(found) > 0 {
		t.Errorf("%d findings of returns and of nobody", len(found))
	}
}
