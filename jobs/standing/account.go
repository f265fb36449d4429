package standing

import (
	"dangol/internal/sales"
	"dangol/jobs/silence"
)

const (
	// MinOrders is the fewest buying days on which odds are given.
	MinOrders = minOrders
	// CurrentDays is the silence that a current regular may have in any case.
	CurrentDays = currentDays
	// DaysPerMonth is the mean length of a month.
	DaysPerMonth = daysPerMonth
	// MinMonths is the shortest time over which monthly amounts are averaged.
	MinMonths = minMonths
)

// CurrentLimit returns the longest silence, in calendar days, with which a
// regular still is a current one.
func (s *Standing) CurrentLimit() float64 { return max(2*s.Horizon, currentDays) }

// History returns the buying days that a customer's judgement rests on, those
// within merge_days of an order's first day merged into it.
func (s *Sheet) History(c *sales.Customer) silence.History {
	return history(c, s.AsOf, s.Rules.MergeDays)
}

// Average is what a monthly amount is made of.
type Average struct {
	From, To sales.Date // both included
	Months   float64
	Bought   sales.Money // on the buying days
	Returned sales.Money // on the other days; not above zero
	Orders   int         // buying days, not merged
	Returns  int         // other days
}

// Average returns what the monthly amount is made of: (Bought + Returned) ÷
// Months. It is empty without a buying day.
func (s *Standing) Average() Average {
	if s.Orders == 0 {
		return Average{}
	}
	from, months := window(s.First, s.Last)
	a := Average{From: from + 1, To: s.Last, Months: months}
	for _, d := range s.Customer.Days {
		switch {
		case d.Date <= from || d.Date > s.Last:
		case d.Net > 0:
			a.Bought += d.Net
			a.Orders++
		default:
			a.Returned += d.Net
			a.Returns++
		}
	}
	return a
}

// window returns the months over which the amount is averaged and the date
// after which they begin.
func window(first, last sales.Date) (after sales.Date, months float64) {
	after = last.AddMonths(-12)
	if first <= after {
		return after, 12
	}
	return first - 1, min(12, max(minMonths, float64(last-first+1)/daysPerMonth))
}
