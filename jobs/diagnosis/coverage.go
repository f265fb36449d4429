package diagnosis

import (
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// minVisits is the fewest visits that make a rhythm.
	minVisits = 4
	// neglectedBy: a visit rhythm stretched by more than this factor.
	neglectedBy = 2
	// recentVisits is the span before the missing order in which visits are
	// counted against the earlier rhythm; leastVisits the fewest to expect in it.
	recentVisits, leastVisits = 120, 3
	// thinned and bare are the shares of the expected visits below which they have
	// thinned out, and nearly ceased.
	thinned, bare = .5, .25
	// commonPause and rarePause are the shares of peers with as long a pause from
	// which on it says little, and up to which it says much.
	commonPause, rarePause = .2, .03
	// minPeers is the fewest peers to compare with.
	minPeers = 15
)

// Rhythm is how a customer was visited up to a date.
type Rhythm struct {
	Every   float64    // median gap between visits, days
	Longest float64    // the longest of these gaps
	Last    sales.Date // the last visit
	Visits  int        // dates with a visit
}

// RhythmOf returns the rhythm of the visits and calls on or before a date; one
// needs four of them.
func RhythmOf(visits []sales.Visit, through sales.Date) (Rhythm, bool) {
	return rhythm(visitDates(visits, through))
}

// visitDates are the dates with a visit on or before a date.
func visitDates(visits []sales.Visit, through sales.Date) []sales.Date {
	var dates []sales.Date
	for _, v := range visits {
		if v.Date <= through {
			dates = append(dates, v.Date)
		}
	}
	return slices.Compact(dates)
}

func rhythm(dates []sales.Date) (Rhythm, bool) {
	if len(dates) < minVisits {
		return Rhythm{}, false
	}
	gaps := make([]int, len(dates)-1)
	for i := range gaps {
		gaps[i] = int(dates[i+1] - dates[i])
	}
	slices.Sort(gaps)
	n := len(gaps)
	return Rhythm{
		Every: float64(gaps[(n-1)/2]+gaps[n/2]) / 2, Longest: float64(gaps[n-1]),
		Last: dates[len(dates)-1], Visits: len(dates),
	}, true
}

// coverage asks whether the visits had stopped or thinned out before the order
// was due, against the customer's own earlier rhythm, and whether customers who
// order as usual were left alone as long.
func (c *Company) coverage(h halt) trial {
	t := trial{name: finding.Coverage}
	if !c.snapshot.Has[sales.Visits] {
		return t
	}
	dates := visitDates(h.Customer.Visits, h.due)
	r, ok := rhythm(dates)
	if !ok {
		return t
	}
	pause := float64(h.due - r.Last)
	if pause > neglectedBy*r.Every {
		c.hearPause(&t, h, r, pause)
		return t
	}
	if !hearThinned(&t, h, dates) {
		t.denies(1, finding.Say("visited", "last", r.Last, "rhythm", r.Every))
	}
	return t
}

// hearPause weighs a pause in the visits: much if there never was one as long
// and it had begun before the last order.
func (c *Company) hearPause(t *trial, h halt, r Rhythm, pause float64) {
	points := 0
	if pause > r.Longest {
		points = 2
		if float64(h.last-r.Last) > neglectedBy*r.Every {
			points = 3
		}
	}
	t.speaks(points, finding.Say("visit_pause", "days", int(pause), "last", r.Last, "rhythm", r.Every))
	alike, peers := c.pausedAlike(pause / r.Every)
	if peers < minPeers {
		return
	}
	if float64(alike) >= commonPause*float64(peers) {
		t.denies(2, finding.Say("visit_pause_common", "alike", alike, "peers", peers))
	}
}

// hearThinned counts the visits of the last four months before the order was due
// against the rhythm before that.
func hearThinned(t *trial, h halt, dates []sales.Date) bool {
	from := h.due - recentVisits
	n, _ := slices.BinarySearch(dates, from+1)
	earlier, ok := rhythm(dates[:n])
	if !ok || earlier.Every == 0 {
		return false
	}
	expected, visits := recentVisits/earlier.Every, len(dates)-n
	share := float64(visits) / expected
	if expected < leastVisits || share > thinned {
		return false
	}
	points := 1
	if share <= bare {
		points = 2
	}
	t.speaks(points, finding.Say("visits_thinned", "visits", visits, "days", recentVisits, "rhythm", earlier.Every))
	return true
}

// pausedAlike counts the current regulars who order as usual and have been left
// without a visit for as many own rhythms.
func (c *Company) pausedAlike(rhythms float64) (alike, peers int) {
	if c.pauses == nil {
		c.pauses = []float64{}
		for i := range c.sheet.Customers {
			s := &c.sheet.Customers[i]
			if !s.Current || isSilent(s) {
				continue
			}
			if r, ok := RhythmOf(s.Customer.Visits, c.snapshot.AsOf); ok && r.Every > 0 {
				c.pauses = append(c.pauses, float64(c.snapshot.AsOf-r.Last)/r.Every)
			}
		}
		slices.Sort(c.pauses)
	}
	at, _ := slices.BinarySearch(c.pauses, rhythms)
	return len(c.pauses) - at, len(c.pauses)
}
