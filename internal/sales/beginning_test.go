package sales_test

import (
	"slices"
	"testing"

	"dangol/internal/sales"
)

// A mistyped year or an opening balance does not begin the books; an old company
// with a long closure keeps its age.
func TestBeginning(t *testing.T) {
	run := func(from, to sales.Date) []sales.Date {
		var days []sales.Date
		for d := from; d <= to; d++ {
			days = append(days, d)
		}
		return days
	}
	year := run(20_000, 20_365)
	for name, c := range map[string]struct {
		days []sales.Date
		want sales.Date
	}{
		"nothing":                        {nil, 0},
		"one day":                        {[]sales.Date{20_000}, 20_000},
		"a year":                         {year, 20_000},
		"one mistyped year":              {append(slices.Clone(year), 16_926), 20_000},
		"two of them, apart":             {append(slices.Clone(year), 16_926, 12_000), 20_000},
		"opening balances":               {append(slices.Clone(year), 10_957, 10_957, 10_957), 20_000},
		"closed for a year, open before": {append(run(19_400, 19_500), year...), 19_400},
		"few orders, but no year off":    {append(slices.Clone(year), 19_636), 19_636},
	} {
		if got := sales.Beginning(slices.Values(c.days)); got != c.want {
			t.Errorf("%s: %d; want %d", name, got, c.want)
		}
	}
	known := &sales.Snapshot{AsOf: 20_010, Customers: []sales.Customer{{Days: []sales.Day{{Date: 20_001}, {Date: 20_005}, {Date: 20_300}}}}}
	if got := known.Began(); got != 20_001 {
		t.Errorf("what is dated after the as-of date counts: %d", got)
	}
}
