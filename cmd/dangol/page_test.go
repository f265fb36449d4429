package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/notify"
	"dangol/notify/wording"

	"github.com/google/go-cmp/cmp"
)

// TestDemoPage looks at the page that the demo keeps, in both languages, as a
// manager does: on a phone and on a desk.
func TestDemoPage(t *testing.T) {
	t.Parallel()
	for locale, wants := range map[string][]string{
		"en": {"What Dangol would tell a sample company", "#sales-alerts", "Lost: ", "Recovered: ", "earlier version", "Direct messages", "current regulars on", "3 Feb 2026", "order lines without a customer"},
		"ko": {"Dangol이 가상 회사에 보냈을 메시지", "#sales-alerts", "이탈: ", "거래 재개: ", "이전 내용", "다이렉트 메시지", "현재 단골", "2026년 2월 3일", "거래처가 없는 주문 내역"},
	} {
		t.Run(locale, func(t *testing.T) {
			dir := t.TempDir()
			out := dangol(t, "demo", "--locale", locale, "--out", dir, "--as-of", "2026-03-31")
			if out.code != 0 {
				t.Fatalf("exit %d: %s", out.code, out.stderr)
			}
			if !strings.Contains(out.stdout, filepath.Join(dir, "index.html")) {
				t.Errorf("the story does not name the page:\n%s", out.stdout[max(0, len(out.stdout)-300):])
			}
			page, err := os.ReadFile(filepath.Join(dir, "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > 2<<20 {
				t.Errorf("%d bytes; want less than two megabytes", len(page))
			}
			for _, want := range wants {
				if !bytes.Contains(page, []byte(want)) {
					t.Errorf("no %q on the page", want)
				}
			}
			lookAt(t, page, locale)
			if locale == "en" {
				t.Run("job", func(t *testing.T) { jobPage(t, dir) })
			}
		})
	}
}

func lookAt(t *testing.T, page []byte, locale string) {
	t.Helper()
	path, address := browser(t), exhibit(t, page)
	for _, m := range measure(t, path, address) {
		if m.Scroll > m.Width || len(m.Beyond) > 0 {
			t.Errorf("at %d the page needs %d; beyond: %q", m.Width, m.Scroll, m.Beyond)
		}
		if !m.Painted || m.Lang != locale || len(m.Dangling) > 0 || m.Links < 20 {
			t.Errorf("styled: %v, lang %q, %d links, dangling %q", m.Painted, m.Lang, m.Links, m.Dangling)
		}
		if posts := bytes.Count(page, []byte("<article")); m.Articles != posts || posts < 30 || m.Replies < 4 || m.Histories < 10 || m.Mentions < 10 {
			t.Errorf("%d of %d messages, %d replies, %d histories, %d mentions", m.Articles, posts, m.Replies, m.Histories, m.Mentions)
		}
	}
	var light int
	for _, width := range []int{380, 1200} {
		picture := shot(t, path, address, width, 1600)
		checkShot(t, picture, width, 1600)
		light = brightness(picture)
	}
	if dark := brightness(shot(t, path, address, 500, 500, "--blink-settings=preferredColorScheme=0")); dark > 0x4000 || light < 0xc000 {
		t.Errorf("ground %#x by night, %#x by day", dark, light)
	}
}

// jobPage is the page of one run on the sample company: what is new and what is
// true, in a dry run that leaves no trace.
// namedFindings is how many findings the page of a run names.
const namedFindings = 100

func jobPage(t *testing.T, demo string) {
	dir := t.TempDir()
	if err := copyCompany(demo, dir); err != nil {
		t.Fatal(err)
	}
	args := []string{"job", "lost-customers", "--config", filepath.Join(dir, "dangol.yaml"), "--as-of", "2026-03-31", "--dry-run", "--format"}
	out := dangol(t, append(args, "html")...)
	if out.code != 0 || out.stderr != "" {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	var run struct {
		Findings []struct{ Headline string }
		Messages []struct{ To, Text string }
	}
	if err := json.Unmarshal([]byte(dangol(t, append(args, "json")...).stdout), &run); err != nil {
		t.Fatal(err)
	}
	if len(run.Messages) == 0 || len(run.Findings) == 0 {
		t.Fatal("nothing is said")
	}
	for _, f := range run.Findings[:min(namedFindings, len(run.Findings))] {
		if !strings.Contains(out.stdout, "<td data-name=\"Finding\">"+f.Headline+"</td>") {
			t.Errorf("the page does not list %q", f.Headline)
		}
	}
	if n := strings.Count(out.stdout, "<article"); n != len(run.Messages) {
		t.Errorf("%d messages on the page of %d", n, len(run.Messages))
	}
	for _, want := range []string{"<title>Dangol: lost-customers, Tue 31 Mar 2026</title>", "About the data", "#sales-alerts"} {
		if !strings.Contains(out.stdout, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	for _, m := range measure(t, browser(t), exhibit(t, []byte(out.stdout))) {
		if m.Scroll > m.Width || len(m.Beyond) > 0 {
			t.Errorf("at %d the page needs %d; beyond: %q", m.Width, m.Scroll, m.Beyond)
		}
	}
}

// saidTo is a run that says one thing.
func saidTo(to notify.Destination, text string) *jobs.Result {
	return &jobs.Result{Job: "lost-customers", Snapshot: &sales.Snapshot{AsOf: sales.NewDate(2026, 3, 31), Reps: []sales.Rep{
		{ID: "1", Name: "Kim"}, {ID: "2", Name: "Kim"}, {ID: "3", Name: "Lee\u202e<b>"}, {ID: "4"}}},
		Messages: []notify.Message{{ID: "a", To: to, Op: notify.Post, Text: text, Blocks: []notify.Block{{Kind: notify.Body, Lines: []notify.Line{{{Text: text}}}}}}}}
}

func english(t *testing.T) *wording.Wording {
	t.Helper()
	say, err := wording.Load("en", "KRW")
	if err != nil {
		t.Fatal(err)
	}
	return say.On(sales.NewDate(2026, 3, 31))
}

// People are headed by their names, namesakes with their ids; JSON keeps the id.
func TestPlacesOfPeople(t *testing.T) {
	for rep, want := range map[string]string{"1": "@Kim (1)", "3": "@Lee<b>", "4": "@4", "gone": "@gone"} {
		result := saidTo(notify.Destination{Rep: rep}, "hello")
		var text, page, raw bytes.Buffer
		for _, err := range []error{writeText(&text, result, english(t), nil), writeJobPage(&page, result, english(t), nil), writeJSON(&raw, result, english(t), nil)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(text.String(), "▶ "+want+"\n") {
			t.Errorf("%s: the text reads\n%s", rep, text.String())
		}
		name := strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(want[1:])
		if !strings.Contains(page.String(), `<span class="name">`+name+"</span>") {
			t.Errorf("%s: the page is not headed %s", rep, name)
		}
		if !strings.Contains(raw.String(), `"to": "@`+rep+`"`) {
			t.Errorf("%s: the JSON reads\n%s", rep, raw.String())
		}
	}
}

// The members of a message in JSON are fixed: these and no others.
func TestMessageMembers(t *testing.T) {
	var out bytes.Buffer
	if err := writeJSON(&out, saidTo(notify.Destination{Channel: "alerts"}, "hello"), english(t), map[string]string{"alerts": "#sales-alerts"}); err != nil {
		t.Fatal(err)
	}
	var read struct{ Messages []map[string]json.RawMessage }
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range read.Messages[0] {
		names = append(names, name)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"blocks", "text", "to"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A customer's name may hold anything; on the page it is a name.
func TestHostileNamesOnThePage(t *testing.T) {
	for _, name := range []string{"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "*bold* _it_ `code`", "<!channel>", "&lt;b&gt;", "moc\u202e"} {
		var page bytes.Buffer
		if err := writeJobPage(&page, saidTo(notify.Destination{Channel: "alerts"}, "Lost: "+name), english(t), nil); err != nil {
			t.Fatal(err)
		}
		tags := regexp.MustCompile(`<[^>]*>`)
		if bad := regexp.MustCompile(`<script|<img|\x{202e}|<i>|<code>`).FindString(page.String()); bad != "" {
			t.Errorf("%q: %s stands on the page", name, bad)
		}
		shown := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&amp;", "&").Replace(tags.ReplaceAllString(page.String(), ""))
		if want := "Lost: " + strings.TrimSuffix(name, "\u202e"); !strings.Contains(shown, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}
