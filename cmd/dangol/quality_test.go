package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// plantBadRows makes a small database as an old server kept it: without the
// checks of today's sql_mode, and with texts of another encoding.
func plantBadRows(db *testdb.DB, asOf sales.Date) {
	db.Exec(`CREATE TABLE customer (id VARCHAR(20), name VARBINARY(80), rep VARCHAR(10));
CREATE TABLE staff (id VARCHAR(10), name VARCHAR(80), email VARCHAR(80));
CREATE TABLE sale (id INT, customer VARCHAR(20), sold_on DATE, amount VARCHAR(30), rep VARCHAR(10));
INSERT INTO staff VALUES ('R1', 'Rep', 'rep@example.com'), (NULL, 'Nobody', NULL)`)
	db.Exec(`INSERT INTO customer VALUES ('C1', 'Steady', 'R1'), ('C1', 'Twice', 'R1'), ('C2', ?, 'R1'), (NULL, 'No id', NULL)`, "\xb1\xe8\xbe\xbe\xb3\xd7")
	order := 0
	for day := asOf - 140; day <= asOf; day += 7 {
		order++
		db.Exec(`INSERT INTO sale VALUES (?, 'C1', ?, '100.50', 'R1')`, order, day.String())
	}
	rows := []string{
		`(1001, 'C1', '0000-00-00', '10', NULL)`, `(1002, 'C1', '2026-02-00', '10', NULL)`, `(1003, 'C1', NULL, '10', NULL)`,
		`(1004, NULL, '2026-03-02', '10', NULL)`, `(1005, '', '2026-03-02', '10', NULL)`,
		`(1006, 'C2', '2026-03-02', '10', 'R1')`, `(1006, 'C2', '2026-03-02', '10', 'R1')`, `(1006, 'C2', '2026-03-02', '10', 'R1')`,
		`(1007, 'C2', '2026-03-03', NULL, 'R1')`, `(1008, 'C2', '2026-03-03', '1,000', 'R1')`, `(1009, 'C2', '2026-03-03', '0x1p3', 'R1')`, `(1010, 'C2', '2026-03-03', '900000000001', 'R1')`,
		`(1011, 'ghost', '2026-03-04', '10', 'R1')`,
	}
	db.Exec(`SET sql_mode = ''; INSERT INTO sale VALUES ` + strings.Join(rows, ", "))
	for i := range 5 {
		db.Exec(`INSERT INTO sale VALUES (?, 'C2', ?, '10', 'R1')`, 1020+i, (sales.DateOf(time.Now()) + sales.Date(40+i)).String())
	}
}

// TestBadRows: rows that cannot be taken as they are keep nobody from being
// judged; each kind is counted, in the JSON and in the footer of the text.
func TestBadRows(t *testing.T) {
	db := testdb.New(t)
	asOf := sales.NewDate(2026, time.March, 31)
	plantBadRows(db, asOf)
	office := newOffice(t, db.DSN, "rep@example.com")
	args := []string{"job", "lost-customers", "--config", office.config, "--as-of", asOf.String()}

	out := dangol(t, append(args, "--dry-run", "--format", "json")...)
	if out.code != 0 {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	var said struct {
		DataQuality map[string]int `json:"data_quality"`
	}
	if err := json.Unmarshal([]byte(out.stdout), &said); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"order_lines": 34, "null_customer": 2, "zero_dates": 3, "future_dates": 5, "bad_amounts": 4, "duplicate_lines": 2,
		"invalid_utf8": 1, "orphan_customers": 1, "duplicate_ids": 1, "bad_rows": 2,
	}
	if diff := cmp.Diff(want, said.DataQuality); diff != "" {
		t.Errorf("data_quality (-want +got):\n%s", diff)
	}

	footer := []string{
		"2 order lines without a customer, left out", "3 order lines without a usable date, left out", "5 order lines dated in the future, left out",
		"4 order lines without a readable amount, left out", "2 order lines that repeat another, kept", "1 text that is not UTF-8, repaired",
		"1 customer with orders but no row in customers, kept", "1 second row of one id, left out", "2 other rows without a usable id or date, left out",
	}
	for _, more := range [][]string{{"--dry-run"}, nil} {
		out = dangol(t, append(args, more...)...)
		if out.code != 0 {
			t.Fatalf("exit %d: %s", out.code, out.stderr)
		}
		for _, line := range footer {
			if strings.Count(out.stdout, "data: "+line+"\n") != 1 {
				t.Errorf("%v: the footer does not say %q:\n%s", more, line, out.stdout)
			}
		}
	}
	out = dangol(t, "score", "--config", office.config, "--as-of", asOf.String())
	if out.code != 0 || !strings.Contains(out.stdout, "\nC1,Steady,R1,21,") || !strings.Contains(out.stdout, "\nC2,\uFFFD") || !strings.Contains(out.stdout, "\nghost,ghost,") {
		t.Errorf("exit %d:\n%s%s", out.code, out.stdout, out.stderr)
	}
}

// TestOneUnreadableValueStopsTheRun: a value that means nothing at all is an
// error that quotes it, not a guess.
func TestOneUnreadableValueStopsTheRun(t *testing.T) {
	db := testdb.New(t)
	plantBadRows(db, sales.NewDate(2026, time.March, 31))
	db.Exec("INSERT INTO staff VALUES ('R2', 'Rep', NULL)")
	office := newOffice(t, db.DSN)
	office.edit(t, "1 AS active FROM staff", "IF(id = 'R2', 'retired', 'Y') AS active FROM staff")
	out := dangol(t, "score", "--config", office.config, "--as-of", "2026-03-31")
	for _, want := range []string{`dangol: error: cannot read reps: active is "retired", neither yes nor no`, "dangol: hint: return 1 or 0 as active from sales.queries.reps"} {
		if out.code != 1 || out.stdout != "" || !strings.Contains(out.stderr, want) {
			t.Errorf("exit %d, want 1 and %q:\n%s", out.code, want, fmt.Sprint(out))
		}
	}
}

// TestScoreSaysThatTheDataStopped: the stages are printed as they come out, and
// whoever reads them learns that no job would tell them.
func TestScoreSaysThatTheDataStopped(t *testing.T) {
	db := testdb.New(t)
	shop := plantShop(db, 3)
	office := newOffice(t, db.DSN)
	held := "data: No customer is called lost or overdue on these data.\n"
	for asOf, want := range map[sales.Date]bool{shop.asOf: false, shop.asOf + 40: true} {
		out := dangol(t, "score", "--config", office.config, "--as-of", asOf.String())
		if out.code != 0 || strings.Contains(out.stderr, held) != want || strings.Contains(out.stderr, "data: No order lines after 20 Nov") != want {
			t.Errorf("as of %s: exit %d\n%s", asOf, out.code, out.stderr)
		}
	}
}
