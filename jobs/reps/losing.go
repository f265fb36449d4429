package reps

import (
	"cmp"
	"maps"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/internal/stat"
	"dangol/jobs/diagnosis"
)

const (
	// windowDays is the span in which losses are counted, leastLosses the fewest,
	// leastRegulars the fewest regulars and ownerDays the shortest time as owner
	// for a statement about a rep.
	windowDays    = 90
	leastLosses   = 3
	leastRegulars = 20
	ownerDays     = 183
	dueDays       = 5 // selling days until the talk
)

// Losing finds the reps who lose regular customers one after another: at least
// three confirmed losses in 90 days, and more than chance gives at the others'
// rate, corrected for the number of reps. The 90 days end with end. For every rep
// the verdict says why more was not said.
func (t *Team) Losing(company *diagnosis.Company, end sales.Date) ([]finding.Finding, []finding.Verdict) {
	in := sales.Span{From: end - windowDays + 1, To: end}
	if !t.Ledger.Snapshot.HasSellers {
		return nil, t.nobodyKnown()
	}
	byRep := map[string][]loss{}
	regulars, owners := t.regulars(in.From - 1)
	for _, l := range t.losses(in) {
		owner, was := owners[l.customer]
		if !was {
			continue // its silence alone made it a regular
		}
		if owner != l.rep {
			regulars[l.rep]++
		}
		byRep[l.rep] = append(byRep[l.rep], l)
	}
	var found []finding.Finding
	var verdicts []finding.Verdict
	owning := slices.Sorted(maps.Keys(regulars))
	for _, rep := range t.Reps {
		f := t.compare(rep, in, byRep, regulars, owning)
		v := finding.Verdict{RepID: rep.ID, Losses: f.Losses, Regulars: f.Regulars}
		v.Reason = t.judge(&f)
		verdicts = append(verdicts, v)
		if v.Reason.Key == "losses_found" {
			found = append(found, t.diagnose(rep, f, byRep[rep.ID], company))
		}
	}
	slices.SortStableFunc(found, func(a, b finding.Finding) int { return cmp.Compare(b.MoneyAtRisk, a.MoneyAtRisk) })
	return found, verdicts
}

func (t *Team) nobodyKnown() []finding.Verdict {
	var verdicts []finding.Verdict
	for _, rep := range t.Reps {
		verdicts = append(verdicts, finding.Verdict{RepID: rep.ID, Reason: finding.Say("losses_no_owner")})
	}
	return verdicts
}

// compare counts a rep's losses and those of the others. owning are the ids in
// regulars, in a fixed order.
func (t *Team) compare(rep sales.Rep, in sales.Span, byRep map[string][]loss, regulars map[string]int, owning []string) finding.LosingFacts {
	f := finding.LosingFacts{RepName: rep.Name, From: in.From, To: in.To, Losses: len(byRep[rep.ID]), Regulars: regulars[rep.ID],
		Owner: t.since(rep), Reps: len(t.Reps), DataThrough: t.Ledger.Snapshot.DataThrough, PValue: 1}
	for id, n := range regulars {
		if id != rep.ID && id != "" {
			f.TeamRegular += n
			f.TeamLosses += len(byRep[id])
		}
	}
	if f.TeamRegular == 0 || f.Losses < leastLosses {
		return f // nothing will be said: the odds need not be known
	}
	rate := float64(f.TeamLosses) / float64(f.TeamRegular)
	f.Expected = rate * float64(f.Regulars)
	spread, n := 0.0, 0
	for _, id := range owning {
		if mean := rate * float64(regulars[id]); id != rep.ID && id != "" && mean > 0 {
			d := float64(len(byRep[id])) - mean
			spread += d * d / mean
			n++
		}
	}
	spread /= float64(max(1, n-1))
	f.PValue = stat.AtLeast(float64(f.Losses), max(f.Expected, leastMean), spread)
	for f.High = 0; stat.AtLeast(float64(f.High+1), max(f.Expected, leastMean), spread) > t.lossLevel(); {
		f.High++
	}
	return f
}

// leastMean is the mean of losses that is assumed at least, however few the
// others lose.
const leastMean = .5

// judge says whether a statement about the rep is made, and if not why.
func (t *Team) judge(f *finding.LosingFacts) finding.Phrase {
	switch {
	case f.Owner == 0 || f.To-f.Owner < ownerDays:
		return finding.Say("losses_short_owner", "months", 6)
	case f.Regulars < leastRegulars:
		return finding.Say("losses_few_regulars", "regulars", f.Regulars, "wanted", leastRegulars)
	case f.TeamRegular < leastRegulars:
		return finding.Say("losses_no_team", "regulars", f.TeamRegular, "wanted", leastRegulars)
	case f.Losses < leastLosses:
		return finding.Say("losses_few", "losses", f.Losses, "wanted", leastLosses)
	case f.PValue > t.lossLevel():
		return finding.Say("losses_chance", "losses", f.Losses, "high", f.High)
	}
	return finding.Say("losses_found", "losses", f.Losses, "high", f.High)
}

// diagnose gathers the evidence both ways, what is unknown, what to ask and what
// to do in 30 days.
func (t *Team) diagnose(rep sales.Rep, f finding.LosingFacts, losses []loss, company *diagnosis.Company) finding.Finding {
	f.Shared = map[string]int{}
	unclear, back := 0, 0
	for _, l := range losses {
		one := finding.Loss{CustomerID: l.customer.ID, CustomerName: l.customer.Name, LastOrder: l.last, Confirmed: l.confirmed, Yearly: l.yearly, Back: l.back}
		f.Yearly += l.yearly
		if s := t.Ledger.Sheet.Customer(l.customer.ID); s != nil && l.back == 0 {
			one.Cause = diagnosis.Likely(company.Causes(s))
		}
		switch {
		case l.back != 0:
			back++
		case one.Cause == "":
			unclear++
		default:
			f.Shared[one.Cause]++
		}
		f.Customers = append(f.Customers, one)
	}
	slices.SortStableFunc(f.Customers, func(a, b finding.Loss) int {
		return cmp.Or(cmp.Compare(b.Yearly, a.Yearly), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	f.Replacement = company.Replace(f.Yearly)
	f.For = []finding.Phrase{
		finding.Say("losses_rate", "losses", f.Losses, "regulars", f.Regulars, "days", windowDays),
		finding.Say("losses_team", "losses", f.TeamLosses, "regulars", f.TeamRegular, "expected", f.Expected, "high", f.High),
	}
	f.Against = t.against(&f, back)
	f.Unknown = t.unknown(unclear)
	f.Questions = []finding.Phrase{finding.Say("losses_ask_since"), finding.Say("losses_ask_competitor"), finding.Say("losses_ask_help")}
	f.Plan = []finding.Phrase{
		finding.Say("losses_plan_talk"), finding.Say("losses_plan_visit", "customers", min(3, len(losses)), "customer", f.Customers[0].CustomerName),
		finding.Say("losses_plan_rest", "regulars", f.Regulars-f.Losses), finding.Say("losses_plan_review", "date", t.asOf+30),
	}
	// Never more than a warning: it is a question.
	return finding.Finding{Kind: finding.RepLosingCustomers, RepID: rep.ID, Severity: finding.Warning, Probability: 1 - f.PValue, MoneyAtRisk: f.Yearly,
		Headline: finding.Say("headline_losing", "rep", rep.Name, "losses", f.Losses, "days", windowDays), Facts: f,
		Causes:  nil,
		Actions: []finding.Action{company.Within(dueDays, finding.Say("losses_action"))}}
}

// elsewhere are the causes that lie outside what a rep can do.
var elsewhere = []string{finding.Product, finding.Market, finding.Season, finding.Price, finding.DataFault}

// against is what speaks for another reason than the rep's own work.
func (t *Team) against(f *finding.LosingFacts, back int) []finding.Phrase {
	var list []finding.Phrase
	outside := 0
	for _, cause := range elsewhere {
		outside += f.Shared[cause]
	}
	if outside > 0 {
		list = append(list, finding.Say("losses_outside", "customers", outside, "losses", f.Losses))
	}
	if back > 0 {
		list = append(list, finding.Say("losses_back", "customers", back))
	}
	if len(list) == 0 {
		list = append(list, finding.Say("losses_nothing_against"))
	}
	return list
}

// unknown is what the data do not tell.
func (t *Team) unknown(unclear int) []finding.Phrase {
	list := []finding.Phrase{finding.Say("losses_unknown_territory")}
	if unclear > 0 {
		list = append(list, finding.Say("losses_unclear", "customers", unclear))
	}
	if !t.Ledger.Snapshot.Has[sales.Visits] {
		list = append(list, finding.Say("missing_visits"))
	}
	if !t.Ledger.Snapshot.Has[sales.Complaints] {
		list = append(list, finding.Say("losses_no_complaints"))
	}
	return list
}
