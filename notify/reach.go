package notify

import (
	"context"

	"dangol/internal/sales"
)

// Unreachable says which of the reps have no user in Slack, so that what is
// meant for them goes to the alerts channel from the start. Whom Slack cannot
// be asked about just now counts as reachable.
func (d *Dispatcher) Unreachable(ctx context.Context, reps []sales.Rep) map[string]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	run := newDrain(d, nil)
	missing := map[string]bool{}
	for _, rep := range reps {
		_, err := run.user(ctx, rep.Email)
		if err != nil && ClassOf(err) == Park {
			missing[rep.ID] = true
		}
	}
	return missing
}
