package main

import (
	"fmt"
	"io"

	"dangol/internal/retail"
	"dangol/jobs/silence"
)

// outlook is one customer on one as-of date of the replay.
type outlook struct {
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

// alarms are the rules the replay compares.
func alarms(models []named) []alarm {
	all := []alarm{
		{"silent for 60 days", nil, func(o outlook) bool { return o.silent >= 60 }},
		{"silent for 3 mean gaps", nil, func(o outlook) bool { return o.silent >= 3*o.habit.Mean }},
	}
	for _, m := range models {
		all = append(all, alarm{m.name + " p_silent ≥ .7", m, func(o outlook) bool {
			return silence.PSilent(o.curve, o.silent, o.horizon) >= .7
		}})
		for _, level := range []float64{.5, .7, .8} {
			all = append(all, alarm{fmt.Sprintf("%s p_lost ≥ %.1f", m.name, level), m, lostFrom(level)})
		}
		all = append(all, alarm{m.name + " p_lost ≥ 0.7, beyond the own p90 and mean gap", m, func(o outlook) bool {
			return o.habit.Beyond(o.silent) && lostFrom(.7)(o)
		}})
	}
	return all
}

func lostFrom(level float64) func(outlook) bool {
	return func(o outlook) bool { return silence.PLost(o.curve, o.silent, o.horizon) >= level }
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
	for _, a := range alarms(models) {
		t := s.replay(a)
		fmt.Fprintf(out, "%s\t%.0f\t%.2f\t%.2f\t%.1f\t%.2f\t%.2f\n", a.name, t.alerts,
			t.right/t.alerts, t.right/t.losses, t.lag/t.right, t.within4/t.losses, t.within5/t.losses)
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
	o := outlook{habit: h.Habit()}
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
		o.silent = float64(asOf - began)
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
