package silence_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"dangol/internal/sales"
	"dangol/jobs/silence"
)

const yearsWeeks, judgedWeeks = 156, 52

// holidayShop makes up customers who order every few days and go on a holiday of
// two to four weeks every other year. One in eight leaves for good each year.
func holidayShop(seed uint64, customers, days int) [][]sales.Date {
	random := rand.New(rand.NewPCG(seed, 7))
	shop := make([][]sales.Date, customers)
	for i := range shop {
		usual, left := 2+random.IntN(4), int(random.ExpFloat64()*8*365)
		away, until := int(random.ExpFloat64()*2*365), 0
		for day := random.IntN(30); day < min(days, left); day += 1 + random.IntN(2*usual-1) {
			if day >= away {
				away, until = day+int(random.ExpFloat64()*2*365), day+14+random.IntN(15)
			}
			if day >= until {
				shop[i] = append(shop[i], someDay+sales.Date(day))
			}
		}
	}
	return shop
}

// projectShop makes up customers who order every few days while a project lasts,
// for 4 to 18 orders, and nothing for one to three months until the next. One in
// eight leaves for good each year.
func projectShop(seed uint64, customers, days int) [][]sales.Date {
	random := rand.New(rand.NewPCG(seed, 8))
	shop := make([][]sales.Date, customers)
	for i := range shop {
		pause, left := 20+80*random.Float64(), int(random.ExpFloat64()*8*365)
		for day := random.IntN(30); day < min(days, left); {
			for range 4 + random.IntN(15) {
				if day < min(days, left) {
					shop[i] = append(shop[i], someDay+sales.Date(day))
				}
				day += 2 + random.IntN(9)
			}
			day += int(pause * (random.ExpFloat64() + random.ExpFloat64()) / 2)
		}
	}
	return shop
}

// judgement is one customer in one week, silent beyond its habit and for less than
// two horizons.
type judgement struct {
	p, days float64
	stayed  bool // the silence did outlast two horizons
	first   bool // in this silence at these odds or more
}

// judgeWeekly judges a shop each week of its last year but for a few weeks, with
// the model of the quarter.
func judgeWeekly(shop [][]sales.Date) []judgement {
	var all []judgement
	var model silence.Blend
	called := map[int]sales.Date{} // the last order before an alert
	for week := range judgedWeeks {
		asOf := someDay + sales.Date(7*(yearsWeeks-judgedWeeks+week))
		histories := make([]silence.History, len(shop))
		for i, days := range shop {
			histories[i] = planted{days: days}.history(asOf)
		}
		if week%13 == 0 {
			model = silence.FitBlend(histories)
		}
		for i, h := range histories {
			w, habit, n := h.Silence(), h.Habit(), len(h.Days)
			if n < 5 || !habit.Beyond(w) || w >= 2*habit.Horizon() {
				continue
			}
			j := judgement{p: silence.PLost(model.Curve(h), w, habit.Horizon()), days: w}
			last := h.Days[n-1]
			j.stayed = n == len(shop[i]) || float64(shop[i][n]-last) > 2*habit.Horizon()
			if j.p >= .7 && called[i] != last {
				called[i], j.first = last, week > 0
			}
			all = append(all, j)
		}
	}
	return all
}

// TestHolidaysAreNoLosses: where holidays end most of the silences of frequent
// buyers, the odds say so. No distribution of gaps knows that, and too few are lost
// for the correction by traits.
func TestHolidaysAreNoLosses(t *testing.T) {
	said, alerts, stayed, early := 0.0, 0, 0, 0
	for seed := range uint64(3) {
		for _, j := range judgeWeekly(holidayShop(seed, 300, 7*(yearsWeeks+12))) {
			if !j.first {
				continue
			}
			alerts++
			said += j.p
			if j.stayed {
				stayed++
				if j.days <= 45 {
					early++
				}
			}
		}
	}
	said /= float64(alerts)
	t.Logf("%d called lost on odds of %.2f, %d stayed away, %d of them told within 45 days", alerts, said, stayed, early)
	if came := float64(stayed) / float64(alerts); came < said-.15 {
		t.Errorf("of %d called lost on odds of %.2f only %.2f stayed away", alerts, said, came)
	}
	if early < stayed*9/10 {
		t.Errorf("%d of %d who left were told within 45 days", early, stayed)
	}
}

// TestLongSilencesAreASurvivalCurve: corrected by how long silences end, with and
// without traits, the odds still never fall as a silence grows, and are 1 from two
// horizons on.
func TestLongSilencesAreASurvivalCurve(t *testing.T) {
	for _, shop := range []func(uint64, int, int) [][]sales.Date{holidayShop, projectShop} {
		var histories []silence.History
		for _, days := range shop(1, 300, 7*yearsWeeks) {
			histories = append(histories, planted{days: days}.history(someDay+7*yearsWeeks))
		}
		m := silence.FitCorrected(histories)
		if !m.Kept || m.Correction.LongSlope == 0 {
			t.Fatalf("no correction of long silences: %+v", m)
		}
		rapid.Check(t, func(t *rapid.T) {
			h := drawHistory(t)
			c := m.Curve(h)
			checkCurve(t, c)
			checkPLost(t, c, h.Habit().Horizon())
		})
	}
}

// TestPausesBetweenProjects: where customers pause between projects as a habit, the
// odds that a silence outlasts two horizons say how often it does.
func TestPausesBetweenProjects(t *testing.T) {
	var said, came [5]float64 // by fifths of the odds
	var n [5]int
	for seed := range uint64(3) {
		for _, j := range judgeWeekly(projectShop(seed, 300, 7*(yearsWeeks+40))) {
			bin := min(int(5*j.p), 4)
			n[bin]++
			said[bin] += j.p
			if j.stayed {
				came[bin]++
			}
		}
	}
	off, all := 0.0, 0
	for bin := range n {
		off += math.Abs(said[bin] - came[bin])
		all += n[bin]
		t.Logf("%d weeks: said %.2f, came true %.2f", n[bin], said[bin]/float64(n[bin]), came[bin]/float64(n[bin]))
	}
	t.Logf("off by %.3f in the mean", off/float64(all))
	if off/float64(all) > .1 {
		t.Errorf("the odds are off by %.3f in the mean", off/float64(all))
	}
}
