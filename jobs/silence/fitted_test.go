package silence_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/jobs/silence"
)

// fittedModels are Blends as they come out of a fit: to real customers with the
// correction kept, to those of a planted shop without, and the prior.
var fittedModels = sync.OnceValues(func() (map[string]silence.Blend, error) {
	invoices, err := retail.Invoices()
	if err != nil {
		return nil, err
	}
	_, histories := knownAt(invoices, retailCut)
	from := sales.NewDate(2025, 2, 4)
	return map[string]silence.Blend{
		"retail":  silence.FitBlend(histories),
		"planted": silence.FitBlend(shopHistories(plantShop(1, healthy, leavers, from-400, from, from), from)),
		"prior":   silence.FitBlend(nil),
	}, nil
})

func TestFittedModelsAreOfEachKind(t *testing.T) {
	models, err := fittedModels()
	if err != nil {
		t.Fatal(err)
	}
	if m := models["retail"]; !m.Own.Kept || m.LowConfidence() {
		t.Errorf("retail %+v, want the correction kept", m)
	}
	if m := models["planted"]; m.Own.Kept || m.LowConfidence() {
		t.Errorf("planted %+v, want no correction", m)
	}
	if m := models["prior"]; !m.LowConfidence() {
		t.Errorf("prior %+v", m)
	}
}

// drawFitted draws a fitted model.
func drawFitted(t *rapid.T) silence.Blend {
	models, err := fittedModels()
	if err != nil {
		t.Fatal(err)
	}
	return models[rapid.SampledFrom([]string{"planted", "prior", "retail"}).Draw(t, "fitted to")]
}

// drawCustomer draws a customer of any habit, now and then with a gap far out of
// it, and with amounts or without. Gaps still farther out, which no model was
// fitted to, can let p_silent fall a little more than it should.
func drawCustomer(t *rapid.T) silence.History {
	h := silence.History{Days: []sales.Date{someDay}}
	usual := rapid.IntRange(1, 60).Draw(t, "usual gap")
	for range rapid.IntRange(2, 40).Draw(t, "repeats") {
		longest := 2 * usual
		if rapid.IntRange(0, 9).Draw(t, "out of habit") == 9 {
			longest = 5 * usual
		}
		gap := rapid.IntRange(1, longest).Draw(t, "gap")
		h.Days = append(h.Days, h.Days[len(h.Days)-1]+sales.Date(gap))
	}
	h.AsOf = h.Days[len(h.Days)-1]
	if rapid.Bool().Draw(t, "amounts known") {
		for range h.Days {
			h.Amounts = append(h.Amounts, sales.Money(rapid.IntRange(1, 1e9).Draw(t, "amount")))
		}
	}
	return h
}

// TestFittedOddsNeverFall: with history and fit fixed, p_lost never falls as the
// silence grows and is 1 from two horizons on, the correction included.
func TestFittedOddsNeverFall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawCustomer(t)
		c := drawFitted(t).Curve(h)
		checkCurve(t, c)
		checkPLost(t, c, h.Habit().Horizon())
	})
}

// TestFittedPSilentRisesBeyondTheHabit: beyond the own p90 gap more silence never
// makes the next weeks look clearly better.
func TestFittedPSilentRisesBeyondTheHabit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawCustomer(t)
		habit, c := h.Habit(), drawFitted(t).Curve(h)
		highest := 0.0
		for w := habit.P90; w < 10*habit.Horizon(); w += max(1, habit.Horizon()/40) {
			p := silence.PSilent(c, w, habit.Horizon())
			if !(p >= highest-.02 && p <= 1) {
				t.Fatalf("p_silent %v after %v days of silence, %v earlier; %+v", p, w, highest, habit)
			}
			highest = max(highest, p)
		}
	})
}

// TestOrderOnAsOfClearsFittedOdds: whatever the silence was, after an order on
// the as-of date nothing is left of it.
func TestOrderOnAsOfClearsFittedOdds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawCustomer(t)
		h.AsOf += sales.Date(rapid.IntRange(1, 1000).Draw(t, "silence"))
		h.Days = append(slices.Clip(h.Days), h.AsOf)
		if h.Amounts != nil {
			h.Amounts = append(slices.Clip(h.Amounts), 1)
		}
		c, horizon := drawFitted(t).Curve(h), h.Habit().Horizon()
		if w := h.Silence(); w != 0 {
			t.Fatalf("silence %v", w)
		}
		if p, want := silence.PLost(c, 0, horizon), c.Survival(2*horizon); math.Abs(p-want) > 1e-12 {
			t.Fatalf("p_lost %v right after an order, S(2h) = %v", p, want)
		}
	})
}

func TestOrderOfCustomersChangesNoBlend(t *testing.T) {
	_, histories := retailHistories(t, retailCut)
	models, err := fittedModels()
	if err != nil {
		t.Fatal(err)
	}
	want := models["retail"]
	reversed := slices.Clone(histories)
	slices.Reverse(reversed)
	if got := silence.FitBlend(reversed); got != want {
		t.Errorf("fit %+v, in another order %+v", want, got)
	}
}

func TestBlendIsTheWeightedMean(t *testing.T) {
	models, err := fittedModels()
	if err != nil {
		t.Fatal(err)
	}
	m := models["planted"]
	h := silence.History{Days: []sales.Date{100, 110, 124, 131}, AsOf: 140}
	for _, days := range []float64{0, 5, 40, 400} {
		want := silence.MBGShare*m.MBG.Curve(h).Survival(days) + (1-silence.MBGShare)*m.Own.Curve(h).Survival(days)
		if got := m.Curve(h).Survival(days); math.Abs(got-want) > 1e-15 {
			t.Errorf("S(%v) = %v, want %v", days, got, want)
		}
	}
}
