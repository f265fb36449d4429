package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/fakeslack"
	"dangol/internal/sales"
	"dangol/notify"
)

// TestThreadGone loses the whole thread before the update: the message is
// posted anew, and later updates go to the new one.
func TestThreadGone(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	w.slack.Channel("#alerts").Delete(w.slack.Channel("#alerts").Messages()[0].TS)
	w.outbox.add(follow(notify.Update, "u1", "a1", "alerts"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	w.outbox.add(follow(notify.Update, "u2", "a1", "alerts"), follow(notify.Reply, "r1", "a1", "alerts"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	got := w.slack.Channel("#alerts").Messages()
	if len(got) != 1 || got[0].Edited != 1 || len(got[0].Replies) != 1 || !strings.Contains(got[0].Text, "u2") {
		t.Errorf("shown %+v", got)
	}
}

// TestTargetNeverDelivered: what follows a dead message stands on its own.
func TestTargetNeverDelivered(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"), follow(notify.Reply, "r1", "a1", "alerts"), withLink(post("m1", "managers"), "a1"))
	w.outbox.deliveries["a1"].State = notify.Dead
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"alerts": {"r1"}, "managers": {"m1"}}
	if diff := cmp.Diff(want, w.everything()); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestRingOfLinks: two messages that link to each other are both sent.
func TestRingOfLinks(t *testing.T) {
	w := newWorld(t, withLink(post("a1", "alerts"), "m1"), withLink(post("m1", "managers"), "a1"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"alerts": {"a1"}, "managers": {"m1"}}, w.everything()); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestLinkToALaterMessage: the order of writing does not decide who waits.
func TestLinkToALaterMessage(t *testing.T) {
	w := newWorld(t, withLink(dm("d1", "R1", "kim@example.com"), "a1"), post("a1", "alerts"), dm("d2", "R1", "kim@example.com"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	parent := w.slack.Channel("#alerts").Messages()[0]
	link := fakeslack.Permalink(w.slack.Channel("#alerts").ID(), parent.TS)
	for _, m := range w.slack.DM("U1").Messages() {
		if m.DeliveryID() == "d1" && !strings.Contains(string(m.Blocks), link) {
			t.Errorf("no link in %s", m.Blocks)
		}
	}
}

// TestSameCaseKeepsItsOrder: a message that waits for another channel holds back
// the later ones of its case and of its target, and nothing else.
func TestSameCaseKeepsItsOrder(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"), post("a2", "alerts"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	worse := withLink(follow(notify.Update, "u1", "a1", "alerts"), "m1")
	better := follow(notify.Update, "u2", "a1", "alerts")
	first, second := withLink(post("c1", "alerts"), "m1"), post("c2", "alerts")
	first.CaseID, second.CaseID = "case 7", "case 7"
	w.outbox.add(post("m1", "managers"), worse, better, first, second, post("a3", "alerts"))
	w.slack.Channel("#managers").Archive()
	if _, err := w.drain(); err == nil {
		t.Fatal("no error with a channel archived")
	}
	if diff := cmp.Diff([]string{"a1", "a2", "a3"}, w.shown(w.slack.Channel("#alerts"))); diff != "" {
		t.Errorf("while it waits (-want +got):\n%s", diff)
	}
	w.slack.Channel("#managers").Unarchive()
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a1*", "a2", "a3", "c1", "c2"}, w.shown(w.slack.Channel("#alerts"))); diff != "" {
		t.Errorf("in the end (-want +got):\n%s", diff)
	}
	if text := w.slack.Channel("#alerts").Messages()[0].Text; !strings.Contains(text, "u2") {
		t.Errorf("the older update won: %s", text)
	}
}

// TestUnknownRepIsAskedForOnce in a drain, and again in the next.
func TestUnknownRepIsAskedForOnce(t *testing.T) {
	w := newWorld(t, dm("d1", "R9", "new@example.com"), dm("d2", "R9", "new@example.com"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if n := len(w.slack.Requests("users.lookupByEmail")); n != 1 {
		t.Errorf("asked %d times", n)
	}
	w.slack.AddUser(fakeslack.User{ID: "U9", Email: "new@example.com"})
	w.outbox.add(dm("d3", "R9", "new@example.com"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"d3"}, w.shown(w.slack.DM("U9"))); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestAddressesAreRemembered asks Slack once for what does not change, and
// again when the remembered answer no longer works.
func TestAddressesAreRemembered(t *testing.T) {
	w := newWorld(t, night()...)
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	before := len(w.slack.Requests("users.lookupByEmail", "conversations.open", "conversations.list"))
	w.outbox.add(post("a3", "alerts"), dm("d3", "R1", "KIM@example.com"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if after := len(w.slack.Requests("users.lookupByEmail", "conversations.open", "conversations.list")); after != before {
		t.Errorf("%d look-ups of known addresses", after-before)
	}
	w.outbox.addresses["channel:#alerts"] = "C9999999"
	w.outbox.addresses["user:kim@example.com"] = "U999"
	w.outbox.addresses["direct:U999"] = "D9999999"
	w.outbox.add(post("a4", "alerts"), dm("d4", "R1", "kim@example.com"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if got := w.shown(w.slack.Channel("#alerts")); got[len(got)-1] != "a4" {
		t.Errorf("alerts show %q", got)
	}
	if got := w.shown(w.slack.DM("U1")); got[len(got)-1] != "d4" {
		t.Errorf("the rep sees %q", got)
	}
}

// TestChannelNotListed posts to the name itself, and remembers the id.
func TestChannelNotListed(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"))
	w.slack.Fail("conversations.list", -1, fakeslack.Refuse("missing_scope"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if id := w.outbox.addresses["channel:#alerts"]; id != w.slack.Channel("#alerts").ID() {
		t.Errorf("remembered %q", id)
	}
}

func TestRedirect(t *testing.T) {
	t.Run("named", func(t *testing.T) {
		w := newWorld(t, dm("d1", "R9", ""))
		report, err := w.drain()
		if err != nil || report.Redirected != 1 {
			t.Fatalf("%+v, %v", report, err)
		}
		m := w.slack.Channel("#alerts").Messages()[0]
		if !strings.Contains(m.Plain(), "Rep R9") || !strings.HasPrefix(m.Text, "Lost: d1") || len(m.Mentions()) != 0 {
			t.Errorf("%q mentions %q", m.Plain(), m.Mentions())
		}
	})
	t.Run("reworded", func(t *testing.T) {
		w := newWorld(t, dm("d1", "R9", ""), dm("secret", "R9", ""))
		w.with = func(d *notify.Dispatcher) {
			d.Redirect = func(m notify.Message) (notify.Message, bool) {
				m.Text = "for the channel"
				return m, m.ID != "secret"
			}
		}
		report, err := w.drain()
		if err == nil || report.Dead != 1 || report.Redirected != 1 {
			t.Fatalf("%+v, %v", report, err)
		}
		got := w.slack.Channel("#alerts").Messages()
		if len(got) != 1 || got[0].Text != "for the channel" {
			t.Errorf("shown %+v", got)
		}
	})
	t.Run("in a thread", func(t *testing.T) {
		w := newWorld(t, dm("d1", "R1", "kim@example.com"))
		if _, err := w.drain(); err != nil {
			t.Fatal(err)
		}
		m := follow(notify.Update, "u1", "d1", "")
		m.To = notify.Destination{Rep: "R1", Email: "kim@example.com"}
		w.outbox.add(m)
		w.slack.Fail("chat.update", -1, fakeslack.Refuse("channel_not_found"))
		if _, err := w.drain(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"u1"}, w.shown(w.slack.Channel("#alerts"))); diff != "" {
			t.Errorf("shown (-want +got):\n%s", diff)
		}
	})
}

// TestAddressesAreAskedForAnew: once a week who has left Slack is told of in the channel from
// the start, and an address that is somebody else's by now reaches that one. While
// Slack does not answer, what is remembered holds.
func TestAddressesAreAskedForAnew(t *testing.T) {
	reps := []sales.Rep{{ID: "R1", Email: "kim@example.com"}, {ID: "R2", Email: "lee@example.com"}, {ID: "R9", Email: "new@example.com"}}
	w := newWorld(t, dm("d1", "R1", "kim@example.com"), dm("d2", "R2", "lee@example.com"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	for name, effect := range map[string]fakeslack.Effect{"busy": fakeslack.RateLimit(time.Minute), "not allowed": fakeslack.Refuse("missing_scope")} {
		w.slack.Fail("users.lookupByEmail", -1, effect)
		if missing := w.dispatcher().Unreachable(t.Context(), reps, true); missing["R1"] || missing["R2"] {
			t.Errorf("Slack is %s: unreachable %v", name, missing)
		}
		w.slack.Heal()
	}
	w.slack.AddUser(fakeslack.User{ID: "U1", Email: "kim@example.com", Gone: true})
	w.slack.AddUser(fakeslack.User{ID: "U2", Email: "was-lee@example.com"})
	w.slack.AddUser(fakeslack.User{ID: "U3", Email: "lee@example.com"})
	for range 2 {
		if diff := cmp.Diff(map[string]bool{"R1": true, "R9": true}, w.dispatcher().Unreachable(t.Context(), reps, true)); diff != "" {
			t.Errorf("unreachable (-want +got):\n%s", diff)
		}
	}
	w.outbox.add(dm("d3", "R2", "lee@example.com"), withMention(post("a3", "alerts"), "R1", "kim@example.com"))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"d3"}, w.shown(w.slack.DM("U3"))); diff != "" {
		t.Errorf("whose address it is now reads (-want +got):\n%s", diff)
	}
	if got := w.slack.Channel("#alerts").Messages(); len(got) != 1 || len(got[0].Mentions()) != 0 {
		t.Errorf("who has left is mentioned: %+v", got)
	}
}

// TestEverybodyIsAskedForAnew: of more reps than Slack is asked about in one week, each
// is asked about within the next ones, however many they are.
func TestEverybodyIsAskedForAnew(t *testing.T) {
	for _, n := range []int{41, 56, 70} {
		var reps []sales.Rep
		w := newWorld(t)
		for i := range n {
			rep := sales.Rep{ID: fmt.Sprintf("S%02d", i), Email: fmt.Sprintf("s%02d@example.com", i)}
			reps = append(reps, rep)
			w.slack.AddUser(fakeslack.User{ID: "U" + rep.ID, Email: rep.Email})
		}
		w.dispatcher().Unreachable(t.Context(), reps, false) // all are remembered
		before := len(w.slack.Requests("users.lookupByEmail"))
		asked := map[string]bool{}
		for range 2 {
			w.clock.now = w.clock.now.AddDate(0, 0, 7)
			w.dispatcher().Unreachable(t.Context(), reps, true)
		}
		for _, r := range w.slack.Requests("users.lookupByEmail")[before:] {
			asked[r.Args["email"]] = true
		}
		if len(asked) != n {
			t.Errorf("two weeks ask about %d of %d reps", len(asked), n)
		}
	}
}
