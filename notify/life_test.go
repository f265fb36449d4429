package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/fakeslack"
	"dangol/internal/finding"
	"dangol/notify"

	"github.com/google/go-cmp/cmp"
)

// workplace is a company with a Slack: what a night says is composed, written down
// and delivered.
type workplace struct {
	*world
	desk *desk
}

func newWorkplace(t *testing.T) *workplace {
	t.Helper()
	w := &workplace{newWorld(t), newDesk(t, notify.Caps{Rep: 5, Channel: 15})}
	for i := range w.desk.night.Reps {
		if w.desk.night.Reps[i].ID == "r1" {
			w.desk.night.Reps[i].Email = "kim@example.com" // U1
		}
	}
	return w
}

// night tells one step of a customer's case.
func (w *workplace) night(reason casebook.Reason, f func(*desk) casebook.Change) {
	w.Helper()
	change := f(w.desk)
	change.Reason = reason
	switch reason {
	case casebook.OrderedAgain:
		change.Case.State = casebook.Recovered
	case casebook.ConfirmedLost:
		change.Case.State, change.Case.Sure = casebook.Confirmed, true
	}
	w.outbox.add(w.desk.compose(change)...)
	if _, err := w.drain(); err != nil {
		w.Fatal(err)
	}
}

// silence moves the customer's case on; anew opens another one.
func silence(kind finding.Kind, rep string) func(*desk) casebook.Change {
	return func(d *desk) casebook.Change { return d.step("", silenceOf(kind, "Kim Foods", rep, 100)) }
}

func anew(kind finding.Kind, rep string) func(*desk) casebook.Change {
	return func(d *desk) casebook.Change {
		delete(d.cases, "Kim Foods")
		change := d.step("", silenceOf(kind, "Kim Foods", rep, 100))
		change.Case.ID += ":2"
		return change
	}
}

// screen is what a conversation shows: of each message its first line and, behind
// it, whom it mentions, how often it was edited, whether it links to another; its
// replies indented.
func screen(view fakeslack.View) []string {
	lines := []string{}
	for _, m := range view.Messages() {
		line := opening(m)
		if ids := m.Mentions(); len(ids) > 0 {
			line += " @" + strings.Join(ids, " @")
		}
		if m.Edited > 0 {
			line += fmt.Sprintf(" (edited %d)", m.Edited)
		}
		if strings.Contains(string(m.Blocks), "/archives/") {
			line += " →"
		}
		lines = append(lines, line)
		for _, reply := range m.Replies {
			lines = append(lines, "  "+opening(reply))
		}
	}
	return lines
}

// opening are the first words of a message.
func opening(m fakeslack.Message) string {
	text, _, _ := strings.Cut(m.Plain(), "\n")
	stage, _, _ := strings.Cut(text, ":")
	return stage
}

// TestLifeOfACase follows one customer through overdue, lost, recovered and
// overdue again, as the channel and the owner's direct messages show it.
func TestLifeOfACase(t *testing.T) {
	w := newWorkplace(t)
	for _, step := range []struct {
		name         string
		reason       casebook.Reason
		change       func(*desk) casebook.Change
		channel, own []string
	}{
		{"overdue", casebook.Opened, silence(isOverdue, "r1"), []string{}, []string{"Overdue"}},
		{"lost", casebook.Worsened, silence(isLost, "r1"), []string{"Lost @U1"}, []string{"Lost (edited 1) →"}},
		{"recovered", casebook.OrderedAgain, silence(isBack, "r1"), []string{"Recovered @U1 (edited 1)", "  Recovered"}, []string{"Recovered (edited 2) →"}},
		{"overdue again", casebook.Opened, anew(isOverdue, "r1"), []string{"Recovered @U1 (edited 1)", "  Recovered"}, []string{"Recovered (edited 2) →", "Overdue"}},
		{"and back at once", casebook.OrderedAgain, silence(isBack, "r1"), []string{"Recovered @U1 (edited 1)", "  Recovered"},
			[]string{"Recovered (edited 2) →", "Recovered (edited 1)", "  Recovered"}},
	} {
		w.night(step.reason, step.change)
		if diff := cmp.Diff([][]string{step.channel, step.own}, [][]string{screen(w.slack.Channel("#alerts")), screen(w.slack.DM("U1"))}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	if n := len(w.slack.Channel("#managers").Messages()); n > 0 {
		t.Errorf("%d messages in the managers' channel", n)
	}
}

// TestLifeOfACaseWithoutARep: the channel stands in; one parent, updated in place,
// mentioning nobody.
func TestLifeOfACaseWithoutARep(t *testing.T) {
	w := newWorkplace(t)
	for _, step := range []struct {
		name    string
		reason  casebook.Reason
		change  func(*desk) casebook.Change
		channel []string
	}{
		{"overdue", casebook.Opened, silence(isOverdue, ""), []string{"Overdue"}},
		{"lost", casebook.Worsened, silence(isLost, ""), []string{"Lost (edited 1)", "  Now lost"}},
		{"confirmed", casebook.ConfirmedLost, silence(isLost, ""), []string{"Lost (edited 2)", "  Now lost", "  Confirmed lost"}},
		{"recovered", casebook.OrderedAgain, silence(isBack, ""), []string{"Recovered (edited 3)", "  Now lost", "  Confirmed lost", "  Recovered"}},
		{"overdue again", casebook.Opened, anew(isOverdue, ""),
			[]string{"Recovered (edited 3)", "  Now lost", "  Confirmed lost", "  Recovered", "Overdue"}},
	} {
		w.night(step.reason, step.change)
		if diff := cmp.Diff(step.channel, screen(w.slack.Channel("#alerts"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	if n := len(w.slack.DM("U1").Messages()); n > 0 {
		t.Errorf("%d direct messages about nobody's customer", n)
	}
}
