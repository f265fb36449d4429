package casebook_test

import (
	"errors"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/sales"
)

// told is a lost case with a message of its own, told on day 100.
func told() casebook.Case {
	return casebook.Case{ID: "silence:a:1970-03-02", Family: casebook.Silence, CustomerID: "a", RepID: "r", Kind: lost, Began: overdue,
		State: casebook.Open, OpenedOn: 90, ChangedOn: 100, ToldOn: 100, LastOrder: 60, Told: casebook.ByMessage, Parent: "p", InChannel: true}
}

func do(t *testing.T, c casebook.Case, acts ...casebook.Act) casebook.Case {
	t.Helper()
	for _, a := range acts {
		change, err := casebook.Do(c, a)
		if err != nil {
			t.Fatalf("%+v: %v", a, err)
		}
		c = change.Case
	}
	return c
}

func TestDo(t *testing.T) {
	take := casebook.Act{Verb: casebook.Take, By: "Kim", On: 101}
	nap := casebook.Act{Verb: casebook.Snooze, By: "Kim", On: 101, Until: 108}
	no := func(why casebook.Why) casebook.Act {
		return casebook.Act{Verb: casebook.Dismiss, By: "Lee", On: 102, Why: why}
	}
	tests := map[string]struct {
		acts  []casebook.Act
		state casebook.State
		taker string
		until sales.Date
	}{
		"taken":                       {[]casebook.Act{take}, casebook.Taken, "Kim", 0},
		"taken over":                  {[]casebook.Act{take, {Verb: casebook.Take, By: "Lee", On: 103}}, casebook.Taken, "Lee", 0},
		"snoozed":                     {[]casebook.Act{nap}, casebook.Snoozed, "", 108},
		"snoozed by who is on it":     {[]casebook.Act{take, nap}, casebook.Snoozed, "Kim", 108},
		"taken out of a snooze":       {[]casebook.Act{nap, take}, casebook.Taken, "Kim", 0},
		"no loss":                     {[]casebook.Act{take, no(casebook.WhySeason)}, casebook.Dismissed, "Kim", 0},
		"given up its business":       {[]casebook.Act{no(casebook.WhyClosed)}, casebook.Confirmed, "", 0},
		"somebody else's, put off":    {[]casebook.Act{take, nap, no(casebook.WhyWrongOwner)}, casebook.Open, "", 0},
		"closed, then taken all same": {[]casebook.Act{no(casebook.WhyClosed), take}, casebook.Taken, "Kim", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := do(t, told(), test.acts...)
			if c.State != test.state || c.Taker != test.taker || c.Until != test.until {
				t.Errorf("%s, taker %q, until %v; want %s, %q, %v", c.State, c.Taker, c.Until, test.state, test.taker, test.until)
			}
			if c.Sure {
				t.Error("a press makes the statistic sure")
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	closed := do(t, told(), casebook.Act{Verb: casebook.Dismiss, By: "Kim", On: 101, Why: casebook.WhyOneOff})
	taken := do(t, told(), casebook.Act{Verb: casebook.Take, By: "Kim", On: 101})
	tests := map[string]struct {
		c    casebook.Case
		a    casebook.Act
		want error
	}{
		"closed":              {closed, casebook.Act{Verb: casebook.Take, By: "Lee", On: 102}, casebook.ErrClosed},
		"taken twice":         {taken, casebook.Act{Verb: casebook.Take, By: "Kim", On: 101}, casebook.ErrSame},
		"snoozed to the past": {told(), casebook.Act{Verb: casebook.Snooze, On: 101, Until: 101}, casebook.ErrDate},
		"snoozed for years":   {told(), casebook.Act{Verb: casebook.Snooze, On: 101, Until: 501}, casebook.ErrDate},
		"no such reason":      {told(), casebook.Act{Verb: casebook.Dismiss, On: 101, Why: "tired"}, casebook.ErrVerb},
		"no such verb":        {told(), casebook.Act{Verb: "delete", On: 101}, casebook.ErrVerb},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := casebook.Do(test.c, test.a); !errors.Is(err, test.want) {
				t.Errorf("%v; want %v", err, test.want)
			}
		})
	}
}

// What nights make of a case that somebody has answered.
func TestNightsAfterAnAnswer(t *testing.T) {
	take := casebook.Act{Verb: casebook.Take, By: "Kim", On: 101}
	nap := casebook.Act{Verb: casebook.Snooze, By: "Kim", On: 101, Until: 108}
	silent := customer{last: 60, kind: lost}
	sure := customer{last: 60, kind: lost, confirmed: true}
	tests := map[string]struct {
		acts   []casebook.Act
		asOf   sales.Date
		seen   customer
		reason casebook.Reason
		state  casebook.State
	}{
		"asleep":                         {[]casebook.Act{nap}, 106, silent, "", ""},
		"asleep beyond 2h":               {[]casebook.Act{nap}, 106, sure, "", ""},
		"wakes in the morning":           {[]casebook.Act{nap}, 107, silent, casebook.Woke, casebook.Open},
		"wakes to who is on it":          {[]casebook.Act{take, nap}, 107, silent, casebook.Woke, casebook.Taken},
		"wakes and is confirmed at once": {[]casebook.Act{nap}, 107, sure, casebook.ConfirmedLost, casebook.Confirmed},
		"comes back asleep":              {[]casebook.Act{nap}, 103, customer{last: 102}, casebook.OrderedAgain, casebook.Recovered},
		"taken, beyond 2h":               {[]casebook.Act{take}, 106, sure, casebook.ConfirmedLost, casebook.Confirmed},
		"dismissed is dismissed":         {[]casebook.Act{{Verb: casebook.Dismiss, On: 101, Why: casebook.WhyOther}}, 200, sure, "", ""},
		"closed, and then the data say so": {[]casebook.Act{{Verb: casebook.Dismiss, On: 101, Why: casebook.WhyClosed}},
			106, sure, casebook.ConfirmedLost, casebook.Confirmed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := do(t, told(), test.acts...)
			changes := casebook.Reconcile([]casebook.Case{c}, nightOf(test.asOf, one(test.seen)))
			if test.reason == "" {
				if len(changes) != 0 {
					t.Fatalf("%s; want silence", changes[0].Reason)
				}
				return
			}
			if len(changes) != 1 || changes[0].Reason != test.reason || changes[0].Case.State != test.state {
				t.Fatalf("%+v; want %s, %s", changes, test.reason, test.state)
			}
		})
	}
}

// An overdue case that sleeps does not worsen until it wakes, and then it does at once.
func TestWorsensWhenItWakes(t *testing.T) {
	c := told()
	c.Kind = overdue
	c = do(t, c, casebook.Act{Verb: casebook.Snooze, By: "Kim", On: 101, Until: 108})
	if changes := casebook.Reconcile([]casebook.Case{c}, nightOf(105, one(customer{last: 60, kind: lost}))); len(changes) > 0 {
		t.Fatalf("asleep it is %s", changes[0].Reason)
	}
	changes := casebook.Reconcile([]casebook.Case{c}, nightOf(107, one(customer{last: 60, kind: lost})))
	if len(changes) != 1 || changes[0].Reason != casebook.Worsened || changes[0].Case.Until != 0 {
		t.Fatalf("%+v; want it worsened and awake", changes)
	}
}

// Saved is who came back after somebody had seen to it.
func TestSaved(t *testing.T) {
	back := customer{last: 110}
	take := casebook.Act{Verb: casebook.Take, By: "Kim", On: 101}
	visited, before := back, back
	visited.visit, before.visit = 105, 99
	tests := map[string]struct {
		acts []casebook.Act
		seen customer
		want bool
	}{
		"nobody did anything":     {nil, back, false},
		"somebody was on it":      {[]casebook.Act{take}, back, true},
		"visited after the alert": {nil, visited, true},
		"visited before it":       {nil, before, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			changes := casebook.Reconcile([]casebook.Case{do(t, told(), test.acts...)}, nightOf(111, one(test.seen)))
			if len(changes) != 1 || changes[0].Case.Saved != test.want {
				t.Errorf("%+v; want saved %v", changes, test.want)
			}
		})
	}
}

// The manager is told once, after so many selling days without an answer.
func TestUnanswered(t *testing.T) {
	silent := customer{last: 60, kind: lost}
	visited := silent
	visited.visit = 103
	quiet := told()
	quiet.Told = casebook.ByRollUp
	tests := map[string]struct {
		c    casebook.Case
		asOf sales.Date
		seen customer
		want bool
	}{
		"too early":           {told(), 104, silent, false},
		"five days":           {told(), 105, silent, true},
		"told in a roll-up":   {quiet, 105, silent, false},
		"answered":            {do(t, told(), casebook.Act{Verb: casebook.Take, By: "Kim", On: 101}), 105, silent, false},
		"a visit is answer":   {told(), 105, visited, false},
		"confirmed meanwhile": {func() casebook.Case { c := told(); c.State, c.Sure = casebook.Confirmed, true; return c }(), 105, silent, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			night := nightOf(test.asOf, one(test.seen))
			night.Patience, night.Worked = 5, func(after, through sales.Date) int { return int(through - after) }
			changes := casebook.Reconcile([]casebook.Case{test.c}, night)
			if got := len(changes) == 1 && changes[0].Reason == casebook.Unanswered; got != test.want {
				t.Fatalf("%+v; want told: %v", changes, test.want)
			}
			if test.want && len(casebook.Reconcile([]casebook.Case{changes[0].Case}, night)) > 0 {
				t.Error("told twice")
			}
		})
	}
}

// A season that never ends is told once more, when it must be over.
func TestSeasonThatNeverEnds(t *testing.T) {
	c := do(t, told(), casebook.Act{Verb: casebook.Dismiss, By: "Kim", On: 101, Why: casebook.WhySeason})
	silent := one(customer{last: 60, kind: lost})
	if changes := casebook.Reconcile([]casebook.Case{c}, nightOf(400, silent)); len(changes) != 0 {
		t.Fatalf("within the season it is %s", changes[0].Reason)
	}
	changes := casebook.Reconcile([]casebook.Case{c}, nightOf(401, silent))
	if len(changes) != 1 || changes[0].Reason != casebook.Opened || changes[0].Case.ID == c.ID {
		t.Fatalf("%+v; want a case of its own", changes)
	}
	if again := casebook.Reconcile([]casebook.Case{c, changes[0].Case}, nightOf(402, silent)); len(again) != 0 {
		t.Errorf("and again the next night: %s", again[0].Reason)
	}
}

// A new owner takes the case over, once, with the answers still to be given.
func TestHandOver(t *testing.T) {
	c := do(t, told(), casebook.Act{Verb: casebook.Dismiss, By: "Kim", On: 101, Why: casebook.WhyWrongOwner})
	same := one(customer{last: 60, kind: lost, rep: "r"})
	if changes := casebook.Reconcile([]casebook.Case{c}, nightOf(101, same)); len(changes) != 0 {
		t.Fatalf("the same owner: %s", changes[0].Reason)
	}
	other := one(customer{last: 60, kind: lost, rep: "s"})
	changes := casebook.Reconcile([]casebook.Case{c}, nightOf(101, other))
	if len(changes) != 1 || changes[0].Reason != casebook.HandedOver {
		t.Fatalf("%+v; want it handed over", changes)
	}
	if after := changes[0].Case; after.RepID != "s" || after.Why != "" || after.AnsweredOn != 0 || after.State != casebook.Open {
		t.Errorf("%+v", after)
	}
	if again := casebook.Reconcile([]casebook.Case{changes[0].Case}, nightOf(102, other)); len(again) != 0 {
		t.Errorf("and again: %s", again[0].Reason)
	}
}
