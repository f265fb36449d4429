package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"dangol/internal/sales"
	"dangol/jobs/backtest"
	"dangol/notify/html"
	"dangol/notify/wording"
)

// backtestView shows the result of a replay in the config's language.
type backtestView struct {
	*backtest.Result
	say      *wording.Wording
	snapshot *sales.Snapshot
	noReps   bool // no figure about a single rep is shown
}

// part is one section, for the terminal and the page alike; the page draws its
// plots, the terminal its bars.
type part struct {
	html.Section
	bars []float64 // a share of the whole width for each row of the table; may be nil
}

// parts are the sections in order.
func (v backtestView) parts() []part {
	list := []part{v.rulesPart(), v.moneyPart(), v.weeksPart(), v.calibrationPart(), v.thresholdsPart()}
	if len(v.Watched) > 0 {
		list = append(list, v.watchedPart())
	}
	if !v.noReps && v.Owners > 0 {
		list = append(list, v.repsPart())
	}
	return list
}

func (v backtestView) title() string {
	return v.say.Text("backtest_title", "from", v.From, "to", v.To)
}

// lead says what was replayed.
func (v backtestView) lead() []string {
	lines := []string{
		v.say.Text("backtest_lead", "every", v.Every, "from", v.From, "to", v.To, "steps", v.Steps),
		v.say.Text("backtest_scope", "regulars", v.Regulars, "silences", v.Episodes, "decided", v.Decided),
		v.say.Text("backtest_baseline", "date", v.Baseline.Week, "lost", v.Baseline.Alerts, "overdue", v.Baseline.Overdue-v.Baseline.Alerts),
	}
	if v.Held > 0 {
		lines = append(lines, v.say.Text("backtest_held", "steps", v.Held))
	}
	if v.Low > 0 {
		lines = append(lines, v.say.Text("backtest_low", "steps", v.Low))
	}
	return lines
}

// ruleName words a rule with its threshold.
func (v backtestView) ruleName(r backtest.Rule) string {
	switch {
	case r.Name == backtest.Lost:
		return v.say.Text("backtest_rule_lost", "threshold", r.Threshold)
	case r.Name == backtest.Overdue:
		return v.say.Text("backtest_rule_overdue", "threshold", r.Threshold)
	case r.Family == backtest.Days:
		return v.say.Text("backtest_rule_days", "days", r.Threshold)
	case r.Family == backtest.Gaps:
		return v.say.Text("backtest_rule_gaps", "times", r.Threshold)
	case r.Threshold >= 1:
		return v.say.Text("backtest_rule_nothing")
	}
	return v.say.Text("backtest_rule_falling", "share", 1-r.Threshold)
}

// grouped adds the group headings to the rows of all rules.
func (v backtestView) grouped(row func(*backtest.Score) []string) [][]string {
	heads := map[string]string{
		backtest.Lost: v.say.Text("backtest_group_own"), backtest.Silent60: v.say.Text("backtest_group_naive"),
		backtest.DaysAsLost: v.say.Text("backtest_group_as_lost"), backtest.DaysAsOverdue: v.say.Text("backtest_group_as_overdue"),
	}
	var rows [][]string
	for i := range v.Scores {
		s := &v.Scores[i]
		if head := heads[s.Name]; head != "" {
			rows = append(rows, []string{head})
		}
		rows = append(rows, row(s))
	}
	return rows
}

func (v backtestView) rulesPart() part {
	p := part{}
	p.Title = v.say.Text("backtest_heading_rules")
	p.Table.Columns = numeric(v.say.Text("backtest_column_rule"), v.say.Text("backtest_column_alerts"), v.say.Text("backtest_column_right"),
		v.say.Text("backtest_column_wrong"), v.say.Text("backtest_column_late"), v.say.Text("backtest_column_open"),
		v.say.Text("backtest_column_precision"), v.say.Text("backtest_column_recall"),
		v.say.Text("backtest_column_lead"), v.say.Text("backtest_column_lead_gaps"))
	p.Table.Rows = v.grouped(func(s *backtest.Score) []string {
		days, gaps := "–", "–"
		if s.Right > 0 {
			days, gaps = whole(int(math.Round(s.LeadDays))), tenths(s.LeadCadences)
		}
		return []string{v.ruleName(s.Rule), whole(s.Alerts), whole(s.Right), whole(s.Wrong), whole(s.Late), whole(s.Undecided),
			percentOrNone(s.Precision()), percentOrNone(s.Recall()), days, gaps}
	})
	p.Notes = []string{v.say.Text("backtest_note_outcomes"), v.say.Text("backtest_note_figures"), v.say.Text("backtest_note_as_many")}
	if v.Scores[0].Pauses > 0 {
		p.Table.Rows = append(p.Table.Rows, v.withoutPauses()...)
		p.Notes = append(p.Notes, v.say.Text("backtest_note_pauses", "pauses", v.Scores[0].Pauses))
	}
	return p
}

// withoutPauses are the rows in which a pause that the customer makes every year
// is no loss, and an alert about it is wrong.
func (v backtestView) withoutPauses() [][]string {
	rows := [][]string{{v.say.Text("backtest_group_unpaused")}}
	for _, name := range []string{backtest.Lost, backtest.Overdue, backtest.Silent60, backtest.Silent90, backtest.ThreeGaps, backtest.Ratio9090} {
		s := v.Score(name)
		rows = append(rows, []string{v.ruleName(s.Rule), whole(s.Alerts), whole(s.Right - s.PausesTold), whole(s.Wrong + s.PausesTold), whole(s.Late), whole(s.Undecided),
			percentOrNone(s.PrecisionWithoutPauses()), percentOrNone(s.RecallWithoutPauses()), "", ""})
	}
	return rows
}

func (v backtestView) moneyPart() part {
	p := part{}
	p.Title = v.say.Text("backtest_heading_money")
	p.Lead = []string{v.say.Text("backtest_money")}
	p.Table.Columns = numeric(v.say.Text("backtest_column_rule"), v.say.Text("backtest_column_caught"),
		v.say.Text("backtest_column_gone"), v.say.Text("backtest_column_share"))
	p.Table.Rows = v.grouped(func(s *backtest.Score) []string {
		part := 0.0
		if s.Gone > 0 {
			part = s.Caught.Float() / s.Gone.Float()
		}
		return []string{v.ruleName(s.Rule), v.say.Money(s.Caught), v.say.Money(s.Gone), percentOrNone(part, s.Gone > 0)}
	})
	return p
}

// span is how many steps one row of the table of alerts holds.
func (v backtestView) span() int {
	if len(v.Weeks) > 30 {
		return 4
	}
	return 1
}

func (v backtestView) weeksPart() part {
	p := part{}
	p.Title = v.say.Text("backtest_heading_weeks")
	lost, overdue := v.Score(backtest.Lost), v.Score(backtest.Overdue)
	a, b := v.PerWeek(lost.Alerts), v.PerWeek(overdue.Alerts)
	p.Lead = []string{v.say.Text("backtest_weeks", "lost", tenths(a), "overdue", tenths(b))}
	if v.Owners > 0 {
		p.Lead = append(p.Lead, v.say.Text("backtest_weeks_rep", "reps", v.Owners, "lost", hundredths(a/float64(v.Owners)), "overdue", hundredths(b/float64(v.Owners))))
	}
	p.Table.Columns = numeric(v.say.Text("backtest_column_week"), v.say.Text("backtest_column_overdue"), v.say.Text("backtest_column_lost"),
		v.say.Text("backtest_column_right"), v.say.Text("backtest_column_wrong"), v.say.Text("backtest_column_late"), v.say.Text("backtest_column_open"))
	most := 1
	for _, w := range v.periods() {
		most = max(most, w.Overdue, w.Alerts)
	}
	for _, w := range v.periods() {
		p.Table.Rows = append(p.Table.Rows, []string{v.say.Date(w.Week), whole(w.Overdue), whole(w.Alerts), whole(w.Right), whole(w.Wrong), whole(w.Late), whole(w.Undecided)})
		p.bars = append(p.bars, float64(max(w.Overdue, w.Alerts))/float64(most))
	}
	p.Notes = []string{v.say.Text("backtest_note_weeks", "days", v.span()*v.Every)}
	return p
}

// periods adds up the weeks of each row.
func (v backtestView) periods() []backtest.Week {
	var list []backtest.Week
	for i, w := range v.Weeks {
		if i%v.span() == 0 {
			list = append(list, w)
			continue
		}
		sum := &list[len(list)-1]
		sum.Alerts += w.Alerts
		sum.Right += w.Right
		sum.Wrong += w.Wrong
		sum.Late += w.Late
		sum.Undecided += w.Undecided
		sum.Overdue += w.Overdue
	}
	return list
}

func (v backtestView) calibrationPart() part {
	p := part{}
	p.Title = v.say.Text("backtest_heading_calibration")
	p.Lead = []string{v.say.Text("backtest_calibration")}
	p.Table.Columns = numeric("", v.say.Text("backtest_column_said"), v.say.Text("backtest_column_came"), v.say.Text("backtest_column_n"))
	type group struct {
		name string
		bins []backtest.Bin
	}
	groups := []group{{v.say.Text("backtest_group_looks"), v.Said}, {v.say.Text("backtest_group_first"), v.First}}
	if v.Scores[0].Pauses > 0 {
		groups = slices.Insert(groups, 1, group{v.say.Text("backtest_group_looks_unpaused"), v.Unpaused})
	}
	for _, group := range groups {
		p.Table.Rows = append(p.Table.Rows, []string{group.name})
		p.bars = append(p.bars, 0)
		for _, b := range group.bins {
			p.Table.Rows = append(p.Table.Rows, []string{"", wording.Percent(b.Said), wording.Percent(b.Right), whole(b.N)})
			p.bars = append(p.bars, b.Right)
		}
	}
	p.Notes = []string{v.say.Text("backtest_note_calibration")}
	return p
}

func (v backtestView) thresholdsPart() part {
	p := part{}
	p.Title = v.say.Text("backtest_heading_thresholds")
	p.Lead = []string{v.say.Text("backtest_thresholds")}
	load := v.say.Text("backtest_column_wanted")
	if v.Owners == 0 {
		load = v.say.Text("backtest_column_wanted_all")
	}
	p.Table.Columns = numeric(load, v.say.Text("backtest_column_threshold"), v.say.Text("backtest_column_gives"),
		v.say.Text("backtest_column_precision"), v.say.Text("backtest_column_recall"), v.say.Text("backtest_column_lead"))
	for _, s := range v.Suggested {
		lead := "–"
		if s.Score.Right > 0 {
			lead = whole(int(math.Round(s.Score.LeadDays)))
		}
		p.Table.Rows = append(p.Table.Rows, []string{v.say.Text("backtest_wanted", "load", hundredths(s.Wanted)), hundredths(s.Threshold), hundredths(s.PerRep),
			percentOrNone(s.Score.Precision()), percentOrNone(s.Score.Recall()), lead})
	}
	p.Notes = []string{v.say.Text("backtest_note_thresholds")}
	return p
}

func (v backtestView) watchedPart() part {
	p := part{}
	p.Title = v.say.Text("backtest_heading_watched")
	p.Table.Columns = numeric(v.say.Text("backtest_column_rule"), v.say.Text("backtest_column_alerts"), v.say.Text("backtest_column_right"),
		v.say.Text("backtest_column_wrong"), v.say.Text("backtest_column_open"), v.say.Text("backtest_column_precision"), v.say.Text("backtest_column_caught"))
	for _, w := range v.Watched {
		p.Table.Rows = append(p.Table.Rows, []string{v.watchName(w.Name), whole(w.Alerts), whole(w.Right), whole(w.Wrong), whole(w.Undecided),
			percentOrNone(w.Precision()), v.say.Money(w.Caught)})
	}
	p.Notes = []string{v.say.Text("backtest_note_watched")}
	return p
}

func (v backtestView) watchName(name string) string {
	if name == "declining" {
		return v.say.Text("backtest_watch_declining")
	}
	return v.say.Text("backtest_watch_dropped")
}

func (v backtestView) repsPart() part {
	p := part{}
	p.Title = v.say.Text("backtest_heading_reps")
	p.Lead = []string{v.say.Text("backtest_reps")}
	p.Table.Columns = numeric(v.say.Text("backtest_column_rep"), v.say.Text("backtest_column_regulars"), v.say.Text("backtest_column_overdue"),
		v.say.Text("backtest_column_lost"), v.say.Text("backtest_column_right"), v.say.Text("backtest_column_wrong"), v.say.Text("backtest_column_a_week"))
	people, most := repNames(v.snapshot), 1
	for _, r := range v.Reps {
		most = max(most, r.Overdue, r.Alerts)
	}
	for _, r := range v.Reps {
		name := personOr(people, r.ID)
		if r.ID == "" {
			name = v.say.Text("backtest_no_rep")
		}
		p.Table.Rows = append(p.Table.Rows, []string{wording.Name(name), whole(r.Regulars), whole(r.Overdue), whole(r.Alerts), whole(r.Right), whole(r.Wrong),
			hundredths(v.PerWeek(max(r.Overdue, r.Alerts)))})
		p.bars = append(p.bars, float64(max(r.Overdue, r.Alerts))/float64(most))
	}
	return p
}

// numeric are columns whose first holds words and the others numbers.
func numeric(names ...string) []html.Column {
	columns := make([]html.Column, len(names))
	for i, name := range names {
		columns[i] = html.Column{Name: name, Numeric: i > 0}
	}
	return columns
}

func whole(n int) string { return wording.Number(float64(n)) }

func percentOrNone(f float64, ok bool) string {
	if !ok {
		return "–"
	}
	return wording.Percent(f)
}

func tenths(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

func hundredths(f float64) string { return fmt.Sprintf("%.2f", f) }
