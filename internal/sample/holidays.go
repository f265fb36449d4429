package sample

import (
	"slices"
	"time"

	"dangol/internal/sales"
)

// Holiday is a public holiday of Korea.
type Holiday struct {
	Date sales.Date
	Name string // in English
}

// lunar gives Buddha's birthday, Seollal and Chuseok of a year by the Korean
// calendar (in 2027 and 2028 Seollal is a day later than in China).
type lunar struct{ seollal, buddha, chuseok [2]int }

var lunarYears = map[int]lunar{
	2020: {[2]int{1, 25}, [2]int{4, 30}, [2]int{10, 1}},
	2021: {[2]int{2, 12}, [2]int{5, 19}, [2]int{9, 21}},
	2022: {[2]int{2, 1}, [2]int{5, 8}, [2]int{9, 10}},
	2023: {[2]int{1, 22}, [2]int{5, 27}, [2]int{9, 29}},
	2024: {[2]int{2, 10}, [2]int{5, 15}, [2]int{9, 17}},
	2025: {[2]int{1, 29}, [2]int{5, 5}, [2]int{10, 6}},
	2026: {[2]int{2, 17}, [2]int{5, 24}, [2]int{9, 25}},
	2027: {[2]int{2, 7}, [2]int{5, 13}, [2]int{9, 15}},
	2028: {[2]int{1, 27}, [2]int{5, 2}, [2]int{10, 3}},
	2029: {[2]int{2, 13}, [2]int{5, 20}, [2]int{9, 22}},
	2030: {[2]int{2, 3}, [2]int{5, 9}, [2]int{9, 12}},
	2031: {[2]int{1, 23}, [2]int{5, 28}, [2]int{10, 1}},
	2032: {[2]int{2, 11}, [2]int{5, 16}, [2]int{9, 19}},
}

// decreed are the holidays that no rule gives: elections and days off declared once.
var decreed = []Holiday{
	{sales.NewDate(2020, 4, 15), "Election day"},
	{sales.NewDate(2020, 8, 17), "Temporary holiday"},
	{sales.NewDate(2022, 3, 9), "Election day"},
	{sales.NewDate(2022, 6, 1), "Election day"},
	{sales.NewDate(2023, 10, 2), "Temporary holiday"},
	{sales.NewDate(2024, 4, 10), "Election day"},
	{sales.NewDate(2024, 10, 1), "Temporary holiday"},
	{sales.NewDate(2025, 1, 27), "Temporary holiday"},
	{sales.NewDate(2025, 6, 3), "Election day"},
	{sales.NewDate(2026, 6, 3), "Election day"},
}

// fixed is a holiday on the same date each year. From the year given on (0:
// never) a day off follows when it falls on a weekend or another holiday.
type fixed struct {
	month time.Month
	day   int
	name  string
	since sales.Date
}

var fixedDays = []fixed{
	{1, 1, "New Year's Day", 0},
	{3, 1, "Independence Movement Day", sales.NewDate(2021, 8, 1)},
	{5, 1, "Labour Day", 0},
	{5, 5, "Children's Day", sales.NewDate(2014, 1, 1)},
	{6, 6, "Memorial Day", 0},
	{8, 15, "Liberation Day", sales.NewDate(2021, 8, 1)},
	{10, 3, "National Foundation Day", sales.NewDate(2021, 8, 1)},
	{10, 9, "Hangul Day", sales.NewDate(2021, 8, 1)},
	{12, 25, "Christmas Day", sales.NewDate(2023, 5, 1)},
}

// Holidays returns the public holidays of the year by date, substitutes and
// Labour Day included. Seollal, Chuseok and Buddha's birthday are known for
// 2020 to 2032; other years have the fixed dates only.
func Holidays(year int) []Holiday {
	y := &holidayYear{names: map[sales.Date]string{}}
	for _, f := range fixedDays {
		y.add(sales.NewDate(year, f.month, f.day), f.name, f.since, true)
	}
	if l, ok := lunarYears[year]; ok {
		y.add(sales.NewDate(year, time.Month(l.buddha[0]), l.buddha[1]), "Buddha's birthday", sales.NewDate(2023, 5, 1), true)
		y.festival(sales.NewDate(year, time.Month(l.seollal[0]), l.seollal[1]), "Seollal")
		y.festival(sales.NewDate(year, time.Month(l.chuseok[0]), l.chuseok[1]), "Chuseok")
	}
	for _, h := range decreed {
		if h.Date.Time().Year() == year {
			y.names[h.Date] = h.Name
		}
	}
	y.substitute()
	return y.sorted()
}

// holidayYear gathers the holidays of one year and the substitutes they call for.
type holidayYear struct {
	names map[sales.Date]string
	owed  []Holiday // holidays that fell on a free day and are given back later
}

func (y *holidayYear) add(d sales.Date, name string, since sales.Date, saturdayToo bool) {
	_, taken := y.names[d]
	free := taken || d.Weekday() == time.Sunday || saturdayToo && d.Weekday() == time.Saturday
	if free && since != 0 && d >= since {
		y.owed = append(y.owed, Holiday{d, "Substitute for " + name})
	}
	if !taken {
		y.names[d] = name
	}
}

// festival adds the three days around Seollal or Chuseok. A Saturday among
// them is not given back.
func (y *holidayYear) festival(d sales.Date, name string) {
	for _, day := range []sales.Date{d - 1, d, d + 1} {
		y.add(day, name, sales.NewDate(2014, 1, 1), false)
	}
}

// substitute gives each owed day back on the next day that is free of any holiday.
func (y *holidayYear) substitute() {
	slices.SortFunc(y.owed, func(a, b Holiday) int { return int(a.Date - b.Date) })
	for _, h := range y.owed {
		d := h.Date + 1
		for y.names[d] != "" || d.Weekday() == time.Sunday || d.Weekday() == time.Saturday {
			d++
		}
		y.names[d] = h.Name
	}
}

func (y *holidayYear) sorted() []Holiday {
	days := make([]Holiday, 0, len(y.names))
	for d, name := range y.names {
		days = append(days, Holiday{d, name})
	}
	slices.SortFunc(days, func(a, b Holiday) int { return int(a.Date - b.Date) })
	return days
}

// holidaysAround returns the holidays of the years that a company ending on
// asOf looks at: its history and the year after.
func holidaysAround(asOf sales.Date) []Holiday {
	var days []Holiday
	for year := (asOf - historyDays).Time().Year(); year <= asOf.Time().Year()+1; year++ {
		days = append(days, Holidays(year)...)
	}
	return days
}

// Calendar returns the selling days of the company that ends on asOf: Monday to
// Friday without the holidays of Korea.
func Calendar(asOf sales.Date) sales.Calendar {
	c := sales.Calendar{Holidays: map[sales.Date]bool{}}
	c.Weekend[time.Saturday], c.Weekend[time.Sunday] = true, true
	for _, h := range holidaysAround(asOf) {
		c.Holidays[h.Date] = true
	}
	return c
}
