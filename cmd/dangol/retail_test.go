package main

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// loadRetail fills the tables of an office's config with a year of real invoices.
func loadRetail(db *testdb.DB, invoices []retail.Invoice) {
	db.Exec(`CREATE TABLE customer (id VARCHAR(20) PRIMARY KEY, name VARCHAR(80), rep VARCHAR(10))`)
	db.Exec(`CREATE TABLE staff (id VARCHAR(10) PRIMARY KEY, name VARCHAR(80), email VARCHAR(80))`)
	db.Exec(`CREATE TABLE sale (id VARCHAR(20), customer VARCHAR(20), sold_on DATE, amount DECIMAL(14,2), rep VARCHAR(10))`)
	known := map[string]bool{}
	var rows []string
	var args []any
	for i, inv := range invoices {
		if !known[inv.CustomerID] {
			known[inv.CustomerID] = true
			db.Exec(`INSERT INTO customer VALUES (?, ?, NULL)`, inv.CustomerID, "Customer "+inv.CustomerID)
		}
		rows = append(rows, "(?, ?, ?, ?, NULL)")
		args = append(args, strconv.Itoa(i), inv.CustomerID, inv.Date.String(), inv.Amount.String())
		if len(rows) == 1000 || i == len(invoices)-1 {
			db.Exec(`INSERT INTO sale VALUES `+strings.Join(rows, ", "), args...)
			rows, args = nil, nil
		}
	}
}

// TestRetail runs score and the job on real invoices in a real server.
func TestRetail(t *testing.T) {
	t.Parallel()
	invoices, err := retail.Invoices()
	if err != nil {
		t.Fatal(err)
	}
	db := testdb.New(t)
	loadRetail(db, invoices)
	office := newOffice(t, db.DSN)
	t.Run("score", func(t *testing.T) { scoreRetail(t, office, invoices) })
	t.Run("job", func(t *testing.T) { tellRetail(t, office) })
}

// scoreRetail holds p_silent against what came: no order in the next h days.
func scoreRetail(t *testing.T, o office, invoices []retail.Invoice) {
	asOf, end := sales.NewDate(2011, 7, 31), sales.NewDate(2011, 12, 9)
	args := []string{"score", "--config", o.config, "--as-of", asOf.String()}
	out := dangol(t, args...)
	if out.code != 0 {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	if again := dangol(t, args...); again.stdout != out.stdout {
		t.Error("the same data and date give another score")
	}
	records, err := csv.NewReader(strings.NewReader(out.stdout)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(records[0], ","); got != strings.Join(scoreColumns, ",") {
		t.Fatalf("header %s", got)
	}
	net := map[string]map[sales.Date]sales.Money{}
	for _, inv := range invoices {
		if net[inv.CustomerID] == nil {
			net[inv.CustomerID] = map[sales.Date]sales.Money{}
		}
		net[inv.CustomerID][inv.Date] += inv.Amount
	}
	var said []float64
	var silent []bool
	for _, r := range records[1:] {
		orders, _ := strconv.Atoi(r[3])
		cadence, _ := strconv.ParseFloat(r[7], 64)
		horizon := sales.Date(max(3*cadence, 30))
		if orders < 3 || asOf+horizon > end {
			continue
		}
		p, err := strconv.ParseFloat(r[9], 64)
		if err != nil {
			t.Fatalf("p_silent of %s: %v", r[0], err)
		}
		said = append(said, p)
		silent = append(silent, !boughtWithin(net[r[0]], asOf, asOf+horizon))
	}
	area, brier := ranking(said, silent)
	t.Logf("%d customers: AUC %.4f, Brier %.4f", len(said), area, brier)
	if len(said) < 600 || area < .795 || brier > .125 {
		t.Errorf("of %d customers AUC %.4f, Brier %.4f; want at least 600, .795, and at most .125", len(said), area, brier)
	}
}

func boughtWithin(net map[sales.Date]sales.Money, after, through sales.Date) bool {
	for d, amount := range net {
		if d > after && d <= through && amount > 0 {
			return true
		}
	}
	return false
}

// ranking returns the area under the ROC curve and the Brier score.
func ranking(said []float64, came []bool) (area, brier float64) {
	order := make([]int, len(said))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case said[a] < said[b]:
			return -1
		case said[a] > said[b]:
			return 1
		}
		return 0
	})
	ranks, positives := 0.0, 0.0
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && said[order[j]] == said[order[i]] {
			j++
		}
		for _, at := range order[i:j] {
			outcome := 0.0
			if came[at] {
				outcome = 1
				ranks += float64(i+j+1) / 2
				positives++
			}
			brier += (said[at] - outcome) * (said[at] - outcome)
		}
		i = j
	}
	negatives := float64(len(said)) - positives
	return (ranks - positives*(positives+1)/2) / (positives * negatives), brier / float64(len(said))
}

// tellRetail runs successive days: a baseline, then only news, each once.
func tellRetail(t *testing.T, o office) {
	for _, day := range []string{"2011-07-10", "2011-07-17", "2011-07-24", "2011-07-24", "2011-07-31"} {
		if out := dangol(t, "job", "lost-customers", "--config", o.config, "--as-of", day); out.code != 0 {
			t.Fatalf("%s: exit %d: %s", day, out.code, out.stderr)
		}
	}
	messages := o.slack.Channel("#sales-alerts").Messages()
	kinds, about := map[string]int{}, map[string]int{}
	for _, m := range messages {
		kind, rest, _ := strings.Cut(m.Text, ":")
		kinds[kind]++
		if _, customer, ok := strings.Cut(rest, "Customer "); ok && kind != "Recovered" {
			about[customer[:5]]++
		}
	}
	if !strings.HasPrefix(messages[0].Text, "Baseline") || kinds["Baseline"] != 1 {
		t.Errorf("want one baseline, first: %v", kinds)
	}
	if kinds["Lost"]+kinds["Overdue"] < 3 || kinds["Recovered"] == 0 {
		t.Errorf("too little to say for three weeks: %v", kinds)
	}
	for customer, n := range about {
		if n != 1 {
			t.Errorf("customer %s has %d messages of its own", customer, n)
		}
	}
	for id, n := range o.shown() {
		if n != 1 {
			t.Errorf("delivery %s stands %d times", id, n)
		}
	}
}
