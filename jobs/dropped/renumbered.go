package dropped

import (
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/internal/stat"
)

// Catalogue stands for the product in the finding about renumbered products: like the
// key of a category no product's id, since somebody may well sell a "catalogue".
const Catalogue = "catalogue/"

// leastRenumbered is the fewest products, and renumberedShare the share of those
// judged, that do not lose their buyers at once: their ids changed, rather.
const leastRenumbered, renumberedShare = 5, .5

// Renumbered is that most products seem to have lost their buyers at once, while
// these go on ordering.
type Renumbered struct {
	Lost   int        // products that lost them
	Judged int        // products that were judged
	Since  sales.Date // the median of their dates
}

// Settled reports whether there are products to judge and they are told each again:
// the renumbered ones are a year away, or found again under their ids.
func (r *Report) Settled() bool { return r.judged > 0 && !r.holding }

// told keeps the losses that are told each. Where most products are not bought as
// before, none is told but the discontinued ones, and in their place that the ids
// may have changed, once enough of them are sure.
func (r *Report) told(losses []Loss, broke, judged int) {
	r.judged = judged
	if r.Losses = losses; broke < leastRenumbered || float64(broke) < renumberedShare*float64(judged) {
		return
	}
	r.holding = true
	var ended []Loss
	var since []sales.Date
	for _, l := range losses {
		if l.Discontinued != 0 {
			ended = append(ended, l)
			continue
		}
		since = append(since, l.Since)
	}
	r.Losses = ended
	if len(since) < leastRenumbered {
		return
	}
	slices.Sort(since)
	r.Renumbered = &Renumbered{Lost: len(since), Judged: judged, Since: sales.Date(stat.Median(since))}
}

// renumbered is the one finding about products whose ids may have changed.
func (t teller) renumbered(r *Renumbered) finding.Finding {
	facts := finding.RenumberedFacts{Lost: r.Lost, Judged: r.Judged, Since: r.Since, DataThrough: t.report.dataThrough,
		Evidence: []finding.Phrase{finding.Say("renumbered_evidence")}}
	return finding.Finding{
		Kind: finding.ProductLosingBuyers, Product: Catalogue, Severity: finding.Warning, Probability: 1, Facts: facts,
		Headline: finding.Say("headline_renumbered", "lost", r.Lost, "judged", r.Judged, "since", r.Since),
		Causes: []finding.Cause{{Name: finding.DataFault, Confidence: finding.Medium,
			For: []finding.Phrase{finding.Say("renumbered_cause")}}},
		Actions: t.due(reviewDays, finding.Say("action_check_products")),
	}
}
