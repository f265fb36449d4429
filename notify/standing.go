package notify

import (
	"slices"
	"strings"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/notify/wording"
)

// inState sets into a living message where its case stands and what can be done
// to it, in place of what stood there before.
func (p *plan) inState(blocks []Block, kept *casebook.Case) []Block {
	list := slices.DeleteFunc(slices.Clone(blocks), func(b Block) bool { return b.Kind == Standing || b.Kind == Actions })
	if lines := p.stateLines(kept); len(lines) > 0 {
		list = slices.Insert(list, min(1, len(list)), Block{Kind: Standing, Lines: lines})
	}
	return append(list, p.actions(kept)...)
}

// stateLines say where a case stands, beside what its title says.
func (p *plan) stateLines(c *casebook.Case) []Line {
	var texts []string
	switch c.State {
	case casebook.Recovered:
		if c.Saved && c.Family == casebook.Silence {
			texts = append(texts, p.saverText(c))
		}
	case casebook.Dismissed:
		texts = append(texts, p.say.Text("state_dismissed", "by", c.AnsweredBy, "date", c.AnsweredOn, "why", p.reasonText(c)))
	case casebook.Snoozed:
		texts = append(texts, p.say.Text("state_snoozed", "by", c.AnsweredBy, "until", c.Until))
	case casebook.Taken:
		texts = append(texts, p.say.Text("state_taken", "by", c.Taker))
	}
	if !c.Closed() {
		texts = append(texts, p.alsoTexts(c)...)
	}
	lines := make([]Line, len(texts))
	for i, text := range texts {
		lines[i] = Line{{Text: text, Bold: true}}
	}
	return lines
}

// alsoTexts are what else is known of an open case: that it is confirmed, by the
// data or by somebody, and whose it is not.
func (p *plan) alsoTexts(c *casebook.Case) []string {
	var texts []string
	if c.Again {
		texts = append(texts, p.say.Text("state_regressed"))
	}
	if c.Sure && c.ChangedOn > c.ToldOn {
		texts = append(texts, p.say.Text("state_confirmed", "date", c.ChangedOn))
	}
	if c.Sure && c.Taker != "" && c.State == casebook.Confirmed {
		texts = append(texts, p.say.Text("state_taken", "by", c.Taker))
	}
	switch {
	case c.Why == casebook.WhyClosed:
		texts = append(texts, p.say.Text("state_closed", "by", c.AnsweredBy))
	case c.Why == casebook.WhyWrongOwner:
		texts = append(texts, p.say.Text("state_wrong_owner", "by", c.AnsweredBy))
	}
	return texts
}

func (p *plan) saverText(c *casebook.Case) string {
	if c.Taker == "" {
		return p.say.Text("state_saved_visit")
	}
	return p.say.Text("state_saved", "by", c.Taker)
}

// reasonText is why it is no loss, with what was written beside it.
func (p *plan) reasonText(c *casebook.Case) string {
	text := strings.TrimSuffix(p.whyText(c.Why), " …")
	if c.Note != "" {
		text += ": " + wording.Name(c.Note)
	}
	return text
}

func (p *plan) whyText(why casebook.Why) string { return p.say.Text("noloss_" + string(why)) }

// actions are the buttons of a case that people can answer.
func (p *plan) actions(c *casebook.Case) []Block {
	if !p.Buttons || c.Closed() || c.CustomerID == "" {
		return nil
	}
	take := Action{Act: ActTake, Label: p.say.Text("button_take"), Value: c.ID, Primary: true}
	if c.Taker != "" {
		take.Label, take.Primary = p.say.Text("button_take_over"), false
	}
	return []Block{{Kind: Actions, Lines: []Line{}, Actions: []Action{
		take,
		{Act: ActSnooze, Label: p.say.Text("button_snooze"), Options: p.naps(c)},
		{Act: ActDismiss, Label: p.say.Text("button_dismiss"), Options: p.whys()},
		{Act: ActDetails, Label: p.say.Text("button_details"), Value: c.ID},
	}}}
}

// naps are for how long a case can be put off.
func (p *plan) naps(c *casebook.Case) []Option {
	list := []Option{{Label: p.say.Text("snooze_week"), Value: "7"}, {Label: p.say.Text("snooze_weeks"), Value: "14"}}
	if visit := p.night.Planned[c.CustomerID]; visit > p.night.AsOf+1 {
		list = append(list, Option{Label: p.say.Text("snooze_visit", "date", visit), Value: visit.String()})
	}
	return append(list, Option{Label: p.say.Text("snooze_date"), Value: AskDate})
}

func (p *plan) whys() []Option {
	var list []Option
	for _, why := range casebook.Whys() {
		list = append(list, Option{Label: p.whyText(why), Value: string(why)})
	}
	return list
}

// woke tells that a snooze is over, where the case stands.
func (p *plan) woke(kept *casebook.Case, change casebook.Change) {
	if kept.Parent == "" {
		return
	}
	to, text := p.home(change.Before), p.say.Text("reply_woke")
	if facts, silent := change.Finding.Facts.(finding.SilenceFacts); silent {
		text = p.say.Text("reply_woke_silent", "days", facts.SilenceDays)
	}
	if change.Finding.Facts != nil {
		p.send(p.update(kept.Parent, to, kept, change.Finding))
	}
	p.send(p.reply(kept, kept.Parent, to, text))
}

// handedOver tells the new owner of a case that has a message of its own: where it
// stands in the channel by a line with the link, otherwise by the message itself,
// and the earlier owner that it has gone.
func (p *plan) handedOver(kept *casebook.Case, change casebook.Change) {
	f, old := change.Finding, kept.Parent
	if old == "" {
		return
	}
	to, private := p.owner(kept.RepID)
	if !kept.InChannel {
		p.send(p.reply(kept, old, p.direct(change.Before.RepID), p.say.Text("reply_handed_over", "rep", p.nameOf(kept.RepID))))
		kept.Parent = ""
		p.private(kept, f)
		return
	}
	p.send(p.alert(p.NewID(), Update, old, Destination{Channel: Alerts}, kept, f))
	if !private {
		return
	}
	p.point(kept, f, to, func() string { return old })
}

// nameOf is a rep's name, or its id where it is not listed.
func (p *plan) nameOf(repID string) string {
	if r, listed := p.reps[repID]; listed && r.Name != "" {
		return r.Name
	}
	return repID
}

// unanswered tells the owner's manager, and nobody else, that nobody has answered.
func (p *plan) unanswered(kept *casebook.Case, f finding.Finding) {
	owner, listed := p.reps[kept.RepID]
	to, ok := p.managerOf(owner)
	if !listed || !ok {
		return
	}
	key := "unanswered_text"
	if p.ownerless(kept.RepID) { // has left, or has no user in Slack: only the channel was told
		key = "unanswered_untold"
	}
	headline := p.say.Say(f.Headline)
	text := p.say.Text(key, "headline", headline, "rep", owner.Name, "date", kept.ToldOn+1)
	line := append(plain(text+" "), Span{Text: p.say.Text("link"), Delivery: kept.Parent})
	p.send(Message{ID: p.NewID(), To: to, Op: Post, Text: text, Blocks: []Block{
		header(p.say.Text("unanswered_title", "headline", headline)),
		{Kind: Body, Lines: []Line{line}},
	}})
}

// Answered words what an answer to a case changes: its living message, as it
// stands in said, and a reply in the thread. planned is not known when a button
// is pressed: the choice of a visit stays as said has it.
func (c *Composer) Answered(change casebook.Change, said Message, night Night) []Message {
	p := newPlan(c, night)
	kept := &change.Case
	if kept.Parent == "" || said.ID == "" {
		return nil
	}
	update := Message{ID: p.NewID(), CaseID: kept.ID, To: said.To, Op: Update, Target: kept.Parent, Text: said.Text, Prompt: true}
	update.Blocks = p.inState(said.Blocks, kept)
	keepVisits(said.Blocks, update.Blocks)
	if said.Public != nil {
		update.Public = &Content{Text: said.Public.Text, Blocks: p.inState(said.Public.Blocks, kept)}
		keepVisits(said.Public.Blocks, update.Public.Blocks)
	}
	reply := p.reply(kept, kept.Parent, said.To, p.answerText(change))
	reply.Prompt = true
	return []Message{update, reply}
}

// keepVisits takes the choices of a snooze from the message as it was.
func keepVisits(before, after []Block) {
	was := actionOf(before, ActSnooze)
	if now := actionOf(after, ActSnooze); was != nil && now != nil {
		now.Options = was.Options
	}
}

func actionOf(blocks []Block, act string) *Action {
	for _, block := range blocks {
		for i := range block.Actions {
			if block.Actions[i].Act == act {
				return &block.Actions[i]
			}
		}
	}
	return nil
}

// answerText says in the thread who answered what.
func (p *plan) answerText(change casebook.Change) string {
	c := &change.Case
	switch change.Reason {
	case casebook.PutOff:
		return p.say.Text("reply_snoozed", "by", c.AnsweredBy, "until", c.Until)
	case casebook.SaidNoLoss:
		return p.say.Text("reply_dismissed", "by", c.AnsweredBy, "why", p.reasonText(c))
	case casebook.SaidClosed:
		return p.say.Text("reply_closed", "by", c.AnsweredBy)
	case casebook.WrongOwner:
		return p.say.Text("reply_wrong_owner", "by", c.AnsweredBy)
	}
	return p.say.Text("reply_taken", "by", c.AnsweredBy)
}

// Disowned tells ops that a customer may have the wrong owner.
func (c *Composer) Disowned(change casebook.Change, customer string, night Night) Message {
	p := newPlan(c, night)
	owner := p.reps[change.Case.RepID]
	text := p.say.Text("disowned_text", "by", change.Case.AnsweredBy, "customer", customer, "id", change.Case.CustomerID, "rep", owner.Name, "rep_id", change.Case.RepID)
	return Message{ID: p.NewID(), To: Destination{Channel: Ops}, Op: Post, Text: text, Prompt: true, Blocks: []Block{
		header(p.say.Text("disowned_title", "customer", customer)),
		{Kind: Body, Lines: []Line{plain(text), labelled(p.say.Text("label_do"), p.say.Text("disowned_remedy"))}},
	}}
}
