package panel_test

import (
	"slices"
	"testing"

	"dangol/internal/panel"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Each trade draws the same company from the same seed, with dates ascending and
// within its span; who left orders nothing after that.
func TestTrades(t *testing.T) {
	for _, trade := range panel.Trades() {
		p := trade.Company(3)
		if diff := cmp.Diff(p, trade.Company(3), cmpopts.IgnoreUnexported(panel.Series{})); diff != "" {
			t.Errorf("%s: two companies of one seed differ:\n%s", trade.Name, diff)
		}
		if len(p.Left) == 0 || len(p.Left) > len(p.Customers)/2 {
			t.Errorf("%s: %d of %d left", trade.Name, len(p.Left), len(p.Customers))
		}
		for _, c := range p.Customers {
			if !slices.IsSortedFunc(c.Days, func(a, b sales.Day) int { return int(a.Date - b.Date) }) {
				t.Fatalf("%s: the days of %s do not ascend", trade.Name, c.ID)
			}
			last := c.Days[len(c.Days)-1].Date
			if left := p.Left[c.ID]; c.Days[0].Date < p.From || last > p.Through || left != 0 && last >= left {
				t.Fatalf("%s: %s orders from %s to %s, left %s", trade.Name, c.ID, c.Days[0].Date, last, left)
			}
		}
	}
}
