package jobs

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/wording"
)

// memory is a Book for tests, and a Reader of one snapshot.
type memory struct {
	known  *sales.Snapshot
	cases  map[string]casebook.Case
	judged sales.Date
	reads  int
}

func (m *memory) Read(_ context.Context, request Request) (*sales.Snapshot, error) {
	m.reads++
	return m.known.Through(request.AsOf), nil
}

func (m *memory) Cases(context.Context) (list []casebook.Case, err error) {
	for _, c := range m.cases {
		list = append(list, c)
	}
	return list, nil
}

func (m *memory) LastJudged(context.Context, string) (sales.Date, error) { return m.judged, nil }

func (m *memory) Used(context.Context, sales.Date) (map[string]int, error) { return nil, nil }

func (m *memory) History(context.Context, sales.Date) ([]casebook.Case, error) { return nil, nil }

func (m *memory) Commit(_ context.Context, r notify.Record) error {
	for _, c := range r.Cases {
		m.cases[c.ID] = c
	}
	if r.Outcome == notify.Judged {
		m.judged = max(m.judged, r.AsOf)
	}
	return nil
}

// halfImported is a shop of 200 weekly buyers, of whom 60 have no order after a
// date: a status was renamed, say, while the rest of the orders still arrive.
func halfImported(asOf, cut sales.Date) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: asOf, Has: map[sales.Relation]bool{}}
	for i := range 200 {
		id := fmt.Sprintf("C%03d", i)
		c := sales.Customer{ID: id, Name: id, Listed: true}
		for d := asOf - 400 + sales.Date(i%7); d <= asOf; d += 7 {
			if i < 60 && d > cut {
				break
			}
			c.Days = append(c.Days, sales.Day{Date: d, Net: 100 * sales.MoneyUnit})
		}
		s.Customers = append(s.Customers, c)
	}
	return s
}

// runnerOn is a runner of lost-customers on a book and a reader.
func runnerOn(t *testing.T, book Book, from Reader) *Runner {
	t.Helper()
	job, err := newLostCustomers(DefaultRules(), func(string, any) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	words, err := wording.Load("en", "")
	if err != nil {
		t.Fatal(err)
	}
	ids := 0
	newID := func() string { ids++; return fmt.Sprint(ids) }
	return &Runner{Name: LostCustomers, Job: job, Reader: from, Book: book, Clock: func() time.Time { return time.Time{} }, NewID: newID,
		Composer: &notify.Composer{Wording: words, Caps: notify.Caps{Rep: 5, Channel: 5}, NewID: newID}}
}

func TestMassFindingsAreHeldOnce(t *testing.T) {
	asOf := sales.NewDate(2026, time.November, 20)
	book := &memory{known: halfImported(asOf, asOf-30), cases: map[string]casebook.Case{}}
	runner := runnerOn(t, book, book)
	// The baseline lies before the break; then the daemon was away for the days
	// in which the sixty became overdue, but the calendar counts only one as a
	// selling day.
	runner.Calendar.Holidays = map[sales.Date]bool{}
	for d := asOf - 29; d < asOf; d++ {
		runner.Calendar.Holidays[d] = true
	}
	run := func(at sales.Date) *Result {
		t.Helper()
		result, err := runner.Run(t.Context(), at, at+1, false)
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	run(asOf - 30)
	for range 2 { // the same night again says nothing more
		held := run(asOf - 1)
		if len(held.Findings) != 1 || held.Findings[0].Kind != finding.DataStale {
			t.Fatalf("findings = %+v; want one data_stale", held.Findings)
		}
		for _, m := range held.Messages {
			if m.To.Channel != notify.Ops {
				t.Errorf("%q goes to %+v", m.Text, m.To)
			}
		}
	}
	if n := len(book.cases); n != 1 {
		t.Fatalf("%d cases, want the suspicion alone", n)
	}
	released := run(asOf)
	told := 0
	for _, c := range released.Changes {
		if c.Reason == casebook.Opened {
			told++
		}
	}
	if told != 60 {
		t.Errorf("%d cases are told at the later as-of date, want 60", told)
	}
}
