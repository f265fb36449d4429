package main

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dangol/config"
	"dangol/internal/sales"
	"dangol/internal/sample"
	"dangol/jobs"
	"dangol/notify"
	"dangol/notify/html"
)

var pictures = flag.Bool("pictures", false, "draw docs/pictures/messages anew: one message of each kind at 380 pixels")

// TestPictures draws one message of each kind that the sample company brings about,
// in both languages, as a phone shows it. It runs with -pictures only.
func TestPictures(t *testing.T) {
	if !*pictures {
		t.Skip("draws the pictures of the documentation: go test ./cmd/dangol -run TestPictures -pictures")
	}
	path := browser(t)
	for _, locale := range []string{"en", "ko"} {
		for name, page := range pagesOfKinds(t, locale) {
			seen := shot(t, path, exhibit(t, page)+"/phone", 500, 1500)
			file, err := os.Create(filepath.Join(root, "docs", "pictures", "messages", locale+"-"+name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			encoder := png.Encoder{CompressionLevel: png.BestCompression}
			if err := encoder.Encode(file, trimmed(seen)); err != nil {
				t.Fatal(err)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// pagesOfKinds are pages with one message each, by kind.
func pagesOfKinds(t *testing.T, locale string) map[string][]byte {
	asOf := sales.NewDate(2026, time.March, 31)
	dir := t.TempDir()
	if err := writeCompany(sample.Build(sample.Options{AsOf: asOf, Locale: locale, Seed: demoSeed}), dir); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(filepath.Join(dir, "dangol.yaml"), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Slack.AppToken = "xapp-for-the-buttons"
	env := environment{getenv: os.LookupEnv, now: time.Now}
	nights, err := playDemo(t.Context(), env, cfg, asOf)
	if err != nil {
		t.Fatal(err)
	}
	reports, err := demoReports(t.Context(), env, cfg, asOf)
	if err != nil {
		t.Fatal(err)
	}
	words, err := composer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string][]byte{}
	for name, found := range ofKinds(nights, reports) {
		found.night.Messages = []notify.Message{found.message}
		page := newPage(words.Wording.On(asOf), []*jobs.Result{found.night}, cfg.Slack.Channels.ByRole())
		page.Notes = nil
		var out bytes.Buffer
		if err := html.Write(&out, page); err != nil {
			t.Fatal(err)
		}
		pages[name] = out.Bytes()
	}
	return pages
}

// exemplar is a message with the night that it comes from.
type exemplar struct {
	message notify.Message
	night   *jobs.Result
}

// ofKinds picks the last message of each kind, and the first of each report.
func ofKinds(nights, reports []*jobs.Result) map[string]exemplar {
	found := map[string]exemplar{"baseline": {nights[0].Messages[0], nights[0]}}
	for _, night := range nights {
		kinds := map[string]string{}
		for _, change := range night.Changes {
			kinds[change.Case.ID] = string(change.Finding.Kind)
		}
		for _, m := range night.Messages {
			if kind := kinds[m.CaseID]; m.Op == notify.Post && kind != "" && len(m.Blocks) > 2 {
				copied := *night
				found[kind] = exemplar{m, &copied}
			}
		}
	}
	for _, report := range reports {
		for _, m := range slices.Backward(report.Messages) {
			if m.Op == notify.Post {
				copied := *report
				found[report.Job] = exemplar{m, &copied}
			}
		}
	}
	return maps.Clone(found)
}

// trimmed is a picture without the white below it, in few colours.
func trimmed(seen image.Image) image.Image {
	bottom := seen.Bounds().Dy()
	for bottom > 1 && plainRow(seen, bottom-1) {
		bottom--
	}
	few := image.NewPaletted(image.Rect(0, 0, 380, min(bottom+8, seen.Bounds().Dy())), palette.Plan9)
	draw.Draw(few, few.Bounds(), seen, image.Point{}, draw.Src)
	return few
}

func plainRow(seen image.Image, y int) bool {
	first := color.RGBAModel.Convert(seen.At(0, y))
	for x := range 380 {
		if color.RGBAModel.Convert(seen.At(x, y)) != first {
			return false
		}
	}
	return true
}
