// Package finding holds what a detector concludes: the finding, its facts, its
// causes with evidence both ways, and what to do. It knows no language, no
// database and no Slack.
package finding

import "dangol/internal/sales"

// Kind names what was found.
type Kind string

// The kinds of findings.
const (
	CustomerLost      Kind = "customer_lost"
	CustomerOverdue   Kind = "customer_overdue"
	CustomerRecovered Kind = "customer_recovered"
	DataStale         Kind = "data_stale"

	CustomerDeclining   Kind = "customer_declining"
	ProductDropped      Kind = "product_dropped"
	ProductLosingBuyers Kind = "product_losing_buyers"
	RegularNeglected    Kind = "regular_neglected"

	VisitsShort        Kind = "visits_short"
	NewCustomersShort  Kind = "new_customers_short"
	SalesShort         Kind = "sales_short"
	RepLosingCustomers Kind = "rep_losing_customers"
	GrowthReview       Kind = "growth_review"
	GrowthOpportunity  Kind = "growth_opportunity"
	Leaderboard        Kind = "leaderboard"
)

// Severity ranks how much a finding matters to its reader.
type Severity string

// The severities, least first.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Confidence says how sure a cause is.
type Confidence string

// The confidences, least first.
const (
	Low    Confidence = "low"
	Medium Confidence = "medium"
	High   Confidence = "high"
)

// Phrase is a sentence before it has a language: a key of the wording
// catalogue and the values it names. Values are string, int, float64 (a
// fraction where the catalogue says percent), sales.Date or sales.Money.
type Phrase struct {
	Key  string
	Args map[string]any
}

// Say makes a phrase from alternating names and values.
func Say(key string, pairs ...any) Phrase {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return Phrase{Key: key, Args: args}
}

// Cause is one explanation that was tried, with the evidence for and against it.
type Cause struct {
	Name       string // one of the constants DataFault … CustomerOnly, or FewVisits … QuotaItself
	Confidence Confidence
	For        []Phrase
	Against    []Phrase
}

// Action is what somebody should do, and by when (zero: no date).
type Action struct {
	Phrase
	Due sales.Date
}

// Finding is one conclusion, true at the as-of date whether told before or not.
type Finding struct {
	Kind        Kind
	CustomerID  string
	Product     string // product id of a finding about one; what else tells findings of one kind and customer apart
	RepID       string
	Severity    Severity
	Probability float64
	MoneyAtRisk sales.Money // per year, weighted with the probability
	Headline    Phrase
	Facts       any // one struct per kind, with JSON tags
	Causes      []Cause
	Actions     []Action
}
