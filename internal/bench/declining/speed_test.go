package main

import (
	"testing"

	"dangol/internal/panel"
	"dangol/jobs/declining"
	"dangol/jobs/standing"
)

// BenchmarkSurvey judges 4,000 customers with three and a half years of orders.
func BenchmarkSurvey(b *testing.B) {
	p := panel.NewSeries(panel.SeriesSpec{Seed: 1, Customers: 4_000})
	snapshot := p.Snapshot(p.Through)
	sheet := standing.Judge(snapshot, standing.DefaultRules())
	for b.Loop() {
		declining.Survey(snapshot, sheet, declining.DefaultRules())
	}
}
