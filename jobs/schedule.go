package jobs

import (
	"fmt"
	"strings"
	"time"

	"dangol/internal/hint"

	"github.com/robfig/cron/v3"
)

// Schedule says when a job is due: wall-clock times in the company's time zone.
type Schedule struct{ times cron.Schedule }

// someday is any instant from which a schedule must come round again: cron
// itself gives up after five years.
var someday = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// ParseSchedule reads five fields of cron (minute, hour, day of month, month,
// day of week). It refuses a time zone of its own, since the config has one, and
// a date that never comes, such as 31 February.
func ParseSchedule(text string) (Schedule, error) {
	remedy := `want five fields: minute, hour, day of month, month, day of week, such as "0 8 * * 1-5" for weekdays at 08:00`
	if strings.Contains(text, "TZ=") {
		return Schedule{}, hint.With(fmt.Errorf("schedule %q names a time zone", text), "leave it out: the key timezone holds for every job")
	}
	times, err := cron.ParseStandard(text)
	if err != nil {
		return Schedule{}, hint.With(fmt.Errorf("schedule %q: %w", text, err), "%s", remedy)
	}
	s := Schedule{times: times}
	if s.Next(someday).IsZero() {
		return Schedule{}, hint.With(fmt.Errorf("schedule %q never comes round", text), "%s", remedy)
	}
	return s, nil
}

// Next returns the first time after an instant, in the instant's location; zero
// when there is none within five years.
func (s Schedule) Next(after time.Time) time.Time { return s.times.Next(after) }
