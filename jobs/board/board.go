// Package board lists the best of a month: positive only, never a bottom list.
// Pure: no I/O, no clock.
package board

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/growth"
	"dangol/jobs/quota"
	"dangol/jobs/reps"
)

const (
	// topPlaces bounds a list, and no list names more than half of the reps: who is
	// missing on it stays unknown.
	topPlaces = 3
)

// Month lists the best of a complete month. The growth from existing customers is
// measured by against; nil: it is left out. It returns nil where the month holds
// no sales, or nobody reached anything.
func Month(team *reps.Team, progress *quota.Progresser, compare *growth.Comparer, against *growth.Request, month sales.Span) *finding.BoardFacts {
	l := team.Ledger
	if l.Sales(figures.Company, month) <= 0 || !l.Snapshot.HasSellers {
		return nil
	}
	facts := &finding.BoardFacts{Start: month.From, End: month.To, Reps: len(team.Reps), DataThrough: l.Snapshot.DataThrough}
	var settled, ramping []sales.Rep
	for _, rep := range team.Reps {
		if team.Book.Ramping(rep, month.To) {
			ramping = append(ramping, rep)
		} else {
			settled = append(settled, rep)
		}
	}
	won := func(list func(string, sales.Span) []finding.Won) func(sales.Rep) (finding.Place, bool) {
		return func(rep sales.Rep) (finding.Place, bool) { return wonIn(list(rep.ID, month)) }
	}
	attained := func(rep sales.Rep) (finding.Place, bool) { return attainment(progress, team.Book, rep, month) }
	add := func(name string, young bool, group []sales.Rep, figure func(sales.Rep) (finding.Place, bool)) {
		if places := rank(group, figure); len(places) > 0 {
			facts.Awards = append(facts.Awards, finding.Award{Name: name, Ramping: young, Places: places})
		}
	}
	if l.NewKnown(month) {
		add(finding.AwardNew, false, settled, won(l.Wins))
	}
	if against != nil {
		add(finding.AwardGrowth, false, settled, func(rep sales.Rep) (finding.Place, bool) {
			amount, known := compare.Existing(*against, rep.ID)
			return finding.Place{Amount: amount}, known && amount > 0
		})
	}
	add(finding.AwardRecovered, false, settled, won(l.Recovered))
	add(finding.AwardAttainment, false, settled, attained)
	if l.NewKnown(month) {
		add(finding.AwardNew, true, ramping, won(l.Wins))
	}
	add(finding.AwardAttainment, true, ramping, attained)
	if len(facts.Awards) == 0 {
		return nil
	}
	return facts
}

func wonIn(list []finding.Won) (finding.Place, bool) {
	p := finding.Place{Count: figures.Count(list)}
	for _, w := range list {
		p.Amount += w.Amount
	}
	return p, p.Count > 0
}

// attainment is that of the month's sales quota, from the whole on.
func attainment(progress *quota.Progresser, book *quota.Book, rep sales.Rep, month sales.Span) (finding.Place, bool) {
	for _, kind := range book.Kinds() {
		if kind.Metric != finding.Sales || kind.Period != sales.Monthly {
			continue
		}
		if p, ok := progress.Of(rep, kind, month); ok {
			return finding.Place{Count: p.Attainment, Amount: p.Actual.Amount}, p.Actual.Float() >= p.Quota.Float()-1e-6
		}
	}
	return finding.Place{}, false
}

// rank lists the best of a group: places are shared on equal figures, and the
// list ends after the third place or half of the group.
func rank(group []sales.Rep, figure func(sales.Rep) (finding.Place, bool)) []finding.Place {
	var all []finding.Place
	for _, rep := range group {
		if p, ok := figure(rep); ok {
			p.RepID, p.RepName = rep.ID, rep.Name
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b finding.Place) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.Amount, a.Amount), cmp.Compare(a.RepID, b.RepID))
	})
	most := max(1, min(topPlaces, len(group)/2))
	var places []finding.Place
	for i, p := range all {
		p.Place = i + 1
		if i > 0 && p.Count == all[i-1].Count && p.Amount == all[i-1].Amount {
			p.Place = places[i-1].Place
		}
		if p.Place > most {
			break
		}
		places = append(places, p)
	}
	return places
}
