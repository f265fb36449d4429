package wording_test

import (
	"strings"
	"testing"

	"dangol/internal/finding"
)

// What is wrong with a sentence is told with its remedy, all at once.
func TestCheck(t *testing.T) {
	long := strings.Repeat("가", 1001)
	for name, c := range map[string]struct{ locale, key, sentence, text, remedy string }{
		"unknown key":        {"en", "text_lots", "x", "unknown key", "did you mean text_lost?"},
		"far from any key":   {"ko", "gone_for_good", "x", "unknown key", "docs/messages.md lists the keys; notify/wording/ko.yaml holds every one"},
		"empty":              {"en", "text_lost", " ", "nothing is given", "remove the key"},
		"too long":           {"ko", "text_lost", long, "more than 1000 characters", "shorten"},
		"two lines":          {"en", "text_lost", "Lost:\n{customer}", "a line break", "one line"},
		"unknown field":      {"en", "text_lost", "Lost: {custmer}", "unknown field {custmer}", "{cadence}, {customer}, {days}"},
		"no fields":          {"en", "link", "Open {customer}", "unknown field {customer}", "this sentence has no fields"},
		"open brace":         {"en", "text_lost", "Lost: {customer", "a brace that belongs to no field", "{name:one|many}"},
		"no second form":     {"en", "text_lost", "Lost: {customer}, {days} {days:day}s, {cadence:one}", "{cadence:one} has no second form", "{cadence:one|many}"},
		"three forms":        {"en", "text_lost", "{days:a|b|c}", "more than two forms", "{days:one|many}"},
		"empty format":       {"en", "text_lost", "{days:}", "has no second form", "{days:one|many}"},
		"bare fraction":      {"en", "reply_worsened", "Lost, odds {p}", "{p} is a fraction", "{p:percent}"},
		"no fraction":        {"en", "text_lost", "{days:percent}", "{days} is no fraction", "write {days}"},
		"particle alone":     {"ko", "text_lost", "{customer:이|가} 주문이 없습니다", "writes the particle alone", "{customer}{customer:이|가}"},
		"particle too early": {"ko", "text_lost", "{customer} {customer:이|가}", "writes the particle alone", "{customer}{customer:이|가}"},
	} {
		var texts, remedies []string
		for _, fault := range load(t, c.locale, "").Check(c.key, c.sentence) {
			texts, remedies = append(texts, fault.Text), append(remedies, fault.Remedy)
		}
		if !strings.Contains(strings.Join(texts, "\n"), c.text) || !strings.Contains(strings.Join(remedies, "\n"), c.remedy) {
			t.Errorf("%s: %q, %q; want %q, %q", name, texts, remedies, c.text, c.remedy)
		}
	}
	if faults := load(t, "en", "").Check("text_lost", "{a} {b} {"); len(faults) != 3 {
		t.Errorf("%d of 3 faults are told: %v", len(faults), faults)
	}
}

// Every built-in sentence could stand in its own place: Check asks for nothing
// that ours do not keep.
func TestBuiltInSentencesPass(t *testing.T) {
	for _, locale := range []string{"en", "ko"} {
		w := load(t, locale, "")
		for key, sentence := range w.Sentences() {
			for _, fault := range w.Check(key, sentence) {
				t.Errorf("%s: %s: %s: %q", locale, key, fault.Text, sentence)
			}
		}
	}
}

// A sentence of the user's stands in the place of the built-in one; what cannot
// stand there, or does not suit the value, leaves the built-in one.
func TestWith(t *testing.T) {
	w := load(t, "en", "EUR").With(map[string]string{
		"link": "Open", "text_lost": "{customer} is gone: {days} {days:day|days}", "reply_confirmed": "{nothing}",
		"label_by": "{date:day} at the latest:", "quality_bad_rows": "{n:day}", "explain_segment": "{segment:|}",
	})
	for _, c := range []struct {
		key   string
		pairs []any
		want  string
	}{
		{"link", nil, "Open"},
		{"text_lost", []any{"customer", "Kim\n<!channel>", "days", 1, "cadence", 3.0}, "Kim <!channel> is gone: 1 day"},
		{"reply_confirmed", []any{"days", 41, "limit", 36.0}, "Confirmed lost: no order for 41 days, longer than 36."},
		{"quality_bad_rows", []any{"n", 2}, "2 other rows without a usable id or date, left out"},
		{"explain_segment", []any{"segment", "cafés"}, "cafés"},
		{"nowhere", nil, "[nowhere]"},
	} {
		if got := w.Say(finding.Say(c.key, c.pairs...)); got != c.want {
			t.Errorf("%s: %q; want %q", c.key, got, c.want)
		}
	}
	if got := load(t, "en", "EUR").Text("link"); got != "Details" {
		t.Errorf("the original now reads %q", got)
	}
}
