package jobs

import (
	"fmt"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/jobs/lost"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// LostCustomers is the name of the job about silent customers.
const LostCustomers = "lost-customers"

// lostParameters are the job's keys in the config.
type lostParameters struct {
	Schedule  string  `yaml:"schedule"`
	Overdue   float64 `yaml:"overdue"`
	Lost      float64 `yaml:"lost"`
	Declining float64 `yaml:"declining"`
	Dropped   float64 `yaml:"dropped"`
	Patience  int     `yaml:"patience"`
}

// Patience is the default of the parameter patience: a week of selling days.
const Patience = 5

// Fitter supplies the model of a night.
type Fitter func(*sales.Snapshot, standing.Rules) silence.Blend

type lostCustomers struct {
	rules    Rules
	fit      Fitter
	patience int
}

func newLostCustomers(rules Rules, decode Decoder) (Job, error) {
	return NewLostCustomers(rules, decode, standing.Fit)
}

// NewLostCustomers returns the job with a model of the caller's choice: a replay
// of many nights need not refit each.
func NewLostCustomers(rules Rules, decode Decoder, fit Fitter) (Job, error) {
	rules, err := WithThresholds(rules, decode)
	if err != nil {
		return nil, err
	}
	own := lostParameters{Patience: Patience}
	if err := decode(LostCustomers, &own); err != nil {
		return nil, err
	}
	if own.Patience < 0 || own.Patience > 60 {
		return nil, &ParameterError{Job: LostCustomers, Key: "patience",
			Err: hint.With(fmt.Errorf("patience %d is no number of selling days", own.Patience), "want 0 (the manager is never told) to 60; the default is %d", Patience)}
	}
	return lostCustomers{rules: rules, fit: fit, patience: own.Patience}, nil
}

// WithThresholds fills in the thresholds that the config gives for the job
// lost-customers: they define the stages wherever stages are shown.
func WithThresholds(rules Rules, decode Decoder) (Rules, error) {
	p := lostParameters{Overdue: rules.Standing.Overdue, Lost: rules.Standing.Lost,
		Declining: rules.Declining.Declining, Dropped: rules.Dropped.LeastOdds}
	if err := decode(LostCustomers, &p); err != nil {
		return rules, err
	}
	if !(0 < p.Overdue && p.Overdue <= p.Lost && p.Lost <= 1) {
		return rules, &ParameterError{Job: LostCustomers, Key: "overdue",
			Err: hint.With(fmt.Errorf("overdue %g and lost %g are no pair of odds", p.Overdue, p.Lost), "want 0 < overdue ≤ lost ≤ 1; the defaults are 0.5 and 0.7")}
	}
	if err := odds("declining", p.Declining, rules.Declining.Declining); err != nil {
		return rules, err
	}
	if err := odds("dropped", p.Dropped, rules.Dropped.LeastOdds); err != nil {
		return rules, err
	}
	if p.Schedule != "" {
		if _, err := ParseSchedule(p.Schedule); err != nil {
			return rules, &ParameterError{Job: LostCustomers, Key: "schedule", Err: err}
		}
	}
	rules.Standing.Overdue, rules.Standing.Lost = p.Overdue, p.Lost
	rules.Declining.Declining, rules.Dropped.LeastOdds = p.Declining, p.Dropped
	return rules, nil
}

// odds refuses a threshold that is no probability.
func odds(key string, given, usual float64) error {
	if 0 < given && given <= 1 {
		return nil
	}
	return &ParameterError{Job: LostCustomers, Key: key,
		Err: hint.With(fmt.Errorf("%s %g is no probability", key, given), "want more than 0 and at most 1; the default is %g", usual)}
}

// Conclude suspects the data first, then judges every customer.
func (j lostCustomers) Conclude(snapshot *sales.Snapshot) Conclusion {
	night := casebook.Night{AsOf: snapshot.AsOf}
	if stale := j.rules.Freshness().Check(snapshot); stale != nil {
		night.Findings = []finding.Finding{*stale}
		night.LastOrder = func(finding.Finding) sales.Date { return snapshot.DataThrough }
		return Conclusion{Findings: night.Findings, Night: night}
	}
	judged := judgeWith(snapshot, j.rules, j.fit)
	night.Findings = judged.Findings()
	night.LastOrder = func(f finding.Finding) sales.Date { return f.Facts.(finding.SilenceFacts).LastOrder }
	night.Customer, night.Ended, night.Replaced, night.Segment = judged.watch, judged.ended, judged.replaced, judged.segment
	night.Patience = j.patience
	return Conclusion{Findings: night.Findings, Sheet: judged.Sheet, Night: night}
}

// watch says what the data say of a customer with a case.
func (j *Judgement) watch(id string) (casebook.Watched, bool) {
	snapshot, sheet, company := j.Snapshot, j.Sheet, j.Company
	s := sheet.Customer(id)
	if s == nil || s.Orders == 0 {
		return casebook.Watched{}, false
	}
	return casebook.Watched{
		LastOrder: s.Last,
		LastVisit: j.lastVisit(id),
		Owner:     s.Customer.Owner(),
		Confirmed: s.Confirmed() && s.Beyond, // a pause that is known confirms nothing
		Silent:    func() finding.Finding { return lost.Silent(snapshot, sheet, company, s) },
		Recovered: func(before sales.Date) finding.Finding { return lost.Recovered(snapshot, sheet, s, before) },
	}, true
}

// lastVisit is the latest visit to a customer; zero: none is known.
func (j *Judgement) lastVisit(id string) sales.Date {
	var last sales.Date
	if who := j.Snapshot.Customer(id); who != nil {
		for _, v := range who.Visits {
			if v.Date <= j.Snapshot.AsOf {
				last = max(last, v.Date)
			}
		}
	}
	return last
}

func (j *Judgement) segment(id string) string {
	if who := j.Snapshot.Customer(id); who != nil {
		return who.Segment
	}
	return ""
}
