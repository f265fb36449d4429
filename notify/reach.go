package notify

import (
	"context"
	"errors"

	"dangol/internal/sales"
)

// mostAsked is how many remembered users Slack is asked about anew: it answers some
// fifty such questions a minute.
const mostAsked = 40

// Unreachable says which of the reps have no user in Slack, so that what is
// meant for them goes to the alerts channel from the start. Whom Slack cannot
// be asked about just now counts as reachable.
//
// What is remembered is asked for anew where that is wanted, as it is once a week:
// somebody may have left, or have another address, and Slack goes on taking messages
// to whoever had it before. Of many it is the next part each week: a part by the day
// would be the same one on every Monday where the number of reps divides a week's steps.
func (d *Dispatcher) Unreachable(ctx context.Context, reps []sales.Rep, anew bool) map[string]bool {
	missing := map[string]bool{}
	if d.lock(ctx) != nil {
		return missing
	}
	defer d.unlock()
	run := newDrain(d, nil)
	var known []sales.Rep
	for _, rep := range reps {
		if user, _, err := d.Outbox.Address(ctx, userKey(rep.Email)); err == nil && user != "" {
			known = append(known, rep)
		} else if !run.asked(ctx, rep, missing) {
			return missing // Slack does not answer; the dispatcher will find out
		}
	}
	if !anew {
		return missing
	}
	first := int(sales.DateOf(d.Clock())) / 7 * mostAsked
	for i := range min(len(known), mostAsked) {
		rep := known[(first+i)%len(known)]
		run.distrust[userKey(rep.Email)] = true
		if !run.asked(ctx, rep, missing) {
			break
		}
	}
	return missing
}

// asked looks a rep's user up and notes whom Slack does not know; false when Slack
// does not answer. Who is remembered is forgotten only where Slack says that there is
// no such user, not where it lets us ask no more.
func (r *drain) asked(ctx context.Context, rep sales.Rep, missing map[string]bool) bool {
	key := userKey(rep.Email)
	_, err := r.user(ctx, rep.Email)
	var refused *SendError
	switch {
	case err == nil:
		return true
	case ClassOf(err) != Park:
		return false
	case !r.distrust[key]:
		missing[rep.ID] = true
		return true
	case !errors.As(err, &refused) || refused.Code != "users_not_found":
		return false
	}
	missing[rep.ID] = true
	return r.Outbox.Remember(ctx, key, "") == nil
}

// ForChannel is the Dispatcher's Redirect: it rewords a direct message that
// cannot be delivered for the alerts channel, and drops one that no channel may
// read.
func ForChannel(m Message) (Message, bool) {
	if m.Public == nil {
		return m, false
	}
	m.Text, m.Blocks, m.Public = m.Public.Text, m.Public.Blocks, nil
	return m, true
}
