package season

import (
	"math"
	"slices"

	"dangol/internal/sales"
)

const (
	// usualShare: the usual pause of a source covers this share of its runs of
	// empty days.
	usualShare = .95
	// halfYear is the number of days from which the rate of a weekday is learned.
	halfYear = 26 * 7
)

// Flow is the company's order flow: for each date from First on, the customers
// with order lines. Without any, it is empty.
type Flow struct {
	First  sales.Date
	Buyers []int
}

// NewFlow counts the buyers of every date from the beginning of the books through
// DataThrough. Days dated earlier or later are passed over.
func NewFlow(snapshot *sales.Snapshot) Flow {
	first := snapshot.DataThrough + 1
	if began := sales.Beginning(snapshot.OrderDays(snapshot.DataThrough)); began != 0 {
		first = min(first, began)
	}
	f := Flow{First: first, Buyers: make([]int, int(snapshot.DataThrough-first)+1)}
	for i := range snapshot.Customers {
		for _, d := range snapshot.Customers[i].Days {
			if d.Date >= first && d.Date <= snapshot.DataThrough {
				f.Buyers[d.Date-first]++
			}
		}
	}
	return f
}

// Last returns the last date counted.
func (f Flow) Last() sales.Date { return f.First + sales.Date(len(f.Buyers)) - 1 }

// Cut returns the part of the flow that lies within [from, to].
func (f Flow) Cut(from, to sales.Date) Flow {
	from, to = max(from, f.First), min(to, f.Last())
	if to < from {
		return Flow{First: from}
	}
	return Flow{First: from, Buyers: f.Buyers[from-f.First : to-f.First+1]}
}

// Busy counts the dates with order lines.
func (f Flow) Busy() int {
	n := 0
	for _, b := range f.Buyers {
		if b > 0 {
			n++
		}
	}
	return n
}

// UsualPause is the length in days of the source's usual run of empty days: a
// weekend for a daily source, six days for one that is booked weekly. It covers
// 95 of 100 of the runs between two dates with order lines.
func (f Flow) UsualPause() int {
	var pauses []int
	run := 0
	for _, b := range f.Buyers {
		if b == 0 {
			run++
			continue
		}
		pauses = append(pauses, run)
		run = 0
	}
	if len(pauses) == 0 {
		return 0
	}
	slices.Sort(pauses)
	return pauses[min(len(pauses)-1, int(usualShare*float64(len(pauses))))]
}

// ChanceOfEmpty is the probability that nobody orders on any selling day of
// [from, to], each weekday at its own rate. A weekday that was empty before is
// at least that likely to be empty again.
func (f Flow) ChanceOfEmpty(from, to sales.Date, calendar sales.Calendar) float64 {
	chance := 1.0
	for d := from; d <= to && chance > 0; d++ {
		if calendar.Selling(d) {
			chance *= f.emptyShare(d, calendar)
		}
	}
	return chance
}

// emptyShare is the chance that nobody orders on a selling day of that weekday.
func (f Flow) emptyShare(like sales.Date, calendar sales.Calendar) float64 {
	days, empty, buyers := 0, 0, 0
	for i := int(((like-f.First)%7 + 7) % 7); i < len(f.Buyers); i += 7 {
		if !calendar.Selling(f.First + sales.Date(i)) {
			continue
		}
		days++
		buyers += f.Buyers[i]
		if f.Buyers[i] == 0 {
			empty++
		}
	}
	if days == 0 {
		return 1
	}
	rate := float64(buyers) / float64(days)
	return max(math.Exp(-rate), float64(empty)/float64(days+1))
}

// PerSellingDay returns the customers who order on a mean selling day.
func (f Flow) PerSellingDay(calendar sales.Calendar) float64 {
	days, buyers := 0, 0
	for i, b := range f.Buyers {
		if calendar.Selling(f.First + sales.Date(i)) {
			days++
			buyers += b
		}
	}
	if days == 0 {
		return 0
	}
	return float64(buyers) / float64(days)
}
