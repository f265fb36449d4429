package freshness

import "dangol/internal/sales"

// Measure returns how fresh the data are: what Check looks at, whether it finds
// them stale or not. Without any order line only NoOrders is given.
func Measure(snapshot *sales.Snapshot, calendar sales.Calendar, maxStaleness int) Facts {
	facts := Facts{DataThrough: snapshot.DataThrough, MaxStaleness: maxStaleness, Probability: 1}
	if snapshot.DataThrough == 0 {
		facts.NoOrders = true
		return facts
	}
	flow := newFlow(snapshot)
	facts.EmptyDays = int(snapshot.AsOf - snapshot.DataThrough)
	facts.UsualDays = flow.usualPause()
	facts.DailyBuyers = flow.perSellingDay(calendar)
	if facts.EmptyDays > 0 && flow.dataDays() >= minDataDays {
		facts.Probability = flow.chanceOfEmpty(snapshot.DataThrough+1, snapshot.AsOf, calendar)
	}
	return facts
}
