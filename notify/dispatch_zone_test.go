package notify_test

import (
	"strings"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/notify"
)

// A wait is named in the zone of the clock, the config's, not in UTC.
func TestWaitInTheCompanysZone(t *testing.T) {
	seoul := time.FixedZone("KST", 9*3600)
	w := newWorld(t, post("a1", "alerts"))
	w.with = func(d *notify.Dispatcher) { d.Clock = func() time.Time { return w.clock.Now().In(seoul) } }
	w.slack.Fail("chat.postMessage", 1, fakeslack.RateLimit(10*time.Minute))
	at := w.clock.Now().Add(10 * time.Minute).In(seoul).Format("2006-01-02T15:04")
	if _, err := w.drain(); err == nil {
		t.Fatal("no error with a message left")
	}
	if _, err := w.drain(); err == nil || !strings.Contains(err.Error(), at) || !strings.Contains(err.Error(), "+09:00") {
		t.Errorf("error %v; want it to name %s+09:00", err, at)
	}
}
