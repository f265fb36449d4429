package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/store"
	"dangol/internal/testdb"
	"dangol/jobs"
)

// watch is an office whose daemon may be started, killed and started again.
type watch struct {
	office
	listen string
}

// newWatch is an office whose job is due every minute and is never quiet.
func newWatch(t *testing.T, dsn string, emails ...string) watch {
	t.Helper()
	w := watch{office: newOffice(t, dsn, emails...), listen: freeAddress(t)}
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, string(text)+neverQuiet+fmt.Sprintf(`http: {listen: %q}
jobs: {lost-customers: {schedule: "0 0 1 1 *"}}
run: {grace: 20s, catch_up: 168h}
`, w.listen))
	return w
}

// neverQuiet is the calendar of an office whose every day is a selling day.
const neverQuiet = `calendar: {quiet_hours: "", weekend: []}
`

// sameDays gives an office the calendar of a watch: what is due is due on a selling
// day.
func (o office) sameDays(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(o.config)
	if err != nil {
		t.Fatal(err)
	}
	o.write(t, string(text)+neverQuiet)
}

// freeAddress finds a port of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// dueSince makes the job due: the state says that it is known since a minute
// before a run of the schedule that lies some minutes back.
func (w watch) schedule(t *testing.T, at time.Time) {
	t.Helper()
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "jobs:") {
			lines[i] = fmt.Sprintf(`jobs: {lost-customers: {schedule: "%d %d * * *"}}`, at.Minute(), at.Hour())
		}
	}
	w.write(t, strings.Join(lines, "\n"))
	state, err := store.Open(t.Context(), filepath.Join(filepath.Dir(w.config), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	if err := state.Adopt(t.Context(), "lost-customers", fmt.Sprintf("%d %d * * *", at.Minute(), at.Hour()), jobs.NominalAt(at.Add(-time.Minute)), at); err != nil {
		t.Fatal(err)
	}
}

func (w watch) start(t *testing.T) process { return launch(t, "run", "--config", w.config) }

// ready asks /readyz; err says that nobody answers.
func (w watch) ready() (ready bool, checks map[string]string, err error) {
	answer, err := http.Get("http://" + w.listen + "/readyz")
	if err != nil {
		return false, nil, err
	}
	defer answer.Body.Close()
	var said struct {
		Ready  bool              `json:"ready"`
		Checks map[string]string `json:"checks"`
	}
	err = json.NewDecoder(answer.Body).Decode(&said)
	if said.Ready != (answer.StatusCode == http.StatusOK) {
		err = errors.Join(err, fmt.Errorf("ready %v with status %d", said.Ready, answer.StatusCode))
	}
	return said.Ready, said.Checks, err
}

// await waits for something to come true, a minute at most.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 1200 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("not within a minute: %s", what)
}

func (w watch) awaitReady(t *testing.T) {
	t.Helper()
	await(t, "ready", func() bool { ready, _, err := w.ready(); return err == nil && ready })
}

func (w watch) page(t *testing.T, path string) string {
	t.Helper()
	answer, err := http.Get("http://" + w.listen + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRun lives through what a daemon meets: a first start, a kill while it
// sends, a restart, a database that is stopped and started, a token that is
// revoked, and SIGTERM. Each run is told once, and /readyz follows the truth.
func TestRun(t *testing.T) {
	t.Parallel()
	server, db := testdb.Own(t)
	shop := plantShop(db, 9)
	db.Exec(`UPDATE sale SET sold_on = sold_on + INTERVAL ? DAY`, int(sales.DateOf(time.Now().In(seoul(t)))-1-shop.asOf))
	w := newWatch(t, db.DSN, shop.emails...)
	if out := dangol(t, "job", "lost-customers", "--config", w.config, "--as-of", dayBefore(t, 25)); out.code != 0 {
		t.Fatalf("baseline: exit %d: %s", out.code, out.stderr)
	}
	baseline := len(w.shown())

	// The reference: the same night by hand, in an office of its own.
	calm := newOffice(t, db.DSN, shop.emails...)
	calm.sameDays(t)
	for _, days := range []int{25, 1} {
		if out := dangol(t, "job", "lost-customers", "--config", calm.config, "--as-of", dayBefore(t, days)); out.code != 0 {
			t.Fatalf("exit %d: %s", out.code, out.stderr)
		}
	}

	// Killed at a call that Slack has taken, restarted, it goes on where it was.
	due := time.Now().In(seoul(t)).Truncate(time.Minute)
	w.schedule(t, due)
	victim := w.start(t)
	w.slack.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
		if r.Method == "chat.postMessage" {
			victim.kill()
			return fakeslack.DropAfter()
		}
		return fakeslack.Effect{}
	})
	if out := victim.wait(t); out.code != -1 {
		t.Fatalf("the daemon was not killed at its first message: exit %d: %s", out.code, out.stderr)
	}
	w.slack.Heal()
	running := w.start(t)
	w.awaitReady(t)
	await(t, "everything of the night is told", func() bool { return len(w.shown()) >= len(calm.shown()) })
	wantOnce(t, w.office)
	if diff := cmp.Diff(calm.said(), w.said()); diff != "" {
		t.Errorf("the daemon says other things than the job (-job +daemon):\n%s", diff)
	}
	if len(w.shown()) <= baseline {
		t.Fatal("the night has no news: nothing is proven")
	}
	if out := dangol(t, "healthcheck", "--config", w.config); out.code != 0 || out.stdout != "ok\n" {
		t.Errorf("healthcheck: %+v", out)
	}
	if second := dangol(t, "run", "--config", w.config); second.code != 1 || !strings.Contains(second.stderr, "in use by another dangol") {
		t.Errorf("a second daemon on the same state: %+v", second)
	}

	// A revoked token shows in /readyz, though nothing is to be sent.
	w.slack.Revoke("token_revoked")
	before := w.shown()
	stopped := w.terminate(t, running)
	for _, secret := range []string{w.slack.Token, "tests:tests"} {
		if strings.Contains(stopped.stderr, secret) {
			t.Error("a secret stands in the log")
		}
	}
	wantLog(t, stopped.stderr, "started", "outbox drained", "stopping", "stopped")
	running = w.start(t)
	await(t, "/readyz names the token", func() bool {
		ready, checks, err := w.ready()
		return err == nil && !ready && strings.Contains(checks["slack"], "token_revoked") && checks["state"] == "ok"
	})
	w.terminate(t, running)
	w.slack.Revoke("")

	// A database that is down when a run is due: tried again until it is back.
	server.Stop()
	w.schedule(t, due.Add(time.Minute))
	running = w.start(t)
	await(t, "/readyz names the run that fails", func() bool {
		ready, checks, err := w.ready()
		return err == nil && !ready && strings.Contains(checks["lost-customers"], "cannot connect")
	})
	if out := dangol(t, "healthcheck", "--config", w.config); out.code != 0 {
		t.Errorf("a database that is down does not make the daemon sick: %+v", out)
	}
	server.Start()
	w.awaitReady(t)
	if !maps.Equal(before, w.shown()) {
		t.Error("the same as-of date was told again")
	}
	for _, metric := range []string{`dangol_runs_total{job="lost-customers",outcome="ok"} 1`, `dangol_runs_total{job="lost-customers",outcome="failed"}`, `dangol_outbox_messages{state="pending"} 0`,
		`dangol_outbox_messages{state="dead"} 0`, `dangol_order_lines_read{job="lost-customers"}`, `dangol_build_info{version="dev"} 1`} {
		if page := w.page(t, "/metrics"); !strings.Contains(page, metric) {
			t.Errorf("/metrics lacks %s", metric)
		}
	}
	wantLog(t, w.terminate(t, running).stderr, "run started", "run failed", "run ended")
	if out := dangol(t, "healthcheck", "--config", w.config); out.code != 1 || !strings.Contains(out.stderr, "hint: is `dangol run` running") {
		t.Errorf("healthcheck without a daemon: %+v", out)
	}
}

// terminate sends SIGTERM and wants the daemon to end well.
func (w watch) terminate(t *testing.T, p process) outcome {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	out := p.wait(t)
	if out.code != 0 {
		t.Errorf("SIGTERM: exit %d: %s", out.code, out.stderr)
	}
	return out
}

func wantOnce(t *testing.T, o office) {
	t.Helper()
	for id, n := range o.shown() {
		if n != 1 {
			t.Errorf("delivery %s stands %d times", id, n)
		}
	}
}

// wantLog wants every line to be JSON and the messages to be among them.
func wantLog(t *testing.T, log string, messages ...string) {
	t.Helper()
	said := map[string]bool{}
	for line := range strings.Lines(log) {
		var entry struct {
			Msg  string `json:"msg"`
			Time string `json:"time"`
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Time == "" {
			t.Errorf("log line %q: %v", line, err)
		}
		said[entry.Msg] = true
	}
	for _, m := range messages {
		if !said[m] {
			t.Errorf("the log lacks %q:\n%s", m, log)
		}
	}
}

func seoul(t *testing.T) *time.Location {
	t.Helper()
	zone, err := loadSeoul()
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// dayBefore is a date so many days before today, in Seoul.
func dayBefore(t *testing.T, days int) string {
	return (sales.DateOf(time.Now().In(seoul(t))) - sales.Date(days)).String()
}

// readings are the server's connections that read the sales.
func readings(t *testing.T, db *testdb.DB) []int {
	t.Helper()
	rows, err := db.SQL.Query(`SELECT id FROM information_schema.processlist WHERE info LIKE '%sold_on%' AND info NOT LIKE '%processlist%' AND db = DATABASE()`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []int
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}

// endReadings does what the server's time limit would do later: a process that
// was ended at once leaves its statement behind.
func endReadings(t *testing.T, db *testdb.DB) {
	t.Helper()
	for _, id := range readings(t, db) {
		_, _ = db.SQL.Exec(fmt.Sprintf("KILL %d", id)) // it may have ended by itself
	}
}

// TestSecondSignal: while a run hangs, SIGTERM waits for the grace period; a
// second one ends the process at once.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	w := newWatch(t, db.DSN, shop.emails...)
	w.schedule(t, time.Now().In(seoul(t)).Truncate(time.Minute))
	db.Exec(`RENAME TABLE sale TO sold`)
	db.Exec(`CREATE VIEW sale AS SELECT id, customer, sold_on, amount, rep FROM sold WHERE SLEEP(.2) = 0`)
	p := w.start(t)
	await(t, "the reading hangs", func() bool {
		return len(readings(t, db)) > 0
	})
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await(t, "the log says that it stops", func() bool { _, err := http.Get("http://" + w.listen + "/healthz"); return err == nil })
	time.Sleep(200 * time.Millisecond) // the handler of the first signal gives way
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if out := p.wait(t); out.code != -1 {
		t.Errorf("exit %d after a second signal: %s", out.code, out.stderr)
	}
	if n := len(w.shown()); n != 0 {
		t.Errorf("%d messages of a run that was aborted", n)
	}

	endReadings(t, db)
	db.Exec(`CREATE OR REPLACE VIEW sale AS SELECT id, customer, sold_on, amount, rep FROM sold`)
	next := w.start(t)
	await(t, "the next process takes the run over", func() bool { return len(w.shown()) == 1 })
	w.terminate(t, next)
	wantOnce(t, w.office)
}
