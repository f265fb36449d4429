package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"dangol/internal/panel"
	"dangol/internal/sales"
)

// classes are the kinds of buyers that are told apart, those who order most first.
var classes = []string{"dense", "middle", "sparse"}

// traits are what the panels are like, of customers who neither decline nor leave.
type traits struct {
	dispersion map[string][]float64 // variance ÷ mean of the orders in four weeks
	variation  []float64            // coefficient of variation of the orders' amounts
	declines   int
	customers  int
}

func (t *traits) read(p *panel.Series, stories []*story) {
	if t.dispersion == nil {
		t.dispersion = map[string][]float64{}
	}
	t.declines += len(p.Declines)
	t.customers += len(p.Customers)
	for i, s := range stories {
		f, ok := panel.Dispersion(p.Customers[i].Days, p.Through)
		if !ok || s.decline.Fell != "" || s.left != 0 || !slices.Contains(classes, s.class) {
			continue
		}
		t.dispersion[s.class] = append(t.dispersion[s.class], f)
		t.variation = append(t.variation, variation(p.Customers[i].Days))
	}
}

// variation is the standard deviation ÷ mean of the amounts of a customer's orders.
func variation(days []sales.Day) float64 {
	n, sum, squares := 0.0, 0.0, 0.0
	for _, d := range days {
		if net := d.Net.Float(); net > 0 {
			n, sum, squares = n+1, sum+net, squares+net*net
		}
	}
	mean := sum / n
	return math.Sqrt(max(0, squares/n-mean*mean)) / mean
}

func (t *traits) print(out io.Writer) {
	var all []float64
	for _, class := range classes {
		all = append(all, t.dispersion[class]...)
	}
	fmt.Fprintf(out, "panels: %d customers, %.0f %% of whom decline by a half\n", t.customers, 100*float64(t.declines)/float64(max(1, t.customers)))
	fmt.Fprintf(out, "variance ÷ mean of the orders in four weeks, median: %.2f;", quantile(all, .5))
	for _, class := range classes {
		of := t.dispersion[class]
		fmt.Fprintf(out, " %s %.2f (%.0f %% of the customers)", class, quantile(of, .5), 100*float64(len(of))/float64(max(1, len(all))))
	}
	fmt.Fprintf(out, "\ncoefficient of variation of an order's amount: 5th percentile %.2f, median %.2f, 95th %.2f\n",
		quantile(t.variation, .05), quantile(t.variation, .5), quantile(t.variation, .95))
}

// quantile sorts the values; 0 without any.
func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[int(share*float64(len(values)-1))]
}
