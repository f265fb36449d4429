package sample

import "dangol/internal/sales"

// Kind names what was planted in a customer.
type Kind string

// The kinds of planted cases.
const (
	Lost      Kind = "lost"      // stopped for good; Began is the last order
	Overdue   Kind = "overdue"   // silent for some three own gaps at the as-of date, outcome open; Began is the last order
	Recovered Kind = "recovered" // fell silent for about four own gaps or more after Began and ordered again on Ended
	Declining Kind = "declining" // buys about half as much since Began, by order size or by order rate
	Dropped   Kind = "dropped"   // no longer buys ProductID since Began, everything else goes on
	Neglected Kind = "neglected" // was visited every four weeks until Began and never since, and still buys
	Seasonal  Kind = "seasonal"  // buys in its season only; silence outside it means nothing
)

// Case is one planted customer.
type Case struct {
	Kind       Kind
	CustomerID string
	RepID      string     // the owner when it began
	ProductID  string     // Dropped only
	Began      sales.Date // see the kinds
	Ended      sales.Date // Recovered only: the order that ended the silence
	Gap        float64    // the customer's mean days between orders
	// Causes are why it stopped, as finding names them, where that was planted;
	// there may be others of chance.
	Causes []string
}

// RepKind names what was planted in a rep.
type RepKind string

// The kinds of planted reps.
const (
	FewVisits    RepKind = "few_visits"       // makes about a third of the cold visits asked for, always has
	PoorYield    RepKind = "poor_yield"       // makes half as many again as asked, and wins nobody since Began
	Collapse     RepKind = "collapse"         // a fifth of the rep's own activity since Began
	LosesRegular RepKind = "loses_regulars"   // regulars leave about every eight days; Began is the first confirmation
	OnLeave      RepKind = "on_leave"         // away for the whole last complete week before as-of, which excuses no visits
	NewlyHired   RepKind = "newly_hired"      // Began is the date of hire; took over a book from somebody who left
	FormerRep    RepKind = "former"           // Began is the date of leaving; inactive
	HandedOver   RepKind = "handed_over_book" // gave six customers to another rep on Began
)

// RepCase is one planted rep.
type RepCase struct {
	Kind  RepKind
	RepID string
	Began sales.Date
}

// ProductKind names what was planted in a product.
type ProductKind string

// The kinds of planted products.
const (
	Discontinued ProductKind = "discontinued"  // no longer sold since Began
	Launched     ProductKind = "launched"      // first sold on or after Began, less than 90 days ago
	LosingBuyers ProductKind = "losing_buyers" // about two thirds of its buyers stopped since Began
	PriceRise    ProductKind = "price_rise"    // the whole category costs 9 % more since Began
)

// ProductCase is one planted product, or a category for PriceRise.
type ProductCase struct {
	Kind  ProductKind
	Names []string // product ids
	Began sales.Date
}

// Truth is everything that was planted.
type Truth struct {
	Cases    []Case // by kind and customer
	Reps     []RepCase
	Products []ProductCase
	// Healthy are the customers in whom nothing was planted: they buy by their
	// habit until the as-of date. Newly won ones and customers who only tried
	// a few orders are not among them.
	Healthy []string
	// Tried are the new customers who stopped after one to four orders within
	// seven weeks, and so never became regular.
	Tried []string
}

// Of returns the planted cases of one kind.
func (t Truth) Of(kind Kind) []Case {
	var cases []Case
	for _, c := range t.Cases {
		if c.Kind == kind {
			cases = append(cases, c)
		}
	}
	return cases
}

// Rep returns the first rep planted as kind, or the empty string.
func (t Truth) Rep(kind RepKind) string {
	for _, r := range t.Reps {
		if r.Kind == kind {
			return r.RepID
		}
	}
	return ""
}
