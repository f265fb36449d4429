// Package freshness suspects the data before the customers: when the company's
// own order flow has stopped, nobody is judged and ops is told. Pure.
package freshness

import (
	"maps"
	"math"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/season"
)

const (
	// lookback is how far back the company's own rate is learned from.
	lookback = 26 * 7
	// minDataDays is the fewest days with orders from which a rate is learned.
	minDataDays = 20
	// improbable: the company, at its own rate, would leave the days empty less
	// often than this.
	improbable = 1e-4
	// minBatches is the fewest dates, and batchBuyers the fewest buyers of a mean one,
	// that make a source booked in batches; batchLate of its longest pause is too long.
	minBatches, batchBuyers, batchLate = 6, 3, 1.5
	// longClosure is the fewest days beyond the usual pause that make a closure
	// rather than a holiday, which the next one may resemble.
	longClosure = 5
)

// Facts are the evidence that the data have stopped.
type Facts struct {
	DataThrough  sales.Date `json:"data_through"`
	EmptyDays    int        `json:"empty_days"`    // calendar days after DataThrough, through the as-of date
	UsualDays    int        `json:"usual_days"`    // the longest usual run of empty days
	Probability  float64    `json:"probability"`   // of so many empty days at the company's own rate
	DailyBuyers  float64    `json:"daily_buyers"`  // customers who order on a usual selling day
	MaxStaleness int        `json:"max_staleness"` // the configured limit in days; 0: none
	NoOrders     bool       `json:"no_orders"`     // there are no order lines at all
}

// Rules are what the company says about its data.
type Rules struct {
	Calendar     sales.Calendar
	MaxStaleness int // hard limit in calendar days, 0 for none
	SettleDays   int // orders are booked up to so many days late
}

// Check returns a data_stale finding when the order flow stopped before the
// as-of date, fell to a fraction or changed its currency, or when amounts cannot
// be read or have become zero; else nil. Of several faults it tells the one that
// explains most.
func (r Rules) Check(snapshot *sales.Snapshot) *finding.Finding {
	r.Calendar = keptTo(snapshot, r.Calendar)
	if stale := r.stopped(snapshot); stale != nil {
		return stale
	}
	if snapshot.DataThrough == 0 {
		return nil
	}
	if worthless := r.worthless(snapshot); worthless != nil {
		return worthless
	}
	if fell := r.fallen(snapshot); fell != nil {
		return fell
	}
	return jumped(snapshot)
}

// stopped returns a finding when there are no order lines, none that can be read,
// or none lately, or nil.
func (r Rules) stopped(snapshot *sales.Snapshot) *finding.Finding {
	maxStaleness := r.MaxStaleness
	facts := Facts{DataThrough: snapshot.DataThrough, MaxStaleness: maxStaleness, Probability: 1}
	if snapshot.DataThrough == 0 {
		facts.NoOrders = true
		q := snapshot.Quality
		return stale(facts, finding.Say("stale_no_orders", "lines", q.OrderLines,
			"rejected", q.NullCustomer+q.ZeroDates+q.BadAmounts))
	}
	if unread := unreadable(snapshot); unread != nil {
		return unread
	}
	flow, calendar := recentFlow(snapshot, r.Calendar)
	facts.EmptyDays = int(snapshot.AsOf - snapshot.DataThrough)
	facts.UsualDays = flow.UsualPause()
	facts.DailyBuyers = flow.PerSellingDay(calendar)
	if maxStaleness > 0 && facts.EmptyDays > maxStaleness {
		return stale(facts, finding.Say("stale_limit", "days", facts.EmptyDays, "limit", maxStaleness, "through", facts.DataThrough))
	}
	if flow.Busy() < minDataDays {
		return missedBatch(snapshot, facts)
	}
	if facts.EmptyDays <= facts.UsualDays {
		return nil
	}
	facts.Probability = flow.ChanceOfEmpty(snapshot.DataThrough+1, snapshot.AsOf, calendar)
	if facts.Probability >= improbable {
		return nil
	}
	return stale(facts, facts.headline())
}

func (f Facts) headline() finding.Phrase {
	return finding.Say("stale_stopped", "days", f.EmptyDays, "usual", f.UsualDays, "through", f.DataThrough, "buyers", math.Round(f.DailyBuyers))
}

// missedBatch returns a finding when a source whose orders arrive many at a time on
// few dates, booked by the month, say, has been empty for half as long again as
// ever, or nil. Where one or two buyers make a date, it may be they who are silent.
func missedBatch(snapshot *sales.Snapshot, facts Facts) *finding.Finding {
	flow := season.NewFlow(snapshot)
	longest, run, buyers, dates := 0, 0, 0, flow.Busy()
	for _, b := range flow.Buyers {
		if buyers += b; b == 0 {
			run++
			continue
		}
		longest, run = max(longest, run), 0
	}
	if len(flow.Buyers) < lookback || dates < minBatches || buyers < batchBuyers*dates || float64(facts.EmptyDays) <= batchLate*float64(longest) {
		return nil
	}
	facts.UsualDays, facts.DailyBuyers = longest, float64(buyers)/float64(dates)
	facts.Probability = 1 / float64(dates) // of a pause longer than all of them
	return stale(facts, facts.headline())
}

// keptTo is the calendar as the company keeps it: without weekends where most order
// days of the lookback fall on them. Else no day on which orders are missing would
// be one on which any are expected.
func keptTo(snapshot *sales.Snapshot, calendar sales.Calendar) sales.Calendar {
	weekend, all := 0, 0
	for d := range snapshot.OrderDays(snapshot.DataThrough) {
		if d <= snapshot.DataThrough-lookback {
			continue
		}
		all++
		if calendar.Weekend[d.Weekday()] {
			weekend++
		}
	}
	if 2*weekend > all {
		calendar.Weekend = [7]bool{}
	}
	return calendar
}

func stale(facts Facts, headline finding.Phrase) *finding.Finding {
	return &finding.Finding{
		Kind: finding.DataStale, Severity: finding.Critical, Probability: 1 - facts.Probability,
		Headline: headline, Facts: facts,
		Causes:  []finding.Cause{{Name: "data_fault", Confidence: finding.High, For: []finding.Phrase{headline}}},
		Actions: []finding.Action{{Phrase: finding.Say("action_check_import")}},
	}
}

// recentFlow is the order flow of the lookback, through the newest order line,
// and the calendar with the company's long closures in it: they say nothing
// about a day on which it is open.
func recentFlow(snapshot *sales.Snapshot, calendar sales.Calendar) (season.Flow, sales.Calendar) {
	flow := season.NewFlow(snapshot)
	closed := season.Closures(flow, calendar, flow.Last())
	flow = flow.Cut(flow.Last()-lookback+1, flow.Last())
	holidays := maps.Clone(calendar.Holidays)
	if holidays == nil {
		holidays = map[sales.Date]bool{}
	}
	for _, span := range closed {
		for d := span.From; span.Days() >= longClosure && d <= span.To; d++ {
			holidays[d] = true
		}
	}
	calendar.Holidays = holidays
	return flow, calendar
}
