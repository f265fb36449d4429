package freshness

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// unreadDays is the span whose unreadable amounts are looked at, before which
	// the company's own usual share is learned over a year.
	unreadDays, unreadBefore = 28, 365
	// minUnread and unreadShare: fewer order days, or a smaller share of them, are
	// left to the single customers.
	minUnread, unreadShare = 5, .01
	// unreadJump: the share has grown by more than this factor.
	unreadJump = 3
)

// UnreadableFacts are the evidence that amounts have become unreadable. An order
// day is one date of one customer with order lines.
type UnreadableFacts struct {
	DataThrough sales.Date `json:"data_through"`
	Unread      int        `json:"unreadable_order_days"` // of the last 28 days
	OrderDays   int        `json:"order_days"`            // of the last 28 days, those included
	Share       float64    `json:"share"`
	Usual       float64    `json:"usual_share"` // of the year before
	Example     string     `json:"example"`
}

// unreadable returns a data_stale finding when the amounts of recent order lines
// cannot be read far more often than usual, or nil: customers whose orders are
// there and cannot be counted would be called lost.
func unreadable(snapshot *sales.Snapshot) *finding.Finding {
	facts := UnreadableFacts{DataThrough: snapshot.DataThrough, Example: snapshot.BadAmount}
	recent := snapshot.AsOf - unreadDays
	var read int
	facts.Unread, read = orderDays(snapshot, recent, snapshot.AsOf)
	earlierUnread, earlier := orderDays(snapshot, recent-unreadBefore, recent)
	facts.OrderDays = read + facts.Unread
	facts.Share = share(facts.Unread, facts.OrderDays)
	facts.Usual = share(earlierUnread, earlier+earlierUnread)
	if facts.Unread < minUnread || read > 0 && facts.Share <= max(unreadShare, unreadJump*facts.Usual) {
		return nil
	}
	headline := finding.Say("stale_unreadable", "days", facts.Unread, "recent", facts.OrderDays,
		"share", facts.Share, "example", facts.Example)
	return fault(facts, headline, finding.Say("action_check_import"))
}

// orderDays counts the order days in (after, through] with an unreadable amount and
// those without.
func orderDays(snapshot *sales.Snapshot, after, through sales.Date) (unread, read int) {
	for i := range snapshot.Customers {
		c := &snapshot.Customers[i]
		at := 0
		for _, d := range c.Days {
			for at < len(c.Unread) && c.Unread[at] < d.Date {
				at++
			}
			if both := at < len(c.Unread) && c.Unread[at] == d.Date; !both && d.Date > after && d.Date <= through {
				read++
			}
		}
		for _, d := range c.Unread {
			if d > after && d <= through {
				unread++
			}
		}
	}
	return unread, read
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
