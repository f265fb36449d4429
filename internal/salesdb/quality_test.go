package salesdb_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/testdb"
)

// lax lets a MySQL server store what only old data holds.
const lax = "SET sql_mode = '';"

func TestQualityCountsWhatIsLeftOut(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		mode := lax
		if db.Engine == testdb.SQLite {
			mode = ""
		}
		db.Exec(mode + `
INSERT INTO order_lines VALUES
 ('o1', 'a', '2026-01-05', 'p', 1, 10, 'r'), ('o1', 'a', '2026-01-05', 'p', 1, 10, 'r'), ('o1', 'a', '2026-01-05', 'p', 1, 10, 'r'),
 ('o1', 'a', '2026-01-05', 'p', 1, 11, 'r'), ('o2', 'a', '2026-01-05', 'p', 1, 10, 'r'), ('o2', 'a', '2026-01-05', NULL, 1, 10, 'r'),
 ('o3', NULL, '2026-01-05', 'p', 1, 10, 'r'), ('o3', '', '2026-01-05', 'p', 1, 10, 'r'),
 ('o4', 'a', NULL, 'p', 1, 10, 'r'), ('o4', 'a', '0000-00-00', 'p', 1, 10, 'r'), ('o4', 'a', '2026-01-00', 'p', 1, 10, 'r'), ('o4', 'a', '1970-01-01', 'p', 1, 10, 'r'),
 ('o5', 'a', '2026-01-06', 'p', 1, NULL, 'r'),
 ('o6', 'ghost', '2026-01-07', 'p', 1, 10, 'r'), ('o7', 'only-later', '2026-01-09', 'p', 1, 10, 'r'),
 ('o8', 'a', '2026-01-08', 'p', 1, NULL, NULL), ('o8', NULL, '2026-01-09', 'p', 1, 10, 'r'), ('o9', 'a', '2026-01-10', 'p', 1, 10, 'r'), ('o9', 'a', '2027-01-10', 'p', 1, 10, 'r');
INSERT INTO customers VALUES ('a', 'Second', NULL, NULL, NULL), ('a', 'First', NULL, NULL, NULL), (NULL, 'No id', NULL, NULL, NULL), ('', 'No id', NULL, NULL, NULL), ('e', '', NULL, NULL, '0000-00-00');
INSERT INTO reps VALUES ('r', 'Left', NULL, NULL, NULL, NULL, 0), ('r', 'Zoe', NULL, NULL, NULL, NULL, 1), (NULL, 'x', NULL, NULL, NULL, NULL, 1);
INSERT INTO products VALUES ('p', 'B', NULL, NULL), ('p', 'A', NULL, NULL), (NULL, 'x', NULL, NULL);
INSERT INTO visits VALUES (1, 'r', 'a', NULL, NULL), (2, 'r', 'a', '0000-00-00', NULL), (3, 'r', 'a', '2026-01-08', NULL);
INSERT INTO complaints VALUES (1, 'a', NULL, NULL), (2, 'nobody', '2026-01-01', NULL), (3, NULL, '2026-01-01', NULL), (4, 'a', '2026-01-08', '0000-00-00');
INSERT INTO quotas VALUES (NULL, 'sales', 'month', NULL, 1), ('r', NULL, 'month', NULL, 1), ('r', 'sales', NULL, NULL, 1), ('r', 'sales', 'month', NULL, NULL), ('r', 'sales', 'month', '0000-00-00', 1);`)

		got := read(t, salesdb.Config{DSN: db.DSN, Queries: allQueries()}, salesdb.Request{AsOf: date("2026-01-08"), Today: date("2026-01-09")})
		want := sales.Quality{
			OrderLines: 15, NullCustomer: 2, ZeroDates: 4, FutureDates: 2, BadAmounts: 2, DuplicateLines: 2, OrphanOrders: 1, DuplicateIDs: 3, BadRows: 4 + 2 + 3 + 5,
		}
		if diff := cmp.Diff(want, got.Quality); diff != "" {
			t.Errorf("quality (-want +got):\n%s", diff)
		}
		customers := []sales.Customer{
			{
				ID: "a", Name: "First", Listed: true, Days: []sales.Day{{Date: date("2026-01-05"), Net: 610000}}, Unread: []sales.Date{date("2026-01-06"), date("2026-01-08")},
				Sellers: []sales.Seller{{From: date("2026-01-05"), RepID: "r"}}, Visits: []sales.Visit{{Date: date("2026-01-08"), RepID: "r", CustomerID: "a"}},
				Complaints: []sales.Complaint{{Opened: date("2026-01-08")}},
			},
			{ID: "e", Name: "e", Listed: true},
			{ID: "ghost", Name: "ghost", Days: []sales.Day{{Date: date("2026-01-07"), Net: 100000}}, Sellers: []sales.Seller{{From: date("2026-01-07"), RepID: "r"}}},
		}
		if got.BadAmount != "NULL" {
			t.Errorf("example of a bad amount %q", got.BadAmount)
		}
		if diff := cmp.Diff(customers, got.Customers); diff != "" {
			t.Errorf("customers (-want +got):\n%s", diff)
		}
		if rep, _ := got.Rep("r"); rep.Name != "Zoe" {
			t.Errorf("rep r is %+v, want the active row", rep)
		}
		if got.DataThrough != date("2026-01-07") {
			t.Errorf("data through %v, want the newest counted line", got.DataThrough)
		}
		unasked := read(t, salesdb.Config{DSN: db.DSN, Queries: allQueries()}, salesdb.Request{AsOf: date("2026-01-08")})
		if unasked.Quality.FutureDates != 0 {
			t.Errorf("%d future dates without a today", unasked.Quality.FutureDates)
		}
	})
}

func TestAmountsAreExact(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec("INSERT INTO order_lines VALUES ('o', 'a', '2026-01-05', NULL, NULL, 12345678901.2345, NULL)")
		db.Exec("INSERT INTO order_lines VALUES ('o', 'a', '2026-01-05', NULL, NULL, -12345678901, NULL)")
		for i := range 10 {
			db.Exec("INSERT INTO order_lines VALUES (?, 'b', '2026-01-05', NULL, NULL, 0.1, NULL)", fmt.Sprint(i))
		}
		queries := required()
		got := read(t, salesdb.Config{DSN: db.DSN, Queries: queries}, salesdb.Request{AsOf: date("2026-01-05")})
		for id, want := range map[string]sales.Money{"a": 2345, "b": sales.MoneyUnit} {
			if c := got.Customer(id); c == nil || len(c.Days) != 1 || c.Days[0].Net != want {
				t.Errorf("%s: %+v, want %v", id, c, want)
			}
		}
		queries[sales.OrderLines] = "SELECT order_id, customer_id, ordered_at, product_id, quantity, amount * 1e0 AS amount, rep_id FROM order_lines WHERE customer_id = 'b'"
		got = read(t, salesdb.Config{DSN: db.DSN, Queries: queries}, salesdb.Request{AsOf: date("2026-01-05")})
		if net := got.Customer("b").Days[0].Net; net != sales.MoneyUnit {
			t.Errorf("sum of ten doubles 0.1 = %v, want 1", net)
		}
	})
}

// A collation that takes a for A mixes their lines; ids are exact all the same.
func TestIDsAreExactUnderAnyCollation(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		collation := "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
		if db.Engine == testdb.SQLite {
			collation = "COLLATE NOCASE"
		}
		db.Exec("CREATE TABLE order_lines (n INT PRIMARY KEY, customer_id VARCHAR(20) " + collation + ")")
		db.Exec("CREATE TABLE customers (customer_id VARCHAR(20))")
		ids := []string{"b", "a", "A", "á", "Á", "C"}
		want := map[string]sales.Money{}
		for i := range 60 {
			id := ids[i*i%len(ids)]
			db.Exec("INSERT INTO order_lines VALUES (?, ?)", i, id)
			want[id] += sales.MoneyUnit
		}
		if changes := changesOfID(t, db); changes < len(want) {
			t.Fatalf("the server's order changes customers %d times: nothing is mixed", changes)
		}
		queries := map[sales.Relation]string{
			sales.OrderLines: "SELECT n AS order_id, customer_id, '2026-01-05' AS ordered_at, NULL AS product_id, NULL AS quantity, 1 AS amount, NULL AS rep_id FROM order_lines",
			sales.Customers:  "SELECT customer_id, customer_id AS name, NULL AS rep_id, NULL AS segment, NULL AS created_at FROM customers",
		}
		got := read(t, salesdb.Config{DSN: db.DSN, Queries: queries}, salesdb.Request{AsOf: date("2026-01-05")})
		nets := map[string]sales.Money{}
		for _, c := range got.Customers {
			nets[c.ID] += c.Days[0].Net
		}
		if diff := cmp.Diff(want, nets); diff != "" || got.Quality.OrderLines != 60 {
			t.Errorf("%d lines; nets (-want +got):\n%s", got.Quality.OrderLines, diff)
		}
	})
}

func changesOfID(t *testing.T, db *testdb.DB) int {
	t.Helper()
	rows, err := db.SQL.Query("SELECT customer_id FROM order_lines ORDER BY customer_id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	changes, last := 0, ""
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		if id != last {
			changes++
		}
		last = id
	}
	return changes
}

func TestInvalidUTF8IsMended(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec("CREATE TABLE order_lines (customer_id VARBINARY(20), n INT); CREATE TABLE customers (customer_id VARBINARY(20), name VARBINARY(20))")
		db.Exec("INSERT INTO order_lines VALUES (?, 1), (?, 2), (?, 3), (?, 4)", []byte("a\xfe"), []byte("a\xfe1"), []byte("a\xff"), []byte("b"))
		db.Exec("INSERT INTO customers VALUES (?, ?), (?, ?)", []byte("a\xfe"), []byte("\xb1\xe8"), []byte("b"), []byte("김"))
		queries := map[sales.Relation]string{
			sales.OrderLines: "SELECT n AS order_id, customer_id, '2026-01-05' AS ordered_at, NULL AS product_id, NULL AS quantity, n AS amount, NULL AS rep_id FROM order_lines",
			sales.Customers:  "SELECT customer_id, name, NULL AS rep_id, NULL AS segment, NULL AS created_at FROM customers",
		}
		got := read(t, salesdb.Config{DSN: db.DSN, Queries: queries}, salesdb.Request{AsOf: date("2026-01-05")})
		day := func(n int) []sales.Day {
			return []sales.Day{{Date: date("2026-01-05"), Net: sales.Money(n) * sales.MoneyUnit}}
		}
		want := []sales.Customer{
			{ID: "a\uFFFD", Name: "\uFFFD", Listed: true, Days: day(1 + 3)}, {ID: "a\uFFFD1", Name: "a\uFFFD1", Days: day(2)}, {ID: "b", Name: "김", Listed: true, Days: day(4)},
		}
		if diff := cmp.Diff(want, got.Customers); diff != "" || got.Quality.InvalidUTF8 != 5 {
			t.Errorf("invalid texts %d, customers (-want +got):\n%s", got.Quality.InvalidUTF8, diff)
		}
	})
}

// Around midnight in Seoul, which is 15:00 in UTC.
func TestDatesAroundMidnight(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		zone := "SET time_zone = '+00:00';"
		if db.Engine == testdb.SQLite {
			zone = ""
		}
		db.Exec(zone + `
CREATE TABLE t (customer_id VARCHAR(20), d DATE, dt DATETIME, ts TIMESTAMP NULL, txt VARCHAR(30));
INSERT INTO t VALUES ('before', '2026-03-10', '2026-03-10 14:59:59', '2026-03-10 14:59:59', '2026-03-10T14:59:59'),
 ('after', '2026-03-10', '2026-03-10 15:00:00', '2026-03-10 15:00:00', '2026-03-10T15:00:00'),
 ('next', '2026-03-11', '2026-03-11 14:59:59', '2026-03-11 14:59:59', '2026-03-11T23:59:59+09:00'),
 ('later', '2026-03-12', '2026-03-11 15:00:00', '2026-03-11 15:00:00', '20260312');
CREATE TABLE customers (customer_id VARCHAR(20), name VARCHAR(20), rep_id VARCHAR(20), segment VARCHAR(20), created_at DATE)`)
		tests := []struct {
			column string
			stored *time.Location
			want   string // customers known on 10 March and on 11 March; future dates on 11 March
		}{
			{"d", time.UTC, "after before | after before next | 1"},
			{"dt", time.UTC, "before | after before next | 1"},
			{"dt", nil, "after before | after before later next | 0"},
			{"ts", nil, "before | after before next | 1"},
			{"ts", time.UTC, "before | after before next | 1"},
			{"txt", time.UTC, "before | after before next | 1"},
			{"txt", nil, "after before | after before next | 1"},
		}
		for _, test := range tests {
			queries := required()
			queries[sales.OrderLines] = "SELECT 1 AS order_id, customer_id, " + test.column + " AS ordered_at, NULL AS product_id, NULL AS quantity, 1 AS amount, NULL AS rep_id FROM t"
			config := salesdb.Config{DSN: db.DSN, Queries: queries, Timezone: seoul(t), StoredTimezone: test.stored}
			first := read(t, config, salesdb.Request{AsOf: date("2026-03-10")})
			second := read(t, config, salesdb.Request{AsOf: date("2026-03-11"), Today: date("2026-03-11")})
			got := fmt.Sprintf("%s | %s | %d", ids(first), ids(second), second.Quality.FutureDates)
			if got != test.want {
				t.Errorf("%s stored in %v: %s, want %s", test.column, test.stored, got, test.want)
			}
		}
	})
}

func ids(snapshot *sales.Snapshot) string {
	var list []string
	for _, c := range snapshot.Customers {
		list = append(list, c.ID)
	}
	return strings.Join(list, " ")
}

func TestMergedCustomers(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec(`
INSERT INTO order_lines VALUES ('1', 'old', '2026-01-01', NULL, NULL, 10, 'r1'), ('2', 'old', '2026-01-05', NULL, NULL, 10, 'r1'),
 ('3', 'new', '2026-01-05', NULL, NULL, 30, 'r2'), ('4', 'older', '2026-01-02', NULL, NULL, 1, NULL), ('5', 'x', '2026-01-02', NULL, NULL, 1, NULL);
INSERT INTO customers VALUES ('old', 'Old', 'r1', 's', '2020-01-01'), ('new', 'New', 'r2', NULL, '2025-01-01'), ('x', 'X', 'r3', 's', NULL);
INSERT INTO visits VALUES (1, 'r1', 'old', '2026-01-03', NULL), (2, 'r1', 'new', '2026-01-02', NULL), (3, 'r1', 'older', '2026-02-02', NULL);
INSERT INTO complaints VALUES (1, 'older', '2026-01-03', NULL);`)
		config := salesdb.Config{DSN: db.DSN, Queries: allQueries(), MergedInto: map[string]string{"old": "new", "older": "old", "x": "y", "nobody": "nothing"},
			Pauses: map[string][]sales.Pause{"older": {{From: date("2026-01-10"), To: date("2026-01-20"), Why: "rebuilding"}},
				"new": {{From: date("2026-01-02"), To: date("2026-01-03")}}, "stranger": {{From: date("2026-01-02"), To: date("2026-01-03")}}}}
		got := read(t, config, salesdb.Request{AsOf: date("2026-01-31")})
		want := []sales.Customer{
			{
				ID: "new", Name: "New", RepID: "r2", Created: date("2020-01-01"), Listed: true,
				Days:       []sales.Day{{Date: date("2026-01-01"), Net: 100000}, {Date: date("2026-01-02"), Net: 10000}, {Date: date("2026-01-05"), Net: 400000}},
				Sellers:    []sales.Seller{{From: date("2026-01-01"), RepID: "r1"}, {From: date("2026-01-05"), RepID: "r2"}},
				Splits:     []sales.Credit{{Date: date("2026-01-02"), Net: 10000}, {Date: date("2026-01-05"), RepID: "r1", Net: 100000}, {Date: date("2026-01-05"), RepID: "r2", Net: 300000}},
				Visits:     []sales.Visit{{Date: date("2026-01-02"), RepID: "r1", CustomerID: "new"}, {Date: date("2026-01-03"), RepID: "r1", CustomerID: "new"}},
				Complaints: []sales.Complaint{{Opened: date("2026-01-03")}},
				Pauses:     []sales.Pause{{From: date("2026-01-02"), To: date("2026-01-03")}, {From: date("2026-01-10"), To: date("2026-01-20"), Why: "rebuilding"}},
			},
			{ID: "y", Name: "X", RepID: "r3", Segment: "s", Listed: true, Days: []sales.Day{{Date: date("2026-01-02"), Net: 10000}}},
		}
		if diff := cmp.Diff(want, got.Customers); diff != "" || got.Quality.OrphanOrders != 0 {
			t.Errorf("orphans %d, customers (-want +got):\n%s", got.Quality.OrphanOrders, diff)
		}
		if len(got.Planned) != 1 || got.Planned[0].CustomerID != "new" {
			t.Errorf("planned visits %+v, want one to the merged customer", got.Planned)
		}
	})
}

func TestBitColumnSaysActive(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec("ALTER TABLE reps MODIFY active BIT(1); INSERT INTO reps (rep_id, active) VALUES ('in', b'1'), ('out', b'0'), ('unknown', NULL)")
		got := read(t, salesdb.Config{DSN: db.DSN, Queries: allQueries()}, salesdb.Request{AsOf: date("2026-01-31")})
		want := []sales.Rep{{ID: "in"}, {ID: "out", Inactive: true}, {ID: "unknown"}}
		if diff := cmp.Diff(want, got.Reps); diff != "" {
			t.Errorf("reps (-want +got):\n%s", diff)
		}
	})
}
