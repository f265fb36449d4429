// Package backtest replays a company's own history week by week: at each step
// the program judges with what it would have known then, and afterwards, with
// hindsight, the replay says which alerts were right, how early they came, and
// what a naive rule would have said on the same data. Pure: no I/O, no clock.
//
// One silence of one customer is an episode. It is a loss when it outlasts 2h,
// two of the customer's own horizons (docs/detection.md); an alert was right when
// its episode became one. An episode is decided only when the data reach beyond
// its 2h, whether an order came before or not: counting the quick returns of the
// last weeks and leaving out the silences that are still open would make every
// rule look worse than it is.
package backtest

import (
	"math"

	"dangol/internal/sales"
	"dangol/jobs/freshness"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// refitDays is how long a model serves before it is learned anew, always from
// what was known by then: in two months it hardly changes.
const refitDays = 56

// Plan says what is replayed.
type Plan struct {
	From sales.Date // the date on which stock is taken; zero: chosen by Window
	To   sales.Date // the last date that is known
	// Every is the number of days from one step to the next.
	Every int

	Rules     standing.Rules
	Freshness freshness.Rules
	Watches   []Watch // further detectors
}

// Replay is a replay under way: Next judges one step after the other.
type Replay struct {
	known   *sales.Snapshot // everything, for hindsight alone
	plan    Plan
	next    sales.Date
	fitted  sales.Date
	model   silence.Blend
	record  record
	watched []*watching
}

// New prepares a replay of what a snapshot knows. The plan's empty dates are
// filled in as Window does.
func New(known *sales.Snapshot, plan Plan) (*Replay, error) {
	plan, err := Window(known, plan)
	if err != nil {
		return nil, err
	}
	if plan.To != known.AsOf {
		known = known.Through(plan.To)
	}
	r := &Replay{known: known, plan: plan, next: plan.From}
	r.record.end = plan.To - sales.Date(plan.Rules.SettleDays)
	r.record.customers = make(map[string]int, len(known.Customers))
	for i := range known.Customers {
		r.record.customers[known.Customers[i].ID] = i
	}
	r.record.current = make([]int, len(known.Customers))
	for _, w := range plan.Watches {
		r.watched = append(r.watched, newWatching(w))
	}
	return r, nil
}

// Plan returns the plan with its dates filled in.
func (r *Replay) Plan() Plan { return r.plan }

// Steps returns how many steps were judged and how many there are in all.
func (r *Replay) Steps() (done, all int) {
	return len(r.record.steps), int(r.plan.To-r.plan.From)/r.plan.Every + 1
}

// Next judges the next step, knowing nothing later; false when there is none.
func (r *Replay) Next() bool {
	at := r.next
	if at > r.plan.To {
		return false
	}
	r.next += sales.Date(r.plan.Every)
	cut := r.known.Through(at)
	if r.plan.Freshness.Check(cut) != nil {
		r.record.steps = append(r.record.steps, step{date: at, held: true})
		return true
	}
	if r.fitted == 0 || at >= r.fitted+refitDays {
		r.model, r.fitted = standing.Fit(cut, r.plan.Rules), at
	}
	r.record.add(r.known, standing.JudgeWith(cut, r.lenient(), r.model))
	if len(r.watched) == 0 {
		return true
	}
	sheet := standing.JudgeWith(cut, r.plan.Rules, r.model)
	for _, w := range r.watched {
		w.add(r.known, cut, sheet, r.record.baseline == len(r.record.steps)-1)
	}
	return true
}

// lenient are the rules with every threshold that is tried within reach: the gates
// are looked at from the overdue threshold on.
func (r *Replay) lenient() standing.Rules {
	rules := r.plan.Rules
	rules.Overdue = min(rules.Overdue, lowestOdds/100.)
	return rules
}

// record is what the steps saw: everything the rules are compared on.
type record struct {
	end       sales.Date     // orders dated through it are all booked
	customers map[string]int // by id, the place in the snapshot
	current   []int          // by customer, its latest episode + 1
	episodes  []episode
	steps     []step
	baseline  int // the first step that judged, on which stock is taken
	reps      map[string]int
	low       int // steps judged by the fixed prior
}

// step is one date of the replay.
type step struct {
	date     sales.Date
	held     bool // the data looked wrong: nobody was judged
	regulars int  // current regulars
	looks    []look
}

// look is one current regular at one step.
type look struct {
	episode int
	pLost   float64
	beyond  bool    // the silence is outside the customer's own habit
	fallen  float64 // 1 − net amount of the last 90 days ÷ of the 90 before; NaN where there was none
}

// episode is one silence of one regular.
type episode struct {
	customer int
	id, rep  string
	last     sales.Date // the order it begins with
	habit    silence.Habit
	horizon  float64
	yearly   sales.Money // net amount a year, never negative

	lostOn  sales.Date // the date on which it has outlasted 2h
	seen    bool       // judged before lostOn at a step after the baseline
	outcome Outcome
	pause   bool // the customer paused in the same weeks of another year, too
}

// Outcome is what became of an episode or a case.
type Outcome int

// The outcomes.
const (
	Undecided Outcome = iota // the data do not reach far enough to tell
	Loss
	Return
)

// silent returns the days of silence on a date.
func (e *episode) silent(at sales.Date) int { return int(at - e.last) }

// add takes in a step that was judged.
func (r *record) add(known *sales.Snapshot, sheet *standing.Sheet) {
	first := len(r.episodes) == 0 && r.judged() == 0
	if first {
		r.baseline = len(r.steps)
	}
	if sheet.Model.LowConfidence() {
		r.low++
	}
	s := step{date: sheet.AsOf}
	r.reps = map[string]int{}
	for i := range sheet.Customers {
		one := &sheet.Customers[i]
		if !one.Current {
			continue
		}
		s.regulars++
		r.reps[one.Owner]++
		if !one.Known || one.Unread() {
			continue
		}
		number := r.episodeOf(known, one)
		e := &r.episodes[number]
		e.seen = e.seen || !first && s.date < e.lostOn
		s.looks = append(s.looks, look{episode: number, pLost: one.PLost, beyond: one.Beyond, fallen: fallen(one.Customer.Days, s.date)})
	}
	r.steps = append(r.steps, s)
}

// judged counts the steps on which somebody was judged.
func (r *record) judged() int {
	n := 0
	for i := range r.steps {
		if !r.steps[i].held {
			n++
		}
	}
	return n
}

// episodeOf returns the number of the episode that a customer is in.
func (r *record) episodeOf(known *sales.Snapshot, s *standing.Standing) int {
	customer := r.customers[s.Customer.ID]
	if n := r.current[customer]; n > 0 && r.episodes[n-1].last == s.Last {
		return n - 1
	}
	e := episode{
		customer: customer, id: s.Customer.ID, rep: s.Owner, last: s.Last, habit: s.Habit, horizon: s.Horizon,
		yearly: max(0, 12*s.Monthly), lostOn: s.Last + sales.Date(math.Ceil(2*s.Horizon)),
	}
	e.outcome = r.hindsight(&known.Customers[customer], &e)
	e.pause = e.outcome == Loss && r.everyYear(&known.Customers[customer], &e)
	r.episodes = append(r.episodes, e)
	r.current[customer] = len(r.episodes)
	return len(r.episodes) - 1
}

// hindsight says what became of an episode.
func (r *record) hindsight(c *sales.Customer, e *episode) Outcome {
	if e.lostOn > r.end {
		return Undecided
	}
	for _, d := range c.Unread {
		if d > e.last && d <= e.lostOn {
			return Undecided // it may have bought
		}
	}
	for _, d := range c.Days {
		if d.Date > e.last && d.Date <= e.lostOn && d.Net > 0 {
			return Return
		}
	}
	return Loss
}

// everyYear reports, with hindsight, whether a silence that outlasted 2h is a pause
// that the customer makes every year: in another year it also went without orders
// for longer than 2h, in at least half of the same dates, and came back; and this
// silence is not half as long again.
func (r *record) everyYear(c *sales.Customer, e *episode) bool {
	ended := r.end
	var before sales.Date
	var gaps [][2]sales.Date
	for _, d := range c.Days {
		if d.Net <= 0 {
			continue
		}
		if before != 0 && float64(d.Date-before) > 2*e.horizon && before != e.last {
			gaps = append(gaps, [2]sales.Date{before, d.Date})
		}
		if before == e.last {
			ended = d.Date
		}
		before = d.Date
	}
	long := ended - e.last
	for _, gap := range gaps {
		years := sales.Date(math.Round(float64(gap[0]-e.last) / 365.25))
		moved := sales.Date(math.Round(float64(years) * 365.25))
		overlap := min(gap[1], ended+moved) - max(gap[0], e.last+moved)
		if years != 0 && 2*overlap >= long && 2*long <= 3*(gap[1]-gap[0]) {
			return true
		}
	}
	return false
}

// fallen is how far the net amount of the last 90 days is below that of the 90
// days before, as a share of it: what reports call the 90/90 ratio.
func fallen(days []sales.Day, at sales.Date) float64 {
	const span = 90
	var recent, before sales.Money
	for i := len(days) - 1; i >= 0 && days[i].Date > at-2*span; i-- {
		if days[i].Date > at-span {
			recent += days[i].Net
		} else {
			before += days[i].Net
		}
	}
	if before <= 0 {
		return math.NaN()
	}
	return 1 - recent.Float()/before.Float()
}
