package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/notify"

	"github.com/google/go-cmp/cmp"
)

// many returns openings of n cases, the first the least expected loss.
func (d *desk) many(n int, kind finding.Kind, rep string) []casebook.Change {
	var changes []casebook.Change
	for i := range n {
		changes = append(changes, d.step(casebook.Opened, silenceOf(kind, fmt.Sprintf("Customer %03d Ltd", i), rep, i+1)))
	}
	return changes
}

// TestRollUp: beyond the cap, one message and its thread name each case once.
func TestRollUp(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 1, Channel: 3})
	d.night.Used = map[string]int{"channel:alerts": 1}
	messages := d.compose(d.many(95, isLost, "r1")...)
	for _, place := range []struct {
		key  string
		want []string
		own  int
	}{
		{"channel:alerts", []string{"post", "post", "post", "reply", "reply"}, 2},
		{"rep:r1", []string{"post", "post", "reply", "reply"}, 1},
	} {
		var ops, named []string
		own := 0
		for _, m := range messages {
			if m.To.Key() != place.key {
				continue
			}
			ops = append(ops, string(m.Op))
			if m.CaseID != "" {
				own++
			}
			named = append(named, customersIn(m)...)
		}
		if diff := cmp.Diff(place.want, ops); diff != "" || own != place.own {
			t.Errorf("%s: %d messages of their own; want %d (-want +got):\n%s", place.key, own, place.own, diff)
		}
		var want []string // by expected loss, each once
		for i := 94; i >= 0; i-- {
			want = append(want, fmt.Sprintf("Customer %03d Ltd", i))
		}
		if diff := cmp.Diff(want, named); diff != "" {
			t.Errorf("%s names (-want +got):\n%s", place.key, diff)
		}
	}
	checkLinks(t, messages)
	if c := d.cases["Customer 000 Ltd"]; c.Told != casebook.ByRollUp || c.Parent != "" {
		t.Errorf("a case in the roll-up: %+v", c)
	}
	if c := d.cases["Customer 094 Ltd"]; c.Told != casebook.ByMessage || c.Parent != messages[0].ID || c.Line == "" {
		t.Errorf("a case with its own message: %+v", c)
	}
}

// customersIn returns the customers whom the message's lines name, in order;
// a message of a case's own counts once.
func customersIn(m notify.Message) []string {
	var named []string
	for _, b := range m.Blocks {
		for _, l := range b.Lines {
			if i := strings.Index(lineText(l), "Customer "); i >= 0 {
				named = append(named, lineText(l)[i:i+len("Customer 000 Ltd")])
			}
		}
	}
	return slices.Compact(named)
}

// checkLinks: every link and target leads to a message that comes before.
func checkLinks(t interface {
	Helper()
	Errorf(string, ...any)
}, messages []notify.Message) {
	t.Helper()
	seen := map[string]bool{}
	for _, m := range messages {
		if seen[m.ID] || m.Target != "" && !seen[m.Target] {
			t.Errorf("%s: id %s again, or a target that is not there yet", route(m), m.ID)
		}
		for _, s := range spansOf(m.Blocks) {
			if s.Delivery != "" && !seen[s.Delivery] {
				t.Errorf("%s: link to %s, which is not there yet", route(m), s.Delivery)
			}
		}
		seen[m.ID] = true
	}
}

// The owner's line about a case that is only a line of the channel's roll-up is as
// living as any: it says so when the case ends.
func TestLineBesideARollUp(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 0})
	opened := d.compose(d.step(casebook.Opened, silenceOf(isLost, "Kim", "r1", 100)))
	if diff := cmp.Diff([]string{"post channel:alerts", "post rep:r1 →m1"}, routes(opened)); diff != "" {
		t.Fatalf("lost (-want +got):\n%s", diff)
	}
	back := d.compose(d.step(casebook.OrderedAgain, silenceOf(isBack, "Kim", "r1", 100)))
	if diff := cmp.Diff([]string{"post channel:alerts", "update rep:r1 of m2 →m3"}, routes(back)); diff != "" {
		t.Errorf("recovered (-want +got):\n%s", diff)
	}
	checkMessages(t, back)
	d = newDesk(t, notify.Caps{Rep: 5, Channel: 0})
	_, cases := d.composer.Compose([]casebook.Change{lastingCase(lastingOf(finding.CustomerDeclining, "r1"))}, d.night)
	over, _ := d.composer.Compose([]casebook.Change{endOf(cases[0], casebook.Ended)}, d.night)
	if diff := cmp.Diff([]string{"update rep:r1 of m2"}, routes(over)); diff != "" {
		t.Errorf("a decline that is over (-want +got):\n%s", diff)
	}
	if words := saidBy(over); strings.Contains(words, "Details") {
		t.Errorf("a link that leads nowhere: %s", words)
	}
}

func TestRollUpOfOneDay(t *testing.T) {
	for name, c := range map[string]struct {
		caps notify.Caps
		used map[string]int
		n    int
		want []string
	}{
		"just within the cap":   {notify.Caps{Rep: 2}, nil, 2, []string{"post rep:r1", "post rep:r1"}},
		"one beyond":            {notify.Caps{Rep: 1}, nil, 2, []string{"post rep:r1", "post rep:r1"}},
		"the day's cap is used": {notify.Caps{Rep: 5}, map[string]int{"rep:r1": 5}, 3, []string{"post rep:r1"}},
		"more than used":        {notify.Caps{Rep: 5}, map[string]int{"rep:r1": 9}, 3, []string{"post rep:r1"}},
		"used by another":       {notify.Caps{Rep: 2}, map[string]int{"rep:r2": 9, "channel:alerts": 9}, 2, []string{"post rep:r1", "post rep:r1"}},
		"forty lines":           {notify.Caps{}, nil, 40, []string{"post rep:r1"}},
		"forty-one lines":       {notify.Caps{}, nil, 41, []string{"post rep:r1", "reply rep:r1 of m1"}},
	} {
		d := newDesk(t, c.caps)
		d.night.Used = c.used
		messages := d.compose(d.many(c.n, isOverdue, "r1")...)
		if diff := cmp.Diff(c.want, routes(messages)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		checkMessages(t, messages)
	}
}

// What was told in a roll-up gets its own message when it worsens, and a link
// in the direct message leads to the channel's roll-up.
func TestRolledUpCaseWorsens(t *testing.T) {
	d := newDesk(t, notify.Caps{})
	d.compose(d.step(casebook.Opened, silenceOf(isOverdue, "Kim", "r1", 1)))
	d.composer.Caps = notify.Caps{Rep: 1, Channel: 1}
	got := routes(d.compose(d.step(casebook.Worsened, silenceOf(isLost, "Kim", "r1", 1))))
	if diff := cmp.Diff([]string{"post channel:alerts @r1", "post rep:r1 →m2"}, got); diff != "" {
		t.Errorf("worsened (-want +got):\n%s", diff)
	}
	d = newDesk(t, notify.Caps{})
	got = routes(d.compose(d.step(casebook.Opened, silenceOf(isLost, "Lee", "r1", 1))))
	if diff := cmp.Diff([]string{"post channel:alerts", "post rep:r1 →m1"}, got); diff != "" {
		t.Errorf("rolled up (-want +got):\n%s", diff)
	}
}

// The first summary counts, names at most ten lost customers and no overdue one,
// and its cases count as told.
func TestBaselineSummary(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 5})
	d.night.Baseline = notify.Baseline{Customers: 90, Regulars: 50, Lost: 12, Overdue: 1}
	changes := append(d.many(12, isLost, "r1"), d.step(casebook.Opened, silenceOf(isOverdue, "Secret", "r1", 99)))
	for i := range changes {
		changes[i].Reason = casebook.Baseline
	}
	messages := d.compose(changes...)
	if len(messages) != 1 || messages[0].CaseID != "" || len(customersIn(messages[0])) != 10 {
		t.Fatalf("messages %v naming %v", routes(messages), customersIn(messages[0]))
	}
	if words := wordsOf(messages[0].Text, messages[0].Blocks); strings.Contains(words, "Secret") || !strings.Contains(words, "12 are lost and 1 overdue") {
		t.Errorf("summary:\n%s", words)
	}
	for id, c := range d.cases {
		if c.Told != casebook.ByBaseline || c.Parent != "" {
			t.Errorf("%s: %+v", id, c)
		}
	}
	if len(d.cases) != 13 {
		t.Errorf("%d cases kept; want 13", len(d.cases))
	}
}
