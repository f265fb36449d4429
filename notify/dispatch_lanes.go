package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"dangol/internal/hint"
)

// item is a delivery on its way through one drain.
type item struct {
	Delivery
	op       Op        // what is done now: Message.Op until its target turns out to be gone
	doubt    bool      // an earlier attempt may have arrived: look before posting
	settled  time.Time // until then what was sent may still be about to appear
	risked   bool      // posted again although nobody could look
	textOnly bool      // the blocks were refused
	shown    bool      // the last attempt had a chart
	bare     bool      // its chart was refused
	detached bool      // goes to its own destination, no longer to its target's
	relooked bool      // the remembered address was wrong once already
	unlinked bool      // goes without its links, which wait for each other
	tries    int       // failed attempts of this drain
	slowed   int       // times Slack asked to wait in this drain
	stuck    error     // why it cannot go in this drain, though its lane can
}

// follows reports whether the message goes where its target is.
func (it *item) follows() bool {
	return !it.detached && (it.Op == Reply || it.Op == Update)
}

// detach makes it a new message at its own destination.
func (it *item) detach() { it.op, it.detached = Post, true }

// lane holds the messages of one destination in their order.
type lane struct {
	name      string
	queue     []*item
	notBefore time.Time
	blocked   error // why the rest of the lane stays for now
}

// drain is one run over the outbox, by a single goroutine.
type drain struct {
	*Dispatcher
	report   Report
	lanes    map[string]*lane
	pending  map[string]*item // by delivery id: what is still to be delivered
	lost     map[string]error // addresses that were not found in this drain, by memory key
	distrust map[string]bool  // memory keys whose remembered value did not work
	warned   map[string]bool  // warnings already given
	failures int              // failed calls since the last one that worked
	plain    bool             // charts cannot be uploaded: messages go without
}

func newDrain(d *Dispatcher, pending []Delivery) *drain {
	r := &drain{
		Dispatcher: d,
		report:     Report{Errors: map[string]error{}},
		lanes:      map[string]*lane{},
		pending:    map[string]*item{},
		lost:       map[string]error{},
		distrust:   map[string]bool{},
		warned:     map[string]bool{},
	}
	for _, delivery := range pending {
		r.enter(r.load(delivery))
	}
	return r
}

// settling is how long after its last attempt a message of a crashed process
// may still be about to appear.
const settling = 5 * time.Second

func (r *drain) load(d Delivery) *item {
	it := &item{Delivery: d, op: d.Op}
	if it.op == "" {
		it.op = Post
	}
	if d.State == Sending || d.State == Unknown {
		it.doubt = true
		now := r.Clock()
		it.settled = now.Add(min(settling, settling-now.Sub(d.LastSent)))
	}
	return it
}

// enter puts an item into the lane of its destination, by order of writing.
func (r *drain) enter(it *item) {
	name := r.laneName(it.To)
	l := r.lanes[name]
	if l == nil {
		l = &lane{name: name}
		r.lanes[name] = l
	}
	at, _ := slices.BinarySearchFunc(l.queue, it.Seq, func(a *item, seq int64) int {
		if a.Seq <= seq {
			return -1
		}
		return 1
	})
	l.queue = slices.Insert(l.queue, at, it)
	r.pending[it.ID] = it
}

func (r *drain) laneName(to Destination) string {
	if to.direct() {
		return "direct messages of rep " + to.Rep
	}
	if channel := r.Channels[to.Channel]; channel != "" {
		return "channel " + channel
	}
	return "channel for " + to.Channel
}

// leave takes an item off its lane: it is delivered, dead or moves elsewhere.
func (r *drain) leave(l *lane, it *item) {
	l.queue = slices.DeleteFunc(l.queue, func(other *item) bool { return other == it })
	delete(r.pending, it.ID)
}

// loop sends until nothing more can be sent. Its error ends the whole drain.
func (r *drain) loop(ctx context.Context) error {
	for {
		l, it := r.pick()
		if it == nil {
			if r.unlink() {
				continue
			}
			return nil
		}
		if it.NextAt.After(l.notBefore) {
			l.notBefore = it.NextAt
		}
		if l.notBefore.Sub(r.Clock()) > r.maxWait() {
			l.blocked = fmt.Errorf("not before %s: %s", l.notBefore.In(r.Clock().Location()).Format(time.RFC3339), it.LastError)
			continue
		}
		if err := r.wait(ctx, l.notBefore); err != nil {
			return err
		}
		if err := r.step(ctx, l, it); err != nil {
			return err
		}
	}
}

// pick returns the next message to work on and its lane: of the lanes that are
// ready first, the message written first. It returns nil when none can go.
func (r *drain) pick() (*lane, *item) {
	var lane *lane
	var next *item
	var ready time.Time
	now := r.Clock()
	for _, l := range r.lanes {
		it := r.first(l)
		if it == nil {
			continue
		}
		at := now
		if l.notBefore.After(now) {
			at = l.notBefore
		}
		if next == nil || at.Before(ready) || at.Equal(ready) && it.Seq < next.Seq {
			lane, next, ready = l, it, at
		}
	}
	return lane, next
}

// first returns the first message of a lane that need not wait for another. A
// message that waits holds back the later ones of its case, and only those.
func (r *drain) first(l *lane) *item {
	if l.blocked != nil || len(l.queue) == 0 {
		return nil
	}
	if head := l.queue[0]; r.free(head) {
		return head // nearly always
	}
	held := map[string]bool{}
	awaited := map[string]bool{}
	for _, it := range l.queue {
		behind := (held["case "+it.CaseID] || held["target "+it.Target]) && !awaited[it.ID]
		if r.free(it) && !behind {
			return it
		}
		if it.CaseID != "" {
			held["case "+it.CaseID] = true
		}
		if it.Target != "" {
			held["target "+it.Target] = true
		}
		for _, id := range r.waitsFor(it) {
			awaited[id] = true
		}
	}
	return nil
}

// free reports whether nothing but its place in the lane holds a message.
func (r *drain) free(it *item) bool {
	return it.stuck == nil && len(r.waitsFor(it)) == 0
}

// waitsFor lists the deliveries of this drain that must be delivered before it.
func (r *drain) waitsFor(it *item) []string {
	var ids []string
	if it.op != Post && r.pending[it.Target] != nil {
		ids = append(ids, it.Target)
	}
	if it.unlinked {
		return ids
	}
	for _, id := range linked(it.Message) {
		if id != it.ID && r.pending[id] != nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// linked lists the deliveries that a message links to.
func linked(m Message) []string {
	var ids []string
	for _, block := range m.Blocks {
		for _, line := range block.Lines {
			for _, span := range line {
				if span.Delivery != "" && !slices.Contains(ids, span.Delivery) {
					ids = append(ids, span.Delivery)
				}
			}
		}
	}
	return ids
}

// unlink frees one message from a ring of messages that link to each other,
// and reports whether it found one.
func (r *drain) unlink() bool {
	var first *item
	for _, it := range r.pending {
		waits := r.waitsFor(it)
		onTarget := it.op != Post && r.pending[it.Target] != nil
		if len(waits) == 0 || onTarget || it.stuck != nil || r.heldUp(it, map[string]bool{}) {
			continue
		}
		if first == nil || it.Seq < first.Seq {
			first = it
		}
	}
	if first == nil {
		return false
	}
	first.unlinked = true
	return true
}

// heldUp reports whether a message waits, in the end, for one that cannot go
// in this drain.
func (r *drain) heldUp(it *item, seen map[string]bool) bool {
	if seen[it.ID] {
		return false
	}
	seen[it.ID] = true
	if it.stuck != nil || r.lanes[r.laneName(it.To)].blocked != nil {
		return true
	}
	for _, id := range r.waitsFor(it) {
		if r.heldUp(r.pending[id], seen) {
			return true
		}
	}
	return false
}

// close counts what is left and joins the errors.
func (r *drain) close(ended error) (Report, error) {
	r.report.Left = len(r.pending)
	var all []error
	if ended != nil {
		all = append(all, ended)
	}
	for _, l := range r.sorted() {
		for _, err := range r.troubles(l) {
			r.fault(l, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.report.Errors)) {
		all = append(all, fmt.Errorf("%s: %w", name, r.report.Errors[name]))
	}
	if len(all) == 0 && r.report.Left > 0 {
		all = append(all, fmt.Errorf("%d messages wait for each other", r.report.Left))
	}
	return r.report, errors.Join(all...)
}

// troubles lists why messages of a lane are left.
func (r *drain) troubles(l *lane) []error {
	var list []error
	if l.blocked != nil && len(l.queue) > 0 {
		list = append(list, fmt.Errorf("%d undelivered: %w", len(l.queue), l.blocked))
	}
	for _, it := range l.queue {
		if it.stuck != nil {
			list = append(list, it.stuck)
		}
	}
	return list
}

func (r *drain) sorted() []*lane {
	list := make([]*lane, 0, len(r.lanes))
	for _, name := range slices.Sorted(maps.Keys(r.lanes)) {
		list = append(list, r.lanes[name])
	}
	return list
}

// fault notes an error of a destination in the report.
func (r *drain) fault(l *lane, err error) {
	r.report.Errors[l.name] = errors.Join(r.report.Errors[l.name], err)
}

// warn notes a trouble that keeps no message back, once.
func (r *drain) warn(err error) {
	if r.warned[err.Error()] {
		return
	}
	r.warned[err.Error()] = true
	r.report.Warnings = append(r.report.Warnings, err)
}

func holdError(err error) error {
	return hint.With(fmt.Errorf("a message may or may not have arrived and the history cannot be read: %w", err),
		"let the app read the channel's history (scope channels:history or groups:history, app invited), or set slack.on_ambiguous: resend")
}
