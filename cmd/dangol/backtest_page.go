package main

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"dangol/jobs/backtest"
	"dangol/notify/html"
	"dangol/notify/wording"
)

// writePage writes the result as one page, the tables and beside them plots of
// the same figures.
func (v backtestView) writePage(w io.Writer) error {
	report := html.Report{Locale: v.say.Locale(), Title: v.title(), Lead: v.lead(),
		NotesTitle: v.say.Text("backtest_heading_notes"), Notes: v.notes()}
	lost, overdue := v.Score(backtest.Lost), v.Score(backtest.Overdue)
	report.Figures = []html.Figure{
		{Value: percentOrNone(lost.PrecisionWithoutPauses()), Label: v.say.Text("backtest_figure_precision")},
		{Value: percentOrNone(lost.RecallWithoutPauses()), Label: v.say.Text("backtest_figure_recall")},
		{Value: percentOrNone(overdue.RecallWithoutPauses()), Label: v.say.Text("backtest_figure_overdue")},
		{Value: v.say.Money(overdue.Caught), Label: v.say.Text("backtest_figure_caught")},
		{Value: tenths(v.PerWeek(lost.Alerts)), Label: v.say.Text("backtest_figure_week")},
	}
	plots := map[string][]html.Plot{
		v.say.Text("backtest_heading_rules"):       {v.precisionPlot()},
		v.say.Text("backtest_heading_weeks"):       {v.lostPlot(), v.overduePlot()},
		v.say.Text("backtest_heading_calibration"): {v.reliabilityPlot()},
	}
	for _, p := range v.parts() {
		p.Plots = plots[p.Title]
		report.Sections = append(report.Sections, p.Section)
	}
	return html.WriteReport(w, report)
}

// shareAxis goes from 0 to 100 %.
func shareAxis(label string) html.Axis {
	axis := html.Axis{Label: label, Max: 1}
	for i := range 6 {
		axis.Ticks = append(axis.Ticks, html.Tick{At: float64(i) / 5, Label: strconv.Itoa(20*i) + "%"})
	}
	return axis
}

// reliabilityPlot: on the diagonal the odds mean what they say.
func (v backtestView) reliabilityPlot() html.Plot {
	line := func(name string, bins []backtest.Bin) html.Line {
		l := html.Line{Name: name, Joined: true}
		most := 1
		for _, b := range bins {
			most = max(most, b.N)
		}
		for _, b := range bins {
			l.Points = append(l.Points, html.Point{X: b.Said, Y: b.Right, Size: 2 + 5*math.Sqrt(float64(b.N)/float64(most)),
				Label: v.say.Text("backtest_point_bin", "said", b.Said, "came", b.Right, "n", b.N)})
		}
		return l
	}
	looks := line(v.say.Text("backtest_group_looks"), v.Said)
	if v.Scores[0].Pauses > 0 {
		looks = line(v.say.Text("backtest_group_looks_unpaused"), v.Unpaused)
	}
	return html.Plot{Title: v.say.Text("backtest_plot_reliability"), Diagonal: true,
		X: shareAxis(v.say.Text("backtest_axis_said")), Y: shareAxis(v.say.Text("backtest_axis_came")),
		Lines: []html.Line{looks, line(v.say.Text("backtest_group_first"), v.First)}}
}

// precisionPlot shows what each family of rules reaches over its thresholds,
// without the pauses that customers make every year.
func (v backtestView) precisionPlot() html.Plot {
	title := v.say.Text("backtest_plot_precision")
	if v.Scores[0].Pauses > 0 {
		title = v.say.Text("backtest_plot_precision_unpaused")
	}
	plot := html.Plot{Title: title,
		X: shareAxis(v.say.Text("backtest_axis_recall")), Y: shareAxis(v.say.Text("backtest_axis_precision"))}
	names := map[backtest.Family]string{
		backtest.Odds: v.say.Text("backtest_family_odds"), backtest.Days: v.say.Text("backtest_family_days"),
		backtest.Gaps: v.say.Text("backtest_family_gaps"), backtest.Falling: v.say.Text("backtest_family_falling"),
	}
	for _, c := range v.Curves {
		line := html.Line{Name: names[c.Family], Joined: true}
		for _, s := range c.Points {
			precision, decided := s.PrecisionWithoutPauses()
			recall, any := s.RecallWithoutPauses()
			if !decided || !any {
				continue
			}
			size := 0.0
			if c.Family == backtest.Odds && (s.Threshold == v.Lost || s.Threshold == v.Overdue) {
				size = 6 // the thresholds in use
			}
			line.Points = append(line.Points, html.Point{X: recall, Y: precision, Size: size,
				Label: v.say.Text("backtest_point_rule", "rule", v.ruleName(s.Rule), "precision", precision, "recall", recall, "alerts", s.Alerts)})
		}
		plot.Lines = append(plot.Lines, line)
	}
	return plot
}

// lostPlot shows the alerts called lost, week by week.
func (v backtestView) lostPlot() html.Plot {
	plot := v.weekPlot(v.say.Text("backtest_plot_lost"), func(w backtest.Week) []int { return []int{w.Right, w.Wrong, w.Late, w.Undecided} })
	plot.Legend = []string{v.say.Text("backtest_column_right"), v.say.Text("backtest_column_wrong"), v.say.Text("backtest_column_late"), v.say.Text("backtest_column_open")}
	return plot
}

// overduePlot shows the silences called overdue, week by week.
func (v backtestView) overduePlot() html.Plot {
	plot := v.weekPlot(v.say.Text("backtest_plot_overdue"), func(w backtest.Week) []int { return []int{w.OverdueRight, w.Overdue - w.OverdueRight} })
	plot.Legend = []string{v.say.Text("backtest_column_right"), v.say.Text("backtest_column_others")}
	return plot
}

func (v backtestView) weekPlot(title string, parts func(backtest.Week) []int) html.Plot {
	plot := html.Plot{Title: title, X: html.Axis{Max: float64(len(v.Weeks))}}
	most := 0
	for i, w := range v.Weeks {
		b, sum := html.Bar{}, 0
		for _, n := range parts(w) {
			b.Parts = append(b.Parts, float64(n))
			sum += n
		}
		b.Label = fmt.Sprintf("%s: %d", v.say.Date(w.Week), sum)
		plot.Bars = append(plot.Bars, b)
		most = max(most, sum)
		if quarter := max(1, len(v.Weeks)/4); i%quarter == 0 && i+quarter/2 < len(v.Weeks) {
			plot.X.Ticks = append(plot.X.Ticks, html.Tick{At: float64(i) + .5, Label: v.say.Month(w.Week)})
		}
	}
	plot.Y = wholeAxis(most)
	return plot
}

// wholeAxis counts from 0 to at least the most, in at most five whole steps.
func wholeAxis(most int) html.Axis {
	step := 1
	for _, s := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		if step = s; s*5 >= most {
			break
		}
	}
	axis := html.Axis{}
	for at := 0; ; at += step {
		axis.Ticks = append(axis.Ticks, html.Tick{At: float64(at), Label: wording.Number(float64(at))})
		if at >= max(1, most) {
			axis.Max = float64(at)
			return axis
		}
	}
}
