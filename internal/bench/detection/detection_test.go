package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"dangol/internal/retail"
	"dangol/internal/sales"
)

func TestMeasures(t *testing.T) {
	guesses := []guess{{.9, true}, {.8, false}, {.7, true}, {.7, false}, {.1, false}, {.1, false}}
	tests := []struct {
		name string
		got  float64
		want float64
	}{
		{"AUC", auc(guesses), (4 + 2.5) / 8}, // of 2×4 pairs, ties half
		{"average precision", averagePrecision(guesses), (1. + 2./4) / 2},
		{"Brier", brier(guesses), (.01 + .64 + .09 + .49 + .01 + .01) / 6},
		{"ECE of one in each bin", calibrationError(guesses), (.1 + .8 + .3 + .7 + .1 + .1) / 6},
	}
	for _, tt := range tests {
		if math.Abs(tt.got-tt.want) > 1e-12 {
			t.Errorf("%s %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// customer buys on the given days after the cut of the test's shop.
func customer(days ...sales.Date) retail.Buyer {
	b := retail.Buyer{ID: "c"}
	for _, d := range days {
		b.Days = append(b.Days, sales.Day{Date: 1000 + d, Net: 1})
	}
	return b
}

func TestReplayCountsEpisodes(t *testing.T) {
	tests := []struct {
		name  string
		buyer retail.Buyer
		want  tally
	}{
		{"lost, told after five weeks", customer(-20, -10, 0), tally{alerts: 1, right: 1, losses: 1, lag: 3.5, within4: 1, within5: 1}},
		{"came back before the alarm", customer(-20, -10, 0, 30), tally{}},
		{"came back after it", customer(-20, -10, 0, 40), tally{alerts: 1}},
		{"began before the cut", customer(-21, -11, -1), tally{}},
		{"two orders only", customer(-10, 0), tally{}},
		{"end not known", customer(-20, -10, 45), tally{}},
	}
	rule := alarm{"five weeks", nil, func(o outlook) bool { return o.silent >= 35 }}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := shop{cut: 1000, end: 1085, buyers: []retail.Buyer{tt.buyer}}
			if got := s.replay(rule); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestJudgeKnowsOnlyThePast(t *testing.T) {
	s := shop{cut: 1000, end: 1100, buyers: []retail.Buyer{
		customer(-20, -10, 0, 30), // within the horizon
		customer(-20, -10, 0, 31), // one day late
		customer(-20, -10, 5),     // two orders by the cut
		customer(-200, -100, 0),   // its horizon ends after the data
	}}
	got := s.judge()
	if len(got) != 2 || got[0].gone || !got[1].gone || got[0].horizon != 30 || got[0].silent != 0 {
		t.Errorf("%+v", got)
	}
}

// TestTargets holds the figures the embedded shop must reach.
func TestTargets(t *testing.T) {
	s, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if found, err := shops("", &out); err != nil || len(found) != 2 || !strings.Contains(out.String(), "cdnow: absent") {
		t.Errorf("%d shops, %v, %q", len(found), err, &out)
	}
	customers := s.judge()
	want := map[string]struct{ auc, brier float64 }{
		"MBG/CNBD-k p_silent":  {.795, .125},
		"RC p_silent":          {.78, .13},
		"RC + hazard p_silent": {.795, .126},
		"Blend p_silent":       {.80, .125},
	}
	for _, r := range rankers(fitAll(&s)) {
		w, ok := want[r.name]
		if !ok {
			continue
		}
		delete(want, r.name)
		if m := r.measure(customers); m.auc < w.auc || m.brier > w.brier {
			t.Errorf("%s: %+v", r.name, m)
		}
	}
	if len(want) > 0 {
		t.Errorf("not measured: %v", want)
	}
}
