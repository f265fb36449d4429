package dropped

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"dangol/internal/sales"
	"dangol/internal/stat"
)

// Loss is a product that lost its buyers.
type Loss struct {
	Item         Item
	Discontinued sales.Date // zero: it is still sold
	Buyers       int        // regular buyers of the last year who still buy from the company
	Stopped      []Drop     // those who stopped, largest yearly amount first
	Since        sales.Date // median of the last orders of those who stopped
	Yearly       sales.Money
	AtRisk       sales.Money // Yearly of those whom nothing replaced it for, weighted with the odds
	PValue       float64     // P(so many stopped, if it were as with most products)
}

// Switched counts those who replaced it by another product of its category.
func (l *Loss) Switched() int {
	n := 0
	for _, d := range l.Stopped {
		if len(d.Switched) > 0 {
			n++
		}
	}
	return n
}

// following is one product's regular buyers of the last year who still buy from
// the company.
type following struct {
	key     string
	buyers  []int     // of the level's pairs
	lasts   []float64 // P(a pause as long as the present one), of each
	stopped float64   // share of them that stopped: the most likely one
	p       float64   // P(so large a share, if it were the usual one)
}

// emSteps bounds the search for the most likely share.
const emSteps = 40

// share is the most likely share of buyers who stopped, each of whom either
// stopped or is in a pause that would last so long by its outlook; a buyer of
// today has not stopped.
func (f *following) share() float64 {
	share := .5
	for range emSteps {
		sum := 0.0
		for _, lasts := range f.lasts {
			sum += gone(share, lasts)
		}
		share = sum / float64(max(1, len(f.lasts)))
	}
	return share
}

// gone is P(a buyer stopped), where so large a share did.
func gone(share, lasts float64) float64 {
	if lasts >= 1 || share <= 0 {
		return 0
	}
	return share / (share + (1-share)*lasts)
}

// logLikelihood is ln P(the present pauses), where so large a share stopped.
func (f *following) logLikelihood(share float64) float64 {
	sum := 0.0
	for _, lasts := range f.lasts {
		if lasts >= 1 {
			sum += math.Log1p(-share)
			continue
		}
		sum += math.Log(share + (1-share)*lasts)
	}
	return sum
}

const (
	// waitShare and waitP are from what share of stopped buyers, and how unlikely
	// one, nobody is told of a single customer who stopped: it is not known yet
	// whether the product is losing its buyers.
	waitShare, waitP = .25, .01
)

// losses returns the products that lost their buyers, most money first; those that
// may be losing them; and how many, of how many judged, are not bought as before,
// be it for their season.
func (l *level) losses() (losses []Loss, unsure map[string]bool, broke, judged int) {
	all := l.followings()
	usual := usualShare(all)
	for i := range all {
		f := &all[i]
		f.p = 1
		if f.stopped > usual { // a likelihood ratio test with one degree of freedom, one-sided
			f.p = math.Erfc(math.Sqrt(max(0, f.logLikelihood(f.stopped)-f.logLikelihood(usual)))) / 2
		}
	}
	slices.SortFunc(all, func(a, b following) int { return cmp.Or(cmp.Compare(a.p, b.p), cmp.Compare(a.key, b.key)) })
	ps := make([]float64, len(all))
	for i := range all {
		ps[i] = all[i].p
	}
	adjusted := adjust(ps)
	unsure = map[string]bool{}
	for i, f := range all {
		if f.stopped >= waitShare && f.p <= waitP {
			broke++
			unsure[f.key] = l.fell(f.key)
		}
		switch {
		case f.stopped < l.shelf.rules.Stopped:
		case l.shelf.discontinued(f.key) != 0, adjusted[i] <= l.shelf.rules.LossShare && l.fell(f.key):
			losses = append(losses, l.loss(f))
		}
	}
	slices.SortStableFunc(losses, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(b.AtRisk, a.AtRisk), cmp.Compare(a.Item.ID, b.Item.ID))
	})
	return losses, unsure, broke, len(all)
}

const (
	// lately and yearAgo are the blocks in which a product's sales of now and of the
	// same time last year are compared.
	lately, yearAgo = 2, 13
	// leastExpected is how many purchases are to be expected last year for a
	// comparison.
	leastExpected = 5
	// sellsLess is the share of what its buyers' habits let expect below which a
	// product sells less, outOfSeason the same at this time last year: then nobody
	// can tell yet.
	sellsLess, outOfSeason = .55, .5
)

// fell reports whether a product sells less than its buyers' usual shares let
// expect, and than at the same time last year: else it is the season. An unknown
// last year counts as a usual one.
func (l *level) fell(key string) bool {
	if !l.shelf.rules.Season {
		return true
	}
	x := l.indexes[key]
	var seen, expected, seenThen, expectedThen float64
	for i := range lately {
		seen, expected = seen+x.seen[i], expected+x.expected[i]
		seenThen, expectedThen = seenThen+x.seen[yearAgo+i], expectedThen+x.expected[yearAgo+i]
	}
	if expected == 0 {
		return true
	}
	now := seen / expected
	if expectedThen < leastExpected {
		return now < sellsLess
	}
	then := seenThen / expectedThen
	return now < sellsLess && then >= outOfSeason && now < (1-l.shelf.rules.Stopped)*then
}

// leastStopped … mostStopped is the share of buyers who stopped a product of the
// last year's that is usual in any company: where few products are sold, the one
// in the middle may have lost its buyers itself.
const leastStopped, mostStopped = .02, .2

// usualShare is the share of buyers who stopped the product in the middle: half
// the products fare better.
func usualShare(all []following) float64 {
	shares := make([]float64, len(all))
	for i := range all {
		shares[i] = all[i].stopped
	}
	slices.Sort(shares)
	if len(shares) == 0 {
		return leastStopped
	}
	return clamp(shares[(len(shares)-1)/2], leastStopped, mostStopped)
}

// followings returns the products with enough buyers.
func (l *level) followings() []following {
	var all []following
	for _, key := range slices.Sorted(maps.Keys(l.byKey)) {
		f := l.follow(key)
		if len(f.buyers) >= l.shelf.rules.Buyers {
			f.stopped = clamp(f.share(), 0, .999)
			all = append(all, f)
		}
	}
	return all
}

// follow gathers one product's buyers.
func (l *level) follow(key string) following {
	f := following{key: key}
	for _, at := range l.byKey[key] {
		p := &l.pairs[at]
		last := p.orders[p.last()]
		if len(p.held) < l.shelf.rules.Purchases || !buying(p.standing) || l.shelf.sheet.AsOf-last >= year {
			continue
		}
		f.buyers = append(f.buyers, at)
		f.lasts = append(f.lasts, l.outlooks[at].lasts(float64(p.later())/p.stretch))
	}
	return f
}

func (l *level) loss(f following) Loss {
	loss := Loss{Item: l.shelf.item(f.key), Discontinued: l.shelf.discontinued(f.key), Buyers: len(f.buyers), PValue: f.p}
	var lasts []sales.Date
	for i, at := range f.buyers {
		odds := gone(f.stopped, f.lasts[i])
		if odds < .5 {
			continue
		}
		p := &l.pairs[at]
		d := l.shelf.drop(p, f.lasts[i], odds)
		d.Item, d.Products = loss.Item, []string{f.key}
		l.shelf.replaced(&d, p)
		loss.Stopped = append(loss.Stopped, d)
		loss.Yearly += d.Yearly
		if len(d.Switched) == 0 {
			loss.AtRisk += sales.MoneyFromFloat(d.Odds * d.Yearly.Float())
		}
		lasts = append(lasts, d.Last)
	}
	loss.Since = sales.Date(stat.Median(lasts))
	slices.SortStableFunc(loss.Stopped, func(x, y Drop) int {
		return cmp.Or(cmp.Compare(y.Yearly, x.Yearly), cmp.Compare(x.Standing.Customer.ID, y.Standing.Customer.ID))
	})
	return loss
}
