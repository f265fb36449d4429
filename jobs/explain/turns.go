package explain

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// Change is what becomes of a customer who orders nothing more.
type Change string

// The changes, in the order in which they come.
const (
	Regular   Change = "regular"   // old enough to be one
	Overdue   Change = "overdue"   // by its stage
	Lost      Change = "lost"      // by its stage
	Confirmed Change = "confirmed" // a regular's silence outlasted 2h
	Left      Change = "left"      // no current regular any more
)

// Turn is the first as-of date at which a change holds.
type Turn struct {
	On     sales.Date
	Change Change
	PLost  float64 // at that date
}

// Turns returns what becomes of a customer who has not ordered since its last
// order and orders nothing more, each change at the first date on which the
// sheet's model judges so. Dates after the sheet's are what will be said; those
// before are what would have been said under the same model. A change stays
// while the silence lasts, so that its first date is found by halving.
func Turns(sheet *standing.Sheet, who *standing.Standing) []Turn {
	if who.Orders < sheet.Rules.BuyingDays || who.Orders == 0 {
		return nil
	}
	var turns []Turn
	span := int(lastTurn(sheet, who)-who.Last) + 1
	for _, change := range []Change{Regular, Overdue, Lost, Confirmed, Left} {
		after := sort.Search(span, func(after int) bool {
			then := sheet.At(who.Customer, who.Last+sales.Date(after))
			return change.holds(&then)
		})
		then := sheet.At(who.Customer, who.Last+sales.Date(after))
		switch {
		case after == span, change == Regular && after == 0, change == Overdue && then.Stage == standing.Lost:
			continue // never, from the outset, or passed over
		}
		turns = append(turns, Turn{On: who.Last + sales.Date(after), Change: change, PLost: then.PLost})
	}
	slices.SortStableFunc(turns, func(a, b Turn) int { return cmp.Compare(a.On, b.On) })
	return turns
}

// holds reports whether a customer has come so far, or farther.
func (c Change) holds(s *standing.Standing) bool {
	switch c {
	case Regular:
		return s.Regular
	case Overdue:
		return s.Stage == standing.Overdue || s.Stage == standing.Lost
	case Lost:
		return s.Stage == standing.Lost
	case Confirmed:
		return s.Regular && s.Confirmed()
	}
	return s.Regular && !s.Current
}

// oneSeason is for how long a customer's yearly pause may put an alert off.
const oneSeason = 366

// lastTurn is a date after which nothing changes: old enough, beyond the gates,
// beyond 2h and beyond what a current regular may have, bookings settled, and a
// whole year's season over.
func lastTurn(sheet *standing.Sheet, who *standing.Standing) sales.Date {
	quiet := max(who.CurrentLimit(), who.Habit.P90, who.Habit.Mean)
	end := who.Last + sales.Date(math.Ceil(quiet)) + sales.Date(sheet.Rules.SettleDays) + 1
	return max(end+oneSeason, who.First+sales.Date(sheet.Rules.Days))
}

// outlook says when the judgement turned and will turn, and what an order does.
func (a *account) outlook() Section {
	s := Section{Heading: finding.Say("explain_heading_outlook")}
	if a.who.Orders == 0 {
		return s
	}
	next := a.Sheet.AsOf + 1
	turns := Turns(a.Sheet, a.who)
	coming := slices.IndexFunc(turns, func(t Turn) bool { return t.On >= next })
	if coming < 0 {
		coming = len(turns)
	}
	if coming > 0 {
		s.Lines = append(s.Lines, say(finding.Say("explain_turned", "last", a.who.Last.String())))
		s.Lines = append(s.Lines, turnLines(turns[:coming])...)
	}
	s.Lines = append(s.Lines, a.anOrder(next)...)
	if coming == len(turns) {
		return a.settledFor(s)
	}
	s.Lines = append(s.Lines, say(finding.Say("explain_turning", "next", next.String())))
	s.Lines = append(s.Lines, turnLines(turns[coming:])...)
	s.Lines = append(s.Lines, say(finding.Say("explain_turns_note")))
	return s
}

// settledFor says of a regular that silence alone changes nothing more.
func (a *account) settledFor(s Section) Section {
	if a.who.Regular {
		s.Lines = append(s.Lines, say(finding.Say("explain_turns_none")))
	}
	return s
}

// anOrder says what an order on the next date would make of the customer.
func (a *account) anOrder(next sales.Date) []Line {
	c := *a.who.Customer
	c.Days = append(slices.Clip(c.Days), sales.Day{Date: next, Net: sales.MoneyUnit})
	then := a.Sheet.At(&c, next)
	switch more := a.Sheet.Rules.BuyingDays - a.who.Orders; {
	case !then.Regular && more > 0 && then.First+sales.Date(a.Sheet.Rules.Days) > next:
		return []Line{say(finding.Say("explain_needs_time", "more", more, "date", (then.First + sales.Date(a.Sheet.Rules.Days)).String()))}
	case !then.Regular && more > 0:
		return []Line{say(finding.Say("explain_needs", "more", more))}
	case !then.Regular:
		return nil
	case more > 0:
		return []Line{say(finding.Say("explain_order_regular", "next", next.String()))}
	case a.isSilent() && then.Stage == standing.Active:
		return []Line{say(finding.Say("explain_order_active", "next", next.String()))}
	}
	return nil
}

func turnLines(turns []Turn) []Line {
	lines := make([]Line, len(turns))
	for i, t := range turns {
		key := map[Change]string{
			Regular: "explain_turn_regular", Overdue: "explain_turn_overdue", Lost: "explain_turn_lost",
			Confirmed: "explain_turn_confirmed", Left: "explain_turn_left",
		}[t.Change]
		lines[i] = Line{Mark: Item, Parts: []finding.Phrase{finding.Say(key, "on", t.On.String(), "p", odds(t.PLost))}}
	}
	return lines
}
