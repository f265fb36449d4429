package sample

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// claim is a complaint. Settled is zero while it is open.
type claim struct {
	customer          string
	received, settled sales.Date
	about             string
}

// complain lets a tenth of the customers complain now and then, and a third of
// the lost ones shortly before they stopped.
func (b *builder) complain() {
	about := []string{"late delivery", "short delivery", "quality", "price", "invoice"}
	for i, a := range b.accounts {
		d := b.dice("claims", i)
		file := func(on sales.Date, settledIn int) {
			c := claim{customer: a.id, received: b.sellingBefore(on), about: about[d.IntN(len(about))]}
			if c.received < a.first {
				return
			}
			if end := b.sellingAfter(c.received + sales.Date(settledIn)); settledIn > 0 && end <= b.AsOf {
				c.settled = end
			}
			b.claims = append(b.claims, c)
		}
		if d.chance(.1) {
			file(a.first+sales.Date(d.Float64()*float64(a.last-a.first)), 1+d.IntN(20))
		}
		if a.angry {
			file(a.last-d.days(1, 10), d.IntN(2)*25)
		}
	}
	slices.SortStableFunc(b.claims, func(x, y claim) int { return cmp.Compare(x.received, y.received) })
}

// target is what a rep should sell in a month, in won.
type target struct {
	rep    string
	month  sales.Date // its first day
	amount int64
}

// setTargets asks every rep, from two years ago to next month, for about what
// the customers of the book bought in a month of the half year before.
func (b *builder) setTargets() {
	sold := b.soldByMonth()
	_, _, day := b.AsOf.Time().Date()
	thisMonth := b.AsOf - sales.Date(day-1)
	for back := 24; back >= -1; back-- {
		month := thisMonth.AddMonths(-back)
		for rep := range sellers {
			p := b.people[rep]
			if p.hired > month.AddMonths(1)-1 || p.retired != 0 && p.retired < month {
				continue
			}
			mean := b.bookMean(rep, max(month, p.hired), month, sold)
			amount := int64(math.Round(mean*.97/100_000)) * 100_000
			b.targets = append(b.targets, target{p.id, month, max(amount, 1_000_000)})
		}
	}
}

// monthOf numbers the months.
func monthOf(d sales.Date) int {
	y, m, _ := d.Time().Date()
	return y*12 + int(m)
}

// soldByMonth sums the counted orders by customer and month.
func (b *builder) soldByMonth() map[string]map[int]int64 {
	sold := map[string]map[int]int64{}
	for _, o := range b.orders {
		if o.status == "cancelled" || o.noDate {
			continue
		}
		if sold[o.customer] == nil {
			sold[o.customer] = map[int]int64{}
		}
		for _, l := range o.lines {
			if o.returned {
				l.amount = -l.amount
			}
			sold[o.customer][monthOf(o.date)] += l.amount
		}
	}
	return sold
}

// bookMean is the mean monthly sales, over the six months before month, of the
// customers that the rep answers for on a day.
func (b *builder) bookMean(rep int, on, month sales.Date, sold map[string]map[int]int64) float64 {
	var total int64
	for _, a := range b.accounts {
		if a.owner(on) != rep {
			continue
		}
		for back := 1; back <= 6; back++ {
			total += sold[a.id][monthOf(month.AddMonths(-back))]
		}
	}
	return float64(total) / 6
}

// seasoned reports whether a customer has bought for long enough to show a
// habit: most of a year, and some fourteen orders or nearly all of the history.
func (b *builder) seasoned(a *account) bool {
	return float64(b.AsOf-a.first) >= max(300, min(56+14*a.gap, 1000))
}

// report writes down what was planted.
func (b *builder) report() {
	for _, a := range b.accounts {
		switch {
		case a.plant != "":
			b.Truth.Cases = append(b.Truth.Cases, b.caseOf(a))
		case a.trial && a.last < b.AsOf:
			b.Truth.Tried = append(b.Truth.Tried, a.id)
		case !a.trial && b.seasoned(a):
			b.Truth.Healthy = append(b.Truth.Healthy, a.id)
		}
	}
	slices.SortStableFunc(b.Truth.Cases, func(x, y Case) int { return cmp.Compare(x.Kind, y.Kind) })
}

// causes are why a customer stopped: what was planted as its cause, or what its
// case brought along.
func (a *account) causes() []string {
	var list []string
	if a.cause != "" {
		return append(list, a.cause)
	}
	if a.plant == Seasonal {
		list = append(list, finding.Season)
	}
	if a.angry {
		list = append(list, finding.Service)
	}
	if a.visits.never.from != 0 {
		list = append(list, finding.Coverage)
	}
	return list
}

func (b *builder) caseOf(a *account) Case {
	c := Case{Kind: a.plant, CustomerID: a.id, Gap: a.gap, Causes: a.causes()}
	switch a.plant {
	case Lost, Overdue:
		c.Began = a.last
	case Recovered:
		c.Began, c.Ended = a.silence.from, a.silence.to
	case Declining:
		c.Began = max(a.smaller.from, a.slower.from)
	case Dropped:
		k := a.basket[a.dropped]
		c.Began, c.ProductID = k.until, b.items[k.item].code
	case Neglected:
		c.Began = a.visits.until
	case Seasonal:
		c.Began = a.first
	}
	c.RepID = b.people[a.owner(c.Began)].id
	return c
}
