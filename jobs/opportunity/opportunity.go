// Package opportunity says where more could be sold to the customers there are:
// products that most of their like buy and they do not, new products of a category
// they buy, products they could reorder as often as their like. Pure: the same
// facts give the same findings in the same order.
package opportunity

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// Rules are the definitions of an opportunity.
type Rules struct {
	Share      float64 // a white space: at least this share of similar customers buy the product
	LeastGroup int     // similar customers to compare with
	SizeFactor float64 // similar: yearly totals within this factor of each other
	NewDays    int     // a product is new for so many days after it was first sold
	Cap        float64 // no opportunity is worth more than this share of the customer's yearly total
	Floor      float64 // nor told below this one
	Each       int     // at most so many a customer
	Slower     float64 // reordered this many times slower than by similar customers
}

// DefaultRules are the definitions of the documentation.
func DefaultRules() Rules {
	return Rules{Share: .4, LeastGroup: 8, SizeFactor: 4, NewDays: 90, Cap: .25, Floor: .005, Each: 3, Slower: 1.5}
}

const (
	soldLately   = 60  // days: a product that nobody bought for longer is none to propose
	knownBefore  = 180 // days of data before a product can be new
	leastOrders  = 5   // of a customer of one product
	leastBought  = 6   // purchases of a product from which its gap is known
	leastAdopted = 3   // buyers of a new product from which its value is known
	leastRunDays = 30  // over which a new product's value a year is reckoned at least
	year         = 365
)

// Find returns the opportunities with the active current regulars, the largest
// first. twelve is the index of the snapshot's span with the last twelve months.
// Without products in the data there are none.
func Find(snapshot *sales.Snapshot, sheet *standing.Sheet, twelve int, rules Rules) []finding.Finding {
	if !snapshot.HasProducts {
		return nil
	}
	m := newMarket(snapshot, sheet, twelve, rules)
	var found []finding.Finding
	for _, segment := range sortedKeys(m.groups) {
		found = append(found, m.within(segment)...)
	}
	slices.SortStableFunc(found, func(a, b finding.Finding) int {
		x, y := a.Facts.(finding.OpportunityFacts), b.Facts.(finding.OpportunityFacts)
		return cmp.Or(cmp.Compare(y.Yearly, x.Yearly), cmp.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.Product, b.Product))
	})
	return found
}

// within are the opportunities with the customers who are compared within a segment.
func (m *market) within(segment string) []finding.Finding {
	if m.small(segment) && segment != "" {
		return nil // its customers are compared within the company
	}
	var found []finding.Finding
	like := m.newLike(m.groups[segment])
	for _, b := range like.group {
		if b.active && m.groupOf(b) == segment {
			like.moveTo(m, b)
			like.count(m, b, -1) // itself
			found = append(found, m.of(b, like)...)
			like.count(m, b, 1)
		}
	}
	return found
}

// of are the best opportunities with one customer, one a product.
func (m *market) of(b *buyer, like *like) []finding.Finding {
	all := slices.Concat(m.newProducts(b), m.whiteSpace(b, like), m.reorders(b, like))
	slices.SortStableFunc(all, func(x, y finding.OpportunityFacts) int {
		return cmp.Or(cmp.Compare(y.Yearly, x.Yearly), cmp.Compare(x.ProductID, y.ProductID))
	})
	var list []finding.Finding
	seen := map[string]bool{}
	for _, facts := range all {
		if facts.Yearly.Float() < m.rules.Floor*b.total || seen[facts.ProductID] || len(list) == m.rules.Each {
			continue
		}
		seen[facts.ProductID] = true
		list = append(list, m.finding(b, facts))
	}
	return list
}

func (m *market) finding(b *buyer, facts finding.OpportunityFacts) finding.Finding {
	facts.CustomerName, facts.Segment, facts.DataThrough = b.Customer.Name, b.Customer.Segment, m.snapshot.DataThrough
	facts.ProductName, facts.Category = m.name(facts.ProductID), m.category(facts.ProductID)
	return finding.Finding{
		Kind: finding.GrowthOpportunity, CustomerID: b.Customer.ID, Product: facts.ProductID, RepID: b.Owner, Severity: finding.Info, Probability: 1,
		Headline: finding.Say("headline_opportunity", "customer", facts.CustomerName, "product", facts.ProductName, "value", facts.Yearly),
		Facts:    facts,
		Actions:  []finding.Action{{Phrase: finding.Say("action_offer", "product", facts.ProductName)}},
	}
}

// worth bounds what an opportunity is said to be worth.
func (m *market) worth(b *buyer, value float64) sales.Money {
	return sales.MoneyFromFloat(min(value, m.rules.Cap*b.total))
}

// whiteSpace are the products that most similar customers buy and the customer
// never has: where it buys one product only, that is said instead. Who buys as
// much of the product's category as they do lacks nothing.
func (m *market) whiteSpace(b *buyer, like *like) []finding.OpportunityFacts {
	similar := like.size()
	if similar < m.rules.LeastGroup {
		return nil
	}
	var list []finding.OpportunityFacts
	for _, id := range like.products {
		t := like.traits[id]
		n := t.shares.n
		if n == 0 || float64(n) < m.rules.Share*float64(similar) || b.ever[id] || !m.alive(id) {
			continue
		}
		category := m.category(id)
		if category != "" && b.categories[category]/b.total >= t.ofCategory.median() {
			continue
		}
		facts := finding.OpportunityFacts{Opportunity: finding.WhiteSpace, ProductID: id, Buyers: n, Similar: similar,
			Yearly: m.worth(b, t.shares.median()*b.total), Why: m.why(b, n, similar)}
		if len(b.bought) == 1 && b.Orders >= leastOrders {
			facts.Opportunity = finding.SingleProduct
			facts.Why = finding.Say("why_single", "buyers", n, "similar", similar, "products", int(like.breadths.median()))
		}
		list = append(list, facts)
	}
	return list
}

// why says who buys it: customers of the segment, or of the whole company.
func (m *market) why(b *buyer, n, similar int) finding.Phrase {
	if b.Customer.Segment == "" || m.small(b.Customer.Segment) {
		return finding.Say("why_white_space", "buyers", n, "similar", similar)
	}
	return finding.Say("why_white_space_segment", "buyers", n, "similar", similar, "segment", b.Customer.Segment)
}

// newProducts are the products new to the company, of a category that the customer
// buys.
func (m *market) newProducts(b *buyer) []finding.OpportunityFacts {
	var list []finding.OpportunityFacts
	for _, p := range m.launched {
		if b.ever[p.id] || p.category == "" || b.categories[p.category] <= 0 || !m.alive(p.id) {
			continue
		}
		share := p.share
		if p.adopters < leastAdopted {
			share = b.categories[p.category] / float64(b.inCategory[p.category]) / b.total
		}
		list = append(list, finding.OpportunityFacts{Opportunity: finding.NewProduct, ProductID: p.id, Buyers: p.adopters, LaunchedOn: p.since,
			Yearly: m.worth(b, share*b.total),
			Why:    finding.Say("why_new_product", "since", p.since, "category", p.category, "buyers", p.adopters)})
	}
	return list
}

// reorders are the products that the customer reorders much more slowly than
// similar customers, and buys less of for its size.
func (m *market) reorders(b *buyer, like *like) []finding.OpportunityFacts {
	var list []finding.OpportunityFacts
	for id, gap := range b.gaps {
		if !m.alive(id) || b.bought[id] <= 0 {
			continue
		}
		t := like.traits[id]
		if t.gaps.n < m.rules.LeastGroup {
			continue
		}
		theirs, more := t.gaps.median(), t.gapShares.median()*b.total-b.bought[id]
		if gap < m.rules.Slower*theirs || more <= 0 {
			continue
		}
		list = append(list, finding.OpportunityFacts{Opportunity: finding.Reorder, ProductID: id, Buyers: t.gaps.n, Similar: like.size(),
			Current: sales.MoneyFromFloat(b.bought[id]), Yearly: m.worth(b, more), OwnGap: gap, TheirGap: theirs,
			Why: finding.Say("why_reorder", "gap", gap, "theirs", theirs, "buyers", t.gaps.n)})
	}
	return list
}
