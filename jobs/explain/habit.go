package explain

import (
	"fmt"
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// shownGaps is how many of the latest gaps are listed one by one.
const shownGaps = 24

// habit lists the gaps, and works out median, mean, p90 and horizon from them.
func (a *account) habit() Section {
	s := Section{Heading: finding.Say("explain_heading_habit")}
	if a.who.Orders == 0 {
		return s
	}
	s.Lines = a.orders()
	if gaps := a.gaps(); len(gaps) > 0 {
		slices.Sort(gaps)
		n, last := len(gaps), a.history.Days[len(a.history.Days)-1]
		span := int(last - a.who.First)
		s.Lines = append(s.Lines, say(finding.Say("explain_sorted")), Line{Grid: lengths(gaps)},
			say(quantile(gaps, .5)), say(quantile(gaps, .9)),
			say(finding.Say("explain_mean", "span", days(float64(span)), "gaps", n, "mean", days(a.who.Habit.Mean))))
	}
	s.Lines = append(s.Lines, say(a.horizon()), say(a.silence()))
	return s
}

// gaps returns the days between neighbouring buying days, in their order.
func (a *account) gaps() []int {
	var gaps []int
	for i := 1; i < len(a.history.Days); i++ {
		gaps = append(gaps, int(a.history.Days[i]-a.history.Days[i-1]))
	}
	return gaps
}

// orders lists the latest buying days, and adds up those before.
func (a *account) orders() []Line {
	h, n := a.history, len(a.history.Days)
	var lines []Line
	if merge := a.Sheet.Rules.MergeDays; merge > 0 {
		lines = append(lines, say(finding.Say("explain_merge", "merge", merge)))
	}
	from := max(0, n-1-shownGaps)
	listed := finding.Say("explain_orders_all", "orders", n)
	if from > 0 {
		listed = finding.Say("explain_orders", "orders", n, "gaps", from, "from", h.Days[0].String(), "to", h.Days[from].String(),
			"days", int(h.Days[from]-h.Days[0]))
	}
	lines, grid := append(lines, say(listed)), Line{}
	for i := from; i < n; i++ {
		gap := ""
		if i > 0 {
			gap = fmt.Sprintf("+%d", h.Days[i]-h.Days[i-1])
		}
		grid.Grid = append(grid.Grid, fmt.Sprintf("%s %5s  %s", h.Days[i], gap, amount(h.Amounts[i])))
	}
	return append(lines, grid)
}

// lengths counts equal gaps, shortest first.
func lengths(sorted []int) []string {
	var texts []string
	for from := 0; from < len(sorted); {
		to := from
		for to < len(sorted) && sorted[to] == sorted[from] {
			to++
		}
		texts = append(texts, fmt.Sprintf("%d × %d", sorted[from], to-from))
		from = to
	}
	return texts
}

// quantile shows how the median (p = .5) or the p90 gap (p = .9) is read off the
// sorted gaps: at the place 1 + p × (n − 1), linear between neighbours.
func quantile(sorted []int, p float64) finding.Phrase {
	steps := p * float64(len(sorted)-1)
	low := int(math.Floor(steps))
	part := steps - float64(low)
	if low+1 >= len(sorted) || part == 0 || sorted[low] == sorted[low+1] {
		key := map[float64]string{.5: "explain_median_at", .9: "explain_p90_at"}[p]
		return finding.Say(key, "last", len(sorted)-1, "place", days(1+steps), "value", sorted[low])
	}
	between := map[float64]string{.5: "explain_median_between", .9: "explain_p90_between"}[p]
	return finding.Say(between, "last", len(sorted)-1, "place", days(1+steps), "low", sorted[low], "high", sorted[low+1],
		"part", days(part), "value", days(float64(sorted[low])+part*float64(sorted[low+1]-sorted[low])))
}

func (a *account) horizon() finding.Phrase {
	if len(a.history.Days) < 2 {
		return finding.Say("explain_horizon_least", "h", days(a.who.Horizon), "twice", days(2*a.who.Horizon))
	}
	return finding.Say("explain_horizon", "median", days(a.who.Habit.Median), "h", days(a.who.Horizon), "twice", days(2*a.who.Horizon))
}

// silence shows the days since the last order, less those on which one may still
// be booked.
func (a *account) silence() finding.Phrase {
	return silenceOf(a.Sheet.AsOf, a.who.Last, a.who.Silence, a.who.Settled, a.Sheet.Rules.SettleDays)
}

func silenceOf(asOf, last sales.Date, silence, settled, settle int) finding.Phrase {
	if settle == 0 {
		return finding.Say("explain_silence", "as_of", asOf.String(), "last", last.String(), "w", silence)
	}
	return finding.Say("explain_silence_settled", "as_of", asOf.String(), "last", last.String(), "silence", silence, "settle", settle, "w", settled)
}
