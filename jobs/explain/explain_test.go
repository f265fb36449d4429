package explain_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/explain"
	"dangol/jobs/freshness"
	"dangol/jobs/lost"
	"dangol/jobs/standing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mathext"
)

// today is 24 November 2026.
const today = sales.Date(20781)

const unit = sales.MoneyUnit

// bought returns buying days, each so many days before today.
func bought(net sales.Money, ago ...int) []sales.Day {
	var days []sales.Day
	for _, n := range ago {
		days = append(days, sales.Day{Date: today - sales.Date(n), Net: net})
	}
	slices.SortFunc(days, func(a, b sales.Day) int { return int(a.Date - b.Date) })
	return days
}

// judged judges a company and lays out the facts about it.
func judged(snapshot *sales.Snapshot, rules standing.Rules) explain.Facts {
	sheet := standing.Judge(snapshot, rules)
	company := diagnosis.Survey(snapshot, sheet, sales.Calendar{})
	return explain.Facts{
		Snapshot: snapshot, Sheet: sheet, Company: company, Currency: "KRW",
		Fresh: freshness.Rules{}.Measure(snapshot), Stale: freshness.Rules{}.Check(snapshot),
		Findings: lost.Find(snapshot, sheet, company),
	}
}

func company(customers ...sales.Customer) *sales.Snapshot {
	s := &sales.Snapshot{AsOf: today, DataThrough: today, Customers: customers, Has: map[sales.Relation]bool{}}
	slices.SortFunc(s.Customers, func(a, b sales.Customer) int { return strings.Compare(a.ID, b.ID) })
	return s
}

// said is what an explanation says, by key.
type said struct {
	t    *testing.T
	rows map[string][]explain.Line
	all  []explain.Line
}

func explained(t *testing.T, facts explain.Facts, id string) said {
	t.Helper()
	return readExplanation(t, explain.Explain(facts, facts.Sheet.Customer(id)))
}

func readExplanation(t *testing.T, e explain.Explanation) said {
	t.Helper()
	s := said{t: t, rows: map[string][]explain.Line{}}
	add := func(line explain.Line) {
		s.all = append(s.all, line)
		for _, p := range line.Parts {
			s.rows[p.Key] = append(s.rows[p.Key], line)
		}
	}
	for _, line := range e.Subtitle {
		add(line)
	}
	for _, section := range e.Sections {
		for _, line := range section.Lines {
			add(line)
		}
	}
	return s
}

// arg returns the value that the only line with the key gives for a name.
func (s said) arg(key, name string) any {
	s.t.Helper()
	if len(s.rows[key]) != 1 {
		s.t.Fatalf("%d lines with %s; want one", len(s.rows[key]), key)
	}
	for _, p := range s.rows[key][0].Parts {
		if p.Key == key {
			return p.Args[name]
		}
	}
	return nil
}

// number reads a shown number.
func number(t *testing.T, shown any) float64 {
	t.Helper()
	text := strings.NewReplacer(",", "", "−", "-").Replace(fmt.Sprint(shown))
	text, percent := strings.CutSuffix(text, "%")
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%v is no number", shown)
	}
	if percent {
		f /= 100
	}
	return f
}

// near wants a shown number within its own rounding.
func (s said) near(key, name string, want, tolerance float64) {
	s.t.Helper()
	if got := number(s.t, s.arg(key, name)); math.Abs(got-want) > tolerance {
		s.t.Errorf("%s: %s = %g; want %g", key, name, got, want)
	}
}

// handmade is a regular silent for 38 days with gaps that were chosen by hand:
// 7, 9, 12, 14, 10, 21, 8, 11, oldest first. It is worked out again below
// without the program's own code.
func handmade() *sales.Snapshot {
	silent := sales.Customer{ID: "a", Name: "Gaon", RepID: "r", Segment: "cafés"}
	at := 38
	gaps := []int{7, 9, 12, 14, 10, 21, 8, 11}
	ago := []int{at}
	for _, g := range slices.Backward(gaps) {
		at += g
		ago = append(ago, at)
	}
	silent.Days = bought(1000*unit, ago...)
	silent.Days = append(silent.Days, sales.Day{Date: today - 60, Net: -150 * unit})
	slices.SortFunc(silent.Days, func(a, b sales.Day) int { return int(a.Date - b.Date) })
	others := []sales.Customer{silent}
	for i := range 6 { // new customers of 110 to 160 in their first year, and an old one
		others = append(others, sales.Customer{ID: fmt.Sprintf("n%d", i), RepID: "r", Days: bought(sales.Money(11+i)*10*unit, 500+i, 1+i)})
	}
	return company(append(others, sales.Customer{ID: "old", RepID: "r", Days: bought(9000*unit, 800, 700, 600, 500, 400, 300, 20, 1)})...)
}

func TestArithmeticByHand(t *testing.T) {
	facts := judged(handmade(), standing.DefaultRules())
	s := explained(t, facts, "a")
	const span, w, h = 92.0, 38.0, 31.5 // 7+9+12+14+10+21+8+11; today − last; 3 × 10.5
	sorted := []string{"7 × 1", "8 × 1", "9 × 1", "10 × 1", "11 × 1", "12 × 1", "14 × 1", "21 × 1"}
	if !slices.ContainsFunc(s.all, func(l explain.Line) bool { return slices.Equal(l.Grid, sorted) }) {
		t.Errorf("no line with the sorted gaps %v", sorted)
	}
	s.near("explain_median_between", "place", 4.5, 0)
	s.near("explain_median_between", "value", 10.5, 0)
	s.near("explain_p90_between", "place", 7.3, 1e-9)
	s.near("explain_p90_between", "value", 16.1, 1e-9) // 14 + .3 × 7
	s.near("explain_mean", "span", span, 0)
	s.near("explain_mean", "mean", 11.5, 0)
	s.near("explain_horizon", "h", h, 0)
	s.near("explain_horizon", "twice", 2*h, 0)
	s.near("explain_silence", "w", w, 0)

	mean := func(u float64) float64 { return .25*survivalMBG(8, span, u) + .75*survivalRC(u) }
	s.near("explain_p_lost", "later", mean(2*h), 1e-7)
	s.near("explain_p_lost", "now", mean(w), 1e-7)
	s.near("explain_p_lost", "p", mean(2*h)/mean(w), 1e-6)
	s.near("explain_p_silent", "p", mean(w+h)/mean(w), 1e-6)
	k, own := regularityRC()
	s.near("explain_rc", "k", k, 1e-6)
	s.near("explain_rc", "spread", own, 1e-6)
	s.near("explain_prior", "of_c", 1/(1+2*8.0), 5e-4)
	s.near("explain_prior", "of_scale", 3/(3+span/7), 5e-4)
	if len(s.rows["explain_model_prior"]) != 1 {
		t.Error("low confidence is not said")
	}
	for name, want := range map[string]float64{"explain_curve_mbg": survivalMBG(8, span, w), "explain_curve_rc": survivalRC(w), "explain_curve_mean": mean(w)} {
		if got := number(t, s.rows[name][0].Cells[0]); math.Abs(got-want) > 1e-7 {
			t.Errorf("%s: S(w) = %g; want %g", name, got, want)
		}
	}
	checkMoney(s, mean(2*h)/mean(w))
}

// survivalMBG is S under the fixed parameters k = 2, r = 1, α = 3, a = .3, b = 2.
func survivalMBG(gaps, span, days float64) float64 {
	c, scale, gone := 1+2*gaps, 3+span/7, .3/(.3+2+gaps)
	return gone + (1-gone)*mathext.RegIncBeta(c, 2, scale/(scale+days/7))
}

// survivalRC is S under r = 1, α = 3, k0 = 1.5, m = 5, a = .3, b = 2, d = 1 for the
// handmade gaps.
func survivalRC(days float64) float64 {
	const sum = 92.0 / 7
	k, _ := regularityRC()
	c, scale, gone := 1+k*8, 3/k+sum, .3/(.3+2+8)
	return gone + (1-gone)*mathext.RegIncBeta(c, k, scale/(scale+days/7))
}

// regularityRC works out k and the spread of the handmade gaps.
func regularityRC() (k, own float64) {
	sum, logs := 0.0, 0.0
	for _, g := range []float64{7, 9, 12, 14, 10, 21, 8, 11} {
		sum += g / 7
		logs += math.Log(g / 7)
	}
	own = math.Log(sum/8) - logs/8
	population := math.Log(1.5) - mathext.Digamma(1.5)
	spread := (5*population + 8*own) / (5 + 8 - 1)
	return (3 - spread + math.Sqrt((spread-3)*(spread-3)+24*spread)) / (12 * spread), own
}

// checkMoney works out the amounts: nine orders of 1000 less 150, 93 days.
func checkMoney(s said, pLost float64) {
	s.t.Helper()
	const months = 93 / (365.25 / 12)
	yearly := 12 * 8850 / months
	s.near("explain_bought_net", "bought", 9000, 0)
	s.near("explain_bought_net", "returned", -150, 0)
	s.near("explain_bought_net", "net", 8850, 0)
	s.near("explain_monthly_young", "months", months, 1e-6)
	s.near("explain_monthly_young", "monthly", 8850/months, .005)
	s.near("explain_yearly", "yearly", yearly, .005)
	s.near("explain_risk", "risk", pLost*yearly, .01)
	s.near("explain_rank_rep", "rank", 1, 0) // 2896 a month; the old one 9000 × 3 ÷ 12 = 2250
	s.near("explain_rank_rep", "of", 2, 0)
	s.near("explain_replace", "median", 135, 0) // of 110, 120 … 160
	s.near("explain_replace", "known", 6, 0)
	s.near("explain_replace", "customers", yearly/135, .005)
	s.near("explain_pace", "won", 1, 0) // a itself
	s.near("explain_pace", "days", 365, 0)
	s.near("explain_pace", "pace", 365.25/12/365, .005)
	s.near("explain_pace", "months", yearly/135/(365.25/12/365), .005)
}

// The marks of the gates alone lead to the stage that is explained.
func TestGatesLeadToTheStage(t *testing.T) {
	facts := judged(handmade(), standing.DefaultRules())
	for i := range facts.Sheet.Customers {
		who := &facts.Sheet.Customers[i]
		if got := stageOf(explained(t, facts, who.Customer.ID)); got != who.Stage {
			t.Errorf("%s: the gates say %s; want %s", who.Customer.ID, got, who.Stage)
		}
	}
}

func stageOf(s said) standing.Stage {
	yes := func(key string) bool {
		for _, line := range s.rows[key] {
			return line.Mark == explain.Yes
		}
		return false
	}
	ownClock := len(s.rows["explain_gate_clock"]) == 0 || yes("explain_gate_clock")
	switch beyond := yes("explain_gate_p90") && yes("explain_gate_mean") && ownClock; {
	case !yes("explain_gate_orders") || !yes("explain_gate_days"):
		return standing.NotRegular
	case beyond && yes("explain_gate_lost"):
		return standing.Lost
	case beyond && yes("explain_gate_overdue"):
		return standing.Overdue
	}
	return standing.Active
}

// Sections says which parts a customer's explanation has, by heading.
func headings(e explain.Explanation) []string {
	var keys []string
	for _, section := range e.Sections {
		keys = append(keys, strings.TrimPrefix(section.Heading.Key, "explain_heading_"))
	}
	return keys
}

func TestSections(t *testing.T) {
	active := sales.Customer{ID: "active", Days: bought(unit, 200, 180, 160, 140, 120, 100, 80, 60, 40, 20, 1)}
	silent := sales.Customer{ID: "silent", Days: bought(unit, 200, 190, 180, 170, 160, 150, 140, 130)}
	gone := sales.Customer{ID: "gone", Days: bought(unit, 900, 890, 880, 870, 860, 850, 700)}
	never := sales.Customer{ID: "never", Name: "Never", Listed: true}
	once := sales.Customer{ID: "once", Days: bought(unit, 5)}
	back := sales.Customer{ID: "back", Days: bought(unit, 300, 290, 280, 270, 260, 250, 240, 2)}
	facts := judged(company(active, silent, gone, never, once, back), standing.DefaultRules())
	always := []string{"verdict", "data", "habit", "odds", "gates", "outlook", "money"}
	for id, want := range map[string]struct{ sections, says []string }{
		"active": {append(slices.Clone(always), "causes"), []string{"explain_stage_active", "explain_causes_none", "explain_turn_lost"}},
		"silent": {append(slices.Clone(always), "replacement", "causes", "actions"),
			[]string{"explain_stage_lost", "explain_alert", "explain_confirmed", "explain_order_active", "explain_turn_left"}},
		"gone":  {append(slices.Clone(always), "replacement", "causes"), []string{"explain_stage_lost", "explain_left", "explain_turns_none"}},
		"never": {[]string{"verdict", "data", "gates"}, []string{"explain_stage_not_regular", "explain_gates_end"}},
		"once": {[]string{"verdict", "data", "habit", "odds", "gates", "outlook", "money"},
			[]string{"explain_odds_none", "explain_horizon_least", "explain_needs_time", "explain_monthly_least"}},
		"back": {append(slices.Clone(always), "causes", "actions"), []string{"explain_stage_active", "explain_recovered"}},
	} {
		e := explain.Explain(facts, facts.Sheet.Customer(id))
		if diff := cmp.Diff(want.sections, headings(e)); diff != "" {
			t.Errorf("%s: sections (-want +got):\n%s", id, diff)
		}
		s := readExplanation(t, e)
		for _, key := range want.says {
			if len(s.rows[key]) != 1 {
				t.Errorf("%s: %d lines of %s; want one", id, len(s.rows[key]), key)
			}
		}
	}
}

// While the data are stale that is the first thing said.
func TestStaleComesFirst(t *testing.T) {
	facts := judged(company(sales.Customer{ID: "a", Days: bought(unit, 200, 190, 180, 170, 160, 150)}), standing.DefaultRules())
	facts.Stale = &finding.Finding{Headline: finding.Say("stale_limit", "days", 9, "limit", 5, "through", today-9)}
	e := explain.Explain(facts, facts.Sheet.Customer("a"))
	s := readExplanation(t, e)
	if e.Sections[0].Heading.Key != "explain_heading_held" || s.arg("stale_limit", "through") != "2026-11-15" {
		t.Errorf("the first section is %+v", e.Sections[0])
	}
	if len(s.rows["explain_alert"]) != 0 {
		t.Error("an alert is announced while the data are stale")
	}
}

// Days booked late, merged orders and the whole company's rank are shown as the
// rules have them.
// Who looks lost only as far as its lines can be read is no finding of the job, and
// the verdict says so.
func TestUnreadLinesHoldTheAlert(t *testing.T) {
	for _, unread := range []bool{false, true} {
		s := company(sales.Customer{ID: "a", Name: "A", Days: bought(100*unit, 90, 97, 104, 111, 118, 125, 132, 139, 146, 200)},
			sales.Customer{ID: "b", Name: "B", Days: bought(100*unit, 0, 7, 14)})
		if unread {
			s.Customers[0].Unread = []sales.Date{today - 3}
		}
		said := explained(t, judged(s, standing.DefaultRules()), "a")
		if held, told := len(said.rows["explain_unread"]) == 1, len(said.rows["explain_alert"]) == 1; held != unread || told == unread {
			t.Errorf("unread %v: held %v, told %v", unread, held, told)
		}
	}
}

func TestRulesShow(t *testing.T) {
	rules := standing.DefaultRules()
	rules.SettleDays, rules.MergeDays = 3, 2
	c := sales.Customer{ID: "a", RepID: "r", Days: bought(unit, 120, 119, 100, 80, 60, 40, 39, 20)}
	facts := judged(company(c, sales.Customer{ID: "b", RepID: "q", Days: bought(2*unit, 120, 100, 80, 60, 40, 20)}), rules)
	facts.Company = facts.Company.WithoutRepFigures()
	facts.MergedFrom = "z"
	s := explained(t, facts, "a")
	s.near("explain_silence_settled", "silence", 20, 0)
	s.near("explain_silence_settled", "w", 17, 0)
	s.near("explain_orders_all", "orders", 6, 0)
	s.near("explain_merge", "merge", 2, 0)
	s.near("explain_rank_company", "rank", 2, 0)
	s.near("explain_rank_company", "of", 2, 0)
	if s.arg("explain_merged", "from") != "z" {
		t.Error("the merged id is not said")
	}
}

// More than 24 gaps: the older ones are added up, and the sums meet.
func TestOlderGapsAddUp(t *testing.T) {
	var ago []int
	for i := range 40 {
		ago = append(ago, 5*i)
	}
	facts := judged(company(sales.Customer{ID: "a", Days: bought(unit, ago...)}), standing.DefaultRules())
	s := explained(t, facts, "a")
	s.near("explain_orders", "gaps", 15, 0)
	s.near("explain_orders", "days", 75, 0)
	listed := 0
	for _, line := range s.all {
		for _, text := range line.Grid {
			if strings.Contains(text, "+5 ") {
				listed++
			}
		}
	}
	if listed != 25 { // the first listed day shows its gap too, which the sum holds
		t.Errorf("%d gaps listed; want 25", listed)
	}
}

// Nothing but the facts decides: the same explanation twice.
func TestSameFactsSameExplanation(t *testing.T) {
	facts, again := judged(handmade(), standing.DefaultRules()), judged(handmade(), standing.DefaultRules())
	if diff := cmp.Diff(explain.Explain(facts, facts.Sheet.Customer("a")), explain.Explain(again, again.Sheet.Customer("a"))); diff != "" {
		t.Error(diff)
	}
}
