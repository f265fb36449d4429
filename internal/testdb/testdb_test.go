package testdb_test

import (
	"testing"

	"dangol/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec("CREATE TABLE t (n INT); INSERT INTO t VALUES (1), (2)")
		db.Exec("INSERT INTO t VALUES (?)", 3)
		var n int
		if err := db.SQL.QueryRow("SELECT SUM(n) FROM t").Scan(&n); err != nil || n != 6 {
			t.Errorf("sum = %d, %v; want 6", n, err)
		}
		t.Run("another", func(t *testing.T) {
			other := testdb.NewSQLite(t)
			if db.Engine != testdb.SQLite {
				other = testdb.New(t)
			}
			other.Exec("CREATE TABLE t (n INT)")
		})
	})
}
