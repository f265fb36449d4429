package silence

import "math"

const (
	// alertLevel is the p_lost from which a customer is called lost.
	alertLevel = .7
	// pastCustomers bounds the customers whose past is replayed, and mostPast the
	// silences.
	pastCustomers = 12000
	mostPast      = 12000
	// minKnownGaps is how many gaps a customer must have shown to be judged.
	minKnownGaps = 2
	// Returns after past alerts contradict a model when they are more than
	// tolerated times what it said, beyond doubt, in standard deviations: with
	// few alerts chance excuses much, with many no model is right to the percent.
	tolerated = 1.25
	doubt     = 2.33
)

// episode is a past silence of one customer that went beyond its own habit and
// whose end is known: an order, or that it outlasted two horizons.
type episode struct {
	recent               // what was known at its start
	days         float64 // of silence on the last day it could be judged
	horizon      float64 // days
	wasConfirmed bool    // outlasted two horizons
}

// pastEpisodes replays the silences of the shop's customers, for a model that
// remembers with a decay.
func (s shop) pastEpisodes(decay float64) []episode {
	var past []episode
	var r rhythm
	for _, t := range s.judgeable(pastCustomers) {
		past = t.appendEpisodes(past, decay, &r)
	}
	return few(past, mostPast)
}

// appendEpisodes follows one customer, with a rhythm to use for it.
func (t trace) appendEpisodes(past []episode, decay float64, r *rhythm) []episode {
	r.reset()
	var s recent
	for i := 1; i < len(t.days); i++ {
		gap := float64(t.days[i] - t.days[i-1])
		r.add(gap)
		s.add(gap/week, math.Log(gap/week), decay)
		if i < minKnownGaps {
			continue
		}
		silent, ended := float64(t.open), false
		if i+1 < len(t.days) {
			silent, ended = float64(t.days[i+1]-t.days[i]-1), true
		}
		habit := r.habit()
		e := episode{recent: s, days: silent, horizon: habit.Horizon()}
		e.wasConfirmed = silent > 2*e.horizon
		if e.wasConfirmed || ended && habit.Beyond(silent) {
			past = append(past, e)
		}
	}
	return past
}

// remembering is a model that draws its curve from what it remembers.
type remembering interface{ curveOf(recent) Curve }

// contradicted reports whether customers whom the model would have called lost
// came back clearly more often than it would have said.
func contradicted(m remembering, past []episode) bool {
	alerts, returns := 0.0, 0.0
	for i := range past {
		e := &past[i]
		switch {
		case e.wasConfirmed:
			alerts++
		case PLost(m.curveOf(e.recent), e.days, e.horizon) >= alertLevel:
			alerts++
			returns++
		}
	}
	said := tolerated * (1 - alertLevel)
	return returns > said*alerts+doubt*math.Sqrt(said*(1-said)*alerts)
}

func (m RC) curveOf(s recent) Curve { return m.curve(s) }

func (m MBG) curveOf(s recent) Curve { return m.after(int(s.repeats), s.sum) }
