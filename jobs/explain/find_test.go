package explain_test

import (
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/explain"

	"github.com/google/go-cmp/cmp"
)

func ids(customers []*sales.Customer) []string {
	list := []string{}
	for _, c := range customers {
		list = append(list, c.ID)
	}
	return list
}

func TestFind(t *testing.T) {
	s := company(sales.Customer{ID: "C1", Name: "Hana Foods"}, sales.Customer{ID: "C2", Name: " hana foods "},
		sales.Customer{ID: "C3", Name: "C1"}, sales.Customer{ID: "C4", Name: "한빛 식당"}, sales.Customer{ID: "C5"})
	for asked, want := range map[string][]string{
		"C1":         {"C1"}, // an id before a name
		"HANA foods": {"C1", "C2"},
		"  한빛 식당 ":   {"C4"},
		"c3":         {}, // ids are exact
		"Hana":       {},
		"":           {},
		" ":          {},
	} {
		if diff := cmp.Diff(want, ids(explain.Find(s, asked))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", asked, diff)
		}
	}
}

func TestNear(t *testing.T) {
	s := company(sales.Customer{ID: "C1", Name: "Hana Foods"}, sales.Customer{ID: "C2", Name: "Hana Food Service of the Whole South"},
		sales.Customer{ID: "C3", Name: "Dul Market"}, sales.Customer{ID: "C4", Name: "한빛식당"}, sales.Customer{ID: "C5"})
	for asked, want := range map[string][]string{
		"Hana Fods":   {"C1"},
		"hana food":   {"C1", "C2"}, // what holds the words is close, however long
		"한빛식단":        {"C4"},
		"c3":          {"C3", "C1"},
		"no such one": {},
		"":            {},
	} {
		if diff := cmp.Diff(want, ids(explain.Near(s, asked, 2))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", asked, diff)
		}
	}
}
