// Package season keeps a clock for every customer on which only the days count
// on which it was to be expected: the dates on which the company was closed are
// left out, the months in which the customer, its segment or the company buys
// less count less, and those in which it paused in earlier years too do not
// count at all. A silence that is long on the calendar and short on this clock
// is no reason to alert. Pure: no I/O, no clock of the machine.
//
// Where nothing of that is known the clock shows calendar days exactly.
package season

import (
	"cmp"
	"math"
	"slices"

	"dangol/internal/sales"
)

// Year is what is known of a company's year.
type Year struct {
	Closed   []Span // dates on which the company was closed, ascending
	Company  Profile
	segments map[string]Profile
	// stretched is by what factor the gaps after stock-up orders were longer.
	stretched float64
}

// Learn learns the company's closures and, from two years of orders on, the
// profile of its months and those of its segments, each only where the months
// differ by more than the years do.
func Learn(snapshot *sales.Snapshot, calendar sales.Calendar) *Year {
	flow := NewFlow(snapshot)
	y := &Year{Company: flat, segments: map[string]Profile{}}
	y.learnStretch(snapshot)
	if repeatBuyers(snapshot) < minCompany {
		return y
	}
	y.Closed = Closures(flow, calendar, snapshot.AsOf)
	if int(flow.Last()-flow.First) < minYears {
		return y
	}
	y.learnProfiles(snapshot)
	return y
}

// repeatBuyers counts the customers who say something about the company.
func repeatBuyers(snapshot *sales.Snapshot) int {
	n := 0
	for i := range snapshot.Customers {
		if len(snapshot.Customers[i].Days) >= minMember {
			n++
		}
	}
	return n
}

// learnProfiles adds customers up in the order of their first and last dates and
// then of what lies between, so that their order changes no bit.
func (y *Year) learnProfiles(snapshot *sales.Snapshot) {
	members := map[string][][]sales.Date{}
	for i := range snapshot.Customers {
		c := &snapshot.Customers[i]
		if days := buyingDays(c, snapshot.AsOf); len(days) >= minMember {
			members[c.Segment] = append(members[c.Segment], days)
		}
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare[string])
	tables := map[string]*table{}
	company := &table{}
	for _, name := range names {
		slices.SortFunc(members[name], func(a, b []sales.Date) int { return slices.Compare(a, b) })
		tables[name] = &table{}
		for _, days := range members[name] {
			tables[name].add(days, y.Closed)
		}
		company.include(tables[name])
	}
	if company.differs(flat) {
		y.Company = company.profile(flat, segmentWeight)
	}
	for name, t := range tables {
		if name != "" && t.differs(y.Company) {
			y.segments[name] = t.profile(y.Company, segmentWeight)
		}
	}
}

// include adds another table up.
func (t *table) include(other *table) {
	for i, year := range other.years {
		for m, c := range year {
			if c != (cell{}) {
				at := t.at(sales.NewDate(other.first+i, 1, 1).AddMonths(m))
				at.orders += c.orders
				at.expected += c.expected
			}
		}
	}
}

func buyingDays(c *sales.Customer, asOf sales.Date) []sales.Date {
	var days []sales.Date
	for _, d := range c.Days {
		if d.Net > 0 && d.Date <= asOf {
			days = append(days, d.Date)
		}
	}
	return days
}

// Profile returns how much the months count for a segment.
func (y *Year) Profile(segment string) Profile {
	if p, ok := y.segments[segment]; ok {
		return p
	}
	return y.Company
}

// Open counts the dates of (from, to] on which the company was not closed.
func (y *Year) Open(from, to sales.Date) int { return int(to-from) - within(y.Closed, from, to) }

// Clock is one customer's own time.
type Clock struct {
	Profile Profile
	Own     bool // the profile is the customer's own
	closed  []Span
	pauses  pauses
	noted   []sales.Pause
	days    []sales.Date
}

// Clock returns the clock of a customer with these buying days, ascending and at
// least one, of the segment, with the horizon in calendar days and the pauses
// that somebody noted.
func (y *Year) Clock(segment string, days []sales.Date, horizon float64, noted []sales.Pause) Clock {
	c := Clock{Profile: y.Profile(segment), closed: union(y.Closed, noted), pauses: newPauses(days, horizon), noted: noted, days: days}
	if int(days[len(days)-1]-days[0]) < minYears {
		return c
	}
	t := &table{}
	t.add(days, c.closed)
	if t.differs(c.Profile) {
		c.Profile, c.Own = t.profile(c.Profile, ownWeight), true
	}
	return c
}

// Between returns how much the dates of (from, to] count, in days.
func (c *Clock) Between(from, to sales.Date) float64 {
	if c.Profile == flat {
		return float64(c.counting(from+1, to))
	}
	sum := 0.0
	for d := from + 1; d <= to; {
		end := min(monthEnd(d), to)
		sum += float64(c.counting(d, end)) * c.Profile[monthOf(end)]
		d = end + 1
	}
	return sum
}

// counting is the number of dates of [from, to] that are not left out.
func (c *Clock) counting(from, to sales.Date) int {
	n := int(to-from) + 1 - within(c.closed, from-1, to)
	if len(c.pauses.gaps) == 0 || to < c.pauses.first+aYear {
		return n
	}
	for d := from; d <= to; d++ {
		if c.pauses.covers(d) && within(c.closed, d-1, d) == 0 {
			n--
		}
	}
	return n
}

// Reading is a silence as it stands on a customer's clock.
type Reading struct {
	Days      float64 // of silence that count
	Mean, P90 float64 // of the own gaps, on the same clock
	Closed    int     // calendar days of the silence on which the company was closed, or the customer noted as pausing
	Noted     int     // of them, those on which it was noted as pausing
	Why       string  // of the latest of these pauses, with its last day
	Until     sales.Date
	Paused    int        // calendar days of it on which the customer paused in earlier years too
	Resumes   sales.Date // when orders came again in those years, moved to now; zero: no pause now
	Slow      bool       // the months of the silence count less than average
}

// Read reads the silence from the last buying day to a date.
func (c *Clock) Read(to sales.Date) Reading {
	last := c.days[len(c.days)-1]
	r := Reading{Days: c.Between(last, to), Closed: within(c.closed, last, to)}
	r.Mean, r.P90 = c.habit()
	for _, p := range c.noted {
		if n := int(min(p.To, to)-max(p.From, last+1)) + 1; n > 0 {
			r.Noted, r.Why, r.Until = min(r.Closed, r.Noted+n), p.Why, p.To
		}
	}
	for d := last + 1; d <= to; d++ {
		if c.pauses.covers(d) {
			r.Paused++
		}
	}
	if r.Paused > 0 {
		r.Resumes = c.pauses.resumes(to)
	}
	r.Slow = r.Days < float64(int(to-last)-r.Closed-r.Paused)
	return r
}

// habit returns the mean and the 90th percentile of the own gaps on the clock,
// linear between neighbours. A pause that recurs from year to year is no gap.
func (c *Clock) habit() (mean, p90 float64) {
	var gaps []float64
	for i := 1; i < len(c.days); i++ {
		if !c.pauses.recurs(Span{c.days[i-1] + 1, c.days[i] - 1}) {
			gap := c.Between(c.days[i-1], c.days[i])
			gaps = append(gaps, gap)
			mean += gap
		}
	}
	if len(gaps) == 0 {
		return 0, 0
	}
	mean /= float64(len(gaps))
	slices.Sort(gaps)
	at := .9 * float64(len(gaps)-1)
	low := int(math.Floor(at))
	if low+1 >= len(gaps) {
		return mean, gaps[low]
	}
	return mean, gaps[low] + (at-float64(low))*(gaps[low+1]-gaps[low])
}

// Beyond reports whether the silence is longer than the own mean gap and than
// nine of ten own gaps, both stretched by a factor of at least 1.
func (r Reading) Beyond(stretch float64) bool {
	return r.Days > stretch*r.Mean && r.Days > stretch*r.P90
}
