package notify

import (
	"strings"

	"dangol/internal/casebook"
	"dangol/internal/finding"
)

// shownCauses is how many causes with evidence for them an alert names.
const shownCauses = 2

// plain is a line of plain text.
func plain(text string) Line { return Line{{Text: text}} }

// labelled is a line that begins with a bold word.
func labelled(label, text string) Line { return Line{{Text: label, Bold: true}, {Text: " " + text}} }

// alert is the living message of a case about one customer.
func (p *plan) alert(id string, op Op, target string, to Destination, kept *casebook.Case, f finding.Finding) Message {
	m := Message{ID: id, CaseID: kept.ID, To: to, Op: op, Target: target}
	facts := f.Facts.(finding.SilenceFacts)
	m.Blocks = []Block{{Kind: Header, Lines: []Line{plain(p.say.Say(f.Headline))}}}
	switch f.Kind {
	case finding.CustomerRecovered:
		m.Text = p.recoveryText(facts)
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: p.recoveryLines(facts)})
	default:
		m.Text = p.silenceText(f.Kind, facts)
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: p.silenceLines(f, facts, to.Rep != "")})
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: p.nextLines(f, facts)})
	}
	if kept.State == casebook.Confirmed && op == Update && f.Kind != finding.CustomerRecovered {
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: []Line{{{Text: p.say.Text("state_confirmed", "date", kept.ChangedOn), Bold: true}}}})
	}
	if to.Rep == "" {
		m.Blocks = append(m.Blocks, p.ownerBlock(kept.RepID)...)
	}
	m.Blocks = append(m.Blocks, Block{Kind: Note, Lines: []Line{plain(p.noteText(facts))}})
	return m
}

func (p *plan) silenceText(kind finding.Kind, f finding.SilenceFacts) string {
	key := "text_overdue"
	if kind == finding.CustomerLost {
		key = "text_lost"
	}
	return p.say.Text(key, "customer", f.CustomerName, "days", f.SilenceDays, "cadence", f.CadenceDays, "monthly", f.Monthly)
}

// silenceLines are the evidence, the odds, the money and the causes.
func (p *plan) silenceLines(f finding.Finding, facts finding.SilenceFacts, private bool) []Line {
	lines := []Line{
		plain(p.say.Text("evidence", "last", facts.LastOrder, "amount", facts.LastAmount, "cadence", facts.CadenceDays,
			"orders", facts.Orders, "within", facts.GapsWithin, "gaps", facts.Orders-1, "p90", facts.P90GapDays)),
		plain(p.oddsText(facts)),
		plain(p.moneyText(facts)),
	}
	return append(lines, p.causeLines(f.Causes, facts.Unknown, private)...)
}

func (p *plan) oddsText(f finding.SilenceFacts) string {
	text := p.say.Text("odds", "limit", 2*f.HorizonDays, "p", f.PLost)
	if f.PLost >= 1 && float64(f.SilenceDays) >= 2*f.HorizonDays { // less than 1 while orders may still be booked late
		text = p.say.Text("odds_certain", "limit", 2*f.HorizonDays)
	}
	if f.LowConfidence {
		text += " · " + p.say.Text("odds_low")
	}
	return text
}

func (p *plan) moneyText(facts finding.SilenceFacts) string {
	text := p.say.Text("money", "monthly", facts.Monthly, "yearly", facts.Yearly)
	if facts.RankOf < 2 {
		return text
	}
	key := map[string]string{"rep": "rank_own", "no_rep": "rank_company", "company": "rank_all"}[facts.RankScope]
	if key == "" {
		return text
	}
	return text + " · " + p.say.Text(key, "rank", facts.Rank, "of", facts.RankOf)
}

// causeLines names the likely causes with the evidence both ways. Where others
// read along, evidence about visits stays with the owner.
func (p *plan) causeLines(causes []finding.Cause, unknown []finding.Phrase, private bool) []Line {
	var lines []Line
	var against []string
	for _, c := range causes {
		hidden := c.Name == finding.Coverage && !private
		switch {
		case len(c.For) == 0 && !hidden:
			against = append(against, p.say.Texts(c.Against)...)
		case len(c.For) == 0 || len(lines) == shownCauses:
		case hidden:
			lines = append(lines, labelled(p.say.Text("label_likely"), p.say.Text("coverage_private")))
		default:
			text := p.say.Text("cause_with", "cause", p.say.Text("cause_"+c.Name), "confidence", p.say.Text("confidence_"+string(c.Confidence)))
			lines = append(lines, labelled(p.say.Text("label_likely"), text+" "+p.say.Text("for", "evidence", p.list(p.say.Texts(c.For)))))
			against = append(against, p.say.Texts(c.Against)...)
		}
	}
	if len(lines) == 0 {
		lines = append(lines, Line{{Text: p.say.Text("label_unclear"), Bold: true}})
	}
	var tail []string
	if len(against) > 0 {
		tail = append(tail, p.say.Text("against", "evidence", p.list(against)))
	}
	if len(unknown) > 0 {
		tail = append(tail, p.say.Text("unknown", "list", p.list(p.say.Texts(unknown))))
	}
	if len(tail) > 0 {
		lines = append(lines, plain(strings.Join(tail, " ")))
	}
	return lines
}

func (p *plan) list(texts []string) string { return strings.Join(texts, "; ") }

// nextLines are the action and what a replacement takes.
func (p *plan) nextLines(f finding.Finding, facts finding.SilenceFacts) []Line {
	actions := make([]string, len(f.Actions))
	for i, a := range f.Actions {
		actions[i] = p.say.Say(a.Phrase)
		if a.Due != 0 {
			actions[i] = p.say.Text("do_by", "action", actions[i], "date", a.Due)
		}
	}
	return []Line{
		labelled(p.say.Text("label_do"), p.list(actions)),
		labelled(p.say.Text("label_replace"), p.replaceText(facts.Replacement)),
	}
}

func (p *plan) replaceText(r finding.Replacement) string {
	switch {
	case r.Assumed:
		return p.say.Text("replace_assumed")
	case r.Months == 0:
		return p.say.Text("replace", "customers", r.Customers)
	case r.Months < 1:
		return p.say.Text("replace_pace_soon", "customers", r.Customers)
	}
	return p.say.Text("replace_pace", "customers", r.Customers, "months", r.Months)
}

// ownerBlock holds the message's only mention.
func (p *plan) ownerBlock(repID string) []Block {
	r, ok := p.reps[repID]
	if !ok {
		return nil
	}
	name := Span{Text: r.Name}
	if _, reachable := p.owner(repID); reachable {
		name.Rep, name.Email = r.ID, r.Email
	}
	return []Block{{Kind: Mention, Lines: []Line{{{Text: p.say.Text("owner_mention") + " "}, name}}}}
}

func (p *plan) noteText(f finding.SilenceFacts) string {
	text := p.say.Text("note", "since", p.say.Month(f.Since), "model", p.night.Model, "through", p.night.DataThrough)
	if p.night.LeftOut > 0 {
		text += " · " + p.say.Text("note_dirty", "rows", p.night.LeftOut)
	}
	return text
}

func (p *plan) recoveryText(f finding.SilenceFacts) string {
	return p.say.Text("text_recovered", "customer", f.CustomerName, "date", f.BackOn, "amount", f.BackAmount, "days", f.SilenceDays)
}

func (p *plan) recoveryLines(f finding.SilenceFacts) []Line {
	return []Line{
		plain(p.say.Text("back", "date", f.BackOn, "amount", f.BackAmount, "days", f.SilenceDays)),
		plain(p.say.Text("back_odds", "cadence", f.CadenceDays, "orders", f.Orders)),
		labelled(p.say.Text("label_do"), p.say.Text("action_thank")),
	}
}

// reply is a line in the thread of a case's living message.
func (p *plan) reply(kept *casebook.Case, target string, to Destination, text string) Message {
	return Message{ID: p.NewID(), CaseID: kept.ID, To: to, Op: Reply, Target: target, Text: text,
		Blocks: []Block{{Kind: Body, Lines: []Line{plain(text)}}}}
}

func (p *plan) worsened(f finding.Finding) string {
	facts := f.Facts.(finding.SilenceFacts)
	return p.say.Text("reply_worsened", "days", facts.SilenceDays, "p", facts.PLost)
}

func (p *plan) confirmedText(f finding.Finding) string {
	facts := f.Facts.(finding.SilenceFacts)
	return p.say.Text("reply_confirmed", "days", facts.SilenceDays, "limit", 2*facts.HorizonDays)
}

func (p *plan) recoveredText(f finding.Finding) string {
	facts := f.Facts.(finding.SilenceFacts)
	return p.say.Text("reply_recovered", "date", facts.BackOn, "amount", facts.BackAmount, "days", facts.SilenceDays)
}

// line is the owner's direct message about a lost customer: one line, what the
// channel must not read, and the link to the parent.
func (p *plan) line(id string, op Op, target string, to Destination, kept *casebook.Case, f finding.Finding, linked string) Message {
	facts := f.Facts.(finding.SilenceFacts)
	text := p.say.Text("line_lost", "customer", facts.CustomerName, "days", facts.SilenceDays, "cadence", facts.CadenceDays, "yearly", facts.Yearly)
	if f.Kind == finding.CustomerRecovered {
		text = p.say.Text("line_recovered", "customer", facts.CustomerName, "date", facts.BackOn, "amount", facts.BackAmount)
	}
	for _, c := range f.Causes {
		if c.Name == finding.Coverage && len(c.For) > 0 && to.Rep != "" {
			text += " " + p.say.Text("line_visits", "evidence", p.list(p.say.Texts(c.For)))
		}
	}
	line := append(plain(text+" "), Span{Text: p.say.Text("link"), Delivery: linked})
	return Message{ID: id, CaseID: kept.ID, To: to, Op: op, Target: target, Text: text, Blocks: []Block{{Kind: Body, Lines: []Line{line}}}}
}
