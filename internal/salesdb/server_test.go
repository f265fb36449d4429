package salesdb_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/testdb"
)

func TestReaderNeedsOnlySelect(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec("INSERT INTO order_lines VALUES ('o1', 'a', '2026-01-05', NULL, NULL, 10, NULL), ('o2', 'b', '2026-01-05', NULL, NULL, 10, NULL)")
		dsn := db.User("SELECT ON " + db.Name + ".*")
		for _, parameters := range []string{"", "?parseTime=true&loc=Asia%2FSeoul&charset=latin1&readTimeout=1ms&time_zone=%27%2B09%3A00%27&sql_select_limit=1"} {
			got := read(t, salesdb.Config{DSN: dsn + parameters, Queries: allQueries()}, salesdb.Request{AsOf: date("2026-01-05")})
			if len(got.Customers) != 2 {
				t.Errorf("with %q: %d customers, want 2", parameters, len(got.Customers))
			}
		}
		source := open(t, salesdb.Config{DSN: dsn, Queries: allQueries()})
		if err := source.Check(context.Background()); err != nil {
			t.Error(err)
		}
		name, version, _ := strings.Cut(source.Server(), " ")
		if !strings.EqualFold(name, db.Engine) || version == "" || !strings.HasPrefix(db.Version, version) {
			t.Errorf("server %q, want name and version of %s %s", source.Server(), db.Engine, db.Version)
		}
	})
}

// with returns the required queries with one replaced.
func with(relation sales.Relation, query string) map[sales.Relation]string {
	queries := required()
	queries[relation] = query
	return queries
}

func TestErrorsNameRelationCodeAndRemedy(t *testing.T) {
	const lines = "SELECT order_id, customer_id, ordered_at, product_id, quantity, amount, "
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		selects := "SELECT ON " + db.Name
		narrow := db.User(selects + ".customers")
		column := db.User(selects+".customers", "SELECT (order_id, customer_id, ordered_at, product_id, quantity, amount) ON "+db.Name+".order_lines")
		reader := db.User(selects + ".*")
		tests := []struct {
			name, dsn string
			queries   map[sales.Relation]string
			want      []string
		}{
			{"table right", narrow, required(), []string{"cannot read order_lines: ", " 1142)", "GRANT SELECT ON " + db.Name + ".order_lines TO 'reader"}},
			{"column right", column, required(), []string{"cannot read order_lines: ", " 1143)", "GRANT SELECT ON " + db.Name + ".order_lines TO 'reader"}},
			{"no right", db.User(), required(), []string{"cannot connect to the sales database at 127.0.0.1:", "1044)", "GRANT SELECT ON " + db.Name + ".* TO 'reader"}},
			{"no table", reader, with(sales.Customers, "SELECT * FROM tabCustomer"), []string{"cannot read customers: ", "tabCustomer", " 1146)", "sales.queries.customers"}},
			{"no column", reader, with(sales.OrderLines, lines+"seller AS rep_id FROM order_lines"), []string{"cannot read order_lines: unknown column 'seller'", " 1054)", "sales.queries.order_lines"}},
			{"syntax", reader, with(sales.Customers, "SELECT FROM WHERE"), []string{"cannot read customers: you have an error in your SQL syntax", " 1064)", "FROM (query) AS customers"}},
			{"column twice", reader, with(sales.Customers, "SELECT name, name, rep_id, segment, created_at FROM customers"), []string{"cannot read customers: ", " 1060)", "return every column once"}},
			{"column missing", reader, with(sales.OrderLines, strings.TrimSuffix(lines, ", ")+" FROM order_lines"), []string{"cannot read order_lines: column rep_id missing; the query returns order_id, customer_id", "NULL AS rep_id"}},
			{"column misnamed", reader, with(sales.OrderLines, lines+"rep_id AS seller FROM order_lines"), []string{"column rep_id missing", "is seller the rep_id?"}},
			{"column too many", reader, with(sales.OrderLines, lines+"rep_id, 1 AS one FROM order_lines"), []string{"column one not asked for", "leave exactly these"}},
			{"number for a date", reader, with(sales.OrderLines, "SELECT order_id, customer_id, 1767225600 AS ordered_at, product_id, quantity, amount, rep_id FROM order_lines"), []string{"column ordered_at is BIGINT, not a date", "FROM_UNIXTIME"}},
			{"both relations", reader, map[sales.Relation]string{sales.OrderLines: "SELECT 1 FROM nowhere", sales.Customers: "SELECT 2 FROM nothing"}, []string{"cannot read order_lines: ", "cannot read customers: "}},
			{"no password", strings.Replace(reader, ":s3cret-of-", ":s3cret-not-of-", 1), required(), []string{"access denied for user 'reader", "(MySQL 1045)", "check user and password"}},
			{"no database", strings.Replace(db.DSN, "/"+db.Name, "/elsewhere", 1), required(), []string{"unknown database 'elsewhere'", "1049)", "SHOW DATABASES"}},
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				err := fault(t, salesdb.Config{DSN: test.dsn, Queries: test.queries})
				wantError(t, err, test.want...)
				if text := err.Error() + strings.Join(hint.Of(err), " "); strings.Contains(text, "s3cret") {
					t.Errorf("the password is in the error: %s", text)
				}
			})
		}
	})
}

// The remedy of a refusal works as it stands, also where the account stands for
// many machines and a name needs quotes.
func TestGrantInARemedyWorks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec("CREATE VIEW `v order-lines (2026)` AS SELECT * FROM order_lines")
		queries := with(sales.OrderLines, "SELECT * FROM `v order-lines (2026)`")
		dsn := db.User("SELECT ON " + db.Name + ".customers")
		for range 1 + len(queries) {
			source := open(t, salesdb.Config{DSN: dsn, Queries: queries})
			err := source.Check(context.Background())
			if err == nil {
				return
			}
			for _, remedy := range hint.Of(err) {
				if _, err := db.SQL.Exec(remedy); err != nil {
					t.Fatalf("%s: %v", remedy, err)
				}
			}
		}
		t.Error("the remedies were followed, and the view still cannot be read")
	})
}

func TestErrorsWithoutAServer(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	closed.Close()
	db := testdb.NewSQLite(t)
	db.Exec(schema)
	db.Exec("INSERT INTO reps (rep_id, active) VALUES ('r', 'Left')")
	onlyReps := allQueries()
	missing := filepath.Join(t.TempDir(), "none.db")
	tests := []struct {
		name   string
		config salesdb.Config
		want   []string
	}{
		{"unreachable", salesdb.Config{DSN: "u:s3cret@tcp(" + address + ")/shop", Queries: required()}, []string{"cannot connect to the sales database at " + address, "connection refused", "check host and port"}},
		{"no slash", salesdb.Config{DSN: "u:s3cret@tcp(" + address + ")", Queries: required()}, []string{"database.dsn: unreadable", "user:password@tcp(host:port)/name"}},
		{"a network of its own", salesdb.Config{DSN: "u:p@s3cret(x)/shop", Queries: required()}, []string{"database.dsn: unreadable"}},
		{"no name", salesdb.Config{DSN: "u:s3cret@tcp(" + address + ")/", Queries: required()}, []string{"database.dsn: no database is named"}},
		{"empty", salesdb.Config{Queries: required()}, []string{"database.dsn: nothing is given"}},
		{"no file", salesdb.Config{DSN: "sqlite:" + missing, Queries: required()}, []string{"cannot open " + missing, "existing SQLite file"}},
		{"a directory", salesdb.Config{DSN: "sqlite:" + filepath.Dir(missing), Queries: required()}, []string{"cannot open ", "existing SQLite file"}},
		{"no database file", salesdb.Config{DSN: "sqlite:server_test.go", Queries: required()}, []string{"not a database", "name an SQLite file"}},
		{"no queries", salesdb.Config{DSN: db.DSN, Queries: map[sales.Relation]string{"orders": "SELECT 1"}}, []string{"sales.queries.order_lines: no query", "sales.queries.customers: no query", "sales.queries.orders: unknown relation", "write one SELECT that returns customer_id, name"}},
		{"placeholder", salesdb.Config{DSN: db.DSN, Queries: with(sales.Customers, "SELECT ?")}, []string{"sales.queries.customers: a ? placeholder", "one plain SELECT"}},
		{"circle", salesdb.Config{DSN: db.DSN, Queries: required(), MergedInto: map[string]string{"a": "a"}}, []string{"sales.merged_into: ", "circle"}},
		{"no table", salesdb.Config{DSN: db.DSN, Queries: with(sales.Customers, "SELECT * FROM nowhere")}, []string{"cannot read customers: ", "no such table: nowhere", "sales.queries.customers"}},
		{"no truth value", salesdb.Config{DSN: db.DSN, Queries: onlyReps}, []string{`cannot read reps: active is "Left"`, "return 1 or 0"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := fault(t, test.config)
			wantError(t, err, test.want...)
			if text := err.Error() + strings.Join(hint.Of(err), " "); strings.Contains(text, "s3cret") {
				t.Errorf("the password is in the error: %s", text)
			}
		})
	}
}

func TestReadNeedsAnAsOf(t *testing.T) {
	db := testdb.NewSQLite(t)
	db.Exec(schema)
	if _, err := open(t, salesdb.Config{DSN: db.DSN, Queries: required()}).Read(context.Background(), salesdb.Request{}); err == nil {
		t.Error("no error without an as-of date")
	}
}

func TestSQLitePathIsTakenAsItIs(t *testing.T) {
	db := testdb.NewSQLite(t)
	db.Exec(schema)
	path := filepath.Join(t.TempDir(), "odd ?#%41 name.db")
	db.Exec("VACUUM INTO '" + path + "'")
	got := read(t, salesdb.Config{DSN: "sqlite:" + path, Queries: required()}, salesdb.Request{AsOf: date("2026-01-05")})
	if len(got.Customers) != 0 {
		t.Errorf("customers %v from an empty database", got.Customers)
	}
}

// slow fills the customers table and returns a query that sends its rows bit by
// bit: each is long enough to leave the server's buffer at once, and some wait.
func slow(db *testdb.DB, wait string) string {
	db.Exec(schema)
	db.Exec("ALTER TABLE customers MODIFY name LONGTEXT")
	for i := range 40 {
		db.Exec("INSERT INTO customers (customer_id, name, segment) VALUES (?, REPEAT('x', 40000), ?)", fmt.Sprint("c", 100+i), i)
	}
	return "SELECT customer_id, CONCAT(name, CASE WHEN segment >= 20 THEN " + wait + " ELSE '' END) AS name, rep_id, segment, created_at FROM customers"
}

// busy takes long on any server and notices only that somebody ends it.
const busy = "LEFT(BENCHMARK(2000000000, SHA2('a', 256)), 0)"

// await polls until the server runs as many statements of ours as wanted.
func await(t *testing.T, db *testdb.DB, wanted int) (id int64) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var n int
		err := db.SQL.QueryRow("SELECT COUNT(*), COALESCE(MAX(id), 0) FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID() AND info LIKE 'SELECT %AS customers' AND command = 'Query'",
			db.Name).Scan(&n, &id)
		if err != nil {
			t.Fatal(err)
		}
		if n == wanted {
			return id
		}
	}
	t.Fatalf("the server never ran %d statements", wanted)
	return 0
}

func TestCancelEndsTheStatementOnTheServer(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		queries := with(sales.Customers, slow(db, busy))
		source := open(t, salesdb.Config{DSN: db.User("SELECT ON " + db.Name + ".*"), Queries: queries})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		result := make(chan error, 1)
		go func() {
			_, err := source.Read(ctx, salesdb.Request{AsOf: date("2026-01-05")})
			result <- err
		}()
		await(t, db, 1)
		cancel()
		err := <-result
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
		await(t, db, 0)
	})
}

func TestTimeLimitIsAnError(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		queries := with(sales.Customers, slow(db, busy))
		err := fault(t, salesdb.Config{DSN: db.DSN, Queries: queries, QueryTimeout: 300 * time.Millisecond})
		code := map[string]string{testdb.MariaDB: "(MariaDB 1969)", testdb.MySQL: "(MySQL 3024)"}[db.Engine]
		wantError(t, err, "cannot read customers: ", code, "raise database.query_timeout (now 300ms)")
		await(t, db, 0)
	})
}

func TestTimeLimitOnSQLite(t *testing.T) {
	db := testdb.NewSQLite(t)
	db.Exec(schema)
	queries := with(sales.Customers, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
		SELECT i AS customer_id, NULL AS name, NULL AS rep_id, NULL AS segment, NULL AS created_at FROM n WHERE i < 0`)
	err := fault(t, salesdb.Config{DSN: db.DSN, Queries: queries, QueryTimeout: 100 * time.Millisecond})
	wantError(t, err, "cannot read customers: time limit", "raise database.query_timeout")
}

func TestKilledConnectionIsAnError(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		for _, kill := range []string{"KILL %d", "KILL QUERY %d"} {
			db.Exec("DROP TABLE IF EXISTS order_lines, customers, reps, products, visits, quotas, complaints")
			source := open(t, salesdb.Config{DSN: db.DSN, Queries: with(sales.Customers, slow(db, busy))})
			result := make(chan error, 1)
			go func() {
				snapshot, err := source.Read(context.Background(), salesdb.Request{AsOf: date("2026-01-05")})
				if snapshot != nil {
					err = errors.Join(err, errors.New("a partial snapshot"))
				}
				result <- err
			}()
			id := await(t, db, 1)
			db.Exec(fmt.Sprintf(kill, id))
			err := <-result
			if err == nil || strings.Contains(err.Error(), "partial") || len(hint.Of(err)) == 0 {
				t.Errorf("%s: error %v with hints %v", kill, err, hint.Of(err))
			}
		}
	})
}

// The snapshot is taken before the first relation is read: what is committed
// later is not seen, whichever relation it is in.
func TestSnapshotIsConsistent(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		db.Exec("INSERT INTO customers (customer_id) VALUES ('a'); INSERT INTO order_lines VALUES ('1', 'a', '2026-01-01', NULL, NULL, 1, NULL)")
		ctx := context.Background()
		gate, err := db.SQL.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer gate.Close()
		if _, err := gate.ExecContext(ctx, "DO GET_LOCK('gate', 10)"); err != nil {
			t.Fatal(err)
		}
		queries := with(sales.Customers, "SELECT customer_id, name, rep_id, segment, created_at FROM customers WHERE GET_LOCK(CONCAT('gate', LEFT(customer_id, 0)), 60) >= 0")
		source := open(t, salesdb.Config{DSN: db.DSN, Queries: queries})
		result := make(chan *sales.Snapshot, 1)
		go func() {
			snapshot, err := source.Read(ctx, salesdb.Request{AsOf: date("2026-01-05")})
			if err != nil {
				t.Error(err)
			}
			result <- snapshot
		}()
		await(t, db, 1)
		db.Exec("INSERT INTO order_lines VALUES ('2', 'a', '2026-01-02', NULL, NULL, 1, NULL), ('3', 'b', '2026-01-02', NULL, NULL, 1, NULL); INSERT INTO customers (customer_id) VALUES ('b')")
		if _, err := gate.ExecContext(ctx, "DO RELEASE_LOCK('gate')"); err != nil {
			t.Fatal(err)
		}
		if got := <-result; got == nil || len(got.Customers) != 1 || len(got.Customers[0].Days) != 1 {
			t.Errorf("snapshot %+v, want the one customer and day from before", got)
		}
	})
}

// Wherever the connection breaks, the result is an error and never a part.
func TestConnectionBrokenAnywhere(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		for i := range 300 {
			db.Exec("INSERT INTO order_lines VALUES (?, ?, '2026-01-01', NULL, NULL, 1, NULL)", fmt.Sprint("o", i), fmt.Sprint("c", i))
		}
		cut := newCutter(t, db.DSN)
		config := salesdb.Config{DSN: cut.dsn, Queries: required()}
		source := open(t, config)
		broken := 0
		for limit := 50; ; limit += 97 {
			cut.after(limit)
			snapshot, err := source.Read(context.Background(), salesdb.Request{AsOf: date("2026-01-05")})
			if err == nil {
				if len(snapshot.Customers) != 300 {
					t.Errorf("%d customers of 300 when cut after %d bytes", len(snapshot.Customers), limit)
				}
				break
			}
			broken++
			if snapshot != nil || len(hint.Of(err)) == 0 {
				t.Fatalf("cut after %d bytes: snapshot %v, error %v, hints %v", limit, snapshot, err, hint.Of(err))
			}
		}
		if broken < 20 {
			t.Errorf("only %d broken connections tried", broken)
		}
	})
}

// cutter is a proxy that lets a number of bytes of the server's answers through
// on each connection and then hangs up.
type cutter struct {
	dsn   string
	limit chan int
}

func newCutter(t *testing.T, dsn string) *cutter {
	t.Helper()
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	c := &cutter{limit: make(chan int, 1)}
	server := config.Addr
	config.Addr = listener.Addr().String()
	c.dsn = config.FormatDSN()
	c.limit <- 1 << 30
	go c.serve(listener, server)
	return c
}

// after sets the limit of the connections to come.
func (c *cutter) after(bytes int) {
	<-c.limit
	c.limit <- bytes
}

func (c *cutter) serve(listener net.Listener, server string) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		limit := <-c.limit
		c.limit <- limit
		go forward(client, server, limit)
	}
}

func forward(client net.Conn, server string, limit int) {
	defer client.Close()
	upstream, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer upstream.Close()
	go copyUpTo(upstream, client, 1<<30)
	copyUpTo(client, upstream, limit)
}

func copyUpTo(to, from net.Conn, limit int) {
	buffer := make([]byte, 4096)
	for limit > 0 {
		n, err := from.Read(buffer)
		if n > 0 {
			n = min(n, limit)
			limit -= n
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// A replica that does not replicate is not read where a limit is set; a server that
// is no replica is, and without a limit nobody asks.
func TestReplicaLag(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *testdb.DB) {
		db.Exec(schema)
		config := salesdb.Config{DSN: db.DSN, Queries: allQueries(), MaxLag: time.Minute}
		read(t, config, salesdb.Request{AsOf: date("2026-01-31")})
		reader := config
		reader.DSN = db.User("SELECT ON " + db.Name + ".*")
		wantError(t, fault(t, reader), "database.max_lag", "GRANT REPLICATION CLIENT")
		var version string
		if err := db.SQL.QueryRow("SELECT VERSION()").Scan(&version); err != nil {
			t.Fatal(err)
		}
		follow, forget := "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1", "RESET REPLICA ALL"
		if strings.Contains(version, "MariaDB") {
			follow, forget = "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1", "RESET SLAVE ALL"
		}
		db.Exec(follow)
		t.Cleanup(func() { db.Exec(forget) })
		wantError(t, fault(t, config), "replication does not run", "SHOW REPLICA STATUS")
		config.MaxLag = 0
		read(t, config, salesdb.Request{AsOf: date("2026-01-31")})
	})
}
