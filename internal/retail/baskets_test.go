package retail_test

import (
	"testing"

	"dangol/internal/retail"
	"dangol/internal/sales"
)

func TestBaskets(t *testing.T) {
	all, err := retail.Baskets()
	if err != nil {
		t.Fatal(err)
	}
	customers, pairs, dates := len(all), 0, 0
	for id, own := range all {
		for i, b := range own {
			if i > 0 && b.ProductID <= own[i-1].ProductID {
				t.Errorf("%s: %s after %s", id, b.ProductID, own[i-1].ProductID)
			}
			for k := 1; k < len(b.Days); k++ {
				if b.Days[k].Date <= b.Days[k-1].Date {
					t.Errorf("%s %s: %v after %v", id, b.ProductID, b.Days[k].Date, b.Days[k-1].Date)
				}
			}
			if len(b.Days) < sales.LeastPurchases {
				t.Errorf("%s %s: %d dates", id, b.ProductID, len(b.Days))
			}
			dates += len(b.Days)
		}
		pairs += len(own)
	}
	if customers != 1590 || pairs != 25017 || dates != 112046 {
		t.Errorf("%d customers, %d baskets, %d dates", customers, pairs, dates)
	}
}
