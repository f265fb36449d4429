package declining

import (
	"math"
	"slices"
)

// windows are the lengths, in weeks, of the recent past that are held against
// the year before them: a decline may have begun at any of them.
var windows = [...]int{6, 9, 13, 18, 26}

// remains are the shares of the former rate or size that a decline is supposed
// to leave, a sharp one and a milder one; halves are what each leaves of the rate
// and of the sizes when both fall alike.
var (
	remains = [...]remain{newRemain(.4), newRemain(.6)}
	halves  = [...]remain{newRemain(math.Sqrt(.4)), newRemain(math.Sqrt(.6))}
)

// strata bounds the expected orders in a quarter of a year between which customers
// stray alike.
var strata = [...]float64{3.5, 7, 14, 28}

func stratum(expected float64) int {
	s, _ := slices.BinarySearch(strata[:], expected)
	return s
}

// The tests.
const (
	byOrders = iota
	bySizes
	byVolume
	tests
)

// favours say, as logarithms of odds, which kind of decline is looked for first.
// A fall of both alike is rarely loud enough and gets the smallest share of the
// false alarms.
var favours = [tests]float64{byOrders: math.Log(.41), bySizes: math.Log(.49), byVolume: math.Log(.1)}

// rare are the odds, as logarithms, in favour of customers who order less often
// than the first and the second bound, in orders a quarter of a year: their
// evidence is bounded by the few orders they can miss, and without these odds
// the frequent buyers would use up all the false alarms.
var rare = [...]struct{ below, favour float64 }{{6.5, .6}, {13, .3}}

const (
	// leastOrders is the fewest orders in a baseline.
	leastOrders = 4
	// pseudoOrders and pseudoBlocks shrink the own spread of amounts, and the own
	// dispersion of counts, to the population's.
	pseudoOrders, pseudoBlocks = 6, 6
	// leastDispersion and mostDispersion bound the own dispersion.
	leastDispersion, mostDispersion = .3, 8
	// negligible is a log-likelihood ratio that adds nothing to the others.
	negligible = -8
	// quarter is the length in weeks of the span in which habits are seen to drift.
	quarter = 13
	// block is the length in weeks of the spans whose counts show the dispersion.
	block = 4
	// strengthSpread is how far customers differ in how strongly they follow their
	// market, and strengthNoise the dispersion of their counts when that is learned.
	strengthSpread, strengthNoise = .5, .4
	// leastBlocks is the fewest blocks that show how strongly.
	leastBlocks = 6
	// mostStrength bounds it.
	mostStrength = 2.5
)

// population is what the own spreads are shrunk to, and how much wider than they
// say the company's customers stray in a quarter of a year.
type population struct {
	dispersion float64 // variance ÷ mean of the orders in four weeks
	spread     float64 // variance of ln amount
	strays     [len(strata) + 1]stray
}

// stray is by what factors the variance of counts, and of mean sizes, exceeds what
// blocks of four weeks and single orders let expect: habits drift.
type stray struct{ orders, sizes float64 }

// evidence says how much better a decline explains the last weeks than chance:
// for each test the logarithm of the likelihood ratio, averaged over windows and
// remains.
type evidence struct {
	ok       bool
	tests    [tests]float64
	window   [tests]int // the window that speaks most for a decline
	expected float64    // orders in 13 weeks
}

// loudest is the test that speaks most for a decline, and how much, the favours
// included.
func (e evidence) loudest() (most float64, test int) {
	most = math.Inf(-1)
	for t, l := range e.tests {
		if l+favours[t] > most {
			most, test = l+favours[t], t
		}
	}
	for _, r := range rare {
		if e.expected < r.below {
			return most + r.favour, test
		}
	}
	return most, test
}

// judgement weighs one customer.
type judgement struct {
	*track
	grid       grid
	control    *control
	population population
}

// window is one recent span against its baseline.
type window struct {
	weeks, base   int     // lengths
	before, after float64 // orders in the baseline and in the window
	expected      float64 // orders in the window, had the customer moved as its market
	share         float64 // of all the orders, expected in the window
	apart         float64 // mean ln amount against the baseline and the market
	noise         float64 // variance of apart; 0: unknown
	market        shift
}

// open holds the weeks before `to` against the year before them; false where
// there is too little to compare with.
func (j *judgement) open(weeks, to int) (window, bool) {
	start := to - weeks
	from := max(j.began, start-baseWeeks)
	w := window{weeks: weeks, base: start - from, before: j.orders.over(from, max(from, start))}
	if w.base < leastBase || w.before < leastOrders {
		return w, false
	}
	w.after = j.orders.over(start, to)
	w.market = j.control.move(from, start, start, to)
	w.expected = w.before * w.market.orders * float64(weeks) / float64(w.base)
	w.share = w.expected / (w.expected + w.before)
	if w.after > 0 {
		spread := (j.squares.over(from, to) + pseudoOrders*j.population.spread) / (w.before + w.after + pseudoOrders)
		w.apart = j.logs.over(start, to)/w.after - j.logs.over(from, start)/w.before - w.market.size
		w.noise = max(spread, .01) * (1/w.before + 1/w.after)
	}
	return w, true
}

// remain is a share that a decline is supposed to leave, with its logarithm.
type remain struct{ share, log float64 }

func newRemain(share float64) remain { return remain{share, math.Log(share)} }

// counts is the log-likelihood ratio of a rate that fell to a share of what was
// expected: binomial, given all orders, each of which counts as 1 ÷ dispersion.
func (w window) counts(left remain, dispersion float64) float64 {
	return (w.after*left.log - (w.before+w.after)*math.Log(1-w.share+w.share*left.share)) / dispersion
}

// sizes is the same for amounts that fell to a share: normal in logarithms.
func (w window) sizes(left remain) float64 {
	if w.noise == 0 {
		return 0
	}
	return (w.apart - left.log/2) * left.log / w.noise
}

// at weighs the weeks before `to`.
func (j *judgement) at(to int, dispersion float64) evidence {
	var e evidence
	var sums [tests]float64
	var best [tests]float64
	n := 0.0
	for _, weeks := range windows {
		w, ok := j.open(weeks, to)
		if !ok {
			continue
		}
		n += float64(len(remains))
		e.expected = w.expected * quarter / float64(weeks)
		stray := j.population.strays[stratum(e.expected)]
		w.noise *= stray.sizes
		dispersion := dispersion * stray.orders
		for i, left := range remains {
			half := halves[i]
			for test, l := range [tests]float64{w.counts(left, dispersion), w.sizes(left), w.counts(half, dispersion) + w.sizes(half)} {
				if e.window[test] == 0 { // also where nothing speaks for a decline, a window is told of
					e.window[test] = weeks
				}
				if l < negligible {
					continue
				}
				l = math.Exp(min(l, 200))
				sums[test] += l
				if l > best[test] {
					best[test], e.window[test] = l, weeks
				}
			}
		}
	}
	if e.ok = n > 0; e.ok {
		for test := range sums {
			e.tests[test] = math.Log(max(sums[test], 1e-4) / n)
		}
	}
	return e
}

// scores are how many standard deviations the last quarter of a year before `to`
// lies above what was expected, in orders and in sizes.
func (j *judgement) scores(to int, dispersion float64) (expected, orders, sizes float64, ok bool) {
	w, ok := j.open(quarter, to)
	if !ok || w.noise == 0 {
		return 0, 0, 0, false
	}
	return w.expected, (w.after - w.expected) / math.Sqrt(dispersion*w.expected*(1+w.expected/w.before)), w.apart / math.Sqrt(w.noise), true
}

// dispersion is the variance ÷ mean of the customer's orders in blocks of four
// weeks before `to`, the market's moves taken out; blocks is how many there are.
func (j *judgement) dispersion(to int) (index float64, blocks int) {
	from := max(j.began, to-baseWeeks)
	blocks = (to - from) / block
	if blocks < 2 {
		return 0, 0
	}
	from = to - blocks*block
	levels, sum := 0.0, 0.0
	var level [baseWeeks / block]float64
	for i := range blocks {
		start := from + i*block
		level[i] = j.marketLevel(start)
		levels += level[i]
		sum += j.orders.over(start, start+block)
	}
	if sum <= 0 || levels <= 0 {
		return 0, 0
	}
	for i := range blocks {
		start := from + i*block
		expected := max(1e-9, sum*level[i]/levels)
		off := j.orders.over(start, start+block) - expected
		index += off * off / expected
	}
	return index / float64(blocks-1), blocks
}

// marketLevel is the index of the customer's first group in one block of weeks.
func (j *judgement) marketLevel(start int) float64 {
	return j.control.paths[0].orders.over(start, start+block) / block
}

// strength is to which power the customer follows its market before `to`, as far
// as its own past shows: the most likely exponent of the multinomial of its orders
// in blocks of four weeks, drawn to 1, by three of Newton's steps.
func (j *judgement) strength(to int) float64 {
	blocks := (to - j.began) / block
	if blocks < leastBlocks {
		return 1
	}
	var levels [span / block]float64
	n, seen := 0.0, 0.0
	for i := range blocks {
		start := to - (blocks-i)*block
		levels[i] = math.Log(j.marketLevel(start))
		orders := j.orders.over(start, start+block)
		n += orders
		seen += orders * levels[i]
	}
	const pull = strengthNoise / (strengthSpread * strengthSpread)
	power := 1.0
	for range 3 {
		mean, variance := tilted(levels[:blocks], power)
		power += (seen - n*mean - pull*(power-1)) / (n*variance + pull)
		power = min(mostStrength, max(0, power))
	}
	return power
}

// tilted is the mean and the variance of values that are weighted by e to the
// power of so many times each.
func tilted(values []float64, power float64) (mean, variance float64) {
	sum, squares, weights := 0.0, 0.0, 0.0
	for _, v := range values {
		w := math.Exp(power * v)
		weights += w
		sum += w * v
		squares += w * v * v
	}
	mean = sum / weights
	return mean, max(0, squares/weights-mean*mean)
}

// shrunk is the own dispersion, shrunk to the population's.
func (j *judgement) shrunk(to int) float64 {
	own, blocks := j.dispersion(to)
	f := j.population.dispersion
	if blocks > 0 {
		f = (float64(blocks-1)*own + pseudoBlocks*f) / float64(blocks-1+pseudoBlocks)
	}
	return min(mostDispersion, max(leastDispersion, f))
}
