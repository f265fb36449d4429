package salesdb

import (
	"testing"

	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
)

// Mergers that people speak of are followed where they make sense, and break
// nothing where they do not.
func TestMergedWith(t *testing.T) {
	rows := map[string]sales.Customer{"A": {}, "B": {}, "C": {}, "D": {}}
	tests := map[string]struct{ merged, said, want map[string]string }{
		"one":                   {nil, map[string]string{"A": "B"}, map[string]string{"A": "B"}},
		"a number nobody knows": {nil, map[string]string{"A": "Z9"}, map[string]string{}},
		"itself":                {nil, map[string]string{"A": "A"}, map[string]string{}},
		"a circle":              {nil, map[string]string{"A": "B", "B": "A"}, map[string]string{"A": "B"}},
		"the config decides":    {map[string]string{"A": "C"}, map[string]string{"A": "B"}, map[string]string{"A": "C"}},
		"chains":                {map[string]string{"A": "B"}, map[string]string{"B": "C", "C": "D"}, map[string]string{"A": "D", "B": "D", "C": "D"}},
		"into a merged one":     {map[string]string{"B": "C"}, map[string]string{"A": "B"}, map[string]string{"A": "C", "B": "C"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mergedWith(test.merged, test.said, rows)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSeasonPauses(t *testing.T) {
	days := []sales.Day{{Date: 100}, {Date: 110}, {Date: 230}}
	over := seasonPauses(111, days)
	if len(over) != 1+seasonYears || over[0] != (sales.Pause{From: 111, To: 229, Why: "season"}) ||
		over[1].From != 111+365-14 || over[1].To != 229+365+14 {
		t.Errorf("a season that is over: %+v", over)
	}
	still := seasonPauses(231, days)
	if len(still) != 1 || still[0].To != 231+longestSeason-1 {
		t.Errorf("one that lasts: %+v", still)
	}
	if none := seasonPauses(110, days); len(none) != 0 {
		t.Errorf("one that an order began with: %+v", none)
	}
}
