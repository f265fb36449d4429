package diagnosis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyCustomer draws a customer of any kind: few or many dates, equal ones, returns
// only, products without quantities.
func anyCustomer(t *rapid.T, i int) sales.Customer {
	c := sales.Customer{ID: fmt.Sprintf("c%02d", i), Name: rapid.SampledFrom([]string{"Kim", "Kim Foods", "Kim Foods Ltd", ""}).Draw(t, "name"),
		Segment: rapid.SampledFrom([]string{"", "cafés"}).Draw(t, "segment")}
	dates := func(most int) []sales.Date {
		list := rapid.SliceOfN(rapid.IntRange(0, 800), 0, most).Draw(t, "ago")
		slices.Sort(list)
		var found []sales.Date
		for _, ago := range slices.Backward(slices.Compact(list)) {
			found = append(found, today-sales.Date(ago))
		}
		return found
	}
	amount := rapid.IntRange(-300, 1000)
	for _, d := range dates(40) {
		c.Days = append(c.Days, sales.Day{Date: d, Net: sales.Money(amount.Draw(t, "net")) * unit})
	}
	for p := range rapid.IntRange(0, 3).Draw(t, "products") {
		b := sales.Basket{ProductID: fmt.Sprintf("p%d", p)}
		for _, d := range dates(30) {
			b.Days = append(b.Days, sales.Purchase{Date: d, Quantity: float32(rapid.IntRange(-2, 5).Draw(t, "quantity")),
				Net: sales.Money(amount.Draw(t, "net")) * unit})
		}
		if len(b.Days) > 0 {
			c.Baskets = append(c.Baskets, b)
		}
	}
	for _, d := range dates(12) {
		c.Visits = append(c.Visits, sales.Visit{Date: d, CustomerID: c.ID})
	}
	for _, d := range dates(2) {
		c.Complaints = append(c.Complaints, sales.Complaint{Opened: d, Closed: d + 3})
	}
	return c
}

// diagnose returns the causes, by customer id, of everybody with an order.
func diagnose(s *sales.Snapshot) map[string][]finding.Cause {
	sheet := standing.JudgeWith(s, standing.DefaultRules(), model)
	company := diagnosis.Survey(s, sheet, sales.Calendar{})
	all := map[string][]finding.Cause{}
	for i := range sheet.Customers {
		if who := &sheet.Customers[i]; who.Orders > 0 {
			all[who.Customer.ID] = company.Causes(who)
			all[who.Customer.ID+" decline"] = company.DeclineCauses(who, who.Last-20)
			company.Actions(who, all[who.Customer.ID])
			company.Unknowns(who)
		}
	}
	return all
}

// model is fitted once: fitting is not what is tested here.
var model = standing.Fit(&newShop(12).Snapshot, standing.DefaultRules())

// Whatever the facts are, nothing fails, no figure is no number, every cause has
// evidence, and the order of the customers changes nothing.
func TestAnyFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &sales.Snapshot{AsOf: today, Has: map[sales.Relation]bool{sales.Visits: true, sales.Complaints: true},
			Products: []sales.Product{{ID: "p0", DiscontinuedOn: today - 30}, {ID: "p1", Name: "Oil"}}}
		for i := range rapid.IntRange(1, 24).Draw(t, "customers") {
			s.Customers = append(s.Customers, anyCustomer(t, i))
		}
		causes := diagnose(s)
		for id, list := range causes {
			for _, c := range list {
				if len(c.For)+len(c.Against) == 0 {
					t.Fatalf("%s: %s without evidence", id, c.Name)
				}
				checkNumbers(t, append(slices.Clone(c.For), c.Against...))
			}
		}
		seed := rapid.Uint64().Draw(t, "shuffle")
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(s.Customers), func(i, j int) { s.Customers[i], s.Customers[j] = s.Customers[j], s.Customers[i] })
		if diff := cmp.Diff(causes, diagnose(s)); diff != "" {
			t.Fatalf("another order of customers (-before +after):\n%s", diff)
		}
	})
}

func checkNumbers(t *rapid.T, phrases []finding.Phrase) {
	for _, p := range phrases {
		for name, value := range p.Args {
			if f, ok := value.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
				t.Fatalf("%s: %s is %g", p.Key, name, f)
			}
		}
	}
}
