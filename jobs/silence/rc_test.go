package silence_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dangol/internal/sales"
	"dangol/jobs/silence"
)

func drawRC(t *rapid.T) silence.RC {
	return silence.RC{
		R:     rapid.Float64Range(.001, 5).Draw(t, "r"),
		Alpha: rapid.Float64Range(.3, 20).Draw(t, "alpha"),
		K0:    rapid.Float64Range(.3, 12).Draw(t, "k0"),
		M:     rapid.Float64Range(.001, 40).Draw(t, "m"),
		A:     rapid.Float64Range(.001, 2).Draw(t, "a"),
		B:     rapid.Float64Range(.001, 20).Draw(t, "b"),
		Decay: rapid.SampledFrom([]float64{1, .9, .8, .7}).Draw(t, "decay"),
		Cap:   12,
	}
}

func TestRCIsASurvivalCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		c := drawRC(t).Curve(h)
		checkCurve(t, c)
		checkPLost(t, c, h.Habit().Horizon())
	})
}

func TestCorrectedIsASurvivalCurve(t *testing.T) {
	_, histories := retailHistories(t, retailCut)
	m := silence.FitCorrected(histories)
	if !m.Kept || m.LowConfidence || m.Cap != 12 {
		t.Fatalf("fit %+v, want the correction kept", m)
	}
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		for range h.Days {
			h.Amounts = append(h.Amounts, sales.Money(rapid.IntRange(1, 1e9).Draw(t, "amount")))
		}
		c := m.Curve(h)
		checkCurve(t, c)
		checkPLost(t, c, h.Habit().Horizon())
	})
}

// TestRecentGapsCount: of two customers with the same gaps in another order, the
// one whose last gaps are short is expected back sooner.
func TestRecentGapsCount(t *testing.T) {
	m := silence.RC{R: .1, Alpha: 2, K0: 2, M: 5, A: .5, B: 3, Decay: .7, Cap: 12}
	faster := silence.History{Days: []sales.Date{100, 130, 160, 167, 174, 181}, AsOf: 200}
	slower := silence.History{Days: []sales.Date{100, 107, 114, 121, 151, 181}, AsOf: 200}
	if f, s := m.Curve(faster).Survival(19), m.Curve(slower).Survival(19); f >= s-.1 {
		t.Errorf("S %v of who buys ever faster, %v of who buys ever slower", f, s)
	}
	m.Decay = 1
	if f, s := m.Curve(faster).Survival(19), m.Curve(slower).Survival(19); math.Abs(f-s) > 1e-9 {
		t.Errorf("S %v and %v, though nothing fades", f, s)
	}
}

func TestOrderOfCustomersChangesNoCorrection(t *testing.T) {
	_, histories := retailHistories(t, retailCut)
	want := silence.FitCorrected(histories)
	reversed := slices.Clone(histories)
	slices.Reverse(reversed)
	if got := silence.FitCorrected(reversed); got != want {
		t.Errorf("fit %+v, in another order %+v", want, got)
	}
}

func TestSmallShopsGetThePriorOfRC(t *testing.T) {
	few := plantShop(1, 40, 5, someDay, someDay+400, someDay+400)
	for _, histories := range [][]silence.History{nil, shopHistories(few, someDay+400)} {
		m := silence.FitCorrected(histories)
		if m.RC != silence.PriorRC() || m.Kept || !m.LowConfidence {
			t.Errorf("fit %+v", m)
		}
		c := m.Curve(silence.History{Days: []sales.Date{100, 110}, AsOf: 200})
		if p := silence.PLost(c, 90, 60); !(p > 0 && p < 1) {
			t.Errorf("p_lost %v", p)
		}
	}
}

// TestPlantedShopOfRC: RC takes the regular buyers for clockworks, and its cap
// keeps it from calling them lost after one skipped order. Nobody here left long
// ago, so that no correction can be proved.
func TestPlantedShopOfRC(t *testing.T) {
	r := plantAndJudge(func(h []silence.History) silence.Model {
		m := silence.FitCorrected(h)
		if m.Kept {
			t.Errorf("correction kept, learned from a handful of losses")
		}
		return m
	}, 1)
	if r.afterOne > 0 || r.afterMore > 1 || len(r.silent[7]) != leavers/2 || len(r.silent[14]) != leavers/2 {
		t.Errorf("%+v", r)
	}
	if latest := r.silent[7][leavers/2-1]; latest > 28 {
		t.Errorf("buying every week: called lost after %d days", latest)
	}
}
