package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"dangol/internal/store"
	"dangol/jobs"
)

// settledAt is when everything in these tests is written.
var settledAt = time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC)

func claimed(t *testing.T, s *store.Store, nominal jobs.Nominal, owner string) (int, bool) {
	t.Helper()
	attempts, ok, err := s.Claim(t.Context(), jobs.Claim{Job: "j", Nominal: nominal, Owner: owner, At: settledAt, Deadline: settledAt.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return attempts, ok
}

func settle(t *testing.T, s *store.Store, how jobs.Ending, runs ...jobs.Nominal) {
	t.Helper()
	if err := s.Settle(t.Context(), "j", runs, how, "why", settledAt); err != nil {
		t.Fatal(err)
	}
}

func wantSettled(t *testing.T, s *store.Store, by, want jobs.Nominal, failing bool) {
	t.Helper()
	got, bad, err := s.Settled(t.Context(), "j", by, settledAt)
	if err != nil || got != want || bad != failing {
		t.Errorf("settled by %s: %q failing %v error %v, want %q failing %v", by, got, bad, err, want, failing)
	}
}

// TestClaims follows one job through begin, a run, a crash, a failure, a missed
// run and a clock that was wrong.
func TestClaims(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"))
	wantSettled(t, s, "2026-11-24T08:00", "", false)
	if err := s.Adopt(t.Context(), "j", "0 8 * * *", "2026-11-23T09:00", settledAt); err != nil {
		t.Fatal(err)
	}
	wantSettled(t, s, "2026-11-24T08:00", "2026-11-23T09:00", false)

	if n, ok := claimed(t, s, "2026-11-24T08:00", "first"); n != 1 || !ok {
		t.Errorf("first claim: %d %v", n, ok)
	}
	wantSettled(t, s, "2026-11-24T08:00", "2026-11-23T09:00", false)
	if n, ok := claimed(t, s, "2026-11-24T08:00", "second"); n != 2 || !ok {
		t.Errorf("a claim whose process is gone: %d %v, want taken over", n, ok)
	}
	settle(t, s, jobs.Done, "2026-11-24T08:00")
	if _, ok := claimed(t, s, "2026-11-24T08:00", "second"); ok {
		t.Error("a run that was done was claimed again")
	}
	settle(t, s, jobs.Missed, "2026-11-24T08:00")
	if _, ok := claimed(t, s, "2026-11-24T08:00", "second"); ok {
		t.Error("a run that was done counted as missed")
	}

	claimed(t, s, "2026-11-25T08:00", "second")
	settle(t, s, jobs.Failed, "2026-11-25T08:00")
	settle(t, s, jobs.Missed, "2026-11-26T08:00")
	wantSettled(t, s, "2026-11-26T08:00", "2026-11-26T08:00", true)
	wantSettled(t, s, "2026-11-24T23:00", "2026-11-24T08:00", false)
	if last, _, err := s.Settled(t.Context(), "j", "2026-11-26T08:00", settledAt.Add(-time.Hour)); err != nil || last != "2026-11-25T08:00" {
		t.Errorf("settled, by a clock before the run was found missed: %q %v, want it left out", last, err)
	}
	if n, ok := claimed(t, s, "2026-11-26T08:00", "second"); n != 1 || !ok {
		t.Errorf("a run missed by a clock set wrong: %d %v, want claimed when its time comes", n, ok)
	}
}
