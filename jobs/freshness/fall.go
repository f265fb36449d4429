package freshness

import (
	"math"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/season"
)

const (
	// knownDays: only customers who first ordered so many days before count, so
	// that a campaign that ends looks like no fault of the data.
	knownDays = 28
	// levelDays is the span before from which the daily level is learned, and
	// weekdayDays the one for the weekdays' shares of it.
	levelDays, weekdayDays = 8 * 7, lookback
	// fallYear is how far back the company's own weak spells are looked for.
	fallYear = 400
	// maxFallDays: after so many selling days a lower level is the company's
	// level, whatever brought it.
	maxFallDays = 20
	// halfDays: a fall of so few selling days is rather an unfinished import.
	halfDays = 3
	// minFallBuyers is the fewest buyers to be expected for a judgement.
	minFallBuyers = 20
	// fallen: fewer than this share of the expected buyers came; steady: before
	// that at least this share did.
	fallen, steady = .65, .8
	// A fall must be so many of the company's own standard deviations below the
	// expected, and worse than ever in a year by such a factor. Longer falls are
	// held to more: holidays that nobody listed look like them.
	halfScores, halfWorse = 3.3, 1
	stepScores, stepWorse = 3.5, 1.15
	// minFallScatter bounds the company's standard deviation from below: 1 is
	// that of chance, less that of buyers who order like clockwork.
	minFallScatter = .5
	// minSpells is the fewest past spells from which the scatter is learned.
	minSpells = 40
)

// spells are the lengths in selling days that are looked at.
var spells = []int{1, 2, 3, 4, 5, 6, 8, 10, 13, 16, maxFallDays}

// FallFacts are the evidence that only a part of the orders arrives.
type FallFacts struct {
	DataThrough sales.Date `json:"data_through"`
	Since       sales.Date `json:"since"`        // first selling day of the fall
	SellingDays int        `json:"selling_days"` // since then
	Buyers      int        `json:"buyers"`       // customers a day, added up over those days
	Expected    float64    `json:"expected"`     // at the company's own level and rates for those weekdays
	Share       float64    `json:"share"`        // Buyers ÷ Expected
	Scores      float64    `json:"scores"`       // own standard deviations below the expected
}

// fallen returns a data_stale finding when on the last selling days far fewer of
// the known customers ordered than the company's own level and weekdays let
// expect, and fewer than in any spell of that length in a year, while some still
// do: a half import, or a status that was renamed.
func (r Rules) fallen(snapshot *sales.Snapshot) *finding.Finding {
	// Empty days at the end are for stopped to judge: they are waited for.
	level := newLevel(snapshot, r.Calendar, min(snapshot.DataThrough, snapshot.AsOf-sales.Date(r.SettleDays)), anyLine)
	var worst FallFacts
	for _, n := range spells {
		if f, ok := level.fall(n); ok && f.Scores > worst.Scores {
			worst = f
		}
	}
	if worst.SellingDays == 0 {
		return nil
	}
	worst.DataThrough = snapshot.DataThrough
	return fault(worst, worst.headline(), finding.Say("action_check_import"))
}

// headline names the fault by how long it lasts.
func (f FallFacts) headline() finding.Phrase {
	key := "stale_step"
	if f.SellingDays <= halfDays {
		key = "stale_half"
	}
	days := float64(f.SellingDays)
	return finding.Say(key, "days", f.SellingDays, "since", f.Since, "share", f.Share,
		"buyers", math.Round(float64(f.Buyers)/days), "expected", math.Round(f.Expected/days))
}

// fault is a data_stale finding with one headline, which is its evidence too.
func fault(facts any, headline finding.Phrase, action finding.Phrase) *finding.Finding {
	return &finding.Finding{
		Kind: finding.DataStale, Severity: finding.Critical, Probability: 1,
		Headline: headline, Facts: facts,
		Causes:  []finding.Cause{{Name: finding.DataFault, Confidence: finding.High, For: []finding.Phrase{headline}}},
		Actions: []finding.Action{{Phrase: action}},
	}
}

// level knows the selling days of the company, without its closures, and the
// known customers who ordered on each.
type level struct {
	dates  []sales.Date // ascending
	buyers []float64
	sums   []totals // of the dates before each index
	// crowded is how many of the dates before each index lie in the week after a
	// long closure, when orders crowd first and are missing then.
	crowded []int
}

// anyLine and bought say which of a customer's days make it one of a date's buyers:
// to see whether lines still arrive all count, to see whether anything is bought only
// buying days.
func anyLine(sales.Day) bool  { return true }
func bought(d sales.Day) bool { return d.Net > 0 }

func newLevel(snapshot *sales.Snapshot, calendar sales.Calendar, through sales.Date, counts func(sales.Day) bool) level {
	first := snapshot.DataThrough - fallYear - weekdayDays
	known := season.Flow{First: first, Buyers: make([]int, snapshot.DataThrough-first+1)}
	for i := range snapshot.Customers {
		countKnown(snapshot.Customers[i].Days, known, counts)
	}
	flow := season.NewFlow(snapshot)
	closed, crowded := around(season.Closures(flow, calendar, snapshot.DataThrough))
	l := level{crowded: []int{0}}
	for d := max(first, flow.First+knownDays); d <= through; d++ {
		if calendar.Selling(d) && !closed[d] {
			l.dates = append(l.dates, d)
			l.buyers = append(l.buyers, float64(known.Buyers[d-first]))
			l.crowded = append(l.crowded, l.crowded[len(l.crowded)-1]+crowded[d])
		}
	}
	l.expect()
	return l
}

// around returns the dates of the closures and, with a 1, those of the week
// after a long one.
func around(closures []season.Span) (closed map[sales.Date]bool, after map[sales.Date]int) {
	closed, after = map[sales.Date]bool{}, map[sales.Date]int{}
	for _, span := range closures {
		for d := span.From; d <= span.To; d++ {
			closed[d] = true
		}
		for d := span.To + 1; span.Days() >= longClosure && d <= span.To+7; d++ {
			after[d] = 1
		}
	}
	return closed, after
}

func countKnown(days []sales.Day, known season.Flow, counts func(sales.Day) bool) {
	for _, d := range days {
		if counts(d) && d.Date >= known.First && d.Date <= known.Last() && d.Date >= days[0].Date+knownDays {
			known.Buyers[d.Date-known.First]++
		}
	}
}
