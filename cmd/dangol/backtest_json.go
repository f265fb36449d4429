package main

import (
	"encoding/json"
	"io"
	"math"

	"dangol/internal/sales"
	"dangol/jobs/backtest"
)

// The shape of `backtest --format json`: from, to, weeks, rules and calibration
// are documented and keep their members; the rest is beside them.
type (
	backtestOutput struct {
		From        sales.Date          `json:"from"`
		To          sales.Date          `json:"to"`
		Weeks       []backtestWeek      `json:"weeks"`
		Rules       []backtestRule      `json:"rules"`
		Calibration []backtestBin       `json:"calibration"`
		Unpaused    []backtestBin       `json:"calibration_without_yearly_pauses"`
		First       []backtestBin       `json:"calibration_at_first_alert"`
		Detail      []backtestDetail    `json:"rule_details"`
		Suggested   []backtestThreshold `json:"suggested_thresholds"`
		Reps        []backtestRep       `json:"reps"`
		Alerts      []backtestAlert     `json:"alerts"`
		Baseline    backtestBaseline    `json:"baseline"`
		Every       int                 `json:"every_days"`
		Regulars    int                 `json:"current_regulars"`
		Silences    int                 `json:"silences"`
		Decided     int                 `json:"silences_decided"`
		HeldSteps   int                 `json:"steps_held"`
		LowSteps    int                 `json:"steps_low_confidence"`
	}
	backtestWeek struct {
		Week         sales.Date `json:"week"`
		Alerts       int        `json:"alerts"` // lost
		Right        int        `json:"right"`
		Wrong        int        `json:"wrong"`
		Late         int        `json:"late"`
		Undecided    int        `json:"undecided"`
		Overdue      int        `json:"overdue"`
		OverdueRight int        `json:"overdue_right"`
		Regulars     int        `json:"regulars"`
		Held         bool       `json:"held"`
	}
	backtestRule struct {
		Name         string   `json:"name"`
		Naive        bool     `json:"naive"`
		Alerts       int      `json:"alerts"`
		Precision    *float64 `json:"precision"`
		Recall       *float64 `json:"recall"`
		LeadDays     *float64 `json:"lead_days"`
		LeadCadences *float64 `json:"lead_cadences"`
	}
	backtestDetail struct {
		Name      string       `json:"name"`
		Threshold *float64     `json:"threshold"`
		Right     int          `json:"right"`
		Wrong     int          `json:"wrong"`
		Late      *int         `json:"late"`
		Undecided int          `json:"undecided"`
		Losses    *int         `json:"losses"`
		Caught    sales.Money  `json:"money_caught"`
		Gone      *sales.Money `json:"money_gone"`
		// Losses that were pauses the customer makes every year, and those of them that were told.
		Pauses     *int `json:"yearly_pauses"`
		PausesTold *int `json:"yearly_pauses_told"`
	}
	backtestBin struct {
		Said  float64 `json:"said"`
		Right float64 `json:"right"`
		N     int     `json:"n"`
	}
	backtestThreshold struct {
		Wanted    float64  `json:"wanted_per_rep_per_week"`
		PerRep    float64  `json:"per_rep_per_week"`
		Threshold float64  `json:"threshold"`
		Precision *float64 `json:"precision"`
		Recall    *float64 `json:"recall"`
	}
	backtestRep struct {
		RepID    string `json:"rep_id"`
		Regulars int    `json:"regulars"`
		Alerts   int    `json:"alerts"`
		Right    int    `json:"right"`
		Wrong    int    `json:"wrong"`
		Overdue  int    `json:"overdue"`
	}
	backtestAlert struct {
		Rule       string     `json:"rule"`
		Date       sales.Date `json:"date"`
		CustomerID string     `json:"customer_id"`
		RepID      string     `json:"rep_id"`
		Key        string     `json:"key,omitempty"`
		Odds       float64    `json:"odds"`
		Silence    int        `json:"silence_days"`
		Outcome    string     `json:"outcome"`
		LeadDays   *int       `json:"lead_days"`
	}
	backtestBaseline struct {
		Date    sales.Date `json:"date"`
		Lost    int        `json:"lost"`
		Overdue int        `json:"overdue"`
	}
)

// writeJSON writes everything the replay showed.
func (v backtestView) writeJSON(w io.Writer) error {
	out := backtestOutput{
		From: v.From, To: v.To, Every: v.Every, Regulars: v.Regulars, Silences: v.Episodes, Decided: v.Decided, HeldSteps: v.Held, LowSteps: v.Low,
		Baseline:    backtestBaseline{v.Baseline.Week, v.Baseline.Alerts, v.Baseline.Overdue - v.Baseline.Alerts},
		Calibration: binsOf(v.Said), Unpaused: binsOf(v.Unpaused), First: binsOf(v.First),
		Weeks: make([]backtestWeek, len(v.Weeks)), Suggested: make([]backtestThreshold, len(v.Suggested)),
		Reps: []backtestRep{}, Alerts: make([]backtestAlert, len(v.Alerts)),
	}
	for i, week := range v.Weeks {
		out.Weeks[i] = backtestWeek{week.Week, week.Alerts, week.Right, week.Wrong, week.Late, week.Undecided,
			week.Overdue, week.OverdueRight, week.Regulars, week.Held}
	}
	out.rules(v.Result)
	for i, s := range v.Suggested {
		out.Suggested[i] = backtestThreshold{s.Wanted, rounded(s.PerRep, 3), s.Threshold, known(s.Score.Precision()), known(s.Score.Recall())}
	}
	if !v.noReps {
		for _, r := range v.Reps {
			out.Reps = append(out.Reps, backtestRep{r.ID, r.Regulars, r.Alerts, r.Right, r.Wrong, r.Overdue})
		}
	}
	for i, a := range v.Alerts {
		out.Alerts[i] = backtestAlert{Rule: a.Rule, Date: a.Date, CustomerID: a.CustomerID, RepID: a.RepID, Key: a.Key,
			Odds: rounded(a.Odds, 6), Silence: a.Silence, Outcome: a.Outcome}
		if a.Outcome == "right" && a.LeadDays > 0 {
			out.Alerts[i].LeadDays = &v.Alerts[i].LeadDays
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(out)
}

// rules fills in the rules and, apart, what stands behind their figures.
func (out *backtestOutput) rules(r *backtest.Result) {
	for i := range r.Scores {
		s := &r.Scores[i]
		out.Rules = append(out.Rules, backtestRule{s.Name, s.Naive, s.Alerts, known(s.Precision()), known(s.Recall()),
			known(s.LeadDays, s.Right > 0), known(s.LeadCadences, s.Right > 0)})
		threshold := rounded(s.Threshold, 4)
		out.Detail = append(out.Detail, backtestDetail{s.Name, &threshold, s.Right, s.Wrong, &s.Late, s.Undecided, &s.Losses, s.Caught, &s.Gone, &s.Pauses, &s.PausesTold})
	}
	for i := range r.Watched {
		s := &r.Watched[i]
		out.Rules = append(out.Rules, backtestRule{Name: s.Name, Alerts: s.Alerts, Precision: known(s.Precision())})
		out.Detail = append(out.Detail, backtestDetail{Name: s.Name, Right: s.Right, Wrong: s.Wrong, Undecided: s.Undecided, Caught: s.Caught})
	}
}

func binsOf(bins []backtest.Bin) []backtestBin {
	list := make([]backtestBin, len(bins))
	for i, b := range bins {
		list[i] = backtestBin{rounded(b.Said, 4), rounded(b.Right, 4), b.N}
	}
	return list
}

// known is a figure, or null where there is none.
func known(f float64, ok bool) *float64 {
	if !ok {
		return nil
	}
	f = rounded(f, 4)
	return &f
}

func rounded(f float64, decimals int) float64 {
	scale := math.Pow(10, float64(decimals))
	return math.Round(f*scale) / scale
}
