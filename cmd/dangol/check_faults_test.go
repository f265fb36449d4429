package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"dangol/internal/checkup"
	"dangol/internal/fakeslack"
	"dangol/internal/store"
	"dangol/internal/testdb"
)

// enlarge doubles the lines until there are more than 30,000.
func enlarge(db *testdb.DB) {
	for range 4 {
		db.Exec("INSERT INTO sale (customer, sold_on, amount, rep) SELECT customer, sold_on, amount, rep FROM sale")
	}
	db.Exec("ANALYZE TABLE sale")
}

// plant is one fault and what check must say about it.
type plant struct {
	name             string
	make             func(*testing.T, *testdb.DB, office)
	status           checkup.Status
	area             string
	evidence, remedy string
}

// rows plants rows.
func rows(query string) func(*testing.T, *testdb.DB, office) {
	return func(_ *testing.T, db *testdb.DB, _ office) { db.Exec(query) }
}

// conf plants a config.
func conf(from, into string) func(*testing.T, *testdb.DB, office) {
	return func(t *testing.T, _ *testdb.DB, o office) { o.edit(t, from, into) }
}

// workspace plants a fault in Slack.
func workspace(f func(*fakeslack.Server)) func(*testing.T, *testdb.DB, office) {
	return func(_ *testing.T, _ *testdb.DB, o office) { f(o.slack) }
}

func lacking(scopes ...string) func(*testing.T, *testdb.DB, office) {
	return workspace(func(s *fakeslack.Server) {
		var left []string
		for _, scope := range fakeslack.AllScopes {
			if !strings.Contains(strings.Join(scopes, " "), scope) {
				left = append(left, scope)
			}
		}
		s.Grant(left...)
	})
}

// TestCheckNamesFaults plants one fault at a time into an office that is
// otherwise sound: check names it, with its remedy, and everything else is
// still looked at.
func TestCheckNamesFaults(t *testing.T) {
	t.Parallel()
	const warning, fault, ok = checkup.Warning, checkup.Error, checkup.OK
	const lines = "sales.queries.order_lines"
	plants := []plant{
		{"wrong password", func(t *testing.T, _ *testdb.DB, o office) {
			o.dsn(t, func(c *mysql.Config) { c.Passwd = "hunter2-" + c.Passwd })
		}, fault, "database", "connection: cannot connect to the sales database", "check user and password in database.dsn"},
		{"database down", func(t *testing.T, _ *testdb.DB, o office) {
			o.dsn(t, func(c *mysql.Config) { c.Addr = "127.0.0.1:1" })
		}, fault, "database", "127.0.0.1:1", "check host and port in database.dsn"},
		{"dsn not set", conf(`dsn: "`, `dsn: "${NO_SUCH_DSN}`), fault, "database", "NO_SUCH_DSN", "environment"},
		{"no table", conf("FROM sale", "FROM invoices"), fault, "data", "order_lines: cannot read order_lines", "correct the table in " + lines},
		{"no column", conf("sold_on AS", "sold_at AS"), fault, "data", "unknown column 'sold_at'", "correct the column in " + lines},
		{"column not returned", conf(", amount, rep", ", rep"), fault, "data", "column amount missing", lines},
		{"wrong type", conf("sold_on AS", "CAST(20260131 AS SIGNED) AS"), fault, "data", "INT, not a date", "CAST(… AS CHAR)"},
		{"no grant on a table", func(t *testing.T, db *testdb.DB, o office) {
			narrow, err := mysql.ParseDSN(db.User("SELECT ON "+db.Name+".customer", "SELECT ON "+db.Name+".staff"))
			if err != nil {
				t.Fatal(err)
			}
			o.dsn(t, func(c *mysql.Config) { c.User, c.Passwd = narrow.User, narrow.Passwd })
		}, fault, "data", "order_lines: cannot read order_lines", ".sale TO 'reader"},
		{"could write", func(t *testing.T, db *testdb.DB, o office) {
			wide, err := mysql.ParseDSN(db.User("SELECT ON "+db.Name+".*", "INSERT, UPDATE ON "+db.Name+".sale"))
			if err != nil {
				t.Fatal(err)
			}
			o.dsn(t, func(c *mysql.Config) { c.User, c.Passwd = wide.User, wide.Passwd })
		}, warning, "database", "could write: it holds INSERT, UPDATE on", ".sale TO 'dangol_reader'@'%';"},
		{"no index on the date", func(_ *testing.T, db *testdb.DB, _ office) {
			db.Exec("DROP INDEX sold ON sale")
			enlarge(db)
		}, warning, "plan", "sale (about ", "CREATE INDEX dangol_sold_on ON sale (sold_on)"},
		{"no index on a join", func(t *testing.T, db *testdb.DB, o office) {
			enlarge(db)
			db.Exec("CREATE TABLE item (sale_no BIGINT, code VARCHAR(10)); INSERT INTO item SELECT id, 'x' FROM sale; ANALYZE TABLE item")
			o.edit(t, "SELECT id AS order_id", "SELECT s.id AS order_id")
			o.edit(t, "NULL AS product_id", "i.code AS product_id")
			o.edit(t, "FROM sale", "FROM sale s JOIN item i ON i.sale_no = s.id")
		}, warning, "plan", "item (about ", "CREATE INDEX dangol_sale_no ON item (sale_no)"},
		{"computed date", func(t *testing.T, db *testdb.DB, o office) {
			enlarge(db)
			o.edit(t, "sold_on AS", "DATE(sold_on + INTERVAL 0 DAY) AS")
		}, warning, "plan", "computes ordered_at", "return the bare column as ordered_at"},
		{"view", func(t *testing.T, db *testdb.DB, o office) {
			db.Exec("CREATE VIEW line AS SELECT * FROM sale")
			narrow, err := mysql.ParseDSN(db.User("SELECT ON "+db.Name+".customer", "SELECT ON "+db.Name+".staff", "SELECT ON "+db.Name+".line"))
			if err != nil {
				t.Fatal(err)
			}
			o.dsn(t, func(c *mysql.Config) { c.User, c.Passwd = narrow.User, narrow.Passwd })
			o.edit(t, "FROM sale", "FROM line")
		}, warning, "plan", "not explained: ", "GRANT SHOW VIEW"},
		{"zero dates", rows("SET SESSION sql_mode = ''; UPDATE sale SET sold_on = '0000-00-00' WHERE id % 100 = 0"),
			warning, "data", "ordered_at: 21 lines with a NULL, zero, impossible", "date these lines in the database"},
		{"no usable date", rows("UPDATE sale SET sold_on = NULL WHERE id % 3 > 0"), fault, "data", "ordered_at: 1,456 lines", "return another column as ordered_at"},
		{"future dates", rows("UPDATE sale SET sold_on = '2099-01-01' WHERE id % 100 = 0"), warning, "data", "future dates: 21 lines", "correct the mistyped dates"},
		{"NULL customers", rows("UPDATE sale SET customer = NULL WHERE id % 100 = 0"), warning, "data", "customer_id: 21 lines without a customer", "WHERE clause of " + lines},
		{"unreadable amounts", rows("UPDATE sale SET amount = 'KRW 1,000' WHERE id % 50 = 0"), warning, "data", "amount: 43 lines", "no thousands separators"},
		{"repeated lines", func(t *testing.T, _ *testdb.DB, o office) {
			o.edit(t, "FROM sale", "FROM sale UNION ALL SELECT id, customer, sold_on, NULL, NULL, amount, rep FROM sale WHERE id % 100 = 0")
		}, warning, "data", "duplicates: 21 lines", "see whether an import ran twice"},
		{"orphans", rows("DELETE FROM customer WHERE id IN ('C03', 'C04')"), warning, "data", "orphans: 2 customers with orders but no row", "sales.queries.customers"},
		{"no rep on most lines", rows("UPDATE sale SET rep = NULL WHERE id % 10 > 0"), warning, "data", "rep_id: 1,966 of 2,184 lines name no rep (90%)", "as rep_id from " + lines},
		{"duplicate ids", rows("INSERT INTO customer VALUES ('C05', 'Shop 5 again', 'R1')"), warning, "data", "duplicate ids: 1 row", "one row for each id"},
		{"owners unknown", rows("UPDATE customer SET rep = 'R9' WHERE id < 'C05'"), warning, "data", "owners: customers name 1 rep without a row in reps: R9", "sales.queries.reps"},
		{"no owners", rows("UPDATE customer SET rep = NULL; UPDATE sale SET rep = NULL"), warning, "data", "0 of 42 customers have an owner", "rep_id from sales.queries.customers"},
		{"no e-mail", rows("UPDATE staff SET email = NULL WHERE id = 'R1'"), warning, "data", "2 active, 1 of these with an e-mail address", "sales.queries.reps"},
		{"old data", rows("UPDATE sale SET sold_on = sold_on - INTERVAL 60 DAY"), warning, "data", "newest date: ", "import"},
		{"no lines", rows("DELETE FROM sale"), fault, "data", "order_lines rows: the query returns no line", "WHERE clause of " + lines},
		{"short history", rows("DELETE FROM sale WHERE sold_on < (SELECT d FROM (SELECT MAX(sold_on) - INTERVAL 30 DAY AS d FROM sale) x)"),
			warning, "data", "regulars: 0 customers", "regular.buying_days"},
		{"another currency", rows("UPDATE sale SET amount = amount / 1300 WHERE sold_on < (SELECT d FROM (SELECT MAX(sold_on) - INTERVAL 100 DAY AS d FROM sale) x)"),
			warning, "data", "amounts: the usual amount of a buying day goes from 1 to 1", "in KRW"},
		{"other encoding", rows("UPDATE customer SET name = x'c7d1b0ad'"), warning, "data", "texts: 42 texts not in UTF-8", "USING euckr"},
		{"empty relation", conf("    reps:", "    visits: SELECT 1 AS visit_id, 1 AS rep_id, 1 AS customer_id, sold_on AS visited_at, 1 AS kind FROM sale WHERE id < 0\n    reps:"),
			warning, "data", "visits rows: the query returns no row", "sales.queries.visits"},
		{"active unreadable", conf("1 AS active", "'left' AS active"), fault, "data", "active is \"left\", neither yes nor no", "return 1 or 0 as active"},
		{"invalid token", conf(`token: "`, `token: "not-`), fault, "slack", "Slack refuses the token: invalid_auth", "slack.token"},
		{"revoked token", workspace(func(s *fakeslack.Server) { s.Revoke("token_revoked") }), fault, "slack", "token_revoked", "install the app again"},
		{"token not set", conf(`token: "`, `token: "${NO_SUCH_TOKEN}`), fault, "slack", "the variable NO_SUCH_TOKEN is not set", "token_file"},
		{"Slack unreachable", func(t *testing.T, _ *testdb.DB, o office) { o.edit(t, o.slack.APIURL(), "http://127.0.0.1:1/api/") },
			fault, "slack", "Slack cannot be reached", "check the network and slack.api_url"},
		{"no scope to send", lacking("chat:write"), fault, "slack", "scopes: chat:write is not granted: nothing can be sent", "reinstall it"},
		{"no scope to list", lacking("groups:read"), fault, "slack", "groups:read is not granted", "or give channel ids"},
		{"no scope to look", lacking("groups:history"), warning, "slack", "the message may then stand twice", "add groups:history"},
		{"no scope to find reps", lacking("users:read.email"), warning, "slack", "reps are not found by e-mail", "add users:read.email"},
		{"unknown channel", conf("#sales-alerts", "#sales-alert"), fault, "slack", "channels.alerts: #sales-alert: no such channel", "correct slack.channels.alerts"},
		{"unknown channel id", conf("#sales-alerts", "C0NOWHERE"), fault, "slack", "channels.alerts: C0NOWHERE: no such channel", "correct slack.channels.alerts"},
		{"not in the channel", workspace(func(s *fakeslack.Server) { s.Channel("#dangol-ops").Kick() }), fault, "slack", "the app is no member", "in #dangol-ops: /invite @Dangol"},
		{"private channel", workspace(func(s *fakeslack.Server) { s.Channel("#dangol-ops").Private().Kick() }), fault, "slack", "or a private one without the app", "/invite @Dangol"},
		{"archived channel", workspace(func(s *fakeslack.Server) { s.Channel("#sales-alerts").Archive() }), fault, "slack", "is archived", "unarchive the channel"},
		{"no alerts channel", conf(`alerts: "#sales-alerts", `, ""), fault, "slack", "slack.channels.alerts: nothing is given", "set slack.channels.alerts"},
		{"unknown rep", rows("UPDATE staff SET email = 'gone@example.com' WHERE id = 'R1'"), warning, "slack", "1 of 2 active reps' e-mail addresses belong to a Slack user; without a user: R1", "sales.queries.reps"},
		{"no state folder", conf("currency: KRW", "currency: KRW\nstate: {path: nowhere/state.db}"), fault, "state", "cannot write the state", "must exist and be writable"},
		{"newer state", func(t *testing.T, _ *testdb.DB, o office) { newerState(t, o) }, fault, "state", "schema 99, newer than this dangol knows", "run the newer dangol"},
		{"no state at all", func(t *testing.T, _ *testdb.DB, o office) {
			if err := os.WriteFile(statePath(o), []byte("minutes of the meeting, long enough to be no header of a database: they fill a hundred bytes and some more\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, fault, "state", "not a database", "move"},
		{"locked state", func(t *testing.T, _ *testdb.DB, o office) {
			held, err := store.Open(t.Context(), statePath(o))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { held.Close() })
		}, ok, "state", "lock: held by a running dangol", ""},
		{"quiet hours", conf("currency: KRW", "currency: KRW\njobs: {lost-customers: {schedule: \"30 21 * * *\"}}"), warning, "schedule", "held until 08:00", "calendar.quiet_hours"},
		{"holidays past", conf("currency: KRW", "currency: KRW\ncalendar: {holidays: [2020-01-01]}"), warning, "config", "none lies ahead", "add the coming holidays"},
		{"secret for everybody", func(t *testing.T, _ *testdb.DB, o office) {
			path := filepath.Join(filepath.Dir(o.config), "slack.token")
			if err := os.WriteFile(path, []byte(o.slack.Token+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			o.edit(t, fmt.Sprintf("token: %q", o.slack.Token), "token_file: slack.token")
		}, warning, "config", "slack.token has mode 0644", "chmod 600"},
		{"secrets in a config for everybody", func(t *testing.T, _ *testdb.DB, o office) {
			if err := os.Chmod(o.config, 0o644); err != nil {
				t.Fatal(err)
			}
		}, warning, "config", "has mode 0644 and holds database.dsn, slack.token", "chmod 600"},
		{"no weekend", conf("currency: KRW", "currency: KRW\ncalendar: {weekend: []}"), ok, "config", "no holidays: every day is a selling day", ""},
	}
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			db := testdb.New(t)
			o := soundOffice(t, db)
			p.make(t, db, o)
			out, c := runCheck(t, o)
			if !c.has(p.status, p.area, p.evidence, p.remedy) {
				t.Errorf("no %s of %s with %q and %q:\n%s", p.status, p.area, p.evidence, p.remedy, c.told(p.area))
			}
			code := 0
			if p.status == fault {
				code = 1
			}
			if out.code != code {
				t.Errorf("exit %d, want %d:\n%s", out.code, code, c.told(""))
			}
			for _, area := range []string{"config", "database", "schedule", "state", "slack"} {
				if !c.looked(area) {
					t.Errorf("%s was not looked at", area)
				}
			}
			if p.area == "data" && strings.HasPrefix(p.evidence, "order_lines: cannot read") && !c.has(ok, "slack", "users: 2 of 2", "") {
				t.Errorf("a fault of order_lines kept the reps from being looked up:\n%s", c.told("slack"))
			}
			if p.status != ok && p.area != "slack" && !c.has(ok, "slack", "token: valid", "") {
				t.Errorf("a fault of %s kept Slack from being looked at:\n%s", p.area, c.told("slack"))
			}
		})
	}
}
