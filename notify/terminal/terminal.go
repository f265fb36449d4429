// Package terminal draws a message as text, for `dangol demo`, dry runs and
// logs: what Slack would show, without Slack.
package terminal

import (
	"fmt"
	"io"
	"strings"

	"dangol/notify"
)

// ruleWidth is the length of the rule under a title, in characters.
const ruleWidth = 72

// Frame is what stands before the place of a message, in a language: Thread before
// that of an answer, Updated before that of a change to an earlier one.
type Frame struct{ Thread, Updated string }

// Write draws one message with the place it goes to.
func (f Frame) Write(w io.Writer, to string, m notify.Message) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", f.arrow(m.Op), to)
	for _, block := range m.Blocks {
		for _, line := range laid(block) {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		if block.Kind == notify.Header {
			fmt.Fprintf(&b, "  %s\n", strings.Repeat("─", ruleWidth))
		}
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// laid are the lines of a block, those of a table in columns.
func laid(block notify.Block) []string {
	if block.Kind == notify.Table {
		return notify.Columns(block, visible)
	}
	if block.Kind == notify.Actions {
		return []string{buttons(block.Actions)}
	}
	lines := make([]string, len(block.Lines))
	for i, line := range block.Lines {
		lines[i] = text(line)
	}
	return lines
}

// buttons draws what can be pressed; in a terminal it does nothing.
func buttons(actions []notify.Action) string {
	drawn := make([]string, len(actions))
	for i, a := range actions {
		drawn[i] = "[" + visible(a.Label) + "]"
		if len(a.Options) > 0 {
			drawn[i] = "[" + visible(a.Label) + " ▾]"
		}
	}
	return strings.Join(drawn, " ")
}

func (f Frame) arrow(op notify.Op) string {
	switch op {
	case notify.Reply:
		return f.Thread
	case notify.Update:
		return f.Updated
	}
	return "▶"
}

func text(line notify.Line) string {
	var b strings.Builder
	for _, span := range line {
		switch {
		case span.Rep != "":
			b.WriteString("@" + visible(span.Text))
		case span.Delivery != "":
			b.WriteString("[" + visible(span.Text) + "]")
		default:
			b.WriteString(visible(span.Text))
		}
	}
	return b.String()
}

// visible keeps control characters of foreign names off the terminal.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0,
			r >= 0x200e && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, text)
}
