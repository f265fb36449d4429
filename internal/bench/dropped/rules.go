package main

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/sales"
	"dangol/jobs/dropped"
	"dangol/jobs/standing"
)

// alarm is one pair (or category) called dropped at an as-of date.
type alarm struct {
	customer string
	products []string
	last     sales.Date // last date with it
	odds     float64
	category bool
	switched bool
}

// rule calls pairs dropped. Products are those it calls lost as a whole.
type rule struct {
	name string
	find func(*sales.Snapshot, *standing.Sheet) (alarms []alarm, products []string)
}

// own is the detector under some thresholds.
func own(name string, change func(*dropped.Rules)) rule {
	rules := dropped.DefaultRules()
	change(&rules)
	return rule{name, func(snapshot *sales.Snapshot, sheet *standing.Sheet) (alarms []alarm, products []string) {
		report := dropped.Judge(snapshot, sheet, rules)
		for _, d := range report.Drops {
			alarms = append(alarms, alarm{
				customer: d.Standing.Customer.ID, products: d.Products, last: d.Last, odds: d.Odds,
				category: d.Item.ID == "", switched: len(d.Switched) > 0,
			})
		}
		for _, l := range report.Losses {
			products = append(products, l.Item.ID)
		}
		return alarms, products
	}}
}

// leastHeld is how many dates with a product the naive rules ask for, as the
// detector does.
const leastHeld = 5

// late calls a pair of a customer who still buys dropped when a figure of its
// silence reaches a limit: a naive rule.
type late struct {
	name   string
	figure func(silent, meanGap float64) float64
}

var (
	byDays = late{"days without", func(silent, _ float64) float64 { return silent }}
	byGaps = late{"own mean gaps without, 60 days at least", func(silent, gap float64) float64 {
		if silent < 60 {
			return 0
		}
		return silent / max(gap, 1)
	}}
)

// scored is an alarm with the figure it is raised by.
type scored struct {
	alarm
	figure float64
}

// all returns every pair bought on so many dates, with its figure.
func (l late) all(snapshot *sales.Snapshot, sheet *standing.Sheet, least int) (list []scored) {
	eachPair(snapshot, sheet, least, func(s *standing.Standing, product string, dates []sales.Date) {
		last := dates[len(dates)-1]
		figure := l.figure(float64(snapshot.AsOf-last), float64(last-dates[0])/float64(len(dates)-1))
		list = append(list, scored{alarm{customer: s.Customer.ID, products: []string{product}, last: last}, figure})
	})
	return list
}

// naive is a rule with a fixed limit.
func naive(name string, l late, limit float64, least int) rule {
	return rule{name, func(snapshot *sales.Snapshot, sheet *standing.Sheet) ([]alarm, []string) {
		return above(l.all(snapshot, sheet, least), limit), nil
	}}
}

func above(list []scored, limit float64) (alarms []alarm) {
	for _, x := range list {
		if x.figure >= limit {
			alarms = append(alarms, x.alarm)
		}
	}
	return alarms
}

// matched returns the limit at which a naive rule raises as many alarms as wanted,
// or just more; alarms counts those of a limit.
func matched(want int, alarms func(limit float64) int) float64 {
	low, high := 1., 2000.
	for range 24 {
		if mid := math.Sqrt(low * high); alarms(mid) >= want {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// rules are what the benchmark compares on the panels; inUse is the place of the
// detector as it ships, unsure that of all it thinks more likely than not.
func rules() []rule {
	return []rule{
		own("in use", func(*dropped.Rules) {}),
		own("P(dropped) ≥ .5 alone", func(r *dropped.Rules) { r.FalseShare, r.LeastOdds = 1, .5 }),
		own("in use, any share", func(r *dropped.Rules) { r.LeastShare = 0 }),
		own("in use at q = .02", func(r *dropped.Rules) { r.FalseShare = .02 }),
		own("in use at P(dropped) ≥ .8", func(r *dropped.Rules) { r.LeastOdds = .8 }),
		own("in use, without the market index", func(r *dropped.Rules) { r.Control = false }),
		own("in use, without last year", func(r *dropped.Rules) { r.Season = false }),
		naive("90 days without, bought 3 times", byDays, 90, 3),
		naive("90 days without", byDays, 90, leastHeld),
		naive("180 days without", byDays, 180, leastHeld),
		naive("3 × own mean gap, 60 days", byGaps, 3, leastHeld),
		naive("6 × own mean gap, 60 days", byGaps, 6, leastHeld),
		betaBinomial(),
	}
}

const inUse, unsure = 0, 1

// shopRules are what it compares on real invoices: one year is too short for the
// detector as it ships to say anything, so that it is shown without the test over
// the night, too.
func shopRules() []rule {
	alone := func(odds, share float64) func(*dropped.Rules) {
		return func(r *dropped.Rules) { r.FalseShare, r.LeastOdds, r.LeastShare = 1, odds, share }
	}
	return []rule{
		own("in use", func(*dropped.Rules) {}),
		own("P(dropped) ≥ .5 alone, any share", alone(.5, 0)),
		own("P(dropped) ≥ .7 alone, any share", alone(.7, 0)),
		own("P(dropped) ≥ .8 alone, any share", alone(.8, 0)),
		own("P(dropped) ≥ .7 alone", alone(.7, dropped.DefaultRules().LeastShare)),
		naive("90 days without, bought 3 times", byDays, 90, 3),
		naive("90 days without", byDays, 90, leastHeld),
		naive("180 days without", byDays, 180, leastHeld),
		naive("3 × own mean gap, 60 days", byGaps, 3, leastHeld),
		naive("6 × own mean gap, 60 days", byGaps, 6, leastHeld),
		betaBinomial(),
	}
}

// likely is the place in shopRules of the rule that the naive ones are matched to.
const likely = 2

// betaBinomial is the plain test: orders are exchangeable, so that
// P(0 of m later orders) = B(a+s, b+f+m) / B(a+s, b+f), with s of s+f earlier ones
// and a = b = 1; it alarms below .01 by Benjamini and Hochberg, after 60 days and
// three own mean gaps.
func betaBinomial() rule {
	return rule{"plain beta-binomial, q = .01", func(snapshot *sales.Snapshot, sheet *standing.Sheet) (alarms []alarm, products []string) {
		type tested struct {
			alarm
			p    float64
			late bool
		}
		var all []tested
		eachPair(snapshot, sheet, leastHeld, func(s *standing.Standing, product string, dates []sales.Date) {
			last := dates[len(dates)-1]
			before, later := 0, 0
			for _, d := range s.Customer.Days {
				switch {
				case d.Net <= 0 || d.Date < dates[0]:
				case d.Date <= last:
					before++
				default:
					later++
				}
			}
			hits, misses := float64(len(dates)), float64(max(0, before-len(dates)))
			gap := float64(last-dates[0]) / float64(len(dates)-1)
			all = append(all, tested{alarm{customer: s.Customer.ID, products: []string{product}, last: last},
				none(1+hits, 1+misses, float64(later)), float64(snapshot.AsOf-last) > max(60, 3*gap)})
		})
		slices.SortStableFunc(all, func(a, b tested) int { return cmp.Compare(a.p, b.p) })
		limit := -1.0
		for i, t := range all {
			if t.p <= .01*float64(i+1)/float64(len(all)) {
				limit = t.p
			}
		}
		for _, t := range all {
			if t.p <= limit && t.late {
				alarms = append(alarms, t.alarm)
			}
		}
		return alarms, nil
	}}
}

// none is B(a, b+m) / B(a, b).
func none(a, b, m float64) float64 {
	x, _ := math.Lgamma(b + m)
	y, _ := math.Lgamma(b)
	u, _ := math.Lgamma(a + b + m)
	v, _ := math.Lgamma(a + b)
	return math.Exp(x - y - u + v)
}

// eachPair calls take with the dates on which customers who still buy bought a
// product, so many at least.
func eachPair(snapshot *sales.Snapshot, sheet *standing.Sheet, least int, take func(s *standing.Standing, product string, dates []sales.Date)) {
	for i := range sheet.Customers {
		s := &sheet.Customers[i]
		if !s.Current || s.Stage != standing.Active {
			continue
		}
		for _, b := range s.Customer.Baskets {
			var dates []sales.Date
			for _, d := range b.Days {
				if d.Net > 0 {
					dates = append(dates, d.Date)
				}
			}
			if len(dates) >= least && snapshot.AsOf-dates[len(dates)-1] < 364 {
				take(s, b.ProductID, dates)
			}
		}
	}
}
