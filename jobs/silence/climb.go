package silence

import (
	"math"

	"gonum.org/v1/gonum/optimize"
)

// climb maximises a log-likelihood over positive parameters whose logarithms
// stay within ±bound, from start, until the gradient per observation, in
// logarithms, is below the tolerance. at returns the value and fills in the
// slopes by each parameter. Without a value at start it returns start and −∞.
func climb(start []float64, bound, observations, tolerance float64,
	at func(parameters, slopes []float64) float64,
) ([]float64, float64) {
	c := &climber{bound: bound, observations: observations, at: at,
		parameters: make([]float64, len(start)), slopes: make([]float64, len(start))}
	settings := &optimize.Settings{
		GradientThreshold: tolerance,
		MajorIterations:   200,
		Converger:         &optimize.FunctionConverge{Absolute: 1e-12, Iterations: 5},
	}
	problem := optimize.Problem{Func: c.value, Grad: c.gradient}
	// An error here means the climb ended early; where it ended is in the result.
	result, _ := optimize.Minimize(problem, freed(start, bound), settings, &optimize.BFGS{})
	if result == nil || math.IsInf(result.F, 0) {
		return start, math.Inf(-1)
	}
	return bounded(result.X, bound), -result.F * observations
}

// climber lets an unbounded minimiser see a bounded maximum. It remembers its
// last answer, since the minimiser asks for value and gradient in turn.
type climber struct {
	bound, observations float64
	at                  func(parameters, slopes []float64) float64

	last, parameters, slopes []float64
	worth                    float64
	n                        int
}

// freed maps parameters within e^±bound to unbounded numbers.
func freed(p []float64, bound float64) []float64 {
	free := make([]float64, len(p))
	for i := range p {
		free[i] = bound * math.Atanh(min(max(math.Log(p[i])/bound, -.999), .999))
	}
	return free
}

// bounded maps unbounded numbers to parameters within e^±bound.
func bounded(free []float64, bound float64) []float64 {
	p := make([]float64, len(free))
	for i, u := range free {
		p[i] = math.Exp(bound * math.Tanh(u/bound))
	}
	return p
}

// slope is that of a parameter by its unbounded number.
func slope(p, free, bound float64) float64 {
	t := math.Tanh(free / bound)
	return p * (1 - t*t)
}

func (c *climber) evaluate(free []float64) {
	if c.last != nil && same(c.last, free) {
		return
	}
	c.last = append(c.last[:0], free...)
	c.parameters = bounded(free, c.bound)
	c.worth = c.at(c.parameters, c.slopes)
	c.n++
}

func same(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (c *climber) value(free []float64) float64 {
	c.evaluate(free)
	if math.IsNaN(c.worth) {
		return math.Inf(1)
	}
	return -c.worth / c.observations
}

func (c *climber) gradient(out, free []float64) {
	c.evaluate(free)
	for i, u := range free {
		out[i] = -c.slopes[i] * slope(c.parameters[i], u, c.bound) / c.observations
	}
}
