package html

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
)

// Report is a page of figures: sections with plots and tables, and no messages.
type Report struct {
	Locale     string // of its words: en, ko
	Title      string
	Lead       []string // sentences under the title
	Figures    []Figure
	Sections   []Section
	NotesTitle string
	Notes      []string // small print at the end
}

// Section is one part of a report; what is empty in it is left out.
type Section struct {
	Title string
	Lead  []string
	Plots []Plot
	Table Table
	Notes []string // under the table

	Bridges     []Bridge
	Gauges      []Gauge
	GaugesTitle string
	// Certificate stands alone on its page; Apart begins a new page in print.
	Certificate *Certificate
	Apart       bool
}

// Plot is a small chart. What it shows stands in a table beside it, too.
type Plot struct {
	Title    string
	X, Y     Axis
	Diagonal bool     // draws y = x
	Lines    []Line   // by X and Y
	Bars     []Bar    // from left to right over the whole of X; Y says how high
	Legend   []string // what the parts of a bar are
}

// Axis is one direction of a plot.
type Axis struct {
	Label string
	Max   float64 // of the values; they begin at 0
	Ticks []Tick
}

// Tick is a place on an axis, in its unit.
type Tick struct {
	At    float64
	Label string
}

// Line is a row of points, joined or not.
type Line struct {
	Name   string // shown in the legend; may be empty
	Joined bool
	Points []Point
}

// Point is one point; Label is shown when it is pointed at.
type Point struct {
	X, Y  float64
	Size  float64 // radius in pixels; 0: the usual one
	Label string
}

// Bar is one bar of parts, the lowest first.
type Bar struct {
	Parts []float64
	Label string
}

// The drawing of a plot, in pixels of its own view.
const (
	plotWidth, plotHeight = 380, 270
	plotLeft, plotRight   = 46, 18
	plotTop, plotBottom   = 12, 42
	pointSize             = 3.5
)

var (
	//go:embed plots.css
	plotStyle string
	//go:embed plots.tmpl
	plotSource   string
	reportStyle  = style + plotStyle
	reportLayout = template.Must(template.New("report").Parse(plotSource))
	reportPolicy = fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'", digest(reportStyle))
)

// reportView is what the template reads.
type reportView struct {
	Report
	Policy string
	Style  template.CSS
	Parts  []sectionView
}

type sectionView struct {
	Section
	Charts    []chart
	Falls     []drawn
	Paces     *drawn
	Honouring *Certificate
}

// WriteReport writes a report as one page that fetches nothing and runs nothing.
func WriteReport(w io.Writer, r Report) error {
	v := reportView{Report: r, Policy: reportPolicy, Style: template.CSS(reportStyle)}
	v.Title, v.Lead, v.Notes, v.NotesTitle = visible(r.Title), seen(r.Lead), seen(r.Notes), visible(r.NotesTitle)
	v.Figures = Page{Figures: r.Figures}.shown().Figures
	for _, s := range r.Sections {
		part := sectionView{Section: s}
		part.Title, part.Lead, part.Notes = visible(s.Title), seen(s.Lead), seen(s.Notes)
		part.Table = Page{Table: s.Table}.shown().Table
		for _, p := range s.Plots {
			part.Charts = append(part.Charts, p.chart())
		}
		for _, b := range s.Bridges {
			part.Falls = append(part.Falls, b.draw())
		}
		if len(s.Gauges) > 0 {
			paces := drawGauges(s.GaugesTitle, s.Gauges)
			part.Paces = &paces
		}
		if s.Certificate != nil {
			honoured := s.Certificate.shown()
			part.Honouring = &honoured
		}
		v.Parts = append(v.Parts, part)
	}
	return reportLayout.Execute(w, v)
}

// chart is a plot with its shapes worked out.
type chart struct {
	Plot
	Grid   []gridLine
	Paths  []path
	Boxes  []box
	Keys   []key
	Across string // the diagonal
}

type gridLine struct {
	X1, Y1, X2, Y2 string
	TextX, TextY   string
	Anchor, Label  string
	Upright        bool // belongs to the x axis: only its label is shown
}

type path struct {
	Class string
	D     string // empty: not joined
	Dots  []dot
}

type dot struct{ X, Y, R, Label string }

type box struct{ X, Y, Width, Height, Class, Label string }

type key struct{ Class, Name string }

// chart works out the shapes of a plot.
func (p Plot) chart() chart {
	p.Title, p.X.Label, p.Y.Label = visible(p.Title), visible(p.X.Label), visible(p.Y.Label)
	c := chart{Plot: p}
	for _, t := range p.X.Ticks {
		at := pixels(p.toX(t.At))
		c.Grid = append(c.Grid, gridLine{X1: at, X2: at, Y1: pixels(plotTop), Y2: pixels(plotHeight - plotBottom),
			TextX: at, TextY: pixels(plotHeight - plotBottom + 16), Anchor: "middle", Label: visible(t.Label), Upright: true})
	}
	for _, t := range p.Y.Ticks {
		at := p.toY(t.At)
		c.Grid = append(c.Grid, gridLine{X1: pixels(plotLeft), X2: pixels(plotWidth - plotRight), Y1: pixels(at), Y2: pixels(at),
			TextX: pixels(plotLeft - 6), TextY: pixels(at + 4), Anchor: "end", Label: visible(t.Label)})
	}
	if p.Diagonal {
		c.Across = fmt.Sprintf("M%s %sL%s %s", pixels(p.toX(0)), pixels(p.toY(0)), pixels(p.toX(p.X.Max)), pixels(p.toY(p.Y.Max)))
	}
	for i, l := range p.Lines {
		class := "s" + strconv.Itoa(i+1)
		c.Paths = append(c.Paths, p.path(l, class))
		if l.Name != "" {
			c.Keys = append(c.Keys, key{class, visible(l.Name)})
		}
	}
	c.Boxes = p.boxes()
	for i, name := range p.Legend {
		c.Keys = append(c.Keys, key{"b" + strconv.Itoa(i+1), visible(name)})
	}
	return c
}

func (p Plot) path(l Line, class string) path {
	drawn := path{Class: class}
	for i, at := range l.Points {
		x, y := pixels(p.toX(at.X)), pixels(p.toY(at.Y))
		if l.Joined {
			drawn.D += map[bool]string{true: "M", false: "L"}[i == 0] + x + " " + y
		}
		size := at.Size
		if size == 0 {
			size = pointSize
		}
		drawn.Dots = append(drawn.Dots, dot{x, y, pixels(size), visible(at.Label)})
	}
	return drawn
}

func (p Plot) boxes() []box {
	var list []box
	wide := (p.toX(p.X.Max) - p.toX(0)) / float64(max(1, len(p.Bars)))
	for i, b := range p.Bars {
		sum := 0.0
		for j, part := range b.Parts {
			if part <= 0 {
				continue
			}
			top, low := p.toY(sum+part), p.toY(sum)
			sum += part
			list = append(list, box{pixels(p.toX(0) + float64(i)*wide + wide*.1), pixels(top), pixels(wide * .8), pixels(low - top),
				"b" + strconv.Itoa(j+1), visible(b.Label)})
		}
	}
	return list
}

// toX and toY turn values into places.
func (p Plot) toX(value float64) float64 {
	return plotLeft + within(value, p.X.Max)*(plotWidth-plotLeft-plotRight)
}

func (p Plot) toY(value float64) float64 {
	return plotHeight - plotBottom - within(value, p.Y.Max)*(plotHeight-plotTop-plotBottom)
}

// within is a value as a share of the largest, inside the plot whatever it is.
func within(value, most float64) float64 {
	if most <= 0 || math.IsNaN(value) {
		return 0
	}
	return min(1, max(0, value/most))
}

func pixels(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }
