package main

import (
	"io"
	"strconv"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/notify"
	"dangol/notify/html"
	"dangol/notify/wording"
)

// writeReportPage is the page of a job about figures: the same words as its
// messages, with plots, to be printed.
func writeReportPage(w io.Writer, result *jobs.Result, compose *notify.Composer) error {
	say := compose.Wording.On(result.Snapshot.AsOf)
	night := notify.Night{AsOf: result.Snapshot.AsOf, DataThrough: result.Snapshot.DataThrough, Reps: result.Snapshot.Reps}
	page := html.Report{Locale: say.Locale(), NotesTitle: say.Text("page_notes"), Notes: append(say.Texts(result.Report.Missing), qualityNotes(say, result.Snapshot.Quality, result.Held)...),
		Lead: []string{say.Text("page_report_lead", "job", result.Job, "as_of", say.On(0).Date(result.Snapshot.AsOf), "through", say.On(0).Date(result.Snapshot.DataThrough))}}
	for i, part := range compose.Print(result.Report, night) {
		if i == 0 && result.Report.About != finding.AboutBest {
			page.Title = part.Title
		}
		page.Sections = append(page.Sections, reportSection(say, part, i > 0 && part.Award == nil))
	}
	if board := result.Report.Board; board != nil {
		page.Title = say.Text("board_title", "month", say.Month(board.Start))
		for _, award := range board.Awards {
			for _, h := range compose.Honours(board, award, night) {
				page.Sections = append(page.Sections, certificate(say, h))
			}
		}
	}
	if page.Title == "" {
		page.Title = page.Sections[0].Title
	}
	return html.WriteReport(w, page)
}

func reportSection(say *wording.Wording, part notify.Printed, apart bool) html.Section {
	s := html.Section{Title: part.Title, Lead: part.Lines, Apart: apart, GaugesTitle: say.Text("page_pace")}
	if len(part.Table) > 1 {
		for i, name := range part.Table[0] {
			s.Table.Columns = append(s.Table.Columns, html.Column{Name: name, Numeric: i > 0})
		}
		s.Table.Rows = part.Table[1:]
	}
	if part.Sheet != nil {
		s.Gauges = gauges(say, part.Sheet)
		if len(s.Gauges) > 0 {
			s.Notes = append(s.Notes, say.Text("page_pace_notes"))
		}
		if plot, ok := visitPlot(say, part.Sheet); ok {
			s.Plots = append(s.Plots, plot)
		}
		if part.Sheet.Growth.Customers > 0 && part.Sheet.Growth.Known {
			s.Bridges = append(s.Bridges, bridge(say, part.Sheet.Growth))
		}
	}
	for _, c := range part.Compared {
		if c.Known && c.Customers > 0 {
			s.Bridges = append(s.Bridges, bridge(say, c))
		}
	}
	return s
}

// gauges show how far each quota is, against where it should be today.
func gauges(say *wording.Wording, sheet *finding.Sheet) []html.Gauge {
	names := map[string]string{finding.ColdVisits: say.Text("figure_visits"), finding.NewCustomers: say.Text("figure_new"), finding.Sales: say.Text("figure_sales")}
	var list []html.Gauge
	for _, p := range sheet.Quotas {
		g := html.Gauge{Name: names[p.Metric] + " " + say.Date(p.Start), Value: p.Actual.Float(), Expected: p.Quota.Float() * p.Elapsed, Full: p.Quota.Float(),
			Text: say.Measure(p.Actual) + " / " + say.Measure(p.Quota)}
		if p.Ranged && !p.Complete {
			g.Low, g.High = p.Low.Float(), p.High.Float()
		}
		list = append(list, g)
	}
	return list
}

// visitPlot shows the cold visits of the week by day.
func visitPlot(say *wording.Wording, sheet *finding.Sheet) (html.Plot, bool) {
	plot := html.Plot{Title: say.Text("page_visits"), X: html.Axis{Max: float64(len(sheet.Visited.ByDay))}}
	most := 0
	for i, day := range sheet.Visited.ByDay {
		plot.Bars = append(plot.Bars, html.Bar{Parts: []float64{float64(day.Cold)}, Label: say.Day(day.Date) + ": " + strconv.Itoa(day.Cold)})
		plot.X.Ticks = append(plot.X.Ticks, html.Tick{At: float64(i) + .5, Label: say.Weekday(day.Date.Weekday())})
		most = max(most, day.Cold)
	}
	plot.Y = wholeAxis(max(most, sheet.Visited.Daily))
	plot.Y.Label = say.Text("page_visits_axis")
	return plot, len(plot.Bars) > 0
}

// bridge draws a comparison as steps from one total to the other.
func bridge(say *wording.Wording, c finding.Comparison) html.Bridge {
	b := html.Bridge{Title: say.Text("page_bridge", "from", spanText(say, c.FromSpan), "to", spanText(say, c.ToSpan))}
	at := c.From.Float()
	b.Steps = append(b.Steps, html.Step{Name: say.Text("bridge_from"), Text: say.Money(c.From), To: at, Total: true})
	for _, part := range c.Parts() {
		next, text := at+part.Amount.Float(), say.Money(part.Amount)
		if part.Amount > 0 {
			text = "+" + text
		}
		b.Steps = append(b.Steps, html.Step{Name: say.Text("part_" + part.Name), Text: text, From: at, To: next})
		at = next
	}
	b.Steps = append(b.Steps, html.Step{Name: say.Text("bridge_to"), Text: say.Money(c.To), To: c.To.Float(), Total: true})
	return b
}

func spanText(say *wording.Wording, s sales.Span) string {
	return say.Date(s.From) + "–" + say.Date(s.To)
}

func certificate(say *wording.Wording, h notify.Honour) html.Section {
	return html.Section{Certificate: &html.Certificate{Title: h.Title, Name: h.Name, Award: h.Award + " · " + h.Month, Figure: h.Figure, Sentence: h.Sentence,
		DateLabel: say.Text("certificate_date"), SignatureLabel: say.Text("certificate_signature")}}
}
