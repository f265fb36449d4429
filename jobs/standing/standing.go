// Package standing says where every customer stands at the as-of date: its own
// habit, its stage, the odds and the money. It is what `dangol score` prints and
// what every finding about customers rests on. Pure: no I/O, no clock.
package standing

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/season"
	"dangol/jobs/silence"
)

// Stage is how far a customer has gone, worst last.
type Stage string

// The stages.
const (
	NotRegular Stage = "not_regular"
	Active     Stage = "active"
	Declining  Stage = "declining"
	Overdue    Stage = "overdue"
	Lost       Stage = "lost"
)

const (
	// minOrders is the fewest buying days on which odds are given.
	minOrders = 3
	// currentDays: a regular silent for longer (and for longer than 2h) has left
	// the books for good and counts in no denominator.
	currentDays = 365
	// daysPerMonth is the mean length of a month.
	daysPerMonth = 365.25 / 12
	// minMonths is the shortest time over which monthly amounts are averaged.
	minMonths = 3
)

// Rules are the definitions a company may change.
type Rules struct {
	BuyingDays int     // a regular has at least so many buying days
	Days       int     // and so many days since the first
	Overdue    float64 // p_lost from which a regular is overdue
	Lost       float64 // p_lost from which a regular is lost
	MergeDays  int     // a buying day within so many days of an order's first belongs to it
	SettleDays int     // orders are booked up to so many days late
	// Calendar tells announced closures: a run of holidays is no silence of the
	// customers.
	Calendar sales.Calendar
}

// DefaultRules are the definitions of the documentation.
func DefaultRules() Rules {
	return Rules{BuyingDays: 5, Days: 90, Overdue: .5, Lost: .7}
}

// Standing is where one customer stands.
type Standing struct {
	Customer *sales.Customer
	Owner    string // rep id, may be empty

	Orders      int        // buying days
	First, Last sales.Date // of them; zero without one
	LastAmount  sales.Money
	Silence     int // calendar days from Last to the as-of date
	Settled     int // of them, those on which no order can still be booked late
	Habit       silence.Habit
	Horizon     float64 // h, calendar days
	Within      int     // own gaps no longer than the p90 gap

	Regular bool
	Current bool // a current regular: the denominator of every count of regulars

	Known   bool    // PSilent and PLost are given
	PSilent float64 // P(no order in the next h days)
	PLost   float64 // P(this silence outlasts 2h)
	// Beyond: the silence is beyond the own p90 gap and the own mean gap, on the
	// calendar and, where the odds would make an alert, on the customer's own
	// clock as well.
	Beyond bool
	// Season is the silence on the customer's own clock, Stretch the factor (at
	// least 1) by which its gaps are stretched after a stock-up order. Both are
	// zero unless the odds would make an alert.
	Season  season.Reading
	Stretch float64
	Stage   Stage

	Monthly     sales.Money // net amount per month over the last year of buying
	MoneyAtRisk sales.Money // PLost × 12 × Monthly, never negative
	Reason      finding.Phrase
}

// Confirmed reports whether the silence has outlasted 2h: confirmed lost, from
// data alone. Days on which orders may still be booked late do not count.
func (s *Standing) Confirmed() bool {
	return s.Known && float64(s.Settled) > 2*s.Horizon
}

// Unread reports whether an order line since the last order has an amount that
// cannot be read, so that nobody knows how long the silence is. It holds until the
// silence since that line has outlasted 2h, too.
func (s *Standing) Unread() bool {
	unread := s.Customer.Unread
	if s.Orders == 0 || !s.Customer.UnreadSince(s.Last) {
		return false
	}
	return float64(s.Settled-int(unread[len(unread)-1]-s.Last)) <= 2*s.Horizon
}

// Sheet is the standing of every customer of a snapshot, with the model behind it.
type Sheet struct {
	AsOf      sales.Date
	Customers []Standing // in the snapshot's order, by id
	Model     silence.Blend
	Rules     Rules
	Year      *season.Year // closures and months of the company
}

// Customer returns the standing of the customer with the id, or nil.
func (s *Sheet) Customer(id string) *Standing {
	i, ok := slices.BinarySearchFunc(s.Customers, id, func(c Standing, id string) int { return cmp.Compare(c.Customer.ID, id) })
	if !ok {
		return nil
	}
	return &s.Customers[i]
}

// ModelName names the model behind the odds, for the small print.
func (s *Sheet) ModelName() string {
	if s.Model.LowConfidence() {
		return "fixed prior"
	}
	return fmt.Sprintf("MBG/CNBD-%d + RC", s.Model.MBG.K)
}

// CurrentRegulars counts the current regulars.
func (s *Sheet) CurrentRegulars() int {
	n := 0
	for i := range s.Customers {
		if s.Customers[i].Current {
			n++
		}
	}
	return n
}

// Fit learns the model from the company's own customers.
func Fit(snapshot *sales.Snapshot, rules Rules) silence.Blend {
	return silence.FitBlend(histories(snapshot, rules))
}

func histories(snapshot *sales.Snapshot, rules Rules) []silence.History {
	list := make([]silence.History, len(snapshot.Customers))
	for i := range snapshot.Customers {
		list[i] = history(&snapshot.Customers[i], snapshot.AsOf, rules.MergeDays)
	}
	return list
}

// Judge fits the model to the company's own customers and judges each of them.
func Judge(snapshot *sales.Snapshot, rules Rules) *Sheet {
	return JudgeWith(snapshot, rules, Fit(snapshot, rules))
}

// JudgeWith judges every customer under a model fitted before.
func JudgeWith(snapshot *sales.Snapshot, rules Rules, model silence.Blend) *Sheet {
	sheet := &Sheet{AsOf: snapshot.AsOf, Model: model, Rules: rules, Year: season.Learn(snapshot, rules.Calendar)}
	sheet.Customers = make([]Standing, len(snapshot.Customers))
	for i, h := range histories(snapshot, rules) {
		sheet.Customers[i] = sheet.judge(&snapshot.Customers[i], h)
	}
	return sheet
}

// At returns where the customer stood at the end of an earlier date, under the
// same model: what would have been said then.
func (s *Sheet) At(c *sales.Customer, asOf sales.Date) Standing {
	then := c.Through(asOf)
	return s.judge(&then, history(&then, asOf, s.Rules.MergeDays))
}

// history takes the buying days, those within mergeDays of an order's first day
// merged into it.
func history(c *sales.Customer, asOf sales.Date, mergeDays int) silence.History {
	h := silence.NewHistory(c.Days, asOf)
	if mergeDays == 0 || len(h.Days) == 0 {
		return h
	}
	merged := silence.History{AsOf: asOf}
	for i, d := range h.Days {
		if n := len(merged.Days); n > 0 && int(d-merged.Days[n-1]) <= mergeDays {
			merged.Amounts[n-1] += h.Amounts[i]
			continue
		}
		merged.Days = append(merged.Days, d)
		merged.Amounts = append(merged.Amounts, h.Amounts[i])
	}
	return merged
}

func (sheet *Sheet) judge(c *sales.Customer, h silence.History) Standing {
	rules := sheet.Rules
	s := Standing{Customer: c, Owner: c.Owner(), Orders: len(h.Days), Stage: NotRegular}
	if s.Orders == 0 {
		s.Reason = finding.Say("reason_no_orders")
		return s
	}
	s.First = h.Days[0]
	s.Last, s.LastAmount = lastOrder(c)
	s.Silence = int(h.AsOf - s.Last)
	s.Settled = max(0, s.Silence-rules.SettleDays)
	s.Habit = h.Habit()
	s.Horizon = s.Habit.Horizon()
	s.Within = within(h.Days, s.Habit.P90)
	s.Monthly = monthly(c, s.First, s.Last)
	s.Regular = s.Orders >= rules.BuyingDays && int(h.AsOf-s.First) >= rules.Days
	s.Current = s.Regular && float64(s.Silence) <= s.CurrentLimit()
	if s.Orders >= minOrders {
		s.odds(sheet.Model.Curve(h))
	}
	if s.Regular && s.Beyond && s.PLost >= rules.Overdue {
		s.season(sheet.Year, h)
	}
	s.Stage, s.Reason = stage(&s, rules)
	return s
}

// within counts the own gaps of at most so many days.
func within(days []sales.Date, limit float64) int {
	n := 0
	for i := 1; i < len(days); i++ {
		if float64(days[i]-days[i-1]) <= limit {
			n++
		}
	}
	return n
}

// lastOrder returns the latest buying day itself, before any merging.
func lastOrder(c *sales.Customer) (sales.Date, sales.Money) {
	for i := len(c.Days) - 1; i >= 0; i-- {
		if c.Days[i].Net > 0 {
			return c.Days[i].Date, c.Days[i].Net
		}
	}
	return 0, 0
}

// odds judges the silence. Days that may still be booked late do not count
// against the customer.
func (s *Standing) odds(curve silence.Curve) {
	w := float64(s.Settled)
	s.Known = true
	s.PSilent = silence.PSilent(curve, w, s.Horizon)
	s.PLost = silence.PLost(curve, w, s.Horizon)
	s.Beyond = s.Habit.Beyond(w)
	s.MoneyAtRisk = max(0, sales.MoneyFromFloat(s.PLost*12*s.Monthly.Float()))
}

// monthly is the net amount per month over the twelve months that end on the
// last order, or since the first order, at least three months. Returns count.
func monthly(c *sales.Customer, first, last sales.Date) sales.Money {
	after, months := window(first, last)
	var sum sales.Money
	for _, d := range c.Days {
		if d.Date > after && d.Date <= last {
			sum += d.Net
		}
	}
	return sales.Money(math.Round(float64(sum) / months))
}

// stage applies the two thresholds and the two gates.
func stage(s *Standing, rules Rules) (Stage, finding.Phrase) {
	facts := []any{"silence", s.Silence, "cadence", s.Habit.Median, "p90", s.Habit.P90, "p_lost", s.PLost}
	switch {
	case s.Orders < rules.BuyingDays:
		return NotRegular, finding.Say("reason_few_orders", "orders", s.Orders, "wanted", rules.BuyingDays)
	case !s.Regular:
		return NotRegular, finding.Say("reason_young", "wanted", rules.Days, "first", s.First)
	case !s.Beyond:
		return Active, s.spared(facts)
	case s.PLost >= rules.Lost:
		return Lost, finding.Say("reason_lost", append(facts, "threshold", rules.Lost)...)
	case s.PLost >= rules.Overdue:
		return Overdue, finding.Say("reason_overdue", append(facts, "threshold", rules.Overdue)...)
	}
	return Active, finding.Say("reason_unsure", append(facts, "threshold", rules.Overdue)...)
}
