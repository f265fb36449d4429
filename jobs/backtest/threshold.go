package backtest

import (
	"math"
	"slices"
)

// Suggestion is a threshold of p_lost that gives a wanted number of alerts.
type Suggestion struct {
	Wanted    float64 // alerts a rep a week
	PerRep    float64 // what it gives
	Threshold float64
	Score     Score
}

// wanted are the loads thresholds are suggested for, in alerts a rep a week.
var wanted = []float64{.1, .25, .5, 1, 2, 3, 5, 10, 20}

// Curve is what a family of rules reaches, one point a threshold.
type Curve struct {
	Family Family
	Points []Score // lowest threshold first
}

const (
	// the odds that are tried, in hundredths.
	lowestOdds, highestOdds = 20, 99
	// curveStep thins the odds for the curve.
	curveStep = 5
	// leastDecided: below so many decided alerts a point says nothing.
	leastDecided = 10
)

// grid scores every threshold of the odds.
func (r *record) grid() []Score {
	var scores []Score
	for percent := lowestOdds; percent <= highestOdds; percent++ {
		scores = append(scores, r.score(Rule{Name: Lost, Family: Odds, Threshold: float64(percent) / 100}))
	}
	return scores
}

// suggest returns, for each wanted load, the lowest threshold that does not
// exceed it, until one is the lowest that is tried.
func suggest(grid []Score, days, reps int) []Suggestion {
	var list []Suggestion
	for _, load := range wanted {
		i := slices.IndexFunc(grid, func(s Score) bool { return perWeek(s.Alerts, days)/float64(reps) <= load })
		if i < 0 {
			continue
		}
		if n := len(list); n > 0 && list[n-1].Threshold == grid[i].Threshold {
			break // the lowest threshold that is tried
		}
		list = append(list, Suggestion{load, perWeek(grid[i].Alerts, days) / float64(reps), grid[i].Threshold, grid[i]})
	}
	return list
}

// curves returns what the families reach over their thresholds.
func (r *record) curves(grid []Score) []Curve {
	own := Curve{Family: Odds}
	for i, s := range grid {
		if (lowestOdds+i)%curveStep == 0 {
			own.Points = append(own.Points, s)
		}
	}
	curves := []Curve{own}
	for _, naive := range []struct {
		family Family
		at     []float64
	}{
		{Days, []float64{14, 21, 30, 45, 60, 75, 90, 120, 150, 180}},
		{Gaps, []float64{1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8}},
		{Falling, []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9, .99}},
	} {
		c := Curve{Family: naive.family}
		for _, threshold := range naive.at {
			c.Points = append(c.Points, r.score(Rule{Naive: true, Family: naive.family, Threshold: threshold}))
		}
		curves = append(curves, c)
	}
	for i := range curves {
		curves[i].Points = slices.DeleteFunc(curves[i].Points, func(s Score) bool { return s.Right+s.Wrong < leastDecided })
	}
	return curves
}

// asMany returns the rule at the threshold of its own score that gives the
// number of alerts closest to the wanted one.
func (r *record) asMany(rule Rule, alerts int) Score {
	candidates := r.thresholds(rule.Family)
	best := Score{Rule: rule, Alerts: math.MaxInt}
	for low, high := 0, len(candidates)-1; low <= high; {
		middle := (low + high) / 2
		rule.Threshold = candidates[middle]
		s := r.score(rule)
		if distance(s.Alerts, alerts) < distance(best.Alerts, alerts) {
			best = s
		}
		if s.Alerts > alerts {
			low = middle + 1
		} else {
			high = middle - 1
		}
	}
	return best
}

func distance(a, b int) int { return max(a-b, b-a) }

// thresholds returns the scores that occur, ascending, at most 4,096 of
// them, evenly spread.
func (r *record) thresholds(family Family) []float64 {
	const most = 4096
	var all []float64
	for i := range r.steps {
		for _, l := range r.steps[i].looks {
			if s := family.score(&r.episodes[l.episode], l, r.steps[i].date); !math.IsNaN(s) && s > 0 {
				all = append(all, s)
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) <= most {
		return all
	}
	few := make([]float64, most)
	for i := range few {
		few[i] = all[i*len(all)/most]
	}
	return few
}
