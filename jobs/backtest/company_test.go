package backtest_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dangol/internal/sales"
	"dangol/jobs/backtest"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// start is the first date of the companies here.
var start = sales.NewDate(2024, 1, 1)

// customer orders at the given days after start.
func customer(id, rep string, amount sales.Money, days ...int) sales.Customer {
	c := sales.Customer{ID: id, Name: "Customer " + id, RepID: rep, Listed: true}
	for _, d := range days {
		c.Days = append(c.Days, sales.Day{Date: start + sales.Date(d), Net: amount * sales.MoneyUnit})
	}
	return c
}

// every returns the days from, from+step, … before until.
func every(from, until, step int) []int {
	var days []int
	for d := from; d < until; d += step {
		days = append(days, d)
	}
	return days
}

// known makes a snapshot of customers, as of so many days after start.
func known(through int, customers ...sales.Customer) *sales.Snapshot {
	slices.SortFunc(customers, func(a, b sales.Customer) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	s := &sales.Snapshot{AsOf: start + sales.Date(through), Customers: customers}
	for i := range customers {
		for _, d := range customers[i].Days {
			s.DataThrough = max(s.DataThrough, d.Date)
		}
	}
	return s
}

// company is customers of all habits over two years; some leave, some pause and
// come back. From about seventy on there are enough to learn from.
func company(seed uint64, size int) *sales.Snapshot {
	dice := rand.New(rand.NewPCG(seed, 1))
	const span = 730
	var customers []sales.Customer
	for i := range size {
		gap := 4 + dice.Float64()*26
		left := span + 1
		if dice.IntN(3) == 0 {
			left = 200 + dice.IntN(500)
		}
		var days []int
		for at := float64(dice.IntN(60)); int(at) <= span && int(at) < left; at += 1 + gap*(.5+dice.Float64()) {
			if n := len(days); n == 0 || int(at) > days[n-1] {
				days = append(days, int(at))
			}
			if dice.IntN(40) == 0 {
				at += 4 * gap
			}
		}
		customers = append(customers, customer(fmt.Sprintf("C%03d", i), fmt.Sprintf("R%d", i%5), sales.Money(50+dice.IntN(500)), days...))
	}
	return known(span, customers...)
}

func plan(through int) backtest.Plan {
	return backtest.Plan{To: start + sales.Date(through), Every: 7, Rules: standing.DefaultRules()}
}

// late is a plan over the last year of a company.
func late() backtest.Plan {
	p := plan(730)
	p.From, p.Every = start+400, 14
	return p
}

// play replays to the end.
func play(t interface {
	Helper()
	Fatal(...any)
}, s *sales.Snapshot, p backtest.Plan) *backtest.Result {
	t.Helper()
	r, err := backtest.New(s, p)
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
	}
	result, err := r.Result()
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// silenceOf is the silence that the slow replay below looks at.
type silenceOf struct {
	id   string
	last sales.Date
}

// slow replays as the documentation tells it, customer by customer, from the
// days alone; only the odds and the gates are standing's.
type slow struct {
	t      *testing.T
	known  *sales.Snapshot
	sheets []*standing.Sheet
}

func replaySlowly(t *testing.T, s *sales.Snapshot, from sales.Date) *slow {
	t.Helper()
	w := &slow{t: t, known: s}
	var model silence.Blend
	for at := from; at <= s.AsOf; at += 7 {
		if (at-from)%56 == 0 {
			model = standing.Fit(s.Through(at), standing.DefaultRules())
		}
		w.sheets = append(w.sheets, standing.JudgeWith(s.Through(at), standing.DefaultRules(), model))
	}
	return w
}

// lostOn is the date on which a silence has outlasted 2h, and what became of it.
func (w *slow) fate(s *standing.Standing) (lostOn sales.Date, loss, decided bool) {
	lostOn = s.Last + sales.Date(math.Ceil(2*s.Horizon))
	for _, d := range w.known.Customer(s.Customer.ID).Days {
		if d.Date > s.Last && d.Date <= lostOn {
			return lostOn, false, lostOn <= w.known.AsOf
		}
	}
	return lostOn, true, lostOn <= w.known.AsOf
}

// count replays one rule of silence.
func (w *slow) count(rings func(*standing.Standing) bool) (alerts, right, wrong, late, losses, told int, lead float64) {
	first := map[silenceOf]int{} // 1 + the sheet on which it rang
	lost := map[silenceOf]bool{}
	for i, sheet := range w.sheets {
		for j := range sheet.Customers {
			s := &sheet.Customers[j]
			if !s.Current || !s.Known {
				continue
			}
			key := silenceOf{s.Customer.ID, s.Last}
			lostOn, loss, decided := w.fate(s)
			if i > 0 && sheet.AsOf < lostOn && loss && decided {
				lost[key] = true
			}
			if first[key] > 0 || !rings(s) {
				continue
			}
			first[key] = i + 1
			if i == 0 {
				continue
			}
			alerts++
			switch {
			case sheet.AsOf >= lostOn:
				late++
			case decided && loss:
				right++
				lead += float64(lostOn - sheet.AsOf)
			case decided:
				wrong++
			}
		}
	}
	for key := range lost {
		if first[key] == 1 {
			continue
		}
		losses++
		if at := first[key]; at > 0 {
			s := w.sheets[at-1].Customer(key.id)
			if lostOn, _, _ := w.fate(s); w.sheets[at-1].AsOf < lostOn {
				told++
			}
		}
	}
	return alerts, right, wrong, late, losses, told, lead / float64(max(1, right))
}
