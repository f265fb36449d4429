package casebook

import (
	"errors"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// The states that people bring about.
const (
	Taken     State = "taken"     // somebody is on it
	Snoozed   State = "snoozed"   // put off until a date
	Dismissed State = "dismissed" // closed: no loss, somebody says
)

// The reasons that people give, and what follows from them.
const (
	TookOn     Reason = "taken"
	PutOff     Reason = "snoozed"
	Woke       Reason = "woke"        // the date of a snooze has come and nothing has changed
	SaidNoLoss Reason = "dismissed"   // not a loss
	SaidClosed Reason = "closed"      // the customer has given up its business: lost, somebody says
	WrongOwner Reason = "wrong_owner" // it is somebody else's customer
	Unanswered Reason = "reminder"    // nobody has answered for days
	HandedOver Reason = "handed_over" // the customer has another owner
	Regressed  Reason = "regressed"   // a new case of a customer who had come back
)

// In days.
const (
	longestNap    = 366 // that a case may be snoozed
	regressWithin = 183 // after a return within which a new silence is a relapse
	wholeSeason   = 300 // after which a silence that was said to be a season is told once more
)

// Why is what somebody gives as the reason that an alert is no loss.
type Why string

// The answers to "not a loss".
const (
	WhySeason     Why = "season"
	WhyOneOff     Why = "one_off"
	WhyMerged     Why = "merged"
	WhyClosed     Why = "closed"
	WhyWrongOwner Why = "wrong_owner"
	WhyOther      Why = "other"
)

// Whys lists them in the order in which they are offered.
func Whys() []Why {
	return []Why{WhySeason, WhyOneOff, WhyMerged, WhyClosed, WhyWrongOwner, WhyOther}
}

// What people can do to a case.
const (
	Take    Verb = "take"
	Snooze  Verb = "snooze"
	Dismiss Verb = "dismiss"
)

// Verb is what somebody does to a case.
type Verb string

// Act is one thing that somebody did to a case.
type Act struct {
	Verb  Verb
	By    string     // who, as messages name them
	On    sales.Date // today
	Until sales.Date // Snooze: it wakes on this date
	Why   Why        // Dismiss
	Note  string     // Dismiss: what was written, may be empty
}

// The refusals of an act. The case stays as it was.
var (
	ErrClosed = errors.New("the case is closed")
	ErrSame   = errors.New("the case stands so already")
	ErrDate   = errors.New("a snooze ends within a year, and not before tomorrow")
	ErrVerb   = errors.New("no such act")
)

// Do carries out an act and returns the change. Doing the same thing again is
// refused with ErrSame: a press that comes twice is no news.
func Do(c Case, a Act) (Change, error) {
	if c.Closed() {
		return Change{}, ErrClosed
	}
	after := c
	reason, err := after.do(a)
	if err != nil {
		return Change{}, err
	}
	after.AnsweredBy, after.AnsweredOn = a.By, a.On
	return Change{Before: &c, Case: after, Reason: reason}, nil
}

func (c *Case) do(a Act) (Reason, error) {
	switch a.Verb {
	case Take:
		if c.State == Taken && c.Taker == a.By {
			return "", ErrSame
		}
		c.State, c.Taker, c.Until = Taken, a.By, 0
		return TookOn, nil
	case Snooze:
		if a.Until <= a.On || a.Until > a.On+longestNap {
			return "", ErrDate
		}
		if c.State == Snoozed && c.Until == a.Until {
			return "", ErrSame
		}
		c.State, c.Until = Snoozed, a.Until
		return PutOff, nil
	case Dismiss:
		return c.dismiss(a)
	}
	return "", ErrVerb
}

func (c *Case) dismiss(a Act) (Reason, error) {
	if !slices.Contains(Whys(), a.Why) {
		return "", ErrVerb
	}
	if c.Why == a.Why {
		return "", ErrSame // closed or somebody else's: said before
	}
	c.Why, c.Note, c.Until = a.Why, a.Note, 0
	switch a.Why {
	case WhyClosed:
		c.State = Confirmed
		return SaidClosed, nil
	case WhyWrongOwner:
		c.Taker = ""
		c.State = c.awake()
		return WrongOwner, nil
	}
	c.State, c.ChangedOn = Dismissed, max(c.ChangedOn, a.On-1)
	return SaidNoLoss, nil
}

// awake is the state of a case that nobody has put off.
func (c *Case) awake() State {
	switch {
	case c.Sure || c.Why == WhyClosed:
		return Confirmed
	case c.Taker != "" && c.State != Open:
		return Taken
	}
	return Open
}

// asleep reports whether a case is put off beyond the day after an as-of date,
// which is the day of the run.
func (c *Case) asleep(asOf sales.Date) bool { return c.State == Snoozed && asOf+1 < c.Until }

// woken is the case as it stands once its snooze is over; ok is false while it
// sleeps, and for one that does not.
func (c Case) woken(asOf sales.Date) (Case, bool) {
	if c.State != Snoozed || c.asleep(asOf) || asOf < c.ChangedOn {
		return c, false
	}
	c.State = c.awake()
	c.Until = 0
	return c, true
}

// wake tells that a snooze is over.
func wake(before, after Case, f finding.Finding) Change {
	return Change{Before: &before, Case: after, Reason: Woke, Finding: f}
}

// unanswered reports whether nobody has answered for so many selling days that
// the manager is to know. A visit is an answer.
func (c *Case) unanswered(night Night, visited sales.Date) bool {
	waiting := c.State == Open || c.State == Confirmed
	if night.Patience <= 0 || night.Worked == nil || !waiting || c.Kind != finding.CustomerLost || c.Told != ByMessage {
		return false
	}
	if c.AnsweredOn != 0 || c.Reminded != 0 || visited > c.ToldOn || night.AsOf <= c.ChangedOn {
		return false // one change for a case and night
	}
	return night.Worked(c.ToldOn, night.AsOf) >= night.Patience
}
