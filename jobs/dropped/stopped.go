package dropped

import (
	"cmp"
	"slices"

	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// stoppedBelow is P(so many later orders without it | bought as before) below
// which a product counts as stopped, where the customer is looked at by itself.
const stoppedBelow = .05

// Stop is a regular product of a customer that stopped before a date.
type Stop struct {
	Drop
	Discontinued sales.Date // zero: it is still sold
	Buyers       int        // other regular buyers of the last year who still order something
	Gone         int        // of them, those who stopped it too
}

// Stopped returns the regular products that a customer had stopped buying before
// the date of its last order, or of the day on which it began to buy less, or
// whose sale ended by then; the largest first. Orders after the date are not
// looked at. It is evidence about a customer that is silent or declining, where
// nothing else is tested: a single test, not a night's.
func (s *Shelf) Stopped(who *standing.Standing, before sales.Date) []Stop {
	if s == nil {
		return nil
	}
	var stops []Stop
	for i, p := range s.products.of(who.Customer.ID) {
		at := s.products.first(who.Customer.ID) + i
		cut := *p
		for len(cut.orders) > 0 && cut.orders[len(cut.orders)-1] > before {
			cut.orders = cut.orders[:len(cut.orders)-1]
		}
		if len(cut.held) < s.rules.Purchases || cut.last() >= len(cut.orders) {
			continue
		}
		ended := s.discontinued(p.key)
		lasts := s.products.outlooks[at].lasts(float64(cut.later()) / cut.stretch)
		if lasts >= stoppedBelow && (ended == 0 || ended > before) {
			continue
		}
		d := s.drop(&cut, lasts, 1-lasts)
		d.Item, d.Products = s.item(p.key), []string{p.key}
		stop := Stop{Drop: d, Discontinued: ended}
		stop.Buyers, stop.Gone = s.products.others(at)
		stops = append(stops, stop)
	}
	slices.SortStableFunc(stops, func(a, b Stop) int { return cmp.Compare(b.Yearly, a.Yearly) })
	return stops
}

// others counts the other regular buyers of a pair's product, and those who
// stopped it.
func (l *level) others(at int) (buyers, gone int) {
	f := l.follow(l.pairs[at].key)
	for i, other := range f.buyers {
		if other == at {
			continue
		}
		buyers++
		if f.lasts[i] < stoppedBelow {
			gone++
		}
	}
	return buyers, gone
}
