package html

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func report() Report {
	share := Axis{Label: "X" + evil, Max: 1, Ticks: []Tick{{0, "0%"}, {1, "100%"}}}
	return Report{Locale: "ko", Title: "T" + evil, Lead: []string{"L" + evil}, Figures: []Figure{{"7", "of " + evil}},
		NotesTitle: "Notes", Notes: []string{"N" + evil},
		Sections: []Section{
			{Title: "S" + evil, Lead: []string{"SL" + evil}, Notes: []string{"SN" + evil},
				Table: Table{Columns: []Column{{Name: "what"}, {"n", true}}, Rows: [][]string{{"group" + evil}, {"row" + evil, "5"}}},
				Plots: []Plot{
					{Title: "P" + evil, X: share, Y: share, Diagonal: true, Lines: []Line{
						{Name: "joined" + evil, Joined: true, Points: []Point{{X: 0, Y: 1, Label: "a" + evil}, {X: .5, Y: .25, Size: 6}, {X: 9, Y: -3}, {X: math.NaN(), Y: math.Inf(1)}}},
						{Points: []Point{{X: 1, Y: 1}}}}},
					{Title: "bars", X: Axis{Max: 2}, Y: Axis{Max: 4, Ticks: []Tick{{4, "4"}}}, Legend: []string{"low", "high"},
						Bars: []Bar{{Parts: []float64{1, 0, 2}, Label: "b" + evil}, {Parts: []float64{4}}}},
					{Title: "nothing"},
				}},
			{Title: "empty"},
		}}
}

func writtenReport(t *testing.T, r Report) string {
	t.Helper()
	var b strings.Builder
	if err := WriteReport(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A report is one file: nothing in it runs, nothing is fetched, no word of the
// data becomes mark-up.
func TestReportIsSelfContained(t *testing.T) {
	page := writtenReport(t, report())
	for _, want := range []string{`<html lang="ko">`, "<!DOCTYPE html>", `name="viewport"`, "default-src &#39;none&#39;", `role="img"`, `<th colspan="2">group`, `<td class="number">5</td>`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	for _, bad := range []string{"<script", "\u202e", "http://", "@import", "url(", "javascript:", " style=", "NaN", "Inf"} {
		if strings.Contains(page, bad) {
			t.Errorf("%s in the page", bad)
		}
	}
	if m := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllString(page, -1); len(m) != 1 || m[0] != `href="data:,"` {
		t.Errorf("addresses %q; want only the empty icon", m)
	}
	_, rest, _ := strings.Cut(page, "<style>")
	inside, _, _ := strings.Cut(rest, "</style>")
	if !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(page, "&#43;", "+"), "&#39;", "'"), "style-src 'sha256-"+digest(inside)+"'") {
		t.Error("the policy forbids the style")
	}
}

// shapes are the attributes of the elements of a name in the page's plots.
func shapes(t *testing.T, page, name string) []map[string]string {
	t.Helper()
	var list []map[string]string
	for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1) {
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("a plot is no well-formed XML: %v\n%s", err, svg)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == name {
				one := map[string]string{}
				for _, a := range e.Attr {
					one[a.Name.Local] = a.Value
				}
				list = append(list, one)
			}
		}
	}
	return list
}

func at(t *testing.T, text string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Values stand where the axes say, and never outside the plot.
func TestPlaces(t *testing.T) {
	page := writtenReport(t, report())
	circles := shapes(t, page, "circle")
	if len(circles) != 5 {
		t.Fatalf("%d points, want 5", len(circles))
	}
	const right, low = plotWidth - plotRight, plotHeight - plotBottom
	for i, want := range [][3]float64{
		{plotLeft, plotTop, pointSize}, {(plotLeft + right) / 2, low - (low-plotTop)/4., 6}, {right, low, pointSize}, {plotLeft, plotTop, pointSize}, {right, plotTop, pointSize},
	} {
		c := circles[i]
		if got := [3]float64{at(t, c["cx"]), at(t, c["cy"]), at(t, c["r"])}; math.Abs(got[0]-want[0]) > .06 || math.Abs(got[1]-want[1]) > .06 || got[2] != want[2] {
			t.Errorf("point %d at %v, want %v", i, got, want)
		}
	}
	bars := shapes(t, page, "rect")
	if len(bars) != 3 {
		t.Fatalf("%d parts of bars, want 3: an empty part is none", len(bars))
	}
	quarter := (low - plotTop) / 4.
	for i, want := range []struct {
		class     string
		y, height float64
	}{{"b1", low - quarter, quarter}, {"b3", low - 3*quarter, 2 * quarter}, {"b1", plotTop, 4 * quarter}} {
		b := bars[i]
		if b["class"] != want.class || math.Abs(at(t, b["y"])-want.y) > .1 || math.Abs(at(t, b["height"])-want.height) > .1 {
			t.Errorf("part %d: %v, want %+v", i, b, want)
		}
	}
	if lines := shapes(t, page, "path"); len(lines) != 2 || lines[0]["class"] != "across" || strings.Count(lines[1]["d"], "L") != 3 {
		t.Errorf("paths %v; want the diagonal and one joined line", lines)
	}
}

func TestReportFails(t *testing.T) {
	if err := WriteReport(broken{}, report()); err == nil {
		t.Error("a page that could not be written is no error")
	}
}
