package finding

import "dangol/internal/sales"

// What of a customer's buying fell, as DeclineFacts.Fell says it.
const (
	FellOrders = "orders" // it orders less often
	FellSizes  = "sizes"  // its orders are smaller
	FellBoth   = "both"
)

// DeclineFacts are the evidence that a customer buys less: what it bought in the
// last weeks against the year before them.
type DeclineFacts struct {
	CustomerName string     `json:"customer_name"`
	Course       Course     `json:"course"`
	Fell         string     `json:"fell"`
	LastOrder    sales.Date `json:"last_order"`
	From         sales.Date `json:"from"`       // the first of the last weeks
	Through      sales.Date `json:"through"`    // the last day of them
	Weeks        int        `json:"weeks"`      // how many they are
	BaseWeeks    int        `json:"base_weeks"` // how many weeks before them they are compared with
	// Orders a month, the amount of a usual order (geometric mean) and the amount a
	// month, before and in the last weeks.
	OrdersBefore float64     `json:"orders_before"`
	OrdersNow    float64     `json:"orders_now"`
	SizeBefore   sales.Money `json:"size_before"`
	SizeNow      sales.Money `json:"size_now"`
	AmountBefore sales.Money `json:"amount_before"`
	AmountNow    sales.Money `json:"amount_now"`
	// Market is what became of the amounts of the control group, as a factor.
	Market float64 `json:"market"`
	// Fallen is the share of the amount that is missing, the market's move taken out.
	Fallen     float64     `json:"fallen"`
	LastYear   float64     `json:"last_year,omitempty"` // amount ÷ that of the same weeks last year × market; 0: unknown
	PDeclining float64     `json:"p_declining"`
	Monthly    sales.Money `json:"monthly_amount"`
	Yearly     sales.Money `json:"yearly_amount"`
	// Since is the last day of the week in which it was first seen declining.
	Since       sales.Date `json:"since"`
	DataThrough sales.Date `json:"data_through"`
}
