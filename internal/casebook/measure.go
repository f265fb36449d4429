package casebook

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// LeastJudged is from how many alerts with an outcome a precision is shown.
	LeastJudged = 10
	// leastProposed is from how many a new threshold is proposed, and the precision
	// below which it is, and that it has to reach.
	leastProposed             = 20
	poorPrecision, goodEnough = .6, .75
)

// Measured is what became of the alerts of one rule. Right is an alert whose
// silence outlasted 2h, by the data alone. Wrong is one whose customer came back
// by itself, or that somebody said was no loss. Saved are apart: whoever came
// back after somebody had seen to it says nothing about the alert.
type Measured struct {
	Right, Wrong, Saved, Pending int
	SavedMoney                   sales.Money // what was at risk, per year
	Taken                        int         // somebody was on it
	Reasons                      map[Why]int
}

// Judged is how many alerts have an outcome that counts.
func (m Measured) Judged() int { return m.Right + m.Wrong }

// Precision is the share of judged alerts that were right; ok is false with fewer
// than LeastJudged.
func (m Measured) Precision() (share float64, ok bool) {
	if m.Judged() < LeastJudged {
		return 0, false
	}
	return float64(m.Right) / float64(m.Judged()), true
}

// add counts one case.
func (m *Measured) add(c Case) {
	if m.Reasons == nil {
		m.Reasons = map[Why]int{}
	}
	if c.Why != "" {
		m.Reasons[c.Why]++
	}
	if c.Taker != "" {
		m.Taken++
	}
	switch {
	case c.Sure:
		m.Right++
	case c.Saved:
		m.Saved++
		m.SavedMoney += c.AtRisk
	case c.State == Dismissed, c.State == Recovered:
		m.Wrong++
	default:
		m.Pending++
	}
}

// rules are the kinds as which a case was told: one that worsened was told twice.
func (c *Case) rules() []finding.Kind {
	if c.Began != "" && c.Began != c.Kind {
		return []finding.Kind{c.Began, c.Kind}
	}
	return []finding.Kind{c.Kind}
}

// Measure counts what became of the cases about customers, by rule. What the
// first run found was never an alert.
func Measure(history []Case) map[finding.Kind]Measured {
	byRule := map[finding.Kind]Measured{}
	for _, c := range history {
		if c.Told == ByBaseline || c.CustomerID == "" {
			continue
		}
		for _, rule := range c.rules() {
			m := byRule[rule]
			m.add(c)
			byRule[rule] = m
		}
	}
	return byRule
}

// ReasonsBy counts the reasons that were given, by what a case belongs to: its rep, its segment. A case
// counts once; those that nobody has answered are left out.
func ReasonsBy(history []Case, key func(Case) string) map[string]map[Why]int {
	by := map[string]map[Why]int{}
	for _, c := range history {
		if c.Why == "" || c.Told == ByBaseline {
			continue
		}
		if by[key(c)] == nil {
			by[key(c)] = map[Why]int{}
		}
		by[key(c)][c.Why]++
	}
	return by
}

// Propose returns the odds of loss from which the alerts so far would have been
// right often enough, where those told from the threshold on were not. Nothing
// changes by it: somebody has to write it into the config.
func Propose(history []Case, threshold float64) (odds float64, ok bool) {
	all := JudgedFrom(history, threshold)
	if all.Judged() < leastProposed || float64(all.Right) >= poorPrecision*float64(all.Judged()) {
		return 0, false
	}
	for step := int(threshold*20 + 1.0001); step < 20; step++ {
		odds := float64(step) / 20
		if share, ok := JudgedFrom(history, odds).Precision(); ok && share >= goodEnough {
			return odds, true
		}
	}
	return 0, false
}

// JudgedFrom counts the lost cases that were told with such odds or more.
func JudgedFrom(history []Case, threshold float64) (m Measured) {
	for _, c := range history {
		if c.Kind == finding.CustomerLost && c.Told != ByBaseline && c.Odds >= threshold {
			m.add(c)
		}
	}
	return m
}
