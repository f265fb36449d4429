package jobs

import (
	"fmt"
	"strings"
	"time"

	"dangol/internal/hint"
	"dangol/internal/sales"

	"github.com/robfig/cron/v3"
)

// Schedule says when a job is due: wall-clock times in the company's time zone.
type Schedule struct {
	times cron.Schedule
	text  string
}

// someday is any wall-clock time from which a schedule must come round again:
// cron itself gives up after five years.
var someday = NominalAt(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC))

// ParseSchedule reads five fields of cron (minute, hour, day of month, month,
// day of week). It refuses a time zone of its own, since the config has one, an
// interval, which names no time of day, and a date that never comes, such as 31
// February.
func ParseSchedule(text string) (Schedule, error) {
	remedy := `want five fields: minute, hour, day of month, month, day of week, such as "0 8 * * 1-5" for weekdays at 08:00`
	if strings.Contains(text, "TZ=") {
		return Schedule{}, hint.With(fmt.Errorf("schedule %q names a time zone", text), "leave it out: the key timezone holds for every job")
	}
	if strings.HasPrefix(strings.TrimSpace(text), "@every") {
		return Schedule{}, hint.With(fmt.Errorf("schedule %q names no time of day", text), "%s", remedy)
	}
	times, err := cron.ParseStandard(text)
	if err != nil {
		return Schedule{}, hint.With(fmt.Errorf("schedule %q: %w", text, err), "%s", remedy)
	}
	s := Schedule{times: times, text: strings.TrimSpace(text)}
	if _, ok := s.after(someday); !ok {
		return Schedule{}, hint.With(fmt.Errorf("schedule %q never comes round", text), "%s", remedy)
	}
	return s, nil
}

// String returns the schedule as it was written.
func (s Schedule) String() string { return s.text }

// Next returns the first instant after another at which a run is due, in its
// location; zero when there is none within five years.
func (s Schedule) Next(after time.Time) time.Time {
	zone := after.Location()
	for n, ok := s.after(NominalAt(after)); ok; n, ok = s.after(n) {
		if at := n.In(zone); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// after returns the schedule's next wall-clock time; false: none in five years.
// Cron reckons in UTC, where every wall-clock time comes once; in a zone it
// would skip the hour that a clock change leaves out and repeat the other.
func (s Schedule) after(n Nominal) (Nominal, bool) {
	next := s.times.Next(n.clock())
	return NominalAt(next), !next.IsZero()
}

// due lists the wall-clock times after one that have come by an instant, oldest
// first: at most so many, the newest ones, and how many older ones there were.
func (s Schedule) due(after Nominal, now time.Time, most int) (list []Nominal, more int) {
	for n, ok := s.after(after); ok && !n.In(now.Location()).After(now); n, ok = s.after(n) {
		if len(list) == most {
			list = append(list[:0], list[1:]...)
			more++
		}
		list = append(list, n)
	}
	return list, more
}

// Nominal is the wall-clock minute at which a run is due, without a zone:
// 2026-11-24T08:00. It names the run: there is one for each.
type Nominal string

const nominalLayout = "2006-01-02T15:04"

// NominalAt returns what a clock on the wall shows at an instant, in the
// instant's location.
func NominalAt(t time.Time) Nominal { return Nominal(t.Format(nominalLayout)) }

// clock is the wall-clock time as if it were UTC, for arithmetic; zero for what
// is no wall-clock time.
func (n Nominal) clock() time.Time {
	t, err := time.Parse(nominalLayout, string(n))
	if err != nil {
		return time.Time{}
	}
	return t
}

// String writes it for people.
func (n Nominal) String() string { return strings.Replace(string(n), "T", " ", 1) }

// Date returns the civil date.
func (n Nominal) Date() sales.Date { return sales.DateOf(n.clock()) }

// In returns the instant that a wall-clock time means in a zone: the first of
// two where clocks are set back, and where they are set forward over it, the
// instant at which they are.
func (n Nominal) In(zone *time.Location) time.Time {
	c := n.clock()
	at := time.Date(c.Year(), c.Month(), c.Day(), c.Hour(), c.Minute(), 0, 0, zone)
	begins, ends := at.ZoneBounds()
	if NominalAt(at) != n {
		// Of a time left out, Date gives the instant by the offset before or after.
		if NominalAt(at) > n {
			return begins
		}
		return ends
	}
	if begins.IsZero() {
		return at
	}
	_, before := begins.Add(-time.Second).Zone()
	_, offset := at.Zone()
	if earlier := at.Add(time.Duration(offset-before) * time.Second); earlier.Before(begins) && NominalAt(earlier) == n {
		return earlier
	}
	return at
}
