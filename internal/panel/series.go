// Package panel invents wholesale customers, seeded and with a known truth, so
// that detectors can be measured where real data have no labels: regulars who
// order at their own rhythm, with season, growth, Christmas, drift, closures,
// returns and bulk orders, some of whom decline from a known date on.
package panel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"dangol/internal/sales"
)

// Fell says what of a customer's buying fell.
type Fell string

// What can fall.
const (
	Orders Fell = "orders" // ordered half as often
	Sizes  Fell = "sizes"  // ordered half as much at a time
	Both   Fell = "both"   // each by the square root of a half
)

// Decline is the truth about one customer who declined.
type Decline struct {
	CustomerID string
	Began      sales.Date // the first date on which it bought less
	Fell       Fell
}

// Shock is what hits every customer of a segment from a date on.
type Shock struct {
	Segment string
	From    sales.Date
	Factor  float64 // of the order rate; .6 is a fall by 40 %
}

// SeriesSpec says which panel to invent. The zero value of a field is its default.
type SeriesSpec struct {
	Seed      uint64
	Customers int        // default 2,000
	Weeks     int        // of history; default 182
	End       sales.Date // the last date; default 2026-06-28, a Sunday
	Declining float64    // share of the customers that declines
	After     int        // weeks of history before the first decline; default 104
	Kept      float64    // what is left of the volume after a decline; default .5
	Bursty    bool       // orders come in bursts, which makes rare buyers as erratic as frequent ones
	Steady    bool       // customers keep their rhythm: orders come nearly as by a clock
	Shock     Shock
}

func (s SeriesSpec) filled() SeriesSpec {
	if s.Customers == 0 {
		s.Customers = 2000
	}
	if s.Weeks == 0 {
		s.Weeks = 182
	}
	if s.End == 0 {
		s.End = sales.NewDate(2026, 6, 28)
	}
	if s.After == 0 {
		s.After = 104
	}
	if s.Kept == 0 {
		s.Kept = .5
	}
	return s
}

// Series is a panel of customers with the truth about those who declined.
type Series struct {
	From, Through sales.Date
	Customers     []sales.Customer      // ascending by ID
	Declines      []Decline             // in the same order
	Left          map[string]sales.Date // by ID, of those who left for good: the first date without them
	habits        map[string]*buyer     // by ID; nil where customers order by another law
}

// segments is how many segments the customers fall into.
const segments = 10

// NewSeries invents the panel. The same spec gives the same panel, and a
// customer's own luck does not depend on the others, on the declines or on the
// shock: panels that differ in these alone can be compared one by one.
func NewSeries(spec SeriesSpec) *Series {
	spec = spec.filled()
	p := &Series{From: spec.End - sales.Date(7*spec.Weeks) + 1, Through: spec.End, Left: map[string]sales.Date{}, habits: map[string]*buyer{}}
	moods := make([]mood, segments)
	for i := range moods {
		moods[i] = newMood(dice(spec.Seed, "segment", i))
	}
	for i := range spec.Customers {
		segment := i % segments
		b := newBuyer(dice(spec.Seed, "buyer", i), spec, moods[segment])
		c := sales.Customer{ID: fmt.Sprintf("C%05d", i), Segment: SegmentName(segment), Listed: true}
		c.Name = "Customer " + c.ID
		if d := decline(dice(spec.Seed, "decline", i), spec, i); d.Fell != "" {
			d.CustomerID, b.decline = c.ID, d
			p.Declines = append(p.Declines, d)
		}
		if spec.Shock.Segment == c.Segment {
			b.shock = spec.Shock
		}
		c.Days = b.days(dice(spec.Seed, "days", i))
		p.habits[c.ID] = &b
		if b.left != 0 {
			p.Left[c.ID] = b.left
		}
		if len(c.Days) > 0 {
			c.Created = c.Days[0].Date
		}
		p.Customers = append(p.Customers, c)
	}
	return p
}

// SegmentName is the name of the panel's nth segment.
func SegmentName(n int) string { return fmt.Sprintf("segment %d", n) }

// Expected is, week by week of the panel, how many buying days the customer's habit
// lets expect: what nobody can know, season, growth, market and closures without
// chance, and without its own trend, decline or shock. Nobody who sees only orders
// can expect better. Nil for a customer that the panel, or a company of a trade, has
// no such habit of.
func (p *Series) Expected(customerID string) []float64 {
	known, ok := p.habits[customerID]
	if !ok {
		return nil
	}
	b := *known
	b.trend, b.shock = 0, Shock{}
	weeks := make([]float64, b.spec.Weeks)
	for date := b.joined; date <= b.spec.End; date++ {
		if date.Weekday() != 0 && date.Weekday() != 6 {
			weeks[int(date-b.from)/7] += 1 - math.Exp(-b.perDay*b.rate(date)/(1-b.follows))
		}
	}
	return weeks
}

// Snapshot is the panel as known at the end of a date.
func (p *Series) Snapshot(asOf sales.Date) *sales.Snapshot {
	whole := sales.Snapshot{AsOf: p.Through, DataThrough: p.Through, Customers: p.Customers, Has: map[sales.Relation]bool{}}
	return whole.Through(asOf)
}

// decline decides whether, when and how a customer declines.
func decline(d *rand.Rand, spec SeriesSpec, at int) Decline {
	chance, when := d.Float64(), d.IntN(max(1, 7*(spec.Weeks-spec.After-13)))
	if chance >= spec.Declining {
		return Decline{}
	}
	began := spec.End - sales.Date(7*(spec.Weeks-spec.After)) + 1 + sales.Date(when)
	return Decline{Began: began, Fell: []Fell{Orders, Sizes, Both}[at/segments%3]}
}

// dice is an own stream of chance for one purpose of one subject.
func dice(seed uint64, purpose string, subject int) *rand.Rand {
	salt := uint64(subject) << 8
	for _, b := range []byte(purpose) {
		salt = salt*1099511628211 + uint64(b)
	}
	return rand.New(rand.NewPCG(seed, salt))
}

// mood is what the customers of a segment share.
type mood struct {
	amplitude, phase float64 // of the yearly season of the order rate
	growth           float64 // a year, in logarithms
	tide             []float64
}

// tideWeeks bounds the history that the shared ups and downs are drawn for.
const tideWeeks = 1000

func newMood(d *rand.Rand) mood {
	return mood{
		amplitude: between(d, .5, .9), phase: between(d, 0, 2*math.Pi), growth: .05 + .04*d.NormFloat64(),
		tide: drift(d, tideWeeks, .95, .1),
	}
}

// buyer is the habit of one customer.
type buyer struct {
	spec       SeriesSpec
	from       sales.Date
	joined     sales.Date
	left       sales.Date // the first date without it; zero if it stays
	perDay     float64    // mean orders on a weekday
	shape      int        // of the Erlang gaps: 1 random, 3 steady, 12 like a clock
	follows    float64    // chance that an order is followed by another within days
	restless   float64    // how far its rate wanders over some weeks, in logarithms
	trend      float64    // of its own rate, a year, in logarithms
	seasonal   float64    // how much of its segment's season it has
	size       float64    // mean of ln amount
	spread     float64    // standard deviation of ln amount
	closesFrom int        // day of the year its yearly fortnight begins; -1 if it never closes
	mood       mood
	decline    Decline
	shock      Shock
}

func newBuyer(d *rand.Rand, spec SeriesSpec, m mood) buyer {
	b := buyer{spec: spec, mood: m, from: spec.End - sales.Date(7*spec.Weeks) + 1, closesFrom: -1}
	b.perDay = monthly(d) * 12 / (52.18 * 5)
	b.shape = 1 + d.IntN(4)
	b.follows = between(d, 0, .2)
	if spec.Bursty {
		b.follows = between(d, .3, .6)
	}
	b.perDay *= 1 - b.follows
	b.restless = between(d, .25, .5)
	if spec.Steady {
		b.shape, b.restless = 3+3*b.shape, b.restless*.4
	}
	b.trend = .08 * d.NormFloat64()
	b.seasonal = between(d, .4, 1.6)
	variation := between(d, .4, 1) // coefficient of variation of an order's amount
	b.spread = math.Sqrt(math.Log(1 + variation*variation))
	b.size = math.Log(300) + .9*d.NormFloat64()
	b.joined = b.from
	if d.Float64() < .25 {
		b.joined += sales.Date(d.IntN(7 * spec.Weeks))
	}
	if stay := d.ExpFloat64() * 365 / .08; d.Float64() < .9 && stay < float64(7*spec.Weeks) {
		b.left = b.joined + sales.Date(stay)
	}
	if d.Float64() < .3 {
		b.closesFrom = d.IntN(350)
	}
	return b
}

// monthly draws a customer's mean orders a month: half of them order several
// times a week, a fifth about weekly, the rest once or twice a month.
func monthly(d *rand.Rand) float64 {
	ranges := [][2]float64{{5, 20}, {2, 5}, {1, 2}}
	in := ranges[0]
	switch kind := d.Float64(); {
	case kind > .7:
		in = ranges[2]
	case kind > .5:
		in = ranges[1]
	}
	return between(d, in[0], in[1])
}

func between(d *rand.Rand, low, high float64) float64 { return low + (high-low)*d.Float64() }

// drift is a weekly series that wanders around zero and returns to it.
func drift(d *rand.Rand, weeks int, memory, deviation float64) []float64 {
	path := make([]float64, weeks)
	level := deviation * d.NormFloat64()
	for i := range path {
		path[i] = level
		level = memory*level + deviation*math.Sqrt(1-memory*memory)*d.NormFloat64()
	}
	return path
}

// days draws the customer's buying days and returns. Gaps are Erlang
// distributed in the time of the customer's own wandering rate.
func (b *buyer) days(d *rand.Rand) []sales.Day {
	rates := drift(d, b.spec.Weeks+1, .3, b.restless)
	slow := drift(d, b.spec.Weeks+1, .97, .1)
	sizes := drift(d, b.spec.Weeks+1, .95, .15)
	var days []sales.Day
	followUp := sales.Date(0)
	spent, next := 0.0, d.Float64()*b.gap(d)
	for date := b.from; date <= b.spec.End; date++ {
		if date.Weekday() == 0 || date.Weekday() == 6 {
			continue
		}
		week := int(date-b.from) / 7
		spent += b.perDay * b.rate(date) * math.Exp(rates[week]-b.restless*b.restless/2+slow[week])
		var net float64
		ordered := followUp != 0 && date >= followUp
		if ordered {
			net, followUp = b.amount(d, date, sizes[week]), 0
		}
		for ; spent >= next; next += b.gap(d) {
			net, ordered = net+b.amount(d, date, sizes[week]), true
		}
		if ordered && d.Float64() < b.follows {
			followUp = date + 1 + sales.Date(d.IntN(5))
		}
		if d.Float64() >= b.kept(date, Orders) {
			net = 0
		}
		if net > 0 && date >= b.joined && (b.left == 0 || date < b.left) {
			days = append(days, sales.Day{Date: date, Net: sales.MoneyFromFloat(math.Round(net*100) / 100)})
		}
		days = b.giveBack(d, days, date)
	}
	return days
}

// gap draws a gap whose mean is one.
func (b *buyer) gap(d *rand.Rand) float64 {
	sum := 0.0
	for range b.shape {
		sum += d.ExpFloat64()
	}
	return sum / float64(b.shape)
}

// giveBack returns some goods now and then, on a date without an order.
func (b *buyer) giveBack(d *rand.Rand, days []sales.Day, date sales.Date) []sales.Day {
	chance, share := d.Float64(), between(d, .05, .4)
	if n := len(days); chance < .01 && n > 0 && days[n-1].Net > 0 && date-days[n-1].Date > 0 && date-days[n-1].Date < 15 {
		back := -sales.MoneyFromFloat(math.Round(share*days[n-1].Net.Float()*100) / 100)
		days = append(days, sales.Day{Date: date, Net: back})
	}
	return days
}

// rate is the factor on the customer's mean rate that the date makes.
func (b *buyer) rate(date sales.Date) float64 {
	years := float64(date-b.from) / 365.25
	season := b.seasonal * b.mood.amplitude * math.Cos(2*math.Pi*years+b.mood.phase)
	rate := math.Exp(season + (b.mood.growth+b.trend)*years + b.mood.tide[min(tideWeeks-1, int(date-b.from)/7)])
	rate *= christmas(date)
	if day := date.Time().YearDay(); b.closesFrom >= 0 && day > b.closesFrom && day <= b.closesFrom+14 {
		rate *= .05
	}
	if b.shock.Factor > 0 && date >= b.shock.From {
		rate *= b.shock.Factor
	}
	return rate
}

// amount draws an order's amount. A few orders stock up.
func (b *buyer) amount(d *rand.Rand, date sales.Date, drifted float64) float64 {
	ln := b.size + drifted + b.spread*d.NormFloat64()
	if bulk := between(d, 2.5, 5); d.Float64() < .015 {
		ln += math.Log(bulk)
	}
	return math.Exp(ln) * b.kept(date, Sizes)
}

// kept is the share of the rate, or of the sizes, that the decline has left.
func (b *buyer) kept(date sales.Date, what Fell) float64 {
	switch {
	case b.decline.Fell == "" || date < b.decline.Began:
		return 1
	case b.decline.Fell == what:
		return b.spec.Kept
	case b.decline.Fell == Both:
		return math.Sqrt(b.spec.Kept)
	}
	return 1
}

// christmas is the company's year end: busy before, hardly anything between the years.
func christmas(date sales.Date) float64 {
	switch day := date.Time().YearDay(); {
	case day >= 358 || day <= 2:
		return .15
	case day >= 337:
		return 1.3
	case day <= 14:
		return .7
	}
	return 1
}

// Dispersion is variance ÷ mean of the orders in blocks of four weeks, from the
// first order to the last date; ok is false with fewer than six blocks.
func Dispersion(days []sales.Day, through sales.Date) (index float64, ok bool) {
	buys := slices.DeleteFunc(slices.Clone(days), func(d sales.Day) bool { return d.Net <= 0 })
	if len(buys) == 0 || int(through-buys[0].Date) < 6*28 {
		return 0, false
	}
	counts := make([]float64, int(through-buys[0].Date)/28)
	for _, d := range buys {
		if block := int(d.Date-buys[0].Date) / 28; block < len(counts) {
			counts[block]++
		}
	}
	sum, squares := 0.0, 0.0
	for _, n := range counts {
		sum += n
		squares += n * n
	}
	n := float64(len(counts))
	if sum == 0 {
		return 0, false
	}
	return (squares - sum*sum/n) / (n - 1) / (sum / n), true
}
