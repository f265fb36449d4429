package html

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"dangol/notify"

	"github.com/google/go-cmp/cmp"
)

var words = Words{
	App: "APP", Channels: "Channels", People: "People", Direct: "to", Quiet: "Quiet.", Notes: "Notes", Reply: "orphan reply", Update: "orphan update",
	Messages: func(n int) string { return fmt.Sprint(n, " messages") },
	Replies:  func(n int) string { return fmt.Sprint(n, " replies") },
	Edited:   func(day string, n int) string { return fmt.Sprint("edited ", day, ", ", n) },
}

func said(id string, op notify.Op, target, where, day, text string) Sent {
	return Sent{ID: id, Op: op, Target: target, Place: where, Direct: !strings.HasPrefix(where, "#"), Day: day, Text: text}
}

// outline writes places, days and threads in one line each.
func outline(places []*place) []string {
	var list []string
	text := func(s state) string { return s.Day + "/" + s.Parts[0].Nodes[0].Text }
	for _, p := range places {
		list = append(list, fmt.Sprintf("%s: %s", p.Name, p.Caption))
		for _, d := range p.Days {
			for _, t := range d.Threads {
				line := fmt.Sprintf("  %s %s%s", d.Name, t.Orphan, text(t.Now()))
				for _, s := range t.Earlier() {
					line += " was " + text(s)
				}
				for _, s := range t.Replies {
					line += " > " + text(s)
				}
				list = append(list, strings.TrimRight(line+" "+t.Edited, " "))
			}
		}
	}
	return list
}

// A case's life is one message: its latest words, the earlier ones, the answers.
func TestThreads(t *testing.T) {
	sent := []Sent{
		said("d1", notify.Post, "", "Lee", "Mon", "overdue"),
		said("c1", notify.Post, "", "#alerts", "Mon", "baseline"),
		said("c2", notify.Post, "", "#alerts", "Tue", "lost"),
		said("c3", notify.Post, "", "#alerts", "Tue", "lost too"),
		said("d2", notify.Update, "d1", "Lee", "Tue", "now lost"),
		said("c4", notify.Update, "c2", "#alerts", "Wed", "confirmed"),
		said("c5", notify.Reply, "c2", "#alerts", "Wed", "silent"),
		said("c6", notify.Update, "c2", "#alerts", "Thu", "back"),
		said("c7", notify.Reply, "c2", "#alerts", "Thu", "ordered"),
		said("c8", notify.Reply, "c4", "#alerts", "Thu", "to an update"),
		said("o1", notify.Reply, "long ago", "#ops", "Thu", "works again"),
		said("o2", notify.Update, "long ago", "#ops", "Thu", "other words"),
	}
	want := []string{
		"#alerts: 3 messages",
		"  Tue Thu/back was Wed/confirmed was Tue/lost > Wed/silent > Thu/ordered > Thu/to an update edited Thu, 2",
		"  Tue Tue/lost too",
		"  Mon Mon/baseline",
		"#ops: 2 messages",
		"  Thu replyThu/works again",
		"  Thu updateThu/other words",
		"Lee: 1 messages",
		"  Mon Tue/now lost was Mon/overdue edited Tue, 1",
	}
	if diff := cmp.Diff(want, outline((&drawing{}).arrange(sent, words))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPermalink(t *testing.T) {
	for id, want := range map[string]string{"AB-1_z": "https://page.invalid/#m-AB-1_z", "": "", "a b": "", `"><x`: "", "a#b": ""} {
		if got := Permalink(id); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}

func written(t *testing.T, p Page) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const evil = "</title></style><script>alert(1)</script>\u202e"

func fullPage() Page {
	return Page{
		Locale: "ko", Title: "T" + evil, Lead: []string{"L" + evil}, Figures: []Figure{{"7", "of " + evil}}, Notes: []string{"N" + evil}, Words: words,
		Table: Table{Title: "F", Columns: []Column{{Name: "what"}, {"n", true}}, Rows: [][]string{{"R" + evil, "5"}}, More: "rest"},
		Sent: []Sent{
			{ID: "a", Op: notify.Post, Place: "#alerts" + evil, Day: "Mon", Blocks: json.RawMessage(`[{"type":"divider"}]`)},
			{ID: "b", Op: notify.Update, Target: "a", Place: "#alerts" + evil, Day: "Tue", Text: "<" + Permalink("c") + "|go>"},
			{ID: "c", Op: notify.Post, Place: "Lee" + evil, Direct: true, Day: "Tue", Text: "hello"},
		},
	}
}

// The page is one file: nothing in it runs, and nothing is fetched.
func TestPageIsSelfContained(t *testing.T) {
	page := written(t, fullPage())
	for _, want := range []string{`<html lang="ko">`, "<!DOCTYPE html>", `name="viewport"`, "default-src &#39;none&#39;", `<article id="m-a">`, `href="#m-c"`,
		`<a href="#place-2">`, `<section class="place" id="place-2">`, "<details><summary>edited Tue, 1</summary>", `<td data-name="n" class="number">5</td>`, "rest"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	for _, bad := range []string{"<script", "\u202e", "http://", "@import", "url(", "javascript:", " style="} {
		if strings.Contains(page, bad) {
			t.Errorf("%s in the page", bad)
		}
	}
	if m := regexp.MustCompile(`(?:src|href)="([^"#][^"]*)"`).FindStringSubmatch(page); m == nil || m[1] != "data:," {
		t.Errorf("first address %v; want only the empty icon", m)
	}
	if n := strings.Count(page, "</title>"); n != 1 {
		t.Errorf("%d titles", n)
	}
}

// The digest of the policy is that of the style as it stands in the page.
func TestPolicyAllowsTheStyle(t *testing.T) {
	page := written(t, fullPage())
	_, rest, _ := strings.Cut(page, "<style>")
	inside, _, _ := strings.Cut(rest, "</style>")
	if want := "style-src 'sha256-" + digest(inside) + "'"; !strings.Contains(Policy(), want) {
		t.Errorf("policy %s; want %s", Policy(), want)
	}
}

func TestQuietPage(t *testing.T) {
	page := written(t, Page{Locale: "en", Title: "T", Words: words})
	if !strings.Contains(page, "Quiet.") || strings.Contains(page, "<nav") || strings.Contains(page, "<table") || strings.Contains(page, "<footer") {
		t.Errorf("a page without messages:\n%s", page)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteFails(t *testing.T) {
	if err := Write(broken{}, fullPage()); err == nil {
		t.Error("a page that could not be written is no error")
	}
}
