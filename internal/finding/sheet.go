package finding

import (
	"cmp"
	"slices"

	"dangol/internal/sales"
)

// Visited is what a rep, or the company, did in visits in the last complete week.
type Visited struct {
	Known   bool // the data hold visits
	Cold    int  // cold visits, each party once
	Minimum float64
	Asked   bool // there is a minimum
	ByDay   []DayCount
	// DaysUnder are the working days with fewer than Daily cold visits.
	DaysUnder, Daily int
	AllVisits        int // visits of any kind
	OnLeave          int // selling days of the week on leave
}

// DayCount is the cold visits of one day of the week; Off: no working day.
type DayCount struct {
	Date sales.Date
	Cold int
	Off  bool
}

// Add adds what another rep did; the single days are left out.
func (v *Visited) Add(more Visited) {
	v.Known = v.Known || more.Known
	v.Cold += more.Cold
	v.Minimum += more.Minimum
	v.Asked = v.Asked || more.Asked
	v.DaysUnder += more.DaysUnder
	v.AllVisits += more.AllVisits
	v.OnLeave += more.OnLeave
}

// Covered is how many of the rep's current regulars were visited when due.
type Covered struct {
	Known    bool
	Regulars int // current regulars of the rep
	Due      int // of them, those due by their own visit rhythm in the last four weeks
	Visited  int // of the due, those visited
	NoRhythm int // visited too seldom for a rhythm
}

// Add adds the regulars of another rep.
func (c *Covered) Add(more Covered) {
	c.Known = c.Known || more.Known
	c.Regulars += more.Regulars
	c.Due += more.Due
	c.Visited += more.Visited
	c.NoRhythm += more.NoRhythm
}

// Won is one customer won, won back or recovered.
type Won struct {
	CustomerID, CustomerName string
	On                       sales.Date
	Amount                   sales.Money // of the first order, or of the order that ended the silence
	Share                    float64     // of the credit, 0 to 1
}

// Trouble is one regular who is lost, declining or overdue.
type Trouble struct {
	CustomerID, CustomerName string
	Kind                     Kind
	MoneyAtRisk              sales.Money
	Yearly                   sales.Money
	Silence                  int
	Since                    sales.Date // last order, or the week in which the decline was seen
	New                      bool       // it became so in the last seven days
}

// Sheet is one rep's, one team's or the company's four figures.
type Sheet struct {
	Rep      sales.Rep // empty for the company
	IsTeam   bool      // Rep leads the team that is summed up
	Members  int       // reps summed up
	Ramping  bool
	Enough   bool // the data tell who sold: rep-level statements can be made
	Visited  Visited
	Coverage Covered
	Quotas   []Progress
	NewKnown bool    // new customers of the quarter can be told from old ones
	NewMonth float64 // new customers of the month to date
	NewTerm  float64 // and of the quarter to date
	New      []Won   // of the quarter to date, the latest first
	WonBack  []Won   // of the quarter to date
	// VisitsPerWin is cold visits per new customer over the last 12 months; 0: unknown.
	VisitsPerWin float64
	SalesMonth   sales.Money // of the month to date
	Regulars     int
	Troubles     []Trouble   // by money at risk, largest first
	Neglected    []Trouble   // not visited for twice their own rhythm, by yearly amount, largest first
	Recovered    []Won       // in the last four weeks
	Saved        sales.Money // yearly amount of the recovered
	Growth       Comparison  // the last four weeks against the four before
	Causes       []Cause
}

// Summed sums up sheets; Rep, Ramping, VisitsPerWin and Causes stay empty. Who
// sold is known, and new customers can be told, where that is so for all of them.
// Lists are in the order of a sheet.
func Summed(sheets []Sheet) Sheet {
	sum := Sheet{Enough: true, NewKnown: true}
	for i := range sheets {
		s := &sheets[i]
		sum.Members += s.Members
		sum.Enough = sum.Enough && s.Enough
		sum.NewKnown = sum.NewKnown && s.NewKnown
		sum.Visited.Add(s.Visited)
		sum.Coverage.Add(s.Coverage)
		for _, p := range s.Quotas {
			sum.Quotas = AddProgress(sum.Quotas, p)
		}
		sum.NewMonth += s.NewMonth
		sum.NewTerm += s.NewTerm
		sum.SalesMonth += s.SalesMonth
		sum.Regulars += s.Regulars
		sum.Saved += s.Saved
		sum.Troubles = append(sum.Troubles, s.Troubles...)
		sum.Neglected = append(sum.Neglected, s.Neglected...)
		sum.Recovered = append(sum.Recovered, s.Recovered...)
		sum.New = append(sum.New, s.New...)
		sum.WonBack = append(sum.WonBack, s.WonBack...)
		sum.Growth.Add(s.Growth)
	}
	sum.sort()
	return sum
}

func (s *Sheet) sort() {
	slices.SortStableFunc(s.Quotas, func(a, b Progress) int {
		return slices.Index(sales.Metrics, a.Metric) - slices.Index(sales.Metrics, b.Metric)
	})
	ByRisk(s.Troubles)
	slices.SortStableFunc(s.Neglected, func(a, b Trouble) int {
		return cmp.Or(cmp.Compare(b.Yearly, a.Yearly), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	for _, list := range [][]Won{s.New, s.WonBack, s.Recovered} {
		slices.SortStableFunc(list, func(a, b Won) int {
			return cmp.Or(cmp.Compare(b.On, a.On), cmp.Compare(a.CustomerID, b.CustomerID))
		})
	}
}

// ByRisk sorts troubles by money at risk, the largest first.
func ByRisk(list []Trouble) {
	slices.SortStableFunc(list, func(a, b Trouble) int {
		return cmp.Or(cmp.Compare(b.MoneyAtRisk, a.MoneyAtRisk), cmp.Compare(a.CustomerID, b.CustomerID))
	})
}

// Of returns the progress with a quota that is most telling: of the metric, the
// running period of the longest kind, or nothing.
func (s *Sheet) Of(metric string) (Progress, bool) {
	var best Progress
	found := false
	for _, p := range s.Quotas {
		if p.Metric == metric && (!found || p.End > best.End || p.End == best.End && p.Start < best.Start) {
			best, found = p, true
		}
	}
	return best, found
}

// Fresh counts the troubles of a kind that began in the last seven days.
func (s *Sheet) Fresh(kind Kind) int {
	n := 0
	for _, t := range s.Troubles {
		if t.Kind == kind && t.New {
			n++
		}
	}
	return n
}

// Count counts the troubles of a kind and their money at risk.
func (s *Sheet) Count(kind Kind) (n int, risk sales.Money) {
	for _, t := range s.Troubles {
		if t.Kind == kind {
			n++
			risk += t.MoneyAtRisk
		}
	}
	return n, risk
}

// BoardFacts are the facts of Leaderboard: positive only.
type BoardFacts struct {
	Start       sales.Date `json:"period_start"`
	End         sales.Date `json:"period_end"`
	Reps        int        `json:"reps"`
	Awards      []Award    `json:"awards"`
	DataThrough sales.Date `json:"data_through"`
}

// Award is one list of the leaderboard.
type Award struct {
	Name    string  `json:"award"` // new_customers | growth | recovered | attainment
	Ramping bool    `json:"ramping"`
	Places  []Place `json:"places"`
}

// The awards.
const (
	AwardNew        = "new_customers"
	AwardGrowth     = "growth"
	AwardRecovered  = "recovered"
	AwardAttainment = "attainment"
)

// Place is one rep on a list; equal figures share a place.
type Place struct {
	Place   int         `json:"place"`
	RepID   string      `json:"rep_id"`
	RepName string      `json:"rep_name"`
	Count   float64     `json:"count,omitempty"`  // customers, or attainment
	Amount  sales.Money `json:"amount,omitempty"` // their first orders, the growth, the orders that ended the silence
}

// LosingFacts are the facts of RepLosingCustomers: evidence for a talk of the
// manager with the rep, never sent to the rep.
type LosingFacts struct {
	RepName  string     `json:"rep_name"`
	From     sales.Date `json:"from"` // first day of the 90
	To       sales.Date `json:"to"`
	Losses   int        `json:"confirmed_losses"`
	Regulars int        `json:"regulars"` // current regulars of the rep at the start, and lost ones it took over then
	// Expected is how many losses the team's rate gives, High the most that chance
	// gives at it, corrected for the number of reps.
	Expected    float64        `json:"expected_losses"`
	High        int            `json:"chance_limit"`
	PValue      float64        `json:"p_value"`
	Reps        int            `json:"reps_compared"`
	TeamLosses  int            `json:"team_losses"`
	TeamRegular int            `json:"team_regulars"`
	Owner       sales.Date     `json:"owner_since"`
	Yearly      sales.Money    `json:"yearly_amount"`
	Customers   []Loss         `json:"customers"`
	Shared      map[string]int `json:"likely_causes"` // cause → customers for whom it is the likeliest
	Replacement Replacement    `json:"replacement"`
	For         []Phrase       `json:"-"`
	Against     []Phrase       `json:"-"`
	Unknown     []Phrase       `json:"-"`
	Questions   []Phrase       `json:"-"`
	Plan        []Phrase       `json:"-"`
	DataThrough sales.Date     `json:"data_through"`
}

// Loss is one regular that was lost.
type Loss struct {
	CustomerID   string      `json:"customer_id"`
	CustomerName string      `json:"customer_name"`
	LastOrder    sales.Date  `json:"last_order"`
	Confirmed    sales.Date  `json:"confirmed_on"`
	Yearly       sales.Money `json:"yearly_amount"`
	Cause        string      `json:"likely_cause,omitempty"`
	Back         sales.Date  `json:"back_on,omitzero"`
}
