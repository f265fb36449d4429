package declining_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/panel"
	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/jobs/declining"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// crowd are customers among whom the planted ones live, to 2026-06-28, a Sunday.
var crowd = panel.NewSeries(panel.SeriesSpec{Seed: 7, Customers: 150, Weeks: 120})

// steady buys on two weekdays each week for two years, for so much; the last weeks
// are changed by the caller.
func steady(id string, change func(week int, days []sales.Day) []sales.Day) sales.Customer {
	c := sales.Customer{ID: id, Name: id, Segment: panel.SegmentName(0), Listed: true}
	for week := 104; week > 0; week-- {
		monday := crowd.Through - sales.Date(7*week) + 1
		amounts := []float64{90, 100, 110, 95, 105}
		days := []sales.Day{
			{Date: monday + sales.Date(week%2), Net: sales.MoneyFromFloat(amounts[week%5])},
			{Date: monday + 3, Net: sales.MoneyFromFloat(amounts[(week+2)%5])},
		}
		c.Days = append(c.Days, change(week, days)...)
	}
	return c
}

// halfAsOften orders once a week since the given number of weeks.
func halfAsOften(weeks int) func(int, []sales.Day) []sales.Day {
	return func(week int, days []sales.Day) []sales.Day {
		if week <= weeks {
			return days[1:]
		}
		return days
	}
}

// halfAsMuch orders half as much at a time since the given number of weeks.
func halfAsMuch(weeks int) func(int, []sales.Day) []sales.Day {
	return func(week int, days []sales.Day) []sales.Day {
		if week <= weeks {
			for i := range days {
				days[i].Net /= 2
			}
		}
		return days
	}
}

func asEver(_ int, days []sales.Day) []sales.Day { return days }

func snapshotOf(asOf sales.Date, planted ...sales.Customer) *sales.Snapshot {
	all := append(slices.Clone(crowd.Customers), planted...)
	slices.SortFunc(all, func(a, b sales.Customer) int { return strings.Compare(a.ID, b.ID) })
	whole := sales.Snapshot{AsOf: asOf, DataThrough: asOf, Customers: all, Has: map[sales.Relation]bool{}}
	return whole.Through(asOf)
}

// model is fitted once: what it says of silences is not what is tested here.
var model = standing.Fit(crowd.Snapshot(crowd.Through), standing.DefaultRules())

func survey(snapshot *sales.Snapshot) *declining.Company {
	sheet := standing.JudgeWith(snapshot, standing.DefaultRules(), model)
	return declining.Survey(snapshot, sheet, declining.DefaultRules())
}

// Who buys half as much since some twelve weeks is found, with what fell; who buys
// as ever is not.
func TestWhatFell(t *testing.T) {
	company := survey(snapshotOf(crowd.Through, steady("a", halfAsOften(12)), steady("b", halfAsMuch(12)), steady("c", asEver)))
	for id, want := range map[string]string{"a": finding.FellOrders, "b": finding.FellSizes} {
		r := company.Of(id)
		if !r.Declining || r.Facts.Fell != want {
			t.Errorf("%s: declining %v (p %.3f), fell %q; want %q", id, r.Declining, r.P, r.Facts.Fell, want)
			continue
		}
		if r.Facts.Fallen < .3 || r.Facts.Fallen > .65 || r.Facts.AmountNow >= r.Facts.AmountBefore || r.MoneyAtRisk <= 0 {
			t.Errorf("%s: %+v", id, r.Facts)
		}
	}
	a, b := company.Of("a").Facts, company.Of("b").Facts
	if a.OrdersNow > .7*a.OrdersBefore || b.SizeNow.Float() > .7*b.SizeBefore.Float() {
		t.Errorf("orders %g → %g a month, sizes %s → %s", a.OrdersBefore, a.OrdersNow, b.SizeBefore, b.SizeNow)
	}
	if c := company.Of("c"); !c.Judged || c.Declining || c.P > .2 {
		t.Errorf("as ever: %+v", c)
	}
}

// A finding says the case, and its money is p × what fell × twelve months.
// Who buys far more than ever shows no decline in any window; what was compared is
// told in figures all the same.
func TestGrowthHasFigures(t *testing.T) {
	grown := steady("grown", func(week int, days []sales.Day) []sales.Day {
		if week > 8 {
			return days
		}
		for d := range sales.Date(5) {
			days = append(days, sales.Day{Date: days[0].Date - days[0].Date%7 + 4 + d, Net: 500 * sales.MoneyUnit})
		}
		slices.SortFunc(days, func(a, b sales.Day) int { return int(a.Date - b.Date) })
		return slices.CompactFunc(days, func(a, b sales.Day) bool { return a.Date == b.Date })
	})
	r := survey(snapshotOf(crowd.Through, grown)).Of("grown")
	f := r.Facts
	if !r.Judged || f.Weeks == 0 || math.IsNaN(f.OrdersNow) || f.OrdersNow <= f.OrdersBefore || f.AmountNow <= f.AmountBefore || !(f.Market > 0) {
		t.Errorf("%+v", f)
	}
}

func TestFindings(t *testing.T) {
	company := survey(snapshotOf(crowd.Through, steady("a", halfAsOften(12)), steady("b", halfAsMuch(12))))
	keys := map[string]string{}
	for _, f := range company.Findings() {
		r := company.Of(f.CustomerID)
		want := r.P * r.Facts.Fallen * 12 * r.Standing.Monthly.Float()
		if f.Kind != finding.CustomerDeclining || f.Probability != r.P || math.Abs(f.MoneyAtRisk.Float()-want) > .01 {
			t.Errorf("%+v; want %.2f at risk", f, want)
		}
		keys[f.CustomerID] = f.Headline.Key
	}
	if keys["a"] != "headline_declining_orders" || keys["b"] != "headline_declining_sizes" {
		t.Errorf("headlines %v", keys)
	}
}

// Weeks are tested once, when they are over: orders after the last Sunday change
// nothing before the next one.
func TestTestedWeekly(t *testing.T) {
	late := steady("a", halfAsOften(12))
	late.Days = append(late.Days, sales.Day{Date: crowd.Through + 1, Net: 5000 * sales.MoneyUnit})
	sunday := survey(snapshotOf(crowd.Through, steady("a", halfAsOften(12))))
	monday := survey(snapshotOf(crowd.Through+1, late))
	if sunday.Tested != crowd.Through || monday.Tested != crowd.Through {
		t.Errorf("tested through %v and %v; want %v", sunday.Tested, monday.Tested, crowd.Through)
	}
	if a, b := sunday.Of("a"), monday.Of("a"); a.Declining != b.Declining || math.Abs(a.P-b.P) > .05 {
		t.Errorf("Sunday %v %.3f, Monday %v %.3f", a.Declining, a.P, b.Declining, b.P)
	}
}

// One low week is not enough: it takes two in a row.
func TestPersistence(t *testing.T) {
	company := survey(snapshotOf(crowd.Through, steady("a", halfAsOften(1)), steady("b", halfAsMuch(1))))
	for _, id := range []string{"a", "b"} {
		if r := company.Of(id); r.Declining {
			t.Errorf("%s after one week: %+v", id, r.Facts)
		}
	}
}

// Who falls silent altogether is overdue or lost, never declining.
func TestSilenceIsNoDecline(t *testing.T) {
	gone := steady("a", func(week int, days []sales.Day) []sales.Day {
		if week <= 8 {
			return nil
		}
		return days
	})
	r := survey(snapshotOf(crowd.Through, gone)).Of("a")
	if r.Standing.Stage != standing.Lost || r.Judged || r.Declining || r.P != 0 {
		t.Errorf("%s: %+v", r.Standing.Stage, r)
	}
}

// Who falls with its whole segment is innocent; who falls as far alone is not.
func TestControlGroup(t *testing.T) {
	spec := panel.SeriesSpec{Seed: 7, Customers: 600, Weeks: 120}
	calm := panel.NewSeries(spec)
	spec.Shock = panel.Shock{Segment: panel.SegmentName(3), From: crowd.Through - 90, Factor: .4}
	shocked := panel.NewSeries(spec)
	var few []string
	for i := 3; i < spec.Customers; i += 50 {
		few = append(few, calm.Customers[i].ID)
		calm.Customers[i] = shocked.Customers[i]
	}
	together, alone := suspicion(shocked, few), suspicion(calm, few)
	if alone < 2*together {
		t.Errorf("suspicion %.2f if they fall with their segment, %.2f alone; want at least twice as much", together, alone)
	}
}

// suspicion sums p_declining over some customers.
func suspicion(p *panel.Series, ids []string) float64 {
	company, sum := survey(p.Snapshot(crowd.Through)), 0.0
	for _, id := range ids {
		sum += company.Of(id).P
	}
	return sum
}

// A year of rare orders says nothing about declines, and nothing is said.
func TestOneYearIsNotEnough(t *testing.T) {
	invoices, err := retail.Invoices()
	if err != nil {
		t.Fatal(err)
	}
	snapshot := &sales.Snapshot{AsOf: retail.Through, DataThrough: retail.Through}
	for _, b := range retail.Nets(invoices) {
		snapshot.Customers = append(snapshot.Customers, sales.Customer{ID: b.ID, Days: b.Days})
	}
	company := survey(snapshot)
	if !company.TooShort || len(company.Findings()) != 0 {
		t.Errorf("too short %v, %d findings", company.TooShort, len(company.Findings()))
	}
	for _, r := range company.Results {
		if r.Judged {
			t.Fatalf("%s is judged", r.Standing.Customer.ID)
		}
	}
}

// wildCustomer draws days of any kind: returns, huge amounts, everything at once.
func wildCustomer(id string) *rapid.Generator[sales.Customer] {
	return rapid.Custom(func(t *rapid.T) sales.Customer {
		c := sales.Customer{ID: id, Segment: rapid.SampledFrom([]string{"", panel.SegmentName(0)}).Draw(t, "segment")}
		ago := rapid.SliceOfNDistinct(rapid.IntRange(0, 900), 0, 200, rapid.ID[int]).Draw(t, "ago")
		slices.Sort(ago)
		for _, a := range slices.Backward(ago) {
			net := rapid.SampledFrom([]int64{-9_000_000_000_000_000, -10_000, 0, 1, 10_000, 500_000, 9_000_000_000_000_000}).Draw(t, "net")
			c.Days = append(c.Days, sales.Day{Date: crowd.Through - sales.Date(a), Net: sales.Money(net)})
		}
		return c
	})
}

// Whatever is bought, nothing is NaN, p is a probability, and the order of the
// customers does not matter.
func TestAnyCustomers(t *testing.T) {
	few := crowd.Customers[:60]
	rapid.Check(t, func(t *rapid.T) {
		snapshot := &sales.Snapshot{AsOf: crowd.Through, DataThrough: crowd.Through}
		snapshot.Customers = append(slices.Clone(few), wildCustomer("X1").Draw(t, "one"), wildCustomer("X2").Draw(t, "two"))
		straight := survey(snapshot)
		judged := 0
		for _, r := range straight.Results {
			if r.Judged {
				judged++
			}
			if !(r.P >= 0 && r.P <= 1) || math.IsNaN(r.Facts.Fallen+r.Facts.Market+r.Facts.LastYear+r.Facts.OrdersNow) {
				t.Fatalf("%s: %+v", r.Standing.Customer.ID, r)
			}
		}
		if judged < 20 {
			t.Fatalf("only %d are judged", judged)
		}
		seed := rapid.Uint64().Draw(t, "seed")
		if seed%3 != 0 { // the other half of the property costs as much again
			return
		}
		mixed := *snapshot
		mixed.Customers = slices.Clone(snapshot.Customers)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(mixed.Customers), func(i, j int) {
			mixed.Customers[i], mixed.Customers[j] = mixed.Customers[j], mixed.Customers[i]
		})
		if diff := cmp.Diff(straight.Findings(), survey(&mixed).Findings()); diff != "" {
			t.Fatalf("permuted (-straight +mixed):\n%s", diff)
		}
	})
}

// All customers alike, and none at all.
func TestNothingToCompare(t *testing.T) {
	if got := survey(&sales.Snapshot{AsOf: crowd.Through}).Findings(); len(got) != 0 {
		t.Errorf("%d findings among no customers", len(got))
	}
	snapshot := &sales.Snapshot{AsOf: crowd.Through, DataThrough: crowd.Through}
	for _, id := range []string{"a", "b", "c"} {
		snapshot.Customers = append(snapshot.Customers, steady(id, asEver))
	}
	if got := survey(snapshot).Findings(); len(got) != 0 {
		t.Errorf("%d findings among three alike", len(got))
	}
}
