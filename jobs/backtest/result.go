package backtest

import (
	"cmp"
	"slices"

	"dangol/internal/sales"
)

// Result is what a replay showed.
type Result struct {
	From, To  sales.Date // stock was taken on From; To is the last date that is known
	Every     int        // days from step to step
	Steps     int        // after the baseline
	Held      int        // steps on which the data looked wrong and nobody was judged
	Low       int        // steps judged by fixed odds, for want of regulars or history
	Regulars  int        // current regulars at the last step
	Owners    int        // reps who own them
	Episodes  int        // silences of regulars that were judged
	Decided   int        // of them, those that the data decide
	Overdue   float64    // the thresholds in use
	Lost      float64
	Baseline  Week // the cases told when stock was taken
	Weeks     []Week
	Scores    []Score // the product's, the naive ones as they are used, the naive ones at as many alerts
	Alerts    []Alert // lost and overdue, by date and customer
	Reps      []Rep   // by alerts
	Said      []Bin   // every look at a decided silence before its 2h
	Unpaused  []Bin   // the same without the pauses customers make every year
	First     []Bin   // when a silence was first called overdue
	Suggested []Suggestion
	Curves    []Curve
	Watched   []Watched
}

// Week is one step.
type Week struct {
	Week     sales.Date // its as-of date
	Regulars int
	Held     bool
	// Alerts are the lost ones, by what they turned out to be.
	Alerts, Right, Wrong, Late, Undecided int
	// Overdue are the silences called overdue for the first time, those at once
	// called lost included.
	Overdue, OverdueRight int
}

// Alert is one alert that would have been sent.
type Alert struct {
	Rule       string // Lost or Overdue, or a Watch's name
	Date       sales.Date
	CustomerID string
	RepID      string
	Key        string // what a Watch's alert is about beside the customer
	Odds       float64
	Silence    int // days
	Outcome    string
	LeadDays   int // to the date of the loss; only where right
}

// Rep is one rep's share of the alerts.
type Rep struct {
	ID                   string // empty: customers without a rep
	Regulars             int    // current, at the last step
	Alerts, Right, Wrong int    // lost
	Overdue              int
}

// Result adds up what the steps so far showed. It is an error when no silence of
// a regular was decided.
func (r *Replay) Result() (*Result, error) {
	rec := &r.record
	res := &Result{From: r.plan.From, To: r.plan.To, Every: r.plan.Every, Low: rec.low,
		Overdue: r.plan.Rules.Overdue, Lost: r.plan.Rules.Lost, Steps: len(rec.steps) - 1 - rec.baseline}
	for i := range rec.episodes {
		if e := &rec.episodes[i]; e.seen {
			res.Episodes++
			if e.outcome != Undecided {
				res.Decided++
			}
		}
	}
	if res.Decided == 0 {
		few := &TooLittle{From: res.From, To: res.To}
		few.survey(r.known, r.plan.Rules)
		return nil, few
	}
	lost := Rule{Name: Lost, Family: Odds, Threshold: res.Lost}
	overdue := Rule{Name: Overdue, Family: Odds, Threshold: res.Overdue}
	lostDid, overdueDid := rec.ring(lost), rec.ring(overdue)
	res.Scores = rec.compare(rec.worth(lost, lostDid), rec.worth(overdue, overdueDid))
	res.weeks(rec, lostDid, overdueDid)
	res.alerts(rec, Lost, lostDid)
	res.alerts(rec, Overdue, overdueDid)
	res.reps(rec)
	res.Said, res.Unpaused, res.First = rec.said(true), rec.said(false), rec.first(overdueDid)
	grid := rec.grid()
	res.Suggested = suggest(grid, res.Steps*res.Every, max(1, res.Owners))
	res.Curves = rec.curves(grid)
	for _, w := range r.watched {
		res.Watched = append(res.Watched, w.worth())
		res.Alerts = append(res.Alerts, w.alerts()...)
	}
	slices.SortStableFunc(res.Alerts, func(a, b Alert) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return res, nil
}

// compare returns the scores of the product and of the naive rules, as they are
// used and at as many alerts as the product's.
func (r *record) compare(lost, overdue Score) []Score {
	scores := []Score{lost, overdue}
	for _, rule := range []Rule{
		{Silent60, true, Days, 60}, {Silent90, true, Days, 90}, {ThreeGaps, true, Gaps, 3}, {Ratio9090, true, Falling, fallenBy},
	} {
		scores = append(scores, r.score(rule))
	}
	for _, like := range []struct {
		alerts int
		names  [3]string
	}{
		{lost.Alerts, [3]string{DaysAsLost, GapsAsLost, RatioAsLost}},
		{overdue.Alerts, [3]string{DaysAsOverdue, GapsAsOverdue, RatioAsOverdue}},
	} {
		for i, family := range []Family{Days, Gaps, Falling} {
			scores = append(scores, r.asMany(Rule{Name: like.names[i], Naive: true, Family: family}, like.alerts))
		}
	}
	return scores
}

// weeks lists the steps after the baseline.
func (res *Result) weeks(r *record, lost, overdue rung) {
	weeks := make([]Week, len(r.steps))
	for i := range r.steps {
		weeks[i] = Week{Week: r.steps[i].date, Regulars: r.steps[i].regulars, Held: r.steps[i].held}
	}
	for _, a := range lost.alarms {
		w := &weeks[a.step]
		w.Alerts++
		switch r.judge(a) {
		case right:
			w.Right++
		case wrong:
			w.Wrong++
		case late:
			w.Late++
		case undecided:
			w.Undecided++
		}
	}
	for _, a := range overdue.alarms {
		weeks[a.step].Overdue++
		if r.judge(a) == right {
			weeks[a.step].OverdueRight++
		}
	}
	res.Baseline = weeks[r.baseline]
	res.Baseline.Alerts, res.Baseline.Overdue = len(lost.baseline), len(overdue.baseline)
	res.Weeks = weeks[r.baseline+1:]
	for _, w := range res.Weeks {
		if w.Held {
			res.Held++
		} else {
			res.Regulars = w.Regulars
		}
	}
}

// alerts lists the alerts of one rule.
func (res *Result) alerts(r *record, name string, did rung) {
	for _, a := range did.alarms {
		e, at := &r.episodes[a.episode], r.steps[a.step].date
		one := Alert{Rule: name, Date: at, CustomerID: e.id, RepID: e.rep, Odds: a.score, Silence: e.silent(at)}
		v := r.judge(a)
		one.Outcome = v.String()
		if v == right {
			one.LeadDays = int(e.lostOn - at)
		}
		res.Alerts = append(res.Alerts, one)
	}
}

// reps counts the alerts of each rep, most first.
func (res *Result) reps(r *record) {
	by := map[string]*Rep{}
	rep := func(id string) *Rep {
		if by[id] == nil {
			by[id] = &Rep{ID: id, Regulars: r.reps[id]}
		}
		return by[id]
	}
	for id := range r.reps {
		if rep(id); id != "" {
			res.Owners++
		}
	}
	for _, a := range res.Alerts {
		one := rep(a.RepID)
		switch {
		case a.Rule == Overdue:
			one.Overdue++
			continue
		case a.Outcome == right.String():
			one.Right++
		case a.Outcome == wrong.String():
			one.Wrong++
		}
		one.Alerts++
	}
	for _, one := range by {
		res.Reps = append(res.Reps, *one)
	}
	slices.SortFunc(res.Reps, func(a, b Rep) int {
		return cmp.Or(cmp.Compare(b.Alerts+b.Overdue, a.Alerts+a.Overdue), cmp.Compare(a.ID, b.ID))
	})
}

// Score returns the score with the name, or nil.
func (res *Result) Score(name string) *Score {
	i := slices.IndexFunc(res.Scores, func(s Score) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &res.Scores[i]
}

// PerWeek is a number over the replay as one of a week.
func (res *Result) PerWeek(n int) float64 { return perWeek(n, res.Steps*res.Every) }

func perWeek(n, days int) float64 { return float64(n) * 7 / float64(max(1, days)) }
