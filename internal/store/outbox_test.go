package store_test

import (
	"testing"
	"time"

	"dangol/notify"

	"github.com/google/go-cmp/cmp"
)

// Deliveries come back in the order of writing, whatever their ids and whatever
// was saved in between.
func TestOutboxOrder(t *testing.T) {
	s := open(t, statePath(t))
	commit(t, s, record("run1", post("z", ""), post("m", "")))
	commit(t, s, record("run2", post("a", ""), post("q", "")))
	deliveries, err := s.Undelivered(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	deliveries[0].State, deliveries[0].Attempts = notify.Unknown, 3
	if err := s.Save(t.Context(), deliveries[0]); err != nil {
		t.Fatal(err)
	}
	deliveries[1].State = notify.Dead
	if err := s.Save(t.Context(), deliveries[1]); err != nil {
		t.Fatal(err)
	}
	if err := s.Delivered(t.Context(), "q", notify.Receipt{Channel: "C", TS: "1"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"z", "a"}, ids(t, s)); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
}

func TestSaveKeepsTheHistory(t *testing.T) {
	s := open(t, statePath(t))
	commit(t, s, record("run1", post("d1", "")))
	deliveries, err := s.Undelivered(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := deliveries[0]
	want.State, want.Attempts, want.LastError = notify.Sending, 2, "ratelimited"
	want.FirstSent, want.LastSent, want.NextAt = at, at.Add(time.Second), at.Add(time.Minute)
	want.Text, want.Public = "reworded", nil
	if err := s.Save(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if deliveries, err = s.Undelivered(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]notify.Delivery{want}, deliveries); diff != "" {
		t.Errorf("delivery (-want +got):\n%s", diff)
	}
}

func TestReceiptOnlyOfTheDelivered(t *testing.T) {
	s := open(t, statePath(t))
	commit(t, s, record("run1", post("d1", "")))
	for _, id := range []string{"d1", "nobody"} {
		if _, ok, err := s.Receipt(t.Context(), id); ok || err != nil {
			t.Errorf("receipt of %s: %v, %v", id, ok, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	s := open(t, statePath(t))
	if _, ok, err := s.Address(t.Context(), "k"); ok || err != nil {
		t.Fatalf("before: %v, %v", ok, err)
	}
	for _, value := range []string{"U1", "U2", ""} {
		if err := s.Remember(t.Context(), "k", value); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Address(t.Context(), "k"); got != value || !ok || err != nil {
			t.Errorf("Address = %q, %v, %v; want %q", got, ok, err, value)
		}
	}
}
