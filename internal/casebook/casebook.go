// Package casebook decides what a finding means given what was already said.
// It is pure: open cases and a night's findings go in, changes come out, each
// with a named reason. It knows no database, no Slack and no clock.
package casebook

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// Family groups the findings that can be stages of one case.
type Family string

// The families.
const (
	Silence Family = "silence" // overdue → lost → confirmed lost, or recovered
	Data    Family = "data"    // the order flow has stopped
	Report  Family = "report"  // a period's figures were told
)

// State is where a case stands.
type State string

// The states. A confirmed lost case is still watched: the customer may come back.
const (
	Open      State = "open"
	Confirmed State = "confirmed_lost"
	Recovered State = "recovered" // closed
	Reported  State = "reported"  // closed: the figures of a period
)

// Told says how the case was told last.
type Told string

// The ways of telling.
const (
	ByMessage  Told = "message"  // it has a message of its own
	ByBaseline Told = "baseline" // it was counted in the first summary
	ByRollUp   Told = "roll_up"  // it was a line of an "n more" message
	ByDigest   Told = "digest"   // it is left to the digest
)

// Case is one silence of one customer, or one stop of the data, from its first
// telling to its end.
type Case struct {
	ID         string // fingerprint and episode: the same silence never opens two cases
	Family     Family
	CustomerID string
	Product    string // product id, of cases about one
	RepID      string // the owner when the case was last told
	Kind       finding.Kind
	State      State
	OpenedOn   sales.Date // as-of date
	ChangedOn  sales.Date
	LastOrder  sales.Date // the order after which the silence began; OpenedOn for what lasts
	Told       Told
	Parent     string // delivery id of the living message; empty if it has none of its own
	InChannel  bool   // Parent stands in the alerts channel, not in the owner's direct messages
	Line       string // delivery id of the owner's direct message that points to Parent

	Name     string       // of the customer, when it was told last
	Again    bool         // the customer had come back not long before
	Began    finding.Kind // as what it was opened
	ToldOn   sales.Date   // as-of date on which it opened or worsened last
	Odds     float64      // and what was said of it then
	AtRisk   sales.Money
	Segment  string
	Sure     bool       // the data alone have confirmed the loss
	Saved    bool       // it came back after somebody had seen to it
	Taker    string     // who is on it, as messages name them
	Until    sales.Date // Snoozed: it wakes on this date
	Why      Why        // what was given as the reason that it is no loss
	Note     string     // what was written beside it
	Reminded sales.Date // as-of date on which the manager was told that nobody answers
	// AnsweredBy is who pressed last, AnsweredOn the date.
	AnsweredBy string
	AnsweredOn sales.Date
	// Revision counts the writes of the case: what was read before somebody
	// else's write must not be written over it.
	Revision int
}

// Closed reports whether the case has ended.
func (c *Case) Closed() bool {
	return c.State == Recovered || c.State == Superseded || c.State == Reported || c.State == Dismissed
}

// Reason says why a case changed, or why something is said.
type Reason string

// The reasons.
const (
	Opened        Reason = "opened"         // first told
	Baseline      Reason = "baseline"       // first run: counted as told, one summary
	Worsened      Reason = "worsened"       // overdue became lost
	ConfirmedLost Reason = "confirmed_lost" // the silence outlasted 2h
	OrderedAgain  Reason = "ordered_again"  // positive evidence: an order after the silence
	DataReturned  Reason = "data_returned"  // the order flow is back
)

// Change is one case that moved.
type Change struct {
	Before  *Case // nil when the case is new
	Case    Case
	Reason  Reason
	Finding finding.Finding
}

// Watched is what the data say today of a customer with a case.
type Watched struct {
	LastOrder sales.Date
	LastVisit sales.Date // zero: none is known
	Owner     string     // rep id; empty: nobody's, or not known
	Confirmed bool
	// Recovered makes the finding that tells the return after a silence that
	// began with the given order; Silent the one that tells its silence as it is.
	Recovered func(lastOrder sales.Date) finding.Finding
	Silent    func() finding.Finding
}

// Night is what one run concluded.
type Night struct {
	AsOf     sales.Date
	Findings []finding.Finding
	// LastOrder returns the order that began the silence of a silent finding.
	LastOrder func(finding.Finding) sales.Date
	// Customer returns what the data say of a customer, false when they say
	// nothing: a missing row is no evidence.
	Customer func(id string) (Watched, bool)
	// Ended returns the finding that a lasting case is over, where the data show
	// it; nil: they never do.
	Ended func(Case) (finding.Finding, bool)
	// Replaced returns what is said where a lasting case goes on as that of the
	// customer's silence; nil: nothing.
	Replaced func(Case) finding.Finding
	// Baseline: nothing was ever said; everything found counts as told.
	Baseline bool
	// Patience is after how many selling days without an answer the manager of a
	// lost customer's owner is told; 0: never. Worked counts the selling days
	// after a date through another.
	Patience int
	Worked   func(after, through sales.Date) int
	// Segment returns the segment of a customer; nil: none has any.
	Segment func(customer string) string
}

// Reconcile compares a night with the cases on record (open ones, and for each
// customer the latest closed one). Nothing is resolved without positive
// evidence; nothing is concluded about customers while the data are stale.
// Reconciling the same night again changes nothing.
func Reconcile(cases []Case, night Night) []Change {
	if i := slices.IndexFunc(night.Findings, isStale); i >= 0 {
		return staleData(cases, night, night.Findings[i])
	}
	changes := dataReturned(cases, night)
	l := index(cases)
	for _, id := range sortedKeys(l.open) {
		changes = append(changes, follow(l.open[id], night)...)
	}
	for _, c := range changes {
		if c.Reason == OrderedAgain {
			l.recovered[c.Case.CustomerID] = true
		}
	}
	for _, f := range night.Findings {
		if change, ok := l.raise(f, night); ok {
			changes = append(only(changes, change.Case.ID), change)
		}
	}
	return append(changes, lasting(cases, night, silentNow(l.open, changes))...)
}

// only drops what a case has to say tonight beside a worse thing: one change for
// a case and night.
func only(changes []Change, id string) []Change {
	return slices.DeleteFunc(changes, func(c Change) bool { return c.Case.ID == id })
}

// silentNow are the customers who are lost, by the open cases and tonight's
// changes.
func silentNow(open map[string]Case, changes []Change) map[string]bool {
	silent := map[string]bool{}
	for id, c := range open {
		silent[id] = c.Kind == finding.CustomerLost
	}
	for _, c := range changes {
		silent[c.Case.CustomerID] = c.Case.Kind == finding.CustomerLost && !c.Case.Closed()
	}
	return silent
}

func isStale(f finding.Finding) bool { return f.Kind == finding.DataStale }

// register is what is known of the customers' silences.
type register struct {
	open      map[string]Case       // by customer
	latest    map[string]sales.Date // the order that began the latest silence ever told
	back      map[string]sales.Date // as-of date of the latest return
	recovered map[string]bool       // tonight
	final     map[string]Case       // the latest case, of the latest silence
}

func index(cases []Case) *register {
	r := &register{map[string]Case{}, map[string]sales.Date{}, map[string]sales.Date{}, map[string]bool{}, map[string]Case{}}
	for _, c := range cases {
		if c.Family != Silence {
			continue
		}
		r.latest[c.CustomerID] = max(r.latest[c.CustomerID], c.LastOrder)
		if c.State == Recovered {
			r.back[c.CustomerID] = max(r.back[c.CustomerID], c.ChangedOn)
		}
		if f, ok := r.final[c.CustomerID]; !ok || cmp.Or(cmp.Compare(c.LastOrder, f.LastOrder), cmp.Compare(c.OpenedOn, f.OpenedOn)) > 0 {
			r.final[c.CustomerID] = c
		}
		if !c.Closed() {
			r.open[c.CustomerID] = c
		}
	}
	return r
}

// seasonOver reports whether a case was dismissed as a season that must be over,
// while the customer is still silent since the same order.
func (c Case) seasonOver(last, asOf sales.Date) bool {
	return c.State == Dismissed && c.Why == WhySeason && c.LastOrder == last && asOf > c.ChangedOn+wholeSeason
}

func sortedKeys(m map[string]Case) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare[string])
	return keys
}

// follow moves an open case on what the data say of its customer.
func follow(c Case, night Night) []Change {
	seen, ok := night.Customer(c.CustomerID)
	if !ok {
		return nil
	}
	if seen.LastOrder > c.LastOrder {
		back := step(c, night, Recovered, OrderedAgain, seen.Recovered(c.LastOrder))
		back.Case.Saved = c.Taker != "" || seen.LastVisit > c.ToldOn && seen.LastVisit <= seen.LastOrder
		return []Change{back}
	}
	if c.asleep(night.AsOf) {
		return nil
	}
	now, woke := c.woken(night.AsOf)
	if change, ok := confirm(c, now, night, seen); ok {
		return []Change{change}
	}
	switch {
	case woke:
		return []Change{wake(c, now, seen.Silent())}
	case c.unanswered(night, seen.LastVisit):
		after := c
		after.Reminded = night.AsOf
		return []Change{{Before: &c, Case: after, Reason: Unanswered, Finding: seen.Silent()}}
	case seen.Owner != "" && seen.Owner != c.RepID && night.AsOf > c.ChangedOn:
		return []Change{handOver(c, night, seen)}
	}
	return nil
}

// handOver gives an open case to the customer's new owner, who has not answered.
func handOver(c Case, night Night, seen Watched) Change {
	after := c
	after.RepID, after.ChangedOn, after.AnsweredOn, after.Reminded = seen.Owner, night.AsOf, 0, 0
	if c.Why == WhyWrongOwner {
		after.Why, after.Note = "", ""
	}
	return Change{Before: &c, Case: after, Reason: HandedOver, Finding: seen.Silent()}
}

// confirm moves a case whose silence has outlasted 2h; now is the case awake.
func confirm(c, now Case, night Night, seen Watched) (Change, bool) {
	if c.Sure || !seen.Confirmed || night.AsOf < c.ChangedOn {
		return Change{}, false
	}
	if c.Kind == finding.CustomerLost {
		change := step(now, night, Confirmed, ConfirmedLost, seen.Silent())
		change.Before = &c
		return change, true
	}
	return outgrown(c, night, seen)
}

// outgrown moves an overdue case whose customer is no current regular any more:
// nothing raises it again, and its silence has outlasted 2h all the same.
func outgrown(c Case, night Night, seen Watched) (Change, bool) {
	raised := slices.ContainsFunc(night.Findings, func(f finding.Finding) bool { return f.CustomerID == c.CustomerID })
	f := seen.Silent()
	if raised || f.Kind != finding.CustomerLost {
		return Change{}, false
	}
	return step(c, night, Confirmed, Worsened, f), true
}

func step(before Case, night Night, state State, reason Reason, f finding.Finding) Change {
	after := before
	after.State, after.ChangedOn, after.Until = state, night.AsOf, 0
	after.Sure = after.Sure || state == Confirmed
	if f.Kind == finding.CustomerLost { // a stage never falls back without an order
		after.Kind = f.Kind
	}
	if f.RepID != "" {
		after.RepID = f.RepID
	}
	if reason == Worsened {
		after.saidOf(night, f)
		after.Reminded = 0
	}
	return Change{Before: &before, Case: after, Reason: reason, Finding: f}
}

// saidOf keeps what a case is told with.
func (c *Case) saidOf(night Night, f finding.Finding) {
	c.ToldOn, c.Odds, c.AtRisk = night.AsOf, f.Probability, f.MoneyAtRisk
	if name, ok := f.Headline.Args["customer"].(string); ok {
		c.Name = name
	}
}

// raise turns a silent finding into a new case, or moves the one there is.
func (l *register) raise(f finding.Finding, night Night) (Change, bool) {
	if f.Kind != finding.CustomerLost && f.Kind != finding.CustomerOverdue {
		return Change{}, false
	}
	seen, _ := night.Customer(f.CustomerID)
	if c, ok := l.open[f.CustomerID]; ok && !l.recovered[f.CustomerID] {
		if c.Kind == finding.CustomerOverdue && f.Kind == finding.CustomerLost && night.AsOf >= c.ChangedOn && !c.asleep(night.AsOf) {
			return step(c, night, worse(c, seen), Worsened, f), true
		}
		return Change{}, false
	}
	last := night.LastOrder(f)
	again := l.final[f.CustomerID].seasonOver(last, night.AsOf)
	if told, ok := l.latest[f.CustomerID]; ok && last <= told && !again {
		return Change{}, false // this very silence was told and ended, or a later one was: an earlier as-of date tells nothing anew
	}
	opened := open(Silence, f, last, night)
	if again { // the season is over and nothing has come: the silence is told once more
		opened.ID += ":" + night.AsOf.String()
	}
	opened.State = stateOf(seen)
	opened.Sure = seen.Confirmed
	reason := l.opening(f.CustomerID, night)
	opened.Again = reason == Regressed
	return Change{Case: opened, Reason: reason, Finding: f}, true
}

// open makes a new case from what it is told with.
func open(family Family, f finding.Finding, since sales.Date, night Night) Case {
	c := Case{
		ID: caseID(family, subjectName(f), since), Family: family, CustomerID: f.CustomerID, Product: f.Product, RepID: f.RepID,
		Kind: f.Kind, Began: f.Kind, State: Open, OpenedOn: night.AsOf, ChangedOn: night.AsOf, LastOrder: since,
	}
	c.saidOf(night, f)
	if night.Segment != nil {
		c.Segment = night.Segment(f.CustomerID)
	}
	return c
}

// opening says why a case of a silence opens.
func (l *register) opening(customer string, night Night) Reason {
	back, known := l.back[customer]
	switch {
	case night.Baseline:
		return Baseline
	case known && night.AsOf <= back+regressWithin:
		return Regressed
	}
	return Opened
}

// worse is the state of a case that worsens: whoever is on it stays on it.
func worse(c Case, seen Watched) State {
	if seen.Confirmed {
		return Confirmed
	}
	return c.awake()
}

// stateOf spares a case that opens or worsens beyond 2h a second telling.
func stateOf(seen Watched) State {
	if seen.Confirmed {
		return Confirmed
	}
	return Open
}

func caseID(family Family, customer string, since sales.Date) string {
	return string(family) + ":" + customer + ":" + since.String()
}

// staleData opens the one case that tells ops, unless it is open already.
// Everything else is held.
func staleData(cases []Case, night Night, f finding.Finding) []Change {
	opened := Case{Family: Data, Kind: finding.DataStale, State: Open, OpenedOn: night.AsOf, ChangedOn: night.AsOf, LastOrder: night.LastOrder(f)}
	since := opened.LastOrder
	if since == 0 { // an empty table may be emptied again
		since = night.AsOf
	}
	opened.ID = caseID(Data, "", since)
	for _, c := range cases {
		if c.ID == opened.ID || c.Family == Data && !c.Closed() {
			return nil
		}
	}
	return []Change{{Case: opened, Reason: Opened, Finding: f}}
}

// dataReturned closes the case of stopped data.
func dataReturned(cases []Case, night Night) []Change {
	var changes []Change
	for _, c := range cases {
		if c.Family == Data && !c.Closed() && night.AsOf >= c.OpenedOn {
			changes = append(changes, step(c, night, Recovered, DataReturned, finding.Finding{Kind: finding.DataStale}))
		}
	}
	return changes
}
