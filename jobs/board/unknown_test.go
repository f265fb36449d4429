package board_test

import (
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/quota"
)

// TestNobodyKnown: without reps on the orders there is no board; in the first
// months of the data nobody is honoured for customers who may have been there before.
func TestNobodyKnown(t *testing.T) {
	won := func() *sales.Snapshot {
		s := branch(4)
		add(s, "n", "r0", sales.Day{Date: month.From + 3, Net: 50 * unit})
		return s
	}
	s := won()
	s.HasSellers = false
	if got := best(s, quota.Rules{Fiscal: 1}); got != nil {
		t.Errorf("no reps on the orders: %+v", got)
	}
	s = won()
	for i := range s.Customers {
		for len(s.Customers[i].Days) > 1 && s.Customers[i].Days[0].Date < month.From-60 {
			s.Customers[i].Days = s.Customers[i].Days[1:]
		}
	}
	add(s, "oldest", "r1", sales.Day{Date: month.From - 60, Net: unit})
	if got := lists(best(s, quota.Rules{Fiscal: 1})); got["new_customers"] != "" {
		t.Errorf("the data are young: %v", got)
	}
}
