// Package freshness suspects the data before the customers: when the company's
// own order flow has stopped, nobody is judged and ops is told. Pure.
package freshness

import (
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// lookback is how far back the company's own rate is learned from.
	lookback = 26 * 7
	// minDataDays is the fewest days with orders from which a rate is learned.
	minDataDays = 20
	// improbable: the company, at its own rate, would leave the days empty less
	// often than this.
	improbable = 1e-4
	// usualShare: the usual cycle of the source covers this share of its pauses.
	usualShare = .95
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

// Check returns a data_stale finding when the order flow stopped before the
// as-of date, or nil. maxStaleness is the configured hard limit in calendar
// days, 0 for none.
func Check(snapshot *sales.Snapshot, calendar sales.Calendar, maxStaleness int) *finding.Finding {
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
	flow := newFlow(snapshot)
	facts.EmptyDays = int(snapshot.AsOf - snapshot.DataThrough)
	facts.UsualDays = flow.usualPause()
	facts.DailyBuyers = flow.perSellingDay(calendar)
	if maxStaleness > 0 && facts.EmptyDays > maxStaleness {
		return stale(facts, finding.Say("stale_limit", "days", facts.EmptyDays, "limit", maxStaleness, "through", facts.DataThrough))
	}
	if flow.dataDays() < minDataDays || facts.EmptyDays <= facts.UsualDays {
		return nil
	}
	facts.Probability = flow.chanceOfEmpty(snapshot.DataThrough+1, snapshot.AsOf, calendar)
	if facts.Probability >= improbable {
		return nil
	}
	return stale(facts, finding.Say("stale_stopped", "days", facts.EmptyDays, "usual", facts.UsualDays,
		"through", facts.DataThrough, "buyers", math.Round(facts.DailyBuyers)))
}

func stale(facts Facts, headline finding.Phrase) *finding.Finding {
	return &finding.Finding{
		Kind: finding.DataStale, Severity: finding.Critical, Probability: 1 - facts.Probability,
		Headline: headline, Facts: facts,
		Causes:  []finding.Cause{{Name: "data_fault", Confidence: finding.High, For: []finding.Phrase{headline}}},
		Actions: []finding.Action{{Phrase: finding.Say("action_check_import")}},
	}
}

// flow counts, for each date of the lookback, the customers with order lines.
type flow struct {
	first, last sales.Date // the lookback, both included; last is the newest date with data
	buyers      []int      // by date since first
}

func newFlow(snapshot *sales.Snapshot) flow {
	f := flow{first: snapshot.DataThrough - lookback + 1, last: snapshot.DataThrough}
	f.buyers = make([]int, lookback)
	oldest := f.last
	for i := range snapshot.Customers {
		for _, d := range slices.Backward(snapshot.Customers[i].Days) {
			oldest = min(oldest, d.Date)
			if d.Date < f.first {
				break
			}
			f.buyers[d.Date-f.first]++
		}
	}
	if oldest > f.first {
		f.buyers = f.buyers[oldest-f.first:]
		f.first = oldest
	}
	return f
}

func (f flow) dataDays() int {
	n := 0
	for _, b := range f.buyers {
		if b > 0 {
			n++
		}
	}
	return n
}

// usualPause is the length of the source's usual run of empty days: a weekend
// for a daily source, six days for one that is booked weekly.
func (f flow) usualPause() int {
	var pauses []int
	run := 0
	for _, b := range f.buyers {
		if b == 0 {
			run++
			continue
		}
		pauses = append(pauses, run)
		run = 0
	}
	if len(pauses) == 0 {
		return 0
	}
	slices.Sort(pauses)
	return pauses[min(len(pauses)-1, int(usualShare*float64(len(pauses))))]
}

// chanceOfEmpty is the probability that nobody orders on any selling day of
// [from, to], each weekday at its own rate. A weekday that was empty before is
// at least that likely to be empty again.
func (f flow) chanceOfEmpty(from, to sales.Date, calendar sales.Calendar) float64 {
	chance := 1.0
	for d := from; d <= to; d++ {
		if calendar.Selling(d) {
			chance *= f.emptyShare(d, calendar)
		}
	}
	return chance
}

// emptyShare is the chance that nobody orders on a selling day of that weekday.
func (f flow) emptyShare(like sales.Date, calendar sales.Calendar) float64 {
	days, empty, buyers := 0, 0, 0
	for i, b := range f.buyers {
		if d := f.first + sales.Date(i); d.Weekday() != like.Weekday() || !calendar.Selling(d) {
			continue
		}
		days++
		buyers += b
		if b == 0 {
			empty++
		}
	}
	if days == 0 {
		return 1
	}
	rate := float64(buyers) / float64(days)
	return max(math.Exp(-rate), float64(empty)/float64(days+1))
}

func (f flow) perSellingDay(calendar sales.Calendar) float64 {
	days, buyers := 0, 0
	for i, b := range f.buyers {
		if calendar.Selling(f.first + sales.Date(i)) {
			days++
			buyers += b
		}
	}
	if days == 0 {
		return 0
	}
	return float64(buyers) / float64(days)
}
