package notify

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
)

// deadShown is how many messages that were given up are listed.
const deadShown = 10

// GivenUp tells ops of messages that will never arrive: to whom they were, when
// they were written first and why; nothing of what they say.
func (c *Composer) GivenUp(on sales.Date, dead []Delivery, name func(Destination) string) Message {
	say := c.Wording.On(on)
	title := say.Text("dead_title", "n", len(dead))
	m := Message{ID: c.NewID(), To: Destination{Channel: Ops}, Op: Post, Text: title, Blocks: []Block{header(title)}}
	var lines []Line
	for _, d := range dead[:min(len(dead), deadShown)] {
		lines = append(lines, plain("• "+say.Text("dead_line", "place", name(d.To), "error", d.LastError, "attempts", d.Attempts)))
	}
	if more := len(dead) - deadShown; more > 0 {
		lines = append(lines, plain(say.Text("more", "n", more)))
	}
	m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: lines}, Block{Kind: Body, Lines: []Line{labelled(say.Text("label_do"), say.Text("dead_remedy"))}})
	return m
}

// Incident words what ops is to know about the daemon's own work: a title, what
// happened, and what to do about it. It goes to the ops channel.
func (c *Composer) Incident(on sales.Date, title, what finding.Phrase, remedies []string) Message {
	say := c.Wording.On(on)
	m := Message{ID: c.NewID(), To: Destination{Channel: Ops}, Op: Post, Text: say.Say(title) + ". " + say.Say(what)}
	m.Blocks = []Block{
		{Kind: Header, Lines: []Line{plain(say.Say(title))}},
		{Kind: Body, Lines: []Line{plain(say.Say(what))}},
	}
	for _, remedy := range remedies {
		m.Blocks[1].Lines = append(m.Blocks[1].Lines, labelled(say.Text("label_do"), remedy))
	}
	return m
}
