package main

import (
	"math"
	"time"

	"dangol/internal/sales"
	"dangol/jobs/silence"
)

// otherCuts are further dates at which the shops are judged, to see whether a
// choice made at one of them holds at the others.
var otherCuts = map[string][]sales.Date{
	"cdnow": {
		sales.NewDate(1997, time.July, 31), sales.NewDate(1997, time.September, 30),
		sales.NewDate(1997, time.November, 30), sales.NewDate(1998, time.January, 31),
	},
	"grocery": {
		sales.NewDate(2006, time.August, 31), sales.NewDate(2006, time.October, 31), sales.NewDate(2006, time.December, 31),
		sales.NewDate(2007, time.March, 31), sales.NewDate(2007, time.June, 30),
	},
	"online_retail": {
		sales.NewDate(2011, time.May, 31), sales.NewDate(2011, time.June, 30),
		sales.NewDate(2011, time.July, 31), sales.NewDate(2011, time.September, 15),
	},
}

// shares of MBG to compare: without it, the one in use among others, and alone.
var shares = []float64{0, .1, silence.MBGShare, .5, 1}

// shared is a Blend with another share of MBG.
type shared struct {
	silence.Blend
	mbg float64
}

// Curve is the curve of a customer under the other share.
func (m shared) Curve(h silence.History) silence.Curve {
	return sharedCurve{m.MBG.Curve(h), m.Own.Curve(h), m.mbg}
}

type sharedCurve struct {
	mbg, own silence.Curve
	share    float64
}

// Survival is the weighted mean of both.
func (c sharedCurve) Survival(days float64) float64 {
	return c.share*c.mbg.Survival(days) + (1-c.share)*c.own.Survival(days)
}

// guesses are what a model says of everybody's own horizon at the cut.
func (s *shop) guesses(m silence.Model) []guess {
	var all []guess
	for _, j := range s.judge() {
		all = append(all, guess{silence.PSilent(m.Curve(j.history), j.silent, j.horizon), j.gone})
	}
	return all
}

// logLoss is the mean of −ln of the probability given to what came.
func logLoss(guesses []guess) float64 {
	loss := 0.0
	for _, g := range guesses {
		p := g.score
		if !g.gone {
			p = 1 - p
		}
		loss -= math.Log(max(p, 1e-6))
	}
	return loss / float64(len(guesses))
}
