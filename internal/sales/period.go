package sales

import "time"

// Span is a run of civil dates; From and To are both included.
type Span struct {
	From Date `json:"from"`
	To   Date `json:"to"`
}

// Holds reports whether d lies in the span.
func (s Span) Holds(d Date) bool { return s.From <= d && d <= s.To }

// Days is the number of calendar days in the span.
func (s Span) Days() int { return max(0, int(s.To-s.From)+1) }

// Until returns the part of the span on or before d.
func (s Span) Until(d Date) Span { return Span{s.From, min(s.To, d)} }

// Period is the length of time for which a quota holds.
type Period string

// The periods.
const (
	Daily     Period = "day"
	Weekly    Period = "week" // Monday to Sunday
	Monthly   Period = "month"
	Quarterly Period = "quarter" // of the fiscal year
)

// Fiscal is the company's fiscal year: the month, 1 to 12, in which it begins.
// Zero means January.
type Fiscal int

// Period returns the period of the kind that holds d. Quarters follow the fiscal
// year; days, weeks and months do not depend on it.
func (f Fiscal) Period(kind Period, d Date) Span {
	switch kind {
	case Daily:
		return Span{d, d}
	case Weekly:
		monday := d - (Date(d.Weekday())+6)%7
		return Span{monday, monday + 6}
	case Quarterly:
		start := f.Year(d).From
		for start.AddMonths(3) <= d {
			start = start.AddMonths(3)
		}
		return Span{start, start.AddMonths(3) - 1}
	}
	return MonthOf(d)
}

// Before returns the period of the kind that ends the day before a span begins.
func (f Fiscal) Before(kind Period, s Span) Span { return f.Period(kind, s.From-1) }

// Year returns the fiscal year that holds d.
func (f Fiscal) Year(d Date) Span {
	y, m, _ := d.Time().Date()
	first := time.Month(max(1, f))
	if m < first {
		y--
	}
	start := NewDate(y, first, 1)
	return Span{start, start.AddMonths(12) - 1}
}

// MonthOf returns the calendar month that holds d.
func MonthOf(d Date) Span {
	y, m, _ := d.Time().Date()
	start := NewDate(y, m, 1)
	return Span{start, start.AddMonths(1) - 1}
}

// LastMonth returns the last calendar month that is complete at the end of d:
// d's own where d is its last day.
func LastMonth(d Date) Span {
	if month := MonthOf(d); month.To == d {
		return month
	}
	return MonthOf(MonthOf(d).From - 1)
}

// LastWeek returns the last week, Monday to Sunday, that is complete at the end
// of d.
func LastWeek(d Date) Span {
	sunday := d - Date(d.Weekday())
	return Span{sunday - 6, sunday}
}

// YearAgo moves a span back by a year of months: the whole month of February
// becomes the whole of the earlier one, 29 February its 28th.
func (s Span) YearAgo() Span {
	from, to := s.From.AddMonths(-12), s.To.AddMonths(-12)
	if MonthOf(s.To).To == s.To {
		to = MonthOf(to).To
	}
	return Span{from, to}
}

// SellingDaysIn counts the selling days of a span.
func (c Calendar) SellingDaysIn(s Span) int { return c.SellingDays(s.From-1, s.To) }

// Absence is one leave of a rep, both days included.
type Absence struct {
	RepID    string
	From, To Date
}

// Leave are the absences of the reps, by id.
type Leave map[string][]Span

// NewLeave sorts absences by rep.
func NewLeave(absences []Absence) Leave {
	leave := Leave{}
	for _, a := range absences {
		leave[a.RepID] = append(leave[a.RepID], Span{a.From, a.To})
	}
	return leave
}

// Away reports whether the rep is on leave on d.
func (l Leave) Away(rep string, d Date) bool {
	for _, s := range l[rep] {
		if s.Holds(d) {
			return true
		}
	}
	return false
}
