package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangol/internal/hint"
	"dangol/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func count(t *testing.T, db *sql.DB, table string) (n int) {
	t.Helper()
	if err := db.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLoadsOnceAndKeepsWhatIsThere(t *testing.T) {
	db, folder := testdb.New(t), t.TempDir()
	load := func() string {
		t.Helper()
		var out strings.Builder
		if err := run(context.Background(), []string{"--folder", folder, "--locale", "ko"}, db.DSN, &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if out := load(); !strings.Contains(out, "loaded") || !strings.Contains(out, "dangol.yaml") {
		t.Errorf("first run says:\n%s", out)
	}
	lines := count(t, db.SQL, "sales_order_line")
	if lines < 10_000 {
		t.Errorf("%d order lines", lines)
	}
	file := filepath.Join(folder, "dangol.yaml")
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"locale: ko", "${DANGOL_DSN}", "${SLACK_BOT_TOKEN}", statePath} {
		if !strings.Contains(string(written), want) {
			t.Errorf("%s is not in the config", want)
		}
	}

	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := load(); out != "" {
		t.Errorf("second run says:\n%s", out)
	}
	if got := count(t, db.SQL, "sales_order_line"); got != lines {
		t.Errorf("%d order lines after the second run, %d before", got, lines)
	}
	if kept, _ := os.ReadFile(file); string(kept) != "mine" {
		t.Errorf("the config became %q", kept)
	}
}

func TestRefuses(t *testing.T) {
	foreign := testdb.New(t)
	foreign.Exec("CREATE TABLE invoices (id INT)")
	empty := testdb.New(t)
	for _, c := range []struct{ name, dsn, folder, err, remedy string }{
		{"no DSN", "", t.TempDir(), "no database", "DANGOL_SAMPLE_DSN"},
		{"a broken DSN", "nonsense", t.TempDir(), "DANGOL_SAMPLE_DSN", "user:password@"},
		{"a foreign schema", foreign.DSN, t.TempDir(), "1 tables", "empty schema"},
		{"no folder", empty.DSN, filepath.Join(t.TempDir(), "none"), "config", "--folder"},
	} {
		err := run(context.Background(), []string{"--folder", c.folder}, c.dsn, os.Stderr)
		if err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
			continue
		}
		if remedies := strings.Join(hint.Of(err), " "); !strings.Contains(remedies, c.remedy) {
			t.Errorf("%s: remedies %q, want %q", c.name, remedies, c.remedy)
		}
	}
	if n := count(t, foreign.SQL, "information_schema.tables WHERE table_schema = DATABASE()"); n != 1 {
		t.Errorf("the foreign schema now has %d tables", n)
	}
}
