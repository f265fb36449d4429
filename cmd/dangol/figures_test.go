package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/sample"
	"dangol/internal/testdb"
	"dangol/jobs"
)

var figureJobs = []string{jobs.QuotaDigest, jobs.SalesGrowth, jobs.RepDiagnosis, jobs.Leaderboard}

// branch is the sample company with its reps in Slack.
type branch struct {
	office
	dir   string
	names []string // of the sellers and the leads
}

// newBranch writes the company into a real database, for a night that ends a week
// and a month at once or does not.
func newBranch(t *testing.T, asOf sales.Date) branch {
	t.Helper()
	db := testdb.New(t)
	company := sample.Build(sample.Options{AsOf: asOf, Locale: "en", Seed: demoSeed})
	if err := company.WriteMySQL(t.Context(), db.SQL); err != nil {
		t.Fatal(err)
	}
	b := branch{dir: t.TempDir()}
	b.office = office{config: filepath.Join(b.dir, "dangol.yaml"), slack: fakeslack.Start(t, time.Now)}
	for _, name := range []string{"sales-alerts", "sales-managers", "sales", "dangol-ops"} {
		b.slack.AddChannel(name)
	}
	addStaff(t, db, b.slack)
	files := company.Files(sample.ConfigOptions{DSN: db.User("SELECT ON " + db.Name + ".*"), Token: b.slack.Token, APIURL: b.slack.APIURL()})
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.SQL.Query("SELECT name FROM staff WHERE department = 'sales'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		b.names = append(b.names, name)
	}
	return b
}

// run runs a job for good and expects it to work.
func (b branch) run(t *testing.T, job string, asOf sales.Date, more ...string) outcome {
	t.Helper()
	out := dangol(t, append([]string{"job", job, "--config", b.config, "--as-of", asOf.String()}, more...)...)
	if out.code != 0 {
		t.Fatalf("%s: exit %d\n%s\n%s", job, out.code, out.stdout, out.stderr)
	}
	return out
}

// said counts the messages of a conversation, and their replies.
func counts(v fakeslack.View) (posts, replies int) {
	for _, m := range v.Messages() {
		posts++
		replies += len(m.Replies)
	}
	return posts, replies
}

func (b branch) named(text string) []string {
	var found []string
	for _, name := range b.names {
		if strings.Contains(text, name) {
			found = append(found, name)
		}
	}
	return found
}

func wholeText(v fakeslack.View) string {
	text := ""
	for _, m := range v.Messages() {
		text += m.Text + string(m.Blocks)
		for _, r := range m.Replies {
			text += r.Text + string(r.Blocks)
		}
	}
	return text
}

// TestFiguresOnce: every job about figures tells its people once, through a real
// database and the fake Slack: leads read of their reps, the head of teams, the
// channels of nobody but the best; running again says nothing.
func TestFiguresOnce(t *testing.T) {
	t.Parallel()
	asOf := sales.MonthOf(sales.DateOf(time.Now().UTC())).From - 1
	b := newBranch(t, asOf)
	for range 2 {
		for _, job := range figureJobs {
			b.run(t, job, asOf)
		}
	}
	for _, c := range []struct {
		where          fakeslack.View
		posts, replies int
	}{
		{b.slack.Channel("#sales-managers"), 2, 1}, {b.slack.Channel("#sales"), 1, 0}, {b.slack.Channel("#dangol-ops"), 0, 0}, {b.slack.Channel("#sales-alerts"), 0, 0},
		{b.slack.DM("UL1"), 2, 8}, {b.slack.DM("UL2"), 2, 8}, {b.slack.DM("UL3"), 3, 8}, {b.slack.DM("UH1"), 1, 3},
		{b.slack.DM("UR03"), 0, 0}, {b.slack.DM("UR05"), 0, 0}, {b.slack.DM("UR08"), 0, 0},
	} {
		posts, replies := counts(c.where)
		if posts != c.posts || replies != c.replies {
			t.Errorf("%s: %d messages and %d replies, want %d and %d", c.where.ID(), posts, replies, c.posts, c.replies)
		}
	}
	for _, channel := range []string{"#sales-managers", "#dangol-ops"} {
		if found := b.named(wholeText(b.slack.Channel(channel))); len(found) > 0 {
			t.Errorf("%s names %v", channel, found)
		}
	}
	if found := b.named(wholeText(b.slack.Channel("#sales"))); len(found) < 3 {
		t.Errorf("the leaderboard names %v", found)
	}
}

// TestNoRepFigures: with rep_figures: false nothing about a single rep is
// computed, in no output.
func TestNoRepFigures(t *testing.T) {
	t.Parallel()
	asOf := sales.DateOf(time.Now().UTC()) - 1
	b := newBranch(t, asOf)
	b.edit(t, "rep_figures: true", "rep_figures: false")
	for _, job := range figureJobs {
		out := b.run(t, job, asOf, "--format", "json")
		var got struct {
			Findings []struct {
				Kind  string `json:"kind"`
				RepID string `json:"rep_id"`
			} `json:"findings"`
			Messages []struct{ To string } `json:"messages"`
		}
		if err := json.Unmarshal([]byte(out.stdout), &got); err != nil {
			t.Fatal(err)
		}
		for _, f := range got.Findings {
			if f.RepID != "" && f.Kind != "growth_opportunity" || f.Kind == "leaderboard" || strings.HasSuffix(f.Kind, "_short") {
				t.Errorf("%s: a finding %s of rep %q", job, f.Kind, f.RepID)
			}
		}
		for _, m := range got.Messages {
			if m.To != "#sales-managers" {
				t.Errorf("%s: a message to %s", job, m.To)
			}
		}
		if found := b.named(out.stdout); len(found) > 0 {
			t.Errorf("%s names %v", job, found)
		}
	}
}

// TestFiguresWithoutVisits: without the relation the digest says so and still
// carries the rest.
func TestFiguresWithoutVisits(t *testing.T) {
	t.Parallel()
	asOf := sales.DateOf(time.Now().UTC()) - 1
	b := newBranch(t, asOf)
	text, err := os.ReadFile(b.config)
	if err != nil {
		t.Fatal(err)
	}
	from := strings.Index(string(text), "    visits: |")
	to := strings.Index(string(text[from:]), "\n    quotas: |")
	b.write(t, string(text[:from])+string(text[from+to+1:]))
	out := b.run(t, jobs.QuotaDigest, asOf, "--dry-run")
	for _, want := range []string{"no visit data", "New customers: ", "Sales: ", "sales_short"} {
		if !strings.Contains(out.stdout, want) {
			t.Errorf("no %q in\n%s", want, out.stdout)
		}
	}
	if strings.Contains(out.stdout, "visits_short") {
		t.Error("visits are short without visits")
	}
}

// TestBadQuotaFile: a CSV with a bad line names file, line, column and remedy, and
// nothing is changed.
func TestBadQuotaFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out := dangol(t, "demo", "--out", dir); out.code != 0 {
		t.Fatal(out.stderr)
	}
	o := office{config: filepath.Join(dir, "dangol.yaml")}
	text, err := os.ReadFile(o.config)
	if err != nil {
		t.Fatal(err)
	}
	from, to := strings.Index(string(text), "quotas:\n  #"), strings.Index(string(text), "state: {")
	o.write(t, string(text[:from])+"quotas: {file: quotas.csv}\n"+string(text[to:]))
	csv := "rep_id,metric,period,target\nR01,sales,month,5000000\nR02,sales,month,many\nR03,visits,week,4\n"
	if err := os.WriteFile(filepath.Join(dir, "quotas.csv"), []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	out := dangol(t, "job", jobs.QuotaDigest, "--config", o.config)
	if out.code != 2 || out.stdout != "" {
		t.Errorf("exit %d, %q", out.code, out.stdout)
	}
	for _, want := range []string{"quotas.csv:3: column target: \"many\"", "quotas.csv:4: column metric: unknown value \"visits\", want one of cold_visits, new_customers, sales", "hint: "} {
		if !strings.Contains(out.stderr, want) {
			t.Errorf("no %q in\n%s", want, out.stderr)
		}
	}
	after, err := os.ReadFile(filepath.Join(dir, "state.db"))
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the state changed: %v", err)
	}
}
