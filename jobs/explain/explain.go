// Package explain lays out the whole diagnosis of one customer, with the
// arithmetic shown, so that a sceptical rep can check it by hand. It judges
// nothing itself: every figure comes from standing, silence, declining,
// diagnosis and freshness. Pure: the same facts give the same explanation.
package explain

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/declining"
	"dangol/jobs/diagnosis"
	"dangol/jobs/freshness"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// Facts are what an explanation rests on.
type Facts struct {
	Snapshot *sales.Snapshot
	Sheet    *standing.Sheet
	Company  *diagnosis.Company
	Declines *declining.Company // nil: not looked at
	Fresh    freshness.Facts
	Stale    *finding.Finding  // data_stale, which holds everything; or nil
	Findings []finding.Finding // of the night, about any customer
	// Switches says which products a customer replaced by others; nil: not known.
	Switches func(customer string) []finding.Phrase

	// NoVisits leaves out what is known of visits: it is for the owner and the
	// managers above.
	NoVisits   bool
	Currency   string // ISO code; empty: not known
	MergedFrom string // the id asked for, where it was merged into the customer's
}

// Explanation is the diagnosis of one customer.
type Explanation struct {
	Title    finding.Phrase
	Subtitle []Line
	Sections []Section
}

// Section is a part of an explanation under one heading.
type Section struct {
	Heading finding.Phrase
	Lines   []Line
}

// Mark says what a line is to its section.
type Mark string

// The marks.
const (
	Plain   Mark = ""
	Yes     Mark = "yes"     // a condition that holds
	No      Mark = "no"      // one that does not
	For     Mark = "for"     // evidence for a cause
	Against Mark = "against" // evidence against it
	Item    Mark = "item"    // one of a list
)

// Phrase is the word that a mark shows; ok is false for Plain and Item.
func (m Mark) Phrase() (word finding.Phrase, ok bool) {
	switch m {
	case Yes:
		return finding.Say("explain_mark_yes"), true
	case No:
		return finding.Say("explain_mark_no"), true
	case For:
		return finding.Say("explain_mark_for"), true
	case Against:
		return finding.Say("explain_mark_against"), true
	}
	return finding.Phrase{}, false
}

// Line is one line: a sentence, a grid of short texts, or a row of a table.
type Line struct {
	Mark  Mark
	Parts []finding.Phrase // sentences that belong together; the first may end in a colon
	Grid  []string         // short texts, set in columns
	Cells []string         // a row of a table, whose label is Parts; neighbours align
}

// say is a line of one sentence.
func say(parts ...finding.Phrase) Line { return Line{Parts: parts} }

// account is an explanation in the making.
type account struct {
	Facts
	who     *standing.Standing
	history silence.History // the buying days, merged as the rules want it
	w       float64         // the silence that is judged
	found   *finding.Finding
}

// Explain explains where one customer of the sheet stands, and why.
func Explain(facts Facts, who *standing.Standing) Explanation {
	a := &account{Facts: facts, who: who, w: float64(who.Settled), history: facts.Sheet.History(who.Customer)}
	for i := range facts.Findings {
		if f := &facts.Findings[i]; f.CustomerID == who.Customer.ID && decides(f.Kind) {
			a.found = f
		}
	}
	e := Explanation{Title: finding.Say("explain_title", "customer", who.Customer.Name, "id", who.Customer.ID), Subtitle: a.subtitle()}
	for _, section := range []Section{
		a.held(), a.verdict(), a.data(), a.habit(), a.odds(), a.gates(), a.outlook(),
		a.decline(), a.others(), a.money(), a.replacement(), a.causes(), a.actions(),
	} {
		if len(section.Lines) > 0 {
			e.Sections = append(e.Sections, section)
		}
	}
	return e
}

// decides reports whether a finding goes with a stage of the customer.
func decides(kind finding.Kind) bool {
	switch kind {
	case finding.CustomerLost, finding.CustomerOverdue, finding.CustomerRecovered, finding.CustomerDeclining:
		return true
	}
	return false
}

// subtitle says who the customer is and what the figures are.
func (a *account) subtitle() []Line {
	var lines []Line
	c := a.who.Customer
	if a.MergedFrom != "" {
		lines = append(lines, say(finding.Say("explain_merged", "from", a.MergedFrom, "id", c.ID)))
	}
	var about []finding.Phrase
	if c.Segment != "" {
		about = append(about, finding.Say("explain_segment", "segment", c.Segment))
	}
	if a.who.Owner != "" {
		name := a.who.Owner
		if r, ok := a.Snapshot.Rep(a.who.Owner); ok {
			name = r.Name + " (" + r.ID + ")"
		}
		about = append(about, finding.Say("explain_rep", "rep", name))
	} else {
		about = append(about, finding.Say("explain_no_rep"))
	}
	if a.who.First != 0 {
		about = append(about, finding.Say("explain_since", "since", a.who.First.String()))
	}
	scope := finding.Say("explain_scope", "as_of", a.Sheet.AsOf.String())
	if a.Currency != "" {
		scope = finding.Say("explain_scope_currency", "as_of", a.Sheet.AsOf.String(), "currency", a.Currency)
	}
	return append(lines, say(about...), say(scope))
}

// held says first of all that nothing is judged while the data look wrong.
func (a *account) held() Section {
	s := Section{Heading: finding.Say("explain_heading_held")}
	if a.Stale != nil {
		s.Lines = []Line{say(iso(a.Stale.Headline)), say(finding.Say("explain_held"))}
	}
	return s
}

// verdict is the stage with its reason, and what is said of it.
func (a *account) verdict() Section {
	s := Section{Heading: finding.Say("explain_heading_verdict")}
	stage := map[standing.Stage]finding.Phrase{
		standing.NotRegular: finding.Say("explain_stage_not_regular"),
		standing.Active:     finding.Say("explain_stage_active"),
		standing.Declining:  finding.Say("explain_stage_declining"),
		standing.Overdue:    finding.Say("explain_stage_overdue"),
		standing.Lost:       finding.Say("explain_stage_lost"),
	}[a.who.Stage]
	s.Lines = append(s.Lines, say(stage, iso(a.who.Reason)))
	switch {
	case a.isSilent() && !a.who.Current:
		s.Lines = append(s.Lines, say(finding.Say("explain_left", "limit", days(a.who.CurrentLimit()))))
	case a.isSilent() && a.who.Unread():
		unread := a.who.Customer.Unread
		s.Lines = append(s.Lines, say(finding.Say("explain_unread", "date", unread[len(unread)-1].String())))
	case a.found != nil && a.found.Kind == finding.CustomerRecovered:
		facts := a.found.Facts.(finding.SilenceFacts)
		s.Lines = append(s.Lines, say(finding.Say("explain_recovered", "date", facts.BackOn.String(), "days", facts.SilenceDays)))
	case a.found != nil && a.Stale == nil:
		s.Lines = append(s.Lines, say(finding.Say("explain_alert")))
	}
	if a.isSilent() && a.who.Confirmed() {
		s.Lines = append(s.Lines, say(finding.Say("explain_confirmed", "w", a.who.Settled, "limit", days(2*a.who.Horizon))))
	}
	return s
}

// data says how fresh and how whole the company's own data are.
func (a *account) data() Section {
	s := Section{Heading: finding.Say("explain_heading_data")}
	if f := a.Fresh; !f.NoOrders {
		s.Lines = append(s.Lines, say(finding.Say("explain_fresh", "through", f.DataThrough.String(),
			"empty", f.EmptyDays, "usual", f.UsualDays, "buyers", oneDecimal(f.DailyBuyers))))
	}
	q := a.Snapshot.Quality
	if q.NullCustomer+q.ZeroDates+q.BadAmounts+q.FutureDates > 0 {
		s.Lines = append(s.Lines, say(finding.Say("explain_left_out", "lines", q.OrderLines, "no_customer", q.NullCustomer,
			"no_date", q.ZeroDates, "no_amount", q.BadAmounts, "future", q.FutureDates)))
	}
	return s
}

// iso writes the dates of a phrase as YYYY-MM-DD, as everywhere here.
func iso(p finding.Phrase) finding.Phrase {
	dated := finding.Phrase{Key: p.Key, Args: make(map[string]any, len(p.Args))}
	for name, value := range p.Args {
		if d, ok := value.(sales.Date); ok {
			value = d.String()
		}
		dated.Args[name] = value
	}
	return dated
}
