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
