package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/store"
	"dangol/notify"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var at = time.Date(2026, 11, 24, 8, 0, 0, 123456789, time.FixedZone("KST", 9*3600))

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func statePath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "state.db")
}

func post(id, caseID string) notify.Message {
	return notify.Message{ID: id, CaseID: caseID, To: notify.Destination{Rep: "r1", Email: "r1@example.com"}, Op: notify.Post, Text: "Lost: Kim <Foods>",
		Blocks: []notify.Block{{Kind: notify.Body, Lines: []notify.Line{{{Text: "a", Bold: true}, {Text: "b", Delivery: "other"}}}}},
		Public: &notify.Content{Text: "public"}}
}

func lostCase(id string) casebook.Case {
	return casebook.Case{ID: id, Family: casebook.Silence, CustomerID: "c1", RepID: "r1", Kind: finding.CustomerLost, State: casebook.Open,
		OpenedOn: 20780, ChangedOn: 20781, LastOrder: 20700, Told: casebook.ByMessage, Parent: "d1", InChannel: true, Line: "d2"}
}

func record(run string, messages ...notify.Message) notify.Record {
	c := lostCase("silence:c1:2026-09-04")
	return notify.Record{RunID: run, Job: "lost-customers", AsOf: 20781, DataThrough: 20781, Outcome: notify.Judged, Findings: 1, At: at,
		Cases: []casebook.Case{c}, Changes: []casebook.Change{{Case: c, Reason: casebook.Opened}}, Messages: messages}
}

// ignoreRevision: a case that was read counts its writes.
var ignoreRevision = cmpopts.IgnoreFields(casebook.Case{}, "Revision")

// commit commits a run that has read the cases as they stand.
func commit(t *testing.T, s *store.Store, r notify.Record) {
	t.Helper()
	known, err := s.Cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range r.Cases {
		if at := slices.IndexFunc(known, func(k casebook.Case) bool { return k.ID == c.ID }); at >= 0 {
			r.Cases[i].Revision = known[at].Revision
		}
	}
	if err := s.Commit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func ids(t *testing.T, s *store.Store) []string {
	t.Helper()
	deliveries, err := s.Undelivered(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, d := range deliveries {
		all = append(all, d.ID)
	}
	return all
}

func wantHint(t *testing.T, err error, text, remedy string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Fatalf("error %v; want one about %q", err, text)
	}
	if hints := hint.Of(err); !slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(h, remedy) }) {
		t.Errorf("hints %q; want one with %q", hints, remedy)
	}
}

// A night is all or nothing: a delivery id that is taken undoes the run, the
// cases and the messages before it.
func TestCommitIsAtomic(t *testing.T) {
	s := open(t, statePath(t))
	commit(t, s, record("run1", post("d1", "")))
	second := record("run2", post("d2", ""), post("d1", ""))
	second.Job = "other-job"
	second.Cases[0].State, second.Cases[0].Revision = casebook.Recovered, 1
	second.Cases = append(second.Cases, lostCase("silence:c9:2026-01-01"))
	wantHint(t, s.Commit(t.Context(), second), "delivery", "nothing was half-written")
	if diff := cmp.Diff([]string{"d1"}, ids(t, s)); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
	cases, err := s.Cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(record("").Cases, cases, ignoreRevision); diff != "" {
		t.Errorf("cases (-want +got):\n%s", diff)
	}
	if last, err := s.LastJudged(t.Context(), "other-job"); last != 0 || err != nil {
		t.Errorf("the undone run is on record: %v, %v", last, err)
	}
	commit(t, s, record("run2", post("d2", ""))) // the run's id was left free
}

func TestReopenKeepsEverything(t *testing.T) {
	path := statePath(t)
	s := open(t, path)
	commit(t, s, record("run1", post("d1", "case"), post("d2", "")))
	if err := s.Delivered(t.Context(), "d2", notify.Receipt{Channel: "C1", TS: "1.2"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Remember(t.Context(), "user:r1@example.com", "U1"); err != nil {
		t.Fatal(err)
	}
	before, err := s.Undelivered(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	after, err := s.Undelivered(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("outbox (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(post("d1", "case"), after[0].Message); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if r, ok, err := s.Receipt(t.Context(), "d2"); !ok || err != nil || r != (notify.Receipt{Channel: "C1", TS: "1.2"}) {
		t.Errorf("receipt %v, %v, %v", r, ok, err)
	}
	if v, ok, err := s.Address(t.Context(), "user:r1@example.com"); !ok || err != nil || v != "U1" {
		t.Errorf("address %q, %v, %v", v, ok, err)
	}
	if last, err := s.LastJudged(t.Context(), "lost-customers"); last == 0 || err != nil {
		t.Errorf("judged: %v, %v", last, err)
	}
}

// Neither a run on stale data nor another job takes the baseline.
func TestJudged(t *testing.T) {
	s := open(t, statePath(t))
	stale := record("run1")
	stale.Outcome = notify.Stale
	commit(t, s, stale)
	for _, job := range []string{"lost-customers", "other"} {
		if last, err := s.LastJudged(t.Context(), job); last != 0 || err != nil {
			t.Errorf("%s judged: %v, %v", job, last, err)
		}
	}
}

func TestCasesKeepOpenAndLatestClosed(t *testing.T) {
	s := open(t, statePath(t))
	r := record("run1")
	r.Changes, r.Cases = nil, nil
	for i, state := range []casebook.State{casebook.Recovered, casebook.Recovered, casebook.Confirmed} {
		c := lostCase([]string{"old", "latest", "other"}[i])
		c.State, c.LastOrder = state, c.LastOrder+sales.Date(i)
		if state == casebook.Confirmed {
			c.CustomerID = "c2"
		}
		r.Cases = append(r.Cases, c)
	}
	commit(t, s, r)
	cases, err := s.Cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Cases[1:], cases, ignoreRevision); diff != "" {
		t.Errorf("cases (-want +got):\n%s", diff)
	}
}

// A later night moves a case on, and leaves what never changes.
func TestCaseIsUpdated(t *testing.T) {
	s := open(t, statePath(t))
	commit(t, s, record("run1"))
	next := record("run2")
	c := &next.Cases[0]
	c.RepID, c.State, c.ChangedOn, c.Told, c.Parent, c.InChannel, c.Line = "r2", casebook.Confirmed, 20790, casebook.ByRollUp, "", false, ""
	commit(t, s, next)
	cases, err := s.Cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(next.Cases, cases, ignoreRevision); diff != "" {
		t.Errorf("case (-want +got):\n%s", diff)
	}
}

// The daily cap counts new messages about cases, of the as-of date, sent or not.
func TestUsed(t *testing.T) {
	s := open(t, statePath(t))
	channel := post("d2", "case")
	channel.To = notify.Destination{Channel: notify.Alerts}
	reply, update := post("d3", "case"), post("d4", "case")
	reply.Op, update.Op = notify.Reply, notify.Update
	commit(t, s, record("run1", post("d1", "case"), channel, reply, update, post("d5", ""), post("d6", "case2")))
	other := record("run2", post("d7", "case"))
	other.AsOf++
	commit(t, s, other)
	if err := s.Delivered(t.Context(), "d1", notify.Receipt{}); err != nil {
		t.Fatal(err)
	}
	used, err := s.Used(t.Context(), 20781)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{notify.Destination{Rep: "r1"}.Key(): 2, notify.Destination{Channel: notify.Alerts}.Key(): 1}
	if diff := cmp.Diff(want, used); diff != "" {
		t.Errorf("used (-want +got):\n%s", diff)
	}
}

func TestOpenOlderThanTheProgram(t *testing.T) {
	path := statePath(t)
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	execute(t, path, "PRAGMA user_version = 999")
	_, err := store.Open(t.Context(), path)
	wantHint(t, err, "schema 999", "newer dangol")
	_, err = store.OpenReadOnly(t.Context(), path)
	wantHint(t, err, "schema 999", "newer dangol")
	upgraded := open(t, asFirstVersion(t)) // the refusal left no lock behind
	if _, _, err := upgraded.Settled(t.Context(), "j", "2026-11-24T08:00", at); err != nil {
		t.Errorf("after the upgrade: %v", err)
	}
}

// asFirstVersion is a state as the first version left it, with a case that was
// told as overdue, worsened and was confirmed.
func asFirstVersion(t *testing.T) string {
	t.Helper()
	path := statePath(t)
	schema, err := os.ReadFile("migrations/0001_start.sql")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, path, string(schema)+`
		INSERT INTO runs VALUES ('run1', 'lost-customers', '2026-11-01', '2026-11-02T00:00:00Z', 'judged', '2026-11-01', 1, 1);
		INSERT INTO cases VALUES ('silence:c:2026-09-01', 'silence', 'c', 'r', 'customer_lost', 'confirmed_lost', '2026-10-01', '2026-11-01', '2026-09-01', 'message', 'd1', 1, '');
		INSERT INTO case_changes VALUES ('silence:c:2026-09-01', 'run1', '2026-10-20', 'worsened'), ('silence:c:2026-09-01', 'run1', '2026-11-01', 'confirmed_lost');
		PRAGMA user_version = 1`)
	return path
}

// What was told before people could answer counts from the first day on.
func TestOldCasesAreMeasured(t *testing.T) {
	s := open(t, asFirstVersion(t))
	cases, err := s.Cases(t.Context())
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	if c := cases[0]; !c.Sure || c.Began != finding.CustomerOverdue || c.ToldOn != c.ChangedOn || c.Revision != 1 {
		t.Errorf("%+v", c)
	}
}

// Who only looks at a state of an earlier version sees it as it will be, and leaves
// it as it is.
func TestReadOnlyOlder(t *testing.T) {
	path := asFirstVersion(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if cases, err := s.Cases(t.Context()); err != nil || len(cases) != 1 {
		t.Errorf("%d cases, %v", len(cases), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("looking changed the state: %v", err)
	}
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOneWriter(t *testing.T) {
	path := statePath(t)
	first := open(t, path)
	_, err := store.Open(t.Context(), path)
	wantHint(t, err, "in use", "state.path")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

// Names and amounts of customers are for the owner of the state alone, like its copy.
func TestStateIsPrivate(t *testing.T) {
	path := statePath(t)
	commit(t, open(t, path), record("run1"))
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v; want it closed to others", name, info.Mode(), err)
		}
	}
}

// A state.path that names the sales data is refused before a table is made there.
func TestForeignDatabase(t *testing.T) {
	path := statePath(t)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE orders (id)"); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), path)
	wantHint(t, err, "no state of dangol", "state.path")
	var tables int
	if err := db.QueryRow("SELECT COUNT(*) FROM sqlite_master").Scan(&tables); err != nil || tables != 1 {
		t.Errorf("%d tables (%v), want the one that was there", tables, err)
	}
}

// A state has one writer whatever it is called, also before it exists.
func TestOneWriterBehindLinks(t *testing.T) {
	path := statePath(t)
	link := filepath.Join(t.TempDir(), "link.db")
	again := filepath.Join(filepath.Dir(path), "again.db")
	if err := errors.Join(os.Symlink(path, link), os.Symlink(filepath.Base(path), again)); err != nil {
		t.Skip(err)
	}
	first := open(t, link)
	commit(t, first, record("run1"))
	for _, name := range []string{path, again} {
		if s, err := store.Open(t.Context(), name); err == nil {
			s.Close()
			t.Errorf("%s was opened for writing beside %s", name, link)
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := statePath(t)
	if s, err := store.OpenReadOnly(t.Context(), path); s != nil || err != nil {
		t.Fatalf("without a file: %v, %v", s, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("looking created the state: %v", err)
	}
	writer := open(t, path)
	commit(t, writer, record("run1", post("d1", "")))
	reader, err := store.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	commit(t, writer, record("run2", post("d2", "")))
	if diff := cmp.Diff([]string{"d1", "d2"}, ids(t, reader)); diff != "" {
		t.Errorf("beside a writer (-want +got):\n%s", diff)
	}
	if err := reader.Commit(t.Context(), record("run3")); err == nil {
		t.Error("a state opened to look at was written")
	}
}

// A file that was created but never given its tables is no state yet.
func TestReadOnlyEmptyFile(t *testing.T) {
	path := statePath(t)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := store.OpenReadOnly(t.Context(), path); s != nil || err != nil {
		t.Errorf("an empty file: %v, %v", s, err)
	}
	open(t, path)
}

func TestDamagedFile(t *testing.T) {
	path := statePath(t)
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database ", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), path)
	wantHint(t, err, path, "moved away")
	_, err = store.OpenReadOnly(t.Context(), path)
	wantHint(t, err, path, "move")
}

func TestFolderMissing(t *testing.T) {
	_, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "none", "state.db"))
	wantHint(t, err, "no folder to stand in", "create the folder")
}

// A name that a URL would read otherwise is a file name all the same.
func TestOddPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "état 50%?mode=memory#1.db")
	commit(t, open(t, path), record("run1"))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestCancelledContext(t *testing.T) {
	s := open(t, statePath(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Commit(ctx, record("run1", post("d1", ""))); !errors.Is(err, context.Canceled) {
		t.Errorf("commit after the end: %v", err)
	}
	if got := ids(t, s); got != nil {
		t.Errorf("outbox %v; want nothing", got)
	}
}
