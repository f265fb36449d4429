package opportunity_test

import (
	"fmt"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/opportunity"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	today = sales.Date(20782)
	unit  = sales.MoneyUnit
)

// shop is a company in the making: what each customer bought in the year.
type shop struct {
	snapshot *sales.Snapshot
	sheet    *standing.Sheet
}

// customer adds an active current regular of a segment with yearly amounts by
// product.
func (s *shop) customer(id, segment string, bought map[string]int) *sales.Customer {
	c := sales.Customer{ID: id, Name: id, Segment: segment, Days: []sales.Day{{Date: today - 700, Net: unit}}}
	for product, amount := range bought {
		c.Turnover = append(c.Turnover, sales.Turnover{ProductID: product, First: today - 400, Last: today - 5,
			Sums: []sales.Sum{{Net: sales.Money(amount) * unit}, {Net: sales.Money(amount) * unit / 12}}})
	}
	slices.SortFunc(c.Turnover, func(a, b sales.Turnover) int { return cmp2(a.ProductID, b.ProductID) })
	s.snapshot.Customers = append(s.snapshot.Customers, c)
	return &s.snapshot.Customers[len(s.snapshot.Customers)-1]
}

func cmp2(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func newShop() *shop {
	return &shop{snapshot: &sales.Snapshot{AsOf: today, HasProducts: true, Spans: []sales.Span{{From: today - 364, To: today}, {From: today - 29, To: today}},
		Products: []sales.Product{{ID: "flour", Name: "Flour", Category: "dry"}, {ID: "new", Name: "New flour", Category: "dry"}, {ID: "oil", Name: "Oil", Category: "oil"},
			{ID: "old", Name: "Old", Category: "x", DiscontinuedOn: today - 100}, {ID: "rice", Name: "Rice", Category: "rice"}}}}
}

// find judges every customer an active current regular.
func (s *shop) find() []finding.Finding {
	s.sheet = &standing.Sheet{AsOf: today}
	for i := range s.snapshot.Customers {
		c := &s.snapshot.Customers[i]
		s.sheet.Customers = append(s.sheet.Customers, standing.Standing{Customer: c, Owner: "r1", Orders: 30, Regular: true, Current: true, Stage: standing.Active})
	}
	return opportunity.Find(s.snapshot, s.sheet, 0, opportunity.DefaultRules())
}

// crowd are ten customers who buy oil for 100, flour for 300 and rice for 600.
func (s *shop) crowd() {
	for i := range 10 {
		s.customer(fmt.Sprintf("c%d", i), "bar", map[string]int{"oil": 100, "flour": 300, "rice": 600})
	}
}

func of(list []finding.Finding, customer string) []finding.OpportunityFacts {
	var facts []finding.OpportunityFacts
	for _, f := range list {
		if f.CustomerID == customer {
			facts = append(facts, f.Facts.(finding.OpportunityFacts))
		}
	}
	return facts
}

func TestWhiteSpace(t *testing.T) {
	s := newShop()
	s.crowd()
	s.customer("x", "bar", map[string]int{"flour": 600, "rice": 1400}) // twice their size, no oil
	got := of(s.find(), "x")
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	f := got[0]
	if f.Opportunity != finding.WhiteSpace || f.ProductID != "oil" || f.Yearly != 200*unit || f.Buyers != 10 || f.Similar != 10 || f.ProductName != "Oil" || f.Current != 0 {
		t.Errorf("%+v", f)
	}
}

// What is no white space: bought before and dropped, discontinued, not sold lately,
// as much of its category bought already, another size, too few like it.
func TestNoWhiteSpace(t *testing.T) {
	for name, build := range map[string]func(s *shop){
		"dropped": func(s *shop) {
			c := s.customer("x", "bar", map[string]int{"flour": 400, "rice": 600})
			c.Turnover = append(c.Turnover, sales.Turnover{ProductID: "oil", First: today - 600, Last: today - 500, Sums: make([]sales.Sum, 2)})
		},
		"category": func(s *shop) {
			s.snapshot.Products = append(s.snapshot.Products, sales.Product{ID: "oil2", Name: "Other oil", Category: "oil"})
			s.customer("x", "bar", map[string]int{"flour": 300, "rice": 600, "oil2": 150})
		},
		"ended": func(s *shop) {
			s.snapshot.Products[2].DiscontinuedOn = today - 1
			s.customer("x", "bar", map[string]int{"flour": 400, "rice": 600})
		},
		"not sold lately": func(s *shop) {
			for i := range s.snapshot.Customers {
				for k := range s.snapshot.Customers[i].Turnover {
					if t := &s.snapshot.Customers[i].Turnover[k]; t.ProductID == "oil" {
						t.Last = today - 70
					}
				}
			}
			s.customer("x", "bar", map[string]int{"flour": 400, "rice": 600})
		},
		"another size": func(s *shop) { s.customer("x", "bar", map[string]int{"flour": 4000, "rice": 6000}) },
	} {
		s := newShop()
		s.crowd()
		build(s)
		if got := of(s.find(), "x"); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestSingleProduct(t *testing.T) {
	s := newShop()
	s.crowd()
	s.customer("x", "bar", map[string]int{"rice": 900})
	got := of(s.find(), "x")
	if len(got) != 2 || got[0].Opportunity != finding.SingleProduct || got[0].ProductID != "flour" || got[0].Yearly != 225*unit { // 270, capped at a quarter
		t.Errorf("%+v", got)
	}
}

func TestNewProduct(t *testing.T) {
	s := newShop()
	s.crowd()
	for i := range 4 {
		c := &s.snapshot.Customers[i]
		c.Turnover = append(c.Turnover, sales.Turnover{ProductID: "new", First: today - 72, Last: today - 3, Sums: []sales.Sum{{Net: 20 * unit}, {}}})
		slices.SortFunc(c.Turnover, func(a, b sales.Turnover) int { return cmp2(a.ProductID, b.ProductID) })
	}
	s.customer("x", "bar", map[string]int{"oil": 100, "flour": 300, "rice": 600})
	s.customer("y", "bar", map[string]int{"oil": 100, "rice": 900}) // buys nothing of the category
	all := s.find()
	got := of(all, "x")
	if len(got) != 1 || got[0].Opportunity != finding.NewProduct || got[0].ProductID != "new" || got[0].LaunchedOn != today-72 || got[0].Buyers != 4 {
		t.Fatalf("%+v", got)
	}
	if want := sales.MoneyFromFloat(20. * 365 / 73 / 1020 * 1000); got[0].Yearly != want {
		t.Errorf("worth %v, want %v: 20 in 73 days", got[0].Yearly, want)
	}
	for _, f := range of(all, "y") {
		if f.ProductID == "new" {
			t.Errorf("proposed to who buys nothing of its category: %+v", f)
		}
	}
	if got := of(all, "c0"); len(got) != 0 {
		t.Errorf("proposed to who buys it: %+v", got)
	}
}

func TestReorder(t *testing.T) {
	s := newShop()
	every := func(gap int) []sales.Purchase {
		var days []sales.Purchase
		for d := today - 300; d <= today; d += sales.Date(gap) {
			days = append(days, sales.Purchase{Date: d, Quantity: 1, Net: unit})
		}
		return days
	}
	s.crowd()
	for i := range s.snapshot.Customers {
		s.snapshot.Customers[i].Baskets = []sales.Basket{{ProductID: "oil", Days: every(15)}}
	}
	s.customer("x", "bar", map[string]int{"oil": 40, "flour": 360, "rice": 600}).Baskets = []sales.Basket{{ProductID: "oil", Days: every(45)}}
	got := of(s.find(), "x")
	if len(got) != 1 || got[0].Opportunity != finding.Reorder || got[0].OwnGap != 45 || got[0].TheirGap != 15 || got[0].Current != 40*unit || got[0].Yearly != 60*unit {
		t.Errorf("%+v", got)
	}
}

func TestFallen(t *testing.T) {
	s := newShop()
	sum := func(from, to int) []sales.Sum {
		return []sales.Sum{{Net: sales.Money(from) * unit}, {Net: sales.Money(to) * unit}}
	}
	for id, sums := range map[string][]sales.Sum{"a": sum(50, 0), "b": sum(30, 40), "c": sum(30, 10)} {
		s.snapshot.Customers = append(s.snapshot.Customers, sales.Customer{ID: id, Turnover: []sales.Turnover{{ProductID: "oil", Sums: sums}, {ProductID: "rice", Sums: sum(1, 2)}}})
	}
	products, _ := opportunity.Fallen(s.snapshot, 0, 1)
	want := []finding.Fallen{{ID: "oil", Name: "Oil", From: 110 * unit, To: 50 * unit, Buyers: 3, Gone: 1}}
	if diff := cmp.Diff(want, products); diff != "" {
		t.Error(diff)
	}
}

// Whatever is bought: nothing is proposed that the customer bought in the year but
// to reorder it, every value is above 0 and at most a quarter of what it buys, and
// the order of customers and products changes nothing.
func TestAnyShop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newShop()
		for i := range rapid.IntRange(1, 25).Draw(t, "customers") {
			bought := map[string]int{}
			for _, id := range []string{"oil", "flour", "rice", "new", "old", "unlisted"} {
				if n := rapid.IntRange(-20, 200).Draw(t, id); n != 0 && rapid.Bool().Draw(t, "buys") {
					bought[id] = n
				}
			}
			s.customer(fmt.Sprintf("c%02d", i), rapid.SampledFrom([]string{"", "bar", "inn"}).Draw(t, "segment"), bought)
		}
		found := s.find()
		for _, f := range found {
			facts := f.Facts.(finding.OpportunityFacts)
			total, has := sales.Money(0), false
			for _, sold := range s.snapshot.Customer(f.CustomerID).Turnover {
				total += max(0, sold.Sums[0].Net)
				has = has || sold.ProductID == f.Product && sold.Sums[0].Net > 0
			}
			if facts.Yearly <= 0 || facts.Yearly > total/4+1 || has && facts.Opportunity != finding.Reorder {
				t.Fatalf("%+v of %v", facts, total)
			}
		}
		slices.Reverse(s.snapshot.Products)
		for i := range s.snapshot.Customers {
			slices.Reverse(s.snapshot.Customers[i].Turnover)
		}
		if diff := cmp.Diff(found, s.find()); diff != "" {
			t.Fatalf("another order finds otherwise:\n%s", diff)
		}
	})
}
