package notify

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify/chart"
	"dangol/notify/wording"
)

// course draws a customer's twelve months: what it bought, what was usual for it, and
// where it broke off. broken is the date of that; said are its words. Without two
// months with an order there is nothing to see.
func (p *plan) course(c finding.Course, broken sales.Date, said string) []Block {
	bought := 0
	for _, m := range c.Months {
		if m.Days > 0 {
			bought++
		}
	}
	if bought < 2 {
		return nil
	}
	picture := chart.Chart{Kind: chart.Columns}
	var figures []string
	top := c.High
	for _, m := range c.Months {
		tone := chart.Plain
		if m.Start.AddMonths(1)-1 > p.night.AsOf {
			tone = chart.Weak // not over yet
		}
		picture.Bars = append(picture.Bars, chart.Bar{Label: p.say.ShortMonth(m.Start), Under: strconv.Itoa(m.Days), To: m.Net.Float(), Tone: tone})
		figures = append(figures, p.say.Text("course_month", "month", p.say.ShortMonth(m.Start), "amount", m.Net, "days", m.Days))
		top = max(top, m.Net)
	}
	picture.Ticks = p.ticks(top)
	usual := ""
	if c.High > 0 {
		usual = p.say.Text("course_usual", "low", c.Low, "high", c.High)
		picture.Band = &chart.Band{Low: c.Low.Float(), High: c.High.Float(), Text: usual}
	}
	if at, ok := placeOf(broken, c.Months); ok {
		picture.Break = &chart.Break{At: at, Text: said}
	}
	text := p.say.Text("course_figures", "from", p.say.Month(c.Months[0].Start), "list", strings.Join(figures, " · "))
	if usual != "" {
		text += " · " + usual
	}
	picture.Alt = text + ". " + said
	return []Block{{Kind: Picture, Lines: []Line{plain(text)}, Chart: &picture}}
}

// placeOf is where a date lies among months, in bars: the middle of a bar is whole.
func placeOf(d sales.Date, months []finding.Month) (float64, bool) {
	for i, m := range months {
		if end := m.Start.AddMonths(1); d >= m.Start && d < end {
			return float64(i) - .5 + float64(d-m.Start+1)/float64(end-m.Start), true
		}
	}
	return 0, false
}

// ticks are two lines at round amounts.
func (p *plan) ticks(top sales.Money) []chart.Tick {
	if top <= 0 {
		return nil
	}
	size := math.Pow(10, math.Floor(math.Log10(top.Float())))
	for _, step := range []float64{5, 2.5, 2, 1, .5} {
		if 2*step*size <= top.Float()*1.1 {
			return []chart.Tick{p.tick(step * size), p.tick(2 * step * size)}
		}
	}
	return []chart.Tick{p.tick(top.Float())}
}

func (p *plan) tick(at float64) chart.Tick {
	return chart.Tick{At: at, Text: p.say.Money(sales.MoneyFromFloat(at))}
}

// picture is the chart of a finding about a customer, where its facts hold one.
func (p *plan) picture(f finding.Finding) []Block {
	switch facts := f.Facts.(type) {
	case finding.SilenceFacts:
		if f.Kind == finding.CustomerRecovered {
			return p.course(facts.Course, facts.BackOn, p.say.Text("course_back", "date", facts.BackOn))
		}
		return p.course(facts.Course, facts.LastOrder, p.say.Text("course_last", "date", facts.LastOrder))
	case finding.DeclineFacts:
		return p.course(facts.Course, facts.From, p.say.Text("course_since", "date", facts.From))
	case finding.DropFacts:
		return p.course(facts.Course, facts.LastBought, p.say.Text("course_bought", "date", facts.LastBought))
	}
	return nil
}

// quotaRow is one bar of a chart of quotas.
type quotaRow struct {
	label string
	of    finding.Progress
}

// quotaChart draws how far quotas have come and where they should be by now, and says
// the same as text, after a heading if there is one.
func (w *writer) quotaChart(heading string, rows []quotaRow) []Block {
	picture := chart.Chart{Kind: chart.Rows, Goal: &chart.Tick{At: 1, Text: w.say.Text("chart_quota")}}
	var figures []string
	for _, row := range rows {
		bar := chart.Bar{Label: row.label, To: math.Min(row.of.Attainment, 2), Text: percent(row.of.Attainment)}
		if !row.of.Complete {
			bar.Expected = row.of.Elapsed
		}
		picture.Bars = append(picture.Bars, bar)
		figures = append(figures, bar.Label+" "+w.reached(row.of)+" ("+bar.Text+")")
	}
	picture.Alt = heading + strings.Join(figures, " · ") + " · " + w.say.Text("chart_expected")
	return []Block{{Kind: Picture, Lines: []Line{plain(picture.Alt)}, Chart: &picture}}
}

// paceChart shows how far each quota of a sheet has come.
func (w *writer) paceChart(s *finding.Sheet) []Block {
	var rows []quotaRow
	for _, q := range s.Quotas {
		if q.Quota.Amount == 0 && q.Quota.Count == 0 {
			continue
		}
		rows = append(rows, quotaRow{w.say.Text("chart_"+q.Metric) + " · " + w.say.Text("chart_"+string(q.Period)), q})
	}
	if len(rows) == 0 {
		return nil
	}
	return w.quotaChart("", rows)
}

// mostBars is how many reps a chart of a team shows: those of the table's first rows.
const mostBars = 10

// teamChart shows how far the sales of each rep have come against the quota, in the
// order of the table; of one rep the sheet says enough.
func (w *writer) teamChart(sorted []finding.Sheet) []Block {
	var rows []quotaRow
	for i := range sorted {
		q, ok := sorted[i].Of(finding.Sales)
		if !ok || !sorted[i].Enough || q.Quota.Amount == 0 || len(rows) == mostBars {
			continue
		}
		// Numbered, since the picture may lack the letters of a name.
		label := strconv.Itoa(len(rows)+1) + ". " + wording.Name(cmp.Or(sorted[i].Rep.Name, sorted[i].Rep.ID))
		rows = append(rows, quotaRow{label, q})
	}
	if len(rows) < 2 {
		return nil
	}
	return w.quotaChart(w.say.Text("chart_sales_quota")+": ", rows)
}

// bridgeChart shows from what to what sales came, part by part.
func (w *writer) bridgeChart(c finding.Comparison) []Block {
	if !c.Known || c.From == 0 && c.To == 0 {
		return nil
	}
	picture := chart.Chart{Kind: chart.Rows}
	at := c.From
	total := func(label string, m sales.Money) chart.Bar {
		return chart.Bar{Label: label, To: m.Float(), Text: w.say.Money(m), Tone: chart.Total}
	}
	before, now := w.say.Text("chart_before"), w.say.Text("chart_now")
	picture.Bars = append(picture.Bars, total(before, c.From))
	figures := []string{before + " " + w.say.Money(c.From)}
	for _, part := range c.Parts() {
		label := w.say.Text("part_" + part.Name)
		bar := chart.Bar{Label: label, From: at.Float(), To: (at + part.Amount).Float(), Text: w.signed(part.Amount), Tone: chart.Up}
		switch {
		case part.Amount < 0:
			bar.Tone = chart.Down
		case part.Amount == 0: // nothing rises, so no ▲
			bar.Tone = chart.Plain
		}
		at += part.Amount
		picture.Bars = append(picture.Bars, bar)
		figures = append(figures, label+" "+bar.Text)
	}
	picture.Bars = append(picture.Bars, total(now, c.To))
	picture.Alt = strings.Join(append(figures, now+" "+w.say.Money(c.To)), " · ")
	return []Block{{Kind: Picture, Lines: []Line{}, Chart: &picture}} // the figures stand in the message, part by part
}
