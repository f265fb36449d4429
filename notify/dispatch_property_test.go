package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangol/internal/fakeslack"
	"dangol/notify"
)

// anyNight draws an outbox: posts, direct messages, replies, updates and
// links, to what was written before and after.
func anyNight(t *rapid.T) []notify.Message {
	n := rapid.IntRange(1, 10).Draw(t, "messages")
	posts := []string{}
	var list []notify.Message
	for i := range n {
		id := fmt.Sprintf("x%02d", i)
		kind := rapid.SampledFrom([]string{"post", "post", "dm", "reply", "update"}).Draw(t, "kind")
		role := rapid.SampledFrom([]string{"alerts", "managers"}).Draw(t, "role")
		if len(posts) == 0 {
			kind = "post"
		}
		var m notify.Message
		switch kind {
		case "post":
			m = post(id, role)
			posts = append(posts, id)
		case "dm":
			m = dm(id, "R1", "kim@example.com")
		default:
			m = follow(notify.Op(kind), id, rapid.SampledFrom(posts).Draw(t, "target"), role)
		}
		if rapid.IntRange(0, 3).Draw(t, "linked") == 0 {
			m = withLink(m, fmt.Sprintf("x%02d", rapid.IntRange(0, n-1).Draw(t, "link")))
		}
		list = append(list, m)
	}
	return list
}

// TestAnyNight: whatever Slack loses and wherever the process dies, in the end
// each message shows exactly once, and posts of one channel that wait for
// nothing show in the order of writing.
func TestAnyNight(t *testing.T) {
	effects := []fakeslack.Effect{
		{}, {}, {}, fakeslack.DropAfter(), fakeslack.DropBefore(), fakeslack.Broken(500), fakeslack.BrokenAfter(502),
		fakeslack.RateLimit(2 * time.Second), fakeslack.Garble(), fakeslack.Refuse("fatal_error"), fakeslack.Refuse("ratelimited"),
		{Drop: true, Late: time.Second},
	}
	rapid.Check(t, func(rt *rapid.T) {
		messages := anyNight(rt)
		w := newWorld(t, messages...)
		faults := rapid.SliceOfN(rapid.SampledFrom(effects), 0, 30).Draw(rt, "faults")
		var calls atomic.Int32
		w.slack.FailWhen(func(fakeslack.Request) fakeslack.Effect {
			call := int(calls.Add(1))
			if call > len(faults) {
				return fakeslack.Effect{}
			}
			return faults[call-1]
		})
		for range 40 {
			w.outbox.dieAt = w.outbox.writes + rapid.IntRange(1, 30).Draw(rt, "death")
			w.outbox.dieLate = rapid.Bool().Draw(rt, "late")
			if int(calls.Load()) > len(faults) {
				w.outbox.dieAt = 0
			}
			if _, err := w.drain(); err == nil {
				break
			}
		}
		checkNight(rt, w, messages)
	})
}

func checkNight(t *rapid.T, w *world, messages []notify.Message) {
	all := w.everything()
	var free []string
	for _, m := range messages {
		times := 0
		for _, shown := range all {
			for _, name := range shown {
				if name == m.ID || name == m.ID+"*" || m.Target != "" && (name == m.Target+">"+m.ID) {
					times++
				}
			}
		}
		if m.Op != notify.Update && times != 1 {
			t.Fatalf("%s shows %d times: %v", m.ID, times, all)
		}
		if w.outbox.deliveries[m.ID].State != notify.Sent {
			t.Fatalf("%s is %s", m.ID, w.outbox.deliveries[m.ID].State)
		}
		if m.Op == notify.Post && m.To.Channel == "alerts" && len(m.Blocks) == 2 {
			free = append(free, m.ID)
		}
	}
	var order []string
	for _, m := range w.slack.Channel("#alerts").Messages() {
		if slices.Contains(free, m.DeliveryID()) {
			order = append(order, m.DeliveryID())
		}
	}
	if !slices.Equal(order, free) {
		t.Fatalf("order %q, want %q", order, free)
	}
}

// TestDeadSlackIsLeftSoon: with many destinations and nobody answering, the
// drain does not try each of them to the end.
func TestDeadSlackIsLeftSoon(t *testing.T) {
	var messages []notify.Message
	for _, id := range ids("d", 100) {
		messages = append(messages, dm(id, "R"+id, id+"@example.com"))
	}
	w := newWorld(t, messages...)
	w.slack.Fail("", -1, fakeslack.DropBefore())
	if _, err := w.drain(); err == nil {
		t.Fatal("no error")
	}
	if calls := len(w.slack.Requests()); calls > 2*notify.DefaultTries {
		t.Errorf("%d calls to a dead Slack", calls)
	}
}

// ending is a Messenger whose caller gives up the moment a message is posted.
type ending struct {
	notify.Messenger
	end context.CancelFunc
}

func (e ending) Post(ctx context.Context, to notify.Place, d notify.Draft) (notify.Receipt, error) {
	defer e.end()
	return e.Messenger.Post(ctx, to, d)
}

// TestReceiptIsKeptWhenTheDrainEnds: a message posted just before the end is
// noted as sent, so that nobody has to look for it.
func TestReceiptIsKeptWhenTheDrainEnds(t *testing.T) {
	w := newWorld(t, post("a1", "alerts"), post("a2", "alerts"))
	ctx, cancel := context.WithCancel(context.Background())
	d := w.dispatcher()
	d.Messenger = ending{d.Messenger, cancel}
	if _, err := d.Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if states := w.outbox.states(); states["a1"] != notify.Sent || states["a2"] != notify.Pending {
		t.Errorf("%v", states)
	}
}
