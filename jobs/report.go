package jobs

import (
	"context"
	"slices"

	"dangol/internal/casebook"
	"dangol/internal/sales"
	"dangol/notify"
)

// reports tells whether the job reports figures of a period rather than follows
// cases.
func (r *Runner) reports() bool {
	_, ok := r.Job.(figuresJob)
	return ok
}

// report tells a period's figures once: running again for the same week or month
// says nothing. While the data are stale nothing is said but to ops, and a later
// run for the same period tells it: see Owed.
func (r *Runner) report(ctx context.Context, snapshot *sales.Snapshot, concluded Conclusion, before past, dry bool) (*Result, error) {
	result := &Result{Job: r.Name, Snapshot: snapshot, Sheet: concluded.Sheet, Findings: concluded.Findings, Report: concluded.Report}
	var kept []casebook.Case
	if concluded.Report == nil {
		result.Messages, kept = r.held(ctx, snapshot, concluded, before.cases, result)
	} else if told := toldCase(r.Name, concluded.Report.Period, snapshot.AsOf); !told.in(before.cases) {
		night := notify.Night{AsOf: snapshot.AsOf, DataThrough: snapshot.DataThrough, Reps: snapshot.Reps, Quality: snapshot.Quality, History: before.history}
		night.Unreachable = r.unreachable(ctx, managersOf(snapshot), true)
		result.Messages = r.Composer.Report(concluded.Report, night)
		kept = []casebook.Case{told.Case}
	}
	if dry {
		return result, nil
	}
	return result, r.Book.Commit(ctx, r.record(result, kept))
}

// held is what is said while the data are stale: the case of the data, and that
// this report waits.
func (r *Runner) held(ctx context.Context, snapshot *sales.Snapshot, concluded Conclusion, cases []casebook.Case, result *Result) ([]notify.Message, []casebook.Case) {
	result.Changes = casebook.Reconcile(cases, concluded.Night)
	messages, kept := r.Composer.Compose(result.Changes, r.night(ctx, snapshot, concluded, result.Changes, past{}))
	waits := heldCase(r.Name, r.Job.(figuresJob).period(snapshot.AsOf), snapshot.AsOf)
	if !waits.in(cases) {
		messages, kept = append(messages, r.Composer.Held(r.Name, snapshot.AsOf)), append(kept, waits.Case)
	}
	return messages, kept
}

// Owed names those of some jobs whose report of the period at an as-of date was held
// because of the data, and neither it nor a later one told since. A period that has
// been followed by another is not owed any more.
func Owed(cases []casebook.Case, some map[string]Job, asOf sales.Date) []string {
	var names []string
	for name, job := range some {
		figures, ok := job.(figuresJob)
		if !ok {
			continue
		}
		period := figures.period(asOf)
		if heldCase(name, period, asOf).in(cases) && !toldCase(name, period, asOf).in(cases) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// heldCase remembers that a period's report waits for the data.
func heldCase(name string, period sales.Span, asOf sales.Date) told {
	return toldCase(name+" held", period, asOf)
}

// told is the closed case that remembers what was told of a period.
type told struct{ casebook.Case }

func toldCase(what string, period sales.Span, asOf sales.Date) told {
	return told{casebook.Case{
		ID: string(casebook.Report) + ":" + what + ":" + period.To.String(), Family: casebook.Report, Product: what,
		State: casebook.Reported, OpenedOn: asOf, ChangedOn: asOf, LastOrder: period.To, Told: casebook.ByMessage,
	}}
}

// in reports whether this period, or a later one, was told.
func (t told) in(cases []casebook.Case) bool {
	for _, c := range cases {
		if c.Family == casebook.Report && c.Product == t.Product && c.LastOrder >= t.LastOrder {
			return true
		}
	}
	return false
}

// managersOf are those who lead anybody, for the look-up of their users.
func managersOf(snapshot *sales.Snapshot) []sales.Rep {
	lead := map[string]bool{}
	for _, r := range snapshot.Reps {
		lead[r.ManagerID] = true
	}
	var list []sales.Rep
	for _, r := range snapshot.Reps {
		if lead[r.ID] && !r.Inactive && r.Email != "" {
			list = append(list, r)
		}
	}
	return list
}
