package main

import (
	"fmt"
	"io"
	"math"

	"dangol/internal/retail"
	"dangol/jobs/silence"
)

// outlook is one customer on one as-of date of the replay.
type outlook struct {
	history         silence.History
	habit           silence.Habit
	silent, horizon float64 // days
	curve           silence.Curve
}

// alarm is a rule that calls customers lost.
type alarm struct {
	name  string
	model silence.Model // nil for a naive rule
	rings func(outlook) bool
}

// levels of p_lost: overdue, lost, and one beyond.
var levels = []float64{.5, .7, .8}

// alarms are the rules the replay compares: the naive ones, and each model at each
// level, on p_lost alone and beyond the own p90 and mean gap as well, which is
// where the stages begin.
func alarms(models []named) []alarm {
	all := []alarm{
		silentFor(60),
		{"silent for 3 mean gaps", nil, func(o outlook) bool { return o.silent >= 3*o.habit.Mean }},
	}
	for _, m := range models {
		if mbg, ok := m.Model.(silence.MBG); ok {
			all = append(all, alarm{m.name + " P(alive) < .5", m, func(o outlook) bool {
				return mbg.PAlive(o.history) < .5
			}})
		}
		all = append(all, alarm{m.name + " p_silent ≥ .7", m, func(o outlook) bool {
			return silence.PSilent(o.curve, o.silent, o.horizon) >= .7
		}})
		for _, level := range levels {
			all = append(all, lostFrom(m, level), gated(lostFrom(m, level)))
		}
	}
	return all
}

func silentFor(days int) alarm {
	return alarm{fmt.Sprintf("silent for %d days", days), nil, func(o outlook) bool { return o.silent >= float64(days) }}
}

func silentForGaps(gaps float64, name string, own func(silence.Habit) float64) alarm {
	return alarm{fmt.Sprintf("silent for %.2f %s gaps", gaps, name), nil, func(o outlook) bool { return o.silent >= gaps*own(o.habit) }}
}

func lostFrom(m named, level float64) alarm {
	return alarm{fmt.Sprintf("%s p_lost ≥ %.1f", m.name, level), m, func(o outlook) bool {
		return silence.PLost(o.curve, o.silent, o.horizon) >= level
	}}
}

// gated rings only beyond the customer's own habit.
func gated(a alarm) alarm {
	rings := a.rings
	a.name += ", beyond the own p90 and mean gap"
	a.rings = func(o outlook) bool { return o.habit.Beyond(o.silent) && rings(o) }
	return a
}

// naiveLike returns the naive rules, each at the threshold at which it rings as
// often as wanted, or nearly.
func (s *shop) naiveLike(wanted float64) []alarm {
	often := func(rule func(threshold float64) alarm, low, high float64) alarm {
		for high-low > .01*low {
			middle := (low + high) / 2
			if s.replay(rule(middle)).alerts > wanted {
				low = middle
			} else {
				high = middle
			}
		}
		return rule(high)
	}
	return []alarm{
		often(func(days float64) alarm { return silentFor(int(math.Ceil(days))) }, 1, 1000),
		often(func(gaps float64) alarm {
			return silentForGaps(gaps, "mean", func(h silence.Habit) float64 { return h.Mean })
		}, .01, 100),
		often(func(gaps float64) alarm {
			return silentForGaps(gaps, "median", func(h silence.Habit) float64 { return h.Median })
		}, .01, 100),
	}
}

// tally counts what one rule did over a replay.
type tally struct {
	alerts, right, losses float64
	lag                   float64 // Σ own median gaps of silence at the right alerts
	within4, within5      float64 // losses told by so many own median gaps
}

// reportReplay judges every customer every week after the cut, with the model
// fitted at the cut. An episode is one silence that begins after the cut, of a
// customer with at least three buying days, and whose two horizons lie within
// the data; it is a loss if it outlasts them. What rings later than that comes
// too late to be counted.
func reportReplay(s *shop, models []named, out io.Writer) {
	fmt.Fprintln(out, "\nweekly replay\talerts\tprecision\trecall\tlag (own gaps)\ttold by 4\tby 5 own gaps")
	for _, e := range s.earlier {
		if e.precision > 0 {
			fmt.Fprintf(out, "%s %s\t–\t%.2f\t%.2f\t%.1f\t–\t–\n", e.rule, measuredEarlier, e.precision, e.recall, e.lag)
		}
	}
	print := func(a alarm) tally {
		t := s.replay(a)
		fmt.Fprintf(out, "%s\t%.0f\t%.2f\t%.2f\t%.1f\t%.2f\t%.2f\n", a.name, t.alerts,
			t.right/t.alerts, t.right/t.losses, t.lag/t.right, t.within4/t.losses, t.within5/t.losses)
		return t
	}
	for _, a := range alarms(models) {
		print(a)
	}
	used := models[len(models)-1]
	for _, level := range levels {
		fmt.Fprintf(out, "naive rules at as many alerts as %s p_lost ≥ %.1f\t\n", used.name, level)
		for _, a := range s.naiveLike(s.replay(lostFrom(used, level)).alerts) {
			a.name = "  " + a.name
			print(a)
		}
	}
}

func (s *shop) replay(a alarm) tally {
	var t tally
	for _, buyer := range s.buyers {
		for i := 2; i < len(buyer.Days); i++ {
			s.replayEpisode(a, buyer, i, &t)
		}
	}
	return t
}

// replayEpisode follows the silence that begins with one buying day.
func (s *shop) replayEpisode(a alarm, buyer retail.Buyer, at int, t *tally) {
	began, ended := buyer.Days[at].Date, s.end+1
	if at+1 < len(buyer.Days) {
		ended = buyer.Days[at+1].Date
	}
	if began < s.cut {
		return
	}
	h := s.history(buyer, began)
	o := outlook{history: h, habit: h.Habit()}
	o.horizon = o.habit.Horizon()
	if float64(began)+2*o.horizon > float64(s.end) {
		return
	}
	lost := float64(ended-began) > 2*o.horizon
	if lost {
		t.losses++
	}
	if a.model != nil {
		o.curve = a.model.Curve(h)
	}
	for asOf := began + (7-(began-s.cut)%7)%7; asOf < ended && float64(asOf-began) < 2*o.horizon; asOf += 7 {
		o.silent, o.history.AsOf = float64(asOf-began), asOf
		if a.rings(o) {
			t.count(lost, o.silent/o.habit.Median)
			return
		}
	}
}

// count takes in one alert after so many own median gaps of silence.
func (t *tally) count(lost bool, gaps float64) {
	t.alerts++
	if !lost {
		return
	}
	t.right++
	t.lag += gaps
	if gaps <= 4 {
		t.within4++
	}
	if gaps <= 5 {
		t.within5++
	}
}
