package finding_test

import (
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// A customer who bought for 100, 200 … 1,200 in the months of a year, on two days
// each, and nothing since.
func TestCourse(t *testing.T) {
	c := &sales.Customer{}
	for month := range 12 {
		start := sales.NewDate(2025, time.Month(month+1), 5)
		net := sales.Money(50*(month+1)) * sales.MoneyUnit
		c.Days = append(c.Days, sales.Day{Date: start, Net: net}, sales.Day{Date: start + 10, Net: net})
	}
	last := c.Days[len(c.Days)-1].Date
	course := finding.CourseOf(c.Days, sales.NewDate(2026, time.February, 10), last)
	if n := len(course.Months); n != finding.CourseMonths {
		t.Fatalf("%d months", n)
	}
	first, end := course.Months[0], course.Months[11]
	if first.Start != sales.NewDate(2025, time.March, 1) || first.Net != 300*sales.MoneyUnit || first.Days != 2 {
		t.Errorf("first month %+v", first)
	}
	if end.Start != sales.NewDate(2026, time.February, 1) || end.Net != 0 || end.Days != 0 {
		t.Errorf("last month %+v", end)
	}
	// February to November: 200 … 1,100; the middle half is 400 … 900.
	if course.Low != 400*sales.MoneyUnit || course.High != 900*sales.MoneyUnit {
		t.Errorf("usual %v to %v", course.Low, course.High)
	}
}

func TestShortCourse(t *testing.T) {
	if c := finding.CourseOf(nil, 20000, 20000); len(c.Months) != 12 || c.High != 0 {
		t.Errorf("without orders: %+v", c)
	}
	young := &sales.Customer{Days: []sales.Day{{Date: 19950, Net: 1}, {Date: 19990, Net: 1}}}
	if c := finding.CourseOf(young.Days, 20000, 19990); c.Low != 0 || c.High != 0 {
		t.Errorf("of two months nothing is usual: %+v", c)
	}
}
