package freshness

import (
	"math"

	"dangol/internal/sales"
)

// steadyDays is the spell before a fall that must have been normal.
const steadyDays = 10

// expect adds up what the expectations are made of.
func (l *level) expect() {
	l.sums = make([]totals, len(l.dates)+1)
	for i, d := range l.dates {
		l.sums[i+1] = l.sums[i]
		w := d.Weekday()
		l.sums[i+1].buyers[w] += l.buyers[i]
		l.sums[i+1].days[w]++
	}
}

// totals are the buyers and selling days of each weekday.
type totals struct{ buyers, days [7]float64 }

// minus returns the totals since an earlier date.
func (t totals) minus(earlier totals) totals {
	for w := range t.days {
		t.buyers[w] -= earlier.buyers[w]
		t.days[w] -= earlier.days[w]
	}
	return t
}

// mean returns buyers per selling day, and of each weekday.
func (t totals) mean() (all float64, weekday [7]float64) {
	buyers, days := 0.0, 0.0
	for w := range t.days {
		buyers += t.buyers[w]
		days += t.days[w]
		if t.days[w] > 0 {
			weekday[w] = t.buyers[w] / t.days[w]
		}
	}
	return buyers / max(days, 1), weekday
}

// spell is a run of selling days held against the weeks before.
type spell struct {
	buyers, expected float64
	score            float64 // 2√(buyers + ⅜) − 2√(expected + ⅜): about standard normal by chance
}

// spell returns the n selling days that end with the one at index end. Each is
// expected to bring the mean of the eight weeks before the spell, times the
// share of its weekday in half a year before.
func (l *level) spell(end, n int) (spell, bool) {
	start := end - n + 1
	if start <= 0 {
		return spell{}, false
	}
	began := l.dates[start]
	if began < l.dates[0]+levelDays {
		return spell{}, false
	}
	_, weekday := l.sums[start].minus(l.sums[l.index(began-weekdayDays)]).mean()
	recent := l.sums[start].minus(l.sums[l.index(began-levelDays)])
	came, usual := 0.0, 0.0
	for w := range weekday {
		came += recent.buyers[w]
		usual += recent.days[w] * weekday[w]
	}
	var s spell
	for i := start; i <= end; i++ {
		s.buyers += l.buyers[i]
		s.expected += weekday[l.dates[i].Weekday()]
	}
	if usual > 0 {
		s.expected *= came / usual
	}
	s.score = 2*math.Sqrt(s.buyers+.375) - 2*math.Sqrt(s.expected+.375)
	return s, true
}

// index returns the index of the first date on or after d.
func (l *level) index(d sales.Date) int {
	low, high := 0, len(l.dates)
	for low < high {
		if mid := (low + high) / 2; l.dates[mid] < d {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// inCrowd reports whether the n selling days that end with the one at index end
// touch the week after a long closure.
func (l *level) inCrowd(end, n int) bool { return l.crowded[end+1] > l.crowded[end+1-n] }

// fall reports whether the last n selling days are a fall.
func (l *level) fall(n int) (FallFacts, bool) {
	end := len(l.dates) - 1
	now, ok := l.spell(end, n)
	if !ok || l.inCrowd(end, n) || now.expected < minFallBuyers || now.buyers == 0 || now.buyers >= fallen*now.expected {
		return FallFacts{}, false
	}
	before, ok := l.spell(end-n, steadyDays)
	if !ok || before.buyers < steady*before.expected {
		return FallFacts{}, false
	}
	scores, worse := float64(stepScores), float64(stepWorse)
	if n <= halfDays {
		scores, worse = halfScores, halfWorse
	}
	scatter, lowest, seen := l.past(end-n, n)
	if seen < minSpells || now.score > -scores*scatter || now.score > worse*lowest {
		return FallFacts{}, false
	}
	return FallFacts{
		Since: l.dates[end-n+1], SellingDays: n, Buyers: int(now.buyers), Expected: now.expected,
		Share: now.buyers / now.expected, Scores: -now.score / scatter,
	}, true
}

// past returns how the spells of n selling days of a year through the one at
// index end scattered below the expected, the lowest of their scores and their
// number. Above it they scatter wider where orders crowd around holidays.
func (l *level) past(end, n int) (scatter, lowest float64, seen int) {
	squares, below := 0.0, 0
	for i := end; i >= 0 && l.dates[i] > l.dates[end]-fallYear; i-- {
		s, ok := l.spell(i, n)
		if !ok {
			break
		}
		if l.inCrowd(i, n) {
			continue
		}
		seen++
		if s.score < 0 {
			below++
			squares += s.score * s.score
		}
		lowest = min(lowest, s.score)
	}
	return max(minFallScatter, math.Sqrt(squares/float64(max(below, 1)))), lowest, seen
}
