package silence

import "math"

// slopes are −ln L, penalised, and the first and second derivatives of ln L by the
// columns.
type slopes struct {
	loss      float64
	gradient  [columns]float64
	curvature [columns][columns]float64 // lower triangle
}

// A row's own columns, besides the traits that all rows of its page share: RC's
// log-odds and the moving traits.
const own = 1 + movingCount

// pageSums add up what the rows of one page share with its traits. Index 0 is as
// it is, 1 times ln v, 2 times its square: the drifts are the traits times ln v.
type pageSums struct {
	residual [2]float64
	mass     [3]float64      // Σ q, the curvature of each row
	cross    [2][own]float64 // Σ q·own column
}

// block adds up products with the traits over all pages; the drifts' follow.
type blocks struct {
	traits [3][traitCount][traitCount]float64 // lower triangle
	level  [bins][traitCount]float64
	own    [2][own][traitCount]float64
}

// slopes passes over the rows once. The traits are multiplied once a page, not
// once a row: that is where the time would go.
func (l *lesson) slopes(c *Correction) *slopes {
	s, b := &slopes{}, &blocks{}
	l.eachOdds(c, func(p *page, odds []float64) {
		var sums pageSums
		for j, x := range odds {
			r := &p.rows[j]
			q := s.addRow(r, x, &sums)
			level := &b.level[r.bin]
			for i, z := range p.z {
				level[i] += q * z
			}
		}
		s.addTraits(p.z, &sums)
		b.add(p.z, &sums)
	})
	s.expand(b)
	as := (&Correction{Slope: 1}).weights() // RC as it is
	for i, w := range c.weights() {
		off, strength := w-as[i], l.pull[i]
		s.loss += strength * off * off / 2
		s.gradient[i] -= strength * off
		s.curvature[i][i] += strength
	}
	return s
}

// addRow adds what does not touch the traits, and returns the row's curvature.
func (s *slopes) addRow(r *row, odds float64, sums *pageSums) float64 {
	p, loss := outcome(odds, r.hasOrder)
	s.loss += loss
	residual, q := -p, p*(1-p)
	if r.hasOrder {
		residual++
	}
	log := logMiddle[r.bin]
	sums.residual[0] += residual
	sums.residual[1] += residual * log
	sums.mass[0] += q
	sums.mass[1] += q * log
	sums.mass[2] += q * log * log
	s.gradient[r.bin] += residual
	s.curvature[r.bin][r.bin] += q
	values := [own]float64{r.base}
	copy(values[1:], r.moving[:])
	for i, value := range values {
		at, scaled := ownColumn(i), q*value
		s.gradient[at] += residual * value
		s.curvature[at][r.bin] += scaled
		sums.cross[0][i] += scaled
		sums.cross[1][i] += scaled * log
		for j, other := range values[:i+1] {
			s.curvature[at][ownColumn(j)] += scaled * other
		}
	}
	return q
}

// outcome returns the probability of an order from its log-odds, and −ln of the
// probability of what came.
func outcome(odds float64, hasOrder bool) (p, loss float64) {
	small := math.Exp(-math.Abs(odds))
	p = 1 / (1 + small)
	loss = math.Log1p(small)
	if hasOrder == (odds < 0) {
		loss += math.Abs(odds)
	}
	if odds < 0 {
		p = small * p
	}
	return p, loss
}

// ownColumn returns the place of a row's own column.
func ownColumn(i int) int {
	if i == 0 {
		return atSlope
	}
	return atMoving + i - 1
}

// addTraits adds a page to the slopes by weight and drift.
func (s *slopes) addTraits(z *traits, sums *pageSums) {
	for i, value := range z {
		s.gradient[atWeight+i] += sums.residual[0] * value
		s.gradient[atDrift+i] += sums.residual[1] * value
	}
}

func (b *blocks) add(z *traits, sums *pageSums) {
	for i, value := range z {
		if value == 0 {
			continue
		}
		once, drift, twice := sums.mass[0]*value, sums.mass[1]*value, sums.mass[2]*value
		line0, line1, line2 := &b.traits[0][i], &b.traits[1][i], &b.traits[2][i]
		for j, other := range z[:i+1] {
			line0[j] += once * other
			line1[j] += drift * other
			line2[j] += twice * other
		}
	}
	for power := range sums.cross {
		for i, sum := range sums.cross[power] {
			line := &b.own[power][i]
			for j, value := range z {
				line[j] += sum * value
			}
		}
	}
}

// expand puts the blocks where they belong.
func (s *slopes) expand(b *blocks) {
	for i := range traitCount {
		for j := range traitCount {
			high, low := max(i, j), min(i, j)
			s.curvature[atWeight+i][atWeight+j] += b.traits[0][high][low]
			s.curvature[atDrift+i][atWeight+j] += b.traits[1][high][low]
			s.curvature[atDrift+i][atDrift+j] += b.traits[2][high][low]
		}
		for bin := range bins {
			s.curvature[atWeight+i][bin] += b.level[bin][i]
			s.curvature[atDrift+i][bin] += b.level[bin][i] * logMiddle[bin]
		}
		for power, at := range []int{atWeight, atDrift} {
			for j := range own {
				row, column := at+i, ownColumn(j)
				s.curvature[max(row, column)][min(row, column)] += b.own[power][j][i]
			}
		}
	}
}
