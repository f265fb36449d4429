// Package lost finds the regular customers who are overdue, lost or back again.
// Pure: the same standing gives the same findings in the same order.
package lost

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/standing"
)

// recoveredDays: a customer's return is a finding for so many days, the as-of
// date included.
const recoveredDays = 7

// Find returns the findings about silence and return, worst and costliest first.
func Find(snapshot *sales.Snapshot, sheet *standing.Sheet, company *diagnosis.Company) []finding.Finding {
	var found []finding.Finding
	for i := range sheet.Customers {
		s := &sheet.Customers[i]
		switch {
		case s.Unread(): // it may have bought: nobody knows
		case s.Current && (s.Stage == standing.Lost || s.Stage == standing.Overdue):
			found = append(found, Silent(snapshot, sheet, company, s))
		default:
			if f, ok := returned(snapshot, sheet, s); ok {
				found = append(found, f)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)),
			cmp.Compare(b.MoneyAtRisk, a.MoneyAtRisk), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return found
}

// Held counts the current regulars who look silent only as far as the amounts of
// their order lines can be read: they are no findings.
func Held(sheet *standing.Sheet) int {
	n := 0
	for i := range sheet.Customers {
		s := &sheet.Customers[i]
		if s.Current && (s.Stage == standing.Lost || s.Stage == standing.Overdue) && s.Unread() {
			n++
		}
	}
	return n
}

func order(k finding.Kind) int {
	return slices.Index([]finding.Kind{finding.CustomerLost, finding.CustomerOverdue, finding.CustomerRecovered}, k)
}

// Silent is the finding that a customer is silent: lost or overdue by its stage.
func Silent(snapshot *sales.Snapshot, sheet *standing.Sheet, company *diagnosis.Company, s *standing.Standing) finding.Finding {
	f := finding.Finding{
		Kind: finding.CustomerOverdue, Severity: finding.Warning,
		CustomerID: s.Customer.ID, RepID: s.Owner,
		Probability: s.PLost, MoneyAtRisk: s.MoneyAtRisk,
	}
	if s.Stage == standing.Lost {
		f.Kind, f.Severity = finding.CustomerLost, finding.Critical
	}
	facts := factsOf(snapshot, sheet, s)
	facts.Rank, facts.RankOf = company.Rank(s)
	facts.RankScope = company.RankScope(s)
	facts.Replacement = company.Replace(facts.Yearly)
	facts.Unknown = company.Unknowns(s)
	facts.Course = finding.CourseOf(s.Customer.Days, sheet.AsOf, s.Last)
	f.Facts = facts
	f.Headline = headline(f.Kind, facts)
	f.Causes = company.Causes(s)
	f.Actions = company.Actions(s, f.Causes)
	return f
}

func headline(kind finding.Kind, f finding.SilenceFacts) finding.Phrase {
	key := map[finding.Kind]string{
		finding.CustomerLost: "headline_lost", finding.CustomerOverdue: "headline_overdue", finding.CustomerRecovered: "headline_recovered",
	}[kind]
	return finding.Say(key, "customer", f.CustomerName, "days", f.SilenceDays, "cadence", f.CadenceDays)
}

func factsOf(snapshot *sales.Snapshot, sheet *standing.Sheet, s *standing.Standing) finding.SilenceFacts {
	return finding.SilenceFacts{
		CustomerName: s.Customer.Name,
		LastOrder:    s.Last, LastAmount: s.LastAmount, SilenceDays: s.Silence, Since: s.First,
		CadenceDays: s.Habit.Median, P90GapDays: round(s.Habit.P90), MeanGapDays: round(s.Habit.Mean),
		Orders: s.Orders, GapsWithin: s.Within, HorizonDays: s.Horizon,
		PLost: s.PLost, PSilent: s.PSilent,
		Monthly: s.Monthly, Yearly: 12 * s.Monthly,
		Confirmed: s.Confirmed(), LowConfidence: sheet.Model.LowConfidence(), DataThrough: snapshot.DataThrough,
	}
}

// round keeps two decimals of a number of days.
func round(days float64) float64 { return math.Round(days*100) / 100 }

// returned reports a regular who came back within the last days after a gap that
// had been long enough to be overdue, judged as of the day before the return.
func returned(snapshot *sales.Snapshot, sheet *standing.Sheet, s *standing.Standing) (finding.Finding, bool) {
	if !s.Regular {
		return finding.Finding{}, false
	}
	for _, d := range slices.Backward(s.Customer.Days) {
		if int(sheet.AsOf-d.Date) >= recoveredDays {
			break
		}
		if d.Net <= 0 {
			continue
		}
		before := sheet.At(s.Customer, d.Date-1)
		if before.Current && (before.Stage == standing.Lost || before.Stage == standing.Overdue) {
			return Recovered(snapshot, sheet, s, before.Last), true
		}
	}
	return finding.Finding{}, false
}

// Recovered is the finding that a customer ordered again after the silence that
// began with an order: BackOn is the first buying day after it.
func Recovered(snapshot *sales.Snapshot, sheet *standing.Sheet, s *standing.Standing, before sales.Date) finding.Finding {
	facts := factsOf(snapshot, sheet, s)
	for _, d := range s.Customer.Days {
		if d.Net > 0 && d.Date > before {
			facts.BackOn, facts.BackAmount, facts.SilenceDays = d.Date, d.Net, int(d.Date-before)
			break
		}
	}
	facts.Course = finding.CourseOf(s.Customer.Days, sheet.AsOf, before)
	return finding.Finding{
		Kind: finding.CustomerRecovered, Severity: finding.Info,
		CustomerID: s.Customer.ID, RepID: s.Owner, Probability: s.PLost,
		Headline: headline(finding.CustomerRecovered, facts), Facts: facts,
		Actions: []finding.Action{{Phrase: finding.Say("action_thank")}},
	}
}
