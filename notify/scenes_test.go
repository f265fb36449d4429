package notify_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
)

// studio plays one scene under one strain.
type studio struct {
	*desk
	strain
	all []notify.Message // everything composed, also what a scene leaves out
}

func newStudio(t *testing.T, locale string, s strain) *studio {
	d := inLanguage(t, locale)
	d.composer.Managers, d.composer.Buttons = notify.Managers, true
	st := &studio{desk: d, strain: s}
	switch s.name {
	case "missing data":
		d.night.Reps, d.night.DataThrough = nil, 0
	case "long names":
		for i := range d.night.Reps {
			d.night.Reps[i].Name = worst
		}
	}
	return st
}

// f is a finding under the strain.
func (s *studio) f(f finding.Finding) finding.Finding {
	return bent("", reflect.ValueOf(f), s.bend).Interface().(finding.Finding)
}

func (s *studio) report(r *finding.Report) *finding.Report {
	changed := bent("", reflect.ValueOf(*r), s.bend).Interface().(finding.Report)
	return &changed
}

// compose composes a night and keeps its messages.
func (s *studio) compose(changes ...casebook.Change) []notify.Message {
	messages := s.desk.compose(changes...)
	s.all = append(s.all, messages...)
	return messages
}

// nightly composes changes of cases; each customer's case is remembered.
func (s *studio) nightly(changes ...casebook.Change) []notify.Message {
	messages, cases := s.composer.Compose(changes, s.night)
	for _, c := range cases {
		s.cases[c.ID] = c
	}
	s.night.AsOf++
	s.all = append(s.all, messages...)
	return messages
}

// silent are the steps of one customer's silence.
func (s *studio) silent(steps ...casebook.Change) []notify.Message {
	var all []notify.Message
	for _, step := range steps {
		all = append(all, s.compose(s.step(step.Reason, s.f(step.Finding)))...)
	}
	return all
}

func to(reason casebook.Reason, f finding.Finding) casebook.Change {
	return casebook.Change{Reason: reason, Finding: f}
}

// lasts opens a case of a kind that lasts and, where said, ends it.
func (s *studio) lasts(kind finding.Kind, ends ...casebook.Reason) []notify.Message {
	all := s.nightly(lastingCase(s.f(lastingOf(kind, "r1"))))
	for _, reason := range ends {
		change := endOf(s.cases[string(kind)], reason)
		change.Finding.Headline, change.Finding.Facts = ended(kind, reason)
		change.Finding = s.f(change.Finding)
		all = append(all, s.nightly(change)...)
	}
	return all
}

// ended are the title and the evidence with which a case of a kind closes.
func ended(kind finding.Kind, reason casebook.Reason) (finding.Phrase, finding.EndFacts) {
	name := map[finding.Kind]string{finding.CustomerDeclining: "declining", finding.ProductDropped: "dropped",
		finding.ProductLosingBuyers: "losing", finding.RegularNeglected: "neglected"}[kind]
	if reason == casebook.Replaced {
		return finding.Say("replaced_"+name, "customer", "Kim"), finding.EndFacts{Evidence: finding.Say("replaced_evidence")}
	}
	return finding.Say("over_"+name, "customer", "Kim", "product", "Yeast"),
		finding.EndFacts{Evidence: finding.Say("over_"+name+"_evidence", "now", 360*won, "weeks", 13, "through", sales.Date(20785),
			"product", "Yeast", "date", sales.Date(20785), "amount", 40*won, "again", 5, "stopped", 7)}
}

// crowd is one finding for each of so many reps.
func (s *studio) crowd() []notify.Message {
	n := max(4, s.reps)
	s.composer.Caps = notify.Caps{Rep: 1, Channel: 1}
	var changes []casebook.Change
	for i := range n {
		rep := fmt.Sprintf("s%03d", i)
		if s.reps > 0 {
			seller := sales.Rep{ID: rep, Name: fmt.Sprintf("Seller%03d", i), Email: rep + "@example.com"}
			s.night.Reps = append(s.night.Reps, bent("", reflect.ValueOf(seller), s.bend).Interface().(sales.Rep))
		}
		f := s.f(kim(isLost))
		f.RepID, f.CustomerID, f.MoneyAtRisk = rep, fmt.Sprintf("C%03d", i), f.MoneyAtRisk-sales.Money(i)
		changes = append(changes, s.step(casebook.Opened, f))
	}
	return s.compose(changes...)
}

// reported words one of the four reports.
func (s *studio) reported(which int) []notify.Message {
	reports, all := reportsOf(max(s.reps, 1))
	if s.reps == 200 {
		for i := range all {
			if strings.HasPrefix(all[i].ID, "S") {
				all[i].ManagerID = "L00"
			}
		}
	}
	r := reports[which]
	night := nightOf(all)
	if s.name == "missing data" {
		r.Missing = []finding.Phrase{finding.Say("missing_visits"), finding.Say("missing_sellers"), finding.Say("missing_products")}
		night.DataThrough = 0
	}
	return s.composer.Report(s.report(r), night)
}

// scenes are every kind of message that is composed, by name.
var scenes = map[string]func(*studio) []notify.Message{
	"lost":    func(s *studio) []notify.Message { return s.silent(to(casebook.Opened, kim(isLost))) },
	"overdue": func(s *studio) []notify.Message { return s.silent(to(casebook.Opened, kim(isOverdue))) },
	"worsened": func(s *studio) []notify.Message {
		return s.silent(to(casebook.Opened, kim(isOverdue)), to(casebook.Worsened, kim(isLost)))[1:]
	},
	"confirmed": func(s *studio) []notify.Message {
		return s.silent(to(casebook.Opened, kim(isLost)), to(casebook.ConfirmedLost, kim(isLost)))[1:]
	},
	"recovered": func(s *studio) []notify.Message {
		all := s.silent(to(casebook.Opened, kim(isLost)), to(casebook.OrderedAgain, kim(isBack)))
		return slices.DeleteFunc(all, func(m notify.Message) bool { return m.Op == notify.Post })
	},
	"declining": func(s *studio) []notify.Message { return s.lasts(finding.CustomerDeclining) },
	"ended": func(s *studio) []notify.Message {
		var all []notify.Message
		for _, kind := range []finding.Kind{finding.CustomerDeclining, finding.ProductDropped, finding.ProductLosingBuyers, finding.RegularNeglected} {
			all = append(all, s.lasts(kind, casebook.Ended)...)
		}
		return slices.DeleteFunc(all, func(m notify.Message) bool { return m.Op == notify.Post || m.Op == notify.Reply })
	},
	"replaced":      func(s *studio) []notify.Message { return s.lasts(finding.ProductDropped, casebook.Replaced)[1:] },
	"dropped":       func(s *studio) []notify.Message { return s.lasts(finding.ProductDropped) },
	"losing_buyers": func(s *studio) []notify.Message { return s.lasts(finding.ProductLosingBuyers) },
	"neglected":     func(s *studio) []notify.Message { return s.lasts(finding.RegularNeglected) },
	"greeting":      func(s *studio) []notify.Message { return s.nightly(lastingCase(s.f(greeting(12)))) },
	"renumbered": func(s *studio) []notify.Message {
		f := lastingOf(finding.ProductLosingBuyers, "")
		f.Product, f.Headline = "catalogue/", finding.Say("headline_renumbered", "lost", 58, "judged", 60, "since", sales.Date(20700))
		f.Facts = finding.RenumberedFacts{Lost: 58, Judged: 60, Since: 20700, Evidence: []finding.Phrase{finding.Say("renumbered_evidence")}}
		f.Causes = []finding.Cause{{Name: finding.DataFault, Confidence: finding.Medium, For: []finding.Phrase{finding.Say("renumbered_cause")}}}
		f.Actions = []finding.Action{{Phrase: finding.Say("action_check_products"), Due: 20795}}
		return s.nightly(lastingCase(s.f(f)))
	},
	"rollup": (*studio).crowd,
	"baseline": func(s *studio) []notify.Message {
		s.night.Baseline = s.base(notify.Baseline{Customers: 498, Regulars: 379, Lost: 40, Overdue: 2, Declining: 3, Dropped: 1})
		return s.silent(to(casebook.Baseline, kim(isLost)))
	},
	"stale": func(s *studio) []notify.Message {
		f := finding.Finding{Kind: finding.DataStale, Headline: finding.Say("stale_stopped", "through", sales.Date(20770), "days", 11, "usual", 2, "buyers", 84.0),
			Actions: []finding.Action{{Phrase: finding.Say("action_check_import")}}}
		return s.silent(to(casebook.Opened, f), to(casebook.DataReturned, f))
	},
	"incident": func(s *studio) []notify.Message {
		failed := s.composer.Incident(s.night.AsOf, finding.Say("run_failed_title", "job", "lost-customers"),
			finding.Say("run_failing", "times", 3, "due", "2026-11-24 08:00", "error", "access denied for 'bot'@'10.0.0.4' (MySQL 1142)"), []string{"GRANT SELECT ON erp.orders TO 'bot'@'%'"})
		return []notify.Message{failed, s.composer.Held("quota-digest", s.night.AsOf)}
	},
	"given_up": func(s *studio) []notify.Message {
		dead := make([]notify.Delivery, max(1, s.reps))
		for i := range dead {
			dead[i] = notify.Delivery{Message: notify.Message{To: notify.Destination{Channel: notify.Alerts}}, Attempts: 6, LastError: "channel_not_found: refused by chat.postMessage"}
		}
		return []notify.Message{s.composer.GivenUp(s.night.AsOf, dead, func(notify.Destination) string { return "#sales-alerts" })}
	},
	"digest":      func(s *studio) []notify.Message { return s.reported(0) },
	"growth":      func(s *studio) []notify.Message { return s.reported(1) },
	"diagnosis":   func(s *studio) []notify.Message { return s.reported(2) },
	"leaderboard": func(s *studio) []notify.Message { return s.reported(3) },
	"answers":     (*studio).answers,
	"no_answer": func(s *studio) []notify.Message {
		for i := range s.night.Reps {
			if s.night.Reps[i].ID == "r1" {
				s.night.Reps[i].ManagerID = "r2"
			}
		}
		return s.silent(to(casebook.Opened, kim(isLost)), to(casebook.Unanswered, kim(isLost)), to(casebook.Woke, kim(isLost)))[2:]
	},
	"unrouted": func(s *studio) []notify.Message {
		reports, all := reportsOf(max(s.reps, 1))
		each(reports[2].Sellers, func(r *sales.Rep) { r.ManagerID = "" })
		for i := range all {
			all[i].ManagerID = ""
		}
		return s.composer.Report(s.report(reports[2]), nightOf(all))
	},
}

// answers are what each answer to an alert makes of its message, and what is said
// when nobody answers.
func (s *studio) answers() []notify.Message {
	said := s.silent(to(casebook.Opened, kim(isLost)))[0]
	by := "Ann"
	if at := slices.IndexFunc(s.night.Reps, func(r sales.Rep) bool { return r.ID == "r1" }); at >= 0 {
		by = s.night.Reps[at].Name
	}
	var all []notify.Message
	for _, answer := range []struct {
		reason casebook.Reason
		change func(*casebook.Case)
	}{
		{casebook.TookOn, func(c *casebook.Case) { c.State, c.Taker = casebook.Taken, by }},
		{casebook.PutOff, func(c *casebook.Case) { c.State, c.Until = casebook.Snoozed, s.night.AsOf+7 }},
		{casebook.SaidNoLoss, func(c *casebook.Case) { c.State, c.Why, c.Note = casebook.Dismissed, casebook.WhyOther, by }},
		{casebook.WrongOwner, func(c *casebook.Case) { c.Why = casebook.WhyWrongOwner }},
	} {
		c := s.cases["Kim Foods"]
		c.AnsweredBy, c.AnsweredOn = by, s.night.AsOf
		answer.change(&c)
		for _, m := range s.composer.Answered(casebook.Change{Case: c, Reason: answer.reason}, said, s.night) {
			if m.Op == notify.Update {
				m.Blocks = slices.DeleteFunc(m.Blocks, func(b notify.Block) bool { return b.Kind == notify.Body })
				all = append(all, m)
			}
		}
	}
	c := s.cases["Kim Foods"]
	c.AnsweredBy = by
	return append(all, s.composer.Disowned(casebook.Change{Case: c}, s.f(kim(isLost)).Facts.(finding.SilenceFacts).CustomerName, s.night))
}

func (s *studio) base(b notify.Baseline) notify.Baseline {
	return bent("", reflect.ValueOf(b), s.bend).Interface().(notify.Baseline)
}

// greeting is a list of regulars to greet.
func greeting(n int) finding.Finding {
	facts := finding.GreetingFacts{Holiday: 20812}
	for i := range n {
		facts.Regulars = append(facts.Regulars, finding.Greeting{CustomerName: fmt.Sprintf("Customer %d", i+1), Monthly: sales.Money(n-i) * 900_000 * won, LastOrder: 20770, LastVisit: sales.Date(20760 * (i % 2))})
	}
	return finding.Finding{Kind: finding.RegularNeglected, RepID: "r1", Product: "greet/r1", Headline: finding.Say("headline_greet", "holiday", facts.Holiday, "n", n),
		Actions: []finding.Action{{Phrase: finding.Say("action_greet"), Due: 20811}}, Facts: facts}
}
