package diagnosis

import "dangol/internal/sales"

// Newcomers are the new customers of the company's history, on which the
// replacement arithmetic rests.
type Newcomers struct {
	FirstYears int         // new customers whose first year is known in full
	Median     sales.Money // of their net amounts in it; 0: too few of them
	Won        int         // new customers from Since through the as-of date
	Since      sales.Date
	PerMonth   float64 // won a month; 0: unknown, or none
}

// Newcomers returns what Replace computes with.
func (c *Company) Newcomers() Newcomers { return c.newcomers }
