package season

import (
	"math"
	"slices"
	"testing"
	"time"

	"dangol/internal/sales"

	"pgregory.net/rapid"
)

func on(year int, month time.Month, day int) sales.Date { return sales.NewDate(year, month, day) }

// summers orders every gap days from 10 May to 10 September of the years.
func summers(gap int, years ...int) []sales.Date {
	var days []sales.Date
	for _, year := range years {
		for d := on(year, 5, 10); d <= on(year, 9, 10); d += sales.Date(gap) {
			days = append(days, d)
		}
	}
	return days
}

func clockOf(days []sales.Date) Clock {
	return (&Year{Company: flat}).Clock("", days, 30, nil)
}

// A summer-only buyer's silence does not grow over the winter, whatever the
// calendar says, and does in its next season.
func TestSummerOnly(t *testing.T) {
	for name, years := range map[string][]int{"three summers": {2024, 2025, 2026}, "two summers": {2025, 2026}} {
		c := clockOf(summers(10, years...))
		for _, d := range []sales.Date{on(2026, 10, 5), on(2026, 12, 24), on(2027, 2, 1), on(2027, 5, 20)} {
			r := c.Read(d)
			if r.Beyond(1) || r.Resumes != on(2027, 5, 10) {
				t.Errorf("%s, on %v: %+v", name, d, r)
			}
		}
		if r := c.Read(on(2027, 6, 20)); !r.Beyond(1) {
			t.Errorf("%s, away for six weeks of its season: %+v", name, r)
		}
	}
	only := clockOf(summers(10, 2026))
	if r := only.Read(on(2026, 12, 24)); !r.Beyond(1) || r.Resumes != 0 {
		t.Errorf("after its only summer: %+v", r)
	}
}

// What is taken for a season: one pause in one earlier year has to be long and to
// follow a season; one in which a year was skipped is none.
func TestPauses(t *testing.T) {
	regular := func(from, to sales.Date) (days []sales.Date) {
		for d := from; d <= to; d += 10 {
			days = append(days, d)
		}
		return days
	}
	for name, c := range map[string]struct {
		days  []sales.Date
		at    sales.Date
		spare bool
	}{
		"a pause of 50 days last winter":      {slices.Concat(regular(on(2025, 3, 1), on(2025, 12, 1)), regular(on(2026, 1, 25), on(2026, 12, 1))), on(2027, 1, 10), false},
		"a pause of 90 days last winter":      {slices.Concat(regular(on(2025, 3, 1), on(2025, 12, 1)), regular(on(2026, 3, 5), on(2026, 12, 1))), on(2027, 1, 20), true},
		"the same after two orders":           {slices.Concat(regular(on(2025, 11, 20), on(2025, 12, 1)), regular(on(2026, 3, 5), on(2026, 12, 1))), on(2027, 1, 20), false},
		"a pause of 50 days in two winters":   {slices.Concat(regular(on(2024, 3, 1), on(2024, 12, 1)), regular(on(2025, 1, 25), on(2025, 12, 1)), regular(on(2026, 1, 25), on(2026, 12, 1))), on(2027, 1, 20), true},
		"in one of two winters":               {slices.Concat(regular(on(2024, 3, 1), on(2025, 12, 1)), regular(on(2026, 3, 5), on(2026, 12, 1))), on(2027, 1, 20), false},
		"away for more than a year":           {slices.Concat(regular(on(2023, 3, 1), on(2024, 12, 1)), regular(on(2026, 3, 5), on(2026, 12, 1))), on(2027, 1, 20), false},
		"silent since before the last pause":  {summers(10, 2024, 2025), on(2026, 12, 24), false},
		"at another time than the last pause": {slices.Concat(regular(on(2025, 1, 1), on(2025, 5, 1)), regular(on(2025, 9, 1), on(2026, 12, 1))), on(2027, 1, 20), false},
	} {
		clock := clockOf(c.days)
		if r := clock.Read(c.at); r.Beyond(1) == c.spare {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// After a closure of two weeks nobody is late for it.
func TestClosedDaysDoNotCount(t *testing.T) {
	year := &Year{Company: flat, Closed: []Span{{friday - 20, friday - 7}}}
	var days []sales.Date
	for d := friday - 21 - 20*9; d <= friday-21; d += 9 {
		days = append(days, d)
	}
	c := year.Clock("", days, 30, nil)
	if r := c.Read(friday - 2); r.Days != 5 || r.Closed != 14 || r.Mean != 9 || r.P90 != 9 || r.Beyond(1) {
		t.Errorf("on the fifth open day: %+v", r)
	}
	if r := c.Read(friday + 3); r.Days != 10 || !r.Beyond(1) || r.Beyond(2) {
		t.Errorf("on the tenth open day: %+v", r)
	}
}

// Without closures, months or earlier pauses, the clock shows calendar days
// exactly and the habit that the calendar shows.
func TestWithoutSeasonTheCalendarStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := []sales.Date{friday - 360}
		for days[len(days)-1] < friday-60 {
			days = append(days, days[len(days)-1]+sales.Date(rapid.IntRange(1, 50).Draw(t, "gap")))
		}
		c := clockOf(days)
		to := days[len(days)-1] + sales.Date(rapid.IntRange(0, 60).Draw(t, "silence"))
		r := c.Read(to)
		mean := float64(days[len(days)-1]-days[0]) / float64(len(days)-1)
		if r.Days != float64(to-days[len(days)-1]) || r.Mean != mean || r.Slow || r.Paused+r.Closed > 0 {
			t.Fatalf("%+v; want %d days, mean %g", r, to-days[len(days)-1], mean)
		}
	})
}

// On every clock silence only grows with time, adds up, and is clear of NaN.
func TestSilenceOnlyGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := []sales.Date{friday - 1400}
		for len(days) < 5 || days[len(days)-1] < friday-500 {
			days = append(days, days[len(days)-1]+sales.Date(rapid.IntRange(1, 200).Draw(t, "gap")))
		}
		year := &Year{Company: flat, Closed: []Span{{friday - 700, friday - 690}, {friday - 40, friday - 30}}}
		if rapid.Bool().Draw(t, "months") {
			year.Company[3], year.Company[4] = .2, 1.8
		}
		c := year.Clock("", days, rapid.Float64Range(30, 90).Draw(t, "horizon"), nil)
		last, before := days[len(days)-1], 0.0
		for d := last; d < last+400; d += 23 {
			r := c.Read(d)
			split := c.Between(last, last+(d-last)/3) + c.Between(last+(d-last)/3, d)
			switch {
			case r.Days < before || math.IsNaN(r.Days+r.Mean+r.P90):
				t.Fatalf("after %d days %+v, before %g", d-last, r, before)
			case math.Abs(split-r.Days) > 1e-9:
				t.Fatalf("%g in two parts, %g in one", split, r.Days)
			}
			before = r.Days
		}
	})
}

func TestOneOrderHasNoHabit(t *testing.T) {
	c := clockOf([]sales.Date{friday, friday})
	if r := c.Read(friday + 30); r.Days != 30 || r.Mean != 0 {
		t.Errorf("one date twice: %+v", r)
	}
	c = clockOf([]sales.Date{friday})
	if r := c.Read(friday + 30); r.Days != 30 || r.Mean != 0 || r.P90 != 0 {
		t.Errorf("one date: %+v", r)
	}
}

// stocked are the amounts of an order 8 times the usual, every so many orders.
func stocked(s *sales.Snapshot, customers, every, gap, after int) {
	for range customers {
		var c sales.Customer
		for i, d := 0, friday-300; i < 20; i++ {
			net := sales.MoneyUnit
			step := gap
			if i%every == every-1 {
				net, step = 8*net, after
			}
			c.Days = append(c.Days, sales.Day{Date: d, Net: net})
			d += sales.Date(step)
		}
		s.Customers = append(s.Customers, c)
	}
}

func TestStretch(t *testing.T) {
	usual := func(last sales.Money) []sales.Money { return []sales.Money{100, 100, 110, 90, 100, last} }
	twice, rarely, never := &sales.Snapshot{AsOf: friday, DataThrough: friday}, &sales.Snapshot{AsOf: friday, DataThrough: friday}, &sales.Snapshot{AsOf: friday, DataThrough: friday}
	stocked(twice, 10, 7, 7, 14)
	stocked(rarely, 2, 7, 7, 14)
	stocked(never, 10, 7, 7, 7)
	for name, c := range map[string]struct {
		company *sales.Snapshot
		amounts []sales.Money
		want    float64
	}{
		"a usual order":                            {rarely, usual(130), 1},
		"just five times":                          {rarely, usual(500), 1},
		"six times, little known of stocking up":   {rarely, usual(600), 3},
		"two orders":                               {rarely, []sales.Money{1, 100}, 1},
		"none":                                     {rarely, nil, 1},
		"the company's gaps double after":          {twice, usual(600), 2},
		"the company's gaps stay as they are":      {never, usual(600), 1},
		"it stocked up before, and lately did not": {rarely, []sales.Money{100, 100, 900, 100}, 1},
	} {
		if got := Learn(c.company, sales.Calendar{}).Stretch(c.amounts); got != c.want {
			t.Errorf("%s: %g; want %g", name, got, c.want)
		}
	}
}

// Dates on which a pause was noted count for no silence, however often they are
// noted, and for no gap; what comes after them does.
func TestNotedPauses(t *testing.T) {
	var days []sales.Date
	for d := on(2026, 1, 5); d <= on(2026, 6, 4); d += 10 {
		if d <= on(2026, 3, 1) || d > on(2026, 4, 20) {
			days = append(days, d)
		}
	}
	last := days[len(days)-1]
	noted := []sales.Pause{{From: on(2026, 3, 3), To: on(2026, 4, 20), Why: "rebuilding"},
		{From: last + 5, To: last + 44, Why: "holiday"}, {From: last + 10, To: last + 44, Why: "holiday"}}
	clock := (&Year{Company: flat}).Clock("", days, 30, noted)
	r := clock.Read(last + 50)
	if r.Days != 10 || r.Noted != 40 || r.Why != "holiday" || r.Until != last+44 || r.Beyond(1) {
		t.Errorf("%+v; want 10 days that count", r)
	}
	if r.P90 > 11 {
		t.Errorf("the noted pause of spring counts as a gap: %+v", r)
	}
	if r := clock.Read(last + 60); !r.Beyond(1) {
		t.Errorf("16 days after the pause: %+v", r)
	}
	unnoted := clockOf(days)
	if r := unnoted.Read(last + 50); !r.Beyond(1) {
		t.Errorf("nothing noted: %+v", r)
	}
}
