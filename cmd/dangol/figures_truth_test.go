package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// truth recomputes figures in plain SQL from the sample company's own tables, as
// known at the end of a date. None of the program's code adds anything up here.
type truth struct {
	t    *testing.T
	db   *sql.DB
	asOf sales.Date
	// early and late are the spans that checked_span holds the lines of.
	early, late sales.Span
	oldest      sales.Date // the first order of anybody
}

// The company's own tables told as facts: what counts as a line, a visit, a first
// order. The dates are local ones, as text: %[1]s and %[2]s turn a stored UTC time
// and a date into one, %[3]s is the as-of date.
const factsSQL = `
CREATE TABLE checked_line AS
SELECT o.customer_no AS customer_no, o.staff_no AS staff_no, %[1]s AS day, l.item_code AS item_code,
       CASE WHEN o.order_type = 'return' THEN -l.quantity ELSE l.quantity END AS quantity,
       CASE WHEN o.order_type = 'return' THEN -l.supply_amount ELSE l.supply_amount END AS net
FROM sales_order o
JOIN sales_order_line l ON l.order_no = o.order_no
WHERE o.status <> 'cancelled' AND o.customer_no IS NOT NULL AND o.ordered_at >= '1971-01-01' AND %[1]s <= '%[3]s';
CREATE INDEX checked_line_day ON checked_line (day);
CREATE INDEX checked_line_customer ON checked_line (customer_no, day);
CREATE TABLE checked_first AS
SELECT customer_no, MIN(day) AS day
FROM (SELECT customer_no, day FROM checked_line GROUP BY customer_no, day HAVING SUM(net) > 0) bought
GROUP BY customer_no;
CREATE TABLE checked_launch AS
SELECT customer_no, item_code, MIN(day) AS day
FROM (SELECT customer_no, item_code, day FROM checked_line GROUP BY customer_no, item_code, day HAVING SUM(net) > 0) bought
GROUP BY customer_no, item_code;
CREATE INDEX checked_first_customer ON checked_first (customer_no);
CREATE INDEX checked_launch_customer ON checked_launch (customer_no, item_code);
CREATE TABLE checked_win AS
SELECT l.customer_no AS customer_no, l.staff_no AS staff_no, l.day AS day, SUM(l.net) AS net
FROM checked_first f
JOIN checked_line l ON l.customer_no = f.customer_no AND l.day = f.day
GROUP BY l.customer_no, l.staff_no, l.day;
CREATE TABLE checked_visit AS
SELECT v.staff_no AS staff_no, v.customer_no AS customer_no, %[2]s AS day,
       CASE WHEN f.day IS NULL OR %[2]s <= f.day THEN 1 ELSE 0 END AS cold
FROM visit_log v
LEFT JOIN checked_first f ON f.customer_no = v.customer_no
WHERE v.state <> 'cancelled' AND %[2]s <= '%[3]s';
CREATE INDEX checked_visit_day ON checked_visit (day);
CREATE INDEX checked_visit_customer ON checked_visit (customer_no, day);
CREATE TABLE checked_leave AS
SELECT staff_no, %[4]s AS day FROM leave_day;
CREATE TABLE checked_staff AS
SELECT staff_no, name, boss_no, grade, %[5]s AS hired,
       CASE grade WHEN 'junior' THEN 6 WHEN 'regular' THEN 8 WHEN 'senior' THEN 10 END AS cold_quota,
       CASE grade WHEN 'junior' THEN 1 WHEN 'regular' THEN 2 WHEN 'senior' THEN 3 END AS win_quota
FROM staff
WHERE department = 'sales' AND grade IN ('junior', 'regular', 'senior') AND retired_on IS NULL AND %[5]s <= '%[3]s';
CREATE TABLE checked_target AS
SELECT staff_no, %[6]s AS month, amount FROM target WHERE figure = 'sales' AND span = 'month';
CREATE TABLE checked_day (day CHAR(10) PRIMARY KEY, month CHAR(7), place INTEGER, selling INTEGER, weight DOUBLE)`

// newTruth prepares the facts of a company as of a date.
func newTruth(t *testing.T, s *sampled, engine string, asOf sales.Date) *truth {
	t.Helper()
	local, day := "date(o.ordered_at, '+9 hours')", "%s"
	if engine != testdb.SQLite {
		local, day = "DATE_FORMAT(o.ordered_at + INTERVAL 9 HOUR, '%Y-%m-%d')", "DATE_FORMAT(%s, '%%Y-%%m-%%d')"
	}
	c := &truth{t: t, db: s.sql, asOf: asOf}
	text := fmt.Sprintf(factsSQL, local, fmt.Sprintf(day, "v.visited_on"), asOf, fmt.Sprintf(day, "day"),
		fmt.Sprintf(day, "hired_on"), fmt.Sprintf(day, "starts_on"))
	for _, statement := range strings.Split(text, ";\n") {
		c.exec(statement)
	}
	c.oldest = c.day("SELECT MIN(day) FROM checked_first")
	c.fillDays(s.company.HolidaysCSV())
	return c
}

func (c *truth) exec(query string, args ...any) {
	c.t.Helper()
	if _, err := c.db.Exec(query, args...); err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
}

// fillDays lists the days of two years before the as-of date and half a year
// after it: whether the company sells on them, the fifth of their month by selling
// days, and how much the company usually sells on them.
func (c *truth) fillDays(holidays string) {
	var rows []string
	for month := sales.MonthOf(c.asOf.AddMonths(-26)).From; month < c.asOf+180; month = month.AddMonths(1) {
		var selling []string
		for d := month; d < month.AddMonths(1); d++ {
			if day := d.Weekday(); day != time.Saturday && day != time.Sunday && !strings.Contains(holidays, "\n"+d.String()+",") {
				selling = append(selling, d.String())
			}
		}
		for d, seen := month, 0; d < month.AddMonths(1); d++ {
			open := seen < len(selling) && selling[seen] == d.String()
			row, place := "('%s', '%s', %d, 0, 1)", min(4, 5*seen/len(selling))
			if open {
				row = "('%s', '%s', %d, 1, 1)"
				seen++
			}
			rows = append(rows, fmt.Sprintf(row, d, d.String()[:7], place))
		}
	}
	c.exec("INSERT INTO checked_day VALUES " + strings.Join(rows, ", "))
	c.weigh()
}

// weigh gives every selling day its weight: the mean sales of its month of the
// year, and of its fifth of a month, in the last twelve complete months, each
// against the mean of all their selling days.
func (c *truth) weigh() {
	last := sales.MonthOf(c.asOf)
	if last.To > c.asOf {
		last = sales.MonthOf(last.From - 1)
	}
	from, to := last.From.AddMonths(-11), last.To
	const sold = `FROM checked_day d
LEFT JOIN (SELECT day, SUM(net) AS net FROM checked_line GROUP BY day) s ON s.day = d.day
WHERE d.selling = 1 AND d.day BETWEEN ? AND ?`
	mean := c.float("SELECT SUM(COALESCE(s.net, 0)) * 1.0 / COUNT(*) "+sold, from, to)
	for m := from; m <= to; m = m.AddMonths(1) {
		of := c.float("SELECT SUM(COALESCE(s.net, 0)) * 1.0 / COUNT(*) "+sold, m, m.AddMonths(1)-1)
		c.exec("UPDATE checked_day SET weight = weight * ? WHERE SUBSTR(month, 6, 2) = ?", of/mean, m.String()[5:7])
	}
	for place := range 5 {
		of := c.float("SELECT SUM(COALESCE(s.net, 0)) * 1.0 / COUNT(*) "+sold+" AND d.place = ?", from, to, place)
		c.exec("UPDATE checked_day SET weight = weight * ? WHERE place = ?", max(.05, of/mean), place)
	}
}

// arguments are those of a statement, dates as text.
func arguments(args []any) []any {
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = a
		if d, ok := a.(sales.Date); ok {
			list[i] = d.String()
		}
	}
	return list
}

// float is one number; NULL is 0.
func (c *truth) float(query string, args ...any) float64 {
	c.t.Helper()
	var f sql.NullFloat64
	if err := c.db.QueryRow(query, arguments(args)...).Scan(&f); err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
	return f.Float64
}

// count is one whole number; NULL is 0.
func (c *truth) count(query string, args ...any) int {
	c.t.Helper()
	return int(c.float(query, args...))
}

// won is one amount of whole won, as the program keeps money.
func (c *truth) won(query string, args ...any) sales.Money {
	c.t.Helper()
	return sales.Money(c.float(query, args...)) * sales.MoneyUnit
}

// day is one date; NULL is none.
func (c *truth) day(query string, args ...any) sales.Date {
	c.t.Helper()
	var text sql.NullString
	if err := c.db.QueryRow(query, arguments(args)...).Scan(&text); err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
	d, err := sales.ParseDate(text.String)
	if text.Valid && err != nil {
		c.t.Fatal(err)
	}
	return d
}

// rows hands the fields of every row to take, as texts.
func (c *truth) rows(columns int, take func(row []string), query string, args ...any) {
	c.t.Helper()
	found, err := c.db.Query(query, arguments(args)...)
	if err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	for found.Next() {
		fields, into := make([]sql.NullString, columns), make([]any, columns)
		for i := range fields {
			into[i] = &fields[i]
		}
		if err := found.Scan(into...); err != nil {
			c.t.Fatalf("%s: %v", query, err)
		}
		row := make([]string, columns)
		for i := range fields {
			row[i] = fields[i].String
		}
		take(row)
	}
	if err := found.Err(); err != nil {
		c.t.Fatal(err)
	}
}

// texts is the first column.
func (c *truth) texts(query string, args ...any) []string {
	c.t.Helper()
	var list []string
	c.rows(1, func(row []string) { list = append(list, row[0]) }, query, args...)
	return list
}

// everybody is the scope of the whole company.
const everybody = ""

// by is the condition on staff_no of a scope: a rep, or everybody.
func by(scope string) string {
	if scope == everybody {
		return "1 = 1"
	}
	return "staff_no = '" + scope + "'"
}
