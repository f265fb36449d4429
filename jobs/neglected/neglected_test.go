package neglected_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/neglected"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// today is 24 November 2026, a Tuesday.
const today = sales.Date(20781)

// shop has regulars who order every week, visited as told, and a stranger visited
// yesterday.
func shop(visits ...[]int) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: today, DataThrough: today, Has: map[sales.Relation]bool{sales.Visits: true},
		Strangers: []sales.Visit{{Date: today - 1, RepID: "r1"}}}
	for i, ago := range visits {
		c := sales.Customer{ID: fmt.Sprintf("c%d", i), Name: fmt.Sprintf("C %d", i), RepID: "r1"}
		for n := range 60 {
			c.Days = append(c.Days, sales.Day{Date: today - sales.Date(1+7*(59-n)), Net: sales.Money(100+i) * sales.MoneyUnit})
		}
		for _, days := range ago {
			c.Visits = append(c.Visits, sales.Visit{Date: today - sales.Date(days), RepID: "r1", CustomerID: c.ID})
		}
		s.Customers = append(s.Customers, c)
	}
	return s
}

var model = standing.Fit(shop(nil, nil), standing.DefaultRules())

func find(s *sales.Snapshot) []finding.Finding {
	sheet := standing.JudgeWith(s, standing.DefaultRules(), model)
	return neglected.Find(s, sheet, diagnosis.Survey(s, sheet, sales.Calendar{}), neglected.DefaultRules())
}

func customers(found []finding.Finding) []string {
	var ids []string
	for _, f := range found {
		ids = append(ids, f.CustomerID)
	}
	return ids
}

// Neglected is who has not been visited for more than twice its own rhythm, the
// largest first.
func TestFind(t *testing.T) {
	s := shop(
		[]int{151, 121, 91, 61},          // every 30 days, then none for 61
		[]int{150, 120, 90, 60},          // twice the rhythm is not more
		[]int{130, 100, 70, 40, 10},      // as usual
		[]int{300, 250, 200},             // too few visits
		[]int{34, 30, 26, 22, 18},        // every 4 days: 18 are too few to speak of
		[]int{38, 34, 30, 25},            // 25 are not
		[]int{241, 211, 181, 151},        // neglected, but silent
		[]int{400, 300, 200, 100, 99, 1}, // irregular, lately visited
	)
	s.Customers[6].Days = s.Customers[6].Days[:40]
	if diff := cmp.Diff([]string{"c5", "c0"}, customers(find(s))); diff != "" {
		t.Errorf("neglected (-want +got):\n%s", diff)
	}
	s.Has[sales.Visits] = false
	if got := find(s); got != nil {
		t.Errorf("without visits in the data: %v", got)
	}
}

// The figures of one finding.
func TestFacts(t *testing.T) {
	s := shop([]int{161, 121, 91, 61})
	f := find(s)[0]
	facts := f.Facts.(finding.NeglectedFacts)
	want := finding.NeglectedFacts{
		CustomerName: "C 0", LastVisit: today - 61, VisitDays: 61, RhythmDays: 30, LongestDays: 40, Visits: 4,
		LastOrder: today - 1, CadenceDays: 7, Monthly: facts.Monthly, Yearly: 12 * facts.Monthly, Rank: 1, RankOf: 1, RankScope: "rep", DataThrough: today,
	}
	if diff := cmp.Diff(want, facts); diff != "" || facts.Monthly <= 0 {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if f.Kind != finding.RegularNeglected || f.RepID != "r1" || f.Actions[0].Key != "action_look_in" || f.Actions[0].Due != today+5 {
		t.Errorf("finding %+v", f)
	}
	s.Planned = []sales.Visit{{Date: today + 3, CustomerID: "c0"}, {Date: today + 9, CustomerID: "c0"}}
	if f = find(s)[0]; f.Actions[0].Args["date"] != today+3 {
		t.Errorf("with a visit planned: %+v", f.Actions)
	}
}

// When the log has ended for everybody, nobody is called neglected.
func TestLogEnded(t *testing.T) {
	s := shop([]int{151, 121, 91, 61}, []int{154, 124, 94, 64}, []int{157, 127, 97, 67})
	s.Strangers = nil // the latest visit to anybody is 61 days old, usually every few days
	if got := find(s); got != nil {
		t.Errorf("the log has ended: %v", customers(got))
	}
	s.Strangers = []sales.Visit{{Date: today - 14}}
	if got := find(s); len(got) != 3 {
		t.Errorf("somebody is visited: %v", customers(got))
	}
}

// week is a five-day week with a festival from Wednesday 9 to Monday 14 December
// 2026, a weekend in it, and a single holiday on the 31st.
func week() sales.Calendar {
	c := sales.Calendar{Holidays: map[sales.Date]bool{today + 15: true, today + 16: true, today + 17: true, today + 20: true, today + 37: true}}
	c.Weekend[time.Saturday], c.Weekend[time.Sunday] = true, true
	return c
}

func greet(s *sales.Snapshot, asOf sales.Date) []finding.Finding {
	cut := *s
	cut.AsOf = asOf
	sheet := standing.JudgeWith(&cut, standing.DefaultRules(), model)
	return neglected.Greetings(&cut, sheet, week(), neglected.DefaultRules())
}

// The list comes from two weeks before a holiday until its eve, once for a run of
// holidays, each rep's largest regulars first.
func TestGreetings(t *testing.T) {
	s := shop([]int{10}, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil)
	s.Customers[3].RepID, s.Customers[4].RepID = "r2", ""
	for asOf, want := range map[sales.Date]int{today: 0, today + 1: 3, today + 14: 3, today + 15: 0, today + 20: 0, today + 23: 3} {
		if got := len(greet(s, asOf)); got != want {
			t.Errorf("on %s: %d lists; want %d", asOf, got, want)
		}
	}
	lists := greet(s, today+1)
	var reps []string
	for _, f := range lists {
		reps = append(reps, f.RepID)
	}
	if diff := cmp.Diff([]string{"", "r1", "r2"}, reps); diff != "" {
		t.Errorf("reps (-want +got):\n%s", diff)
	}
	facts := lists[1].Facts.(finding.GreetingFacts)
	var ids []string
	for _, g := range facts.Regulars {
		ids = append(ids, g.CustomerID)
	}
	if diff := cmp.Diff([]string{"c11", "c10", "c9", "c8", "c7", "c6", "c5", "c2", "c1", "c0"}, ids); diff != "" {
		t.Errorf("regulars (-want +got):\n%s", diff)
	}
	if facts.Holiday != today+15 || facts.Days != 14 || facts.Regulars[9].LastVisit != today-10 || lists[1].Actions[0].Due != today+14 {
		t.Errorf("list %+v", lists[1])
	}
}

// The order of the customers changes nothing, whatever the visits are.
func TestAnyVisits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var visits [][]int
		for range rapid.IntRange(0, 8).Draw(t, "customers") {
			ago := rapid.SliceOfN(rapid.IntRange(0, 500), 0, 9).Draw(t, "visits")
			slices.Sort(ago)
			slices.Reverse(ago)
			visits = append(visits, ago)
		}
		s := shop(visits...)
		before := find(s)
		slices.Reverse(s.Customers)
		if diff := cmp.Diff(before, find(s)); diff != "" {
			t.Fatalf("reversed (-before +after):\n%s", diff)
		}
	})
}
