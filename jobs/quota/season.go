package quota

import (
	"time"

	"dangol/internal/sales"
	"dangol/jobs/figures"
)

const (
	// seasonDays is how much history the season of sales needs.
	seasonDays = 400
	// fifths of a month's selling days are weighted apart: many companies sell
	// most in the last days of a month.
	fifths = 5
)

// season is how much the company sells on one selling day, against the mean: by
// month of the year and by place in the month.
type season struct {
	calendar sales.Calendar
	known    bool
	month    [13]float64 // by time.Month
	place    [fifths]float64
	weights  map[sales.Date]float64 // those asked for so far
}

// seasonOf learns the season from the last 12 complete months.
func seasonOf(l *figures.Ledger, calendar sales.Calendar) season {
	s := season{calendar: calendar, weights: map[sales.Date]float64{}}
	last := sales.LastMonth(l.Snapshot.AsOf)
	if l.Began == 0 || int(last.To-l.Began) < seasonDays {
		return s
	}
	var whole float64
	days := 0
	var sold [fifths]float64
	var counted [fifths]int
	for range 12 {
		net, selling := 0.0, 0
		for d := last.From; d <= last.To; d++ {
			if !calendar.Selling(d) {
				continue
			}
			amount := l.Sales(figures.Company, sales.Span{From: d, To: d}).Float()
			fifth := s.fifth(d)
			sold[fifth] += amount
			counted[fifth]++
			net += amount
			selling++
		}
		if selling == 0 || net <= 0 {
			return season{calendar: calendar}
		}
		s.month[last.From.Time().Month()] = net / float64(selling)
		whole += net
		days += selling
		last = sales.MonthOf(last.From - 1)
	}
	mean := whole / float64(days)
	for m := time.January; m <= time.December; m++ {
		s.month[m] /= mean
	}
	for i := range sold {
		s.place[i] = max(.05, sold[i]/float64(max(1, counted[i]))/mean)
	}
	s.known = true
	return s
}

// fifth is the place of a selling day in its month.
func (s *season) fifth(d sales.Date) int {
	month := sales.MonthOf(d)
	before, all := s.calendar.SellingDays(month.From-1, d-1), s.calendar.SellingDaysIn(month)
	return min(fifths-1, fifths*before/max(1, all))
}

// weight is what the company sells on a day, against the mean.
func (s *season) weight(d sales.Date) float64 {
	w, ok := s.weights[d]
	if !ok {
		w = s.month[d.Time().Month()] * s.place[s.fifth(d)]
		s.weights[d] = w
	}
	return w
}
