// Package declining finds regular customers who still order, but clearly less
// than they used to: fewer orders, smaller ones, or both. Each is compared with
// its own last year and with how its market moved, weekly, and only what chance
// would hardly bring is said. Pure: the same facts give the same findings in the
// same order.
package declining

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

const (
	// leastHistory is the fewest weeks of a company's own orders, to its tested
	// week, from which anything can be told: with less than a year and a quarter,
	// a season looks like a decline.
	leastHistory = 65
	// leastGroup is the fewest customers with the same main product that make a
	// control group.
	leastGroup = 10
	// effect is the share of the expected volume above which a fall is not told,
	// with and without the longest pause of the window.
	effect = .75
	// leastNow is the fewest orders in the window: who orders less is silent.
	leastNow = 2
	// lastYear is the same against the same weeks of last year.
	lastYear = .85
	// worth is the fallen amount, as a share of the median regular's, below which
	// a fall is not worth a word.
	worth = .02
	// rearm is how many weeks must pass between the end of one decline and the next.
	rearm = 13
)

// Rules are what a company may change.
type Rules struct {
	Declining float64 // p_declining from which a customer is declining
}

// DefaultRules are those of the documentation.
func DefaultRules() Rules { return Rules{Declining: .6} }

// Result is what can be told of one customer.
type Result struct {
	Standing    *standing.Standing
	Judged      bool    // there is enough data, and it is a current regular that is neither overdue nor lost
	P           float64 // p_declining: how sure it is that the customer declines
	Declining   bool
	Facts       finding.DeclineFacts // of every judged customer
	MoneyAtRisk sales.Money          // P × the fallen share × 12 × the monthly amount
	Since       sales.Date           // the last day of the first of the weeks in which it has been declining without a break
}

// Company is the judgement of all customers on one date.
type Company struct {
	Results  []Result // in the sheet's order
	AsOf     sales.Date
	Tested   sales.Date // the last day of the last tested week
	TooShort bool       // the company's history is too short to tell anything
	rules    Rules
}
