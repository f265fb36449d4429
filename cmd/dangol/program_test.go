package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/testdb"
)

// program is the built dangol: a process of its own, so that a kill is real.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "dangol-program-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "dangol")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	defer testdb.Stop()
	return m.Run()
}

// outcome is how a process ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// dangol runs the program to its end.
func dangol(t *testing.T, args ...string) outcome {
	t.Helper()
	return launch(t, args...).wait(t)
}

// process is a running dangol.
type process struct {
	cmd            *exec.Cmd
	cancel         context.CancelFunc
	stdout, stderr *strings.Builder
}

// frail builds the program with the tag failpoints: it dies where a test says, and its
// clock can be set.
var frail = sync.OnceValues(func() (string, error) {
	path := filepath.Join(filepath.Dir(program), "dangol-frail")
	out, err := exec.Command("go", "build", "-tags", "failpoints", "-o", path, ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return path, err
})

// launchFrail starts the frail program with more in its environment.
func launchFrail(t *testing.T, env []string, args ...string) process {
	t.Helper()
	path, err := frail()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, path, env, args...)
}

// long reports whether the long tests were asked for: DANGOL_LONG=1.
func long() bool { return os.Getenv("DANGOL_LONG") != "" }

// launch starts the program; it is ended after two minutes.
func launch(t *testing.T, args ...string) process {
	t.Helper()
	return start(t, program, nil, args...)
}

func start(t *testing.T, path string, env []string, args ...string) process {
	t.Helper()
	limit := 2 * time.Minute
	if long() {
		limit = time.Hour
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	p := process{exec.CommandContext(ctx, path, args...), cancel, &strings.Builder{}, &strings.Builder{}}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	return p
}

// kill ends the process as kill -9 does; one that has ended stays as it is.
func (p process) kill() { _ = p.cmd.Process.Kill() }

// wait returns how the process ended. The code of a killed one is -1.
func (p process) wait(t *testing.T) outcome {
	t.Helper()
	defer p.cancel()
	err := p.cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return outcome{p.cmd.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()}
}

// office is a company's folder with its config, and its Slack.
type office struct {
	config string
	slack  *fakeslack.Server
	users  []string
}

// newOffice makes a config for a database with the tables customer, staff and
// sale; the Slack knows every e-mail given.
func newOffice(t *testing.T, dsn string, emails ...string) office {
	t.Helper()
	o := office{config: filepath.Join(t.TempDir(), "dangol.yaml"), slack: fakeslack.Start(t, time.Now)}
	for _, name := range []string{"sales-alerts", "dangol-ops"} {
		o.slack.AddChannel(name)
	}
	for i, email := range emails {
		id := fmt.Sprintf("U%03d", i)
		o.slack.AddUser(fakeslack.User{ID: id, Email: email})
		o.users = append(o.users, id)
	}
	o.write(t, fmt.Sprintf(`timezone: Asia/Seoul
currency: KRW
database: {dsn: %q}
sales:
  queries:
    order_lines: SELECT id AS order_id, customer AS customer_id, sold_on AS ordered_at, NULL AS product_id, NULL AS quantity, amount, rep AS rep_id FROM sale
    customers: SELECT id AS customer_id, name, rep AS rep_id, NULL AS segment, NULL AS created_at FROM customer
    reps: SELECT id AS rep_id, name, email, NULL AS manager_id, NULL AS hired_on, NULL AS level, 1 AS active FROM staff
slack: {token: %q, api_url: %q, channels: {alerts: "#sales-alerts", ops: "#dangol-ops"}, daily_cap: {rep: 50, channel: 50}}
`, dsn, o.slack.Token, o.slack.APIURL()))
	return o
}

func (o office) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(o.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// shown counts every message and reply of the workspace by delivery id.
func (o office) shown() map[string]int {
	views := []fakeslack.View{o.slack.Channel("#sales-alerts"), o.slack.Channel("#dangol-ops")}
	for _, id := range o.users {
		views = append(views, o.slack.DM(id))
	}
	count := map[string]int{}
	for _, view := range views {
		for _, m := range view.Messages() {
			count[m.DeliveryID()]++
			for _, r := range m.Replies {
				count[r.DeliveryID()]++
			}
		}
	}
	return count
}
