package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"dangol/internal/failpoint"
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
	// Adopt notes a job's schedule. A job never seen, or one with another schedule
	// than before, is due from a wall-clock time on.
	Adopt(ctx context.Context, job, schedule string, from Nominal, at time.Time) error
	// Pending returns the runs that were claimed and have not ended, oldest first.
	Pending(ctx context.Context, job string) ([]Held, error)
	// Told notes that ops was told that a run does not work.
	Told(ctx context.Context, job string, run Nominal) error
	// Claim takes a run and returns how often it was taken, this time included;
	// false: it was done or given up. A claim of another owner is taken over: the
	// state admits one process at a time, so that the other is gone.
	Claim(ctx context.Context, c Claim) (attempts int, ok bool, err error)
	// Settle writes how runs ended, and why where they failed.
	Settle(ctx context.Context, job string, runs []Nominal, how Ending, why string, at time.Time) error
}

// Held is a run that was claimed and has not ended.
type Held struct {
	Nominal  Nominal
	Owner    string
	At       time.Time // of the latest claim
	Attempts int
	Told     bool // ops was told that it does not work
}

// Due is one run that is due.
type Due struct {
	Job      string
	Nominal  Nominal
	At       time.Time // the instant that Nominal means
	Attempts int       // this one included
	Missed   []Nominal // earlier runs that nobody was there for, oldest first
	More     int       // still earlier ones, of which only the number is kept
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
	Text     string // the schedule as written: another one than before begins anew
	// Run does the work. Its context ends at the run's deadline, or when the
	// grace period of a shutdown is over.
	Run func(context.Context, Due) error

	failed error // what the latest attempt ended in; nil: it worked, or this process made none
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

	Wake     time.Duration // the longest it sleeps; 0 means the constant
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
			next = d.now().Add(d.wake())
		}
		d.next[i] = next
		d.Watch.Next(d.Jobs[i].Job, next)
	}
}

func (d *Daemon) now() time.Time { return d.Clock().In(d.Zone) }

// wake is the longest the daemon sleeps.
func (d *Daemon) wake() time.Duration { return cmp.Or(d.Wake, Wake) }

// sleep waits for the next run, no longer than Wake.
func (d *Daemon) sleep(ctx context.Context) {
	now, pause := d.now(), d.wake()
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

// someTime is when to look again at a schedule that has no next time.
const someTime = 24 * time.Hour

// next is when a job is due after now.
func next(job *Timetable, now time.Time) time.Time {
	if at := job.Schedule.Next(now); !at.IsZero() {
		return at
	}
	return now.Add(someTime)
}

// look does what is due of a job and returns when to look again.
func (d *Daemon) look(ctx context.Context, job *Timetable) (time.Time, error) {
	now := d.now()
	if err := d.Claims.Adopt(ctx, job.Job, job.Text, shown(now), now); err != nil {
		return now, err
	}
	last, failing, err := d.Claims.Settled(ctx, job.Job, shown(now), now)
	if err != nil || last == "" {
		return next(job, now), err
	}
	due, more := job.Schedule.due(last, now, mostMissed)
	if len(due) == 0 {
		return next(job, now), nil
	}
	pending, err := d.Claims.Pending(ctx, job.Job)
	if err != nil {
		return now, err
	}
	run := Due{Job: job.Job, Nominal: due[len(due)-1], More: more}
	run.At = run.Nominal.In(d.Zone)
	earlier := due[:len(due)-1]
	late := now.Sub(run.At) > d.CatchUp
	if late {
		earlier = due
	}
	if err := d.leave(ctx, job, &run, earlier, pending, &failing, now); err != nil {
		return now, err
	}
	if late {
		return next(job, now), nil
	}
	return d.attempt(ctx, job, run, heldOf(pending, run.Nominal), failing)
}

func heldOf(pending []Held, n Nominal) Held {
	for _, h := range pending {
		if h.Nominal == n {
			return h
		}
	}
	return Held{}
}

// errOvertaken is why a run is given up that failed, in another process, until the
// next one was due.
var errOvertaken = errors.New("it failed until the next run was due, or until run.catch_up was over")

// leave settles runs that will not be tried any more: those that were tried have
// failed, those at the same instant as the one that is due (clocks were set
// forward over them) are done with it, the others were missed. Ops can act on what
// an attempt ended in, and on its remedy, not on the fact that time ran out.
func (d *Daemon) leave(ctx context.Context, job *Timetable, run *Due, earlier []Nominal, pending []Held, failing *bool, now time.Time) error {
	why := job.failed
	if why == nil {
		why = errOvertaken
	}
	var same []Nominal
	for _, n := range earlier {
		switch held := heldOf(pending, n); {
		case held.Attempts > 0:
			failed := Due{Job: run.Job, Nominal: n, At: n.In(d.Zone), Attempts: held.Attempts}
			if err := d.giveUp(ctx, failed, why, held.Told || *failing, now); err != nil {
				return err
			}
			*failing = true
		case n != run.Nominal && n.In(d.Zone).Equal(run.At):
			same = append(same, n)
		default:
			run.Missed = append(run.Missed, n)
		}
	}
	if err := d.Claims.Settle(ctx, run.Job, same, Done, "one instant with "+string(run.Nominal), now); err != nil {
		return err
	}
	return d.miss(ctx, *run, now)
}

// miss writes down the runs that nobody was there for.
func (d *Daemon) miss(ctx context.Context, run Due, now time.Time) error {
	if len(run.Missed) == 0 {
		return nil
	}
	if err := d.Tell(ctx, Incident{What: RunsMissed, Due: run}); err != nil {
		return err
	}
	if err := d.Claims.Settle(ctx, run.Job, run.Missed, Missed, "", now); err != nil {
		return err
	}
	runs := len(run.Missed) + run.More
	d.Log.Warn("runs missed", "job", run.Job, "runs", runs, "first", string(run.Missed[0]), "last", string(run.Missed[len(run.Missed)-1]))
	d.Watch.Missed(run.Job, runs)
	return nil
}

// errKilled is why a run is given up whose process never came back from it.
var errKilled = errors.New("the process ended during every attempt: see the log before each start, and the memory it may use")

// attempt claims a run, does it and settles it, or says when to try again. A run
// whose process has gone is taken over after a pause that grows, as if it had
// failed.
func (d *Daemon) attempt(ctx context.Context, job *Timetable, run Due, held Held, failing bool) (time.Time, error) {
	began := d.now()
	if gone := held.Attempts > 0 && held.Owner != d.Owner; gone {
		if held.Attempts >= mostAttempts {
			run.Attempts = held.Attempts
			return next(job, began), d.giveUp(ctx, run, errKilled, false, began)
		}
		if again := held.At.Add(pause(held.Attempts)); held.Attempts > 1 && again.After(began) && again.Sub(began) <= longestPause {
			return again, nil
		}
	}
	var ok bool
	var err error
	run.Attempts, ok, err = d.Claims.Claim(ctx, Claim{Job: job.Job, Nominal: run.Nominal, Owner: d.Owner, At: began, Deadline: began.Add(d.Deadline)})
	if err != nil || !ok {
		return next(job, began), err
	}
	failpoint.Hit(failpoint.Claimed)
	d.Watch.Started(run)
	failed := d.perform(ctx, job, run)
	job.failed = failed
	ended := d.now()
	d.Watch.Ended(run, ended.Sub(began), failed)
	if ctx.Err() != nil && failed != nil {
		return ended, nil // the shutdown ended it; the claim is there for the next process
	}
	// What is written now must not be lost to a shutdown that begins here.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Wake)
	defer cancel()
	if failed == nil {
		return next(job, ended), d.worked(ctx, run, failing || held.Told, ended)
	}
	again := ended.Add(pause(run.Attempts))
	if run.Attempts < mostAttempts && again.Sub(run.At) <= d.CatchUp {
		return again, d.stillFailing(ctx, run, failed, failing || held.Told)
	}
	return next(job, ended), d.giveUp(ctx, run, failed, false, ended)
}

// stillFailing tells ops once that a run does not work.
func (d *Daemon) stillFailing(ctx context.Context, run Due, failed error, told bool) error {
	if told || run.Attempts < tellAfter {
		return nil
	}
	return errors.Join(
		d.Tell(ctx, Incident{What: StillFailing, Due: run, Err: failed}),
		d.Claims.Told(ctx, run.Job, run.Nominal))
}

// worked settles a run that worked, and tells ops who heard that it did not.
func (d *Daemon) worked(ctx context.Context, run Due, told bool, at time.Time) error {
	err := d.Claims.Settle(ctx, run.Job, []Nominal{run.Nominal}, Done, "", at)
	failpoint.Hit(failpoint.Settled)
	if err != nil || !told {
		return err
	}
	return d.Tell(ctx, Incident{What: WorksAgain, Due: run})
}

// giveUp settles a run whose time is over. Ops is told first, rather twice than
// never, but for one of a row of which it has heard.
func (d *Daemon) giveUp(ctx context.Context, run Due, failed error, told bool, at time.Time) error {
	d.Log.Error("run given up", "job", run.Job, "nominal", string(run.Nominal), "attempts", run.Attempts)
	var telling error
	if !told {
		telling = d.Tell(ctx, Incident{What: GivenUp, Due: run, Err: failed})
	}
	return errors.Join(telling, d.Claims.Settle(ctx, run.Job, []Nominal{run.Nominal}, Failed, failed.Error(), at))
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
