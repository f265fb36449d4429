package jobs

import (
	"strings"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/dropped"
	"dangol/jobs/neglected"
)

// ended says of what lasts whether the data show that it is over: bought as
// before, bought again, visited again, or the holiday has come. That nothing is
// found any more is no evidence.
func (j *Judgement) ended(c casebook.Case) (finding.Finding, bool) {
	switch c.Family {
	case casebook.Decline:
		r := j.Declines.Of(c.CustomerID)
		if r == nil || !r.Recovered(j.rules.Declining) {
			return finding.Finding{}, false
		}
		return j.over(c, finding.Say("over_declining", "customer", j.named(c)),
			finding.Say("over_declining_evidence", "now", r.Facts.AmountNow, "weeks", r.Facts.Weeks, "through", r.Facts.Through)), true
	case casebook.Drop:
		return j.boughtAgain(c)
	case casebook.Neglect:
		return j.visited(c)
	case casebook.Buyers:
		return j.regained(c)
	}
	return finding.Finding{}, false
}

func (j *Judgement) boughtAgain(c casebook.Case) (finding.Finding, bool) {
	on, net, ok := dropped.BoughtAgain(j.Snapshot, c.CustomerID, c.Product, c.OpenedOn)
	if !ok {
		return finding.Finding{}, false
	}
	product := dropped.Named(j.Snapshot, c.Product)
	return j.over(c, finding.Say("over_dropped", "customer", j.named(c), "product", product),
		finding.Say("over_dropped_evidence", "product", product, "date", on, "amount", net)), true
}

// regained: at least half of those who had stopped buy the product again.
func (j *Judgement) regained(c casebook.Case) (finding.Finding, bool) {
	if c.Product == dropped.Catalogue {
		return j.over(c, finding.Say("over_renumbered"), finding.Say("over_renumbered_evidence")), j.Products().Settled()
	}
	again, stopped := dropped.Regained(j.Snapshot, c.Product, c.OpenedOn)
	if stopped == 0 || 2*again < stopped {
		return finding.Finding{}, false
	}
	product := dropped.Named(j.Snapshot, c.Product)
	return j.over(c, finding.Say("over_losing", "product", product),
		finding.Say("over_losing_evidence", "product", product, "again", again, "stopped", stopped)), true
}

func (j *Judgement) visited(c casebook.Case) (finding.Finding, bool) {
	if holiday, ok := neglected.HolidayOf(c.Product); ok {
		return finding.Finding{Kind: c.Kind}, j.Snapshot.AsOf >= holiday
	}
	who := j.Snapshot.Customer(c.CustomerID)
	if who == nil {
		return finding.Finding{}, false
	}
	var on sales.Date
	for _, v := range who.Visits {
		if v.Date > c.OpenedOn && (on == 0 || v.Date < on) {
			on = v.Date
		}
	}
	if on == 0 {
		return finding.Finding{}, false
	}
	return j.over(c, finding.Say("over_neglected", "customer", j.named(c)), finding.Say("over_neglected_evidence", "date", on)), true
}

// replaced is what is said where a case goes on as that of the customer's silence.
func (j *Judgement) replaced(c casebook.Case) finding.Finding {
	headline := map[casebook.Family]string{
		casebook.Decline: "replaced_declining", casebook.Drop: "replaced_dropped", casebook.Neglect: "replaced_neglected",
	}[c.Family]
	return j.over(c, finding.Say(headline, "customer", j.named(c)), finding.Say("replaced_evidence"))
}

func (j *Judgement) over(c casebook.Case, headline, evidence finding.Phrase) finding.Finding {
	return finding.Finding{Kind: c.Kind, Severity: finding.Info, CustomerID: c.CustomerID, Product: c.Product, RepID: c.RepID,
		Headline: headline, Facts: finding.EndFacts{Evidence: evidence}}
}

// named is the name of a case's customer, or its id where the data have lost it.
func (j *Judgement) named(c casebook.Case) string {
	if who := j.Snapshot.Customer(c.CustomerID); who != nil && strings.TrimSpace(who.Name) != "" {
		return who.Name
	}
	return c.CustomerID
}
