package quota

import (
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/internal/stat"
	"dangol/jobs/figures"
)

const (
	// leastPast is the fewest past projections from which a range is taken, and
	// pastPeriods how many periods back they are looked for.
	leastPast, pastPeriods = 8, 12
	// tail is the share of projections below the range, and above it.
	tail = .1
	// behind is the chance, at the quota's own rate, of so few by now, at or below
	// which a running quota of counts is short.
	behind = .2
	// wellBehind is the pace of sales below which a running quota is short where no
	// range is known, once lateEnough of the period is behind.
	wellBehind, lateEnough = .9, .25
)

// Progresser measures how far reps have come.
type Progresser struct {
	book   *Book
	ledger *figures.Ledger
	season season
	asOf   sales.Date
	errors map[pastKey][]float64 // actual ÷ projected of past periods, ascending
	reps   []sales.Rep
}

type pastKey struct {
	kind    Kind
	elapsed int // percent
}

// NewProgresser prepares for measuring. Past periods of the reps given make the
// range of a projection.
func NewProgresser(book *Book, ledger *figures.Ledger, reps []sales.Rep) *Progresser {
	return &Progresser{book: book, ledger: ledger, season: seasonOf(ledger, book.rules.Calendar),
		asOf: ledger.Snapshot.AsOf, errors: map[pastKey][]float64{}, reps: reps}
}

// Of measures a rep against one quota in the period in, to date. ok is false
// where nothing is asked.
func (p *Progresser) Of(rep sales.Rep, kind Kind, in sales.Span) (finding.Progress, bool) {
	excused := kind.Metric == finding.ColdVisits
	quota, ok := p.book.Asked(rep, kind, in, excused)
	if !ok || quota <= 0 {
		return finding.Progress{}, false
	}
	done := in.Until(p.asOf)
	out := finding.Progress{Metric: kind.Metric, Period: kind.Period, Start: in.From, End: in.To, Complete: in.To <= p.asOf,
		Actual: p.actual(rep.ID, kind.Metric, done), WorkingDays: p.book.WorkingDays(rep, in), Worked: p.book.WorkingDays(rep, done)}
	out.Quota = out.Actual.Like(quota)
	out.Attainment = ratio(out.Actual.Float(), quota)
	out.Elapsed, out.Seasonal = p.elapsed(rep, kind.Metric, in, done)
	out.Elapsed = math.Round(out.Elapsed*1e4) / 1e4
	if ago := done.YearAgo(); p.known(kind.Metric, ago.From) {
		out.LastYear, out.Compared = p.actual(rep.ID, kind.Metric, ago), true
	}
	p.project(&out, rep, kind)
	p.need(&out)
	out.Short = p.known(kind.Metric, in.From) && p.short(&out)
	return out, true
}

// known reports whether the data tell what was reached from a date on: visits since
// the log began, new customers since they can be told from old ones, sales since the
// books begin.
func (p *Progresser) known(metric string, from sales.Date) bool {
	first := p.ledger.Began
	switch metric {
	case finding.NewCustomers:
		return p.ledger.NewKnown(sales.Span{From: from, To: from})
	case finding.ColdVisits:
		first = p.ledger.FirstVisit()
	}
	return first != 0 && first <= from
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return math.Round(a/b*1e4) / 1e4
}

// actual is what a rep reached in a span.
func (p *Progresser) actual(rep, metric string, in sales.Span) finding.Measure {
	switch metric {
	case finding.ColdVisits:
		return finding.Counted(float64(p.ledger.Cold(rep, in)))
	case finding.NewCustomers:
		return finding.Counted(figures.Count(p.ledger.Wins(rep, in)))
	}
	return finding.Amounted(p.ledger.Sales(rep, in))
}

// elapsed is the share of a period that is behind: of the rep's working days, for
// sales each weighted with what the company usually sells on it.
func (p *Progresser) elapsed(rep sales.Rep, metric string, in, done sales.Span) (share float64, seasonal bool) {
	seasonal = metric == finding.Sales && p.season.known
	if done.To >= in.To {
		return 1, seasonal
	}
	var behind, all float64
	for d := in.From; d <= in.To; d++ {
		weight := p.weight(rep, metric, d)
		all += weight
		if d <= done.To {
			behind += weight
		}
	}
	if all == 0 {
		return 0, seasonal
	}
	return behind / all, seasonal
}

// weight is how much a day counts in a rep's period.
func (p *Progresser) weight(rep sales.Rep, metric string, d sales.Date) float64 {
	switch {
	case !p.book.AtWork(rep, d):
		return 0
	case metric == finding.Sales && p.season.known:
		return p.season.weight(d)
	}
	return 1
}

// project says where the period ends if it goes on as so far.
func (p *Progresser) project(out *finding.Progress, rep sales.Rep, kind Kind) {
	out.Projected, out.Low, out.High, out.Pace = out.Actual, out.Actual, out.Actual, out.Attainment
	if out.Complete || out.Elapsed <= 0 {
		out.Ranged = out.Complete
		return
	}
	projected := out.Actual.Float() / out.Elapsed
	out.Projected = out.Actual.Like(projected)
	out.Pace = ratio(projected, out.Quota.Float())
	if !out.Actual.Money {
		rest := (1 - out.Elapsed) * p.usual(rep, kind, out, projected)
		out.Low = finding.Counted(out.Actual.Count + stat.Quantile(rest, tail))
		out.High = finding.Counted(out.Actual.Count + stat.Quantile(rest, 1-tail))
		out.Ranged = true
		return
	}
	past := p.past(kind, out.Start, out.Elapsed)
	if len(past) < leastPast || projected <= 0 {
		return
	}
	out.Low = out.Actual.Like(projected * at(past, tail))
	out.High = out.Actual.Like(projected * at(past, 1-tail))
	out.Ranged = true
}

// usual is what a rep reaches in a whole period: the mean of the projection and,
// where known, of what it reached in a usual one of the last year.
func (p *Progresser) usual(rep sales.Rep, kind Kind, out *finding.Progress, projected float64) float64 {
	year := sales.Span{From: max(out.Start-364, rep.HiredOn), To: out.Start - 1}
	if !p.known(kind.Metric, year.From) || year.Days() < 90 {
		return (projected + out.Quota.Float()) / 2
	}
	length := float64(out.End-out.Start) + 1
	return (projected + p.actual(rep.ID, kind.Metric, year).Float()*length/float64(year.Days())) / 2
}

// past returns how earlier projections at the same point of a period turned out,
// of all reps: actual ÷ projected, ascending.
func (p *Progresser) past(kind Kind, start sales.Date, elapsed float64) []float64 {
	k := pastKey{kind, int(math.Round(100 * elapsed))}
	if found, ok := p.errors[k]; ok {
		return found
	}
	var list []float64
	for range pastPeriods {
		in := p.book.rules.Fiscal.Period(kind.Period, start-1)
		start = in.From
		if p.ledger.Began == 0 || in.From <= p.ledger.Began {
			break
		}
		for _, rep := range p.reps {
			if rep.HiredOn > in.From {
				continue
			}
			if r, ok := p.turnedOut(rep, kind, in, elapsed); ok {
				list = append(list, r)
			}
		}
	}
	slices.Sort(list)
	p.errors[k] = list
	return list
}

// turnedOut is what a period came to, as a multiple of its projection when so
// much of it was behind.
func (p *Progresser) turnedOut(rep sales.Rep, kind Kind, in sales.Span, elapsed float64) (float64, bool) {
	var all, behind float64
	for d := in.From; d <= in.To; d++ {
		all += p.weight(rep, kind.Metric, d)
	}
	done := in
	for done.To = in.From; done.To < in.To && behind < elapsed*all; done.To++ {
		behind += p.weight(rep, kind.Metric, done.To)
	}
	done.To--
	if all == 0 || behind == 0 {
		return 0, false
	}
	share := behind / all
	whole := p.actual(rep.ID, kind.Metric, in).Float()
	then := p.actual(rep.ID, kind.Metric, done).Float()
	if whole <= 0 || then <= 0 {
		return 0, false
	}
	return whole / (then / share), true
}

// at is the value of an ascending list at a share of its length.
func at(list []float64, share float64) float64 {
	return list[int(math.Round(share*float64(len(list)-1)))]
}

// need is what is missing for each working day that is left.
func (p *Progresser) need(out *finding.Progress) {
	out.NeededPerDay = out.Actual.Like(0)
	missing, left := out.Quota.Float()-out.Actual.Float(), out.WorkingDays-out.Worked
	if missing > 0 && left > 0 && !out.Complete {
		out.NeededPerDay = out.Actual.Like(missing / float64(left))
	}
}

// short reports whether a quota was missed or is clearly behind: sales when the
// range of the projection stays below it (or without one the pace is well below),
// counts when the quota's own rate seldom
// gives so few by now.
func (p *Progresser) short(out *finding.Progress) bool {
	switch {
	case out.Complete:
		return out.Actual.Float() < out.Quota.Float()-1e-6
	case out.Pace >= 1 || out.Elapsed <= 0:
		return false
	case out.Actual.Money && out.Ranged:
		return out.High.Float() < out.Quota.Float()
	case out.Actual.Money:
		return out.Elapsed >= lateEnough && out.Pace < wellBehind
	}
	return stat.AtMost(out.Actual.Count, out.Quota.Count*out.Elapsed, 1) <= behind
}
