package reps

import (
	"math"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/internal/stat"
	"dangol/jobs/figures"
	"dangol/jobs/quota"
)

const (
	// recentWeeks is the span of what a rep does now, pastWeeks that before it.
	recentWeeks, pastWeeks = 8, 39
	leastDays              = 20 // working days in the recent weeks to speak at all
	leastPastDays          = 60
	fewShare, rareShare    = .7, .5 // of the minimum: few visits, and very few
	yearDays, tenureDays   = 365, 180
	leastExpected          = 4  // new customers to expect before a yield is judged
	lowYield               = .5 // of what the team's yield gives
	enoughVisits           = .8 // of the minimum, for visits to be fine
	enoughOfTeam           = .6 // of the team's median, where there is no minimum
	fallen                 = .5 // of the own past, the team's own change taken out
	fallenPart             = .7 // each kind of visits on its own
	leastPart              = 5  // visits to expect before a kind is looked at
	leastActivity          = 15 // visits to expect in the recent weeks
	mostShort, leastGroup  = .6, 4
)

// Causes returns, by rep id, why a rep may win few new customers, each as
// evidence for and against: few visits, technique, a fall of all activity, the
// quota itself. Reps without one are not in it. Where no order names its rep nobody
// knows who won whom, and what rests on it is left out.
func (t *Team) Causes() map[string][]finding.Cause {
	causes := map[string][]finding.Cause{}
	visits, sellers := t.log != 0 && !t.logEnded(), t.Ledger.Snapshot.HasSellers
	for _, rep := range t.Reps {
		var list []finding.Cause
		if visits {
			fell := t.activityFell(rep)
			if fell == nil { // else the few visits are a part of it
				list = appendFound(list, t.fewVisits(rep))
			}
			if sellers {
				list = appendFound(list, t.technique(rep))
			}
			list = appendFound(list, fell)
		}
		if sellers {
			list = appendFound(list, t.quotaItself(rep))
		}
		if len(list) > 0 {
			causes[rep.ID] = list
		}
	}
	return causes
}

func appendFound(list []finding.Cause, c *finding.Cause) []finding.Cause {
	if c == nil {
		return list
	}
	return append(list, *c)
}

// sunday is the end of the last complete week.
func (t *Team) sunday() sales.Date { return sales.LastWeek(t.asOf).To }

// logEnded reports whether nobody at all was visited in the recent weeks: then
// the log ended, not the visits.
func (t *Team) logEnded() bool {
	to := t.sunday()
	return t.Ledger.Visits(figures.Company, sales.Span{From: to - 13, To: to}) == 0
}

// fewVisits compares the cold visits of the recent weeks with the minimum, leave
// left out.
func (t *Team) fewVisits(rep sales.Rep) *finding.Cause {
	recent := weeks(t.sunday(), recentWeeks)
	asked, ok := t.minimum(rep, recent)
	days := t.days(rep, recent)
	if !ok || asked <= 0 || days < leastDays || recent[0].From < t.log {
		return nil
	}
	done := t.cold(rep.ID, recent)
	share := float64(done) / asked
	if share > fewShare || stat.AtMost(float64(done), asked, t.unevenness(recent)) > t.level() {
		return nil
	}
	under, counted := 0, 0
	for _, w := range recent {
		if minimum, ok := t.minimum(rep, []sales.Span{w}); ok && minimum > 0 {
			counted++
			if float64(t.Ledger.Cold(rep.ID, w)) < minimum {
				under++
			}
		}
	}
	others, low := t.shares(rep, recent)
	if 2*under < counted || low {
		return nil
	}
	c := &finding.Cause{Name: finding.FewVisits, Confidence: finding.Medium, For: []finding.Phrase{
		finding.Say("rep_few_visits", "done", done, "asked", int(math.Round(asked)), "weeks", recentWeeks),
		finding.Say("rep_weeks_under", "under", under, "weeks", counted),
	}}
	if share <= rareShare {
		c.Confidence = finding.High
	}
	if others > 0 {
		c.For = append(c.For, finding.Say("rep_team_visits", "share", others))
	}
	c.Against = append(c.Against, finding.Say("rep_log_only"))
	return c
}

// unevenness is the variance of the team's weekly cold visits against their mean:
// the mean over the reps, each against its own rate on working days.
func (t *Team) unevenness(in []sales.Span) float64 {
	return recall(t.memo.uneven, in[0].From, func() float64 { return t.unevennessOf(in) })
}

func (t *Team) unevennessOf(in []sales.Span) float64 {
	sum, n := 0.0, 0
	for _, rep := range t.Reps {
		rate := float64(t.cold(rep.ID, in)) / float64(max(1, t.days(rep, in)))
		for _, w := range in {
			if mean := rate * float64(t.days(rep, []sales.Span{w})); mean > 0 {
				d := float64(t.Ledger.Cold(rep.ID, w)) - mean
				sum += d * d / mean
				n++
			}
		}
		if n > 0 {
			n-- // the rate was taken from the same weeks
		}
	}
	if n < len(in) {
		return 1
	}
	return max(1, sum/float64(n))
}

// shares returns the median share of the minimum that the others reach, and
// whether most of them are below it as well: then it is no matter of one rep.
func (t *Team) shares(but sales.Rep, in []sales.Span) (others float64, low bool) {
	var list []float64
	few := 0
	for _, rep := range t.Reps {
		asked, ok := t.minimum(rep, in)
		if rep.ID == but.ID || !ok || asked <= 0 || t.days(rep, in) < leastDays {
			continue
		}
		share := float64(t.cold(rep.ID, in)) / asked
		list = append(list, share)
		if share <= fewShare {
			few++
		}
	}
	return stat.Median(list), len(list) >= leastGroup && float64(few) >= mostShort*float64(len(list))
}

// technique compares the new customers of a year with what the rep's cold visits
// give at the yield of the others.
func (t *Team) technique(rep sales.Rep) *finding.Cause {
	in, ok := t.yieldSpan(rep)
	if !ok {
		return nil
	}
	own := t.yield(rep)
	visits, wins := int(own.visits), own.wins
	var theirVisits, theirWins float64
	var others []yielded
	for _, other := range t.Reps {
		p := t.yield(other)
		if !p.known || other.ID == rep.ID {
			continue
		}
		others = append(others, p)
		theirVisits += p.visits
		theirWins += p.wins
	}
	if len(others) < leastGroup-1 || theirWins < 1 || theirVisits < 1 {
		return nil
	}
	yield := theirWins / theirVisits
	spread := 0.0
	for _, p := range others {
		if mean := yield * p.visits; mean > 0 {
			spread += (p.wins - mean) * (p.wins - mean) / mean
		}
	}
	spread /= float64(max(1, len(others)-1))
	expected := yield * float64(visits)
	if expected < leastExpected || wins > lowYield*expected || !t.visitsFine(rep, in) || stat.AtMost(wins, expected, spread) > t.level() {
		return nil
	}
	c := &finding.Cause{Name: finding.Technique, Confidence: finding.Medium, For: []finding.Phrase{
		finding.Say("rep_yield", "visits", visits, "wins", wins, "expected", expected),
		finding.Say("rep_team_yield", "reps", len(others), "per", theirVisits/theirWins),
	}}
	if wins <= lowYield/2*expected {
		c.Confidence = finding.High
	}
	c.Against = append(c.Against, finding.Say("rep_yield_unknown"))
	return c
}

// yieldSpan is the year in which a rep's visits and wins are compared: since it
// was hired and the log began, and long enough.
func (t *Team) yieldSpan(rep sales.Rep) (sales.Span, bool) {
	in := sales.Span{From: max(t.asOf-yearDays+1, rep.HiredOn, t.log), To: t.asOf}
	return in, in.Days() >= tenureDays && t.Ledger.NewKnown(in)
}

// visitsFine reports whether a rep makes its cold visits.
func (t *Team) visitsFine(rep sales.Rep, in sales.Span) bool {
	spans := weeks(t.sunday(), in.Days()/week)
	if asked, ok := t.minimum(rep, spans); ok && asked > 0 {
		return float64(t.cold(rep.ID, spans)) >= enoughVisits*asked
	}
	var rates []float64
	for _, other := range t.Reps {
		if days := t.days(other, spans); days > 0 {
			rates = append(rates, float64(t.cold(other.ID, spans))/float64(days))
		}
	}
	days := t.days(rep, spans)
	return days > 0 && float64(t.cold(rep.ID, spans))/float64(days) >= enoughOfTeam*stat.Median(rates)
}

// pace is visits on working days.
type pace struct {
	cold, other int
	days        int
}

func (p pace) all() float64 { return float64(p.cold + p.other) }

func (t *Team) pace(rep sales.Rep, in []sales.Span) pace {
	p := pace{days: t.days(rep, in)}
	for _, w := range in {
		cold := t.Ledger.ColdCalls(rep.ID, w)
		p.cold += cold
		p.other += t.Ledger.Visits(rep.ID, w) - cold
	}
	return p
}

// activityFell compares all visits of the recent weeks with the rep's own past,
// on working days, the change of the others taken out.
func (t *Team) activityFell(rep sales.Rep) *finding.Cause {
	recent := weeks(t.sunday(), recentWeeks)
	past := weeks(recent[0].From-1, pastWeeks)
	for len(past) > 0 && past[0].From < max(t.log, rep.HiredOn) {
		past = past[1:]
	}
	now, before := t.pace(rep, recent), t.pace(rep, past)
	if now.days < leastDays || before.days < leastPastDays {
		return nil
	}
	market := min(1, t.change(rep, recent, past))
	scale := float64(now.days) / float64(before.days) * market
	expected := before.all() * scale
	if expected < leastActivity || now.all() > fallen*expected || stat.AtMost(now.all(), expected, t.spread(rep, past)) > t.level() {
		return nil
	}
	for _, part := range []struct{ now, before int }{{now.cold, before.cold}, {now.other, before.other}} {
		if usual := float64(part.before) * scale; usual >= leastPart && float64(part.now) > fallenPart*usual {
			return nil
		}
	}
	c := &finding.Cause{Name: finding.ActivityFell, Confidence: finding.High, For: []finding.Phrase{
		finding.Say("rep_activity", "now", now.all()/float64(now.days), "before", before.all()/float64(before.days), "weeks", recentWeeks),
	}}
	if won := figures.Count(t.Ledger.Wins(rep.ID, sales.Span{From: recent[0].From, To: t.asOf})); won == 0 && t.Ledger.Snapshot.HasSellers {
		c.For = append(c.For, finding.Say("rep_no_wins", "weeks", recentWeeks))
	}
	c.Against = append(c.Against, finding.Say("rep_log_only"))
	return c
}

// change is by what factor the visits of the others changed.
func (t *Team) change(but sales.Rep, recent, past []sales.Span) float64 {
	if len(past) == 0 {
		return 1
	}
	counted := func(rep sales.Rep) bool { return rep.HiredOn <= past[0].From }
	c := recall(t.memo.changes, past[0].From, func() change {
		var all change
		for _, rep := range t.Reps {
			if counted(rep) {
				all.add(t.pace(rep, recent), t.pace(rep, past), 1)
			}
		}
		return all
	})
	if counted(but) {
		c.add(t.pace(but, recent), t.pace(but, past), -1)
	}
	if c.now == 0 || c.before == 0 || c.daysNow == 0 || c.daysBefore == 0 {
		return 1
	}
	return c.now / c.daysNow / (c.before / c.daysBefore)
}

// spread is the variance of a rep's weekly visits against their mean, working days
// considered.
func (t *Team) spread(rep sales.Rep, in []sales.Span) float64 {
	whole := t.pace(rep, in)
	sum, n := 0.0, 0
	for _, w := range in {
		one := t.pace(rep, []sales.Span{w})
		if mean := whole.all() / float64(max(1, whole.days)) * float64(one.days); mean > 0 {
			sum += (one.all() - mean) * (one.all() - mean) / mean
			n++
		}
	}
	if n < 2 {
		return 1
	}
	return sum / float64(n-1)
}

// quotaItself asks whether most of the rep's level, or of the team, missed the
// last complete quota of new customers: then it is no matter of one rep.
func (t *Team) quotaItself(rep sales.Rep) *finding.Cause {
	for _, kind := range t.Book.Kinds() {
		if kind.Metric != finding.NewCustomers || kind.Period == sales.Daily || kind.Period == sales.Weekly {
			continue
		}
		in := t.lastComplete(kind)
		if !t.Ledger.NewKnown(in) {
			continue
		}
		if short, asked := t.missed(rep, kind, in); !asked || !short {
			continue
		}
		for _, group := range []string{rep.Level, ""} {
			n := t.tally(group, kind, in)
			if n.members >= leastGroup && float64(n.short) >= mostShort*float64(n.members) {
				phrase := finding.Say("rep_team_short", "short", n.short, "reps", n.members)
				if group != "" {
					phrase = finding.Say("rep_grade_short", "short", n.short, "reps", n.members, "level", group)
				}
				return &finding.Cause{Name: finding.QuotaItself, Confidence: finding.Medium, For: []finding.Phrase{phrase}}
			}
		}
	}
	return nil
}

func (t *Team) lastComplete(kind quota.Kind) sales.Span {
	in := t.Book.Fiscal().Period(kind.Period, t.asOf)
	if in.To == t.asOf {
		return in
	}
	return t.Book.Fiscal().Before(kind.Period, in)
}

// missed reports whether a rep that was there for the whole span missed what it
// was asked for.
func (t *Team) missed(rep sales.Rep, kind quota.Kind, in sales.Span) (missed, asked bool) {
	a := recall(t.memo.missed, ask{rep.ID, kind, in}, func() answer {
		quota, ok := t.Book.Asked(rep, kind, in, false)
		if !ok || rep.HiredOn > in.From {
			return answer{}
		}
		return answer{figures.Count(t.Ledger.Wins(rep.ID, in)) < quota-1e-6, true}
	})
	return a.missed, a.asked
}
