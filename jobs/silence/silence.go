// Package silence judges how long a customer may stay away before the silence
// means something. A model, fitted once to all customers of a shop, draws for
// each customer one curve S(u): the probability that no buying day comes within
// u days after the last one. Every figure the judgement rests on is a ratio of
// two values of that curve.
//
// The package is pure: no I/O, no clock, no logger, and no randomness that is
// not seeded. The same histories, in any order, give bit-identical results.
package silence

import (
	"math"
	"slices"

	"dangol/internal/sales"
)

// History is what a model needs of one customer: the buying days known at the
// end of AsOf.
type History struct {
	Days    []sales.Date  // ascending; repeated dates and dates after AsOf are passed over
	Amounts []sales.Money // net amount of each of Days, or nil where amounts are unknown
	AsOf    sales.Date
}

// NewHistory takes the buying days (positive net amount) through asOf out of a
// customer's days.
func NewHistory(days []sales.Day, asOf sales.Date) History {
	h := History{AsOf: asOf}
	for _, d := range days {
		if d.Date > asOf || d.Net <= 0 {
			continue
		}
		h.Days = append(h.Days, d.Date)
		h.Amounts = append(h.Amounts, d.Net)
	}
	return h
}

// clean returns the history ascending, one entry a date and nothing after AsOf,
// amounts of one date added up. It copies only where something has to change.
func (h History) clean() History {
	if len(h.Amounts) != len(h.Days) {
		h.Amounts = nil
	}
	if h.isClean() {
		return h
	}
	order := make([]int, 0, len(h.Days))
	for i, d := range h.Days {
		if d <= h.AsOf {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return int(h.Days[i]) - int(h.Days[j]) })
	tidy := History{AsOf: h.AsOf}
	for _, i := range order {
		last := len(tidy.Days) - 1
		repeated := last >= 0 && tidy.Days[last] == h.Days[i]
		if !repeated {
			tidy.Days = append(tidy.Days, h.Days[i])
		}
		switch {
		case h.Amounts == nil:
		case repeated:
			tidy.Amounts[last] += h.Amounts[i]
		default:
			tidy.Amounts = append(tidy.Amounts, h.Amounts[i])
		}
	}
	return tidy
}

func (h History) isClean() bool {
	for i, d := range h.Days {
		if d > h.AsOf || i > 0 && d <= h.Days[i-1] {
			return false
		}
	}
	return true
}

// Silence returns the calendar days from the last buying day to AsOf; 0 without
// a buying day.
func (h History) Silence() float64 {
	days := h.clean().Days
	if len(days) == 0 {
		return 0
	}
	return float64(h.AsOf - days[len(days)-1])
}

// Curve is one customer's outlook after the last buying day.
type Curve interface {
	// Survival returns S(days): the probability that no buying day comes within
	// so many days after the last one. S(0) is 1 and S never rises.
	Survival(days float64) float64
}

// LogCurve is a Curve that also knows ln S, for where S itself is too small for
// a float64.
type LogCurve interface {
	Curve
	LogSurvival(days float64) float64
}

// Model draws the curve of a customer.
type Model interface {
	Curve(History) Curve
}

// PSilent returns S(w+h)/S(w): the probability that nothing comes in the next h
// days after w days of silence. It is 1 for h ≤ 0.
func PSilent(c Curve, w, h float64) float64 {
	w = max(w, 0)
	if h <= 0 {
		return 1
	}
	return ratio(c, w+h, w)
}

// PLost returns S(2h)/S(w): the probability that a silence of w days outlasts
// 2h. From w ≥ 2h on it has done so, and the probability is 1.
func PLost(c Curve, w, h float64) float64 {
	w = max(w, 0)
	if w >= 2*h {
		return 1
	}
	return ratio(c, 2*h, w)
}

// ratio returns S(later)/S(earlier), between 0 and 1 whatever the curve does.
func ratio(c Curve, later, earlier float64) float64 {
	p := math.Exp(logSurvival(c, later) - logSurvival(c, earlier))
	if math.IsNaN(p) { // both are zero: the curve says nothing, so nothing is expected
		return 1
	}
	return min(max(p, 0), 1)
}

func logSurvival(c Curve, days float64) float64 {
	if lc, ok := c.(LogCurve); ok {
		return lc.LogSurvival(days)
	}
	return math.Log(c.Survival(days))
}
