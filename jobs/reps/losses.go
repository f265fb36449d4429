package reps

import (
	"math"

	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// graceDays after a hand-over a loss is nobody's: the habit broke under the rep
// before, or in the change.
const graceDays = 60

// loss is one regular whose silence was confirmed as lost in the window.
type loss struct {
	customer  *sales.Customer
	rep       string // who stood on its orders when it ordered last; empty: nobody answers for it
	last      sales.Date
	confirmed sales.Date
	back      sales.Date // it ordered again; zero: it did not
	yearly    sales.Money
}

// losses returns the losses confirmed in a window: silences of current regulars
// that outlasted 2h on one of its days, by the data alone. Of a customer whom a rep
// lost twice in it, the later one.
func (t *Team) losses(in sales.Span) []loss {
	var list []loss
	for i := range t.Ledger.Snapshot.Customers {
		c := &t.Ledger.Snapshot.Customers[i]
		orders := c.Orders()
		for k := standing.MinOrders - 1; k < len(orders); k++ {
			next := t.asOf + 1
			if k+1 < len(orders) {
				next = orders[k+1]
			}
			if l, ok := t.lossAfter(c, orders[k], next, in); ok {
				if next <= t.asOf {
					l.back = next
				}
				if n := len(list); n > 0 && list[n-1].customer == c && list[n-1].rep == l.rep {
					list = list[:n-1]
				}
				list = append(list, l)
			}
		}
	}
	return list
}

// leastLoss is the shortest silence that can outlast 2h: h is 30 days or more.
const leastLoss = 60

// lossAfter looks at the silence between an order and the next one.
func (t *Team) lossAfter(c *sales.Customer, last, next sales.Date, in sales.Span) (loss, bool) {
	if next-last <= leastLoss || last > in.To-leastLoss {
		return loss{}, false
	}
	sheet := t.Ledger.Sheet
	horizon := sheet.At(c, last).Horizon
	confirmed := last + sales.Date(sheet.Rules.SettleDays) + sales.Date(math.Floor(2*horizon)) + 1
	if !in.Holds(confirmed) || confirmed >= next {
		return loss{}, false
	}
	s := sheet.At(c, confirmed)
	if !s.Regular || !s.Confirmed() || !s.Beyond {
		return loss{}, false
	}
	return loss{customer: c, rep: ownerAt(c, last), last: last, confirmed: confirmed, yearly: 12 * s.Monthly}, true
}

// ownerAt is the rep who stood on a customer's orders on a date, nobody in the
// grace after a hand-over.
func ownerAt(c *sales.Customer, d sales.Date) string {
	for i := len(c.Sellers) - 1; i >= 0; i-- {
		if c.Sellers[i].From > d {
			continue
		}
		if i > 0 && d-c.Sellers[i].From < graceDays {
			return ""
		}
		return c.Sellers[i].RepID
	}
	return ""
}

// regulars counts the current regulars by the rep who stood on their orders, as it
// was at the end of a date, and says whose each was.
func (t *Team) regulars(on sales.Date) (count map[string]int, owners map[*sales.Customer]string) {
	count, owners = map[string]int{}, map[*sales.Customer]string{}
	for i := range t.Ledger.Snapshot.Customers {
		c := &t.Ledger.Snapshot.Customers[i]
		if first := c.FirstOrder(); first == 0 || first > on {
			continue
		}
		if s := t.Ledger.Sheet.At(c, on); s.Current {
			owners[c] = ownerAt(c, on)
			count[owners[c]]++
		}
	}
	return count, owners
}

// since is the date from which a rep stood on orders.
func (t *Team) since(rep sales.Rep) sales.Date {
	return max(t.Ledger.FirstSale(rep.ID), rep.HiredOn)
}
