package freshness_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/freshness"
	"dangol/jobs/standing"
)

// shop is a company of so many customers who order about every gap days, 4 to 12,
// on the days that are open, each around its own amount.
func shop(customers int, last sales.Date, open func(sales.Date) bool) *sales.Snapshot {
	rng := rand.New(rand.NewPCG(11, 12))
	s := &sales.Snapshot{AsOf: last}
	for i := range customers {
		c := sales.Customer{ID: fmt.Sprintf("C%03d", i), Listed: true}
		gap, usual := 4+rng.IntN(9), 1+rng.IntN(400)
		for d := last - 600 + sales.Date(rng.IntN(gap)); d <= last; d += sales.Date(max(1, gap-3+rng.IntN(7))) {
			for !open(d) {
				d++
			}
			if d <= last {
				c.Days = append(c.Days, sales.Day{Date: d, Net: sales.Money(usual+rng.IntN(usual)) * sales.MoneyUnit})
				s.DataThrough = max(s.DataThrough, d)
			}
		}
		s.Customers = append(s.Customers, c)
	}
	return s
}

// spoil changes the days of each customer; false leaves one out.
func spoil(s *sales.Snapshot, change func(customer int, d sales.Day) (sales.Day, bool)) *sales.Snapshot {
	s.DataThrough = 0
	for i := range s.Customers {
		var days []sales.Day
		for _, d := range s.Customers[i].Days {
			if d, keep := change(i, d); keep {
				days = append(days, d)
				s.DataThrough = max(s.DataThrough, d.Date)
			}
		}
		s.Customers[i].Days = days
	}
	return s
}

// without leaves out every second customer from a date on.
func without(from sales.Date) func(int, sales.Day) (sales.Day, bool) {
	return func(customer int, d sales.Day) (sales.Day, bool) { return d, d.Date < from || customer%2 == 0 }
}

// times multiplies the amounts from one date to another.
func times(factor float64, from, to sales.Date) func(int, sales.Day) (sales.Day, bool) {
	return func(_ int, d sales.Day) (sales.Day, bool) {
		if d.Date >= from && d.Date <= to {
			d.Net = sales.MoneyFromFloat(d.Net.Float() * factor)
		}
		return d, true
	}
}

func TestFaultsOfTheData(t *testing.T) {
	healthy := func() *sales.Snapshot { return shop(400, friday, week.Selling) }
	for name, c := range map[string]struct {
		snapshot *sales.Snapshot
		want     string
	}{
		"healthy":                                   {healthy(), ""},
		"half of the last day":                      {spoil(healthy(), without(friday)), "stale_half"},
		"half of the last three":                    {spoil(healthy(), without(friday-2)), "stale_half"},
		"half of the customers for two weeks":       {spoil(healthy(), without(friday-13)), "stale_step"},
		"half of them for half a year":              {spoil(healthy(), without(friday-180)), ""},
		"half of them never":                        {spoil(healthy(), without(0)), ""},
		"twenty customers, half of the last":        {spoil(shop(20, friday, week.Selling), without(friday)), ""},
		"amounts ten times since Monday":            {spoil(healthy(), times(10, friday-4, friday)), "stale_jump_up"},
		"amounts a thousandth since Monday":         {spoil(healthy(), times(.001, friday-4, friday)), "stale_jump_down"},
		"amounts a third more":                      {spoil(healthy(), times(1.33, friday-4, friday)), ""},
		"amounts ten times on two days a while ago": {spoil(healthy(), times(10, friday-18, friday-17)), ""},
		"amounts ten times for half a year":         {spoil(healthy(), times(10, friday-180, friday)), ""},
	} {
		f := freshness.Rules{Calendar: week}.Check(c.snapshot)
		if key := headline(f); key != c.want {
			t.Errorf("%s: %q; want %q: %+v", name, key, c.want, f)
		} else if f != nil && (f.Kind != finding.DataStale || len(f.Actions) != 1 || len(f.Causes) != 1 || f.Facts == nil) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// The facts hold what was planted.
func TestFactsOfFaults(t *testing.T) {
	f := freshness.Rules{Calendar: week}.Check(spoil(shop(400, friday, week.Selling), without(friday-13)))
	fall, ok := f.Facts.(freshness.FallFacts)
	if !ok || fall.DataThrough != friday || fall.Share < .4 || fall.Share > .65 || fall.SellingDays < 8 || fall.SellingDays > 13 {
		t.Errorf("half of the customers for ten selling days: %+v", f.Facts)
	}
	f = freshness.Rules{Calendar: week}.Check(spoil(shop(400, friday, week.Selling), times(10, friday-4, friday)))
	jump, ok := f.Facts.(freshness.JumpFacts)
	if !ok || jump.Times < 8 || jump.Times > 12 || jump.Before < .8 || jump.Before > 1.2 || jump.Orders < 20 || jump.Customers < 10 {
		t.Errorf("amounts ten times since Monday: %+v", f.Facts)
	}
}

// Days that may still be booked late are not missed.
func TestSettleDaysAreWaitedFor(t *testing.T) {
	rules := freshness.Rules{Calendar: week}
	s := spoil(shop(400, friday, week.Selling), without(friday-1))
	if f := rules.Check(s); headline(f) != "stale_half" {
		t.Fatalf("half of two days: %+v", f)
	}
	rules.SettleDays = 2
	if f := rules.Check(s); f != nil {
		t.Errorf("with two days to settle: %+v", f)
	}
}

// A fall that lasts is the company's level after a month, whatever brought it;
// until then it is one fault, told from the first days on.
func TestAFallIsToldForAMonth(t *testing.T) {
	known := spoil(shop(400, friday, week.Selling), without(friday-90))
	told := 0
	company := freshness.Rules{Calendar: week}
	for d := friday - 91; d <= friday; d += 3 {
		at := known.Through(d)
		switch f := company.Check(at); {
		case f == nil:
		case d < friday-90 || d > friday-90+45:
			t.Errorf("day %d of the fall: %+v", d-friday+90, f.Facts)
		default:
			told++
		}
	}
	if told < 7 {
		t.Errorf("told on %d of every third day; want most of four weeks", told)
	}
}

// A source booked weekly and one with a company closure of two weeks are judged,
// and nobody is called silent for it; one that stopped three selling days ago and
// one that is half imported are not.
func TestFourSources(t *testing.T) {
	closed := func(d sales.Date) bool { return week.Selling(d) && (d < friday-25 || d > friday-12) }
	stopped := shop(400, friday-3, week.Selling)
	stopped.AsOf = friday
	for name, c := range map[string]struct {
		snapshot *sales.Snapshot
		want     string
	}{
		"booked weekly":                       {shop(150, friday+4, onFridays), ""},
		"two weeks of company closure":        {shop(400, friday, closed), ""},
		"stopped three selling days ago":      {stopped, "stale_stopped"},
		"half imported":                       {spoil(shop(400, friday, week.Selling), without(friday)), "stale_half"},
		"stopped, after a closure in autumn":  {later(shop(400, friday, closed), 5), "stale_stopped"},
		"half imported, after such a closure": {spoil(shop(400, friday, closed), without(friday)), "stale_half"},
	} {
		f := freshness.Rules{Calendar: week}.Check(c.snapshot)
		if key := headline(f); key != c.want {
			t.Errorf("%s: %q; want %q: %+v", name, key, c.want, f)
		}
		if f != nil {
			continue
		}
		rules := standing.DefaultRules()
		rules.Calendar = week
		for _, s := range standing.Judge(c.snapshot, rules).Customers {
			if s.Stage != standing.Active {
				t.Errorf("%s: %s is %s: %+v", name, s.Customer.ID, s.Stage, s.Reason)
			}
		}
	}
}

func later(s *sales.Snapshot, days sales.Date) *sales.Snapshot {
	s.AsOf += days
	return s
}
