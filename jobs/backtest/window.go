package backtest

import (
	"fmt"
	"slices"

	"dangol/internal/sales"
	"dangol/jobs/standing"
)

const (
	// leastRegulars and leastHistory (days) are what a model can be learned from.
	leastRegulars, leastHistory = 50, 26 * 7
	// LeastWindow is the shortest replay, in days: no silence is confirmed sooner.
	LeastWindow = 60
	// years is how far back a replay begins where nothing else is said.
	years = 2
	// MostEvery is the largest number of days between two steps.
	MostEvery = 28
)

// TooLittle says why a history cannot be replayed.
type TooLittle struct {
	Orders   int        // buying days in all
	First    sales.Date // the first of them
	Regulars int        // customers who were a regular at some time
	From, To sales.Date // the window that would be left; From is zero without one
}

// Error says what is missing.
func (e *TooLittle) Error() string {
	switch {
	case e.Orders == 0:
		return "no orders to replay"
	case e.From == 0:
		return fmt.Sprintf("too little history to replay: regular customers since %s: %d; the odds are learned from at least %d",
			e.First, e.Regulars, leastRegulars)
	case e.To-e.From < LeastWindow:
		return fmt.Sprintf("too little history to replay: from %s, when there is enough to learn from, to %s are %d days; no silence is decided in fewer than %d",
			e.From, e.To, max(0, e.To-e.From), LeastWindow)
	}
	return fmt.Sprintf("nothing to replay: between %s and %s no silence of a regular customer is decided", e.From, e.To)
}

// Window fills in the dates of a plan. To moves back to the newest order line
// where the data stopped before: silence after that is not the customers'. An
// empty From becomes two years before To, or the first date on which there are 26
// weeks of history and 50 regulars, whichever is later.
func Window(known *sales.Snapshot, plan Plan) (Plan, error) {
	cut := known
	if plan.To != known.AsOf {
		cut = known.Through(plan.To)
	}
	few := &TooLittle{To: plan.To}
	became := few.survey(cut, plan.Rules)
	if few.Orders == 0 {
		return plan, few
	}
	if plan.Freshness.Check(cut) != nil {
		plan.To = min(plan.To, cut.DataThrough)
		few.To = plan.To
	}
	if plan.From == 0 {
		if len(became) < leastRegulars {
			return plan, few
		}
		plan.From = max(plan.To.AddMonths(-12*years), few.First+leastHistory, became[leastRegulars-1])
	}
	few.From = plan.From
	if plan.To-plan.From < LeastWindow {
		return plan, few
	}
	return plan, nil
}

// survey counts what there is and returns the dates on which customers became
// regulars, ascending.
func (e *TooLittle) survey(known *sales.Snapshot, rules standing.Rules) []sales.Date {
	var became []sales.Date
	for i := range known.Customers {
		var bought []sales.Date
		for _, d := range known.Customers[i].Days {
			if d.Net > 0 {
				bought = append(bought, d.Date)
			}
		}
		if len(bought) == 0 {
			continue
		}
		e.Orders += len(bought)
		if e.First == 0 || bought[0] < e.First {
			e.First = bought[0]
		}
		if n := max(1, rules.BuyingDays); len(bought) >= n {
			if d := max(bought[n-1], bought[0]+sales.Date(rules.Days)); d <= known.AsOf {
				became = append(became, d)
			}
		}
	}
	slices.Sort(became)
	e.Regulars = len(became)
	return became
}
