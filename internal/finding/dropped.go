package finding

import "dangol/internal/sales"

// DropFacts are the evidence that a customer stopped buying one product, or one
// whole category of products, while it goes on ordering.
type DropFacts struct {
	CustomerName string      `json:"customer_name"`
	ProductID    string      `json:"product_id,omitempty"` // empty for a category
	ProductName  string      `json:"product_name"`         // or the category's
	Category     string      `json:"category,omitempty"`   // empty where unknown
	Products     []string    `json:"products"`             // ids of what was dropped, ascending
	LastBought   sales.Date  `json:"last_bought"`
	SilenceDays  int         `json:"silence_days"` // since LastBought
	OrdersSince  int         `json:"orders_since"` // the customer's orders without it since
	OrdersWith   int         `json:"orders_with"`  // of OrdersOf orders from the first with it to the last, so many held it
	OrdersOf     int         `json:"orders_of"`
	GapDays      float64     `json:"gap_days"` // own median days between orders with it
	PValue       float64     `json:"p_value"`  // P(so many orders without it | it is bought as before)
	QValue       float64     `json:"q_value"`  // PValue adjusted for all that was tested that night
	PDropped     float64     `json:"p_dropped"`
	Yearly       sales.Money `json:"yearly_amount"`         // what it brought in the 12 months to LastBought
	Share        float64     `json:"share"`                 // of all that the customer bought in those months
	Replaced     float64     `json:"replaced"`              // share of it that others of the category replace, too little for a switch
	ReplacedBy   []string    `json:"replaced_by,omitempty"` // their names
	LastOrder    sales.Date  `json:"last_order"`            // of the customer, of anything
	Course       Course      `json:"course"`                // of what was dropped; empty where its dates do not reach back so far
	DataThrough  sales.Date  `json:"data_through"`
	// Evidence says all that in sentences, in the order to be read.
	Evidence []Phrase `json:"-"`
}

// LossFacts are the evidence that a product lost its regular buyers.
type LossFacts struct {
	ProductID    string      `json:"product_id"`
	ProductName  string      `json:"product_name"`
	Category     string      `json:"category,omitempty"`
	Discontinued sales.Date  `json:"discontinued_on,omitzero"`
	Buyers       int         `json:"buyers"`   // regular buyers of the last year who still order something
	Stopped      int         `json:"stopped"`  // of them, those who stopped buying it
	Switched     int         `json:"switched"` // of those, who buy more of another product of the category instead
	Since        sales.Date  `json:"since"`    // median of the last dates on which those who stopped bought it
	PValue       float64     `json:"p_value"`  // P(so many stopped | as with most products)
	Yearly       sales.Money `json:"yearly_amount"`
	Who          []Stopped   `json:"customers"` // those who stopped, largest first
	DataThrough  sales.Date  `json:"data_through"`
	Evidence     []Phrase    `json:"-"`
}

// RenumberedFacts are the evidence that the ids of products changed: most of them
// seem to have lost their buyers at once.
type RenumberedFacts struct {
	Lost        int        `json:"products"` // products that lost their regular buyers
	Judged      int        `json:"judged"`   // of so many with enough of them
	Since       sales.Date `json:"since"`
	DataThrough sales.Date `json:"data_through"`
	Evidence    []Phrase   `json:"-"`
}

// Stopped is one buyer who stopped buying a product.
type Stopped struct {
	CustomerID   string      `json:"customer_id"`
	CustomerName string      `json:"customer_name"`
	LastBought   sales.Date  `json:"last_bought"`
	Yearly       sales.Money `json:"yearly_amount"`
	SwitchedTo   []string    `json:"switched_to,omitempty"` // product names
}
