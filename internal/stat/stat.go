// Package stat holds the few figures of a sample and the chances of a count that
// several detectors need. Pure: no I/O, no clock.
package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Median is the middle value, of an even number of values the mean of the two in
// the middle; 0 of none. The values stay as they are.
func Median[N ~int | ~int32 | ~int64 | ~float64](values []N) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return (float64(sorted[(n-1)/2]) + float64(sorted[n/2])) / 2
}

// rounding is what sums of fractions may miss a whole number by.
const rounding = 1e-9

// AtMost is P(X ≤ n) of a count with a mean and a variance of spread times the
// mean: that of a Poisson count for a spread of 1 or less, else of a Poisson count
// in units of spread (quasi-Poisson).
func AtMost(n, mean, spread float64) float64 {
	if mean <= 0 {
		return 1
	}
	spread = max(1, spread)
	return distuv.Poisson{Lambda: mean / spread}.CDF(math.Floor(n/spread + rounding))
}

// AtLeast is P(X ≥ n) likewise.
func AtLeast(n, mean, spread float64) float64 {
	if n <= 0 {
		return 1
	}
	if mean <= 0 {
		return 0
	}
	spread = max(1, spread)
	return 1 - distuv.Poisson{Lambda: mean / spread}.CDF(math.Ceil(n/spread-rounding)-1)
}

// most bounds the search of a quantile.
const most = 1e6

// Quantile is the least count k of a Poisson distribution with P(X ≤ k) ≥ share.
func Quantile(mean, share float64) float64 {
	if mean <= 0 {
		return 0
	}
	d := distuv.Poisson{Lambda: mean}
	k := 0.0
	for d.CDF(k) < share && k < most {
		k++
	}
	return k
}
