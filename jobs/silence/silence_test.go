package silence_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dangol/internal/sales"
	"dangol/jobs/silence"
)

// someDay is any date far from the zero date.
const someDay = sales.Date(15000)

// exponential is a Curve without a logarithm of its own.
type exponential float64

func (e exponential) Survival(days float64) float64 { return math.Exp(-days / float64(e)) }

// dead is a curve that expects the next order at once.
type dead struct{}

func (dead) Survival(days float64) float64 {
	if days <= 0 {
		return 1
	}
	return 0
}

func TestPSilentAndPLost(t *testing.T) {
	tests := []struct {
		name                 string
		curve                silence.Curve
		w, h                 float64
		wantSilent, wantLost float64
	}{
		{"fresh order", exponential(30), 0, 30, math.Exp(-1), math.Exp(-2)},
		{"half way", exponential(30), 30, 30, math.Exp(-1), math.Exp(-1)},
		{"order dated after as-of", exponential(30), -5, 30, math.Exp(-1), math.Exp(-2)},
		{"at two horizons", exponential(30), 60, 30, math.Exp(-1), 1},
		{"beyond two horizons", exponential(30), 900, 30, math.Exp(-1), 1},
		{"no horizon", exponential(30), 10, 0, 1, 1},
		{"curve at zero", dead{}, 10, 30, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := silence.PSilent(tt.curve, tt.w, tt.h); math.Abs(got-tt.wantSilent) > 1e-12 {
				t.Errorf("PSilent %v, want %v", got, tt.wantSilent)
			}
			if got := silence.PLost(tt.curve, tt.w, tt.h); math.Abs(got-tt.wantLost) > 1e-12 {
				t.Errorf("PLost %v, want %v", got, tt.wantLost)
			}
		})
	}
}

// TestUnderflow: a thousand orders a day apart, then silence. Whatever the data
// say the waiting part of S underflows, and the ratios stay probabilities.
func TestUnderflow(t *testing.T) {
	h := silence.History{AsOf: someDay + 5000}
	for i := range sales.Date(1000) {
		h.Days = append(h.Days, someDay+i)
	}
	nobodyLeaves := silence.MBG{K: 12, R: 1, Alpha: 1, A: 1e-4, B: 8000}
	c := nobodyLeaves.Curve(h)
	if s := c.Survival(4000); s <= 0 || s > 1e-6 {
		t.Errorf("S = %v", s)
	}
	if p := silence.PSilent(c, 4000, 30); p < .99 || p > 1 {
		t.Errorf("PSilent %v", p)
	}
	if p := silence.PLost(c, 0, 30); p > 1e-6 || math.IsNaN(p) {
		t.Errorf("PLost %v", p)
	}
}

func TestNewHistoryKeepsBuyingDays(t *testing.T) {
	days := []sales.Day{
		{Date: 100, Net: 5}, {Date: 101, Net: 0}, {Date: 102, Net: -3}, {Date: 110, Net: 7}, {Date: 111, Net: 9},
	}
	want := silence.History{Days: []sales.Date{100, 110}, Amounts: []sales.Money{5, 7}, AsOf: 110}
	if diff := cmp.Diff(want, silence.NewHistory(days, 110)); diff != "" {
		t.Error(diff)
	}
}

func TestHabit(t *testing.T) {
	tests := []struct {
		name    string
		days    []sales.Date
		want    silence.Habit
		horizon float64
	}{
		{"nobody", nil, silence.Habit{}, 30},
		{"one order", []sales.Date{100}, silence.Habit{Orders: 1}, 30},
		{"one date twice", []sales.Date{100, 100}, silence.Habit{Orders: 1}, 30},
		{"after as-of", []sales.Date{100, 110, 2000}, silence.Habit{Orders: 2, Median: 10, Mean: 10, P90: 10, Longest: 10}, 30},
		{"out of order", []sales.Date{150, 100, 130, 110}, silence.Habit{Orders: 4, Median: 20, Mean: 50. / 3, P90: 20, Longest: 20}, 60},
		{"percentile between", []sales.Date{100, 110, 140}, silence.Habit{Orders: 3, Median: 20, Mean: 20, P90: 28, Longest: 30}, 60},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := silence.History{Days: tt.days, AsOf: 1000}.Habit()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if got.Horizon() != tt.horizon {
				t.Errorf("horizon %v, want %v", got.Horizon(), tt.horizon)
			}
		})
	}
	h := silence.Habit{P90: 20, Mean: 25}
	if h.Beyond(25) || !h.Beyond(26) {
		t.Error("a silence is outside the habit from the day on that it is longer than mean and p90")
	}
}

func TestOrderOnAsOfClearsSilence(t *testing.T) {
	h := silence.History{Days: []sales.Date{100, 107, 114, 300}, AsOf: 300}
	if w := h.Silence(); w != 0 {
		t.Errorf("silence %v", w)
	}
	h.AsOf = 299
	if w := h.Silence(); w != 185 {
		t.Errorf("silence %v without the order of tomorrow, want 185", w)
	}
}

// drawHistory draws a customer of any habit.
func drawHistory(t *rapid.T) silence.History {
	h := silence.History{Days: []sales.Date{someDay}}
	usual := rapid.IntRange(1, 60).Draw(t, "usual gap")
	for range rapid.IntRange(0, 40).Draw(t, "repeats") {
		gap := rapid.IntRange(1, 2*usual).Draw(t, "gap")
		h.Days = append(h.Days, h.Days[len(h.Days)-1]+sales.Date(gap))
	}
	h.AsOf = h.Days[len(h.Days)-1] + sales.Date(rapid.IntRange(0, 400).Draw(t, "silence"))
	return h
}

// drawModel draws plausible parameters.
func drawModel(t *rapid.T) silence.MBG {
	return silence.MBG{
		K:     rapid.IntRange(1, 12).Draw(t, "k"),
		R:     rapid.Float64Range(.1, 5).Draw(t, "r"),
		Alpha: rapid.Float64Range(.3, 20).Draw(t, "alpha"),
		A:     rapid.Float64Range(.001, 2).Draw(t, "a"),
		B:     rapid.Float64Range(.3, 20).Draw(t, "b"),
	}
}

func TestCurveIsASurvivalCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkCurve(t, drawModel(t).Curve(drawHistory(t))) })
}

// checkCurve holds for every curve of every model.
func checkCurve(t *rapid.T, c silence.Curve) {
	if c.Survival(0) != 1 {
		t.Fatalf("S(0) = %v", c.Survival(0))
	}
	last := 1.0
	for u := 1.0; u < 3000; u *= 1.3 {
		s := c.Survival(u)
		if !(s >= 0 && s <= last+1e-12) {
			t.Fatalf("S(%v) = %v after %v", u, s, last)
		}
		if lc, ok := c.(silence.LogCurve); ok && math.Abs(math.Exp(lc.LogSurvival(u))-s) > 1e-9 {
			t.Fatalf("ln S(%v) = %v, S = %v", u, lc.LogSurvival(u), s)
		}
		last = s
	}
}

func TestPLostNeverFallsWithSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		checkPLost(t, drawModel(t).Curve(h), h.Habit().Horizon())
	})
}

func checkPLost(t *rapid.T, c silence.Curve, horizon float64) {
	last := 0.0
	for w := 0.0; w < 2.2*horizon; w++ {
		p := silence.PLost(c, w, horizon)
		if !(p >= last-1e-12 && p <= 1) || w >= 2*horizon && p != 1 {
			t.Fatalf("p_lost %v after %v days of silence, horizon %v, %v the day before", p, w, horizon, last)
		}
		last = p
	}
}

// published are fits to real shops, which bind tighter than any drawn numbers.
var published = []silence.MBG{
	silence.Prior(), btydPlus,
	{K: 1, R: .63713, Alpha: 7.31023, A: .807491, B: 1.22844},
	{K: 2, R: 1.3292, Alpha: 2.8126, A: .424716, B: .79004},
}

// TestPSilentRisesBeyondTheHabit: beyond the own p90 gap more silence never
// makes the next weeks look clearly better.
func TestPSilentRisesBeyondTheHabit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		if len(h.Days) < 3 {
			t.Skip("nobody is judged on fewer than three buying days")
		}
		habit := h.Habit()
		c := rapid.SampledFrom(published).Draw(t, "model").Curve(h)
		highest := 0.0
		for w := habit.P90; w < 1500; w++ {
			p := silence.PSilent(c, w, habit.Horizon())
			if p < highest-.02 {
				t.Fatalf("p_silent %v after %v days of silence, %v earlier; %+v", p, w, highest, habit)
			}
			highest = max(highest, p)
		}
	})
}

func TestOrderOfCustomersChangesNothing(t *testing.T) {
	_, histories := retailHistories(t, retailCut)
	want := silence.Fit(histories)
	shuffled := slices.Clone(histories)
	rand.New(rand.NewPCG(4, 2)).Shuffle(len(shuffled), func(i, j int) {
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	})
	for i := range shuffled { // the order of a customer's days changes nothing either
		shuffled[i].Days = slices.Clone(shuffled[i].Days)
		slices.Reverse(shuffled[i].Days)
		slices.Reverse(shuffled[i].Amounts)
	}
	if got := silence.Fit(shuffled); got != want {
		t.Errorf("fit %+v, in another order %+v", want, got)
	}
}

func TestSmallShopsGetThePrior(t *testing.T) {
	one := silence.History{Days: []sales.Date{someDay}, AsOf: someDay}
	same := silence.History{Days: []sales.Date{someDay, someDay, someDay}, AsOf: someDay + 400}
	young := plantShop(1, 300, 10, someDay, someDay+80, someDay+80)
	few := plantShop(1, 40, 5, someDay, someDay+400, someDay+400)
	tests := []struct {
		name      string
		histories []silence.History
		customers int
	}{
		{"nobody", nil, 0},
		{"nobody who bought", []silence.History{{AsOf: someDay}, {Days: []sales.Date{someDay + 1}, AsOf: someDay}}, 0},
		{"one customer", []silence.History{one}, 1},
		{"one date", []silence.History{same}, 1},
		{"a young shop", shopHistories(young, someDay+80), 310},
		{"a small shop", shopHistories(few, someDay+400), 45},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := silence.Prior()
			want.Customers = tt.customers
			if got := silence.Fit(tt.histories); got != want || !got.LowConfidence {
				t.Errorf("fit %+v, want %+v", got, want)
			}
		})
	}
}

// TestStrangeShops: whatever the data, parameters and odds are numbers.
func TestStrangeShops(t *testing.T) {
	daily := silence.History{AsOf: someDay + 5200}
	for i := range sales.Date(5000) {
		daily.Days = append(daily.Days, someDay+i)
	}
	tests := []struct {
		name string
		one  func(i int) silence.History
	}{
		{"all alike", func(int) silence.History {
			return silence.History{Days: []sales.Date{100, 107, 114, 121, 128, 135}, AsOf: 600}
		}},
		{"5,000 orders each", func(int) silence.History { return daily }},
		{"nobody leaves", func(i int) silence.History {
			h := silence.History{AsOf: 600}
			for d := sales.Date(100 + i%7); d <= 600; d += 7 {
				h.Days = append(h.Days, d)
			}
			return h
		}},
		{"one order each, one who buys daily", func(i int) silence.History {
			if i == 0 {
				return daily
			}
			return silence.History{Days: []sales.Date{someDay + sales.Date(i)}, AsOf: someDay + 5200}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var all []silence.History
			for i := range 60 {
				all = append(all, tt.one(i))
			}
			m := silence.Fit(all)
			for _, p := range []float64{m.R, m.Alpha, m.A, m.B} {
				if !(p > 0 && p < 1e4) {
					t.Fatalf("fit %+v", m)
				}
			}
			corrected := silence.FitCorrected(all)
			for _, h := range []silence.History{all[0], all[50], daily, {AsOf: 100}} {
				checkOdds(t, m, h)
				checkOdds(t, corrected.RC, h)
				checkOdds(t, corrected, h)
				if p := m.PAlive(h); !(p >= 0 && p <= 1) {
					t.Errorf("P(alive) %v of %d orders, fit %+v", p, len(h.Days), m)
				}
			}
		})
	}
}

func checkOdds(t *testing.T, m silence.Model, h silence.History) {
	t.Helper()
	c, w, horizon := m.Curve(h), h.Silence(), h.Habit().Horizon()
	for _, p := range []float64{silence.PLost(c, w, horizon), silence.PSilent(c, w, horizon)} {
		if !(p >= 0 && p <= 1) {
			t.Errorf("probability %v of %d orders, fit %+v", p, len(h.Days), m)
		}
	}
}

func TestNobodyLeavesIsFlagged(t *testing.T) {
	var all []silence.History
	random := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		h := silence.History{AsOf: someDay + 500}
		rate := 5 + 40*random.Float64()
		for at := random.Float64() * 60; at <= 500; at += 1 + random.ExpFloat64()*rate {
			h.Days = append(h.Days, someDay+sales.Date(at))
		}
		all = append(all, h)
	}
	if m := silence.Fit(all); !m.DropoutUnclear || m.LowConfidence {
		t.Errorf("fit %+v, want drop-out flagged as unclear", m)
	}
}
