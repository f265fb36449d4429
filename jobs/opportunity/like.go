package opportunity

// like are the customers to compare one with: of its segment, or of the company
// where that has too few, and of similar size. It moves up a group from the smallest
// to the largest customer: who is too small leaves, who is small enough enters, and
// nobody is looked at anew for each. The customer itself is one of them until it is
// left out.
type like struct {
	group    []*buyer // by total
	from, to int
	factor   float64
	traits   map[string]*trait // by product
	products []string          // their ids, ascending
	breadths *bag              // products bought
}

// trait is what those who buy a product spend on it, and how often.
type trait struct {
	shares, ofCategory *bag // of their totals: of the product, and of its category
	gaps, gapShares    *bag // of those whose gap is known
}

func (m *market) newLike(group []*buyer) *like {
	type numbers struct{ shares, ofCategory, gaps, gapShares []float64 }
	all, breadths := map[string]*numbers{}, []float64{}
	for _, b := range group {
		breadths = append(breadths, float64(len(b.bought)))
		for id, net := range b.bought {
			n := all[id]
			if n == nil {
				n = &numbers{}
				all[id] = n
			}
			n.shares, n.ofCategory = append(n.shares, net/b.total), append(n.ofCategory, b.categories[m.category(id)]/b.total)
			if gap, known := b.gaps[id]; known {
				n.gaps, n.gapShares = append(n.gaps, gap), append(n.gapShares, net/b.total)
			}
		}
	}
	l := &like{group: group, factor: m.rules.SizeFactor, traits: map[string]*trait{}, breadths: newBag(breadths)}
	for id, n := range all {
		l.traits[id] = &trait{newBag(n.shares), newBag(n.ofCategory), newBag(n.gaps), newBag(n.gapShares)}
	}
	l.products = sortedKeys(l.traits)
	return l
}

// moveTo makes the customers like one of them; each is at least as large as the one
// before.
func (l *like) moveTo(m *market, b *buyer) {
	for ; l.to < len(l.group) && l.group[l.to].total <= b.total*l.factor; l.to++ {
		l.count(m, l.group[l.to], 1)
	}
	for ; l.group[l.from].total < b.total/l.factor; l.from++ {
		l.count(m, l.group[l.from], -1)
	}
}

// count lets a customer enter, or with -1 leave.
func (l *like) count(m *market, b *buyer, times int32) {
	l.breadths.add(float64(len(b.bought)), times)
	for id, net := range b.bought {
		t := l.traits[id]
		t.shares.add(net/b.total, times)
		t.ofCategory.add(b.categories[m.category(id)]/b.total, times)
		if gap, known := b.gaps[id]; known {
			t.gaps.add(gap, times)
			t.gapShares.add(net/b.total, times)
		}
	}
}

// size is how many they are.
func (l *like) size() int { return l.breadths.n }
