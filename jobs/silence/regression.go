package silence

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	// A correction is pulled towards RC as it is: every weight towards 0 and the
	// slope towards 1 by ridge, the levels towards 0 by ridgeLevel.
	ridge      = 1000.0
	ridgeLevel = 100.0
	// One of the tail is pulled by ridgeTail, its weights so that they stay 0.
	ridgeTail = 4.0
	fixed     = 1e9

	// A step that promises less than this share of the loss is the last.
	promising = 1e-6

	// columns of the regression: the level of each bin, the slope, each trait's
	// weight and drift, and the moving traits.
	columns  = bins + 1 + 2*traitCount + movingCount
	atSlope  = bins
	atWeight = atSlope + 1
	atDrift  = atWeight + traitCount
	atMoving = atDrift + traitCount
)

// plain is the correction that changes nothing, with the traits' scale.
func plain(scale *Correction) *Correction {
	c := *scale
	c.Slope = 1
	return &c
}

// correction maximises the penalised likelihood of the rows by Newton's method,
// from a correction to start with.
func (l *lesson) correction(c *Correction) *Correction {
	here := l.slopes(c)
	for range 30 {
		step, promise, ok := here.newtonStep()
		if !ok {
			return c
		}
		next, there := l.descend(c, step, here.loss)
		if next == nil {
			return c
		}
		c, here = next, there
		if promise < promising*math.Abs(here.loss) {
			return c
		}
	}
	return c
}

// descend goes along the step, halving it until the loss falls; nil: it does not.
func (l *lesson) descend(c *Correction, step [columns]float64, loss float64) (*Correction, *slopes) {
	for share := 1.0; share > 1e-6; share /= 2 {
		w := c.weights()
		for i := range w {
			w[i] += share * step[i]
		}
		next := c.with(&w)
		if there := l.slopes(next); there.loss < loss {
			return next, there
		}
	}
	return nil, nil
}

// weights returns the regression's weights in the order of its columns.
func (c *Correction) weights() (w [columns]float64) {
	copy(w[:], c.Level[:])
	w[atSlope] = c.Slope
	copy(w[atWeight:], c.Weight[:])
	copy(w[atDrift:], c.Drift[:])
	copy(w[atMoving:], c.Moving[:])
	return w
}

// with returns the correction with other weights.
func (c *Correction) with(w *[columns]float64) *Correction {
	moved := *c
	copy(moved.Level[:], w[:])
	moved.Slope = w[atSlope]
	copy(moved.Weight[:], w[atWeight:])
	copy(moved.Drift[:], w[atDrift:])
	copy(moved.Moving[:], w[atMoving:])
	return &moved
}

// course says what a correction may learn, and from how much.
type course struct {
	from   int              // the first bin
	losses int              // the fewest before the split and after it
	pull   [columns]float64 // how strongly each column is pulled to RC as it is
}

var (
	// whole corrects every stretch of a silence by all traits.
	whole = newCourse(0, 50, ridgeLevel, ridge, ridge)
	// tail corrects the stretches in which customers are called lost, by nothing
	// but how readily silences so long end in this company: what a few losses can
	// teach, and what a model of gaps cannot know where holidays end most of them.
	tail = newCourse(5, 10, ridgeTail, ridgeTail, fixed)
)

func newCourse(from, losses int, level, slope, traits float64) course {
	c := course{from: from, losses: losses}
	for i := range c.pull {
		switch {
		case i < atSlope:
			c.pull[i] = level
		case i == atSlope:
			c.pull[i] = slope
		default:
			c.pull[i] = traits
		}
	}
	return c
}

// newtonStep returns the step to the minimum of the quadratic that fits the
// penalised loss here, and by how much the loss falls if it is one.
func (s *slopes) newtonStep() (step [columns]float64, promise float64, ok bool) {
	symmetric := mat.NewSymDense(columns, nil)
	for i := range columns {
		for j := range i + 1 {
			symmetric.SetSym(i, j, s.curvature[i][j])
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(symmetric) {
		return step, 0, false
	}
	solved := mat.NewVecDense(columns, step[:])
	err := factor.SolveVecTo(solved, mat.NewVecDense(columns, s.gradient[:]))
	for i := range step {
		promise += step[i] * s.gradient[i] / 2
	}
	return step, promise, err == nil
}
