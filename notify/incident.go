package notify

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
)

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
