package silence_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/silence"
)

// planted is a customer whose habit is known, because the test made it up.
type planted struct {
	every   int          // usual days between orders
	stopped sales.Date   // last planned order of one who left; zero for the healthy
	days    []sales.Date // ascending, through the end of the shop
}

// plantShop makes up a shop of weekly and fortnightly buyers, of which the last
// leavers stop buying shortly before the judgement begins. Everybody skips three
// orders in a hundred and is one or two days early or late.
func plantShop(seed uint64, healthy, leavers int, begins, judged, ends sales.Date) []planted {
	random := rand.New(rand.NewPCG(seed, 1))
	shop := make([]planted, healthy+leavers)
	for i := range shop {
		p := &shop[i]
		p.every = 7 * (1 + i%2)
		end := ends
		if i >= healthy {
			end = judged - sales.Date(random.IntN(p.every))
		}
		for due := begins + sales.Date(random.IntN(60)); due <= end; due += sales.Date(p.every) {
			if random.Float64() < .03 {
				continue
			}
			late := sales.Date(random.IntN(2*p.every/7+1) - p.every/7)
			p.days = append(p.days, due+late)
		}
		slices.Sort(p.days)
		if i >= healthy {
			p.stopped = p.days[len(p.days)-1]
		}
	}
	return shop
}

func (p planted) history(asOf sales.Date) silence.History {
	n, _ := slices.BinarySearch(p.days, asOf+1)
	return silence.History{Days: p.days[:n], AsOf: asOf}
}

func shopHistories(shop []planted, asOf sales.Date) []silence.History {
	histories := make([]silence.History, len(shop))
	for i, p := range shop {
		histories[i] = p.history(asOf)
	}
	return histories
}

// alert is the first time a planted customer was called lost.
type alert struct {
	planted
	silent int // days
}

// judgeDaily judges every customer on each of so many days, with the model of
// the fortnight, and returns the first alert of each customer called lost.
func judgeDaily(fit func([]silence.History) silence.Model, shop []planted, from sales.Date, days int) map[int]alert {
	alerts := map[int]alert{}
	var model silence.Model
	for day := range days {
		asOf := from + sales.Date(day)
		if day%14 == 0 {
			model = fit(shopHistories(shop, asOf))
		}
		for i, p := range shop {
			h := p.history(asOf)
			w, habit := h.Silence(), h.Habit()
			_, before := alerts[i]
			if !before && habit.Beyond(w) && silence.PLost(model.Curve(h), w, habit.Horizon()) >= .7 {
				alerts[i] = alert{p, int(w)}
			}
		}
	}
	return alerts
}

// record is what a model did to planted shops.
type record struct {
	silent    map[int][]int // days of silence at the alert of those who left, by cadence
	afterOne  int           // healthy customers called lost after skipping one order
	afterMore int           // after skipping more in a row
}

const healthy, leavers = 300, 60

func plantAndJudge(fit func([]silence.History) silence.Model, seeds uint64) record {
	r := record{silent: map[int][]int{}}
	judged := sales.NewDate(2025, 2, 4)
	for seed := range seeds {
		shop := plantShop(seed, healthy, leavers, judged-400, judged, judged+56)
		for i, a := range judgeDaily(fit, shop, judged, 56) {
			switch {
			case i >= healthy:
				r.silent[a.every] = append(r.silent[a.every], a.silent)
			case a.silent < 2*a.every+a.every/3:
				r.afterOne++
			default:
				r.afterMore++
			}
		}
	}
	for _, silent := range r.silent {
		slices.Sort(silent)
	}
	return r
}

// TestPlantedShop: everybody who left is called lost long before the silence has
// outlasted two horizons by itself, and nobody who is well is after skipping one
// order. Two skipped in a row happen to one in a thousand orders here, as seldom
// as leaving does: the model may take one for the other, rarely.
func TestPlantedShop(t *testing.T) {
	const seeds = 3
	r := plantAndJudge(func(h []silence.History) silence.Model { return silence.Fit(h) }, seeds)
	t.Logf("of %d healthy customers called lost in 8 weeks: %d after one skipped order, %d after more",
		seeds*healthy, r.afterOne, r.afterMore)
	if r.afterOne > 0 || r.afterMore > 1 {
		t.Error("too many healthy customers were called lost")
	}
	for _, every := range []int{7, 14} {
		silent := r.silent[every]
		if len(silent) != seeds*leavers/2 {
			t.Fatalf("%d of %d leavers buying every %d days were called lost", len(silent), seeds*leavers/2, every)
		}
		median, latest := silent[len(silent)/2], silent[len(silent)-1]
		t.Logf("buying every %d days: called lost after %d days, at the latest %d", every, median, latest)
		if median > 7*every/2 || latest > 4*every {
			t.Errorf("buying every %d days: called lost too late", every)
		}
	}
}
