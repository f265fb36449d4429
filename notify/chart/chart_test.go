package chart_test

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"dangol/notify/chart"
)

var update = flag.Bool("update", false, "write docs/pictures/charts anew")

// samples are the pictures of the documentation.
func samples() map[string]chart.Chart {
	columns := chart.Chart{Kind: chart.Columns, Alt: "x",
		Ticks: []chart.Tick{{At: 2.5e6, Text: "₩2.5M"}, {At: 5e6, Text: "₩5M"}}, Band: &chart.Band{Low: 3.1e6, High: 4.2e6, Text: "usual ₩3.1M to ₩4.2M a month"},
		Break: &chart.Break{At: 9.9, Text: "last order 13 Oct"}}
	months := []string{"Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"}
	amounts := []float64{3.3e6, 4.1e6, 2.9e6, 3.9e6, 4.4e6, 3.2e6, 3.8e6, 4.9e6, 3.5e6, 3.7e6, 1.6e6, 0}
	for i, m := range months {
		columns.Bars = append(columns.Bars, chart.Bar{Label: m, Under: "3", To: amounts[i]})
	}
	columns.Bars[11].Tone, columns.Bars[11].Under = chart.Weak, "0"
	korean := columns
	korean.Ticks = []chart.Tick{{At: 2.5e6, Text: "250만원"}, {At: 5e6, Text: "500만원"}}
	korean.Band = &chart.Band{Low: 3.1e6, High: 4.2e6, Text: "평소 월 310만원~420만원"}
	korean.Break = &chart.Break{At: 9.9, Text: "마지막 주문 10월 13일"}
	korean.Bars = nil
	for i, b := range columns.Bars {
		b.Label = []string{"12월", "1월", "2월", "3월", "4월", "5월", "6월", "7월", "8월", "9월", "10월", "11월"}[i]
		korean.Bars = append(korean.Bars, b)
	}
	return map[string]chart.Chart{"months-en": columns, "months-ko": korean, "pace-en": pace(), "growth-ko": growth()}
}

func pace() chart.Chart {
	return chart.Chart{Kind: chart.Rows, Alt: "x", Goal: &chart.Tick{At: 1, Text: "quota"}, Bars: []chart.Bar{
		{Label: "cold visits · week", To: 1.08, Text: "108%"},
		{Label: "new customers · quarter", To: .5, Text: "50%", Expected: .62},
		{Label: "sales · month", To: .71, Text: "71%", Expected: .78}}}
}

func growth() chart.Chart {
	c := chart.Chart{Kind: chart.Rows, Alt: "x", Bars: []chart.Bar{{Label: "이전", To: 412, Text: "4.12억원", Tone: chart.Total}}}
	at := 412.
	for _, part := range []struct {
		label, text string
		by          float64
	}{{"신규 거래처", "+2,100만원", 21}, {"다시 찾은 거래처", "+640만원", 6.4}, {"새 품목", "+1,100만원", 11}, {"주문 횟수", "−890만원", -8.9},
		{"주문 크기", "+320만원", 3.2}, {"단가", "+1,500만원", 15}, {"감소 거래처", "−2,300만원", -23}, {"이탈 거래처", "−3,400만원", -34}} {
		tone := chart.Up
		if part.by < 0 {
			tone = chart.Down
		}
		c.Bars = append(c.Bars, chart.Bar{Label: part.label, From: at, To: at + part.by, Text: part.text, Tone: tone})
		at += part.by
	}
	c.Bars = append(c.Bars, chart.Bar{Label: "이번", To: at, Text: "4.03억원", Tone: chart.Total})
	return c
}

func folder() string { return filepath.Join("..", "..", "docs", "pictures", "charts") }

// TestPictures draws what the documentation shows: the same, pixel by pixel, give or
// take what another machine's arithmetic rounds otherwise.
func TestPictures(t *testing.T) {
	for name, c := range samples() {
		drawn, err := chart.PNG(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := chart.PNG(c)
		if err != nil || !bytes.Equal(drawn, again) {
			t.Errorf("%s: two drawings differ: %v", name, err)
		}
		path := filepath.Join(folder(), name+".png")
		if *update {
			if err := os.WriteFile(path, drawn, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: `go test ./notify/chart -run TestPictures -update` draws them", err)
		}
		if n := different(t, drawn, kept); n > .002 {
			t.Errorf("%s: %.2f%% of the picture has changed; look at it, then draw it anew with -update", name, 100*n)
		}
	}
}

// different is the share of the pixels that differ clearly.
func different(t *testing.T, a, b []byte) float64 {
	t.Helper()
	x, err := png.Decode(bytes.NewReader(a))
	y, err2 := png.Decode(bytes.NewReader(b))
	if err != nil || err2 != nil || x.Bounds() != y.Bounds() {
		return 1
	}
	n, all := 0, x.Bounds().Dx()*x.Bounds().Dy()
	for py := range x.Bounds().Dy() {
		for px := range x.Bounds().Dx() {
			if apart(x, y, px, py) {
				n++
			}
		}
	}
	return float64(n) / float64(all)
}

func apart(x, y image.Image, px, py int) bool {
	r, g, b, _ := x.At(px, py).RGBA()
	s, h, c, _ := y.At(px, py).RGBA()
	far := func(a, b uint32) bool { return max(a, b)-min(a, b) > 0x1800 }
	return far(r, s) || far(g, h) || far(b, c)
}

// What cannot be drawn is an error, never a panic.
func TestNoChart(t *testing.T) {
	for name, c := range map[string]chart.Chart{
		"no bars": {Kind: chart.Columns}, "not a number": {Bars: []chart.Bar{{To: math.NaN()}}},
		"infinite": {Kind: chart.Rows, Bars: []chart.Bar{{From: math.Inf(1)}}}, "200 months": {Bars: make([]chart.Bar, 200)},
	} {
		if _, err := chart.PNG(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzPNG: any figures and words give a picture of a sound size.
func FuzzPNG(f *testing.F) {
	f.Add(12, 1e6, -1e6, 12e12, "라벨 \x00 🎉", true)
	f.Add(1, 0., 0., 0., "", false)
	f.Add(60, -5., 1e300, 1e-300, "a very long label that does not fit anywhere in the picture at all", true)
	f.Fuzz(func(t *testing.T, n int, a, b, at float64, text string, lying bool) {
		c := chart.Chart{Kind: chart.Columns, Band: &chart.Band{Low: a, High: b, Text: text}, Break: &chart.Break{At: at, Text: text},
			Ticks: []chart.Tick{{At: a, Text: text}, {At: b, Text: text}}}
		if lying {
			c = chart.Chart{Kind: chart.Rows, Goal: &chart.Tick{At: at, Text: text}}
		}
		for i := range max(1, min(n, 60)) {
			c.Bars = append(c.Bars, chart.Bar{Label: text, Under: text, Text: text, From: b * float64(i%2), To: a / float64(i+1), Expected: at, Tone: chart.Tone([]string{"", "weak", "up", "down", "total"}[i%5])})
		}
		drawn, err := chart.PNG(c)
		if err != nil {
			return
		}
		config, err := png.DecodeConfig(bytes.NewReader(drawn))
		if err != nil || config.Width != 760 || config.Height > 3200 {
			t.Errorf("%v, %v", config, err)
		}
	})
}

// Letters that the font lacks are left out, not drawn as boxes.
func TestForeignLetters(t *testing.T) {
	draw := func(label string) []byte {
		c := pace()
		c.Bars[0].Label = label
		picture, err := chart.PNG(c)
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}
	if !bytes.Equal(draw("1. 株式会社 Kim 👩‍👧"), draw("1.  Kim ")) {
		t.Error("letters that the font lacks are drawn")
	}
	if bytes.Equal(draw("1. Kim"), draw("1. ")) {
		t.Error("letters that the font has are not drawn")
	}
}
