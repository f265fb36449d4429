package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"dangol/internal/panel"
	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/jobs/declining"
	"dangol/jobs/standing"
)

// named is a rule with its name in the table.
type named struct {
	name string
	rule rings
}

// rules are what is compared: as shipped, and at equal numbers of false alarms.
func rules(all []*story) []named {
	list := []named{{"declining, as shipped", func(g glance) bool { return g.declining }}}
	for _, budget := range []float64{.5, 1, 2} {
		list = append(list, named{fmt.Sprintf("p_declining at %g per 1,000", budget), atBudget(all, budget, func(g glance) float64 { return g.p })})
	}
	return append(list,
		named{"90 days < 70 % of the 90 before", func(g glance) bool { return g.naive < .7 }},
		named{"the same at 2 per 1,000", atBudget(all, 2, func(g glance) float64 { return -g.naive })})
}

// report measures all panels together.
func report(seeds []uint64, set setting, out io.Writer) {
	var all, known []*story
	var traits traits
	for _, seed := range seeds {
		p := panel.NewSeries(panel.SeriesSpec{Seed: seed, Customers: set.customers, Declining: set.share, Bursty: set.bursty, Steady: set.steady})
		stories := replay(p, p.Through-7*78, p.Through)
		traits.read(p, stories)
		all = append(all, stories...)
		known = append(known, ceiling(p, p.Through-7*78, p.Through, stories)...)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	traits.print(out)
	fmt.Fprintln(out, "\nfound within 13 weeks (of so many)")
	fmt.Fprintln(table, "rule\tfalse per 1,000 customer-weeks\tdense\tmiddle\tsparse\tright of all\tdense orders\tsizes\tboth\tmiddle orders\tsizes\tboth\tsparse orders\tsizes\tboth")
	for _, r := range rules(all) {
		r.row(all, table)
	}
	table.Flush()
	reportCeiling(known, out)
	reportCalibration(all, out)
}

// reportCeiling says how many declines of the orders can be found at all.
func reportCeiling(known []*story, out io.Writer) {
	evidence := func(g glance) float64 { return g.p }
	fmt.Fprint(out, "\nfewer orders, found by a judge who is told every customer's true season, growth and market (dense, middle, sparse):")
	for _, budget := range []float64{1, 2} {
		fmt.Fprintf(out, "\nat %g per 1,000, of all:", budget)
		together := atBudget(known, budget, evidence)
		for _, class := range classes {
			told, of := found(known, together, class, panel.Orders)
			fmt.Fprintf(out, " %.2f", float64(told)/float64(max(1, of)))
		}
		fmt.Fprint(out, "; of each class:")
		for _, class := range classes {
			own := ofClass(known, class)
			told, of := found(own, atBudget(own, budget, evidence), class, panel.Orders)
			fmt.Fprintf(out, " %.2f", float64(told)/float64(max(1, of)))
		}
	}
	fmt.Fprintln(out)
}

// reportCalibration holds p_declining against the share of customers who had in
// fact begun to decline, within the year before.
func reportCalibration(all []*story, out io.Writer) {
	fmt.Fprint(out, "\np_declining: said → was so (customer-weeks):")
	limits := []float64{0, .2, .4, .5, .6, .7, .8, .9, 1.01}
	for i, low := range limits[:len(limits)-1] {
		said, came, n := 0.0, 0, 0
		for _, s := range all {
			for _, g := range s.glances {
				if g.p < low || g.p >= limits[i+1] || s.decline.Fell != "" && g.at > s.decline.Began+364 {
					continue
				}
				n++
				said += g.p
				if s.decline.Fell != "" && g.at >= s.decline.Began {
					came++
				}
			}
		}
		if n > 0 {
			fmt.Fprintf(out, "  %.2f → %.2f (%d)", said/float64(n), float64(came)/float64(n), n)
		}
	}
	fmt.Fprintln(out)
}

func (r named) row(all []*story, out io.Writer) {
	fmt.Fprintf(out, "%s\t%.2f", r.name, falseRate(all, r.rule, ""))
	for _, class := range []string{"dense", "middle", "sparse"} {
		fmt.Fprintf(out, "\t%.2f", falseRate(all, r.rule, class))
	}
	fmt.Fprintf(out, "\t%.2f", precision(all, r.rule))
	for _, class := range []string{"dense", "middle", "sparse"} {
		for _, fell := range []panel.Fell{panel.Orders, panel.Sizes, panel.Both} {
			told, of := found(all, r.rule, class, fell)
			fmt.Fprintf(out, "\t%.2f (%d)", float64(told)/float64(max(1, of)), of)
		}
	}
	fmt.Fprintln(out)
}

// falseRate is the false alarms per 1,000 customer-weeks of a class, or of all.
func falseRate(all []*story, rule rings, class string) float64 {
	of := slices.DeleteFunc(slices.Clone(all), func(s *story) bool { return class != "" && s.class != class })
	alarms, weeks := falseAlarms(of, rule)
	return 1000 * float64(alarms) / float64(max(1, weeks))
}

// precision is the share of new alarms, after the warm-up, on customers whose
// decline had begun.
func precision(all []*story, rule rings) float64 {
	right, total := 0, 0
	for _, s := range all {
		if len(s.glances) == 0 {
			continue
		}
		for _, at := range s.alarms(rule) {
			if at < s.glances[0].at+7*warmUp {
				continue
			}
			total++
			if s.decline.Fell != "" && at >= s.decline.Began {
				right++
			}
		}
	}
	return float64(right) / float64(max(1, total))
}

// reportShock counts the alarms on innocent customers of a segment in the half
// year after the whole segment fell by 40 %, beside the same customers without.
func reportShock(seeds []uint64, set setting, out io.Writer) {
	counts := map[bool]int{}
	for _, seed := range seeds {
		for _, shocked := range []bool{false, true} {
			spec := panel.SeriesSpec{Seed: seed, Customers: set.customers, Bursty: set.bursty}
			quiet := panel.NewSeries(spec)
			from := quiet.Through - 7*30
			if shocked {
				spec.Shock = panel.Shock{Segment: panel.SegmentName(int(seed) % 10), From: from, Factor: .6}
			}
			p := panel.NewSeries(spec)
			for i, s := range replay(p, from-7*warmUp, from+7*26) {
				if p.Customers[i].Segment != panel.SegmentName(int(seed)%10) {
					continue
				}
				for _, at := range s.alarms(func(g glance) bool { return g.declining }) {
					if at >= from {
						counts[shocked]++
					}
				}
			}
		}
	}
	fmt.Fprintf(out, "\nalarms on the customers of one segment in 26 weeks: %d; if the whole segment falls by 40 %%: %d\n", counts[false], counts[true])
}

// reportRetail says what the real year of online_retail gives.
func reportRetail(out io.Writer) error {
	invoices, err := retail.Invoices()
	if err != nil {
		return err
	}
	snapshot := &sales.Snapshot{AsOf: retail.Through, DataThrough: retail.Through}
	for _, b := range retail.Nets(invoices) {
		snapshot.Customers = append(snapshot.Customers, sales.Customer{ID: b.ID, Days: b.Days})
	}
	company := declining.Survey(snapshot, standing.Judge(snapshot, standing.DefaultRules()), declining.DefaultRules())
	word := "enough data"
	if company.TooShort {
		word = "not enough data"
	}
	fmt.Fprintf(out, "online_retail: %s, %d findings\n", word, len(company.Findings()))
	return nil
}
