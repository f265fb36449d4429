package jobs

import (
	"context"
	"errors"
	"testing"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/sales"
	"dangol/notify"
)

// moving is a Book whose cases are changed by others while a run concludes.
type moving struct {
	memory
	moves, commits int
}

func (m *moving) Commit(ctx context.Context, r notify.Record) error {
	if m.commits++; m.commits <= m.moves {
		return notify.ErrMoved
	}
	return m.memory.Commit(ctx, r)
}

// Without buttons nobody can answer: no manager is told that nobody has.
func TestNobodyCanAnswer(t *testing.T) {
	asOf := sales.NewDate(2026, time.November, 20)
	for _, buttons := range []bool{true, false} {
		book := &memory{known: halfImported(asOf, asOf-60), cases: map[string]casebook.Case{}}
		for i := range book.known.Customers[1:60] { // one alone falls silent
			c := &book.known.Customers[1+i]
			c.Days = append([]sales.Day(nil), book.known.Customers[60+i].Days...)
		}
		runner := runnerOn(t, book, book)
		runner.Composer.Buttons = buttons
		reminded := 0
		for _, at := range []sales.Date{asOf - 58, asOf - 30, asOf - 15} { // baseline, lost, unanswered
			result, err := runner.Run(t.Context(), at, at+1, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, change := range result.Changes {
				if change.Reason == casebook.Unanswered {
					reminded++
				}
			}
		}
		if want := map[bool]int{true: 1}[buttons]; reminded != want {
			t.Errorf("buttons %v: %d managers were told that nobody answers, want %d", buttons, reminded, want)
		}
	}
}

// A run concludes anew when somebody answers a case meanwhile, with what it has
// read; it gives up when that never ends.
func TestRunConcludesAnew(t *testing.T) {
	for moves, want := range map[int]error{0: nil, 2: nil, mostConclusions: notify.ErrMoved} {
		asOf := sales.NewDate(2026, time.November, 20)
		book := &moving{memory: memory{known: halfImported(asOf, asOf), cases: map[string]casebook.Case{}}, moves: moves}
		_, err := runnerOn(t, book, book).Run(t.Context(), asOf, asOf+1, false)
		if !errors.Is(err, want) {
			t.Errorf("%d moves: %v; want %v", moves, err, want)
		}
		if book.reads != 1 {
			t.Errorf("%d moves: the database was read %d times", moves, book.reads)
		}
	}
}
