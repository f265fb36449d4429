package reps_test

import (
	"fmt"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/figures"
	"dangol/jobs/quota"
	"dangol/jobs/reps"
	"dangol/jobs/standing"
)

const unit = sales.MoneyUnit

// asOf is a Sunday.
var asOf = sales.NewDate(2026, 11, 29)

// staff are five reps with 30 regulars each, who order every ten days, are visited
// every four weeks, and are asked for 10 cold visits a week, which they make.
type staff struct {
	*sales.Snapshot
	rules quota.Rules
}

func newStaff() *staff {
	s := &staff{Snapshot: &sales.Snapshot{AsOf: asOf, DataThrough: asOf, HasSellers: true,
		Has: map[sales.Relation]bool{sales.Visits: true, sales.Reps: true}}}
	s.rules = quota.Rules{Fiscal: 1, Calendar: sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}},
		List: []quota.Rule{{Metric: finding.ColdVisits, Period: sales.Weekly, Target: 10}, {Metric: finding.NewCustomers, Period: sales.Quarterly, Target: 2}}}
	for r := range 5 {
		id := fmt.Sprintf("r%d", r)
		s.Reps = append(s.Reps, sales.Rep{ID: id, Name: id, Level: "senior", HiredOn: asOf - 1000})
		for k := range 30 {
			c := sales.Customer{ID: fmt.Sprintf("%s-%02d", id, k), Name: id, RepID: id, Sellers: []sales.Seller{{From: asOf - 800, RepID: id}}}
			for d := asOf - 800 + sales.Date(k%10); d <= asOf; d += sales.Date(9 + (k+int(d))%3) {
				c.Days = append(c.Days, sales.Day{Date: d, Net: 10 * unit})
			}
			for d := asOf - 700 + sales.Date(k%28); d <= asOf; d += 28 {
				c.Visits = append(c.Visits, sales.Visit{Date: d, RepID: id, CustomerID: c.ID})
			}
			s.Customers = append(s.Customers, c)
		}
	}
	for d := asOf - 700; d <= asOf; d++ {
		if !s.rules.Calendar.Selling(d) {
			continue
		}
		for r := range 5 {
			for range 2 {
				s.Strangers = append(s.Strangers, sales.Visit{Date: d, RepID: fmt.Sprintf("r%d", r)})
			}
		}
	}
	return s
}

// of returns the customers of a rep.
func (s *staff) of(rep string) []*sales.Customer {
	var list []*sales.Customer
	for i := range s.Customers {
		if s.Customers[i].RepID == rep {
			list = append(list, &s.Customers[i])
		}
	}
	return list
}

// stop lets n customers of a rep stop, their loss confirmed some 30 days ago.
func (s *staff) stop(rep string, n int) {
	for _, c := range s.of(rep)[:n] {
		for len(c.Days) > 0 && c.Days[len(c.Days)-1].Date > asOf-95 {
			c.Days = c.Days[:len(c.Days)-1]
		}
	}
}

// drop removes visits of a rep, all but every so many of those since a date.
func (s *staff) drop(rep string, since sales.Date, keep int) {
	n := 0
	kept := func(list []sales.Visit) []sales.Visit {
		var left []sales.Visit
		for _, v := range list {
			if v.RepID == rep && v.Date >= since {
				if n++; n%keep != 0 {
					continue
				}
			}
			left = append(left, v)
		}
		return left
	}
	s.Strangers = kept(s.Strangers)
	for _, c := range s.of(rep) {
		c.Visits = kept(c.Visits)
	}
}

func (s *staff) judge() (*reps.Team, *diagnosis.Company) {
	sheet := standing.JudgeWith(s.Snapshot, standing.DefaultRules(), standing.Fit(s.Snapshot, standing.DefaultRules()))
	return reps.NewTeam(figures.NewLedger(s.Snapshot, sheet), quota.NewBook(s.rules, nil)), diagnosis.Survey(s.Snapshot, sheet, sales.Calendar{})
}

func (s *staff) causes() map[string][]string {
	team, _ := s.judge()
	names := map[string][]string{}
	for rep, list := range team.Causes() {
		for _, c := range list {
			if c.Name != finding.QuotaItself {
				names[rep] = append(names[rep], c.Name)
			}
		}
	}
	return names
}

func (s *staff) verdict(rep string) (string, []finding.Finding) {
	team, company := s.judge()
	found, verdicts := team.Losing(company, asOf)
	for _, v := range verdicts {
		if v.RepID == rep {
			return v.Reason.Key, found
		}
	}
	return "", found
}

func TestEvenTeam(t *testing.T) {
	if got := newStaff().causes(); len(got) != 0 {
		t.Errorf("singled out: %v", got)
	}
	if got, found := newStaff().verdict("r0"); got != "losses_few" || len(found) != 0 {
		t.Errorf("%s, %v", got, found)
	}
}

func TestFewVisits(t *testing.T) {
	s := newStaff()
	s.drop("r1", asOf-700, 3)
	if got := s.causes(); len(got) != 1 || len(got["r1"]) != 1 || got["r1"][0] != finding.FewVisits {
		t.Errorf("%v", got)
	}
	// On leave for those weeks nothing is asked.
	s.rules.Leave = sales.NewLeave([]sales.Absence{{RepID: "r1", From: asOf - 55, To: asOf}})
	if got := s.causes(); len(got["r1"]) != 0 {
		t.Errorf("on leave: %v", got)
	}
	// When most are under it, it is the minimum.
	for _, rep := range []string{"r0", "r2", "r3", "r4"} {
		s.drop(rep, asOf-700, 3)
	}
	s.rules.Leave = nil
	if got := s.causes(); len(got) != 0 {
		t.Errorf("all are under it: %v", got)
	}
}

func TestActivityFell(t *testing.T) {
	s := newStaff()
	s.drop("r2", asOf-70, 5)
	if got := s.causes(); len(got) != 1 || len(got["r2"]) != 1 || got["r2"][0] != finding.ActivityFell {
		t.Errorf("%v", got)
	}
	// The log ends for all: nothing is said of anybody.
	for _, rep := range []string{"r0", "r1", "r2", "r3", "r4"} {
		s.drop(rep, asOf-40, 1<<30)
	}
	if got := s.causes(); len(got) != 0 {
		t.Errorf("the log has ended: %v", got)
	}
}

// win gives a rep n new customers of the last year.
func (s *staff) win(rep string, n int) {
	for k := range n {
		first := asOf - sales.Date(20+330*k/n)
		s.Customers = append(s.Customers, sales.Customer{ID: fmt.Sprintf("z-%s-%02d", rep, k), RepID: rep, Sellers: []sales.Seller{{From: first, RepID: rep}},
			Days: []sales.Day{{Date: first, Net: 10 * unit}}})
	}
}

func TestTechnique(t *testing.T) {
	s := newStaff()
	for _, rep := range []string{"r0", "r1", "r2", "r4"} {
		s.win(rep, 14)
	}
	s.win("r3", 1)
	if got := s.causes(); len(got) != 1 || len(got["r3"]) != 1 || got["r3"][0] != finding.Technique {
		t.Errorf("%v", got)
	}
	// Who has not been there for half a year is not judged.
	for i := range s.Reps {
		if s.Reps[i].ID == "r3" {
			s.Reps[i].HiredOn = asOf - 150
		}
	}
	if got := s.causes(); len(got["r3"]) != 0 {
		t.Errorf("new: %v", got)
	}
}

func TestQuotaItself(t *testing.T) {
	s := newStaff() // nobody wins anybody
	team, _ := s.judge()
	causes := team.Causes()
	for _, rep := range s.Reps {
		if list := causes[rep.ID]; len(list) != 1 || list[0].Name != finding.QuotaItself || list[0].For[0].Key != "rep_grade_short" {
			t.Errorf("%s: %+v", rep.ID, list)
		}
	}
}

func TestLosing(t *testing.T) {
	s := newStaff()
	s.stop("r1", 8)
	key, found := s.verdict("r1")
	if key != "losses_found" || len(found) != 1 || found[0].RepID != "r1" || found[0].CustomerID != "" {
		t.Fatalf("%s, %+v", key, found)
	}
	f := found[0].Facts.(finding.LosingFacts)
	if f.Losses != 8 || f.Regulars != 30 || len(f.Customers) != 8 || f.From != asOf-89 || f.To != asOf || f.Owner == 0 || f.PValue > .01 || len(f.For) == 0 || len(f.Against) == 0 || len(f.Plan) == 0 {
		t.Errorf("%+v", f)
	}
}

// Each of the conditions of a statement about a rep, one at a time.
func TestLosingNeedsItsSample(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *staff)
		want   string
	}{
		"two losses": {func(s *staff) {
			*s = *newStaff()
			s.stop("r1", 2)
		}, "losses_few"},
		"everybody loses as many": {func(s *staff) {
			for _, rep := range []string{"r0", "r2", "r3", "r4"} {
				s.stop(rep, 8)
			}
		}, "losses_chance"},
		"few regulars": {func(s *staff) {
			for _, c := range s.of("r1")[12:] {
				c.Sellers[0].RepID, c.RepID = "r2", "r2"
			}
		}, "losses_few_regulars"},
		"owner for a short time": {func(s *staff) {
			for i := range s.Reps {
				if s.Reps[i].ID == "r1" {
					s.Reps[i].HiredOn = asOf - 120
				}
			}
		}, "losses_short_owner"},
		"just handed over": {func(s *staff) {
			for _, c := range s.of("r1")[:8] {
				c.Sellers = []sales.Seller{{From: asOf - 800, RepID: "r0"}, {From: asOf - 130, RepID: "r1"}}
			}
		}, "losses_few"},
		"no rep on the orders": {func(s *staff) { s.HasSellers = false }, "losses_no_owner"},
	} {
		s := newStaff()
		s.stop("r1", 8)
		c.change(s)
		if got, found := s.verdict("r1"); got != c.want || len(found) > 0 {
			t.Errorf("%s: %s, %d findings; want %s", name, got, len(found), c.want)
		}
	}
}
