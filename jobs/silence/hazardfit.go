package silence

import (
	"math"
	"slices"

	"dangol/internal/sales"
)

// laterShare of the shop's history is kept apart to prove a correction on.
const laterShare = .25

// FitCorrected learns RC and the correction of its hazard: by traits, from every
// stretch of a sample of the silences, and on top of that, or of RC as it is, one of
// long silences alone, from all of them and by no traits. Either is kept only if,
// learned from what had ended before the last quarter of the shop's history, it
// foretells that quarter better than what it corrects does.
func FitCorrected(histories []History) Corrected { return summarise(histories).fitCorrected() }

func (s shop) fitCorrected() Corrected {
	m := Corrected{RC: s.fitRC()}
	if m.LowConfidence {
		return m
	}
	split := s.end - sales.Date(laterShare*7*s.weeks)
	customers, turn := s.silences()
	none := plain(&Correction{})
	trial, all := whole.prove(whole.spells(m.RC, customers, turn), split)
	if m.ByTraits = trial != nil; m.ByTraits {
		m.Correction = *all.correction(trial)
	} else {
		m.Correction, trial = *none, none
	}
	long := tail.spells(m.RC, s.judgeable(pastCustomers), nil) // a sample would miss most of the losses
	again, _ := tail.prove(trial.apply(long), split)
	if m.Kept = m.ByTraits || again != nil; !m.Kept {
		m.Correction = Correction{}
	}
	if again != nil {
		c := newLesson(m.Correction.apply(long), tail).correction(again)
		m.Correction.Long, m.Correction.LongSlope = c.Level, c.Slope
	}
	return m
}

// prove returns what a correction learned of the silences before the split, nil
// where it does not foretell the later ones better, and the lesson of all.
func (course course) prove(spells []spell, split sales.Date) (trial *Correction, all *lesson) {
	if early, late := losses(spells, split); early < course.losses || late < course.losses {
		return nil, nil
	}
	all = newLesson(spells, course)
	early, late := all.apart(split)
	trial = early.correction(plain(&all.scale))
	if late.logLoss(trial) >= late.logLoss(plain(&all.scale)) {
		return nil, nil
	}
	return trial, all
}

// apply returns the spells with the odds corrected.
func (c *Correction) apply(spells []spell) []spell {
	corrected := slices.Clone(spells)
	for i := range corrected {
		s := &corrected[i]
		s.stretches = slices.Clone(s.stretches)
		z, logHorizon := c.standardise(&s.view), math.Log(s.horizon)
		steady, drift := c.pull(&z)
		for j := range s.stretches {
			at := &s.stretches[j]
			m := movingAt(logMiddle[at.bin]+logHorizon, s.logScales)
			m = c.standardiseMoving(&m)
			at.logOdds = c.odds(at.bin, at.logOdds, steady, drift, &m)
		}
	}
	return corrected
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
