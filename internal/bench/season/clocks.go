package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"dangol/internal/sales"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// alerts counts silences that were called overdue or lost in weekly replays.
type alerts struct{ told, right, healthy, seasonal int }

// follow judges a shop every week of its last year, the model fitted every
// thirteen weeks, and counts each silence once that was called lost: by the
// calendar alone, and as it is. Right is one that outlasted two horizons.
func follow(s *shop) (before, after alerts, late int) {
	type key struct {
		id   string
		last sales.Date
	}
	first, told := map[key]sales.Date{}, map[key]sales.Date{}
	var model silence.Blend
	rules := standing.DefaultRules()
	rules.Calendar = s.calendar
	week := 0
	for d := s.from(); d <= s.known.AsOf; d += 7 {
		at := s.known.Through(d)
		if week%13 == 0 {
			model = standing.Fit(at, rules)
		}
		week++
		sheet := standing.JudgeWith(at, rules, model)
		for i := range sheet.Customers {
			c := &sheet.Customers[i]
			k := key{c.Customer.ID, c.Last}
			if !c.Current || !c.Habit.Beyond(float64(c.Silence)) || c.PLost < rules.Lost {
				continue
			}
			if first[k] == 0 {
				first[k] = d
			}
			if c.Stage == standing.Lost && told[k] == 0 {
				told[k] = d
				late += int(d - first[k])
			}
		}
	}
	for k := range first {
		right := s.outlasted(k.id, k.last)
		before.count(s, k.id, right)
		if told[k] != 0 {
			after.count(s, k.id, right)
		}
	}
	return before, after, late
}

func (a *alerts) count(s *shop, id string, right bool) {
	a.told++
	if right {
		a.right++
	}
	if s.healthy[id] {
		a.healthy++
	}
	if s.seasonal[id] {
		a.seasonal++
	}
}

// outlasted reports whether the silence after an order outlasted two horizons.
func (s *shop) outlasted(id string, last sales.Date) bool {
	c := s.known.Customer(id)
	h := silence.NewHistory(c.Days, last)
	limit := last + sales.Date(2*h.Habit().Horizon())
	return !slices.ContainsFunc(c.Days, func(d sales.Day) bool { return d.Net > 0 && d.Date > last && d.Date <= limit })
}

// clocks sets the alerts by the calendar alone beside those of the customers'
// own clocks.
func clocks(all []*shop, out io.Writer) {
	fmt.Fprintln(out, "\nsilences called lost\tcalendar\tright\tof healthy\tof seasonal\town clock\tright\tof healthy\tof seasonal\tmean delay, days")
	for _, s := range all {
		b, a, late := follow(s)
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f\n", s.name, b.told, b.right, b.healthy, b.seasonal,
			a.told, a.right, a.healthy, a.seasonal, float64(late)/float64(max(1, a.told)))
	}
}

// stockUps compares the gap after an order of more than five times the own
// median with the customer's other gaps.
func stockUps(all []*shop, out io.Writer) {
	fmt.Fprintln(out, "\nstock-up orders\torders\tgap after ÷ own median gap, median\tafter other orders\tshare beyond own p90\tafter other orders")
	for _, s := range all {
		var after, others []float64
		beyondAfter, beyondOthers := 0, 0
		for i := range s.known.Customers {
			h := silence.NewHistory(s.known.Customers[i].Days, s.known.AsOf)
			for j := 5; j+1 < len(h.Days); j++ {
				was := silence.History{Days: h.Days[:j], AsOf: h.Days[j-1]}.Habit()
				gap := float64(h.Days[j+1] - h.Days[j])
				sizes := slices.Sorted(slices.Values(h.Amounts[:j]))
				if float64(h.Amounts[j]) > 5*float64(sizes[len(sizes)/2]) {
					after = append(after, gap/was.Median)
					if was.Beyond(gap) {
						beyondAfter++
					}
				} else {
					others = append(others, gap/was.Median)
					if was.Beyond(gap) {
						beyondOthers++
					}
				}
			}
		}
		if len(after) == 0 {
			continue
		}
		slices.Sort(after)
		slices.Sort(others)
		fmt.Fprintf(out, "%s\t%d\t%.2f\t%.2f\t%.3f\t%.3f\n", s.name, len(after), after[len(after)/2], others[len(others)/2],
			float64(beyondAfter)/float64(len(after)), float64(beyondOthers)/float64(len(others)))
	}
}

// habitOfSeason is a kind of seasonal buyer.
type habitOfSeason struct {
	name     string
	from, to int // day of the year; from > to: over the turn of the year
	gap      int // days, mean
	years    int // of history, in half years
}

var kinds = []habitOfSeason{
	{"May to September, weekly, 3 years", 121, 273, 7, 6},
	{"June to August, every 12 days, 3 years", 152, 243, 12, 6},
	{"June to August, monthly, 3 years", 152, 243, 28, 6},
	{"May to September, weekly, 1.5 years", 121, 273, 7, 3},
	{"October to March, every 10 days, 3 years", 274, 90, 10, 6},
	{"closed in January and February, weekly, 3 years", 60, 365, 7, 6},
	{"all year, weekly, 3 years", 0, 366, 7, 6},
	{"all year, monthly, 3 years", 0, 366, 30, 6},
}

// seasonal plants 200 buyers of each kind in a company of 300 that buy all year,
// half of whom leave after their last season. Each is judged every fifth day
// for a year: those who stay should never be called overdue or lost, those who
// left should be soon after the next season began (for all-year buyers: after
// they left).
func seasonal(out io.Writer) {
	fmt.Fprintln(out, "\nplanted seasonal buyers\tof 100 who stay, called silent\tby the calendar alone\tof 100 who left, called within a year\tdays after the season began, median")
	for i, kind := range kinds {
		stay, calendar, gone, delays := kind.measure(rand.New(rand.NewPCG(7, uint64(i))))
		slices.Sort(delays)
		middle := "–"
		if len(delays) > 0 {
			middle = fmt.Sprint(delays[len(delays)/2])
		}
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%s\n", kind.name, stay, calendar, gone, middle)
	}
}
