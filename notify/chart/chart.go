// Package chart draws the pictures of messages: a customer's twelve months with its
// own usual band and the break, how far quotas have come, growth as a bridge. It is
// pure: plain data in, the bytes of a PNG out, the same ones each time. Every text
// comes worded; every figure in it stands beside the picture as text, too.
package chart

import (
	"bytes"
	_ "embed"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strings"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// Kind is the shape of a chart.
type Kind string

// The kinds.
const (
	Columns Kind = "columns" // upright bars side by side, such as months
	Rows    Kind = "rows"    // lying bars below each other, such as the parts of a sum
)

// Chart is what a picture shows. Values are in any unit, the same for all.
type Chart struct {
	Kind Kind  `json:"kind"`
	Bars []Bar `json:"bars"`
	// Ticks are the lines that help to read Columns.
	Ticks []Tick `json:"ticks,omitempty"`
	// Band is what is usual, across Columns.
	Band *Band `json:"band,omitempty"`
	// Break marks, in Columns, a place between two bars.
	Break *Break `json:"break,omitempty"`
	// Goal is a line across Rows, such as a quota that is reached.
	Goal *Tick `json:"goal,omitempty"`
	// Alt says in words what the picture shows.
	Alt string `json:"alt"`
}

// Tone is how a bar is drawn. No two tones differ by colour alone.
type Tone string

// The tones.
const (
	Plain Tone = ""
	Weak  Tone = "weak" // hatched: not over yet, or not counted
	Up    Tone = "up"   // with ▲
	Down  Tone = "down" // with ▼
	Total Tone = "total"
)

// Bar is one bar. It reaches from From to To; of Columns From is 0.
type Bar struct {
	Label string  `json:"label"`
	Under string  `json:"under,omitempty"` // a second line below the label of Columns
	Text  string  `json:"text,omitempty"`  // the figure, beside a bar of Rows
	From  float64 `json:"from,omitempty"`
	To    float64 `json:"to"`
	Tone  Tone    `json:"tone,omitempty"`
	// Expected is where a bar of Rows should be by now; 0: nowhere.
	Expected float64 `json:"expected,omitempty"`
}

// Tick is a line with its words.
type Tick struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

// Band is a range with its words.
type Band struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	Text string  `json:"text"`
}

// Break is a place between bars: 2.5 lies between the third and the fourth.
type Break struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

// Sizes are in pixels of the picture, which is twice as dense as a phone's screen is
// wide: 760 pixels for 380.
const (
	width      = 760
	columnsTop = 300 // height of the bars of Columns
	rowHeight  = 48
	margin     = 16
	small, big = 22, 24 // of the letters
	mostBars   = 60
)

var (
	ink   = color.RGBA{0x1d, 0x1c, 0x1d, 0xff}
	faint = color.RGBA{0x6b, 0x6b, 0x6b, 0xff}
	grid  = color.RGBA{0xdd, 0xdd, 0xdd, 0xff}
	blue  = color.RGBA{0x2c, 0x6f, 0xad, 0xff}
	teal  = color.RGBA{0x1b, 0x7f, 0x79, 0xff}
	red   = color.RGBA{0xb4, 0x53, 0x09, 0xff} // an orange that the colour-blind tell from teal
	dark  = color.RGBA{0x33, 0x3f, 0x4d, 0xff}
	band  = color.RGBA{0xd9, 0xe8, 0xf5, 0xff}
)

//go:embed font/chart.ttf
var letters []byte

// PNG draws a chart. A chart without bars, or with figures that are none, is an
// error.
func PNG(c Chart) ([]byte, error) {
	if len(c.Bars) == 0 || len(c.Bars) > mostBars {
		return nil, fmt.Errorf("a chart of %d bars", len(c.Bars))
	}
	for _, v := range figures(c) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("a chart with the figure %v", v)
		}
	}
	parsed, err := opentype.Parse(letters)
	if err != nil {
		return nil, err
	}
	p := &paper{chart: c, letters: parsed, fonts: map[float64]font.Face{}}
	for _, size := range []float64{small, big} {
		if p.fonts[size], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone}); err != nil {
			return nil, err
		}
	}
	if c.Kind == Rows {
		p.rows()
	} else {
		p.columns()
	}
	return encode(p.Image())
}

// shades is how many steps lie between white and each colour: enough for smooth
// edges, few enough for a small file.
const shades = 8

// encode writes a picture with the few colours that it has.
func encode(drawn image.Image) ([]byte, error) {
	palette := color.Palette{color.White}
	for _, c := range []color.RGBA{ink, faint, grid, blue, teal, red, dark, band} {
		for step := 1; step <= shades; step++ {
			mix := func(v uint8) uint8 { return uint8(255 - (255-int(v))*step/shades) }
			palette = append(palette, color.RGBA{mix(c.R), mix(c.G), mix(c.B), 0xff})
		}
	}
	few := image.NewPaletted(drawn.Bounds(), palette)
	draw.Draw(few, few.Bounds(), drawn, image.Point{}, draw.Src)
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, few); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func figures(c Chart) []float64 {
	var list []float64
	for _, b := range c.Bars {
		list = append(list, b.From, b.To, b.Expected)
	}
	for _, t := range c.Ticks {
		list = append(list, t.At)
	}
	if c.Band != nil {
		list = append(list, c.Band.Low, c.Band.High)
	}
	if c.Break != nil {
		list = append(list, c.Break.At)
	}
	if c.Goal != nil {
		list = append(list, c.Goal.At)
	}
	return list
}

// paper is a picture in the making.
type paper struct {
	*gg.Context
	chart   Chart
	letters *opentype.Font
	fonts   map[float64]font.Face
}

func (p *paper) begin(height int) {
	p.Context = gg.NewContext(width, height)
	p.SetColor(color.White)
	p.Clear()
}

func (p *paper) write(text string, size, x, y, anchor float64, c color.Color) {
	p.SetFontFace(p.fonts[size])
	p.SetColor(c)
	p.DrawStringAnchored(p.written(text), x, y, anchor, .35)
}

// wide is how wide a text is.
func (p *paper) wide(text string, size float64) float64 {
	p.SetFontFace(p.fonts[size])
	w, _ := p.MeasureString(p.written(text))
	return w
}

// written leaves out what the font lacks: a box says nothing to anybody.
func (p *paper) written(text string) string {
	var buffer sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if r == '−' {
			r = '–'
		}
		if at, err := p.letters.GlyphIndex(&buffer, r); err != nil || at == 0 {
			return -1
		}
		return r
	}, text)
}

// cut shortens a text to a width.
func (p *paper) cut(text string, size, room float64) string {
	if p.wide(text, size) <= room {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && p.wide(string(runes)+"…", size) > room {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (p *paper) line(x1, y1, x2, y2, thick float64, c color.Color, dashes ...float64) {
	p.SetColor(c)
	p.SetLineWidth(thick)
	p.SetDash(dashes...)
	p.DrawLine(x1, y1, x2, y2)
	p.Stroke()
	p.SetDash()
}

// bar fills a rectangle in the tone of a bar; a weak one is hatched.
func (p *paper) bar(x, y, w, h float64, tone Tone) {
	if w < 0 {
		x, w = x+w, -w
	}
	if h < 0 {
		y, h = y+h, -h
	}
	p.SetColor(tint(tone))
	if tone != Weak {
		p.DrawRectangle(x, y, w, h)
		p.Fill()
		return
	}
	p.Push()
	p.DrawRectangle(x, y, w, h)
	p.Clip()
	for d := -h; d < w; d += 10 {
		p.line(x+d, y+h, x+d+h, y, 3, blue)
	}
	p.ResetClip()
	p.Pop()
	p.SetLineWidth(2)
	p.SetColor(blue)
	p.DrawRectangle(x, y, w, h)
	p.Stroke()
}

func tint(tone Tone) color.Color {
	switch tone {
	case Up:
		return teal
	case Down:
		return red
	case Total:
		return dark
	}
	return blue
}
