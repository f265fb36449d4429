package casebook

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// The families of what lasts rather than follows from one silence. Each has at
// most one open case for a customer and product.
const (
	Decline Family = "decline" // a customer buys less
	Drop    Family = "drop"    // a customer dropped a product
	Buyers  Family = "buyers"  // a product loses its buyers
	Neglect Family = "neglect" // a customer is not visited
)

// Superseded: a case that goes on as another one: a declining customer is lost.
const Superseded State = "superseded" // closed

// The reasons of what lasts.
const (
	Ended    Reason = "ended"    // positive evidence: it buys, or is visited, again
	Replaced Reason = "replaced" // the customer's silence is a case of its own now
)

// rearm is how long after the end of a case the same thing is not told again,
// calendar days: a figure that wavers around its threshold is no news each time.
const rearm = 91

// familyOf returns the family of a lasting finding.
func familyOf(kind finding.Kind) (Family, bool) {
	family, ok := map[finding.Kind]Family{
		finding.CustomerDeclining: Decline, finding.ProductDropped: Drop,
		finding.ProductLosingBuyers: Buyers, finding.RegularNeglected: Neglect,
	}[kind]
	return family, ok
}

// subject is what a lasting case is about.
type subject struct {
	family            Family
	customer, product string
}

// subjectName is the part of a case's id that says whom or what it is about.
func subjectName(f finding.Finding) string {
	if _, lasts := familyOf(f.Kind); lasts {
		return f.CustomerID + "/" + f.Product
	}
	return f.CustomerID
}

func subjectOf(c Case) subject { return subject{c.Family, c.CustomerID, c.Product} }

// lasting reconciles what lasts. silent are the customers whose silence is told
// tonight or stands in an open case.
func lasting(cases []Case, night Night, silent map[string]bool) []Change {
	now, ended := map[subject]bool{}, map[subject]sales.Date{}
	var changes []Change
	for _, c := range sortedCases(cases) {
		if !slices.Contains([]Family{Decline, Drop, Buyers, Neglect}, c.Family) {
			continue
		}
		if c.Closed() {
			ended[subjectOf(c)] = max(ended[subjectOf(c)], c.ChangedOn)
			continue
		}
		now[subjectOf(c)] = true
		if change, ok := end(c, night, silent); ok {
			changes = append(changes, change)
			ended[subjectOf(c)] = night.AsOf
		} else if after, woke := c.woken(night.AsOf); woke {
			changes = append(changes, wake(c, after, foundFor(c, night)))
		}
	}
	for _, f := range night.Findings {
		if change, ok := begin(f, night, now, ended); ok && !silent[f.CustomerID] {
			changes = append(changes, change)
		}
	}
	return changes
}

// foundFor is what is found tonight of a lasting case, which its message can show; a
// finding without facts where that is nothing.
func foundFor(c Case, night Night) finding.Finding {
	for _, f := range night.Findings {
		if family, ok := familyOf(f.Kind); ok && subjectOf(c) == (subject{family, f.CustomerID, f.Product}) {
			return f
		}
	}
	return finding.Finding{Kind: c.Kind, CustomerID: c.CustomerID}
}

func sortedCases(cases []Case) []Case {
	sorted := slices.Clone(cases)
	slices.SortFunc(sorted, func(a, b Case) int { return cmp.Compare(a.ID, b.ID) })
	return sorted
}

// end closes an open case on evidence. What was told for a later date stays.
func end(c Case, night Night, silent map[string]bool) (Change, bool) {
	if night.AsOf < c.ChangedOn {
		return Change{}, false
	}
	if c.CustomerID != "" && silent[c.CustomerID] {
		f := finding.Finding{Kind: c.Kind, CustomerID: c.CustomerID}
		if night.Replaced != nil {
			f = night.Replaced(c)
		}
		return Change{Before: &c, Case: closed(c, Superseded, night), Reason: Replaced, Finding: f}, true
	}
	if night.Ended == nil {
		return Change{}, false
	}
	f, over := night.Ended(c)
	if !over {
		return Change{}, false
	}
	return Change{Before: &c, Case: closed(c, Recovered, night), Reason: Ended, Finding: f}, true
}

func closed(c Case, state State, night Night) Case {
	c.State, c.ChangedOn = state, night.AsOf
	return c
}

// begin opens a case for a lasting finding, unless it is told already or was
// until lately.
func begin(f finding.Finding, night Night, now map[subject]bool, ended map[subject]sales.Date) (Change, bool) {
	family, ok := familyOf(f.Kind)
	about := subject{family, f.CustomerID, f.Product}
	if !ok || now[about] {
		return Change{}, false
	}
	if last := ended[about]; last != 0 && night.AsOf < last+rearm {
		return Change{}, false
	}
	now[about] = true
	opened := open(family, f, night.AsOf, night)
	reason := Opened
	if night.Baseline {
		reason = Baseline
	}
	return Change{Case: opened, Reason: reason, Finding: f}, true
}
