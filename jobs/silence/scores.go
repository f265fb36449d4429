package silence

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// scorer returns the log-likelihood of one observation and adds its slopes.
type scorer func(i int, slopes []float64) float64

// climbByScores maximises the sum of the log-likelihoods of n observations, like
// climb, but takes the curvature from the observations' own slopes (Berndt, Hall,
// Hall & Hausman 1974), which needs far fewer passes over them. It ends when a
// step promises to add less than the promise.
func climbByScores(start []float64, bound, promise float64, n int, at func(p []float64) scorer) ([]float64, float64) {
	free := freed(start, bound)
	here := scoresAt(free, bound, n, at)
	for range mostSteps {
		step, gain := here.step()
		if !(gain > promise) {
			break
		}
		next, moved := here, false
		for share := 1.0; share > 1e-3 && !moved; share /= 2 {
			trial := make([]float64, len(free))
			for i := range free {
				trial[i] = free[i] + share*step[i]
			}
			if next = scoresAt(trial, bound, n, at); next.value > here.value {
				free, here, moved = trial, next, true
			}
		}
		if !moved {
			break
		}
	}
	return bounded(free, bound), here.value
}

// scores are the log-likelihood, its slopes by the unbounded numbers, and the sum
// of the products of each observation's slopes.
type scores struct {
	value    float64
	slopes   []float64
	products *mat.SymDense
}

func scoresAt(free []float64, bound float64, n int, at func(p []float64) scorer) scores {
	p := bounded(free, bound)
	size := len(p)
	s := scores{slopes: make([]float64, size)}
	one, sums := make([]float64, size), make([]float64, size*size)
	score := at(p)
	for i := range n {
		clear(one)
		s.value += score(i, one)
		for j, a := range one {
			s.slopes[j] += a
			for k, b := range one[:j+1] {
				sums[j*size+k] += a * b
			}
		}
	}
	s.products = mat.NewSymDense(size, nil)
	for j := range size {
		s.slopes[j] *= slope(p[j], free[j], bound)
		for k := range j + 1 {
			s.products.SetSym(j, k, sums[j*size+k]*slope(p[j], free[j], bound)*slope(p[k], free[k], bound))
		}
	}
	return s
}

const (
	// longestStep bounds the step of a parameter's logarithm.
	longestStep = 1.5
	// mostSteps end a climb along a ridge that leads nowhere; others take about ten.
	mostSteps = 20
)

// step returns the step to where the slopes would vanish, and how much it promises.
func (s *scores) step() (step []float64, gain float64) {
	size := len(s.slopes)
	step = make([]float64, size)
	for i := range size { // a parameter that does nothing stays where it is
		s.products.SetSym(i, i, s.products.At(i, i)*(1+1e-6)+1e-3)
	}
	var factor mat.Cholesky
	if !factor.Factorize(s.products) {
		return step, 0
	}
	if err := factor.SolveVecTo(mat.NewVecDense(size, step), mat.NewVecDense(size, s.slopes)); err != nil {
		return step, 0
	}
	longest := 0.0
	for i := range step {
		longest = max(longest, math.Abs(step[i]))
	}
	share := min(1, longestStep/longest)
	for i := range step {
		gain += step[i] * s.slopes[i] / 2 * share
		step[i] *= share
	}
	return step, gain
}
