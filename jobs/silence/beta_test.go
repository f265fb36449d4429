package silence

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"
)

// drawShape draws a positive number of any size.
func drawShape(t *rapid.T, label string) float64 {
	return math.Exp(rapid.Float64Range(-8, 9).Draw(t, label))
}

func TestGammasAreTheLibrarys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawShape(t, "x")
		log, digamma := gammas(x)
		if want := logGamma(x); math.Abs(log-want) > 1e-12*(1+math.Abs(want)) {
			t.Fatalf("ln Γ(%v) = %v, want %v", x, log, want)
		}
		if want := mathext.Digamma(x); math.Abs(digamma-want) > 1e-10*(1+math.Abs(want)) { // as exact as the library is
			t.Fatalf("ψ(%v) = %v, want %v", x, digamma, want)
		}
		if _, next := gammas(x + 1); math.Abs(next-digamma-1/x) > 1e-12*(1+1/x) {
			t.Fatalf("ψ(%v) = %v, ψ one farther %v", x, digamma, next)
		}
	})
}

func TestBetaIsTheLibrarys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newBeta(drawShape(t, "a"), rapid.Float64Range(minK, maxK).Draw(t, "b"))
		x := rapid.Float64Range(1e-3, 1-1e-6).Draw(t, "x")
		want := mathext.RegIncBeta(d.a, d.b, x)
		if got := d.below(x, 1-x); math.Abs(got-want) > 1e-10*want {
			t.Fatalf("I_%v(%v, %v) = %v, want %v", x, d.a, d.b, got, want)
		}
		if got, _, _ := d.belowWithSlopes(x, 1-x); math.Abs(got-want) > 1e-10 {
			t.Fatalf("with slopes I_%v(%v, %v) = %v, want %v", x, d.a, d.b, got, want)
		}
	})
}

func TestSlopesOfBeta(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shapes := []float64{rapid.Float64Range(.1, 300).Draw(t, "a"), rapid.Float64Range(minK, maxK).Draw(t, "b")}
		x := rapid.Float64Range(.001, .999).Draw(t, "x")
		d := newBeta(shapes[0], shapes[1])
		_, byA, byB := d.belowWithSlopes(x, 1-x)
		checkSlopes(t, shapes, func(p []float64) float64 { return mathext.RegIncBeta(p[0], p[1], x) }, []float64{byA, byB})
	})
}
