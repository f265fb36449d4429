package diagnosis_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
)

// today is 24 November 2026, a Tuesday.
const today = sales.Date(20781)

const unit = sales.MoneyUnit

// weekly buys n times for 100, every seven days, the last time ago days before today.
func weekly(id string, n, ago int) sales.Customer {
	c := sales.Customer{ID: id, Name: id, RepID: "r1", Listed: true}
	for i := range n {
		c.Days = append(c.Days, sales.Day{Date: today - sales.Date(ago+7*(n-1-i)), Net: 100 * unit})
	}
	return c
}

// shop is a company with one silent customer, "a", 45 days after its last
// order (due 38 days ago), and others ordering as usual.
type shop struct {
	sales.Snapshot
	calendar sales.Calendar
	whole    bool
}

func newShop(others int) *shop {
	s := &shop{Snapshot: sales.Snapshot{AsOf: today, DataThrough: today - 1, Has: map[sales.Relation]bool{}}}
	s.Customers = append(s.Customers, weekly("a", 30, 45))
	for i := range others {
		s.Customers = append(s.Customers, weekly(fmt.Sprintf("other%02d", i), 60, 1))
	}
	return s
}

func (s *shop) silent() *sales.Customer { return &s.Customers[0] }

func (s *shop) survey() (*diagnosis.Company, *standing.Sheet) {
	sheet := standing.Judge(&s.Snapshot, standing.DefaultRules())
	company := diagnosis.Survey(&s.Snapshot, sheet, s.calendar)
	if s.whole {
		company = company.WithoutRepFigures()
	}
	return company, sheet
}

func (s *shop) causes(t *testing.T) []finding.Cause {
	t.Helper()
	company, sheet := s.survey()
	if sheet.Customers[0].Stage != standing.Lost {
		t.Fatalf("a is %s; want lost", sheet.Customers[0].Stage)
	}
	return company.Causes(&sheet.Customers[0])
}

// cause returns the cause with the name.
func cause(causes []finding.Cause, name string) (finding.Cause, bool) {
	i := slices.IndexFunc(causes, func(c finding.Cause) bool { return c.Name == name })
	if i < 0 {
		return finding.Cause{}, false
	}
	return causes[i], true
}

func keys(phrases []finding.Phrase) []string {
	var all []string
	for _, p := range phrases {
		all = append(all, p.Key)
	}
	return all
}

// TestCauses tries each cause for and against, and where it cannot be judged.
func TestCauses(t *testing.T) {
	for name, c := range map[string]struct {
		others     int
		set        func(*shop)
		cause      string
		pro, con   []string // both empty: not judged
		confidence finding.Confidence
	}{
		"orders thin everywhere": {12, func(s *shop) {
			for i := range s.Customers[1:] {
				days := s.Customers[1+i].Days
				s.Customers[1+i].Days = days[:len(days)-2] // two weeks without an order
			}
		}, finding.DataFault, []string{"company_flow"}, nil, finding.Low},
		"half of the orders missing": {12, func(s *shop) {
			for i := range s.Customers[1:] {
				days := s.Customers[1+i].Days
				s.Customers[1+i].Days = days[:len(days)-4]
			}
		}, finding.DataFault, []string{"company_flow"}, nil, finding.Medium},
		"thin after this one was long due": {12, func(s *shop) {
			s.silent().Days = weekly("a", 30, 85).Days
			for i := range s.Customers[1:] {
				days := s.Customers[1+i].Days
				s.Customers[1+i].Days = days[:len(days)-5]
			}
		}, finding.DataFault, []string{"company_flow"}, []string{"due_before"}, finding.Low},
		"the company was closed for three weeks": {12, closedFor(3), finding.DataFault, nil, []string{"company_flow"}, finding.Low},
		"orders as usual":                        {12, nil, finding.DataFault, nil, []string{"company_flow"}, finding.Low},
		"too few orders to say":                  {3, nil, finding.DataFault, nil, nil, ""},
		"silent last year too": {12, func(s *shop) {
			s.silent().Days = slices.DeleteFunc(weekly("a", 80, 45).Days, func(d sales.Day) bool { return d.Date >= today-44-364 && d.Date <= today-364 })
		}, finding.Season, []string{"silent_last_year"}, nil, finding.Medium},
		"ordered last year": {12, func(s *shop) { s.silent().Days = weekly("a", 80, 45).Days }, finding.Season, nil, []string{"active_last_year"}, finding.Low},
		"no last year":      {12, nil, finding.Season, nil, nil, ""},
		"a third of the segment is silent": {12, func(s *shop) {
			for i := range s.Customers {
				s.Customers[i].Segment = "cafés"
				if i < 4 {
					s.Customers[i].Days = weekly("", 30, 45).Days
				}
			}
		}, finding.Market, []string{"segment_silent"}, nil, finding.Medium},
		"it alone of its segment": {12, func(s *shop) {
			for i := range s.Customers {
				s.Customers[i].Segment = "cafés"
			}
		}, finding.Market, nil, []string{"segment_silent"}, finding.Low},
		"a small segment":   {12, func(s *shop) { s.silent().Segment = "cafés" }, finding.Market, nil, nil, ""},
		"no segment":        {12, nil, finding.Market, nil, nil, ""},
		"an open complaint": {12, complaint(sales.Complaint{Opened: today - 60}), finding.Service, []string{"complaint_open"}, nil, finding.Medium},
		"closed after the as-of date is open": {12, complaint(sales.Complaint{Opened: today - 60, Closed: today + 1}),
			finding.Service, []string{"complaint_open"}, nil, finding.Medium},
		"a settled complaint":                 {12, complaint(sales.Complaint{Opened: today - 60, Closed: today - 50}), finding.Service, []string{"complaint_closed"}, nil, finding.Medium},
		"60 days before it was due":           {12, complaint(sales.Complaint{Opened: today - 98, Closed: today - 50}), finding.Service, []string{"complaint_closed"}, nil, finding.Medium},
		"it ordered on after the settlement":  {12, complaint(sales.Complaint{Opened: today - 98, Closed: today - 90}), finding.Service, []string{"complaint_closed"}, nil, finding.Low},
		"complaints are rare here":            {20, complaint(sales.Complaint{Opened: today - 60}), finding.Service, []string{"complaint_open"}, nil, finding.High},
		"an old complaint":                    {12, complaint(sales.Complaint{Opened: today - 99, Closed: today - 90}), finding.Service, nil, []string{"no_complaint"}, finding.Low},
		"settled after the break":             {12, complaint(sales.Complaint{Opened: today - 30, Closed: today - 20}), finding.Service, nil, []string{"no_complaint"}, finding.Low},
		"no complaint":                        {12, complaint(), finding.Service, nil, []string{"no_complaint"}, finding.Low},
		"no complaint data":                   {12, nil, finding.Service, nil, nil, ""},
		"visits thinned out":                  {12, visits(190, 160, 130, 100), finding.Coverage, []string{"visit_pause"}, nil, finding.Medium},
		"twice the rhythm is no pause":        {12, visits(188, 158, 128, 98), finding.Coverage, nil, []string{"visited"}, finding.Low},
		"visited as usual":                    {12, visits(130, 100, 70, 40), finding.Coverage, nil, []string{"visited"}, finding.Low},
		"visits after the break do not count": {12, visits(190, 160, 130, 100, 20, 10), finding.Coverage, []string{"visit_pause"}, nil, finding.Medium},
		"too few visits":                      {12, visits(130, 100), finding.Coverage, nil, nil, ""},
		"no visit data":                       {12, nil, finding.Coverage, nil, nil, ""},
		"nothing speaks":                      {12, nil, finding.CustomerOnly, []string{"others_order"}, nil, finding.Low},
		"something speaks":                    {12, complaint(sales.Complaint{Opened: today - 60}), finding.CustomerOnly, nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(c.others)
			if c.set != nil {
				c.set(s)
			}
			got, ok := cause(s.causes(t), c.cause)
			if want := len(c.pro)+len(c.con) > 0; ok != want {
				t.Fatalf("judged %v; want %v: %+v", ok, want, got)
			}
			if diff := cmp.Diff([][]string{c.pro, c.con}, [][]string{keys(got.For), keys(got.Against)}); diff != "" {
				t.Errorf("for and against (-want +got):\n%s", diff)
			}
			if got.Confidence != c.confidence {
				t.Errorf("confidence %q; want %q", got.Confidence, c.confidence)
			}
		})
	}
}

// closedFor leaves out everybody's orders of so many weeks up to the last one.
func closedFor(weeks int) func(*shop) {
	return func(s *shop) {
		for i := range s.Customers[1:] {
			days := s.Customers[1+i].Days
			n := len(days)
			s.Customers[1+i].Days = append(days[:n-1-weeks:n-1-weeks], days[n-1])
		}
	}
}

func complaint(complaints ...sales.Complaint) func(*shop) {
	return func(s *shop) {
		s.Has[sales.Complaints] = true
		s.silent().Complaints = complaints
	}
}

func visits(ago ...int) func(*shop) {
	return func(s *shop) {
		s.Has[sales.Visits] = true
		for _, days := range ago {
			s.silent().Visits = append(s.silent().Visits, sales.Visit{Date: today - sales.Date(days), RepID: "r1", CustomerID: "a"})
		}
	}
}

// The arithmetic behind the evidence.
func TestEvidence(t *testing.T) {
	s := newShop(12)
	visits(190, 160, 160, 130, 100)(s)
	got, _ := cause(s.causes(t), finding.Coverage)
	want := []finding.Phrase{finding.Say("visit_pause", "days", 62, "last", today-100, "rhythm", 30.0)}
	if diff := cmp.Diff(want, got.For); diff != "" {
		t.Errorf("visits (-want +got):\n%s", diff)
	}
	only, _ := cause(newShop(12).causes(t), finding.CustomerOnly)
	if diff := cmp.Diff([]finding.Phrase{finding.Say("others_order", "ordering", 12, "regulars", 13)}, only.For); diff != "" {
		t.Errorf("others (-want +got):\n%s", diff)
	}
	// In the 38 days since a's order was due the other twelve ordered 6 times each (1, 8 … 36 days ago);
	// in the 91 before they did so 13 times each and a 12 times.
	flow, _ := cause(newShop(12).causes(t), finding.DataFault)
	want2 := (12 * 6 / 38.0) / ((12*13 + 12) / 91.0)
	if got := flow.Against[0].Args["share"].(float64); got < want2-1e-9 || got > want2+1e-9 {
		t.Errorf("share of usual %g; want %g", got, want2)
	}
	if got := flow.Against[0].Args["since"]; got != today-37 {
		t.Errorf("since %v; want %v", got, today-37)
	}
}

// Best supported first, in the order tried among equals, against-only last.
func TestOrderOfCauses(t *testing.T) {
	s := newShop(12)
	visits(190, 160, 130, 100)(s)
	complaint(sales.Complaint{Opened: today - 60})(s)
	var got []string
	for _, c := range s.causes(t) {
		got = append(got, c.Name)
	}
	if diff := cmp.Diff([]string{finding.Service, finding.Coverage, finding.DataFault}, got); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
}

func TestUnknowns(t *testing.T) {
	s := newShop(1)
	company, sheet := s.survey()
	want := []string{"unknown_last_year", "unknown_segment", "unknown_product", "unknown_price", "unknown_complaints", "unknown_visits"}
	if diff := cmp.Diff(want, keys(company.Unknowns(&sheet.Customers[0]))); diff != "" {
		t.Errorf("no data (-want +got):\n%s", diff)
	}
	s = newShop(12)
	for i := range s.Customers {
		s.Customers[i].Segment = "cafés"
	}
	s.Has[sales.Visits], s.Has[sales.Complaints] = true, true
	s.silent().Days = weekly("a", 80, 45).Days
	visits(130, 100)(s)
	company, sheet = s.survey()
	want = []string{"unknown_product", "unknown_price", "unknown_rhythm"}
	if diff := cmp.Diff(want, keys(company.Unknowns(&sheet.Customers[0]))); diff != "" {
		t.Errorf("two visits (-want +got):\n%s", diff)
	}
	visits(130, 100, 70)(s)
	company, sheet = s.survey()
	if diff := cmp.Diff(want[:2], keys(company.Unknowns(&sheet.Customers[0]))); diff != "" {
		t.Errorf("all data (-want +got):\n%s", diff)
	}
}

// newcomers adds customers who began between 300 and 700 days ago and spent
// the given amounts in their first year.
func (s *shop) newcomers(ago int, amounts ...int) {
	for i, amount := range amounts {
		s.Customers = append(s.Customers, sales.Customer{ID: fmt.Sprintf("z%d-%d", ago, i), Days: []sales.Day{
			{Date: today - sales.Date(ago), Net: sales.Money(amount-30) * unit},
			{Date: today - sales.Date(ago-364), Net: 50 * unit}, {Date: today - sales.Date(ago-100), Net: -20 * unit},
			{Date: today - sales.Date(ago-365), Net: 9999 * unit}}})
	}
}

func sortDays(s *shop) {
	for i := range s.Customers {
		slices.SortFunc(s.Customers[i].Days, func(a, b sales.Day) int { return int(a.Date - b.Date) })
	}
}

func TestReplacement(t *testing.T) {
	s := newShop(2)
	s.Customers = append(s.Customers, weekly("founder", 120, 1)) // the data begin 834 days ago: new is who began after 744
	s.newcomers(400, 100, 500, 200, 900, 300, 400)               // median first year 350
	s.newcomers(745, 40, 40, 40, 40)                             // may be old customers
	s.Customers = slices.DeleteFunc(s.Customers, func(c sales.Customer) bool { return c.ID == "other00" || c.ID == "other01" })
	for i := range 12 { // won within the year: 12 of them, a month of 365.25/12 days
		c := weekly(fmt.Sprintf("new%02d", i), 1, 100+i)
		s.Customers = append(s.Customers, c)
	}
	sortDays(s)
	slices.SortFunc(s.Customers, func(a, b sales.Customer) int { return slices.Compare([]byte(a.ID), []byte(b.ID)) })
	company, sheet := s.survey()
	won := 13.0 // the twelve, and a itself, whose first order is 248 days old
	if first := sheet.Customer("a").First; first != today-248 {
		t.Fatalf("a began %d days ago", today-first)
	}
	got := company.Replace(875 * unit)
	if got.Assumed || got.Customers != 2.5 {
		t.Errorf("replacement %+v; want 875 ÷ 350 = 2.5", got)
	}
	if want := 2.5 / (won / (365 / (365.25 / 12))); got.Months < want-1e-9 || got.Months > want+1e-9 {
		t.Errorf("%g months; want %g", got.Months, want)
	}
	if !got.PaceKnown || got.FirstYear != 350*unit || got.NewPerMonth == 0 {
		t.Errorf("replacement %+v; want what it was computed from", got)
	}
	if got := company.Replace(-5 * unit); got.Customers != 0 {
		t.Errorf("replacing less than nothing: %+v", got)
	}
}

// With fewer than five first years the doctrine's rule of thumb stands, and it
// says so.
func TestReplacementAssumed(t *testing.T) {
	s := newShop(0)
	s.Customers = append(s.Customers, weekly("founder", 120, 1))
	s.newcomers(400, 100, 200, 300, 400)
	sortDays(s)
	company, _ := s.survey()
	if got := company.Replace(1000 * unit); !got.Assumed || got.Customers != 2.5 {
		t.Errorf("replacement %+v; want the assumed 2.5", got)
	}
	s.Customers = s.Customers[1:] // without a, who is new
	company, _ = s.survey()
	if got := company.Replace(1000 * unit); !got.PaceKnown || got.NewPerMonth != 0 || got.Months != 0 {
		t.Errorf("replacement %+v; want a pace of nothing", got)
	}
	empty := &shop{Snapshot: sales.Snapshot{AsOf: today}}
	company, _ = empty.survey()
	if diff := cmp.Diff(finding.Replacement{Customers: 2.5, Assumed: true}, company.Replace(unit)); diff != "" {
		t.Errorf("an empty company (-want +got):\n%s", diff)
	}
}

func TestRank(t *testing.T) {
	amounts := []int{300, 100, 200, 200, 500, 900}
	owners := []string{"r1", "r1", "r1", "r1", "", "r2"}
	s := &shop{Snapshot: sales.Snapshot{AsOf: today}}
	for i, amount := range amounts {
		c := weekly(string(rune('a'+i)), 60, 1)
		c.RepID = owners[i]
		for j := range c.Days {
			c.Days[j].Net = sales.Money(amount) * unit
		}
		s.Customers = append(s.Customers, c)
	}
	gone := weekly("g", 60, 400)
	s.Customers = append(s.Customers, gone)
	want := [][2]int{{1, 4}, {4, 4}, {2, 4}, {2, 4}, {1, 1}, {1, 1}, {0, 0}}
	scopes := []string{"rep", "rep", "rep", "rep", "no_rep", "rep", "rep"}
	company, sheet := s.survey()
	for i := range sheet.Customers {
		place, of := company.Rank(&sheet.Customers[i])
		if place != want[i][0] || of != want[i][1] || company.RankScope(&sheet.Customers[i]) != scopes[i] {
			t.Errorf("%s: no. %d of %d (%s); want %v, %s", sheet.Customers[i].Customer.ID, place, of, company.RankScope(&sheet.Customers[i]), want[i], scopes[i])
		}
	}
	s.whole = true
	company, sheet = s.survey()
	if place, of := company.Rank(sheet.Customer("a")); place != 3 || of != 6 || company.RankScope(sheet.Customer("a")) != "company" {
		t.Errorf("without figures of reps: no. %d of %d", place, of)
	}
}

// What to do follows the stage, the cause and what is planned, by selling days.
func TestActions(t *testing.T) {
	week := sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}, Holidays: map[sales.Date]bool{today + 1: true}}
	settle := finding.Action{Phrase: finding.Say("action_settle_complaint"), Due: today + 3}
	visit := finding.Action{Phrase: finding.Say("action_visit"), Due: today + 6} // Thursday, Friday, Monday
	call := finding.Action{Phrase: finding.Say("action_call"), Due: today + 3}
	for name, c := range map[string]struct {
		set   func(*shop)
		stage standing.Stage
		want  []finding.Action
	}{
		"lost":      {nil, standing.Lost, []finding.Action{visit}},
		"overdue":   {nil, standing.Overdue, []finding.Action{call}},
		"complaint": {complaint(sales.Complaint{Opened: today - 60}), standing.Overdue, []finding.Action{settle, call}},
		"season": {func(s *shop) {
			s.silent().Days = slices.DeleteFunc(weekly("a", 80, 45).Days, func(d sales.Day) bool { return d.Date >= today-44-364 && d.Date <= today-364 })
		}, standing.Lost, []finding.Action{{Phrase: finding.Say("action_ask_season"), Due: today + 8}}},
		"planned": {func(s *shop) {
			s.Planned = []sales.Visit{{Date: today + 2, CustomerID: "x"}, {Date: today + 4, CustomerID: "a"}, {Date: today + 9, CustomerID: "a"}}
		}, standing.Lost, []finding.Action{{Phrase: finding.Say("action_planned_visit", "date", today+4)}, visit}},
		"planned too late": {func(s *shop) { s.Planned = []sales.Visit{{Date: today + 7, CustomerID: "a"}} },
			standing.Lost, []finding.Action{visit, {Phrase: finding.Say("action_planned_visit", "date", today+7)}}},
	} {
		s := newShop(12)
		s.calendar = week
		if c.set != nil {
			c.set(s)
		}
		company, sheet := s.survey()
		a := sheet.Customers[0]
		a.Stage = c.stage
		if diff := cmp.Diff(c.want, company.Actions(&a, company.Causes(&a))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
