package main

import (
	"context"
	"crypto/rand"
	"time"

	"dangol/config"
	"dangol/internal/sales"
	"dangol/internal/store"
	"dangol/notify"
)

// tellDead queues a message to ops about those that were given up since it was told
// last. One that was for ops itself is not told of: there is nobody else to tell.
// It reports whether anything was queued.
func tellDead(ctx context.Context, cfg *config.Config, state *store.Store, now time.Time) (bool, error) {
	dead, err := state.Dead(ctx)
	if err != nil || len(dead) == 0 {
		return false, err
	}
	on := sales.DateOf(now.In(cfg.Timezone.Location))
	record := notify.Record{RunID: rand.Text(), Job: "delivery", AsOf: on, Outcome: notify.Broken, At: now}
	var others []notify.Delivery
	for _, d := range dead {
		record.Dead = append(record.Dead, d.ID)
		if d.To.Channel != notify.Ops {
			others = append(others, d)
		}
	}
	if len(others) > 0 {
		say, err := composer(cfg)
		if err != nil {
			return false, err
		}
		channels := cfg.Slack.Channels.ByRole()
		record.Messages = []notify.Message{say.GivenUp(on, others, func(to notify.Destination) string { return place(to, channels) })}
	}
	return len(others) > 0, state.Commit(ctx, record)
}
