package sales

import "time"

// Calendar says on which dates the company sells. The zero value sells every day.
type Calendar struct {
	Weekend  [7]bool // by time.Weekday
	Holidays map[Date]bool
}

// Selling reports whether the company sells on d.
func (c Calendar) Selling(d Date) bool {
	return !c.Weekend[d.Weekday()] && !c.Holidays[d]
}

// SellingDays counts the selling days in (from, to].
func (c Calendar) SellingDays(from, to Date) int {
	n := 0
	for d := from + 1; d <= to; d++ {
		if c.Selling(d) {
			n++
		}
	}
	return n
}

// AddSellingDays returns the nth selling day after d.
func (c Calendar) AddSellingDays(d Date, n int) Date {
	if c.Weekend == [7]bool{true, true, true, true, true, true, true} {
		return d + Date(n)
	}
	for n > 0 {
		d++
		if c.Selling(d) {
			n--
		}
	}
	return d
}

// ParseWeekday reads mon … sun.
func ParseWeekday(s string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if s == dayNames[day] {
			return day, true
		}
	}
	return 0, false
}

var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
