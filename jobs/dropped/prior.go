package dropped

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// beta is a distribution of the share of a customer's orders that hold a product.
type beta struct{ a, b float64 }

func (d beta) mean() float64 { return d.a / (d.a + d.b) }

// after returns the distribution once so many orders with and without it were
// seen.
func (d beta) after(hits, misses float64) beta { return beta{d.a + hits, d.b + misses} }

// none returns ln P(none of the next m orders holds it):
// ln B(a, b+m) − ln B(a, b). m need not be whole.
func (d beta) none(m float64) float64 {
	return lgamma(d.b+m) - lgamma(d.b) - lgamma(d.a+d.b+m) + lgamma(d.a+d.b)
}

func lgamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

// evenChance stands where there is nothing to learn from.
var evenChance = beta{1, 1}

const (
	// leastPairs is the fewest pairs from which a distribution is learned.
	leastPairs = 20
	// ownPairs is how many pairs of a product weigh as much as all products together.
	ownPairs = 5
	// fitSteps and fitGain bound the fixed-point iteration.
	fitSteps = 200
	fitGain  = 1e-6
)

// count is how often one combination of hits and misses occurs.
type count struct{ hits, misses, pairs float64 }

// counts groups pairs with the same hits and misses, in a fixed order.
func counts(pairs []pair) []count {
	seen := map[[2]int]float64{}
	for i := range pairs {
		h, m := pairs[i].between()
		seen[[2]int{h, m}]++
	}
	list := make([]count, 0, len(seen))
	for k, n := range seen {
		list = append(list, count{float64(k[0]), float64(k[1]), n})
	}
	slices.SortFunc(list, func(a, b count) int {
		return cmp.Or(cmp.Compare(a.hits, b.hits), cmp.Compare(a.misses, b.misses))
	})
	return list
}

// fitBeta is the most likely beta-binomial distribution of the pairs' shares,
// by Minka's fixed-point iteration ("Estimating a Dirichlet distribution", 2000).
func fitBeta(pairs []pair) beta {
	if len(pairs) < leastPairs {
		return evenChance
	}
	list, d := counts(pairs), evenChance
	for range fitSteps {
		var up, down, all float64
		for _, c := range list {
			up += c.pairs * (mathext.Digamma(d.a+c.hits) - mathext.Digamma(d.a))
			down += c.pairs * (mathext.Digamma(d.b+c.misses) - mathext.Digamma(d.b))
			all += c.pairs * (mathext.Digamma(d.a+d.b+c.hits+c.misses) - mathext.Digamma(d.a+d.b))
		}
		if all == 0 {
			return evenChance
		}
		next := beta{clamp(d.a*up/all, .05, 200), clamp(d.b*down/all, .05, 200)}
		moved := math.Abs(next.a-d.a) + math.Abs(next.b-d.b)
		d = next
		if moved < fitGain*(d.a+d.b) {
			break
		}
	}
	return d
}

func clamp(x, low, high float64) float64 { return min(max(x, low), high) }

// own moves a distribution's mean to that of one product's pairs, as far as they
// are many; its width stays, since one product has too few pairs to tell it.
func (d beta) own(all []pair, own []int) beta {
	sum, n := ownPairs*d.mean(), float64(ownPairs)
	for _, at := range own {
		h, m := all[at].between()
		sum += d.after(float64(h), float64(m)).mean()
		n++
	}
	mean, width := sum/n, d.a+d.b
	return beta{mean * width, (1 - mean) * width}
}
