package finding

import (
	"encoding/json"
	"math"

	"dangol/internal/sales"
)

// The metrics of quotas, as findings call them.
const (
	ColdVisits   = sales.MetricColdVisits
	NewCustomers = sales.MetricNewCustomers
	Sales        = sales.MetricSales
)

// Why a rep wins few new customers, as questions to ask: evidence for a talk,
// never a verdict.
const (
	FewVisits    = "few_visits"    // far below the minimum of cold visits
	Technique    = "technique"     // visits enough, and few of them become customers
	ActivityFell = "activity_fell" // all activity fell sharply against the rep's own past
	QuotaItself  = "quota"         // most of the team, or of the level, is as short
)

// Measure is a number or an amount: visits and customers are counted, sales are
// money. In JSON a count is a number and an amount a plain decimal string.
type Measure struct {
	Count  float64
	Amount sales.Money
	Money  bool // Amount counts, not Count
}

// Counted is a measure of a number.
func Counted(n float64) Measure { return Measure{Count: n} }

// Amounted is a measure of an amount.
func Amounted(m sales.Money) Measure { return Measure{Amount: m, Money: true} }

// Float is the number, or the amount in units of the currency.
func (m Measure) Float() float64 {
	if m.Money {
		return m.Amount.Float()
	}
	return m.Count
}

// Like returns f as a measure of the same sort.
func (m Measure) Like(f float64) Measure {
	if m.Money {
		return Amounted(sales.MoneyFromFloat(f))
	}
	return Counted(f)
}

// Value is what a phrase takes: a number or an amount.
func (m Measure) Value() any {
	if m.Money {
		return m.Amount
	}
	return m.Count
}

// MarshalJSON writes a number, or an amount as a string.
func (m Measure) MarshalJSON() ([]byte, error) {
	if m.Money {
		return json.Marshal(m.Amount)
	}
	return json.Marshal(math.Round(m.Count*1e4) / 1e4)
}

// Progress is how far a rep has come with one quota in one period, through the
// as-of date or the period's end, whichever is earlier.
type Progress struct {
	Metric string       `json:"metric"`
	Period sales.Period `json:"period"`
	Actual Measure      `json:"actual"`
	Quota  Measure      `json:"quota"` // effective: by level, date, ramp; of cold visits also without the days of leave
	// Attainment is actual ÷ quota; Pace is what it will be at the end of the
	// period if it goes on as so far: 1 is on course.
	Attainment float64 `json:"attainment"`
	Pace       float64 `json:"pace"`
	// NeededPerDay is what is missing for each working day that is left; 0 when
	// none is left, or nothing is missing.
	NeededPerDay Measure    `json:"needed_per_day"`
	Start        sales.Date `json:"period_start"`
	End          sales.Date `json:"period_end"`
	Complete     bool       `json:"complete"`     // the period is over
	WorkingDays  int        `json:"working_days"` // of the rep in the period: selling days without leave
	Worked       int        `json:"worked_days"`  // of them, those that are over
	Elapsed      float64    `json:"elapsed"`      // share of the period behind, by working days and season
	Seasonal     bool       `json:"seasonal"`     // the season of the company's history is in Elapsed
	// Projected is the actual at the period's end if it goes on as so far, and Low
	// to High the range in which 8 of 10 such projections end; Ranged is false
	// where too few are known.
	Projected Measure `json:"projected"`
	Low       Measure `json:"projected_low"`
	High      Measure `json:"projected_high"`
	Ranged    bool    `json:"ranged"`
	// LastYear is the actual of the same days a year before; Compared is false
	// where the data do not reach back.
	LastYear Measure `json:"same_time_last_year"`
	Compared bool    `json:"last_year_known"`
	// Short: the quota was missed, or will surely be at this pace.
	Short bool `json:"short"`
}

// Add adds another rep's progress with the same quota in the same period. Ranges are
// added end to end: wider than that of the sum of independent reps. It is short where
// all together are, and anybody is.
func (p *Progress) Add(more Progress) {
	for _, pair := range []struct {
		into *Measure
		more Measure
	}{{&p.Actual, more.Actual}, {&p.Quota, more.Quota}, {&p.NeededPerDay, more.NeededPerDay}, {&p.Projected, more.Projected},
		{&p.Low, more.Low}, {&p.High, more.High}, {&p.LastYear, more.LastYear}} {
		pair.into.Count += pair.more.Count
		pair.into.Amount += pair.more.Amount
	}
	p.Ranged, p.Compared = p.Ranged && more.Ranged, p.Compared && more.Compared
	p.Elapsed = max(p.Elapsed, more.Elapsed)
	p.WorkingDays, p.Worked = max(p.WorkingDays, more.WorkingDays), max(p.Worked, more.Worked)
	if asked := p.Quota.Float(); asked > 0 {
		p.Attainment, p.Pace = p.Actual.Float()/asked, p.Projected.Float()/asked
	}
	p.Short = (p.Short || more.Short) &&
		(p.Complete && p.Actual.Float() < p.Quota.Float()-1e-6 || !p.Complete && p.Ranged && p.High.Float() < p.Quota.Float())
}

// AddProgress adds a rep's progress to a list of sums, one for each quota and period.
func AddProgress(sums []Progress, p Progress) []Progress {
	for i := range sums {
		if q := &sums[i]; q.Metric == p.Metric && q.Period == p.Period && q.Start == p.Start {
			q.Add(p)
			return sums
		}
	}
	return append(sums, p)
}

// ShortFacts are the facts of VisitsShort, NewCustomersShort and SalesShort.
type ShortFacts struct {
	RepName string `json:"rep_name"`
	Level   string `json:"level,omitempty"`
	Ramping bool   `json:"ramping,omitempty"`
	Progress
	// DaysUnder are the working days of the period with fewer cold visits than
	// Daily; of VisitsShort only.
	DaysUnder   int        `json:"days_under,omitempty"`
	Daily       int        `json:"daily_minimum,omitempty"`
	DataThrough sales.Date `json:"data_through"`
}
