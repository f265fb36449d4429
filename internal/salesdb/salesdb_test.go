package salesdb_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// schema is a database whose tables are already shaped like the relations, in
// SQL that every engine takes.
const schema = `
CREATE TABLE order_lines (order_id VARCHAR(20), customer_id VARCHAR(20), ordered_at DATE, product_id VARCHAR(20), quantity DECIMAL(10,2), amount DECIMAL(18,4), rep_id VARCHAR(20));
CREATE TABLE customers (customer_id VARCHAR(20), name VARCHAR(100), rep_id VARCHAR(20), segment VARCHAR(20), created_at DATE);
CREATE TABLE reps (rep_id VARCHAR(20), name VARCHAR(100), email VARCHAR(100), manager_id VARCHAR(20), hired_on DATE, level VARCHAR(20), active INT);
CREATE TABLE products (product_id VARCHAR(20), name VARCHAR(100), category VARCHAR(20), discontinued_on DATE);
CREATE TABLE visits (visit_id INT, rep_id VARCHAR(20), customer_id VARCHAR(20), visited_at DATE, kind VARCHAR(20));
CREATE TABLE quotas (rep_id VARCHAR(20), metric VARCHAR(20), period VARCHAR(20), starts_on DATE, target DECIMAL(18,4));
CREATE TABLE complaints (complaint_id INT, customer_id VARCHAR(20), opened_at DATE, closed_at DATE);
`

// allQueries reads every table of schema.
func allQueries() map[sales.Relation]string {
	queries := make(map[sales.Relation]string)
	for _, relation := range []sales.Relation{sales.OrderLines, sales.Customers, sales.Reps, sales.Products, sales.Visits, sales.Quotas, sales.Complaints} {
		queries[relation] = "SELECT " + strings.Join(salesdb.Columns(relation), ", ") + " FROM " + string(relation)
	}
	return queries
}

// required reads order lines and customers alone.
func required() map[sales.Relation]string {
	queries := allQueries()
	maps.DeleteFunc(queries, func(relation sales.Relation, _ string) bool {
		return relation != sales.OrderLines && relation != sales.Customers
	})
	return queries
}

func date(text string) sales.Date {
	d, err := sales.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func seoul(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func open(t testing.TB, config salesdb.Config) *salesdb.Source {
	t.Helper()
	source, err := salesdb.Open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { source.Close() })
	return source
}

func read(t testing.TB, config salesdb.Config, request salesdb.Request) *sales.Snapshot {
	t.Helper()
	snapshot, err := open(t, config).Read(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// fault is the error of opening and reading, which must not succeed.
func fault(t testing.TB, config salesdb.Config) error {
	t.Helper()
	ctx := context.Background()
	source, err := salesdb.Open(ctx, config)
	if err != nil {
		return err
	}
	defer source.Close()
	snapshot, err := source.Read(ctx, salesdb.Request{AsOf: date("2026-06-30")})
	if err == nil {
		t.Fatal("no error")
	}
	if snapshot != nil {
		t.Errorf("a snapshot beside the error %v", err)
	}
	return err
}

func wantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	text := err.Error() + "\n" + strings.Join(hint.Of(err), "\n")
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("error misses %q:\n%s", part, text)
		}
	}
}

func TestReadEveryRelation(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec(`
INSERT INTO order_lines VALUES
 ('o1', 'b', '2026-01-05', 'p1', 2, 100.10, 'r1'), ('o1', 'b', '2026-01-05', 'p2', 1, 50.05, 'r2'),
 ('o2', 'b', '2026-02-05', 'p1', 1, 70, 'r2'), ('o3', 'b', '2026-02-06', 'p1', -1, -70, NULL),
 ('o4', 'a', '2026-03-01', NULL, NULL, 0.0001, NULL), ('o5', 'a', '2026-03-11', 'p1', 1, 5, 'r1');
INSERT INTO customers VALUES ('b', 'Kim Foods', 'r1', 'retail', '2025-01-01'), ('a', NULL, NULL, NULL, NULL), ('c', 'Later', NULL, NULL, '2026-03-11'), ('d', 'Quiet', NULL, NULL, '2026-03-10');
INSERT INTO reps VALUES ('r2', 'Lee', 'lee@example.com', 'r1', '2020-02-01', 'senior', 1), ('r1', 'Han', NULL, NULL, NULL, NULL, NULL), ('r0', 'Gone', NULL, NULL, NULL, NULL, 0);
INSERT INTO products VALUES ('p2', 'Salt', 'dry', '2026-01-31'), ('p1', 'Oil', NULL, NULL);
INSERT INTO visits VALUES (1, 'r1', 'b', '2026-02-01', 'call'), (2, 'r1', 'b', '2026-01-01', NULL), (3, 'r2', NULL, '2026-01-02', 'cold'),
 (4, 'r2', 'lead9', '2026-01-03', 'cold'), (5, 'r2', 'b', '2026-03-11', 'call'), (6, 'r2', 'c', '2026-03-01', 'call');
INSERT INTO quotas VALUES ('r1', 'sales', 'month', '2026-01-01', 1000.5), ('r1', 'sales', 'month', NULL, 900);
INSERT INTO complaints VALUES (1, 'b', '2026-02-01', '2026-03-11'), (2, 'b', '2026-01-01', '2026-01-09'), (3, 'b', '2026-03-11', NULL);`)

		got := read(t, salesdb.Config{DSN: db.DSN, Queries: allQueries(), Timezone: seoul(t)},
			salesdb.Request{AsOf: date("2026-03-10"), Today: date("2026-03-11")})
		want := &sales.Snapshot{
			AsOf: date("2026-03-10"), DataThrough: date("2026-03-01"), HasSellers: true, HasProducts: true,
			Customers: []sales.Customer{
				{ID: "a", Name: "a", Listed: true, Days: []sales.Day{{Date: date("2026-03-01"), Net: 1}}},
				{
					ID: "b", Name: "Kim Foods", RepID: "r1", Segment: "retail", Created: date("2025-01-01"), Listed: true,
					Days: []sales.Day{
						{Date: date("2026-01-05"), Net: 1501500}, {Date: date("2026-02-05"), Net: 700000}, {Date: date("2026-02-06"), Net: -700000},
					},
					Baskets: []sales.Basket{{ProductID: "p1", Days: []sales.Purchase{
						{Date: date("2026-01-05"), Quantity: 2, Net: 1001000}, {Date: date("2026-02-05"), Quantity: 1, Net: 700000}, {Date: date("2026-02-06"), Quantity: -1, Net: -700000},
					}}},
					Sellers: []sales.Seller{{From: date("2026-01-05"), RepID: "r1"}, {From: date("2026-02-05"), RepID: "r2"}},
					Splits: []sales.Credit{{Date: date("2026-01-05"), RepID: "r1", Net: 1001000}, {Date: date("2026-01-05"), RepID: "r2", Net: 500500},
						{Date: date("2026-02-06"), Net: -700000}},
					Visits:     []sales.Visit{{Date: date("2026-01-01"), RepID: "r1", CustomerID: "b"}, {Date: date("2026-02-01"), RepID: "r1", CustomerID: "b", Kind: "call"}},
					Complaints: []sales.Complaint{{Opened: date("2026-01-01"), Closed: date("2026-01-09")}, {Opened: date("2026-02-01")}},
				},
				{ID: "d", Name: "Quiet", Created: date("2026-03-10"), Listed: true},
			},
			Reps: []sales.Rep{
				{ID: "r0", Name: "Gone", Inactive: true}, {ID: "r1", Name: "Han"},
				{ID: "r2", Name: "Lee", Email: "lee@example.com", ManagerID: "r1", HiredOn: date("2020-02-01"), Level: "senior"},
			},
			Products: []sales.Product{{ID: "p1", Name: "Oil"}, {ID: "p2", Name: "Salt", Category: "dry", DiscontinuedOn: date("2026-01-31")}},
			Quotas: []sales.Quota{
				{RepID: "r1", Metric: "sales", Period: "month", Target: 900},
				{RepID: "r1", Metric: "sales", Period: "month", StartsOn: date("2026-01-01"), Target: 1000.5},
			},
			Strangers: []sales.Visit{
				{Date: date("2026-01-02"), RepID: "r2", Kind: "cold"}, {Date: date("2026-01-03"), RepID: "r2", CustomerID: "lead9", Kind: "cold"},
				{Date: date("2026-03-01"), RepID: "r2", CustomerID: "c", Kind: "call"},
			},
			Planned: []sales.Visit{{Date: date("2026-03-11"), RepID: "r2", CustomerID: "b", Kind: "call"}},
			Has: map[sales.Relation]bool{
				sales.OrderLines: true, sales.Customers: true, sales.Reps: true, sales.Products: true, sales.Visits: true, sales.Quotas: true, sales.Complaints: true,
			},
			Quality: sales.Quality{OrderLines: 5},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("snapshot (-want +got):\n%s", diff)
		}
	})
}
