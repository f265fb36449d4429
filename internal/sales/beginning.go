package sales

import (
	"iter"
	"math"
)

const (
	// strayGap: after so many days without anybody's order line the books begin anew,
	strayGap = 365
	// strayShare: if no more than this share of all order days stands before.
	strayShare = .1
)

// Beginning returns the date with which a company's books begin: the oldest of its
// order days, given in any order, but for a few before a year without any: a
// mistyped year, or opening balances. One of them would make the company as old as
// itself, its season known and its oldest customers new ones. Zero without dates.
func Beginning(days iter.Seq[Date]) Date {
	oldest, newest := Date(math.MaxInt32), Date(math.MinInt32)
	for d := range days {
		oldest, newest = min(oldest, d), max(newest, d)
	}
	if oldest > newest {
		return 0
	}
	counts, all := make([]int32, newest-oldest+1), 0
	for d := range days {
		counts[d-oldest]++
		all++
	}
	began, last, before := 0, 0, 0
	for i, n := range counts {
		switch {
		case n == 0:
			continue
		case float64(before) > strayShare*float64(all):
			return oldest + Date(began)
		case i-last > strayGap:
			began = i
		}
		last, before = i, before+int(n)
	}
	return oldest + Date(began)
}

// Began returns the date with which the books begin: [Beginning] of all order days
// through AsOf.
func (s *Snapshot) Began() Date { return Beginning(s.OrderDays(s.AsOf)) }

// OrderDays yields the dates of all customers through a date on which they have
// order lines.
func (s *Snapshot) OrderDays(through Date) iter.Seq[Date] {
	return func(yield func(Date) bool) {
		for i := range s.Customers {
			for _, d := range s.Customers[i].Days {
				if d.Date <= through && !yield(d.Date) {
					return
				}
			}
		}
	}
}
