package season

import (
	"slices"

	"dangol/internal/sales"
)

const (
	// tolerance: earlier years' pauses are taken to begin so many days earlier
	// and end so many days later, since no season keeps to the day.
	tolerance = 14
	// aYear is the days from a date to the same time of the next year; that leap
	// years shift it by a day is within the tolerance.
	aYear = 365
	// mostYears is how many earlier years are asked.
	mostYears = 3
	// twoYears: from so many earlier years on that agree, a pause need only
	// outlast one horizon. A single one has to outlast two, as a lost customer's
	// silence does, and to follow so many orders that they were a season.
	twoYears, aSeason = 2, 5
	// longestPause: who stays away for longer skips a season and keeps none.
	longestPause = 340
)

// pauses knows at which times of the year a customer has paused before.
type pauses struct {
	first, last sales.Date
	gaps        []pause // ascending
	horizon     float64
}

// pause is the silent dates between two orders, longer than the horizon but
// shorter than a year.
type pause struct {
	Span
	before int // orders before it
}

// newPauses takes a customer's long silences that an order ended. The horizon is
// in calendar days.
func newPauses(days []sales.Date, horizon float64) pauses {
	p := pauses{first: days[0], last: days[len(days)-1], horizon: horizon}
	for i := 1; i < len(days); i++ {
		if gap := float64(days[i] - days[i-1]); gap > horizon && gap <= longestPause {
			p.gaps = append(p.gaps, pause{Span{days[i-1] + 1, days[i] - 1}, i})
		}
	}
	return p
}

// covers reports whether the customer paused at the same time of the earlier
// years that are known: of the only one, of both, or of two of the latest three.
func (p pauses) covers(d sales.Date) bool {
	if len(p.gaps) == 0 {
		return false
	}
	asked, paused, alone := 0, 0, false
	for asked < mostYears {
		then := d - sales.Date(aYear*(asked+1))
		if then < p.first {
			break
		}
		gap, ok := p.at(then)
		if !ok && then < p.first+tolerance {
			break // its first season may have begun late
		}
		asked++
		if ok {
			paused++
			alone = gap.before >= aSeason && float64(gap.Days()+1) > 2*p.horizon
		}
	}
	return paused >= twoYears || asked == 1 && alone
}

// recurs reports whether a gap between two orders is a pause that the customer
// made in another year too, at least half of the shorter at the same time.
func (p pauses) recurs(gap Span) bool {
	for _, other := range p.gaps {
		for k := -mostYears; k <= mostYears; k++ {
			shift := sales.Date(aYear * k)
			overlap := min(gap.To, other.To+shift) - max(gap.From, other.From+shift) + 1
			if k != 0 && 2*int(overlap) >= min(gap.Days(), other.Days()) {
				return gap.Days() >= int(p.horizon)
			}
		}
	}
	return false
}

// at returns the pause in which a date lay, give or take the tolerance; the
// open silence is none.
func (p pauses) at(d sales.Date) (pause, bool) {
	i := slices.IndexFunc(p.gaps, func(s pause) bool { return d >= s.From-tolerance && d <= s.To+tolerance })
	if i < 0 || d > p.last {
		return pause{}, false
	}
	return p.gaps[i], true
}

// resumes returns the earliest date after d on which orders came again in one of
// the earlier years, moved to the coming one; zero where none is known.
func (p pauses) resumes(d sales.Date) sales.Date {
	var earliest sales.Date
	for k := 1; k <= mostYears; k++ {
		gap, ok := p.at(d - sales.Date(aYear*k))
		if !ok {
			continue
		}
		if back := gap.To + 1 + sales.Date(aYear*k); earliest == 0 || back < earliest {
			earliest = back
		}
	}
	return earliest
}
