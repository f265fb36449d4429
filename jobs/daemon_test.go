package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	_ "time/tzdata"
)

// entry is one run in a ledger.
type entry struct {
	state    string // begin, claimed, done, failed, missed
	attempts int
	at       time.Time
	owner    string
	told     bool
}

// ledger is Claims for tests, kept over restarts of the daemon.
type ledger struct {
	entries   map[string]map[Nominal]entry
	schedules map[string]string
	forget    bool // keep the latest only: a year of half hours is long
}

func newLedger() *ledger {
	return &ledger{entries: map[string]map[Nominal]entry{}, schedules: map[string]string{}}
}

func (l *ledger) state(job string, n Nominal) string { return l.entries[job][n].state }

func (l *ledger) Settled(_ context.Context, job string, by Nominal, now time.Time) (last Nominal, failing bool, err error) {
	var tried Nominal
	for n, e := range l.entries[job] {
		if n > by || e.state == "claimed" || e.state == "missed" && e.at.After(now) {
			continue
		}
		last = max(last, n)
		if (e.state == "done" || e.state == "failed") && n > tried {
			tried, failing = n, e.state == "failed"
		}
	}
	return last, failing, nil
}

func (l *ledger) Adopt(_ context.Context, job, schedule string, from Nominal, at time.Time) error {
	if l.schedules[job] == schedule {
		return nil
	}
	l.schedules[job] = schedule
	if l.entries[job] == nil {
		l.entries[job] = map[Nominal]entry{}
	}
	if _, ok := l.entries[job][from]; !ok {
		l.entries[job][from] = entry{state: "begin", at: at}
	}
	return nil
}

func (l *ledger) Pending(_ context.Context, job string) (held []Held, err error) {
	for n, e := range l.entries[job] {
		if e.state == "claimed" {
			held = append(held, Held{Nominal: n, Owner: e.owner, At: e.at, Attempts: e.attempts, Told: e.told})
		}
	}
	return held, nil
}

func (l *ledger) Told(_ context.Context, job string, n Nominal) error {
	e := l.entries[job][n]
	e.told = true
	l.entries[job][n] = e
	return nil
}

func (l *ledger) Claim(_ context.Context, c Claim) (int, bool, error) {
	e := l.entries[c.Job][c.Nominal]
	if e.state == "done" || e.state == "failed" {
		return 0, false, nil
	}
	l.entries[c.Job][c.Nominal] = entry{state: "claimed", attempts: e.attempts + 1, at: c.At, owner: c.Owner, told: e.told}
	return e.attempts + 1, true, nil
}

func (l *ledger) Settle(_ context.Context, job string, runs []Nominal, how Ending, _ string, at time.Time) error {
	for _, n := range runs {
		if e := l.entries[job][n]; e.state == "" || e.state == "claimed" {
			l.entries[job][n] = entry{state: string(how), attempts: e.attempts, at: at, told: e.told}
		}
	}
	if how == Done && len(runs) > 0 { // what ended long ago is not asked for again
		for n := range l.entries[job] {
			if l.forget && n < runs[0] {
				delete(l.entries[job], n)
			}
		}
	}
	return nil
}

// silent is a Watcher that does not care.
type silent struct{ alive int }

func (s *silent) Alive(time.Time)               { s.alive++ }
func (*silent) Next(string, time.Time)          {}
func (*silent) Started(Due)                     {}
func (*silent) Ended(Due, time.Duration, error) {}
func (*silent) Missed(string, int)              {}

// run names one run of one job.
type run struct {
	job     string
	nominal Nominal
}

// year is a daemon's surroundings in a test: a wall clock that can be set, and
// what was run.
type year struct {
	t       *testing.T
	zone    *time.Location
	ledger  *ledger
	offset  atomic.Int64 // of the daemon's clock against the bubble's, a duration
	runs    map[run]int
	mu      sync.Mutex
	ran     []time.Time
	told    []Incident
	watcher silent
}

func newYear(t *testing.T, zone *time.Location) *year {
	return &year{t: t, zone: zone, ledger: newLedger(), runs: map[run]int{}}
}

func (y *year) clock() time.Time { return time.Now().Add(time.Duration(y.offset.Load())) }

// daemon makes a process on the ledger with a job for each schedule, of that name.
func (y *year) daemon(work func(context.Context, Due) error, schedules ...string) *Daemon {
	d := &Daemon{
		Claims: y.ledger, Zone: y.zone, Clock: y.clock, Owner: fmt.Sprint(time.Now()), Watch: &y.watcher,
		Log: slog.New(slog.DiscardHandler), CatchUp: 12 * time.Hour, Deadline: time.Hour, Grace: time.Minute,
		Tell: func(_ context.Context, i Incident) error { y.told = append(y.told, i); return nil },
	}
	for _, schedule := range schedules {
		times, err := ParseSchedule(schedule)
		if err != nil {
			y.t.Fatal(err)
		}
		d.Jobs = append(d.Jobs, Timetable{Job: schedule, Schedule: times, Text: schedule, Run: work})
	}
	return d
}

// note is the work of a job that only notes that it ran.
func (y *year) note(_ context.Context, due Due) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.runs[run{due.Job, due.Nominal}]++
	y.ran = append(y.ran, y.clock())
	return nil
}

// started counts the runs so far, while the daemon goes on.
func (y *year) started() int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return len(y.ran)
}

// start runs a daemon; stop ends it.
func (y *year) start(d *Daemon) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			y.t.Error(err)
		}
	}
}

// fiveZones have clock changes at 02:00, at midnight, by half an hour, on both
// hemispheres, and none.
var fiveZones = []string{"Asia/Seoul", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe"}

func eachZone(t *testing.T, test func(*testing.T, *time.Location)) {
	for _, name := range fiveZones {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, zone) })
		})
	}
}

// TestYear runs a year in virtual time, for a schedule in working hours and for
// those that clock changes leave out or repeat: each nominal run exactly once, at
// its time, without one at another time.
func TestYear(t *testing.T) {
	schedules := []string{"0 8 * * 1-5", "30 2 * * *", "15 0 * * *", "*/30 * * * *"}
	eachZone(t, func(t *testing.T, zone *time.Location) {
		y := newYear(t, zone)
		y.ledger.forget = true
		begin := y.clock().In(zone)
		stop := y.start(y.daemon(y.note, schedules...))
		time.Sleep(366*24*time.Hour + 10*time.Minute)
		stop()
		for _, schedule := range schedules {
			y.wantEach(schedule, begin, y.clock().In(zone))
		}
		for _, at := range y.ran {
			if at.Second() != 0 {
				t.Errorf("a run started at %s, not on its minute", at)
			}
		}
		if want := int(366 * 24 * time.Hour / Wake); y.watcher.alive < want {
			t.Errorf("awake %d times, want at least %d", y.watcher.alive, want)
		}
	})
}

// wantEach wants every minute of the wall clock that the schedule names between
// two instants to have run once. Of those that a clock change makes fall on one
// instant, the last one runs.
func (y *year) wantEach(schedule string, from, to time.Time) {
	y.t.Helper()
	want := y.expected(schedule, from, to)
	if len(want) < 200 {
		y.t.Fatalf("only %d runs expected: the test looks at nothing", len(want))
	}
	for n := range want {
		if got := y.runs[run{schedule, n}]; got != 1 {
			y.t.Errorf("%s: run %s %d times, want once", schedule, n, got)
		}
	}
	for r := range y.runs {
		if r.job == schedule && !want[r.nominal] {
			y.t.Errorf("%s: run %s was not due", schedule, r.nominal)
		}
	}
}

// expected asks the calendar, day by day, without the code under test but for
// the parser of the schedule: a wall-clock minute counts even where the clocks
// leave it out.
func (y *year) expected(schedule string, from, to time.Time) map[Nominal]bool {
	times, err := ParseSchedule(schedule)
	if err != nil {
		y.t.Fatal(err)
	}
	want := map[Nominal]bool{}
	begin, end := NominalAt(from), NominalAt(to)
	leftOut := map[int64]Nominal{} // instant of a clock change → the last run on it
	const step = 15 * time.Minute  // every schedule here is due on quarters of an hour
	for c := begin.clock().Truncate(step).Add(step); !c.After(end.clock()); c = c.Add(step) {
		if !times.times.Next(c.Add(-time.Minute)).Equal(c) {
			continue
		}
		n := NominalAt(c)
		if before, ok := leftOut[instantOf(c, y.zone)]; ok {
			delete(want, before)
		}
		leftOut[instantOf(c, y.zone)] = n
		want[n] = true
	}
	return want
}

// instantOf finds the first minute at which the wall shows c or later, by
// walking there: what In computes from the zone's bounds.
func instantOf(c time.Time, zone *time.Location) int64 {
	at := time.Date(c.Year(), c.Month(), c.Day(), c.Hour(), c.Minute(), 0, 0, zone).Add(-2 * time.Hour)
	for ; NominalAt(at) < NominalAt(c); at = at.Add(15 * time.Minute) {
	}
	return at.Unix()
}

// nightly is a schedule that clock changes touch.
const nightly = "30 2 * * *"

// TestDownTimes stops the daemon at random for up to three days, and sets its
// clock back and forth: no run twice, each one that had its time while the
// daemon was up, or within the window before it came up, once, the others missed.
func TestDownTimes(t *testing.T) {
	eachZone(t, func(t *testing.T, zone *time.Location) {
		for seed := range uint64(2) {
			dice := rand.New(rand.NewPCG(seed, 7))
			y := newYear(t, zone)
			jumps := seed%2 == 1
			begin := y.clock().In(zone)
			stop := y.start(y.daemon(y.note, nightly))
			for range 25 {
				time.Sleep(time.Duration(dice.Int64N(int64(8 * 24 * time.Hour))))
				if jumps {
					y.offset.Add(dice.Int64N(int64(6*time.Hour)) - int64(3*time.Hour))
				}
				time.Sleep(Wake)
				stop()
				time.Sleep(time.Duration(dice.Int64N(int64(72 * time.Hour))))
				stop = y.start(y.daemon(y.note, nightly))
			}
			time.Sleep(Wake) // the last start catches up
			stop()
			y.wantOnceOrMissed(begin, jumps)
		}
	})
}

func (y *year) wantOnceOrMissed(begin time.Time, jumps bool) {
	y.t.Helper()
	done, missed := 0, 0
	for n := range y.expected(nightly, begin, y.clock().In(y.zone)) {
		state, runs := y.ledger.state(nightly, n), y.runs[run{nightly, n}]
		switch {
		case state == "done" && runs == 1:
			done++
		case state == "missed" && runs == 0:
			missed++
		default:
			y.t.Errorf("run %s is %q and ran %d times", n, state, runs)
		}
	}
	if done < 60 || missed < 2 {
		y.t.Errorf("%d done, %d missed, jumps %v: the test looks at too little", done, missed, jumps)
	}
}

const daily = "0 8 * * *"

// TestClockWrongByYears: a clock that is wrong for a minute must not silence the
// daemon until that time really comes.
func TestClockWrongByYears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, time.UTC)
		stop := y.start(y.daemon(y.note, daily))
		time.Sleep(36 * time.Hour)
		y.offset.Store(int64(400 * 24 * time.Hour))
		time.Sleep(time.Minute)
		y.offset.Store(0)
		before := y.started()
		time.Sleep(5 * 24 * time.Hour)
		stop()
		if got := y.started() - before; got != 5 {
			t.Errorf("%d runs in the five days after the clock was put right, want 5", got)
		}
	})
}

// TestFailingRun follows the retries of a run that never works, what ops is
// told, and the first run that works again.
func TestFailingRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, time.UTC)
		tries := 0
		broken := errors.New("the database is down")
		stop := y.start(y.daemon(func(ctx context.Context, due Due) error {
			if due.At.Day() != 2 {
				return nil
			}
			if tries++; tries != due.Attempts {
				t.Errorf("attempt %d says it is number %d", tries, due.Attempts)
			}
			return broken
		}, daily)) // the bubble begins on 2000-01-01 at midnight
		time.Sleep(3 * 24 * time.Hour)
		stop()
		var what []Trouble
		for _, i := range y.told {
			what = append(what, i.What)
		}
		if want := []Trouble{StillFailing, GivenUp, WorksAgain}; !slices.Equal(what, want) {
			t.Errorf("told %v, want %v", what, want)
		}
		if !errors.Is(y.told[0].Err, broken) {
			t.Errorf("told %v, want the reason", y.told[0].Err)
		}
		if tries < 40 || tries > mostAttempts {
			t.Errorf("%d attempts in the window of 12 hours", tries)
		}
		if got := y.ledger.state(daily, "2000-01-02T08:00"); got != "failed" {
			t.Errorf("the run stands as %q, want failed", got)
		}
	})
}

// TestShutdown: a run that is under way gets the grace period and no more, and
// the next process takes over what was aborted.
func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, time.UTC)
		takes := 30 * time.Second
		work := func(ctx context.Context, due Due) error {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(takes):
				return y.note(ctx, due)
			}
		}
		stop := y.start(y.daemon(work, daily))
		time.Sleep(8*time.Hour + 10*time.Second)
		stop()
		if got := y.ledger.state(daily, "2000-01-01T08:00"); got != "done" {
			t.Errorf("a run within the grace period is %q, want done", got)
		}

		takes = time.Hour / 2
		stop = y.start(y.daemon(work, daily))
		time.Sleep(24 * time.Hour)
		began := time.Now()
		stop()
		if took := time.Since(began); took != time.Minute {
			t.Errorf("the shutdown took %s, want the grace period", took)
		}
		if got := y.ledger.state(daily, "2000-01-02T08:00"); got != "claimed" {
			t.Errorf("the aborted run is %q, want claimed", got)
		}

		stop = y.start(y.daemon(work, daily))
		time.Sleep(time.Hour)
		stop()
		if got := y.runs[run{daily, "2000-01-02T08:00"}]; got != 1 {
			t.Errorf("the aborted run was taken over %d times, want once", got)
		}
	})
}

// TestOverlongRun: a run ends at its deadline, and a panic is its error alone.
func TestOverlongRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, time.UTC)
		attempts := 0
		d := y.daemon(func(ctx context.Context, _ Due) error {
			switch attempts++; attempts {
			case 1:
				<-ctx.Done()
				return context.Cause(ctx)
			case 2:
				panic("out of range")
			}
			return nil
		}, daily)
		var errs []error
		d.Watch = &recorder{&y.watcher, &errs}
		stop := y.start(d)
		time.Sleep(12 * time.Hour)
		stop()
		if len(errs) != 3 || !errors.Is(errs[0], errDeadline) || errs[1] == nil || errs[2] != nil {
			t.Errorf("attempts ended with %v, want deadline, panic, success", errs)
		}
	})
}

// recorder keeps how attempts ended.
type recorder struct {
	Watcher
	errs *[]error
}

func (r *recorder) Ended(_ Due, _ time.Duration, err error) { *r.errs = append(*r.errs, err) }
