package notify

import (
	"cmp"
	"strings"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
)

// built makes the living message of a case from a finding of its kind.
func (p *plan) built(id string, op Op, target string, to Destination, kept *casebook.Case, f finding.Finding) Message {
	m := Message{ID: id, CaseID: kept.ID, To: to, Op: op, Target: target, Text: p.text(f)}
	m.Blocks = []Block{{Kind: Header, Lines: []Line{plain(p.say.Say(f.Headline))}}}
	private := to.Rep != ""
	for _, lines := range [][]Line{p.evidence(f, private, kept.RepID), p.lastingCauses(f, private), p.actionLines(f, kept.RepID)} {
		if len(lines) > 0 {
			m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: lines})
		}
	}
	if to.Channel == Alerts && kept.CustomerID != "" {
		m.Blocks = append(m.Blocks, p.ownerBlock(kept.RepID)...)
	}
	return m.noted(p.throughNote())
}

// lastingCauses are the causes that were tried, where any were.
func (p *plan) lastingCauses(f finding.Finding, private bool) []Line {
	if len(f.Causes) == 0 {
		return nil
	}
	return p.causeLines(f.Causes, nil, private)
}

// noted adds the small print.
func (m Message) noted(note string) Message {
	if note != "" {
		m.Blocks = append(m.Blocks, Block{Kind: Note, Lines: []Line{plain(note)}})
	}
	return m
}

// throughNote says how far the data go and what is wrong with them.
func (p *plan) throughNote() string {
	var notes []string
	if p.night.DataThrough != 0 {
		notes = append(notes, p.say.Text("note_through", "through", p.night.DataThrough))
	}
	if left := p.leftOut(); len(left) > 0 {
		notes = append(notes, p.say.Text("note_left_out", "list", strings.Join(left, ", ")))
	}
	return strings.Join(notes, " · ")
}

// text is what a notification shows.
func (p *plan) text(f finding.Finding) string {
	switch facts := f.Facts.(type) {
	case finding.SilenceFacts:
		return p.silenceText(f)
	case finding.DeclineFacts:
		text := p.say.Text("text_declining", "customer", facts.CustomerName, "now", facts.AmountNow, "before", facts.AmountBefore)
		return p.riskText(text, f.MoneyAtRisk, facts.Yearly)
	case finding.DropFacts:
		return p.riskText(p.say.Say(f.Headline)+".", f.MoneyAtRisk, facts.Yearly)
	case finding.RenumberedFacts:
		return p.say.Say(f.Headline) // a question
	case finding.LossFacts:
		return p.riskText(p.say.Say(f.Headline)+".", f.MoneyAtRisk, facts.Yearly)
	}
	return p.say.Say(f.Headline) + "."
}

func (p *plan) riskText(text string, risk, yearly sales.Money) string {
	if risk <= 0 {
		return text
	}
	return text + " " + p.say.Text("text_risk", "risk", risk, "yearly", yearly)
}

// evidence says what was found, from what to what.
func (p *plan) evidence(f finding.Finding, private bool, repID string) []Line {
	switch facts := f.Facts.(type) {
	case finding.DeclineFacts:
		return p.declineLines(f, facts)
	case finding.DropFacts:
		return p.phrases(facts.Evidence)
	case finding.LossFacts:
		return p.phrases(facts.Evidence)
	case finding.RenumberedFacts:
		return p.phrases(facts.Evidence)
	case finding.NeglectedFacts:
		return p.neglectedLines(facts, private, repID)
	case finding.GreetingFacts:
		return p.greetingLines(facts)
	case finding.EndFacts:
		return p.phrases([]finding.Phrase{facts.Evidence})
	}
	return nil
}

func (p *plan) phrases(list []finding.Phrase) []Line {
	lines := make([]Line, len(list))
	for i, phrase := range list {
		lines[i] = plain(p.say.Say(phrase))
	}
	return lines
}

func (p *plan) declineLines(f finding.Finding, facts finding.DeclineFacts) []Line {
	lines := []Line{
		plain(p.say.Text("decline_amount", "now", facts.AmountNow, "before", facts.AmountBefore, "weeks", facts.Weeks, "base", facts.BaseWeeks)),
		plain(p.fellText(facts)),
		{{Text: p.say.Text("decline_risk", "risk", f.MoneyAtRisk, "yearly", facts.Yearly, "fallen", facts.Fallen, "p", facts.PDeclining), Bold: true}},
		plain(p.say.Text("decline_market", "share", facts.Market)),
	}
	if facts.LastYear > 0 {
		lines = append(lines, plain(p.say.Text("decline_last_year", "share", facts.LastYear)))
	}
	return lines
}

// fellText says which of the two fell, orders or their size, and names both.
func (p *plan) fellText(facts finding.DeclineFacts) string {
	orders := p.say.Text("decline_orders", "now", facts.OrdersNow, "before", facts.OrdersBefore)
	sizes := p.say.Text("decline_sizes", "now", facts.SizeNow, "before", facts.SizeBefore)
	switch facts.Fell {
	case finding.FellOrders:
		return p.say.Text("decline_fell_orders") + ": " + orders + " · " + sizes
	case finding.FellSizes:
		return p.say.Text("decline_fell_sizes") + ": " + sizes + " · " + orders
	}
	return p.say.Text("decline_fell_both") + ": " + orders + " · " + sizes
}

func (p *plan) neglectedLines(f finding.NeglectedFacts, private bool, repID string) []Line {
	money := p.say.Text("money_buys", "monthly", f.Monthly, "yearly", f.Yearly)
	if rank := p.rankText(f.Rank, f.RankOf, f.RankScope, private, repID); rank != "" {
		money += " · " + rank
	}
	return []Line{
		plain(p.say.Text("neglected_visits", "last", f.LastVisit, "days", f.VisitDays, "visits", f.Visits, "rhythm", f.RhythmDays, "longest", f.LongestDays)),
		plain(p.say.Text("neglected_orders", "last", f.LastOrder, "cadence", f.CadenceDays)),
		plain(money),
	}
}

func (p *plan) greetingLines(f finding.GreetingFacts) []Line {
	lines := make([]Line, len(f.Regulars))
	for i, g := range f.Regulars {
		key := "greet_line"
		if g.LastVisit == 0 {
			key = "greet_line_unvisited"
		}
		lines[i] = plain("• " + p.say.Text(key, "customer", g.CustomerName, "monthly", g.Monthly, "last", g.LastOrder, "visit", g.LastVisit))
	}
	return lines
}

// managers tells what concerns the whole company and names no rep.
func (p *plan) managers(kept *casebook.Case, f finding.Finding) {
	to := Destination{Channel: p.Managers}
	kept.InChannel = true
	p.posts = append(p.posts, &post{to: to, finding: f,
		own:  func(id string) Message { return p.alert(id, Post, "", to, kept, f) },
		told: func(id string, own bool) { note(kept, id, own) },
	})
}

// neglected goes to the owner and to nobody else: how often a rep visits is no
// channel's business. Without a reachable owner it is left to the digest.
func (p *plan) neglected(kept *casebook.Case, f finding.Finding) {
	to, private := p.owner(kept.RepID)
	if !private {
		kept.Told = casebook.ByDigest
		return
	}
	p.posts = append(p.posts, &post{to: to, finding: f,
		own:  func(id string) Message { return p.alert(id, Post, "", to, kept, f) },
		told: func(id string, own bool) { note(kept, id, own) },
	})
}

// over closes the messages of what lasted: parent and line say how it ended, with
// a link where the customer's silence goes on as a case of its own. The thread
// tells it, unless all it says is that a rep did its round, or that the rep reads
// of it in the next message anyway.
func (p *plan) over(kept *casebook.Case, change casebook.Change) {
	facts, said := change.Finding.Facts.(finding.EndFacts)
	if !said {
		return
	}
	to, linked := p.home(change.Before), ""
	if kept.Kind == finding.ProductLosingBuyers {
		to = Destination{Channel: p.Managers}
	}
	if change.Reason == casebook.Replaced {
		linked = p.silenceOf(kept.CustomerID)
	}
	if kept.Parent != "" {
		p.send(p.closing(p.update(kept.Parent, to, kept, change.Finding), linked))
		if to.Rep == "" || kept.Kind == finding.ProductDropped && change.Reason == casebook.Ended {
			p.send(p.reply(kept, kept.Parent, to, p.say.Say(facts.Evidence)))
		}
	}
	if kept.Line != "" {
		p.send(p.line(p.NewID(), Update, kept.Line, p.direct(change.Before.RepID), kept, change.Finding, cmp.Or(linked, kept.Parent)))
	}
}

// closing adds the link to the case that goes on.
func (p *plan) closing(m Message, linked string) Message {
	if linked == "" {
		return m
	}
	link := Block{Kind: Body, Lines: []Line{{{Text: p.say.Text("link"), Delivery: linked}}}}
	m.Blocks = append(m.Blocks, link)
	if m.Public != nil {
		m.Public.Blocks = append(m.Public.Blocks, link)
	}
	return m
}

// silenceOf is the message of tonight's case about a customer's silence.
func (p *plan) silenceOf(customer string) string {
	for _, c := range p.cases {
		if c.Family == casebook.Silence && c.CustomerID == customer && !c.Closed() {
			return c.Parent
		}
	}
	return ""
}
