package silence_test

import (
	"math"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/silence"

	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"
)

// The terms alone give the curve, by the formula that is documented.
func TestTermsGiveTheCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := silence.History{AsOf: 20000}
		at := h.AsOf
		for range rapid.IntRange(1, 40).Draw(t, "orders") {
			h.Days = append([]sales.Date{at}, h.Days...)
			at -= sales.Date(rapid.IntRange(1, 90).Draw(t, "gap"))
		}
		w := float64(rapid.IntRange(1, 500).Draw(t, "silence"))
		for name, one := range map[string]struct {
			terms silence.Terms
			curve silence.Curve
		}{
			"MBG": {silence.Prior().Terms(h), silence.Prior().Curve(h)},
			"RC":  {silence.PriorRC().Terms(h), silence.PriorRC().Curve(h)},
		} {
			x := one.terms.Scale / (one.terms.Scale + w/7)
			want := one.terms.Gone + (1-one.terms.Gone)*mathext.RegIncBeta(one.terms.Shape, one.terms.K, x)
			if got := one.curve.Survival(w); math.Abs(got-want) > 1e-9 {
				t.Errorf("%s: S(%g) = %g; the terms give %g", name, w, got, want)
			}
		}
		span := float64(h.Days[len(h.Days)-1]-h.Days[0]) / 7
		for name, terms := range map[string]silence.Terms{"MBG": silence.Prior().Terms(h), "RC": silence.PriorRC().Terms(h)} {
			if terms.Gaps != float64(len(h.Days)-1) || math.Abs(terms.Weeks-span) > 1e-9 { // nothing fades under the prior
				t.Errorf("%s: %g gaps of %g weeks; want %d, %g", name, terms.Gaps, terms.Weeks, len(h.Days)-1, span)
			}
		}
	})
}
