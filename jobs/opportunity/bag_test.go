package opportunity

import (
	"slices"
	"testing"

	"dangol/internal/stat"

	"pgregory.net/rapid"
)

// TestBag: whatever comes and goes, the median is that of what is left.
func TestBag(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		may := rapid.SliceOf(rapid.SampledFrom([]float64{-2, 0, .1, .25, 1. / 3, 1, 7, 7.5, 1e9})).Draw(t, "may")
		b, left := newBag(slices.Clone(may)), []float64{}
		for _, v := range may {
			b.add(v, 1)
			left = append(left, v)
			if rapid.Bool().Draw(t, "leave") {
				at := rapid.IntRange(0, len(left)-1).Draw(t, "who")
				b.add(left[at], -1)
				left = slices.Delete(left, at, at+1)
			}
			if got, want := b.median(), stat.Median(left); got != want || b.n != len(left) {
				t.Fatalf("%v: median %g of %d, want %g", left, got, b.n, want)
			}
		}
	})
}
