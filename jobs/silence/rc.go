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
	roughEpisodes = 1500
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
	return newRCCurve(k, m.R+k*s.count, m.Alpha/k+s.weighted, m.A/(m.A+m.B+s.repeats))
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
	beta                  beta // of shape and k
}

func newRCCurve(k, shape, scale, gone float64) rcCurve {
	return rcCurve{k: k, shape: shape, scale: scale, gone: gone, beta: newBeta(shape, k)}
}

// Survival implements Curve.
func (c rcCurve) Survival(days float64) float64 { return c.survival(days) }

func (c *rcCurve) survival(days float64) float64 {
	if days <= 0 {
		return 1
	}
	weeks := days / week
	all := c.scale + weeks
	return c.gone + (1-c.gone)*c.beta.below(c.scale/all, weeks/all)
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
	past := s.pastEpisodes(best.Decay)
	for _, best.Cap = range caps {
		if !contradicted(best, past) {
			break
		}
	}
	return best
}

// mostLikelyRC finds the parameters for each decay on few silences, which are
// enough for that, and compares the decays on all of them; then it finds the
// parameters on all.
func (s shop) mostLikelyRC() (best RC, ok bool) {
	best.LogLikelihood = math.Inf(-1)
	prior := PriorRC()
	start := prior.free()
	var pauses []pause
	for _, decay := range decays {
		all := s.pauses(decay)
		start = climbRC(start, few(all, roughEpisodes), decay, .1).free()
		if value := rcLikelihood(start, all, make([]float64, len(start))); value > best.LogLikelihood {
			best, pauses = rcOf(start, decay, value, len(all)), all
		}
	}
	if len(pauses) == 0 {
		return best, false
	}
	return climbRC(best.free(), pauses, best.Decay, .001), true
}

// free returns the parameters in the order in which they are fitted.
func (m RC) free() []float64 { return []float64{m.R, m.Alpha, m.K0, m.M, m.A, m.B} }

// climbRC maximises the likelihood of the silences from a start, until another
// step would add less than the promise to its logarithm.
func climbRC(start []float64, pauses []pause, decay, promise float64) RC {
	found, value := climbByScores(start, maxLogRC, promise, len(pauses), func(p []float64) scorer {
		k0 := p[2]
		spread0, spread0ByK0 := math.Log(k0)-mathext.Digamma(k0), 1/k0-mathext.Zeta(2, k0)
		return func(i int, slopes []float64) float64 { return pauses[i].likelihood(p, spread0, spread0ByK0, slopes) }
	})
	return rcOf(found, decay, value, len(pauses))
}

func rcOf(p []float64, decay, value float64, episodes int) RC {
	return RC{R: p[0], Alpha: p[1], K0: p[2], M: p[3], A: p[4], B: p[5],
		Decay: decay, Cap: maxK, LogLikelihood: value, Episodes: episodes}
}

// LogLikelihoodOf returns the log-likelihood of the histories' silences, Cap left
// aside, and how many there are, for comparison with other implementations.
func (m RC) LogLikelihoodOf(histories []History) (value float64, episodes int) {
	pauses := summarise(histories).pauses(m.Decay)
	p := []float64{m.R, m.Alpha, m.K0, m.M, m.A, m.B}
	return rcLikelihood(p, pauses, make([]float64, len(p))), len(pauses)
}

// silences returns the customers whose silences a fit looks at, and the draw that
// says which: of those that began with a third buying day or a later one, at most
// maxEpisodes.
func (s shop) silences() ([]trace, *lots) {
	customers := s.judgeable(pastCustomers)
	count := 0
	for i := range customers {
		count += customers[i].repeats + 1 - minKnownGaps
	}
	return customers, newLots(maxEpisodes, count)
}

// pauses lists the silences a fit looks at, those that have lasted a day or more.
func (s shop) pauses(decay float64) []pause {
	customers, turn := s.silences()
	var all []pause
	for i := range customers {
		all = customers[i].appendPauses(all, decay, turn)
	}
	return all
}

func (t trace) appendPauses(all []pause, decay float64, turn *lots) []pause {
	var s recent
	for i := range t.days {
		next, ended := float64(t.open)/week, false
		if i+1 < len(t.days) {
			next, ended = float64(t.days[i+1]-t.days[i])/week, true
		}
		logNext := math.Log(max(next, 1e-9))
		if i >= minKnownGaps && turn.take() && next > 0 {
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
	c := newRCCurve(k, r+k*e.count, alpha/k+e.weighted, a/(a+b+e.repeats))
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

func (c *rcCurve) outcome(e *pause) (value, byK, byShape, byScale, byGone float64) {
	if e.ended {
		return c.gap(e.weeks, e.logWeeks)
	}
	return c.open(e.weeks)
}

// gap returns the log-density of an order after so many weeks, and its slopes.
func (c *rcCurve) gap(weeks, logWeeks float64) (value, byK, byShape, byScale, byGone float64) {
	logScale, logAll := math.Log(c.scale), math.Log(c.scale+weeks)
	b := &c.beta
	value = math.Log1p(-c.gone) - b.log + (c.k-1)*logWeeks + c.shape*logScale - (c.k+c.shape)*logAll
	byK = b.digammaSum - b.digammaB + logWeeks - logAll
	byShape = b.digammaSum - b.digammaA + logScale - logAll
	byScale = c.shape/c.scale - (c.k+c.shape)/(c.scale+weeks)
	return value, byK, byShape, byScale, -1 / (1 - c.gone)
}

// open returns the log-probability of so many weeks without an order, and its
// slopes.
func (c *rcCurve) open(weeks float64) (value, byK, byShape, byScale, byGone float64) {
	all := c.scale + weeks
	rho, rest := c.scale/all, weeks/all
	waiting, byShape, byK := c.beta.belowWithSlopes(rho, rest)
	s := c.gone + (1-c.gone)*waiting
	stay := (1 - c.gone) / s
	density := math.Exp((c.shape-1)*math.Log(rho) + (c.k-1)*math.Log(rest) - c.beta.log)
	byScale = stay * density * weeks / (all * all)
	return math.Log(s), stay * byK, stay * byShape, byScale, (1 - waiting) / s
}
