package salesdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// numbers is an opened source whose customers are the numbers up to n.
func numbers(t *testing.T, db *testdb.DB, n int) *Source {
	t.Helper()
	db.Exec("CREATE TABLE customers (customer_id INT PRIMARY KEY, name VARCHAR(2000)); CREATE TABLE order_lines (customer_id INT)")
	for i := range n {
		db.Exec("INSERT INTO customers VALUES (?, REPEAT('x', 2000))", i)
	}
	source, err := Open(context.Background(), Config{DSN: db.DSN, Queries: map[sales.Relation]string{
		sales.Customers:  "SELECT customer_id, name, NULL AS rep_id, NULL AS segment, NULL AS created_at FROM customers",
		sales.OrderLines: "SELECT 1 AS order_id, customer_id, NULL AS ordered_at, NULL AS product_id, NULL AS quantity, 1 AS amount, NULL AS rep_id FROM order_lines",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { source.Close() })
	return source
}

// Servers that only resemble MySQL lack variables and forms of START
// TRANSACTION: the next best is taken, and the program keeps the time itself.
func TestServerThatKnowsLess(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		source := numbers(t, db, 3)
		source.dialect.setup = append(source.dialect.setup, setting{"SET SESSION no_such_variable = 1", true})
		source.dialect.begin = append([]string{"START TRANSACTION WITH A VIEW"}, source.dialect.begin...)
		source.dialect.limit = func(time.Duration) string { return "SET SESSION no_such_limit = 1" }
		snapshot, err := source.Read(context.Background(), Request{AsOf: 20000})
		if err != nil || len(snapshot.Customers) != 3 {
			t.Fatalf("snapshot %v, error %v", snapshot, err)
		}
		source.timeout = 200 * time.Millisecond
		source.queries[sales.Customers] = "SELECT SLEEP(60 + customer_id) AS customer_id, name, NULL AS rep_id, NULL AS segment, NULL AS created_at FROM customers"
		_, err = source.Read(context.Background(), Request{AsOf: 20000})
		if !errors.Is(err, errTimeLimit) {
			t.Errorf("error %v, want the program's own time limit", err)
		}
		source.dialect.setup = []setting{{"SET SESSION no_such_variable = 1", false}}
		if _, err = source.Read(context.Background(), Request{AsOf: 20000}); err == nil || !strings.Contains(err.Error(), "1193") {
			t.Errorf("error %v, want the server's refusal of a setting that is needed", err)
		}
	})
}

// The server's limit can strike after rows have been handed over.
func TestTimeLimitAfterRows(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		source := numbers(t, db, 100)
		source.timeout = 500 * time.Millisecond
		session, err := source.begin(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer session.end(context.Background())
		query := "SELECT customer_id, name, CASE WHEN customer_id >= 50 THEN BENCHMARK(2000000000, SHA2('a', 256)) END FROM customers ORDER BY customer_id"
		rows := 0
		err = session.each(context.Background(), sales.Customers, query, func([]sql.RawBytes) error {
			rows++
			return nil
		})
		if err == nil || rows == 0 || rows >= 100 {
			t.Errorf("error %v after %d of 100 rows, want an error after some", err, rows)
		}
	})
}

func TestDialectOf(t *testing.T) {
	tests := []struct{ version, comment, want, limit, kill string }{
		{"10.11.6-MariaDB-0+deb12u1-log", "Debian 12", "MariaDB 10.11.6", "SET SESSION max_statement_time = 1.500", "KILL QUERY %d"},
		{"9.7.4", "MySQL Community Server", "MySQL 9.7.4", "SET SESSION max_execution_time = 1500", "KILL QUERY %d"},
		{"8.0.11-TiDB-v7.5.1", "TiDB Server (Apache License 2.0)", "TiDB v7.5.1", "SET SESSION max_execution_time = 1500", "KILL TIDB QUERY %d"},
	}
	for _, test := range tests {
		d := dialectOf(test.version, test.comment)
		got := fmt.Sprint(d.name, " ", d.version, "|", d.limit(1500*time.Millisecond), "|", d.kill)
		if want := test.want + "|" + test.limit + "|" + test.kill; got != want {
			t.Errorf("dialect of %q: %s, want %s", test.version, got, want)
		}
	}
}

// Somebody may write the file while it is read, in SQLite's usual WAL mode.
func TestSQLiteBesideAWriter(t *testing.T) {
	db := testdb.NewSQLite(t)
	db.Exec("PRAGMA journal_mode = WAL")
	db.Exec(`CREATE TABLE order_lines (customer_id TEXT); CREATE TABLE customers (customer_id TEXT); INSERT INTO customers VALUES ('a')`)
	source, err := Open(context.Background(), Config{DSN: db.DSN, Queries: map[sales.Relation]string{
		sales.Customers:  "SELECT customer_id, NULL AS name, NULL AS rep_id, NULL AS segment, NULL AS created_at FROM customers",
		sales.OrderLines: "SELECT 1 AS order_id, customer_id, NULL AS ordered_at, NULL AS product_id, NULL AS quantity, 1 AS amount, NULL AS rep_id FROM order_lines",
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	ctx := context.Background()
	session, err := source.begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer session.end(ctx)
	count := func() (n int) {
		err := session.each(ctx, sales.Customers, "SELECT customer_id FROM customers", func([]sql.RawBytes) error { n++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	db.Exec("INSERT INTO customers VALUES ('b')")
	if after := count(); before != 1 || after != 1 {
		t.Errorf("%d rows, then %d within one snapshot; want 1 and 1", before, after)
	}
	if _, err := session.conn.ExecContext(ctx, "INSERT INTO customers VALUES ('c')"); err == nil {
		t.Error("the reader may write")
	}
}
