package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"dangol/internal/hint"
	"dangol/internal/sales"
)

// heartbeatTimeout bounds the call of the dead man's switch.
const heartbeatTimeout = 10 * time.Second

// after does what follows a run that worked: the day's copy of the state, and the
// heartbeat. Neither can fail the run.
func (d *daemon) after(ctx context.Context, log *slog.Logger, on sales.Date) {
	if path := d.cfg.State.Backup; path != "" && d.copied != on {
		if err := d.state.Backup(ctx, d.cfg.Path(path)); err != nil {
			log.Error("no copy of the state", "error", err.Error(), "remedies", hint.Of(err))
		} else {
			d.copied = on
		}
	}
	if address := d.cfg.Run.Heartbeat.Reveal(); address != "" {
		if err := beat(ctx, address); err != nil {
			log.Warn("heartbeat not taken", "error", err.Error())
		}
	}
}

// beat asks an address. What it says in an error does not hold the address, which is
// a secret.
func beat(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeatTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("run.heartbeat is no address")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no answer from the host %s", request.URL.Host)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the host %s answers %s", request.URL.Host, response.Status)
	}
	return nil
}
