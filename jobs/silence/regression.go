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

	// shared columns of the regression: the slope and each trait's weights.
	shared  = 1 + 2*traitCount + movingCount
	columns = bins + shared
)

// sharedRow is one stretch's values in the shared columns; its bin is the only
// other column that is not 0.
type sharedRow [shared]float64

// fitCorrection maximises the penalised likelihood of the rows by Newton's method.
func fitCorrection(spells []spell, rows []stretch) *Correction {
	c := plain()
	c.scale(spells, rows)
	loss := c.penalised(spells, rows)
	for range 30 {
		step, ok := c.newtonStep(spells, rows)
		if !ok {
			return c
		}
		next, nextLoss := c.descend(spells, rows, step, loss)
		if !(nextLoss < loss-1e-9*math.Abs(loss)) {
			return c
		}
		c, loss = next, nextLoss
	}
	return c
}

// scale learns mean and deviation of the traits, over spells, and of the moving
// traits, over rows.
func (c *Correction) scale(spells []spell, rows []stretch) {
	var sum, squares, n [traitCount]float64
	for _, s := range spells {
		for i, value := range s.traits {
			if i >= amountTrait && !s.hasAmounts {
				continue
			}
			sum[i], squares[i], n[i] = sum[i]+value, squares[i]+value*value, n[i]+1
		}
	}
	for i := range sum {
		c.Mean[i], c.Deviation[i] = spreadOf(sum[i], squares[i], n[i])
	}
	var movingSum, movingSquares [movingCount]float64
	for _, r := range rows {
		for i, value := range r.moving {
			movingSum[i], movingSquares[i] = movingSum[i]+value, movingSquares[i]+value*value
		}
	}
	for i := range movingSum {
		c.MovingMean[i], c.MovingDeviation[i] = spreadOf(movingSum[i], movingSquares[i], float64(len(rows)))
	}
}

// spreadOf returns mean and standard deviation; a deviation that is only
// rounding is 0.
func spreadOf(sum, squares, n float64) (mean, deviation float64) {
	if n == 0 {
		return 0, 0
	}
	mean = sum / n
	variance := squares/n - mean*mean
	if variance < 1e-9*(1+mean*mean) {
		return mean, 0
	}
	return mean, math.Sqrt(variance)
}

// row fills in one stretch's shared columns.
func (c *Correction) row(z traits, r *stretch, into *sharedRow) {
	logAt := math.Log(middleOf(r.bin))
	into[0] = r.logOdds
	for i, value := range z {
		into[1+i], into[1+traitCount+i] = value, value*logAt
	}
	for i, value := range c.standardiseMoving(r.moving) {
		into[1+2*traitCount+i] = value
	}
}

// weights returns the regression's weights in the order of its columns.
func (c *Correction) weights() (w [columns]float64) {
	copy(w[:], c.Level[:])
	w[bins] = c.Slope
	copy(w[bins+1:], c.Weight[:])
	copy(w[bins+1+traitCount:], c.Drift[:])
	copy(w[bins+1+2*traitCount:], c.Moving[:])
	return w
}

// with returns the correction with other weights.
func (c *Correction) with(w [columns]float64) *Correction {
	moved := *c
	copy(moved.Level[:], w[:])
	moved.Slope = w[bins]
	copy(moved.Weight[:], w[bins+1:])
	copy(moved.Drift[:], w[bins+1+traitCount:])
	copy(moved.Moving[:], w[bins+1+2*traitCount:])
	return &moved
}

// eachOdds calls take with the corrected log-odds of every row and its columns.
func (c *Correction) eachOdds(spells []spell, rows []stretch, take func(odds float64, r *stretch, columns *sharedRow)) {
	w := c.weights()
	var values sharedRow
	var z traits
	last := -1
	for i := range rows {
		r := &rows[i]
		if r.spell != last {
			z, last = c.standardise(spells[r.spell].view), r.spell
		}
		c.row(z, r, &values)
		odds := w[r.bin]
		for j, value := range values {
			odds += value * w[bins+j]
		}
		take(odds, r, &values)
	}
}

// logLoss returns −ln L of the rows.
func (c *Correction) logLoss(spells []spell, rows []stretch) float64 {
	loss := 0.0
	c.eachOdds(spells, rows, func(odds float64, r *stretch, _ *sharedRow) {
		if r.hasOrder {
			odds = -odds
		}
		loss += softplus(odds)
	})
	return loss
}

// pulls returns how strongly each column is pulled, and where to.
func pulls() (strength, towards [columns]float64) {
	for i := range strength {
		strength[i] = ridge
		if i < bins {
			strength[i] = ridgeLevel
		}
	}
	towards[bins] = 1
	return strength, towards
}

func (c *Correction) penalised(spells []spell, rows []stretch) float64 {
	loss := c.logLoss(spells, rows)
	strength, towards := pulls()
	for i, w := range c.weights() {
		loss += strength[i] * (w - towards[i]) * (w - towards[i]) / 2
	}
	return loss
}

// newtonStep returns the step to the minimum of the quadratic that fits the
// penalised loss here.
func (c *Correction) newtonStep(spells []spell, rows []stretch) (step [columns]float64, ok bool) {
	var gradient [columns]float64
	var curvature [columns][columns]float64 // lower triangle
	strength, towards := pulls()
	for i, w := range c.weights() {
		gradient[i] = -strength[i] * (w - towards[i])
		curvature[i][i] = strength[i]
	}
	sums := c.sumByBin(spells, rows)
	for bin := range sums {
		sums[bin].expand(bin, &gradient, &curvature)
	}
	symmetric := mat.NewSymDense(columns, nil)
	for i := range columns {
		for j := range i + 1 {
			symmetric.SetSym(i, j, curvature[i][j])
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(symmetric) {
		return step, false
	}
	solved := mat.NewVecDense(columns, step[:])
	err := factor.SolveVecTo(solved, mat.NewVecDense(columns, gradient[:]))
	return step, err == nil
}

// The columns of one bin's rows: the level, the log-odds of RC, the traits and the
// moving traits. The drifts are the traits times the bin's own ln v.
const inBin = 2 + traitCount + movingCount

// binSum adds up what a Newton step needs of one bin's rows.
type binSum struct {
	gradient  [inBin]float64
	curvature [inBin][inBin]float64 // lower triangle
}

// sumByBin spares the drifts, whose sums follow from those of the traits.
func (c *Correction) sumByBin(spells []spell, rows []stretch) *[bins]binSum {
	var sums [bins]binSum
	c.eachOdds(spells, rows, func(odds float64, r *stretch, values *sharedRow) {
		p := 1 / (1 + math.Exp(-odds))
		residual, q := -p, p*(1-p)
		if r.hasOrder {
			residual++
		}
		var u [inBin]float64
		u[0] = 1
		copy(u[1:], values[:1+traitCount])
		copy(u[2+traitCount:], values[1+2*traitCount:])
		sum := &sums[r.bin]
		for i, value := range u {
			if value == 0 {
				continue
			}
			sum.gradient[i] += residual * value
			line, scaled := &sum.curvature[i], q*value
			for j, other := range u[:i+1] {
				line[j] += scaled * other
			}
		}
	})
	return &sums
}

// expand adds a bin's sums to those over all columns.
func (s *binSum) expand(bin int, gradient *[columns]float64, curvature *[columns][columns]float64) {
	type column struct {
		at, in int
		factor float64
	}
	list := []column{{bin, 0, 1}, {bins, 1, 1}}
	for i := range traitCount {
		list = append(list, column{bins + 1 + i, 2 + i, 1})
	}
	logAt := math.Log(middleOf(bin))
	for i := range traitCount {
		list = append(list, column{bins + 1 + traitCount + i, 2 + i, logAt})
	}
	for i := range movingCount {
		list = append(list, column{bins + 1 + 2*traitCount + i, 2 + traitCount + i, 1})
	}
	for i, a := range list {
		gradient[a.at] += a.factor * s.gradient[a.in]
		for _, b := range list[:i+1] {
			curvature[a.at][b.at] += a.factor * b.factor * s.curvature[max(a.in, b.in)][min(a.in, b.in)]
		}
	}
}

// descend goes along the step, halving it until the loss falls.
func (c *Correction) descend(spells []spell, rows []stretch, step [columns]float64, loss float64) (*Correction, float64) {
	share := 1.0
	for range 20 {
		w := c.weights()
		for i := range w {
			w[i] += share * step[i]
		}
		next := c.with(w)
		if reached := next.penalised(spells, rows); reached < loss {
			return next, reached
		}
		share /= 2
	}
	return c, loss
}
