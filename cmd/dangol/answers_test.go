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

// answered is a daemon that listens to buttons, over a small company in which Kim
// stops ordering.
type answered struct {
	*ordeal
	db  *testdb.DB
	day sales.Date // of the next run
	web string     // address of /readyz
}

const (
	owner, boss, other = "U000", "U001", "U002"
	kimFoods           = "Kim Foods"
)

// newAnswered lets Kim's last order be ten days old on the day of the baseline.
func newAnswered(t *testing.T) *answered {
	t.Helper()
	db := testdb.New(t)
	db.Exec(`CREATE TABLE customer (id VARCHAR(20) PRIMARY KEY, name VARCHAR(80), rep VARCHAR(10))`)
	db.Exec(`CREATE TABLE staff (id VARCHAR(10) PRIMARY KEY, name VARCHAR(80), email VARCHAR(80), boss VARCHAR(10))`)
	db.Exec(`CREATE TABLE sale (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer VARCHAR(20), sold_on DATE, amount DECIMAL(14,2), rep VARCHAR(10))`)
	db.Exec(`INSERT INTO staff VALUES ('R0', 'Park Jimin', 'rep0@example.com', 'R1'), ('R1', 'Lee Boss', 'rep1@example.com', NULL), ('R2', 'Choi Other', 'rep2@example.com', 'R1')`)
	start := sales.NewDate(2026, time.September, 7) // a Monday
	for i := range 60 {
		id, name, until := fmt.Sprintf("C%02d", i), fmt.Sprintf("Shop %02d", i), start+120
		if i == 0 {
			name, until = kimFoods, start-10
		}
		db.Exec(`INSERT INTO customer VALUES (?, ?, ?)`, id, name, fmt.Sprintf("R%d", 2*(i%2)))
		var rows []string
		var args []any
		for d := start - 400 + sales.Date(i%7); d <= until; d += sales.Date(7 + (i+int(d))%3) {
			rows, args = append(rows, "(?, ?, ?, ?)"), append(args, id, d.String(), 100_000+1000*i, fmt.Sprintf("R%d", 2*(i%2)))
		}
		db.Exec(`INSERT INTO sale (customer, sold_on, amount, rep) VALUES `+strings.Join(rows, ", "), args...)
	}
	o := newOffice(t, db.DSN, "rep0@example.com", "rep1@example.com", "rep2@example.com")
	a := &answered{ordeal: newOrdeal(t, o, db.DSN, 3), db: db, day: start}
	text, err := os.ReadFile(a.config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "NULL AS manager_id", "boss AS manager_id", 1)
	changed = strings.Replace(changed, "slack: {", fmt.Sprintf("slack: {app_token: %q, ", o.slack.AppToken()), 1)
	a.web = freeAddress(t)
	a.write(t, changed+fmt.Sprintf("http: {listen: %q}\ncalendar: {quiet_hours: \"\"}\n", a.web))
	return a
}

// begin starts the daemon on the morning of the baseline.
func (a *answered) begin() {
	first := a.day.Time()
	a.at(time.Date(first.Year(), first.Month(), first.Day(), 7, 30, 0, 0, a.zone))
	a.start()
	a.until("a state", func() bool { _, left := a.standing(); return left >= 0 })
	a.listening()
}

func (a *answered) listening() {
	a.until("listening", func() bool { open, _ := a.slack.Sockets(); return open > 0 })
}

// morning lets the next selling day's run happen.
func (a *answered) morning() {
	for day := a.day.Weekday(); day == time.Saturday || day == time.Sunday; day = a.day.Weekday() {
		a.day++
	}
	a.ordeal.day(a.day, "calm")
	a.day++
}

// mornings lets days pass until something is seen.
func (a *answered) mornings(what string, seen func() bool) {
	a.t.Helper()
	for range 60 {
		if seen() {
			return
		}
		a.morning()
	}
	a.t.Fatalf("not within 60 runs: %s", what)
}

// kims are the messages of a view that are about Kim.
func kims(view fakeslack.View) []fakeslack.Message {
	var list []fakeslack.Message
	for _, m := range view.Messages() {
		if strings.Contains(m.Text, kimFoods) {
			list = append(list, m)
		}
	}
	return list
}

func (a *answered) alerts() fakeslack.View { return a.slack.Channel("#sales-alerts") }

// parent is Kim's message in the channel.
func (a *answered) parent() fakeslack.Message {
	if list := kims(a.alerts()); len(list) > 0 {
		return list[len(list)-1]
	}
	return fakeslack.Message{}
}

// press presses something on Kim's message and waits until it says so.
func (a *answered) press(user, action, value, says string) {
	a.t.Helper()
	if _, err := a.slack.Press(a.alerts().ID(), a.parent().TS, user, action, value); err != nil {
		a.t.Fatal(err)
	}
	a.until(says, func() bool { return strings.Contains(a.parent().Plain(), says) })
}

// told waits for what only one user reads.
func (a *answered) told(user, says string) {
	a.t.Helper()
	a.until(user+" reads "+says, func() bool {
		for _, e := range a.slack.Ephemerals() {
			if e.User == user && strings.Contains(e.Text, says) {
				return true
			}
		}
		return false
	})
}

// TestCaseLife is the whole life of a case: overdue in the owner's direct messages,
// lost in the channel, taken, snoozed, awake again, saved. One parent, four replies,
// one mention, and the direct message closes with the link.
func TestCaseLife(t *testing.T) {
	t.Parallel()
	a := newAnswered(t)
	a.begin()
	a.mornings("overdue", func() bool { return len(kims(a.slack.DM(owner))) > 0 })
	first := kims(a.slack.DM(owner))[0]
	if !strings.HasPrefix(first.Text, "Overdue: "+kimFoods) || len(kims(a.alerts())) > 0 {
		t.Fatalf("direct %q, channel %d", first.Text, len(kims(a.alerts())))
	}
	a.mornings("lost", func() bool { return len(kims(a.alerts())) > 0 })
	if !strings.HasPrefix(a.parent().Text, "Lost: "+kimFoods) {
		t.Fatalf("the channel reads %q", a.parent().Text)
	}
	a.press(owner, "take", "", "Park Jimin is on it")
	a.press(owner, "snooze", "7", "Put off until")
	replies := len(a.parent().Replies)
	a.mornings("awake", func() bool { return len(a.parent().Replies) > replies })
	if !strings.Contains(a.parent().Plain(), "Park Jimin is on it") || strings.Contains(a.parent().Plain(), "Put off") {
		t.Errorf("awake it reads\n%s", a.parent().Plain())
	}
	a.db.Exec(`INSERT INTO sale (customer, sold_on, amount, rep) VALUES ('C00', ?, 250000, 'R0')`, (a.day - 1).String())
	a.mornings("recovered", func() bool { return strings.HasPrefix(a.parent().Text, "Recovered") })
	a.wantLife(t)
	if out := a.terminate(); out.code != 0 {
		t.Errorf("exit %d: %s", out.code, tailOf(out.stderr))
	}
}

// wantLife looks at what a saved case leaves in Slack.
func (a *answered) wantLife(t *testing.T) {
	t.Helper()
	parents, direct := kims(a.alerts()), kims(a.slack.DM(owner))
	if len(parents) != 1 || len(direct) != 1 {
		t.Fatalf("%d parents, %d direct messages; want one of each", len(parents), len(direct))
	}
	parent := parents[0]
	if !strings.Contains(parent.Plain(), "Saved: Park Jimin was on it") || strings.Contains(string(parent.Blocks), `"actions"`) {
		t.Errorf("the parent reads\n%s\n%s", parent.Plain(), parent.Blocks)
	}
	if m := parent.Mentions(); len(m) > 1 {
		t.Errorf("mentions %v", m)
	}
	var said []string
	for _, r := range parent.Replies {
		said = append(said, r.Text)
	}
	want := []string{"is on it", "has put this off", "still no order", "Recovered and saved"}
	if len(said) != len(want) {
		t.Fatalf("%d replies: %q; want %d", len(said), said, len(want))
	}
	for i := range want {
		if !strings.Contains(said[i], want[i]) {
			t.Errorf("reply %d reads %q; want %q", i, said[i], want[i])
		}
	}
	if link := fakeslack.Permalink(a.alerts().ID(), parent.TS); !strings.Contains(string(direct[0].Blocks), link) {
		t.Errorf("the direct message does not link to the parent:\n%s", direct[0].Plain())
	}
}

func (a *answered) terminate() outcome {
	_ = a.daemon.cmd.Process.Signal(os.Interrupt)
	return a.daemon.wait(a.t)
}

// TestAnswersThroughTheDaemon presses as people do: strangers, twice, after a
// restart, on a closed case; asks for details and a form; and finds the lesson in
// what is concluded next.
func TestAnswersThroughTheDaemon(t *testing.T) {
	t.Parallel()
	a := newAnswered(t)
	a.slack.AddUser(fakeslack.User{ID: "U-guest", Email: "guest@example.com", Guest: true})
	a.begin()
	a.mornings("lost", func() bool { return len(kims(a.alerts())) > 0 })
	pressAs := func(user, action, value string) string {
		envelope, err := a.slack.Press(a.alerts().ID(), a.parent().TS, user, action, value)
		if err != nil {
			t.Fatal(err)
		}
		a.until("acknowledged", func() bool { _, ok := a.slack.Acked(envelope); return ok })
		return envelope
	}
	pressAs(other, "take", "")
	a.told(other, "Only the rep")
	pressAs("U-guest", "take", "")
	a.told("U-guest", "Guests")
	twice := pressAs(boss, "take", "")
	a.until("taken", func() bool { return strings.Contains(a.parent().Plain(), "Lee Boss is on it") })
	a.slack.Again(twice)
	pressAs(boss, "take", "")
	a.told(boss, "stands already")

	if out := a.terminate(); out.code != 0 {
		t.Fatalf("exit %d: %s", out.code, tailOf(out.stderr))
	}
	a.start()
	a.listening()
	pressAs(owner, "details", "")
	a.told(owner, kimFoods)
	pressAs(owner, "dismiss", "other")
	a.until("a form", func() bool { return len(a.slack.Dialogs()) == 1 })
	if _, err := a.slack.Submit(owner, map[string]string{"text": "moved to a new shop & <!channel>"}); err != nil {
		t.Fatal(err)
	}
	a.until("dismissed", func() bool { return strings.Contains(a.parent().Plain(), "Not a loss") })
	if a.parent().Broadcasts() > 0 {
		t.Error("what somebody wrote calls everybody")
	}
	if n := len(a.parent().Replies); n != 2 {
		t.Errorf("%d replies; want those of two answers", n)
	}
	a.slack.Command(owner, a.slack.DM(owner).ID(), "mine")
	a.told(owner, "no open cases")
	a.slack.Disconnect("warning")
	a.listening()
	a.slack.RefuseSockets("missing_scope")
	a.slack.Hangup()
	a.until("not ready", func() bool {
		_, checks, err := (watch{listen: a.web}).ready()
		return err == nil && strings.Contains(checks["buttons"], "missing_scope")
	})
	a.morning() // the rest of the daemon does not mind
	a.slack.RefuseSockets("")
	a.listening()
	a.terminate()
}
