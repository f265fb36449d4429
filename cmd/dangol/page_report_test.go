package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs"
)

var (
	fetches  = regexp.MustCompile(`(?i)(src|href)\s*=\s*"(https?:)?//|@import|url\(|<script|<iframe|<object| on\w+=`)
	unfilled = regexp.MustCompile(`\{\w+[:}]|\[\w+_\w+\]|%!`)
)

// TestReportPages prints every report of the sample company in both languages: one
// file that fetches and runs nothing, the figures as text beside their drawings, a
// certificate for every first place.
func TestReportPages(t *testing.T) {
	t.Parallel()
	asOf := sales.NewDate(2026, 7, 20)
	cfg := sampleOn(t, asOf).cfg
	reports, err := demoReports(t.Context(), environment{}, cfg, asOf)
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range []string{"en", "ko"} {
		cfg.Locale = locale
		say, err := composer(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			var page bytes.Buffer
			if err := writeReportPage(&page, r, say); err != nil {
				t.Fatal(err)
			}
			text := page.String()
			if found := fetches.FindString(text); found != "" {
				t.Errorf("%s, %s: the page holds %q", locale, r.Job, found)
			}
			if found := unfilled.FindString(text); found != "" {
				t.Errorf("%s, %s: unfilled %q", locale, r.Job, found)
			}
			for _, want := range wantOnPage[r.Job][locale] {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: no %q", locale, r.Job, want)
				}
			}
			if n := strings.Count(text, `class="certificate"`); (n > 2) != (r.Job == jobs.Leaderboard) {
				t.Errorf("%s, %s: %d certificates", locale, r.Job, n)
			}
		}
	}
}

var wantOnPage = map[string]map[string][]string{
	jobs.QuotaDigest: {
		"en": {"the company", "Pace of the quotas", "Few visits?", "Technique?", "All activity has fallen sharply", `class="range"`, `class="down"`, "Cold visits by day", "Team "},
		"ko": {"전사 주간 보고", "목표 진도", "방문이 적은 편인가요?", "모든 활동이 크게 줄었습니다", "개척 방문"},
	},
	jobs.SalesGrowth: {
		"en": {"Sales growth, Jun 2026", "Against the month before:", "Year to date:", "Where more could come from", "Products that fell most", "the same", `class="total"`},
		"ko": {"2026년 6월 매출 성장", "전월 대비:", "추가 판매 기회", "일치"},
	},
	jobs.RepDiagnosis: {
		"en": {"regular customers lost in 90 days", "For: ", "Against: ", "Not known: ", "week 1: the talk", "not enough data", "To replace it:"},
		"ko": {"단골", "근거: ", "1주차", "데이터 부족"},
	},
	jobs.Leaderboard: {
		"en": {"Leaderboard, Jun 2026", "Certificate", "was first of the sales force in Jun 2026", "Signature"},
		"ko": {"2026년 6월 우수 담당자", "상장", "1위의 우수한 실적", "서명"},
	},
}
