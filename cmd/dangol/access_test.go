package main

import (
	"bytes"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"dangol/internal/store"
	"dangol/internal/testdb"
)

// TestAccess: a database that lets the account in only in part, or not at all,
// is told with the remedy; no password shows, and nothing is left behind.
func TestAccess(t *testing.T) {
	db := testdb.New(t)
	plantShop(db, 3)
	whole := db.User("SELECT ON " + db.Name + ".*")
	granted, err := mysql.ParseDSN(whole)
	if err != nil {
		t.Fatal(err)
	}
	wrong := granted.Clone()
	wrong.Passwd = "hunter2-" + granted.Passwd
	closed := granted.Clone()
	closed.Addr = "127.0.0.1:1"
	silent, foreign, nameless := granted.Clone(), granted.Clone(), granted.Clone()
	silent.Addr, silent.Timeout = door(t, ""), 200*time.Millisecond
	foreign.Addr = door(t, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
	nameless.DBName = ""
	tests := []struct {
		name, dsn     string
		code          int
		says, advises string
	}{
		{"wrong password", wrong.FormatDSN(), 1, "cannot connect to the sales database", "check user and password in database.dsn"},
		{"closed port", closed.FormatDSN(), 1, "127.0.0.1:1", "check host and port in database.dsn"},
		{"no grant on a table", db.User("SELECT ON " + db.Name + ".customer"), 1, "cannot read order_lines", "GRANT SELECT ON " + db.Name + ".sale TO"},
		{"no grant on the database", db.User(), 1, db.Name, "GRANT SELECT ON " + db.Name},
		{"silent port", silent.FormatDSN(), 1, "takes the connection but says nothing for 200ms", "is this a MySQL port"},
		{"another protocol", foreign.FormatDSN(), 1, "the server speaks SSH, not MySQL", "3306"},
		{"no database", nameless.FormatDSN(), 2, "dangol.yaml:3: database.dsn: no database is named", "end it in /name"},
		{"unknown parameter", db.User("SELECT ON "+db.Name+".*") + "?no_such_variable=1", 1, "unknown system variable 'no_such_variable'", "behind the ? in database.dsn"},
		{"unreadable", granted.User + ":" + granted.Passwd + "@nowhere", 2, "dangol.yaml:3: database.dsn: unreadable", "user:password@tcp(host:port)/name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			office := newOffice(t, tt.dsn)
			for _, args := range [][]string{{"job", "lost-customers"}, {"job", "lost-customers", "--dry-run"}, {"score"}} {
				out := dangol(t, append(args, "--config", office.config, "--as-of", "2026-10-20")...)
				if out.code != tt.code || out.stdout != "" || !strings.Contains(out.stderr, "dangol: error: ") || !strings.Contains(out.stderr, tt.says) {
					t.Errorf("%v: exit %d, want %d and %q:\n%s%s", args, out.code, tt.code, tt.says, out.stdout, out.stderr)
				}
				if !strings.Contains(out.stderr, "dangol: hint: ") || !strings.Contains(out.stderr, tt.advises) {
					t.Errorf("%v: no hint with %q:\n%s", args, tt.advises, out.stderr)
				}
				if strings.Contains(out.stderr, "s3cret-of-") || strings.Contains(out.stderr, office.slack.Token) {
					t.Errorf("%v: a secret shows:\n%s", args, out.stderr)
				}
			}
			if _, err := os.Stat(statePath(office)); err == nil {
				t.Error("a state is left behind")
			}
			if n := len(office.slack.Requests()); n != 0 {
				t.Errorf("%d calls of Slack", n)
			}
		})
	}
	office := newOffice(t, whole)
	if out := dangol(t, "score", "--config", office.config, "--as-of", "2026-10-20"); out.code != 0 || strings.Count(out.stdout, "\n") != shopCustomers+1 {
		t.Errorf("with SELECT alone: exit %d: %s", out.code, out.stderr)
	}
}

// door is a port behind which no MySQL server sits: it takes every connection,
// says the greeting, and nothing more.
func door(t *testing.T, greeting string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close() // all stay open until the listener closes
			_, _ = conn.Write([]byte(greeting))
		}
	}()
	return listener.Addr().String()
}

// TestForeignState: a state that another process holds, or that a later dangol
// wrote, stays as it is to the byte.
func TestForeignState(t *testing.T) {
	db := testdb.New(t)
	plantShop(db, 3)
	tests := []struct {
		name string
		make func(*testing.T, office)
	}{
		{"newer", newerState},
		{"locked", func(t *testing.T, o office) {
			held, err := store.Open(t.Context(), statePath(o))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { held.Close() })
		}},
		{"no state at all", func(t *testing.T, o office) {
			if err := os.WriteFile(statePath(o), []byte("minutes of the meeting\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			office := newOffice(t, db.DSN)
			tt.make(t, office)
			before, err := os.ReadFile(statePath(office))
			if err != nil {
				t.Fatal(err)
			}
			out := dangol(t, "job", "lost-customers", "--config", office.config, "--as-of", "2026-10-20")
			if out.code != 1 || !strings.Contains(out.stderr, "dangol: error: ") || !strings.Contains(out.stderr, "dangol: hint: ") {
				t.Errorf("exit %d: %s", out.code, out.stderr)
			}
			if after, err := os.ReadFile(statePath(office)); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the state has changed (%v)", err)
			}
			if n := len(office.shown()); n != 0 {
				t.Errorf("%d messages were sent", n)
			}
		})
	}
}
