package explain

import (
	"dangol/internal/finding"
	"dangol/jobs/standing"
)

// money shows the monthly amount, the yearly one, what of it is at risk, and the
// customer's rank.
func (a *account) money() Section {
	s := Section{Heading: finding.Say("explain_heading_money")}
	if a.who.Orders == 0 {
		return s
	}
	s.Lines = append(s.Lines, a.monthly()...)
	yearly := 12 * a.who.Monthly
	s.Lines = append(s.Lines, say(finding.Say("explain_yearly", "monthly", amount(a.who.Monthly), "yearly", amount(yearly))))
	switch {
	case !a.who.Known, a.who.Stage == standing.Declining: // its risk is shown with its decline
	case yearly < 0:
		s.Lines = append(s.Lines, say(finding.Say("explain_risk_none")))
	default:
		s.Lines = append(s.Lines, say(finding.Say("explain_risk", "p", odds(a.who.PLost), "yearly", amount(yearly), "risk", amount(a.who.MoneyAtRisk))))
	}
	if rank, ok := a.rank(); ok {
		s.Lines = append(s.Lines, say(rank))
	}
	return s
}

func (a *account) monthly() []Line {
	avg := a.who.Average()
	total := finding.Say("explain_bought", "from", avg.From.String(), "to", avg.To.String(), "orders", avg.Orders, "bought", amount(avg.Bought))
	if avg.Returns > 0 {
		total = finding.Say("explain_bought_net", "from", avg.From.String(), "to", avg.To.String(), "orders", avg.Orders,
			"bought", amount(avg.Bought), "returns", avg.Returns, "returned", amount(avg.Returned), "net", amount(avg.Bought+avg.Returned))
	}
	net, monthly := amount(avg.Bought+avg.Returned), amount(a.who.Monthly)
	span := int(avg.To-avg.From) + 1
	switch {
	case avg.Months == 12:
		return []Line{say(total), say(finding.Say("explain_monthly", "net", net, "months", 12, "monthly", monthly))}
	case avg.Months == standing.MinMonths:
		return []Line{say(total), say(finding.Say("explain_monthly_least", "net", net, "months", standing.MinMonths, "monthly", monthly))}
	}
	return []Line{say(total), say(finding.Say("explain_monthly_young", "net", net, "days", span, "month", threshold(standing.DaysPerMonth),
		"months", figure(avg.Months), "monthly", monthly))}
}

// rank is the customer's place by monthly amount.
func (a *account) rank() (finding.Phrase, bool) {
	place, of := a.Company.Rank(a.who)
	if of == 0 {
		return finding.Phrase{}, false
	}
	key := map[string]string{"rep": "explain_rank_rep", "no_rep": "explain_rank_no_rep", "company": "explain_rank_company"}[a.Company.RankScope(a.who)]
	return finding.Say(key, "rank", place, "of", of), true
}

// replacement shows what making up for a silent regular takes.
func (a *account) replacement() Section {
	s := Section{Heading: finding.Say("explain_heading_replacement")}
	yearly := 12 * a.who.Monthly
	if !a.isSilent() || yearly <= 0 {
		return s
	}
	takes, from := a.Company.Replace(yearly), a.Company.Newcomers()
	if takes.Assumed {
		s.Lines = append(s.Lines, say(finding.Say("explain_replace_assumed", "known", from.FirstYears, "customers", days(takes.Customers))))
	} else {
		s.Lines = append(s.Lines, say(finding.Say("explain_replace", "yearly", amount(yearly), "median", amount(from.Median),
			"known", from.FirstYears, "customers", days(takes.Customers))))
	}
	if takes.Months > 0 {
		s.Lines = append(s.Lines, say(a.pace(takes)))
	}
	return s
}

func (a *account) pace(takes finding.Replacement) finding.Phrase {
	from := a.Company.Newcomers()
	return finding.Say("explain_pace", "won", from.Won, "from", from.Since.String(), "to", a.Sheet.AsOf.String(),
		"days", int(a.Sheet.AsOf-from.Since)+1, "month", threshold(standing.DaysPerMonth), "pace", days(from.PerMonth), "customers", days(takes.Customers), "months", days(takes.Months))
}

func (a *account) isSilent() bool {
	return a.who.Stage == standing.Lost || a.who.Stage == standing.Overdue
}
