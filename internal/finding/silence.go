package finding

import "dangol/internal/sales"

// The causes, in the order in which they are tried.
const (
	DataFault    = "data_fault"
	Season       = "season"
	Market       = "market"
	Product      = "product"
	Price        = "price"
	Service      = "service"
	Coverage     = "coverage"
	CustomerOnly = "customer_only"
)

// SilenceFacts are the evidence of a silence, or of its end.
type SilenceFacts struct {
	CustomerName string      `json:"customer_name"`
	LastOrder    sales.Date  `json:"last_order"`
	LastAmount   sales.Money `json:"last_amount"`
	SilenceDays  int         `json:"silence_days"`
	CadenceDays  float64     `json:"cadence_days"`
	P90GapDays   float64     `json:"p90_gap_days"`
	MeanGapDays  float64     `json:"mean_gap_days"`
	Orders       int         `json:"orders"`
	GapsWithin   int         `json:"gaps_within"` // own gaps no longer than P90GapDays
	HorizonDays  float64     `json:"horizon_days"`
	PLost        float64     `json:"p_lost"`
	PSilent      float64     `json:"p_silent"`
	Monthly      sales.Money `json:"monthly_amount"`
	Yearly       sales.Money `json:"yearly_amount"`
	Rank         int         `json:"rank"`       // by monthly amount among the current regulars of RankScope
	RankOf       int         `json:"rank_of"`    // so many they are
	RankScope    string      `json:"rank_scope"` // whose regulars: rep, no_rep, company
	Since        sales.Date  `json:"since"`      // first order
	// Confirmed: the silence has outlasted 2h.
	Confirmed bool `json:"confirmed"`
	// BackOn is the order that ended the silence; SilenceDays is then its length.
	BackOn     sales.Date  `json:"back_on,omitzero"`
	BackAmount sales.Money `json:"back_amount,omitzero"`

	Replacement   Replacement `json:"replacement"`
	Unknown       []Phrase    `json:"-"` // what could not be looked at
	LowConfidence bool        `json:"low_confidence"`
	Course        Course      `json:"course"`
	DataThrough   sales.Date  `json:"data_through"`
}

// Replacement is what making up for a lost customer takes, and from what that
// was computed.
type Replacement struct {
	Customers   float64     `json:"customers"`                  // new customers needed: the yearly amount ÷ FirstYear
	Months      float64     `json:"months,omitempty"`           // Customers ÷ NewPerMonth; 0 where there is no pace
	Assumed     bool        `json:"assumed"`                    // the doctrine's 2 to 3, not the company's own history
	FirstYear   sales.Money `json:"first_year_amount,omitzero"` // median net amount of a new customer's first year; 0: too few
	NewPerMonth float64     `json:"new_per_month"`              // new customers a month over the last year
	PaceKnown   bool        `json:"pace_known"`                 // the data reach back far enough to know NewPerMonth
}
