package freshness_test

import (
	"strings"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/freshness"
)

// each changes every second customer's days, or all, from a date on.
func each(all bool, from sales.Date, factor float64) func(int, sales.Day) (sales.Day, bool) {
	return func(customer int, d sales.Day) (sales.Day, bool) {
		if d.Date >= from && (all || customer%2 == 0) {
			d.Net = sales.MoneyFromFloat(d.Net.Float() * factor)
		}
		return d, true
	}
}

// sampled adds a date without a value, a free sample, to most customers.
func sampled(s *sales.Snapshot) *sales.Snapshot {
	for i := range s.Customers {
		days := s.Customers[i].Days
		if n := len(days); i%4 != 0 && days[n-1].Date < friday {
			s.Customers[i].Days = append(days, sales.Day{Date: friday})
		}
	}
	return s
}

// Orders that arrive with an amount of zero, or with the sign of a return, are no
// buying days: everybody would be called lost while the orders keep coming.
func TestWorthlessOrders(t *testing.T) {
	healthy := func() *sales.Snapshot { return shop(400, friday, week.Selling) }
	for name, c := range map[string]struct {
		snapshot *sales.Snapshot
		want     string
	}{
		"all zero on the last day":         {spoil(healthy(), each(true, friday, 0)), "stale_worthless"},
		"all zero since Monday":            {spoil(healthy(), each(true, friday-4, 0)), "stale_worthless"},
		"all zero for two months":          {spoil(healthy(), each(true, friday-60, 0)), "stale_worthless"},
		"all zero for half a year":         {spoil(healthy(), each(true, friday-180, 0)), "stale_worthless"},
		"all negative since Monday":        {spoil(healthy(), each(true, friday-4, -1)), "stale_worthless"},
		"half of the customers' zero":      {spoil(healthy(), each(false, friday-13, 0)), "stale_worthless"},
		"half of them never had an amount": {spoil(healthy(), each(false, 0, 0)), ""},
		"free samples to most":             {sampled(healthy()), ""},
		"all zero, but closed ever since":  {spoil(healthy(), each(true, friday-1, 0)), ""},
		"a few customers, all zero":        {spoil(shop(8, friday, week.Selling), each(true, friday-4, 0)), ""},
	} {
		calendar := week
		if strings.HasSuffix(name, "closed ever since") { // days that are listed as holidays tell nothing
			calendar.Holidays = map[sales.Date]bool{friday: true, friday - 1: true, friday - 2: true}
		}
		if f := (freshness.Rules{Calendar: calendar}).Check(c.snapshot); headline(f) != c.want {
			t.Errorf("%s: %q; want %q: %+v", name, headline(f), c.want, f)
		}
	}
}

func TestFactsOfWorthlessOrders(t *testing.T) {
	f := freshness.Rules{Calendar: week}.Check(spoil(shop(400, friday, week.Selling), each(true, friday-6, 0)))
	facts, ok := f.Facts.(freshness.WorthlessFacts)
	if !ok || facts.DataThrough != friday || facts.Worthless != facts.OrderDays || facts.Share != 1 || facts.Usual > .02 || facts.Customers < 10 {
		t.Errorf("a week of zeros: %+v", f.Facts)
	}
}
