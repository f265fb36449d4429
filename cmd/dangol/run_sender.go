package main

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"dangol/internal/hint"
	"dangol/jobs"
	"dangol/notify"
	"dangol/notify/slack"
)

const (
	// mostDrain is the longest drain at a stretch.
	mostDrain = 2 * time.Minute
	// mostPause is the longest wait between drains while something is left.
	mostPause = 5 * time.Minute
)

// tick is how often the sender looks without being woken.
var tick = cmp.Or(wake, jobs.Wake)

// sender empties the outbox: after each run, and every half minute for what is
// left or was held back.
type sender struct {
	*notify.Dispatcher
	daemon *daemon
	hush   func(time.Time) bool
	woken  chan struct{}
	// doubted asks for a look now: perhaps Slack refuses the token.
	doubted chan struct{}
	hushed  atomic.Bool // quiet when the drain under way began

	mu     sync.Mutex // one drain at a time, and what follows
	said   string     // the trouble that was logged last
	pause  time.Duration
	notYet time.Time // no drain before, unless woken
}

func newSender(d *daemon) *sender {
	call := &jobCall{cfg: d.cfg}
	s := &sender{daemon: d, Dispatcher: call.dispatcher(d.env, d.state), woken: make(chan struct{}, 1), doubted: make(chan struct{}, 1)}
	s.hush = quiet(d.cfg.Calendar, d.cfg.Timezone.Location)
	s.Hold = func(m notify.Message) bool { return m.To.Channel != notify.Ops && !m.Prompt && s.hushed.Load() }
	return s
}

// wake asks for a drain now.
func (s *sender) wake() {
	select {
	case s.woken <- struct{}{}:
	default: // asked for already
	}
}

// turn drains the outbox until ctx ends.
func (s *sender) turn(ctx context.Context) {
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	asked := true
	for {
		if asked || !s.daemon.env.now().Before(s.notYet) {
			s.drain(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.woken:
			asked = true
		case <-ticks.C:
			asked = false
		}
	}
}

// keepLooking looks at the state and at Slack until ctx ends, also while a drain
// takes long.
func (s *sender) keepLooking(ctx context.Context) {
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for {
		s.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		case <-s.doubted:
		}
	}
}

// last drains once more at a shutdown, for no longer than the grace period.
func (s *sender) last(grace time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	s.drain(ctx)
}

// look sets what readiness depends on: that the state can be written and that
// Slack takes the token.
func (s *sender) look(ctx context.Context) {
	d := s.daemon
	d.hear()
	state := d.state.Ping(ctx)
	if ctx.Err() != nil {
		return
	}
	d.status.Set("state", state)
	s.askSlack(ctx)
	states, err := d.state.Standing(ctx)
	if err != nil {
		d.status.Set("state", err)
		return
	}
	d.status.Metrics.Outbox(states)
}

// askSlack makes a client of its own: one that has an answer keeps it.
func (s *sender) askSlack(ctx context.Context) {
	client := slack.New(slack.Options{Token: s.daemon.cfg.Slack.Token.Reveal(), APIURL: s.daemon.cfg.Slack.APIURL})
	_, err := client.Team(ctx)
	if ctx.Err() == nil {
		s.daemon.status.Set("slack", err)
	}
}

func (s *sender) drain(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hushed.Store(s.hush(s.daemon.env.now()))
	// Bounded, so that the quiet hours are asked for again.
	bounded, cancel := context.WithTimeout(ctx, mostDrain)
	defer cancel()
	report, err := s.Drain(bounded)
	s.count(report)
	log, now := s.daemon.log, s.daemon.env.now()
	if told, err := tellDead(context.WithoutCancel(ctx), s.daemon.cfg, s.daemon.state, now); err != nil {
		log.Error("messages given up, and ops could not be told", "error", err.Error())
	} else if told {
		s.wake()
	}
	if report.Sent+report.Adopted > 0 || report.Dead > 0 {
		log.Info("outbox drained", "sent", report.Sent, "adopted", report.Adopted, "possible_duplicates", report.PossibleDuplicates,
			"redirected", report.Redirected, "left", report.Left, "held", report.Held, "dead", report.Dead)
	}
	for _, warning := range report.Warnings {
		log.Warn("delivery needs a look", "error", warning.Error(), "remedies", hint.Of(warning))
	}
	if err == nil {
		s.said, s.pause, s.notYet = "", 0, time.Time{}
		s.daemon.status.Set("outbox", nil)
		return
	}
	if ctx.Err() != nil {
		return
	}
	if bounded.Err() != nil {
		s.wake()
		return
	}
	s.daemon.status.Set("outbox", err)
	select {
	case s.doubted <- struct{}{}:
	default:
	}
	if err.Error() != s.said {
		log.Error("messages undelivered", "left", report.Left, "error", err.Error(), "remedies", hint.Of(err))
	}
	s.said = err.Error()
	s.pause = min(max(2*s.pause, tick), mostPause)
	s.notYet = now.Add(s.pause)
}

// count hands a drain's figures to the metrics.
func (s *sender) count(report notify.Report) {
	for outcome, n := range map[string]int{"sent": report.Sent, "adopted": report.Adopted,
		"possible_duplicate": report.PossibleDuplicates, "redirected": report.Redirected, "dead": report.Dead} {
		s.daemon.status.Metrics.Delivered(outcome, n)
	}
	states, err := s.daemon.state.Standing(context.Background())
	if err == nil || errors.Is(err, context.Canceled) {
		s.daemon.status.Metrics.Outbox(states)
	}
}
