package casebook_test

import (
	"math"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
)

// ended is a lost case with an outcome.
func ended(n int, odds float64, change func(*casebook.Case)) []casebook.Case {
	list := make([]casebook.Case, n)
	for i := range list {
		list[i] = told()
		list[i].Began, list[i].Odds, list[i].AtRisk, list[i].Segment = lost, odds, 100*sales.MoneyUnit, "cafe"
		change(&list[i])
	}
	return list
}

func sure(c *casebook.Case)  { c.State, c.Sure = casebook.Confirmed, true }
func back(c *casebook.Case)  { c.State = casebook.Recovered }
func saved(c *casebook.Case) { c.State, c.Saved, c.Taker = casebook.Recovered, true, "Kim" }
func no(c *casebook.Case)    { c.State, c.Why = casebook.Dismissed, casebook.WhySeason }

// Twenty pressed reasons change the precision as arithmetic says.
func TestPrecision(t *testing.T) {
	history := ended(15, .8, sure)
	history = append(history, ended(5, .8, back)...)
	history = append(history, ended(4, .8, saved)...)
	before := casebook.Measure(history)[finding.CustomerLost]
	if p, ok := before.Precision(); !ok || p != .75 {
		t.Fatalf("%v, %v; want 15 of 20", p, ok)
	}
	if before.Saved != 4 || before.SavedMoney != 400*sales.MoneyUnit || before.Taken != 4 {
		t.Errorf("%+v; want 4 saved with 400", before)
	}
	history = append(history, ended(20, .8, func(c *casebook.Case) {
		*c = do(t, *c, casebook.Act{Verb: casebook.Dismiss, On: 101, Why: casebook.WhySeason})
	})...)
	after := casebook.Measure(history)[finding.CustomerLost]
	if p, _ := after.Precision(); p != 15./40 || after.Reasons[casebook.WhySeason] != 20 {
		t.Errorf("%v, %v; want 15 of 40 with 20 seasons", p, after.Reasons)
	}
	if by := casebook.ReasonsBy(history, func(c casebook.Case) string { return c.Segment }); by["cafe"][casebook.WhySeason] != 20 {
		t.Errorf("%v; want 20 seasons among cafes", by)
	}
}

// What somebody says is closed, or somebody else's, is neither right nor wrong.
func TestPressesThatJudgeNothing(t *testing.T) {
	for _, why := range []casebook.Why{casebook.WhyClosed, casebook.WhyWrongOwner} {
		history := ended(12, .8, func(c *casebook.Case) {
			*c = do(t, *c, casebook.Act{Verb: casebook.Dismiss, On: 101, Why: why})
		})
		if m := casebook.Measure(history)[finding.CustomerLost]; m.Judged() != 0 || m.Pending != 12 {
			t.Errorf("%s: %+v; want all pending", why, m)
		}
	}
}

// A case that worsened was told under two rules; the first run told none.
func TestRules(t *testing.T) {
	worsened := ended(1, .8, func(c *casebook.Case) { sure(c); c.Began = overdue })
	first := ended(1, .8, func(c *casebook.Case) { sure(c); c.Told = casebook.ByBaseline })
	m := casebook.Measure(append(worsened, first...))
	if m[finding.CustomerOverdue].Right != 1 || m[finding.CustomerLost].Right != 1 {
		t.Errorf("%+v; want one right under each rule", m)
	}
	if _, ok := m[finding.CustomerLost].Precision(); ok {
		t.Error("a precision of one alert")
	}
}

func TestPropose(t *testing.T) {
	poor := append(ended(14, .72, no), ended(11, .83, sure)...)
	poor = append(poor, ended(2, .83, no)...)
	tests := map[string]struct {
		history []casebook.Case
		want    float64 // 0: nothing is proposed
	}{
		"right often enough": {append(ended(18, .8, sure), ended(4, .8, no)...), 0},
		"too few":            {ended(19, .72, no), 0},
		"higher would do":    {poor, .75},
		"nothing would do":   {append(ended(20, .72, no), ended(12, .97, no)...), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := casebook.Propose(test.history, .7)
			if ok != (test.want > 0) || math.Abs(got-test.want) > 1e-9 {
				t.Errorf("%v, %v; want %v", got, ok, test.want)
			}
		})
	}
}
