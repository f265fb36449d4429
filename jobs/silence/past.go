package silence

import (
	"math"
	"slices"
)

const (
	// alertLevel is the p_lost from which a customer is called lost.
	alertLevel = .7
	// pastCustomers bounds the customers whose past is replayed.
	pastCustomers = 12000
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
	known        History // at its start
	days         float64 // of silence on the last day it could be judged
	horizon      float64 // days
	wasConfirmed bool    // outlasted two horizons
}

// pastEpisodes replays the silences of the shop's customers.
func (s shop) pastEpisodes() []episode {
	var past []episode
	for _, t := range s.judgeable(pastCustomers) {
		past = t.appendEpisodes(past)
	}
	return past
}

func (t trace) appendEpisodes(past []episode) []episode {
	sorted := make([]float64, 0, t.repeats)
	for i := 1; i < len(t.days); i++ {
		gap := float64(t.days[i] - t.days[i-1])
		at, _ := slices.BinarySearch(sorted, gap)
		sorted = slices.Insert(sorted, at, gap)
		if len(sorted) < minKnownGaps {
			continue
		}
		span := float64(t.days[i] - t.days[0])
		habit := Habit{Median: quantile(sorted, .5), P90: quantile(sorted, .9), Mean: span / float64(i)}
		silent, ended := float64(t.open), false
		if i+1 < len(t.days) {
			silent, ended = float64(t.days[i+1]-t.days[i]-1), true
		}
		known := History{Days: t.days[:i+1], AsOf: t.days[i]}
		e := episode{known: known, days: silent, horizon: habit.Horizon()}
		e.wasConfirmed = silent > 2*e.horizon
		if e.wasConfirmed || ended && habit.Beyond(silent) {
			past = append(past, e)
		}
	}
	return past
}

// contradicted reports whether customers whom the model would have called lost
// came back clearly more often than it would have said.
func contradicted(m Model, past []episode) bool {
	alerts, returns := 0.0, 0.0
	for _, e := range past {
		switch {
		case e.wasConfirmed:
			alerts++
		case PLost(m.Curve(e.known), e.days, e.horizon) >= alertLevel:
			alerts++
			returns++
		}
	}
	said := tolerated * (1 - alertLevel)
	return returns > said*alerts+doubt*math.Sqrt(said*(1-said)*alerts)
}
