// Package growth splits the change of net sales between two spans into eight
// parts that sum to it exactly, for the company and for each rep. Pure: no I/O,
// no clock.
//
// Each customer falls in one class: new (first order ever in the later span),
// won back (an order in it that ended a silence which was lost), lost or declining
// (its stage at the as-of date, and it bought less), retained (everybody else).
// What the retained bought is split in this order: products first bought in the
// later span; price, of each product bought in both with its quantities; then the
// number of orders and the amount of one, each with the other at its mean of the
// two spans (Shapley's split of two factors).
package growth

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/standing"
)

const (
	// topMovers is how many customers are named behind each part.
	topMovers = 3
	// priceFactor: a unit price that rose or fell by more than this factor is
	// another unit (a box for a piece), and part of the size of the orders.
	priceFactor = 3
	cent        = sales.MoneyUnit / 100
)

// Request says which two of the snapshot's spans are compared.
type Request struct {
	Against  string // one of finding.LastMonth …
	From, To int    // indexes into Snapshot.Spans
}

// Comparer compares spans of one snapshot.
type Comparer struct {
	ledger *figures.Ledger
	back   map[int]map[string]bool      // span → customers won back in it
	of     map[string][]*sales.Customer // rep → those that ever bought from it, in the snapshot's order
}

// NewComparer prepares for comparing spans of the ledger's snapshot. Without
// turnover in it there is no split by product: cross-selling and price are 0.
func NewComparer(ledger *figures.Ledger) *Comparer {
	c := &Comparer{ledger: ledger, back: map[int]map[string]bool{}, of: map[string][]*sales.Customer{}}
	for i := range ledger.Snapshot.Customers {
		c.index(&ledger.Snapshot.Customers[i])
	}
	return c
}

// index files a customer under the company and under every rep it bought from, so
// that a rep's comparison does not look at everybody's customers.
func (c *Comparer) index(customer *sales.Customer) {
	file := func(scope string) {
		if list := c.of[scope]; len(list) == 0 || list[len(list)-1] != customer {
			c.of[scope] = append(list, customer)
		}
	}
	file(figures.Company)
	if len(customer.Days) > 0 {
		file(customer.SellerOn(customer.Days[0].Date)) // nobody, before the first order with a rep
	}
	for _, s := range customer.Sellers {
		file(s.RepID)
	}
	for _, s := range customer.Splits {
		file(s.RepID)
	}
}

// Company compares all sales of two spans.
func (c *Comparer) Company(r Request) finding.Comparison { return c.compare(r, figures.Company) }

// Rep compares the sales that a rep stood on. What a customer bought from another
// rep in one of the spans is none of it: a customer who changed its rep is
// Frequency, and MovedIn or MovedOut says how much of it.
func (c *Comparer) Rep(r Request, rep string) finding.Comparison { return c.compare(r, rep) }

// one is a customer's part in a comparison.
type one struct {
	customer *sales.Customer
	from, to sales.Money
	// orders on which the scope's rep stood, in the two spans
	ordersFrom, ordersTo int
	elsewhereFrom        sales.Money // bought from other reps
	elsewhereTo          sales.Money
}

func (c *Comparer) compare(r Request, scope string) finding.Comparison {
	spans := c.ledger.Snapshot.Spans
	out := finding.Comparison{Against: r.Against, FromSpan: spans[r.From], ToSpan: spans[r.To], Top: map[string][]finding.Mover{}}
	out.Known = c.ledger.Began != 0 && c.ledger.Began <= out.FromSpan.From && c.ledger.NewKnown(out.ToSpan)
	out.LedgerFrom, out.LedgerTo = c.ledger.Sales(scope, out.FromSpan), c.ledger.Sales(scope, out.ToSpan)
	movers := map[string][]finding.Mover{}
	var unpriced, sold sales.Money
	for _, customer := range c.of[scope] {
		o, any := c.look(customer, r, scope)
		if !any {
			continue
		}
		out.Customers++
		b := c.split(o, r, scope, &out)
		out.Bridge.Add(b)
		without, all := unpricedOf(o.customer, r.To, scope)
		unpriced, sold = unpriced+without, sold+all
		for _, part := range b.Parts() {
			if part.Amount != 0 {
				movers[part.Name] = append(movers[part.Name], finding.Mover{CustomerID: o.customer.ID,
					CustomerName: o.customer.Name, Amount: part.Amount})
			}
		}
	}
	for name, list := range movers {
		out.Top[name] = top(list)
	}
	if sold > 0 {
		out.Unpriced = math.Round(1e4*float64(unpriced)/float64(sold)) / 1e4
	}
	toCents(&out.Bridge)
	return out
}

// look adds up what a customer bought in the scope; any is false where it bought
// and returned nothing in either span.
func (c *Comparer) look(customer *sales.Customer, r Request, scope string) (one, bool) {
	spans := c.ledger.Snapshot.Spans
	o, any := one{customer: customer}, false
	for _, side := range []struct {
		in             sales.Span
		net, elsewhere *sales.Money
		orders         *int
	}{{spans[r.From], &o.from, &o.elsewhereFrom, &o.ordersFrom}, {spans[r.To], &o.to, &o.elsewhereTo, &o.ordersTo}} {
		var day sales.Date
		var ofDay sales.Money
		counted := func() {
			if ofDay > 0 {
				*side.orders++
			}
			ofDay = 0
		}
		for _, credit := range customer.Credits(side.in) {
			if scope != figures.Company && credit.RepID != scope {
				*side.elsewhere += credit.Net
				continue
			}
			if credit.Date != day {
				counted()
				day = credit.Date
			}
			ofDay += credit.Net
			*side.net += credit.Net
			any = true
		}
		counted()
	}
	return o, any
}

// split puts a customer into its class and splits what it changed by.
func (c *Comparer) split(o one, r Request, scope string, out *finding.Comparison) finding.Bridge {
	b := finding.Bridge{From: o.from, To: o.to}
	delta := o.to - o.from
	stage := standing.Active
	if s := c.ledger.Sheet.Customer(o.customer.ID); s != nil {
		stage = s.Stage
	}
	left := o.ordersTo == 0 && o.elsewhereTo > 0 // what became of it is another rep's
	switch {
	case out.ToSpan.Holds(o.customer.FirstOrder()):
		b.New = delta
	case c.wonBack(r.To)[o.customer.ID] && !left:
		b.WonBack = delta
	case stage == standing.Lost && delta < 0 && !left:
		b.Lost = delta
	case stage == standing.Declining && delta < 0 && !left:
		b.Decline = delta
	default:
		c.retained(&b, o, r, scope)
		if o.ordersFrom == 0 && o.elsewhereFrom > 0 {
			out.MovedIn += b.Frequency
		}
		if left {
			out.MovedOut += b.Frequency
		}
	}
	return b
}

// wonBack are the customers who were won back in a span.
func (c *Comparer) wonBack(span int) map[string]bool {
	set := c.back[span]
	if set == nil {
		set = map[string]bool{}
		for _, w := range c.ledger.WonBack(figures.Company, c.ledger.Snapshot.Spans[span]) {
			set[w.CustomerID] = true
		}
		c.back[span] = set
	}
	return set
}

// retained splits what a retained customer changed by.
func (c *Comparer) retained(b *finding.Bridge, o one, r Request, scope string) {
	to := c.ledger.Snapshot.Spans[r.To]
	for _, t := range products(o.customer, scope, r) {
		switch {
		case t.id != "" && to.Holds(t.first):
			b.CrossSell += t.to.Net
		case t.id != "":
			b.Price += priceEffect(t.from, t.to)
		}
	}
	rest := o.to - b.CrossSell - b.Price - o.from
	b.Frequency = rest
	if o.ordersFrom > 0 && o.ordersTo > 0 {
		sizeFrom := float64(o.from) / float64(o.ordersFrom)
		sizeTo := float64(o.from+rest) / float64(o.ordersTo)
		b.Frequency = sales.Money(math.Round(float64(o.ordersTo-o.ordersFrom) * (sizeFrom + sizeTo) / 2))
	}
	b.Size = rest - b.Frequency
}

// bought is what a customer bought of one product in the two spans.
type bought struct {
	id       string
	first    sales.Date
	from, to sales.Sum
}

// products sums up a customer's turnover in the scope, over reps where the scope
// is the company.
func products(customer *sales.Customer, scope string, r Request) []bought {
	var list []bought
	for _, t := range customer.Turnover {
		if scope != figures.Company && t.RepID != scope {
			continue
		}
		if n := len(list); n == 0 || list[n-1].id != t.ProductID {
			list = append(list, bought{id: t.ProductID, first: t.First})
		}
		last := &list[len(list)-1]
		last.from.Quantity += t.Sums[r.From].Quantity
		last.from.Net += t.Sums[r.From].Net
		last.to.Quantity += t.Sums[r.To].Quantity
		last.to.Net += t.Sums[r.To].Net
	}
	return list
}

// priceEffect is what another unit price changed: the difference of the two
// prices times the mean of the two quantities.
func priceEffect(from, to sales.Sum) sales.Money {
	if from.Quantity <= 0 || to.Quantity <= 0 || from.Net <= 0 || to.Net <= 0 {
		return 0
	}
	before, after := float64(from.Net)/from.Quantity, float64(to.Net)/to.Quantity
	if after > priceFactor*before || before > priceFactor*after {
		return 0
	}
	return sales.Money(math.Round((after - before) * (from.Quantity + to.Quantity) / 2))
}

// unpricedOf is what a customer bought in a span without a product or a quantity,
// and all that it bought. Products of which more came back are left out.
func unpricedOf(customer *sales.Customer, span int, scope string) (without, all sales.Money) {
	for _, t := range customer.Turnover {
		if scope != figures.Company && t.RepID != scope {
			continue
		}
		net := max(0, t.Sums[span].Net)
		all += net
		if t.ProductID == "" || t.Sums[span].Quantity == 0 {
			without += net
		}
	}
	return without, all
}

// toCents rounds all to cents so that the parts still sum: what rounding leaves
// over goes to the size of the orders.
func toCents(b *finding.Bridge) {
	for _, m := range []*sales.Money{&b.From, &b.To, &b.New, &b.WonBack, &b.CrossSell, &b.Frequency, &b.Size, &b.Price, &b.Decline, &b.Lost} {
		*m = rounded(*m)
	}
	left := b.To - b.From
	for _, part := range b.Parts() {
		left -= part.Amount
	}
	b.Size += left
}

// rounded is an amount in whole cents, half away from zero.
func rounded(m sales.Money) sales.Money {
	if m < 0 {
		return -rounded(-m)
	}
	return (m + cent/2) / cent * cent
}

// top are the customers who moved a part most, by size of the move.
func top(list []finding.Mover) []finding.Mover {
	slices.SortFunc(list, func(a, b finding.Mover) int {
		return cmp.Or(cmp.Compare(max(b.Amount, -b.Amount), max(a.Amount, -a.Amount)), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return slices.Clone(list[:min(topMovers, len(list))])
}

// Existing is what a rep's existing customers grew by between two spans: those
// who had ordered before the later one and bought from no other rep in either. It
// is unknown where the rep sold nothing in the earlier span.
func (c *Comparer) Existing(r Request, rep string) (grown sales.Money, known bool) {
	spans := c.ledger.Snapshot.Spans
	if c.ledger.Began == 0 || c.ledger.Began > spans[r.From].From {
		return 0, false
	}
	for _, customer := range c.of[rep] {
		o, any := c.look(customer, r, rep)
		if !any || o.elsewhereFrom != 0 || o.elsewhereTo != 0 || spans[r.To].Holds(o.customer.FirstOrder()) {
			continue
		}
		known = known || o.from != 0
		grown += o.to - o.from
	}
	return grown, known
}
