package season

import (
	"testing"
	"time"

	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// friday is 20 November 2026.
const friday = sales.Date(20777)

var week = sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}}

// flowOf is a year of so many buyers on each date through friday that is open.
func flowOf(buyers int, open func(sales.Date) bool) Flow {
	f := Flow{First: friday - 363, Buyers: make([]int, 364)}
	for i := range f.Buyers {
		if open(f.First + sales.Date(i)) {
			f.Buyers[i] = buyers
		}
	}
	return f
}

// but closes a source on the dates from to to.
func but(open func(sales.Date) bool, from, to sales.Date) func(sales.Date) bool {
	return func(d sales.Date) bool { return open(d) && (d < from || d > to) }
}

func onFridays(d sales.Date) bool { return d.Weekday() == time.Friday }

func TestClosures(t *testing.T) {
	monday := friday - 46
	announced := sales.Calendar{Weekend: week.Weekend, Holidays: map[sales.Date]bool{}}
	for d := monday; d < monday+12; d++ {
		announced.Holidays[d] = true
	}
	ahead := sales.Calendar{Weekend: week.Weekend, Holidays: map[sales.Date]bool{}}
	for d := friday + 3; d <= friday+14; d++ {
		ahead.Holidays[d] = true
	}
	// Saturday to Sunday two weeks later are 16 days, of which a weekend is usual.
	fortnight := []Span{{monday - 2, monday + 11}}
	for name, c := range map[string]struct {
		flow     Flow
		calendar sales.Calendar
		asOf     sales.Date
		want     []Span
	}{
		"open every working day":                {flowOf(20, week.Selling), week, friday, nil},
		"two weeks closed":                      {flowOf(20, but(week.Selling, monday, monday+11)), week, friday, fortnight},
		"two weeks closed, few buyers":          {flowOf(2, but(week.Selling, monday, monday+11)), week, friday, fortnight},
		"one day that may have been chance":     {flowOf(2, but(week.Selling, monday+2, monday+2)), week, friday, nil},
		"booked on Fridays":                     {flowOf(20, onFridays), week, friday, nil},
		"booked on Fridays, two of them closed": {flowOf(20, but(onFridays, monday, monday+11)), week, friday, []Span{{monday - 2, monday + 11}}},
		"announced, hardly any buyers":          {flowOf(1, but(week.Selling, monday, monday+11)), announced, friday, fortnight},
		"still empty, not announced":            {flowOf(20, week.Selling), week, friday + 12, nil},
		"still empty, announced":                {flowOf(20, week.Selling), ahead, friday + 12, []Span{{friday + 1, friday + 10}}},
		"no history":                            {Flow{First: friday}, week, friday + 30, nil},
		"too young to know its pauses":          {flowOf(20, func(d sales.Date) bool { return d > friday-10 || d == friday-30 }), week, friday, nil},
	} {
		if diff := cmp.Diff(c.want, Closures(c.flow, c.calendar, c.asOf)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWithinCountsDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var spans []Span
		at := sales.Date(0)
		for range rapid.IntRange(0, 6).Draw(t, "spans") {
			at += sales.Date(rapid.IntRange(2, 9).Draw(t, "apart"))
			end := at + sales.Date(rapid.IntRange(0, 5).Draw(t, "length"))
			spans = append(spans, Span{at, end})
			at = end
		}
		from := sales.Date(rapid.IntRange(-3, 70).Draw(t, "from"))
		to := from + sales.Date(rapid.IntRange(0, 40).Draw(t, "days"))
		want := 0
		for d := from + 1; d <= to; d++ {
			for _, s := range spans {
				if d >= s.From && d <= s.To {
					want++
				}
			}
		}
		if got := within(spans, from, to); got != want {
			t.Fatalf("%d dates of (%d, %d] in %v; want %d", got, from, to, spans, want)
		}
	})
}

func TestFlow(t *testing.T) {
	s := &sales.Snapshot{DataThrough: 20, Customers: []sales.Customer{
		{Days: []sales.Day{{Date: 10}, {Date: 13}, {Date: 20}, {Date: 25}}}, {Days: []sales.Day{{Date: 13, Net: -1}}}, {}}}
	f := NewFlow(s)
	if diff := cmp.Diff(Flow{10, []int{1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1}}, f); diff != "" {
		t.Errorf("flow (-want +got):\n%s", diff)
	}
	if f.Last() != 20 || f.Busy() != 3 || f.UsualPause() != 6 {
		t.Errorf("through %d, %d busy days, pause %d; want 20, 3, 6", f.Last(), f.Busy(), f.UsualPause())
	}
	if got := f.PerSellingDay(sales.Calendar{}); got != 4./11 {
		t.Errorf("%g buyers a day; want 4/11", got)
	}
	if empty := NewFlow(&sales.Snapshot{}); len(empty.Buyers) != 0 || empty.UsualPause() != 0 || empty.PerSellingDay(week) != 0 {
		t.Errorf("of nothing: %+v", empty)
	}
	if cut := f.Cut(12, 13); cut.First != 12 || len(cut.Buyers) != 2 || cut.Buyers[1] != 2 {
		t.Errorf("cut to two days: %+v", cut)
	}
}
