package sample

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"iter"
	"os"
	"strings"
	"time"

	"dangol/internal/sales"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// script returns an embedded SQL file; a missing one is a broken build.
func script(name string) string {
	body, err := sqlFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err)
	}
	return string(body)
}

// Queries returns, by canonical relation, the SELECT that translates the
// company's own schema. The same text serves SQLite, MariaDB and MySQL.
func Queries() map[sales.Relation]string {
	queries := map[sales.Relation]string{}
	for _, relation := range relations {
		queries[relation] = strings.TrimSpace(script(string(relation)))
	}
	return queries
}

var relations = []sales.Relation{
	sales.OrderLines, sales.Customers, sales.Reps, sales.Products,
	sales.Visits, sales.Quotas, sales.Complaints,
}

// WriteSQLite writes the company's sales database to a SQLite file, replacing
// what stands at path only once the new file is complete.
func (c *Company) WriteSQLite(path string) error {
	unfinished := path + ".new"
	if err := os.Remove(unfinished); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("sample database: %w", err)
	}
	if err := c.fillSQLite(unfinished); err != nil {
		_ = os.Remove(unfinished)
		return fmt.Errorf("sample database %s: %w", path, err)
	}
	if err := os.Rename(unfinished, path); err != nil {
		return fmt.Errorf("sample database: %w", err)
	}
	return nil
}

func (c *Company) fillSQLite(path string) error {
	// Until the file has its final name nobody needs it to survive a crash.
	db, err := sql.Open("sqlite", "file:"+sqlitePath(path)+"?_pragma=journal_mode(off)&_pragma=synchronous(off)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if err := c.fill(context.Background(), db, "sqlite"); err != nil {
		_ = db.Close()
		return err
	}
	return db.Close()
}

// sqlitePath escapes what would end a file name in a SQLite URI.
func sqlitePath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// WriteMySQL writes the same database into the empty schema that db is
// connected to, on MariaDB or MySQL. The session's sql_mode is cleared for the
// rows that a strict server refuses today and old data still holds.
func (c *Company) WriteMySQL(ctx context.Context, db *sql.DB) error {
	if err := c.fill(ctx, db, "mysql"); err != nil {
		return fmt.Errorf("sample database: %w", err)
	}
	return nil
}

// fill creates the tables and writes every row, in one transaction on one connection.
func (c *Company) fill(ctx context.Context, db *sql.DB, dialect string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, statement := range statements(script(dialect)) {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, t := range c.tables() {
		if err := t.insert(ctx, tx); err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for _, statement := range statements(script("indexes")) {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func statements(script string) []string {
	var list []string
	for s := range strings.SplitSeq(script, ";") {
		if strings.TrimSpace(s) != "" {
			list = append(list, s)
		}
	}
	return list
}

// table is the content of one table.
type table struct {
	name    string
	columns int
	rows    iter.Seq[[]any]
}

// rowsPerInsert keeps the statements below the parameter limits of every engine.
const rowsPerInsert = 80

func (t table) insert(ctx context.Context, tx *sql.Tx) error {
	full, err := tx.PrepareContext(ctx, t.statement(rowsPerInsert))
	if err != nil {
		return err
	}
	defer full.Close()
	args := make([]any, 0, rowsPerInsert*t.columns)
	for row := range t.rows {
		if args = append(args, row...); len(args) < cap(args) {
			continue
		}
		if _, err := full.ExecContext(ctx, args...); err != nil {
			return err
		}
		args = args[:0]
	}
	if len(args) == 0 {
		return nil
	}
	_, err = tx.ExecContext(ctx, t.statement(len(args)/t.columns), args...)
	return err
}

func (t table) statement(rows int) string {
	row := "(" + strings.Repeat("?,", t.columns-1) + "?)"
	return "INSERT INTO " + t.name + " VALUES " + strings.Repeat(row+",", rows-1) + row
}

// date is a DATE column: NULL without a date.
func date(d sales.Date) any {
	if d == 0 {
		return nil
	}
	return d.String()
}

// instant is a DATETIME column in UTC of a minute of a day in Seoul, nine hours ahead.
func instant(d sales.Date, minute int) string {
	t := d.Time().Add(time.Duration(minute)*time.Minute - 9*time.Hour)
	return t.Format(time.DateTime)
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}
