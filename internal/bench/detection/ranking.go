package main

import (
	"fmt"
	"io"

	"dangol/jobs/silence"
)

// judged is one customer at the cut, with its own horizon and what came of it.
type judged struct {
	history silence.History
	habit   silence.Habit
	silent  float64 // days
	horizon float64 // days
	gone    bool    // no buying day within the horizon
}

// judge returns the customers with at least three buying days whose horizon
// lies within the data.
func (s *shop) judge() []judged {
	var all []judged
	buyers, histories := s.histories(s.cut)
	for i, h := range histories {
		j := judged{history: h, habit: h.Habit(), silent: h.Silence()}
		j.horizon = j.habit.Horizon()
		if j.habit.Orders < 3 || float64(s.cut)+j.horizon > float64(s.end) {
			continue
		}
		j.gone = true
		if n := len(h.Days); n < len(buyers[i].Days) {
			j.gone = float64(buyers[i].Days[n].Date-s.cut) > j.horizon
		}
		all = append(all, j)
	}
	return all
}

// ranker scores a customer: higher is more likely gone.
type ranker struct {
	name        string
	probability bool // the score is meant as one
	score       func(judged) float64
}

func rankers(models []named) []ranker {
	all := []ranker{
		{"days since last order", false, func(j judged) float64 { return j.silent }},
		{"recency / mean gap", false, func(j judged) float64 { return j.silent / j.habit.Mean }},
		{"recency / median gap", false, func(j judged) float64 { return j.silent / j.habit.Median }},
	}
	for _, m := range models {
		if mbg, ok := m.Model.(silence.MBG); ok {
			all = append(all, ranker{m.name + " P(alive), own", true, func(j judged) float64 { return 1 - mbg.PAlive(j.history) }})
		}
		all = append(all, ranker{m.name + " p_silent", true, func(j judged) float64 {
			return silence.PSilent(m.Curve(j.history), j.silent, j.horizon)
		}})
	}
	return all
}

// reportRanking holds the scores at the cut against what came.
func reportRanking(s *shop, models []named, out io.Writer) {
	customers := s.judge()
	gone := 0
	for _, j := range customers {
		if j.gone {
			gone++
		}
	}
	fmt.Fprintf(out, "\nno order within the own horizon (%d of %d customers, n ≥ 3)\tAUC\tAP\tBrier\tECE\n", gone, len(customers))
	for _, e := range s.earlier {
		if e.auc > 0 {
			fmt.Fprintf(out, "%s %s\t%.3f\t%.3f\t%.3f\t–\n", e.rule, measuredEarlier, e.auc, e.ap, e.brier)
		}
	}
	for _, r := range rankers(models) {
		m := r.measure(customers)
		fmt.Fprintf(out, "%s\t%.3f\t%.3f\t", r.name, m.auc, m.ap)
		if r.probability {
			fmt.Fprintf(out, "%.3f\t%.3f\n", m.brier, m.ece)
		} else {
			fmt.Fprintln(out, "–\t–")
		}
	}
}

// figures of one ranker on one shop.
type figures struct{ auc, ap, brier, ece float64 }

func (r ranker) measure(customers []judged) figures {
	guesses := make([]guess, len(customers))
	for i, j := range customers {
		guesses[i] = guess{r.score(j), j.gone}
	}
	f := figures{auc: auc(guesses), ap: averagePrecision(guesses)}
	if r.probability {
		f.brier, f.ece = brier(guesses), calibrationError(guesses)
	}
	return f
}
