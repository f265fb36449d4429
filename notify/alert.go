package notify

import (
	"slices"
	"strings"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
)

// plain is a line of plain text.
func plain(text string) Line { return Line{{Text: text}} }

// labelled is a line that begins with a bold word.
func labelled(label, text string) Line { return Line{{Text: label, Bold: true}, {Text: " " + text}} }

// alert is the living message of a case.
func (p *plan) alert(id string, op Op, target string, to Destination, kept *casebook.Case, f finding.Finding) Message {
	m := p.built(id, op, target, to, kept, f)
	if facts, silent := f.Facts.(finding.SilenceFacts); silent {
		m = p.silence(Message{ID: id, CaseID: kept.ID, To: to, Op: op, Target: target, Text: p.silenceText(f)}, kept, f, facts)
	}
	m.Blocks = p.inState(p.illustrated(m.Blocks, f), kept)
	return m
}

// illustrated sets the chart of a finding before the small print.
func (p *plan) illustrated(blocks []Block, f finding.Finding) []Block {
	at := len(blocks)
	for at > 0 && blocks[at-1].Kind == Note {
		at--
	}
	return slices.Insert(blocks, at, p.picture(f)...)
}

// silence is the living message about a customer's silence or return.
func (p *plan) silence(m Message, kept *casebook.Case, f finding.Finding, facts finding.SilenceFacts) Message {
	private := m.To.Rep != ""
	m.Blocks = []Block{{Kind: Header, Lines: []Line{plain(p.say.Say(f.Headline))}}}
	if f.Kind == finding.CustomerRecovered {
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: append(p.recoveryLines(facts), p.actionLines(f, kept.RepID)...)})
	} else {
		m.Blocks = append(m.Blocks,
			Block{Kind: Body, Lines: p.silenceLines(f, private, kept.RepID)},
			Block{Kind: Body, Lines: p.causeLines(f.Causes, facts.Unknown, private)},
			Block{Kind: Body, Lines: append(p.actionLines(f, kept.RepID), p.replaceLines(facts)...)})
	}
	if !private {
		m.Blocks = append(m.Blocks, p.ownerBlock(kept.RepID)...)
	}
	m.Blocks = append(m.Blocks, p.noteBlock(f.Kind, facts)...)
	return m
}

// silenceText is what a notification shows: stage, symptom, money.
func (p *plan) silenceText(f finding.Finding) string {
	facts := f.Facts.(finding.SilenceFacts)
	key := "text_lost"
	switch f.Kind {
	case finding.CustomerRecovered:
		return p.say.Text("text_recovered", "customer", facts.CustomerName, "date", facts.BackOn, "amount", facts.BackAmount, "days", facts.SilenceDays)
	case finding.CustomerOverdue:
		key = "text_overdue"
	}
	text := p.say.Text(key, "customer", facts.CustomerName, "days", facts.SilenceDays, "cadence", facts.CadenceDays)
	switch {
	case f.MoneyAtRisk <= 0:
		return text
	case f.MoneyAtRisk == facts.Yearly:
		return text + " " + p.say.Text("text_risk_all", "yearly", facts.Yearly)
	}
	return text + " " + p.say.Text("text_risk", "risk", f.MoneyAtRisk, "yearly", facts.Yearly)
}

// silenceLines are the evidence, the money and the odds.
func (p *plan) silenceLines(f finding.Finding, private bool, repID string) []Line {
	facts := f.Facts.(finding.SilenceFacts)
	habit := p.say.Text("habit", "cadence", facts.CadenceDays, "orders", facts.Orders, "within", facts.GapsWithin,
		"gaps", facts.Orders-1, "p90", facts.P90GapDays)
	return []Line{
		plain(p.say.Text("evidence", "last", facts.LastOrder, "amount", facts.LastAmount, "days", facts.SilenceDays, "as_of", p.night.AsOf)),
		p.moneyLine(f, private, repID),
		plain(habit + " · " + p.oddsText(facts)),
	}
}

func (p *plan) oddsText(f finding.SilenceFacts) string {
	if f.PLost >= 1 && float64(f.SilenceDays) >= 2*f.HorizonDays { // less than 1 while orders may still be booked late
		return p.say.Text("odds_certain", "limit", 2*f.HorizonDays)
	}
	return p.say.Text("odds", "limit", 2*f.HorizonDays, "p", f.PLost)
}

// moneyLine sets what is at risk, the figure that alerts are ranked by, beside
// what the customer buys.
func (p *plan) moneyLine(f finding.Finding, private bool, repID string) Line {
	facts := f.Facts.(finding.SilenceFacts)
	if facts.Yearly <= 0 {
		return plain(p.say.Text("money_none"))
	}
	line := Line{
		{Text: p.say.Text("money_buys", "monthly", facts.Monthly, "yearly", facts.Yearly) + " · "},
		{Text: p.say.Text("money_risk", "risk", f.MoneyAtRisk, "p", f.Probability), Bold: true},
	}
	if rank := p.rankText(facts.Rank, facts.RankOf, facts.RankScope, private, repID); rank != "" {
		line = append(line, Span{Text: " · " + rank})
	}
	return line
}

func (p *plan) rankText(rank, of int, scope string, private bool, repID string) string {
	if of < 2 {
		return ""
	}
	key := ""
	switch scope {
	case "rep":
		key = "rank_own"
		if private {
			key = "rank_mine"
		} else if p.reps[repID].Inactive {
			return "" // nobody's regulars now
		}
	case "no_rep":
		key = "rank_company"
	case "company":
		key = "rank_all"
	default:
		return ""
	}
	return p.say.Text(key, "rank", rank, "of", of)
}

// actionLines say by when to do what, each on its own line.
func (p *plan) actionLines(f finding.Finding, repID string) []Line {
	lines := make([]Line, len(f.Actions))
	for i, a := range f.Actions {
		lines[i] = labelled(p.actionLabel(a.Due, i == 0 && p.ownerless(repID)), p.say.Say(a.Phrase))
	}
	return lines
}

// actionLabel addresses the owner, or whoever takes the case on.
func (p *plan) actionLabel(due sales.Date, ownerless bool) string {
	switch {
	case due == 0 && ownerless:
		return p.say.Text("label_do_taker")
	case due == 0:
		return p.say.Text("label_do")
	case ownerless:
		return p.say.Text("label_by_taker", "date", due)
	}
	return p.say.Text("label_by", "date", due)
}

func (p *plan) recoveryLines(f finding.SilenceFacts) []Line {
	return []Line{
		plain(p.say.Text("back", "date", f.BackOn, "amount", f.BackAmount, "days", f.SilenceDays)),
		plain(p.say.Text("back_odds", "cadence", f.CadenceDays, "orders", f.Orders)),
	}
}

// noteBlock is the small print: how far back and how far forward the data go,
// and what is wrong with them.
func (p *plan) noteBlock(rule finding.Kind, f finding.SilenceFacts) []Block {
	var notes []string
	if f.Since != 0 {
		notes = append(notes, p.say.Text("note_since", "since", p.say.Month(f.Since)))
	}
	if through := p.night.DataThrough; through != 0 {
		notes = append(notes, p.say.Text("note_through", "through", through))
	}
	if share, ok := p.night.Measured[rule].Precision(); ok {
		notes = append(notes, p.say.Text("note_precision", "share", share, "of", p.night.Measured[rule].Judged()))
	}
	if f.LowConfidence {
		notes = append(notes, p.say.Text("note_low"))
	}
	if left := p.leftOut(); len(left) > 0 {
		notes = append(notes, p.say.Text("note_left_out", "list", strings.Join(left, ", ")))
	}
	if len(notes) == 0 {
		return nil
	}
	return []Block{{Kind: Note, Lines: []Line{plain(strings.Join(notes, " · "))}}}
}

// leftOut says which order lines could not be counted, by what they lack.
func (p *plan) leftOut() []string {
	var list []string
	q := p.night.Quality
	if q.NullCustomer > 0 {
		list = append(list, p.say.Text("left_no_customer", "rows", q.NullCustomer))
	}
	if q.ZeroDates > 0 {
		list = append(list, p.say.Text("left_no_date", "rows", q.ZeroDates))
	}
	if q.BadAmounts > 0 {
		list = append(list, p.say.Text("left_no_amount", "rows", q.BadAmounts))
	}
	return list
}

// reply is a line in the thread of a case's living message.
func (p *plan) reply(kept *casebook.Case, target string, to Destination, text string) Message {
	m := Message{ID: p.NewID(), CaseID: kept.ID, To: to, Op: Reply, Target: target, Text: text,
		Blocks: []Block{{Kind: Body, Lines: []Line{plain(text)}}}}
	return m.openly(to)
}

// openly lets a channel read a message to a rep as it is, where its thread had to go
// there: nothing in it is for the rep alone.
func (m Message) openly(to Destination) Message {
	if to.Rep != "" {
		m.Public = &Content{Text: m.Text, Blocks: m.Blocks}
	}
	return m
}

func (p *plan) worsened(f finding.Finding) string {
	facts := f.Facts.(finding.SilenceFacts)
	return p.say.Text("reply_worsened", "days", facts.SilenceDays, "p", facts.PLost)
}

func (p *plan) confirmedText(f finding.Finding) string {
	facts := f.Facts.(finding.SilenceFacts)
	return p.say.Text("reply_confirmed", "days", facts.SilenceDays, "limit", 2*facts.HorizonDays)
}

func (p *plan) recoveredText(kept *casebook.Case, f finding.Finding) string {
	facts := f.Facts.(finding.SilenceFacts)
	if kept.Saved {
		return p.say.Text("reply_saved", "date", facts.BackOn, "amount", facts.BackAmount, "days", facts.SilenceDays)
	}
	return p.say.Text("reply_recovered", "date", facts.BackOn, "amount", facts.BackAmount, "days", facts.SilenceDays)
}

// line is the owner's direct message about a lost customer: what a notification
// shows, what the channel must not read, and the link to the parent.
//
// A new line is for the owner alone: the channel has the parent. An update may be read
// there without what it tells of visits, since the message it updates may stand there.
func (p *plan) line(id string, op Op, target string, to Destination, kept *casebook.Case, f finding.Finding, linked string) Message {
	text := p.text(f)
	linking := func(text string) []Block {
		if linked == "" {
			return []Block{{Kind: Body, Lines: []Line{plain(text)}}}
		}
		line := append(plain(text+" "), Span{Text: p.say.Text("link"), Delivery: linked})
		return []Block{{Kind: Body, Lines: []Line{line}}}
	}
	m := Message{ID: id, CaseID: kept.ID, To: to, Op: op, Target: target}
	if op == Update && to.Rep != "" {
		m.Public = &Content{Text: text, Blocks: linking(text)}
	}
	for _, c := range f.Causes {
		if c.Name == finding.Coverage && len(c.For) > 0 && to.Rep != "" {
			text += " " + p.say.Text("line_visits", "evidence", p.list(p.say.Texts(c.For)))
		}
	}
	m.Text, m.Blocks = text, linking(text)
	return m
}
