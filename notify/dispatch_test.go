package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/fakeslack"
	"dangol/internal/hint"
	"dangol/notify"
)

// night is the outbox of a small night: a parent in the alerts channel, a line
// with its link for the owner, something for the managers, and a second case
// whose parent is answered and updated.
func night() []notify.Message {
	return []notify.Message{
		withMention(post("a1", "alerts"), "R1", "kim@example.com"),
		withLink(dm("d1", "R1", "kim@example.com"), "a1"),
		post("m1", "managers"),
		post("a2", "alerts"),
		follow(notify.Reply, "r2", "a2", "alerts"),
		follow(notify.Update, "u2", "a2", "alerts"),
		dm("d2", "R2", "lee@example.com"),
	}
}

var wholeNight = map[string][]string{
	"alerts": {"a1", "a2*", "a2>r2"}, "managers": {"m1"}, "U1": {"d1"}, "U2": {"d2"},
}

func TestDrain(t *testing.T) {
	w := newWorld(t, night()...)
	report, err := w.drain()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeNight, w.everything()); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	if report.Sent != 7 || report.Left != 0 || report.Adopted != 0 || len(report.Warnings) != 0 {
		t.Errorf("report %+v", report)
	}
	parent := w.slack.Channel("#alerts").Messages()[0]
	if got := parent.Mentions(); !slices.Equal(got, []string{"U1"}) {
		t.Errorf("mentions %q", got)
	}
	link := fakeslack.Permalink(w.slack.Channel("#alerts").ID(), parent.TS)
	if direct := w.slack.DM("U1").Messages()[0]; !strings.Contains(string(direct.Blocks), link) {
		t.Errorf("no link %s in %s", link, direct.Blocks)
	}
	if again, err := w.drain(); err != nil || again.Sent != 0 {
		t.Errorf("second drain: %+v, %v", again, err)
	}
}

// TestFaults injects one fault into a night and says what everybody sees and
// what the outbox holds afterwards.
func TestFaults(t *testing.T) {
	const posting, updating, reading = "chat.postMessage", "chat.update", "conversations.history"
	tests := []struct {
		name   string
		fault  func(w *world)
		shown  map[string][]string
		left   map[string]notify.State
		dupes  int
		warn   int
		errors []string
		hint   string
	}{
		{name: "answers lost", fault: func(w *world) { w.slack.Fail(posting, 3, fakeslack.DropAfter()) }},
		{name: "calls lost", fault: func(w *world) { w.slack.Fail(posting, 3, fakeslack.DropBefore()) }},
		{name: "503 after accepting", fault: func(w *world) { w.slack.Fail(posting, 3, fakeslack.BrokenAfter(503)) }},
		{name: "503 before accepting", fault: func(w *world) { w.slack.Fail(posting, 3, fakeslack.Broken(503)) }},
		{name: "nonsense after accepting", fault: func(w *world) { w.slack.Fail(posting, 3, fakeslack.Garble()) }},
		{name: "internal_error after accepting", fault: func(w *world) { w.slack.Fail(posting, 3, fakeslack.RefuseAfter("internal_error")) }},
		{name: "fatal_error before accepting", fault: func(w *world) { w.slack.Fail(posting, 3, fakeslack.Refuse("fatal_error")) }},
		{name: "a word nobody knows", fault: func(w *world) { w.slack.Fail(posting, 3, fakeslack.Refuse("mercury_in_retrograde")) }},
		{name: "too fast", fault: func(w *world) { w.slack.Fail(posting, 6, fakeslack.RateLimit(7*time.Second)) }},
		{name: "too fast, said in a 200", fault: func(w *world) { w.slack.Fail(posting, 2, fakeslack.Refuse("ratelimited")) }},
		{name: "update lost", fault: func(w *world) { w.slack.Fail(updating, 2, fakeslack.DropAfter()) }},
		{name: "look-up lost too", fault: func(w *world) {
			w.slack.Fail(posting, 2, fakeslack.DropAfter())
			w.slack.Fail(reading, 2, fakeslack.DropAfter())
		}},
		{name: "everything but posting lost once", fault: func(w *world) {
			for _, method := range []string{"users.lookupByEmail", "conversations.open", "conversations.list", "auth.test"} {
				w.slack.Fail(method, 1, fakeslack.DropAfter())
			}
		}},
		{name: "target gone with its thread", fault: func(w *world) { w.slack.Fail(updating, 1, fakeslack.Refuse("message_not_found")) },
			shown: map[string][]string{"alerts": {"a1", "a2", "a2>r2", "a2>u2"}, "managers": {"m1"}, "U1": {"d1"}, "U2": {"d2"}}},
		{name: "blocks refused", fault: func(w *world) { w.slack.Fail(posting, 1, fakeslack.Refuse("invalid_blocks")) }},
		{name: "text refused too", fault: func(w *world) { w.slack.Fail(posting, 2, fakeslack.Refuse("msg_too_long")) },
			shown:  map[string][]string{"alerts": {"a2*", "a2>r2"}, "managers": {"m1"}, "U1": {"d1"}, "U2": {"d2"}},
			left:   map[string]notify.State{"a1": notify.Dead},
			errors: []string{"channel #alerts"}},
		{name: "app not invited", fault: func(w *world) { w.slack.Channel("#alerts").Kick() },
			shown: map[string][]string{"managers": {"m1"}, "U2": {"d2"}},
			left: map[string]notify.State{"a1": notify.Pending, "a2": notify.Pending, "r2": notify.Pending,
				"u2": notify.Pending, "d1": notify.Pending},
			errors: []string{"channel #alerts"}, hint: "/invite"},
		{name: "channel archived", fault: func(w *world) { w.slack.Channel("#managers").Archive() },
			shown:  map[string][]string{"alerts": {"a1", "a2*", "a2>r2"}, "U1": {"d1"}, "U2": {"d2"}},
			left:   map[string]notify.State{"m1": notify.Pending},
			errors: []string{"channel #managers"}, hint: "unarchive"},
		{name: "no such channel", fault: func(w *world) { w.slack.Channel("#managers").Rename("#chiefs") },
			shown:  map[string][]string{"alerts": {"a1", "a2*", "a2>r2"}, "U1": {"d1"}, "U2": {"d2"}},
			left:   map[string]notify.State{"m1": notify.Pending},
			errors: []string{"channel #managers"}, hint: "slack.channels"},
		{name: "wait longer than a drain", fault: func(w *world) {
			w.slack.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
				if r.Method == posting && strings.Contains(r.Args["text"], "m1") {
					return fakeslack.RateLimit(10 * time.Minute)
				}
				return fakeslack.Effect{}
			})
		},
			shown:  map[string][]string{"alerts": {"a1", "a2*", "a2>r2"}, "U1": {"d1"}, "U2": {"d2"}},
			left:   map[string]notify.State{"m1": notify.Pending},
			errors: []string{"channel #managers"}},
		{name: "one channel broken for long", fault: func(w *world) {
			w.slack.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
				if r.Method == posting && strings.Contains(r.Args["text"], "m1") {
					return fakeslack.Broken(500)
				}
				return fakeslack.Effect{}
			})
		},
			shown:  map[string][]string{"alerts": {"a1", "a2*", "a2>r2"}, "U1": {"d1"}, "U2": {"d2"}},
			left:   map[string]notify.State{"m1": notify.Unknown},
			errors: []string{"channel #managers"}},
		{name: "rep unknown to Slack", fault: func(w *world) { w.slack.Fail("users.lookupByEmail", -1, fakeslack.Refuse("users_not_found")) },
			shown: map[string][]string{"alerts": {"a1", "d1", "a2*", "a2>r2", "d2"}, "managers": {"m1"}}, warn: 3},
		{name: "no scope for addresses", fault: func(w *world) { w.slack.Grant("chat:write", "channels:history", "im:write") },
			shown: map[string][]string{"alerts": {"a1", "d1", "a2*", "a2>r2", "d2"}, "managers": {"m1"}}, warn: 3},
		{name: "direct messages closed", fault: func(w *world) { w.slack.Fail("conversations.open", -1, fakeslack.Refuse("user_disabled")) },
			shown: map[string][]string{"alerts": {"a1", "d1", "a2*", "a2>r2", "d2"}, "managers": {"m1"}}, warn: 2},
		{name: "history closed: rather twice", fault: func(w *world) {
			w.slack.Grant("chat:write", "im:write", "users:read.email", "channels:read", "groups:read")
			w.slack.Fail(posting, 1, fakeslack.DropAfter())
		},
			shown: map[string][]string{"alerts": {"a1", "a1", "a2*", "a2>r2"}, "managers": {"m1"}, "U1": {"d1"}, "U2": {"d2"}}, dupes: 1},
		{name: "history closed: hold", fault: func(w *world) {
			w.with = func(d *notify.Dispatcher) { d.OnAmbiguous = notify.Hold }
			w.slack.Grant("chat:write", "im:write", "users:read.email", "channels:read", "groups:read")
			w.slack.Fail(posting, 1, fakeslack.DropBefore())
		},
			shown:  map[string][]string{"alerts": {"a2*", "a2>r2"}, "managers": {"m1"}, "U2": {"d2"}},
			left:   map[string]notify.State{"a1": notify.Unknown, "d1": notify.Pending},
			errors: []string{"channel #alerts"}, hint: "on_ambiguous"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, night()...)
			tt.fault(w)
			report, err := w.drain()
			if tt.shown == nil {
				tt.shown = wholeNight
			}
			if diff := cmp.Diff(tt.shown, w.everything()); diff != "" {
				t.Errorf("shown (-want +got):\n%s", diff)
			}
			want := map[string]notify.State{}
			for id := range w.outbox.deliveries {
				want[id] = notify.Sent
			}
			for id, state := range tt.left {
				want[id] = state
			}
			if diff := cmp.Diff(want, w.outbox.states()); diff != "" {
				t.Errorf("outbox (-want +got):\n%s", diff)
			}
			if (err != nil) != (len(tt.left) > 0) {
				t.Errorf("error %v with %d undelivered", err, len(tt.left))
			}
			var where []string
			for name := range report.Errors {
				where = append(where, name)
			}
			if diff := cmp.Diff(tt.errors, where); diff != "" {
				t.Errorf("errors by destination (-want +got):\n%s", diff)
			}
			if !strings.Contains(strings.Join(hint.Of(err), "\n"), tt.hint) {
				t.Errorf("hints %q do not say %q", hint.Of(err), tt.hint)
			}
			if report.PossibleDuplicates != tt.dupes || len(report.Warnings) != tt.warn {
				t.Errorf("%d possible duplicates, want %d; %d warnings, want %d: %v",
					report.PossibleDuplicates, tt.dupes, len(report.Warnings), tt.warn, report.Warnings)
			}
		})
	}
}

// TestMended drains again once ops has mended what was wrong.
func TestMended(t *testing.T) {
	w := newWorld(t, night()...)
	w.slack.Channel("#alerts").Kick()
	if _, err := w.drain(); err == nil {
		t.Fatal("no error while the app is not in the channel")
	}
	w.slack.Channel("#alerts").Invite()
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeNight, w.everything()); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

func TestStopLeavesEverythingPending(t *testing.T) {
	for _, code := range []string{"invalid_auth", "token_revoked", "account_inactive"} {
		t.Run(code, func(t *testing.T) {
			w := newWorld(t, night()...)
			w.slack.Revoke(code)
			report, err := w.drain()
			if notify.ClassOf(err) != notify.Stop || !strings.Contains(strings.Join(hint.Of(err), " "), "slack.token") {
				t.Errorf("error %v, hints %q", err, hint.Of(err))
			}
			if strings.Contains(err.Error(), w.slack.Token) {
				t.Error("the error shows the token")
			}
			for id, state := range w.outbox.states() {
				if state != notify.Pending {
					t.Errorf("%s is %s", id, state)
				}
			}
			if report.Left != len(night()) {
				t.Errorf("%d left", report.Left)
			}
			if calls := len(w.slack.Requests()); calls > 1 {
				t.Errorf("%d calls after the token was refused", calls)
			}
		})
	}
}

func TestMissingScopeToPost(t *testing.T) {
	w := newWorld(t, night()...)
	w.slack.Grant("channels:read", "groups:read")
	_, err := w.drain()
	if notify.ClassOf(err) != notify.Stop || !strings.Contains(strings.Join(hint.Of(err), " "), "chat:write") {
		t.Errorf("error %v, hints %q", err, hint.Of(err))
	}
	if len(w.slack.Requests("chat.postMessage")) != 1 {
		t.Error("posting went on without the scope")
	}
}

// TestNobodyThere has no Slack at all: the drain ends soon and keeps everything.
func TestNobodyThere(t *testing.T) {
	w := newWorld(t, night()...)
	w.slack.Fail("", -1, fakeslack.DropBefore())
	report, err := w.drain()
	if err == nil || report.Left != len(night()) || report.Sent != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	w.slack.Heal()
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeNight, w.everything()); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

func TestOrderInAChannel(t *testing.T) {
	var messages []notify.Message
	for _, id := range ids("a", 12) {
		messages = append(messages, post(id, "alerts"))
	}
	w := newWorld(t, messages...)
	w.slack.FailWhen(func() func(fakeslack.Request) fakeslack.Effect {
		calls := 0
		return func(r fakeslack.Request) fakeslack.Effect {
			if r.Method != "chat.postMessage" {
				return fakeslack.Effect{}
			}
			calls++
			return [...]fakeslack.Effect{{}, fakeslack.DropAfter(), fakeslack.Broken(500), fakeslack.RateLimit(3 * time.Second)}[calls%4]
		}
	}())
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ids("a", 12), w.shown(w.slack.Channel("#alerts"))); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestPace sends no faster than Slack allows, and a few at once.
func TestPace(t *testing.T) {
	var messages []notify.Message
	for _, id := range ids("a", 20) {
		messages = append(messages, post(id, "alerts"))
	}
	w := newWorld(t, messages...)
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if w.clock.slept < 15*time.Second || w.clock.slept > 17*time.Second {
		t.Errorf("20 messages took %v", w.clock.slept)
	}
	small := newWorld(t, night()...)
	if _, err := small.drain(); err != nil || small.clock.slept > time.Second {
		t.Errorf("a small night took %v, %v", small.clock.slept, err)
	}
}

// TestRetryAfter waits as long as Slack says, and only that channel does.
func TestRetryAfter(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"), post("m1", "managers"))
	w.slack.Fail("chat.postMessage", 1, fakeslack.RateLimit(40*time.Second))
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if w.clock.slept < 40*time.Second {
		t.Errorf("waited %v", w.clock.slept)
	}
	alerts, managers := w.slack.Channel("#alerts").Messages(), w.slack.Channel("#managers").Messages()
	if managers[0].TS > alerts[0].TS {
		t.Error("the other channel waited too")
	}
}

// TestRetryAfterOutlivesTheDrain keeps the time Slack named for the next drain.
func TestRetryAfterOutlivesTheDrain(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"))
	w.slack.Fail("chat.postMessage", 1, fakeslack.RateLimit(10*time.Minute))
	if _, err := w.drain(); err == nil {
		t.Fatal("no error with a message left")
	}
	if _, err := w.drain(); err == nil || len(w.slack.Requests("chat.postMessage")) != 1 {
		t.Errorf("tried again before the time: %v", err)
	}
	_ = w.clock.Sleep(context.Background(), 10*time.Minute)
	if _, err := w.drain(); err != nil {
		t.Error(err)
	}
}

// TestCrash lets the process die at every write of a night, before and after
// the commit, while Slack loses some of its answers; a fresh process then
// finishes. Each message shows exactly once.
func TestCrash(t *testing.T) {
	faults := map[string]func(*fakeslack.Server){
		"all answers arrive": func(*fakeslack.Server) {},
		"answers lost": func(s *fakeslack.Server) {
			s.Fail("chat.postMessage", 2, fakeslack.DropAfter())
			s.Fail("chat.update", 1, fakeslack.DropAfter())
		},
		"target gone": func(s *fakeslack.Server) { s.Fail("chat.update", -1, fakeslack.Refuse("cant_update_message")) },
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			want := wholeNight
			if name == "target gone" {
				want = map[string][]string{"alerts": {"a1", "a2", "a2>r2", "a2>u2"}, "managers": {"m1"}, "U1": {"d1"}, "U2": {"d2"}}
			}
			for _, late := range []bool{false, true} {
				for at := 1; ; at++ {
					w := newWorld(t, night()...)
					fault(w.slack)
					w.outbox.dieAt, w.outbox.dieLate = at, late
					_, err := w.drain()
					if err == nil {
						break // it lived: no more writes
					}
					if !errors.Is(err, errDied) {
						t.Fatalf("write %d: %v", at, err)
					}
					w.outbox.dieAt = 0
					if _, err := w.drain(); err != nil {
						t.Fatalf("write %d: after the crash: %v", at, err)
					}
					if diff := cmp.Diff(want, w.everything()); diff != "" {
						t.Errorf("died at write %d (late %v): shown (-want +got):\n%s", at, late, diff)
					}
				}
			}
		})
	}
}

// TestEndedInTheMiddle cancels the drain while Slack holds the answer back.
func TestEndedInTheMiddle(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"), post("a2", "alerts"))
	ctx, cancel := context.WithCancel(context.Background())
	w.slack.FailWhen(func(r fakeslack.Request) fakeslack.Effect {
		if r.Method != "chat.postMessage" {
			return fakeslack.Effect{}
		}
		cancel()
		return fakeslack.Effect{Hang: 50 * time.Millisecond}
	})
	if _, err := w.dispatcher().Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	w.slack.Heal()
	for len(w.slack.Channel("#alerts").Messages()) == 0 {
		time.Sleep(time.Millisecond) // the call goes on without its caller; this clock does not wait for it
	}
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a1", "a2"}, w.shown(w.slack.Channel("#alerts"))); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestStillInFlight: the answer is lost, the message appears only a moment
// later. The dispatcher looks a second time before it sends again.
func TestStillInFlight(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"))
	w.slack.Fail("chat.postMessage", 1, fakeslack.Effect{Drop: true, Late: time.Second})
	report, err := w.drain()
	if err != nil || report.Adopted != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if diff := cmp.Diff([]string{"a1"}, w.shown(w.slack.Channel("#alerts"))); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestTwoDrainsAtOnce share one dispatcher and send nothing twice.
func TestTwoDrainsAtOnce(t *testing.T) {
	w := newWorld(t, night()...)
	d := w.dispatcher()
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := d.Drain(context.Background())
			done <- err
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeNight, w.everything()); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestBusyHistory finds a message behind many pages of other people's.
func TestBusyHistory(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"))
	w.outbox.dieAt, w.outbox.dieLate = 3, false // after posting, before the receipt
	if _, err := w.drain(); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	w.outbox.dieAt = 0
	for i := range 450 {
		w.slack.Channel("#alerts").Say("U2", fmt.Sprint("chat ", i))
	}
	report, err := w.drain()
	if err != nil || report.Adopted != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if pages := len(w.slack.Requests("conversations.history")); pages != 3 {
		t.Errorf("%d pages read", pages)
	}
}
