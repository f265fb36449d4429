// Package sample makes the sample company: a Korean food wholesaler with twelve
// reps, some four hundred customers and three years of orders, visits,
// complaints and targets, in which known cases are planted.
//
// The company is generated backwards from its as-of date, so that a demo always
// holds fresh cases whatever the date is: the same [Options] give the same
// company to the byte, and another as-of date gives the same kinds of cases at
// the same distance from it. What was planted stands in [Company.Truth].
//
// It is written to a database in the company's own schema, which is not the
// canonical one: [Queries] and [Company.ConfigYAML] translate.
package sample

import (
	"dangol/internal/sales"
)

// Options decide everything about the company.
type Options struct {
	AsOf   sales.Date // the last day of history
	Locale string     // "ko": names in Hangul; anything else: romanised
	Seed   uint64     // another seed is another company of the same kind
}

// Company is a generated company. Build makes it.
type Company struct {
	Options
	Truth Truth // what was planted
	// Expected is what a careful reader of the database, asked for the as-of
	// date, must count. The one line of a future date is in FutureDates only.
	Expected sales.Quality

	calendar sales.Calendar
	people   []person
	items    []item
	accounts []*account
	orders   []order
	visits   []visit
	claims   []claim
	targets  []target
	absences []absence
}

// Lengths of the history in days before the as-of date.
const (
	historyDays = 3 * 365 // orders
	visitDays   = 2 * 365 // the visit log was introduced two years ago
	plannedDays = 14      // visits planned ahead
)

// Build makes the company. The same options always give the same company.
func Build(o Options) *Company {
	c := &Company{Options: o, calendar: Calendar(o.AsOf)}
	b := &builder{Company: c}
	b.hire()
	b.stock()
	names := b.openAccounts()
	b.plant()
	b.plantCauses(names)
	b.fillBaskets()
	b.changeProducts()
	b.fitCauses()
	b.sell()
	b.spoil()
	b.visitAll()
	b.complain()
	b.setTargets()
	b.report()
	return c
}

// builder carries the company while it grows.
type builder struct {
	*Company
}

// ago returns the date n days before the as-of date.
func (b *builder) ago(n int) sales.Date { return b.AsOf - sales.Date(n) }

// korean reports whether names are written in Hangul.
func (c *Company) korean() bool { return c.Locale == "ko" }

// text is a word in both scripts.
type text struct{ latin, hangul string }

func (c *Company) say(t text) string {
	if c.korean() {
		return t.hangul
	}
	return t.latin
}

// sellingBefore returns the latest selling day on or before d.
func (c *Company) sellingBefore(d sales.Date) sales.Date {
	for !c.calendar.Selling(d) {
		d--
	}
	return d
}

// sellingAfter returns the first selling day on or after d.
func (c *Company) sellingAfter(d sales.Date) sales.Date {
	for !c.calendar.Selling(d) {
		d++
	}
	return d
}
