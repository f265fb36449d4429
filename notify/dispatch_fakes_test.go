package notify_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/notify"
	"dangol/notify/slack"
)

// memory is an Outbox in memory. It can die at a given write, as a process
// does: before the write is committed or after it.
type memory struct {
	deliveries map[string]*notify.Delivery
	receipts   map[string]notify.Receipt
	addresses  map[string]string

	writes  int
	dieAt   int // the write at which it dies; 0 means never
	dieLate bool
}

var errDied = errors.New("the process died")

func newMemory(messages ...notify.Message) *memory {
	m := &memory{
		deliveries: map[string]*notify.Delivery{},
		receipts:   map[string]notify.Receipt{},
		addresses:  map[string]string{},
	}
	m.add(messages...)
	return m
}

func (m *memory) add(messages ...notify.Message) {
	for _, message := range messages {
		m.deliveries[message.ID] = &notify.Delivery{
			Message: message, Seq: int64(len(m.deliveries) + 1), State: notify.Pending,
		}
	}
}

// write commits f, unless the process dies first.
func (m *memory) write(f func()) error {
	m.writes++
	if m.writes == m.dieAt && !m.dieLate {
		return errDied
	}
	f()
	if m.writes == m.dieAt {
		return errDied
	}
	return nil
}

func (m *memory) Undelivered(context.Context) ([]notify.Delivery, error) {
	var list []notify.Delivery
	for _, d := range m.deliveries {
		if d.State != notify.Sent && d.State != notify.Dead {
			list = append(list, *d)
		}
	}
	slices.SortFunc(list, func(a, b notify.Delivery) int { return int(a.Seq - b.Seq) })
	return list, nil
}

func (m *memory) Save(ctx context.Context, d notify.Delivery) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return m.write(func() {
		have := m.deliveries[d.ID]
		have.State, have.Attempts, have.FirstSent, have.LastSent = d.State, d.Attempts, d.FirstSent, d.LastSent
		have.NextAt, have.LastError, have.To, have.Blocks = d.NextAt, d.LastError, d.To, d.Blocks
	})
}

func (m *memory) Delivered(ctx context.Context, id string, r notify.Receipt) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return m.write(func() {
		m.deliveries[id].State = notify.Sent
		m.receipts[id] = r
	})
}

func (m *memory) Receipt(_ context.Context, id string) (notify.Receipt, bool, error) {
	r, ok := m.receipts[id]
	return r, ok, nil
}

func (m *memory) Address(_ context.Context, key string) (string, bool, error) {
	value, ok := m.addresses[key]
	return value, ok, nil
}

func (m *memory) Remember(_ context.Context, key, value string) error {
	return m.write(func() { m.addresses[key] = value })
}

func (m *memory) states() map[string]notify.State {
	states := map[string]notify.State{}
	for id, d := range m.deliveries {
		states[id] = d.State
	}
	return states
}

// clock is time that passes only while somebody sleeps.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept += d
	return ctx.Err()
}

// world is a workspace, an outbox and what connects them.
type world struct {
	*testing.T
	clock  *clock
	slack  *fakeslack.Server
	outbox *memory
	with   func(*notify.Dispatcher)
}

func newWorld(t *testing.T, messages ...notify.Message) *world {
	t.Helper()
	w := &world{T: t, clock: newClock(), outbox: newMemory(messages...)}
	w.slack = fakeslack.Start(t, w.clock.Now)
	w.slack.AddChannel("#alerts")
	w.slack.AddChannel("#managers")
	w.slack.AddUser(fakeslack.User{ID: "U1", Email: "kim@example.com", Name: "Kim"})
	w.slack.AddUser(fakeslack.User{ID: "U2", Email: "lee@example.com", Name: "Lee"})
	return w
}

// dispatcher makes a fresh one, as a new process does.
func (w *world) dispatcher() *notify.Dispatcher {
	client := slack.New(slack.Options{Token: w.slack.Token, APIURL: w.slack.APIURL(), Timeout: 5 * time.Second})
	d := &notify.Dispatcher{
		Outbox:    w.outbox,
		Messenger: client,
		Directory: client,
		Channels:  map[string]string{"alerts": "#alerts", "managers": "#managers"},
		Clock:     w.clock.Now,
		Sleep:     w.clock.Sleep,
		RepName:   func(rep string) string { return "Rep " + rep },
	}
	if w.with != nil {
		w.with(d)
	}
	return d
}

func (w *world) drain() (notify.Report, error) {
	return w.dispatcher().Drain(context.Background())
}

// shown lists the delivery ids that a conversation shows, replies indented
// under their parent as "parent>reply", an updated message with "*".
func (w *world) shown(view fakeslack.View) []string {
	list := []string{}
	for _, m := range view.Messages() {
		name := m.DeliveryID()
		if m.Edited > 0 {
			name += "*"
		}
		list = append(list, name)
		for _, reply := range m.Replies {
			list = append(list, m.DeliveryID()+">"+reply.DeliveryID())
		}
	}
	return list
}

func (w *world) everything() map[string][]string {
	all := map[string][]string{
		"alerts": w.shown(w.slack.Channel("#alerts")), "managers": w.shown(w.slack.Channel("#managers")),
		"U1": w.shown(w.slack.DM("U1")), "U2": w.shown(w.slack.DM("U2")),
	}
	maps.DeleteFunc(all, func(_ string, list []string) bool { return len(list) == 0 })
	return all
}

func text(id string) []notify.Block {
	return []notify.Block{
		{Kind: notify.Header, Lines: []notify.Line{{{Text: "Lost: " + id}}}},
		{Kind: notify.Body, Lines: []notify.Line{{{Text: "no order for 41 days"}}}},
	}
}

func post(id, role string) notify.Message {
	return notify.Message{ID: id, To: notify.Destination{Channel: role}, Op: notify.Post, Text: "Lost: " + id, Blocks: text(id)}
}

func dm(id, rep, email string) notify.Message {
	m := post(id, "")
	m.To = notify.Destination{Rep: rep, Email: email}
	return m
}

func follow(op notify.Op, id, target, role string) notify.Message {
	m := post(id, role)
	m.Op, m.Target = op, target
	return m
}

func withLink(m notify.Message, to string) notify.Message {
	m.Blocks = append(slices.Clone(m.Blocks), notify.Block{Kind: notify.Body,
		Lines: []notify.Line{{{Text: "the whole case", Delivery: to}}}})
	return m
}

func withMention(m notify.Message, rep, email string) notify.Message {
	m.Blocks = append(slices.Clone(m.Blocks), notify.Block{Kind: notify.Mention,
		Lines: []notify.Line{{{Text: "Owner: "}, {Text: "Kim *Lee*", Rep: rep, Email: email}}}})
	return m
}

func ids(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s%d", prefix, i+1)
	}
	return list
}
