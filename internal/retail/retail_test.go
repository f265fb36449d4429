package retail_test

import (
	"testing"

	"dangol/internal/retail"
	"dangol/internal/sales"
)

func TestInvoices(t *testing.T) {
	invoices, err := retail.Invoices()
	if err != nil {
		t.Fatal(err)
	}
	if len(invoices) != 22190 {
		t.Errorf("%d invoices", len(invoices))
	}
	customers := map[string]bool{}
	var total sales.Money
	for i, v := range invoices {
		customers[v.CustomerID] = true
		total += v.Amount
		if v.Date < retail.From || v.Date > retail.Through {
			t.Errorf("invoice %s is dated %s", v.ID, v.Date)
		}
		if (v.ID[0] == 'C') != (v.Amount < 0) && v.Amount != 0 {
			t.Errorf("invoice %s of %s", v.ID, v.Amount)
		}
		if i > 0 && v.CustomerID < invoices[i-1].CustomerID {
			t.Errorf("invoice %s is out of order", v.ID)
		}
	}
	if len(customers) != 4372 || total.String() != "8300065.81" {
		t.Errorf("%d customers bought for %s", len(customers), total)
	}
}

func TestTwoWaysToCountDays(t *testing.T) {
	day := sales.NewDate(2011, 1, 18)
	invoices := []retail.Invoice{
		{ID: "1", CustomerID: "b", Date: day + 9, Amount: 30, Goods: true},
		{ID: "2", CustomerID: "b", Date: day, Amount: 50, Goods: true},
		{ID: "3", CustomerID: "b", Date: day, Amount: 5, Goods: true},
		{ID: "C4", CustomerID: "b", Date: day, Amount: -55},
		{ID: "5", CustomerID: "a", Date: day, Amount: 18}, // postage
	}
	purchases := retail.Purchases(invoices)
	if len(purchases) != 1 || len(purchases[0].Days) != 2 || purchases[0].Days[0] != (sales.Day{Date: day, Net: 55}) {
		t.Errorf("purchases %+v", purchases)
	}
	nets := retail.Nets(invoices)
	if len(nets) != 2 || nets[0].ID != "a" || nets[0].Days[0].Net != 18 || nets[1].Days[0].Net != 0 || nets[1].Days[1].Net != 30 {
		t.Errorf("nets %+v", nets)
	}
}
