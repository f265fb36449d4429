package wording_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"dangol/notify/wording"

	"pgregory.net/rapid"
)

func TestName(t *testing.T) {
	const joiner = "\u200d"
	fifty := strings.Repeat("김밥", 25)
	for name, c := range map[string]struct{ text, want string }{
		"plain":                    {"Kim Foods & Co. <Seoul> *best*", "Kim Foods & Co. <Seoul> *best*"},
		"as long as may be":        {fifty + "1234567890", fifty + "1234567890"},
		"one too long":             {fifty + "12345678901", fifty + "123456789…"},
		"no space before the cut":  {strings.Repeat("a", 58) + " bcd", strings.Repeat("a", 58) + "…"},
		"many lines":               {" Kim\r\n\tFoods\u2028 Ltd\v", "Kim Foods Ltd"},
		"control characters":       {"a\x1b[31mb\x00\u009b", "a[31mb"},
		"turned around":            {"a\u202eb\u2066c\u2069\u200f\u061cd", "abcd"},
		"invisible":                {"a\u200b\u2060\ufeff\u00ad\U000e0041b", "ab"},
		"nothing to see":           {"\u200b \u3164\u2800", "?"},
		"only an accent":           {"\u0301", "?"},
		"empty":                    {"", "?"},
		"broken UTF-8":             {"a\xffb", "a\uFFFDb"},
		"an accent stays":          {strings.Repeat("a", 58) + "e\u0301xyz", strings.Repeat("a", 58) + "…"},
		"a family stays":           {strings.Repeat("a", 56) + "👩" + joiner + "👧" + joiner + "👦xyz", strings.Repeat("a", 56) + "…"},
		"a family that fits":       {"👩" + joiner + "👧 Foods", "👩" + joiner + "👧 Foods"},
		"a skin tone stays":        {strings.Repeat("a", 58) + "👍🏽xyz", strings.Repeat("a", 58) + "…"},
		"a flag stays":             {strings.Repeat("a", 58) + "🇰🇷🇯🇵", strings.Repeat("a", 58) + "…"},
		"after a flag":             {strings.Repeat("a", 57) + "🇰🇷🇯🇵", strings.Repeat("a", 57) + "🇰🇷…"},
		"a syllable of jamo stays": {strings.Repeat("a", 58) + "\u1100\u1161\u11a8xyz", strings.Repeat("a", 58) + "…"},
		"one endless character":    {"e" + strings.Repeat("\u0301", 99), "e" + strings.Repeat("\u0301", 58) + "…"},
	} {
		if got := wording.Name(c.text); got != c.want {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
}

func TestNameIsAlwaysFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := wording.Name(rapid.String().Draw(t, "text"))
		if n := utf8.RuneCountInString(got); n < 1 || n > wording.NameLength || !utf8.ValidString(got) {
			t.Fatalf("%q: %d runes", got, n)
		}
		if strings.ContainsFunc(got, unicode.IsControl) || strings.TrimSpace(got) != got || wording.Name(got) != got {
			t.Fatalf("%q is not one clean line", got)
		}
	})
}

// Whoever wrote the name, a sentence holds it short; an action or evidence is
// never cut, and the particle follows what is shown.
func TestNamesInSentences(t *testing.T) {
	w := load(t, "ko", "KRW")
	long := strings.Repeat("가", 59) + "각각"
	want := "이탈: " + strings.Repeat("가", 59) + "…가 41일째 주문이 없습니다(보통 12일 간격)."
	if got := w.Text("text_lost", "customer", long, "days", 41, "cadence", 12.0); got != want {
		t.Errorf("%q; want %q", got, want)
	}
	evidence := strings.Repeat("가", 100)
	if got := w.Text("for", "evidence", evidence); got != "근거: "+evidence+"." {
		t.Errorf("%q; want it whole", got)
	}
}
