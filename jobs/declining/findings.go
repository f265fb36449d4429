package declining

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/jobs/standing"
)

// talkWithin is by how many days after the as-of date somebody should have talked
// to a declining customer: it still orders, so there is a week.
const talkWithin = 7

// Findings returns the customers who are declining, costliest first.
func (c *Company) Findings() []finding.Finding {
	var found []finding.Finding
	for i := range c.Results {
		if r := &c.Results[i]; r.Declining {
			found = append(found, c.finding(r))
		}
	}
	slices.SortStableFunc(found, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(b.MoneyAtRisk, a.MoneyAtRisk), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return found
}

func (c *Company) finding(r *Result) finding.Finding {
	facts := r.Facts
	facts.Course = finding.CourseOf(r.Standing.Customer.Days, c.AsOf, facts.From)
	return finding.Finding{
		Kind: finding.CustomerDeclining, Severity: finding.Warning,
		CustomerID: r.Standing.Customer.ID, RepID: r.Standing.Owner,
		Probability: r.P, MoneyAtRisk: r.MoneyAtRisk,
		Headline: headline(r.Facts), Facts: facts,
		Actions: []finding.Action{{Phrase: finding.Say("action_talk_decline"), Due: c.AsOf + talkWithin}},
	}
}

// headline names what fell, from what to what a month.
func headline(f finding.DeclineFacts) finding.Phrase {
	switch f.Fell {
	case finding.FellOrders:
		return finding.Say("headline_declining_orders", "customer", f.CustomerName, "before", f.OrdersBefore, "now", f.OrdersNow)
	case finding.FellSizes:
		return finding.Say("headline_declining_sizes", "customer", f.CustomerName, "before", f.SizeBefore, "now", f.SizeNow)
	}
	return finding.Say("headline_declining_both", "customer", f.CustomerName, "before", f.AmountBefore, "now", f.AmountNow)
}

// Mark gives those who are declining their stage, money at risk and reason in the
// sheet: unless silent, which is worse, they were active.
func (c *Company) Mark(sheet *standing.Sheet) {
	for i := range c.Results {
		r := &c.Results[i]
		if s := sheet.Customer(r.Standing.Customer.ID); r.Declining && s.Stage == standing.Active {
			s.Stage, s.MoneyAtRisk, s.Reason = standing.Declining, r.MoneyAtRisk, r.Reason()
		}
	}
}

// Recovered reports whether it clearly buys as before again: judged, and no more
// than half as likely to be declining as is told.
func (r *Result) Recovered(rules Rules) bool {
	return r.Judged && !r.Declining && r.P <= rules.Declining/2
}

// Reason says why the customer is declining, for `score`.
func (r *Result) Reason() finding.Phrase {
	return finding.Say("reason_declining", "fallen", r.Facts.Fallen, "weeks", r.Facts.Weeks, "p", r.P)
}

// Of returns what can be told of the customer with the id, or nil.
func (c *Company) Of(id string) *Result {
	i, ok := slices.BinarySearchFunc(c.Results, id, func(r Result, id string) int { return cmp.Compare(r.Standing.Customer.ID, id) })
	if !ok {
		return nil
	}
	return &c.Results[i]
}
