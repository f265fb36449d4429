// Package diagnosis says why a customer fell silent, what replacing it would
// take and what to do next: causes tried in a fixed order, each with evidence
// for and against. Pure: no I/O, no clock.
package diagnosis

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

const (
	year = 365
	// strangerDays: a customer whose first order lies within so many days of the
	// oldest data may have bought before; it is no new customer.
	strangerDays = 90
	// minFirstYears is the fewest first years from which a median is taken.
	minFirstYears = 5
	// assumedCustomers stands where the company's own history is too short: the
	// doctrine's "two or three new customers do not make up for one regular".
	assumedCustomers = 2.5
)

// Company is what the whole company tells about any one customer's case.
type Company struct {
	snapshot *sales.Snapshot
	sheet    *standing.Sheet
	calendar sales.Calendar

	began       sales.Date  // the books begin
	firstYear   sales.Money // median net amount of a new customer's first year; 0: unknown
	newPerMonth float64     // new customers a month over the last year
	paceKnown   bool        // newPerMonth is known
	newcomers   Newcomers
	all         flow // the company's orders
	segments    map[string]tally
	company     tally                    // of all segments
	books       map[string][]sales.Money // owner → monthly amounts of current regulars, descending
	whole       bool                     // one book for the whole company, under ""

	// Filled in when first asked for.
	flows      map[string]flow    // segment → its orders
	named      map[string][]int   // plain name → customers of the sheet
	trade      map[string][]buyer // product → who bought it
	articles   map[string]int     // product → place in the snapshot's products
	peers      int                // current regulars who order as usual
	complained int                // of them, who complained lately
	pauses     []float64          // pauses of the visits to those who order as usual, in own rhythms, ascending
}

// tally counts the current regulars of a segment and those overdue or lost.
type tally struct {
	regulars, silent int
	lastOrders       []sales.Date // of the regulars, ascending
	lastOfSilent     []sales.Date // of the silent ones, ascending
}

// Survey computes the company's figures once for all cases of a night.
func Survey(snapshot *sales.Snapshot, sheet *standing.Sheet, calendar sales.Calendar) *Company {
	c := &Company{snapshot: snapshot, sheet: sheet, calendar: calendar,
		began: cmp.Or(snapshot.Began(), snapshot.AsOf), segments: map[string]tally{}, books: map[string][]sales.Money{}}
	for i := range sheet.Customers {
		c.count(&sheet.Customers[i])
	}
	for _, book := range c.books {
		slices.SortFunc(book, func(a, b sales.Money) int { return cmp.Compare(b, a) })
	}
	c.sortTallies()
	c.newCustomers()
	c.all = c.flowOf(func(*sales.Customer) bool { return true })
	return c
}

// count adds a current regular to the tallies.
func (c *Company) count(s *standing.Standing) {
	if !s.Current {
		return
	}
	c.books[s.Owner] = append(c.books[s.Owner], s.Monthly)
	t := c.segments[s.Customer.Segment]
	for _, group := range []*tally{&t, &c.company} {
		group.regulars++
		group.lastOrders = append(group.lastOrders, s.Last)
		if isSilent(s) {
			group.silent++
			group.lastOfSilent = append(group.lastOfSilent, s.Last)
		}
	}
	c.segments[s.Customer.Segment] = t
}

func (c *Company) sortTallies() {
	for _, t := range c.segments {
		slices.Sort(t.lastOrders)
		slices.Sort(t.lastOfSilent)
	}
	slices.Sort(c.company.lastOrders)
	slices.Sort(c.company.lastOfSilent)
}

// newCustomers learns what a new customer brings in its first year and how many
// the company wins a month. First orders near the start of the data are left
// out: those customers may be old.
func (c *Company) newCustomers() {
	known := c.began + strangerDays
	since := max(known, c.snapshot.AsOf-year)
	var firstYears []sales.Money
	won := 0
	for i := range c.sheet.Customers {
		s := &c.sheet.Customers[i]
		if s.First == 0 || s.First <= known {
			continue
		}
		if s.First > since {
			won++
		}
		if s.First+year <= c.snapshot.AsOf {
			firstYears = append(firstYears, net(s.Customer, s.First, s.First+year-1))
		}
	}
	if len(firstYears) >= minFirstYears {
		slices.Sort(firstYears)
		n := len(firstYears)
		c.firstYear = (firstYears[(n-1)/2] + firstYears[n/2]) / 2
	}
	if days := int(c.snapshot.AsOf - since); days >= strangerDays {
		c.newPerMonth, c.paceKnown = float64(won)/(float64(days)/(365.25/12)), true
	}
	c.newcomers = Newcomers{FirstYears: len(firstYears), Median: c.firstYear, Won: won, Since: since + 1, PerMonth: c.newPerMonth}
}

func net(c *sales.Customer, from, to sales.Date) sales.Money {
	var sum sales.Money
	for _, d := range c.Days {
		if d.Date >= from && d.Date <= to {
			sum += d.Net
		}
	}
	return sum
}

// RankScope says whose regulars Rank counts: rep, no_rep or company.
func (c *Company) RankScope(s *standing.Standing) string {
	switch {
	case c.whole:
		return "company"
	case s.Owner == "":
		return "no_rep"
	}
	return "rep"
}

// Replace returns what replacing a yearly amount takes: the amount ÷ the median
// first-year amount of a new customer.
func (c *Company) Replace(yearly sales.Money) finding.Replacement {
	r := finding.Replacement{FirstYear: c.firstYear, NewPerMonth: c.newPerMonth, PaceKnown: c.paceKnown}
	if c.firstYear > 0 {
		r.Customers = max(0, yearly.Float()/c.firstYear.Float())
	} else {
		r.Customers, r.Assumed = assumedCustomers, true
	}
	if c.newPerMonth > 0 {
		r.Months = r.Customers / c.newPerMonth
	}
	return r
}

// WithoutRepFigures ranks customers in the whole company: no figure about a
// single rep's book is computed.
func (c *Company) WithoutRepFigures() *Company {
	var all []sales.Money
	for _, book := range c.books {
		all = append(all, book...)
	}
	slices.SortFunc(all, func(a, b sales.Money) int { return cmp.Compare(b, a) })
	c.books, c.whole = map[string][]sales.Money{"": all}, true
	return c
}

// Rank returns the customer's place by monthly amount among the current
// regulars of its owner (of those without an owner where it has none), or of the
// company. A customer who is no current regular has no place: 0 of 0.
func (c *Company) Rank(s *standing.Standing) (place, of int) {
	if !s.Current {
		return 0, 0
	}
	book := c.books[s.Owner]
	if c.whole {
		book = c.books[""]
	}
	for place < len(book) && book[place] > s.Monthly {
		place++
	}
	return place + 1, len(book)
}
