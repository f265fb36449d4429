package reps_test

import (
	"fmt"
	"maps"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// TestGraceAfterAHandOver: a customer that ordered last within 60 days after it was
// handed over is nobody's loss; later it is that of the rep who took it over, and
// never that of the one who gave it away.
func TestGraceAfterAHandOver(t *testing.T) {
	for _, c := range []struct {
		days   sales.Date // between the hand-over and the last order
		losses map[string]int
	}{{0, map[string]int{"r0": 0, "r1": 0}}, {59, map[string]int{"r0": 0, "r1": 0}}, {60, map[string]int{"r0": 0, "r1": 8}}} {
		s := newStaff()
		s.stop("r1", 8)
		for _, one := range s.of("r1")[:8] {
			last := one.Days[len(one.Days)-1].Date
			one.Sellers = []sales.Seller{{From: asOf - 800, RepID: "r0"}, {From: last - c.days, RepID: "r1"}}
		}
		team, company := s.judge()
		_, verdicts := team.Losing(company, asOf)
		got := map[string]int{}
		for _, v := range verdicts {
			if _, named := c.losses[v.RepID]; named {
				got[v.RepID] = v.Losses
			}
		}
		if !maps.Equal(got, c.losses) {
			t.Errorf("%d days after a hand-over: losses %v, want %v", c.days, got, c.losses)
		}
	}
}

// TestLeastRegulars: a statement about a rep needs twenty current regulars at the
// start of the 90 days.
func TestLeastRegulars(t *testing.T) {
	for regulars, want := range map[int]string{19: "losses_few_regulars", 20: "losses_found"} {
		s := newStaff()
		s.stop("r1", 8)
		for _, c := range s.of("r1")[regulars:] {
			c.Days, c.Visits = nil, nil
		}
		if got, found := s.verdict("r1"); got != want || (len(found) > 0) != (want == "losses_found") {
			t.Errorf("%d regulars: %s with %d findings, want %s", regulars, got, len(found), want)
		}
	}
}

// TestWithoutReps: where no order names its rep, every verdict on losses is that
// nobody knows, and no rep wins or misses customers.
func TestWithoutReps(t *testing.T) {
	s := newStaff()
	s.stop("r1", 8)
	s.HasSellers = false
	for i := range s.Customers {
		s.Customers[i].Sellers = nil
	}
	team, company := s.judge()
	found, verdicts := team.Losing(company, asOf)
	if len(found) != 0 || len(verdicts) != len(s.Reps) {
		t.Fatalf("%d findings, %d verdicts", len(found), len(verdicts))
	}
	for _, v := range verdicts {
		if v.Reason.Key != "losses_no_owner" {
			t.Errorf("%s: %s", v.RepID, v.Reason.Key)
		}
	}
	for rep, causes := range team.Causes() {
		for _, c := range causes {
			if c.Name != finding.FewVisits {
				t.Errorf("%s: %s, and nobody knows what it won", rep, c.Name)
			}
		}
	}
}

// TestLostTwice: a regular who was lost, came back for one order and was lost again
// within the 90 days is one customer lost, and did not come back.
func TestLostTwice(t *testing.T) {
	for customers, want := range map[int]string{2: "losses_few", 5: "losses_found"} {
		s := newStaff()
		for _, c := range s.of("r1")[:customers] {
			for len(c.Days) > 0 && c.Days[len(c.Days)-1].Date > asOf-140 {
				c.Days = c.Days[:len(c.Days)-1]
			}
			c.Days = append(c.Days, sales.Day{Date: c.Days[len(c.Days)-1].Date + 66, Net: 10 * unit})
		}
		team, company := s.judge()
		found, verdicts := team.Losing(company, asOf)
		if v := verdicts[1]; v.RepID != "r1" || v.Losses != customers || v.Reason.Key != want {
			t.Errorf("%d customers: %+v, want %s", customers, v, want)
		}
		for _, f := range found {
			facts := f.Facts.(finding.LosingFacts)
			for _, l := range facts.Customers {
				if l.Back != 0 || len(facts.Customers) != customers {
					t.Errorf("%d customers: %+v", len(facts.Customers), l)
				}
			}
		}
	}
}

// TestLossesAreOfTheRegulars: "5 of 30 regulars lost" counts customers of the 30. One
// that ordered five times in a month and became a regular by its silence alone is
// none of them; one whose hand-over was yet in its grace when the 90 days began is.
func TestLossesAreOfTheRegulars(t *testing.T) {
	s := newStaff()
	for k := range 5 {
		c := sales.Customer{ID: fmt.Sprintf("z%d", k), RepID: "r1", Sellers: []sales.Seller{{From: asOf - 160, RepID: "r1"}}}
		for order := range sales.Date(6) {
			c.Days = append(c.Days, sales.Day{Date: asOf - 160 + 7*order, Net: 10 * unit})
		}
		s.Customers = append(s.Customers, c)
	}
	if got, found := s.verdict("r1"); got != "losses_few" || len(found) > 0 {
		t.Errorf("five who were no regulars: %s, %d findings", got, len(found))
	}
	s = newStaff()
	for _, c := range s.of("r1")[:8] {
		for c.Days[len(c.Days)-1].Date > asOf-70 {
			c.Days = c.Days[:len(c.Days)-1]
		}
		c.Sellers = []sales.Seller{{From: asOf - 800, RepID: "r0"}, {From: c.Days[len(c.Days)-1].Date - 60, RepID: "r1"}}
	}
	_, found := s.verdict("r1")
	if len(found) != 1 || found[0].Facts.(finding.LosingFacts).Losses != 8 || found[0].Facts.(finding.LosingFacts).Regulars != 30 {
		t.Errorf("handed over: %+v", found)
	}
}
