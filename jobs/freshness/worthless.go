package freshness

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// worthlessShare of the order days that come to nothing, and worthlessJump times
	// the usual share, look like a fault; return days alone hardly reach it.
	worthlessShare, worthlessJump = .25, 3
	// worthlessFall: the days on which something was bought fell below this share
	// of those before. Free samples come on top of the orders, a fault in their place.
	worthlessFall = .85
)

// WorthlessFacts are the evidence that orders have lost their amounts. An order
// day is one date of one customer with order lines; it is worthless if they add
// up to zero or less.
type WorthlessFacts struct {
	DataThrough sales.Date `json:"data_through"`
	Since       sales.Date `json:"since"` // all order days from here on are counted
	Worthless   int        `json:"worthless_order_days"`
	OrderDays   int        `json:"order_days"`
	Customers   int        `json:"customers"` // whose order days came to nothing
	Share       float64    `json:"share"`
	Usual       float64    `json:"usual_share"` // of the year before
}

// lasting reports whether nothing has been worth anything for four weeks: a fault
// even when that has become usual.
func (f WorthlessFacts) lasting(span int) bool {
	return span == unreadDays && f.Worthless == f.OrderDays
}

// worthless returns a data_stale finding when the order days of the last days
// come to zero or less far more often than usual, in the place of orders, or nil:
// they are no buying days, and whoever placed them would be called lost.
func (r Rules) worthless(snapshot *sales.Snapshot) *finding.Finding {
	var buying *level
	for _, span := range jumpSpans {
		after := snapshot.DataThrough - sales.Date(span)
		f := worthlessSince(snapshot, after)
		if f.OrderDays < minJumpOrders || f.Customers < minJumpCustomers || !f.lasting(span) && f.Share <= max(worthlessShare, worthlessJump*f.Usual) {
			continue
		}
		if buying == nil {
			l := newLevel(snapshot, r.Calendar, snapshot.DataThrough, bought)
			buying = &l
		}
		if f.lasting(span) || buying.below(worthlessFall, after) {
			return fault(f, finding.Say("stale_worthless", "since", f.Since, "days", f.Worthless, "recent", f.OrderDays, "share", f.Share),
				finding.Say("action_check_amounts"))
		}
	}
	return nil
}

// below reports whether the buyers after a date are fewer than a share of those
// that the weeks before let expect.
func (l *level) below(least float64, after sales.Date) bool {
	n := len(l.dates) - l.index(after+1)
	if n == 0 {
		return false // closed ever since
	}
	s, ok := l.spell(len(l.dates)-1, n)
	return ok && s.buyers < least*s.expected
}

// worthlessSince compares the order days after a date with those of the year before.
func worthlessSince(snapshot *sales.Snapshot, after sales.Date) WorthlessFacts {
	now, year := worthOf(snapshot, after, snapshot.DataThrough), worthOf(snapshot, after-unreadBefore, after)
	return WorthlessFacts{DataThrough: snapshot.DataThrough, Since: after + 1, Worthless: now.worthless, OrderDays: now.orderDays,
		Customers: now.customers, Share: share(now.worthless, now.orderDays), Usual: share(year.worthless, year.orderDays)}
}

// worth counts order days, and those without a value.
type worth struct{ orderDays, worthless, customers int }

func worthOf(snapshot *sales.Snapshot, after, through sales.Date) worth {
	var w worth
	for i := range snapshot.Customers {
		before := w.worthless
		for _, d := range snapshot.Customers[i].Days {
			if d.Date <= after || d.Date > through {
				continue
			}
			w.orderDays++
			if !bought(d) {
				w.worthless++
			}
		}
		if w.worthless > before {
			w.customers++
		}
	}
	return w
}
