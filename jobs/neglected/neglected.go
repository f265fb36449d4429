// Package neglected finds the current regulars who are not visited any more, and
// lists whom to greet before a holiday: care before decline. Pure: the same facts
// give the same findings in the same order.
package neglected

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/standing"
)

const (
	// logQuiet: when nobody at all was visited for so many days, and for twice as
	// long as ever within the last half year, the log has ended, not the visits.
	logQuiet, logTimes = 14, 2
	halfYear           = 182
)

// Rules are the definitions a company may change.
type Rules struct {
	Times float64 // neglected: not visited for more than so many own rhythms
	Least int     // and for at least so many days
	Ahead int     // the list comes so many days before a holiday
	Top   int     // and holds so many regulars of each rep
}

// DefaultRules are the definitions of the documentation.
func DefaultRules() Rules { return Rules{Times: 2, Least: 21, Ahead: 14, Top: 10} }

// Find returns the current regulars who still order and have not been visited for
// longer than the rules allow, the largest monthly amount first. Without visits
// in the data there are none.
func Find(snapshot *sales.Snapshot, sheet *standing.Sheet, company *diagnosis.Company, rules Rules) []finding.Finding {
	if !snapshot.Has[sales.Visits] || logEnded(snapshot) {
		return nil
	}
	planned := plannedVisits(snapshot)
	var found []finding.Finding
	for i := range sheet.Customers {
		s := &sheet.Customers[i]
		if !s.Current || s.Stage == standing.Lost || s.Stage == standing.Overdue || s.Monthly <= 0 {
			continue
		}
		r, ok := diagnosis.RhythmOf(s.Customer.Visits, snapshot.AsOf)
		pause := int(snapshot.AsOf - r.Last)
		if !ok || pause < rules.Least || float64(pause) <= rules.Times*r.Every {
			continue
		}
		facts := factsOf(snapshot, s, r)
		facts.Planned = planned[s.Customer.ID]
		facts.Rank, facts.RankOf = company.Rank(s)
		facts.RankScope = company.RankScope(s)
		found = append(found, one(s, facts, company))
	}
	slices.SortStableFunc(found, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(b.Facts.(finding.NeglectedFacts).Monthly, a.Facts.(finding.NeglectedFacts).Monthly),
			cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return found
}

func factsOf(snapshot *sales.Snapshot, s *standing.Standing, r diagnosis.Rhythm) finding.NeglectedFacts {
	return finding.NeglectedFacts{
		CustomerName: s.Customer.Name,
		LastVisit:    r.Last, VisitDays: int(snapshot.AsOf - r.Last),
		RhythmDays: r.Every, LongestDays: r.Longest, Visits: r.Visits,
		LastOrder: s.Last, CadenceDays: s.Habit.Median,
		Monthly: s.Monthly, Yearly: 12 * s.Monthly, DataThrough: snapshot.DataThrough,
	}
}

func one(s *standing.Standing, facts finding.NeglectedFacts, company *diagnosis.Company) finding.Finding {
	action := company.Within(5, finding.Say("action_look_in"))
	if facts.Planned != 0 {
		action = finding.Action{Phrase: finding.Say("action_planned_visit", "date", facts.Planned)}
	}
	return finding.Finding{
		Kind: finding.RegularNeglected, Severity: finding.Info,
		CustomerID: s.Customer.ID, RepID: s.Owner, Probability: s.PLost, MoneyAtRisk: s.MoneyAtRisk,
		Headline: finding.Say("headline_neglected", "customer", facts.CustomerName, "days", facts.VisitDays, "rhythm", facts.RhythmDays),
		Facts:    facts, Actions: []finding.Action{action},
	}
}

// plannedVisits are the next visits ahead, by customer.
func plannedVisits(snapshot *sales.Snapshot) map[string]sales.Date {
	next := map[string]sales.Date{}
	for _, v := range slices.Backward(snapshot.Planned) {
		next[v.CustomerID] = v.Date
	}
	return next
}

// logEnded reports whether the visit log itself has stopped.
func logEnded(snapshot *sales.Snapshot) bool {
	dates := []sales.Date{}
	for i := range snapshot.Customers {
		for _, v := range snapshot.Customers[i].Visits {
			dates = append(dates, v.Date)
		}
	}
	for _, v := range snapshot.Strangers {
		dates = append(dates, v.Date)
	}
	slices.Sort(dates)
	dates = slices.Compact(dates)
	first, _ := slices.BinarySearch(dates, snapshot.AsOf-halfYear)
	if dates = dates[first:]; len(dates) == 0 {
		return true
	}
	longest := 1
	for i := 1; i < len(dates); i++ {
		longest = max(longest, int(dates[i]-dates[i-1]))
	}
	quiet := int(snapshot.AsOf - dates[len(dates)-1])
	return quiet > logQuiet && quiet > logTimes*longest
}
