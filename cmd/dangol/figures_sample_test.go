package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"dangol/config"
	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/sample"
	"dangol/internal/testdb"
	"dangol/jobs"
)

// sampled is a sample company in a database of its own, with its config and the
// program's reader on it.
type sampled struct {
	company *sample.Company
	config  string // the file
	cfg     *config.Config
	rules   jobs.Rules
	source  *salesdb.Source
	sql     *sql.DB // the test's own connection to the same database
}

// sampleOn builds the company as of a date and writes it to SQLite.
func sampleOn(t *testing.T, asOf sales.Date) *sampled {
	t.Helper()
	company := sample.Build(sample.Options{AsOf: asOf, Locale: "en", Seed: demoSeed})
	path := filepath.Join(t.TempDir(), "sales.db")
	if err := company.WriteSQLite(path); err != nil {
		t.Fatal(err)
	}
	own, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(off)&_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	own.SetMaxOpenConns(1)
	t.Cleanup(func() { own.Close() })
	return opened(t, company, own, "sqlite:"+path)
}

// sampleOnServer is sampleOn on the MariaDB of the machine.
func sampleOnServer(t *testing.T, asOf sales.Date) *sampled {
	t.Helper()
	db := testdb.New(t)
	company := sample.Build(sample.Options{AsOf: asOf, Locale: "en", Seed: demoSeed})
	if err := company.WriteMySQL(t.Context(), db.SQL); err != nil {
		t.Fatal(err)
	}
	return opened(t, company, db.SQL, db.User("SELECT ON "+db.Name+".*"))
}

// opened writes the company's config and opens the program's reader with it.
func opened(t *testing.T, company *sample.Company, own *sql.DB, dsn string) *sampled {
	t.Helper()
	s, dir := &sampled{company: company, sql: own}, t.TempDir()
	for name, text := range company.Files(sample.ConfigOptions{DSN: dsn}) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.config = filepath.Join(dir, "dangol.yaml")
	var err error
	if s.cfg, err = config.Load(s.config, func(string) (string, bool) { return "", false }); err != nil {
		t.Fatal(err)
	}
	if s.rules, err = rules(s.cfg); err != nil {
		t.Fatal(err)
	}
	if s.source, err = source(t.Context(), s.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.source.Close() })
	return s
}

// conclude reads and judges as the job does.
func (s *sampled) conclude(t *testing.T, name string, asOf sales.Date) (*sales.Snapshot, jobs.Conclusion) {
	t.Helper()
	entry, err := jobs.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	job, err := entry.New(s.rules, s.cfg.DecodeJob)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := reader{s.source}.Read(t.Context(), jobs.Needed(job, asOf, asOf+1))
	if err != nil {
		t.Fatal(err)
	}
	concluded := job.Conclude(snapshot)
	if concluded.Report == nil {
		t.Fatalf("%s on %s: no report: %v", name, asOf, concluded.Findings)
	}
	return snapshot, concluded
}
