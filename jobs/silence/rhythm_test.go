package silence

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestLadderIsASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var gaps []float64
		var r rhythm
		for range rapid.IntRange(1, 80).Draw(t, "gaps") {
			gap := float64(rapid.IntRange(1, 30).Draw(t, "gap"))
			gaps = append(gaps, gap)
			r.add(gap)
		}
		slices.Sort(gaps)
		for _, p := range []float64{0, .1, .5, .9, 1} {
			if got, want := r.quantile(p), quantile(gaps, p); math.Abs(got-want) > 1e-12 {
				t.Fatalf("quantile %v of %v: %v, want %v", p, gaps, got, want)
			}
		}
		if r.longest() != gaps[len(gaps)-1] || r.count != len(gaps) {
			t.Fatalf("longest %v of %d, want those of %v", r.longest(), r.count, gaps)
		}
	})
}

// TestRhythm holds the running sums against what they stand for.
func TestRhythm(t *testing.T) {
	var r rhythm
	r.add(99)
	r.reset()
	for _, gap := range []float64{10, 20, 30, 5, 15} {
		r.add(gap)
	}
	mean, faded := 16., (15+5*.7+30*.49+20*.343+10*.2401)/(1+.7+.49+.343+.2401)
	tests := []struct {
		name      string
		got, want float64
	}{
		{"mean", r.mean(), mean},
		{"spread", r.spread(), math.Log(mean) - math.Log(10*20*30*5*15)/5},
		{"variation", r.variation(), math.Sqrt((36+16+196+121+1)/5.) / mean},
		{"last three over the first two", r.lastThree(), math.Log(50. / 3 / 15)},
		{"faded", r.faded / r.fadedWeight, faded},
		{"last", r.last, 15},
		{"previous", r.previous, 5},
	}
	for _, tt := range tests {
		if math.Abs(tt.got-tt.want) > 1e-12 {
			t.Errorf("%s %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestMedianOfAmounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p purse
		for range rapid.IntRange(1, 60).Draw(t, "amounts") {
			p.add(float64(rapid.IntRange(1, 40).Draw(t, "amount")))
		}
		sorted := slices.Clone(p.amounts)
		slices.Sort(sorted)
		if got, want := p.median(), quantile(sorted, .5); got != want {
			t.Fatalf("median of %v: %v, want %v", p.amounts, got, want)
		}
	})
}

func TestLotsDrawExactlySoMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := sequence(rapid.IntRange(0, 300).Draw(t, "of"))
		most := rapid.IntRange(0, 300).Draw(t, "most")
		drawn := few(all, most)
		if len(drawn) != min(most, len(all)) || !slices.IsSorted(drawn) {
			t.Fatalf("%d of %d: %v", most, len(all), drawn)
		}
		if again := few(all, most); !slices.Equal(drawn, again) {
			t.Fatalf("%v, the second time %v", drawn, again)
		}
	})
}

// TestLotsAreFair: customers of four silences each, every second one drawn. The
// last silence, the one that is open, comes as often as the others; taking every
// second one in turn would never draw it.
func TestLotsAreFair(t *testing.T) {
	const customers = 5000
	times := [4]int{}
	for _, i := range few(sequence(4*customers), 2*customers) {
		times[i%4]++
	}
	for place, n := range times {
		if math.Abs(float64(n)-customers/2.) > 4*math.Sqrt(customers)/2 {
			t.Errorf("silence %d of four drawn %d times of %d", place, n, customers)
		}
	}
}

func sequence(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
