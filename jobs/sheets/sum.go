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
		addGrowth(&sum.Growth, s.Growth)
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

func addGrowth(sum *finding.Comparison, c finding.Comparison) {
	sum.Against, sum.FromSpan, sum.ToSpan, sum.Known = c.Against, c.FromSpan, c.ToSpan, c.Known
	sum.From += c.From
	sum.To += c.To
	sum.New += c.New
	sum.WonBack += c.WonBack
	sum.CrossSell += c.CrossSell
	sum.Frequency += c.Frequency
	sum.Size += c.Size
	sum.Price += c.Price
	sum.Decline += c.Decline
	sum.Lost += c.Lost
	sum.Customers += c.Customers
	sum.LedgerFrom += c.LedgerFrom
	sum.LedgerTo += c.LedgerTo
}

// sumQuotas adds up what several reps are asked for, by metric and period.
func sumQuotas(members []finding.Sheet) []finding.Progress {
	var sums []finding.Progress
	for _, s := range members {
		for _, p := range s.Quotas {
			i := slices.IndexFunc(sums, func(q finding.Progress) bool {
				return q.Metric == p.Metric && q.Period == p.Period && q.Start == p.Start
			})
			if i < 0 {
				sums = append(sums, p)
				continue
			}
			sums[i].Short = sums[i].Short || p.Short
			addProgress(&sums[i], p)
		}
	}
	for i := range sums {
		q := &sums[i]
		if asked := q.Quota.Float(); asked > 0 {
			q.Attainment, q.Pace = q.Actual.Float()/asked, q.Projected.Float()/asked
		}
		// Short where anybody is, what the data cannot tell left out, and all are.
		q.Short = q.Short && (q.Complete && q.Actual.Float() < q.Quota.Float()-1e-6 || !q.Complete && q.Ranged && q.High.Float() < q.Quota.Float())
	}
	slices.SortStableFunc(sums, func(a, b finding.Progress) int {
		return slices.Index(sales.Metrics, a.Metric) - slices.Index(sales.Metrics, b.Metric)
	})
	return sums
}

// addProgress adds another rep's. Ranges are added end to end: wider than the sum
// of independent reps would be.
func addProgress(sum *finding.Progress, p finding.Progress) {
	for _, pair := range []struct {
		into *finding.Measure
		more finding.Measure
	}{{&sum.Actual, p.Actual}, {&sum.Quota, p.Quota}, {&sum.NeededPerDay, p.NeededPerDay}, {&sum.Projected, p.Projected},
		{&sum.Low, p.Low}, {&sum.High, p.High}, {&sum.LastYear, p.LastYear}} {
		pair.into.Count += pair.more.Count
		pair.into.Amount += pair.more.Amount
	}
	sum.Ranged = sum.Ranged && p.Ranged
	sum.Compared = sum.Compared && p.Compared
	sum.Elapsed = max(sum.Elapsed, p.Elapsed)
	sum.WorkingDays, sum.Worked = max(sum.WorkingDays, p.WorkingDays), max(sum.Worked, p.Worked)
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
