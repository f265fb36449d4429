package casebook_test

import (
	"maps"
	"slices"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"

	"pgregory.net/rapid"
)

func sortedIDs(s shelf) []string { return slices.Sorted(maps.Keys(s)) }

// world is a company of three customers with the simplest rules there are:
// overdue after 20 days of silence, lost after 30, confirmed after 60.
type world struct {
	today  sales.Date
	orders map[string][]sales.Date
	gone   map[string]bool // rows missing tonight
}

func (w *world) at(asOf sales.Date) map[string]customer {
	seen := map[string]customer{}
	for id, orders := range w.orders {
		known := slices.DeleteFunc(slices.Clone(orders), func(d sales.Date) bool { return d > asOf })
		if w.gone[id] || len(known) == 0 {
			continue
		}
		c := customer{last: known[len(known)-1]}
		switch silence := asOf - c.last; {
		case silence >= 30:
			c.kind, c.confirmed = lost, silence > 60
		case silence >= 20:
			c.kind = overdue
		}
		seen[id] = c
	}
	return seen
}

// ledger is the oracle: what was ever told, by customer and the silence's first day.
type ledger struct {
	told  map[string]finding.Kind
	ended map[string]bool
	conf  map[string]bool
	until map[string]sales.Date // snoozed
	// season: dismissed as one, on the as-of date.
	season map[string]sales.Date
	// denied are dismissed, asked those of which the manager was told.
	denied, asked map[string]bool
}

func silenceKey(c casebook.Case) string { return c.CustomerID + "@" + c.LastOrder.String() }

// check holds every change against what was told before.
func (l *ledger) check(t *rapid.T, w *world, night casebook.Night, c casebook.Change) {
	key := silenceKey(c.Case)
	was, known := l.told[key]
	if since, denied := l.season[key]; denied && c.Reason == casebook.Opened && night.AsOf > since+300 {
		delete(l.denied, key)
		delete(l.told, key)
		delete(l.season, key)
		delete(l.asked, key)
		delete(l.conf, key)
		was, known = "", false
	}
	if l.denied[key] {
		t.Fatalf("%s was dismissed, then %s", key, c.Reason)
	}
	if until := l.until[key]; until > night.AsOf+1 && c.Reason != casebook.OrderedAgain {
		t.Fatalf("%s sleeps until %v, on %v it %s", key, until, night.AsOf, c.Reason)
	}
	if c.Reason == casebook.Woke && (l.until[key] == 0 || c.Case.State == casebook.Snoozed) {
		t.Fatalf("%s wakes from %v and is %s", key, l.until[key], c.Case.State)
	}
	if l.conf[key] && !c.Case.Sure {
		t.Fatalf("%s was confirmed, %s makes it unsure", key, c.Reason)
	}
	delete(l.until, key)
	switch c.Reason {
	case casebook.Opened, casebook.Baseline, casebook.Regressed:
		if known {
			t.Fatalf("%s opened twice", key)
		}
		l.told[key] = c.Case.Kind
	case casebook.Worsened:
		if was != overdue || l.ended[key] {
			t.Fatalf("%s worsened from %q, ended %v", key, was, l.ended[key])
		}
		l.told[key], l.asked[key] = lost, false
	case casebook.Unanswered:
		if was != lost || l.asked[key] || c.Case.AnsweredOn != 0 {
			t.Fatalf("%s: the manager is asked again, or though somebody answered", key)
		}
		l.asked[key] = true
	case casebook.ConfirmedLost:
		if was != lost || l.conf[key] || l.ended[key] {
			t.Fatalf("%s confirmed from %q, before %v", key, was, l.conf[key])
		}
		l.conf[key] = true
	case casebook.OrderedAgain:
		if !known || l.ended[key] {
			t.Fatalf("%s recovered: told %v, ended %v", key, known, l.ended[key])
		}
		if orders := w.orders[c.Case.CustomerID]; orders[len(orders)-1] <= c.Case.LastOrder {
			t.Fatalf("%s recovered without an order", key)
		}
		l.ended[key] = true
	}
}

// press does something to a case and does it again: the second time is no news.
func press(t *rapid.T, s shelf, l *ledger, id string, today sales.Date) {
	before := s[id]
	act := casebook.Act{By: rapid.SampledFrom([]string{"Kim", "Lee"}).Draw(t, "who"), On: today,
		Verb:  rapid.SampledFrom([]casebook.Verb{casebook.Take, casebook.Snooze, casebook.Dismiss, "explode"}).Draw(t, "verb"),
		Until: today + sales.Date(rapid.IntRange(-3, 500).Draw(t, "days")),
		Why:   rapid.SampledFrom(casebook.Whys()).Draw(t, "why")}
	change, err := casebook.Do(before, act)
	if err != nil {
		return
	}
	if before.Closed() || act.Verb == "explode" {
		t.Fatalf("%s of %s in state %s", act.Verb, id, before.State)
	}
	s[id] = change.Case
	key := silenceKey(change.Case)
	delete(l.until, key)
	switch change.Case.State {
	case casebook.Snoozed:
		l.until[key] = act.Until
	case casebook.Dismissed:
		l.denied[key] = true
		if act.Why == casebook.WhySeason {
			l.season[key] = change.Case.ChangedOn
		}
	}
	if _, err := casebook.Do(change.Case, act); err == nil {
		t.Fatalf("%s twice is news: %+v", act.Verb, change.Case)
	}
	if change.Case.Sure != before.Sure {
		t.Fatalf("a press decides what the data decide: %+v", act)
	}
}

// TestModel drives random orders, presses, missing rows, stopped data, earlier as-of
// dates and repeated runs against the oracle.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{today: 1000, gone: map[string]bool{}, orders: map[string][]sales.Date{"a": {1000}, "b": {990}, "c": {975}}}
		l := &ledger{told: map[string]finding.Kind{}, ended: map[string]bool{}, conf: map[string]bool{},
			until: map[string]sales.Date{}, season: map[string]sales.Date{}, denied: map[string]bool{}, asked: map[string]bool{}}
		s := shelf{}
		run := func(t *rapid.T, night casebook.Night) {
			stale := slices.ContainsFunc(night.Findings, func(f finding.Finding) bool { return f.Kind == finding.DataStale })
			for _, c := range casebook.Reconcile(s.cases(), night) {
				if stale && c.Case.Family != casebook.Data {
					t.Fatalf("%v about %s while the data are stale", c.Reason, c.Case.ID)
				}
				if c.Case.Family == casebook.Silence {
					l.check(t, w, night, c)
				}
				c.Case.Told = casebook.ByMessage // as the composer does
				s[c.Case.ID] = c.Case
			}
			if again := casebook.Reconcile(s.cases(), night); len(again) > 0 {
				t.Fatalf("the same night again: %v of %s", again[0].Reason, again[0].Case.ID)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"days pass": func(t *rapid.T) { w.today += sales.Date(rapid.IntRange(1, 25).Draw(t, "days")) },
			"a year passes": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "seldom") == 0 {
					w.today += 365
				}
			},
			"order": func(t *rapid.T) {
				id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "customer")
				if orders := w.orders[id]; orders[len(orders)-1] < w.today {
					w.orders[id] = append(orders, w.today)
				}
			},
			"row comes or goes": func(t *rapid.T) {
				id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "customer")
				w.gone[id] = !w.gone[id]
			},
			"night": func(t *rapid.T) {
				n := nightOf(w.today, w.at(w.today))
				n.Baseline = len(s) == 0
				n.Patience, n.Worked = 5, func(after, through sales.Date) int { return int(through - after) }
				run(t, n)
			},
			"press": func(t *rapid.T) {
				if len(s) > 0 {
					press(t, s, l, rapid.SampledFrom(sortedIDs(s)).Draw(t, "case"), w.today+1)
				}
			},
			"earlier night": func(t *rapid.T) {
				asOf := w.today - sales.Date(rapid.IntRange(1, 90).Draw(t, "back"))
				run(t, nightOf(asOf, w.at(asOf)))
			},
			"stale night": func(t *rapid.T) { run(t, staleNight(w.today, w.today-4)) },
			"": func(t *rapid.T) {
				open := map[string]int{}
				for _, c := range s {
					if c.Family == casebook.Silence && !c.Closed() {
						open[c.CustomerID]++
						if l.ended[silenceKey(c)] {
							t.Fatalf("%s is open again", c.ID)
						}
					}
				}
				for id, n := range open {
					if n > 1 {
						t.Fatalf("%d open cases of %s", n, id)
					}
				}
			},
		})
		// A last look at everything: whoever is silent now was told, at that stage.
		w.gone = map[string]bool{}
		run(t, nightOf(w.today, w.at(w.today)))
		for id, c := range w.at(w.today) {
			if l.denied[id+"@"+c.last.String()] || l.until[id+"@"+c.last.String()] > w.today+1 {
				continue
			}
			if told := l.told[id+"@"+c.last.String()]; c.kind != "" && told != c.kind && !(told == lost && c.kind == overdue) {
				t.Fatalf("%s is %s since %v, told %q", id, c.kind, c.last, told)
			}
		}
	})
}
