package salesdb_test

import (
	"testing"

	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/testdb"

	"github.com/google/go-cmp/cmp"
)

// What a customer bought of each product from each rep, over the spans asked for:
// split credit, lines without product or rep, returns, merged customers.
func TestTurnover(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec(`
INSERT INTO order_lines VALUES
 ('o1', 'a', '2026-01-05', 'oil', 2, 20, 'r1'), ('o1', 'a', '2026-01-05', 'oil', 2, 20, 'r2'),
 ('o2', 'a', '2026-01-31', 'oil', 1, 11, 'r1'), ('o3', 'a', '2026-02-01', 'oil', -1, -11, 'r1'),
 ('o4', 'a', '2026-02-10', 'salt', NULL, 7.5, NULL), ('o5', 'a', '2026-02-11', NULL, 3, 5, 'r1'),
 ('o6', 'old', '2025-12-30', 'salt', 4, 8, NULL), ('o7', 'a', '2026-03-01', 'oil', 9, 90, 'r1'),
 ('o8', 'b', '2026-02-03', 'oil', 1, 10, 'r1');
INSERT INTO customers VALUES ('a', 'A', 'r1', NULL, NULL), ('old', 'Old', NULL, NULL, NULL), ('b', 'B', NULL, NULL, NULL);`)
		january := sales.Span{From: date("2026-01-01"), To: date("2026-01-31")}
		february := sales.Span{From: date("2026-02-01"), To: date("2026-02-28")}
		got := read(t, salesdb.Config{DSN: db.DSN, Queries: allQueries(), MergedInto: map[string]string{"old": "a"}},
			salesdb.Request{AsOf: date("2026-03-10"), Spans: []sales.Span{january, february}})
		want := []sales.Turnover{
			{RepID: "r1", First: date("2026-02-11"), Last: date("2026-02-11"), Sums: []sales.Sum{{}, {Quantity: 3, Net: 50_000}}},
			{ProductID: "oil", RepID: "r1", First: date("2026-01-05"), Last: date("2026-03-01"), Sums: []sales.Sum{{Quantity: 3, Net: 310_000}, {Quantity: -1, Net: -110_000}}},
			{ProductID: "oil", RepID: "r2", First: date("2026-01-05"), Last: date("2026-03-01"), Sums: []sales.Sum{{Quantity: 2, Net: 200_000}, {}}},
			{ProductID: "salt", First: date("2025-12-30"), Last: date("2026-02-10"), Sums: []sales.Sum{{}, {Net: 75_000}}},
		}
		a := got.Customer("a")
		if diff := cmp.Diff(want, a.Turnover); diff != "" {
			t.Errorf("turnover (-want +got):\n%s", diff)
		}
		for i, span := range got.Spans {
			var sum sales.Money
			for _, sold := range a.Turnover {
				sum += sold.Sums[i].Net
			}
			if sum != a.NetIn(span) {
				t.Errorf("turnover of %v comes to %v, the days to %v", span, sum, a.NetIn(span))
			}
		}
		credits := a.Credits(january)
		if diff := cmp.Diff([]sales.Credit{{Date: date("2026-01-05"), RepID: "r1", Net: 200_000}, {Date: date("2026-01-05"), RepID: "r2", Net: 200_000},
			{Date: date("2026-01-31"), RepID: "r1", Net: 110_000}}, credits); diff != "" {
			t.Errorf("credits (-want +got):\n%s", diff)
		}
	})
}
