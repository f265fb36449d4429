package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// planted are 200 buyers of a kind in a company of 300 others.
type cast struct {
	kind  habitOfSeason
	known *sales.Snapshot
	left  map[string]sales.Date // who left, and when the next season began
}

// stage makes the company; the last year of its history is the judged one.
func (k habitOfSeason) stage(rng *rand.Rand) cast {
	c := cast{kind: k, known: &sales.Snapshot{}, left: map[string]sales.Date{}}
	begin := sales.NewDate(2021, 1, 1)
	judged := begin + sales.Date(k.years*365/2)
	c.known.AsOf = judged + 365
	c.known.DataThrough = c.known.AsOf
	for i := range 300 {
		gap := 5 + rng.IntN(25)
		c.add(fmt.Sprintf("A%03d", i), habitOfSeason{to: 366, gap: gap}, begin-sales.Date(rng.IntN(600)), c.known.AsOf+1, rng)
	}
	for i := range 200 {
		id := fmt.Sprintf("S%03d", i)
		end := c.known.AsOf + 1
		if i%2 == 0 {
			end = k.leaving(judged)
			c.left[id] = k.next(end)
		}
		c.add(id, k, begin, end, rng)
	}
	return c
}

// leaving is the end of the last season before a date.
func (k habitOfSeason) leaving(before sales.Date) sales.Date {
	if k.to > 365 {
		return before
	}
	for !k.open(before) || k.open(before+1) {
		before--
	}
	return before
}

// next is the first day of the season after the one that ends on a date.
func (k habitOfSeason) next(end sales.Date) sales.Date {
	if k.to > 365 {
		return end
	}
	for end++; !k.open(end); end++ {
	}
	return end
}

func (k habitOfSeason) open(d sales.Date) bool {
	day := d.Time().YearDay()
	if k.from > k.to {
		return day >= k.from || day <= k.to
	}
	return day >= k.from && day <= k.to
}

// add writes the days of one customer before end: Erlang-3 gaps within the
// season, one in thirty orders skipped, the season's edges drawn anew each year.
func (c *cast) add(id string, k habitOfSeason, begin, end sales.Date, rng *rand.Rand) {
	customer := sales.Customer{ID: id, Listed: true}
	for d := begin + sales.Date(rng.IntN(k.gap)); d < end && d <= c.known.AsOf; {
		edge := sales.Date(rng.IntN(14) - 7)
		if k.open(d + edge) {
			customer.Days = append(customer.Days, sales.Day{Date: d, Net: sales.Money(50+rng.IntN(100)) * sales.MoneyUnit})
		} else if !k.open(d) {
			d += sales.Date(1 + rng.IntN(3))
			continue
		}
		gap := -math.Log(rng.Float64()*rng.Float64()*rng.Float64()) * float64(k.gap) / 3
		if rng.IntN(30) == 0 {
			gap *= 2
		}
		d += sales.Date(max(1, math.Round(gap)))
	}
	c.known.Customers = append(c.known.Customers, customer)
}

// measure replays the judged year.
func (k habitOfSeason) measure(rng *rand.Rand) (stay, calendar, gone int, delays []int) {
	c := k.stage(rng)
	rules := standing.DefaultRules()
	wrong, byCalendar, told := map[string]bool{}, map[string]bool{}, map[string]bool{}
	model := standing.Fit(c.known.Through(c.known.AsOf-365), rules)
	for d := c.known.AsOf - 364; d <= c.known.AsOf; d += 5 {
		sheet := standing.JudgeWith(c.known.Through(d), rules, model)
		for i := range sheet.Customers {
			s := &sheet.Customers[i]
			id := s.Customer.ID
			began, left := c.left[id]
			silent := s.Stage == standing.Lost || s.Stage == standing.Overdue
			switch {
			case id[0] != 'S' || !s.Current:
			case !left:
				wrong[id] = wrong[id] || silent
				byCalendar[id] = byCalendar[id] || s.Habit.Beyond(float64(s.Silence)) && s.PLost >= rules.Overdue
			case silent && !told[id]:
				told[id] = true
				delays = append(delays, int(d-began))
			}
		}
	}
	return count(wrong), count(byCalendar), len(told), delays
}

func count(m map[string]bool) int {
	n := 0
	for _, yes := range m {
		if yes {
			n++
		}
	}
	return n
}
