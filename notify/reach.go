package notify

import (
	"context"

	"dangol/internal/sales"
)

// Unreachable says which of the reps have no user in Slack, so that what is
// meant for them goes to the alerts channel from the start. Whom Slack cannot
// be asked about just now counts as reachable.
func (d *Dispatcher) Unreachable(ctx context.Context, reps []sales.Rep) map[string]bool {
	missing := map[string]bool{}
	if d.lock(ctx) != nil {
		return missing
	}
	defer d.unlock()
	run := newDrain(d, nil)
	for _, rep := range reps {
		_, err := run.user(ctx, rep.Email)
		switch {
		case err == nil:
		case ClassOf(err) == Park:
			missing[rep.ID] = true
		default:
			return missing // Slack does not answer; the dispatcher will find out
		}
	}
	return missing
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
