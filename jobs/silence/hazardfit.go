package silence

import (
	"math"

	"dangol/internal/sales"
)

// laterShare of the shop's history is kept apart to prove a correction on.
const laterShare = .25

// FitCorrected learns RC and the correction of its hazard. The correction is
// kept only if, learned from what had ended before the last quarter of the
// shop's history, it foretells that quarter better than RC does. Where too few
// were lost for that, or it does not, the same is tried with a correction of long
// silences alone, that of all customers' and of no traits.
func FitCorrected(histories []History) Corrected { return summarise(histories).fitCorrected() }

func (s shop) fitCorrected() Corrected {
	m := Corrected{RC: s.fitRC()}
	if m.LowConfidence {
		return m
	}
	customers, turn := s.silences()
	if m.learn(s, whole, customers, turn) {
		return m
	}
	m.learn(s, tail, s.judgeable(pastCustomers), nil) // a sample would miss most of the losses
	return m
}

// learn keeps a correction that proves itself, and reports whether one did.
func (m *Corrected) learn(s shop, course course, customers []trace, turn *lots) bool {
	split := s.end - sales.Date(laterShare*7*s.weeks)
	spells := course.spells(m.RC, customers, turn)
	if early, late := losses(spells, split); early < course.losses || late < course.losses {
		return false
	}
	all := newLesson(spells, course)
	early, late := all.apart(split)
	trial := early.correction(plain(&all.scale))
	if late.logLoss(trial) >= late.logLoss(plain(&all.scale)) {
		return false
	}
	m.Kept = true
	m.Correction = *all.correction(trial)
	return true
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

// spells lists the customers' silences whose turn it is, all without a turn, cut
// into bins from the course's first on; those that end before it are left out.
func (course course) spells(m RC, customers []trace, turn *lots) []spell {
	var all []spell
	w := spellWriter{from: course.from}
	for _, t := range customers {
		all = w.appendSpells(all, t, m, turn)
	}
	return all
}

// spellWriter follows one customer at a time; the memory it takes serves the next.
type spellWriter struct {
	from      int // the first bin
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
		if i < minKnownGaps || turn != nil && !turn.take() {
			continue
		}
		if w.from > 0 && t.after(i) <= edges[w.from]*w.rhythm.habit().Horizon() {
			continue
		}
		all = append(all, w.spellAt(t, i, newView(&w.rhythm, &w.purse), m.curve(s)))
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
	from, before := len(w.stretches), base.Survival(edges[w.from]*v.horizon)
	for bin := w.from; bin < bins; bin++ {
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

// after returns the days of silence after the ith buying day, ended or so far.
func (t trace) after(i int) float64 {
	if i+1 < len(t.days) {
		return float64(t.days[i+1] - t.days[i])
	}
	return float64(t.open)
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
