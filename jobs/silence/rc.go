package silence

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// RC is the recency-weighted, individually regular model. Like MBG it takes a
// customer to drop out with a Beta(A, B) probability after each buying day and
// to wait Gamma-distributed gaps until then. Unlike MBG it lets old gaps fade by
// Decay from one to the next, and gives each customer an own regularity, drawn
// towards the shop's K0 as if M gaps had shown it. Time is in weeks.
//
// S(w) = D + (1−D)·I_{a/(a+w)}(c, k), with the regularised incomplete beta
// function I, the customer's regularity k, c = R + k·Σ decayed count, a =
// Alpha/k + Σ decayed gaps, and D = A/(A+B+repeats).
type RC struct {
	R, Alpha float64
	K0, M    float64
	A, B     float64
	Decay    float64 // 1: nothing fades

	// Cap bounds a customer's own regularity. It is below 12 where a larger one
	// would have called customers lost who soon came back.
	Cap float64

	LogLikelihood float64 // of the episodes, 0 for the prior
	Episodes      int     // silences, ended and open, that the fit looked at

	// LowConfidence: the parameters are a fixed prior, as in MBG.
	LowConfidence bool
}

const (
	// minK and the model's Cap, at most maxK, bound a customer's own regularity.
	minK = .3
	// maxLogRC bounds the logarithms of RC's parameters.
	maxLogRC = 8.0
	// maxEpisodes bounds the silences a fit of RC looks at.
	maxEpisodes = 12000
	// roughEpisodes are enough to tell the decays apart.
	roughEpisodes = 3000
)

// decays are tried in this order; the most likely is kept.
var decays = []float64{1, .9, .8, .7}

// caps are tried in this order; the first that the past does not contradict is kept.
var caps = []float64{maxK, 10, 8, 6, 5, 4, 3, 2}

// PriorRC returns RC's parameters where a shop is too small or too young.
func PriorRC() RC {
	return RC{R: 1, Alpha: 3, K0: 1.5, M: 5, A: .3, B: 2, Decay: 1, Cap: maxK, LowConfidence: true}
}

// recent is what RC remembers of a customer's gaps.
type recent struct {
	repeats         float64
	sum, sumLog     float64 // of the gaps, in weeks
	count, weighted float64 // Σ decay^age, Σ decay^age · gap
}

// add takes in one more gap.
func (s *recent) add(weeks, logWeeks, decay float64) {
	s.repeats++
	s.sum += weeks
	s.sumLog += logWeeks
	s.count = decay*s.count + 1
	s.weighted = decay*s.weighted + weeks
}

// spread returns ln(mean gap) − mean(ln gap): 0 for a clockwork, the larger the
// more irregular.
func (s *recent) spread() float64 {
	if s.repeats < 2 {
		return 0
	}
	return max(0, math.Log(s.sum/s.repeats)-s.sumLog/s.repeats)
}

// recall returns what the model remembers of a clean history.
func (m RC) recall(h History) recent {
	var s recent
	for i := 1; i < len(h.Days); i++ {
		weeks := float64(h.Days[i]-h.Days[i-1]) / week
		s.add(weeks, math.Log(weeks), m.Decay)
	}
	return s
}

// Curve returns the customer's curve. With fewer than two gaps there is no own
// regularity, and it is the shop's.
func (m RC) Curve(h History) Curve { return m.curve(m.recall(h.clean())) }

func (m RC) curve(s recent) rcCurve {
	shared := m.K0
	spread := math.Log(shared) - mathext.Digamma(shared)
	if s.repeats >= 1 {
		spread = (m.M*spread + s.repeats*s.spread()) / (m.M + s.repeats - 1)
	}
	k, _ := regularity(spread)
	k = min(k, m.Cap)
	return rcCurve{
		k:     k,
		shape: m.R + k*s.count,
		scale: m.Alpha/k + s.weighted,
		gone:  m.A / (m.A + m.B + s.repeats),
	}
}

// regularity returns the shape of the Gamma distribution with so much spread
// between mean and logarithmic mean, and its slope; 0 at the bounds.
func regularity(spread float64) (k, slope float64) {
	if spread < 1e-9 {
		return maxK, 0
	}
	root := math.Sqrt((spread-3)*(spread-3) + 24*spread)
	k = (3 - spread + root) / (12 * spread)
	if k < minK || k > maxK {
		return min(max(k, minK), maxK), 0
	}
	return k, ((spread+9)/root-1)/(12*spread) - k/spread
}

// rcCurve is S(w) = gone + (1−gone)·I_{scale/(scale+w)}(shape, k).
type rcCurve struct {
	k, shape, scale, gone float64
}

// Survival implements Curve.
func (c rcCurve) Survival(days float64) float64 {
	if days <= 0 {
		return 1
	}
	return c.gone + (1-c.gone)*incompleteBeta(c.shape, c.k, c.scale/(c.scale+days/week))
}

func incompleteBeta(a, b, x float64) float64 {
	return mathext.RegIncBeta(a, b, min(max(x, 0), 1))
}

// pause is one silence the fit looks at.
type pause struct {
	recent
	spread, weeks, logWeeks float64 // until the next order, or so far
	ended                   bool
}

// FitRC learns the model from every silence of the shop that began with a
// customer's third buying day or later, at most 12,000 of them evenly spread.
// Like Fit it always returns a usable model.
func FitRC(histories []History) RC { return summarise(histories).fitRC() }

func (s shop) fitRC() RC {
	if !s.learnable() {
		return PriorRC()
	}
	best, ok := s.mostLikelyRC()
	if !ok {
		return PriorRC()
	}
	past := s.pastEpisodes()
	for _, best.Cap = range caps {
		if !contradicted(best, past) {
			break
		}
	}
	return best
}

// mostLikelyRC finds the decay and, roughly, the parameters on few silences, and
// then the parameters on all of them.
func (s shop) mostLikelyRC() (best RC, ok bool) {
	best.LogLikelihood = math.Inf(-1)
	prior := PriorRC()
	start := []float64{prior.R, prior.Alpha, prior.K0, prior.M, prior.A, prior.B}
	for _, decay := range decays {
		rough := climbRC(start, evenly(s.pauses(decay), roughEpisodes), decay)
		start = rough.free()
		if rough.LogLikelihood > best.LogLikelihood {
			best = rough
		}
	}
	if best.Episodes == roughEpisodes {
		best = climbRC(best.free(), s.pauses(best.Decay), best.Decay)
	}
	return best, best.Episodes > 0
}

// free returns the parameters in the order in which they are fitted.
func (m RC) free() []float64 { return []float64{m.R, m.Alpha, m.K0, m.M, m.A, m.B} }

// climbRC maximises the likelihood of the silences from a start.
func climbRC(start []float64, pauses []pause, decay float64) RC {
	found, value := climb(start, maxLogRC, float64(len(pauses)), 1e-5, func(p, slopes []float64) float64 {
		return rcLikelihood(p, pauses, slopes)
	})
	return RC{R: found[0], Alpha: found[1], K0: found[2], M: found[3], A: found[4], B: found[5],
		Decay: decay, Cap: maxK, LogLikelihood: value, Episodes: len(pauses)}
}

// LogLikelihoodOf returns the log-likelihood of the histories' silences, Cap left
// aside, and how many there are, for comparison with other implementations.
func (m RC) LogLikelihoodOf(histories []History) (value float64, episodes int) {
	pauses := summarise(histories).pauses(m.Decay)
	p := []float64{m.R, m.Alpha, m.K0, m.M, m.A, m.B}
	return rcLikelihood(p, pauses, make([]float64, len(p))), len(pauses)
}

// pauses lists the silences of customers who had shown two gaps by then.
func (s shop) pauses(decay float64) []pause {
	customers := s.judgeable(pastCustomers)
	var all []pause
	for _, t := range customers {
		all = t.appendPauses(all, decay)
	}
	return evenly(all, maxEpisodes)
}

// evenly takes at most so many silences, evenly spread.
func evenly(all []pause, most int) []pause {
	if len(all) <= most {
		return all
	}
	stride := float64(len(all)) / float64(most)
	few := make([]pause, most)
	for i := range few {
		few[i] = all[int((float64(i)+.5)*stride)]
	}
	return few
}

func (t trace) appendPauses(all []pause, decay float64) []pause {
	var s recent
	for i := range t.days {
		next, ended := float64(t.open)/week, false
		if i+1 < len(t.days) {
			next, ended = float64(t.days[i+1]-t.days[i])/week, true
		}
		logNext := math.Log(max(next, 1e-9))
		if s.repeats >= minKnownGaps && next > 0 {
			all = append(all, pause{s, s.spread(), next, logNext, ended})
		}
		s.add(next, logNext, decay)
	}
	return all
}

// rcLikelihood returns ln L of the pauses and fills in its slopes by r, α, k0,
// m, a and b.
func rcLikelihood(p []float64, pauses []pause, slopes []float64) float64 {
	clear(slopes)
	k0 := p[2]
	spread0 := math.Log(k0) - mathext.Digamma(k0)
	spread0ByK0 := 1/k0 - mathext.Zeta(2, k0)
	value := 0.0
	for i := range pauses {
		value += pauses[i].likelihood(p, spread0, spread0ByK0, slopes)
	}
	return value
}

func (e *pause) likelihood(p []float64, spread0, spread0ByK0 float64, slopes []float64) float64 {
	r, alpha, m, a, b := p[0], p[1], p[3], p[4], p[5]
	weight := m + e.repeats - 1
	mixed := m*spread0 + e.repeats*e.spread
	k, kBySpread := regularity(mixed / weight)
	c := rcCurve{k: k, shape: r + k*e.count, scale: alpha/k + e.weighted, gone: a / (a + b + e.repeats)}
	value, byK, byShape, byScale, byGone := c.outcome(e)
	all := a + b + e.repeats
	bySpread := (byK + byShape*e.count - byScale*alpha/(k*k)) * kBySpread
	slopes[0] += byShape
	slopes[1] += byScale / k
	slopes[2] += bySpread * m * spread0ByK0 / weight
	slopes[3] += bySpread * (spread0*weight - mixed) / (weight * weight)
	slopes[4] += byGone * (b + e.repeats) / (all * all)
	slopes[5] -= byGone * a / (all * all)
	return value
}

func (c rcCurve) outcome(e *pause) (value, byK, byShape, byScale, byGone float64) {
	if e.ended {
		return c.gap(e.weeks, e.logWeeks)
	}
	return c.open(e.weeks)
}

// gap returns the log-density of an order after so many weeks, and its slopes.
func (c rcCurve) gap(weeks, logWeeks float64) (value, byK, byShape, byScale, byGone float64) {
	logScale, logAll := math.Log(c.scale), math.Log(c.scale+weeks)
	digammaAll := mathext.Digamma(c.k + c.shape)
	value = math.Log1p(-c.gone) - logBeta(c.k, c.shape) +
		(c.k-1)*logWeeks + c.shape*logScale - (c.k+c.shape)*logAll
	byK = digammaAll - mathext.Digamma(c.k) + logWeeks - logAll
	byShape = digammaAll - mathext.Digamma(c.shape) + logScale - logAll
	byScale = c.shape/c.scale - (c.k+c.shape)/(c.scale+weeks)
	return value, byK, byShape, byScale, -1 / (1 - c.gone)
}

// open returns the log-probability of so many weeks without an order, and its
// slopes, by k and shape as differences.
func (c rcCurve) open(weeks float64) (value, byK, byShape, byScale, byGone float64) {
	rho := c.scale / (c.scale + weeks)
	waiting := incompleteBeta(c.shape, c.k, rho)
	s := c.gone + (1-c.gone)*waiting
	stay := (1 - c.gone) / s
	const step = 1e-4
	byK = stay * (incompleteBeta(c.shape, c.k*(1+step), rho) - incompleteBeta(c.shape, c.k*(1-step), rho)) / (2 * step * c.k)
	byShape = stay * (incompleteBeta(c.shape*(1+step), c.k, rho) - incompleteBeta(c.shape*(1-step), c.k, rho)) / (2 * step * c.shape)
	density := math.Exp((c.shape-1)*math.Log(rho) + (c.k-1)*math.Log1p(-rho) - logBeta(c.shape, c.k))
	byScale = stay * density * weeks / ((c.scale + weeks) * (c.scale + weeks))
	return math.Log(s), byK, byShape, byScale, (1 - waiting) / s
}

func logBeta(a, b float64) float64 { return logGamma(a) + logGamma(b) - logGamma(a+b) }
