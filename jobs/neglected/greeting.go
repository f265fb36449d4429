package neglected

import (
	"cmp"
	"slices"
	"strings"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// Greetings returns, from two weeks before a holiday of the calendar until its
// eve, one finding a rep: the top current regulars to greet, by monthly amount.
// Holidays that follow each other, weekends between them included, are one.
// Regulars without a rep stand in a list of their own. Reps ascending by id.
func Greetings(snapshot *sales.Snapshot, sheet *standing.Sheet, calendar sales.Calendar, rules Rules) []finding.Finding {
	books := map[string][]*standing.Standing{}
	for i := range sheet.Customers {
		if s := &sheet.Customers[i]; s.Current && s.Stage != standing.Lost && s.Monthly > 0 {
			books[s.Owner] = append(books[s.Owner], s)
		}
	}
	owners := make([]string, 0, len(books))
	for owner := range books {
		owners = append(owners, owner)
	}
	slices.Sort(owners)
	var found []finding.Finding
	for _, holiday := range holidaysAhead(calendar, snapshot.AsOf, rules.Ahead) {
		for _, owner := range owners {
			found = append(found, list(snapshot, owner, books[owner], holiday, rules.Top))
		}
	}
	return found
}

// list is what one rep should do before a holiday.
func list(snapshot *sales.Snapshot, owner string, book []*standing.Standing, holiday sales.Date, top int) finding.Finding {
	slices.SortFunc(book, func(a, b *standing.Standing) int {
		return cmp.Or(cmp.Compare(b.Monthly, a.Monthly), cmp.Compare(a.Customer.ID, b.Customer.ID))
	})
	facts := finding.GreetingFacts{Holiday: holiday, Days: int(holiday - snapshot.AsOf), DataThrough: snapshot.DataThrough}
	for _, s := range book[:min(top, len(book))] {
		g := finding.Greeting{CustomerID: s.Customer.ID, CustomerName: s.Customer.Name, Monthly: s.Monthly, LastOrder: s.Last}
		for _, v := range s.Customer.Visits {
			g.LastVisit = max(g.LastVisit, v.Date)
		}
		facts.Regulars = append(facts.Regulars, g)
	}
	return finding.Finding{
		Kind: finding.RegularNeglected, Severity: finding.Info, RepID: owner, Product: greetingKey + holiday.String() + "/" + owner,
		Headline: finding.Say("headline_greet", "holiday", holiday, "n", len(facts.Regulars)), Facts: facts,
		Actions: []finding.Action{{Phrase: finding.Say("action_greet"), Due: holiday - 1}},
	}
}

// greetingKey begins the Product of a list's finding, which tells apart the lists
// of reps and holidays.
const greetingKey = "greet/"

// HolidayOf returns the holiday of a list's finding or case, by its Product.
func HolidayOf(product string) (sales.Date, bool) {
	rest, ok := strings.CutPrefix(product, greetingKey)
	if !ok {
		return 0, false
	}
	day, _, _ := strings.Cut(rest, "/")
	d, err := sales.ParseDate(day)
	return d, err == nil
}

// holidaysAhead returns the first days of the holidays that begin within so many
// days after a date.
func holidaysAhead(calendar sales.Calendar, asOf sales.Date, days int) []sales.Date {
	var first []sales.Date
	for d := asOf + 1; d <= asOf+sales.Date(days); d++ {
		if calendar.Holidays[d] && !follows(calendar, d) {
			first = append(first, d)
		}
	}
	return first
}

// follows reports whether a holiday goes on another, with nothing but weekend
// between them.
func follows(calendar sales.Calendar, d sales.Date) bool {
	for d--; !calendar.Selling(d); d-- {
		if calendar.Holidays[d] {
			return true
		}
		if calendar.Weekend == [7]bool{true, true, true, true, true, true, true} {
			return false
		}
	}
	return false
}
