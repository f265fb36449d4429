package finding

import "dangol/internal/sales"

// Report is what a job about figures has worked out: the sheets, reviews and
// lists behind its findings and messages. Which fields are filled depends on the
// job.
type Report struct {
	About  Subject
	Job    string
	Period sales.Span // the week or month that is reviewed
	// Missing are what the figures lack and why: no visits, no rep on the orders.
	Missing []Phrase

	Company Sheet       // quota-digest
	Reps    []Sheet     // by rep id; empty where no figure about a single rep is computed
	Teams   []Sheet     // of leads with a lead above them, by rep id
	Sellers []sales.Rep // whom the report is about, by id; empty where no figure about a single rep is computed
	Shorts  []Finding   // where the reps fell short

	Growth []Finding // sales-growth: the company's review, then the reps'

	Opportunities []Finding // by value, largest first

	Board  *BoardFacts // leaderboard; nil: the month holds nothing to honour
	Losing []Finding   // rep-diagnosis
	Judged []Verdict   // rep-diagnosis: who was looked at, and why no more was said
}

// Reviewed is the growth of a rep, or with an empty id of the company; ok is false
// where it was not reviewed.
func (r *Report) Reviewed(rep string) (facts GrowthFacts, ok bool) {
	for _, f := range r.Growth {
		if f.RepID == rep {
			facts, ok = f.Facts.(GrowthFacts)
			return facts, ok
		}
	}
	return GrowthFacts{}, false
}

// Verdict is why a rep was or was not found to lose customers one after another.
type Verdict struct {
	RepID    string
	Losses   int
	Regulars int
	Reason   Phrase
}

// Subject is what a report is about.
type Subject string

// The subjects.
const (
	AboutQuotas Subject = "quotas"
	AboutGrowth Subject = "growth"
	AboutBest   Subject = "best"
	AboutLosses Subject = "losses"
)
