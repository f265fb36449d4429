package dropped

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/panel"
	"dangol/internal/sales"
	"dangol/jobs/silence"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var asOf = sales.NewDate(2026, 6, 28)

// judged is a sheet under the fixed model: these tests are about products.
func judged(snapshot *sales.Snapshot) *standing.Sheet {
	return standing.JudgeWith(snapshot, standing.DefaultRules(), silence.FitBlend(nil))
}

// company is a shop of customers who order every week and whose orders hold two
// products each time and a third every other time, so that there is a habit to
// learn from. change may edit the customer before it is added up.
func company(n int, change func(i int, goods map[string][]sales.Date)) *sales.Snapshot {
	snapshot := &sales.Snapshot{AsOf: asOf, DataThrough: asOf, HasProducts: true, Products: []sales.Product{
		{ID: "bread", Name: "Bread", Category: "bakery"}, {ID: "cake", Name: "Cake", Category: "bakery"},
		{ID: "milk", Name: "Milk", Category: "dairy"}, {ID: "tart", Name: "Tart", Category: "bakery"},
	}}
	for i := range n {
		goods := map[string][]sales.Date{}
		for week := range 80 {
			date := asOf - sales.Date(7*(79-week)+i%3)
			goods["bread"] = append(goods["bread"], date)
			goods["milk"] = append(goods["milk"], date)
			if week%2 == i%2 {
				goods["cake"] = append(goods["cake"], date)
			}
		}
		if change != nil {
			change(i, goods)
		}
		snapshot.Customers = append(snapshot.Customers, customer(fmt.Sprintf("C%03d", i), goods))
	}
	return snapshot
}

// customer buys 100 of each product on each of its dates.
func customer(id string, goods map[string][]sales.Date) sales.Customer {
	c := sales.Customer{ID: id, Name: "Customer " + id, RepID: "R1", Listed: true}
	nets := map[sales.Date]sales.Money{}
	for product, dates := range goods {
		b := sales.Basket{ProductID: product}
		for _, date := range dates {
			b.Days = append(b.Days, sales.Purchase{Date: date, Quantity: 1, Net: 100 * sales.MoneyUnit})
			nets[date] += 100 * sales.MoneyUnit
		}
		c.Baskets = append(c.Baskets, b)
	}
	for date, net := range nets {
		c.Days = append(c.Days, sales.Day{Date: date, Net: net})
	}
	slices.SortFunc(c.Days, func(a, b sales.Day) int { return int(a.Date - b.Date) })
	c.Baskets = panel.Kept(c.Baskets)
	return c
}

// until cuts a product off so many days before the as-of date.
func until(goods map[string][]sales.Date, product string, days int) {
	goods[product] = slices.DeleteFunc(goods[product], func(d sales.Date) bool { return d > asOf-sales.Date(days) })
}

func find(snapshot *sales.Snapshot) []finding.Finding {
	return Find(snapshot, judged(snapshot), sales.Calendar{}, DefaultRules())
}

func TestProductDropped(t *testing.T) {
	found := find(company(40, func(i int, goods map[string][]sales.Date) {
		if i == 7 {
			until(goods, "milk", 90)
		}
	}))
	if len(found) != 1 {
		t.Fatalf("%d findings", len(found))
	}
	f, facts := found[0], found[0].Facts.(finding.DropFacts)
	if f.Kind != finding.ProductDropped || f.CustomerID != "C007" || f.Product != "milk" || f.RepID != "R1" {
		t.Errorf("%s %s %s of %s", f.Kind, f.CustomerID, f.Product, f.RepID)
	}
	if facts.OrdersSince != 12 && facts.OrdersSince != 13 || facts.PValue > .001 || facts.PDropped < .9 {
		t.Errorf("%d orders since, p %g, odds %g", facts.OrdersSince, facts.PValue, facts.PDropped)
	}
	// bread and milk each time, cake every other time: 100 of 250 an order.
	if math.Abs(facts.Share-.4) > .01 {
		t.Errorf("share %.3f, want .4", facts.Share)
	}
	if want := sales.MoneyFromFloat(facts.PDropped * facts.Yearly.Float()); f.MoneyAtRisk != want {
		t.Errorf("at risk %s, want %s of %s", f.MoneyAtRisk, want, facts.Yearly)
	}
	if len(f.Actions) != 1 || f.Actions[0].Due <= asOf {
		t.Errorf("actions %v", f.Actions)
	}
}

func TestNotDropped(t *testing.T) {
	for name, change := range map[string]func(i int, goods map[string][]sales.Date){
		"bought as ever": nil,
		"six weeks":      func(i int, goods map[string][]sales.Date) { cutOne(i, goods, "milk", 45) },
		"bought too rarely": func(i int, goods map[string][]sales.Date) {
			if i == 7 {
				goods["milk"] = goods["milk"][10:14]
			}
		},
		"customer gone": func(i int, goods map[string][]sales.Date) {
			if i == 7 {
				for product := range goods {
					until(goods, product, 90)
				}
			}
		},
		"every summer": func(i int, goods map[string][]sales.Date) {
			if i == 7 {
				goods["milk"] = slices.DeleteFunc(goods["milk"], func(d sales.Date) bool {
					return d > asOf-90 || d > asOf-364-90 && d <= asOf-364
				})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			if found := find(company(40, change)); len(found) > 0 {
				t.Errorf("%s: %v", found[0].CustomerID, found[0].Facts)
			}
		})
	}
}

func cutOne(i int, goods map[string][]sales.Date, product string, days int) {
	if i == 7 {
		until(goods, product, days)
	}
}

func TestSwitched(t *testing.T) {
	snapshot := company(40, func(i int, goods map[string][]sales.Date) {
		if i == 7 {
			dates := slices.Clone(goods["cake"])
			until(goods, "cake", 200)
			goods["tart"] = dates[len(goods["cake"]):]
		}
	})
	rules := DefaultRules()
	rules.LeastOdds = .8 // forty customers of whom one drops one product teach that products are hardly ever dropped
	report := Judge(snapshot, judged(snapshot), rules)
	if found := report.Findings(sales.Calendar{}); len(found) > 0 {
		t.Errorf("found %v", found[0].Facts)
	}
	if len(report.Drops) != 1 || len(report.Drops[0].Switched) != 1 || report.Drops[0].Switched[0].ID != "tart" {
		t.Fatalf("drops %+v", report.Drops)
	}
	if said := report.Switches("C007"); len(said) != 1 || said[0].Args["to"] != "Tart" || len(report.Switches("C001")) != 0 {
		t.Errorf("said %v", said)
	}
}

// Somewhat more of another product softens a drop, and is said.
func TestPartlyReplaced(t *testing.T) {
	found := find(company(40, func(i int, goods map[string][]sales.Date) {
		if i == 7 {
			until(goods, "bread", 200)
			for k, date := range goods["milk"] {
				if date > asOf-200 && k%4 == 0 {
					goods["tart"] = append(goods["tart"], date)
				}
			}
		}
	}))
	if len(found) != 1 || found[0].Product != "bread" {
		t.Fatalf("%d findings", len(found))
	}
	facts := found[0].Facts.(finding.DropFacts)
	if !slices.Equal(facts.ReplacedBy, []string{"tart"}) && !slices.Equal(facts.ReplacedBy, []string{"Tart"}) || facts.Replaced < .15 || facts.Replaced > .4 {
		t.Errorf("%g by %v", facts.Replaced, facts.ReplacedBy)
	}
	if full := sales.MoneyFromFloat(facts.PDropped * facts.Yearly.Float()); found[0].MoneyAtRisk >= full {
		t.Errorf("at risk %s of %s", found[0].MoneyAtRisk, full)
	}
}

// A product is told from the share of the customer's amount that is worth it.
func TestLeastShare(t *testing.T) {
	snapshot := company(40, func(i int, goods map[string][]sales.Date) { cutOne(i, goods, "milk", 90) })
	rules := DefaultRules()
	for share, want := range map[float64]int{.39: 1, .41: 0} {
		rules.LeastShare = share
		if found := Find(snapshot, judged(snapshot), sales.Calendar{}, rules); len(found) != want {
			t.Errorf("from a share of %g: %d findings", share, len(found))
		}
	}
}

// What a night learned gives that night's report again, and serves another.
func TestLearned(t *testing.T) {
	shop := panel.NewShop(panel.BasketSpec{Seed: 12, Customers: 120})
	snapshot := shop.Snapshot(shop.Through)
	sheet := judged(snapshot)
	report := Judge(snapshot, sheet, DefaultRules())
	again := JudgeWith(snapshot, sheet, DefaultRules(), &report.Learned)
	if diff := cmp.Diff(report.Findings(sales.Calendar{}), again.Findings(sales.Calendar{})); diff != "" || len(report.Drops) == 0 {
		t.Errorf("%d drops, (-learned +again):\n%s", len(report.Drops), diff)
	}
	earlier := shop.Snapshot(shop.Through - 28)
	other := JudgeWith(earlier, judged(earlier), DefaultRules(), &report.Learned)
	if len(other.Findings(sales.Calendar{})) == 0 {
		t.Error("nothing found four weeks before")
	}
}

func TestCategoryDropped(t *testing.T) {
	found := find(company(40, func(i int, goods map[string][]sales.Date) {
		if i == 7 {
			until(goods, "bread", 120)
			until(goods, "cake", 120)
		}
	}))
	if len(found) != 1 {
		t.Fatalf("%d findings", len(found))
	}
	facts := found[0].Facts.(finding.DropFacts)
	if found[0].Product != "category/bakery" || facts.ProductID != "" || facts.Category != "bakery" || !slices.Equal(facts.Products, []string{"bread", "cake"}) {
		t.Errorf("%s: %+v", found[0].Product, facts)
	}
	if math.Abs(facts.Share-.6) > .01 {
		t.Errorf("share %.3f, want .6", facts.Share)
	}
}

// Returns of a product are no purchases of it, and what was sent back was not bought.
func TestReturns(t *testing.T) {
	day := func(date int, net sales.Money) sales.Purchase {
		return sales.Purchase{Date: sales.Date(20000 + date), Net: net * sales.MoneyUnit}
	}
	got := kept([]sales.Purchase{day(0, 100), day(10, 100), day(12, -100), day(20, 50), day(120, -80), day(130, 10)})
	want := []sales.Purchase{day(0, 100), day(20, 50), day(130, 10)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBoughtAgain(t *testing.T) {
	snapshot := company(3, func(i int, goods map[string][]sales.Date) { until(goods, "cake", 100) })
	if on, net, ok := BoughtAgain(snapshot, "C001", "milk", asOf-10); !ok || on <= asOf-10 || net != 100*sales.MoneyUnit {
		t.Errorf("milk: %v %v %v", on, net, ok)
	}
	if _, _, ok := BoughtAgain(snapshot, "C001", "cake", asOf-50); ok {
		t.Error("cake was not bought again")
	}
	if _, _, ok := BoughtAgain(snapshot, "C001", "category/bakery", asOf-50); !ok {
		t.Error("bread is of the bakery")
	}
	if _, _, ok := BoughtAgain(snapshot, "nobody", "milk", 0); ok {
		t.Error("nobody bought milk")
	}
}

// anyCustomer orders at any rhythm and buys, returns or drops some products.
func anyCustomer(t *rapid.T, id string) sales.Customer {
	c := sales.Customer{ID: id, Name: id}
	step := rapid.IntRange(1, 30).Draw(t, "step")
	for n := rapid.IntRange(0, 60).Draw(t, "orders"); n > 0; n-- {
		net := sales.Money(rapid.Int64Range(-100, 1000).Draw(t, "net")) * sales.MoneyUnit
		c.Days = append(c.Days, sales.Day{Date: asOf - sales.Date(step*(n-1)), Net: net})
	}
	for _, product := range []string{"a", "b", "c"} {
		b := sales.Basket{ProductID: product}
		ends := rapid.IntRange(0, 60).Draw(t, "ends")
		for i, day := range c.Days {
			if i <= ends && rapid.Bool().Draw(t, "holds") {
				net := sales.Money(rapid.Int64Range(-50, 500).Draw(t, "amount")) * sales.MoneyUnit
				b.Days = append(b.Days, sales.Purchase{Date: day.Date, Net: net})
			}
		}
		if len(b.Days) > 0 {
			c.Baskets = append(c.Baskets, b)
		}
	}
	return c
}

func TestNoProducts(t *testing.T) {
	snapshot := company(10, nil)
	snapshot.HasProducts = false
	if found := find(snapshot); found != nil {
		t.Errorf("found %v", found)
	}
	if stops := Stock(snapshot, judged(snapshot), DefaultRules()).Stopped(judged(snapshot).Customer("C001"), asOf); stops != nil {
		t.Errorf("stops %v", stops)
	}
}

// On a panel that was not used to choose the thresholds most of what is told is
// true, and half of what was dropped half a year ago is told.
func TestPlantedDrops(t *testing.T) {
	shop := panel.NewShop(panel.BasketSpec{Seed: 33, Customers: 400})
	snapshot := shop.Snapshot(shop.Through)
	found := map[string]bool{}
	right, all := 0, 0
	for _, f := range find(snapshot) {
		if f.Kind != finding.ProductDropped {
			continue
		}
		all++
		for _, p := range shop.Planted {
			for _, id := range f.Facts.(finding.DropFacts).Products {
				if (p.CustomerID == f.CustomerID || p.CustomerID == "") && slices.Contains(p.Products, id) && !found[f.CustomerID+f.Product] {
					found[f.CustomerID+f.Product], right = true, right+1
				}
			}
		}
	}
	if all < 20 || float64(right) < .8*float64(all) {
		t.Errorf("%d of %d are right", right, all)
	}
}

// What was dropped has its own months to be drawn, of all its products; where not all
// their dates are kept, none.
func TestDropCourse(t *testing.T) {
	for name, c := range map[string]struct{ every, months int }{"every week": {7, 12}, "every third day": {3, 0}} {
		goods := map[string][]sales.Date{}
		for date := asOf - 450; date <= asOf; date += sales.Date(c.every) {
			goods["bread"], goods["milk"], goods["cream"] = append(goods["bread"], date), append(goods["milk"], date), append(goods["cream"], date)
		}
		until(goods, "milk", 90)
		until(goods, "cream", 90)
		buyer := customer("C1", goods)
		drop := Drop{Standing: &standing.Standing{Customer: &buyer}, Products: []string{"cream", "milk"}, Last: goods["milk"][len(goods["milk"])-1]}
		course := teller{report: &Report{asOf: asOf}}.course(drop)
		if len(course.Months) != c.months {
			t.Fatalf("%s: %d months, want %d", name, len(course.Months), c.months)
		}
		if c.months == 0 {
			continue
		}
		// Four or five days of 200 a month, and nothing since.
		if usual, last := course.Months[4], course.Months[11]; usual.Days < 4 || usual.Net != sales.Money(200*usual.Days)*sales.MoneyUnit || last.Days != 0 || course.High == 0 {
			t.Errorf("%s: %+v", name, course)
		}
	}
}

// In a small company in which nobody else dropped anything, who bought it in each of
// 120 orders and in none of the last 30 is told all the same.
func TestDroppedWhereNobodyDrops(t *testing.T) {
	found := find(company(40, func(i int, goods map[string][]sales.Date) {
		if i != 7 {
			return
		}
		goods["bread"], goods["milk"], goods["cake"] = nil, nil, nil
		for date := asOf - 450; date <= asOf; date += 3 {
			goods["bread"], goods["milk"] = append(goods["bread"], date), append(goods["milk"], date)
		}
		until(goods, "milk", 90)
	}))
	if len(found) != 1 || found[0].CustomerID != "C007" || found[0].Product != "milk" {
		t.Errorf("%v", found)
	}
}
