package notify_test

import (
	"slices"
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/fakeslack"
	"dangol/internal/finding"
	"dangol/notify"
)

// visitWords are what only the owner and the managers above may read.
var visitWords = []string{visitEvidence, "Not visited"}

// checkPublic: what a channel reads, or would read in the place of a direct message,
// tells nothing of visits.
func checkPublic(t *testing.T, messages []notify.Message) {
	t.Helper()
	for _, m := range messages {
		read := ""
		if m.To.Rep == "" {
			read = wordsOf(m.Text, m.Blocks)
		}
		if m.Public != nil {
			read += "\n" + wordsOf(m.Public.Text, m.Public.Blocks)
		}
		for _, words := range visitWords {
			if strings.Contains(read, words) {
				t.Errorf("%s: a channel may read %q:\n%s", route(m), words, read)
			}
		}
	}
}

// A roll-up of direct messages that cannot be delivered shows the channel what it may
// read of it, with the owner's name, and says how many those are.
func TestRolledUpVisitsAreForTheOwner(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 0, Channel: 9})
	messages := d.compose(lastingCase(lastingOf(finding.RegularNeglected, "r1")), d.step(casebook.Opened, silenceOf(isOverdue, "Lee", "r1", 50)))
	checkPublic(t, messages)
	if len(messages) != 1 || !strings.Contains(wordsOf(messages[0].Text, messages[0].Blocks), "Not visited: Kim") {
		t.Fatalf("the owner does not read of it: %s", saidBy(messages))
	}
	public := wordsOf(messages[0].Public.Text, messages[0].Public.Blocks)
	if !strings.Contains(public, "1 more customer ") || !strings.Contains(public, "Overdue: Lee") || !strings.Contains(public, "Ann") {
		t.Errorf("a channel would read\n%s", public)
	}
	d = newDesk(t, notify.Caps{Rep: 0, Channel: 9})
	if messages = d.compose(lastingCase(lastingOf(finding.RegularNeglected, "r1"))); messages[0].Public != nil {
		t.Errorf("a channel may read %s", wordsOf(messages[0].Public.Text, messages[0].Public.Blocks))
	}
}

// What followed a long roll-up in its thread follows it into the channel.
func TestLongRollUpOfAnUnreachableOwner(t *testing.T) {
	w := newWorkplace(t)
	w.desk.composer.Caps.Rep = 0
	w.with = func(d *notify.Dispatcher) { d.Redirect = notify.ForChannel }
	w.slack.Fail("conversations.open", -1, fakeslack.Refuse("user_disabled"))
	w.outbox.add(w.desk.compose(w.desk.many(41, isOverdue, "r1")...)...)
	if report, err := w.drain(); err != nil || report.Dead != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	if got := w.slack.Channel("#alerts").Messages(); len(got) != 1 || len(got[0].Replies) != 1 {
		t.Errorf("the channel shows %d messages", len(got))
	}
}

// A direct message that had to go to the channel stays there, and so does what
// follows it: in words for the channel.
func TestWhatFollowsARedirectedMessage(t *testing.T) {
	type step struct {
		reason casebook.Reason
		kind   finding.Kind
	}
	for name, c := range map[string]struct {
		steps []step
		want  []string
	}{
		"becomes lost": {[]step{{casebook.Worsened, isLost}}, []string{"Lost (edited 1) →", "Lost"}},
		"recovers":     {[]step{{casebook.OrderedAgain, isBack}}, []string{"Recovered (edited 1)", "  Recovered"}},
		"awakes":       {[]step{{casebook.Woke, isOverdue}}, []string{"Overdue (edited 1)", "  The date has come to look at this again"}},
		"lost and back": {[]step{{casebook.Worsened, isLost}, {casebook.OrderedAgain, isBack}},
			[]string{"Recovered (edited 2) →", "Recovered (edited 1)", "  Recovered"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			w.with = func(d *notify.Dispatcher) { d.Redirect = notify.ForChannel }
			w.slack.Fail("conversations.open", -1, fakeslack.Refuse("user_disabled"))
			w.night(casebook.Opened, silence(isOverdue, "r1"))
			for _, s := range c.steps {
				w.night(s.reason, silence(s.kind, "r1"))
			}
			var shown []string
			for _, line := range screen(w.slack.Channel("#alerts")) {
				shown = append(shown, strings.Replace(line, " @U1", "", 1))
			}
			if !slices.Equal(shown, c.want) {
				t.Errorf("the channel shows %q; want %q", shown, c.want)
			}
			for _, m := range w.slack.Channel("#alerts").Messages() {
				for _, words := range []string{visitEvidence, "of your "} {
					if read := m.Text + m.Plain(); strings.Contains(read, words) {
						t.Errorf("the channel reads %q:\n%s", words, read)
					}
				}
			}
		})
	}
}
