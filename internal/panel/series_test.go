package panel_test

import (
	"math"
	"slices"
	"testing"

	"dangol/internal/panel"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The same spec gives the same panel, day for day.
func TestSeriesRepeats(t *testing.T) {
	spec := panel.SeriesSpec{Seed: 5, Customers: 40, Weeks: 100, Declining: .5}
	if diff := cmp.Diff(panel.NewSeries(spec), panel.NewSeries(spec), cmpopts.IgnoreUnexported(panel.Series{})); diff != "" {
		t.Errorf("two panels of one seed differ:\n%s", diff)
	}
}

// A decline changes only its customer, only from its date on, and by half.
func TestSeriesDeclines(t *testing.T) {
	spec := panel.SeriesSpec{Seed: 3, Customers: 600}
	before := panel.NewSeries(spec)
	spec.Declining = .5
	after := panel.NewSeries(spec)
	began := map[string]panel.Decline{}
	for _, d := range after.Declines {
		began[d.CustomerID] = d
	}
	if n := len(began); n < 240 || n > 360 {
		t.Fatalf("%d of 600 decline; want about half", n)
	}
	kept := map[panel.Fell][2]float64{}
	for i, c := range after.Customers {
		d, declines := began[c.ID]
		old := before.Customers[i].Days
		if !declines {
			if !slices.Equal(old, c.Days) {
				t.Fatalf("%s changed without a decline", c.ID)
			}
			continue
		}
		early := func(days []sales.Day) []sales.Day {
			n, _ := slices.BinarySearchFunc(days, d.Began, func(x sales.Day, at sales.Date) int { return int(x.Date - at) })
			return days[:n]
		}
		if !slices.Equal(early(old), early(c.Days)) {
			t.Fatalf("%s changed before its decline", c.ID)
		}
		sums := kept[d.Fell]
		sums[0] += total(old[len(early(old)):])
		sums[1] += total(c.Days[len(early(c.Days)):])
		kept[d.Fell] = sums
	}
	for fell, sums := range kept {
		if share := sums[1] / sums[0]; math.Abs(share-.5) > .06 {
			t.Errorf("%s: %.3f of the amounts are left; want a half", fell, share)
		}
	}
}

func total(days []sales.Day) float64 {
	sum := 0.0
	for _, d := range days {
		sum += d.Net.Float()
	}
	return sum
}

// A shock lowers the orders of its segment and of no other.
func TestSeriesShock(t *testing.T) {
	spec := panel.SeriesSpec{Seed: 4, Customers: 400}
	calm := panel.NewSeries(spec)
	from := calm.Through - 182
	spec.Shock = panel.Shock{Segment: panel.SegmentName(2), From: from, Factor: .6}
	hit := panel.NewSeries(spec)
	was, is := 0.0, 0.0
	for i, c := range hit.Customers {
		if c.Segment != spec.Shock.Segment {
			if !slices.Equal(c.Days, calm.Customers[i].Days) {
				t.Fatalf("%s of %s changed", c.ID, c.Segment)
			}
			continue
		}
		was += float64(since(calm.Customers[i].Days, from))
		is += float64(since(c.Days, from))
	}
	if is/was < .5 || is/was > .72 {
		t.Errorf("%.3f of the orders are left; want about .6", is/was)
	}
}

func since(days []sales.Day, from sales.Date) int {
	n := 0
	for _, d := range days {
		if d.Date >= from && d.Net > 0 {
			n++
		}
	}
	return n
}

// One order in each block of four weeks has no dispersion; too short a history none
// that could be told.
func TestDispersion(t *testing.T) {
	var days []sales.Day
	for i := range 10 {
		days = append(days, sales.Day{Date: 100 + sales.Date(28*i), Net: 1}, sales.Day{Date: 101 + sales.Date(28*i), Net: -1})
	}
	if f, ok := panel.Dispersion(days, 100+280); !ok || f != 0 {
		t.Errorf("even: %g, %v; want 0", f, ok)
	}
	if _, ok := panel.Dispersion(days, 200); ok {
		t.Error("100 days are enough")
	}
}

// What a habit lets expect comes about, over many customers and years.
func TestSeriesExpected(t *testing.T) {
	p := panel.NewSeries(panel.SeriesSpec{Seed: 4, Customers: 300})
	expected, came := 0.0, 0.0
	for _, c := range p.Customers {
		if _, left := p.Left[c.ID]; left {
			continue
		}
		for _, week := range p.Expected(c.ID) {
			expected += week
		}
		for _, d := range c.Days {
			if d.Net > 0 {
				came++
			}
		}
	}
	if ratio := came / expected; math.Abs(ratio-1) > .1 {
		t.Errorf("%.0f buying days, %.0f expected: ratio %.3f", came, expected, ratio)
	}
}
