package silence

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// beta is the distribution of a share with two shapes, of which S asks thousands
// of times with the same ones: what does not depend on the share is kept.
type beta struct {
	a, b               float64
	log                float64 // ln B(a, b)
	digammaA, digammaB float64
	digammaSum         float64
}

func newBeta(a, b float64) beta {
	logA, digammaA, productA := stirling(a)
	logB, digammaB, productB := stirling(b)
	logSum, digammaSum, productSum := stirling(a + b)
	log := logA + logB - logSum
	if shift := productA * productB / productSum; shift != 1 {
		log -= math.Log(shift)
	}
	return beta{a: a, b: b, log: log, digammaA: digammaA, digammaB: digammaB, digammaSum: digammaSum}
}

const (
	// A series is used up to the middle, and its complement up to so many steps and
	// while enough remains of it not to be lost in 1 − x; the rest, a very long
	// history and a silence far beyond it, is left to the library.
	longestSeries   = 60
	leastComplement = .01
	// enough is the share of a series below which its terms are left away.
	enough = 1e-16
)

// below returns I_x(a, b), the probability of a share below x, from x and 1−x.
// Its relative error is below 1e-11.
func (d *beta) below(x, rest float64) float64 {
	switch {
	case x <= 0:
		return 0
	case rest <= 0:
		return 1
	case x <= .5:
		return series(d.a, d.b, x) * math.Exp(d.a*math.Log(x)+d.b*math.Log(rest)-d.log) / d.a
	case d.a*rest <= longestSeries:
		above := series(d.b, d.a, rest) * math.Exp(d.a*math.Log(x)+d.b*math.Log(rest)-d.log) / d.b
		if above <= 1-leastComplement {
			return 1 - above
		}
	}
	return mathext.RegIncBeta(d.a, d.b, x)
}

// series returns Σ (a+b)_n/(a+1)_n·x^n, all of it positive: I_x(a, b) without
// x^a·(1−x)^b/(a·B(a, b)) (Abramowitz & Stegun 26.5.4).
func series(a, b, x float64) float64 {
	sum, term := 1.0, 1.0
	for over, under := a+b, a+1; term > enough*sum; over, under = over+1, under+1 {
		term *= x * over / under
		sum += term
	}
	return sum
}

// belowWithSlopes returns I_x(a, b) and its slopes by a and b.
func (d *beta) belowWithSlopes(x, rest float64) (share, byA, byB float64) {
	switch {
	case x <= 0 || rest <= 0:
		return d.below(x, rest), 0, 0
	case x <= .5:
		share, byA, byB = slopedSeries(d.a, d.b, x)
		return d.scaled(x, rest, share, byA, byB)
	case d.a*rest <= longestSeries:
		mirrored := beta{a: d.b, b: d.a, log: d.log, digammaA: d.digammaB, digammaB: d.digammaA, digammaSum: d.digammaSum}
		share, byB, byA = slopedSeries(d.b, d.a, rest)
		share, byB, byA = mirrored.scaled(rest, x, share, byB, byA)
		return max(0, 1-share), -byA, -byB
	}
	const step = 1e-4
	at := func(a, b float64) float64 { return mathext.RegIncBeta(a, b, x) }
	byA = (at(d.a*(1+step), d.b) - at(d.a*(1-step), d.b)) / (2 * step * d.a)
	byB = (at(d.a, d.b*(1+step)) - at(d.a, d.b*(1-step))) / (2 * step * d.b)
	return at(d.a, d.b), byA, byB
}

// scaled makes I_x and its slopes of the series and its slopes.
func (d *beta) scaled(x, rest, sum, byA, byB float64) (share, shareByA, shareByB float64) {
	logX, logRest := math.Log(x), math.Log(rest)
	factor := math.Exp(d.a*logX+d.b*logRest-d.log) / d.a
	factorByA := logX - 1/d.a - d.digammaA + d.digammaSum
	factorByB := logRest - d.digammaB + d.digammaSum
	return factor * sum, factor * (byA + sum*factorByA), factor * (byB + sum*factorByB)
}

// slopedSeries returns the series and its slopes by a and b.
func slopedSeries(a, b, x float64) (sum, byA, byB float64) {
	sum = 1
	term, logByA, logByB := 1.0, 0.0, 0.0
	for over, under := a+b, a+1; term > enough*sum; over, under = over+1, under+1 {
		share := 1 / (over * under)
		perOver, perUnder := under*share, over*share
		term *= x * over * perUnder
		logByA += perOver - perUnder
		logByB += perOver
		sum += term
		byA += term * logByA
		byB += term * logByB
	}
	return sum, byA, byB
}

// gammas returns ln Γ(x) and its slope, the digamma function, for x > 0.
func gammas(x float64) (logGamma, digamma float64) {
	logGamma, digamma, product := stirling(x)
	return logGamma - math.Log(product), digamma
}

// stirling returns ln(Γ(x)·product) and the digamma function, for x > 0: by
// recurrence up to 8, which gives the product, and Stirling's series beyond
// (Abramowitz & Stegun 6.1.41, 6.3.18), which share their logarithm.
func stirling(x float64) (logGamma, digamma, product float64) {
	product, slope := 1.0, 0.0
	for ; x < 8; x++ {
		slope = slope*x + product
		product *= x
	}
	log, u := math.Log(x), 1/x
	square := u * u
	logGamma = (x-.5)*log - x + halfLogTwoPi +
		u*(1./12-square*(1./360-square*(1./1260-square*(1./1680-square*(1./1188-square*691/360360)))))
	digamma = log - u/2 -
		square*(1./12-square*(1./120-square*(1./252-square*(1./240-square*(1./132-square*(691./32760-square/12))))))
	return logGamma, digamma - slope/product, product
}

const halfLogTwoPi = 0.9189385332046727
