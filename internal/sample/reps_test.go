package sample

import (
	"testing"

	"dangol/internal/sales"
)

// seller gathers what a rep did by the visit log and the first orders.
type seller struct {
	cold map[sales.Date]int // cold visits by date
	all  map[sales.Date]int // visits by date
	won  []sales.Date
}

func (c *Company) sellersSeen() map[string]*seller {
	seen := map[string]*seller{}
	for _, p := range c.people {
		seen[p.id] = &seller{cold: map[sales.Date]int{}, all: map[sales.Date]int{}}
	}
	first := map[string]sales.Date{}
	for id, days := range c.buyingDaysOf() {
		first[id] = days[0]
	}
	for _, v := range c.visits {
		if v.state != "done" {
			continue
		}
		s := seen[v.rep]
		s.all[v.date]++
		if v.customer == "" || v.date <= first[v.customer] {
			s.cold[v.date]++
		}
	}
	for _, a := range c.accounts {
		if a.win != nil {
			s := seen[c.people[a.owner(a.first)].id]
			s.won = append(s.won, a.first)
		}
	}
	return seen
}

func count(days map[sales.Date]int, from, to sales.Date) int {
	n := 0
	for d := from; d <= to; d++ {
		n += days[d]
	}
	return n
}

func within(days []sales.Date, from, to sales.Date) int {
	n := 0
	for _, d := range days {
		if d >= from && d <= to {
			n++
		}
	}
	return n
}

// workdays counts the rep's days at work in [from, to].
func (c *Company) workdays(rep int, from, to sales.Date) int {
	b, n := &builder{c}, 0
	for d := from; d <= to; d++ {
		if b.works(rep, d) {
			n++
		}
	}
	return n
}

// TestPlantedReps looks at every rep's cold visits in the last ten complete
// weeks, and tells the planted ones from the others by the figures alone.
func TestPlantedReps(t *testing.T) {
	for _, asOf := range asOfDates(t) {
		c := company(asOf)
		seen := c.sellersSeen()
		sunday := asOf - sales.Date(asOf.Weekday())
		for rep := range sellers {
			p := c.people[rep]
			if p.retired != 0 {
				continue
			}
			s, from := seen[p.id], max(sunday-63, p.hired)
			asked := float64(coldQuota[p.level]*c.workdays(rep, from, sunday)) / 5
			done := float64(count(s.cold, from, sunday)) / asked
			switch {
			case rep == repFewVisits && done > .5, rep == repCollapse && done > .5,
				rep == repPoorYield && done < 1.4, !strained(rep) && done < 1:
				t.Errorf("%s: %s made %.2f of the cold visits asked for in ten weeks", asOf, p.id, done)
			}
			past := count(s.all, asOf-350, asOf-80)
			recent := count(s.all, asOf-69, asOf)
			if fell := float64(recent)/70 < .5*float64(past)/271; fell != (rep == repCollapse) {
				t.Errorf("%s: %s made %d visits in 70 days and %d in the 271 before", asOf, p.id, recent, past)
			}
		}
	}
}

// strained reports the reps who do not reach their visits.
func strained(rep int) bool { return rep == repFewVisits || rep == repCollapse }

// TestNewCustomers: normal reps reach the quota of their level in each of the
// last four complete quarters, the planted ones do not.
func TestNewCustomers(t *testing.T) {
	for _, asOf := range asOfDates(t) {
		c := company(asOf)
		seen := c.sellersSeen()
		if n := within(seen[c.people[repPoorYield].id].won, asOf-yieldDays+7, asOf); n != 0 {
			t.Errorf("%s: the rep of poor yield won %d customers", asOf, n)
		}
		if n := within(seen[c.people[repCollapse].id].won, asOf-56, asOf); n != 0 {
			t.Errorf("%s: the rep whose activity fell won %d customers since", asOf, n)
		}
		y, m, _ := asOf.Time().Date()
		quarter := sales.NewDate(y, m-(m-1)%3, 1)
		for q := 1; q <= 4; q++ {
			from, to := quarter.AddMonths(-3*q), quarter.AddMonths(-3*q+3)-1
			for rep := range 10 {
				p := c.people[rep]
				if n := within(seen[p.id].won, from, to); !strained(rep) && rep != repPoorYield && n < winQuota[p.level] {
					t.Errorf("%s: %s (%s) won %d in the quarter from %s, quota %d", asOf, p.id, p.level, n, from, winQuota[p.level])
				}
			}
		}
	}
}

// confirmedLosses returns, by rep at the time of the last order, the days on
// which a silence outlasted 2h = 2 × max(3 × own median gap, 30).
func (c *Company) confirmedLosses() map[int][]sales.Date {
	losses := map[int][]sales.Date{}
	days := c.buyingDaysOf()
	for _, a := range c.accounts {
		own := days[a.id]
		if a.season != allYear {
			continue
		}
		for i := 4; i < len(own); i++ {
			next := c.AsOf + 1
			if i+1 < len(own) {
				next = own[i+1]
			}
			h := sales.Date(max(3*medianGap(own[:i+1]), 30))
			if confirmed := own[i] + 2*h + 1; confirmed < next && own[i]-own[0] >= 90 {
				losses[a.owner(own[i])] = append(losses[a.owner(own[i])], confirmed)
			}
		}
	}
	return losses
}

// TestLosingRep: four or more confirmed losses in the 90 days to each of the
// last three month ends and to the as-of date, and at most two for anybody else.
func TestLosingRep(t *testing.T) {
	for _, asOf := range asOfDates(t) {
		c := company(asOf)
		losses := c.confirmedLosses()
		_, _, day := asOf.Time().Date()
		monthEnd := asOf - sales.Date(day)
		for _, end := range []sales.Date{asOf, monthEnd, (monthEnd + 1).AddMonths(-1) - 1, (monthEnd + 1).AddMonths(-2) - 1} {
			for rep := range sellers {
				n := within(losses[rep], end-89, end)
				if rep == repLosing && n < 4 || rep != repLosing && n > 2 {
					t.Errorf("%s: %s has %d confirmed losses in the 90 days to %s", asOf, c.people[rep].id, n, end)
				}
			}
		}
	}
}

func TestNeglectedAreNotVisitedAndStillBuy(t *testing.T) {
	for _, asOf := range asOfDates(t) {
		c := company(asOf)
		days := c.buyingDaysOf()
		for _, k := range c.Truth.Of(Neglected) {
			var seen []sales.Date
			for _, v := range c.visits {
				if v.customer == k.CustomerID && v.state != "cancelled" {
					seen = append(seen, v.date)
				}
			}
			if last := seen[len(seen)-1]; last != k.Began || len(seen) < 8 {
				t.Errorf("%s: neglected %s: %d visits, last %s, planted %s", asOf, k.CustomerID, len(seen), last, k.Began)
			}
			if usual := medianGap(seen); float64(asOf-k.Began) < 2*usual {
				t.Errorf("%s: neglected %s not visited for %d days, usually every %v", asOf, k.CustomerID, asOf-k.Began, usual)
			}
			if own := days[k.CustomerID]; asOf-own[len(own)-1] > 70 {
				t.Errorf("%s: neglected %s has not ordered since %s", asOf, k.CustomerID, own[len(own)-1])
			}
		}
	}
}

func TestNobodyWorksOnLeave(t *testing.T) {
	for _, asOf := range asOfDates(t) {
		c := company(asOf)
		index, planned := map[string]int{}, 0
		for i, p := range c.people {
			index[p.id] = i
		}
		b := &builder{c}
		for _, v := range c.visits {
			if !b.works(index[v.rep], v.date) {
				t.Errorf("%s: %s visits on %s, a day off", asOf, v.rep, v.date)
			}
			if (v.state == "planned") != (v.date > asOf) && v.state != "cancelled" {
				t.Errorf("%s: a visit on %s is %s", asOf, v.date, v.state)
			}
			if v.date > asOf {
				planned++
			}
		}
		if planned < 30 {
			t.Errorf("%s: %d planned visits", asOf, planned)
		}
		monday := b.lastWeek()
		if n := c.workdays(repOnLeave, monday, monday+6); n != 0 {
			t.Errorf("%s: the rep on leave is at work on %d days", asOf, n)
		}
	}
}

func TestOrdersCarryTheOwnerOfTheirTime(t *testing.T) {
	c := company(on(t, "2025-11-23"))
	owners := map[string]*account{}
	for _, a := range c.accounts {
		owners[a.id] = a
	}
	moved := map[string]bool{}
	for _, o := range c.orders {
		a := owners[o.customer]
		if a == nil || o.date > c.AsOf {
			continue
		}
		if want := c.people[a.owner(o.date)].id; o.rep != want && !o.noDate {
			t.Errorf("order %d of %s carries %s, owner %s", o.number, o.customer, o.rep, want)
		}
		if o.rep != c.people[a.ownerNow()].id {
			moved[o.customer] = true
		}
	}
	if len(moved) < 20 {
		t.Errorf("%d customers changed their rep, want the books of two who left and six more", len(moved))
	}
}
