package silence

import (
	"math"

	"dangol/internal/sales"
)

const (
	// laterShare of the shop's history is kept apart to prove a correction on.
	laterShare = .25
	// minLosses must be in both parts: from fewer nothing is learned or proved.
	minLosses = 50
)

// FitCorrected learns RC and the correction of its hazard. The correction is
// kept only if, learned from what had ended before the last quarter of the
// shop's history, it foretells that quarter better than RC does.
func FitCorrected(histories []History) Corrected { return summarise(histories).fitCorrected() }

func (s shop) fitCorrected() Corrected {
	m := Corrected{RC: s.fitRC()}
	if m.LowConfidence {
		return m
	}
	split := s.end - sales.Date(laterShare*7*s.weeks)
	spells := s.spells(m.RC)
	if early, late := losses(spells, split); early < minLosses || late < minLosses {
		return m
	}
	all := newLesson(spells)
	early, late := all.apart(split)
	trial := early.correction(plain(&all.scale))
	if late.logLoss(trial) >= late.logLoss(plain(&all.scale)) {
		return m
	}
	m.Kept = true
	m.Correction = *all.correction(trial)
	return m
}

// spell is one past silence with what was known of the customer when it began.
type spell struct {
	view
	lostOn    sales.Date // the day it outlasted the horizon; 0: it did not
	stretches []stretch
}

// stretch is one bin of a spell, lived through in full or ended by an order.
type stretch struct {
	bin      int
	logOdds  float64 // RC's
	hasOrder bool
	ended    sales.Date
}

// spells lists the same silences as RC was fitted to, cut into bins.
func (s shop) spells(m RC) []spell {
	customers, turn := s.silences()
	var all []spell
	var w spellWriter
	for _, t := range customers {
		all = w.appendSpells(all, t, m, turn)
	}
	return all
}

// spellWriter follows one customer at a time; the memory it takes serves the next.
type spellWriter struct {
	rhythm    rhythm
	purse     purse
	stretches []stretch // of all spells
}

// appendSpells takes the spells whose turn it is.
func (w *spellWriter) appendSpells(all []spell, t trace, m RC, turn *lots) []spell {
	w.rhythm.reset()
	w.purse.reset()
	var s recent
	for i := range t.days {
		if i > 0 {
			gap := float64(t.days[i] - t.days[i-1])
			s.add(gap/week, math.Log(gap/week), m.Decay)
			w.rhythm.add(gap)
		}
		if t.amounts != nil {
			w.purse.add(t.amounts[i].Float())
		}
		if i >= minKnownGaps && turn.take() {
			all = append(all, w.spellAt(t, i, newView(&w.rhythm, &w.purse), m.curve(s)))
		}
	}
	return all
}

// spellAt cuts the silence after a customer's ith buying day into stretches.
func (w *spellWriter) spellAt(t trace, i int, v view, base rcCurve) spell {
	began := t.days[i]
	silent, hasOrder := float64(t.open), false
	if i+1 < len(t.days) {
		silent, hasOrder = float64(t.days[i+1]-began), true
	}
	s := spell{view: v}
	if silent > v.horizon {
		s.lostOn = began + sales.Date(v.horizon) + 1
	}
	from, before := len(w.stretches), 1.0
	for bin := range bins {
		till := edges[bin+1] * v.horizon
		inFull := silent > till || !hasOrder && silent == till
		if !inFull && !hasOrder {
			break
		}
		after := base.Survival(till)
		w.stretches = append(w.stretches, stretch{
			bin: bin, logOdds: logOdds(before, after),
			hasOrder: !inFull, ended: began + sales.Date(math.Ceil(min(till, silent))),
		})
		if !inFull {
			break
		}
		before = after
	}
	s.stretches = w.stretches[from:]
	return s
}

// losses counts the spells that outlasted their horizon before and after the split.
func losses(spells []spell, split sales.Date) (early, late int) {
	for i := range spells {
		switch lostOn := spells[i].lostOn; {
		case lostOn == 0:
		case lostOn < split:
			early++
		default:
			late++
		}
	}
	return early, late
}
