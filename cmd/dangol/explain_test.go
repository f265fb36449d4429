package main

import (
	"path/filepath"
	"strings"
	"testing"

	"dangol/config"
	"dangol/internal/sales"
	"dangol/internal/sample"
	"dangol/jobs"
	"dangol/jobs/explain"
	"dangol/jobs/standing"
	"dangol/notify/wording"
)

// stageWords begin the verdict.
var stageWords = map[standing.Stage]map[string]string{
	standing.NotRegular: {"en": "Not a regular, so never alerted:", "ko": "단골 아님(알림 대상 아님):"},
	standing.Active:     {"en": "Active:", "ko": "정상:"},
	standing.Declining:  {"en": "Declining:", "ko": "거래 감소:"},
	standing.Overdue:    {"en": "Overdue:", "ko": "주문 지연:"},
	standing.Lost:       {"en": "Lost:", "ko": "이탈:"},
}

// Every customer of the sample company is explained in both languages with the
// stage and the figures that score has, no wider than a page, nothing unworded.
func TestEveryCustomerIsExplained(t *testing.T) {
	t.Parallel()
	asOf := sales.NewDate(2026, 3, 31)
	for _, locale := range []string{"en", "ko"} {
		facts := sampleFacts(t, asOf, locale)
		say, err := wording.Load(locale, facts.Currency)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[standing.Stage]int{}
		rows := scoreRows(&jobs.Judgement{Sheet: facts.Sheet, Declines: facts.Declines}, say)
		for i := range facts.Sheet.Customers {
			who := &facts.Sheet.Customers[i]
			var text strings.Builder
			if err := writeExplanation(&text, say, explain.Explain(facts, who)); err != nil {
				t.Fatal(err)
			}
			seen[who.Stage]++
			checkExplanation(t, text.String(), rows[i], stageWords[who.Stage][locale])
		}
		for stage := range stageWords {
			if seen[stage] == 0 {
				t.Errorf("%s: no customer is %s: too few to prove anything", locale, stage)
			}
		}
	}
}

func checkExplanation(t *testing.T, text string, row scoreRow, stage string) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for _, line := range lines {
		if columns(line) > pageWidth || strings.ContainsAny(line, "{}[]") || strings.TrimRight(line, " ") != line {
			t.Errorf("%s: %q", row.CustomerID, line)
		}
	}
	verdict := ""
	for i, line := range lines {
		if line == "Verdict" || line == "판정" {
			verdict = lines[i+1]
		}
	}
	if !strings.HasPrefix(verdict, "  "+stage) {
		t.Errorf("%s: %q; score says %s", row.CustomerID, verdict, row.Stage)
	}
	if row.PLost != nil && row.Regular && !strings.Contains(text, "p_lost "+number(row.PLost, 6)+" ≥ ") {
		t.Errorf("%s: p_lost %s of score is not explained", row.CustomerID, number(row.PLost, 6))
	}
}

// sampleFacts reads the sample company as the program does.
func sampleFacts(t *testing.T, asOf sales.Date, locale string) explain.Facts {
	t.Helper()
	dir := t.TempDir()
	if err := writeCompany(sample.Build(sample.Options{AsOf: asOf, Locale: locale, Seed: demoSeed}), dir); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(filepath.Join(dir, "dangol.yaml"), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	definitions, err := rules(cfg)
	if err != nil {
		t.Fatal(err)
	}
	database, err := source(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	snapshot, err := reader{database}.Read(t.Context(), jobs.Request{AsOf: asOf, Today: asOf + 1})
	if err != nil {
		t.Fatal(err)
	}
	return explanationFacts(snapshot, definitions, cfg)
}

// Wide characters take two columns, and a text breaks between words only.
func TestColumns(t *testing.T) {
	for text, want := range map[string]int{"": 0, "ab": 2, "한빛": 4, "A 한 ≥ ×": 8, "─": 1} {
		if got := columns(text); got != want {
			t.Errorf("%q takes %d columns; want %d", text, got, want)
		}
	}
	sheet := &sheetOfText{}
	sheet.wrapped("- ", "  ", strings.Repeat("단골 ", 30))
	want := "- " + strings.TrimSuffix(strings.Repeat("단골 ", 19), " ") + "\n  " + strings.TrimSuffix(strings.Repeat("단골 ", 11), " ") + "\n"
	if sheet.String() != want {
		t.Errorf("wrapped as\n%s; want\n%s", sheet.String(), want)
	}
}
