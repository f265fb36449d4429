package main

import (
	"slices"
	"strings"
	"testing"

	"dangol/internal/panel"
)

// A replay tells nearly all who leave and keep a rhythm, and calls few others lost; a
// rule matched to its number of alerts makes no more of them.
func TestReplay(t *testing.T) {
	trades := panel.Trades()
	at := slices.IndexFunc(trades, func(trade panel.Trade) bool { return trade.Name == "forty regulars" })
	var all []replayed
	for seed := range uint64(4) {
		all = append(all, replay(trades[at].Company(seed+1)))
	}
	s := judge(all, called)
	if s.leavers < 5 || s.inTime < s.leavers*3/4 || s.alerts < s.inTime || s.wrong > s.alerts {
		t.Errorf("%+v", s)
	}
	rule := func(g glance, x float64) bool { return g.silent >= x*g.mean }
	level := asMany(all, s.alerts, 60, rule)
	if n := judge(all, func(g glance) bool { return rule(g, level) }).alerts; n > s.alerts {
		t.Errorf("%d alerts at %.2f mean gaps, want at most %d", n, level, s.alerts)
	}
	if off := calibration(all); off < 0 || off > .3 {
		t.Errorf("odds are off by %.3f", off)
	}
	var b strings.Builder
	s.print(&b, "forty", "in use", .1)
	if got := b.String(); !strings.HasPrefix(got, "forty\tin use\t") || strings.Contains(got, "NaN") {
		t.Error(got)
	}
}
