package sample

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"dangol/internal/sales"
	"dangol/internal/testdb"

	"github.com/google/go-cmp/cmp"
	yaml "go.yaml.in/yaml/v4"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testdb.Stop()
	if sharedFolder != "" {
		_ = os.RemoveAll(sharedFolder)
	}
	os.Exit(code)
}

// sharedFolder holds one written database for all tests, which only read it.
var sharedFolder string

// written returns the path of the SQLite database of company(2025-11-23).
var written = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "sample #1 ")
	if err != nil {
		return "", err
	}
	sharedFolder = folder
	path := filepath.Join(folder, "sales.db")
	return path, company(sales.NewDate(2025, 11, 23)).WriteSQLite(path)
})

// canonical are the columns that every reader asks for.
var canonical = map[sales.Relation][]string{
	sales.OrderLines: {"order_id", "customer_id", "ordered_at", "product_id", "quantity", "amount", "rep_id"},
	sales.Customers:  {"customer_id", "name", "rep_id", "segment", "created_at"},
	sales.Reps:       {"rep_id", "name", "email", "manager_id", "hired_on", "level", "active"},
	sales.Products:   {"product_id", "name", "category", "discontinued_on"},
	sales.Visits:     {"visit_id", "rep_id", "customer_id", "visited_at", "kind"},
	sales.Quotas:     {"rep_id", "metric", "period", "starts_on", "target"},
	sales.Complaints: {"complaint_id", "customer_id", "opened_at", "closed_at"},
}

func openSQLite(t *testing.T) *sql.DB {
	t.Helper()
	path, err := written()
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+sqlitePath(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// read returns what a query selects, every value as text, NULL as "∅".
func read(t *testing.T, db *sql.DB, query string) (columns []string, table [][]string) {
	t.Helper()
	result, err := db.QueryContext(context.Background(), "SELECT q.* FROM ("+query+") AS q")
	if err != nil {
		t.Fatalf("%v in\n%s", err, query)
	}
	defer result.Close()
	columns, _ = result.Columns()
	cells, pointers := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range cells {
		pointers[i] = &cells[i]
	}
	for result.Next() {
		if err := result.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, cell := range cells {
			if row[i] = "∅"; cell.Valid {
				row[i] = cell.String
			}
		}
		table = append(table, row)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return columns, table
}

func TestQueriesReturnTheCanonicalColumns(t *testing.T) {
	db := openSQLite(t)
	for relation, query := range Queries() {
		columns, table := read(t, db, query)
		if diff := cmp.Diff(canonical[relation], columns); diff != "" {
			t.Errorf("%s: columns (-want +got)\n%s", relation, diff)
		}
		if len(table) == 0 {
			t.Errorf("%s: no rows", relation)
		}
		for i, column := range columns {
			if empty := emptyCells(table, i); empty == len(table) {
				t.Errorf("%s.%s: NULL in every row", relation, column)
			}
		}
	}
	if len(Queries()) != len(canonical) {
		t.Errorf("%d queries, want %d", len(Queries()), len(canonical))
	}
}

func emptyCells(table [][]string, column int) int {
	n := 0
	for _, row := range table {
		if row[column] == "∅" {
			n++
		}
	}
	return n
}

// TestDirtyRows counts the dirt in the database itself.
func TestDirtyRows(t *testing.T) {
	c := company(on(t, "2025-11-23"))
	db := openSQLite(t)
	got := countDirt(t, db, c.AsOf)
	if diff := cmp.Diff(c.Expected, got); diff != "" {
		t.Errorf("dirty rows (-Expected +found)\n%s", diff)
	}
	want := sales.Quality{
		OrderLines: got.OrderLines, NullCustomer: 3, ZeroDates: 3, FutureDates: 1, DuplicateLines: 3, InvalidUTF8: 1, OrphanOrders: 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dirty rows (-want +found)\n%s", diff)
	}
}

func countDirt(t *testing.T, db *sql.DB, asOf sales.Date) sales.Quality {
	t.Helper()
	var q sales.Quality
	queries := Queries()
	listed, seen, orphans := map[string]bool{}, map[string]bool{}, map[string]bool{}
	_, customers := read(t, db, queries[sales.Customers])
	for _, row := range customers {
		listed[row[0]] = true
		if !utf8.ValidString(row[1]) {
			q.InvalidUTF8++
		}
	}
	_, lines := read(t, db, queries[sales.OrderLines])
	for _, row := range lines {
		q.OrderLines++
		key := strings.Join(row, "|")
		switch {
		case row[1] == "∅":
			q.NullCustomer++
		case strings.HasPrefix(row[2], "0000"):
			q.ZeroDates++
		case row[2][:10] > asOf.String():
			q.OrderLines, q.FutureDates = q.OrderLines-1, q.FutureDates+1
		case !listed[row[1]]:
			orphans[row[1]] = true
		case seen[key]:
			q.DuplicateLines++
		}
		seen[key] = true
	}
	q.OrphanOrders = len(orphans)
	return q
}

// TestOrderLinesLeaveOutWhatDoesNotCount compares the query with the company.
func TestOrderLinesLeaveOutWhatDoesNotCount(t *testing.T) {
	c := company(on(t, "2025-11-23"))
	db := openSQLite(t)
	var want, got, returns, cancelled int64
	for _, o := range c.orders {
		for _, l := range o.lines {
			switch {
			case o.status == "cancelled":
				cancelled++
			case o.returned:
				want, returns = want-l.amount, returns+1
			default:
				want += l.amount
			}
		}
	}
	if err := db.QueryRow("SELECT SUM(amount) FROM (" + Queries()[sales.OrderLines] + ") AS q").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want || returns < 50 || cancelled < 200 {
		t.Errorf("net sales %d, want %d (%d lines of returns, %d cancelled)", got, want, returns, cancelled)
	}
}

// TestInstantsAreUTC: an early order in Seoul lies on the day before in UTC.
func TestInstantsAreUTC(t *testing.T) {
	for _, test := range []struct {
		minute int
		want   string
	}{
		{7 * 60, "2025-03-02 22:00:00"},
		{9 * 60, "2025-03-03 00:00:00"},
		{18*60 + 5, "2025-03-03 09:05:00"},
	} {
		if got := instant(on(t, "2025-03-03"), test.minute); got != test.want {
			t.Errorf("minute %d: %s, want %s", test.minute, got, test.want)
		}
	}
}

func TestWriteSQLiteReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sales.db")
	if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Build(Options{AsOf: on(t, "2025-11-23"), Locale: "en", Seed: testSeed})
	if err := c.WriteSQLite(path); err != nil {
		t.Fatal(err)
	}
	first, err := written()
	if err != nil {
		t.Fatal(err)
	}
	if sum(t, first) != sum(t, path) {
		t.Error("the same options give two different files")
	}
	if err := c.WriteSQLite(filepath.Join(path, "below a file")); err == nil {
		t.Error("no error where no file can be made")
	}
}

func sum(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(content)
}

// TestServer: the same rows come back from a MySQL-protocol server.
func TestServer(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		c := company(on(t, "2025-11-23"))
		if err := c.WriteMySQL(context.Background(), db.SQL); err != nil {
			t.Fatal(err)
		}
		lite := openSQLite(t)
		for relation, query := range Queries() {
			columns, here := read(t, db.SQL, query+"\nORDER BY 1, 2, 3, 4")
			_, there := read(t, lite, query+"\nORDER BY 1, 2, 3, 4")
			if diff := cmp.Diff(canonical[relation], columns); diff != "" {
				t.Errorf("%s: columns (-want +got)\n%s", relation, diff)
			}
			if len(here) != len(there) {
				t.Errorf("%s: %d rows, %d on SQLite", relation, len(here), len(there))
			}
		}
		if diff := cmp.Diff(c.Expected, countDirt(t, db.SQL, c.AsOf)); diff != "" {
			t.Errorf("dirty rows (-Expected +found)\n%s", diff)
		}
	})
}

func TestConfigYAML(t *testing.T) {
	c := company(on(t, "2025-11-23"))
	files := c.Files(ConfigOptions{Token: "xoxb-1", APIURL: "http://127.0.0.1:1/"})
	var got struct {
		Locale   string
		Database struct{ DSN string }
		Sales    struct{ Queries map[string]string }
		Calendar struct{ Holidays string }
		Leave    string
		Slack    struct{ Token string }
	}
	if err := yaml.Unmarshal([]byte(files["dangol.yaml"]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Locale != "en" || got.Database.DSN != "sqlite:sales.db" || got.Slack.Token != "xoxb-1" {
		t.Errorf("config: %+v", got)
	}
	for relation, query := range Queries() {
		if strings.TrimSpace(got.Sales.Queries[string(relation)]) != query {
			t.Errorf("query of %s is not the same in the config", relation)
		}
	}
	if !strings.HasPrefix(files[got.Calendar.Holidays], "date,name\n") || !strings.HasPrefix(files[got.Leave], "rep_id,from,to\n") {
		t.Errorf("the config names %q and %q, files are %d", got.Calendar.Holidays, got.Leave, len(files))
	}
	if !strings.Contains(Build(Options{AsOf: c.AsOf, Locale: "ko"}).ConfigYAML(ConfigOptions{}), "\nlocale: ko\n") {
		t.Error("no top-level locale line")
	}
}
