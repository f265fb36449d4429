package sample

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"

	"dangol/internal/sales"
)

// dice is one stream of chance. Every customer and every topic has its own, so
// that a change in one place does not reshuffle the rest of the company.
type dice struct{ *rand.Rand }

func (b *builder) dice(topic string, n int) dice {
	h := fnv.New64a()
	h.Write([]byte(topic + strconv.Itoa(n)))
	return dice{rand.New(rand.NewPCG(b.Seed, h.Sum64()))}
}

// between returns a number in [low, high).
func (d dice) between(low, high float64) float64 { return low + (high-low)*d.Float64() }

// days returns a whole number of days in [low, high].
func (d dice) days(low, high int) sales.Date { return sales.Date(low + d.IntN(high-low+1)) }

// chance reports true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// erlang returns a waiting time of the given mean: the sum of shape exponential steps.
func (d dice) erlang(shape int, mean float64) float64 {
	product := 1.0
	for range shape {
		product *= 1 - d.Float64()
	}
	return -math.Log(product) * mean / float64(shape)
}

// around returns a lognormal factor of mean 1 and the given coefficient of variation.
func (d dice) around(cv float64) float64 {
	variance := math.Log(1 + cv*cv)
	return math.Exp(d.NormFloat64()*math.Sqrt(variance) - variance/2)
}
