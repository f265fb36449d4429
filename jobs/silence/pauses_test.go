package silence_test

import (
	"math/rand/v2"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/silence"
)

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

// TestHolidaysAreNoLosses: where holidays end most of the silences of frequent
// buyers, the odds say so. No distribution of gaps knows that, and too few are lost
// for the correction by traits.
func TestHolidaysAreNoLosses(t *testing.T) {
	const weeks, judged = 156, 52
	said, stayed, alerts, leavers, early := 0.0, 0, 0, 0, 0
	for seed := range uint64(3) {
		shop := holidayShop(seed, 300, 7*(weeks+12))
		var model silence.Blend
		called := map[int]sales.Date{} // the last order before an alert
		for week := weeks - judged; week < weeks; week++ {
			asOf := someDay + sales.Date(7*week)
			histories := make([]silence.History, len(shop))
			for i, days := range shop {
				histories[i] = planted{days: days}.history(asOf)
			}
			if (week-weeks+judged)%13 == 0 {
				model = silence.FitBlend(histories)
			}
			for i, h := range histories {
				if len(h.Days) < 5 {
					continue
				}
				w, habit, last := h.Silence(), h.Habit(), h.Days[len(h.Days)-1]
				p := silence.PLost(model.Curve(h), w, habit.Horizon())
				if called[i] == last || p < .7 || w > 2*habit.Horizon() || !habit.Beyond(w) {
					continue
				}
				called[i] = last
				if week == weeks-judged {
					continue // it began before
				}
				alerts++
				said += p
				if n := len(h.Days); n == len(shop[i]) || shop[i][n]-last > sales.Date(2*habit.Horizon()) {
					stayed++
					leavers++
					if w <= 45 {
						early++
					}
				}
			}
		}
	}
	t.Logf("%d called lost on odds of %.2f, %d stayed away, %d of them told within 45 days", alerts, said/float64(alerts), stayed, early)
	if came := float64(stayed) / float64(alerts); came < said/float64(alerts)-.15 {
		t.Errorf("of %d called lost on odds of %.2f only %.2f stayed away", alerts, said/float64(alerts), came)
	}
	if early < leavers*9/10 {
		t.Errorf("%d of %d who left were told within 45 days", early, leavers)
	}
}
