package silence

import (
	"math"

	"dangol/internal/sales"
)

// lesson is what a correction is learned from: past silences, their traits
// standardised.
type lesson struct {
	course
	scale Correction // mean and deviation of the traits
	pages []page
}

// page is one past silence.
type page struct {
	z    *traits
	rows []row
}

// row is one bin of it.
type row struct {
	bin      int
	base     float64 // log-odds of an order as RC has them
	moving   moving  // standardised
	hasOrder bool
	ended    sales.Date
}

// newLesson standardises the traits by their mean and deviation over the spells,
// the moving ones over the bins.
func newLesson(spells []spell, course course) *lesson {
	l := &lesson{course: course, pages: make([]page, len(spells))}
	l.scale.scaleTraits(spells)
	z := make([]traits, len(spells))
	count := 0
	for i := range spells {
		z[i] = l.scale.standardise(&spells[i].view)
		l.pages[i].z = &z[i]
		count += len(spells[i].stretches)
	}
	rows := make([]row, 0, count)
	for i := range spells {
		s, from := &spells[i], len(rows)
		logHorizon := math.Log(s.horizon)
		for _, r := range s.stretches {
			rows = append(rows, row{
				bin: r.bin, base: r.logOdds, hasOrder: r.hasOrder, ended: r.ended,
				moving: movingAt(logMiddle[r.bin]+logHorizon, s.logScales),
			})
		}
		l.pages[i].rows = rows[from:]
	}
	l.scale.scaleMoving(rows)
	for i := range rows {
		rows[i].moving = l.scale.standardiseMoving(&rows[i].moving)
	}
	return l
}

// apart splits the lesson into what had ended before a date and what came later.
func (l *lesson) apart(split sales.Date) (early, late *lesson) {
	early, late = &lesson{course: l.course, scale: l.scale}, &lesson{course: l.course, scale: l.scale}
	for _, p := range l.pages {
		n := 0
		for n < len(p.rows) && p.rows[n].ended < split {
			n++
		}
		if n > 0 {
			early.pages = append(early.pages, page{p.z, p.rows[:n]})
		}
		if n < len(p.rows) {
			late.pages = append(late.pages, page{p.z, p.rows[n:]})
		}
	}
	return early, late
}

func (c *Correction) scaleTraits(spells []spell) {
	var sum, squares, n [traitCount]float64
	for i := range spells {
		s := &spells[i]
		for j, value := range s.traits {
			if j >= amountTrait && !s.hasAmounts {
				break
			}
			sum[j], squares[j], n[j] = sum[j]+value, squares[j]+value*value, n[j]+1
		}
	}
	for j := range sum {
		c.Mean[j], c.Deviation[j] = spreadOf(sum[j], squares[j], n[j])
	}
}

func (c *Correction) scaleMoving(rows []row) {
	var sum, squares [movingCount]float64
	for i := range rows {
		for j, value := range rows[i].moving {
			sum[j], squares[j] = sum[j]+value, squares[j]+value*value
		}
	}
	for j := range sum {
		c.MovingMean[j], c.MovingDeviation[j] = spreadOf(sum[j], squares[j], float64(len(rows)))
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

// eachOdds calls take with every page and the corrected log-odds of its rows.
func (l *lesson) eachOdds(c *Correction, take func(p *page, odds []float64)) {
	var space [bins]float64
	for i := range l.pages {
		p := &l.pages[i]
		steady, drift := c.pull(p.z)
		odds := space[:len(p.rows)]
		for j := range p.rows {
			r := &p.rows[j]
			odds[j] = c.odds(r.bin, r.base, steady, drift, &r.moving)
		}
		take(p, odds)
	}
}

// logLoss returns −ln L of the rows.
func (l *lesson) logLoss(c *Correction) float64 {
	loss := 0.0
	l.eachOdds(c, func(p *page, odds []float64) {
		for j, x := range odds {
			if p.rows[j].hasOrder {
				x = -x
			}
			loss += softplus(x)
		}
	})
	return loss
}
