package salesdb_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"dangol/internal/hint"
	"dangol/internal/salesdb"
)

// answering listens on a port, and writes a greeting to whoever connects.
// hangUp closes the connection behind it; otherwise it stays open.
func answering(t *testing.T, greeting string, hangUp bool) string {
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
			if hangUp {
				conn.Close()
			}
		}
	}()
	return listener.Addr().String()
}

// staleSocket is the file of a socket on which nobody listens any more.
func staleSocket(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	listener.Close()
	return path
}

// TestWrongDoors: whatever answers in the place of a MySQL server is told for
// what it is, with what to look at.
func TestWrongDoors(t *testing.T) {
	greeting := "\x4a\x00\x00\x00\x0a5.5.5-10.11.6-MariaDB\x00" // and then nothing more
	tests := []struct {
		name, dsn string
		want      []string
	}{
		{"silent", "tcp(" + answering(t, "", false) + ")/shop?timeout=200ms", []string{"takes the connection but says nothing for 200ms", "is this a MySQL port", "firewall"}},
		{"half a greeting", "tcp(" + answering(t, greeting, false) + ")/shop?timeout=200ms", []string{"no login within 200ms", "overloaded"}},
		{"SSH", "tcp(" + answering(t, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", false) + ")/shop?timeout=2s", []string{"speaks SSH, not MySQL", "3306"}},
		{"HTTP", "tcp(" + answering(t, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request", true) + ")/shop", []string{"speaks HTTP, not MySQL", "check host and port"}},
		{"mail", "tcp(" + answering(t, "220 mail.example.com ESMTP ready when you are\r\n", true) + ")/shop", []string{"speaks SMTP or FTP, not MySQL"}},
		{"X protocol", "tcp(" + answering(t, "\x05\x00\x00\x00\x0b\x08\x05\x1a\x00", true) + ")/shop", []string{"does not speak MySQL's protocol", "33060"}},
		{"hangs up", "tcp(" + answering(t, "", true) + ")/shop", []string{"hangs up without a word", "proxy"}},
		{"unknown host", "tcp(no-such-host.invalid:3306)/shop", []string{"at no-such-host.invalid:3306: ", "(no-such-host.invalid)", "name"}},
		{"no socket", "unix(" + filepath.Join(t.TempDir(), "none.sock") + ")/shop", []string{"none.sock: no such file or directory", "SHOW VARIABLES LIKE 'socket'"}},
		{"stale socket", "unix(" + staleSocket(t) + ")/shop", []string{"connection refused", "no server listens on it"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := fault(t, salesdb.Config{DSN: "u:s3cret@" + test.dsn, Queries: required()})
			wantError(t, err, append(test.want, "cannot connect to the sales database at ")...)
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the password is in the error: %v", err)
			}
			if _, ok := errors.AsType[*salesdb.ConfigError](err); ok {
				t.Errorf("a fault of the config: %v", err)
			}
		})
	}
}

// TestCancelledWhileDialling: the user's own end is no fault of the server.
func TestCancelledWhileDialling(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := salesdb.Open(ctx, salesdb.Config{DSN: "u:p@tcp(" + answering(t, "", false) + ")/shop", Queries: required()})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

// TestConfigErrors: what needs no server is told at once, by key, and the DSN is
// never quoted.
func TestConfigErrors(t *testing.T) {
	for dsn, want := range map[string]string{
		"":                                     "set database.dsn",
		"sqlite:":                              "sqlite:PATH",
		"u:s3cret@tcp(db:3306)":                "user:password@tcp(host:port)/name",
		"u:s3cret@db:3306/shop":                "put host and port in tcp(…)",
		"u:s3cret@tcp(db:3306/shop":            "user:password@tcp(host:port)/name",
		"u:s3cret@tcp(db:70000)/shop":          "a port from 1 to 65535",
		"u:s3cret@tcp(db:0)/shop":              "a port from 1 to 65535",
		"u:s3cret@tcp(db:3306)/":               "/name",
		"u:s3cret@tcp(db:3306)/?parseTime=1":   "/name",
		"mysql://u:s3cret@db:3306/shop":        "this is a URL",
		"jdbc:mysql://db/shop?user=u&p=s3cret": "this is a URL",
		"postgres://u:s3cret@db/shop":          "only MySQL, MariaDB",
		"u:s3cret@tcp(db)/shop?timeout=s3cret": "parameters behind the ?",
		"u:s3cret@tcp(db)/shop?tls=s3cret":     "parameters behind the ?",
	} {
		err := salesdb.CheckConfig(salesdb.Config{DSN: dsn, Queries: required()})
		wrong, ok := errors.AsType[*salesdb.ConfigError](err)
		if !ok || wrong.Key != "database.dsn" {
			t.Errorf("%q: %v", dsn, err)
			continue
		}
		wantError(t, err, want)
		if strings.Contains(err.Error()+strings.Join(hint.Of(err), " "), "s3cret") {
			t.Errorf("%q: the password shows: %v", dsn, err)
		}
	}
	if err := salesdb.CheckConfig(salesdb.Config{DSN: "u:p@(db)/shop", Queries: required()}); err != nil {
		t.Error(err)
	}
}
