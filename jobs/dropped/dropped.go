// Package dropped finds what regular customers have stopped buying while they go
// on buying everything else: the stage between a declining customer and a lost
// one. A product is judged in the customer's own later orders, not in days,
// against the pauses that it and others took before, and against the product's
// other buyers; a product that lost its buyers is one finding about the product,
// not one about each customer.
//
// Pure: the same snapshot and standing give the same findings in the same order.
package dropped

import (
	"cmp"
	"slices"

	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// Rules are the thresholds of the detector.
type Rules struct {
	Purchases  int     // orders with the product that make it a regular one of the customer's
	FalseShare float64 // Benjamini and Hochberg's q over the pairs of a night
	LossShare  float64 // the same, over the products
	LeastOdds  float64 // P(dropped) from which a pair is called dropped
	LeastDays  int     // calendar days without the product before anything is said
	LeastGaps  float64 // own median gaps without the product before anything is said
	LeastShare float64 // of the customer's amount, from which a drop is worth telling
	LeastLater int     // orders without the product before anything is said
	Control    bool    // an order counts for less when the product's other buyers bought less of it then
	Season     bool    // what was not bought at this time last year either is not dropped
	Stopped    float64 // a product loses its buyers when so large a share of them stopped
	Buyers     int     // the fewest regular buyers about whom a product is judged
	Substitute float64 // share of the volume that other products of the category must take over
}

// DefaultRules are the thresholds of docs/detection.md.
func DefaultRules() Rules {
	return Rules{
		Purchases: 5, FalseShare: .04, LossShare: .001, LeastOdds: .9, LeastShare: .02, LeastDays: 60, LeastGaps: 3, LeastLater: 3,
		Control: true, Season: true, Stopped: .5, Buyers: 5, Substitute: .6,
	}
}

// Drop is one product, or one whole category, that a customer stopped buying.
type Drop struct {
	Standing *standing.Standing
	Item     Item
	Switched []Item      // what took over, largest first; then nothing is dropped
	Replaced float64     // share of the volume that the rise of others of the category replaces
	Partly   []Item      // those others, where they are too few to have taken over
	Products []string    // ids that Item stands for: itself, or the category's, ascending
	Last     sales.Date  // last order with it
	Later    int         // orders without it since
	Silence  int         // calendar days from Last to the as-of date
	Held     int         // of Of orders from the first with it to Last, so many held it
	Of       int         //
	Gap      float64     // own median days between orders with it
	PValue   float64     // P(so many later orders without it | it is bought as before)
	QValue   float64     // PValue adjusted for all that was tested (Benjamini and Hochberg)
	Odds     float64     // P(it is dropped)
	Yearly   sales.Money // what it brought in the 12 months to Last
	Share    float64     // of all that the customer bought in those months
}

// Item is a product or a category.
type Item struct {
	ID       string // of the product; empty for a category
	Name     string // as people know it
	Category string // empty where unknown
}

// Key tells items apart: the id of a product, "category/" and its name for a
// category.
func (i Item) Key() string {
	if i.ID == "" {
		return categoryKey + i.Category
	}
	return i.ID
}

const categoryKey = "category/"

// Report is everything the detector concludes from one snapshot.
type Report struct {
	Drops  []Drop // by customer, largest first; those that switched included
	Losses []Loss // products that lost their buyers, largest first
	// Renumbered says that most products lost theirs at once; Losses then are the
	// discontinued ones.
	Renumbered *Renumbered
	Tested     int // pairs of a customer and a product that were judged
	// Learned is what the night taught, for JudgeWith.
	Learned Learned

	asOf, dataThrough sales.Date
	judged            int  // products
	holding           bool // most of them are not bought as before: none is told of
}

// Judge looks at every regular pair of a customer and a product.
func Judge(snapshot *sales.Snapshot, sheet *standing.Sheet, rules Rules) Report {
	return JudgeWith(snapshot, sheet, rules, nil)
}

// JudgeWith is Judge with what was learned on another night (Report.Learned); nil
// learns.
func JudgeWith(snapshot *sales.Snapshot, sheet *standing.Sheet, rules Rules, learned *Learned) Report {
	shelf := StockWith(snapshot, sheet, rules, learned)
	if shelf == nil {
		return Report{}
	}
	losses, unsure, broke, judged := shelf.products.losses()
	suspects, tested := shelf.products.suspects()
	categories := shelf.categories()
	drops := shelf.absorb(shelf.drops(suspects, losses, unsure), losses, categories)
	drops = slices.DeleteFunc(drops, func(d Drop) bool { return d.Share < rules.LeastShare })
	slices.SortFunc(drops, func(a, b Drop) int {
		return cmp.Or(cmp.Compare(a.Standing.Customer.ID, b.Standing.Customer.ID), cmp.Compare(b.Yearly, a.Yearly),
			cmp.Compare(a.Item.Key(), b.Item.Key()))
	})
	report := Report{Drops: drops, Tested: tested, dataThrough: snapshot.DataThrough, asOf: sheet.AsOf,
		Learned: Learned{shelf.products.habits, categories.habits}}
	report.told(losses, broke, judged)
	return report
}
