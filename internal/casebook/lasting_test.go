package casebook_test

import (
	"slices"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// declining is a night that finds customers declining, and whether each buys
// as before again.
func declining(asOf sales.Date, found, back []string, silent map[string]customer) casebook.Night {
	n := nightOf(asOf, silent)
	for _, id := range found {
		n.Findings = append(n.Findings, finding.Finding{Kind: finding.CustomerDeclining, CustomerID: id})
	}
	n.Ended = func(c casebook.Case) (finding.Finding, bool) {
		for _, id := range back {
			if id == c.CustomerID {
				return finding.Finding{Kind: c.Kind, CustomerID: id}, true
			}
		}
		return finding.Finding{}, false
	}
	return n
}

func TestLasting(t *testing.T) {
	a := []string{"a"}
	quiet := map[string]customer{"a": {last: 90}}
	s := shelf{}
	for _, night := range []struct {
		night casebook.Night
		want  []casebook.Reason
	}{
		{declining(100, a, nil, quiet), []casebook.Reason{casebook.Opened}},
		{declining(101, a, nil, quiet), nil},
		{declining(110, nil, nil, quiet), nil}, // not found is no evidence of an end
		{declining(120, nil, a, quiet), []casebook.Reason{casebook.Ended}},
		{declining(121, a, nil, quiet), nil}, // too soon to tell it again
		{declining(211, a, nil, quiet), []casebook.Reason{casebook.Opened}},
		{declining(240, a, nil, map[string]customer{"a": {last: 205, kind: lost}}), []casebook.Reason{casebook.Opened, casebook.Replaced}},
		{declining(241, nil, nil, map[string]customer{"a": {last: 205, kind: lost}}), nil},
	} {
		if diff := cmp.Diff(night.want, s.reconcile(t, night.night)); diff != "" {
			t.Errorf("as of %d (-want +got):\n%s", night.night.AsOf, diff)
		}
	}
}

// A lasting case that awakes comes with what is found tonight, so that its message can
// show how it stands now, and not a date that has passed.
func TestLastingAwakes(t *testing.T) {
	n := declining(100, []string{"a"}, nil, nil)
	c := casebook.Reconcile(nil, n)[0].Case
	nap, err := casebook.Do(c, casebook.Act{Verb: casebook.Snooze, By: "Ann", On: 101, Until: 108})
	if err != nil {
		t.Fatal(err)
	}
	n = declining(107, []string{"b", "a"}, nil, nil)
	n.Findings[1].Headline = finding.Say("headline_declining")
	var shown []string
	for _, change := range casebook.Reconcile([]casebook.Case{nap.Case}, n) {
		if change.Reason == casebook.Woke {
			shown = append(shown, change.Finding.CustomerID+" "+change.Finding.Headline.Key)
		}
	}
	if want := []string{"a headline_declining"}; !slices.Equal(shown, want) {
		t.Errorf("it awakes with %q; want %q", shown, want)
	}
}

// TestLastingProducts: a customer may drop two products, each a case of its own.
func TestLastingProducts(t *testing.T) {
	n := nightOf(100, nil)
	for _, product := range []string{"oil", "salt", "oil"} {
		n.Findings = append(n.Findings, finding.Finding{Kind: finding.ProductDropped, CustomerID: "a", Product: product})
	}
	s := shelf{}
	if diff := cmp.Diff([]casebook.Reason{casebook.Opened, casebook.Opened}, s.reconcile(t, n)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLastingModel: whatever the nights bring, a customer has at most one open
// decline case, none while it is lost, and none opens within 13 weeks of an end.
func TestLastingModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := shelf{}
		asOf, last, ended := sales.Date(100), sales.Date(50), sales.Date(0)
		for range rapid.IntRange(1, 30).Draw(t, "nights") {
			asOf += sales.Date(rapid.IntRange(0, 60).Draw(t, "days"))
			isLost := rapid.Bool().Draw(t, "lost")
			now := map[string]customer{"a": {last: last, kind: lost}}
			if !isLost {
				last = asOf
				now["a"] = customer{last: last}
			}
			var found, back []string
			if !isLost && rapid.Bool().Draw(t, "declining") {
				found = []string{"a"}
			} else if rapid.Bool().Draw(t, "back") {
				back = []string{"a"}
			}
			for _, reason := range s.reconcile(t, declining(asOf, found, back, now)) {
				if reason == casebook.Ended || reason == casebook.Replaced {
					ended = asOf
				}
			}
			open, silent := 0, false
			for _, c := range s {
				silent = silent || c.Family == casebook.Silence && !c.Closed()
				if c.Family == casebook.Decline && !c.Closed() {
					open++
				}
				if c.Family == casebook.Decline && ended != 0 && c.OpenedOn > ended && c.OpenedOn < ended+91 {
					t.Fatalf("opened %d after an end on %d", c.OpenedOn, ended)
				}
			}
			if open > 1 || silent && open > 0 {
				t.Fatalf("%d open cases, silence told %v", open, silent)
			}
		}
	})
}
