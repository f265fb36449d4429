package jobs

import (
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/declining"
	"dangol/jobs/standing"
)

// notOver is a company of one customer in which nothing is over yet; each test
// adds what ends a case.
func notOver() *Judgement {
	const opened = 20700
	who := sales.Customer{ID: "a", Name: "Kim",
		Days:    []sales.Day{{Date: opened - 40, Net: 9 * sales.MoneyUnit}, {Date: opened + 20, Net: 9 * sales.MoneyUnit}},
		Visits:  []sales.Visit{{Date: opened - 90, CustomerID: "a"}},
		Baskets: []sales.Basket{{ProductID: "yeast", Days: bakes(opened-80, opened-75, opened-72, opened-70, opened-65)}},
	}
	s := &sales.Snapshot{AsOf: opened + 30, Customers: []sales.Customer{who}, Products: []sales.Product{{ID: "yeast", Name: "Dry yeast", Category: "baking"}}}
	results := []declining.Result{{Standing: &standing.Standing{Customer: &s.Customers[0]}, Judged: true, P: .5}}
	return &Judgement{Snapshot: s, Declines: &declining.Company{Results: results}, rules: DefaultRules()}
}

// bakes are purchases on some dates.
func bakes(on ...sales.Date) []sales.Purchase {
	var list []sales.Purchase
	for _, d := range on {
		list = append(list, sales.Purchase{Date: d, Net: 4 * sales.MoneyUnit})
	}
	return list
}

// A case that lasts ends on evidence alone, and the evidence is what is said.
func TestEnded(t *testing.T) {
	const opened = 20700
	decline := casebook.Case{Family: casebook.Decline, Kind: finding.CustomerDeclining, CustomerID: "a", OpenedOn: opened}
	drop := casebook.Case{Family: casebook.Drop, Kind: finding.ProductDropped, CustomerID: "a", Product: "yeast", OpenedOn: opened}
	buyers := casebook.Case{Family: casebook.Buyers, Kind: finding.ProductLosingBuyers, Product: "yeast", OpenedOn: opened - 1}
	category := drop
	category.Product = "category/baking"
	neglect := casebook.Case{Family: casebook.Neglect, Kind: finding.RegularNeglected, CustomerID: "a", OpenedOn: opened}
	greeting := casebook.Case{Family: casebook.Neglect, Kind: finding.RegularNeglected, Product: "greet/2026-10-10/r", OpenedOn: opened}
	buyAgain := func(j *Judgement) {
		b := &j.Snapshot.Customers[0].Baskets[0]
		b.Days = append(b.Days, sales.Purchase{Date: opened + 5, Net: 4 * sales.MoneyUnit})
	}
	for name, c := range map[string]struct {
		of                 casebook.Case
		brings             func(*Judgement)
		headline, evidence string
	}{
		"it buys as before":           {decline, func(j *Judgement) { j.Declines.Results[0].P = .1 }, "over_declining", "over_declining_evidence"},
		"it buys the product again":   {drop, buyAgain, "over_dropped", "over_dropped_evidence"},
		"or one of the category":      {category, buyAgain, "over_dropped", "over_dropped_evidence"},
		"half of its buyers are back": {buyers, buyAgain, "over_losing", "over_losing_evidence"},
		"it is visited again": {neglect, func(j *Judgement) {
			who := &j.Snapshot.Customers[0]
			who.Visits = append(who.Visits, sales.Visit{Date: opened + 3, CustomerID: "a"})
		}, "over_neglected", "over_neglected_evidence"},
		"the holiday has come": {greeting, func(j *Judgement) { j.Snapshot.AsOf = sales.NewDate(2026, 10, 10) }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			j := notOver()
			if f, over := j.ended(c.of); over {
				t.Fatalf("over before anything happened: %+v", f)
			}
			c.brings(j)
			f, over := j.ended(c.of)
			if !over || f.Headline.Key != c.headline {
				t.Fatalf("over %v, %+v", over, f)
			}
			if facts, ok := f.Facts.(finding.EndFacts); c.evidence != "" && (!ok || facts.Evidence.Key != c.evidence) {
				t.Errorf("facts %+v", f.Facts)
			}
		})
	}
}

// A missing customer, or one who is not judged any more, ends nothing; neither
// does a product that nobody finds lost any more.
func TestNoEvidenceEndsNothing(t *testing.T) {
	j := notOver()
	j.Declines.Results[0].Judged, j.Declines.Results[0].P = false, 0
	for _, c := range []casebook.Case{
		{Family: casebook.Decline, CustomerID: "a"}, {Family: casebook.Decline, CustomerID: "gone"},
		{Family: casebook.Drop, CustomerID: "gone", Product: "yeast"}, {Family: casebook.Neglect, CustomerID: "gone"},
		{Family: casebook.Buyers, Product: "yeast"},
	} {
		if f, over := j.ended(c); over {
			t.Errorf("%+v is over: %+v", c, f)
		}
	}
}
