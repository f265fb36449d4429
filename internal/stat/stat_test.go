package stat_test

import (
	"math"
	"slices"
	"testing"

	"dangol/internal/stat"
)

func TestMedian(t *testing.T) {
	values := []int64{9, 1, 4, 2}
	if got := stat.Median(values); got != 3 {
		t.Errorf("median %g, want 3", got)
	}
	if !slices.Equal(values, []int64{9, 1, 4, 2}) {
		t.Errorf("the values were moved: %v", values)
	}
	if got := stat.Median([]float64{5, 1, .5}); got != 1 {
		t.Errorf("median %g, want 1", got)
	}
	if got := stat.Median[float64](nil); got != 0 {
		t.Errorf("median of none %g", got)
	}
}

// poisson adds up the terms mean^k/k!·e^−mean.
func poisson(n int, mean float64) float64 {
	sum, term := 0.0, math.Exp(-mean)
	for k := range n + 1 {
		if k > 0 {
			term *= mean / float64(k)
		}
		sum += term
	}
	return sum
}

func TestChances(t *testing.T) {
	for _, c := range []struct {
		n            int
		mean, spread float64
	}{{0, 3, 1}, {3, 3, 1}, {7, 3, 0}, {4, 8, 2}, {12, 30, 3}} {
		spread := max(1, c.spread)
		low := poisson(int(float64(c.n)/spread), c.mean/spread)
		if got := stat.AtMost(float64(c.n), c.mean, c.spread); math.Abs(got-low) > 1e-12 {
			t.Errorf("P(X ≤ %d | %g, %g) = %g, want %g", c.n, c.mean, c.spread, got, low)
		}
		high := 1.0
		if c.n > 0 {
			high -= poisson(int(math.Ceil(float64(c.n)/spread))-1, c.mean/spread)
		}
		if got := stat.AtLeast(float64(c.n), c.mean, c.spread); math.Abs(got-high) > 1e-12 {
			t.Errorf("P(X ≥ %d | %g, %g) = %g, want %g", c.n, c.mean, c.spread, got, high)
		}
	}
	if stat.AtMost(0, 0, 1) != 1 || stat.AtLeast(1, 0, 1) != 0 || stat.AtLeast(0, 0, 1) != 1 {
		t.Error("of nothing nothing is expected")
	}
}

func TestQuantile(t *testing.T) {
	for _, share := range []float64{.1, .5, .9} {
		k := stat.Quantile(4, share)
		if poisson(int(k), 4) < share || k > 0 && poisson(int(k)-1, 4) >= share {
			t.Errorf("quantile %g of mean 4: %g", share, k)
		}
	}
	if stat.Quantile(0, .9) != 0 {
		t.Error("of nothing nothing is expected")
	}
}
