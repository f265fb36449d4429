package dropped

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// Shelf is what the company's customers buy, ready to be asked.
type Shelf struct {
	snapshot  *sales.Snapshot
	sheet     *standing.Sheet
	rules     Rules
	product   map[string]sales.Product
	standings []*standing.Standing // by customer id
	orders    [][]sales.Date       // of each of standings
	products  *level
	learned   *Learned // on another night, or nil
}

// Stock reads the histories with products out of a snapshot; nil where the
// source has no products.
func Stock(snapshot *sales.Snapshot, sheet *standing.Sheet, rules Rules) *Shelf {
	return StockWith(snapshot, sheet, rules, nil)
}

// StockWith is Stock with what was learned on another night; nil learns.
func StockWith(snapshot *sales.Snapshot, sheet *standing.Sheet, rules Rules, learned *Learned) *Shelf {
	if !snapshot.HasProducts {
		return nil
	}
	s := shelfOf(snapshot, sheet, rules)
	s.learned = learned
	var known *habits
	if learned != nil {
		known = &learned.products
	}
	s.products = s.level(func(product string) string { return product }, known)
	return s
}

func shelfOf(snapshot *sales.Snapshot, sheet *standing.Sheet, rules Rules) *Shelf {
	s := &Shelf{snapshot: snapshot, sheet: sheet, rules: rules, product: map[string]sales.Product{}}
	for _, p := range snapshot.Products {
		s.product[p.ID] = p
	}
	for i := range sheet.Customers {
		s.standings = append(s.standings, &sheet.Customers[i])
	}
	slices.SortFunc(s.standings, func(a, b *standing.Standing) int { return cmp.Compare(a.Customer.ID, b.Customer.ID) })
	for _, who := range s.standings {
		s.orders = append(s.orders, sheet.History(who.Customer).Days)
	}
	return s
}

// Learned is what a company's customers teach about how products are bought and
// dropped: a replay of many nights need not learn it anew for each.
type Learned struct{ products, categories habits }

// habits is what is learned under one naming of what is bought.
type habits struct {
	prior  beta    // of the share of orders that hold it
	tail   tail    // how pauses last and end
	hazard float64 // rate at which pairs end, per day
}

// item names a product.
func (s *Shelf) item(id string) Item {
	p, ok := s.product[id]
	if !ok || p.Name == "" {
		return Item{ID: id, Name: id, Category: p.Category}
	}
	return Item{ID: id, Name: p.Name, Category: p.Category}
}

// discontinued returns the date from which a product is not sold any more; zero
// while it is.
func (s *Shelf) discontinued(product string) sales.Date {
	if d := s.product[product].DiscontinuedOn; d <= s.sheet.AsOf {
		return d
	}
	return 0
}

// level is every pair of the company under one naming of what is bought, with
// what they teach together.
type level struct {
	shelf *Shelf
	pairs []pair // by customer and key
	byKey map[string][]int
	habits
	own      map[string]beta
	pauses   []pauses  // of each of pairs
	outlooks []outlook // of each of pairs
	indexes  map[string]*index
	global   *index
}

// level reads the pairs under one naming, and learns from them what is not known.
func (s *Shelf) level(keyOf func(string) string, known *habits) *level {
	l := &level{shelf: s, byKey: map[string][]int{}, own: map[string]beta{}, indexes: map[string]*index{}}
	for i, who := range s.standings {
		l.pairs = append(l.pairs, pairsOf(who, s.orders[i], keyOf)...)
	}
	for i := range l.pairs {
		key := l.pairs[i].key
		l.byKey[key] = append(l.byKey[key], i)
	}
	if known != nil {
		l.habits = *known
	} else {
		l.prior = fitBeta(l.pairs)
	}
	for key, pairs := range l.byKey {
		l.own[key] = l.prior.own(l.pairs, pairs)
	}
	l.readPauses()
	if known == nil {
		l.fit()
	}
	l.indexMarket()
	return l
}

// belief is the distribution of the share of orders that hold it, as learned
// between the first and the last of them.
func (l *level) belief(p *pair) beta {
	h, m := p.between()
	return l.own[p.key].after(float64(h), float64(m))
}

const (
	// fitRounds is how often pauses and ends are told apart anew.
	fitRounds = 3
	// hazardLow … hazardHigh in so many steps are the rates of dropping that are
	// tried, evenly in logarithms.
	hazardLow, hazardHigh = 1e-5, .02
	hazardSteps           = 25
	// usualHazard is the rate, one pair in thirty a year, at which pairs end where
	// there is little to learn from; it weighs as much as so many that ended: in a
	// small company perhaps none has.
	usualHazard, usualEnds = 1e-4, 3
	// longestRun bounds the later orders that the fit looks at.
	longestRun = 300
)

// readPauses sees each pair's own pauses in the light of what is known of all.
func (l *level) readPauses() {
	for i := range l.pairs {
		l.pauses = append(l.pauses, l.pausesOf(&l.pairs[i]))
	}
	l.outlooks = make([]outlook, len(l.pairs))
	l.learn(l.tail)
}

// fit learns how long pauses last and how often pairs end. A pause that is still
// open counts as far as it is one: with the probability that the pair has not
// ended, which the fit itself says.
func (l *level) fit() {
	l.hazard = math.Sqrt(hazardLow * hazardHigh)
	l.learn(usualTail)
	for range fitRounds {
		l.learn(l.fitTail())
		l.fitHazard()
	}
}

func (l *level) learn(t tail) {
	l.tail = t
	for i := range l.pairs {
		l.outlooks[i] = t.outlookOf(&l.pauses[i])
	}
}

func (l *level) fitTail() tail {
	if len(l.pairs) < leastPairs {
		return usualTail
	}
	g, long, runs := &ledger{}, 0.0, 0.0
	for i := range l.pairs {
		s := &l.pauses[i]
		for _, orders := range s.beyond {
			g.add(&g.ended, s, orders, 1)
		}
		long, runs = long+float64(len(s.beyond)), runs+s.runs
		if later := float64(l.pairs[i].later()); later >= float64(s.limit()) {
			g.add(&g.open, s, later-float64(s.limit()), 1-l.odds(i, later))
		}
	}
	return fitTail(g.cells(), long, runs)
}

// fitHazard finds the rate, per day, at which pairs end: the most likely one where
// all end at the same. It is the drop-out of a beta-geometric/beta-Bernoulli model
// (Fader, Hardie & Shang, Marketing Science 29(6), 2010) in days, since a customer
// who orders twice as often does not drop products twice as often.
func (l *level) fitHazard() {
	if len(l.pairs) < leastPairs {
		return
	}
	var sums, hazards [hazardSteps]float64
	for k := range hazards {
		hazards[k] = hazardLow * math.Pow(hazardHigh/hazardLow, float64(k)/(hazardSteps-1))
	}
	for i := range l.pairs {
		p := &l.pairs[i]
		later := min(p.later(), longestRun)
		lasts := l.outlooks[i].curve(later, 1)
		pace, span := p.pace(), float64(p.orders[p.last()]-p.orders[p.first()])
		for k, hazard := range hazards {
			gone, alive := ended(hazard*pace, lasts)
			sums[k] += math.Log(gone+alive) - hazard*span
		}
	}
	for k, hazard := range hazards {
		sums[k] += usualEnds * (math.Log(hazard) - hazard/usualHazard)
	}
	best := 0
	for k := range sums {
		if sums[k] > sums[best] {
			best = k
		}
	}
	l.hazard = hazards[best]
}

// ended weighs the two explanations of a pause of len(lasts)−1 orders: the pair
// ended within it, or it did not and pauses; lasts are the odds of such pauses,
// hazard is the rate of ending per order.
func ended(hazard float64, lasts []float64) (gone, alive float64) {
	stay, last := 1.0, len(lasts)-1
	next := math.Exp(-hazard)
	for _, p := range lasts[:last] {
		gone += stay * (1 - next) * p
		stay *= next
	}
	return gone, stay * lasts[last]
}

// odds returns P(the ith pair has ended), from a pause worth so many orders.
func (l *level) odds(i int, exposure float64) float64 {
	later := min(l.pairs[i].later(), longestRun)
	gone, alive := ended(l.hazard*l.pairs[i].pace(), l.outlooks[i].curve(later, exposure/float64(max(1, later))))
	if gone+alive == 0 {
		return 1
	}
	return gone / (gone + alive)
}

const (
	// blockDays is the width of a block of the market index.
	blockDays = 28
	// blocks is how far back the market index reaches: two years.
	blocks = 26
)

// index is what the buyers of a product bought of it in each block of 28 days
// back from the as-of date, in orders, and what they would have by their own
// shares.
type index struct{ seen, expected [blocks]float64 }

func (x *index) add(p *pair, share float64, asOf sales.Date, sign float64) {
	at := 1
	for i := p.first() + 1; i < len(p.orders); i++ {
		block := int(asOf-p.orders[i]) / blockDays
		for at < len(p.held) && p.held[at] < i {
			at++
		}
		if block >= blocks {
			continue
		}
		x.expected[block] += sign * share
		if at < len(p.held) && p.held[at] == i {
			x.seen[block] += sign
		}
	}
}

// doubt is how many standard deviations of chance (Poisson) are taken for the
// customer: the more, the nearer to 1 the index of few buyers stays.
const doubt = .3

// ratio is the index in one block.
func (x *index) ratio(block int) float64 {
	expected := max(x.expected[block], 1)
	return (max(x.seen[block], 0) + doubt*math.Sqrt(expected)) / expected
}

func (l *level) indexMarket() {
	l.global = &index{}
	asOf := l.shelf.sheet.AsOf
	for i := range l.pairs {
		p := &l.pairs[i]
		x := l.indexes[p.key]
		if x == nil {
			x = &index{}
			l.indexes[p.key] = x
		}
		share := l.belief(p).mean()
		x.add(p, share, asOf, 1)
		l.global.add(p, share, asOf, 1)
	}
}

// exposure is the number of later orders in which the product was to be
// expected as usual: an order in a time in which its other buyers bought less of
// it than buyers of other products did of theirs counts for less.
func (l *level) exposure(p *pair) float64 {
	m := float64(p.later())
	if l.shelf.rules.Control {
		m = 0
		others := *l.indexes[p.key]
		others.add(p, l.belief(p).mean(), l.shelf.sheet.AsOf, -1)
		for _, date := range p.orders[p.last()+1:] {
			block := int(l.shelf.sheet.AsOf-date) / blockDays
			if block >= blocks {
				continue
			}
			m += min(1, others.ratio(block)/l.global.ratio(block))
		}
	}
	return m / p.stretch
}

// suspect is a pair that looks dropped.
type suspect struct {
	*pair
	at         int // among the level's pairs
	p, q, odds float64
	// exposure is the number of later orders, each weighted with how far the
	// product was to be expected in it.
	exposure float64
}

// suspects tests every regular pair of a customer who still buys and returns
// those that look dropped. What was last bought a year ago is history.
func (l *level) suspects() (found []suspect, tested int) {
	var all []suspect
	for i := range l.pairs {
		p := &l.pairs[i]
		old := l.shelf.sheet.AsOf-p.orders[p.last()] >= year
		if len(p.held) < l.shelf.rules.Purchases || old || !buying(p.standing) {
			continue
		}
		m := l.exposure(p)
		all = append(all, suspect{pair: p, at: i, exposure: m, p: l.outlooks[i].lasts(m)})
	}
	ps := make([]float64, len(all))
	for i, s := range all {
		ps[i] = s.p
	}
	adjusted := adjust(ps)
	for i, s := range all {
		if s.q = adjusted[i]; s.q > l.shelf.rules.FalseShare || !l.overdue(s.pair) {
			continue
		}
		if s.odds = l.odds(s.at, s.exposure); s.odds >= l.shelf.rules.LeastOdds {
			found = append(found, s)
		}
	}
	return found, len(all)
}

// buying reports whether a customer is a regular who buys by its habit.
func buying(s *standing.Standing) bool {
	return s.Current && (s.Stage == standing.Active || s.Stage == standing.Declining)
}

// adjust returns each p-value's q: the least share of false ones at which
// Benjamini and Hochberg's procedure rejects it.
func adjust(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(ps[a], ps[b]), cmp.Compare(a, b)) })
	adjusted, least := make([]float64, len(ps)), 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = min(least, ps[i]*float64(len(ps))/float64(rank))
		adjusted[i] = least
	}
	return adjusted
}

// overdue reports whether the pause is longer than chance and habit explain,
// in days and in orders.
func (l *level) overdue(p *pair) bool {
	r, days := l.shelf.rules, float64(l.shelf.sheet.AsOf-p.orders[p.last()])
	switch {
	case p.later() < r.LeastLater, p.standing.Customer.UnreadSince(p.orders[p.last()]):
		return false
	case days <= max(r.LeastGaps*p.gap(), float64(r.LeastDays))*p.stretch:
		return false
	}
	return !r.Season || !p.seasonal(l.shelf.sheet.AsOf)
}

const (
	// sameTime moves a date to the same weekday a year ago.
	sameTime = 364
	// before and since bound what is compared: so many days of it before the pause,
	// and so many orders in the pause, a year ago.
	knownBefore, leastThen = 28, 3
)

// seasonal reports whether it was not bought at this time last year either.
func (p *pair) seasonal(asOf sales.Date) bool {
	from, to := p.orders[p.last()]+1-sameTime, asOf-sameTime
	if to >= p.orders[p.last()] || p.orders[p.first()] > from-knownBefore {
		return false
	}
	then := 0
	for i, date := range p.orders {
		switch {
		case date < from || date > to:
		case slices.Contains(p.held, i):
			return false
		default:
			then++
		}
	}
	return then >= leastThen
}
