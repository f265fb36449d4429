package backtest_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/backtest"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// Every figure of the rules of silence is what a second, slow replay counts.
func TestAgainstASlowReplay(t *testing.T) {
	s := company(1, 80)
	p := plan(730)
	p.From = start + 450
	got := play(t, s, p)
	slowly := replaySlowly(t, s, p.From)
	for name, rings := range map[string]func(*standing.Standing) bool{
		backtest.Lost: func(s *standing.Standing) bool { return s.Stage == standing.Lost },
		backtest.Overdue: func(s *standing.Standing) bool {
			return s.Stage == standing.Lost || s.Stage == standing.Overdue
		},
		backtest.Silent60:  func(s *standing.Standing) bool { return s.Silence >= 60 },
		backtest.Silent90:  func(s *standing.Standing) bool { return s.Silence >= 90 },
		backtest.ThreeGaps: func(s *standing.Standing) bool { return float64(s.Silence) >= 3*s.Habit.Mean },
	} {
		alerts, right, wrong, late, losses, told, lead := slowly.count(rings)
		want := []int{alerts, right, wrong, late, alerts - right - wrong - late, losses, told}
		score := got.Score(name)
		if diff := cmp.Diff(want, []int{score.Alerts, score.Right, score.Wrong, score.Late, score.Undecided, score.Losses, score.Told}); diff != "" {
			t.Errorf("%s: alerts, right, wrong, late, undecided, losses, told (-slow +got):\n%s", name, diff)
		}
		if alerts < 10 || right < 3 || math.Abs(lead-score.LeadDays) > 1e-9 {
			t.Errorf("%s: %d alerts, %d right; lead %.3f, want %.3f", name, alerts, right, score.LeadDays, lead)
		}
	}
	checkSums(t, got)
}

// checkSums wants the parts of a result to add up to each other.
func checkSums(t *testing.T, r *backtest.Result) {
	t.Helper()
	var weeks, right, overdue, listed, byRep int
	for _, w := range r.Weeks {
		weeks += w.Alerts
		right += w.Right
		overdue += w.Overdue
		if w.Alerts != w.Right+w.Wrong+w.Late+w.Undecided {
			t.Errorf("week %+v does not add up", w)
		}
	}
	for _, a := range r.Alerts {
		if a.Rule == backtest.Lost {
			listed++
		}
	}
	for _, one := range r.Reps {
		byRep += one.Alerts
	}
	lost := r.Score(backtest.Lost)
	if weeks != lost.Alerts || listed != lost.Alerts || byRep != lost.Alerts || right != lost.Right || overdue != r.Score(backtest.Overdue).Alerts {
		t.Errorf("%d alerts: %d in weeks, %d listed, %d by rep; %d and %d right; %d overdue", lost.Alerts, weeks, listed, byRep, lost.Right, right, overdue)
	}
	if lost.Caught > lost.Gone || lost.Gone <= 0 || lost.Told != lost.Right {
		t.Errorf("caught %v of %v; %d told, %d right", lost.Caught, lost.Gone, lost.Told, lost.Right)
	}
	n := 0
	for _, b := range r.Said {
		n += b.N
		if b.Said < 0 || b.Said > 1 || b.Right < 0 || b.Right > 1 || b.N < 1 {
			t.Errorf("bin %+v", b)
		}
	}
	if n < 1000 {
		t.Errorf("only %d judgements in the calibration", n)
	}
}

// The shop worked out by hand: odds that are not learned, weekly buyers (h = 30,
// 2h = 60), one of whom stops on day 350 and one who skips five weeks.
func TestByHand(t *testing.T) {
	s := known(540, customer("a-stops", "R1", 100, every(0, 351, 7)...), customer("b-skips", "R1", 100, append(every(0, 351, 7), every(392, 541, 7)...)...),
		customer("c-buys", "R2", 100, every(0, 541, 7)...), customer("d-late", "", 100, append(every(0, 497, 7), 497)...))
	p := plan(540)
	p.From = start + 301
	got := play(t, s, p)
	if len(got.Weeks) != 34 || got.Low != 35 || got.Owners != 2 || got.Weeks[0].Week != p.From+7 {
		t.Errorf("%d weeks, %d of low confidence, %d owners, first %v", len(got.Weeks), got.Low, got.Owners, got.Weeks[0])
	}
	days := got.Score(backtest.Silent60)
	if days.Alerts != 1 || days.Late != 1 || days.Losses != 1 || days.Told != 0 {
		t.Errorf("60 days: %+v; want one alert, on the day of the loss", days)
	}
	mean := got.Score(backtest.ThreeGaps)
	// Day 350 + 3 × 7 = 371 is a step (301 + 10 × 7); the loss is on day 410: 39 days
	// ahead, 39 ÷ 7 own gaps. d-late, last order on day 497, rings on day 518 and is
	// open: day 557 is beyond the data.
	if mean.Alerts != 3 || mean.Right != 1 || mean.Wrong != 1 || mean.Undecided != 1 || mean.LeadDays != 39 || math.Abs(mean.LeadCadences-39./7) > 1e-9 {
		t.Errorf("three mean gaps: %+v", mean)
	}
	if precision, _ := mean.Precision(); precision != .5 {
		t.Errorf("precision %g, want 1 of 2", precision)
	}
	// 100 a week makes 5,300 or so a year; all of it is caught.
	if mean.Caught != mean.Gone || mean.Gone.Float() < 5000 || mean.Gone.Float() > 5400 {
		t.Errorf("caught %v of %v", mean.Caught, mean.Gone)
	}
	var back []backtest.Alert
	for _, a := range got.Alerts {
		if a.CustomerID == "c-buys" {
			back = append(back, a)
		}
	}
	if len(back) > 0 {
		t.Errorf("a customer who goes on buying: %+v", back)
	}
}

// A falling amount is one case until it recovers, and goes over from one silence
// to the next; it is right when the last of them becomes a loss.
func TestFallingAmounts(t *testing.T) {
	fades := customer("fades", "R1", 100, every(0, 421, 7)...)
	for i := range fades.Days {
		if fades.Days[i].Date > start+350 {
			fades.Days[i].Net = 10 * sales.MoneyUnit
		}
	}
	s := known(540, fades, customer("steady", "R1", 100, every(0, 541, 7)...), customer("steady2", "R1", 100, every(3, 541, 7)...))
	p := plan(540)
	p.From = start + 301
	ratio := play(t, s, p).Score(backtest.Ratio9090)
	// The ratio falls below .7 while it still buys, 70 days before its last order.
	if ratio.Alerts != 1 || ratio.Right != 1 || ratio.Told != 1 || ratio.LeadDays < 60 || ratio.LeadDays > 130 {
		t.Errorf("%+v; want one alert, right, more than 60 days ahead", ratio)
	}
}

// A pause that a customer makes every summer is a loss by the definition, and is
// counted apart; whoever stops for good makes none.
func TestPausesOfEveryYear(t *testing.T) {
	summers := append(every(0, 150, 7), append(every(260, 515, 7), append(every(625, 880, 7), every(990, 1100, 7)...)...)...)
	s := known(1100, customer("a", "", 100, summers...), customer("b", "", 100, every(0, 705, 7)...), customer("c", "", 100, every(0, 1101, 7)...))
	p := plan(1100)
	p.From = start + 300
	score := play(t, s, p).Score(backtest.ThreeGaps)
	if score.Losses != 3 || score.Told != 3 || score.Pauses != 2 || score.PausesTold != 2 {
		t.Errorf("%+v; want 3 losses, two of them pauses", score)
	}
	if recall, _ := score.RecallWithoutPauses(); recall != 1 {
		t.Errorf("recall %g without the pauses, want 1 of 1", recall)
	}
	if precision, _ := score.PrecisionWithoutPauses(); math.Abs(precision-1./3) > 1e-9 {
		t.Errorf("precision %g without the pauses, want 1 of 3", precision)
	}
}

// alertsThrough are those of the steps through a date.
func alertsThrough(r *backtest.Result, through sales.Date) []string {
	var list []string
	for _, a := range r.Alerts {
		if a.Date <= through {
			list = append(list, fmt.Sprintf("%s %s %s %s %.9f %d", a.Rule, a.Date, a.CustomerID, a.RepID, a.Odds, a.Silence))
		}
	}
	return list
}

// otherFuture is a company whose customers order at other gaps after a date; 0:
// never again.
func otherFuture(s *sales.Snapshot, cut sales.Date, gap func() int) *sales.Snapshot {
	changed := *s
	changed.Customers = slices.Clone(s.Customers)
	for i := range changed.Customers {
		c := changed.Customers[i].Through(cut)
		c.Days = slices.Clone(c.Days)
		step := gap()
		for d := cut + 1; step > 0 && d <= s.AsOf; d += sales.Date(step) {
			c.Days = append(c.Days, sales.Day{Date: d, Net: sales.MoneyUnit})
		}
		changed.Customers[i] = c
	}
	return &changed
}

// differsBefore compares the alerts through a date under another future; how many
// there were.
func differsBefore(whole *backtest.Result, changed *sales.Snapshot, cut sales.Date, p backtest.Plan) (diff string, compared int) {
	r, err := backtest.New(changed, p)
	if err != nil {
		return "", 0
	}
	for r.Next() {
	}
	got, err := r.Result()
	if err != nil {
		return "", 0
	}
	through := min(cut, got.To)
	before := alertsThrough(whole, through)
	return cmp.Diff(before, alertsThrough(got, through)), len(before)
}

// Nothing that is dated after a day changes an alert made by that day.
func TestNoLookAhead(t *testing.T) {
	p := plan(730)
	p.From, p.Every = start+590, 28
	original := company(2, 20)
	whole, all := play(t, original, p), 0
	rapid.Check(t, func(t *rapid.T) {
		cut := start + sales.Date(rapid.IntRange(640, 729).Draw(t, "cut"))
		changed := otherFuture(original, cut, func() int { return rapid.IntRange(0, 40).Draw(t, "gap afterwards") })
		diff, n := differsBefore(whole, changed, cut, p)
		if all += n; diff != "" {
			t.Fatalf("through %s (-as it was +changed later):\n%s", cut, diff)
		}
	})
	if all < 100 {
		t.Errorf("only %d alerts compared", all)
	}
}

// The same where the odds are learned: what is learned is the past's.
func TestNoLookAheadInWhatIsLearned(t *testing.T) {
	p := plan(730)
	p.From, p.Every = start+480, 28
	original := company(2, 80)
	whole := play(t, original, p)
	step := 0
	changed := otherFuture(original, start+600, func() int { step++; return step % 23 })
	if diff, n := differsBefore(whole, changed, start+600, p); diff != "" || n < 10 || whole.Low > 0 {
		t.Errorf("%d alerts, %d steps of fixed odds (-as it was +changed later):\n%s", n, whole.Low, diff)
	}
}

// The order of the customers decides nothing, and the same data give the same
// result.
func TestOrderOfCustomers(t *testing.T) {
	a, b := company(3, 60), company(3, 60)
	for i := range b.Customers {
		b.Customers[i].ID = fmt.Sprintf("C%03d", len(b.Customers)-i)
	}
	slices.Reverse(b.Customers)
	p := plan(730)
	p.From, p.Every = start+500, 14
	first, second := play(t, a, p), play(t, b, p)
	if diff := cmp.Diff(first.Scores, second.Scores, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("scores (-one order +the other):\n%s", diff)
	}
	if diff := cmp.Diff(first, play(t, company(3, 60), p)); diff != "" {
		t.Errorf("the same replay twice:\n%s", diff)
	}
}

// At as many alerts the naive rules come close, and a higher threshold of the
// odds never gives more alerts than wanted.
func TestAsManyAlerts(t *testing.T) {
	r := play(t, company(1, 80), late())
	for name, like := range map[string]string{backtest.DaysAsLost: backtest.Lost, backtest.GapsAsLost: backtest.Lost,
		backtest.DaysAsOverdue: backtest.Overdue, backtest.GapsAsOverdue: backtest.Overdue} {
		got, want := r.Score(name).Alerts, r.Score(like).Alerts
		if want < 10 || math.Abs(float64(got-want)) > .2*float64(want) {
			t.Errorf("%s: %d alerts, want about %d", name, got, want)
		}
	}
	if len(r.Suggested) == 0 || len(r.Curves) != 4 || len(r.Curves[0].Points) < 5 {
		t.Fatalf("%d suggestions, %d curves", len(r.Suggested), len(r.Curves))
	}
	for _, s := range r.Suggested {
		if s.PerRep > s.Wanted || s.Threshold < .2 || s.Threshold > .99 {
			t.Errorf("suggestion %+v", s)
		}
	}
}

// Steps on which the data had stopped judge nobody and break no case.
func TestHeldSteps(t *testing.T) {
	s := company(4, 30)
	for i := range s.Customers {
		s.Customers[i].Days = slices.DeleteFunc(s.Customers[i].Days, func(d sales.Day) bool { return d.Date > start+500 && d.Date <= start+530 })
	}
	p := plan(730)
	p.From = start + 400
	r := play(t, s, p)
	if r.Held < 2 || r.Held > 6 {
		t.Errorf("%d steps held, want those in four weeks without data", r.Held)
	}
	for _, w := range r.Weeks {
		if w.Held && (w.Alerts > 0 || w.Overdue > 0 || w.Regulars > 0) {
			t.Errorf("held, yet %+v", w)
		}
	}
}

func TestWindow(t *testing.T) {
	whole := company(1, 110)
	stopped := company(1, 110).Through(start + 600)
	stopped.AsOf = start + 730
	young := company(1, 110).Through(start + 220)
	small := known(730, customer("a", "", 1, every(0, 730, 7)...))
	for _, tt := range []struct {
		name     string
		s        *sales.Snapshot
		from, to int // asked for; from 0: not
		want     string
	}{
		{"from when there is enough to learn from", whole, 0, 730, "from 2024-07-01 to 2025-12-31"},
		{"as asked", whole, 100, 500, "from 2024-04-10 to 2025-05-15"},
		{"data that stopped", stopped, 0, 730, "from 2024-07-01 to 2025-08-23"},
		{"too young", young, 0, 220, "too little history to replay: from 2024-07-01, when there is enough to learn from, to 2024-08-08 are 38 days; no silence is decided in fewer than 60"},
		{"too few", small, 0, 730, "too little history to replay: regular customers since 2024-01-01: 1; the odds are learned from at least 50"},
		{"nothing", known(730), 0, 730, "no orders to replay"},
		{"returns only", known(730, customer("a", "", -5, 1, 2, 3)), 0, 730, "no orders to replay"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := plan(tt.to)
			if tt.from > 0 {
				p.From = start + sales.Date(tt.from)
			}
			got, err := backtest.Window(tt.s, p)
			said := fmt.Sprintf("from %s to %s", got.From, got.To)
			if err != nil {
				said = err.Error()
			}
			if said != tt.want {
				t.Errorf("%s; want %s", said, tt.want)
			}
			var few *backtest.TooLittle
			if err != nil && !errors.As(err, &few) {
				t.Errorf("error of type %T", err)
			}
		})
	}
}

// A history in which nobody is a regular has nothing to say, whatever it holds.
func TestNothingDecided(t *testing.T) {
	for name, c := range map[string]sales.Customer{
		"one order":       customer("a", "", 1, 0),
		"one date":        customer("a", "", 1, 5, 5, 5, 5, 5, 5),
		"orders, refunds": {ID: "a", Days: []sales.Day{{Date: start, Net: 5}, {Date: start + 1, Net: -5}, {Date: start + 40, Net: 0}}},
	} {
		p := plan(300)
		p.From = start + 100
		r, err := backtest.New(known(300, c), p)
		if err != nil {
			continue // the data stopped too soon after From
		}
		for r.Next() {
		}
		if _, err := r.Result(); err == nil || !strings.Contains(err.Error(), "no silence of a regular customer is decided") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A further detector is asked at every step, with what was known then; a case is
// told once.
func TestWatch(t *testing.T) {
	s := company(5, 30)
	p := plan(730)
	p.From = start + 500
	var asked []sales.Date
	p.Watches = []backtest.Watch{{
		Name: "declining",
		Find: func(cut *sales.Snapshot, sheet *standing.Sheet) []finding.Finding {
			asked = append(asked, cut.AsOf)
			if cut.DataThrough > cut.AsOf || sheet.AsOf != cut.AsOf || sheet.Rules.Overdue != .5 {
				t.Errorf("asked on %s with data through %s", cut.AsOf, cut.DataThrough)
			}
			found := []finding.Finding{{CustomerID: "C001", MoneyAtRisk: 7}}
			if cut.AsOf >= start+600 {
				found = append(found, finding.Finding{CustomerID: "C002", MoneyAtRisk: 5}, finding.Finding{CustomerID: "C003"})
			}
			if cut.AsOf >= start+700 {
				found = append(found, finding.Finding{CustomerID: "C004"})
			}
			return found
		},
		Outcome: func(_ *sales.Snapshot, at sales.Date, f finding.Finding) backtest.Outcome {
			switch {
			case at >= start+700:
				return backtest.Undecided
			case f.CustomerID == "C002":
				return backtest.Loss
			}
			return backtest.Return
		},
	}}
	got := play(t, s, p)
	want := []backtest.Watched{{Name: "declining", Baseline: 1, Alerts: 3, Right: 1, Wrong: 1, Undecided: 1, Caught: 5}}
	if diff := cmp.Diff(want, got.Watched); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(asked) != 33 || asked[0] != p.From {
		t.Errorf("asked %d times, first on %s", len(asked), asked[0])
	}
	n := 0
	for _, a := range got.Alerts {
		if a.Rule == "declining" {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d alerts listed, want 3", n)
	}
}
