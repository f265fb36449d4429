// Package figures adds up what each rep did: visits, customers won, customers
// who came back, sales. Everything is counted from the snapshot, by the rep who
// stood on the order at its time. Pure: no I/O, no clock.
package figures

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// strangerDays: a customer whose first order lies within so many days of the
// beginning of the books may have bought before it; it is no new customer.
const strangerDays = 90

// returnDays is how far back returns after a silence are looked for: a fiscal year
// to date and the month after it.
const returnDays = 400

// Ledger is what every rep did, by date.
type Ledger struct {
	Snapshot *sales.Snapshot
	Sheet    *standing.Sheet
	Began    sales.Date // the books begin, as [sales.Snapshot.Began]; zero: there is no order
	reps     map[string]*rep
	company  rep
}

// rep is what one rep did, each list ascending by date.
type rep struct {
	days  []sales.Day // net sales by date
	cold  []call
	calls []sales.Date // visits of any kind
	wins  []finding.Won
	backs []finding.Won // the silence had been lost: won back
	late  []finding.Won // the silence had been overdue or lost: recovered
}

// call is a cold visit; party is empty where nobody knows whom it went to.
type call struct {
	date  sales.Date
	party string
}

// NewLedger adds up a snapshot. Returns after a silence are judged under the
// sheet's model, at the end of the day before them.
func NewLedger(snapshot *sales.Snapshot, sheet *standing.Sheet) *Ledger {
	l := &Ledger{Snapshot: snapshot, Sheet: sheet, Began: snapshot.Began(), reps: map[string]*rep{}}
	for i := range snapshot.Customers {
		l.customer(&snapshot.Customers[i])
	}
	for _, v := range snapshot.Strangers {
		l.visit(v, 0)
	}
	for _, r := range append([]*rep{&l.company}, values(l.reps)...) {
		r.sort()
	}
	return l
}

func values(reps map[string]*rep) []*rep {
	list := make([]*rep, 0, len(reps))
	for _, r := range reps {
		list = append(list, r)
	}
	return list
}

func (l *Ledger) of(id string) *rep {
	r := l.reps[id]
	if r == nil {
		r = &rep{}
		l.reps[id] = r
	}
	return r
}

func (l *Ledger) customer(c *sales.Customer) {
	first := c.FirstOrder()
	for _, v := range c.Visits {
		l.visit(v, first)
	}
	if len(c.Days) == 0 {
		return
	}
	for _, credit := range c.Credits(sales.Span{From: c.Days[0].Date, To: c.Days[len(c.Days)-1].Date}) {
		l.of(credit.RepID).days = append(l.of(credit.RepID).days, sales.Day{Date: credit.Date, Net: credit.Net})
		l.company.days = append(l.company.days, sales.Day{Date: credit.Date, Net: credit.Net})
	}
	if first > l.Began+strangerDays {
		l.share(c, first, func(r *rep, w finding.Won) { r.wins = append(r.wins, w) })
	}
	l.returns(c)
}

// visit counts a visit; first is the party's first order, zero if there is none.
func (l *Ledger) visit(v sales.Visit, first sales.Date) {
	for _, r := range []*rep{l.of(v.RepID), &l.company} {
		r.calls = append(r.calls, v.Date)
		if first == 0 || v.Date <= first {
			r.cold = append(r.cold, call{v.Date, v.CustomerID})
		}
	}
}

// share hands an order to the reps who stand on it, each with its part of the
// credit: that of the positive amounts of the day.
func (l *Ledger) share(c *sales.Customer, on sales.Date, take func(*rep, finding.Won)) {
	credits := c.Credits(sales.Span{From: on, To: on})
	var bought, net sales.Money
	for _, credit := range credits {
		bought += max(0, credit.Net)
		net += credit.Net
	}
	whole := finding.Won{CustomerID: c.ID, CustomerName: c.Name, On: on, Amount: net, Share: 1}
	take(&l.company, whole)
	for _, credit := range credits {
		if credit.Net <= 0 {
			continue
		}
		part := whole
		part.Share, part.Amount = float64(credit.Net)/float64(bought), credit.Net
		take(l.of(credit.RepID), part)
	}
}

// returns finds the orders that ended a silence long enough to be overdue or
// lost. Only a silence beyond the mean of the earlier gaps can be.
func (l *Ledger) returns(c *sales.Customer) {
	orders := c.Orders()
	for i := standing.MinOrders; i < len(orders); i++ {
		mean := float64(orders[i-1]-orders[0]) / float64(i-1)
		if orders[i] < l.Snapshot.AsOf-returnDays || float64(orders[i]-1-orders[i-1]) <= mean {
			continue
		}
		before := l.Sheet.At(c, orders[i]-1)
		if before.Stage != standing.Lost && before.Stage != standing.Overdue {
			continue
		}
		l.share(c, orders[i], func(r *rep, w finding.Won) {
			if before.Stage == standing.Lost {
				r.backs = append(r.backs, w)
			}
			if before.Current {
				r.late = append(r.late, w)
			}
		})
	}
}

func (r *rep) sort() {
	slices.SortFunc(r.days, func(a, b sales.Day) int { return cmp.Compare(a.Date, b.Date) })
	kept := r.days[:0]
	for _, d := range r.days {
		if n := len(kept); n > 0 && kept[n-1].Date == d.Date {
			kept[n-1].Net += d.Net
			continue
		}
		kept = append(kept, d)
	}
	r.days = kept
	slices.SortFunc(r.cold, func(a, b call) int { return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.party, b.party)) })
	slices.Sort(r.calls)
	for _, list := range [][]finding.Won{r.wins, r.backs, r.late} {
		slices.SortFunc(list, func(a, b finding.Won) int {
			return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.CustomerID, b.CustomerID))
		})
	}
}

// Company stands for all reps, and for what no rep stood on, where a rep id is
// asked for.
const Company = "\x00company"

func (l *Ledger) find(id string) *rep {
	if id == Company {
		return &l.company
	}
	if r := l.reps[id]; r != nil {
		return r
	}
	return &rep{}
}

// Sales returns the net sales that a rep stood on in a span.
func (l *Ledger) Sales(id string, in sales.Span) sales.Money {
	days := l.find(id).days
	var sum sales.Money
	for i := sort.Search(len(days), func(i int) bool { return days[i].Date >= in.From }); i < len(days) && days[i].Date <= in.To; i++ {
		sum += days[i].Net
	}
	return sum
}

// Cold counts a rep's cold visits in a span: visits to a party without an earlier
// order. One party counts once; a visit to an unknown one always.
func (l *Ledger) Cold(id string, in sales.Span) int {
	n, seen := 0, map[string]bool{}
	cold := l.find(id).cold
	for i := sort.Search(len(cold), func(i int) bool { return cold[i].date >= in.From }); i < len(cold) && cold[i].date <= in.To; i++ {
		if party := cold[i].party; party == "" || !seen[party] {
			seen[party] = true
			n++
		}
	}
	return n
}

// Visits counts a rep's visits of any kind in a span.
func (l *Ledger) Visits(id string, in sales.Span) int {
	calls := l.find(id).calls
	from, _ := slices.BinarySearch(calls, in.From)
	to, _ := slices.BinarySearch(calls, in.To+1)
	return to - from
}

// Wins returns the new customers of a rep in a span: those whose first order ever
// it stood on.
func (l *Ledger) Wins(id string, in sales.Span) []finding.Won { return within(l.find(id).wins, in) }

// WonBack returns the customers who ordered from the rep in a span after a
// silence that was lost. The span lies within the last 400 days.
func (l *Ledger) WonBack(id string, in sales.Span) []finding.Won { return within(l.find(id).backs, in) }

// Recovered returns the current regulars who ordered from the rep in a span after
// a silence that was overdue or lost. The span lies within the last 400 days.
func (l *Ledger) Recovered(id string, in sales.Span) []finding.Won {
	return within(l.find(id).late, in)
}

func within(list []finding.Won, in sales.Span) []finding.Won {
	from := sort.Search(len(list), func(i int) bool { return list[i].On >= in.From })
	to := sort.Search(len(list), func(i int) bool { return list[i].On > in.To })
	return list[from:to:to]
}

// Count adds up the shares of credit; those that make a whole one make it exactly.
func Count(won []finding.Won) float64 {
	n := 0.0
	for _, w := range won {
		n += w.Share
	}
	return math.Round(n*1e9) / 1e9
}

// NewKnown reports whether new customers of a span can be told from old ones: the
// data reach back far enough before it.
func (l *Ledger) NewKnown(in sales.Span) bool {
	return l.Began != 0 && in.From > l.Began+strangerDays
}

// Worked reports whether a rep did anything in a span: a visit or a sale.
func (l *Ledger) Worked(id string, in sales.Span) bool {
	r := l.find(id)
	i := sort.Search(len(r.days), func(i int) bool { return r.days[i].Date >= in.From })
	return l.Visits(id, in) > 0 || i < len(r.days) && r.days[i].Date <= in.To
}

// FirstVisit is the date of the first visit of anybody, zero if there is none.
func (l *Ledger) FirstVisit() sales.Date {
	if len(l.company.calls) == 0 {
		return 0
	}
	return l.company.calls[0]
}

// ColdCalls counts a rep's cold visits in a span, one party as often as visited.
func (l *Ledger) ColdCalls(id string, in sales.Span) int {
	cold := l.find(id).cold
	from := sort.Search(len(cold), func(i int) bool { return cold[i].date >= in.From })
	return sort.Search(len(cold), func(i int) bool { return cold[i].date > in.To }) - from
}

// FirstSale is the date of the first order that a rep stood on, zero if there is
// none.
func (l *Ledger) FirstSale(id string) sales.Date {
	if days := l.find(id).days; len(days) > 0 {
		return days[0].Date
	}
	return 0
}
