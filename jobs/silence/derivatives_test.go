package silence

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"dangol/internal/sales"
)

// checkSlopes holds the slopes of a function against differences of its values.
func checkSlopes(t *rapid.T, at []float64, value func(p []float64) float64, slopes []float64) {
	for i := range at {
		const step = 1e-5
		up, down := append([]float64{}, at...), append([]float64{}, at...)
		up[i], down[i] = at[i]*(1+step), at[i]*(1-step)
		want := (value(up) - value(down)) / (2 * step * at[i])
		if math.Abs(slopes[i]-want) > 1e-4*(1+math.Abs(want)) {
			t.Fatalf("slope %d at %v: %v, differences say %v", i, at, slopes[i], want)
		}
	}
}

func TestSlopesOfMBG(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Float64Range(.05, 20)
		p := []float64{draw.Draw(t, "r"), draw.Draw(t, "alpha"), draw.Draw(t, "a"), draw.Draw(t, "b")}
		g := group{count: 3, repeats: rapid.IntRange(0, 50).Draw(t, "x"), open: rapid.Float64Range(0, 60).Draw(t, "open")}
		if g.repeats > 0 {
			g.span = rapid.Float64Range(.2, 200).Draw(t, "span")
		}
		l := newLikelihood([]group{g}, rapid.IntRange(1, 12).Draw(t, "k"))
		value := func(p []float64) float64 { v, _ := l.at([4]float64(p)); return v }
		_, slopes := l.at([4]float64(p))
		checkSlopes(t, p, value, slopes[:])
	})
}

func TestSlopesOfRC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Float64Range(.1, 8)
		p := make([]float64, 6)
		for i := range p {
			p[i] = draw.Draw(t, "parameter")
		}
		e := pause{ended: rapid.Bool().Draw(t, "ended"), weeks: rapid.Float64Range(.2, 40).Draw(t, "weeks")}
		e.logWeeks = math.Log(e.weeks)
		for range rapid.IntRange(2, 20).Draw(t, "gaps") {
			gap := rapid.Float64Range(.2, 10).Draw(t, "gap")
			e.add(gap, math.Log(gap), .8)
		}
		e.spread = e.recent.spread()
		pauses := []pause{e}
		value := func(p []float64) float64 { return rcLikelihood(p, pauses, make([]float64, 6)) }
		slopes := make([]float64, 6)
		rcLikelihood(p, pauses, slopes)
		checkSlopes(t, p, value, slopes)
	})
}

// TestTwoWaysToWait: for a whole k the sum of MBG and the incomplete beta
// function of RC are the same probability.
func TestTwoWaysToWait(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 12).Draw(t, "k")
		shape := rapid.Float64Range(.1, 300).Draw(t, "shape")
		scale := rapid.Float64Range(.1, 300).Draw(t, "scale")
		days := rapid.Float64Range(0, 2000).Draw(t, "days")
		sum := mbgCurve{k: k, shape: shape, scale: scale, gone: .1}.Survival(days)
		beta := rcCurve{k: float64(k), shape: shape, scale: scale, gone: .1}.Survival(days)
		if math.Abs(sum-beta) > 1e-9 {
			t.Fatalf("S %v and %v", sum, beta)
		}
	})
}

// TestPlainCorrectionChangesNothing at the edges of the bins.
func TestPlainCorrectionChangesNothing(t *testing.T) {
	base := rcCurve{k: 2.5, shape: 8, scale: 9, gone: .05}
	v := newView([]float64{20, 30, 25}, []float64{20, 25, 30}, nil)
	corrected := plain().curve(base, v)
	for _, edge := range edges {
		days := edge * v.horizon
		if want, got := base.Survival(days), corrected.Survival(days); math.Abs(got/want-1) > 1e-4 {
			t.Errorf("S(%v) = %v, RC says %v", days, got, want)
		}
	}
	beyond := edges[bins]*v.horizon + 1000
	if want, got := base.Survival(beyond), corrected.Survival(beyond); math.Abs(got/want-1) > 1e-4 {
		t.Errorf("S(%v) = %v, RC says %v", beyond, got, want)
	}
}

// TestCorrectionFindsWhatIsThere: spells whose orders come at half of RC's odds
// in one bin, and as RC says elsewhere.
func TestCorrectionFindsWhatIsThere(t *testing.T) {
	var spells []spell
	var rows []stretch
	for i := range 20000 {
		v := newView([]float64{10, 20, float64(10 + i%7)}, []float64{10, float64(10 + i%7), 20}, nil)
		spells = append(spells, spell{view: v})
		rows = append(rows, stretch{spell: i, bin: 3, hasOrder: i%3 == 0, moving: v.scales.movingAt(10)},
			stretch{spell: i, bin: 4, hasOrder: i%2 == 0, moving: v.scales.movingAt(13)})
	}
	c := fitCorrection(spells, rows)
	said := map[int]float64{}
	c.eachOdds(spells, rows, func(odds float64, r *stretch, _ *sharedRow) {
		said[r.bin] += 1 / (1 + math.Exp(-odds)) / float64(len(spells))
	})
	if math.Abs(said[3]-1./3) > .01 || math.Abs(said[4]-1./2) > .01 || c.Level[5] != 0 {
		t.Errorf("orders in a third and a half of the silences, the correction says %v", said)
	}
	if c.logLoss(spells, rows) >= plain().logLoss(spells, rows) {
		t.Error("the correction is worse than none")
	}
}

func TestSpellIsCutIntoStretches(t *testing.T) {
	days := traceOf(History{Days: []sales.Date{100, 110, 120, 145}, AsOf: 160})
	v := newView([]float64{10, 10}, []float64{10, 10}, nil) // horizon 30
	base := rcCurve{k: 1, shape: 3, scale: 4, gone: .1}
	ended := days.spellAt(2, v, base, 0)
	last := ended.stretches[len(ended.stretches)-1]
	if len(ended.stretches) != 9 || !last.hasOrder || last.bin != 8 || last.ended != 145 || ended.lostOn != 0 {
		t.Errorf("an order after 25 days: %d stretches, last %+v", len(ended.stretches), last)
	}
	open := days.spellAt(3, v, base, 0)
	last = open.stretches[len(open.stretches)-1]
	if len(open.stretches) != 5 || last.hasOrder || last.bin != 4 || last.ended != 160 {
		t.Errorf("15 days so far: %d stretches, last %+v", len(open.stretches), last)
	}
	long := traceOf(History{Days: []sales.Date{100, 110, 120}, AsOf: 151}).spellAt(2, v, base, 0)
	if long.lostOn != 151 {
		t.Errorf("outlasted its horizon on %d, want 151", long.lostOn)
	}
}
