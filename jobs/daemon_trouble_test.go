package jobs

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// what lists what ops was told, in order.
func (y *year) what() []Trouble {
	var list []Trouble
	for _, i := range y.told {
		list = append(list, i.What)
	}
	return list
}

// TestKillerRun: a run that ends the process each time is tried with growing
// pauses, given up at last, and ops is told.
func TestKillerRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, time.UTC)
		attempts := 0
		killer := func(ctx context.Context, _ Due) error {
			attempts++
			<-ctx.Done() // the process ends before the run does
			return context.Cause(ctx)
		}
		first := y.start(y.daemon(killer, daily))
		time.Sleep(time.Second)
		first() // known since midnight
		time.Sleep(8 * time.Hour)
		for range 2000 {
			stop := y.start(y.daemon(killer, daily))
			time.Sleep(20 * time.Second)
			stop()
		}
		if attempts > mostAttempts {
			t.Errorf("%d attempts, want at most %d", attempts, mostAttempts)
		}
		if got := y.ledger.state(daily, "2000-01-01T08:00"); got != "failed" {
			t.Errorf("the run is %q, want failed", got)
		}
		if !slices.Contains(y.what(), GivenUp) {
			t.Errorf("ops was told %v, want that it was given up", y.what())
		}
	})
}

// TestOutage: a database that is down for six hours, under a run every quarter
// of an hour: ops hears of it once, and of its end.
func TestOutage(t *testing.T) {
	for _, schedule := range []string{"*/15 * * * *", "0 * * * *"} {
		synctest.Test(t, func(t *testing.T) {
			y := newYear(t, time.UTC)
			begin := time.Now()
			stop := y.start(y.daemon(func(ctx context.Context, due Due) error {
				if hours := time.Since(begin).Hours(); 2 < hours && hours < 8 {
					return errors.New("down")
				}
				return y.note(ctx, due)
			}, schedule))
			time.Sleep(12 * time.Hour)
			stop()
			told := y.what()
			if slices.Contains(told, RunsMissed) || len(told) > 3 || told[len(told)-1] != WorksAgain {
				t.Errorf("%s: ops was told %v, want that it fails, once, and that it works again", schedule, told)
			}
		})
	}
}

// TestOvertaken: of a run that fails until the next one is due, ops is told what
// it failed of: that time ran out mends nothing.
func TestOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, time.UTC)
		down := errors.New("connection refused")
		stop := y.start(y.daemon(func(context.Context, Due) error { return down }, "* * * * *"))
		time.Sleep(3 * time.Minute)
		stop()
		if len(y.told) != 1 || y.told[0].What != GivenUp || !errors.Is(y.told[0].Err, down) {
			t.Errorf("ops was told %+v, want once that the run was given up, and why", y.told)
		}
	})
}

// TestSpringHour: two runs that the clock change puts on one instant are one, and
// nobody is told of a missed one.
func TestSpringHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		y := newYear(t, berlin)
		time.Sleep(time.Until(time.Date(2000, 3, 25, 12, 0, 0, 0, berlin)))
		stop := y.start(y.daemon(y.note, "0 * * * *"))
		time.Sleep(24*time.Hour + time.Minute)
		stop()
		if len(y.told) > 0 {
			t.Errorf("ops was told %v", y.what())
		}
		if got := len(y.ran); got != 24 {
			t.Errorf("%d runs in 24 hours", got)
		}
	})
}

// TestScheduleChanged: what another schedule would have run before is not missed.
func TestScheduleChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, time.UTC)
		stop := y.start(y.daemon(y.note, "0 8 * * 1"))
		time.Sleep(10 * 24 * time.Hour)
		stop()
		often := y.daemon(y.note, "*/10 * * * *")
		often.Jobs[0].Job = "0 8 * * 1"
		before := len(y.ran)
		stop = y.start(often)
		time.Sleep(time.Hour + time.Minute)
		stop()
		if len(y.told) > 0 {
			t.Errorf("ops was told %v", y.what())
		}
		if got := len(y.ran) - before; got != 6 {
			t.Errorf("%d runs in the hour after, want 6", got)
		}
	})
}

// TestTellThroughRestarts: that a run does not work is told though the process
// restarts at every attempt.
func TestTellThroughRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, time.UTC)
		broken := func(context.Context, Due) error { return errors.New("down") }
		first := y.start(y.daemon(broken, daily))
		time.Sleep(time.Second)
		first()
		time.Sleep(8 * time.Hour)
		for range 40 {
			stop := y.start(y.daemon(broken, daily))
			time.Sleep(10 * time.Minute)
			stop()
		}
		if told := y.what(); len(told) != 1 || told[0] != StillFailing {
			t.Errorf("ops was told %v, want once that it fails", told)
		}
	})
}
