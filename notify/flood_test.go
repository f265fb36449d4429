package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/fakeslack"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
)

const (
	floodReps, flooded = 12, 500
	capRep, capChannel = 5, 15
)

// floodOf are the findings of a night on which 500 customers of 12 reps are overdue
// or lost; those of worse are lost now whatever they were.
func floodOf(worse ...int) []finding.Finding {
	var list []finding.Finding
	for i := range flooded {
		kind := isOverdue
		if i%2 == 1 || slices.Contains(worse, i) {
			kind = isLost
		}
		list = append(list, silenceOf(kind, fmt.Sprintf("Customer %03d Ltd", i), fmt.Sprintf("r%02d", i%floodReps), 1+i))
	}
	return list
}

// flood is a company of 12 reps with a Slack.
type flood struct {
	*world
	desk  *desk
	cases []casebook.Case
}

func newFlood(t *testing.T) *flood {
	f := &flood{world: newWorld(t), desk: newDesk(t, notify.Caps{Rep: capRep, Channel: capChannel})}
	f.desk.night.Reps = nil
	for i := range floodReps {
		id := fmt.Sprintf("r%02d", i)
		f.desk.night.Reps = append(f.desk.night.Reps, sales.Rep{ID: id, Name: "Rep " + id, Email: id + "@example.com"})
		f.slack.AddUser(fakeslack.User{ID: "U" + strings.ToUpper(id), Email: id + "@example.com"})
	}
	return f
}

// tell reconciles a night's findings with what was said, composes and delivers, and
// returns what was composed.
func (f *flood) tell(findings []finding.Finding) []notify.Message {
	f.Helper()
	changes := casebook.Reconcile(f.cases, casebook.Night{
		AsOf: f.desk.night.AsOf, Findings: findings,
		LastOrder: func(finding.Finding) sales.Date { return 20740 },
		Customer:  func(string) (casebook.Watched, bool) { return casebook.Watched{LastOrder: 20740}, true },
		Ended:     func(casebook.Case) (finding.Finding, bool) { return finding.Finding{}, false },
	})
	messages, cases := f.desk.composer.Compose(changes, f.desk.night)
	f.desk.night.AsOf++
	for _, c := range cases {
		f.cases = slices.DeleteFunc(f.cases, func(old casebook.Case) bool { return old.ID == c.ID })
		f.cases = append(f.cases, c)
	}
	f.outbox.add(messages...)
	if _, err := f.drain(); err != nil {
		f.Fatal(err)
	}
	return messages
}

// places are the channel and the direct messages, by name, with their caps.
func (f *flood) places() (map[string]fakeslack.View, map[string]int) {
	views, caps := map[string]fakeslack.View{"#alerts": f.slack.Channel("#alerts")}, map[string]int{"#alerts": capChannel}
	for i := range floodReps {
		user := fmt.Sprintf("UR%02d", i)
		views[user], caps[user] = f.slack.DM(user), capRep
	}
	return views, caps
}

// TestFlood: 500 findings in one night come as no more than the cap for each rep and
// the channel, and one roll-up each; Slack's pace is kept; the next night tells none
// of them again, but those that have worsened.
func TestFlood(t *testing.T) {
	f := newFlood(t)
	f.slack.FailWhen(fakeslack.Paced(time.Second, 4))
	f.tell(floodOf())
	views, caps := f.places()
	for name, view := range views {
		own, rollUps, named := 0, 0, map[string]int{}
		for _, m := range view.Messages() {
			text := m.Plain()
			if strings.Contains(text, "more customers to look at") {
				rollUps++
			} else {
				own++
			}
			for _, reply := range m.Replies {
				text += reply.Plain()
			}
			for i := range flooded {
				if customer := fmt.Sprintf("Customer %03d Ltd", i); strings.Contains(text, customer) {
					named[customer]++
				}
			}
		}
		wanted := flooded / floodReps
		if name == "#alerts" {
			wanted = flooded / 2 // overdue ones are their owners' business
		}
		if own != caps[name] || rollUps != 1 || len(named) < wanted || len(named) > wanted+1 {
			t.Errorf("%s: %d messages, %d roll-ups, %d customers named; want %d, 1, %d", name, own, rollUps, len(named), caps[name], wanted)
		}
		for customer, n := range named {
			if n != 1 {
				t.Errorf("%s: %s stands in %d messages", name, customer, n)
			}
		}
	}
	if n := f.refused(); n > 0 {
		t.Errorf("Slack was asked too fast %d times", n)
	}
	if again := f.tell(floodOf()); len(again) != 0 {
		t.Errorf("the next night says %d things again: %v", len(again), routes(again))
	}
	worse := f.tell(floodOf(2, 14)) // both of rep r02, both overdue before
	posts := slices.DeleteFunc(slices.Clone(worse), func(m notify.Message) bool { return m.Op != notify.Post || m.To.Channel == "" })
	if len(posts) != 2 || !strings.Contains(posts[0].Text, "Customer 014") || !strings.Contains(posts[1].Text, "Customer 002") {
		t.Errorf("two customers worsened; the channel is told %v", routes(worse))
	}
}

// refused counts the answers 429.
func (f *flood) refused() int {
	n := 0
	for _, r := range f.slack.Requests() {
		if r.Answer == "http 429" {
			n++
		}
	}
	return n
}

// TestFloodAtASlowerPace: a Slack that takes less than it says puts messages off; each
// still arrives, and once.
func TestFloodAtASlowerPace(t *testing.T) {
	f := newFlood(t)
	f.slack.FailWhen(fakeslack.Paced(2*time.Second, 2))
	sent := map[string]int{}
	for _, m := range f.tell(floodOf()) {
		sent[m.ID] = 0
	}
	views, _ := f.places()
	for _, view := range views {
		for _, m := range view.Messages() {
			sent[m.DeliveryID()]++
			for _, reply := range m.Replies {
				sent[reply.DeliveryID()]++
			}
		}
	}
	for id, n := range sent {
		if n != 1 {
			t.Errorf("message %s stands there %d times", id, n)
		}
	}
	if f.refused() == 0 {
		t.Error("Slack was never asked too fast: the test proves nothing")
	}
}
