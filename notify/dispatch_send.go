package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"dangol/internal/failpoint"
)

// clockSkew is how far this machine's clock may be from Slack's: an earlier
// attempt is looked for from that long before it was made.
const clockSkew = 24 * time.Hour

// step takes one message one step further: looks it up, sends it, or notes why
// it must wait. An error ends the drain.
func (r *drain) step(ctx context.Context, l *lane, it *item) error {
	to, err := r.place(ctx, it)
	if err != nil {
		return r.failed(ctx, l, it, asRead(err), 0)
	}
	if r.overheard(it, to) {
		return r.reword(ctx, l, it)
	}
	if it.doubt && it.op != Update {
		if done, err := r.lookUp(ctx, l, it, to); done || err != nil {
			return err
		}
	}
	draft, err := r.draft(ctx, it)
	if err != nil {
		return r.failed(ctx, l, it, asRead(err), 0)
	}
	if pause := r.pace(to.Channel).take(r.Clock()); pause > 0 {
		l.notBefore = r.Clock().Add(pause)
		return nil
	}
	r.illustrate(ctx, it, &draft)
	return r.send(ctx, l, it, to, draft)
}

// asRead makes an ambiguous error of a look-up one to be repeated: reading
// twice is harmless.
func asRead(err error) error {
	if ClassOf(err) != Ambiguous {
		return err
	}
	return &SendError{Class: Retry, Code: "no_answer", Err: err}
}

// lookUp searches for what an earlier attempt may have left. It reports
// whether the message is dealt with for now.
func (r *drain) lookUp(ctx context.Context, l *lane, it *item, in Place) (bool, error) {
	at, found, err := r.Messenger.Find(ctx, in, it.ID, it.FirstSent.Add(-clockSkew))
	if err != nil {
		return r.blind(ctx, l, it, asRead(err))
	}
	r.failures = 0
	if found {
		r.report.Adopted++
		return true, r.delivered(ctx, l, it, at)
	}
	if r.Clock().Before(it.settled) {
		l.notBefore = it.settled // look once more then
		return true, nil
	}
	it.doubt = false
	return false, nil
}

// blind decides on a message in doubt when the look-up failed.
func (r *drain) blind(ctx context.Context, l *lane, it *item, err error) (bool, error) {
	switch ClassOf(err) {
	case Stop, Retry:
		return true, r.failed(ctx, l, it, err, 0)
	}
	if r.OnAmbiguous == Hold {
		it.stuck = holdError(err)
		return true, r.keep(ctx, it, err)
	}
	it.doubt, it.risked = false, true
	return false, nil
}

// send commits that the message is on its way, makes the call, and commits
// how it ended.
func (r *drain) send(ctx context.Context, l *lane, it *item, to Place, draft Draft) error {
	began := r.Clock()
	it.State, it.LastSent, it.NextAt = Sending, began, time.Time{}
	it.Attempts++
	if it.FirstSent.IsZero() {
		it.FirstSent = began
	}
	if err := r.Outbox.Save(ctx, it.Delivery); err != nil {
		return err
	}
	failpoint.Hit(failpoint.Sending)
	at, err := r.call(ctx, it, to, draft)
	failpoint.Hit(failpoint.Called)
	if err != nil {
		return r.failed(ctx, l, it, err, r.Clock().Sub(began))
	}
	r.report.Sent++
	return r.delivered(ctx, l, it, at)
}

func (r *drain) call(ctx context.Context, it *item, to Place, draft Draft) (Receipt, error) {
	if it.op != Update {
		return r.Messenger.Post(ctx, to, draft)
	}
	at := Receipt{Channel: to.Channel, TS: to.Thread}
	return at, r.Messenger.Update(ctx, at, draft)
}

// delivered commits the receipt. What it writes must not be lost because the
// drain is being ended.
func (r *drain) delivered(ctx context.Context, l *lane, it *item, at Receipt) error {
	ctx = context.WithoutCancel(ctx)
	r.failures = 0
	if it.risked {
		r.report.PossibleDuplicates++
	}
	if it.Op == Update && it.op == Post && it.Target != "" {
		// The message to update is gone and this one stands for it from now on.
		if err := r.Outbox.Delivered(ctx, it.Target, at); err != nil {
			return err
		}
	}
	if err := r.Outbox.Delivered(ctx, it.ID, at); err != nil {
		return err
	}
	failpoint.Hit(failpoint.Receipted)
	r.leave(l, it)
	return r.rememberChannel(ctx, it, at)
}

// failed decides what becomes of a message after an error; took is how long
// the call lasted, zero for a look-up. The error it returns ends the drain.
func (r *drain) failed(ctx context.Context, l *lane, it *item, err error, took time.Duration) error {
	var store *outboxError
	if errors.As(err, &store) {
		return store.err
	}
	switch ClassOf(err) {
	case Stop:
		if saveErr := r.keep(ctx, it, err); saveErr != nil {
			return saveErr
		}
		return err
	case Payload:
		return r.degrade(ctx, l, it, err)
	case Gone:
		return r.anew(ctx, l, it, err)
	case Park:
		return r.park(ctx, l, it, err)
	case Ambiguous:
		return r.ambiguous(ctx, l, it, err, took)
	}
	return r.retry(ctx, l, it, err)
}

// keep commits a message as it stands: to be looked for where it is in doubt,
// to be sent otherwise.
func (r *drain) keep(ctx context.Context, it *item, err error) error {
	it.State, it.LastError = Pending, err.Error()
	if it.doubt {
		it.State = Unknown
	}
	return r.Outbox.Save(context.WithoutCancel(ctx), it.Delivery)
}

// ambiguous notes that nobody knows whether the message arrived. What failed
// after a long wait may take as long again to appear.
func (r *drain) ambiguous(ctx context.Context, l *lane, it *item, err error, took time.Duration) error {
	now := r.Clock()
	if it.op != Update {
		it.doubt = true
		it.settled = now.Add(min(max(took, cmp.Or(r.Settle, DefaultSettle)), 15*time.Second))
	}
	done, endErr := r.again(ctx, l, it, err)
	if done || endErr != nil {
		return endErr
	}
	if it.doubt {
		l.notBefore = now // looking is harmless: do it at once
	}
	return nil
}

// retry waits as long as Slack asks, or a little longer each time.
func (r *drain) retry(ctx context.Context, l *lane, it *item, err error) error {
	after := waitAsked(err)
	if after == 0 {
		_, endErr := r.again(ctx, l, it, err)
		return endErr
	}
	it.slowed++
	l.notBefore = r.Clock().Add(after)
	if after > r.maxWait() || it.slowed > 4*r.tries() {
		it.NextAt = l.notBefore
		l.blocked = err
	}
	if saveErr := r.keep(ctx, it, err); saveErr != nil {
		return saveErr
	}
	return ctx.Err()
}

// again counts a failed attempt and sets the time of the next, or closes the
// lane; done means that there is no next one in this drain.
func (r *drain) again(ctx context.Context, l *lane, it *item, err error) (done bool, _ error) {
	if saveErr := r.keep(ctx, it, err); saveErr != nil {
		return true, saveErr
	}
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	it.tries++
	r.failures++
	if r.failures >= 2*r.tries() {
		return true, fmt.Errorf("nothing gets through: %w", err)
	}
	if it.tries >= r.tries() {
		l.blocked = err
		return true, nil
	}
	l.notBefore = r.Clock().Add(500 * time.Millisecond << (it.tries - 1))
	return false, nil
}

// degrade sends a message without its chart after the blocks were refused, then the
// text alone, and gives the message up when the text is refused too.
func (r *drain) degrade(ctx context.Context, l *lane, it *item, err error) error {
	if it.shown {
		it.bare = true
		return r.keep(ctx, it, err)
	}
	if !it.textOnly {
		it.textOnly = true
		return r.keep(ctx, it, err)
	}
	return r.bury(ctx, l, it, err)
}

// bury gives a message up for good.
func (r *drain) bury(ctx context.Context, l *lane, it *item, err error) error {
	it.State, it.LastError = Dead, err.Error()
	if saveErr := r.Outbox.Save(context.WithoutCancel(ctx), it.Delivery); saveErr != nil {
		return saveErr
	}
	r.report.Dead++
	r.fault(l, fmt.Errorf("message %s given up: %w", it.ID, err))
	r.leave(l, it)
	return nil
}

// anew posts what was to update or answer a message that is gone: in its
// thread, or as a new message when there is no thread either.
func (r *drain) anew(ctx context.Context, l *lane, it *item, err error) error {
	switch it.op {
	case Update:
		it.op = Reply
	case Reply:
		it.op = Post
	default:
		return r.bury(ctx, l, it, err)
	}
	return r.keep(ctx, it, err)
}
