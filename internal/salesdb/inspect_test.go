package salesdb_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/testdb"
)

func TestPrivilegesOfTheAccount(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		role := "writers_of_" + db.Name
		db.Exec("CREATE ROLE " + role + "; GRANT DELETE ON " + db.Name + ".* TO " + role)
		t.Cleanup(func() { db.Exec("DROP ROLE " + role) })
		tests := []struct {
			name   string
			rights []string
			sql    string
			want   []string // a part of each grant, in words
		}{
			{"reader", []string{"SELECT ON " + db.Name + ".*"}, "", nil},
			{"reader who looks around", []string{"SELECT, SHOW VIEW ON " + db.Name + ".*", "PROCESS ON *.*"}, "", nil},
			{"writer", []string{"SELECT, INSERT, UPDATE ON " + db.Name + ".*"}, "", []string{"INSERT UPDATE on `" + db.Name}},
			{"owner", []string{"ALL ON " + db.Name + ".*"}, "", []string{"ALL PRIVILEGES on `" + db.Name}},
			{"of one column", []string{"SELECT ON " + db.Name + ".*", "UPDATE (name) ON " + db.Name + ".customers"}, "", []string{"UPDATE on `" + db.Name + "`.`customers`"}},
			{"elsewhere", []string{"SELECT ON " + db.Name + ".*", "INSERT ON elsewhere.*"}, "", nil},
			{"by a role", []string{"SELECT ON " + db.Name + ".*"}, role, []string{"DELETE on `" + db.Name}},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				dsn := db.User(tt.rights...)
				user, _, _ := strings.Cut(dsn, ":")
				if tt.sql != "" {
					db.Exec(fmt.Sprintf("GRANT %s TO '%s'@'%%'", tt.sql, user))
					set := "SET DEFAULT ROLE %s FOR '%s'@'%%'"
					if db.Engine == testdb.MySQL {
						set = "SET DEFAULT ROLE %s TO '%s'@'%%'"
					}
					db.Exec(fmt.Sprintf(set, tt.sql, user))
				}
				p, err := open(t, salesdb.Config{DSN: dsn, Queries: required()}).Privileges(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if p.Account != "'"+user+"'@'%'" || p.ReadOnly {
					t.Errorf("account %s, read-only %v", p.Account, p.ReadOnly)
				}
				if len(p.Writes) != len(tt.want) {
					t.Fatalf("%+v, want %q", p.Writes, tt.want)
				}
				for i, want := range tt.want {
					if got := strings.Join(p.Writes[i].Privileges, " ") + " on " + p.Writes[i].On; !strings.HasPrefix(got, want) {
						t.Errorf("%s, want %s…", got, want)
					}
				}
			})
		}
	})
}

// orders fills a head table and a line table of 12,000 rows each.
const orders = `CREATE TABLE n (i INT PRIMARY KEY);
	CREATE TABLE orders (id INT PRIMARY KEY, customer INT, sold DATETIME);
	CREATE TABLE order_items (no INT PRIMARY KEY, order_id INT, net DECIMAL(12,2));
	CREATE TABLE clients (id INT PRIMARY KEY, name VARCHAR(20))`

func plantOrders(db *testdb.DB) {
	db.Exec(orders)
	var rows []string
	for i := range 12_000 {
		rows = append(rows, fmt.Sprintf("(%d)", i))
	}
	db.Exec("INSERT INTO n VALUES " + strings.Join(rows, ", "))
	sold := "'2025-01-01' + INTERVAL i % 300 DAY"
	if db.Engine == testdb.SQLite {
		sold = "date('2025-01-01', '+' || (i % 300) || ' days')"
	}
	db.Exec("INSERT INTO orders SELECT i, i % 50, " + sold + " FROM n")
	db.Exec("INSERT INTO order_items SELECT i, i, 10 FROM n")
	if db.Engine != testdb.SQLite {
		db.Exec("ANALYZE TABLE orders, order_items")
	}
}

func joined(from string) map[sales.Relation]string {
	queries := required()
	queries[sales.OrderLines] = "SELECT o.id AS order_id, o.customer AS customer_id, o.sold AS ordered_at, NULL AS product_id, NULL AS quantity, l.net AS amount, NULL AS rep_id FROM " + from
	queries[sales.Customers] = "SELECT id AS customer_id, name, NULL AS rep_id, NULL AS segment, NULL AS created_at FROM clients"
	return queries
}

func statements(plan salesdb.Plan) []string {
	var list []string
	for _, m := range plan.Missing {
		list = append(list, m.Statement())
	}
	slices.Sort(list)
	return list
}

func TestPlanNamesTheMissingIndex(t *testing.T) {
	const from = "orders o JOIN order_items l ON l.order_id = o.id"
	const byDate, byOrder = "CREATE INDEX dangol_sold ON orders (sold)", "CREATE INDEX dangol_order_id ON order_items (order_id)"
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		plantOrders(db)
		dsn := db.User("SELECT ON " + db.Name + ".*")
		planned := func(from string, fewest int) salesdb.Plan {
			t.Helper()
			plan, err := open(t, salesdb.Config{DSN: dsn, Queries: joined(from)}).Plan(context.Background(), date("2026-01-05"), fewest)
			if err != nil {
				t.Fatal(err)
			}
			return plan
		}
		plan := planned(from, 10_000)
		if diff := cmp.Diff([]string{byOrder, byDate}, statements(plan)); diff != "" {
			t.Errorf("without indexes (-want +got)\n%s\n%+v", diff, plan)
		}
		if len(plan.Steps) != 2 || !plan.Sorted || plan.Materialised {
			t.Errorf("%+v, want two tables, sorted", plan)
		}
		if got := statements(planned("orders o LEFT JOIN order_items l ON o.id = l.order_id", 10_000)); !cmp.Equal(got, []string{byOrder, byDate}) {
			t.Errorf("outer join: %q", got)
		}
		if got := statements(planned(from, 50_000)); got != nil {
			t.Errorf("small tables: %q", got)
		}
		plan = planned(strings.ReplaceAll(from, "orders o", "(SELECT id, customer, MAX(sold) AS sold FROM orders GROUP BY id, customer) o"), 10_000)
		if !plan.Materialised {
			t.Errorf("grouped: %+v, want it materialised", plan)
		}
		db.Exec("CREATE INDEX by_day ON orders (sold, customer); CREATE INDEX by_order ON order_items (order_id); ANALYZE TABLE orders, order_items")
		if plan := planned(from, 10_000); plan.Missing != nil || plan.Expression != "" {
			t.Errorf("with indexes: %+v", plan)
		}
		queries := joined(from)
		queries[sales.OrderLines] = strings.Replace(queries[sales.OrderLines], "o.sold AS", "DATE(o.sold + INTERVAL 9 HOUR) AS", 1)
		plan, err := open(t, salesdb.Config{DSN: dsn, Queries: queries}).Plan(context.Background(), date("2026-01-05"), 10_000)
		if err != nil || plan.Missing != nil || !strings.Contains(plan.Expression, "sold") {
			t.Errorf("computed date: %+v, %v", plan, err)
		}
	})
}

// A date that is put together ends in a word of SQL, not in a column to index; a
// lookup is served by the index of the table it looks into.
func TestPlanNamesNoIndexThatServesNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		plantOrders(db)
		db.Exec("CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(9)); INSERT INTO items VALUES (1, 'a'), (2, 'b'); ALTER TABLE order_items ADD item INT; UPDATE order_items SET item = 1 + order_id % 2")
		db.Exec("CREATE INDEX by_day ON orders (sold, customer); CREATE INDEX by_order ON order_items (order_id); ANALYZE TABLE orders, order_items, items")
		dsn := db.User("SELECT ON " + db.Name + ".*")
		const from = "orders o JOIN order_items l ON l.order_id = o.id"
		const whole = "orders o JOIN order_items l IGNORE INDEX (by_order) ON l.order_id = o.id "
		for _, test := range []struct {
			from, sold string
			computed   bool
		}{
			{from, "CASE WHEN o.sold < '1990-01-01' THEN NULL ELSE o.sold END", true},
			{from, "o.sold + INTERVAL 9 HOUR", true},
			{whole + "JOIN items i ON i.id = l.item", "o.sold", false},
			{whole + "LEFT JOIN orders p ON p.id = l.item", "o.sold", false}, // as large as the lines
		} {
			queries := joined(test.from)
			queries[sales.OrderLines] = strings.Replace(queries[sales.OrderLines], "o.sold AS", test.sold+" AS", 1)
			if strings.Contains(test.from, " p ") { // what no column needs is not joined at all
				queries[sales.OrderLines] = strings.Replace(queries[sales.OrderLines], "NULL AS product_id", "p.customer AS product_id", 1)
			}
			plan, err := open(t, salesdb.Config{DSN: dsn, Queries: queries}).Plan(context.Background(), date("2026-01-05"), 10_000)
			if err != nil || plan.Missing != nil || (plan.Expression != "") != test.computed {
				t.Errorf("%s from %s: %+v, %v", test.sold, test.from, plan, err)
			}
		}
	})
}

func TestPlanOnSQLite(t *testing.T) {
	db := testdb.NewSQLite(t)
	plantOrders(db)
	for _, tt := range []struct {
		index string
		want  []string
	}{
		{"", []string{"CREATE INDEX dangol_order_id ON order_items (order_id)"}},
		{"CREATE INDEX by_order ON order_items (order_id); ANALYZE", nil},
	} {
		if tt.index != "" {
			db.Exec(tt.index)
		}
		source := open(t, salesdb.Config{DSN: db.DSN, Queries: joined("orders o LEFT JOIN order_items l ON l.order_id = o.id")})
		plan, err := source.Plan(context.Background(), date("2026-01-05"), 10_000)
		if err != nil || !cmp.Equal(statements(plan), tt.want) || len(plan.Steps) != 2 {
			t.Errorf("%q: %+v, %v; want %q", tt.index, plan, err, tt.want)
		}
	}
}

func TestOutlinesAndTally(t *testing.T) {
	testdb.EachAndSQLite(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec("INSERT INTO order_lines VALUES ('o1', 'a', '2026-01-05', NULL, NULL, 10, 'r'), ('o2', 'b', '2026-01-06', NULL, NULL, -4, NULL), ('o3', 'b', '2026-01-06', NULL, NULL, 4, '')")
		queries := required()
		queries[sales.Visits] = "SELECT * FROM nowhere"
		source := open(t, salesdb.Config{DSN: db.DSN, Queries: queries})
		outlines, err := source.Outlines(context.Background())
		if err != nil || len(outlines) != 3 {
			t.Fatalf("%d outlines, %v", len(outlines), err)
		}
		for _, o := range outlines {
			if broken := o.Relation == sales.Visits; broken != (o.Err != nil) || !broken && (!slices.Equal(o.Columns, salesdb.Columns(o.Relation)) || len(o.Types) != len(o.Columns)) {
				t.Errorf("%+v", o)
			}
		}
		tally, err := source.Tally(context.Background(), sales.OrderLines)
		if want := (salesdb.Tally{Rows: 3, Returns: 1, NoRep: 2}); err != nil || tally != want {
			t.Errorf("%+v, %v; want %+v", tally, err, want)
		}
		if tally, err := source.Tally(context.Background(), sales.Customers); err != nil || tally != (salesdb.Tally{}) {
			t.Errorf("an empty relation: %+v, %v", tally, err)
		}
		if _, err := source.Tally(context.Background(), sales.Visits); err == nil {
			t.Error("a broken query is counted")
		}
		snapshot, err := source.Only(sales.OrderLines, sales.Customers).Read(context.Background(), salesdb.Request{AsOf: date("2026-01-06")})
		if err != nil || len(snapshot.Customers) != 2 {
			t.Errorf("without the broken relation: %v", err)
		}
	})
}
