// Package jobs is one night's life: what a job reads, judges and concludes, and
// how a run turns that into cases and messages. Detectors live in the folders
// below it, one each, pure.
package jobs

import (
	"fmt"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/declining"
	"dangol/jobs/dropped"
	"dangol/jobs/freshness"
	"dangol/jobs/neglected"
	"dangol/jobs/opportunity"
	"dangol/jobs/quota"
	"dangol/jobs/standing"
)

// Rules are the company's definitions that every job shares.
type Rules struct {
	Standing     standing.Rules
	Declining    declining.Rules
	Dropped      dropped.Rules
	Neglected    neglected.Rules
	Opportunity  opportunity.Rules
	Quotas       quota.Rules // with the calendar, the fiscal year and the leave
	MaxStaleness int         // calendar days; 0: the data's own rhythm decides alone
	NoRepFigures bool        // no figure about a single rep is computed
}

// DefaultRules are the definitions of the documentation.
func DefaultRules() Rules {
	return Rules{Standing: standing.DefaultRules(), Declining: declining.DefaultRules(), Dropped: dropped.DefaultRules(), Neglected: neglected.DefaultRules(),
		Opportunity: opportunity.DefaultRules()}
}

// Calendar tells on which dates the company sells.
func (r Rules) Calendar() sales.Calendar { return r.Standing.Calendar }

// Freshness is what the company says about its data.
func (r Rules) Freshness() freshness.Rules {
	return freshness.Rules{Calendar: r.Calendar(), MaxStaleness: r.MaxStaleness, SettleDays: r.Standing.SettleDays}
}

// Decoder reads a job's own parameters over their defaults: config's DecodeJob.
type Decoder func(name string, into any) error

// ParameterError is a wrong value of a job's parameter in the config.
type ParameterError struct {
	Job, Key string
	Err      error
}

// Error names the parameter.
func (e *ParameterError) Error() string { return "jobs." + e.Job + "." + e.Key + ": " + e.Err.Error() }

// Unwrap returns what is wrong.
func (e *ParameterError) Unwrap() error { return e.Err }

// Conclusion is what a job concludes from a snapshot: the findings, and what
// the casebook needs to follow open cases.
type Conclusion struct {
	Findings []finding.Finding
	Sheet    *standing.Sheet // nil while the data are stale
	Night    casebook.Night
	Report   *finding.Report // of a job about figures; nil elsewhere, and while the data are stale
}

// Job judges snapshots. It is pure: the same snapshot gives the same conclusion.
type Job interface {
	Conclude(*sales.Snapshot) Conclusion
}

// Entry is a line of the catalogue.
type Entry struct {
	Name     string
	Schedule string // default, standard cron
	Summary  string
	New      func(Rules, Decoder) (Job, error)
}

// When returns the schedule of a job: the config's, or its default.
func (e Entry) When(decode Decoder) (Schedule, error) {
	parameters := map[string]any{"schedule": e.Schedule}
	if err := decode(e.Name, &parameters); err != nil {
		return Schedule{}, err
	}
	times, err := ParseSchedule(fmt.Sprint(parameters["schedule"]))
	if err != nil {
		return times, &ParameterError{Job: e.Name, Key: "schedule", Err: err}
	}
	return times, nil
}

// Catalogue lists the jobs that work. A new one is a line here.
func Catalogue() []Entry {
	return []Entry{
		{Name: LostCustomers, Schedule: "0 8 * * 1-5", Summary: "regular customers overdue, lost or back again", New: newLostCustomers},
		{Name: QuotaDigest, Schedule: "0 9 * * 1", Summary: "visits, new customers and sales against each rep's quota",
			New: newFigures(figuresJob{name: QuotaDigest, period: sales.LastWeek, spans: digestSpans, report: digest})},
		{Name: SalesGrowth, Schedule: "0 9 1 * *", Summary: "growth split into its sources, and where more could come from",
			New: newFigures(figuresJob{name: SalesGrowth, period: sales.LastMonth, spans: growthSpans, report: review})},
		{Name: RepDiagnosis, Schedule: "30 9 1 * *", Summary: "reps who lose regular customers one after another",
			New: newFigures(figuresJob{name: RepDiagnosis, period: sales.LastMonth, report: losers})},
		{Name: Leaderboard, Schedule: "0 10 1 * *", Summary: "the best of the month",
			New: newFigures(figuresJob{name: Leaderboard, period: sales.LastMonth, spans: boardSpans, report: honours})},
	}
}

// Find returns the catalogue's entry with the name.
func Find(name string) (Entry, error) {
	known := ""
	for _, e := range Catalogue() {
		if e.Name == name {
			return e, nil
		}
		known += " " + e.Name
	}
	return Entry{}, fmt.Errorf("unknown job %q; the jobs are:%s", name, known)
}
