package store_test

import (
	"errors"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/sales"
	"dangol/notify"

	"github.com/google/go-cmp/cmp"
)

// pressed is a press that takes a case on.
func pressed(t *testing.T, id string, c casebook.Case, messages ...notify.Message) notify.Pressed {
	t.Helper()
	change, err := casebook.Do(c, casebook.Act{Verb: casebook.Take, By: id, On: 20800})
	if err != nil {
		t.Fatal(err)
	}
	return notify.Pressed{Press: notify.Press{ID: id, Action: notify.ActTake, User: "U1", At: at}, CaseID: c.ID, Outcome: notify.PressDone,
		Changes: []casebook.Change{change},
		Record:  notify.Record{RunID: "press-" + id, Job: "press", AsOf: 20799, Outcome: notify.Answered, Messages: messages, At: at}}
}

func onlyCase(t *testing.T, cases []casebook.Case, err error) casebook.Case {
	t.Helper()
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases, %v; want one", len(cases), err)
	}
	return cases[0]
}

// A press is written once, however often it is delivered.
func TestCommitPress(t *testing.T) {
	s := open(t, statePath(t))
	commit(t, s, record("run1", post("d1", "")))
	cases, err := s.Cases(t.Context())
	c := onlyCase(t, cases, err)
	p := pressed(t, "p1", c, post("d2", c.ID))
	if err := s.CommitPress(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitPress(t.Context(), p); !errors.Is(err, notify.ErrRepeated) {
		t.Errorf("again: %v; want ErrRepeated", err)
	}
	cases, err = s.Cases(t.Context())
	if now := onlyCase(t, cases, err); now.State != casebook.Taken || now.Taker != "p1" || now.AnsweredOn != 20800 {
		t.Errorf("%+v", now)
	}
	if diff := cmp.Diff([]string{"d1", "d2"}, ids(t, s)); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
}

// Two writers who read the same case: the second one writes nothing at all.
func TestCasesMove(t *testing.T) {
	s := open(t, statePath(t))
	commit(t, s, record("run1"))
	cases, err := s.Cases(t.Context())
	c := onlyCase(t, cases, err)
	if err := s.CommitPress(t.Context(), pressed(t, "p1", c)); err != nil {
		t.Fatal(err)
	}
	night := record("run2", post("d2", c.ID))
	night.Cases = []casebook.Case{c}
	if err := s.Commit(t.Context(), night); !errors.Is(err, notify.ErrMoved) {
		t.Errorf("a night that had read the case before the press: %v; want ErrMoved", err)
	}
	if err := s.CommitPress(t.Context(), pressed(t, "p2", c)); !errors.Is(err, notify.ErrMoved) {
		t.Errorf("a press that had: %v; want ErrMoved", err)
	}
	if left := ids(t, s); len(left) > 0 {
		t.Errorf("messages of what was not written: %v", left)
	}
}

func TestLessonsAndPeople(t *testing.T) {
	s := open(t, statePath(t))
	commit(t, s, record("run1"))
	cases, err := s.Cases(t.Context())
	p := pressed(t, "p1", onlyCase(t, cases, err))
	p.Lesson = &notify.Lesson{CustomerID: "c1", Kind: notify.MergedLesson, MergedInto: "c9", By: "Kim", On: 20800}
	if err := s.CommitPress(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	lessons, err := s.Lessons(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]notify.Lesson{*p.Lesson}, lessons); diff != "" {
		t.Errorf("lessons (-want +got):\n%s", diff)
	}
	night := record("run2")
	night.Cases, night.Changes = nil, nil
	night.Reps = []sales.Rep{{ID: "r1", Name: "Kim", Email: "kim@x", ManagerID: "r2"}, {ID: "r2", Name: "Lee", Inactive: true}}
	commit(t, s, night)
	later := record("run3") // of a database without reps tonight
	later.Cases, later.Changes = nil, nil
	commit(t, s, later)
	people, err := s.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(night.Reps, people); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

// A place in Slack leads to the case, and a message to what it says now.
func TestCaseAtAndSaid(t *testing.T) {
	s := open(t, statePath(t))
	first := record("run1")
	id := first.Cases[0].ID
	update := post("d2", id)
	update.Op, update.Target, update.Text = notify.Update, "d1", "later"
	first.Messages = []notify.Message{post("d1", id), update, post("d3", "")}
	commit(t, s, first)
	if _, ok, err := s.CaseAt(t.Context(), "C1", "1.1"); ok || err != nil {
		t.Fatalf("before it is delivered: %v, %v", ok, err)
	}
	for _, d := range []string{"d1", "d3"} {
		if err := s.Delivered(t.Context(), d, notify.Receipt{Channel: "C1", TS: d}); err != nil {
			t.Fatal(err)
		}
	}
	c, ok, err := s.CaseAt(t.Context(), "C1", "d1")
	if err != nil || !ok || c.ID != id {
		t.Errorf("%v, %v, %v; want the case", c.ID, ok, err)
	}
	for _, place := range [][2]string{{"C1", "d3"}, {"C2", "d1"}, {"", ""}} {
		if _, ok, err := s.CaseAt(t.Context(), place[0], place[1]); ok || err != nil {
			t.Errorf("%v: %v, %v; want no case", place, ok, err)
		}
	}
	if m, ok, err := s.Said(t.Context(), "d1"); err != nil || !ok || m.Text != "later" {
		t.Errorf("%q, %v, %v; want what it was updated to", m.Text, ok, err)
	}
}
