package silence

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

const (
	// maxK ends the search for k. A larger k fits very regular buyers better and
	// then takes one skipped order for a loss.
	maxK = 12

	// Below these a shop cannot be learned from, and the prior serves.
	minRegulars     = 50
	minWeeks        = 26
	regularOrders   = 5
	regularDays     = 90
	minDropoutShare = 1e-3 // of A/(A+B), below which drop-out is not identifiable

	// startGroups bounds the groups that the first, rough search looks at.
	startGroups = 800
)

// starts are fixed, because a warm start from a k whose fit collapsed (nobody
// ever leaves) never finds its way back.
var starts = [][4]float64{{1, 1, 1, 1}, {.7, 4, .1, 1.5}, {1, 5, .5, 3}}

// Fit learns the model from all customers of a shop, as known at each history's
// AsOf. K is the most likely one up to 12 under which customers called lost in
// the shop's past came back no more often than was said. Fit always returns a
// usable model: with fewer than 50 regular customers or less than 26 weeks of
// history that is Prior. Histories without a buying day count for nothing.
func Fit(histories []History) MBG { return summarise(histories).fitMBG() }

func (s shop) fitMBG() MBG {
	if best, ok := s.mostLikely(); ok {
		best.DropoutUnclear = best.A/(best.A+best.B) < minDropoutShare
		return best
	}
	prior := Prior()
	prior.Customers = s.customers
	return prior
}

// mostLikely raises k until the likelihood falls, then lowers it until the
// shop's own past does not contradict what the model would have said.
// Not ok: there is too little to learn from.
func (s shop) mostLikely() (best MBG, ok bool) {
	if !s.learnable() {
		return MBG{}, false
	}
	var fits []MBG
	for k := 1; k <= maxK; k++ {
		fitted, ok := s.fit(k)
		if !ok || len(fits) > 0 && fitted.LogLikelihood <= fits[len(fits)-1].LogLikelihood {
			break
		}
		fits = append(fits, fitted)
	}
	if len(fits) == 0 {
		return MBG{}, false
	}
	chosen, past := len(fits)-1, s.pastEpisodes(1)
	for chosen > 0 && contradicted(fits[chosen], past) {
		chosen--
	}
	best = fits[chosen]
	best.LikeliestK = fits[len(fits)-1].K
	return best, true
}

// LogLikelihoodOf returns the log-likelihood of the histories under the model's
// parameters, for comparison with other implementations.
func (m MBG) LogLikelihoodOf(histories []History) float64 {
	sample := summarise(histories)
	value, _ := newLikelihood(sample.groups, m.K).at([4]float64{m.R, m.Alpha, m.A, m.B})
	return value + sample.offset(m.K)
}

// fit finds the most likely parameters for one k. A rough search over few
// groups finds where the starts lead; only where they differ is each followed
// to its end over all groups.
func (s shop) fit(k int) (MBG, bool) {
	rough := newLikelihood(thin(s.groups, startGroups), k)
	full := newLikelihood(s.groups, k)
	best := MBG{LogLikelihood: math.Inf(-1)}
	var tried [][4]float64
	for _, start := range starts {
		near := start
		if len(rough.groups) < len(full.groups) {
			near, _ = rough.maximise(start, 1e-4)
		}
		if alreadyTried(tried, near) {
			continue
		}
		tried = append(tried, near)
		found, value := full.maximise(near, 1e-7)
		value += s.offset(k)
		if value > best.LogLikelihood {
			best = MBG{K: k, R: found[0], Alpha: found[1], A: found[2], B: found[3],
				LogLikelihood: value, Customers: s.customers}
		}
	}
	return best, best.K != 0
}

// alreadyTried reports whether a start close to near was followed before.
func alreadyTried(tried [][4]float64, near [4]float64) bool {
	for _, t := range tried {
		far := false
		for i := range t {
			far = far || math.Abs(math.Log(t[i]/near[i])) > .1
		}
		if !far {
			return true
		}
	}
	return false
}

// thin returns at most limit groups, evenly spread over the sorted ones.
func thin(groups []group, limit int) []group {
	if len(groups) <= limit {
		return groups
	}
	stride := (len(groups) + limit - 1) / limit
	var few []group
	for i := stride / 2; i < len(groups); i += stride {
		few = append(few, groups[i])
	}
	return few
}

// maxLog bounds the logarithm of every parameter.
const maxLog = 9.0

// maximise climbs from start until the gradient per customer, in logarithms of
// the parameters, is below the tolerance.
func (l *likelihood) maximise(start [4]float64, tolerance float64) ([4]float64, float64) {
	found, value := climb(start[:], maxLog, l.customers, tolerance, func(p, slopes []float64) float64 {
		value, gradient := l.at([4]float64(p))
		copy(slopes, gradient[:])
		return value
	})
	return [4]float64(found), value
}

// likelihood is ln L of the groups for one k, without the part that no
// parameter moves (see shop.offset).
type likelihood struct {
	groups    []group
	k         int
	customers float64
}

func newLikelihood(groups []group, k int) *likelihood {
	l := &likelihood{groups: groups, k: k}
	for _, g := range groups {
		l.customers += g.count
	}
	return l
}

// at returns ln L and its derivatives by r, α, a and b.
func (l *likelihood) at(p [4]float64) (value float64, gradient [4]float64) {
	constant := newShopTerms(p)
	var same repeatTerms
	for i, g := range l.groups {
		if i == 0 || g.repeats != l.groups[i-1].repeats {
			same = newRepeatTerms(p, constant, l.k, g.repeats)
		}
		one, slopes := same.customer(p, l.k, g)
		value += g.count * one
		for j := range gradient {
			gradient[j] += g.count * slopes[j]
		}
	}
	return value, gradient
}

// shopTerms are the parts that are the same for every customer.
type shopTerms struct {
	logAlpha              float64
	gammaR, digammaR      float64
	gammaB, digammaB      float64
	gammaSum, digammaSum2 float64
}

func newShopTerms(p [4]float64) shopTerms {
	r, alpha, a, b := p[0], p[1], p[2], p[3]
	return shopTerms{
		logAlpha: math.Log(alpha),
		gammaR:   logGamma(r), digammaR: mathext.Digamma(r),
		gammaB: logGamma(b), digammaB: mathext.Digamma(b),
		gammaSum: logGamma(a + b), digammaSum2: mathext.Digamma(a + b),
	}
}

// repeatTerms are the parts that depend on the number of repeats alone:
// r ln α − ln Γ(r) + ln Γ(c) + ln B(a,b+x) − ln B(a,b), and the probability D
// of having left with the last buying day.
type repeatTerms struct {
	shape          float64 // c = r + kx
	value          float64
	gradient       [4]float64
	gone           float64 // D = a/(a+b+x)
	goneByA, goneB float64
}

func newRepeatTerms(p [4]float64, s shopTerms, k, repeats int) repeatTerms {
	r, alpha, a, b := p[0], p[1], p[2], p[3]
	x := float64(repeats)
	c, all := r+float64(k)*x, a+b+x
	digammaAll := mathext.Digamma(all)
	return repeatTerms{
		shape: c,
		value: r*s.logAlpha - s.gammaR + logGamma(c) +
			(logGamma(b+x) - s.gammaB) - (logGamma(all) - s.gammaSum),
		gradient: [4]float64{
			s.logAlpha - s.digammaR + mathext.Digamma(c),
			r / alpha,
			s.digammaSum2 - digammaAll,
			mathext.Digamma(b+x) - s.digammaB - digammaAll + s.digammaSum2,
		},
		gone:    a / all,
		goneByA: (b + x) / (all * all),
		goneB:   -a / (all * all),
	}
}

// customer adds what depends on the last repeat and the age:
// −c ln A + ln(D + (1−D)·q) with A = α+tx and q the probability that the open
// gap, were the customer still there, is as long as it is.
func (t *repeatTerms) customer(p [4]float64, k int, g group) (float64, [4]float64) {
	scale := p[1] + g.span
	logScale := math.Log(scale)
	value, gradient := t.value-t.shape*logScale, t.gradient
	gradient[0] -= logScale
	gradient[1] -= t.shape / scale
	if g.open == 0 { // q = 1
		return value, gradient
	}
	q, qByShape, qByScale := waiting(scale, t.shape, g.open, k)
	mixed := t.gone + (1-t.gone)*q
	gradient[0] += (1 - t.gone) * qByShape / mixed
	gradient[1] += (1 - t.gone) * qByScale / mixed
	gradient[2] += (1 - q) * t.goneByA / mixed
	gradient[3] += (1 - q) * t.goneB / mixed
	return value + math.Log(mixed), gradient
}

// waiting returns q(open) = I_{A/(A+open)}(c, k) and its derivatives by c and A.
func waiting(scale, shape, open float64, k int) (q, byShape, byScale float64) {
	logRho := -math.Log1p(open / scale)
	z := open / (scale + open)
	term, sum := 1.0, 1.0
	harmonic, weighted := 0.0, 0.0
	for j := 1; j < k; j++ {
		at := shape + float64(j-1)
		term *= z * at / float64(j)
		harmonic += 1 / at
		sum += term
		weighted += term * harmonic
	}
	next := term * z * (shape + float64(k-1)) / float64(k)
	power := math.Exp(shape * logRho)
	q = power * sum
	return q, q*logRho + power*weighted, power * float64(k) * next / scale
}

func logGamma(x float64) float64 {
	value, _ := math.Lgamma(x)
	return value
}
