package freshness_test

import (
	"fmt"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/freshness"
)

const shopDate = sales.Date(20781)

// unreadShop is a shop of 100 weekly buyers, some of whose order dates have
// amounts that cannot be read: a share of the last four weeks and one of before.
func unreadShop(recent, before int) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: shopDate, DataThrough: shopDate, BadAmount: "12,50"}
	n, m := 0, 0
	for i := range 100 {
		c := sales.Customer{ID: fmt.Sprint(i)}
		for d := shopDate - 300 + sales.Date(i%7); d <= shopDate; d += 7 {
			switch {
			case d > shopDate-28 && n < recent:
				n++
				c.Unread = append(c.Unread, d)
			case d <= shopDate-28 && m < before:
				m++
				c.Unread = append(c.Unread, d)
			default:
				c.Days = append(c.Days, sales.Day{Date: d, Net: sales.MoneyUnit})
			}
		}
		s.Customers = append(s.Customers, c)
	}
	return s
}

// An order day with lines of both kinds is one order day, and after half a year in
// which no amount could be read that still is the fault, not that orders stopped.
func TestUnreadableOrderDays(t *testing.T) {
	mixed := unreadShop(200, 0)
	for i := range mixed.Customers {
		c := &mixed.Customers[i]
		for _, d := range c.Unread {
			c.Days = append(c.Days, sales.Day{Date: d, Net: sales.MoneyUnit})
		}
		slices.SortFunc(c.Days, func(a, b sales.Day) int { return int(a.Date - b.Date) })
	}
	facts, _ := freshness.Rules{}.Check(mixed).Facts.(freshness.UnreadableFacts)
	if facts.Unread != 200 || facts.OrderDays != 400 || facts.Share != .5 {
		t.Errorf("200 of 400 order days: %+v", facts)
	}
	lasting := unreadShop(0, 0)
	lasting.DataThrough = shopDate - 170
	for i := range lasting.Customers {
		c := &lasting.Customers[i]
		n := slices.IndexFunc(c.Days, func(d sales.Day) bool { return d.Date > lasting.DataThrough })
		for _, d := range c.Days[n:] {
			c.Unread = append(c.Unread, d.Date)
		}
		c.Days = c.Days[:n]
	}
	if f := (freshness.Rules{}).Check(lasting); headline(f) != "stale_unreadable" {
		t.Errorf("nothing can be read for half a year: %+v", f)
	}
}

func TestUnreadable(t *testing.T) {
	for _, tt := range []struct {
		name           string
		recent, before int
		stale          bool
	}{
		{"all can be read", 0, 0, false},
		{"a few in a large shop", 4, 0, false},
		{"one in sixteen since lately", 25, 0, true},
		{"as many as ever: free goods, say", 25, 240, false},
		{"far more than ever", 200, 240, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := freshness.Rules{}.Check(unreadShop(tt.recent, tt.before))
			if (got != nil) != tt.stale {
				t.Fatalf("finding %+v, want stale %v", got, tt.stale)
			}
			if got == nil {
				return
			}
			facts, ok := got.Facts.(freshness.UnreadableFacts)
			if !ok || got.Kind != finding.DataStale || facts.Unread != tt.recent || facts.Example != "12,50" || facts.Share <= .01 {
				t.Errorf("facts %+v", got.Facts)
			}
		})
	}
}
