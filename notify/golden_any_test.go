package notify_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/slack"

	"pgregory.net/rapid"
)

// nasty are texts as no database should hold them.
var nasty = []string{"", " ", "\n", "\x00", "\xff", "<!channel>", "<@U1>", "*b*", "_i_", "`c`", "> q", ":boom:", "&", "\u202e", "\u2066x", "가나다", "👩‍👩‍👧", "e\u0301",
	"{customer}", "|", "한국식품㈜", strings.Repeat("long ", 80), strings.Repeat("&", 400), strings.Repeat("*", 300)}

// TestNothingComposedIsRefused composes every kind of message from whatever a
// company's data may hold: names, amounts, counts. None breaks a limit of Slack's,
// none calls anybody, and its first block stays its title.
func TestNothingComposedIsRefused(t *testing.T) {
	names := slices.Sorted(maps.Keys(scenes))
	locales := map[string]*notify.Composer{"en": writing(t, "en"), "ko": writing(t, "ko")}
	rapid.Check(t, func(rt *rapid.T) {
		locale := rapid.SampledFrom([]string{"en", "ko"}).Draw(rt, "locale")
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(nasty), 1, 5).Draw(rt, "name"), "")
		factor := rapid.SampledFrom([]int64{-1_000_000, -1, 0, 1, 7, 1_000_000}).Draw(rt, "factor")
		reps := rapid.SampledFrom([]int{0, 1, 13, 60}).Draw(rt, "reps")
		s := newStudio(t, locale, strain{"any", func(place string, v reflect.Value) { whatever(place, v, text, factor) }, reps})
		s.composer.Wording = locales[locale].Wording
		for i := range s.night.Reps {
			s.night.Reps[i].Name = text
		}
		for _, m := range scenes[rapid.SampledFrom(names).Draw(rt, "scene")](s) {
			for _, users := range []map[string]string{nil, {"r1": "UANN"}} {
				checkFit(rt, m, notify.Resolved{Users: users})
			}
		}
	})
}

// whatever puts a text in the place of names and multiplies amounts and counts.
func whatever(place string, v reflect.Value, text string, factor int64) {
	switch v.Interface().(type) {
	case string:
		if slices.Contains(foreignPlaces, place) {
			v.SetString(text)
		}
	case sales.Money, int:
		v.SetInt(v.Int() * factor)
	}
}

func checkFit(t *rapid.T, m notify.Message, r notify.Resolved) {
	blocks := slack.Blocks(m, r)
	if err := slack.Validate(blocks); err != nil || len(blocks) == 0 {
		t.Fatalf("%s: %d blocks: %v", route(m), len(blocks), err)
	}
	text := slack.Text(m)
	if n := utf8.RuneCountInString(text); n > 4000 || !utf8.ValidString(text) || strings.ContainsAny(text, "<>") {
		t.Fatalf("%s: %d characters of text: %q", route(m), n, text)
	}
	if m.Op == notify.Post && m.Blocks[0].Kind == notify.Header && string(blocks[0].BlockType()) != "header" {
		t.Fatalf("%s: the title is gone", route(m))
	}
}
