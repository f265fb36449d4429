package silence

import (
	"math"
	"slices"
)

// ladder holds gaps in ascending order, equal ones counted together. However
// many orders there are, different gaps are few: n of them span n²/2 days.
type ladder struct {
	steps []step
	count int
}

type step struct {
	gap   float64
	count int
}

func (l *ladder) add(gap float64) {
	l.count++
	at, found := slices.BinarySearchFunc(l.steps, gap, func(s step, gap float64) int {
		switch {
		case s.gap < gap:
			return -1
		case s.gap > gap:
			return 1
		}
		return 0
	})
	if found {
		l.steps[at].count++
		return
	}
	l.steps = slices.Insert(l.steps, at, step{gap, 1})
}

func (l *ladder) reset() { l.steps, l.count = l.steps[:0], 0 }

func (l *ladder) longest() float64 { return l.steps[len(l.steps)-1].gap }

// quantile interpolates linearly between the neighbours.
func (l *ladder) quantile(p float64) float64 {
	at := p * float64(l.count-1)
	low := int(at)
	passed := 0
	for i, s := range l.steps {
		if passed += s.count; passed <= low {
			continue
		}
		if low+1 < passed || i+1 == len(l.steps) {
			return s.gap
		}
		return s.gap + (at-float64(low))*(l.steps[i+1].gap-s.gap)
	}
	return 0
}

// rhythm is what the gaps of a customer, in days, come to so far.
type rhythm struct {
	ladder
	sum, squares, logs  float64
	faded, fadedWeight  float64 // with weights that fade by fading a gap
	last, previous, old float64 // the last three gaps, the latest first
}

// fading is how the mean of recent gaps forgets.
const fading = .7

func (r *rhythm) add(gap float64) {
	r.ladder.add(gap)
	r.sum += gap
	r.squares += gap * gap
	r.logs += math.Log(gap)
	r.faded, r.fadedWeight = fading*r.faded+gap, fading*r.fadedWeight+1
	r.last, r.previous, r.old = gap, r.last, r.previous
}

// reset forgets everything but the memory it took.
func (r *rhythm) reset() {
	r.ladder.reset()
	*r = rhythm{ladder: r.ladder}
}

func (r *rhythm) mean() float64 { return r.sum / float64(r.count) }

// spread returns ln(mean gap) − mean(ln gap).
func (r *rhythm) spread() float64 { return max(0, math.Log(r.mean())-r.logs/float64(r.count)) }

// variation returns the coefficient of variation.
func (r *rhythm) variation() float64 {
	mean := r.mean()
	return math.Sqrt(max(0, r.squares/float64(r.count)-mean*mean)) / mean
}

// lastThree returns ln(mean of the last three gaps ÷ mean of those before), 0
// without any before.
func (r *rhythm) lastThree() float64 {
	three := r.last + r.previous + r.old
	return trend(three, r.sum, r.count)
}

// trend returns ln(mean of the last three of n values ÷ mean of those before),
// from their sum and that of all; 0 without any before.
func trend(lastThree, sum float64, n int) float64 {
	if n <= 3 {
		return 0
	}
	return math.Log(lastThree / 3 * float64(n-3) / (sum - lastThree))
}

// habit returns the customer's own habit.
func (r *rhythm) habit() Habit {
	h := Habit{Orders: r.count + 1}
	if r.count > 0 {
		h.Median, h.P90, h.Longest, h.Mean = r.quantile(.5), r.quantile(.9), r.longest(), r.mean()
	}
	return h
}
