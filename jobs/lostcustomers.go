package jobs

import (
	"fmt"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/freshness"
	"dangol/jobs/lost"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// LostCustomers is the name of the job about silent customers.
const LostCustomers = "lost-customers"

// lostParameters are the job's keys in the config.
type lostParameters struct {
	Schedule string  `yaml:"schedule"`
	Overdue  float64 `yaml:"overdue"`
	Lost     float64 `yaml:"lost"`
}

// Fitter supplies the model of a night.
type Fitter func(*sales.Snapshot, standing.Rules) silence.Blend

type lostCustomers struct {
	rules Rules
	fit   Fitter
}

func newLostCustomers(rules Rules, decode Decoder) (Job, error) {
	return NewLostCustomers(rules, decode, standing.Fit)
}

// NewLostCustomers returns the job with a model of the caller's choice: a replay
// of many nights need not refit each.
func NewLostCustomers(rules Rules, decode Decoder, fit Fitter) (Job, error) {
	rules, err := WithThresholds(rules, decode)
	return lostCustomers{rules: rules, fit: fit}, err
}

// WithThresholds fills in the thresholds that the config gives for the job
// lost-customers: they define the stages wherever stages are shown.
func WithThresholds(rules Rules, decode Decoder) (Rules, error) {
	p := lostParameters{Overdue: rules.Standing.Overdue, Lost: rules.Standing.Lost}
	if err := decode(LostCustomers, &p); err != nil {
		return rules, err
	}
	if !(0 < p.Overdue && p.Overdue <= p.Lost && p.Lost <= 1) {
		return rules, &ParameterError{Job: LostCustomers, Key: "overdue",
			Err: hint.With(fmt.Errorf("overdue %g and lost %g are no pair of odds", p.Overdue, p.Lost), "want 0 < overdue ≤ lost ≤ 1; the defaults are 0.5 and 0.7")}
	}
	if p.Schedule != "" {
		if _, err := ParseSchedule(p.Schedule); err != nil {
			return rules, &ParameterError{Job: LostCustomers, Key: "schedule", Err: err}
		}
	}
	rules.Standing.Overdue, rules.Standing.Lost = p.Overdue, p.Lost
	return rules, nil
}

// Conclude suspects the data first, then judges every customer.
func (j lostCustomers) Conclude(snapshot *sales.Snapshot) Conclusion {
	night := casebook.Night{AsOf: snapshot.AsOf}
	if stale := freshness.Check(snapshot, j.rules.Calendar, j.rules.MaxStaleness); stale != nil {
		night.Findings = []finding.Finding{*stale}
		night.LastOrder = func(finding.Finding) sales.Date { return snapshot.DataThrough }
		return Conclusion{Findings: night.Findings, Night: night}
	}
	sheet := standing.JudgeWith(snapshot, j.rules.Standing, j.fit(snapshot, j.rules.Standing))
	company := diagnosis.Survey(snapshot, sheet, j.rules.Calendar)
	if j.rules.NoRepFigures {
		company = company.WithoutRepFigures()
	}
	night.Findings = lost.Find(snapshot, sheet, company)
	night.LastOrder = func(f finding.Finding) sales.Date { return f.Facts.(finding.SilenceFacts).LastOrder }
	night.Customer = func(id string) (casebook.Watched, bool) { return watch(snapshot, sheet, company, id) }
	return Conclusion{Findings: night.Findings, Sheet: sheet, Night: night}
}

// watch says what the data say of a customer with a case.
func watch(snapshot *sales.Snapshot, sheet *standing.Sheet, company *diagnosis.Company, id string) (casebook.Watched, bool) {
	s := sheet.Customer(id)
	if s == nil || s.Orders == 0 {
		return casebook.Watched{}, false
	}
	return casebook.Watched{
		LastOrder: s.Last,
		Confirmed: s.Confirmed(),
		Silent:    func() finding.Finding { return lost.Silent(snapshot, sheet, company, s) },
		Recovered: func(before sales.Date) finding.Finding { return lost.Recovered(snapshot, sheet, s, before) },
	}, true
}
