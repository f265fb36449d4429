package lost_test

import (
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/lost"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// today is 24 November 2026, a Tuesday.
const today = sales.Date(20781)

// weekly buys n times, so much a piece, every seven days, the last time ago days before today.
func weekly(id string, n, ago int, amount float64) sales.Customer {
	c := sales.Customer{ID: id, Name: "Customer " + id, RepID: "r1", Listed: true}
	for i := range n {
		c.Days = append(c.Days, sales.Day{Date: today - sales.Date(ago+7*(n-1-i)), Net: sales.MoneyFromFloat(amount)})
	}
	return c
}

// back adds an order so many days before today.
func back(c sales.Customer, ago int) sales.Customer {
	c.Days = append(c.Days, sales.Day{Date: today - sales.Date(ago), Net: 77 * sales.MoneyUnit})
	return c
}

func snapshotOf(customers ...sales.Customer) *sales.Snapshot {
	return &sales.Snapshot{AsOf: today, DataThrough: today - 1, Customers: customers, Has: map[sales.Relation]bool{}}
}

func find(snapshot *sales.Snapshot) []finding.Finding {
	sheet := standing.Judge(snapshot, standing.DefaultRules())
	return lost.Find(snapshot, sheet, diagnosis.Survey(snapshot, sheet, sales.Calendar{}))
}

func kinds(found []finding.Finding) map[string]finding.Kind {
	byID := map[string]finding.Kind{}
	for _, f := range found {
		byID[f.CustomerID] = f.Kind
	}
	return byID
}

// A line that cannot be read spares nobody for ever: the silence since it counts.
func TestUnreadableLongAgo(t *testing.T) {
	for ago, want := range map[int]int{60: 0, 61: 1} { // 2h of a weekly buyer is 60
		who := weekly("a", 30, 100, 100)
		who.Unread = []sales.Date{today - sales.Date(ago)}
		snapshot := snapshotOf(who)
		held := lost.Held(standing.Judge(snapshot, standing.DefaultRules()))
		if found := find(snapshot); len(found) != want || held != 1-want {
			t.Errorf("unread %d days ago: %d findings, %d held", ago, len(found), held)
		}
	}
}

// Who has order lines in its silence that cannot be read may have bought: no
// finding, but counted.
func TestUnreadableInTheSilence(t *testing.T) {
	before, within := weekly("before", 30, 45, 100), weekly("within", 30, 45, 100)
	before.Unread = []sales.Date{today - 46}
	within.Unread = []sales.Date{today - 44}
	snapshot := snapshotOf(before, within)
	if diff := cmp.Diff(map[string]finding.Kind{"before": finding.CustomerLost}, kinds(find(snapshot))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if got := lost.Held(standing.Judge(snapshot, standing.DefaultRules())); got != 1 {
		t.Errorf("%d held, want 1", got)
	}
}

func TestFind(t *testing.T) {
	got := kinds(find(snapshotOf(
		weekly("active", 30, 2, 100),
		weekly("confirmed", 30, 61, 100),
		weekly("gone", 30, 366, 100), // regular, not current
		weekly("few", 4, 50, 100),
		weekly("lost", 30, 45, 100),
		sales.Customer{ID: "nothing", Listed: true},
		back(weekly("returned", 30, 47, 100), 0),
	)))
	want := map[string]finding.Kind{"confirmed": finding.CustomerLost, "lost": finding.CustomerLost, "returned": finding.CustomerRecovered}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// The stage decides between overdue and lost.
func TestOverdue(t *testing.T) {
	snapshot := snapshotOf(weekly("a", 30, 20, 100))
	rules := standing.DefaultRules()
	rules.Overdue, rules.Lost = 1e-6, 1
	sheet := standing.Judge(snapshot, rules)
	found := lost.Find(snapshot, sheet, diagnosis.Survey(snapshot, sheet, sales.Calendar{}))
	if len(found) != 1 || found[0].Kind != finding.CustomerOverdue || found[0].Severity != finding.Warning || found[0].Headline.Key != "headline_overdue" {
		t.Errorf("found %+v", found)
	}
}

func TestFactsOfALoss(t *testing.T) {
	found := find(snapshotOf(weekly("a", 30, 45, 100)))
	if len(found) != 1 {
		t.Fatalf("%d findings", len(found))
	}
	f := found[0]
	facts := f.Facts.(finding.SilenceFacts)
	want := finding.SilenceFacts{
		CustomerName: "Customer a", LastOrder: today - 45, LastAmount: 100 * sales.MoneyUnit, Since: today - 45 - 29*7,
		SilenceDays: 45, CadenceDays: 7, P90GapDays: 7, MeanGapDays: 7, Orders: 30, GapsWithin: 29, HorizonDays: 30,
		Rank: 1, RankOf: 1, RankScope: facts.RankScope, DataThrough: today - 1, LowConfidence: true,
		PLost: facts.PLost, PSilent: facts.PSilent, Monthly: facts.Monthly, Yearly: 12 * facts.Monthly,
		Replacement: facts.Replacement, Unknown: facts.Unknown, Course: finding.CourseOf(snapshotOf(weekly("a", 30, 45, 100)).Customers[0].Days, today-1, today-45),
	}
	if diff := cmp.Diff(want, facts); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if f.RepID != "r1" || f.Severity != finding.Critical || f.Probability != facts.PLost || len(f.Causes) == 0 || len(f.Actions) == 0 {
		t.Errorf("finding %+v", f)
	}
	if diff := cmp.Diff(map[string]any{"customer": "Customer a", "days": 45, "cadence": 7.0}, f.Headline.Args); diff != "" {
		t.Errorf("headline (-want +got):\n%s", diff)
	}
}

// A return is judged as of the day before the order, for a week.
func TestRecovered(t *testing.T) {
	for name, c := range map[string]struct {
		customer sales.Customer
		want     int // days of the silence that ended; 0: no finding
	}{
		"today":                        {back(weekly("a", 30, 50, 100), 0), 50},
		"six days ago":                 {back(weekly("a", 30, 50, 100), 6), 44},
		"seven days ago":               {back(weekly("a", 30, 50, 100), 7), 0},
		"within its habit":             {back(weekly("a", 30, 7, 100), 0), 0},
		"after it had left for good":   {back(weekly("a", 30, 366+1, 100), 0), 0},
		"the last day it was current":  {back(weekly("a", 30, 366, 100), 0), 366},
		"regular only with this order": {back(weekly("a", 4, 90, 100), 0), 0},
	} {
		found := find(snapshotOf(c.customer))
		if c.want == 0 {
			if len(found) != 0 {
				t.Errorf("%s: found %+v", name, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Kind != finding.CustomerRecovered {
			t.Errorf("%s: found %+v", name, found)
			continue
		}
		facts := found[0].Facts.(finding.SilenceFacts)
		last := c.customer.Days[len(c.customer.Days)-1].Date
		if facts.SilenceDays != c.want || facts.BackOn != last || facts.BackAmount != 77*sales.MoneyUnit || found[0].MoneyAtRisk != 0 {
			t.Errorf("%s: %+v", name, found[0])
		}
	}
}

// Lost before overdue before recovered, costliest first, then by id.
func TestOrder(t *testing.T) {
	snapshot := snapshotOf(
		back(weekly("a", 30, 50, 900), 0), weekly("b", 30, 45, 10), weekly("c", 30, 45, 500), weekly("d", 30, 45, 10),
		weekly("e", 30, 20, 9000), weekly("f", 30, 20, 90),
	)
	rules := standing.DefaultRules()
	sheet := standing.Judge(snapshot, rules)
	rules.Overdue, rules.Lost = 1e-6, sheet.Customer("b").PLost
	sheet = standing.Judge(snapshot, rules)
	var got []string
	for _, f := range lost.Find(snapshot, sheet, diagnosis.Survey(snapshot, sheet, sales.Calendar{})) {
		got = append(got, f.CustomerID)
	}
	if diff := cmp.Diff([]string{"c", "b", "d", "e", "f", "a"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// The same snapshot gives the same findings, whatever the order of its rows.
func TestSameInputSameFindings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var customers []sales.Customer
		for i := range rapid.IntRange(1, 6).Draw(t, "customers") {
			c := weekly(string(rune('a'+i)), rapid.IntRange(1, 30).Draw(t, "orders"), rapid.IntRange(0, 90).Draw(t, "ago"), float64(rapid.IntRange(1, 3).Draw(t, "amount")))
			if rapid.Bool().Draw(t, "back") && c.Days[len(c.Days)-1].Date < today {
				c = back(c, 0)
			}
			customers = append(customers, c)
		}
		first := find(snapshotOf(customers...))
		if diff := cmp.Diff(first, find(snapshotOf(slices.Clone(customers)...))); diff != "" {
			t.Fatalf("the same snapshot again (-first +second):\n%s", diff)
		}
		shuffled := rapid.Permutation(customers).Draw(t, "shuffled")
		if diff := cmp.Diff(first, find(snapshotOf(shuffled...))); diff != "" {
			t.Fatalf("permuted (-first +permuted):\n%s", diff)
		}
	})
}
