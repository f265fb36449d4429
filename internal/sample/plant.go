package sample

import (
	"math"
	"slices"

	"dangol/internal/sales"
)

// Days before the as-of date at which things are planted. A silence crosses
// crossGaps own gaps some time after the last order; about then a detector
// should speak, so fresh cases are placed by that day.
const (
	crossGaps    = 3.6
	losingEvery  = 8   // days between two confirmed losses of the losing rep
	losingFirst  = 130 // its first confirmed loss
	losingAhead  = 40  // its last one, days after the as-of date
	oldestLoss   = 735
	lossEvery    = 12
	oldestReturn = 700
	returnEvery  = 16
)

var (
	freshLosses   = []int{2, 8, 15, 21, 28, 35, 42, 50}       // days since the crossing
	openSilences  = []float64{2.5, 2.7, 2.9, 3.1, 3.3}        // own gaps of silence at the as-of date
	freshReturns  = []int{0, 4, 9, 17, 27, 40}                // days since the order that ended a silence
	declines      = []int{60, 66, 72, 78, 85, 92, 100, 110}   // days since the decline began
	productDrops  = []int{64, 70, 76, 83, 90, 97, 104, 112}   // days since the last order of the product
	missingVisits = []int{65, 71, 78, 86, 94, 104}            // days since the last visit
	longReturns   = map[int]bool{4: true, 12: true, 25: true} // returns after a confirmed loss
)

// plant gives customers their cases. Seasonal ones are what they are; each of
// the others carries at most one.
func (b *builder) plant() {
	p := &planter{builder: b, dice: b.dice("plant", 0)}
	p.pool = slices.Clone(b.accounts)
	p.Shuffle(len(p.pool), func(i, j int) { p.pool[i], p.pool[j] = p.pool[j], p.pool[i] })
	for _, a := range b.accounts {
		if a.season != allYear {
			a.plant = Seasonal
		}
	}
	p.loseOneAfterAnother()
	p.loseLately()
	p.leaveOpen()
	p.returnLately()
	p.shrink()
	p.dropProducts()
	p.neglect()
	p.loseAllAlong()
	p.returnAllAlong()
}

// planter hands out customers, turn by turn over the reps.
type planter struct {
	*builder
	dice
	pool     []*account
	turn     int
	confirms [sellers][]sales.Date // confirmed losses by rep
}

// take returns a free customer of the wanted cadence who bought long enough
// before the given day: of the rep, or with rep < 0 of the reps in turn, the
// losing one left out.
func (p *planter) take(rep int, low, high float64, before sales.Date, ok func(*account) bool) *account {
	fits := func(a *account, rep int) bool {
		seasoned := a.first+sales.Date(max(240, 9*a.gap)) <= before
		return a.plant == "" && !a.trial && a.owner(before) == rep && seasoned &&
			a.gap >= low && a.gap <= high && (ok == nil || ok(a))
	}
	for try := range sellers {
		who := rep
		if rep < 0 {
			if who = (p.turn + try) % sellers; who == repLosing {
				continue
			}
		}
		if i := slices.IndexFunc(p.pool, func(a *account) bool { return fits(a, who) }); i >= 0 {
			p.turn = who + 1
			return p.pool[i]
		}
	}
	return nil
}

// stop ends a customer's orders on the selling day at or before d.
func (p *planter) stop(a *account, kind Kind, d sales.Date) {
	a.plant, a.last, a.stopped = kind, p.sellingBefore(d), true
	rep := a.owner(a.last)
	p.confirms[rep] = append(p.confirms[rep], a.last+sales.Date(a.horizon()))
	a.angry = p.chance(.35)
	if p.chance(.4) {
		a.visits.never = span{a.last - sales.Date(2.2*a.visits.every), a.last + 10}
	}
}

// calm reports whether a loss of a, last order on d, leaves its rep with at
// most two confirmed losses in any 90 days: chance, not a pattern. The margin is
// for medians that differ from what horizon expects.
func (p *planter) calm(a *account, d sales.Date) bool {
	confirm, near := d+sales.Date(a.horizon()), 0
	for _, c := range p.confirms[a.owner(d)] {
		if c > confirm-120 && c < confirm+120 {
			near++
		}
	}
	return near < 2
}

func (p *planter) loseOneAfterAnother() {
	for ago := losingFirst; ago >= -losingAhead; ago -= losingEvery {
		p.loseOf(repLosing, p.ago(ago))
	}
}

// loseOf lets a frequent buyer of a rep stop so that the loss is confirmed on d.
func (p *planter) loseOf(rep int, d sales.Date) {
	a := p.take(rep, 5, 18, d-100, nil)
	if a == nil {
		a = p.frequent(rep, d-100)
	}
	if a == nil {
		return
	}
	last := d - sales.Date(a.horizon())
	kind := Lost
	if float64(p.AsOf-last) < crossGaps*a.gap {
		kind = Overdue
	}
	p.stop(a, kind, last)
}

// frequent turns a slower customer of the rep into a frequent one.
func (p *planter) frequent(rep int, before sales.Date) *account {
	a := p.take(rep, 18, 100, before, nil)
	if a != nil {
		a.gap = p.between(9, 16)
	}
	return a
}

func (p *planter) loseLately() {
	for _, ago := range freshLosses {
		last := func(a *account) sales.Date { return p.ago(ago) - sales.Date(crossGaps*a.gap) }
		a := p.take(-1, 6.5, 30, p.ago(ago+110), func(a *account) bool { return p.calm(a, last(a)) })
		if a != nil {
			p.stop(a, Lost, last(a))
		}
	}
}

func (p *planter) leaveOpen() {
	for _, gaps := range openSilences {
		last := func(a *account) sales.Date { return p.AsOf - sales.Date(math.Round(gaps*a.gap)) }
		a := p.take(-1, 10, 28, p.ago(100), func(a *account) bool { return p.calm(a, last(a)) })
		if a != nil {
			p.stop(a, Overdue, last(a))
		}
	}
}

// silence lets a customer fall silent for some own gaps and order again at or
// before the given day.
func (p *planter) silence(a *account, back sales.Date, gaps float64) {
	a.plant = Recovered
	a.silence.to = p.sellingBefore(back)
	a.silence.from = p.sellingBefore(a.silence.to - sales.Date(math.Round(gaps*a.gap)))
	if gaps*a.gap > a.horizon() {
		rep := a.owner(a.silence.from)
		p.confirms[rep] = append(p.confirms[rep], a.silence.from+sales.Date(a.horizon()))
	}
}

func (p *planter) returnLately() {
	for i, ago := range freshReturns {
		if a := p.take(-1, 7, 26, p.ago(ago+190), nil); a != nil {
			gaps := p.between(3.9, 4.7)
			if longReturns[i] {
				gaps = 1.1 * a.horizon() / a.gap
			}
			p.silence(a, p.ago(ago), gaps)
		}
	}
}

func (p *planter) shrink() {
	for i, ago := range declines {
		a := p.take(-1, 6, 11, p.ago(ago+400), nil)
		if a == nil {
			continue
		}
		a.plant, a.worth, a.cv = Declining, max(a.worth, 900_000), min(a.cv, .15)
		a.smaller = change{p.ago(ago), .4}
		if i%3 == 2 {
			a.slower, a.smaller = change{p.ago(ago), 2}, change{p.ago(ago), .7}
		}
	}
}

func (p *planter) dropProducts() {
	for range productDrops {
		if a := p.take(-1, 6, 12, p.ago(420), nil); a != nil {
			a.plant = Dropped
		}
	}
}

func (p *planter) neglect() {
	for _, ago := range missingVisits {
		worthy := func(a *account) bool {
			rep := a.ownerNow()
			return a.worth/a.gap > 30_000 && rep != repFewVisits && rep != repCollapse && rep != repHired70
		}
		if a := p.take(-1, 6, 30, p.ago(330), worthy); a != nil {
			a.plant = Neglected
			a.visits = rhythm{every: 28, until: p.ago(ago)}
		}
	}
}

func (p *planter) loseAllAlong() {
	for ago := 62; ago < oldestLoss; ago += lossEvery {
		last := func(a *account) sales.Date { return p.ago(ago) - sales.Date(crossGaps*a.gap) }
		a := p.take(-1, 6.5, 95, p.ago(ago+80), func(a *account) bool {
			return p.calm(a, last(a)) && a.first+200 < last(a) && a.owner(last(a)) != repLosing
		})
		if a != nil {
			p.stop(a, Lost, last(a)-p.days(0, 6))
		}
	}
}

func (p *planter) returnAllAlong() {
	for i, ago := 0, 64; ago < oldestReturn; i, ago = i+1, ago+returnEvery {
		gaps := p.between(2.9, 4.6)
		a := p.take(-1, 6.5, 60, p.ago(ago+int(5*30)), nil)
		if a == nil {
			continue
		}
		if longReturns[i] {
			gaps = 1.1 * a.horizon() / a.gap
		}
		if a.first+200 < p.ago(ago)-sales.Date(gaps*a.gap) {
			p.silence(a, p.ago(ago)-p.days(0, 5), gaps)
		}
	}
}
