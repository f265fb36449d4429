package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	// Wake is the longest the daemon sleeps: a clock that jumps is noticed within
	// it.
	Wake = 30 * time.Second
	// mostMissed bounds how many missed runs of one job are kept by their time.
	mostMissed = 1000
	// mostAttempts ends a run that fails, or kills the process, again and again.
	mostAttempts = 60
	// tellAfter attempts ops is told that a run does not work: some 20 minutes.
	tellAfter = 8
	// firstPause and longestPause bound the wait before a failed run is tried again.
	firstPause, longestPause = 10 * time.Second, 15 * time.Minute
)

// Claim is one run's entry in the state: whoever holds it runs.
type Claim struct {
	Job      string
	Nominal  Nominal
	Owner    string    // the process, by an id of its own
	At       time.Time // when it was claimed
	Deadline time.Time // by when it will have ended
}

// Ending says how a run that was due ended.
type Ending string

// The endings of a run.
const (
	Done   Ending = "done"
	Failed Ending = "failed" // its time is over, and it never worked
	Missed Ending = "missed" // nobody was there to run it
)

// Claims is the part of the state that keeps one run from happening twice.
type Claims interface {
	// Settled returns the latest run of a job that ended or was missed, of those
	// due by a wall-clock time; empty: the job was never seen. failing says that
	// the last one that was tried never worked. What counts as missed since a
	// later instant than now was written by a clock that was wrong: left out.
	Settled(ctx context.Context, job string, by Nominal, now time.Time) (last Nominal, failing bool, err error)
	// Begin marks from when on a job is due, for a job never seen before.
	Begin(ctx context.Context, job string, from Nominal, at time.Time) error
	// Claim takes a run and returns how often it was taken, this time included;
	// false: it was done or given up. A claim of another owner is taken over: the
	// state admits one process at a time, so that the other is gone.
	Claim(ctx context.Context, c Claim) (attempts int, ok bool, err error)
	// Settle writes how runs ended, and why where they failed.
	Settle(ctx context.Context, job string, runs []Nominal, how Ending, why string, at time.Time) error
}

// Due is one run that is due.
type Due struct {
	Job      string
	Nominal  Nominal
	At       time.Time // the instant that Nominal means
	Attempts int       // this one included
	Missed   []Nominal // earlier runs that nobody was there for, oldest first
}

// Incident is what ops is told in Slack about the daemon's own work.
type Incident struct {
	What Trouble
	Due
	Err error // of a run that does not work
}

// Trouble is the kind of an incident.
type Trouble string

// The kinds of incidents.
const (
	StillFailing Trouble = "still_failing" // it is tried again
	GivenUp      Trouble = "given_up"      // its time is over, and it never worked
	WorksAgain   Trouble = "works_again"
	RunsMissed   Trouble = "runs_missed" // nobody was there for the runs in Missed
)

// Timetable is one job with its schedule and what to do when it is due.
type Timetable struct {
	Job      string
	Schedule Schedule
	// Run does the work. Its context ends at the run's deadline, or when the
	// grace period of a shutdown is over.
	Run func(context.Context, Due) error
}

// Watcher is told what the daemon does.
type Watcher interface {
	// Alive is called at least every Wake while the loop turns.
	Alive(now time.Time)
	// Next tells when a job is due next.
	Next(job string, at time.Time)
	// Started tells that an attempt of a run begins.
	Started(due Due)
	// Ended tells how an attempt of a run ended; err is nil when it worked.
	Ended(due Due, took time.Duration, err error)
	// Missed tells of runs that nobody was there for.
	Missed(job string, runs int)
}

// Daemon runs jobs when they are due, one at a time: each wall-clock time of a
// schedule once, the latest missed one while its window is open, the earlier
// ones never. What it did stands in the state, so that a restart changes nothing.
type Daemon struct {
	Jobs   []Timetable
	Claims Claims
	Zone   *time.Location
	Clock  func() time.Time
	Owner  string // of this process's claims
	Watch  Watcher
	Log    *slog.Logger

	CatchUp  time.Duration // how late a run may still start
	Deadline time.Duration // the most that one attempt may take
	Grace    time.Duration // how long a shutdown lets an attempt finish

	// Tell queues what ops is to know.
	Tell func(context.Context, Incident) error

	next   []time.Time // by job: nothing to do before
	latest time.Time   // of the last look at the clock
}

// Run turns until ctx ends; then it lets a run finish within the grace period.
// It returns an error only when the state cannot be used at all.
func (d *Daemon) Run(ctx context.Context) error {
	d.next = make([]time.Time, len(d.Jobs))
	for ctx.Err() == nil {
		d.turn(ctx)
		d.sleep(ctx)
	}
	return nil
}

// turn looks at every job once.
func (d *Daemon) turn(ctx context.Context) {
	now := d.now()
	d.Watch.Alive(now)
	if now.Before(d.latest) { // the clock was set back: what is due is to be found anew
		clear(d.next)
	}
	d.latest = now
	for i := range d.Jobs {
		if ctx.Err() != nil {
			return
		}
		if now := d.now(); now.Before(d.next[i]) {
			continue
		}
		next, err := d.look(ctx, &d.Jobs[i])
		if err != nil {
			d.Log.Error("state cannot be used", "job", d.Jobs[i].Job, "error", err)
			next = d.now().Add(Wake)
		}
		d.next[i] = next
		d.Watch.Next(d.Jobs[i].Job, next)
	}
}

func (d *Daemon) now() time.Time { return d.Clock().In(d.Zone) }

// sleep waits for the next run, no longer than Wake.
func (d *Daemon) sleep(ctx context.Context) {
	now, pause := d.now(), Wake
	for _, at := range d.next {
		pause = min(pause, at.Sub(now))
	}
	timer := time.NewTimer(max(pause, 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// shown is the latest wall-clock time that has come by an instant: in the hour
// that clocks repeat, the end of its first passing.
func shown(now time.Time) Nominal {
	begins, _ := now.ZoneBounds()
	if !begins.IsZero() {
		return max(NominalAt(now), NominalAt(begins.Add(-time.Second)))
	}
	return NominalAt(now)
}

// look does what is due of a job and returns when to look again.
func (d *Daemon) look(ctx context.Context, job *Timetable) (time.Time, error) {
	now := d.now()
	last, failing, err := d.Claims.Settled(ctx, job.Job, shown(now), now)
	if err != nil {
		return now, err
	}
	if last == "" {
		return job.Schedule.Next(now), d.Claims.Begin(ctx, job.Job, shown(now), now)
	}
	due, more := job.Schedule.due(last, now, mostMissed)
	if len(due) == 0 {
		return job.Schedule.Next(now), nil
	}
	run := Due{Job: job.Job, Nominal: due[len(due)-1], Missed: due[:len(due)-1]}
	run.At = run.Nominal.In(d.Zone)
	late := now.Sub(run.At) > d.CatchUp
	if late {
		run.Missed = due
	}
	if err := d.miss(ctx, run, more, now); err != nil {
		return now, err
	}
	if late {
		return job.Schedule.Next(now), nil
	}
	return d.attempt(ctx, job, run, failing)
}

// miss writes down the runs that nobody was there for.
func (d *Daemon) miss(ctx context.Context, run Due, more int, now time.Time) error {
	if len(run.Missed) == 0 {
		return nil
	}
	runs := len(run.Missed) + more
	d.Log.Warn("runs missed", "job", run.Job, "runs", runs, "first", string(run.Missed[0]), "last", string(run.Missed[len(run.Missed)-1]))
	d.Watch.Missed(run.Job, runs)
	if err := d.Tell(ctx, Incident{What: RunsMissed, Due: run}); err != nil {
		return err
	}
	return d.Claims.Settle(ctx, run.Job, run.Missed, Missed, "", now)
}

// attempt claims a run, does it and settles it, or says when to try again.
func (d *Daemon) attempt(ctx context.Context, job *Timetable, run Due, failing bool) (time.Time, error) {
	began := d.now()
	var ok bool
	var err error
	run.Attempts, ok, err = d.Claims.Claim(ctx, Claim{Job: job.Job, Nominal: run.Nominal, Owner: d.Owner, At: began, Deadline: began.Add(d.Deadline)})
	if err != nil || !ok {
		return job.Schedule.Next(began), err
	}
	d.Watch.Started(run)
	failed := d.perform(ctx, job, run)
	ended := d.now()
	d.Watch.Ended(run, ended.Sub(began), failed)
	if ctx.Err() != nil && failed != nil {
		return ended, nil // the shutdown ended it; the claim is there for the next process
	}
	// What is written now must not be lost to a shutdown that begins here.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Wake)
	defer cancel()
	if failed == nil {
		return job.Schedule.Next(ended), d.worked(ctx, run, failing, ended)
	}
	again := ended.Add(pause(run.Attempts))
	if run.Attempts < mostAttempts && again.Sub(run.At) <= d.CatchUp {
		if run.Attempts == tellAfter {
			err = d.Tell(ctx, Incident{What: StillFailing, Due: run, Err: failed})
		}
		return again, err
	}
	return job.Schedule.Next(ended), d.giveUp(ctx, run, failed, ended)
}

// worked settles a run that worked, and tells ops who heard that it did not.
func (d *Daemon) worked(ctx context.Context, run Due, failing bool, at time.Time) error {
	if err := d.Claims.Settle(ctx, run.Job, []Nominal{run.Nominal}, Done, "", at); err != nil {
		return err
	}
	if failing || run.Attempts > tellAfter {
		return d.Tell(ctx, Incident{What: WorksAgain, Due: run})
	}
	return nil
}

// giveUp settles a run whose time is over. Ops is told first: rather twice than
// never.
func (d *Daemon) giveUp(ctx context.Context, run Due, failed error, at time.Time) error {
	d.Log.Error("run given up", "job", run.Job, "nominal", string(run.Nominal), "attempts", run.Attempts)
	return errors.Join(
		d.Tell(ctx, Incident{What: GivenUp, Due: run, Err: failed}),
		d.Claims.Settle(ctx, run.Job, []Nominal{run.Nominal}, Failed, failed.Error(), at))
}

// pause is the wait after so many failed attempts: doubled each time.
func pause(attempts int) time.Duration {
	wait := firstPause
	for i := 1; i < attempts && wait < longestPause; i++ {
		wait *= 2
	}
	return min(wait, longestPause)
}

// errDeadline is the cause of a run that took longer than one may.
var errDeadline = errors.New("the run took longer than run.deadline allows")

// perform runs the job under its deadline. A shutdown cancels it only after the
// grace period. A panic is an error of this run, not the end of the daemon.
func (d *Daemon) perform(ctx context.Context, job *Timetable, run Due) (err error) {
	working, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), d.Deadline, errDeadline)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(d.Grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-working.Done():
		}
	})
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the run panicked: %v", p)
		}
	}()
	return job.Run(working, run)
}
