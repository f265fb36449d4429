// Package reps asks why a rep wins few customers, and whether a rep loses
// regulars one after another: evidence for a talk between manager and rep, never
// a verdict. Every statement needs a minimum of data, compares with the team, and
// is corrected for the number of reps looked at. Pure: no I/O, no clock.
package reps

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/quota"
)

const (
	// family is the chance that anybody of an evenly able team is singled out a
	// month by the causes, which share it out over their tests, and lossFamily
	// that by the diagnosis of losses, where the others' rate is an estimate from
	// few losses. Both are shared out over the reps. internal/bench/reps measures
	// what comes of it.
	family, tests = .05, 4
	lossFamily    = .02
	// activeDays: who had no visit and no sale for so long is no seller.
	activeDays = 365
	week       = 7
)

// Team is who is compared with whom.
type Team struct {
	Ledger *figures.Ledger
	Book   *quota.Book
	Reps   []sales.Rep // sellers, by id
	asOf   sales.Date
	log    sales.Date // the first day of the visit log; zero: there is none
	memo   memo
}

// NewTeam gathers the sellers of a snapshot: active reps who are asked for
// anything, or who visited or sold in the last year.
func NewTeam(ledger *figures.Ledger, book *quota.Book) *Team {
	t := &Team{Ledger: ledger, Book: book, asOf: ledger.Snapshot.AsOf, memo: newMemo()}
	for _, rep := range ledger.Snapshot.Reps {
		if !rep.Inactive && rep.HiredOn <= t.asOf && (t.asked(rep) || ledger.Worked(rep.ID, sales.Span{From: t.asOf - activeDays, To: t.asOf})) {
			t.Reps = append(t.Reps, rep)
		}
	}
	if ledger.Snapshot.Has[sales.Visits] {
		t.log = ledger.FirstVisit()
	}
	return t
}

// NoTeam is a team without a rep: no figure about a single one is computed.
func NoTeam(ledger *figures.Ledger, book *quota.Book) *Team {
	return &Team{Ledger: ledger, Book: book, asOf: ledger.Snapshot.AsOf, memo: newMemo()}
}

func (t *Team) asked(rep sales.Rep) bool {
	for _, kind := range t.Book.Kinds() {
		if _, ok := t.Book.Asked(rep, kind, t.Book.Fiscal().Period(kind.Period, t.asOf), false); ok {
			return true
		}
	}
	return false
}

// level is the chance at or below which one cause of one rep is named.
func (t *Team) level() float64 { return family / tests / float64(max(1, len(t.Reps))) }

// lossLevel is the chance at or below which a rep is said to lose customers one
// after another.
func (t *Team) lossLevel() float64 { return lossFamily / float64(max(1, len(t.Reps))) }

// weeks are the n complete weeks that end on a Sunday, the earliest first.
func weeks(sunday sales.Date, n int) []sales.Span {
	list := make([]sales.Span, n)
	for i := range list {
		to := sunday - sales.Date(week*(n-1-i))
		list[i] = sales.Span{From: to - week + 1, To: to}
	}
	return list
}

// cold adds up a rep's cold visits week by week.
func (t *Team) cold(rep string, in []sales.Span) int {
	n := 0
	for _, w := range in {
		n += t.Ledger.Cold(rep, w)
	}
	return n
}

// days counts a rep's working days.
func (t *Team) days(rep sales.Rep, in []sales.Span) int {
	n := 0
	for _, w := range in {
		n += t.Book.WorkingDays(rep, w)
	}
	return n
}

// minimum is what cold visits a rep was asked for in spans, leave left out.
func (t *Team) minimum(rep sales.Rep, in []sales.Span) (float64, bool) {
	for _, kind := range t.Book.Kinds() {
		if kind.Metric != finding.ColdVisits {
			continue
		}
		sum, any := 0.0, false
		for _, w := range in {
			if asked, ok := t.Book.Asked(rep, kind, w, true); ok {
				sum, any = sum+asked, true
			}
		}
		if any {
			return sum, true
		}
	}
	return 0, false
}
