package diagnosis

import "dangol/internal/sales"

// flow counts the orders of many customers by date.
type flow struct {
	oldest sales.Date // the first date with an order
	upTo   []int      // dates of customers with an order or return, from oldest through each date
}

// orders counts (from, to].
func (f flow) orders(from, to sales.Date) int { return f.through(to) - f.through(from) }

func (f flow) through(d sales.Date) int {
	if d < f.oldest || len(f.upTo) == 0 {
		return 0
	}
	return f.upTo[min(int(d-f.oldest), len(f.upTo)-1)]
}

// flowOf adds up the orders of the customers that fit.
func (c *Company) flowOf(fits func(*sales.Customer) bool) flow {
	f := flow{oldest: c.snapshot.AsOf + 1}
	for i := range c.snapshot.Customers {
		if customer := &c.snapshot.Customers[i]; len(customer.Days) > 0 && fits(customer) {
			f.oldest = min(f.oldest, max(c.began, customer.Days[0].Date))
		}
	}
	f.upTo = make([]int, c.snapshot.AsOf-f.oldest+1)
	for i := range c.snapshot.Customers {
		customer := &c.snapshot.Customers[i]
		if len(customer.Days) == 0 || !fits(customer) {
			continue
		}
		for _, d := range customer.Days {
			if d.Date >= f.oldest && d.Date <= c.snapshot.AsOf {
				f.upTo[d.Date-f.oldest]++
			}
		}
	}
	for i := 1; i < len(f.upTo); i++ {
		f.upTo[i] += f.upTo[i-1]
	}
	return f
}

// segmentFlow is the orders of a segment.
func (c *Company) segmentFlow(segment string) flow {
	if c.flows == nil {
		c.flows = map[string]flow{}
	}
	f, ok := c.flows[segment]
	if !ok {
		f = c.flowOf(func(customer *sales.Customer) bool { return customer.Segment == segment })
		c.flows[segment] = f
	}
	return f
}
