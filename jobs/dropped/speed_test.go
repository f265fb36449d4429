package dropped

import (
	"testing"

	"dangol/internal/panel"
	"dangol/jobs/standing"
)

func BenchmarkJudge(b *testing.B) {
	shop := panel.NewShop(panel.BasketSpec{Seed: 1})
	snap := shop.Snapshot(shop.Through)
	sheet := standing.Judge(snap, standing.DefaultRules())
	for b.Loop() {
		Judge(snap, sheet, DefaultRules())
	}
}
