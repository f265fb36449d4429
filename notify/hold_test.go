package notify_test

import (
	"testing"

	"dangol/notify"

	"github.com/google/go-cmp/cmp"
)

// An answer in the quiet hours is sent at once, but not ahead of the message that it
// answers: that one would be told at night, in its place.
func TestAnswerWaitsForWhatIsHeld(t *testing.T) {
	update, reply := follow(notify.Update, "u1", "a1", "alerts"), follow(notify.Reply, "r1", "a1", "alerts")
	update.Prompt, reply.Prompt = true, true
	w := newWorld(t, post("a1", "alerts"), update, reply)
	quiet := true
	w.with = func(d *notify.Dispatcher) { d.Hold = func(m notify.Message) bool { return quiet && !m.Prompt } }
	report, err := w.drain()
	if err != nil || report.Held != 3 || report.Left != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if diff := cmp.Diff(map[string][]string{}, w.everything()); diff != "" {
		t.Errorf("in the quiet hours (-want +got):\n%s", diff)
	}
	quiet = false
	if _, err := w.drain(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"alerts": {"a1*", "a1>r1"}}, w.everything()); diff != "" {
		t.Errorf("in the morning (-want +got):\n%s", diff)
	}
}
