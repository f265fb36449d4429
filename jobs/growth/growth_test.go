package growth_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/growth"
	"dangol/jobs/standing"

	"pgregory.net/rapid"
)

const (
	asOf = sales.Date(20782)
	unit = sales.MoneyUnit
)

var (
	before  = sales.Span{From: asOf - 59, To: asOf - 30}
	now     = sales.Span{From: asOf - 29, To: asOf}
	compare = growth.Request{Against: finding.LastMonth, From: 0, To: 1}
)

// line is one order line in ten-thousandths.
type line struct {
	day      sales.Date
	rep      string
	product  string
	quantity float64
	net      sales.Money
}

// customer adds up lines as the reader does.
func customer(id string, lines []line) sales.Customer {
	c := sales.Customer{ID: id, Name: id}
	slices.SortStableFunc(lines, func(a, b line) int { return int(a.day - b.day) })
	for i := 0; i < len(lines); {
		net := map[string]sales.Money{}
		var reps []string
		day, seller := lines[i].day, ""
		for ; i < len(lines) && lines[i].day == day; i++ {
			if _, seen := net[lines[i].rep]; !seen {
				reps = append(reps, lines[i].rep)
			}
			net[lines[i].rep] += lines[i].net
		}
		total := sales.Money(0)
		slices.Sort(reps)
		for _, rep := range reps {
			total += net[rep]
			c.Splits = append(c.Splits, sales.Credit{Date: day, RepID: rep, Net: net[rep]})
			seller = rep
		}
		c.Days = append(c.Days, sales.Day{Date: day, Net: total})
		if n := len(c.Sellers); n == 0 || c.Sellers[n-1].RepID != seller {
			c.Sellers = append(c.Sellers, sales.Seller{From: day, RepID: seller})
		}
	}
	type key struct{ product, rep string }
	sums := map[key]*sales.Turnover{}
	first := map[string]sales.Date{}
	for _, l := range lines {
		if f, known := first[l.product]; l.net > 0 && (!known || l.day < f) {
			first[l.product] = l.day
		}
	}
	for _, l := range lines {
		k := key{l.product, l.rep}
		if sums[k] == nil {
			sums[k] = &sales.Turnover{ProductID: l.product, RepID: l.rep, First: first[l.product], Sums: make([]sales.Sum, 2)}
		}
		for i, span := range []sales.Span{before, now} {
			if span.Holds(l.day) {
				sums[k].Sums[i].Quantity += l.quantity
				sums[k].Sums[i].Net += l.net
			}
		}
	}
	for _, t := range sums {
		c.Turnover = append(c.Turnover, *t)
	}
	slices.SortFunc(c.Turnover, func(a, b sales.Turnover) int {
		return strings.Compare(a.ProductID+"\x00"+a.RepID, b.ProductID+"\x00"+b.RepID)
	})
	return c
}

// comparer judges customers, the stages given by id.
func comparer(stages map[string]standing.Stage, customers ...sales.Customer) *growth.Comparer {
	oldest := sales.Customer{ID: "zz", Days: []sales.Day{{Date: asOf - 900, Net: unit}}}
	s := &sales.Snapshot{AsOf: asOf, Customers: append(customers, oldest), Spans: []sales.Span{before, now}, HasSellers: true, HasProducts: true}
	sheet := standing.JudgeWith(s, standing.DefaultRules(), standing.Fit(s, standing.DefaultRules()))
	for i := range sheet.Customers {
		if stage, given := stages[sheet.Customers[i].Customer.ID]; given {
			sheet.Customers[i].Stage = stage
		}
	}
	return growth.NewComparer(figures.NewLedger(s, sheet))
}

// steady orders oil, 10 for 100, on four days of a span.
func steady(in sales.Span, orders int, quantity float64, price sales.Money) []line {
	var lines []line
	for i := range orders {
		lines = append(lines, line{in.From + sales.Date(3*i), "ann", "oil", quantity, sales.Money(quantity) * price})
	}
	return lines
}

func TestParts(t *testing.T) {
	past := line{asOf - 500, "ann", "oil", 1, 10 * unit} // was a customer before
	for _, c := range []struct {
		name  string
		stage standing.Stage
		lines []line
		want  finding.Bridge
	}{
		{"new", standing.NotRegular, []line{{now.From, "ann", "oil", 1, 70 * unit}}, finding.Bridge{To: 70 * unit, New: 70 * unit}},
		{"lost", standing.Lost, append([]line{past}, steady(before, 4, 1, 10*unit)...), finding.Bridge{From: 40 * unit, Lost: -40 * unit}},
		{"lost and yet bought more", standing.Lost, append([]line{past, {now.From, "ann", "oil", 5, 50 * unit}}, steady(before, 4, 1, 10*unit)...),
			finding.Bridge{From: 40 * unit, To: 50 * unit, Frequency: (1 - 4) * 30 * unit, Size: (50 - 10) * 5 / 2 * unit}},
		{"declining", standing.Declining, slices.Concat([]line{past}, steady(before, 4, 1, 10*unit), steady(now, 2, 1, 10*unit)), finding.Bridge{From: 40 * unit, To: 20 * unit, Decline: -20 * unit}},
		{"more orders", standing.Active, slices.Concat([]line{past}, steady(before, 2, 1, 10*unit), steady(now, 5, 1, 10*unit)), finding.Bridge{From: 20 * unit, To: 50 * unit, Frequency: 30 * unit}},
		{"larger orders", standing.Active, slices.Concat([]line{past}, steady(before, 2, 1, 10*unit), steady(now, 2, 3, 10*unit)), finding.Bridge{From: 20 * unit, To: 60 * unit, Size: 40 * unit}},
		{"higher prices", standing.Active, slices.Concat([]line{past}, steady(before, 2, 2, 10*unit), steady(now, 2, 2, 11*unit)), finding.Bridge{From: 40 * unit, To: 44 * unit, Price: 4 * unit}},
		{"a box for a piece", standing.Active, slices.Concat([]line{past}, steady(before, 2, 12, 10*unit), steady(now, 2, 1, 120*unit)), finding.Bridge{From: 240 * unit, To: 240 * unit}},
		{"another product", standing.Active, slices.Concat([]line{past, {now.From, "ann", "salt", 1, 9 * unit}}, steady(before, 2, 1, 10*unit), steady(now, 2, 1, 10*unit)),
			finding.Bridge{From: 20 * unit, To: 29 * unit, CrossSell: 9 * unit}},
		{"no order now", standing.Active, append([]line{past}, steady(before, 4, 1, 10*unit)...), finding.Bridge{From: 40 * unit, Frequency: -40 * unit}},
		{"only a return now", standing.Active, slices.Concat([]line{past, {now.From, "ann", "oil", -1, -10 * unit}}, steady(before, 4, 1, 10*unit)), finding.Bridge{From: 40 * unit, To: -10 * unit, Frequency: -50 * unit}},
	} {
		got := comparer(map[string]standing.Stage{"a": c.stage}, customer("a", c.lines)).Company(compare)
		if got.Bridge != c.want {
			t.Errorf("%s: %+v\nwant %+v", c.name, got.Bridge, c.want)
		}
		if got.LedgerFrom != c.want.From || got.LedgerTo != c.want.To || !got.Known {
			t.Errorf("%s: the ledger says %v and %v", c.name, got.LedgerFrom, got.LedgerTo)
		}
	}
}

// A customer who orders again after a silence that was lost is won back, whatever
// it bought before.
func TestWonBack(t *testing.T) {
	var lines []line
	for d := asOf - 600; d < asOf-300; d += 10 {
		lines = append(lines, line{d, "ann", "oil", 1, 10 * unit})
	}
	lines = append(lines, line{now.From + 5, "ann", "salt", 1, 30 * unit})
	got := comparer(nil, customer("a", lines)).Company(compare)
	if got.WonBack != 30*unit || got.New != 0 || got.CrossSell != 0 {
		t.Errorf("%+v", got.Bridge)
	}
	if top := got.Top["won_back"]; len(top) != 1 || top[0].CustomerID != "a" || top[0].Amount != 30*unit {
		t.Errorf("behind it: %+v", got.Top)
	}
}

// What was sold without a quantity is a share of all that was sold: never more than
// all of it, however much came back.
func TestUnpriced(t *testing.T) {
	past := line{asOf - 500, "ann", "oil", 1, 10 * unit}
	for name, c := range map[string]struct {
		lines []line
		want  float64
	}{
		"all with a quantity":    {[]line{{now.From, "ann", "oil", 1, 70 * unit}}, 0},
		"a quarter without":      {[]line{{now.From, "ann", "oil", 1, 75 * unit}, {now.From, "ann", "salt", 0, 25 * unit}}, .25},
		"and most of it back":    {[]line{{now.From, "ann", "salt", 0, 100 * unit}, {now.From + 1, "ann", "oil", -9, -90 * unit}}, 1},
		"more back than sold":    {[]line{{now.From, "ann", "salt", 0, 30 * unit}, {now.From, "ann", "oil", 7, 90 * unit}, {now.From + 1, "ann", "rice", -9, -190 * unit}}, .25},
		"nothing but what comes": {[]line{{now.From, "ann", "oil", -1, -10 * unit}}, 0},
	} {
		got := comparer(nil, customer("a", append(c.lines, past))).Company(compare)
		if got.Unpriced != c.want {
			t.Errorf("%s: %g, want %g", name, got.Unpriced, c.want)
		}
	}
}

// A customer that changed its rep is frequency for both, and said to be moved; the
// company does not see it.
func TestHandOver(t *testing.T) {
	lines := append([]line{{asOf - 500, "ann", "oil", 1, 10 * unit}}, steady(before, 3, 1, 10*unit)...)
	for _, l := range steady(now, 3, 1, 10*unit) {
		l.rep = "bob"
		lines = append(lines, l)
	}
	c := comparer(nil, customer("a", lines))
	if got := c.Company(compare); got.Growth() != 0 || got.Frequency != 0 || got.MovedIn != 0 {
		t.Errorf("company: %+v", got)
	}
	if got := c.Rep(compare, "ann"); got.Frequency != -30*unit || got.MovedOut != -30*unit || got.MovedIn != 0 {
		t.Errorf("ann: %+v", got)
	}
	if got := c.Rep(compare, "bob"); got.Frequency != 30*unit || got.MovedIn != 30*unit {
		t.Errorf("bob: %+v", got)
	}
	for _, rep := range []string{"ann", "bob"} {
		if grown, _ := c.Existing(compare, rep); grown != 0 {
			t.Errorf("%s has grown by %v with a customer that moved", rep, grown)
		}
	}
}

// What becomes of a customer under another rep is not the first one's loss, nor its
// decline, nor won back by it: to the first the customer moved.
func TestHandOverBefore(t *testing.T) {
	bobs := func(lines []line) []line {
		for i := range lines {
			lines[i].rep = "bob"
		}
		return lines
	}
	anns, handed := steady(before, 4, 1, 10*unit), steady(now, 1, 1, 10*unit)
	for _, stage := range []standing.Stage{standing.Lost, standing.Declining} {
		lines := slices.Concat([]line{{asOf - 500, "ann", "oil", 1, 10 * unit}}, anns, bobs(handed))
		c := comparer(map[string]standing.Stage{"a": stage}, customer("a", lines))
		if got := c.Rep(compare, "ann"); got.Frequency != -40*unit || got.MovedOut != -40*unit || got.Lost != 0 || got.Decline != 0 {
			t.Errorf("%s: ann %+v", stage, got)
		}
		if got := c.Rep(compare, "bob"); got.Frequency != 10*unit || got.MovedIn != 10*unit {
			t.Errorf("%s: bob %+v", stage, got)
		}
		if got := c.Company(compare); got.Lost+got.Decline != -30*unit {
			t.Errorf("%s: the company %+v", stage, got)
		}
	}
	// Ann sold every other day, the last time on the first day of the earlier span.
	lines := []line{{asOf - 500, "ann", "oil", 1, 10 * unit}, {now.To - 1, "bob", "oil", 3, 30 * unit}}
	for d := before.From - 200; d <= before.From; d += 2 {
		lines = append(lines, line{d, "ann", "oil", 1, 10 * unit})
	}
	c := comparer(nil, customer("a", lines))
	if got := c.Company(compare); got.WonBack != 20*unit {
		t.Errorf("the company %+v", got)
	}
	if got := c.Rep(compare, "ann"); got.WonBack != 0 || got.Frequency != -10*unit || got.MovedOut != -10*unit {
		t.Errorf("ann %+v", got)
	}
	if got := c.Rep(compare, "bob"); got.WonBack != 30*unit || got.MovedIn != 0 {
		t.Errorf("bob %+v", got)
	}
}

// Whatever the lines: the eight parts sum to the change to the cent, decline and
// lost are never above 0, the reps and what no rep stands for sum to the company,
// and From and To are what the order lines say.
func TestAnyLedger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stages := map[string]standing.Stage{}
		var customers []sales.Customer
		var ledger [2]sales.Money
		for i := range rapid.IntRange(1, 5).Draw(t, "customers") {
			id := fmt.Sprint("c", i)
			stages[id] = rapid.SampledFrom([]standing.Stage{standing.Active, standing.Lost, standing.Declining, standing.Overdue, standing.NotRegular}).Draw(t, "stage")
			lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) line {
				return line{
					day:      asOf - sales.Date(rapid.SampledFrom([]int{0, 3, 9, 29, 30, 31, 45, 59, 60, 200, 400}).Draw(t, "ago")),
					rep:      rapid.SampledFrom([]string{"", "ann", "bob"}).Draw(t, "rep"),
					product:  rapid.SampledFrom([]string{"", "oil", "salt", "rice"}).Draw(t, "product"),
					quantity: float64(rapid.IntRange(-3, 9).Draw(t, "quantity")),
					net:      sales.Money(rapid.Int64Range(-200_000, 900_000).Draw(t, "net")), // fractions of a cent too
				}
			}), 1, 14).Draw(t, "lines")
			for _, l := range lines {
				for k, span := range []sales.Span{before, now} {
					if span.Holds(l.day) {
						ledger[k] += l.net
					}
				}
			}
			customers = append(customers, customer(id, lines))
		}
		c := comparer(stages, customers...)
		whole := c.Company(compare)
		if d := ledger[0] - whole.From; d < -50 || d > 50 {
			t.Fatalf("from %v, the lines say %v", whole.From, ledger[0])
		}
		if d := ledger[1] - whole.To; d < -50 || d > 50 {
			t.Fatalf("to %v, the lines say %v", whole.To, ledger[1])
		}
		var from, to sales.Money
		for _, one := range []finding.Comparison{whole, c.Rep(compare, "ann"), c.Rep(compare, "bob"), c.Rep(compare, "")} {
			sum := sales.Money(0)
			for _, part := range one.Parts() {
				sum += part.Amount
				if part.Amount%(unit/100) != 0 {
					t.Fatalf("%s is no whole cent: %d", part.Name, part.Amount)
				}
			}
			if sum != one.Growth() || one.Decline > 0 || one.Lost > 0 {
				t.Fatalf("the parts sum to %v, the change is %v: %+v", sum, one.Growth(), one.Bridge)
			}
			from, to = from+one.From, to+one.To
		}
		if d := from - 2*whole.From; d > 200 || d < -200 { // four roundings to a cent
			t.Fatalf("the reps sum to %v, the company to %v", from-whole.From, whole.From)
		}
		if d := to - 2*whole.To; d > 200 || d < -200 {
			t.Fatalf("the reps sum to %v, the company to %v", to-whole.To, whole.To)
		}
	})
}
