package finding

import (
	"slices"

	"dangol/internal/sales"
)

// CourseMonths is how many months a course shows.
const CourseMonths = 12

// Course is what a customer bought month by month, with what was usual for it.
type Course struct {
	Months []Month `json:"months"` // calendar months, the as-of date's last
	// Low and High bound the middle half of the customer's own months in the year
	// before the break; both 0: fewer than four months are known.
	Low  sales.Money `json:"usual_low"`
	High sales.Money `json:"usual_high"`
}

// Month is one month of a course.
type Month struct {
	Start sales.Date  `json:"month"` // its first day
	Days  int         `json:"buying_days"`
	Net   sales.Money `json:"amount"`
}

// leastMonths is from how many months on a middle half means anything.
const leastMonths = 4

// CourseOf is the course of a customer's days, of all that it bought or of some
// products, as of a date. The break is the date after which it buys otherwise: the
// months that ended before it are what was usual. Days ascend by date.
func CourseOf(days []sales.Day, asOf, after sales.Date) Course {
	start := sales.MonthOf(asOf).From.AddMonths(1 - CourseMonths)
	course := Course{}
	for start <= asOf {
		course.Months = append(course.Months, monthOf(days, start))
		start = start.AddMonths(1)
	}
	course.Low, course.High = usual(days, after)
	return course
}

func monthOf(days []sales.Day, start sales.Date) Month {
	m := Month{Start: start}
	end := start.AddMonths(1)
	from, _ := slices.BinarySearchFunc(days, start, func(d sales.Day, at sales.Date) int { return int(d.Date - at) })
	for _, d := range days[from:] {
		if d.Date >= end {
			break
		}
		m.Net += d.Net
		if d.Net > 0 {
			m.Days++
		}
	}
	return m
}

// usual are the quartiles of the months that ended before a date, a year of them at
// most, the first order's month left out where it is one of them.
func usual(days []sales.Day, after sales.Date) (low, high sales.Money) {
	if len(days) == 0 {
		return 0, 0
	}
	first := sales.MonthOf(days[0].Date).From.AddMonths(1)
	var nets []sales.Money
	for start := max(first, sales.MonthOf(after).From.AddMonths(-CourseMonths)); start.AddMonths(1) <= after; start = start.AddMonths(1) {
		nets = append(nets, monthOf(days, start).Net)
	}
	if len(nets) < leastMonths {
		return 0, 0
	}
	slices.Sort(nets)
	last := len(nets) - 1
	return nets[(last+2)/4], nets[last-(last+2)/4]
}
