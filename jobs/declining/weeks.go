package declining

import (
	"math"
	"slices"

	"dangol/internal/sales"
)

const (
	// baseWeeks is the time a window is compared with: the year before it.
	baseWeeks = 52
	// leastBase is the fewest weeks that make a baseline.
	leastBase = 26
	// longest is the longest window of weeks that is looked at.
	longest = 26
	// nullWeeks is how many past weeks say what chance alone brings.
	nullWeeks = 26
	// span is the number of weeks that a judgement looks back.
	span = baseWeeks + longest + nullWeeks + baseWeeks
	// wild is how many standard deviations from the mean the logarithm of an
	// amount may count.
	wild = 2.5
	// mostShare winsorises amounts at this quantile of the customer's own.
	mostShare = .95
)

// grid lays weeks over the calendar: week span−1 ends on end.
type grid struct{ end sales.Date }

// newGrid ends on the last Sunday of which every order is known. Whole weeks are
// tested, and each once, so that looking every night is not looking more often.
func newGrid(asOf sales.Date, settleDays int) grid {
	settled := asOf - sales.Date(settleDays)
	return grid{settled - sales.Date(settled.Weekday())}
}

// week returns the index of a date's week: below 0 before the grid, span after it.
func (g grid) week(d sales.Date) int {
	if d > g.end {
		return span
	}
	return span - 1 - int(g.end-d)/7
}

// last returns the last date of a week.
func (g grid) last(week int) sales.Date { return g.end - sales.Date(7*(span-1-week)) }

// track is one customer's buying by week, as running totals: the sum over weeks
// i … j−1 is total[j] − total[i].
type track struct {
	began   int     // the first whole week after its first order
	orders  totals  // buying days
	volume  totals  // amounts, winsorised, returns taken off
	logs    totals  // logarithms of the amounts of the orders
	squares totals  // squares of their distance from level
	level   float64 // mean logarithm of its amounts
	days    []sales.Day
	ln      []float64 // of the amounts of days; unused where there is no order
	amounts []float64 // of the orders, ascending
}

// totals are running totals by week.
type totals [span + 1]float64

// over is the sum over weeks from … to−1.
func (t *totals) over(from, to int) float64 { return t[to] - t[from] }

func (t *totals) add() {
	for i := 1; i <= span; i++ {
		t[i] += t[i-1]
	}
}

// fill takes in one customer; the track is used again for the next.
func (t *track) fill(g grid, c *sales.Customer) bool {
	t.orders, t.logs, t.squares = totals{}, totals{}, totals{}
	days := c.Days
	for len(days) > 0 && days[len(days)-1].Date > g.end {
		days = days[:len(days)-1]
	}
	first := slices.IndexFunc(days, func(d sales.Day) bool { return d.Net > 0 })
	if first < 0 {
		return false
	}
	t.began = max(0, g.week(days[first].Date)+1)
	for len(days) > 0 && g.week(days[0].Date) < 0 {
		days = days[1:]
	}
	t.days = days
	low, high := t.bounds()
	for i, d := range days {
		if d.Net > 0 {
			week := g.week(d.Date) + 1
			ln := min(high, max(low, t.ln[i]))
			t.orders[week]++
			t.logs[week] += ln
			t.squares[week] += (ln - t.level) * (ln - t.level)
		}
	}
	t.orders.add()
	t.logs.add()
	t.squares.add()
	return t.orders[span] > 0
}

// bounds returns how far an amount's logarithm counts.
func (t *track) bounds() (low, high float64) {
	t.ln = t.ln[:0]
	n, sum, squares := 0.0, 0.0, 0.0
	for _, d := range t.days {
		ln := 0.0
		if d.Net > 0 {
			ln = math.Log(d.Net.Float())
			n++
			sum += ln
			squares += ln * ln
		}
		t.ln = append(t.ln, ln)
	}
	if n == 0 {
		return 0, 0
	}
	t.level = sum / n
	spread := wild * math.Sqrt(max(0, squares/n-t.level*t.level))
	return t.level - spread, t.level + spread
}

// fillVolume takes in the amounts; only what is told of a customer needs them.
func (t *track) fillVolume(g grid) {
	t.volume, t.amounts = totals{}, t.amounts[:0]
	for _, d := range t.days {
		if d.Net > 0 {
			t.amounts = append(t.amounts, d.Net.Float())
		}
	}
	most := math.Inf(1)
	if n := len(t.amounts); n > 0 {
		slices.Sort(t.amounts)
		most = t.amounts[int(mostShare*float64(n-1))]
	}
	for _, d := range t.days {
		t.volume[g.week(d.Date)+1] += min(most, d.Net.Float())
	}
	t.volume.add()
}
