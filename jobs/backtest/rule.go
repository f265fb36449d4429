package backtest

import (
	"math"

	"dangol/internal/sales"
)

// Family is a way to score a customer; with a threshold it is a rule, which
// rings where the score reaches it.
type Family int

// The families of rules.
const (
	Odds    Family = iota // p_lost, and nothing inside the own habit: the product's
	Days                  // days of silence
	Gaps                  // silence in own mean gaps
	Falling               // by how much the last 90 days are below the 90 before
)

// score returns what a family says of a look; NaN says nothing, and leaves open
// what was open.
func (f Family) score(e *episode, l look, at sales.Date) float64 {
	switch f {
	case Odds:
		if !l.beyond {
			return 0
		}
		return l.pLost
	case Days:
		return float64(e.silent(at))
	case Gaps:
		return float64(e.silent(at)) / e.habit.Mean
	}
	return l.fallen
}

// Rule is a family with its threshold.
type Rule struct {
	Name      string
	Naive     bool
	Family    Family
	Threshold float64
}

// The rules of the product, and those it is compared with.
const (
	Lost        = "lost"
	Overdue     = "overdue"
	Silent60    = "silent_60_days"
	Silent90    = "silent_90_days"
	ThreeGaps   = "three_mean_gaps"
	Ratio9090   = "ratio_90_90"
	DaysAsLost  = "days_as_many_as_lost"
	GapsAsLost  = "mean_gaps_as_many_as_lost"
	RatioAsLost = "ratio_as_many_as_lost"

	DaysAsOverdue  = "days_as_many_as_overdue"
	GapsAsOverdue  = "mean_gaps_as_many_as_overdue"
	RatioAsOverdue = "ratio_as_many_as_overdue"
)

// fallenBy: a report says that a customer declines when 90 days bring less than
// 70 % of the 90 before.
const fallenBy = .3

// alarm is one alert of a rule.
type alarm struct {
	step    int
	episode int
	score   float64
}

// rung is what a rule did over the replay.
type rung struct {
	alarms   []alarm
	baseline map[int]bool // episodes told when stock was taken, which are no alerts
}

// standingCase is a rule's open case of one customer.
type standingCase struct {
	open    bool
	episode int
	alarm   int // + 1; 0 when it was open at the baseline
}

// ring replays a rule. A case is told once: it is closed by an order, the one of
// a falling amount by the amount's recovery, until when it goes over from one
// silence to the next.
func (r *record) ring(rule Rule) rung {
	did := rung{baseline: map[int]bool{}}
	cases := make([]standingCase, len(r.current))
	for i := range r.steps {
		s := &r.steps[i]
		for _, l := range s.looks {
			e := &r.episodes[l.episode]
			score := rule.Family.score(e, l, s.date)
			did.follow(&cases[e.customer], rule, alarm{i, l.episode, score}, i == r.baseline)
		}
	}
	return did
}

// follow brings one case up to a look.
func (d *rung) follow(c *standingCase, rule Rule, now alarm, baseline bool) {
	rings := now.score >= rule.Threshold
	moved := c.episode != now.episode
	switch {
	case math.IsNaN(now.score):
		return
	case rule.Family == Falling && c.open && rings && moved:
		c.episode = now.episode
		if c.alarm > 0 {
			d.alarms[c.alarm-1].episode = now.episode
		} else {
			d.baseline[now.episode] = true
		}
		return
	case rule.Family == Falling:
		c.open = c.open && rings
	case moved:
		c.open = false
	}
	if c.open || !rings {
		return
	}
	*c = standingCase{open: true, episode: now.episode}
	if baseline {
		d.baseline[now.episode] = true
		return
	}
	d.alarms = append(d.alarms, now)
	c.alarm = len(d.alarms)
}

// Score is what a rule's alerts were worth.
type Score struct {
	Rule
	Alerts    int
	Right     int // told before 2h, and the silence became a loss
	Wrong     int // an order came before 2h
	Late      int // told when 2h were over: no forecast any more
	Undecided int

	Losses       int     // decided losses that the rule had not told at the baseline
	Told         int     // of them, told in time: Right, each silence once
	LeadDays     float64 // mean days from a right alert to the date of the loss
	LeadCadences float64 // the same in the customer's own median gaps

	// Pauses are the losses after which the customer came back as in another year:
	// by the definition they are losses, by common sense they are not. PausesTold
	// are those of them that the rule told as losses.
	Pauses, PausesTold int

	Caught sales.Money // yearly amount of the losses told in time
	Gone   sales.Money // of all losses
}

// Precision is the share of decided alerts that were right; not ok without one.
func (s Score) Precision() (float64, bool) { return share(s.Right, s.Right+s.Wrong) }

// Recall is the share of losses told in time; not ok without a loss.
func (s Score) Recall() (float64, bool) { return share(s.Told, s.Losses) }

// RecallWithoutPauses is Recall without the pauses that customers make every year.
func (s Score) RecallWithoutPauses() (float64, bool) {
	return share(s.Told-s.PausesTold, s.Losses-s.Pauses)
}

// PrecisionWithoutPauses counts an alert about such a pause as wrong.
func (s Score) PrecisionWithoutPauses() (float64, bool) {
	return share(s.Right-s.PausesTold, s.Right+s.Wrong)
}

func share(part, whole int) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

// verdict is what an alert turned out to be.
type verdict int

const (
	undecided verdict = iota
	right
	wrong
	late
)

// String names the verdict as outputs do.
func (v verdict) String() string { return [...]string{"undecided", "right", "wrong", "late"}[v] }

// judge says what an alarm turned out to be.
func (r *record) judge(a alarm) verdict {
	e := &r.episodes[a.episode]
	switch {
	case r.steps[a.step].date >= e.lostOn:
		return late
	case e.outcome == Loss:
		return right
	case e.outcome == Return:
		return wrong
	}
	return undecided
}

// worth adds up what a rule did.
func (r *record) worth(rule Rule, did rung) Score {
	s := Score{Rule: rule, Alerts: len(did.alarms)}
	told := map[int]bool{}
	for _, a := range did.alarms {
		switch r.judge(a) {
		case right:
			s.Right++
			e := &r.episodes[a.episode]
			lead := float64(e.lostOn - r.steps[a.step].date)
			s.LeadDays += lead
			s.LeadCadences += lead / e.habit.Median
			told[a.episode] = true
		case wrong:
			s.Wrong++
		case late:
			s.Late++
		case undecided:
			s.Undecided++
		}
	}
	if s.Right > 0 {
		s.LeadDays /= float64(s.Right)
		s.LeadCadences /= float64(s.Right)
	}
	for i := range r.episodes {
		e := &r.episodes[i]
		if !e.seen || e.outcome != Loss || did.baseline[i] {
			continue
		}
		s.Losses++
		s.Gone += e.yearly
		if told[i] {
			s.Told++
			s.Caught += e.yearly
		}
		if e.pause {
			s.Pauses++
			if told[i] {
				s.PausesTold++
			}
		}
	}
	return s
}

// score replays a rule and adds it up.
func (r *record) score(rule Rule) Score { return r.worth(rule, r.ring(rule)) }
