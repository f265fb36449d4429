package explain

import (
	"dangol/internal/finding"
)

// decline shows what the test for a lasting fall compared and what came of it.
func (a *account) decline() Section {
	s := Section{Heading: finding.Say("explain_heading_decline")}
	if !a.who.Regular || a.isSilent() || a.Declines == nil {
		return s
	}
	r := a.Declines.Of(a.who.Customer.ID)
	switch {
	case a.Declines.TooShort:
		s.Lines = []Line{say(finding.Say("explain_decline_short"))}
		return s
	case r == nil || !r.Judged:
		s.Lines = []Line{say(finding.Say("explain_decline_few"))}
		return s
	}
	f := r.Facts
	s.Lines = []Line{
		say(finding.Say("explain_decline_windows", "from", f.From.String(), "through", f.Through.String(), "weeks", f.Weeks, "base", f.BaseWeeks)),
		say(finding.Say("explain_decline_orders", "before", oneDecimal(f.OrdersBefore), "now", oneDecimal(f.OrdersNow))),
		say(finding.Say("explain_decline_sizes", "before", amount(f.SizeBefore), "now", amount(f.SizeNow))),
		say(finding.Say("explain_decline_amount", "before", amount(f.AmountBefore), "now", amount(f.AmountNow), "market", share(f.Market), "fallen", share(f.Fallen))),
	}
	if f.LastYear > 0 {
		s.Lines = append(s.Lines, say(finding.Say("explain_decline_last_year", "share", share(f.LastYear))))
	}
	s.Lines = append(s.Lines, say(finding.Say("explain_decline_p", "p", odds(r.P))))
	if r.Declining {
		s.Lines = append(s.Lines, say(finding.Say("explain_decline_risk", "p", odds(r.P), "fallen", share(f.Fallen),
			"yearly", amount(f.Yearly), "risk", amount(r.MoneyAtRisk))))
	}
	return s
}

// others are the night's further findings about the customer: dropped products,
// and that it is not visited; and what it only replaced, which is no finding.
func (a *account) others() Section {
	s := Section{Heading: finding.Say("explain_heading_others")}
	for _, f := range a.Findings {
		if f.CustomerID != a.who.Customer.ID || a.NoVisits && f.Kind == finding.RegularNeglected {
			continue
		}
		switch facts := f.Facts.(type) {
		case finding.DropFacts:
			s.Lines = append(s.Lines, Line{Mark: Item, Parts: []finding.Phrase{iso(f.Headline)}})
			for _, p := range facts.Evidence {
				s.Lines = append(s.Lines, Line{Mark: For, Parts: []finding.Phrase{iso(p)}})
			}
		case finding.NeglectedFacts:
			s.Lines = append(s.Lines, Line{Mark: Item, Parts: []finding.Phrase{iso(f.Headline)}},
				Line{Mark: For, Parts: []finding.Phrase{finding.Say("neglected_visits", "last", facts.LastVisit.String(), "days", facts.VisitDays,
					"visits", facts.Visits, "rhythm", facts.RhythmDays, "longest", facts.LongestDays)}})
		}
	}
	if a.Switches != nil {
		for _, p := range a.Switches(a.who.Customer.ID) {
			s.Lines = append(s.Lines, Line{Mark: Item, Parts: []finding.Phrase{iso(p)}})
		}
	}
	return s
}
