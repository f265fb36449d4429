package diagnosis

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

const (
	// sameTime moves a date to the same weekday a year ago.
	sameTime = 364
	// weakFlow is the ratio below which the company's own orders look thin.
	weakFlow = .7
	// minSegment is the fewest regulars that make a segment worth a statement.
	minSegment = 10
	// marketShare of a segment's regulars silent at once points at the market.
	marketShare = .3
	// recentComplaint: a complaint so many days before the order was due matters.
	recentComplaint = 60
	// minVisits is the fewest visits that make a rhythm.
	minVisits = 3
	// neglected: a visit rhythm stretched by more than this factor.
	neglected = 2
)

// Causes tries every cause on a silent customer. Best supported first, and
// among equals in the order tried; a cause with evidence against it only comes
// last. What cannot be judged for lack of data is missing: see Unknowns.
func (c *Company) Causes(s *standing.Standing) []finding.Cause {
	var causes []finding.Cause
	for _, try := range []func(*standing.Standing) (finding.Cause, bool){
		c.dataFault, c.season, c.market, c.service, c.coverage,
	} {
		if cause, ok := try(s); ok {
			causes = append(causes, cause)
		}
	}
	if !slices.ContainsFunc(causes, func(cause finding.Cause) bool { return len(cause.For) > 0 }) {
		causes = append(causes, c.customerOnly(s))
	}
	slices.SortStableFunc(causes, func(a, b finding.Cause) int { return cmp.Compare(support(b), support(a)) })
	return causes
}

func support(c finding.Cause) int {
	if len(c.For) == 0 {
		return 0
	}
	return map[finding.Confidence]int{finding.Low: 1, finding.Medium: 2, finding.High: 3}[c.Confidence]
}

// Unknowns names what the causes could not look at, in the order in which they
// are tried: for lack of data, of enough of it, or because this version does not.
func (c *Company) Unknowns(s *standing.Standing) []finding.Phrase {
	var unknown []finding.Phrase
	if !yearAgoKnown(s, c.snapshot.AsOf) {
		unknown = append(unknown, finding.Say("unknown_last_year"))
	}
	if !c.comparable(s) {
		unknown = append(unknown, finding.Say("unknown_segment"))
	}
	unknown = append(unknown, finding.Say("unknown_product"), finding.Say("unknown_price"))
	if !c.snapshot.Has[sales.Complaints] {
		unknown = append(unknown, finding.Say("unknown_complaints"))
	}
	if !c.snapshot.Has[sales.Visits] {
		return append(unknown, finding.Say("unknown_visits"))
	}
	if _, _, ok := visitRhythm(s.Customer.Visits, due(s)); !ok {
		unknown = append(unknown, finding.Say("unknown_rhythm"))
	}
	return unknown
}

// comparable reports whether the customer's segment is large enough for a
// statement.
func (c *Company) comparable(s *standing.Standing) bool {
	return s.Customer.Segment != "" && c.segments[s.Customer.Segment].regulars >= minSegment
}

// dataFault asks whether the orders are missing rather than not placed.
func (c *Company) dataFault(*standing.Standing) (finding.Cause, bool) {
	if !c.flowKnown {
		return finding.Cause{}, false
	}
	cause := finding.Cause{Name: finding.DataFault, Confidence: finding.Low}
	evidence := finding.Say("company_flow", "share", c.flowRatio)
	if c.flowRatio < weakFlow {
		cause.For = append(cause.For, evidence)
	} else {
		cause.Against = append(cause.Against, evidence)
	}
	return cause, true
}

func yearAgoKnown(s *standing.Standing, asOf sales.Date) bool {
	from := s.Last + 1 - sameTime
	return s.Last < asOf && s.First <= from-28
}

// season asks whether the customer was silent at this time last year too.
func (c *Company) season(s *standing.Standing) (finding.Cause, bool) {
	if !yearAgoKnown(s, c.snapshot.AsOf) {
		return finding.Cause{}, false
	}
	from, to := s.Last+1-sameTime, c.snapshot.AsOf-sameTime
	orders := 0
	for _, d := range s.Customer.Days {
		if d.Net > 0 && d.Date >= from && d.Date <= to {
			orders++
		}
	}
	cause := finding.Cause{Name: finding.Season, Confidence: finding.Low}
	if orders > 0 {
		cause.Against = append(cause.Against, finding.Say("active_last_year", "orders", orders, "from", from, "to", to))
		return cause, true
	}
	cause.Confidence = finding.Medium
	cause.For = append(cause.For, finding.Say("silent_last_year", "from", from, "to", to))
	return cause, true
}

// market asks whether the customer's segment fell silent with it.
func (c *Company) market(s *standing.Standing) (finding.Cause, bool) {
	if !c.comparable(s) {
		return finding.Cause{}, false
	}
	t := c.segments[s.Customer.Segment]
	cause := finding.Cause{Name: finding.Market, Confidence: finding.Low}
	evidence := finding.Say("segment_silent", "segment", s.Customer.Segment, "silent", t.silent, "regulars", t.regulars)
	if float64(t.silent) >= marketShare*float64(t.regulars) {
		cause.Confidence = finding.Medium
		cause.For = append(cause.For, evidence)
	} else {
		cause.Against = append(cause.Against, evidence)
	}
	return cause, true
}

// due is the date on which the missing order was to be expected.
func due(s *standing.Standing) sales.Date { return s.Last + sales.Date(math.Round(s.Habit.Median)) }

// service asks whether a complaint stands before the break.
func (c *Company) service(s *standing.Standing) (finding.Cause, bool) {
	if !c.snapshot.Has[sales.Complaints] {
		return finding.Cause{}, false
	}
	cause := finding.Cause{Name: finding.Service, Confidence: finding.Low}
	for _, complaint := range s.Customer.Complaints {
		open := complaint.Closed == 0 || complaint.Closed > c.snapshot.AsOf
		if complaint.Opened < due(s)-recentComplaint || complaint.Opened > due(s) && !open {
			continue
		}
		cause.Confidence = finding.Medium
		key := "complaint_closed"
		if open {
			key = "complaint_open"
		}
		cause.For = append(cause.For, finding.Say(key, "since", complaint.Opened))
	}
	if len(cause.For) == 0 {
		cause.Against = append(cause.Against, finding.Say("no_complaint"))
	}
	return cause, true
}

// coverage asks whether the visits had thinned out before the order was due,
// against the customer's own earlier rhythm.
func (c *Company) coverage(s *standing.Standing) (finding.Cause, bool) {
	if !c.snapshot.Has[sales.Visits] {
		return finding.Cause{}, false
	}
	rhythm, last, ok := visitRhythm(s.Customer.Visits, due(s))
	if !ok {
		return finding.Cause{}, false
	}
	cause := finding.Cause{Name: finding.Coverage, Confidence: finding.Low}
	pause := int(due(s) - last)
	if float64(pause) > neglected*rhythm {
		cause.Confidence = finding.Medium
		cause.For = append(cause.For, finding.Say("visit_pause", "days", pause, "last", last, "rhythm", rhythm))
	} else {
		cause.Against = append(cause.Against, finding.Say("visited", "last", last, "rhythm", rhythm))
	}
	return cause, true
}

// visitRhythm returns the usual gap in days between visits before a date, and
// the last visit before it.
func visitRhythm(visits []sales.Visit, before sales.Date) (rhythm float64, last sales.Date, ok bool) {
	var dates []sales.Date
	for _, v := range visits {
		if v.Date <= before {
			dates = append(dates, v.Date)
		}
	}
	dates = slices.Compact(dates)
	if len(dates) < minVisits {
		return 0, 0, false
	}
	gaps := make([]int, len(dates)-1)
	for i := range gaps {
		gaps[i] = int(dates[i+1] - dates[i])
	}
	slices.Sort(gaps)
	n := len(gaps)
	return float64(gaps[(n-1)/2]+gaps[n/2]) / 2, dates[len(dates)-1], true
}

// customerOnly is what remains when nothing else speaks.
func (c *Company) customerOnly(s *standing.Standing) finding.Cause {
	cause := finding.Cause{Name: finding.CustomerOnly, Confidence: finding.Low}
	silent, regulars := 0, 0
	for _, t := range c.segments {
		silent += t.silent
		regulars += t.regulars
	}
	cause.For = append(cause.For, finding.Say("others_order", "ordering", regulars-silent, "regulars", regulars))
	return cause
}

// Actions says what to do next and by when, the earliest first: the nearer the
// loss, the sooner and the more in person.
func (c *Company) Actions(s *standing.Standing, causes []finding.Cause) []finding.Action {
	var actions []finding.Action
	top := causes[0]
	if top.Name == finding.Service && len(top.For) > 0 {
		actions = append(actions, c.within(2, finding.Say("action_settle_complaint")))
	}
	main := c.within(2, finding.Say("action_call"))
	switch {
	case top.Name == finding.Season && len(top.For) > 0:
		main = c.within(5, finding.Say("action_ask_season"))
	case s.Stage == standing.Lost:
		main = c.within(3, finding.Say("action_visit"))
	}
	actions = append(actions, main)
	planned := c.planned(s.Customer.ID)
	if planned == 0 {
		return actions
	}
	at := len(actions)
	if planned <= main.Due {
		at--
	}
	return slices.Insert(actions, at, finding.Action{Phrase: finding.Say("action_planned_visit", "date", planned)})
}

// within is an action that is due so many selling days after the as-of date.
func (c *Company) within(sellingDays int, what finding.Phrase) finding.Action {
	return finding.Action{Phrase: what, Due: c.calendar.AddSellingDays(c.snapshot.AsOf, sellingDays)}
}

// planned returns the date of the next planned visit to the customer, or zero.
func (c *Company) planned(customer string) sales.Date {
	for _, v := range c.snapshot.Planned {
		if v.CustomerID == customer {
			return v.Date
		}
	}
	return 0
}
