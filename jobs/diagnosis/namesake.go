package diagnosis

import (
	"cmp"
	"unicode/utf8"

	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// namesake returns the customer of the same name who began when this one fell
// silent: most likely the same buyer under a second id.
func (c *Company) namesake(h halt) *standing.Standing {
	name := plainName(h.Customer.Name)
	if utf8.RuneCountInString(name) < leastName {
		return nil
	}
	if c.named == nil {
		c.nameAll()
	}
	same := c.named[name]
	if len(same) > namesakes {
		return nil
	}
	var twin *standing.Standing
	for _, i := range same {
		s := &c.sheet.Customers[i]
		if s.Customer.ID == h.Customer.ID || s.First <= h.last || s.First > h.due+sales.Date(2*h.Horizon) {
			continue
		}
		if twin == nil || cmp.Or(cmp.Compare(s.First, twin.First), cmp.Compare(s.Customer.ID, twin.Customer.ID)) < 0 {
			twin = s
		}
	}
	return twin
}

// nameAll indexes the customers with orders by plain name.
func (c *Company) nameAll() {
	c.named = map[string][]int{}
	for i := range c.sheet.Customers {
		if s := &c.sheet.Customers[i]; s.Orders > 0 {
			name := plainName(s.Customer.Name)
			c.named[name] = append(c.named[name], i)
		}
	}
}
