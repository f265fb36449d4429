package standing_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/silence"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// today is 24 November 2026, a Tuesday.
const today = sales.Date(20781)

const unit = sales.MoneyUnit

// every returns n buying days of 100 a piece, so many days apart, the last one
// ago days before today.
func every(gap, n, ago int) []sales.Day {
	days := make([]sales.Day, n)
	for i := range days {
		days[i] = sales.Day{Date: today - sales.Date(ago+gap*(n-1-i)), Net: 100 * unit}
	}
	return days
}

func daysAgo(nets map[int]float64) []sales.Day {
	var days []sales.Day
	for ago, net := range nets {
		days = append(days, sales.Day{Date: today - sales.Date(ago), Net: sales.MoneyFromFloat(net)})
	}
	slices.SortFunc(days, func(a, b sales.Day) int { return int(a.Date - b.Date) })
	return days
}

func judge(days []sales.Day, rules standing.Rules) standing.Standing {
	snapshot := &sales.Snapshot{AsOf: today, Customers: []sales.Customer{{ID: "a", Name: "A", RepID: "r", Days: days}}}
	return standing.Judge(snapshot, rules).Customers[0]
}

func byDefault(days []sales.Day) standing.Standing { return judge(days, standing.DefaultRules()) }

func TestOrdersAreBuyingDays(t *testing.T) {
	s := byDefault(daysAgo(map[int]float64{100: 10, 80: -10, 60: 0, 40: 5, 20: .0001, 3: -2}))
	if s.Orders != 3 || s.First != today-100 || s.Last != today-20 || s.Silence != 20 || s.LastAmount != 1 {
		t.Errorf("%d orders from %v to %v (%d ten-thousandths), silent for %d; want 3, 100 to 20 days ago, 1, 20",
			s.Orders, s.First, s.Last, s.LastAmount, s.Silence)
	}
	if s.Habit.Median != 40 { // gaps 60 and 20
		t.Errorf("median gap %g; want 40", s.Habit.Median)
	}
}

func TestNoOrders(t *testing.T) {
	for name, days := range map[string][]sales.Day{"nothing": nil, "returns only": daysAgo(map[int]float64{5: -3})} {
		s := byDefault(days)
		if s.Orders != 0 || s.Known || s.Regular || s.Current || s.Confirmed() || s.Stage != standing.NotRegular || s.Last != 0 || s.Reason.Key != "reason_no_orders" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestRegularAndCurrent(t *testing.T) {
	for name, c := range map[string]struct {
		days             []sales.Day
		regular, current bool
		reason           string
	}{
		"four buying days":               {every(30, 4, 1), false, false, "reason_few_orders"},
		"five in 89 days":                {append(every(10, 4, 9), sales.Day{Date: today - 89, Net: unit}), false, false, "reason_young"},
		"five in 90 days":                {append(every(10, 4, 9), sales.Day{Date: today - 90, Net: unit}), true, true, "reason_in_habit"},
		"silent for 365 days":            {every(10, 9, 365), true, true, "reason_lost"},
		"silent for 366 days":            {every(10, 9, 366), true, false, "reason_lost"},
		"slow, silent for just 2h = 600": {every(100, 9, 600), true, true, "reason_lost"},
		"slow, silent for 601":           {every(100, 9, 601), true, false, "reason_lost"},
	} {
		slices.SortFunc(c.days, func(a, b sales.Day) int { return int(a.Date - b.Date) })
		s := byDefault(c.days)
		if s.Regular != c.regular || s.Current != c.current || s.Reason.Key != c.reason {
			t.Errorf("%s: regular %v, current %v, %s; want %v, %v, %s", name, s.Regular, s.Current, s.Reason.Key, c.regular, c.current, c.reason)
		}
	}
}

func TestRulesOfRegulars(t *testing.T) {
	rules := standing.DefaultRules()
	rules.BuyingDays, rules.Days = 3, 200
	if s := judge(every(10, 9, 1), rules); s.Regular || s.Reason.Key != "reason_young" {
		t.Errorf("81 days of history: %+v", s)
	}
	if s := judge(every(100, 3, 1), rules); !s.Regular {
		t.Errorf("3 buying days over 201 days: %+v", s)
	}
}

func TestHorizon(t *testing.T) {
	for name, c := range map[string]struct {
		days         []sales.Day
		median, want float64
	}{
		"at least 30":          {every(7, 6, 0), 7, 30},
		"three medians":        {every(20, 6, 0), 20, 60},
		"between two middles":  {daysAgo(map[int]float64{0: 1, 10: 1, 31: 1}), 15.5, 46.5},
		"the middle one of 3":  {daysAgo(map[int]float64{0: 1, 10: 1, 31: 1, 90: 1}), 21, 63},
		"one buying day alone": {every(1, 1, 4), 0, 30},
	} {
		if s := byDefault(c.days); s.Habit.Median != c.median || s.Horizon != c.want {
			t.Errorf("%s: median %g, horizon %g; want %g, %g", name, s.Habit.Median, s.Horizon, c.median, c.want)
		}
	}
}

// The amounts are worked out by hand; a month has 30.4375 days.
func TestMonthlyAmount(t *testing.T) {
	for name, c := range map[string]struct {
		nets map[int]float64 // by days ago
		want string
	}{
		"a year and more: twelve months to the last order": {map[int]float64{500: 9999, 300: 600, 200: 300, 20: 300}, "100.00"},
		"the day a year before the last is out":            {map[int]float64{385: 9999, 384: 600, 20: 600}, "100.00"},
		"returns count":                                    {map[int]float64{500: 1, 300: 1200, 299: -300, 20: 300}, "100.00"},
		"returns after the last order do not":              {map[int]float64{500: 1, 300: 900, 20: 300, 10: -600}, "100.00"},
		"returns before the first order do not":            {map[int]float64{100: -500, 90: 150, 20: 150}, "100.00"},
		"at least three months":                            {map[int]float64{60: 150, 20: 150}, "100.00"},
		"one order":                                        {map[int]float64{20: 300}, "100.00"},
		"since the first: 201 days":                        {map[int]float64{220: 330, 20: 330}, "99.94"},               // 660 ÷ (201 ÷ 30.4375)
		"more returned than bought":                        {map[int]float64{300: 100, 200: -1300, 20: 100}, "-119.15"}, // −1100 ÷ (281 ÷ 30.4375)
	} {
		s := byDefault(daysAgo(c.nets))
		if s.Monthly.String() != c.want {
			t.Errorf("%s: %s a month; want %s", name, s.Monthly, c.want)
		}
		if s.MoneyAtRisk < 0 {
			t.Errorf("%s: money at risk %s", name, s.MoneyAtRisk)
		}
	}
}

// p_lost = S(2h)/S(w), p_silent = S(w+h)/S(w), money at risk = p_lost × 12 × monthly.
func TestOdds(t *testing.T) {
	for _, ago := range []int{0, 3, 29, 30, 59, 60, 61, 300} {
		snapshot := &sales.Snapshot{AsOf: today, Customers: []sales.Customer{{ID: "a", Days: every(7, 20, ago)}}}
		sheet := standing.Judge(snapshot, standing.DefaultRules())
		s := sheet.Customers[0]
		curve := sheet.Model.Curve(silence.NewHistory(snapshot.Customers[0].Days, today))
		w := float64(ago)
		lost, silent := 1.0, curve.Survival(w+30)/curve.Survival(w)
		if w < 60 {
			lost = curve.Survival(60) / curve.Survival(w)
		}
		if math.Abs(s.PLost-lost) > 1e-9 || math.Abs(s.PSilent-silent) > 1e-9 {
			t.Errorf("silent for %d days: p_lost %g, p_silent %g; want %g, %g", ago, s.PLost, s.PSilent, lost, silent)
		}
		if want := sales.MoneyFromFloat(s.PLost * 12 * s.Monthly.Float()); s.MoneyAtRisk != want {
			t.Errorf("silent for %d days: %s at risk; want %s", ago, s.MoneyAtRisk, want)
		}
		if s.Confirmed() != (ago > 60) {
			t.Errorf("silent for %d days: confirmed %v", ago, s.Confirmed())
		}
	}
}

func TestOddsFromThreeBuyingDays(t *testing.T) {
	for n := 1; n <= 4; n++ {
		s := byDefault(every(10, n, 200))
		if s.Known != (n >= 3) {
			t.Errorf("%d buying days: odds %v", n, s.Known)
		}
		if !s.Known && (s.PLost != 0 || s.PSilent != 0 || s.MoneyAtRisk != 0 || s.Confirmed()) {
			t.Errorf("%d buying days: %+v", n, s)
		}
	}
}

// Beyond both gates and at the thresholds given, the odds decide the stage.
func TestStages(t *testing.T) {
	p := byDefault(every(7, 20, 20)).PLost
	if p <= 0 || p >= 1 {
		t.Fatalf("p_lost %g; want one strictly between", p)
	}
	for name, c := range map[string]struct {
		overdue, lost float64
		want          standing.Stage
		reason        string
	}{
		"below both":      {p + .001, p + .002, standing.Active, "reason_unsure"},
		"at overdue":      {p, p + .001, standing.Overdue, "reason_overdue"},
		"at both":         {p, p, standing.Lost, "reason_lost"},
		"above both":      {p - .002, p - .001, standing.Lost, "reason_lost"},
		"just below lost": {p - .001, math.Nextafter(p, 1), standing.Overdue, "reason_overdue"},
	} {
		rules := standing.DefaultRules()
		rules.Overdue, rules.Lost = c.overdue, c.lost
		if s := judge(every(7, 20, 20), rules); s.Stage != c.want || s.Reason.Key != c.reason {
			t.Errorf("%s: %s, %s; want %s, %s", name, s.Stage, s.Reason.Key, c.want, c.reason)
		}
	}
	if rules := standing.DefaultRules(); rules.Overdue != .5 || rules.Lost != .7 {
		t.Errorf("default thresholds %g, %g", rules.Overdue, rules.Lost)
	}
}

// However high the odds, nobody is overdue within the own p90 gap or the own
// mean gap.
func TestGates(t *testing.T) {
	rules := standing.DefaultRules()
	rules.Overdue, rules.Lost = 1e-12, 2e-12
	burst := []int{300, 299, 298, 297, 296, 295, 294, 293, 292, 291, 290, 289} // then a gap of 269 to the last: mean 25.5, p90 1
	for name, c := range map[string]struct {
		days  func(ago int) []sales.Day
		limit int // the last day within the habit
	}{
		"p90 above the mean": {func(ago int) []sales.Day { return every(10, 9, ago) }, 10},
		"mean above the p90": {func(ago int) []sales.Day {
			nets := map[int]float64{ago: 1}
			for _, b := range burst {
				nets[b-20+ago] = 1
			}
			return daysAgo(nets)
		}, 23},
	} {
		within, beyond := judge(c.days(c.limit), rules), judge(c.days(c.limit+1), rules)
		if within.Stage != standing.Active || within.Reason.Key != "reason_in_habit" {
			t.Errorf("%s, silent for %d: %s, %+v", name, c.limit, within.Stage, within.Habit)
		}
		if beyond.Stage != standing.Lost {
			t.Errorf("%s, silent for %d: %s, %+v", name, c.limit+1, beyond.Stage, beyond.Habit)
		}
	}
}

func TestMergeDays(t *testing.T) {
	rules := standing.DefaultRules()
	rules.MergeDays = 2
	// Orders split over three days; the fourth day after an order's first is a new order.
	split := daysAgo(map[int]float64{120: 1, 119: 1, 118: 1, 90: 1, 60: 1, 59: 1, 57: 1, 30: 1, 29: 5})
	s := judge(split, rules)
	if s.Orders != 5 || s.Habit.Median != 28.5 { // 120, 90, 60, 57, 30: gaps 30, 30, 3, 27
		t.Errorf("%d orders, median gap %g; want 5, 28.5", s.Orders, s.Habit.Median)
	}
	if s.Silence != 29 || s.LastAmount != 5*unit {
		t.Errorf("silent for %d since %s; want 29 since 5.00", s.Silence, s.LastAmount)
	}
	if plain := byDefault(split); plain.Orders != 9 || plain.Monthly != s.Monthly {
		t.Errorf("unmerged: %d orders, %s a month; merged %s", plain.Orders, plain.Monthly, s.Monthly)
	}
}

// Days on which orders may still be booked late do not count against a
// customer; the silence shown is the whole one.
func TestSettleDays(t *testing.T) {
	rules := standing.DefaultRules()
	rules.SettleDays = 14
	late, plain := judge(every(7, 20, 40), rules), byDefault(every(7, 20, 26))
	if late.Silence != 40 || late.PLost != plain.PLost || late.PSilent != plain.PSilent || late.Stage != plain.Stage {
		t.Errorf("40 days with 14 to settle: %d, p_lost %g, %s; want 40 and the odds of 26: %g, %s", late.Silence, late.PLost, late.Stage, plain.PLost, plain.Stage)
	}
	if s := judge(every(7, 20, 74), rules); s.Confirmed() {
		t.Error("confirmed while orders may still be booked")
	}
	if s := judge(every(7, 20, 75), rules); !s.Confirmed() || s.PLost != 1 {
		t.Errorf("settled beyond 2h: confirmed %v, p_lost %g", s.Confirmed(), s.PLost)
	}
	if s := judge(every(7, 20, 5), rules); s.PLost != byDefault(every(7, 20, 0)).PLost {
		t.Errorf("silent for less than may settle: p_lost %g", s.PLost)
	}
}

// At is what would have been said then, under today's model.
func TestAt(t *testing.T) {
	days := append(every(7, 20, 50), sales.Day{Date: today - 1, Net: unit})
	snapshot := &sales.Snapshot{AsOf: today, Customers: []sales.Customer{{ID: "a", Days: days}}}
	sheet := standing.Judge(snapshot, standing.DefaultRules())
	then := sheet.At(&snapshot.Customers[0], today-2)
	if then.Silence != 48 || then.Orders != 20 || then.Stage != standing.Lost {
		t.Errorf("two days ago: silent for %d, %d orders, %s", then.Silence, then.Orders, then.Stage)
	}
	if now := sheet.Customers[0]; now.Silence != 1 || now.Stage != standing.Active {
		t.Errorf("now: silent for %d, %s", now.Silence, now.Stage)
	}
}

func TestSheet(t *testing.T) {
	snapshot := &sales.Snapshot{AsOf: today, Customers: []sales.Customer{
		{ID: "a", Days: every(7, 20, 3)}, {ID: "c", Days: every(7, 20, 400)}, {ID: "d"}}}
	sheet := standing.Judge(snapshot, standing.DefaultRules())
	if sheet.CurrentRegulars() != 1 {
		t.Errorf("%d current regulars; want 1", sheet.CurrentRegulars())
	}
	if sheet.Customer("c") != &sheet.Customers[1] || sheet.Customer("b") != nil {
		t.Error("Customer finds the wrong ones")
	}
	if sheet.ModelName() != "fixed prior" {
		t.Errorf("three customers are judged by %q", sheet.ModelName())
	}
}

func randomDays(t *rapid.T) []sales.Day {
	n := rapid.IntRange(0, 25).Draw(t, "days")
	date := today
	var days []sales.Day
	for range n {
		date -= sales.Date(rapid.IntRange(1, 60).Draw(t, "gap"))
		days = append(days, sales.Day{Date: date, Net: sales.Money(rapid.IntRange(-200, 2000).Draw(t, "net")) * unit})
	}
	slices.Reverse(days)
	return days
}

// An order on the as-of date clears any silence.
func TestOrderTodayClears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := standing.DefaultRules()
		rules.MergeDays = rapid.IntRange(0, 3).Draw(t, "merge")
		rules.Overdue, rules.Lost = 1e-9, 2e-9
		s := judge(append(randomDays(t), sales.Day{Date: today, Net: unit}), rules)
		if s.Silence != 0 || s.Beyond || s.Confirmed() || s.Stage == standing.Overdue || s.Stage == standing.Lost {
			t.Fatalf("ordered today: silent for %d, %s, %+v", s.Silence, s.Stage, s.Habit)
		}
	})
}

// What is said of anybody keeps to the definitions, whatever was bought.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := byDefault(randomDays(t))
		switch {
		case s.PLost < 0 || s.PLost > 1 || s.PSilent < 0 || s.PSilent > 1:
			t.Fatalf("odds %g, %g", s.PLost, s.PSilent)
		case s.Current && !s.Regular, s.Regular && s.Orders < 5, s.Known != (s.Orders >= 3):
			t.Fatalf("current %v, regular %v, known %v with %d orders", s.Current, s.Regular, s.Known, s.Orders)
		case (s.Stage == standing.Lost) != (s.Regular && s.Beyond && s.PLost >= .7):
			t.Fatalf("%s: regular %v, beyond %v, p_lost %g", s.Stage, s.Regular, s.Beyond, s.PLost)
		case (s.Stage == standing.Overdue) != (s.Regular && s.Beyond && s.PLost >= .5 && s.PLost < .7):
			t.Fatalf("%s: regular %v, beyond %v, p_lost %g", s.Stage, s.Regular, s.Beyond, s.PLost)
		case (s.Stage == standing.NotRegular) == s.Regular:
			t.Fatalf("%s: regular %v", s.Stage, s.Regular)
		case s.Confirmed() && s.PLost != 1, s.MoneyAtRisk < 0:
			t.Fatalf("confirmed %v, p_lost %g, %s at risk", s.Confirmed(), s.PLost, s.MoneyAtRisk)
		}
	})
}

// The order of the customers changes no bit of what is said of any.
func TestPermutedCustomers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	snapshot := &sales.Snapshot{AsOf: today}
	for i := range 150 {
		gap := 5 + rng.IntN(40)
		days := every(gap, 4+rng.IntN(900/gap), rng.IntN(4*gap))
		for j := range days[:len(days)-1] {
			days[j].Date += sales.Date(rng.IntN(gap/2 + 1))
			days[j].Net = sales.Money(1+rng.IntN(500)) * unit
		}
		snapshot.Customers = append(snapshot.Customers, sales.Customer{ID: string(rune('A'+i/10)) + string(rune('0'+i%10)), Days: days})
	}
	want := standing.Judge(snapshot, standing.DefaultRules())
	if want.Model.LowConfidence() {
		t.Fatal("the shop is too small to fit anything")
	}
	shuffled := *snapshot
	shuffled.Customers = slices.Clone(snapshot.Customers)
	rng.Shuffle(len(shuffled.Customers), func(i, j int) {
		shuffled.Customers[i], shuffled.Customers[j] = shuffled.Customers[j], shuffled.Customers[i]
	})
	got := standing.Judge(&shuffled, standing.DefaultRules())
	slices.SortFunc(got.Customers, func(a, b standing.Standing) int {
		if a.Customer.ID < b.Customer.ID {
			return -1
		}
		return 1
	})
	if diff := cmp.Diff(want.Customers, got.Customers, cmpopts.IgnoreFields(standing.Standing{}, "Customer")); diff != "" {
		t.Errorf("standings (-in order +shuffled):\n%s", diff)
	}
}
