package sheets

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// Team sums up the sheets of a lead's reps, teams below it included.
func Team(lead sales.Rep, members []finding.Sheet) finding.Sheet {
	sum := finding.Sheet{Rep: lead, Team: lead.ID, Enough: true, NewKnown: true}
	for i := range members {
		s := &members[i]
		sum.Members += s.Members
		sum.Enough = sum.Enough && s.Enough
		sum.NewKnown = sum.NewKnown && s.NewKnown
		addVisited(&sum.Visited, s.Visited)
		sum.Visited.AllVisits += s.Visited.AllVisits
		addCovered(&sum.Coverage, s.Coverage)
		sum.NewMonth += s.NewMonth
		sum.NewTerm += s.NewTerm
		sum.SalesMonth += s.SalesMonth
		sum.Regulars += s.Regulars
		sum.Saved += s.Saved
		sum.Troubles = append(sum.Troubles, s.Troubles...)
		sum.Neglected = append(sum.Neglected, s.Neglected...)
		sum.Recovered = append(sum.Recovered, s.Recovered...)
		sum.New = append(sum.New, s.New...)
		sum.WonBack = append(sum.WonBack, s.WonBack...)
		sum.Growth.Add(s.Growth)
	}
	slices.SortStableFunc(sum.Neglected, func(a, b finding.Trouble) int {
		return cmp.Or(cmp.Compare(b.Yearly, a.Yearly), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	for _, list := range [][]finding.Won{sum.New, sum.WonBack, sum.Recovered} {
		slices.SortStableFunc(list, func(a, b finding.Won) int {
			return cmp.Or(cmp.Compare(b.On, a.On), cmp.Compare(a.CustomerID, b.CustomerID))
		})
	}
	sum.Quotas = sumQuotas(members)
	sortTroubles(sum.Troubles)
	return sum
}

func addCovered(sum *finding.Covered, c finding.Covered) {
	sum.Known = sum.Known || c.Known
	sum.Regulars += c.Regulars
	sum.Due += c.Due
	sum.Visited += c.Visited
	sum.NoRhythm += c.NoRhythm
}

// sumQuotas adds up what several reps are asked for, by metric and period.
func sumQuotas(members []finding.Sheet) []finding.Progress {
	var sums []finding.Progress
	for _, s := range members {
		for _, p := range s.Quotas {
			sums = finding.AddProgress(sums, p)
		}
	}
	slices.SortStableFunc(sums, func(a, b finding.Progress) int {
		return slices.Index(sales.Metrics, a.Metric) - slices.Index(sales.Metrics, b.Metric)
	})
	return sums
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
		f.Actions = []finding.Action{{Phrase: finding.Say("mend_"+p.Metric, "rep", s.Rep.Name, "needed", p.NeededPerDay.Value())}}
		list = append(list, f)
	}
	return list
}
