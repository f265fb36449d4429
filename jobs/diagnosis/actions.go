package diagnosis

import (
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// Actions says what to do next and by when, the earliest first: the nearer the
// loss, the sooner and the more in person; before that, what the likely cause
// asks for.
func (c *Company) Actions(s *standing.Standing, causes []finding.Cause) []finding.Action {
	var actions []finding.Action
	top := finding.Cause{}
	if len(causes) > 0 && len(causes[0].For) > 0 {
		top = causes[0]
	}
	if first, ok := c.remedy(s, top); ok {
		actions = append(actions, first)
	}
	main := c.Within(2, finding.Say("action_call"))
	switch {
	case top.Name == finding.Season:
		main = c.Within(5, finding.Say("action_ask_season"))
	case s.Stage == standing.Lost:
		main = c.Within(3, finding.Say("action_visit"))
	}
	actions = append(actions, main)
	planned := c.planned(s.Customer.ID)
	if planned == 0 {
		return actions
	}
	at := len(actions)
	if planned <= main.Due {
		at--
	}
	return slices.Insert(actions, at, finding.Action{Phrase: finding.Say("action_planned_visit", "date", planned)})
}

// remedy is what a cause asks for before anybody calls or visits.
func (c *Company) remedy(s *standing.Standing, top finding.Cause) (finding.Action, bool) {
	switch top.Name {
	case finding.Service:
		if slices.ContainsFunc(top.For, func(p finding.Phrase) bool { return p.Key == "goods_returned" }) {
			return c.Within(2, finding.Say("action_ask_returns")), true
		}
		return c.Within(2, finding.Say("action_settle_complaint")), true
	case finding.Product:
		return c.Within(2, finding.Say("action_offer_substitute")), true
	case finding.Price:
		return c.Within(2, finding.Say("action_prepare_price")), true
	case finding.DataFault:
		if c.namesake(silenceOf(s)) != nil {
			return c.Within(2, finding.Say("action_merge")), true
		}
	}
	return finding.Action{}, false
}

// Within is an action that is due so many selling days after the as-of date.
func (c *Company) Within(sellingDays int, what finding.Phrase) finding.Action {
	return finding.Action{Phrase: what, Due: c.calendar.AddSellingDays(c.snapshot.AsOf, sellingDays)}
}

// planned returns the date of the next planned visit to the customer, or zero.
func (c *Company) planned(customer string) sales.Date {
	for _, v := range c.snapshot.Planned {
		if v.CustomerID == customer {
			return v.Date
		}
	}
	return 0
}
