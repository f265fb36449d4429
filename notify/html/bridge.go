package html

import "math"

// Bridge leads from one total to another in steps: a waterfall, read from top to
// bottom. The number of every step stands beside it as text.
type Bridge struct {
	Title string
	Steps []Step
}

// Step is one bar of a bridge, from one value to another.
type Step struct {
	Name, Text string
	From, To   float64
	Total      bool // a total, not a change
}

// Gauge is how far something has come: a bar to Value, a mark at Expected, a thin
// line from Low to High, on a scale that ends at the largest of them and of Full.
type Gauge struct {
	Name, Text      string
	Value, Expected float64
	Low, High, Full float64
}

// Certificate is a page to be printed and handed over.
type Certificate struct {
	Title, Name, Award, Figure, Sentence string
	DateLabel, SignatureLabel            string
}

// The drawing of bridges and gauges, in pixels of their own view.
const (
	rowWidth, rowHeight = 560, 22
	nameWidth           = 170
	textWidth           = 110
	barWidth            = rowWidth - nameWidth - textWidth
	gaugeHeight         = 30
)

// drawn are the rows of a bridge or of gauges, with their shapes worked out.
type drawn struct {
	Title  string
	Height string
	Rows   []drawnRow
}

type drawnRow struct {
	Name, Text   string
	Y, Middle    string
	X, Width     string
	Class        string
	Mark, Line   string // x of the mark; x of the thin line's start
	LineEnd, Low string
}

// draw works a bridge out.
func (b Bridge) draw() drawn {
	low, high := 0.0, 0.0
	for _, s := range b.Steps {
		low, high = min(low, s.From, s.To), max(high, s.From, s.To)
	}
	at := func(v float64) float64 {
		if high <= low || math.IsNaN(v) {
			return nameWidth
		}
		return nameWidth + (v-low)/(high-low)*barWidth
	}
	d := drawn{Title: visible(b.Title), Height: pixels(float64(rowHeight * len(b.Steps)))}
	for i, s := range b.Steps {
		class := "up"
		switch {
		case s.Total:
			class = "total"
		case s.To < s.From:
			class = "down"
		}
		left, right := at(min(s.From, s.To)), at(max(s.From, s.To))
		d.Rows = append(d.Rows, drawnRow{Name: visible(s.Name), Text: visible(s.Text), Y: pixels(float64(rowHeight*i) + 4), Middle: pixels(float64(rowHeight*i) + 15),
			X: pixels(left), Width: pixels(max(1, right-left)), Class: class})
	}
	return d
}

// drawGauges works gauges out.
func drawGauges(title string, list []Gauge) drawn {
	d := drawn{Title: visible(title), Height: pixels(float64(gaugeHeight * len(list)))}
	for i, g := range list {
		full := max(g.Full, g.Value, g.Expected, g.High, 1e-9)
		at := func(v float64) string { return pixels(nameWidth + within(v, full)*barWidth) }
		row := drawnRow{Name: visible(g.Name), Text: visible(g.Text), Y: pixels(float64(gaugeHeight*i) + 6), Middle: pixels(float64(gaugeHeight*i) + 18),
			X: pixels(nameWidth), Width: pixels(max(1, within(g.Value, full)*barWidth)), Class: "total", Mark: at(g.Expected), Low: pixels(float64(gaugeHeight*i) + 24)}
		if g.High > g.Low {
			row.Line, row.LineEnd = at(g.Low), at(g.High)
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// shown is a certificate with what can be seen of its words.
func (c Certificate) shown() Certificate {
	for _, text := range []*string{&c.Title, &c.Name, &c.Award, &c.Figure, &c.Sentence, &c.DateLabel, &c.SignatureLabel} {
		*text = visible(*text)
	}
	return c
}
