package jobs

import (
	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/board"
	"dangol/jobs/figures"
	"dangol/jobs/growth"
	"dangol/jobs/opportunity"
	"dangol/jobs/quota"
	"dangol/jobs/reps"
	"dangol/jobs/sheets"
)

// The names of the jobs about figures.
const (
	QuotaDigest  = "quota-digest"
	SalesGrowth  = "sales-growth"
	RepDiagnosis = "rep-diagnosis"
	Leaderboard  = "leaderboard"
)

// figuresJob is a job that reports figures rather than follows cases.
type figuresJob struct {
	name   string
	rules  Rules
	period func(sales.Date) sales.Span                 // that is reviewed at an as-of date
	spans  func(sales.Date, sales.Fiscal) []sales.Span // that the turnover is to cover; nil: it is not needed
	report func(*desk) *finding.Report
}

// desk is everything a report is made from.
type desk struct {
	rules   Rules
	period  sales.Span
	judged  *Judgement
	ledger  *figures.Ledger
	compare *growth.Comparer
	// team and progress are nil where no figure about a single rep is computed.
	team     *reps.Team
	progress *quota.Progresser
}

// Conclude suspects the data first, then works the figures out.
func (j figuresJob) Conclude(snapshot *sales.Snapshot) Conclusion {
	night := casebook.Night{AsOf: snapshot.AsOf}
	if stale := j.rules.Freshness().Check(snapshot); stale != nil {
		night.Findings = []finding.Finding{*stale}
		night.LastOrder = func(finding.Finding) sales.Date { return snapshot.DataThrough }
		return Conclusion{Findings: night.Findings, Night: night}
	}
	d := &desk{rules: j.rules, period: j.period(snapshot.AsOf), judged: Judge(snapshot, j.rules)}
	d.ledger = figures.NewLedger(snapshot, d.judged.Sheet)
	d.compare = growth.NewComparer(d.ledger)
	if !j.rules.NoRepFigures {
		d.team = reps.NewTeam(d.ledger, quota.NewBook(j.rules.Quotas, snapshot.Quotas))
		d.progress = quota.NewProgresser(d.team.Book, d.ledger, d.team.Reps)
	}
	report := j.report(d)
	report.Job, report.Period = j.name, d.period
	if d.team != nil {
		report.Sellers = d.team.Reps
	}
	report.Missing = append(report.Missing, d.missing()...)
	return Conclusion{Findings: findingsOf(report), Sheet: d.judged.Sheet, Night: night, Report: report}
}

// missing says what the figures lack.
func (d *desk) missing() []finding.Phrase {
	var list []finding.Phrase
	snapshot := d.judged.Snapshot
	if !snapshot.Has[sales.Visits] {
		list = append(list, finding.Say("missing_visits"))
	}
	if !snapshot.HasSellers && !d.rules.NoRepFigures {
		list = append(list, finding.Say("missing_sellers"))
	}
	if d.rules.NoRepFigures {
		list = append(list, finding.Say("missing_rep_figures"))
	}
	if !snapshot.HasProducts {
		list = append(list, finding.Say("missing_products"))
	}
	return list
}

// findingsOf are the findings of a report, the company's before the reps'.
func findingsOf(report *finding.Report) []finding.Finding {
	var list []finding.Finding
	list = append(list, report.Shorts...)
	list = append(list, report.Growth...)
	list = append(list, report.Opportunities...)
	list = append(list, report.Losing...)
	if report.Board != nil {
		list = append(list, finding.Finding{Kind: finding.Leaderboard, Severity: finding.Info, Probability: 1,
			Headline: finding.Say("headline_leaderboard", "month", report.Board.Start), Facts: *report.Board})
	}
	return list
}

// scheduled are the parameters of a job about figures: when it runs.
type scheduled struct {
	Schedule string `yaml:"schedule"`
}

// newFigures makes the constructor of a job about figures. The thresholds of
// lost-customers define the stages here as well.
func newFigures(job figuresJob) func(Rules, Decoder) (Job, error) {
	return func(rules Rules, decode Decoder) (Job, error) {
		var own scheduled
		if err := decode(job.name, &own); err != nil {
			return nil, err
		}
		if own.Schedule != "" {
			if _, err := ParseSchedule(own.Schedule); err != nil {
				return nil, &ParameterError{Job: job.name, Key: "schedule", Err: err}
			}
		}
		rules, err := WithThresholds(rules, decode)
		made := job
		made.rules = rules
		return made, err
	}
}

// digestWeeks: the digest compares so many weeks with so many before.
const digestWeeks = 4

func digestSpans(asOf sales.Date, _ sales.Fiscal) []sales.Span {
	to := sales.LastWeek(asOf).To
	return []sales.Span{{From: to - 7*digestWeeks + 1, To: to}, {From: to - 2*7*digestWeeks + 1, To: to - 7*digestWeeks}}
}

// digest is the weekly report on quotas.
func digest(d *desk) *finding.Report {
	report := &finding.Report{About: finding.AboutQuotas}
	weeks := &growth.Request{Against: finding.LastWeeks, To: 0, From: 1}
	if d.team == nil {
		m := &sheets.Maker{Team: reps.NoTeam(d.ledger, quota.NewBook(d.rules.Quotas, nil)), Compare: d.compare, Weeks: weeks, Findings: d.judged.Findings()}
		report.Company = m.Company(nil)
		return report
	}
	m := &sheets.Maker{Team: d.team, Progress: d.progress, Compare: d.compare, Weeks: weeks,
		Causes: d.team.Causes(), Findings: d.judged.Findings()}
	report.Reps = m.Sheets()
	report.Teams = sheets.Teams(report.Reps, d.judged.Snapshot.Reps)
	report.Company = m.Company(report.Reps)
	for i := range report.Reps {
		report.Shorts = append(report.Shorts, sheets.Shorts(&report.Reps[i], d.judged.Snapshot.DataThrough)...)
	}
	return report
}

// The spans of sales-growth, by index.
const (
	spanMonth = iota
	spanLastMonth
	spanLastYear
	spanYear
	spanYearBefore
	spanTwelve // the twelve months that end with the month
)

func growthSpans(asOf sales.Date, fiscal sales.Fiscal) []sales.Span {
	month := sales.LastMonth(asOf)
	year := sales.Span{From: fiscal.Year(month.To).From, To: month.To}
	return []sales.Span{month, sales.MonthOf(month.From - 1), month.YearAgo(), year, year.YearAgo(), {From: month.From.AddMonths(-11), To: month.To}}
}

// review is the monthly report on growth.
func review(d *desk) *finding.Report {
	report := &finding.Report{About: finding.AboutGrowth}
	snapshot := d.judged.Snapshot
	company := d.growth("", figures.Company)
	against := spanLastYear
	if !company.Comparisons[1].Known {
		against = spanLastMonth
	}
	company.Products, company.Segments = opportunity.Fallen(snapshot, against, spanMonth)
	report.Growth = append(report.Growth, reviewFinding("", company))
	report.Opportunities = opportunity.Find(snapshot, d.judged.Sheet, spanTwelve, d.rules.Opportunity)
	if d.team == nil || !snapshot.HasSellers {
		return report
	}
	for _, rep := range d.team.Reps {
		facts := d.growth(rep.Name, rep.ID)
		if facts.Comparisons[0].Customers+facts.Comparisons[1].Customers+facts.Comparisons[2].Customers == 0 {
			continue
		}
		report.Growth = append(report.Growth, reviewFinding(rep.ID, facts))
	}
	return report
}

// growth compares the month with the month before, the same of the year before,
// and the year to date.
func (d *desk) growth(name, scope string) finding.GrowthFacts {
	facts := finding.GrowthFacts{RepName: name, Start: d.period.From, End: d.period.To, DataThrough: d.judged.Snapshot.DataThrough}
	for _, r := range []growth.Request{
		{Against: finding.LastMonth, From: spanLastMonth, To: spanMonth},
		{Against: finding.LastYear, From: spanLastYear, To: spanMonth},
		{Against: finding.YearToDate, From: spanYearBefore, To: spanYear},
	} {
		facts.Comparisons = append(facts.Comparisons, d.compare.Rep(r, scope))
	}
	facts.Bridge = facts.Comparisons[0].Bridge
	return facts
}

func reviewFinding(rep string, facts finding.GrowthFacts) finding.Finding {
	key, args := "headline_growth", []any{"from", facts.From, "to", facts.To, "month", facts.Start}
	if rep != "" {
		key, args = "headline_growth_rep", append(args, "rep", facts.RepName)
	}
	return finding.Finding{Kind: finding.GrowthReview, RepID: rep, Severity: finding.Info, Probability: 1, Headline: finding.Say(key, args...), Facts: facts}
}

func boardSpans(asOf sales.Date, _ sales.Fiscal) []sales.Span {
	month := sales.LastMonth(asOf)
	return []sales.Span{month, month.YearAgo(), sales.MonthOf(month.From - 1)}
}

// honours is the monthly leaderboard.
func honours(d *desk) *finding.Report {
	report := &finding.Report{About: finding.AboutBest}
	if d.team == nil {
		return report
	}
	against := &growth.Request{Against: finding.LastYear, To: 0, From: 1}
	if d.ledger.Began == 0 || d.ledger.Began > d.judged.Snapshot.Spans[1].From {
		against = &growth.Request{Against: finding.LastMonth, To: 0, From: 2}
	}
	report.Board = board.Month(d.team, d.progress, d.compare, against, d.period)
	return report
}

// losers is the monthly diagnosis of reps who lose regulars one after another.
func losers(d *desk) *finding.Report {
	report := &finding.Report{About: finding.AboutLosses}
	if d.team != nil {
		report.Losing, report.Judged = d.team.Losing(d.judged.Company, d.period.To)
	}
	return report
}
