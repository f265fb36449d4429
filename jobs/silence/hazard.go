package silence

import (
	"math"
	"slices"
)

// edges of the hazard's bins, in own horizons h of silence.
var edges = [...]float64{0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.2, 1.4, 1.7, 2, 2.5, 3.2, 4, 5.5, 8, 12, 20, 40}

const bins = len(edges) - 1

// Corrected is RC with its hazard corrected by what the shop's own past shows:
// the odds of an order in each stretch of a silence are moved by a logistic
// regression on the customer's traits. Where the correction did not prove itself
// on later silences than it was learned from, it is RC as it is.
type Corrected struct {
	RC
	Kept       bool // the correction proved itself
	ByTraits   bool // so did its part that looks at the customer
	Correction Correction
}

// Correction is the logistic regression: logit hz = Level[bin] + Slope·logit hz
// of RC + Σ z·(Weight + Drift·ln v) + Σ moving z·Moving, with traits
// standardised to z and clipped at ±4, and v the middle of the bin in horizons.
type Correction struct {
	Level         [bins]float64
	Slope         float64
	Weight, Drift [traitCount]float64
	Moving        [movingCount]float64

	// In long silences the odds are Long[bin] + LongSlope·those odds; 0: as they are.
	Long      [bins]float64
	LongSlope float64

	Mean, Deviation             [traitCount]float64 // a deviation of 0: trait unknown
	MovingMean, MovingDeviation [movingCount]float64
}

// Curve returns the customer's curve; with fewer than two gaps it is RC's.
func (m Corrected) Curve(h History) Curve {
	h = h.clean()
	base := m.RC.curve(m.RC.recall(h))
	if !m.Kept || len(h.Days) <= minKnownGaps {
		return base
	}
	return m.Correction.curve(base, viewOf(h))
}

// view is what the correction sees of a customer when a silence begins.
type view struct {
	traits     traits
	hasAmounts bool
	horizon    float64 // days
	logScales  moving
}

// viewOf looks at a clean history of three or more buying days.
func viewOf(h History) view {
	var r rhythm
	for i := 1; i < len(h.Days); i++ {
		r.add(float64(h.Days[i] - h.Days[i-1]))
	}
	var p purse
	for _, a := range known(h.Amounts) {
		p.add(a.Float())
	}
	return newView(&r, &p)
}

func newView(r *rhythm, p *purse) view {
	return view{
		traits:     traitsOf(r, p),
		hasAmounts: p.known(),
		horizon:    Habit{Median: r.quantile(.5)}.Horizon(),
		logScales:  scalesOf(r).logs(),
	}
}

// standardise returns the view's traits as z, unknown ones 0.
func (c *Correction) standardise(v *view) traits {
	var z traits
	for i := range z {
		if c.Deviation[i] > 0 && (i < amountTrait || v.hasAmounts) {
			z[i] = clipped((v.traits[i] - c.Mean[i]) / c.Deviation[i])
		}
	}
	return z
}

func (c *Correction) standardiseMoving(m *moving) moving {
	var z moving
	for i := range z {
		if c.MovingDeviation[i] > 0 {
			z[i] = clipped((m[i] - c.MovingMean[i]) / c.MovingDeviation[i])
		}
	}
	return z
}

func clipped(z float64) float64 { return min(max(z, -4), 4) }

// logMiddle is ln of the middle of each bin, in horizons.
var logMiddle = func() (logs [bins]float64) {
	for bin := range logs {
		logs[bin] = math.Log((edges[bin] + edges[bin+1]) / 2)
	}
	return logs
}()

// logOdds returns logit hz of a curve in a bin, from its values at the bin's
// edges: the odds of an order before the bin ends, given none before it begins.
func logOdds(before, after float64) float64 {
	const least = 1e-6
	hz := min(max(1-after/before, least), 1-least)
	return math.Log(hz / (1 - hz))
}

// curve returns the base curve with its hazard corrected.
func (c *Correction) curve(base rcCurve, v view) hazardCurve {
	corrected := hazardCurve{base: base, horizon: v.horizon}
	z := c.standardise(&v)
	steady, drift := c.pull(&z)
	logHorizon := math.Log(v.horizon)
	total, before := 0.0, 1.0
	for bin := range bins {
		after := base.Survival(edges[bin+1] * v.horizon)
		m := movingAt(logMiddle[bin]+logHorizon, v.logScales)
		m = c.standardiseMoving(&m)
		total += softplus(c.odds(bin, logOdds(before, after), steady, drift, &m))
		corrected.cumulative[bin+1] = total
		before = after
	}
	return corrected
}

// pull returns what standardised traits add to the log-odds of every bin, and what
// they add per ln v.
func (c *Correction) pull(z *traits) (steady, drift float64) {
	for i, value := range z {
		steady += value * c.Weight[i]
		drift += value * c.Drift[i]
	}
	return steady, drift
}

// odds returns the corrected log-odds of an order in a bin.
func (c *Correction) odds(bin int, base, steady, drift float64, m *moving) float64 {
	odds := c.Level[bin] + c.Slope*base + steady + drift*logMiddle[bin]
	for i, value := range m {
		odds += value * c.Moving[i]
	}
	if c.LongSlope != 0 && bin >= tail.from {
		odds = c.Long[bin] + c.LongSlope*odds
	}
	return odds
}

// softplus returns ln(1 + e^x), the cumulative hazard of log-odds x.
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// hazardCurve is S = e^−cumulative hazard, the hazard constant inside a bin and
// as the base curve has it beyond the last.
type hazardCurve struct {
	base       rcCurve
	horizon    float64
	cumulative [bins + 1]float64 // at the edges
}

// Survival implements Curve.
func (c hazardCurve) Survival(days float64) float64 { return math.Exp(c.LogSurvival(days)) }

// LogSurvival implements LogCurve.
func (c hazardCurve) LogSurvival(days float64) float64 {
	if days <= 0 {
		return 0
	}
	v := days / c.horizon
	bin, _ := slices.BinarySearch(edges[1:], v)
	if bin == bins {
		end := edges[bins] * c.horizon
		return -c.cumulative[bins] + math.Log(c.base.Survival(days)/c.base.Survival(end))
	}
	share := (v - edges[bin]) / (edges[bin+1] - edges[bin])
	return -c.cumulative[bin] - share*(c.cumulative[bin+1]-c.cumulative[bin])
}
