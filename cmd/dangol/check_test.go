package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"dangol/internal/checkup"
	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/sample"
	"dangol/internal/testdb"
)

// checked is what `check --format json` printed.
type checked struct {
	Status   checkup.Status    `json:"status"`
	Findings []checkup.Finding `json:"findings"`
	Config   map[string]any    `json:"config"`
}

// runCheck checks a config and reads the answer; no secret of the office shows.
func runCheck(t *testing.T, o office) (outcome, checked) {
	t.Helper()
	out := dangol(t, "check", "--config", o.config, "--format", "json")
	var c checked
	if err := json.Unmarshal([]byte(out.stdout), &c); err != nil {
		t.Fatalf("no JSON (%v), exit %d:\n%s\n%s", err, out.code, out.stdout, out.stderr)
	}
	for _, secret := range []string{"s3cret-of-", "hunter2", o.slack.Token} {
		if strings.Contains(out.stdout+out.stderr, secret) {
			t.Errorf("a secret shows (%.8s…):\n%s", secret, out.stdout)
		}
	}
	return out, c
}

// has reports whether a finding says this and advises that.
func (c checked) has(status checkup.Status, area, evidence, remedy string) bool {
	for _, f := range c.Findings {
		if f.Status == status && f.Area == area && strings.Contains(f.Subject+": "+f.Evidence, evidence) && strings.Contains(f.Remedy, remedy) {
			return true
		}
	}
	return false
}

// told lists what is not ok, and all of an area.
func (c checked) told(area string) string {
	var b strings.Builder
	for _, f := range c.Findings {
		if f.Status != checkup.OK || f.Area == area {
			fmt.Fprintf(&b, "%s %s %s: %s\n    %s\n", f.Status, f.Area, f.Subject, f.Evidence, strings.ReplaceAll(f.Remedy, "\n", "\n    "))
		}
	}
	return b.String()
}

const soundCustomers = 42

// soundShop fills the tables of an office with a year of orders through
// yesterday, nothing wrong in them, and returns the DSN of a reader.
func soundShop(t *testing.T, db *testdb.DB) string {
	t.Helper()
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	yesterday := sales.DateOf(time.Now().In(seoul)) - 1
	db.Exec(`CREATE TABLE customer (id VARCHAR(20), name VARBINARY(80), rep VARCHAR(10));
		CREATE TABLE staff (id VARCHAR(10), name VARCHAR(80), email VARCHAR(80));
		CREATE TABLE sale (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer VARCHAR(20), sold_on DATE, amount VARCHAR(20), rep VARCHAR(10), KEY sold (sold_on));
		INSERT INTO staff VALUES ('R0', 'Rep Zero', 'rep0@example.com'), ('R1', 'Rep One', 'rep1@example.com')`)
	var customers, lines []string
	for i := range soundCustomers {
		customers = append(customers, fmt.Sprintf("('C%02d', 'Shop %d', 'R%d')", i, i, i%2))
		for k := range 52 {
			day := yesterday - sales.Date(7*k+i%7)
			lines = append(lines, fmt.Sprintf("('C%02d', '%s', '%d', 'R%d')", i, day, 1000+10*i+k, i%2))
		}
	}
	db.Exec("INSERT INTO customer VALUES " + strings.Join(customers, ", "))
	db.Exec("INSERT INTO sale (customer, sold_on, amount, rep) VALUES " + strings.Join(lines, ", "))
	return db.User("SELECT ON " + db.Name + ".*")
}

// soundOffice is an office that nothing is wrong with.
func soundOffice(t *testing.T, db *testdb.DB) office {
	t.Helper()
	o := newOffice(t, soundShop(t, db), "rep0@example.com", "rep1@example.com")
	o.slack.AddChannel("#sales-managers")
	o.edit(t, `ops: "#dangol-ops"}`, `ops: "#dangol-ops", managers: "#sales-managers"}`)
	o.edit(t, "NULL AS manager_id", "CASE WHEN id = 'R1' THEN 'R0' END AS manager_id")
	return o
}

// edit replaces a text in the office's config.
func (o office) edit(t *testing.T, from, into string) {
	t.Helper()
	text, err := os.ReadFile(o.config)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("the config has no %q", from)
	}
	o.write(t, strings.ReplaceAll(string(text), from, into))
}

// dsn edits the account of the office's DSN.
func (o office) dsn(t *testing.T, change func(*mysql.Config)) {
	t.Helper()
	text, err := os.ReadFile(o.config)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), `dsn: "`)
	before, _, _ := strings.Cut(rest, `"`)
	parsed, err := mysql.ParseDSN(before)
	if err != nil {
		t.Fatal(err)
	}
	change(parsed)
	o.edit(t, before, parsed.FormatDSN())
}

func (c checked) looked(area string) bool {
	for _, f := range c.Findings {
		if f.Area == area {
			return true
		}
	}
	return false
}

// wantClean fails for every warning or error.
func wantClean(t *testing.T, out outcome, c checked) {
	t.Helper()
	if out.code != 0 || c.Status != checkup.OK || out.stderr != "" || len(c.Findings) < 15 {
		t.Errorf("exit %d, status %s, %d findings:\n%s%s", out.code, c.Status, len(c.Findings), c.told(""), out.stderr)
	}
}

// TestCheckIsCleanOnSoundOffice: a reader's account, a state that was written
// before: nothing to say, and nothing is left behind.
func TestCheckIsCleanOnSoundOffice(t *testing.T) {
	t.Parallel()
	o := soundOffice(t, testdb.New(t))
	out, c := runCheck(t, o)
	wantClean(t, out, c)
	if names := listed(t, o); names != "dangol.yaml" {
		t.Errorf("left behind: %s", names)
	}
	if run := dangol(t, "job", "lost-customers", "--config", o.config); run.code != 0 {
		t.Fatalf("exit %d: %s", run.code, run.stderr)
	}
	before, files := digest(t, statePath(o)), listed(t, o)
	sent := len(o.slack.Requests("chat.postMessage", "chat.update", "conversations.open"))
	out, c = runCheck(t, o)
	wantClean(t, out, c)
	if !c.has(checkup.OK, "state", "0 messages not sent yet", "") {
		t.Errorf("nothing about the state:\n%s", c.told("state"))
	}
	if digest(t, statePath(o)) != before || listed(t, o) != files {
		t.Errorf("the state has changed; files before %s, after %s", files, listed(t, o))
	}
	if n := len(o.slack.Requests("chat.postMessage", "chat.update", "conversations.open")); n != sent {
		t.Errorf("%d calls that write", n-sent)
	}
}

func listed(t *testing.T, o office) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(o.config))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func digest(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(content))
}

// TestCheckIsCleanOnSampleCompany: as the demo leaves it, and on a server with
// a Slack.
func TestCheckIsCleanOnSampleCompany(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out := dangol(t, "demo", "--out", dir); out.code != 0 {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	o := office{config: filepath.Join(dir, "dangol.yaml"), slack: fakeslack.Start(t, time.Now)}
	out, c := runCheck(t, o)
	wantClean(t, out, c)
	if !c.has(checkup.OK, "slack", "none given: dry runs, score and explain work", "slack.token") {
		t.Errorf("nothing about the token:\n%s", c.told("slack"))
	}

	db := testdb.New(t)
	company := sample.Build(sample.Options{AsOf: sales.DateOf(time.Now().UTC()) - 1, Seed: 1})
	if err := company.WriteMySQL(context.Background(), db.SQL); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sales-alerts", "sales-managers", "sales", "dangol-ops"} {
		o.slack.AddChannel(name)
	}
	addStaff(t, db, o.slack)
	files := company.Files(sample.ConfigOptions{DSN: db.User("SELECT ON " + db.Name + ".*"), Token: o.slack.Token, APIURL: o.slack.APIURL()})
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, c = runCheck(t, o)
	wantClean(t, out, c)
	if !c.has(checkup.OK, "plan", "sales_order", "") || !c.has(checkup.OK, "slack", "e-mail addresses belong to a Slack user", "") {
		t.Errorf("plan or users are missing:\n%s%s", c.told("plan"), c.told("slack"))
	}
}

func addStaff(t *testing.T, db *testdb.DB, workspace *fakeslack.Server) {
	t.Helper()
	rows, err := db.SQL.Query("SELECT staff_no, email FROM staff WHERE email IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, email string
		if err := rows.Scan(&id, &email); err != nil {
			t.Fatal(err)
		}
		workspace.AddUser(fakeslack.User{ID: "U" + id, Email: email})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestCheckNamesAllFaultsAtOnce: one run, a fault in every corner.
func TestCheckNamesAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	o := soundOffice(t, db)
	db.Exec("UPDATE sale SET customer = NULL WHERE id % 100 = 0; DELETE FROM customer WHERE id < 'C05'; UPDATE staff SET email = 'gone@example.com'")
	o.edit(t, "    reps:", "    visits: SELECT 1 FROM nowhere\n    reps:")
	o.edit(t, "currency: KRW", "currency: KRW\nstate: {path: nowhere/state.db}\njobs: {lost-customers: {schedule: \"0 3 * * *\"}}")
	o.edit(t, "#dangol-ops", "#nowhere")
	_, c := runCheck(t, o)
	for _, want := range []plant{
		{status: checkup.Error, area: "data", evidence: "cannot read visits", remedy: "sales.queries.visits"},
		{status: checkup.Warning, area: "data", evidence: "lines without a customer", remedy: "WHERE"},
		{status: checkup.Warning, area: "data", evidence: "orphans: 5 customers", remedy: "sales.queries.customers"},
		{status: checkup.Warning, area: "schedule", evidence: "held until 08:00", remedy: "quiet_hours"},
		{status: checkup.Error, area: "state", evidence: "nowhere", remedy: "must exist"},
		{status: checkup.Error, area: "slack", evidence: "#nowhere: no such channel", remedy: "create the channel"},
		{status: checkup.Warning, area: "slack", evidence: "without a user: R0, R1", remedy: "e-mail"},
	} {
		if !c.has(want.status, want.area, want.evidence, want.remedy) {
			t.Errorf("no %s of %s with %q:\n%s", want.status, want.area, want.evidence, c.told(want.area))
		}
	}
}

// TestCheckAsText: one block for each finding within 100 columns, the config in
// effect without secrets, a last line that counts.
func TestCheckAsText(t *testing.T) {
	t.Parallel()
	o := soundOffice(t, testdb.New(t))
	o.slack.Channel("#dangol-ops").Kick()
	out := dangol(t, "check", "--config", o.config)
	findings, effective, found := strings.Cut(out.stdout, "\nThe config in effect, defaults filled in:\n")
	if out.code != 1 || !found || !strings.Contains(out.stderr, "dangol: error: check: 1 of ") {
		t.Fatalf("exit %d:\n%s%s", out.code, out.stdout, out.stderr)
	}
	for _, line := range strings.Split(findings, "\n") {
		if checkup.Width(line) > 100 && len(strings.Fields(line)) > 2 {
			t.Errorf("a line of %d columns: %s", checkup.Width(line), line)
		}
	}
	for _, want := range []string{"\nerror    slack channels.ops: #dangol-ops", "\n         → in #dangol-ops: /invite @Dangol\n", "\nok       database grants: "} {
		if !strings.Contains(findings, want) {
			t.Errorf("no %q in:\n%s", want, findings)
		}
	}
	for _, want := range []string{"  dsn: <secret>\n", "  token: <secret>\n", "  query_timeout: 5m\n", "    schedule: 0 8 * * 1-5\n", "    declining: 0.6\n    dropped: 0.9\n", "    patience: 5\n", " ok, 0 warnings, 1 error\n"} {
		if !strings.Contains(effective, want) {
			t.Errorf("no %q in:\n%s", want, effective)
		}
	}
	if strings.Contains(effective, "max_lag") { // whoever copies what is shown gets a config that loads
		t.Errorf("a key without value and default is shown:\n%s", effective)
	}
	if strings.Contains(out.stdout+out.stderr, o.slack.Token) || strings.Contains(out.stdout+out.stderr, "s3cret-of-") {
		t.Error("a secret shows")
	}
}

// TestCheckOfBrokenConfig: exit 2 as everywhere, and with --format json still
// one document.
func TestCheckOfBrokenConfig(t *testing.T) {
	t.Parallel()
	o := office{config: filepath.Join(t.TempDir(), "dangol.yaml"), slack: fakeslack.Start(t, time.Now)}
	o.write(t, "jobs: {lost-customers: {lost: 0.2, schedule: \"0 0 31 2 *\"}}\ntimezone: Asia/Soul\ncurency: KRW\ndatabase: {dsn: \"u:hunter2@tcp(x)/y\"}\nsales: {queries: {order_lines: SELECT 1, customers: SELECT 1}}\n")
	out, c := runCheck(t, o)
	if out.code != 2 || c.Status != checkup.Error || c.Config != nil || !strings.Contains(out.stderr, "dangol: error: ") {
		t.Errorf("exit %d, %+v:\n%s", out.code, c, out.stderr)
	}
	for _, want := range [][2]string{{"curency: unknown key", "did you mean currency?"}, {"Asia/Soul", "Asia/Seoul"}} {
		if !c.has(checkup.Error, "config", want[0], want[1]) {
			t.Errorf("no %q with %q:\n%s", want[0], want[1], c.told("config"))
		}
	}
	for _, args := range [][]string{{"check"}, {"check", "--format", "xml", "--config", o.config}, {"check", "now"}} {
		if out := dangol(t, args...); out.code != 2 || !strings.Contains(out.stderr, "dangol: hint: ") {
			t.Errorf("%v: exit %d: %s", args, out.code, out.stderr)
		}
	}
}
