package diagnosis

import (
	"slices"
	"strings"
	"unicode"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// weakFlow and halfFlow are the ratios below which the company's own orders
	// look thin, and look half missing.
	weakFlow, halfFlow = .7, .5
	// flowDays is the least span whose orders are compared with the 13 weeks
	// before it, flowMost the longest.
	flowDays, flowMost, flowBefore = 14, 60, 91
	// leastWorthless dates that come to zero speak, of a customer whose dates did so
	// for at most the share usualWorthless of its orders before.
	leastWorthless, usualWorthless = 2, .1
	// leastName is the shortest name, in letters and digits, that identifies.
	leastName = 4
	// namesakes is the most customers of one name: beyond, it is a chain of shops.
	namesakes = 3
)

// dataFault asks whether the orders are missing rather than not placed: lines
// that cannot be read or come to nothing, the customer under a second id, or few
// orders of the whole company since this one was due.
func (c *Company) dataFault(h halt) trial {
	t := trial{name: finding.DataFault}
	if h.Customer.UnreadSince(h.last) {
		t.speaks(3, finding.Say("lines_unread", "since", h.Customer.Unread[len(h.Customer.Unread)-1]))
	}
	if since, n := worthless(h, c.snapshot.AsOf); n > 0 {
		t.speaks(2, finding.Say("lines_worthless", "dates", n, "since", since))
	}
	if twin := c.namesake(h); twin != nil {
		t.speaks(3, finding.Say("second_id", "customer", twin.Customer.ID, "since", twin.First))
	}
	c.hearFlow(&t, h)
	return t
}

// worthless returns the first and the number of the dates since the customer's last
// order on which order lines came to zero: prices may be missing. Zero where they
// are too few to say, or it always had such dates, free goods for example.
func worthless(h halt, asOf sales.Date) (since sales.Date, n int) {
	before := 0
	for _, d := range h.Customer.Days {
		switch {
		case d.Net != 0 || d.Date > asOf:
		case d.Date < h.last:
			before++
		case n == 0:
			since, n = d.Date, 1
		default:
			n++
		}
	}
	if n < leastWorthless || float64(before) > usualWorthless*float64(h.Orders) {
		return 0, 0
	}
	return since, n
}

// hearFlow compares the company's orders since this one was due with the 13
// weeks before. Days on which the company was closed count on neither side: that
// nobody ordered on them is no sign of missing data.
func (c *Company) hearFlow(t *trial, h halt) {
	from := min(c.openBefore(c.snapshot.AsOf, flowDays), max(h.due, c.snapshot.AsOf-flowMost))
	share, ok := c.flowSince(from)
	if !ok {
		return
	}
	evidence := finding.Say("company_flow", "share", share, "since", from+1)
	switch {
	case share < halfFlow:
		t.speaks(2, evidence)
	case share < weakFlow:
		t.speaks(1, evidence)
	default:
		t.denies(0, evidence)
		return
	}
	if h.due < from-flowDays {
		t.denies(1, finding.Say("due_before", "due", h.due))
	}
}

// openBefore returns the date after which so many open days lead up to a date.
func (c *Company) openBefore(to sales.Date, days int) sales.Date {
	from := to
	for open := 0; open < days; from-- {
		open += c.sheet.Year.Open(from-1, from)
	}
	return from
}

// flowSince returns the company's orders per open day after a date ÷ those of the
// 13 open weeks up to it; ok is false where those were too few to compare with.
func (c *Company) flowSince(from sales.Date) (share float64, ok bool) {
	before := c.all.orders(c.openBefore(from, flowBefore), from)
	if before < flowBefore {
		return 0, false
	}
	days := float64(c.sheet.Year.Open(from, c.snapshot.AsOf))
	return float64(c.all.orders(from, c.snapshot.AsOf)) / days / (float64(before) / flowBefore), true
}

// legalForms are words of a name that say nothing of whose it is.
var legalForms = map[string]bool{
	"ltd": true, "limited": true, "inc": true, "llc": true, "corp": true, "co": true, "company": true, "plc": true,
	"gmbh": true, "ag": true, "bv": true, "sa": true, "sarl": true, "srl": true, "주식회사": true, "유한회사": true, "주": true, "유": true,
}

// plainName is a name by its letters and digits and without its legal form, so
// that "Kim Foods Ltd." and "KIM FOODS" are one.
func plainName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	kept := slices.DeleteFunc(words, func(word string) bool { return legalForms[word] })
	return strings.Join(kept, "")
}
