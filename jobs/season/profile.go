package season

import (
	"time"

	"dangol/internal/sales"
)

const (
	// seasonal is the probability below which the months differ by more than
	// chance.
	seasonal = 1e-4
	// minYears is how many years of history, in days, a profile needs.
	minYears = 2 * 365
	// minCells is the fewest degrees of freedom from which the years' own
	// scatter is estimated.
	minCells = 6
	// minScatter bounds the scatter of counts from below: regular buyers order
	// more evenly than by chance, but not for ever.
	minScatter = .5
	// ownWeight and segmentWeight are the orders' worth of the profile above
	// that a customer's and a segment's own profile are shrunk by.
	ownWeight, segmentWeight = 1, 30
	// minMember: a customer with fewer buying days says nothing about the company,
	// and fewer than minCompany of the others do not either: where they are few,
	// the company's empty days are their silence and no closure.
	minMember, minCompany = 5, 10
)

// Profile is how much a day of each month counts, 1 for an average day; index 0
// is January.
type Profile [12]float64

var flat = Profile{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}

// cell counts one month of one year: orders, and how many would have come if all
// months were alike.
type cell struct{ orders, expected float64 }

// table counts orders by month and year.
type table struct {
	first int // year
	years [][12]cell
}

// add counts a customer's orders and, for the days between its first and last,
// how many were to be expected at its own mean rate under no season. The open
// silence is left out: it is what shall be judged.
func (t *table) add(days []sales.Date, closed []Span) {
	last := len(days) - 1
	if last < 1 {
		return
	}
	open := int(days[last]-days[0]) - within(closed, days[0], days[last])
	if open <= 0 {
		return
	}
	rate := float64(last) / float64(open)
	for _, d := range days[1:] {
		t.at(d).orders++
	}
	for d := days[0] + 1; d <= days[last]; {
		end := min(monthEnd(d), days[last])
		t.at(d).expected += rate * float64(int(end-d)+1-within(closed, d-1, end))
		d = end + 1
	}
}

func (t *table) at(d sales.Date) *cell {
	year, month, _ := d.Time().Date()
	if len(t.years) == 0 {
		t.first = year
	}
	for ; year < t.first; t.first-- {
		t.years = append([][12]cell{{}}, t.years...)
	}
	for year >= t.first+len(t.years) {
		t.years = append(t.years, [12]cell{})
	}
	return &t.years[year-t.first][month-1]
}

func monthEnd(d sales.Date) sales.Date {
	year, month, _ := d.Time().Date()
	return sales.NewDate(year, month+1, 1) - 1
}

// months adds the years up.
func (t *table) months() (sum [12]cell) {
	for _, year := range t.years {
		for m, c := range year {
			sum[m].orders += c.orders
			sum[m].expected += c.expected
		}
	}
	return sum
}

// differs reports whether the months differ from the profile by more than they
// differ from year to year: an F test of Pearson's χ² between the months
// against that within them.
func (t *table) differs(from Profile) bool {
	sum := t.months()
	between, free := 0.0, -1
	for m, c := range sum {
		if e := c.expected * from[m]; e > 0 {
			between += (c.orders - e) * (c.orders - e) / e
			free++
		}
	}
	within, cells := t.scatter(sum)
	if free < 11 || cells < minCells {
		return false
	}
	scatter := max(minScatter, within/float64(cells))
	return upperF(between/float64(free)/scatter, float64(free), float64(cells)) < seasonal
}

// scatter is Pearson's χ² of the years around each month's own rate, and its
// degrees of freedom.
func (t *table) scatter(sum [12]cell) (chi float64, free int) {
	for m, c := range sum {
		seen := -1
		for _, year := range t.years {
			if year[m].expected == 0 {
				continue
			}
			seen++
			if e := year[m].expected * c.orders / c.expected; e > 0 {
				chi += (year[m].orders - e) * (year[m].orders - e) / e
			}
		}
		free += max(0, seen)
	}
	return chi, free
}

// profile is the months' share of what was expected, shrunk to another profile
// by so many orders' worth, averaging 1 over the year.
func (t *table) profile(to Profile, worth float64) Profile {
	var p Profile
	total := 0.0
	for m, c := range t.months() {
		p[m] = (c.orders + worth*to[m]) / (c.expected + worth)
		total += p[m]
	}
	for m := range p {
		p[m] *= 12 / total
	}
	return p
}

// monthOf returns the month's index.
func monthOf(d sales.Date) int { return int(d.Time().Month() - time.January) }
