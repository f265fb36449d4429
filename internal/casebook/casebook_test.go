package casebook_test

import (
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
)

// customer is what a night knows of one customer.
type customer struct {
	last      sales.Date
	kind      finding.Kind // empty: no finding
	confirmed bool
	rep       string
	visit     sales.Date
}

// nightOf makes a night from customers by id.
func nightOf(asOf sales.Date, customers map[string]customer) casebook.Night {
	n := casebook.Night{AsOf: asOf}
	for _, id := range []string{"a", "b", "c"} {
		if c := customers[id]; c.kind != "" {
			n.Findings = append(n.Findings, finding.Finding{Kind: c.kind, CustomerID: id, RepID: c.rep})
		}
	}
	n.LastOrder = func(f finding.Finding) sales.Date { return customers[f.CustomerID].last }
	n.Customer = func(id string) (casebook.Watched, bool) {
		c, ok := customers[id]
		return casebook.Watched{LastOrder: c.last, LastVisit: c.visit, Owner: c.rep, Confirmed: c.confirmed,
			Silent: func() finding.Finding {
				return finding.Finding{Kind: finding.CustomerLost, CustomerID: id, RepID: c.rep}
			},
			Recovered: func(before sales.Date) finding.Finding {
				return finding.Finding{Kind: finding.CustomerRecovered, CustomerID: id, RepID: c.rep, Facts: before}
			}}, ok
	}
	return n
}

func staleNight(asOf, through sales.Date) casebook.Night {
	return casebook.Night{AsOf: asOf, Findings: []finding.Finding{{Kind: finding.DataStale}},
		LastOrder: func(finding.Finding) sales.Date { return through }}
}

// shelf keeps cases as the store does.
type shelf map[string]casebook.Case

func (s shelf) cases() []casebook.Case {
	var all []casebook.Case
	for _, id := range sortedIDs(s) {
		all = append(all, s[id])
	}
	return all
}

// reconcile applies a night and returns its reasons in order.
func (s shelf) reconcile(t interface{ Fatalf(string, ...any) }, night casebook.Night) []casebook.Reason {
	var reasons []casebook.Reason
	for _, c := range casebook.Reconcile(s.cases(), night) {
		reasons = append(reasons, c.Reason)
		s[c.Case.ID] = c.Case
	}
	if again := casebook.Reconcile(s.cases(), night); len(again) > 0 {
		t.Fatalf("the same night again: %v of %s", again[0].Reason, again[0].Case.ID)
	}
	return reasons
}

type night struct {
	asOf  sales.Date
	seen  map[string]customer
	stale bool
	base  bool
	want  []casebook.Reason
}

func one(c customer) map[string]customer { return map[string]customer{"a": c} }

const (
	overdue = finding.CustomerOverdue
	lost    = finding.CustomerLost
)

func TestReconcile(t *testing.T) {
	for name, nights := range map[string][]night{
		"opened, worsened, confirmed, recovered once": {
			{asOf: 100, seen: one(customer{last: 60, kind: overdue}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 101, seen: one(customer{last: 60, kind: overdue})},
			{asOf: 105, seen: one(customer{last: 60, kind: lost}), want: []casebook.Reason{casebook.Worsened}},
			{asOf: 106, seen: one(customer{last: 60, kind: lost})},
			{asOf: 130, seen: one(customer{last: 60, kind: lost, confirmed: true}), want: []casebook.Reason{casebook.ConfirmedLost}},
			{asOf: 131, seen: one(customer{last: 60, kind: lost, confirmed: true})},
			{asOf: 140, seen: one(customer{last: 139}), want: []casebook.Reason{casebook.OrderedAgain}},
			{asOf: 141, seen: one(customer{last: 139, kind: finding.CustomerRecovered})},
		},
		"a stage never falls back without an order": {
			{asOf: 100, seen: one(customer{last: 60, kind: lost}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 101, seen: one(customer{last: 60, kind: overdue})},
			{asOf: 102, seen: one(customer{last: 60})},
			{asOf: 103, seen: one(customer{last: 60, kind: lost})},
		},
		"opened beyond 2h is confirmed without a second telling": {
			{asOf: 100, seen: one(customer{last: 10, kind: lost, confirmed: true}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 101, seen: one(customer{last: 10, kind: lost, confirmed: true})},
		},
		"confirmed although it is no finding any more": {
			{asOf: 100, seen: one(customer{last: 60, kind: lost}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 900, seen: one(customer{last: 60, confirmed: true}), want: []casebook.Reason{casebook.ConfirmedLost}},
		},
		"overdue again opens a new case": {
			{asOf: 100, seen: one(customer{last: 60, kind: lost}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 110, seen: one(customer{last: 109}), want: []casebook.Reason{casebook.OrderedAgain}},
			{asOf: 180, seen: one(customer{last: 109, kind: overdue}), want: []casebook.Reason{casebook.Regressed}},
		},
		"overdue again after half a year is no relapse": {
			{asOf: 100, seen: one(customer{last: 60, kind: lost}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 110, seen: one(customer{last: 109}), want: []casebook.Reason{casebook.OrderedAgain}},
			{asOf: 294, seen: one(customer{last: 270, kind: overdue}), want: []casebook.Reason{casebook.Opened}},
		},
		"back and overdue again between two runs": {
			{asOf: 100, seen: one(customer{last: 60, kind: lost}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 200, seen: one(customer{last: 110, kind: overdue}), want: []casebook.Reason{casebook.OrderedAgain, casebook.Opened}},
		},
		"a missing customer is no evidence": {
			{asOf: 100, seen: one(customer{last: 60, kind: lost}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 101, seen: map[string]customer{}},
			{asOf: 102, seen: one(customer{last: 60, kind: lost})},
		},
		"baseline counts as told, and worsens": {
			{asOf: 100, base: true, seen: map[string]customer{"a": {last: 60, kind: overdue}, "b": {last: 50, kind: lost}},
				want: []casebook.Reason{casebook.Baseline, casebook.Baseline}},
			{asOf: 101, seen: map[string]customer{"a": {last: 60, kind: lost}, "b": {last: 50, kind: lost}}, want: []casebook.Reason{casebook.Worsened}},
		},
		"a recovered finding alone opens nothing": {
			{asOf: 100, seen: one(customer{last: 99, kind: finding.CustomerRecovered})},
		},
		"stale data hold everything": {
			{asOf: 100, seen: one(customer{last: 60, kind: overdue}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 104, stale: true, want: []casebook.Reason{casebook.Opened}},
			{asOf: 105, stale: true},
			{asOf: 106, seen: one(customer{last: 105}), want: []casebook.Reason{casebook.DataReturned, casebook.OrderedAgain}},
		},
		"an earlier as-of date reopens nothing": {
			{asOf: 100, seen: one(customer{last: 60, kind: lost}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 110, seen: one(customer{last: 109}), want: []casebook.Reason{casebook.OrderedAgain}},
			{asOf: 100, seen: one(customer{last: 60, kind: lost})},
			{asOf: 50, seen: one(customer{last: 20, kind: lost, confirmed: true})},
		},
		"an earlier as-of date worsens and confirms nothing": {
			{asOf: 200, seen: one(customer{last: 160, kind: overdue}), want: []casebook.Reason{casebook.Opened}},
			{asOf: 100, seen: one(customer{last: 20, kind: lost, confirmed: true})},
			{asOf: 210, seen: one(customer{last: 160, kind: lost}), want: []casebook.Reason{casebook.Worsened}},
			{asOf: 100, seen: one(customer{last: 20, kind: lost, confirmed: true})},
		},
		"customers are independent, cases in the order of their ids": {
			{asOf: 100, seen: map[string]customer{"b": {last: 60, kind: lost}, "a": {last: 61, kind: overdue}},
				want: []casebook.Reason{casebook.Opened, casebook.Opened}},
			{asOf: 110, seen: map[string]customer{"b": {last: 109}, "a": {last: 61, kind: lost}},
				want: []casebook.Reason{casebook.OrderedAgain, casebook.Worsened}},
		},
	} {
		t.Run(name, func(t *testing.T) { replay(t, nights) })
	}
}

func replay(t *testing.T, nights []night) {
	t.Helper()
	s := shelf{}
	for i, n := range nights {
		concluded := nightOf(n.asOf, n.seen)
		concluded.Baseline = n.base
		if n.stale {
			concluded = staleNight(n.asOf, n.asOf-4)
		}
		if diff := cmp.Diff(n.want, s.reconcile(t, concluded)); diff != "" {
			t.Errorf("night %d, as of %d (-want +got):\n%s", i, n.asOf, diff)
		}
	}
}

// A case keeps what it was told with, and takes the owner of the day.
func TestStepKeepsTheCase(t *testing.T) {
	open := casebook.Case{ID: "silence:a:1970-03-02", Family: casebook.Silence, CustomerID: "a", RepID: "old", Kind: overdue, State: casebook.Open,
		OpenedOn: 100, ChangedOn: 100, LastOrder: 60, Told: casebook.ByMessage, Parent: "p", InChannel: false, Line: ""}
	changes := casebook.Reconcile([]casebook.Case{open}, nightOf(105, one(customer{last: 60, kind: lost, rep: "new"})))
	want := open
	want.RepID, want.Kind, want.ChangedOn, want.ToldOn = "new", lost, 105, 105
	if len(changes) != 1 {
		t.Fatalf("%d changes; want 1", len(changes))
	}
	if diff := cmp.Diff(want, changes[0].Case); diff != "" {
		t.Errorf("case (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&open, changes[0].Before); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
}

// The recovery is told of the silence that the case is about.
func TestRecoveredKnowsTheSilence(t *testing.T) {
	s := shelf{}
	s.reconcile(t, nightOf(100, one(customer{last: 60, kind: lost})))
	changes := casebook.Reconcile(s.cases(), nightOf(150, one(customer{last: 149})))
	if len(changes) != 1 || changes[0].Finding.Facts != sales.Date(60) || !changes[0].Case.Closed() || changes[0].Case.Kind != lost {
		t.Errorf("changes %+v; want one, closed, of the silence that began on day 60", changes)
	}
}

// The data's own case: one while they are stopped, closed when they are back.
func TestStaleData(t *testing.T) {
	s := shelf{}
	for _, n := range []struct {
		night casebook.Night
		want  []casebook.Reason
	}{
		{staleNight(100, 96), []casebook.Reason{casebook.Opened}},
		{staleNight(101, 96), nil},
		{staleNight(102, 97), nil}, // a late line moves the date, not the trouble
		{nightOf(99, nil), nil},    // before it began: nothing has returned
		{nightOf(103, nil), []casebook.Reason{casebook.DataReturned}},
		{staleNight(100, 96), nil}, // told already
		{staleNight(140, 130), []casebook.Reason{casebook.Opened}},
	} {
		if diff := cmp.Diff(n.want, s.reconcile(t, n.night)); diff != "" {
			t.Errorf("as of %d (-want +got):\n%s", n.night.AsOf, diff)
		}
	}
}

// A table can be emptied more than once; each time is told.
func TestEmptyTable(t *testing.T) {
	s := shelf{}
	for _, n := range []struct {
		night casebook.Night
		want  []casebook.Reason
	}{
		{staleNight(100, 0), []casebook.Reason{casebook.Opened}},
		{staleNight(101, 0), nil},
		{nightOf(102, nil), []casebook.Reason{casebook.DataReturned}},
		{staleNight(300, 0), []casebook.Reason{casebook.Opened}},
	} {
		if diff := cmp.Diff(n.want, s.reconcile(t, n.night)); diff != "" {
			t.Errorf("as of %d (-want +got):\n%s", n.night.AsOf, diff)
		}
	}
}
