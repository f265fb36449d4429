package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangol/internal/store"
	"dangol/internal/testdb"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// TestFaults: every wrong config, database, Slack or state prints what is wrong
// and what to do, exits as documented, and leaves nothing half-written.
func TestFaults(t *testing.T) {
	db := testdb.New(t)
	plantShop(db, 3)
	db.Exec(`CREATE TABLE narrow (id INT, customer VARCHAR(20), sold_on DATE, rep VARCHAR(10))`)
	replace := func(from, into string) func(*testing.T, office) {
		return func(t *testing.T, o office) {
			text, err := os.ReadFile(o.config)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), from) {
				t.Fatalf("the config has no %q", from)
			}
			o.write(t, strings.ReplaceAll(string(text), from, into))
		}
	}
	tests := []struct {
		name    string
		breaks  func(*testing.T, office)
		code    int
		says    string
		advises string
		state   bool // a state may exist afterwards: the findings are committed
	}{
		{"unknown key", replace("currency:", "curency:"), 2, "dangol.yaml:2: curency: unknown key", "did you mean currency?", false},
		{"wrong type", replace("{rep: 50, ", "{rep: many, "), 2, `slack.daily_cap.rep: "many" is not a whole number`, "whole number", false},
		{"placeholder", replace("FROM sale", "FROM sale WHERE id > ?"), 2, "dangol.yaml:6: sales.queries.order_lines: a ? placeholder", "one plain SELECT", false},
		{"unset variable", replace(`token: "`, `token: "${NO_SUCH_TOKEN}`), 2, "slack.token: the variable NO_SUCH_TOKEN is not set", "token_file", false},
		{"unreachable database", replace("@tcp(127.0.0.1:", "@tcp(127.0.0.2:"), 1, "cannot connect to the sales database", "database.dsn", false},
		{"impossible port", replace("@tcp(127.0.0.1:", "@tcp(127.0.0.1:1"), 2, "dangol.yaml:3: database.dsn: the port is none", "1 to 65535", false},
		{"unknown database", replace("/"+db.Name, "/nowhere"), 1, "nowhere", "database", false},
		{"missing table", replace("FROM sale", "FROM sales_2026"), 1, "cannot read order_lines", "sales.queries.order_lines", false},
		{"missing column in the table", replace("FROM sale", "FROM narrow"), 1, "cannot read order_lines", "", false},
		{"missing column in the query", replace(", amount, rep AS rep_id FROM sale", ", rep AS rep_id FROM sale"), 1, "column amount missing", "sales.queries.order_lines", false},
		{"invalid token", replace(`token: "`, `token: "not-`), 1, "invalid_auth", "slack.token", true},
		{"unknown channel", replace("#sales-alerts", "#nowhere"), 1, "channel_not_found", "slack.channels", true},
		{"app not in the channel", func(_ *testing.T, o office) { o.slack.Channel("#sales-alerts").Kick() }, 1, "not_in_channel", "/invite", true},
		{"no state folder", func(t *testing.T, o office) {
			replace("currency: KRW", "currency: KRW\nstate: {path: nowhere/state.db}")(t, o)
		}, 1, "no folder to stand in", "create the folder", false},
		{"state locked", func(t *testing.T, o office) {
			held, err := store.Open(t.Context(), statePath(o))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { held.Close() })
		}, 1, "in use by another dangol", "stop", true},
		{"newer state", newerState, 1, "newer than this dangol knows", "newer dangol", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			office := newOffice(t, db.DSN, "rep0@example.com")
			tt.breaks(t, office)
			out := dangol(t, "job", "lost-customers", "--config", office.config, "--as-of", "2026-10-20")
			if out.code != tt.code || !strings.Contains(out.stderr, "dangol: error: ") || !strings.Contains(out.stderr, tt.says) {
				t.Errorf("exit %d, want %d and %q:\n%s", out.code, tt.code, tt.says, out.stderr)
			}
			if !strings.Contains(out.stderr, "dangol: hint: ") || !strings.Contains(out.stderr, tt.advises) {
				t.Errorf("no hint with %q:\n%s", tt.advises, out.stderr)
			}
			if strings.Contains(out.stderr+out.stdout, office.slack.Token) {
				t.Error("the token shows")
			}
			if n := len(office.shown()); n != 0 {
				t.Errorf("%d messages were sent", n)
			}
			if _, err := os.Stat(statePath(office)); !tt.state && err == nil {
				t.Error("a state is left behind")
			}
		})
	}
}

func statePath(o office) string { return filepath.Join(filepath.Dir(o.config), "state.db") }

// newerState leaves a state whose schema a later dangol wrote.
func newerState(t *testing.T, o office) {
	held, err := store.Open(t.Context(), statePath(o))
	if err != nil {
		t.Fatal(err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", statePath(o))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
}

// TestMendedTokenDelivers: what could not be sent is sent by the next run.
func TestMendedTokenDelivers(t *testing.T) {
	db := testdb.New(t)
	plantShop(db, 4)
	office := newOffice(t, db.DSN)
	office.slack.Revoke("token_revoked")
	args := []string{"job", "lost-customers", "--config", office.config, "--as-of", "2026-10-20"}
	if out := dangol(t, args...); out.code != 1 || !strings.Contains(out.stderr, "token_revoked") {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	office.slack.Revoke("")
	if out := dangol(t, args...); out.code != 0 {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	if n := len(office.shown()); n != 1 {
		t.Errorf("%d messages, want the baseline alone", n)
	}
}

// TestUsage: wrong calls are told apart from failures.
func TestUsage(t *testing.T) {
	tests := []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "usage:"},
		{[]string{"help"}, 0, "usage:"},
		{[]string{"version"}, 0, "go1."},
		{[]string{"frobnicate"}, 2, `unknown command "frobnicate"`},
		{[]string{"job"}, 2, "want the name of one job"},
		{[]string{"job", "lost-customer", "--config", "x"}, 2, `unknown job "lost-customer"`},
		{[]string{"job", "lost-customers"}, 2, "no config"},
		{[]string{"job", "lost-customers", "--config", "nowhere.yaml"}, 2, "cannot read the config"},
		{[]string{"score", "--format", "xml"}, 2, `--format "xml" is not known`},
		{[]string{"score", "--nonsense"}, 2, "nonsense"},
		{[]string{"demo", "--as-of", "2026-02-30"}, 2, "want YYYY-MM-DD"},
		{[]string{"demo", "--as-of", "1960-01-01"}, 2, "nothing is known on 1960-01-01: dates before 1971"},
		{[]string{"demo", "--locale", "fr"}, 2, `--locale "fr" is not known`},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.args), func(t *testing.T) {
			out := dangol(t, tt.args...)
			if out.code != tt.code || !strings.Contains(out.stdout+out.stderr, tt.says) {
				t.Errorf("exit %d, want %d and %q:\n%s%s", out.code, tt.code, tt.says, out.stdout, out.stderr)
			}
		})
	}
}
