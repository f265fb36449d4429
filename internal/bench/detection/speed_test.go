package main

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/jobs/silence"
)

func TestJitteredCopiesStayNearAndInOrder(t *testing.T) {
	h := silence.History{AsOf: 1000, Days: []sales.Date{100, 101, 102, 500, 999}, Amounts: []sales.Money{1, 2, 3, 4, 5}}
	all := jittered([]silence.History{h}, 50)
	if len(all) != 50 || !slices.Equal(all[0].Days, h.Days) {
		t.Fatalf("%d copies, the first %v", len(all), all[0])
	}
	moved := 0
	for _, c := range all {
		if len(c.Days) != len(c.Amounts) || !slices.IsSorted(c.Days) || c.AsOf != h.AsOf {
			t.Fatalf("copy %+v", c)
		}
		last := c.Days[len(c.Days)-1]
		if c.Days[0] < 97 || last > 1000 || last < 996 || len(c.Days) > 5 {
			t.Errorf("copy %v", c.Days)
		}
		if !slices.Equal(c.Days, h.Days) {
			moved++
		}
	}
	if moved < 40 {
		t.Errorf("%d of 50 copies differ", moved)
	}
	again := jittered([]silence.History{h}, 50)
	if !slices.Equal(all[30].Days, again[30].Days) {
		t.Error("the second time the copies are others")
	}
}

func TestPeakMemory(t *testing.T) {
	peak, err := peakMemory()
	if err != nil {
		t.Fatal(err)
	}
	if mib, err := strconv.Atoi(peak); peak != "unknown" && (err != nil || mib < 1) {
		t.Errorf("peak %q", peak)
	}
}

func TestSpeedOfTheEmbeddedShop(t *testing.T) {
	var out bytes.Buffer
	if err := run("", true, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"cdnow: absent", "online_retail", "× 10", "Published elsewhere"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s", want, &out)
		}
	}
}

// TestNaiveRulesRingAsOften: thresholds of the naive rules that ring for two of
// three customers whose silences differ.
func TestNaiveRulesRingAsOften(t *testing.T) {
	s := shop{cut: 1000, end: 1100, buyers: []retail.Buyer{
		customer(-20, -10, 0, 22), customer(-20, -10, 0, 36), customer(-20, -10, 0, 50),
	}}
	for _, rule := range s.naiveLike(2) {
		if got := s.replay(rule).alerts; got != 2 {
			t.Errorf("%s: %v alerts, want 2", rule.name, got)
		}
	}
}

func TestGatedRingsBeyondTheHabitOnly(t *testing.T) {
	rule := gated(silentFor(10))
	o := outlook{habit: silence.Habit{P90: 20, Mean: 25}, silent: 25}
	if rule.rings(o) {
		t.Error("rings within the habit")
	}
	if o.silent = 26; !rule.rings(o) {
		t.Error("silent beyond the habit")
	}
}
