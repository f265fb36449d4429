// Package sales holds the facts that everything else reasons about: customers
// and their buying days, reps, visits, quotas, money, dates and the calendar.
// It imports nothing of ours and does no I/O.
package sales

import (
	"math"
	"slices"
	"sort"
)

// Day is what one customer bought, net of returns, on one local date.
// It is a buying day ("order" in every output) when Net is positive.
type Day struct {
	Date Date
	Net  Money
}

// Seller says which rep stood on a customer's orders from a date on.
type Seller struct {
	From  Date
	RepID string
}

// Visit is one visit or call by a rep. For a stranger CustomerID is empty, or the
// id of a party that never ordered.
type Visit struct {
	Date       Date
	RepID      string
	CustomerID string
	Kind       string
}

// Complaint is one complaint of a customer; Closed is zero while it is open.
type Complaint struct {
	Opened, Closed Date
}

// Customer is one customer with everything known of it at the as-of date.
type Customer struct {
	ID      string
	Name    string
	RepID   string // the owner today, from the customers relation; may be empty
	Segment string
	Created Date
	Listed  bool // has a row in the customers relation

	Days       []Day       // ascending by date, one per date
	Baskets    []Basket    // ascending by product; the products bought often enough to tell
	Unread     []Date      // ascending; dates with order lines whose amount cannot be read
	Sellers    []Seller    // ascending by From; empty without order_lines.rep_id
	Splits     []Credit    // ascending by date and rep: the dates whose net is not all the seller's; Credits has all
	Turnover   []Turnover  // by product and rep; only where spans were asked for
	Visits     []Visit     // ascending by date
	Complaints []Complaint // ascending by Opened
	Pauses     []Pause     // noted ones, past and to come, ascending by From and then To
}

// Pause is a time in which a customer is known not to order: a holiday or a
// closure that somebody noted. Both dates are included.
type Pause struct {
	From, To Date
	Why      string
}

// Owner returns the rep who answers for the customer today: the customers
// relation's rep, else the rep of the latest order, else the empty string.
func (c *Customer) Owner() string {
	if c.RepID != "" || len(c.Sellers) == 0 {
		return c.RepID
	}
	return c.Sellers[len(c.Sellers)-1].RepID
}

// Through returns the customer as known at the end of asOf: later days, visits
// and complaints are left out. The slices share memory with the original.
func (c *Customer) Through(asOf Date) Customer {
	cut := *c
	cut.Days = c.Days[:sort.Search(len(c.Days), func(i int) bool { return c.Days[i].Date > asOf })]
	cut.Baskets = through(c.Baskets, asOf)
	cut.Unread = c.Unread[:sort.Search(len(c.Unread), func(i int) bool { return c.Unread[i] > asOf })]
	cut.Sellers = c.Sellers[:sort.Search(len(c.Sellers), func(i int) bool { return c.Sellers[i].From > asOf })]
	cut.Visits = c.Visits[:sort.Search(len(c.Visits), func(i int) bool { return c.Visits[i].Date > asOf })]
	cut.Splits = c.Splits[:sort.Search(len(c.Splits), func(i int) bool { return c.Splits[i].Date > asOf })]
	cut.Turnover = nil // its sums cannot be cut
	cut.Complaints = c.Complaints[:sort.Search(len(c.Complaints), func(i int) bool { return c.Complaints[i].Opened > asOf })]
	return cut
}

// UnreadSince reports whether the customer has an order line after a date whose
// amount cannot be read: nobody knows whether it bought.
func (c *Customer) UnreadSince(date Date) bool {
	return len(c.Unread) > 0 && c.Unread[len(c.Unread)-1] > date
}

// Rep is a sales representative.
type Rep struct {
	ID        string
	Name      string
	Email     string
	ManagerID string
	HiredOn   Date
	Level     string
	Inactive  bool // reps.active said no
}

// Product is an article of the company.
type Product struct {
	ID             string
	Name           string
	Category       string
	DiscontinuedOn Date
}

// Quota is a target of one rep, as the quotas relation gives it.
type Quota struct {
	RepID    string
	Metric   string
	Period   string
	StartsOn Date
	Target   float64
}

// The metrics of quotas.
const (
	MetricColdVisits   = "cold_visits"
	MetricNewCustomers = "new_customers"
	MetricSales        = "sales"
)

// Metrics and Periods are what a quota may be of and for.
var (
	Metrics = []string{MetricColdVisits, MetricNewCustomers, MetricSales}
	Periods = []string{string(Daily), string(Weekly), string(Monthly), string(Quarterly)}
)

// Usable reports whether the quota says what is asked of whom.
func (q Quota) Usable() bool {
	return q.RepID != "" && slices.Contains(Metrics, q.Metric) && slices.Contains(Periods, q.Period) && q.Target >= 0 && !math.IsInf(q.Target, 0)
}

// Relation is the name of a canonical relation, as queries: in the config names it.
type Relation string

// The canonical relations.
const (
	OrderLines Relation = "order_lines"
	Customers  Relation = "customers"
	Reps       Relation = "reps"
	Products   Relation = "products"
	Visits     Relation = "visits"
	Quotas     Relation = "quotas"
	Complaints Relation = "complaints"
)

// Snapshot is everything one run knows: one consistent reading of the sales
// database, cut at the end of AsOf.
type Snapshot struct {
	AsOf        Date
	DataThrough Date // newest counted order line on or before AsOf; zero if none
	Customers   []Customer
	Reps        []Rep // ascending by ID
	Products    []Product
	Quotas      []Quota
	Strangers   []Visit           // visits to parties that are no customer, ascending by date
	Planned     []Visit           // visits dated after AsOf, ascending by date
	Has         map[Relation]bool // relations the config gives
	Spans       []Span            // what the sums of Customer.Turnover cover
	HasSellers  bool              // order_lines.rep_id is ever filled
	HasProducts bool              // order_lines.product_id is ever filled
	BadAmount   string            // one of the newest amounts that could not be read, for people to look for
	Quality     Quality
}

// Rep returns the rep with the id.
func (s *Snapshot) Rep(id string) (Rep, bool) {
	i := sort.Search(len(s.Reps), func(i int) bool { return s.Reps[i].ID >= id })
	if i < len(s.Reps) && s.Reps[i].ID == id {
		return s.Reps[i], true
	}
	return Rep{}, false
}

// Customer returns the customer with the id, or nil.
func (s *Snapshot) Customer(id string) *Customer {
	i := sort.Search(len(s.Customers), func(i int) bool { return s.Customers[i].ID >= id })
	if i < len(s.Customers) && s.Customers[i].ID == id {
		return &s.Customers[i]
	}
	return nil
}

// Through returns the snapshot as it was known at the end of an earlier date:
// later visits are planned ones. Owners, names and reps are today's, since the
// database keeps no history of them, and Quality stays that of the reading. The
// sums of Turnover are lost.
func (s *Snapshot) Through(asOf Date) *Snapshot {
	cut := *s
	cut.AsOf, cut.DataThrough, cut.Spans = asOf, 0, nil
	cut.Customers = make([]Customer, 0, len(s.Customers))
	var later []Visit
	for i := range s.Customers {
		c := s.Customers[i].Through(asOf)
		later = append(later, s.Customers[i].Visits[len(c.Visits):]...)
		if len(c.Days) == 0 && (!c.Listed || c.Created > asOf) {
			continue
		}
		cut.Customers = append(cut.Customers, c)
		if n := len(c.Days); n > 0 {
			cut.DataThrough = max(cut.DataThrough, c.Days[n-1].Date)
		}
	}
	known := sort.Search(len(s.Strangers), func(i int) bool { return s.Strangers[i].Date > asOf })
	cut.Strangers = s.Strangers[:known]
	later = append(append(later, s.Strangers[known:]...), s.Planned...)
	sort.SliceStable(later, func(i, j int) bool { return later[i].Date < later[j].Date })
	cut.Planned = later
	return &cut
}

// Quality counts the rows that could not be taken as they were. Nothing is
// dropped without being counted here.
type Quality struct {
	OrderLines     int `json:"order_lines"`           // rows read
	NullCustomer   int `json:"null_customer"`         // order lines without a customer: left out
	ZeroDates      int `json:"zero_dates"`            // NULL, zero, impossible or pre-1971 dates: left out
	StrayDates     int `json:"stray_dates,omitempty"` // order days more than a year before the books begin: left out
	FutureDates    int `json:"future_dates"`          // order lines dated after today: left out
	BadAmounts     int `json:"bad_amounts"`           // NULL, no number, or beyond ±900 billion: left out
	DuplicateLines int `json:"duplicate_lines"`       // identical to another line of the same order: kept
	InvalidUTF8    int `json:"invalid_utf8"`          // texts repaired with U+FFFD: kept
	OrphanOrders   int `json:"orphan_customers"`      // customers with orders but no row in customers: kept
	DuplicateIDs   int `json:"duplicate_ids"`         // second rows of one id in customers, reps, products: left out
	BadRows        int `json:"bad_rows"`              // other rows without a usable id or date: left out
}

// Irregular returns the counts by their names in outputs, without the number of
// rows read.
func (q Quality) Irregular() map[string]int {
	counts := map[string]int{
		"null_customer": q.NullCustomer, "zero_dates": q.ZeroDates, "future_dates": q.FutureDates, "bad_amounts": q.BadAmounts,
		"duplicate_lines": q.DuplicateLines, "invalid_utf8": q.InvalidUTF8, "orphan_customers": q.OrphanOrders,
		"duplicate_ids": q.DuplicateIDs, "bad_rows": q.BadRows,
	}
	if q.StrayDates > 0 { // rare, and unknown to whoever reads the other ones
		counts["stray_dates"] = q.StrayDates
	}
	return counts
}
