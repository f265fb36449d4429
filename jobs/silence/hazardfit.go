package silence

import (
	"math"
	"slices"

	"dangol/internal/sales"
)

const (
	// laterShare of the shop's history is kept apart to prove a correction on.
	laterShare = .25
	// minLosses must be in both parts: from fewer nothing is learned or proved.
	minLosses = 50
	// maxSpells bounds the silences a correction is learned from.
	maxSpells = 30000
)

// FitCorrected learns RC and the correction of its hazard. The correction is
// kept only if, learned from what had ended before the last quarter of the
// shop's history, it foretells that quarter better than RC does.
func FitCorrected(histories []History) Corrected {
	all := summarise(histories)
	m := Corrected{RC: all.fitRC()}
	if m.LowConfidence {
		return m
	}
	spells := all.spells(m.RC)
	split := all.end - sales.Date(laterShare*7*all.weeks)
	if early, late := losses(spells, split); early < minLosses || late < minLosses {
		return m
	}
	var early, late []stretch
	for _, s := range spells {
		for _, r := range s.stretches {
			if r.ended < split {
				early = append(early, r)
			} else {
				late = append(late, r)
			}
		}
	}
	if trial := fitCorrection(spells, early); trial.logLoss(spells, late) >= plain().logLoss(spells, late) {
		return m
	}
	m.Kept = true
	m.Correction = *fitCorrection(spells, slices.Concat(early, late))
	return m
}

// plain is the correction that changes nothing.
func plain() *Correction { return &Correction{Slope: 1} }

// spell is one past silence with what was known of the customer when it began.
type spell struct {
	view
	lostOn    sales.Date // the day it outlasted the horizon; 0: it did not
	stretches []stretch
}

// stretch is one bin of a spell, lived through in full or ended by an order.
type stretch struct {
	spell    int
	bin      int
	logOdds  float64 // RC's
	moving   moving
	hasOrder bool
	ended    sales.Date
}

// spells lists the same silences as RC was fitted to, cut into bins.
func (s shop) spells(m RC) []spell {
	var all []spell
	customers := s.judgeable(pastCustomers)
	count := 0
	for _, t := range customers {
		count += t.repeats + 1 - minKnownGaps
	}
	taken := spread{every: max(1, float64(count)/maxSpells)}
	for _, t := range customers {
		all = t.appendSpells(all, m, &taken)
	}
	return all
}

// spread takes one in so many, evenly.
type spread struct{ every, seen, due float64 }

func (s *spread) take() bool {
	s.seen++
	if s.seen <= s.due {
		return false
	}
	s.due += s.every
	return true
}

// appendSpells takes the spells whose turn it is.
func (t trace) appendSpells(all []spell, m RC, turn *spread) []spell {
	var s recent
	var gaps, sorted, amounts []float64
	for _, a := range t.amounts {
		amounts = append(amounts, a.Float())
	}
	for i := range t.days {
		if i > 0 {
			gap := float64(t.days[i] - t.days[i-1])
			s.add(gap/week, math.Log(gap/week), m.Decay)
			gaps = append(gaps, gap)
			at, _ := slices.BinarySearch(sorted, gap)
			sorted = slices.Insert(sorted, at, gap)
		}
		if len(gaps) < minKnownGaps || !turn.take() {
			continue
		}
		var until []float64
		if amounts != nil {
			until = amounts[:i+1]
		}
		all = append(all, t.spellAt(i, newView(gaps, sorted, until), m.curve(s), len(all)))
	}
	return all
}

// spellAt cuts the silence after the ith buying day into stretches.
func (t trace) spellAt(i int, v view, base rcCurve, number int) spell {
	began := t.days[i]
	silent, hasOrder := float64(t.open), false
	if i+1 < len(t.days) {
		silent, hasOrder = float64(t.days[i+1]-began), true
	}
	s := spell{view: v}
	if silent > v.horizon {
		s.lostOn = began + sales.Date(v.horizon) + 1
	}
	for bin := range bins {
		till := edges[bin+1] * v.horizon
		inFull := silent > till || !hasOrder && silent == till
		if !inFull && !hasOrder {
			break
		}
		r := stretch{
			spell: number, bin: bin, logOdds: logOdds(base, v.horizon, bin),
			moving:   v.scales.movingAt(middleOf(bin) * v.horizon),
			hasOrder: !inFull, ended: began + sales.Date(math.Ceil(min(till, silent))),
		}
		s.stretches = append(s.stretches, r)
		if !inFull {
			break
		}
	}
	return s
}

// losses counts the spells that outlasted their horizon before and after the split.
func losses(spells []spell, split sales.Date) (early, late int) {
	for _, s := range spells {
		switch {
		case s.lostOn == 0:
		case s.lostOn < split:
			early++
		default:
			late++
		}
	}
	return early, late
}
