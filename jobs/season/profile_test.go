package season

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"dangol/internal/sales"
	"github.com/google/go-cmp/cmp"
)

// Upper quantiles of F from printed tables.
func TestUpperF(t *testing.T) {
	for _, c := range []struct{ x, a, b, want float64 }{
		{4.9646, 1, 10, .05}, {4.1027, 5, 20, .01}, {1, 7, 7, .5}, {2.1834, 12, 24, .05}, {5.0, 2, 2, 1. / 6}, {0, 3, 4, 1}, {1e9, 3, 40, 0},
	} {
		if got := upperF(c.x, c.a, c.b); math.Abs(got-c.want) > 2e-4 {
			t.Errorf("P(F(%g, %g) > %g) = %g; want %g", c.a, c.b, c.x, got, c.want)
		}
	}
}

// buyer orders about every gap(month) days from first to last.
func buyer(rng *rand.Rand, first, last sales.Date, gap func(time.Month) float64) []sales.Date {
	var days []sales.Date
	for at := float64(first); at <= float64(last); {
		days = append(days, sales.Date(at))
		spread := -math.Log(rng.Float64()*rng.Float64()*rng.Float64()) / 3
		at += max(1, spread*gap(sales.Date(at).Time().Month()))
	}
	return days
}

func even(days float64) func(time.Month) float64 {
	return func(time.Month) float64 { return days }
}

// bySeason orders every fifth day from April to September and every twentieth
// in winter.
func bySeason(m time.Month) float64 {
	if m >= time.April && m <= time.September {
		return 5
	}
	return 20
}

func TestOwnProfile(t *testing.T) {
	last := sales.NewDate(2026, 9, 20)
	seasonal, evenly := 0, 0
	for i := range uint64(50) {
		rng := rand.New(rand.NewPCG(3, i))
		year := &Year{Company: flat}
		days := buyer(rng, last-1200, last, bySeason)
		c := year.Clock("", days, 30, nil)
		if c.Own && c.Profile[0] < .7 && c.Profile[6] > 1.2 {
			seasonal++
		}
		if c := year.Clock("", buyer(rng, last-1200, last, even(9)), 30, nil); c.Own {
			evenly++
		}
	}
	if seasonal < 48 || evenly > 1 {
		t.Errorf("of 50 seasonal buyers %d have a season, of 50 even ones %d", seasonal, evenly)
	}
	young := (&Year{Company: flat}).Clock("", buyer(rand.New(rand.NewPCG(3, 0)), last-700, last, bySeason), 30, nil)
	if young.Own || young.Profile != flat {
		t.Errorf("from less than two years: %v", young.Profile)
	}
}

// snapshotOf makes customers of a segment.
func snapshotOf(asOf sales.Date, segment string, customers ...[]sales.Date) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: asOf, DataThrough: asOf}
	for i, days := range customers {
		c := sales.Customer{ID: fmt.Sprintf("%s%03d", segment, i), Segment: segment}
		for _, d := range days {
			c.Days = append(c.Days, sales.Day{Date: d, Net: sales.MoneyUnit})
		}
		s.Customers = append(s.Customers, c)
	}
	return s
}

func TestSegmentsAndCompany(t *testing.T) {
	asOf := sales.NewDate(2026, 11, 20)
	rng := rand.New(rand.NewPCG(5, 5))
	var ice, bread [][]sales.Date
	for range 30 {
		ice = append(ice, buyer(rng, asOf-1100, asOf, bySeason))
	}
	for range 100 {
		bread = append(bread, buyer(rng, asOf-1100, asOf, even(8)))
	}
	s := snapshotOf(asOf, "bread", bread...)
	if y := Learn(s, sales.Calendar{}); y.Company != flat || y.Profile("bread") != flat {
		t.Errorf("an even company has the profile %v", y.Company)
	}
	s.Customers = append(s.Customers, snapshotOf(asOf, "ice", ice...).Customers...)
	y := Learn(s, sales.Calendar{})
	if p := y.Profile("ice"); p[0] > .6 || p[6] < 1.3 {
		t.Errorf("ice by months: %v", p)
	}
	if p := y.Profile("bread"); p[0] < .9 || p[6] > 1.1 {
		t.Errorf("bread by months: %v", p)
	}
	rng.Shuffle(len(s.Customers), func(i, j int) { s.Customers[i], s.Customers[j] = s.Customers[j], s.Customers[i] })
	if diff := cmp.Diff(y, Learn(s, sales.Calendar{}), cmp.AllowUnexported(Year{})); diff != "" {
		t.Errorf("shuffled customers (-before +after):\n%s", diff)
	}
}

// A company that is seen for less than two years, or has hardly any customers,
// has neither closures nor months.
func TestLittleIsKnown(t *testing.T) {
	asOf := sales.NewDate(2026, 11, 20)
	rng := rand.New(rand.NewPCG(5, 6))
	var few [][]sales.Date
	for range 9 {
		days := buyer(rng, asOf-1100, asOf, bySeason)
		cut := days[:0]
		for _, d := range days {
			if d < asOf-60 || d > asOf-30 {
				cut = append(cut, d)
			}
		}
		few = append(few, cut)
	}
	if y := Learn(snapshotOf(asOf, "", few...), sales.Calendar{}); len(y.Closed) > 0 || y.Company != flat {
		t.Errorf("of nine customers: %+v", y)
	}
	if y := Learn(&sales.Snapshot{AsOf: asOf}, sales.Calendar{}); len(y.Closed) > 0 || y.Company != flat {
		t.Errorf("of nobody: %+v", y)
	}
}
