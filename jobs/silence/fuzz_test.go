package silence_test

import (
	"math"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/silence"
)

// strangeShop makes a shop of any bytes: how many customers there are, how often
// each repeats the pattern of gaps, the silence at the end, and the pattern. A gap
// of 0 is a date once more; a negative amount is a return. Each customer begins
// the pattern elsewhere, so that they are alike but not the same.
func strangeShop(customers, rounds uint8, silent uint16, pattern []byte, apart bool) []silence.History {
	var all []silence.History
	for c := range int(customers) {
		day := sales.Date(10000)
		var days []sales.Day
		for i := range len(pattern) * (1 + int(rounds)) {
			if len(days) == 5000 {
				break
			}
			b := pattern[(i+c)%len(pattern)]
			if apart {
				day += sales.Date(c % 3)
			}
			day += sales.Date(b & 63)
			days = append(days, sales.Day{Date: day, Net: sales.Money(int(b) - 100)})
		}
		all = append(all, silence.NewHistory(days, day+sales.Date(silent)))
	}
	return all
}

// FuzzFit: whatever the shop, the fit ends, its parameters are numbers and the
// odds of everybody are probabilities. Besides panics this finds what does not end:
// a fuzz worker that hangs is reported.
func FuzzFit(f *testing.F) {
	f.Add(uint8(1), uint8(0), uint16(0), []byte{200}, false)            // one customer, one order
	f.Add(uint8(1), uint8(250), uint16(40), []byte{199, 201}, false)    // one customer
	f.Add(uint8(60), uint8(5), uint16(300), []byte{192}, false)         // everything on one date
	f.Add(uint8(60), uint8(30), uint16(9), []byte{7, 14, 21}, false)    // returns only
	f.Add(uint8(60), uint8(20), uint16(20), []byte{199, 20, 206}, true) // returns among the orders
	f.Add(uint8(70), uint8(9), uint16(60), []byte{199}, false)          // clockworks, all alike
	f.Add(uint8(90), uint8(6), uint16(900), []byte{193, 255, 201, 230, 250}, true)
	f.Add(uint8(51), uint8(255), uint16(200), []byte("Thousands of orders of each customer: time must not grow with their square"), true)
	f.Fuzz(func(t *testing.T, customers, rounds uint8, silent uint16, pattern []byte, apart bool) {
		if len(pattern) > 200 {
			pattern = pattern[:200]
		}
		checkShop(t, strangeShop(customers%128, rounds, silent, pattern, apart))
	})
}

// checkShop fits a shop and judges its first and its last customer.
func checkShop(t *testing.T, all []silence.History) {
	m := silence.FitBlend(all)
	own := m.Own.RC
	for _, p := range []float64{m.MBG.R, m.MBG.Alpha, m.MBG.A, m.MBG.B, own.R, own.Alpha, own.K0, own.M, own.A, own.B} {
		if !(p > 0 && p < 1e5) {
			t.Fatalf("fit %+v", m)
		}
	}
	for _, w := range append(m.Own.Correction.Weight[:], m.Own.Correction.Long[:]...) {
		if math.IsNaN(w) || math.IsInf(w, 0) {
			t.Fatalf("correction %+v", m.Own.Correction)
		}
	}
	if len(all) == 0 {
		return
	}
	for _, h := range []silence.History{all[0], all[len(all)-1]} {
		checkOdds(t, m, h)
	}
}

// FuzzOdds: whatever the customer, its odds are probabilities, under a fitted
// model and under the prior. Days may come in any order and more than once.
func FuzzOdds(f *testing.F) {
	f.Add([]byte{}, int64(0), int32(0))
	f.Add([]byte{7, 7, 7, 7}, int64(5), int32(40))
	f.Add([]byte{0, 0, 0}, int64(-3), int32(0))
	f.Add([]byte{1, 255, 1, 3}, int64(math.MaxInt64), int32(math.MaxInt32/2))
	f.Add(make([]byte, 5000), int64(1), int32(-20))
	_, histories := retailHistories(f, retailCut)
	fitted := silence.FitBlend(histories)
	f.Fuzz(func(t *testing.T, gaps []byte, amount int64, silent int32) {
		if len(gaps) > 6000 {
			gaps = gaps[:6000]
		}
		h := silence.History{}
		day := someDay
		for i, gap := range gaps {
			day += sales.Date(int8(gap)) // backwards, too
			h.Days = append(h.Days, day)
			h.Amounts = append(h.Amounts, sales.Money(amount)+sales.Money(i))
		}
		h.AsOf = day + sales.Date(silent%1e6)
		checkOdds(t, fitted, h)
		checkOdds(t, silence.Prior(), h)
	})
}
