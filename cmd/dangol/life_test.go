package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// TestCaseLives follows two customers who stop, come back and stop again, one with a
// rep and one without, as channel and direct messages show it night by night.
func TestCaseLives(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	db.Exec(`CREATE TABLE customer (id VARCHAR(20) PRIMARY KEY, name VARCHAR(80), rep VARCHAR(10))`)
	db.Exec(`CREATE TABLE staff (id VARCHAR(10) PRIMARY KEY, name VARCHAR(80), email VARCHAR(80))`)
	db.Exec(`CREATE TABLE sale (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer VARCHAR(20), sold_on DATE, amount DECIMAL(14,2), rep VARCHAR(10))`)
	db.Exec(`INSERT INTO staff VALUES ('R0', 'Park Jimin', 'rep0@example.com')`)
	start := sales.NewDate(2026, time.March, 2)
	back := start + 45 // both order twice more, a week apart, and stop for good
	for i := range 60 {
		id, name, until := fmt.Sprintf("C%02d", i), fmt.Sprintf("Shop %02d", i), start+140
		var rep any = "R0"
		switch i {
		case 0:
			name, until = "Kim Foods", start
		case 1:
			name, until, rep = "Lone Bakery", start, nil
		}
		db.Exec(`INSERT INTO customer VALUES (?, ?, ?)`, id, name, rep)
		var rows []string
		var args []any
		for d := start - 400 + sales.Date(i%7); d <= until; d += 7 {
			rows, args = append(rows, "(?, ?, ?, ?)"), append(args, id, d.String(), 100_000, rep)
		}
		if i < 2 {
			for _, d := range []sales.Date{back, back + 7} {
				rows, args = append(rows, "(?, ?, ?, ?)"), append(args, id, d.String(), 100_000, rep)
			}
		}
		db.Exec(`INSERT INTO sale (customer, sold_on, amount, rep) VALUES `+strings.Join(rows, ", "), args...)
	}
	o := newOffice(t, db.DSN, "rep0@example.com")
	for night := start; night <= back+7+60; night++ {
		if out := dangol(t, "job", "lost-customers", "--config", o.config, "--as-of", night.String()); out.code != 0 {
			t.Fatalf("%s: exit %d: %s", night, out.code, out.stderr)
		}
	}
	channel, direct := o.slack.Channel("#sales-alerts"), o.slack.DM(o.users[0])
	checkLife(t, "with a rep, in the channel", concerning(channel, "Kim Foods"), "Recovered", "Lost")
	checkLife(t, "with a rep, direct messages", concerning(direct, "Kim Foods"), "Recovered", "Lost")
	checkLife(t, "without a rep", concerning(channel, "Lone Bakery"), "Recovered", "Lost")
	if len(concerning(direct, "Lone Bakery")) > 0 {
		t.Error("a rep reads of somebody else's customer")
	}
	for i, m := range concerning(channel, "Kim Foods") {
		line := concerning(direct, "Kim Foods")[i]
		if !strings.Contains(string(line.Blocks), fakeslack.Permalink(channel.ID(), m.TS)) {
			t.Errorf("direct message %d does not link to its parent: %s", i, line.Plain())
		}
	}
	if _, err := os.Stat(statePath(o)); err != nil {
		t.Error(err)
	}
}

// concerning are a view's messages about a customer, the first summary and what is told of a decline left out.
func concerning(view fakeslack.View, customer string) []fakeslack.Message {
	var list []fakeslack.Message
	for _, m := range view.Messages() {
		if strings.Contains(m.Text, customer) && !strings.HasPrefix(m.Text, "Baseline") && !strings.HasPrefix(m.Text, "Declining") {
			list = append(list, m)
		}
	}
	return list
}

// checkLife holds the messages about one customer: two cases, the first one closed,
// one mention at most in each.
func checkLife(t *testing.T, name string, messages []fakeslack.Message, stages ...string) {
	t.Helper()
	if len(messages) != len(stages) {
		var texts []string
		for _, m := range messages {
			texts = append(texts, m.Text)
		}
		t.Fatalf("%s: %d messages, want %d: %q", name, len(messages), len(stages), texts)
	}
	for i, m := range messages {
		if !strings.HasPrefix(m.Text, stages[i]) {
			t.Errorf("%s: message %d reads %q; want %s", name, i, m.Text, stages[i])
		}
		if len(m.Mentions()) > 1 {
			t.Errorf("%s: message %d mentions %v", name, i, m.Mentions())
		}
	}
}
