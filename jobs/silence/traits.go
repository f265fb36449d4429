package silence

import (
	"math"
	"slices"
)

// A customer's traits are what the hazard correction knows of it when a silence
// begins: how often, how regularly, how recently and for how much it bought.
const (
	traitCount  = 15
	amountTrait = 12 // the first that needs amounts
	movingCount = 5  // traits that change while the silence lasts
)

// traits of one customer: ln of orders, mean gap, median, p90 and longest over
// mean gap; cv; spread; ln of age, of last over mean gap, of the last three over
// the earlier, of the faded mean and of the last but one over the mean; with
// amounts ln of last over median, of the last three over the earlier, and of the
// median. Gaps and age are in days, amounts in currency units.
type traits [traitCount]float64

// moving traits are logarithms of the silence over each of the scales.
type moving [movingCount]float64

// traitsOf returns the traits at the customer's nth buying day, n ≥ 3, from all
// gaps (days) and amounts (nil: unknown) until then, and the gaps sorted.
func traitsOf(gaps, sorted, amounts []float64) traits {
	x := len(gaps)
	mean, spread, cv := moments(gaps)
	var t traits
	t[0] = math.Log(float64(x + 1))
	t[1] = math.Log(mean)
	t[2] = math.Log(quantile(sorted, .5) / mean)
	t[3] = math.Log(quantile(sorted, .9) / mean)
	t[4] = math.Log(sorted[x-1] / mean)
	t[5] = cv
	t[6] = spread
	t[7] = math.Log(mean*float64(x) + 1)
	t[8] = math.Log(gaps[x-1] / mean)
	t[9] = lastThree(gaps)
	t[10] = math.Log(faded(gaps) / mean)
	t[11] = math.Log(gaps[x-2] / mean)
	if amounts != nil {
		median := middle(amounts)
		t[12] = math.Log(amounts[len(amounts)-1] / median)
		t[13] = lastThree(amounts)
		t[14] = math.Log(median)
	}
	return t
}

// scales are what moving traits compare the silence with, in days: the own p90,
// longest and mean gap, one day, and the last gap.
type scales [movingCount]float64

func scalesOf(gaps, sorted []float64) scales {
	x := len(gaps)
	return scales{quantile(sorted, .9), sorted[x-1], average(gaps), 1, gaps[x-1]}
}

// movingAt returns the moving traits after so many days of silence.
func (s scales) movingAt(days float64) (m moving) {
	for i := range m {
		m[i] = math.Log(days / s[i])
	}
	return m
}

// moments returns mean, ln(mean) − mean(ln) and coefficient of variation.
func moments(gaps []float64) (mean, spread, cv float64) {
	n := float64(len(gaps))
	logs := 0.0
	for _, g := range gaps {
		mean += g / n
		logs += math.Log(g) / n
	}
	squares := 0.0
	for _, g := range gaps {
		squares += (g - mean) * (g - mean) / n
	}
	return mean, math.Log(mean) - logs, math.Sqrt(squares) / mean
}

// lastThree returns ln(mean of the last three ÷ mean of those before), 0
// without any before.
func lastThree(values []float64) float64 {
	if len(values) <= 3 {
		return 0
	}
	at := len(values) - 3
	return math.Log(average(values[at:]) / average(values[:at]))
}

func average(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// faded returns the mean of the gaps with weights that fade by .7 a gap.
func faded(gaps []float64) float64 {
	sum, weight := 0.0, 0.0
	for _, g := range gaps {
		sum, weight = .7*sum+g, .7*weight+1
	}
	return sum / weight
}

func middle(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return quantile(sorted, .5)
}
