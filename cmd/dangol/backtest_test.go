package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dangol/internal/sales"
	"dangol/internal/sample"
)

// backtestRead is what the tests read of the output.
type backtestRead struct {
	From, To string
	Weeks    []struct {
		Week    string
		Alerts  int
		Overdue int
	}
	Rules       []backtestRule
	Calibration []struct {
		Said, Right float64
		N           int
	}
	Alerts []struct {
		Rule       string
		Date       string
		CustomerID string `json:"customer_id"`
		Outcome    string
	}
	Reps []struct {
		RepID string `json:"rep_id"`
	}
}

// TestBacktest replays the last year of the sample company with the program.
func TestBacktest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	asOf := sales.NewDate(2026, 3, 31)
	company := sample.Build(sample.Options{AsOf: asOf, Locale: "en", Seed: demoSeed})
	if err := writeCompany(company, dir); err != nil {
		t.Fatal(err)
	}
	args := []string{"backtest", "--config", filepath.Join(dir, "dangol.yaml"), "--from", "2025-03-31", "--to", "2026-03-31", "--format"}
	out := dangol(t, append(args, "json")...)
	if out.code != 0 || out.stderr != "" {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	var got backtestRead
	if err := json.Unmarshal([]byte(out.stdout), &got); err != nil {
		t.Fatal(err)
	}
	t.Run("shape", func(t *testing.T) { backtestShape(t, out.stdout, got) })
	t.Run("planted", func(t *testing.T) { backtestPlanted(t, got, company.Truth) })
}

// backtestShape wants the documented members, these and no others.
func backtestShape(t *testing.T, text string, got backtestRead) {
	var all struct{ Rules, Calibration []map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		objects []map[string]json.RawMessage
		want    string
	}{{all.Rules, "alerts lead_cadences lead_days naive name precision recall"}, {all.Calibration, "n right said"}} {
		for _, o := range c.objects {
			var names []string
			for name := range o {
				names = append(names, name)
			}
			if slices.Sort(names); strings.Join(names, " ") != c.want {
				t.Errorf("members %v; want %s", names, c.want)
			}
		}
	}
	if got.From != "2025-03-31" || got.To != "2026-03-31" || len(got.Weeks) != 52 || got.Weeks[0].Week != "2025-04-07" || len(got.Calibration) < 5 {
		t.Errorf("from %s to %s, %d weeks, %d bins", got.From, got.To, len(got.Weeks), len(got.Calibration))
	}
	alerts, overdue := 0, 0
	for _, w := range got.Weeks {
		alerts += w.Alerts
		overdue += w.Overdue
	}
	lost, late := got.Rules[0], got.Rules[1]
	if lost.Name != "lost" || late.Name != "overdue" || lost.Naive || late.Naive || alerts != lost.Alerts || overdue != late.Alerts || len(got.Reps) < 10 {
		t.Errorf("%d and %d alerts in weeks; %+v, %+v; %d reps", alerts, overdue, lost, late, len(got.Reps))
	}
	for _, r := range got.Rules {
		if _, further := planted[r.Name]; further && r.Name != "lost" {
			continue // how many there are nobody knows, and none may be decided
		}
		if r.Precision == nil || r.Recall == nil || *r.Precision < 0 || *r.Precision > 1 || *r.Recall < 0 || *r.Recall > 1 {
			t.Errorf("%+v", r)
		}
	}
	for _, name := range []string{"silent_60_days", "silent_90_days", "three_mean_gaps", "ratio_90_90", "days_as_many_as_lost", "mean_gaps_as_many_as_lost"} {
		if !slices.ContainsFunc(got.Rules, func(r backtestRule) bool { return r.Name == name && r.Naive }) {
			t.Errorf("no naive rule %s", name)
		}
	}
}

// planted says which of the sample company's secrets a rule is to find, and when
// one of them can be told by the end of the replay.
var planted = map[string]struct {
	about []sample.Kind // an alert about one of these is right
	kind  sample.Kind   // and each of these is to be told
	known func(sample.Case, sales.Date) bool
}{
	"lost": {[]sample.Kind{sample.Lost, sample.Overdue, sample.Recovered}, sample.Lost, func(c sample.Case, to sales.Date) bool {
		return float64(to-c.Began) >= max(6*c.Gap, 60) // 2h is reached
	}},
	// Who drops a third of what it buys buys less.
	"declining":       {[]sample.Kind{sample.Declining, sample.Dropped}, sample.Declining, func(c sample.Case, to sales.Date) bool { return to-c.Began >= 91 }},
	"product_dropped": {[]sample.Kind{sample.Dropped}, sample.Dropped, func(c sample.Case, to sales.Date) bool { return to-c.Began >= 91 }},
}

// backtestPlanted holds the alerts against what was planted: of all alerts nine in
// ten are right, and of what can be told by the end four in five are told.
func backtestPlanted(t *testing.T, got backtestRead, truth sample.Truth) {
	from, to := sales.NewDate(2025, 3, 31), sales.NewDate(2026, 3, 31)
	kind := map[string]sample.Kind{}
	for _, c := range truth.Cases {
		kind[c.CustomerID] = c.Kind
	}
	told := map[string]bool{}
	alerts, right, secrets, found := 0, 0, 0, 0
	for _, a := range got.Alerts {
		rule, ok := planted[a.Rule]
		if !ok {
			continue
		}
		alerts++
		told[a.Rule+a.CustomerID] = true
		if slices.Contains(rule.about, kind[a.CustomerID]) {
			right++
		}
	}
	for name, rule := range planted {
		n, hits := 0, 0
		for _, c := range truth.Of(rule.kind) {
			if c.Began < from || !rule.known(c, to) {
				continue
			}
			n++
			if told[name+c.CustomerID] {
				hits++
			}
		}
		t.Logf("%s: %d of %d planted told", name, hits, n)
		if n == 0 {
			t.Errorf("nothing is planted for %s", name)
		}
		secrets, found = secrets+n, found+hits
	}
	t.Logf("%d of %d alerts about what was planted, %d of %d planted told", right, alerts, found, secrets)
	if alerts < 30 || float64(right) < .9*float64(alerts) || secrets < 20 || float64(found) < .8*float64(secrets) {
		t.Errorf("%d of %d alerts about what was planted, %d of %d planted told; want .9 and .8", right, alerts, found, secrets)
	}
}

// TestBacktestPage looks at the page in both languages, on a phone and on a desk.
func TestBacktestPage(t *testing.T) {
	t.Parallel()
	for locale, wants := range map[string][]string{
		"en": {"Backtest: 30 Sep 2025 to 31 Mar 2026", "Naive rules, as they are used", "no order for 60 days", "Lost, by week", "Oh Seoyeon"},
		"ko": {"과거 검증: 2025년 9월 30일 ~ 2026년 3월 31일", "흔히 쓰는 단순 규칙", "60일 동안 주문 없음", "주별 이탈 알림"},
	} {
		t.Run(locale, func(t *testing.T) {
			dir := t.TempDir()
			if err := writeCompany(sample.Build(sample.Options{AsOf: sales.NewDate(2026, 3, 31), Locale: locale, Seed: demoSeed}), dir); err != nil {
				t.Fatal(err)
			}
			out := dangol(t, "backtest", "--config", filepath.Join(dir, "dangol.yaml"), "--from", "2025-09-30", "--to", "2026-03-31", "--format", "html")
			if out.code != 0 || out.stderr != "" {
				t.Fatalf("exit %d: %s", out.code, out.stderr)
			}
			for _, want := range wants {
				if !strings.Contains(out.stdout, html.EscapeString(want)) {
					t.Errorf("no %q on the page", want)
				}
			}
			if raw := regexp.MustCompile(`\[backtest_\w+\]|\{\w+[:}]`).FindString(regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(out.stdout, "")); raw != "" {
				t.Errorf("%s stands on the page", raw)
			}
			lookAtReport(t, []byte(out.stdout), locale)
		})
	}
}

// reportMeasured is what a report looks like in a frame of a width.
type reportMeasured struct {
	Width, Scroll   int
	Beyond          []string
	Plots           int
	Points, Bars    int
	Outside         int      // shapes outside their plot
	Hidden          []string // plots that are not drawn wide enough to read
	Painted, Styled bool
	Lang            string
}

// outerReport loads a report in frames and writes down what it sees.
const outerReport = `<!DOCTYPE html><pre id="measured"></pre>
<iframe src="/" width="380" height="900" style="border:0"></iframe>
<iframe src="/" width="1200" height="900" style="border:0"></iframe>
<script>
addEventListener("load", () => {
  const all = [...document.querySelectorAll("iframe")].map(frame => {
    const d = frame.contentDocument, width = frame.clientWidth, find = s => [...d.querySelectorAll(s)];
    const inside = e => {
      const a = e.getBoundingClientRect(), b = e.closest("svg").getBoundingClientRect();
      return a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
    };
    const colour = (s, p) => getComputedStyle(d.querySelector(s))[p];
    return {
      Width: width, Scroll: d.documentElement.scrollWidth,
      Beyond: find("body *").filter(e => !e.closest(".scroll") && e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 80)),
      Plots: find("svg").length, Points: find("circle").length, Bars: find("rect").length,
      Outside: find("svg circle, svg rect, svg text").filter(e => !inside(e)).length,
      Hidden: find("svg").filter(e => e.getBoundingClientRect().width < 300).map(e => e.getAttribute("aria-label")),
      Painted: colour("circle", "fill") != "rgb(0, 0, 0)", Styled: colour(".findings", "backgroundColor") != "rgba(0, 0, 0, 0)", Lang: d.documentElement.lang,
    };
  });
  document.getElementById("measured").textContent = JSON.stringify(all);
});
</script>`

func lookAtReport(t *testing.T, page []byte, locale string) {
	t.Helper()
	path := browser(t)
	mux := http.NewServeMux()
	serve := func(content []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "%s", content)
		}
	}
	mux.HandleFunc("/", serve(page))
	mux.HandleFunc("/outer", serve([]byte(outerReport)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	dom := browse(t, path, "--dump-dom", server.URL+"/outer")
	found := measurement.FindStringSubmatch(dom)
	if found == nil {
		t.Fatalf("nothing measured:\n%s", dom)
	}
	var all []reportMeasured
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &all); err != nil {
		t.Fatalf("%v:\n%s", err, found[1])
	}
	for _, m := range all {
		if m.Scroll > m.Width || len(m.Beyond) > 0 {
			t.Errorf("at %d the page needs %d; beyond: %q", m.Width, m.Scroll, m.Beyond)
		}
		if m.Plots != 4 || m.Points < 20 || m.Bars < 20 || m.Outside > 0 || len(m.Hidden) > 0 || !m.Painted || !m.Styled || m.Lang != locale {
			t.Errorf("%+v", m)
		}
	}
	for _, width := range []int{380, 1200} {
		checkShot(t, shot(t, path, server.URL, width, 1600), width, 1600)
	}
	light := brightness(shot(t, path, server.URL, 500, 500))
	if dark := brightness(shot(t, path, server.URL, 500, 500, "--blink-settings=preferredColorScheme=0")); dark > 0x4000 || light < 0xc000 {
		t.Errorf("ground %#x by night, %#x by day", dark, light)
	}
}

// The bar fills from left to right and leaves an empty line; where nobody looks
// nothing is drawn.
func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		done, all int
		want      string
	}{
		{0, 4, "\r" + strings.Repeat("░", 40) + " 0/4"},
		{1, 4, "\r" + strings.Repeat("█", 10) + strings.Repeat("░", 30) + " 1/4"},
		{4, 4, "\r\x1b[K"},
	} {
		if got := progressBar(tt.done, tt.all); got != tt.want {
			t.Errorf("%d of %d: %q, want %q", tt.done, tt.all, got, tt.want)
		}
	}
	var buffer bytes.Buffer
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	progressTo(&buffer)(1, 2)
	progressTo(file)(1, 2)
	if info, err := file.Stat(); err != nil || info.Size() > 0 || buffer.Len() > 0 {
		t.Errorf("%d bytes in a buffer, %d in a file: %v", buffer.Len(), info.Size(), err)
	}
}

func TestBar(t *testing.T) {
	for share, want := range map[float64]string{0: "", 1: strings.Repeat("█", barWidth), .5: strings.Repeat("█", barWidth/2), 1. / (8 * barWidth): "▏", 7: strings.Repeat("█", barWidth), -1: ""} {
		if got := bar(share); got != want {
			t.Errorf("%g: %q, want %q", share, got, want)
		}
	}
}
