package silence

import "math"

// week is the unit of the models' inner time, in days.
const week = 7.0

// MBG is the MBG/CNBD-k model (Reutterer, Platzer & Schroeder, IJRM 38(1), 2021)
// with its fitted parameters. A customer buys with gaps that are Erlang-K
// distributed around an own rate, and may drop out for good after every buying
// day, the first included. Rates differ between customers by Gamma(R, Alpha),
// drop-out probabilities by Beta(A, B). Time is in weeks.
type MBG struct {
	K     int
	R     float64
	Alpha float64
	A, B  float64

	LogLikelihood float64 // of all histories; 0 for the fixed prior
	Customers     int     // with at least one buying day

	// LikeliestK is the k of the highest likelihood. K is smaller where that k
	// would have called customers lost who soon came back: gaps that are very
	// regular but for a skipped order now and then look like a large k.
	LikeliestK int

	// LowConfidence: too few regular customers or too short a history to learn
	// from, so the parameters are a fixed prior.
	LowConfidence bool
	// DropoutUnclear: the data do not tell a customer who left from one who is
	// slow. The curve then rests on its tail alone.
	DropoutUnclear bool
}

// Prior returns the parameters used where a shop is too small or too young to
// be learned from.
func Prior() MBG {
	return MBG{K: 2, R: 1, Alpha: 3, A: .3, B: 2, LikeliestK: 2, LowConfidence: true}
}

// PAlive returns the probability that the customer has not dropped out by the
// history's AsOf, given its silence so far. It is what papers report; judge on
// PLost and PSilent.
func (m MBG) PAlive(h History) float64 {
	c := m.curve(h.clean())
	waiting := (1 - c.gone) * math.Exp(c.logWaiting(h.Silence()/week))
	return waiting / (waiting + c.gone)
}

// Curve returns the customer's curve. Without a buying day it is the curve of a
// customer after a first one.
func (m MBG) Curve(h History) Curve { return m.curve(h.clean()) }

func (m MBG) curve(h History) mbgCurve {
	if n := len(h.Days); n > 1 {
		return m.after(n-1, float64(h.Days[n-1]-h.Days[0])/week)
	}
	return m.after(0, 0)
}

// after returns the curve of a customer with so many repeats, the last of them
// span weeks after the first buying day.
func (m MBG) after(repeats int, span float64) mbgCurve {
	x := float64(repeats)
	return mbgCurve{
		k:     m.K,
		scale: m.Alpha + span,
		shape: m.R + float64(m.K)*x,
		gone:  m.A / (m.A + m.B + x),
	}
}

// mbgCurve is S(u) = gone + (1−gone)·I_{A/(A+u)}(c, k): the customer left with
// the last buying day, or the next gap, Erlang-k at a rate of Gamma(c, A), is
// longer than u.
type mbgCurve struct {
	k            int
	scale, shape float64 // A and c
	gone         float64
}

// Survival implements Curve.
func (c mbgCurve) Survival(days float64) float64 {
	if days <= 0 {
		return 1
	}
	return c.gone + (1-c.gone)*math.Exp(c.logWaiting(days/week))
}

// LogSurvival implements LogCurve.
func (c mbgCurve) LogSurvival(days float64) float64 {
	if days <= 0 {
		return 0
	}
	return logAddExp(math.Log(c.gone), math.Log1p(-c.gone)+c.logWaiting(days/week))
}

// logWaiting returns the logarithm of the probability that a customer who has
// not left is silent for so many weeks.
func (c mbgCurve) logWaiting(weeks float64) float64 {
	z := weeks / (c.scale + weeks)
	term, sum := 1.0, 1.0
	for j := 1; j < c.k; j++ {
		term *= z * (c.shape + float64(j-1)) / float64(j)
		sum += term
	}
	return min(0, -c.shape*math.Log1p(weeks/c.scale)+math.Log(sum))
}

// logAddExp returns ln(e^a + e^b).
func logAddExp(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(a, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}
