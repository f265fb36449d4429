package dropped

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

const (
	// askDays and reviewDays are the selling days in which a drop is to be asked
	// about, and a product to be looked into.
	askDays, reviewDays = 5, 10
	// named is how many of those who stopped are named.
	named = 5
)

// Find judges a night and returns its findings: see Report.Findings.
func Find(snapshot *sales.Snapshot, sheet *standing.Sheet, calendar sales.Calendar, rules Rules) []finding.Finding {
	report := Judge(snapshot, sheet, rules)
	return report.Findings(calendar)
}

// Findings returns a finding for each customer and product (or category) that it
// dropped, and one for each product that lost its buyers; most money first. What
// another product of the category took over is no finding (see Switches), and
// neither is what customers did not replace in the time of a silence: those who
// are overdue or lost have findings of their own. Empty where there is not enough
// to tell a drop from a pause.
func (r *Report) Findings(calendar sales.Calendar) []finding.Finding {
	t := teller{report: r, calendar: calendar}
	var found []finding.Finding
	for _, d := range r.Drops {
		if len(d.Switched) == 0 {
			found = append(found, t.drop(d))
		}
	}
	for _, l := range r.Losses {
		if l.AtRisk > 0 {
			found = append(found, t.loss(l))
		}
	}
	if r.Renumbered != nil {
		found = append(found, t.renumbered(r.Renumbered))
	}
	slices.SortStableFunc(found, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.MoneyAtRisk, a.MoneyAtRisk),
			cmp.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.Product, b.Product))
	})
	return found
}

// Switches says which products customers replaced by others of the category, by
// customer: for whoever asks about the customer, not for alerting.
func (r *Report) Switches(customer string) []finding.Phrase {
	var said []finding.Phrase
	for _, d := range r.Drops {
		if d.Standing.Customer.ID == customer && len(d.Switched) > 0 {
			said = append(said, finding.Say("dropped_switched", "product", d.Item.Name, "to", names(d.Switched),
				"last", d.Last, "replaced", d.Replaced))
		}
	}
	return said
}

// names lists at most a few items, as people know them.
func names(items []Item) string {
	var list []string
	for _, i := range items[:min(named, len(items))] {
		list = append(list, i.Name)
	}
	return strings.Join(list, ", ")
}

// teller turns what was judged into findings.
type teller struct {
	report   *Report
	calendar sales.Calendar
}

func (t teller) due(sellingDays int, what finding.Phrase) []finding.Action {
	return []finding.Action{{Phrase: what, Due: t.calendar.AddSellingDays(t.report.asOf, sellingDays)}}
}

func (t teller) drop(d Drop) finding.Finding {
	s, risk := d.Standing, d.atRisk()
	facts := finding.DropFacts{
		CustomerName: s.Customer.Name, ProductID: d.Item.ID, ProductName: d.Item.Name, Category: d.Item.Category, Products: d.Products,
		LastBought: d.Last, SilenceDays: d.Silence, OrdersSince: d.Later, OrdersWith: d.Held, OrdersOf: d.Of, GapDays: d.Gap,
		PValue: d.PValue, QValue: d.QValue, PDropped: d.Odds, Yearly: d.Yearly, Share: d.Share, Replaced: d.Replaced,
		LastOrder: s.Last, DataThrough: t.report.dataThrough,
	}
	for _, item := range d.Partly {
		facts.ReplacedBy = append(facts.ReplacedBy, item.Name)
	}
	facts.Evidence = d.evidence()
	facts.Course = t.course(d)
	f := finding.Finding{
		Kind: finding.ProductDropped, CustomerID: s.Customer.ID, Product: d.Item.Key(), RepID: s.Owner, Severity: finding.Warning,
		Probability: d.Odds, MoneyAtRisk: risk, Facts: facts,
		Actions: t.due(askDays, finding.Say("action_ask_product", "product", d.Item.Name)),
	}
	args := []any{"customer", s.Customer.Name, "product", d.Item.Name, "orders", d.Later}
	if f.Headline = finding.Say("headline_dropped", args...); d.Item.ID == "" {
		f.Headline = finding.Say("headline_dropped_category", args...)
	}
	return f
}

// course is what the customer bought of the dropped products, month by month; empty
// where not all dates of its months are kept.
func (t teller) course(d Drop) finding.Course {
	nets := map[sales.Date]sales.Money{}
	start := sales.MonthOf(d.Last).From.AddMonths(-finding.CourseMonths)
	for _, basket := range d.Standing.Customer.Baskets {
		if !slices.Contains(d.Products, basket.ProductID) {
			continue
		}
		if len(basket.Days) >= sales.MostPurchases && basket.Days[0].Date > start {
			return finding.Course{}
		}
		for _, bought := range basket.Days {
			nets[bought.Date] += bought.Net
		}
	}
	var days []sales.Day
	for _, date := range slices.Sorted(maps.Keys(nets)) {
		days = append(days, sales.Day{Date: date, Net: nets[date]})
	}
	return finding.CourseOf(days, t.report.asOf, d.Last)
}

// atRisk is what the drop costs a year, weighted with its odds and without what
// others of the category replace.
func (d *Drop) atRisk() sales.Money {
	return sales.MoneyFromFloat(d.Odds * (1 - d.Replaced) * d.Yearly.Float())
}

// evidence says since when, how sure, how much of the customer's amount it was
// and what speaks for the customer itself going on.
func (d *Drop) evidence() []finding.Phrase {
	said := []finding.Phrase{
		finding.Say("dropped_orders", "last", d.Last, "days", d.Silence, "later", d.Later, "held", d.Held, "of", d.Of),
		finding.Say("dropped_money", "yearly", d.Yearly, "share", d.Share, "risk", d.atRisk(), "p", d.Odds),
		finding.Say("dropped_orders_on", "last", d.Standing.Last),
	}
	switch {
	case len(d.Partly) > 0:
		said = append(said, finding.Say("dropped_partly", "to", names(d.Partly), "replaced", d.Replaced))
	case d.Item.Category == "":
		said = append(said, finding.Say("dropped_no_category"))
	}
	return said
}

func (t teller) loss(l Loss) finding.Finding {
	facts := finding.LossFacts{
		ProductID: l.Item.ID, ProductName: l.Item.Name, Category: l.Item.Category, Discontinued: l.Discontinued,
		Buyers: l.Buyers, Stopped: len(l.Stopped), Switched: l.Switched(), Since: l.Since, PValue: l.PValue,
		Yearly: l.Yearly, DataThrough: t.report.dataThrough,
	}
	for _, d := range l.Stopped {
		who := finding.Stopped{CustomerID: d.Standing.Customer.ID, CustomerName: d.Standing.Customer.Name, LastBought: d.Last, Yearly: d.Yearly}
		for _, item := range d.Switched {
			who.SwitchedTo = append(who.SwitchedTo, item.Name)
		}
		facts.Who = append(facts.Who, who)
	}
	facts.Evidence = lossEvidence(l, facts)
	f := finding.Finding{
		Kind: finding.ProductLosingBuyers, Product: l.Item.ID, Severity: finding.Warning,
		Probability: share(l.AtRisk, l.Yearly), MoneyAtRisk: l.AtRisk, Facts: facts,
	}
	args := []any{"product", l.Item.Name, "stopped", len(l.Stopped), "buyers", l.Buyers, "since", l.Since}
	if l.Discontinued == 0 {
		f.Headline = finding.Say("headline_losing_buyers", args...)
		f.Actions = t.due(reviewDays, finding.Say("action_review_product", "product", l.Item.Name))
		return f
	}
	f.Headline = finding.Say("headline_losing_discontinued", args...)
	f.Causes = []finding.Cause{{Name: finding.Product, Confidence: finding.High,
		For: []finding.Phrase{finding.Say("losing_discontinued", "date", l.Discontinued)}}}
	f.Actions = t.due(reviewDays, finding.Say("action_offer_successor", "product", l.Item.Name))
	return f
}

// lossEvidence says who stopped, what that costs and what the others do.
func lossEvidence(l Loss, facts finding.LossFacts) []finding.Phrase {
	evidence := []finding.Phrase{finding.Say("losing_money", "yearly", l.Yearly, "risk", l.AtRisk, "since", l.Since)}
	for _, who := range facts.Who[:min(named, len(facts.Who))] {
		evidence = append(evidence, finding.Say("losing_customer", "customer", who.CustomerName, "last", who.LastBought, "yearly", who.Yearly))
	}
	if more := len(facts.Who) - named; more > 0 {
		evidence = append(evidence, finding.Say("losing_more", "n", more))
	}
	if facts.Switched > 0 {
		evidence = append(evidence, finding.Say("losing_switched", "n", facts.Switched))
	}
	if still := l.Buyers - len(l.Stopped); still > 0 {
		evidence = append(evidence, finding.Say("losing_still", "n", still))
	}
	return evidence
}

func share(part, whole sales.Money) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, part.Float()/whole.Float())
}

// BoughtAgain returns the first date after a date on which a customer bought
// what a finding's Product names, a product or a category, and for how much: the
// evidence that ends a case.
func BoughtAgain(snapshot *sales.Snapshot, customer, product string, after sales.Date) (on sales.Date, net sales.Money, ok bool) {
	c := snapshot.Customer(customer)
	if c == nil {
		return 0, 0, false
	}
	for _, b := range c.Baskets {
		if b.ProductID != product && !inCategory(snapshot, b.ProductID, product) {
			continue
		}
		for _, d := range kept(b.Days) {
			if d.Date > after && (!ok || d.Date < on) {
				on, net, ok = d.Date, d.Net, true
			}
		}
	}
	return on, net, ok
}

// Named returns how people know what a finding's Product names.
func Named(snapshot *sales.Snapshot, product string) string {
	if category, ok := strings.CutPrefix(product, categoryKey); ok {
		return category
	}
	i := slices.IndexFunc(snapshot.Products, func(p sales.Product) bool { return p.ID == product })
	if i < 0 || snapshot.Products[i].Name == "" {
		return product
	}
	return snapshot.Products[i].Name
}

func inCategory(snapshot *sales.Snapshot, product, key string) bool {
	category, ok := strings.CutPrefix(key, categoryKey)
	return ok && slices.ContainsFunc(snapshot.Products, func(p sales.Product) bool { return p.ID == product && p.Category == category })
}
