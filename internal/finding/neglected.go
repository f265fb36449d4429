package finding

import "dangol/internal/sales"

// NeglectedFacts are the facts of RegularNeglected about one customer: the
// evidence that it is not visited any more.
type NeglectedFacts struct {
	CustomerName string      `json:"customer_name"`
	LastVisit    sales.Date  `json:"last_visit"`
	VisitDays    int         `json:"days_since_visit"`
	RhythmDays   float64     `json:"rhythm_days"` // median gap between its visits
	LongestDays  float64     `json:"longest_gap_days"`
	Visits       int         `json:"visits"`
	Planned      sales.Date  `json:"planned_visit,omitzero"`
	LastOrder    sales.Date  `json:"last_order"`
	CadenceDays  float64     `json:"cadence_days"`
	Monthly      sales.Money `json:"monthly_amount"`
	Yearly       sales.Money `json:"yearly_amount"`
	Rank         int         `json:"rank"` // as in SilenceFacts
	RankOf       int         `json:"rank_of"`
	RankScope    string      `json:"rank_scope"`
	DataThrough  sales.Date  `json:"data_through"`
}

// GreetingFacts are the facts of RegularNeglected without a customer: a rep's top
// regulars to greet before a holiday.
type GreetingFacts struct {
	Holiday     sales.Date `json:"holiday"` // its first day
	Days        int        `json:"days"`    // from the as-of date to it
	Regulars    []Greeting `json:"regulars"`
	DataThrough sales.Date `json:"data_through"`
}

// Greeting is one of them, the largest first.
type Greeting struct {
	CustomerID   string      `json:"customer_id"`
	CustomerName string      `json:"customer_name"`
	Monthly      sales.Money `json:"monthly_amount"`
	LastOrder    sales.Date  `json:"last_order"`
	LastVisit    sales.Date  `json:"last_visit,omitzero"` // zero: none known
}
