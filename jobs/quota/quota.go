// Package quota says what each rep is asked to reach and how far it has come:
// the effective quota of a rep in a span by level, date, ramp and leave, and its
// attainment, pace and range. Pure: no I/O, no clock.
package quota

import (
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// Rule is one quota of the config.
type Rule struct {
	Metric   string
	Period   sales.Period
	Target   float64 // for everybody; 0: the rule says nothing of those it does not name
	ByLevel  map[string]float64
	ByRep    map[string]float64
	StartsOn sales.Date // zero: always
	Ramp     *Ramp
}

// Ramp lowers a quota in a rep's first months: in the month of hiring to the
// share From, rising evenly to the whole over so many months.
type Ramp struct {
	Months int
	From   float64
}

// Share is the part of a quota that a rep hired on a date is asked for on a day.
func (r *Ramp) Share(hired, day sales.Date) float64 {
	if r == nil || hired == 0 {
		return 1
	}
	months := monthsBetween(hired, day)
	if months >= r.Months {
		return 1
	}
	return r.From + (1-r.From)*float64(max(0, months))/float64(r.Months)
}

func monthsBetween(a, b sales.Date) int {
	ya, ma, _ := a.Time().Date()
	yb, mb, _ := b.Time().Date()
	return 12*(yb-ya) + int(mb) - int(ma)
}

// Rules are everything a company asks of its reps.
type Rules struct {
	List     []Rule        // of the config
	Rows     []sales.Quota // of a file: they name reps
	Calendar sales.Calendar
	Fiscal   sales.Fiscal
	Leave    sales.Leave
}

// Book answers what is asked of whom. It joins the rules with the rows of the
// relation quotas. What names a rep goes before what names a level, and that
// before what is for everybody; of several, the one that began last holds, and
// of those that began together the config's.
type Book struct {
	rules Rules
	byRep map[key][]since
	kinds []Kind
}

type key struct {
	rep, metric string
	period      sales.Period
}

type since struct {
	from   sales.Date
	target float64
}

// NewBook joins the rules with the quotas that the database gives.
func NewBook(rules Rules, relation []sales.Quota) *Book {
	b := &Book{rules: rules, byRep: map[key][]since{}}
	for _, rows := range [][]sales.Quota{relation, rules.Rows} {
		for _, q := range rows {
			k := key{q.RepID, q.Metric, sales.Period(q.Period)}
			b.byRep[k] = append(b.byRep[k], since{q.StartsOn, q.Target})
		}
	}
	for _, list := range b.byRep {
		slices.SortStableFunc(list, func(x, y since) int { return int(x.from) - int(y.from) })
	}
	b.kinds = b.asked()
	return b
}

// Kind is a metric with the period that its quota is given for.
type Kind struct {
	Metric string
	Period sales.Period
}

// Kinds returns the metrics and periods that anything is asked in, in a fixed order.
func (b *Book) Kinds() []Kind { return slices.Clone(b.kinds) }

// asked looks once through what every rep is asked for: Kinds is wanted for each of
// thousands of reps.
func (b *Book) asked() []Kind {
	var kinds []Kind
	for _, metric := range []string{finding.ColdVisits, finding.NewCustomers, finding.Sales} {
		for _, period := range []sales.Period{sales.Daily, sales.Weekly, sales.Monthly, sales.Quarterly} {
			if b.has(metric, period) {
				kinds = append(kinds, Kind{metric, period})
			}
		}
	}
	return kinds
}

func (b *Book) has(metric string, period sales.Period) bool {
	for k := range b.byRep {
		if k.metric == metric && k.period == period {
			return true
		}
	}
	return slices.ContainsFunc(b.rules.List, func(r Rule) bool { return r.Metric == metric && r.Period == period })
}

// on returns what is asked of a rep for the period that holds a day, before any
// ramp, and the rule with the ramp.
func (b *Book) on(rep sales.Rep, kind Kind, day sales.Date) (target float64, ramp *Ramp, asked bool) {
	best, rank := sales.Date(-1), -1
	take := func(from sales.Date, value float64, how int, with *Ramp) {
		if from <= day && (how > rank || how == rank && from >= best) {
			best, rank, target, ramp = from, how, value, with
		}
	}
	for _, row := range b.byRep[key{rep.ID, kind.Metric, kind.Period}] {
		take(row.from, row.target, 2, nil)
	}
	for _, rule := range b.rules.List {
		if rule.Metric != kind.Metric || rule.Period != kind.Period {
			continue
		}
		if value, named := rule.ByRep[rep.ID]; named {
			take(rule.StartsOn, value, 2, rule.Ramp)
		} else if value, graded := rule.ByLevel[rep.Level]; graded {
			take(rule.StartsOn, value, 1, rule.Ramp)
		} else if rule.Target > 0 {
			take(rule.StartsOn, rule.Target, 0, rule.Ramp)
		}
	}
	return target, ramp, rank >= 0 && target > 0
}

// Asked returns what is asked of a rep in a span: for every selling day that it
// is employed on, the day's part of the period's quota that holds on it, times
// the ramp. excused leaves out the days of leave as well. ok is false where
// nothing is asked.
func (b *Book) Asked(rep sales.Rep, kind Kind, in sales.Span, excused bool) (total float64, ok bool) {
	var period sales.Span
	days := 0
	for d := in.From; d <= in.To; d++ {
		if !period.Holds(d) {
			period = b.rules.Fiscal.Period(kind.Period, d)
			days = b.rules.Calendar.SellingDaysIn(period)
		}
		if !b.rules.Calendar.Selling(d) || d < rep.HiredOn || excused && b.rules.Leave.Away(rep.ID, d) {
			continue
		}
		target, ramp, asked := b.on(rep, kind, d)
		if !asked {
			continue
		}
		ok = true
		total += target * ramp.Share(rep.HiredOn, d) / float64(days)
	}
	return math.Round(total*1e6) / 1e6, ok
}

// Ramping reports whether any quota of the rep is lowered on a day because it is
// new.
func (b *Book) Ramping(rep sales.Rep, day sales.Date) bool {
	for _, kind := range b.Kinds() {
		if _, ramp, asked := b.on(rep, kind, day); asked && ramp.Share(rep.HiredOn, day) < 1 {
			return true
		}
	}
	return false
}

// AtWork reports whether a rep is to work on a day: a selling day without leave,
// since it was hired.
func (b *Book) AtWork(rep sales.Rep, d sales.Date) bool {
	return b.rules.Calendar.Selling(d) && d >= rep.HiredOn && !b.rules.Leave.Away(rep.ID, d)
}

// WorkingDays counts the days of a span on which a rep is to work.
func (b *Book) WorkingDays(rep sales.Rep, in sales.Span) int {
	n := 0
	for d := in.From; d <= in.To; d++ {
		if b.AtWork(rep, d) {
			n++
		}
	}
	return n
}

// Fiscal is the company's fiscal year.
func (b *Book) Fiscal() sales.Fiscal { return b.rules.Fiscal }

// Calendar tells when the company sells.
func (b *Book) Calendar() sales.Calendar { return b.rules.Calendar }

// Leave tells who is away.
func (b *Book) Leave() sales.Leave { return b.rules.Leave }
