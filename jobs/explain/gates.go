package explain

import (
	"math"

	"dangol/internal/finding"
	"dangol/jobs/standing"
)

// gates holds the customer against each condition in turn.
func (a *account) gates() Section {
	rules, who := a.Sheet.Rules, a.who
	s := Section{Heading: finding.Say("explain_heading_gates")}
	gate := func(holds bool, p finding.Phrase) {
		mark := No
		if holds {
			mark = Yes
		}
		s.Lines = append(s.Lines, Line{Mark: mark, Parts: []finding.Phrase{p}})
	}
	gate(who.Orders >= rules.BuyingDays, finding.Say("explain_gate_orders", "orders", who.Orders, "wanted", rules.BuyingDays))
	if who.Orders > 0 {
		age := int(a.Sheet.AsOf - who.First)
		gate(age >= rules.Days, finding.Say("explain_gate_days", "days", age, "wanted", rules.Days))
	}
	if !who.Regular {
		s.Lines = append(s.Lines, say(finding.Say("explain_gates_end")))
		return s
	}
	gate(who.Current, finding.Say("explain_gate_current", "silence", who.Silence, "twice", days(2*who.Horizon),
		"year", standing.CurrentDays, "limit", days(who.CurrentLimit())))
	gate(a.w > who.Habit.P90, finding.Say("explain_gate_p90", "w", days(a.w), "p90", days(who.Habit.P90)))
	gate(a.w > who.Habit.Mean, finding.Say("explain_gate_mean", "w", days(a.w), "mean", days(who.Habit.Mean)))
	if a.clockMatters() {
		gate(who.Beyond, a.clock())
	}
	if !who.Known { // a company may call customers regular of whom no odds are given
		s.Lines = append(s.Lines, say(finding.Say("explain_odds_none", "wanted", standing.MinOrders)))
		return s
	}
	gate(who.PLost >= rules.Overdue, finding.Say("explain_gate_overdue", "p", odds(who.PLost), "threshold", threshold(rules.Overdue)))
	gate(who.PLost >= rules.Lost, finding.Say("explain_gate_lost", "p", odds(who.PLost), "threshold", threshold(rules.Lost)))
	s.Lines = append(s.Lines, say(finding.Say("explain_gates_rule")))
	return s
}

// clockMatters reports whether the customer's own clock was asked and shows
// something else than the calendar.
func (a *account) clockMatters() bool {
	s := a.who
	return s.Stretch > 0 && (!s.Beyond || s.Stretch > 1 || math.Abs(s.Season.Days-a.w) >= .5)
}

// clock shows the silence on the customer's own clock: closures, pauses of
// earlier years and slow months taken out.
func (a *account) clock() finding.Phrase {
	r, usual := a.who.Season, max(a.who.Season.Mean, a.who.Season.P90)
	facts := []any{"w", days(r.Days), "closed", r.Closed, "paused", r.Paused, "usual", days(usual)}
	if a.who.Stretch > 1 {
		return finding.Say("explain_gate_clock_stocked", append(facts, "stretch", figure(a.who.Stretch), "limit", days(a.who.Stretch*usual))...)
	}
	return finding.Say("explain_gate_clock", facts...)
}
