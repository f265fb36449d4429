package diagnosis

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// halt is where a customer's buying broke off or fell: after last; due is when
// the next order was to be expected.
type halt struct {
	*standing.Standing
	last, due sales.Date
}

// silenceOf is the halt of a silent customer.
func silenceOf(s *standing.Standing) halt { return halt{s, s.Last, due(s)} }

// due is the date on which the missing order was to be expected.
func due(s *standing.Standing) sales.Date { return s.Last + sales.Date(math.Round(s.Habit.Median)) }

// trial is one cause being tried. Its points are the sum of what its evidence
// weighs: 1 is low confidence, 2 medium, 3 and more high; 0 and less: there is
// something to be said for it, and more against it.
type trial struct {
	name     string
	points   int
	pro, con []finding.Phrase
}

// speaks adds evidence for the cause.
func (t *trial) speaks(points int, evidence finding.Phrase) {
	t.points += points
	t.pro = append(t.pro, evidence)
}

// denies adds evidence against it; points are what it takes away.
func (t *trial) denies(points int, evidence finding.Phrase) {
	t.points -= points
	t.con = append(t.con, evidence)
}

// heard reports whether there was any evidence.
func (t *trial) heard() bool { return len(t.pro)+len(t.con) > 0 }

// rank orders trials: a cause without evidence for it comes last.
func (t *trial) rank() int {
	if len(t.pro) == 0 {
		return math.MinInt
	}
	return t.points
}

func (t *trial) cause() finding.Cause {
	c := finding.Cause{Name: t.name, Confidence: finding.Low, For: t.pro, Against: t.con}
	switch {
	case len(t.pro) == 0:
	case t.points >= 3:
		c.Confidence = finding.High
	case t.points == 2:
		c.Confidence = finding.Medium
	}
	return c
}

// Causes tries every cause on a silent customer. Best supported first, and
// among equals in the order tried; a cause with evidence against it only comes
// last. What cannot be judged for lack of data is missing: see Unknowns.
func (c *Company) Causes(s *standing.Standing) []finding.Cause {
	return c.try(silenceOf(s), c.dataFault, c.season, c.market, c.product, c.price, c.service, c.coverage)
}

// DeclineCauses tries the causes of a decline that began on a date. The data, the
// season and the market are not among them: the test that found the decline has
// compared with the same time last year and with the other customers.
func (c *Company) DeclineCauses(s *standing.Standing, since sales.Date) []finding.Cause {
	return c.try(halt{s, since - 1, since}, c.product, c.price, c.service, c.coverage)
}

// Likely is the verdict: the name of the first cause if it is at least of medium
// confidence, else the empty string, which reads "unknown".
func Likely(causes []finding.Cause) string {
	if len(causes) == 0 || len(causes[0].For) == 0 || causes[0].Confidence == finding.Low {
		return ""
	}
	return causes[0].Name
}

func (c *Company) try(h halt, tries ...func(halt) trial) []finding.Cause {
	var trials []trial
	for _, try := range tries {
		if t := try(h); t.heard() {
			trials = append(trials, t)
		}
	}
	if !slices.ContainsFunc(trials, func(t trial) bool { return t.rank() > 0 }) {
		weak := slices.ContainsFunc(trials, func(t trial) bool { return len(t.pro) > 0 })
		trials = append(trials, c.customerOnly(weak || len(tries)-len(trials) > mostUnheard))
	}
	slices.SortStableFunc(trials, func(a, b trial) int { return cmp.Compare(b.rank(), a.rank()) })
	causes := make([]finding.Cause, len(trials))
	for i := range trials {
		causes[i] = trials[i].cause()
	}
	return causes
}

// mostUnheard is how many causes may lack data where "this customer alone" is
// still said with medium confidence.
const mostUnheard = 1

// customerOnly is what remains when nothing else speaks. It is unsure where
// something does, if outweighed, and where much could not be tried.
func (c *Company) customerOnly(unsure bool) trial {
	t := trial{name: finding.CustomerOnly}
	points := 2
	if unsure {
		points = 1
	}
	t.speaks(points, finding.Say("others_order", "ordering", c.company.regulars-c.company.silent, "regulars", c.company.regulars))
	return t
}

// Unknowns names what the causes could not look at, in the order in which they
// are tried: for lack of data, or of enough of it.
func (c *Company) Unknowns(s *standing.Standing) []finding.Phrase {
	h := silenceOf(s)
	var unknown []finding.Phrase
	if !c.yearKnown(h, 1) {
		unknown = append(unknown, finding.Say("unknown_last_year"))
	}
	if !c.comparable(s) {
		unknown = append(unknown, finding.Say("unknown_segment"))
	}
	if t := c.product(h); !t.heard() {
		unknown = append(unknown, finding.Say("unknown_product"))
	}
	if t := c.price(h); !t.heard() {
		unknown = append(unknown, finding.Say("unknown_price"))
	}
	if !c.snapshot.Has[sales.Complaints] {
		unknown = append(unknown, finding.Say("unknown_complaints"))
	}
	if !c.snapshot.Has[sales.Visits] {
		return append(unknown, finding.Say("unknown_visits"))
	}
	if _, ok := RhythmOf(s.Customer.Visits, h.due); !ok {
		unknown = append(unknown, finding.Say("unknown_rhythm"))
	}
	return unknown
}
