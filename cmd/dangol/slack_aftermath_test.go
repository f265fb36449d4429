package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/status"
	"dangol/internal/store"
	"dangol/internal/testdb"
	"dangol/jobs"
)

// The nights of oneLost.
var (
	beforeIt = sales.NewDate(2026, time.September, 1)
	itsLate  = sales.NewDate(2026, time.September, 28)
	itsLost  = sales.NewDate(2026, time.October, 20)
	itsBack  = sales.NewDate(2026, time.November, 10)
)

// oneLost is a small shop in SQLite: twelve customers who order every week; one of
// them stops in September and is back in November. It returns the DSN.
func oneLost(t *testing.T) string {
	t.Helper()
	db := testdb.NewSQLite(t)
	db.Exec(`CREATE TABLE customer (id TEXT, name TEXT, rep TEXT); CREATE TABLE staff (id TEXT, name TEXT, email TEXT);
CREATE TABLE sale (id INTEGER PRIMARY KEY, customer TEXT, sold_on TEXT, amount TEXT, rep TEXT);
INSERT INTO staff VALUES ('R1', 'Rep One', 'rep1@example.com')`)
	for i := range 12 {
		id := fmt.Sprintf("C%02d", i)
		db.Exec(`INSERT INTO customer VALUES (?, ?, 'R1')`, id, "Shop "+id)
		for d := sales.NewDate(2025, time.September, 1) + sales.Date(i%5); d <= itsBack+20; d += 7 {
			if i == 4 && d > beforeIt+5 && d < itsBack-7 {
				continue
			}
			db.Exec(`INSERT INTO sale (customer, sold_on, amount, rep) VALUES (?, ?, '250000', 'R1')`, id, d.String())
		}
	}
	return db.DSN
}

// aftermath is an office on the night of a refusal, and after it.
type aftermath struct {
	refusal
	office
	t   *testing.T
	now time.Time // of the daemon

	mu   sync.Mutex
	left int // calls that still go wrong; always: all of them
}

func newAftermath(t *testing.T, dsn string, r refusal) *aftermath {
	t.Helper()
	a := &aftermath{refusal: r, office: newOffice(t, dsn, "rep1@example.com"), t: t, now: time.Now()}
	a.night = cmp.Or(r.night, itsLost)
	a.edit(t, "currency: KRW", "currency: KRW\ncalendar: {quiet_hours: \"\", weekend: []}\nhttp: {listen: \"127.0.0.1:0\"}")
	return a
}

// live goes through the night and what follows it.
func (a *aftermath) live() {
	a.t.Helper()
	a.calmly(beforeIt)
	if a.method == "chat.update" {
		a.calmly(itsLost)
		a.night = itsBack
	}
	healthy, err := os.ReadFile(a.config)
	if err != nil {
		a.t.Fatal(err)
	}
	a.spoil()
	a.checkJob()
	a.checkDaemon()
	a.write(a.t, string(healthy))
	a.slack.Heal()
	a.slack.Grant(fakeslack.AllScopes...)
	a.now = a.now.Add(time.Hour) // longer than Slack asks to wait
	a.daemon()
	a.checkShown("in the end", a.end)
	wantOnce(a.t, a.office)
}

func (a *aftermath) calmly(night sales.Date) {
	a.t.Helper()
	if out := a.run(night); out.code != 0 {
		a.t.Fatalf("the calm night of %s: exit %d: %s", night, out.code, out.stderr)
	}
}

func (a *aftermath) run(night sales.Date) outcome {
	return launchFrail(a.t, a.env, "job", "lost-customers", "--config", a.config, "--as-of", night.String()).wait(a.t)
}

// spoil makes Slack go wrong at the news.
func (a *aftermath) spoil() {
	if a.setup != nil {
		a.setup(a)
		return
	}
	if a.left = a.times; a.left == 0 {
		a.left = 1
	}
	alerts := a.slack.Channel("#sales-alerts").ID()
	a.slack.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
		a.mu.Lock()
		defer a.mu.Unlock()
		if !a.meets(r, alerts) || a.left == 0 {
			return fakeslack.Effect{}
		}
		if a.left != always {
			a.left--
		}
		return a.effect
	})
}

// meets tells whether a call is one that goes wrong.
func (a *aftermath) meets(r fakeslack.Request, alerts string) bool {
	switch a.method {
	case anyMethod:
		return true
	case "":
		return r.Method == "chat.postMessage" && r.Args["channel"] == alerts && strings.HasPrefix(r.Args["text"], "Lost")
	}
	return r.Method == a.method
}

// withoutScope takes one scope from the app.
func (a *aftermath) withoutScope(scope string) {
	a.slack.Grant(slices.DeleteFunc(slices.Clone(fakeslack.AllScopes), func(s string) bool { return s == scope })...)
}

// cutOff lets nobody listen at Slack's address.
func (a *aftermath) cutOff() { a.edit(a.t, a.slack.APIURL(), "http://"+freeAddress(a.t)+"/api/") }

// checkJob runs the job of the night and holds what it leaves against the table.
func (a *aftermath) checkJob() {
	a.t.Helper()
	out := a.run(a.night)
	if out.code != a.exit {
		a.t.Errorf("exit %d, want %d", out.code, a.exit)
	}
	if len(a.says) == 0 && out.stderr != "" {
		a.t.Errorf("the job has something to tell: %s", out.stderr)
	}
	wantIn(a.t, "what the job tells", out.stderr, a.says...)
	if a.exit != 0 {
		wantIn(a.t, "what the job tells", out.stderr, "dangol: error: ")
	}
	if strings.Contains(out.stderr, a.slack.Token) {
		a.t.Error("the token shows")
	}
	a.checkShown("after the job", a.stands)
	a.checkRow("after the job")
	ops := a.slack.Channel("#dangol-ops").Messages()
	if a.ops == "" && len(ops) > 0 || a.ops != "" && (len(ops) != 1 || !strings.Contains(ops[0].Plain(), a.ops)) {
		a.t.Errorf("ops reads %+v, want %q", ops, a.ops)
	}
}

// checkDaemon lets the daemon meet the same trouble and holds its pages against the
// table.
func (a *aftermath) checkDaemon() {
	a.t.Helper()
	pages := a.daemon()
	a.checkShown("after the daemon", a.stands)
	a.checkRow("after the daemon")
	checks := pages("/readyz")
	for name, want := range map[string]string{"state": "", "outbox": a.outbox, "slack": a.slackCheck} {
		if ok := strings.Contains(checks, fmt.Sprintf("%q: \"ok\"", name)); ok != (want == "") || !strings.Contains(checks, want) {
			a.t.Errorf("/readyz: %s should be %q: %s", name, want, checks)
		}
	}
	metrics := pages("/metrics")
	for _, m := range a.metrics {
		wantIn(a.t, "/metrics", metrics, "dangol_"+m+"\n")
	}
}

// daemon does what the daemon does about its outbox, without its loop and under a
// clock that only passes while it waits: it drains, looks, and shows its pages.
func (a *aftermath) daemon() (pages func(string) string) {
	a.t.Helper()
	ctx := a.t.Context()
	env := environment{stdout: io.Discard, stderr: io.Discard, getenv: os.LookupEnv, now: func() time.Time { return a.now }}
	f := newFlags("run")
	f.config = a.config
	cfg, err := f.load(env)
	if err != nil {
		a.t.Fatal(err)
	}
	d := &daemon{cfg: cfg, env: env, log: slog.New(slog.DiscardHandler), status: status.New(env.now, jobs.Wake, "dev", "state", "slack", "outbox")}
	if d.state, err = store.Open(ctx, statePath(a.office)); err != nil {
		a.t.Fatal(err)
	}
	defer d.state.Close()
	d.sender = newSender(d)
	d.sender.Sleep = func(ctx context.Context, pause time.Duration) error {
		a.now = a.now.Add(pause)
		return ctx.Err()
	}
	d.sender.drain(ctx)
	d.sender.look(ctx)
	return func(path string) string {
		page := httptest.NewRecorder()
		d.status.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, path, nil))
		return page.Body.String()
	}
}

// checkShown holds the news in #sales-alerts against what is wanted.
func (a *aftermath) checkShown(when string, want []string) {
	a.t.Helper()
	if want == nil {
		want = toldWhole
	}
	got := []string{}
	for _, m := range a.slack.Channel("#sales-alerts").Messages() {
		if strings.HasPrefix(m.Text, "Baseline") {
			continue
		}
		got = append(got, kindOf(m))
		wantIn(a.t, "#sales-alerts", m.Plain(), a.reads)
		for _, r := range m.Replies {
			got = append(got, kindOf(m)+" > "+kindOf(r))
		}
	}
	if d := diff.Diff(want, got); d != "" {
		a.t.Errorf("#sales-alerts %s (-want +got):\n%s", when, d)
	}
}

// kindOf is a message's first word, and whether it lost its blocks.
func kindOf(m fakeslack.Message) string {
	word, _, _ := strings.Cut(strings.ReplaceAll(m.Text, ":", " "), " ")
	if m.Blocks == nil {
		word += ", text alone"
	}
	return word
}

// checkRow holds the outbox's row of the news against the table.
func (a *aftermath) checkRow(when string) {
	a.t.Helper()
	db, err := sql.Open("sqlite", statePath(a.office))
	if err != nil {
		a.t.Fatal(err)
	}
	defer db.Close()
	op := "post"
	if a.method == "chat.update" {
		op = "update"
	}
	var state, lastError string
	err = db.QueryRowContext(a.t.Context(), `SELECT state, last_error FROM deliveries WHERE as_of = ? AND op = ? AND case_id <> '' ORDER BY seq LIMIT 1`,
		a.night.String(), op).Scan(&state, &lastError)
	if err != nil {
		a.t.Fatal(err)
	}
	want, code, _ := strings.Cut(a.row, ": ")
	if state != want || !strings.HasPrefix(lastError, code) || code == "" && lastError != "" {
		a.t.Errorf("the row %s: %q, %q; want %q", when, state, lastError, a.row)
	}
}

// wantIn wants words in a text.
func wantIn(t *testing.T, where, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", where, w, text)
		}
	}
}
