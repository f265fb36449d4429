// Package notify decides what is said, to whom, and sees to it that it is
// delivered: it composes messages from what changed, routes and caps them, and
// drains the outbox until every message is where it belongs.
//
// A Message knows no Slack: notify/slack turns it into Block Kit and
// notify/terminal into text.
package notify

import "dangol/notify/chart"

// Op is what a delivery does at its destination.
type Op string

// The operations of a delivery.
const (
	Post   Op = "post"   // a new message
	Reply  Op = "reply"  // a reply in the thread of Target
	Update Op = "update" // Target's text is replaced
)

// Destination is where a message goes: a channel of the config by its role, or
// one rep's direct messages.
type Destination struct {
	Channel string `json:"channel,omitempty"` // a role: alerts, managers, leaderboard, ops
	Rep     string `json:"rep,omitempty"`     // a rep id: that rep's direct messages
	Email   string `json:"email,omitempty"`   // the rep's address, for the user look-up
}

// Span is a run of text. At most one of Rep and Delivery is set.
type Span struct {
	Text     string `json:"text"`
	Bold     bool   `json:"bold,omitempty"`
	Rep      string `json:"rep,omitempty"`      // mentions this rep; Text stands where no user is known
	Email    string `json:"email,omitempty"`    // of Rep, for the user look-up
	Delivery string `json:"delivery,omitempty"` // links to the message with this delivery id; Text is the label
}

// Line is one line of text.
type Line []Span

// BlockKind is the shape of a block.
type BlockKind string

// The kinds of blocks.
const (
	Header   BlockKind = "header"   // one line, the title
	Body     BlockKind = "body"     // lines of text
	Mention  BlockKind = "mention"  // one line that holds the message's only mention
	Note     BlockKind = "note"     // small print
	Standing BlockKind = "standing" // where the case stands: what an answer changes
	Picture  BlockKind = "picture"  // a chart, with its figures as lines of small print
	Actions  BlockKind = "actions"  // buttons and menus
	Table    BlockKind = "table"    // each line is a row, each span of it a cell; the first row holds the headings
)

// Block is one part of a message.
type Block struct {
	Kind    BlockKind `json:"kind"`
	Lines   []Line    `json:"lines"`
	Actions []Action  `json:"actions,omitempty"`
	// Chart is the plain data of a Picture, drawn when the message is sent.
	Chart *chart.Chart `json:"chart,omitempty"`
}

// Action is something that can be done to a case from its message: a button, or a
// menu where there are options. It works only where the app listens.
type Action struct {
	Act     string   `json:"act"` // one of the Act constants
	Label   string   `json:"label"`
	Value   string   `json:"value,omitempty"` // of a button
	Options []Option `json:"options,omitempty"`
	Primary bool     `json:"primary,omitempty"`
}

// Option is one choice of a menu.
type Option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Rows writes a table as lines of text: the cells of each row with what heads
// them, where there is more than one.
func Rows(table Block) []Line {
	var rows []Line
	for i, row := range table.Lines {
		if i == 0 && len(table.Lines) > 1 {
			continue
		}
		var line Line
		for j, cell := range row {
			text := cell.Text
			if head := table.Lines[0]; i > 0 && j > 0 && j < len(head) {
				text = " · " + head[j].Text + " " + text
			}
			line = append(line, Span{Text: text, Bold: j == 0})
		}
		rows = append(rows, line)
	}
	return rows
}

// Message is one delivery to one destination, worded and ready.
type Message struct {
	ID     string      `json:"id"` // the delivery id: unique, the same over all attempts
	CaseID string      `json:"case_id,omitempty"`
	To     Destination `json:"to"`
	Op     Op          `json:"op"`
	Target string      `json:"target,omitempty"` // delivery id that Reply and Update refer to
	Text   string      `json:"text"`             // the fallback text, plain, no mark-up
	Blocks []Block     `json:"blocks"`
	// Public is what a channel may read instead, where a direct message cannot
	// be delivered; without it the message is for its rep alone.
	Public *Content `json:"public,omitempty"`
	// Prompt answers what somebody has just pressed: quiet hours do not hold it.
	Prompt bool `json:"prompt,omitempty"`
}

// Content is the wording of a message.
type Content struct {
	Text   string  `json:"text"`
	Blocks []Block `json:"blocks"`
}
