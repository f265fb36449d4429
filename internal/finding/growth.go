package finding

import "dangol/internal/sales"

// Bridge leads from the net sales of one span to those of another: To − From is
// the sum of the eight parts, to the cent. Each customer falls in one class: new,
// won back, lost, declining or retained, and only what the retained bought is
// split further.
type Bridge struct {
	From      sales.Money `json:"from"`
	To        sales.Money `json:"to"`
	New       sales.Money `json:"new"`        // first order ever in the span of To
	WonBack   sales.Money `json:"won_back"`   // an order in it after a silence that was lost
	CrossSell sales.Money `json:"cross_sell"` // retained: products it first bought in the span of To
	Frequency sales.Money `json:"frequency"`  // retained: more or fewer orders
	Size      sales.Money `json:"size"`       // retained: larger or smaller orders
	Price     sales.Money `json:"price"`      // retained: the same products at another unit price
	Decline   sales.Money `json:"decline"`    // declining at the as-of date, bought less; ≤ 0
	Lost      sales.Money `json:"lost"`       // lost at the as-of date, bought less; ≤ 0
}

// Part is one of the parts of a bridge by name.
type Part struct {
	Name   string
	Amount sales.Money
}

// Parts returns the eight parts in their fixed order.
func (b Bridge) Parts() []Part {
	return []Part{{"new", b.New}, {"won_back", b.WonBack}, {"cross_sell", b.CrossSell}, {"frequency", b.Frequency},
		{"size", b.Size}, {"price", b.Price}, {"decline", b.Decline}, {"lost", b.Lost}}
}

// Add adds another bridge, part by part.
func (b *Bridge) Add(more Bridge) {
	b.From += more.From
	b.To += more.To
	b.New += more.New
	b.WonBack += more.WonBack
	b.CrossSell += more.CrossSell
	b.Frequency += more.Frequency
	b.Size += more.Size
	b.Price += more.Price
	b.Decline += more.Decline
	b.Lost += more.Lost
}

// Growth is the change that the bridge explains.
func (b Bridge) Growth() sales.Money { return b.To - b.From }

// The comparisons of a growth review.
const (
	LastMonth  = "last_month"
	LastYear   = "last_year"    // the same month of the year before
	YearToDate = "year_to_date" // the fiscal year so far against the same days of the one before
	LastWeeks  = "last_weeks"   // the last four weeks against the four before, in the digest
)

// Comparison is a bridge with its spans and the customers behind it.
type Comparison struct {
	Against   string     `json:"against"`
	FromSpan  sales.Span `json:"from_span"`
	ToSpan    sales.Span `json:"to_span"`
	Known     bool       `json:"known"` // the data reach back over all of FromSpan, and tell who is new
	Bridge    `json:""`
	Customers int `json:"customers"` // with sales in either span
	// Top are the customers who moved each part most, at most three.
	Top map[string][]Mover `json:"top"`
	// MovedIn and MovedOut are, of a rep, the part of Frequency that comes from
	// customers who changed their rep between the spans.
	MovedIn  sales.Money `json:"moved_in"`
	MovedOut sales.Money `json:"moved_out"`
	// Unpriced is the share of what was sold in ToSpan, returns aside, that came
	// without a quantity: its price is part of Size.
	Unpriced float64 `json:"unpriced"`
	// LedgerFrom and LedgerTo are all net sales of the spans by the order lines:
	// the reconciliation line.
	LedgerFrom sales.Money `json:"ledger_from"`
	LedgerTo   sales.Money `json:"ledger_to"`
}

// Add adds the comparison of another rep over the same spans. The customers behind
// the parts are left out.
func (c *Comparison) Add(more Comparison) {
	c.Against, c.FromSpan, c.ToSpan, c.Known = more.Against, more.FromSpan, more.ToSpan, more.Known
	c.Bridge.Add(more.Bridge)
	c.Customers += more.Customers
	c.LedgerFrom += more.LedgerFrom
	c.LedgerTo += more.LedgerTo
}

// Mover is a customer behind one part of a bridge.
type Mover struct {
	CustomerID   string      `json:"customer_id"`
	CustomerName string      `json:"customer_name"`
	Amount       sales.Money `json:"amount"`
}

// GrowthFacts are the facts of GrowthReview: of the company, or of one rep. The
// comparison with the last month stands at the top, all of them in Comparisons.
type GrowthFacts struct {
	RepName string `json:"rep_name,omitempty"`
	Bridge
	Start       sales.Date   `json:"period_start"` // of the month that is reviewed
	End         sales.Date   `json:"period_end"`
	Comparisons []Comparison `json:"comparisons"`
	// Fallen are the products and segments that lost most against the same month
	// of the year before (or the last month); of the company only.
	Products    []Fallen   `json:"products_fallen,omitempty"`
	Segments    []Fallen   `json:"segments_fallen,omitempty"`
	DataThrough sales.Date `json:"data_through"`
}

// Fallen is a product or a segment that sold less.
type Fallen struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	From   sales.Money `json:"from"`
	To     sales.Money `json:"to"`
	Buyers int         `json:"buyers_before"`
	Gone   int         `json:"buyers_gone"` // of them, those who bought none of it
}

// What kind of growth an opportunity is.
const (
	WhiteSpace    = "white_space"    // most of its like buy a product that it does not
	SingleProduct = "single_product" // it buys one product only
	NewProduct    = "new_product"    // a product new to the company, of a category it buys
	Reorder       = "reorder"        // it could reorder as often as its like
)

// OpportunityFacts are the facts of GrowthOpportunity.
type OpportunityFacts struct {
	CustomerName string      `json:"customer_name"`
	Opportunity  string      `json:"opportunity"`
	ProductID    string      `json:"product_id"`
	ProductName  string      `json:"product_name"`
	Category     string      `json:"category,omitempty"`
	Segment      string      `json:"segment,omitempty"`
	Buyers       int         `json:"buyers"` // similar customers who buy it
	Similar      int         `json:"similar_customers"`
	Current      sales.Money `json:"current_yearly"` // what it spends on it now
	Yearly       sales.Money `json:"value_yearly"`   // what more it could bring a year
	OwnGap       float64     `json:"own_gap_days,omitempty"`
	TheirGap     float64     `json:"similar_gap_days,omitempty"`
	LaunchedOn   sales.Date  `json:"launched_on,omitzero"`
	DataThrough  sales.Date  `json:"data_through"`
	Why          Phrase      `json:"-"`
}
