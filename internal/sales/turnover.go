package sales

import "sort"

// Credit is what one rep sold to a customer on one local date, net of returns.
// A line without a rep is credited to nobody: RepID is empty.
type Credit struct {
	Date  Date
	RepID string
	Net   Money
}

// Sum is what was bought of something in a span.
type Sum struct {
	Quantity float64 // net; 0 where no line gives one
	Net      Money
}

// Turnover is what one customer bought of one product from one rep. ProductID is
// empty for lines that name no product, RepID for those without a rep.
type Turnover struct {
	ProductID, RepID string
	// First and Last are the customer's first and last dates with a positive net
	// amount of the product, whoever sold it; zero: there is none.
	First, Last Date
	Sums        []Sum // one for each of Snapshot.Spans
}

// Credits returns who sold what to the customer in a span, ascending by date and
// rep. The net amounts of a date add up to that of its Day.
func (c *Customer) Credits(in Span) []Credit {
	var credits []Credit
	from := sort.Search(len(c.Days), func(i int) bool { return c.Days[i].Date >= in.From })
	split := sort.Search(len(c.Splits), func(i int) bool { return c.Splits[i].Date >= in.From })
	for _, day := range c.Days[from:] {
		if day.Date > in.To {
			break
		}
		for ; split < len(c.Splits) && c.Splits[split].Date < day.Date; split++ {
		}
		if split < len(c.Splits) && c.Splits[split].Date == day.Date {
			for ; split < len(c.Splits) && c.Splits[split].Date == day.Date; split++ {
				credits = append(credits, c.Splits[split])
			}
			continue
		}
		credits = append(credits, Credit{day.Date, c.SellerOn(day.Date), day.Net})
	}
	return credits
}

// SellerOn returns the rep who stood on the customer's orders on a date: that of
// the latest order with a rep on or before it, or the empty string.
func (c *Customer) SellerOn(d Date) string {
	if i := sort.Search(len(c.Sellers), func(i int) bool { return c.Sellers[i].From > d }); i > 0 {
		return c.Sellers[i-1].RepID
	}
	return ""
}

// NetIn is the customer's net amount in a span.
func (c *Customer) NetIn(in Span) Money {
	var sum Money
	from := sort.Search(len(c.Days), func(i int) bool { return c.Days[i].Date >= in.From })
	for _, d := range c.Days[from:] {
		if d.Date > in.To {
			break
		}
		sum += d.Net
	}
	return sum
}

// FirstOrder returns the customer's first buying day, zero if there is none.
func (c *Customer) FirstOrder() Date {
	for _, d := range c.Days {
		if d.Net > 0 {
			return d.Date
		}
	}
	return 0
}

// Orders returns the customer's buying days, ascending.
func (c *Customer) Orders() []Date {
	orders := make([]Date, 0, len(c.Days))
	for _, d := range c.Days {
		if d.Net > 0 {
			orders = append(orders, d.Date)
		}
	}
	return orders
}
