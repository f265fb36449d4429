package panel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"dangol/internal/sales"
)

// Trade is a kind of company that is unlike the panel of NewSeries: its customers
// order by another law. What was tuned on that panel, or on the public logs, can be
// held against it.
type Trade struct {
	Name      string
	customers int
	// habit draws the dates on which one customer orders, ascending, until it leaves
	// or the panel ends.
	habit func(*rand.Rand) []sales.Date
}

const (
	tradeWeeks  = 156 // of history at TradeEnd
	tradeFuture = 40  // weeks after it, which show who had left
	// leavingShare is the share of the customers who leave within the three years:
	// about one in eight a year.
	leavingShare = .33
)

// TradeEnd is the last date, a Sunday, that a replay of a trade may judge; what the
// panel holds after it is for the truth.
var TradeEnd = sales.NewDate(2026, 5, 31)

var (
	tradeStart = TradeEnd - 7*tradeWeeks + 1
	tradeLast  = TradeEnd + 7*tradeFuture
)

// Trades are the kinds, each a law of its own.
func Trades() []Trade {
	return []Trade{
		{"route days", 400, routeDays}, {"mixed rhythms", 400, mixedRhythms}, {"month end", 400, monthEnd},
		{"summer trade", 400, summerTrade}, {"start-up", 700, startUp}, {"forty regulars", 40, regularly(5, 30, 3, nil, .3)},
		{"projects", 400, projects}, {"August closure", 400, regularly(4, 32, 3, inAugust, 0)}, {"holidays", 300, holidays},
	}
}

// Company draws a company of the trade; the same seed draws the same one.
func (t Trade) Company(seed uint64) *Series {
	p := &Series{From: tradeStart, Through: tradeLast, Left: map[string]sales.Date{}}
	for i := range t.customers {
		d := dice(seed, t.Name, i)
		c := sales.Customer{ID: fmt.Sprintf("C%05d", i), Segment: SegmentName(i % 3), Listed: true}
		c.Name = "Customer " + c.ID
		orders := t.habit(d)
		if at := tradeStart + 180 + sales.Date(d.IntN(7*tradeWeeks-180)); d.Float64() < leavingShare && len(orders) > 0 && at > orders[0]+60 {
			orders = slices.DeleteFunc(orders, func(o sales.Date) bool { return o >= at })
			p.Left[c.ID] = at
		}
		size := 100 * math.Exp(.8*d.NormFloat64())
		for _, o := range orders {
			c.Days = append(c.Days, sales.Day{Date: o, Net: sales.MoneyFromFloat(math.Round(size * math.Exp(.5*d.NormFloat64())))})
		}
		if len(c.Days) > 0 {
			c.Created = c.Days[0].Date
			p.Customers = append(p.Customers, c)
		}
	}
	return p
}

// begins is when a customer's orders begin: with the panel, or for a share of them
// somewhere in it.
func begins(d *rand.Rand, share float64) sales.Date {
	if d.Float64() < share {
		return tradeStart + sales.Date(d.IntN(7*tradeWeeks-120))
	}
	return tradeStart + sales.Date(d.IntN(30))
}

func isWeekend(d sales.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

func nextWorkday(d sales.Date) sales.Date {
	for isWeekend(d) {
		d++
	}
	return d
}

func atChristmas(d sales.Date) bool {
	t := d.Time()
	return t.Month() == time.December && t.Day() >= 24 || t.Month() == time.January && t.Day() == 1
}

func inAugust(d sales.Date) bool {
	t := d.Time()
	return t.Month() == time.August && t.Day() >= 3 && t.Day() <= 23
}

// routeDays: a fixed weekday every one, two or four weeks, one in twenty skipped,
// and some holidays.
func routeDays(d *rand.Rand) []sales.Date {
	every := []int{7, 7, 7, 7, 7, 7, 14, 14, 14, 28}[d.IntN(10)]
	var orders []sales.Date
	for at := nextWorkday(begins(d, .3)); at <= tradeLast; at += sales.Date(every) {
		if d.Float64() >= .05 && !atChristmas(at) {
			orders = append(orders, at)
		}
	}
	return away(d, orders, .4, 10, 20)
}

// mixedRhythms: gaps of very different mean and regularity.
func mixedRhythms(d *rand.Rand) []sales.Date {
	mean := min(max(18*math.Exp(.9*d.NormFloat64()), 3), 150)
	shape := min(max(1.5*math.Exp(.8*d.NormFloat64()), .35), 10)
	return renewal(d, begins(d, .4), mean, shape, nil, nil)
}

// monthEnd: the last days of each month, some skipped; some order mid-month, too.
func monthEnd(d *rand.Rand) []sales.Date {
	from, middle, skipped := begins(d, .3), d.Float64() < .25, between(d, .03, .15)
	var orders []sales.Date
	for month := sales.MonthOf(tradeStart).From; month <= tradeLast; month = month.AddMonths(1) {
		if middle && d.Float64() > .3 {
			orders = append(orders, nextWorkday(month+11+sales.Date(d.IntN(5))))
		}
		at := month.AddMonths(1) - 1 - sales.Date(d.IntN(4))
		for isWeekend(at) || atChristmas(at) {
			at--
		}
		if d.Float64() > skipped {
			orders = append(orders, at)
		}
	}
	slices.Sort(orders)
	return slices.DeleteFunc(slices.Compact(orders), func(o sales.Date) bool { return o < from || o > tradeLast })
}

// summerTrade: most order four fifths less in winter, some all year.
func summerTrade(d *rand.Rand) []sales.Date {
	mean, dip := between(d, 5, 20), min(.97, .8+.1*d.NormFloat64())
	if d.Float64() < .15 {
		dip = .1
	}
	return renewal(d, begins(d, .3), mean, 2, func(at sales.Date) float64 {
		winter := .5 + .5*math.Cos(2*math.Pi*(float64(at.Time().YearDay())-20)/365.25)
		return 1 - dip*math.Pow(winter, .7)
	}, nil)
}

// startUp: customers multiply; three in ten try and go.
func startUp(d *rand.Rand) []sales.Date {
	const fold = 260 // days in which they grow e-fold
	span := float64(7 * tradeWeeks)
	age := -fold * math.Log(1-d.Float64()*(1-math.Exp(-span/fold)))
	orders := renewal(d, TradeEnd-sales.Date(age), between(d, 7, 35), 1.8, nil, nil)
	if d.Float64() < .3 {
		orders = orders[:min(1+d.IntN(5), len(orders))]
	}
	return orders
}

// regularly: steady gaps of a mean between two, with the company's closure and
// holidays of two or three weeks in a share of the years.
func regularly(shortest, longest, shape float64, closed func(sales.Date) bool, holidays float64) func(*rand.Rand) []sales.Date {
	return func(d *rand.Rand) []sales.Date {
		mean := shortest * math.Pow(longest/shortest, d.Float64())
		return away(d, renewal(d, begins(d, .3), mean, shape, nil, closed), holidays, 14, 21)
	}
}

// projects: an order every few days while a project lasts, then nothing for weeks or
// months.
func projects(d *rand.Rand) []sales.Date {
	pause := between(d, 20, 100)
	var orders []sales.Date
	for at := float64(begins(d, .3)); sales.Date(at) <= tradeLast; at += pause * gamma(d, 1.5) / 1.5 {
		for range 4 + d.IntN(15) {
			o := nextWorkday(sales.Date(at))
			if o <= tradeLast && !atChristmas(o) && (len(orders) == 0 || o > orders[len(orders)-1]) {
				orders = append(orders, o)
			}
			at += 1 + 2.5*gamma(d, 2)
		}
	}
	return orders
}

// holidays: two or three weekdays of each week, and two to four weeks away every
// other year.
func holidays(d *rand.Rand) []sales.Date {
	var on [7]bool
	for range 2 + d.IntN(2) {
		on[1+d.IntN(5)] = true
	}
	var orders []sales.Date
	for at := begins(d, .3); at <= tradeLast; at++ {
		if on[at.Weekday()] && d.Float64() > .08 && !atChristmas(at) {
			orders = append(orders, at)
		}
	}
	return away(d, orders, .5, 14, 28)
}

// away leaves out what falls into holidays of so many days, in a share of the years.
func away(d *rand.Rand, orders []sales.Date, share float64, shortest, longest int) []sales.Date {
	for year := tradeStart; year < tradeLast; year += 365 {
		if d.Float64() >= share {
			continue
		}
		from := year + sales.Date(d.IntN(365))
		to := from + sales.Date(shortest+d.IntN(longest-shortest+1))
		orders = slices.DeleteFunc(orders, func(o sales.Date) bool { return o >= from && o < to })
	}
	return orders
}

// renewal draws gamma distributed gaps in the time of a rate (nil: even), moved to
// the next day on which the company sells.
func renewal(d *rand.Rand, from sales.Date, mean, shape float64, rate func(sales.Date) float64, closed func(sales.Date) bool) []sales.Date {
	var orders []sales.Date
	for at := float64(from); ; {
		for need := gamma(d, shape) / shape * mean; need > 0; {
			pace := 1.
			if rate != nil {
				pace = rate(sales.Date(at))
			}
			step := min(1, need/pace)
			need, at = need-step*pace, at+step
		}
		day := nextWorkday(sales.Date(math.Ceil(at)))
		for atChristmas(day) || closed != nil && closed(day) {
			day = nextWorkday(day + 1)
		}
		if day > tradeLast {
			return orders
		}
		if len(orders) == 0 || day > orders[len(orders)-1] {
			orders = append(orders, day)
		}
		at = max(at, float64(day))
	}
}

// gamma draws from the gamma distribution of a shape and scale 1 (Marsaglia & Tsang,
// "A simple method for generating gamma variables", 2000).
func gamma(d *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(d, shape+1) * math.Pow(d.Float64(), 1/shape)
	}
	third := shape - 1./3
	scale := 1 / math.Sqrt(9*third)
	for {
		x := d.NormFloat64()
		v := 1 + scale*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(d.Float64()) < .5*x*x+third-third*v+third*math.Log(v) {
			return third * v
		}
	}
}
