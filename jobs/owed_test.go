package jobs

import (
	"slices"
	"testing"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/sales"
)

// TestOwed: a report is owed while its own period is the latest, was held and was not
// told.
func TestOwed(t *testing.T) {
	wednesday := sales.NewDate(2026, time.November, 18)
	some := map[string]Job{
		LostCustomers: lostCustomers{},
		QuotaDigest:   figuresJob{name: QuotaDigest, period: sales.LastWeek},
		SalesGrowth:   figuresJob{name: SalesGrowth, period: sales.LastMonth},
	}
	held := func(name string, asOf sales.Date) casebook.Case {
		return heldCase(name, some[name].(figuresJob).period(asOf), asOf).Case
	}
	told := func(name string, asOf sales.Date) casebook.Case {
		return toldCase(name, some[name].(figuresJob).period(asOf), asOf).Case
	}
	tests := []struct {
		name  string
		cases []casebook.Case
		asOf  sales.Date
		want  []string
	}{
		{"nothing was held", nil, wednesday, nil},
		{"held on Monday", []casebook.Case{held(QuotaDigest, wednesday-3)}, wednesday, []string{QuotaDigest}},
		{"still on Sunday's eve", []casebook.Case{held(QuotaDigest, wednesday-3)}, wednesday + 3, []string{QuotaDigest}},
		{"another week has passed", []casebook.Case{held(QuotaDigest, wednesday-3)}, wednesday + 4, nil},
		{"told since", []casebook.Case{held(QuotaDigest, wednesday-3), told(QuotaDigest, wednesday-1)}, wednesday, nil},
		{"the week before was told", []casebook.Case{told(QuotaDigest, wednesday-7), held(QuotaDigest, wednesday-3)}, wednesday, []string{QuotaDigest}},
		{"week and month", []casebook.Case{held(SalesGrowth, wednesday-17), held(QuotaDigest, wednesday-3)}, wednesday, []string{QuotaDigest, SalesGrowth}},
		{"a job that is left out", []casebook.Case{heldCase(Leaderboard, sales.LastMonth(wednesday), wednesday).Case}, wednesday, nil},
	}
	for _, tt := range tests {
		if got := Owed(tt.cases, some, tt.asOf); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
