package declining

import (
	"cmp"
	"math"
	"slices"
)

const (
	// bodyShare and tailShare are the quantiles of the evidence between which the
	// tail of chance is learned: below, chance is counted; above, real declines
	// hide among the customers, and the tail is continued instead.
	bodyShare, tailShare = .75, .92
	// leastNull is the fewest customer-weeks that show what chance brings.
	leastNull = 500
)

// tail is how often chance alone brings so much evidence.
type tail struct {
	sorted []float32 // ascending; the body
	from   float64   // where the body ends
	rate   float64   // of the exponential tail beyond
}

func newTail(values []float32) tail {
	slices.Sort(values)
	n := len(values)
	low, high := int(bodyShare*float64(n)), int(tailShare*float64(n))
	t := tail{sorted: values, from: float64(values[low])}
	sum := 0.0
	for _, v := range values[low:] {
		sum += float64(min(v, values[high])) - t.from
	}
	t.rate = math.Inf(1)
	if sum > 0 {
		t.rate = float64(high-low) / sum
	}
	return t
}

// chance is the share of innocent customer-weeks with at least so much evidence.
func (t tail) chance(evidence float64) float64 {
	if evidence <= t.from {
		below, _ := slices.BinarySearch(t.sorted, float32(evidence))
		return max(1-bodyShare, 1-float64(below)/float64(len(t.sorted)))
	}
	if math.IsInf(t.rate, 1) {
		return 1 / float64(len(t.sorted))
	}
	return (1 - bodyShare) * math.Exp(-t.rate*(evidence-t.from))
}

// untested stands for the p of a customer who was not tested.
const untested = 2

// adjust returns the Benjamini–Hochberg adjusted p of each p: the share of false
// ones among all customers with at most that p. Those untested count for nothing.
func adjust(p []float64) []float64 {
	order := make([]int, 0, len(p))
	for i := range p {
		if p[i] != untested {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	for i := range adjusted {
		adjusted[i] = 1
	}
	least := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*float64(len(order))/float64(rank))
		adjusted[i] = least
	}
	return adjusted
}

// Odds of a decline by its evidence, as logarithms: fitted to panels in which
// 5 in 100 customers decline in a quarter of a year (internal/panel, seeds 1, 2).
const (
	oddsAtNone = -1.35
	oddsRise   = .68
)

// odds is the share of declines among customers with so much evidence.
func odds(evidence float64) float64 { return 1 / (1 + math.Exp(-oddsAtNone-oddsRise*evidence)) }
