package opportunity

import (
	"cmp"
	"slices"

	"dangol/internal/sales"
	"dangol/internal/stat"
	"dangol/jobs/standing"
)

// market is what all current regulars bought in the last twelve months.
type market struct {
	snapshot *sales.Snapshot
	rules    Rules
	buyers   []buyer
	groups   map[string][]*buyer // segment → its buyers by total; "" holds all
	articles map[string]sales.Product
	last     map[string]sales.Date // product → when anybody bought it last
	launched []launch
}

// buyer is a current regular with what it bought.
type buyer struct {
	*standing.Standing
	active     bool
	total      float64            // net amount of the products it bought
	bought     map[string]float64 // product → net amount, above 0 only
	ever       map[string]bool    // products it ever bought
	categories map[string]float64 // category → net amount
	inCategory map[string]int     // category → products bought of it
	gaps       map[string]float64 // product → median days between purchases, where known
}

// launch is a product new to the company.
type launch struct {
	id, category string
	since        sales.Date
	adopters     int
	share        float64 // median yearly share of their total that its buyers spend on it
}

func newMarket(snapshot *sales.Snapshot, sheet *standing.Sheet, twelve int, rules Rules) *market {
	m := &market{snapshot: snapshot, rules: rules, groups: map[string][]*buyer{}, articles: map[string]sales.Product{}, last: map[string]sales.Date{}}
	for _, p := range snapshot.Products {
		m.articles[p.ID] = p
	}
	for i := range sheet.Customers {
		if s := &sheet.Customers[i]; s.Current {
			if b := m.buyer(s, twelve); b.total > 0 {
				m.buyers = append(m.buyers, b)
			}
		}
	}
	for i := range m.buyers {
		b := &m.buyers[i]
		m.groups[""] = append(m.groups[""], b)
		if b.Customer.Segment != "" {
			m.groups[b.Customer.Segment] = append(m.groups[b.Customer.Segment], b)
		}
	}
	for _, group := range m.groups {
		slices.SortStableFunc(group, func(a, b *buyer) int {
			return cmp.Or(cmp.Compare(a.total, b.total), cmp.Compare(a.Customer.ID, b.Customer.ID))
		})
	}
	m.launches(twelve)
	return m
}

func (m *market) buyer(s *standing.Standing, twelve int) buyer {
	b := buyer{Standing: s, active: s.Stage == standing.Active, bought: map[string]float64{}, ever: map[string]bool{},
		categories: map[string]float64{}, inCategory: map[string]int{}, gaps: map[string]float64{}}
	for _, t := range s.Customer.Turnover {
		if t.ProductID == "" {
			continue
		}
		b.ever[t.ProductID] = b.ever[t.ProductID] || t.First != 0
		if net := t.Sums[twelve].Net.Float(); net != 0 {
			b.bought[t.ProductID] += net
		}
	}
	for id, net := range b.bought {
		if net <= 0 {
			delete(b.bought, id)
		}
	}
	for _, id := range sortedKeys(b.bought) {
		net, category := b.bought[id], m.category(id)
		b.total += net
		b.categories[category] += net
		b.inCategory[category]++
	}
	for _, basket := range s.Customer.Baskets {
		if gap, ok := gapOf(basket, m.snapshot.AsOf); ok {
			b.gaps[basket.ProductID] = gap
		}
	}
	return b
}

func sortedKeys[V any](set map[string]V) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// gapOf is the median number of days between the purchases of the last year.
func gapOf(basket sales.Basket, asOf sales.Date) (float64, bool) {
	var gaps []float64
	var before sales.Date
	for _, d := range basket.Days {
		if d.Net <= 0 || d.Date <= asOf-year {
			continue
		}
		if before != 0 {
			gaps = append(gaps, float64(d.Date-before))
		}
		before = d.Date
	}
	if len(gaps) < leastBought-1 {
		return 0, false
	}
	return stat.Median(gaps), true
}

// launches finds the products first sold within the last days, where the data
// reach far enough back to tell.
func (m *market) launches(twelve int) {
	first, began := map[string]sales.Date{}, cmp.Or(m.snapshot.Began(), m.snapshot.AsOf)
	for i := range m.snapshot.Customers {
		c := &m.snapshot.Customers[i]
		for _, t := range c.Turnover {
			if t.ProductID == "" || t.First == 0 {
				continue
			}
			if at, known := first[t.ProductID]; !known || t.First < at {
				first[t.ProductID] = t.First
			}
			m.last[t.ProductID] = max(m.last[t.ProductID], t.Last)
		}
	}
	for id, since := range first {
		if int(m.snapshot.AsOf-since) >= m.rules.NewDays || since < began+knownBefore {
			continue
		}
		p := launch{id: id, category: m.category(id), since: since}
		p.adopters, p.share = m.adoption(id, since, m.snapshot.Spans[twelve].To)
		m.launched = append(m.launched, p)
	}
	slices.SortFunc(m.launched, func(a, b launch) int { return cmp.Compare(a.id, b.id) })
}

// adoption counts the regulars who buy a new product, and reckons what it is worth
// a year to them, as a share of their total.
func (m *market) adoption(id string, since, through sales.Date) (adopters int, share float64) {
	days := float64(max(leastRunDays, int(through-since)+1))
	var shares []float64
	for i := range m.buyers {
		b := &m.buyers[i]
		if b.ever[id] {
			adopters++
		}
		if net := b.bought[id]; net > 0 {
			shares = append(shares, net*year/days/b.total)
		}
	}
	if len(shares) < leastAdopted {
		return len(shares), 0
	}
	return adopters, stat.Median(shares)
}

// groupOf is the segment that a customer is compared within; the company is empty.
func (m *market) groupOf(b *buyer) string {
	if m.small(b.Customer.Segment) {
		return ""
	}
	return b.Customer.Segment
}

// small reports a segment with too few customers to compare within.
func (m *market) small(segment string) bool { return len(m.groups[segment]) <= m.rules.LeastGroup }

// alive reports whether a product can be proposed: it is sold, and was lately.
func (m *market) alive(id string) bool {
	p, listed := m.articles[id]
	ended := listed && p.DiscontinuedOn != 0 && p.DiscontinuedOn <= m.snapshot.AsOf
	return !ended && m.last[id] > m.snapshot.AsOf-soldLately
}

func (m *market) name(id string) string {
	if p, ok := m.articles[id]; ok && p.Name != "" {
		return p.Name
	}
	return id
}

func (m *market) category(id string) string { return m.articles[id].Category }
