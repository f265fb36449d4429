package sales

import "sort"

// Purchase is what one customer bought of one product on one local date, net of
// returns booked on that date.
type Purchase struct {
	Date     Date
	Quantity float32 // net; 0 where no line of the date gives one
	Net      Money
}

// Basket is one customer's history with one product: the latest MostPurchases
// dates of it.
type Basket struct {
	ProductID string
	Days      []Purchase // ascending by date, one per date
}

const (
	// MostPurchases and MostBaskets bound what is kept of one customer, so that
	// memory grows with customers and not with their lines: the latest dates of a
	// product, and the products with the largest net amount.
	MostPurchases, MostBaskets = 60, 60
	// LeastPurchases is the fewest dates that make a product's history worth
	// keeping.
	LeastPurchases = 3
)

// through returns the baskets as known at the end of asOf, without those that
// were empty then. The purchases share memory with the original.
func through(baskets []Basket, asOf Date) []Basket {
	var cut []Basket
	for _, b := range baskets {
		n := sort.Search(len(b.Days), func(i int) bool { return b.Days[i].Date > asOf })
		if n > 0 {
			cut = append(cut, Basket{ProductID: b.ProductID, Days: b.Days[:n]})
		}
	}
	return cut
}
