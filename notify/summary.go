package notify

import (
	"slices"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// rollUpLines is how many lines one message of a roll-up holds; the rest
	// follows in its thread.
	rollUpLines = 40
	// baselineLines is how many lost customers the first summary names.
	baselineLines = 10
)

// rollUp tells what is beyond the daily cap in one message per destination; a
// long list goes on in the message's thread, so that every case is named.
func (p *plan) rollUp(posts []*post) {
	id, to := p.NewID(), posts[0].to
	var public []Content
	if to.Rep != "" {
		public = p.rolledUp(publicOf(posts), true)
	}
	for i, part := range p.rolledUp(posts, to.Rep == "") {
		m := Message{ID: id, To: to, Op: Post, Text: part.Text, Blocks: part.Blocks}
		if i > 0 {
			m.ID, m.Op, m.Target = p.NewID(), Reply, id
		}
		if i < len(public) {
			m.Public = &public[i]
		}
		p.send(m)
	}
	for _, post := range posts {
		post.told(id, false)
	}
}

// publicOf are the posts that a channel may read in the place of a rep: how often a
// rep visits is not among them.
func publicOf(posts []*post) []*post {
	return slices.DeleteFunc(slices.Clone(posts), func(post *post) bool { return post.finding.Kind == finding.RegularNeglected })
}

// rolledUp words a roll-up: its first message, then what follows in the thread. Where
// it is read by more than the owner it names the owners.
func (p *plan) rolledUp(posts []*post, owners bool) []Content {
	if len(posts) == 0 {
		return nil
	}
	chunks := chunk(posts, rollUpLines)
	text := p.say.Text("rollup_text", "n", len(posts))
	first := Content{Text: text, Blocks: []Block{
		{Kind: Header, Lines: []Line{plain(p.say.Text("rollup_title", "n", len(posts)))}},
		{Kind: Body, Lines: []Line{plain(text)}},
		{Kind: Body, Lines: p.rollUpLines(chunks[0], owners)},
	}}
	if rest := len(posts) - len(chunks[0]); rest > 0 {
		first.Blocks = append(first.Blocks, Block{Kind: Note, Lines: []Line{plain(p.say.Text("rollup_rest", "n", rest))}})
	}
	parts := []Content{first}
	for _, more := range chunks[1:] {
		lines := p.rollUpLines(more, owners)
		parts = append(parts, Content{Text: lines[0][0].Text, Blocks: []Block{{Kind: Body, Lines: lines}}})
	}
	return parts
}

func chunk(posts []*post, size int) [][]*post {
	var chunks [][]*post
	for len(posts) > size {
		chunks = append(chunks, posts[:size])
		posts = posts[size:]
	}
	return append(chunks, posts)
}

// rollUpLines are headlines with the figure they are ranked by.
func (p *plan) rollUpLines(posts []*post, owners bool) []Line {
	lines := make([]Line, len(posts))
	for i, post := range posts {
		text := p.rollUpText(post.finding)
		if owners {
			if owner := p.ownerText(post.finding.RepID); owner != "" {
				text += " · " + owner
			}
		}
		lines[i] = plain("• " + text)
		if post.link != nil {
			lines[i] = append(lines[i], Span{Text: " "}, Span{Text: p.say.Text("link"), Delivery: post.link()})
		}
	}
	return lines
}

func (p *plan) rollUpText(f finding.Finding) string {
	headline := p.say.Say(f.Headline)
	if f.Kind == finding.CustomerRecovered {
		facts := f.Facts.(finding.SilenceFacts)
		return p.say.Text("rollup_back", "headline", headline, "amount", facts.BackAmount, "date", facts.BackOn)
	}
	return p.say.Text("rollup_line", "headline", headline, "risk", f.MoneyAtRisk)
}

// baseline is the one summary of the first run. Its cases count as told. It
// names lost customers only: overdue ones are their owners' business.
func (p *plan) baseline(changes []casebook.Change) {
	if p.night.Baseline.Customers == 0 {
		return
	}
	var atRisk sales.Money
	var lines []Line
	for _, change := range changes {
		if change.Reason != casebook.Baseline {
			continue
		}
		kept := p.keep(change.Case)
		kept.Told = casebook.ByBaseline
		if change.Finding.Kind != finding.CustomerLost {
			continue
		}
		atRisk += change.Finding.MoneyAtRisk
		if facts := change.Finding.Facts.(finding.SilenceFacts); len(lines) < baselineLines {
			lines = append(lines, plain("• "+p.say.Text("baseline_line", "customer", facts.CustomerName, "last", facts.LastOrder,
				"days", facts.SilenceDays, "cadence", facts.CadenceDays, "risk", change.Finding.MoneyAtRisk)))
		}
	}
	p.send(p.baselineMessage(atRisk, lines))
}

func (p *plan) baselineMessage(atRisk sales.Money, lines []Line) Message {
	b := p.night.Baseline
	counts := []any{"customers", b.Customers, "regulars", b.Regulars, "lost", b.Lost, "overdue", b.Overdue, "as_of", p.night.AsOf}
	m := Message{ID: p.NewID(), To: Destination{Channel: Alerts}, Op: Post, Text: p.say.Text("baseline_text", counts...)}
	m.Blocks = []Block{
		{Kind: Header, Lines: []Line{plain(p.say.Text("baseline_title", counts...))}},
		{Kind: Body, Lines: []Line{plain(p.say.Text("baseline_counts", counts...))}},
	}
	if len(lines) == 0 {
		lines = []Line{plain(p.say.Text("baseline_none"))}
	} else {
		lines = append([]Line{plain(p.say.Text("baseline_money", "money", atRisk))}, lines...)
	}
	m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: lines})
	if b.Declining+b.Dropped > 0 {
		also := p.say.Text("baseline_also", "declining", b.Declining, "dropped", b.Dropped)
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: []Line{plain(also)}})
	}
	return m
}

// stale tells ops, and nobody else, that the data have stopped.
func (p *plan) stale(kept *casebook.Case, f finding.Finding) {
	evidence := p.say.Say(f.Headline)
	m := Message{ID: p.NewID(), CaseID: kept.ID, To: Destination{Channel: Ops}, Op: Post, Text: p.say.Text("stale_title") + ". " + evidence}
	m.Blocks = []Block{
		{Kind: Header, Lines: []Line{plain(p.say.Text("stale_title"))}},
		{Kind: Body, Lines: []Line{
			plain(evidence),
			plain(p.say.Text("stale_held")),
			labelled(p.say.Text("label_do"), p.say.Say(f.Actions[0].Phrase)),
		}},
	}
	kept.Told, kept.Parent = casebook.ByMessage, m.ID
	p.send(m)
}

func (p *plan) dataBack(kept *casebook.Case) {
	if kept.Parent == "" {
		return
	}
	p.send(p.reply(kept, kept.Parent, Destination{Channel: Ops}, p.say.Text("stale_back", "through", p.night.DataThrough)))
}
