package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"dangol/config"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/status"
	"dangol/internal/store"
	"dangol/jobs"
	"dangol/notify"
	"dangol/notify/slack"
)

// leastGrace is what a shutdown leaves for sending what an aborted or long run
// has written, even where the grace period is used up.
const leastGrace = 3 * time.Second

// daemon is `dangol run`: the loop that runs jobs, the sender that empties the
// outbox, and the pages that show how both are.
type daemon struct {
	cfg    *config.Config
	env    environment
	log    *slog.Logger
	state  *store.Store
	status *status.Status
	sender *sender
	jobs   map[string]jobs.Job
	say    *notify.Composer
	ear    *slack.Listener // nil: no app token, no buttons
	copied sales.Date      // as-of date of the run after which the state was copied last
}

// runDaemon runs until a signal; then it finishes or aborts what is under way
// within the grace period and returns. A second signal ends the process at once.
func runDaemon(ctx context.Context, env environment, args []string) error {
	f := newFlags("run")
	f.StringVar(&f.config, "config", "", "")
	words, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return &usageError{hint.With(fmt.Errorf("run: unexpected %q", words[0]), "dangol run --config F")}
	}
	cfg, err := f.load(env)
	if err != nil {
		return err
	}
	if err := cfg.Need(append(neededToSend, "http")...); err != nil {
		return &usageError{err}
	}
	d := &daemon{cfg: cfg, env: env, log: slog.New(slog.NewJSONHandler(env.stderr, nil))}
	timetables, err := d.timetables()
	if err != nil {
		return err
	}
	if d.say, err = composer(cfg); err != nil {
		return err
	}
	if d.state, err = store.Open(ctx, cfg.Path(cfg.State.Path)); err != nil {
		if ctx.Err() != nil {
			return nil // stopped before it began
		}
		return err
	}
	defer d.state.Close()
	return d.serve(ctx, timetables)
}

// timetables builds every job of the catalogue and when it is due.
func (d *daemon) timetables() ([]jobs.Timetable, error) {
	definitions, err := rules(d.cfg)
	if err != nil {
		return nil, err
	}
	var list []jobs.Timetable
	d.jobs = map[string]jobs.Job{}
	for _, entry := range jobs.Catalogue() {
		if entry.Name == jobs.Leaderboard && d.cfg.Slack.Channels.Leaderboard == "" {
			d.log.Info("job left out: slack.channels.leaderboard is not set", "job", entry.Name)
			continue
		}
		times, err := entry.When(d.cfg.DecodeJob)
		if err != nil {
			return nil, &usageError{err}
		}
		if d.jobs[entry.Name], err = entry.New(definitions, d.cfg.DecodeJob); err != nil {
			return nil, &usageError{err}
		}
		list = append(list, jobs.Timetable{Job: entry.Name, Schedule: times, Text: times.String(), Run: d.run})
	}
	return list, nil
}

// serve starts the pages and the sender, turns the loop until ctx ends, and
// takes all down in order.
func (d *daemon) serve(ctx context.Context, timetables []jobs.Timetable) error {
	checks := []string{"state", "slack", "outbox"}
	for _, t := range timetables {
		checks = append(checks, t.Job)
	}
	if d.cfg.Slack.AppToken != "" {
		checks = append(checks, "buttons")
	}
	d.status = status.New(d.env.now, jobs.Wake, build, checks...)
	for _, t := range timetables {
		d.status.Set(t.Job, nil) // no run yet is no trouble
		last, err := d.state.LastRun(ctx, t.Job)
		if err != nil {
			return err
		}
		d.status.Metrics.Expect(t.Job, last)
	}
	listener, err := net.Listen("tcp", d.cfg.HTTP.Listen)
	if err != nil {
		return hint.With(fmt.Errorf("http.listen: %w", err), "choose another address, such as 127.0.0.1:8081, or stop what listens there")
	}
	pages := &http.Server{Handler: d.status.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	go func() {
		if err := pages.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.log.Error("status pages ended", "error", err.Error())
		}
	}()
	d.sender = newSender(d)
	sending, stopSending := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSending()
	sent := make(chan struct{})
	go func() { defer close(sent); d.sender.turn(sending) }()
	listened := d.listen(ctx)
	go d.sender.keepLooking(sending)

	d.log.Info("started", "version", build, "listen", listener.Addr().String(), "timezone", d.cfg.Timezone.String(), "state", d.cfg.Path(d.cfg.State.Path))
	loop := &jobs.Daemon{
		Jobs: timetables, Claims: d.state, Zone: d.cfg.Timezone.Location, Clock: d.env.now, Owner: rand.Text(),
		Watch: watcher{d}, Log: d.log, Tell: d.tell, Wake: wake,
		CatchUp: time.Duration(d.cfg.Run.CatchUp), Deadline: time.Duration(d.cfg.Run.Deadline), Grace: time.Duration(d.cfg.Run.Grace),
	}
	signalled := make(chan time.Time, 1)
	context.AfterFunc(ctx, func() {
		d.log.Info("stopping", "grace", time.Duration(d.cfg.Run.Grace).String())
		d.status.Set("shutdown", errors.New("asked to stop"))
		signalled <- d.env.now()
		time.AfterFunc(time.Duration(d.cfg.Run.Grace), stopSending) // a drain under way ends then, too
	})
	err = loop.Run(ctx)
	<-listened
	left := time.Duration(d.cfg.Run.Grace) - d.env.now().Sub(<-signalled)
	d.sender.last(max(left, leastGrace))
	stopSending()
	<-sent
	closing, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if shutdown := pages.Shutdown(closing); shutdown != nil {
		_ = pages.Close()
	}
	d.log.Info("stopped")
	return err
}

// run does the run that is due, and tells what is owed once the data can be believed.
func (d *daemon) run(ctx context.Context, due jobs.Due) error {
	asOf := due.Nominal.Date() - 1
	result, err := d.tellJob(ctx, due, asOf)
	if err != nil || result == nil || result.Sheet == nil {
		return err
	}
	d.tellOwed(ctx, due, asOf)
	return nil
}

// tellJob reads, judges, commits, and wakes the sender. The result is nil where there
// was nothing to do.
func (d *daemon) tellJob(ctx context.Context, due jobs.Due, asOf sales.Date) (*jobs.Result, error) {
	id := rand.Text()
	log := d.log.With("job", due.Job, "run", id, "nominal", string(due.Nominal), "as_of", asOf.String(), "attempt", due.Attempts)
	log.Info("run started")
	call := &jobCall{cfg: d.cfg, name: due.Job, job: d.jobs[due.Job], asOf: asOf, today: today(d.cfg, d.env)}
	runner, closeAll, err := call.runner(ctx, d.env)
	if err != nil {
		return nil, failedRun(log, err)
	}
	defer closeAll()
	runner.NewID = func() string { return id }
	runner.Book, runner.Unreachable = d.state, d.sender.Unreachable
	result, err := runner.Run(ctx, asOf, call.today, false)
	var earlier *jobs.EarlierError
	if errors.As(err, &earlier) && earlier.Judged < call.today {
		log.Warn("run left out: a later date has been judged by hand", "judged", earlier.Judged.String())
		return nil, nil
	}
	if errors.Is(err, context.Canceled) {
		log.Warn("run aborted: it did not end within the grace period; the next start takes it over")
		return nil, err
	}
	if err != nil {
		return nil, failedRun(log, err)
	}
	d.measure(due.Job, result)
	log.Info("run ended", "data_through", result.Snapshot.DataThrough.String(), "order_lines", result.Snapshot.Quality.OrderLines,
		"findings", len(result.Findings), "changes", len(result.Changes), "messages", len(result.Messages), "judged", result.Sheet != nil)
	d.sender.wake()
	d.after(ctx, log, asOf)
	return result, nil
}

// tellOwed tells the reports that were held while the data could not be believed: a
// run of any job has just read data that can. One that fails is owed still, and the
// next good run tries again; it is no fault of the run that is under way.
func (d *daemon) tellOwed(ctx context.Context, due jobs.Due, asOf sales.Date) {
	cases, err := d.state.Cases(ctx)
	if err != nil {
		d.log.Error("held reports cannot be looked for", "error", err.Error())
		return
	}
	for _, name := range jobs.Owed(cases, d.jobs, asOf) {
		d.log.Info("held report is told now", "job", name, "after", due.Job)
		owed := jobs.Due{Job: name, Nominal: due.Nominal, At: due.At, Attempts: 1}
		_, _ = d.tellJob(ctx, owed, asOf) // it says in the log why it failed
	}
}

func failedRun(log *slog.Logger, err error) error {
	log.Error("run failed", "error", err.Error(), "remedies", hint.Of(err))
	return err
}

// measure hands the figures of a run to the metrics.
func (d *daemon) measure(job string, result *jobs.Result) {
	d.status.Metrics.Read(job, result.Snapshot.Quality.OrderLines, result.Snapshot.Quality.Irregular())
	kinds := map[string]int{}
	for _, f := range result.Findings {
		kinds[string(f.Kind)]++
	}
	d.status.Metrics.Found(job, kinds)
}

// tell queues a message to ops about the daemon's own work.
func (d *daemon) tell(ctx context.Context, incident jobs.Incident) error {
	on := today(d.cfg, d.env)
	title, what := incidentWords(incident, d.cfg.Timezone.Location)
	message := d.say.Incident(on, title, what, d.say.Wording.Remedies(incident.Err))
	err := d.state.Commit(ctx, notify.Record{RunID: rand.Text(), Job: incident.Job, AsOf: on, Outcome: notify.Broken,
		Messages: []notify.Message{message}, At: d.env.now()})
	d.sender.wake()
	return err
}

// quiet says when nothing but what concerns ops is sent: in the quiet hours, and
// on days on which the company does not sell.
func quiet(calendar config.Calendar, zone *time.Location) func(time.Time) bool {
	selling := calendar.Selling()
	from, to, given := calendar.Quiet()
	return func(at time.Time) bool {
		at = at.In(zone)
		if !selling.Selling(sales.DateOf(at)) {
			return true
		}
		clock := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second
		switch {
		case !given:
			return false
		case from <= to:
			return from <= clock && clock < to
		}
		return clock >= from || clock < to
	}
}
