package notify_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/fakeslack"
	"dangol/internal/finding"
	"dangol/notify"
	"dangol/notify/slack"

	"dangol/internal/sales"
)

// TestFlood: 500 findings in one night for 12 reps. No place gets more than its cap
// and one roll-up, Slack's pace of a message a second and channel is kept without one
// refusal, and the next night tells none of them again.
func TestFlood(t *testing.T) {
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	fake := fakeslack.Start(t, clock)
	fake.AddChannel("alerts")
	began, taken, refused := now, map[string]int{}, 0
	fake.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
		if r.Method != "chat.postMessage" {
			return fakeslack.Effect{}
		}
		// A message a second and channel, after a burst of four.
		channel := r.Args["channel"]
		if float64(taken[channel]) > 3.1+now.Sub(began).Seconds() {
			refused++
			return fakeslack.RateLimit(time.Second)
		}
		taken[channel]++
		return fakeslack.Effect{}
	})
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 15})
	d.night.Reps = nil
	for i := range 12 {
		email := fmt.Sprintf("rep%d@example.com", i)
		fake.AddUser(fakeslack.User{ID: fmt.Sprintf("UREP%d", i), Email: email})
		d.night.Reps = append(d.night.Reps, sales.Rep{ID: fmt.Sprint("r", i), Name: fmt.Sprint("Rep ", i), Email: email})
	}
	var changes []casebook.Change
	for i := range 500 {
		kind := finding.CustomerLost
		if i%2 == 0 {
			kind = finding.CustomerOverdue
		}
		changes = append(changes, d.step(casebook.Opened, silenceOf(kind, fmt.Sprintf("Customer %03d", i), fmt.Sprint("r", i%12), i+1)))
	}
	box := newMemory()
	client := slack.New(slack.Options{Token: fake.Token, APIURL: fake.APIURL()})
	dispatcher := &notify.Dispatcher{Outbox: box, Messenger: client, Directory: client, Channels: map[string]string{notify.Alerts: "#alerts"},
		Clock: clock, Sleep: func(_ context.Context, by time.Duration) error { now = now.Add(by); return nil }}
	box.add(d.compose(changes...)...)
	if report, err := dispatcher.Drain(t.Context()); err != nil || report.Left > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	if refused > 0 {
		t.Errorf("Slack had to slow us down %d times", refused)
	}
	views := map[string]fakeslack.View{"alerts": fake.Channel("#alerts")}
	for i := range 12 {
		views[fmt.Sprint("rep ", i)] = fake.DM(fmt.Sprintf("UREP%d", i))
	}
	for place, view := range views {
		most := 5
		if place == "alerts" {
			most = 15
		}
		if n := len(view.Messages()); n == 0 || n > most+1 {
			t.Errorf("%s shows %d messages; want at most %d and a roll-up", place, n, most)
		}
	}
	told := map[string]bool{}
	for _, c := range d.cases {
		told[string(c.Told)] = true
		if c.Told != casebook.ByMessage && c.Told != casebook.ByRollUp {
			t.Errorf("%s was told %q", c.CustomerID, c.Told)
		}
	}
	if len(d.cases) != 500 || len(told) != 2 {
		t.Errorf("%d cases told, in the ways %v", len(d.cases), told)
	}
	night := casebook.Night{AsOf: d.night.AsOf, LastOrder: func(finding.Finding) sales.Date { return 20740 },
		Customer: func(string) (casebook.Watched, bool) { return casebook.Watched{LastOrder: 20740}, true }}
	var open []casebook.Case
	for _, c := range d.cases {
		c.LastOrder, c.Kind = 20740, finding.CustomerLost
		open = append(open, c)
		night.Findings = append(night.Findings, silenceOf(finding.CustomerLost, c.CustomerID, c.RepID, 1))
	}
	if again := casebook.Reconcile(open, night); len(again) != 0 {
		t.Errorf("the next night tells %d of them again", len(again))
	}
}
