package diagnosis

import (
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// recentTrouble: a complaint or a return so many days before the order was due
	// matters.
	recentTrouble = 60
	// settledOrders: who ordered so often after a complaint was settled did not
	// leave for it.
	settledOrders = 3
	// rareComplaints: where at most so many of those who order as usual complained
	// lately, one who complained and then stopped says much.
	rareComplaints = .05
	// largeReturn is the share of a usual order that makes one return a matter.
	largeReturn = .4
	// oftenReturned: returns so many times as frequent as before are unusual.
	oftenReturned = 3
)

// service asks whether complaints or returned goods stand before the break.
func (c *Company) service(h halt) trial {
	t := trial{name: finding.Service}
	for _, complaint := range h.Customer.Complaints {
		c.hearComplaint(&t, h, complaint)
	}
	if t.points = min(t.points, 2); t.points == 2 && c.complaintsRare() {
		t.points++
	}
	hearReturns(&t, h)
	if c.snapshot.Has[sales.Complaints] && len(t.pro) == 0 {
		t.denies(1, finding.Say("no_complaint"))
	}
	return t
}

// hearComplaint weighs one complaint: one that was settled and after which the
// customer went on ordering weighs little.
func (c *Company) hearComplaint(t *trial, h halt, complaint sales.Complaint) {
	open := complaint.Closed == 0 || complaint.Closed > c.snapshot.AsOf
	if complaint.Opened < h.due-recentTrouble || complaint.Opened > h.due && !open {
		return
	}
	key := "complaint_closed"
	if open {
		key = "complaint_open"
	}
	points := 2
	if !open && ordersIn(h.Customer, complaint.Closed, h.last) >= settledOrders {
		points = 1
	}
	t.speaks(points, finding.Say(key, "since", complaint.Opened))
}

// complaintsRare reports whether hardly any current regular who orders as usual
// has complained within the last weeks.
func (c *Company) complaintsRare() bool {
	if c.peers == 0 {
		for i := range c.sheet.Customers {
			s := &c.sheet.Customers[i]
			if !s.Current || isSilent(s) {
				continue
			}
			c.peers++
			if n := len(s.Customer.Complaints); n > 0 && s.Customer.Complaints[n-1].Opened > c.snapshot.AsOf-recentTrouble {
				c.complained++
			}
		}
	}
	return c.peers >= minPeers && float64(c.complained) <= rareComplaints*float64(c.peers)
}

// hearReturns weighs the goods that came back before the break against the
// customer's own earlier returns.
func hearReturns(t *trial, h halt) {
	from := h.due - recentTrouble
	var amount sales.Money
	recent, earlier := 0, 0
	for _, r := range returned(h.Customer) {
		switch {
		case r.Date > h.due:
		case r.Date > from:
			recent++
			amount -= r.Net
		default:
			earlier++
		}
	}
	if recent == 0 {
		return
	}
	large := float64(amount) >= largeReturn*float64(usualOrder(h))
	usual := float64(earlier) / max(1, float64(from-h.First)) * recentTrouble
	often := float64(recent) >= oftenReturned*usual
	points := 0
	switch {
	case often && recent > 1:
		points = 2
	case often && large:
		points = 2
	case often:
		points = 1
	}
	t.speaks(points, finding.Say("goods_returned", "returns", recent, "amount", amount, "since", from+1))
}

// returned lists the dates with returned goods, ascending: from the days that
// net below zero and from the products that do, whichever says more.
func returned(c *sales.Customer) []sales.Day {
	back := map[sales.Date]sales.Money{}
	for _, b := range c.Baskets {
		for _, p := range b.Days {
			if p.Net < 0 {
				back[p.Date] += p.Net
			}
		}
	}
	for _, d := range c.Days {
		if d.Net < 0 {
			back[d.Date] = min(back[d.Date], d.Net)
		}
	}
	list := make([]sales.Day, 0, len(back))
	for date, net := range back {
		list = append(list, sales.Day{Date: date, Net: net})
	}
	slices.SortFunc(list, func(a, b sales.Day) int { return int(a.Date - b.Date) })
	return list
}

// usualOrder is the median amount of a buying day of the last year.
func usualOrder(h halt) sales.Money {
	var amounts []sales.Money
	for _, d := range h.Customer.Days {
		if d.Net > 0 && d.Date > h.last-year && d.Date <= h.last {
			amounts = append(amounts, d.Net)
		}
	}
	if len(amounts) == 0 {
		return 0
	}
	slices.Sort(amounts)
	return amounts[len(amounts)/2]
}
