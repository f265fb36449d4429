package silence

import (
	"math"
	"slices"
)

// minHorizon is the shortest horizon in days: nobody is judged on less than a month.
const minHorizon = 30

// Habit describes one customer's own gaps between buying days, in calendar days.
type Habit struct {
	Orders  int     // buying days
	Median  float64 // 0, like the others, with fewer than two buying days
	Mean    float64
	P90     float64 // 90th percentile, linear between neighbours
	Longest float64
}

// Habit returns the customer's own habit.
func (h History) Habit() Habit {
	days := h.clean().Days
	habit := Habit{Orders: len(days)}
	if len(days) < 2 {
		return habit
	}
	gaps := make([]float64, len(days)-1)
	for i := range gaps {
		gaps[i] = float64(days[i+1] - days[i])
	}
	slices.Sort(gaps)
	habit.Median, habit.P90 = quantile(gaps, .5), quantile(gaps, .9)
	habit.Mean = float64(days[len(days)-1]-days[0]) / float64(len(gaps))
	habit.Longest = gaps[len(gaps)-1]
	return habit
}

// Horizon returns h, the days ahead a customer is judged on: three own median
// gaps, at least 30 days.
func (h Habit) Horizon() float64 { return max(3*h.Median, minHorizon) }

// Beyond reports whether a silence of w days is outside the customer's own
// habit: longer than the 90th percentile of its gaps and than their mean. No
// alert is raised before.
func (h Habit) Beyond(w float64) bool { return w > h.P90 && w > h.Mean }

// quantile interpolates linearly between the neighbours in sorted values.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	low := int(math.Floor(at))
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}
