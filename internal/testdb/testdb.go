// Package testdb gives tests a real database server: it starts a private
// MariaDB (or MySQL) once per test binary and hands every test an empty
// database of its own.
//
// The server lives in a temporary directory, listens on a free port of
// 127.0.0.1 and dies with the test binary, even when that is killed. Tests
// that need it call [New] or [Each]; the package's TestMain calls [Main], so
// that the directory is removed at the end (otherwise the next run does it).
//
// Three environment variables change what runs:
//
//	DANGOL_TEST_MYSQLD     path of a second server binary, usually Oracle's
//	                       mysqld; Each then runs every test on it too
//	DANGOL_TEST_MYSQLD_LD  words to put before that binary, such as the dynamic
//	                       loader and its --library-path of an unpacked package
//	CI                     "true" turns "no server found: skipped" into a failure
package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// The engines a DB may run on, as DB.Engine names them.
const (
	MariaDB = "mariadb"
	MySQL   = "mysql"
	SQLite  = "sqlite"
)

// DB is an empty database that belongs to one test and is dropped after it.
type DB struct {
	Engine  string  // MariaDB, MySQL or SQLite
	Version string  // what the server calls itself, such as 10.11.6-MariaDB
	Name    string  // name of the database on the server; empty on SQLite
	DSN     string  // with every right: a Go MySQL DSN over TCP, or sqlite:PATH
	SQL     *sql.DB // a pool for the test itself; one call may hold several statements

	t      testing.TB
	config *mysql.Config // nil on SQLite
}

// Main runs the tests of a package, stops the servers they started and exits.
// It is the whole body of a TestMain.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop ends the servers of this test binary and removes their directories,
// for a TestMain that does more than Main.
func Stop() {
	first.stop()
	second.stop()
}

// New returns an empty database on the server found on this machine. Without a
// server the test is skipped with the reason, or fails where CI=true.
func New(t testing.TB) *DB {
	t.Helper()
	return first.database(t)
}

// Each runs f as a subtest on every server at hand: the one of the machine and
// the one DANGOL_TEST_MYSQLD names.
func Each(t *testing.T, f func(t *testing.T, db *DB)) {
	t.Helper()
	t.Run(first.label(), func(t *testing.T) { f(t, first.database(t)) })
	if os.Getenv(binaryVariable) != "" {
		t.Run(second.label(), func(t *testing.T) { f(t, second.database(t)) })
	}
}

// EachAndSQLite is Each with a further subtest on SQLite.
func EachAndSQLite(t *testing.T, f func(t *testing.T, db *DB)) {
	t.Helper()
	Each(t, f)
	t.Run("sqlite", func(t *testing.T) { f(t, NewSQLite(t)) })
}

// NewSQLite returns an empty SQLite database in the test's own directory.
func NewSQLite(t testing.TB) *DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sales.db")
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(func() { pool.Close() })
	db := &DB{Engine: SQLite, DSN: "sqlite:" + path, SQL: pool, t: t}
	if err := pool.QueryRow("SELECT sqlite_version()").Scan(&db.Version); err != nil {
		t.Fatalf("testdb: %v", err)
	}
	return db
}

// Exec runs one or several statements and fails the test when one fails. With
// args it runs one statement with placeholders.
func (db *DB) Exec(query string, args ...any) {
	db.t.Helper()
	if _, err := db.SQL.Exec(query, args...); err != nil {
		db.t.Fatalf("testdb: %s: %v", firstLine(query), err)
	}
}

// Load runs the statements of an SQL file.
func (db *DB) Load(path string) {
	db.t.Helper()
	script, err := os.ReadFile(path)
	if err != nil {
		db.t.Fatalf("testdb: %v", err)
	}
	db.Exec(string(script))
}

var userCount atomic.Int64

// User creates a user with a password and exactly the privileges given, such as
// "SELECT ON shop.*", and returns the DSN of this database for that user. An
// unqualified table stands in the test's own database.
func (db *DB) User(privileges ...string) string {
	db.t.Helper()
	config := db.config.Clone()
	config.User = fmt.Sprintf("reader%d", userCount.Add(1))
	config.Passwd = "s3cret-of-" + config.User
	db.Exec(fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'", config.User, config.Passwd))
	db.t.Cleanup(func() { _, _ = db.SQL.Exec(fmt.Sprintf("DROP USER '%s'@'%%'", config.User)) })
	for _, privilege := range privileges {
		db.Exec(fmt.Sprintf("GRANT %s TO '%s'@'%%'", privilege, config.User))
	}
	return config.FormatDSN()
}

// database creates a database for t on s, starting s first when it is not up.
func (s *server) database(t testing.TB) *DB {
	t.Helper()
	if err := s.start(); err != nil {
		if s.missing && os.Getenv("CI") != "true" {
			t.Skipf("testdb: skipped: %v", err)
		}
		t.Fatalf("testdb: %v", err)
	}
	config := s.config("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	config.DBName = fmt.Sprintf("dangol_%d", s.databases.Add(1))
	if _, err := s.admin.Exec("CREATE DATABASE " + config.DBName + " CHARACTER SET utf8mb4"); err != nil {
		t.Fatalf("testdb: %v", err)
	}
	pool := openMySQL(t, config)
	t.Cleanup(func() {
		pool.Close()
		s.drop(config.DBName)
	})
	return &DB{Engine: s.engine, Version: s.version, Name: config.DBName, DSN: config.FormatDSN(), SQL: pool, t: t, config: config}
}

// drop removes a database. One that a test still holds open stays behind: the
// whole server goes at the end.
func (s *server) drop(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, _ = s.admin.ExecContext(ctx, "DROP DATABASE "+name)
}

// openMySQL opens the pool a test fills its database with; it alone takes
// several statements in one call.
func openMySQL(t testing.TB, config *mysql.Config) *sql.DB {
	t.Helper()
	own := config.Clone()
	own.MultiStatements = true
	own.InterpolateParams = true
	connector, err := mysql.NewConnector(own)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	return sql.OpenDB(connector)
}

func firstLine(query string) string {
	line, _, more := strings.Cut(strings.TrimSpace(query), "\n")
	if more || len(line) > 120 {
		return fmt.Sprintf("%.120s …", line)
	}
	return line
}
