package dropped

import "dangol/internal/sales"

const (
	// oftenBought is the fewest purchases that made a customer a buyer, awayDays for
	// how long those who had stopped had not bought by the date.
	oftenBought, awayDays = 5, 60
)

// Regained counts the buyers of a product who had stopped buying it by a date, and
// those of them who bought it after: the evidence that ends the case of a product
// that lost its buyers.
func Regained(snapshot *sales.Snapshot, product string, since sales.Date) (again, stopped int) {
	for i := range snapshot.Customers {
		for _, b := range snapshot.Customers[i].Baskets {
			if b.ProductID != product {
				continue
			}
			days := kept(b.Days)
			before := 0
			for before < len(days) && days[before].Date <= since {
				before++
			}
			if before < oftenBought || days[before-1].Date > since-awayDays {
				continue
			}
			stopped++
			if before < len(days) {
				again++
			}
		}
	}
	return again, stopped
}
