package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/failpoint"
	"dangol/internal/finding"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/jobs/freshness"
	"dangol/jobs/lost"
	"dangol/jobs/standing"
	"dangol/notify"
)

// dryBaseline: on an empty state a dry run composes as if the baseline had been
// taken so many days earlier.
const dryBaseline = 7

// Reader reads the sales database.
type Reader interface {
	Read(ctx context.Context, request Request) (*sales.Snapshot, error)
}

// Request says what a run needs to know.
type Request struct {
	AsOf  sales.Date   // the database as it was known at the end of this date
	Today sales.Date   // rows dated later are counted as future
	Spans []sales.Span // what the sums of sales.Customer.Turnover are to cover; none: it is not read
}

// Book is the part of the state that a run needs.
type Book interface {
	Cases(ctx context.Context) ([]casebook.Case, error)
	// LastJudged is the latest as-of date of a run that judged; zero: none did.
	LastJudged(ctx context.Context, job string) (sales.Date, error)
	Used(ctx context.Context, asOf sales.Date) (map[string]int, error)
	// History returns the cases that were opened or changed since a date.
	History(ctx context.Context, since sales.Date) ([]casebook.Case, error)
	Commit(ctx context.Context, record notify.Record) error
}

// Runner runs one job.
type Runner struct {
	Name     string
	Job      Job
	Reader   Reader
	Book     Book // nil: an empty state, for dry runs
	Composer *notify.Composer
	Calendar sales.Calendar
	// Unreachable says which of the reps have no user in Slack, anew or as far as it
	// remembers; nil: all have.
	Unreachable func(ctx context.Context, reps []sales.Rep, anew bool) map[string]bool
	Clock       func() time.Time
	NewID       func() string
}

// Result is what a run concluded and what it wants to say.
type Result struct {
	Job      string
	Snapshot *sales.Snapshot
	Sheet    *standing.Sheet // nil while the data are stale
	Findings []finding.Finding
	Changes  []casebook.Change
	Messages []notify.Message
	Report   *finding.Report // of a job about figures; nil elsewhere
	// Assumed is the as-of date of the baseline that a dry run on an empty state
	// makes believe; zero elsewhere.
	Assumed sales.Date
	Held    int // regulars left out because their newest order lines cannot be read
}

// EarlierError refuses to tell what was known before the last run: customers
// who have come back since would be called lost.
type EarlierError struct {
	AsOf   sales.Date // asked for
	Judged sales.Date // of the latest run that judged
}

// Error names both dates.
func (e *EarlierError) Error() string {
	return fmt.Sprintf("as-of date %s lies before %s, through which customers have been judged and told", e.AsOf, e.Judged)
}

// mostConclusions is how often a run concludes anew because somebody answers a
// case while it does.
const mostConclusions = 5

// Run reads, judges, reconciles, composes and, unless dry, commits. Nothing is
// sent: the outbox holds what is to be said. Where somebody answers a case
// meanwhile, it reconciles anew with what was read.
func (r *Runner) Run(ctx context.Context, asOf, today sales.Date, dry bool) (*Result, error) {
	before, err := r.remembered(ctx, asOf)
	if err != nil {
		return nil, err
	}
	if !dry && asOf < before.lastJudged {
		return nil, hint.With(&EarlierError{AsOf: asOf, Judged: before.lastJudged},
			"what was known on %s is old news; --dry-run shows it without sending", asOf)
	}
	snapshot, err := r.Reader.Read(ctx, Needed(r.Job, asOf, today))
	if err != nil {
		return nil, err
	}
	failpoint.Hit(failpoint.Read)
	concluded := r.Job.Conclude(snapshot)
	for again := 1; ; again++ {
		result, err := r.settle(ctx, snapshot, concluded, before, dry)
		if !errors.Is(err, notify.ErrMoved) || again == mostConclusions {
			return result, err
		}
		if before, err = r.remembered(ctx, asOf); err != nil {
			return nil, err
		}
	}
}

// settle reconciles what was concluded with what was told before, words it and
// commits it.
func (r *Runner) settle(ctx context.Context, snapshot *sales.Snapshot, concluded Conclusion, before past, dry bool) (*Result, error) {
	if r.reports() {
		return r.report(ctx, snapshot, concluded, before, dry)
	}
	assumed := sales.Date(0)
	if dry && before.lastJudged == 0 && len(before.cases) == 0 {
		before.cases, before.lastJudged = r.earlierBaseline(snapshot)
		assumed = before.lastJudged
	}
	night := r.casesOf(concluded, before)
	changes := casebook.Reconcile(before.cases, night)
	if mass := r.mass(before.cases, changes, concluded, before.lastJudged); mass != nil {
		concluded = suspended(snapshot, *mass)
		changes = casebook.Reconcile(before.cases, concluded.Night)
	}
	failpoint.Hit(failpoint.Judged)
	concluded.Night.Baseline = night.Baseline
	messages, kept := r.Composer.Compose(changes, r.night(ctx, snapshot, concluded, changes, before))
	failpoint.Hit(failpoint.Composed)
	result := &Result{Job: r.Name, Snapshot: snapshot, Sheet: concluded.Sheet,
		Findings: concluded.Findings, Changes: changes, Messages: messages, Assumed: assumed}
	if concluded.Sheet != nil {
		result.Held = lost.Held(concluded.Sheet)
	}
	if dry {
		return result, nil
	}
	return result, r.Book.Commit(ctx, r.record(result, kept))
}

// casesOf is what the casebook is to know of a night.
func (r *Runner) casesOf(concluded Conclusion, before past) casebook.Night {
	night := concluded.Night
	night.Baseline = before.lastJudged == 0
	if r.Composer.Buttons { // where nobody can answer, nobody has failed to
		night.Worked = r.Calendar.SellingDays
	}
	return night
}

func (r *Runner) record(result *Result, kept []casebook.Case) notify.Record {
	record := notify.Record{
		RunID: r.NewID(), Job: r.Name, AsOf: result.Snapshot.AsOf, DataThrough: result.Snapshot.DataThrough,
		Outcome: notify.Judged, Findings: len(result.Findings),
		Cases: kept, Changes: result.Changes, Messages: result.Messages, Reps: result.Snapshot.Reps, At: r.Clock(),
	}
	if result.Sheet == nil {
		record.Outcome = notify.Stale
	}
	return record
}

// Needed is what a job needs to know for a run.
func Needed(job Job, asOf, today sales.Date) Request {
	request := Request{AsOf: asOf, Today: today}
	if figures, ok := job.(figuresJob); ok && figures.spans != nil {
		request.Spans = figures.spans(asOf, figures.rules.Quotas.Fiscal)
	}
	return request
}

// mass suspects the data when too many cases would open at once. They are held
// once: a run at a later as-of date that still finds them tells them.
func (r *Runner) mass(cases []casebook.Case, changes []casebook.Change, concluded Conclusion, lastJudged sales.Date) *finding.Finding {
	if concluded.Sheet == nil || lastJudged == 0 {
		return nil
	}
	asOf := concluded.Night.AsOf
	for _, c := range cases {
		if c.Family == casebook.Data && !c.Closed() && c.OpenedOn < asOf {
			return nil
		}
	}
	opened := 0
	for _, c := range changes {
		if (c.Reason == casebook.Opened || c.Reason == casebook.Regressed) && c.Case.Family == casebook.Silence {
			opened++
		}
	}
	return freshness.Mass(opened, concluded.Sheet.CurrentRegulars(), r.Calendar.SellingDays(lastJudged, asOf))
}

// suspended is the conclusion of a night whose data are not believed.
func suspended(snapshot *sales.Snapshot, suspicion finding.Finding) Conclusion {
	findings := []finding.Finding{suspicion}
	return Conclusion{Findings: findings, Night: casebook.Night{AsOf: snapshot.AsOf, Findings: findings,
		LastOrder: func(finding.Finding) sales.Date { return snapshot.DataThrough }}}
}

// past is what was told before a run.
type past struct {
	cases      []casebook.Case
	lastJudged sales.Date      // zero: never
	used       map[string]int  // messages of the as-of date so far
	history    []casebook.Case // what alerts have come to
}

// remembersDays is how far back the alerts' outcomes are counted.
const remembersDays = 365

func (r *Runner) remembered(ctx context.Context, asOf sales.Date) (p past, err error) {
	if r.Book == nil {
		return p, nil
	}
	if p.cases, err = r.Book.Cases(ctx); err != nil {
		return p, err
	}
	if p.lastJudged, err = r.Book.LastJudged(ctx, r.Name); err != nil {
		return p, err
	}
	if p.history, err = r.Book.History(ctx, asOf-remembersDays); err != nil {
		return p, err
	}
	p.used, err = r.Book.Used(ctx, asOf)
	return p, err
}

// earlierBaseline returns the cases that a baseline a week earlier would have
// left, if the data could be judged then.
func (r *Runner) earlierBaseline(snapshot *sales.Snapshot) ([]casebook.Case, sales.Date) {
	then := snapshot.Through(snapshot.AsOf - dryBaseline)
	concluded := r.Job.Conclude(then)
	if concluded.Sheet == nil {
		return nil, 0
	}
	concluded.Night.Baseline = true
	changes := casebook.Reconcile(nil, concluded.Night)
	_, kept := r.Composer.Compose(changes, r.night(context.Background(), then, concluded, changes, past{}))
	return kept, then.AsOf
}

// night is what the composer knows beside the changes.
func (r *Runner) night(ctx context.Context, snapshot *sales.Snapshot, concluded Conclusion, changes []casebook.Change, before past) notify.Night {
	night := notify.Night{
		AsOf: snapshot.AsOf, DataThrough: snapshot.DataThrough, Reps: snapshot.Reps, Used: before.used,
		Quality: snapshot.Quality, Measured: casebook.Measure(before.history), Planned: map[string]sales.Date{},
	}
	for _, v := range snapshot.Planned {
		if next, known := night.Planned[v.CustomerID]; !known || v.Date < next {
			night.Planned[v.CustomerID] = v.Date
		}
	}
	if concluded.Sheet == nil {
		night.Unreachable = r.unreachable(ctx, concerned(snapshot, changes), false)
		return night
	}
	night.History, night.Threshold = before.history, concluded.Sheet.Rules.Lost
	night.Weekly = before.lastJudged != 0 && sales.LastWeek(snapshot.AsOf) != sales.LastWeek(before.lastJudged)
	asked := concerned(snapshot, changes)
	if night.Weekly {
		night.Owned = owned(concluded.Sheet)
		asked = append(asked, owners(snapshot, night.Owned)...)
	}
	night.Unreachable = r.unreachable(ctx, asked, night.Weekly)
	if concluded.Night.Baseline {
		night.Baseline = notify.Baseline{Customers: len(concluded.Sheet.Customers), Regulars: concluded.Sheet.CurrentRegulars()}
		for _, f := range concluded.Findings {
			switch f.Kind {
			case finding.CustomerLost:
				night.Baseline.Lost++
			case finding.CustomerOverdue:
				night.Baseline.Overdue++
			case finding.CustomerDeclining:
				night.Baseline.Declining++
			case finding.ProductDropped:
				night.Baseline.Dropped++
			}
		}
	}
	return night
}

// unreachable asks Slack once about each of the reps.
func (r *Runner) unreachable(ctx context.Context, reps []sales.Rep, anew bool) map[string]bool {
	if r.Unreachable == nil || len(reps) == 0 {
		return nil
	}
	slices.SortStableFunc(reps, func(a, b sales.Rep) int { return cmp.Compare(a.ID, b.ID) })
	return r.Unreachable(ctx, slices.CompactFunc(reps, func(a, b sales.Rep) bool { return a.ID == b.ID }), anew)
}

// owned counts the current regulars by owner.
func owned(sheet *standing.Sheet) map[string]int {
	byOwner := map[string]int{}
	for i := range sheet.Customers {
		if sheet.Customers[i].Current {
			byOwner[sheet.Customers[i].Customer.Owner()]++
		}
	}
	return byOwner
}

// owners are the active reps with an address among those who own regulars.
func owners(snapshot *sales.Snapshot, owned map[string]int) []sales.Rep {
	return slices.DeleteFunc(slices.Clone(snapshot.Reps), func(r sales.Rep) bool { return owned[r.ID] == 0 || r.Inactive || r.Email == "" })
}

// concerned returns the owners of the changed cases.
func concerned(snapshot *sales.Snapshot, changes []casebook.Change) []sales.Rep {
	wanted := map[string]bool{}
	for _, c := range changes {
		if c.Reason != casebook.Baseline { // its summary goes to the channel
			wanted[c.Case.RepID] = true
		}
	}
	var reps []sales.Rep
	for _, r := range snapshot.Reps {
		if wanted[r.ID] && !r.Inactive && r.Email != "" {
			reps = append(reps, r)
		}
	}
	return reps
}
