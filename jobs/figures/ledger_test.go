package figures_test

import (
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/standing"
)

const (
	asOf = sales.Date(20782)
	unit = sales.MoneyUnit
)

func ledgerOf(s *sales.Snapshot) *figures.Ledger {
	s.AsOf, s.HasSellers = asOf, true
	sheet := standing.JudgeWith(s, standing.DefaultRules(), standing.Fit(s, standing.DefaultRules()))
	return figures.NewLedger(s, sheet)
}

func old() sales.Customer {
	return sales.Customer{ID: "a", Days: []sales.Day{{Date: asOf - 700, Net: unit}}, Sellers: []sales.Seller{{From: asOf - 700, RepID: "ann"}}}
}

var month = sales.Span{From: asOf - 29, To: asOf}

// Two reps who share an order share the customer it wins, and the sales.
func TestSplitCredit(t *testing.T) {
	c := sales.Customer{ID: "b", Days: []sales.Day{{Date: asOf - 9, Net: 100 * unit}}, Sellers: []sales.Seller{{From: asOf - 9, RepID: "ann"}},
		Splits: []sales.Credit{{Date: asOf - 9, RepID: "ann", Net: 60 * unit}, {Date: asOf - 9, RepID: "bob", Net: 40 * unit}}}
	l := ledgerOf(&sales.Snapshot{Customers: []sales.Customer{old(), c}})
	for rep, want := range map[string]float64{"ann": .6, "bob": .4, figures.Company: 1, "": 0} {
		if got := figures.Count(l.Wins(rep, month)); got != want {
			t.Errorf("%q won %g, want %g", rep, got, want)
		}
		if got := l.Sales(rep, month); got != sales.MoneyFromFloat(100*want) {
			t.Errorf("%q sold %v, want %g", rep, got, 100*want)
		}
	}
}

func TestColdVisits(t *testing.T) {
	visit := func(ago int, customer string) sales.Visit {
		return sales.Visit{Date: asOf - sales.Date(ago), RepID: "ann", CustomerID: customer}
	}
	known := old()
	known.Visits = []sales.Visit{visit(5, "a")}
	fresh := sales.Customer{ID: "b", Days: []sales.Day{{Date: asOf - 9, Net: unit}}, Visits: []sales.Visit{visit(12, "b"), visit(9, "b"), visit(8, "b")}}
	s := &sales.Snapshot{Customers: []sales.Customer{known, fresh}, Planned: []sales.Visit{{Date: asOf + 2, RepID: "ann"}},
		Strangers: []sales.Visit{visit(20, "lead"), visit(19, "lead"), visit(18, ""), visit(18, "")}}
	l := ledgerOf(s)
	// The lead once, both unknown parties, b before and on the day of its first order
	// once; a and b after an order not at all.
	if got := l.Cold("ann", month); got != 4 {
		t.Errorf("%d cold visits, want 4", got)
	}
	if got := l.ColdCalls("ann", month); got != 6 {
		t.Errorf("%d cold calls, want 6", got)
	}
	if got := l.Visits("ann", month); got != 8 {
		t.Errorf("%d visits, want 8", got)
	}
	if got := l.Cold("ann", sales.Span{From: asOf - 20, To: asOf - 19}); got != 1 {
		t.Errorf("%d in two days, want 1", got)
	}
}

// A customer who orders after a silence that was lost is won back, and never new;
// one whose first order lies near the oldest data is not new either.
func TestWonBackIsNotNew(t *testing.T) {
	back := sales.Customer{ID: "b", Sellers: []sales.Seller{{From: asOf - 600, RepID: "ann"}}}
	for d := asOf - 600; d < asOf-300; d += 10 {
		back.Days = append(back.Days, sales.Day{Date: d, Net: unit})
	}
	back.Days = append(back.Days, sales.Day{Date: asOf - 3, Net: 7 * unit})
	early := sales.Customer{ID: "c", Days: []sales.Day{{Date: asOf - 640, Net: unit}}, Sellers: []sales.Seller{{From: asOf - 640, RepID: "ann"}}}
	l := ledgerOf(&sales.Snapshot{Customers: []sales.Customer{old(), back, early}})
	if got := l.Wins("ann", sales.Span{From: asOf - 800, To: asOf}); len(got) != 1 || got[0].CustomerID != "b" || got[0].On != asOf-600 {
		t.Errorf("new: %+v", got)
	}
	got := l.WonBack("ann", month)
	if len(got) != 1 || got[0].CustomerID != "b" || got[0].On != asOf-3 || got[0].Amount != 7*unit {
		t.Errorf("won back: %+v", got)
	}
	if l.NewKnown(sales.Span{From: asOf - 640, To: asOf}) || !l.NewKnown(month) {
		t.Error("new customers of the first 90 days are not known, those of the month are")
	}
}

// Parts of a customer that make a whole one count as one: neither a place on the
// board nor a quota hangs on how fractions add up.
func TestPartsMakeAWhole(t *testing.T) {
	s := &sales.Snapshot{Customers: []sales.Customer{old()}}
	for i, part := range []sales.Money{7, 2, 1} {
		day := asOf - sales.Date(9-i)
		s.Customers = append(s.Customers, sales.Customer{ID: string(rune('b' + i)), Days: []sales.Day{{Date: day, Net: 10 * unit}}, Sellers: []sales.Seller{{From: day, RepID: "ann"}},
			Splits: []sales.Credit{{Date: day, RepID: "ann", Net: part * unit}, {Date: day, RepID: "bob", Net: (10 - part) * unit}}})
	}
	l := ledgerOf(s)
	if ann, bob := figures.Count(l.Wins("ann", month)), figures.Count(l.Wins("bob", month)); ann != 1 || bob != 2 {
		t.Errorf("ann won %v, bob %v; want 1 and 2", ann, bob)
	}
}
