package main

import (
	"testing"

	"dangol/internal/sales"
	"dangol/internal/sample"
	"dangol/jobs"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// TestPlantedCasesOverAYear judges the sample company, read as the demo reads it,
// at thirty dates of its last year: who left for good is lost once the silence
// has outlasted twice the horizon and is told before in nine of ten cases, and
// hardly anybody who goes on buying is ever called lost.
func TestPlantedCasesOverAYear(t *testing.T) {
	t.Parallel()
	asOf := sales.NewDate(2026, 6, 30)
	s := sampleOn(t, asOf)
	company := s.company
	known, err := reader{s.source}.Read(t.Context(), jobs.Request{AsOf: asOf, Today: asOf + 1})
	if err != nil {
		t.Fatal(err)
	}
	tally := plantedTally{began: map[string]sales.Date{}}
	for _, c := range company.Truth.Of(sample.Lost) {
		tally.began[c.CustomerID] = c.Began
	}
	var model silence.Blend
	for i := range 30 {
		at := known.Through(asOf - sales.Date(12*i))
		if i%10 == 0 {
			model = standing.Fit(at, standing.DefaultRules())
		}
		tally.add(standing.JudgeWith(at, standing.DefaultRules(), model), company.Truth.Healthy)
	}
	t.Logf("%+v", tally.counts)
	c := tally.counts
	if c.gone < 300 || c.goneLost != c.gone {
		t.Errorf("of %d silences beyond twice the horizon %d are lost; want all, and at least 300", c.gone, c.goneLost)
	}
	if c.late == 0 || float64(c.lateTold) < .9*float64(c.late) {
		t.Errorf("of %d leavers silent for more than 1.5 horizons %d are told; want 9 of 10", c.late, c.lateTold)
	}
	if c.healthy < 3000 || float64(c.healthyLost) > .001*float64(c.healthy) {
		t.Errorf("of %d judgements on healthy customers %d say lost; want at most 1 in 1,000", c.healthy, c.healthyLost)
	}
}

type plantedTally struct {
	began  map[string]sales.Date
	counts struct{ gone, goneLost, late, lateTold, healthy, healthyLost int }
}

func (p *plantedTally) add(sheet *standing.Sheet, healthy []string) {
	for id, began := range p.began {
		s := sheet.Customer(id)
		if s == nil || !s.Current || s.Last != began || !s.Beyond {
			continue
		}
		told := s.Stage == standing.Lost || s.Stage == standing.Overdue
		switch silent := float64(s.Silence); {
		case silent >= 2*s.Horizon:
			p.counts.gone++
			if s.Stage == standing.Lost {
				p.counts.goneLost++
			}
		case silent > 1.5*s.Horizon:
			p.counts.late++
			if told {
				p.counts.lateTold++
			}
		}
	}
	for _, id := range healthy {
		s := sheet.Customer(id)
		if s == nil || !s.Current {
			continue
		}
		p.counts.healthy++
		if s.Stage == standing.Lost {
			p.counts.healthyLost++
		}
	}
}
