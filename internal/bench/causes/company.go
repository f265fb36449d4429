package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"dangol/internal/sales"
)

// The made company: so many customers in so many segments buy so many products
// in so many categories, over so many days.
const (
	customers, segments, products, categories, reps = 240, 6, 42, 7, 8
	historyDays                                     = 3 * 365
	visitDays                                       = 2 * 365
)

// account is a customer with its habits, and what was planted in it.
type account struct {
	id, name, segment string
	rep               int
	first, stop       sales.Date // stop: the last order, or 0 for who goes on
	begun             bool       // began as the second id of another
	gap               float64
	shape             int
	rests             []span
	basket            []pick
	worth             float64 // usual order
	discount          float64
	dearer            change // its own prices
	slower            change
	visitEvery        float64
	unvisited         span
	thinned           change
	complaints        []sales.Complaint
	returns           []sales.Date
	truth             []string // the planted causes; none: nothing planted
	group             group
}

// group is a set of scenarios.
type group int

const (
	none    group = iota
	single        // one cause
	decoyed       // one cause, and something mild that points elsewhere
	mixed         // two causes
)

// pick is a product that a customer buys.
type pick struct {
	product int
	chance  float64 // to be in an order
	share   float64 // of an order
	until   sales.Date
}

// span is a time, both ends included.
type span struct{ from, to sales.Date }

func (s span) holds(d sales.Date) bool { return s.from != 0 && d >= s.from && d <= s.to }

// change multiplies something from a date on.
type change struct {
	from   sales.Date
	factor float64
}

func (c change) at(d sales.Date) float64 {
	if c.from == 0 || d < c.from {
		return 1
	}
	return c.factor
}

// article is a product with the changes of its list price.
type article struct {
	category string
	price    float64
	changes  []change
	ended    sales.Date // discontinued
	silently bool       // and the products relation does not say so
}

func (a *article) priceOn(d sales.Date) float64 {
	p := a.price
	for _, c := range a.changes {
		p *= c.at(d)
	}
	return p
}

// company is a made company.
type company struct {
	dice
	asOf     sales.Date
	accounts []*account
	articles []article
	leave    [reps][]span
	unlogged span    // nobody's visits were logged
	lost     span    // of these days' orders, a share is missing in the data
	missing  float64 // the share
	shrunk   string  // the segment that falls
}

// dice is a stream of chance.
type dice struct{ *rand.Rand }

func (d dice) between(low, high float64) float64 { return low + (high-low)*d.Float64() }
func (d dice) days(low, high int) sales.Date     { return sales.Date(low + d.IntN(high-low+1)) }
func (d dice) chance(p float64) bool             { return d.Float64() < p }

// erlang is a waiting time of the given mean.
func (d dice) erlang(shape int, mean float64) float64 {
	product := 1.0
	for range shape {
		product *= 1 - d.Float64()
	}
	return -math.Log(product) * mean / float64(shape)
}

// around is a lognormal factor of median 1.
func (d dice) around(sigma float64) float64 { return math.Exp(sigma * d.NormFloat64()) }

// found makes a company with its habits, before anything is planted.
func found(seed uint64) *company {
	c := &company{dice: dice{rand.New(rand.NewPCG(seed, 0xda7901))}}
	c.asOf = sales.NewDate(2025, 3, 1) + c.days(0, 364)
	for i := range products {
		a := article{category: fmt.Sprintf("category %d", i%categories), price: math.Round(100*c.between(2, 90)) / 100}
		for day := c.asOf - historyDays + c.days(0, 400); day < c.asOf; day += c.days(200, 600) {
			factor := 1 + c.between(.01, .09)
			if c.chance(.2) {
				factor = 1 - c.between(.01, .05)
			}
			a.changes = append(a.changes, change{day, factor})
		}
		if c.chance(.05) {
			a.ended = c.asOf - c.days(20, 600)
		}
		c.articles = append(c.articles, a)
	}
	for r := range reps {
		for day := c.asOf - visitDays; day < c.asOf; day += c.days(120, 240) {
			c.leave[r] = append(c.leave[r], span{day, day + c.days(5, 22)})
		}
	}
	if c.chance(.15) {
		c.unlogged = span{c.asOf - c.days(50, 130), c.asOf}
	}
	for i := range customers {
		c.accounts = append(c.accounts, c.open(i))
	}
	return c
}

// open makes a customer.
func (c *company) open(i int) *account {
	a := &account{
		id: fmt.Sprintf("C%04d", i+1), name: fmt.Sprintf("Customer number %d", i+1), segment: fmt.Sprintf("segment %d", c.IntN(segments)),
		rep: c.IntN(reps), gap: math.Exp(c.between(math.Log(6), math.Log(36))), shape: 3 + c.IntN(5),
		worth: 400 * c.around(.6), discount: c.between(0, .15), visitEvery: c.between(18, 55),
	}
	a.first = c.asOf - historyDays + sales.Date(c.Float64()*a.gap)
	if c.chance(.35) {
		a.first = c.asOf - c.days(200, historyDays-100)
	}
	order := c.Perm(products)
	for n, p := range order[:1+c.IntN(6)] {
		k := pick{product: p, chance: c.between(.25, .9), share: c.between(.4, 1.6)}
		if n == 0 {
			k.chance = c.between(.85, 1)
		}
		a.basket = append(a.basket, k)
	}
	if c.chance(.25) { // it once left for reasons of its own, or will
		if stop := c.asOf - c.days(0, 900); stop > a.first+200 && c.chance(.4) {
			a.stop = stop
		}
	}
	for day := a.first; day < c.asOf; day += c.days(1, 365) {
		if c.chance(.06) {
			a.complaints = append(a.complaints, sales.Complaint{Opened: day, Closed: day + c.days(1, 40)})
		}
	}
	if c.chance(.06) {
		a.dearer = change{c.asOf - c.days(10, 700), 1 + c.between(-.04, .08)}
	}
	return a
}

// snapshot writes the company down as the program reads it.
func (c *company) snapshot() *sales.Snapshot {
	s := &sales.Snapshot{AsOf: c.asOf, DataThrough: c.asOf, HasProducts: true, Has: map[sales.Relation]bool{
		sales.OrderLines: true, sales.Customers: true, sales.Products: true, sales.Visits: true, sales.Complaints: true}}
	for i := range c.articles {
		p := sales.Product{ID: fmt.Sprintf("P%02d", i), Name: fmt.Sprintf("product %d", i), Category: c.articles[i].category}
		if !c.articles[i].silently {
			p.DiscontinuedOn = c.articles[i].ended
		}
		s.Products = append(s.Products, p)
	}
	slices.SortFunc(c.accounts, func(a, b *account) int { return strings.Compare(a.id, b.id) })
	for _, a := range c.accounts {
		if a.first <= c.asOf {
			s.Customers = append(s.Customers, c.customer(a))
		}
	}
	return s
}

func (c *company) customer(a *account) sales.Customer {
	w := &ledger{company: c, account: a, days: map[sales.Date]sales.Money{}, items: map[int]map[sales.Date]sales.Purchase{}}
	w.orders()
	for _, day := range a.returns {
		w.giveBack(day, c.between(.3, 1))
	}
	customer := sales.Customer{ID: a.id, Name: a.name, Segment: a.segment, RepID: fmt.Sprintf("R%d", a.rep), Listed: true,
		Days: w.sorted(), Baskets: w.baskets(), Visits: c.visits(a)}
	for _, x := range a.complaints {
		if x.Opened <= c.asOf {
			if x.Closed > c.asOf {
				x.Closed = 0
			}
			customer.Complaints = append(customer.Complaints, x)
		}
	}
	slices.SortFunc(customer.Complaints, func(x, y sales.Complaint) int { return int(x.Opened - y.Opened) })
	return customer
}

// visits are those that were made and logged.
func (c *company) visits(a *account) []sales.Visit {
	var list []sales.Visit
	until := c.asOf
	if a.stop != 0 && c.chance(.5) {
		until = min(until, a.stop+c.days(20, 120))
	}
	day := max(a.first, c.asOf-visitDays) + sales.Date(c.Float64()*a.visitEvery)
	for ; day <= until; day += 1 + sales.Date(a.visitEvery*a.thinned.at(day)*c.between(.6, 1.4)) {
		away := slices.ContainsFunc(c.leave[a.rep], func(s span) bool { return s.holds(day) })
		if a.unvisited.holds(day) || c.unlogged.holds(day) || away || c.chance(.08) {
			continue
		}
		list = append(list, sales.Visit{Date: day, RepID: fmt.Sprintf("R%d", a.rep), CustomerID: a.id, Kind: "visit"})
	}
	return list
}
