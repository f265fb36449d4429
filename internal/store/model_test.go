package store_test

import (
	"context"
	"flag"
	"slices"
	"strconv"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/store"
	"dangol/notify"

	"pgregory.net/rapid"
)

// testContext serves the property tests, whose t has no context of its own.
var testContext = context.Background()

func serial(word string, n int) string { return word + strconv.Itoa(n) }

func check(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must returns a value once its error is nil.
func must[V any](value V, err error) func(*rapid.T) V {
	return func(t *rapid.T) V {
		t.Helper()
		check(t, err)
		return value
	}
}

// fewerChecks: every commit waits for the disk.
func fewerChecks(t *testing.T) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if checks == nil || checks.Value.String() != checks.DefValue {
		return
	}
	_ = checks.Value.Set("10")
	t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) })
}

// Whatever is committed, delivered, buried or reopened, the outbox is the
// committed less the finished, in order.
func TestOutboxModel(t *testing.T) {
	fewerChecks(t)
	path := statePath(t)
	s := open(t, path)
	runs, next := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var pending []string
		for _, d := range must(s.Undelivered(testContext))(t) {
			pending = append(pending, d.ID)
		}
		t.Repeat(map[string]func(*rapid.T){
			"commit": func(t *rapid.T) {
				runs++
				r := notify.Record{RunID: serial("run", runs), Job: "j", AsOf: 1, At: at, Outcome: notify.Judged}
				for range rapid.IntRange(0, 3).Draw(t, "messages") {
					next++
					r.Messages = append(r.Messages, post(serial("d", next), ""))
					pending = append(pending, serial("d", next))
				}
				check(t, s.Commit(testContext, r))
			},
			"commit a taken id": func(t *rapid.T) {
				if next == 0 {
					t.Skip("nothing to take")
				}
				runs++
				r := notify.Record{RunID: serial("run", runs), Job: "j", AsOf: 1, At: at, Outcome: notify.Judged,
					Cases:    []casebook.Case{lostCase(serial("case", runs))},
					Messages: []notify.Message{post(serial("new", runs), ""), post(serial("d", next), "")}}
				if s.Commit(testContext, r) == nil {
					t.Fatal("a taken delivery id was committed")
				}
			},
			"finish": func(t *rapid.T) {
				if len(pending) == 0 {
					t.Skip("nothing pending")
				}
				i := rapid.IntRange(0, len(pending)-1).Draw(t, "which")
				if rapid.Bool().Draw(t, "dead") {
					d := must(s.Undelivered(testContext))(t)[i]
					d.State = notify.Dead
					check(t, s.Save(testContext, d))
				} else {
					check(t, s.Delivered(testContext, pending[i], notify.Receipt{Channel: "C", TS: "1"}))
				}
				pending = slices.Delete(pending, i, i+1)
			},
			"": func(t *rapid.T) {
				var got []string
				for _, d := range must(s.Undelivered(testContext))(t) {
					got = append(got, d.ID)
				}
				if !slices.Equal(pending, got) {
					t.Fatalf("outbox %v; want %v", got, pending)
				}
			},
		})
		check(t, s.Close())
		reopened, err := store.Open(testContext, path)
		check(t, err)
		s = reopened
	})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
