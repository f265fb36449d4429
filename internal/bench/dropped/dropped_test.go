package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"text/tabwriter"

	"dangol/internal/panel"
	"dangol/internal/sales"
)

// An alarm is right, of a lost product, of a switched one or unfounded by what
// was planted before it.
func TestTruth(t *testing.T) {
	shop := &panel.Shop{Planted: []panel.Planted{
		{Fate: panel.DroppedProduct, CustomerID: "a", Products: []string{"p"}, From: 100},
		{Fate: panel.LostProduct, Products: []string{"q"}, From: 100},
		{Fate: panel.DroppedCategory, CustomerID: "b", Products: []string{"p", "q"}, From: 200},
	}}
	for _, c := range []struct {
		customer string
		products []string
		asOf     sales.Date
		want     panel.Fate
	}{
		{"a", []string{"p"}, 150, panel.DroppedProduct},
		{"a", []string{"p"}, 99, ""},
		{"a", []string{"q"}, 150, panel.LostProduct},
		{"b", []string{"q"}, 250, panel.DroppedCategory},
		{"c", []string{"p"}, 250, ""},
	} {
		if got, _ := truth(shop, alarm{customer: c.customer, products: c.products}, c.asOf); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestScoreCountsAnAlarmOnce(t *testing.T) {
	shop := &panel.Shop{Through: 1000, Planted: []panel.Planted{{Fate: panel.DroppedProduct, CustomerID: "a", Products: []string{"p"}, From: 700}}}
	var s track
	s.count(shop, 762, 1, nil)
	alarms := []alarm{{customer: "a", products: []string{"p"}, last: 690}, {customer: "b", products: []string{"p"}, last: 690}}
	for _, asOf := range []sales.Date{790, 818} {
		s.count(shop, asOf, 1, alarms)
	}
	s.recall(shop)
	if s.alarms != 2 || s.right != 1 || s.nothing != 1 || s.planted != 1 || s.found != 1 || s.soon != 1 || s.lag != 90 || s.months != 2 {
		t.Errorf("%+v", s)
	}
}

// What is planted in the real shop is gone from its snapshots, and an empty table
// has a line for every rule.
func TestPlantedInRetail(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a year of invoices")
	}
	var out bytes.Buffer
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	s, err := loadShop()
	if err != nil {
		t.Fatal(err)
	}
	ends := s.planted()
	if len(ends) < 100 {
		t.Errorf("%d drops planted", len(ends))
	}
	asOf := sales.NewDate(2011, 10, 1)
	cut, whole := s.snapshot(asOf, ends), s.snapshot(asOf, nil)
	if len(cut.Customers) != len(whole.Customers) {
		t.Errorf("%d customers instead of %d", len(cut.Customers), len(whole.Customers))
	}
	for _, c := range cut.Customers {
		for _, b := range c.Baskets {
			if end, ok := ends[c.ID+" "+b.ProductID]; ok && b.Days[len(b.Days)-1].Date >= end {
				t.Errorf("%s still buys %s", c.ID, b.ProductID)
			}
		}
	}
	reportPanels(0, 600, 1, 1, table)
	table.Flush()
	if got := strings.Count(out.String(), "\n"); got != len(rules())+6 { // a blank, a head, two matched rules, two tables of what was said
		t.Errorf("%d lines:\n%s", got, &out)
	}
}

// The limit of a naive rule that raises as many alarms as another: of 100 figures
// 1 … 100, ten are at least 91.
func TestMatched(t *testing.T) {
	limit := matched(10, func(limit float64) int { return max(0, 101-int(math.Ceil(limit))) })
	if limit < 90 || limit > 91 {
		t.Errorf("limit %g", limit)
	}
}

// What was said is held against what was true in tenths.
func TestBins(t *testing.T) {
	var a, b bins
	a.add(.82, true)
	b.add(.88, false)
	b.add(1, true)
	a.merge(&b)
	var out bytes.Buffer
	a.report(&out, "said")
	if want := "said: said\tstopped\tn\n0.85\t0.50\t2\n1.00\t1.00\t1\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
}
