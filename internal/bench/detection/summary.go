package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"dangol/jobs/silence"
)

// measured is what the model in use comes to on one shop.
type measured struct {
	shop    string
	ranking figures
	alone   []tally // at each level, on p_lost alone
	beyond  []tally // and beyond the own habit
}

func (s *shop) measure(m named) measured {
	all := measured{shop: s.name}
	for _, r := range rankers([]named{m}) {
		if r.probability {
			all.ranking = r.measure(s.judge())
		}
	}
	for _, level := range levels {
		all.alone = append(all.alone, s.replay(lostFrom(m, level)))
		all.beyond = append(all.beyond, s.replay(gated(lostFrom(m, level))))
	}
	return all
}

// The shops whose means are given: three for the ranking, and for the replay the
// two that are long enough for it.
var (
	ranked   = []string{"cdnow", "grocery", "online_retail"}
	replayed = []string{"cdnow", "grocery"}
)

// reportMeans prints what the model in use comes to over the shops, as far as they
// are there.
func reportMeans(all []measured, out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if found := only(all, ranked); len(found) == len(ranked) {
		fmt.Fprintln(table, "\nBlend p_silent\tAUC\tAP\tBrier\tECE")
		var sum figures
		for _, m := range found {
			r := m.ranking
			fmt.Fprintf(table, "%s\t%.3f\t%.3f\t%.3f\t%.3f\n", m.shop, r.auc, r.ap, r.brier, r.ece)
			sum.auc, sum.ap, sum.brier, sum.ece = sum.auc+r.auc, sum.ap+r.ap, sum.brier+r.brier, max(sum.ece, r.ece)
		}
		n := float64(len(found))
		fmt.Fprintf(table, "mean (of ECE the worst)\t%.4f\t%.4f\t%.4f\t%.4f\n", sum.auc/n, sum.ap/n, sum.brier/n, sum.ece)
	}
	if found := only(all, replayed); len(found) == len(replayed) {
		fmt.Fprintln(table, "\nBlend, mean of cdnow and grocery\tprecision\trecall\tlag (own gaps)\ttold by 4\tby 5 own gaps")
		for i, level := range levels {
			meanRow(table, fmt.Sprintf("p_lost ≥ %.1f", level), found, func(m measured) tally { return m.alone[i] })
			meanRow(table, fmt.Sprintf("p_lost ≥ %.1f, beyond the own p90 and mean gap", level), found, func(m measured) tally { return m.beyond[i] })
		}
	}
	table.Flush()
}

// only returns the measured shops with the names, in their order.
func only(all []measured, names []string) []measured {
	var found []measured
	for _, name := range names {
		for _, m := range all {
			if m.shop == name {
				found = append(found, m)
			}
		}
	}
	return found
}

func meanRow(out io.Writer, name string, all []measured, of func(measured) tally) {
	var precision, recall, lag, by4, by5 float64
	n := float64(len(all))
	for _, m := range all {
		t := of(m)
		precision += t.right / t.alerts / n
		recall += t.right / t.losses / n
		lag += t.lag / t.right / n
		by4 += t.within4 / t.losses / n
		by5 += t.within5 / t.losses / n
	}
	fmt.Fprintf(out, "%s\t%.3f\t%.2f\t%.2f\t%.3f\t%.3f\n", name, precision, recall, lag, by4, by5)
}

// reportOtherCuts measures shares of MBG at other dates of the same shops: the
// share in use was chosen on cdnow.
func reportOtherCuts(all []shop, out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\nlog-loss of p_silent, and overdue's lag in own gaps, by the share of MBG")
	for _, share := range shares {
		fmt.Fprintf(table, "\t%.2f", share)
	}
	fmt.Fprintln(table, "\tECE as used")
	for i := range all {
		for _, cut := range otherCuts[all[i].name] {
			s := all[i]
			s.cut = cut
			reportShares(&s, table)
		}
	}
	table.Flush()
}

func reportShares(s *shop, out io.Writer) {
	_, histories := s.histories(s.cut)
	m := silence.FitBlend(histories)
	fmt.Fprintf(out, "%s by %s", s.name, s.cut)
	for _, share := range shares {
		mixed := named{Model: shared{m, share}}
		t := s.replay(lostFrom(mixed, levels[0]))
		fmt.Fprintf(out, "\t%.4f, %.2f", logLoss(s.guesses(mixed)), t.lag/t.right)
	}
	fmt.Fprintf(out, "\t%.3f\n", calibrationError(s.guesses(m)))
}
