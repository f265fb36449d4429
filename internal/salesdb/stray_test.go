package salesdb_test

import (
	"fmt"
	"testing"

	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/testdb"

	"github.com/google/go-cmp/cmp"
)

// Opening balances of another decade, and a mistyped year, are nobody's habit.
func TestStrayDatesAreLeftOut(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		for i := range 30 {
			db.Exec("INSERT INTO order_lines VALUES (?, 'a', ?, 'p', 1, 10, 'r')", fmt.Sprint(i), (date("2026-01-01") + sales.Date(i)).String())
		}
		db.Exec(`INSERT INTO order_lines VALUES ('s1', 'a', '2016-01-05', 'p', 1, 10, 'r'), ('s2', 'b', '2000-01-01', 'p', 1, 10, 'q')`)
		db.Exec(`INSERT INTO customers VALUES ('a', 'A', NULL, NULL, NULL), ('b', 'B', NULL, NULL, NULL)`)
		got := read(t, salesdb.Config{DSN: db.DSN, Queries: required()}, salesdb.Request{AsOf: date("2026-01-30")})
		if a, b := got.Customer("a"), got.Customer("b"); len(a.Days) != 30 || len(a.Baskets[0].Days) != 30 || b == nil || len(b.Days) != 0 {
			t.Errorf("a %+v, b %+v; want 30 days, and none", a, b)
		}
		if diff := cmp.Diff(sales.Quality{OrderLines: 32, StrayDates: 2}, got.Quality); diff != "" {
			t.Errorf("quality (-want +got):\n%s", diff)
		}
	})
}

// A name of blanks names nobody, and the last date there is can be asked for: the
// server compares with no five-digit year.
func TestEdgesOfRows(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec("INSERT INTO order_lines VALUES ('o', 'a', '2026-01-05', 'p', 1, 10, 'r')")
		db.Exec("INSERT INTO customers VALUES ('a', '  ', NULL, NULL, NULL)")
		got := read(t, salesdb.Config{DSN: db.DSN, Queries: required()}, salesdb.Request{AsOf: date("9999-12-31")})
		if a := got.Customer("a"); a == nil || a.Name != "a" || len(a.Days) != 1 {
			t.Errorf("%+v; want its id for a name, and one day", a)
		}
	})
}
