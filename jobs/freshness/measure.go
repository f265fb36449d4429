package freshness

import "dangol/internal/sales"

// Measure returns how fresh the data are: what [Rules.Check] looks at first, whether it finds
// them stale or not. Without any order line only NoOrders is given.
func (r Rules) Measure(snapshot *sales.Snapshot) Facts {
	facts := Facts{DataThrough: snapshot.DataThrough, MaxStaleness: r.MaxStaleness, Probability: 1}
	if snapshot.DataThrough == 0 {
		facts.NoOrders = true
		return facts
	}
	flow, calendar := recentFlow(snapshot, keptTo(snapshot, r.Calendar))
	facts.EmptyDays = int(snapshot.AsOf - snapshot.DataThrough)
	facts.UsualDays = flow.UsualPause()
	facts.DailyBuyers = flow.PerSellingDay(calendar)
	if facts.EmptyDays > 0 && flow.Busy() >= minDataDays {
		facts.Probability = flow.ChanceOfEmpty(snapshot.DataThrough+1, snapshot.AsOf, calendar)
	}
	return facts
}
