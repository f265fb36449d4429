package standing_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"dangol/internal/sales"
	"dangol/jobs/standing"

	"pgregory.net/rapid"
)

func day(year int, month time.Month, d int) sales.Date { return sales.NewDate(year, month, d) }

// bought are orders of 100 every so many days from one date to another.
func bought(gap int, from, to sales.Date) []sales.Day {
	var days []sales.Day
	for d := from; d <= to; d += sales.Date(gap) {
		days = append(days, sales.Day{Date: d, Net: 100 * unit})
	}
	return days
}

func judgeOn(asOf sales.Date, days []sales.Day) standing.Standing {
	snapshot := &sales.Snapshot{AsOf: asOf, Customers: []sales.Customer{{ID: "a", Days: days}}}
	return standing.Judge(snapshot, standing.DefaultRules()).Customers[0]
}

// A summer-only buyer is not overdue in winter, with one earlier summer known
// and with two; the odds of its calendar silence stay what they are by
// definition. Once its season is on and it does not come, it is lost.
func TestSummerOnlyBuyer(t *testing.T) {
	summer := func(year int) []sales.Day { return bought(7, day(year, 5, 8), day(year, 9, 12)) }
	for name, days := range map[string][]sales.Day{
		"two summers":   slices.Concat(summer(2025), summer(2026)),
		"three summers": slices.Concat(summer(2024), summer(2025), summer(2026)),
	} {
		for _, asOf := range []sales.Date{day(2026, 11, 10), day(2026, 12, 24), day(2027, 2, 28), day(2027, 5, 10)} {
			s := judgeOn(asOf, days)
			if s.Stage != standing.Active || s.Beyond || s.Reason.Key != "reason_pause" || s.Reason.Args["resumes"] != day(2027, 5, 8) {
				t.Errorf("%s, on %v: %s, %+v", name, asOf, s.Stage, s.Reason)
			}
			if confirmed := float64(s.Silence) > 2*s.Horizon; confirmed && s.PLost != 1 || s.Confirmed() != confirmed {
				t.Errorf("%s, on %v: p_lost %g, confirmed %v", name, asOf, s.PLost, s.Confirmed())
			}
		}
		if s := judgeOn(day(2027, 6, 20), days); s.Stage != standing.Lost || s.Reason.Key != "reason_lost" || !s.Current {
			t.Errorf("%s, six weeks into its season: %s, %+v", name, s.Stage, s.Reason)
		}
	}
	if s := judgeOn(day(2026, 12, 24), summer(2026)); s.Stage != standing.Lost {
		t.Errorf("after its only summer: %s, %+v", s.Stage, s.Reason)
	}
	yearRound := bought(7, day(2024, 5, 8), day(2026, 9, 12))
	if s := judgeOn(day(2026, 12, 24), yearRound); s.Stage != standing.Lost {
		t.Errorf("who bought in winter too: %s, %+v", s.Stage, s.Reason)
	}
}

// A season may begin up to two weeks late, however often its buyer orders in it:
// that its first known year began with an order on that date says nothing of the
// days before.
func TestSeasonMayBeginLate(t *testing.T) {
	summer := func(year int) []sales.Day { return bought(4, day(year, 5, 8), day(year, 9, 12)) }
	for name, days := range map[string][]sales.Day{
		"two summers":   slices.Concat(summer(2025), summer(2026)),
		"three summers": slices.Concat(summer(2024), summer(2025), summer(2026)),
	} {
		if s := judgeOn(day(2027, 5, 20), days); s.Stage != standing.Active || s.Reason.Key != "reason_pause" {
			t.Errorf("%s, 12 days late: %s, %+v", name, s.Stage, s.Reason)
		}
		if s := judgeOn(day(2027, 6, 10), days); s.Stage != standing.Lost {
			t.Errorf("%s, a month late: %s, %+v", name, s.Stage, s.Reason)
		}
	}
}

// An order of eight times the usual is followed by a longer pause, and by no
// endless one.
func TestStockUpOrder(t *testing.T) {
	days := every(7, 20, 0)
	at := func(ago int, last sales.Money) standing.Standing {
		stocked := slices.Clone(days)
		stocked[len(stocked)-1].Net = last
		rules := standing.DefaultRules()
		rules.Overdue, rules.Lost = .01, .02
		snapshot := &sales.Snapshot{AsOf: today + sales.Date(ago), Customers: []sales.Customer{{ID: "a", Days: stocked}}}
		return standing.Judge(snapshot, rules).Customers[0]
	}
	if s := at(20, 100*unit); s.Stage != standing.Lost {
		t.Fatalf("20 days after a usual order: %s, p_lost %g", s.Stage, s.PLost)
	}
	s := at(20, 800*unit)
	if s.Stage != standing.Active || s.Reason.Key != "reason_stocked_up" || s.Stretch != 3 {
		t.Errorf("20 days after a stock-up order: %s, %+v, stretched by %g", s.Stage, s.Reason, s.Stretch)
	}
	if plain := at(20, 100*unit); math.Abs(s.PLost-plain.PLost) > .1 {
		t.Errorf("p_lost %g; want about that after a usual order, %g", s.PLost, plain.PLost)
	}
	if s := at(22, 800*unit); s.Stage != standing.Lost {
		t.Errorf("22 days after a stock-up order: %s, %+v", s.Stage, s.Reason)
	}
}

// openShop is a shop of 80 customers who order about every gap days on working
// days, and on none of the closed ones: what falls on them is ordered two weeks later.
func openShop(asOf sales.Date, rng *rand.Rand, closed func(sales.Date) bool) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: asOf}
	shut := func(d sales.Date) bool {
		return closed(d) || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	}
	for i := range 80 {
		c := sales.Customer{ID: fmt.Sprintf("C%03d", i), Listed: true}
		gap := 4 + rng.IntN(8)
		for d := asOf - 400 + sales.Date(rng.IntN(gap)); d <= asOf; d += sales.Date(gap - 1 + rng.IntN(3)) {
			if closed(d) {
				d += 14
			}
			for shut(d) {
				d++
			}
			if d <= asOf {
				c.Days = append(c.Days, sales.Day{Date: d, Net: sales.Money(50+rng.IntN(100)) * unit})
				s.DataThrough = max(s.DataThrough, d)
			}
		}
		s.Customers = append(s.Customers, c)
	}
	return s
}

// On the first days after a company closure of two weeks, announced or not,
// nobody is overdue for it; while it lasts, if it was announced.
func TestCompanyClosure(t *testing.T) {
	monday := today - 1
	for name, announced := range map[string]bool{"announced": true, "not announced": false} {
		rules := standing.DefaultRules()
		rules.Overdue, rules.Lost = 1e-12, 2e-12 // so that a fortnight would do
		rules.Calendar.Weekend = [7]bool{time.Saturday: true, time.Sunday: true}
		rules.Calendar.Holidays = map[sales.Date]bool{}
		closed := func(d sales.Date) bool { return d >= monday-14 && d < monday-2 }
		for d := monday - 14; announced && d < monday-2; d++ {
			rules.Calendar.Holidays[d] = true
		}
		shop := openShop(today+3, rand.New(rand.NewPCG(4, 4)), closed)
		model := standing.Fit(shop.Through(monday-15), rules)
		spared := 0
		for asOf := monday - 6; asOf <= today+3; asOf += 2 {
			if asOf < monday && !announced {
				continue
			}
			sheet := standing.JudgeWith(shop.Through(asOf), rules, model)
			for i := range sheet.Customers {
				s := &sheet.Customers[i]
				if s.Stage != standing.Active {
					t.Errorf("%s: %s is %s on %v: %+v", name, s.Customer.ID, s.Stage, asOf, s.Reason)
				}
				if s.Reason.Key == "reason_closed" {
					spared++
				}
			}
		}
		if spared < 20 {
			t.Errorf("%s: the closure spares %d; without it nothing is tested", name, spared)
		}
	}
}

// Who shows no season, no closure and no stock-up order is judged as the calendar
// judges: nothing but the two gates and the odds.
func TestWithoutSeasonNothingChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		date, days := today-sales.Date(rapid.IntRange(0, 80).Draw(t, "silence")), []sales.Day(nil)
		for date > today-370 {
			days = append(days, sales.Day{Date: date, Net: sales.Money(rapid.IntRange(100, 300).Draw(t, "net")) * unit})
			date -= sales.Date(rapid.IntRange(1, 40).Draw(t, "gap"))
		}
		slices.Reverse(days)
		s := byDefault(days)
		if beyond := s.Known && s.Habit.Beyond(float64(s.Silence)); s.Beyond != beyond {
			t.Fatalf("beyond %v; the calendar says %v: %+v", s.Beyond, beyond, s.Season)
		}
	})
}

// A season only ever spares: whoever is called silent is so by the calendar, and
// a silence that is called out stays so until an order comes.
func TestSilenceStaysUntilAnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var days []sales.Day
		for d := today - 1200; d < today-200; d += sales.Date(rapid.IntRange(1, 120).Draw(t, "gap")) {
			days = append(days, sales.Day{Date: d, Net: sales.Money(rapid.SampledFrom([]int{100, 110, 900}).Draw(t, "net")) * unit})
		}
		snapshot := &sales.Snapshot{AsOf: today, Customers: []sales.Customer{{ID: "a", Days: days}}}
		sheet := standing.Judge(snapshot, standing.DefaultRules())
		last, called := days[len(days)-1].Date, false
		for asOf := last; asOf < last+450; asOf += 15 {
			s := sheet.At(&snapshot.Customers[0], asOf)
			silent := s.Stage == standing.Overdue || s.Stage == standing.Lost
			switch {
			case silent && (!s.Habit.Beyond(float64(s.Silence)) || s.PLost < .5):
				t.Fatalf("%s within its habit or on odds of %g", s.Stage, s.PLost)
			case called && !silent:
				t.Fatalf("called silent before day %d, not on it: %+v", asOf-last, s.Reason)
			}
			called = silent
		}
	})
}

// Days on which orders may still be booked do not count on the own clock either.
func TestSettleDaysOnTheClock(t *testing.T) {
	rules := standing.DefaultRules()
	rules.SettleDays = 14
	snapshot := &sales.Snapshot{AsOf: today, Customers: []sales.Customer{{ID: "a", Days: every(7, 20, 40)}}}
	if s := standing.Judge(snapshot, rules).Customers[0]; s.Season.Days != 26 || s.Silence != 40 {
		t.Errorf("silent for %d days, %g of them count; want 40, 26", s.Silence, s.Season.Days)
	}
}

// A customer whose rep noted a pause is not called silent in it, and is confirmed
// lost only once it has outlasted that too.
func TestNotedPause(t *testing.T) {
	snapshot := openShop(20700, rand.New(rand.NewPCG(4, 0)), func(sales.Date) bool { return false })
	c := &snapshot.Customers[7]
	for len(c.Days) > 0 && c.Days[len(c.Days)-1].Date > 20650 {
		c.Days = c.Days[:len(c.Days)-1]
	}
	if s := standing.Judge(snapshot, standing.DefaultRules()).Customers[7]; s.Stage != standing.Lost {
		t.Fatalf("nothing noted: %s, %+v", s.Stage, s.Reason)
	}
	c.Pauses = []sales.Pause{{From: 20655, To: 20720, Why: "rebuilding"}}
	s := standing.Judge(snapshot, standing.DefaultRules()).Customers[7]
	if s.Stage != standing.Active || s.Reason.Key != "reason_noted" || s.Reason.Args["why"] != "rebuilding" || s.Reason.Args["noted"] != 46 {
		t.Errorf("%s, %+v", s.Stage, s.Reason)
	}
}
