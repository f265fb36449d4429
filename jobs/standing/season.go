package standing

import (
	"cmp"
	"math"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/season"
	"dangol/jobs/silence"
)

// season reads the silence on the customer's own clock. It only ever spares: the
// odds keep to the calendar, and no silence is called out that the calendar
// does not.
func (s *Standing) season(year *season.Year, h silence.History) {
	clock := year.Clock(s.Customer.Segment, h.Days, s.Horizon, s.Customer.Pauses)
	s.Season = clock.Read(s.Last + sales.Date(s.Settled))
	s.Stretch = year.Stretch(h.Amounts)
	s.Beyond = s.Season.Beyond(s.Stretch)
}

// spared says why a silence that is long on the calendar is within the habit.
func (s *Standing) spared(facts []any) finding.Phrase {
	r := s.Season
	switch {
	case s.Stretch == 0:
		return finding.Say("reason_in_habit", facts...)
	case r.Beyond(1):
		return finding.Say("reason_stocked_up", append(facts, "amount", s.LastAmount, "times", math.Round(10*s.Stretch)/10)...)
	case r.Noted > 0:
		return finding.Say("reason_noted", append(facts, "noted", r.Noted, "until", r.Until, "why", cmp.Or(r.Why, "–"))...)
	case r.Paused > 0 && r.Paused >= r.Closed:
		return finding.Say("reason_pause", append(facts, "resumes", r.Resumes)...)
	case r.Closed > 0:
		return finding.Say("reason_closed", append(facts, "closed", r.Closed)...)
	}
	return finding.Say("reason_slow_months", append(facts, "counted", math.Round(r.Days), "usual", math.Round(max(r.Mean, r.P90)))...)
}
