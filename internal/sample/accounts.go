package sample

import (
	"fmt"
	"time"

	"dangol/internal/sales"
)

// account is a customer with its habits.
type account struct {
	id         string
	name       text
	trade      string
	town       text
	registered sales.Date
	owners     []tenure // ascending

	first    sales.Date // first order
	last     sales.Date // nothing is ordered later; the as-of date for the living
	stopped  bool       // last is itself an order
	gap      float64    // mean days between orders
	shape    int        // of the gaps: the larger, the more regular
	weekday  time.Weekday
	saturday bool
	cv       float64 // of the order size
	worth    float64 // usual order in won
	season   season
	trial    bool // one to four orders within seven weeks, then nothing

	silence span         // a long silence between two orders, if any
	slower  change       // of the order rate
	smaller change       // of the order size
	basket  []pick       // what it buys
	visits  rhythm       // how it is visited
	plant   Kind         // what was planted
	reason  int          // place in causes, from 1
	cause   string       // why it stopped, where that was planted: a cause of finding
	dearer  change       // of its own prices
	returns []sales.Date // planted returns
	angry   bool         // complained before it stopped
	dropped int          // place in basket, for Dropped
	win     *winner      // how it was won
}

// tenure is a rep who answers for a customer from a date on.
type tenure struct {
	from sales.Date
	rep  int
}

// span is a silence: from is the order before it, to the order after it.
type span struct{ from, to sales.Date }

// change multiplies a habit by factor from a date on.
type change struct {
	from   sales.Date
	factor float64
}

func (c change) at(d sales.Date) float64 {
	if c.factor == 0 || d < c.from {
		return 1
	}
	return c.factor
}

// rhythm is how often a rep comes.
type rhythm struct {
	every float64    // days
	until sales.Date // last day of visits; zero: no end
	never span       // days without visits
}

// winner is the rep who won a customer, with cold visits to it before.
type winner struct{ rep, visits int }

// season says when a customer buys at all.
type season int

const (
	allYear season = iota
	summer         // 10 May to 15 September
	term           // school term
)

// open reports whether the customer buys on d.
func (s season) open(d sales.Date) bool {
	_, m, day := d.Time().Date()
	at := int(m)*100 + day
	switch s {
	case summer:
		return at >= 510 && at <= 915
	case term:
		return at >= 302 && at <= 720 || at >= 820 && at <= 1224
	}
	return true
}

// owner returns the rep who answers for the customer on d.
func (a *account) owner(d sales.Date) int {
	rep := a.owners[0].rep
	for _, t := range a.owners {
		if t.from <= d {
			rep = t.rep
		}
	}
	return rep
}

func (a *account) ownerNow() int { return a.owners[len(a.owners)-1].rep }

// horizon is 2h of the customer: silence beyond it is a confirmed loss. The
// median of an Erlang gap is a little below its mean.
func (a *account) horizon() float64 { return 2 * max(3*.93*a.gap, 30) }

// tradeMix is the share of each trade among the customers, in percent. Customers
// with a season exist from the start only.
var tradeMix = []struct {
	trade string
	share int
}{{"restaurant", 36}, {"cafe", 21}, {"bakery", 14}, {"mart", 14}, {"hotel", 7}, {"canteen", 4}, {"cold", 4}}

func pickTrade(d dice, seasons bool) string {
	n := 92
	if seasons {
		n = 100
	}
	at := d.IntN(n)
	for _, m := range tradeMix {
		if at < m.share {
			return m.trade
		}
		at -= m.share
	}
	return "restaurant"
}

// openAccounts makes the customers of the first day and those won since.
func (b *builder) openAccounts() *signs {
	names, d := newSigns(), b.dice("accounts", 0)
	for rep := range sellers {
		for range b.people[rep].book {
			a := b.newAccount(rep, names, pickTrade(d, true))
			b.start(a, d)
		}
	}
	b.winAccounts(names)
	b.handOver()
	return names
}

// nextID is the number of the next account.
func (b *builder) nextID() string { return fmt.Sprintf("C%04d", len(b.accounts)+1) }

func (b *builder) newAccount(rep int, names *signs, trade string) *account {
	n := len(b.accounts)
	d := b.dice("account", n)
	towns := words("towns")
	a := &account{
		id: b.nextID(), trade: trade, name: names.fresh(trade, d),
		town: towns[(rep+d.IntN(3))%len(towns)], owners: []tenure{{0, rep}},
		last: b.AsOf, shape: 3 + d.IntN(4), weekday: time.Weekday(1 + d.IntN(5)),
		saturday: d.chance(.05), cv: d.between(.12, .45),
	}
	if a.gap, a.worth = gapAndWorth(d); a.gap > 35 {
		a.shape = max(a.shape, 5) // who buys rarely buys by the calendar
	}
	a.visits.every = d.between(24, 50)
	if rep == repFewVisits {
		a.visits.every = d.between(75, 105)
	}
	switch trade {
	case "cold":
		a.season, a.gap = summer, d.between(6, 12)
	case "canteen":
		a.season, a.gap = term, d.between(7, 16)
	case "hotel":
		a.worth *= 2
	}
	if next, from := b.successor(rep); next != rep {
		a.owners = append(a.owners, tenure{from, next})
	}
	b.accounts = append(b.accounts, a)
	return a
}

// gapAndWorth draws a cadence, from weekly to quarterly, and a usual order; who
// buys rarely buys more at a time.
func gapAndWorth(d dice) (gap, worth float64) {
	bounds := []struct{ share, low, high float64 }{
		{.17, 6, 9}, {.50, 10, 18}, {.82, 20, 35}, {.93, 40, 60}, {1.01, 75, 95},
	}
	at := d.Float64()
	for _, s := range bounds {
		if at < s.share {
			gap = d.between(s.low, s.high)
			break
		}
	}
	return gap, 36_000 * (gap + 6) * d.around(.6)
}

// start lets a customer begin at the start of the history.
func (b *builder) start(a *account, d dice) {
	a.first = b.sellingAfter(b.ago(historyDays) + sales.Date(d.Float64()*a.gap))
	for !a.season.open(a.first) || !b.calendar.Selling(a.first) {
		a.first++
	}
	a.registered = b.ago(historyDays) - d.days(60, 3000)
}

// winAccounts makes the customers that the reps won, in the order of their first orders.
func (b *builder) winAccounts(names *signs) {
	for d := b.ago(historyDays - 60); d < b.AsOf; d++ {
		for rep := range sellers {
			if b.winsOn(rep, d) {
				b.win(rep, names, b.sellingBefore(d))
			}
		}
	}
}

// winsOn reports whether a rep wins a customer on d: every so many days with a
// little jitter, so that nobody misses a quota by chance alone.
func (b *builder) winsOn(rep int, d sales.Date) bool {
	p := b.people[rep]
	if d < p.hired+14 || p.retired != 0 && d > p.retired {
		return false
	}
	age := int(b.AsOf - d)
	if rep == repPoorYield && age < yieldDays || rep == repCollapse && age < collapseDays-10 {
		return false
	}
	every := p.winGap
	if age > 550 {
		every = p.oldGap
	}
	turn := age / every
	offset := every/2 + b.dice(p.id, turn).IntN(max(every/4, 1)) - every/8
	return age%every == offset
}

func (b *builder) win(rep int, names *signs, first sales.Date) {
	d := b.dice("win", len(b.accounts))
	a := b.newAccount(rep, names, pickTrade(d, false))
	a.first, a.registered = first, first
	a.gap = min(a.gap, 40)
	a.win = &winner{rep: rep, visits: 2 + d.IntN(3)}
	if a.trial = d.chance(.22); a.trial {
		a.gap = d.between(14, 22)
		a.last = min(first+d.days(1, 45), b.AsOf)
	}
}

// handOver moves six customers of one rep to another.
func (b *builder) handOver() {
	moved := 0
	for _, a := range b.accounts {
		if a.ownerNow() == repHanding && a.first < b.ago(400) && a.season == allYear && !a.trial && moved < 6 {
			a.owners = append(a.owners, tenure{b.handedOver(), repReceiving})
			moved++
		}
	}
}
