package sales_test

import (
	"testing"

	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
)

func TestOwner(t *testing.T) {
	for name, c := range map[string]struct {
		customer sales.Customer
		want     string
	}{
		"of the relation": {sales.Customer{RepID: "a", Sellers: []sales.Seller{{From: 1, RepID: "b"}}}, "a"},
		"latest seller":   {sales.Customer{Sellers: []sales.Seller{{From: 1, RepID: "b"}, {From: 9, RepID: "c"}}}, "c"},
		"nobody":          {sales.Customer{}, ""},
	} {
		if got := c.customer.Owner(); got != c.want {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
}

func cutting() *sales.Snapshot {
	return &sales.Snapshot{
		AsOf: 100, DataThrough: 98,
		Customers: []sales.Customer{
			{ID: "a", Listed: true, Created: 5, Days: []sales.Day{{Date: 10, Net: 1}, {Date: 60, Net: 2}, {Date: 98, Net: 3}},
				Sellers: []sales.Seller{{From: 10, RepID: "x"}, {From: 61, RepID: "y"}},
				Visits:  []sales.Visit{{Date: 20, CustomerID: "a"}, {Date: 70, CustomerID: "a"}}, Complaints: []sales.Complaint{{Opened: 60}, {Opened: 61}}},
			{ID: "b", Listed: true, Created: 80, Days: []sales.Day{{Date: 90, Net: 1}}},
			{ID: "c", Listed: true, Created: 60},
			{ID: "d", Days: []sales.Day{{Date: 61, Net: 1}}},
		},
		Strangers: []sales.Visit{{Date: 30}, {Date: 65}},
		Planned:   []sales.Visit{{Date: 120}},
		Reps:      []sales.Rep{{ID: "x"}, {ID: "y"}},
	}
}

// What is dated after the earlier date was not known then; the date itself was.
func TestThrough(t *testing.T) {
	cut := cutting().Through(60)
	if cut.AsOf != 60 || cut.DataThrough != 60 {
		t.Errorf("as of %d, data through %d; want 60, 60", cut.AsOf, cut.DataThrough)
	}
	var ids []string
	for _, c := range cut.Customers {
		ids = append(ids, c.ID)
	}
	if diff := cmp.Diff([]string{"a", "c"}, ids); diff != "" {
		t.Errorf("customers (-want +got):\n%s", diff)
	}
	a := cut.Customer("a")
	if len(a.Days) != 2 || len(a.Sellers) != 1 || len(a.Visits) != 1 || len(a.Complaints) != 1 {
		t.Errorf("of a are known: %+v", a)
	}
	var planned []sales.Date
	for _, v := range cut.Planned {
		planned = append(planned, v.Date)
	}
	if diff := cmp.Diff([]sales.Date{65, 70, 120}, planned); diff != "" {
		t.Errorf("planned visits (-want +got):\n%s", diff)
	}
	if len(cut.Strangers) != 1 {
		t.Errorf("%d strangers' visits; want 1", len(cut.Strangers))
	}
}

func TestThroughLeavesTheOriginal(t *testing.T) {
	whole := cutting()
	whole.Through(60)
	if diff := cmp.Diff(cutting(), whole); diff != "" {
		t.Errorf("the snapshot changed (-want +got):\n%s", diff)
	}
}

func TestLookUps(t *testing.T) {
	s := cutting()
	if r, ok := s.Rep("y"); !ok || r.ID != "y" {
		t.Errorf("Rep(y) = %v, %v", r, ok)
	}
	for _, id := range []string{"", "w", "xx", "z"} {
		if _, ok := s.Rep(id); ok {
			t.Errorf("Rep(%q) exists", id)
		}
	}
	if s.Customer("d") == nil || s.Customer("bb") != nil || s.Customer("z") != nil {
		t.Error("Customer finds the wrong ones")
	}
}
