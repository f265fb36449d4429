package backtest

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// rearmDays: a watched case that was not seen for so long may be told again.
const rearmDays = 13 * 7

// Watch is a further detector that is replayed along, such as the one for
// declining customers. It sees at each step what was known then.
type Watch struct {
	Name string
	// Every is the fewest days from one look to the next; 0: each step is one.
	Every int
	// Find returns what is true at the step's date, in a fixed order.
	Find func(cut *sales.Snapshot, sheet *standing.Sheet) []finding.Finding
	// Key tells the cases of one customer apart, such as by product; nil: there
	// is one a customer.
	Key func(finding.Finding) string
	// Outcome says with hindsight what became of a finding of a date: Loss where
	// it was right. Data after known.AsOf do not exist.
	Outcome func(known *sales.Snapshot, at sales.Date, f finding.Finding) Outcome
}

// Watched is what a watch did. How many cases there really were is not known from
// data alone, so it has no recall.
type Watched struct {
	Name                            string
	Baseline                        int // cases told when stock was taken
	Alerts, Right, Wrong, Undecided int
	Caught                          sales.Money // at risk a year with the right ones
}

// Precision is the share of decided alerts that were right; not ok without one.
func (w Watched) Precision() (float64, bool) { return share(w.Right, w.Right+w.Wrong) }

// watching is a watch under way.
type watching struct {
	Watch
	seen map[string]sales.Date // by customer and key, when last
	last sales.Date            // when it was asked
	done Watched
	sent []Alert
}

func newWatching(w Watch) *watching {
	return &watching{Watch: w, seen: map[string]sales.Date{}, done: Watched{Name: w.Name}}
}

// add takes in a step.
func (w *watching) add(known, cut *sales.Snapshot, sheet *standing.Sheet, baseline bool) {
	if w.last != 0 && cut.AsOf < w.last+sales.Date(w.Every) {
		return
	}
	w.last = cut.AsOf
	for _, f := range w.Find(cut, sheet) {
		key := ""
		if w.Key != nil {
			key = w.Key(f)
		}
		last, again := w.seen[f.CustomerID+"\x00"+key]
		w.seen[f.CustomerID+"\x00"+key] = cut.AsOf
		switch {
		case again && cut.AsOf-last < rearmDays:
		case baseline:
			w.done.Baseline++
		default:
			w.tell(known, cut.AsOf, f, key)
		}
	}
}

// tell counts a new alert.
func (w *watching) tell(known *sales.Snapshot, at sales.Date, f finding.Finding, key string) {
	w.done.Alerts++
	a := Alert{Rule: w.Name, Date: at, CustomerID: f.CustomerID, RepID: f.RepID, Key: key, Odds: f.Probability}
	switch w.Outcome(known, at, f) {
	case Loss:
		w.done.Right++
		w.done.Caught += f.MoneyAtRisk
		a.Outcome = right.String()
	case Return:
		w.done.Wrong++
		a.Outcome = wrong.String()
	case Undecided:
		w.done.Undecided++
		a.Outcome = undecided.String()
	}
	w.sent = append(w.sent, a)
}

func (w *watching) worth() Watched  { return w.done }
func (w *watching) alerts() []Alert { return w.sent }
