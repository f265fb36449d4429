package sheets

import (
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// Team sums up the sheets of a lead's reps, teams below it included.
func Team(lead sales.Rep, members []finding.Sheet) finding.Sheet {
	sum := finding.Summed(members)
	sum.Rep, sum.IsTeam = lead, true
	return sum
}

// Shorts are the findings of one rep's sheet: where it fell short of a quota. The
// reasons of few new customers stand with the visits and the new customers.
func Shorts(s *finding.Sheet, through sales.Date) []finding.Finding {
	kinds := map[string]finding.Kind{finding.ColdVisits: finding.VisitsShort, finding.NewCustomers: finding.NewCustomersShort, finding.Sales: finding.SalesShort}
	var list []finding.Finding
	for _, p := range s.Quotas {
		if !p.Short || !s.Enough && p.Metric != finding.ColdVisits || p.Metric == finding.ColdVisits && !s.Visited.Known {
			continue
		}
		facts := finding.ShortFacts{RepName: s.Rep.Name, Level: s.Rep.Level, Ramping: s.Ramping, Progress: p, DataThrough: through}
		f := finding.Finding{Kind: kinds[p.Metric], RepID: s.Rep.ID, Severity: finding.Info, Probability: 1}
		if p.Complete {
			f.Severity = finding.Warning
		}
		switch p.Metric {
		case finding.ColdVisits:
			facts.DaysUnder, facts.Daily = s.Visited.DaysUnder, s.Visited.Daily
			f.Causes = slices.DeleteFunc(slices.Clone(s.Causes), func(c finding.Cause) bool { return c.Name == finding.Technique || c.Name == finding.QuotaItself })
		case finding.NewCustomers:
			f.Causes = s.Causes
		}
		f.Headline = finding.Say("missed_"+p.Metric, "rep", s.Rep.Name, "actual", p.Actual.Value(), "quota", p.Quota.Value(), "from", p.Start, "to", p.End)
		f.Facts = facts
		action := finding.Say("mend_"+p.Metric, "rep", s.Rep.Name, "needed", p.NeededPerDay.Value())
		if p.Metric == finding.Sales && p.NeededPerDay.Amount == 0 { // no day is left
			action = finding.Say("review_missed_sales", "rep", s.Rep.Name)
		}
		f.Actions = []finding.Action{{Phrase: action}}
		list = append(list, f)
	}
	return list
}
