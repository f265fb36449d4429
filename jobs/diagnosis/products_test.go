package diagnosis_test

import (
	"fmt"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
)

// buys gives a customer a product on each of its buying days, five of it for the
// given share of each amount; price multiplies the unit price by date.
func buys(c *sales.Customer, product string, share float64, until sales.Date, price func(sales.Date) float64) {
	b := sales.Basket{ProductID: product}
	for _, d := range c.Days {
		if until == 0 || d.Date < until {
			p := 1.0
			if price != nil {
				p = price(d.Date)
			}
			net := sales.MoneyFromFloat(d.Net.Float() * share)
			b.Days = append(b.Days, sales.Purchase{Date: d.Date, Quantity: float32(5 / p), Net: net})
		}
	}
	c.Baskets = append(c.Baskets, b)
	slices.SortFunc(c.Baskets, func(x, y sales.Basket) int { return cmp2(x.ProductID, y.ProductID) })
}

func cmp2(a, b string) int { return slices.Compare([]byte(a), []byte(b)) }

// dearer is a price that rises on a date.
func dearer(on sales.Date, factor float64) func(sales.Date) float64 {
	return func(d sales.Date) float64 {
		if d < on {
			return 1
		}
		return factor
	}
}

// everybody lets all customers buy the product; the others until a date.
func everybody(s *shop, own, share float64, until sales.Date, ownPrice, price func(sales.Date) float64) {
	buys(s.silent(), "oil", own, 0, ownPrice)
	for i := range s.Customers[1:] {
		buys(&s.Customers[1+i], "oil", share, until, price)
	}
}

// TestProductAndPrice tries both causes for and against.
func TestProductAndPrice(t *testing.T) {
	last := today - 45 // a's last order
	for name, c := range map[string]struct {
		set        func(*shop)
		cause      string
		pro, con   []string
		confidence finding.Confidence
	}{
		"its only product ended": {func(s *shop) {
			buys(s.silent(), "oil", 1, 0, nil)
			s.Products = []sales.Product{{ID: "oil", Name: "Oil", DiscontinuedOn: last + 2}}
		}, finding.Product, []string{"product_discontinued"}, nil, finding.High},
		"a third of it ended": {func(s *shop) {
			buys(s.silent(), "oil", .34, 0, nil)
			buys(s.silent(), "flour", .66, 0, nil)
			s.Products = []sales.Product{{ID: "oil", DiscontinuedOn: last - 10}}
		}, finding.Product, []string{"product_discontinued"}, nil, finding.Medium},
		"it did without it for weeks": {func(s *shop) {
			buys(s.silent(), "oil", 1, 0, nil)
			s.Products = []sales.Product{{ID: "oil", DiscontinuedOn: last - 40}}
		}, finding.Product, []string{"product_discontinued"}, nil, finding.Medium},
		"it ended long before": {func(s *shop) {
			buys(s.silent(), "oil", 1, 0, nil)
			s.Products = []sales.Product{{ID: "oil", DiscontinuedOn: last - 121}}
		}, finding.Product, nil, nil, ""},
		"it will end, which nobody knows yet": {func(s *shop) {
			buys(s.silent(), "oil", 1, 0, nil)
			s.Products = []sales.Product{{ID: "oil", DiscontinuedOn: today + 1}}
		}, finding.Product, nil, nil, ""},
		"others stopped it and order on": {func(s *shop) { everybody(s, 1, .5, last, nil, nil) },
			finding.Product, []string{"product_stopped"}, nil, finding.High},
		"others go on buying it":     {func(s *shop) { everybody(s, 1, .5, 0, nil, nil) }, finding.Product, nil, []string{"product_bought"}, finding.Low},
		"nobody else buys it":        {func(s *shop) { buys(s.silent(), "oil", 1, 0, nil) }, finding.Product, nil, nil, ""},
		"products of little account": {func(s *shop) { buys(s.silent(), "oil", .2, 0, nil) }, finding.Product, nil, nil, ""},
		"its own price rose": {func(s *shop) { everybody(s, 1, .5, 0, dearer(last-10, 1.05), nil) },
			finding.Price, []string{"price_rise", "price_own"}, nil, finding.Medium},
		"its own price rose steeply": {func(s *shop) { everybody(s, 1, .5, 0, dearer(last-10, 1.2), nil) },
			finding.Price, []string{"price_rise", "price_own"}, nil, finding.High},
		"everybody's rose and all stayed": {func(s *shop) { everybody(s, 1, .5, 0, dearer(last-10, 1.08), dearer(last-10, 1.08)) },
			finding.Price, []string{"price_rise"}, []string{"price_all"}, finding.Low},
		"it rose before the order that never came": {func(s *shop) { everybody(s, 1, .5, 0, nil, dearer(last+1, 1.15)) },
			finding.Price, []string{"price_rise"}, []string{"price_all"}, finding.Medium},
		"it rose and others left": {func(s *shop) {
			everybody(s, 1, .5, 0, dearer(last-10, 1.08), dearer(last-10, 1.08))
			for i := range 6 {
				b := s.Customers[1+i].Baskets
				b[0].Days = slices.DeleteFunc(b[0].Days, func(p sales.Purchase) bool { return p.Date >= last-10 })
			}
		}, finding.Price, []string{"price_rise", "price_left"}, nil, finding.High},
		"a little dearer":        {func(s *shop) { everybody(s, 1, .5, 0, dearer(last-10, 1.025), nil) }, finding.Price, nil, []string{"price_steady"}, finding.Low},
		"it rose long before":    {func(s *shop) { everybody(s, 1, .5, 0, dearer(last-100, 1.2), nil) }, finding.Price, nil, []string{"price_steady"}, finding.Low},
		"a dear order, then not": {func(s *shop) { everybody(s, 1, .5, 0, func(d sales.Date) float64 { return 1 + float64(d/7%2)/5 }, nil) }, finding.Price, nil, []string{"price_steady"}, finding.Low},
		"no quantities": {func(s *shop) {
			everybody(s, 1, .5, 0, dearer(last-10, 1.2), nil)
			for _, b := range s.silent().Baskets {
				for i := range b.Days {
					b.Days[i].Quantity = 0
				}
			}
		}, finding.Price, nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(12)
			c.set(s)
			got, ok := cause(s.causes(t), c.cause)
			if want := len(c.pro)+len(c.con) > 0; ok != want {
				t.Fatalf("judged %v; want %v: %+v", ok, want, got)
			}
			if diff := cmp.Diff([][]string{c.pro, c.con}, [][]string{keys(got.For), keys(got.Against)}); diff != "" {
				t.Errorf("for and against (-want +got):\n%s", diff)
			}
			if got.Confidence != c.confidence {
				t.Errorf("confidence %q; want %q", got.Confidence, c.confidence)
			}
		})
	}
}

// The figures behind the evidence on prices.
func TestPriceEvidence(t *testing.T) {
	s := newShop(12)
	everybody(s, 1, .5, 0, dearer(today-55, 1.25), nil) // a orders 45 and 52 days ago at the new price
	got, _ := cause(s.causes(t), finding.Price)
	want := finding.Say("price_rise", "product", "oil", "share", 1.0, "change", .25, "since", today-52)
	if diff := cmp.Diff(want, got.For[0], cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })); diff != "" {
		t.Errorf("price (-want +got):\n%s", diff)
	}
}

// A new customer of the same name is the same buyer under a second id.
func TestSecondID(t *testing.T) {
	for name, c := range map[string]struct {
		twin  string
		ago   int // its first order
		count int
		want  bool
	}{
		"begins as the other stops": {"KIM FOODS, Ltd.", 40, 1, true},
		"was there before":          {"Kim Foods", 50, 1, false},
		"comes much later":          {"Kim Foods", 1, 1, true}, // within twice the horizon of 30
		"another name":              {"Kim Food", 40, 1, false},
		"a chain of shops":          {"Kim Foods", 40, 3, false},
	} {
		s := newShop(12)
		s.silent().Name = "Kim Foods"
		for i := range c.count {
			twin := weekly(fmt.Sprintf("twin%d", i), 1, c.ago)
			twin.Name = c.twin
			s.Customers = append(s.Customers, twin)
		}
		got, _ := cause(s.causes(t), finding.DataFault)
		if (len(got.For) == 1 && got.Confidence == finding.High) != c.want {
			t.Errorf("%s: %+v; want it found: %v", name, got, c.want)
		}
	}
}

// Order lines that go on and come to zero look like missing prices, not like a
// customer who left; free goods that it always had do not.
func TestWorthlessLines(t *testing.T) {
	for name, c := range map[string]struct {
		ago  []int // dates that come to zero
		want bool
	}{
		"three since its last order": {[]int{38, 31, 24}, true},
		"one sample":                 {[]int{31}, false},
		"as ever":                    {[]int{38, 31, 24, 60, 80, 100, 120, 140, 160}, false},
	} {
		s := newShop(12)
		for _, ago := range c.ago {
			s.silent().Days = append(s.silent().Days, sales.Day{Date: today - sales.Date(ago)})
		}
		sortDays(s)
		got, _ := cause(s.causes(t), finding.DataFault)
		if (len(got.For) == 1 && got.For[0].Key == "lines_worthless" && got.Confidence == finding.Medium) != c.want {
			t.Errorf("%s: %+v; want it found: %v", name, got, c.want)
		}
	}
}

// Returned goods count against the customer's own earlier returns.
func TestReturns(t *testing.T) {
	for name, c := range map[string]struct {
		ago        []int
		amount     float64
		want       []string
		confidence finding.Confidence
	}{
		"none":                     {nil, 0, nil, ""},
		"one, small":               {[]int{50}, 10, []string{"goods_returned"}, finding.Low},
		"one, most of an order":    {[]int{50}, 80, []string{"goods_returned"}, finding.Medium},
		"several":                  {[]int{50, 60, 70}, 10, []string{"goods_returned"}, finding.Medium},
		"as often as ever":         {[]int{50, 90, 110, 140, 170, 200, 220, 240}, 10, []string{"goods_returned"}, finding.Low},
		"after the order was due":  {[]int{30}, 80, nil, ""},
		"more than 60 days before": {[]int{99}, 80, nil, ""},
	} {
		s := newShop(12)
		for _, ago := range c.ago {
			s.silent().Days = append(s.silent().Days, sales.Day{Date: today - sales.Date(ago), Net: sales.MoneyFromFloat(-c.amount)})
		}
		sortDays(s)
		got, _ := cause(s.causes(t), finding.Service)
		if diff := cmp.Diff(c.want, keys(got.For)); diff != "" || got.Confidence != c.confidence {
			t.Errorf("%s: confidence %q, want %q; evidence (-want +got):\n%s", name, got.Confidence, c.confidence, diff)
		}
	}
}
