package freshness_test

import (
	"fmt"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/freshness"

	"pgregory.net/rapid"
)

// friday is 20 November 2026.
const friday = sales.Date(20777)

var week = sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}}

// company returns a year of buyers customers each of whom orders on every date
// through the last that is open.
func company(buyers int, last sales.Date, open func(sales.Date) bool) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: last}
	for i := range buyers {
		c := sales.Customer{ID: fmt.Sprint(i)}
		for d := last - 364; d <= last; d++ {
			if open(d) {
				c.Days = append(c.Days, sales.Day{Date: d, Net: sales.MoneyUnit})
				s.DataThrough = max(s.DataThrough, d)
			}
		}
		s.Customers = append(s.Customers, c)
	}
	return s
}

func every(sales.Date) bool { return true }

func onFridays(d sales.Date) bool { return d.Weekday() == time.Friday }

// except closes a source on the days (from, to] before friday.
func except(open func(sales.Date) bool, from, to int) func(sales.Date) bool {
	return func(d sales.Date) bool {
		ago := int(friday - d)
		return open(d) && (ago < from || ago >= to)
	}
}

func TestCheck(t *testing.T) {
	holiday := week
	holiday.Holidays = map[sales.Date]bool{friday + 3: true, friday + 4: true, friday + 5: true, friday + 6: true, friday + 7: true}
	past := week // twelve holidays, unbooked, on the weekdays that are asked about
	past.Holidays = map[sales.Date]bool{}
	for i := 1; i <= 4; i++ {
		for _, weekday := range []int{3, 4, 5} { // Monday to Wednesday
			past.Holidays[friday-sales.Date(28*i)+sales.Date(weekday)] = true
		}
	}
	for name, c := range map[string]struct {
		snapshot *sales.Snapshot
		asOf     sales.Date
		calendar sales.Calendar
		limit    int
		want     string // key of the headline; empty: judged
	}{
		"fresh":                              {company(20, friday, week.Selling), friday, week, 0, ""},
		"over a weekend":                     {company(20, friday, week.Selling), friday + 2, week, 0, ""},
		"one selling day late":               {company(20, friday, week.Selling), friday + 3, week, 0, "stale_stopped"},
		"three selling days late":            {company(20, friday, week.Selling), friday + 5, week, 0, "stale_stopped"},
		"three late, few buyers":             {company(4, friday, week.Selling), friday + 5, week, 0, "stale_stopped"},
		"two late, one buyer":                {company(1, friday, week.Selling), friday + 4, week, 0, ""},
		"over holidays and both weekends":    {company(20, friday, week.Selling), friday + 9, holiday, 0, ""},
		"past holidays excuse nothing":       {company(20, friday, past.Selling), friday + 5, past, 0, "stale_stopped"},
		"weekly source, six days on":         {company(20, friday, onFridays), friday + 6, week, 0, ""},
		"weekly source, one Friday missed":   {company(20, friday, onFridays), friday + 8, week, 0, "stale_stopped"},
		"daily, seven days a week":           {company(20, friday, every), friday + 1, sales.Calendar{}, 0, "stale_stopped"},
		"closed for two weeks in the past":   {company(20, friday, except(week.Selling, 30, 44)), friday, week, 0, ""},
		"the same, over a weekend":           {company(20, friday, except(week.Selling, 30, 44)), friday + 2, week, 0, ""},
		"the same, five selling days late":   {company(20, friday, except(week.Selling, 30, 44)), friday + 7, week, 0, "stale_stopped"},
		"within the limit":                   {company(20, friday, onFridays), friday + 6, week, 6, ""},
		"beyond the limit":                   {company(20, friday, onFridays), friday + 6, week, 5, "stale_limit"},
		"a limit does not excuse a stop":     {company(20, friday, week.Selling), friday + 5, week, 30, "stale_stopped"},
		"too young to know its rhythm":       {company(20, friday, func(d sales.Date) bool { return d > friday-19 }), friday + 60, week, 0, ""},
		"too young, beyond the limit":        {company(20, friday, func(d sales.Date) bool { return d > friday-19 }), friday + 60, week, 14, "stale_limit"},
		"stopped for longer than is learned": {company(20, friday, week.Selling), friday + 400, week, 0, "stale_stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			c.snapshot.AsOf = c.asOf
			got := freshness.Rules{Calendar: c.calendar, MaxStaleness: c.limit}.Check(c.snapshot)
			if key := headline(got); key != c.want {
				t.Fatalf("%q; want %q: %+v", key, c.want, got)
			}
			if got != nil {
				checkFinding(t, got, c.asOf)
			}
		})
	}
}

// A company that sells on weekends only, or is booked on Sundays, keeps to no
// calendar of working days: its data stop as visibly as anybody's.
func TestWeekendsThatAreNone(t *testing.T) {
	weekends := func(d sales.Date) bool { return !week.Selling(d) }
	sundays := func(d sales.Date) bool { return d.Weekday() == time.Sunday }
	sunday := friday + 2
	for name, c := range map[string]struct {
		open  func(sales.Date) bool
		later sales.Date
		want  string
	}{
		"a weekend market, on Friday":          {weekends, 5, ""},
		"a weekend market, one weekend missed": {weekends, 8, "stale_stopped"},
		"booked on Sundays, on Saturday":       {sundays, 6, ""},
		"booked on Sundays, one missed":        {sundays, 8, "stale_stopped"},
		"every day of the week, over Sunday":   {func(d sales.Date) bool { return d.Weekday() != time.Monday }, 1, ""},
	} {
		s := company(20, sunday, c.open)
		s.AsOf += c.later
		if f := (freshness.Rules{Calendar: week}).Check(s); headline(f) != c.want {
			t.Errorf("%s: %q; want %q: %+v", name, headline(f), c.want, f)
		}
	}
	half := spoil(shop(400, sunday, weekends), without(sunday-8))
	if f := (freshness.Rules{Calendar: week}).Check(half); headline(f) != "stale_step" && headline(f) != "stale_half" {
		t.Errorf("a weekend market, half imported: %+v", f)
	}
}

// A source that is booked once a month or a fortnight has too few dates for the rate
// of a weekday; it has stopped when half as long again as ever passes without one.
func TestBatchesThatStop(t *testing.T) {
	monthly := func(d sales.Date) bool { return (d + 1).Time().Day() == 1 }
	fortnightly := func(d sales.Date) bool { return d.Weekday() == time.Friday && int(friday-d)%14 == 0 }
	now := sales.NewDate(2026, time.October, 31)
	for name, c := range map[string]struct {
		snapshot *sales.Snapshot
		later    sales.Date
		want     string
	}{
		"monthly, two weeks late":          {company(20, now, monthly), 44, ""},
		"monthly, a month and a half late": {company(20, now, monthly), 76, "stale_stopped"},
		"fortnightly, on time":             {company(20, friday, fortnightly), 13, ""},
		"fortnightly, a week late":         {company(20, friday, fortnightly), 21, "stale_stopped"},
		"one buyer, who orders monthly":    {company(1, now, monthly), 76, ""},
	} {
		c.snapshot.AsOf += c.later
		if f := (freshness.Rules{Calendar: week}).Check(c.snapshot); headline(f) != c.want {
			t.Errorf("%s: %q; want %q: %+v", name, headline(f), c.want, f)
		}
	}
}

func headline(f *finding.Finding) string {
	if f == nil {
		return ""
	}
	return f.Headline.Key
}

func checkFinding(t *testing.T, f *finding.Finding, asOf sales.Date) {
	t.Helper()
	facts := f.Facts.(freshness.Facts)
	if f.Kind != finding.DataStale || f.CustomerID != "" || f.RepID != "" || len(f.Actions) != 1 || len(f.Causes) != 1 {
		t.Errorf("finding %+v", f)
	}
	if facts.DataThrough != friday || facts.EmptyDays != int(asOf-friday) || facts.NoOrders {
		t.Errorf("facts %+v", facts)
	}
}

func TestEmptyTable(t *testing.T) {
	for name, s := range map[string]*sales.Snapshot{
		"no customers": {AsOf: friday},
		"no orders":    {AsOf: friday, Customers: []sales.Customer{{ID: "a", Listed: true}}},
	} {
		got := freshness.Rules{Calendar: week}.Check(s)
		if headline(got) != "stale_no_orders" || !got.Facts.(freshness.Facts).NoOrders {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// The facts are worked out by hand: 20 buyers on each of five days a week,
// pauses of two days, three selling days empty.
func TestFacts(t *testing.T) {
	s := company(20, friday, week.Selling)
	s.AsOf = friday + 5
	facts := freshness.Rules{Calendar: week}.Check(s).Facts.(freshness.Facts)
	if facts.UsualDays != 2 || facts.DailyBuyers != 20 || facts.Probability > 1e-20 {
		t.Errorf("facts %+v; want 2 usual days, 20 buyers and next to no chance", facts)
	}
}

// More empty days never make data fresher, and fresh data are never stale.
func TestLaterIsNotFresher(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.IntRange(1, 7).Draw(t, "days a week")
		s := company(rapid.IntRange(1, 8).Draw(t, "buyers"), friday, func(d sales.Date) bool { return int(d)%7 < share || d == friday })
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		company := freshness.Rules{Calendar: week, MaxStaleness: limit}
		if company.Check(s) != nil {
			t.Fatal("data through the as-of date are stale")
		}
		stale := false
		for s.AsOf = friday; s.AsOf < friday+40; s.AsOf++ {
			now := freshness.Rules{Calendar: week, MaxStaleness: limit}.Check(s) != nil
			if stale && !now {
				t.Fatalf("stale until day %d, fresh on it", s.AsOf-friday)
			}
			stale = now
		}
	})
}
