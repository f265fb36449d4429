package silence

import (
	"math"
	"math/rand/v2"
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
		beta := newRCCurve(float64(k), shape, scale, .1).Survival(days)
		if math.Abs(sum-beta) > 1e-9 {
			t.Fatalf("S %v and %v", sum, beta)
		}
	})
}

// TestPlainCorrectionChangesNothing at the edges of the bins.
func TestPlainCorrectionChangesNothing(t *testing.T) {
	base := newRCCurve(2.5, 8, 9, .05)
	v := viewOfGaps(20, 30, 25)
	corrected := plain(&Correction{}).curve(base, v)
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
	for i := range 20000 {
		spells = append(spells, spell{view: viewOfGaps(10, 20, float64(10+i%7)), stretches: []stretch{
			{bin: 3, hasOrder: i%3 == 0}, {bin: 4, hasOrder: i%2 == 0},
		}})
	}
	l := newLesson(spells, whole)
	none := plain(&l.scale)
	c := l.correction(none)
	said := map[int]float64{}
	l.eachOdds(c, func(p *page, odds []float64) {
		for j, x := range odds {
			said[p.rows[j].bin] += 1 / (1 + math.Exp(-x)) / float64(len(spells))
		}
	})
	if math.Abs(said[3]-1./3) > .01 || math.Abs(said[4]-1./2) > .01 || c.Level[5] != 0 {
		t.Errorf("orders in a third and a half of the silences, the correction says %v", said)
	}
	if l.logLoss(c) >= l.logLoss(none) {
		t.Error("the correction is worse than none")
	}
}

// TestSlopesOfCorrection holds the first and second derivatives, which are put
// together from blocks, against differences.
func TestSlopesOfCorrection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLesson(drawSpells(t), whole)
		at := plain(&l.scale).weights()
		for i := range at {
			at[i] += rapid.Float64Range(-.5, .5).Draw(t, "weight")
		}
		here := l.slopes(plain(&l.scale).with(&at))
		const step = 1e-4
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, columns-1), 1, 8).Draw(t, "columns") {
			up, down := at, at
			up[i], down[i] = at[i]+step, at[i]-step
			above, below := l.slopes(plain(&l.scale).with(&up)), l.slopes(plain(&l.scale).with(&down))
			want := (below.loss - above.loss) / (2 * step)
			if math.Abs(here.gradient[i]-want) > 1e-4*(1+math.Abs(want)) {
				t.Fatalf("slope %d: %v, differences say %v", i, here.gradient[i], want)
			}
			for j := range columns {
				want := (below.gradient[j] - above.gradient[j]) / (2 * step)
				if got := here.curvature[max(i, j)][min(i, j)]; math.Abs(got-want) > 1e-4*(1+math.Abs(want)) {
					t.Fatalf("curvature %d, %d: %v, differences say %v", i, j, got, want)
				}
			}
		}
	})
}

// drawSpells draws a few silences of customers of any habit.
func drawSpells(t *rapid.T) []spell {
	var spells []spell
	for range rapid.IntRange(2, 8).Draw(t, "spells") {
		var r rhythm
		var p purse
		known := rapid.Bool().Draw(t, "amounts known")
		for range rapid.IntRange(2, 6).Draw(t, "gaps") {
			r.add(float64(rapid.IntRange(1, 60).Draw(t, "gap")))
			if known {
				p.add(float64(rapid.IntRange(1, 100).Draw(t, "amount")))
			}
		}
		s := spell{view: newView(&r, &p)}
		last := rapid.IntRange(0, bins-1).Draw(t, "last bin")
		for bin := range last + 1 {
			s.stretches = append(s.stretches, stretch{
				bin: bin, logOdds: rapid.Float64Range(-4, 4).Draw(t, "log-odds"),
				hasOrder: bin == last && rapid.Bool().Draw(t, "order"),
			})
		}
		spells = append(spells, s)
	}
	return spells
}

// TestTwoWaysToClimb: the curvature that the slopes give leads where the
// differences of the gradients lead, for the likelihood of RC.
func TestTwoWaysToClimb(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	var histories []History
	for range 400 {
		h := History{AsOf: 16000, Days: []sales.Date{sales.Date(15000 + random.IntN(300))}}
		rate, left := 4+random.ExpFloat64()*20, .1*random.Float64()
		for {
			next := h.Days[len(h.Days)-1] + 1 + sales.Date(rate*(random.ExpFloat64()+random.ExpFloat64()))
			if next > h.AsOf || random.Float64() < left {
				break
			}
			h.Days = append(h.Days, next)
		}
		histories = append(histories, h)
	}
	pauses := summarise(histories).pauses(.9)
	prior := PriorRC()
	byScores := climbRC(prior.free(), pauses, .9, 1e-6)
	_, want := climb(prior.free(), maxLogRC, float64(len(pauses)), 1e-7, func(p, slopes []float64) float64 {
		return rcLikelihood(p, pauses, slopes)
	})
	if math.Abs(byScores.LogLikelihood-want) > .01 {
		t.Errorf("log-likelihood %v, the other way %v", byScores.LogLikelihood, want)
	}
}

// viewOfGaps is what is seen of a customer with such gaps, its amounts unknown.
func viewOfGaps(gaps ...float64) view {
	var r rhythm
	for _, gap := range gaps {
		r.add(gap)
	}
	return newView(&r, &purse{})
}

func TestSpellIsCutIntoStretches(t *testing.T) {
	days := traceOf(History{Days: []sales.Date{100, 110, 120, 145}, AsOf: 160})
	v := viewOfGaps(10, 10) // horizon 30
	base := newRCCurve(1, 3, 4, .1)
	var w spellWriter
	ended := w.spellAt(days, 2, v, base)
	last := ended.stretches[len(ended.stretches)-1]
	if len(ended.stretches) != 9 || !last.hasOrder || last.bin != 8 || last.ended != 145 || ended.lostOn != 0 {
		t.Errorf("an order after 25 days: %d stretches, last %+v", len(ended.stretches), last)
	}
	open := w.spellAt(days, 3, v, base)
	last = open.stretches[len(open.stretches)-1]
	if len(open.stretches) != 5 || last.hasOrder || last.bin != 4 || last.ended != 160 {
		t.Errorf("15 days so far: %d stretches, last %+v", len(open.stretches), last)
	}
	long := w.spellAt(traceOf(History{Days: []sales.Date{100, 110, 120}, AsOf: 151}), 2, v, base)
	if long.lostOn != 151 {
		t.Errorf("outlasted its horizon on %d, want 151", long.lostOn)
	}
}
