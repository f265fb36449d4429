package main

import (
	"math"
	"slices"
	"sort"
)

// guess is one prediction and what came of it.
type guess struct {
	score float64 // higher: more likely gone
	gone  bool
}

// auc is the probability that a customer who is gone scores above one who is
// not; ties count half.
func auc(guesses []guess) float64 {
	sorted := slices.Clone(guesses)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].score < sorted[j].score })
	ranks, gone := 0.0, 0.0
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j].score == sorted[i].score {
			j++
		}
		for _, g := range sorted[i:j] {
			if g.gone {
				ranks += float64(i+j+1) / 2
				gone++
			}
		}
		i = j
	}
	there := float64(len(sorted)) - gone
	return (ranks - gone*(gone+1)/2) / (gone * there)
}

// averagePrecision is the mean, over those who are gone, of the precision of
// naming everyone who scores at least as high.
func averagePrecision(guesses []guess) float64 {
	sorted := slices.Clone(guesses)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].score > sorted[j].score })
	sum, gone := 0.0, 0.0
	for i := 0; i < len(sorted); {
		j, found := i, 0.0
		for j < len(sorted) && sorted[j].score == sorted[i].score {
			if sorted[j].gone {
				found++
			}
			j++
		}
		gone += found
		sum += found * gone / float64(j)
		i = j
	}
	return sum / gone
}

// brier is the mean squared error of the scores as probabilities.
func brier(guesses []guess) float64 {
	sum := 0.0
	for _, g := range guesses {
		sum += (g.score - truth(g)) * (g.score - truth(g))
	}
	return sum / float64(len(guesses))
}

// calibrationError is the mean distance of what was said from what came, over
// six bins of equally many predictions.
func calibrationError(guesses []guess) float64 {
	const bins = 6
	sorted := slices.Clone(guesses)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].score < sorted[j].score })
	off := 0.0
	for b := range bins {
		bin := sorted[b*len(sorted)/bins : (b+1)*len(sorted)/bins]
		said, came := 0.0, 0.0
		for _, g := range bin {
			said += g.score
			came += truth(g)
		}
		off += math.Abs(said - came)
	}
	return off / float64(len(sorted))
}

func truth(g guess) float64 {
	if g.gone {
		return 1
	}
	return 0
}
