package wording_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify/wording"

	"pgregory.net/rapid"
)

func load(t testing.TB, locale, currency string) *wording.Wording {
	t.Helper()
	w, err := wording.Load(locale, currency)
	if err != nil {
		t.Fatal(err)
	}
	return w.On(sales.NewDate(2026, time.November, 24))
}

func TestLoad(t *testing.T) {
	for _, locale := range []string{"", "fr", "../en"} {
		if _, err := wording.Load(locale, "EUR"); err == nil {
			t.Errorf("locale %q has a wording", locale)
		}
	}
	if got := load(t, "ko", "").Locale(); got != "ko" {
		t.Errorf("Locale() = %q", got)
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		locale, currency string
		units            float64
		want             string
	}{
		{"ko", "KRW", 0, "0원"}, {"ko", "KRW", 9_990, "9,990원"}, {"ko", "KRW", 9_996, "9,996원"}, {"ko", "KRW", 10_000, "1만 원"},
		{"ko", "KRW", 3_104_000, "310만 원"}, {"ko", "KRW", 12_345_678, "1,230만 원"}, {"ko", "KRW", 99_960_000, "1억 원"},
		{"ko", "KRW", 123_456_789, "1.23억 원"}, {"ko", "KRW", 250_000_000_000, "2,500억 원"}, {"ko", "KRW", -3_100_000, "−310만 원"},
		{"en", "KRW", 0, "₩0"}, {"en", "KRW", 950, "₩950"}, {"en", "KRW", 9_990, "₩9,990"}, {"en", "KRW", 12_345, "₩12.3k"},
		{"en", "KRW", 3_104_000, "₩3.1M"}, {"en", "KRW", 999_600, "₩1M"}, {"en", "KRW", 123_456_789, "₩123M"}, {"en", "KRW", 1.5e9, "₩1.5bn"},
		{"en", "KRW", 2.5e12, "₩2.5tn"}, {"en", "KRW", -41_000, "−₩41k"}, {"en", "KRW", 99.5, "₩100"},
		{"en", "EUR", 0, "€0"}, {"en", "EUR", 12, "€12"}, {"en", "EUR", 12.5, "€12.50"}, {"en", "EUR", 99.99, "€99.99"}, {"en", "EUR", 100.49, "€100"},
		{"en", "EUR", 1_234.5, "€1,235"}, {"en", "EUR", 9_994, "€9,994"}, {"en", "EUR", 9_996, "€10k"}, {"en", "EUR", 37_000, "€37k"}, {"en", "EUR", -12.5, "−€12.50"},
		{"ko", "EUR", 12.5, "€12.50"}, {"ko", "EUR", 37_000, "€37k"},
		{"en", "", 12.5, "12.50"}, {"en", "", 1_234, "1,234"}, {"en", "", 1_234_000, "1.23M"}, {"ko", "", 1_234_000, "1.23M"}, {"ko", "", -5, "−5"},
		{"en", "CHF", 1_500, "CHF 1,500"},
		{"en", "KRW", -.3, "₩0"}, {"ko", "KRW", -.3, "0원"}, {"en", "EUR", -.004, "€0.00"}, {"en", "EUR", -.01, "−€0.01"}, // no minus before a zero
	} {
		if got := load(t, c.locale, c.currency).Money(sales.MoneyFromFloat(c.units)); got != c.want {
			t.Errorf("%s %s %v: %q; want %q", c.locale, c.currency, c.units, got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0", 1: "1", 1.04: "1", 1.05: "1.1", 2.5: "2.5", 9.94: "9.9", 9.96: "10", 10: "10", 10.4: "10", 10.5: "11", 1234: "1,234", 1_234_567.8: "1,234,568",
		-2.5: "-2.5", -12.6: "-13", -.01: "0",
	} {
		if got := wording.Number(f); got != want {
			t.Errorf("Number(%v) = %q; want %q", f, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0%", .0001: "<1%", .0049: "<1%", .005: "1%", .5: "50%", .834: "83%", .835: "84%", .994: "99%", .995: ">99%", .99999: ">99%", 1: "100%", 1.2: "120%", -.3: "-30%",
	} {
		if got := wording.Percent(f); got != want {
			t.Errorf("Percent(%v) = %q; want %q", f, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	this, last := sales.NewDate(2026, time.May, 7), sales.NewDate(2025, time.December, 31)
	for _, c := range []struct{ locale, got, want string }{
		{"en", load(t, "en", "").Date(this), "7 May"}, {"en", load(t, "en", "").Date(last), "31 Dec 2025"},
		{"ko", load(t, "ko", "").Date(this), "5월 7일"}, {"ko", load(t, "ko", "").Date(last), "2025년 12월 31일"},
		{"en", load(t, "en", "").Month(last), "Dec 2025"}, {"ko", load(t, "ko", "").Month(last), "2025년 12월"},
		{"en", load(t, "en", "").Weekday(time.Thursday), "Thu"}, {"ko", load(t, "ko", "").Weekday(time.Thursday), "목"},
		{"ko", load(t, "ko", "").Weekday(time.Sunday), "일"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q; want %q", c.locale, c.got, c.want)
		}
	}
}

// A wording without a date, as of no year, names every year.
func TestOn(t *testing.T) {
	w := load(t, "en", "")
	if got := w.On(sales.NewDate(2025, time.January, 1)).Date(sales.NewDate(2026, time.May, 7)); got != "7 May 2026" {
		t.Errorf("as of 2025: %q", got)
	}
	if got := w.Date(sales.NewDate(2026, time.May, 7)); got != "7 May" {
		t.Errorf("On changed the original: %q", got)
	}
}

func TestEndsInConsonant(t *testing.T) {
	for text, want := range map[string]bool{
		"김밥천국": true, "한국푸드": false, "서울": true, "가": false, "각": true, "힣": true,
		"0": true, "1": true, "2": false, "3": true, "4": false, "5": false, "6": true, "7": true, "8": true, "9": false, "10": true, "100": true,
		"LG": false, "SK": false, "KB": false, "CJ": false, "GM": true, "LN": true, "TSR": true, "SQL": true,
		"Foods": false, "Kim": true, "Seoul": true, "King": true, "dog": false, "Book": true, "Cafe": false,
		"한국(주)": true, "두부나라㈜": false, "서울상점 (본점)": true, "(주)": false, "\"달\"": true, "가게.": false,
		"": false, " ": false, ")": false, "☃": false, "東京": false,
	} {
		if got := wording.EndsInConsonant(text); got != want {
			t.Errorf("EndsInConsonant(%q) = %v; want %v", text, got, want)
		}
	}
}

func TestParticles(t *testing.T) {
	w := load(t, "ko", "KRW")
	for customer, want := range map[string]string{
		"김밥천국": "거래 재개: 김밥천국이 41일 만에 11월 20일 다시 주문했습니다(310만 원).",
		"한국푸드": "거래 재개: 한국푸드가 41일 만에 11월 20일 다시 주문했습니다(310만 원).",
		"상점 7": "거래 재개: 상점 7이 41일 만에 11월 20일 다시 주문했습니다(310만 원).",
		"LG":   "거래 재개: LG가 41일 만에 11월 20일 다시 주문했습니다(310만 원).",
	} {
		got := w.Text("text_recovered", "customer", customer, "days", 41, "date", sales.NewDate(2026, time.November, 20), "amount", 3_100_000*sales.MoneyUnit)
		if got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}

func TestChoiceByNumber(t *testing.T) {
	w := load(t, "en", "")
	for _, c := range []struct {
		key, name string
		value     any
		want      string
	}{
		{"rollup_title", "n", 1, "1 more customer to look at"}, {"rollup_title", "n", 2, "2 more customers to look at"}, {"rollup_title", "n", 0, "0 more customers to look at"},
		{"rollup_title", "n", 1001, "1,001 more customers to look at"},
		{"replace", "customers", 1.0, "1 new customer"}, {"replace", "customers", 1.04, "1 new customer"}, {"replace", "customers", 1.1, "1.1 new customers"}, {"replace", "customers", 2.6, "2.6 new customers"},
	} {
		if got := w.Text(c.key, c.name, c.value); got != c.want {
			t.Errorf("%s of %v: %q; want %q", c.key, c.value, got, c.want)
		}
	}
}

// The number alone chooses {n:1=day|# days}, in both languages.
func TestChoiceByOneNumber(t *testing.T) {
	for _, c := range []struct {
		locale string
		number float64
		want   string
	}{
		{"en", 1, "Usually every day · 1 order in all"}, {"en", 1.04, "Usually every day · 1 order in all"}, {"en", 2, "Usually every 2 days · 2 orders in all"},
		{"en", 12.5, "Usually every 13 days · 13 orders in all"}, {"ko", 1, "보통 매일 주문 · 지금까지 1회"}, {"ko", 3, "보통 3일 간격으로 주문 · 지금까지 3회"},
		{"ko", 10, "보통 10일 간격으로 주문 · 지금까지 10회"},
	} {
		if got := load(t, c.locale, "").Text("back_odds", "cadence", c.number, "orders", c.number); got != c.want {
			t.Errorf("%s of %g: %q; want %q", c.locale, c.number, got, c.want)
		}
	}
	for usual, want := range map[int]string{0: "never a day without", 1: "at most 1", 10: "at most 10"} {
		got := load(t, "en", "").Text("stale_stopped", "through", sales.NewDate(2026, time.May, 7), "days", 3, "usual", usual, "buyers", 1.0)
		if want := "No order lines after 7 May: 3 days, usually " + want + "; 1 customer orders on a usual day"; got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}

func TestDayOfTheWeek(t *testing.T) {
	due := sales.NewDate(2026, time.November, 26)
	for locale, want := range map[string]string{"en": "By Thu 26 Nov:", "ko": "11월 26일(목)까지:"} {
		if got := load(t, locale, "").Text("label_by", "date", due); got != want {
			t.Errorf("%s: %q; want %q", locale, got, want)
		}
	}
}

// What is missing shows itself instead of vanishing; values are not read as
// placeholders.
func TestSay(t *testing.T) {
	w := load(t, "en", "EUR")
	for name, c := range map[string]struct {
		phrase finding.Phrase
		want   string
	}{
		"no sentence":         {finding.Say("nowhere"), "[nowhere]"},
		"no value":            {finding.Say("cause_with", "cause", "visits"), "visits ({confidence})."},
		"a value with braces": {finding.Say("cause_with", "cause", "{confidence}", "confidence", "low"), "{confidence} (low)."},
		"percent":             {finding.Say("reply_worsened", "days", 41, "p", .834), "Now lost: no order for 41 days, odds 83%."},
		"ratio":               {finding.Say("company_flow", "share", 1.038, "since", "May"), "company orders at 104% of usual since May"},
		"ratio of one":        {finding.Say("company_flow", "share", .998, "since", "May"), "company orders at 100% of usual since May"},
		"other types":         {finding.Say("link", "unused", 1), "Details"},
		"bool":                {finding.Say("cause_with", "cause", true, "confidence", int64(3)), "true (3)."},
	} {
		if got := w.Say(c.phrase); got != c.want {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
	if got := w.Texts([]finding.Phrase{finding.Say("link"), finding.Say("no_complaint")}); len(got) != 2 || got[1] != "no complaint" {
		t.Errorf("Texts = %q", got)
	}
}

// Rounding for the phone keeps within half a percent, and never loses the sign.
// One of a thing is one thing.
func TestOne(t *testing.T) {
	w := load(t, "en", "EUR")
	one := []any{"n", 1, "reps", 1, "regulars", 1, "per", 9.0, "wanted", 20, "low", 0, "months", 1, "losses", 1, "high", 1, "days", 90, "from", sales.Date(20000), "to", sales.Date(20001)}
	wrong := regexp.MustCompile(`\b1 (visits|reps|others|regulars|losses|months)\b|other 1 regulars`)
	for _, key := range []string{"visits_all", "rep_team_yield", "losses_words", "losses_plan_rest", "losses_few_regulars", "losses_no_team", "losses_short_owner", "losses_chance"} {
		if text := w.Text(key, one...); wrong.MatchString(text) || strings.Contains(text, "{") {
			t.Errorf("%s: %s", key, text)
		}
	}
}

func TestMoneyRounds(t *testing.T) {
	w := load(t, "en", "")
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.Int64Range(1, 900_000_000_000).Draw(t, "units")
		m := sales.Money(units) * sales.MoneyUnit
		plus, minus := w.Money(m), w.Money(-m)
		if minus != "−"+plus {
			t.Fatalf("%d: %q, negative %q", units, plus, minus)
		}
		if back := read(t, plus); back < float64(units)*.994 || back > float64(units)*1.006 {
			t.Fatalf("%d reads %q", units, plus)
		}
	})
}

// read turns 1,230, 12.3k, 3.1M and 2.5tn back into units.
func read(t *rapid.T, text string) float64 {
	scale := 1.0
	for suffix, by := range map[string]float64{"k": 1e3, "M": 1e6, "bn": 1e9, "tn": 1e12} {
		if whole, ok := strings.CutSuffix(text, suffix); ok {
			text, scale = whole, by
		}
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil {
		t.Fatal(err)
	}
	return f * scale
}
