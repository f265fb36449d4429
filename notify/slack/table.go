package slack

import (
	"strings"

	slackgo "github.com/slack-go/slack"

	"dangol/notify"
)

// table draws a table as preformatted text. Slack's own table block is as wide as
// its cells: on a phone all but the first columns are out of sight.
func table(b notify.Block) slackgo.Block {
	text := strings.Join(notify.Columns(b, clean), "\n")
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return slackgo.NewRichTextBlock("", &slackgo.RichTextPreformatted{
		Type: slackgo.RTEPreformatted, Elements: []slackgo.RichTextSectionElement{slackgo.NewRichTextSectionTextElement(text, nil)},
	})
}

// asLines writes tables as lines of text, where a table does not fit.
func asLines(blocks []notify.Block) []notify.Block {
	list := make([]notify.Block, len(blocks))
	for i, block := range blocks {
		if block.Kind == notify.Table {
			block = notify.Block{Kind: notify.Body, Lines: notify.Rows(block)}
		}
		list[i] = block
	}
	return list
}

// runsOf are the runs of an element of rich text, nil for kinds that are not drawn.
func runsOf(element slackgo.RichTextElement) []slackgo.RichTextSectionElement {
	switch e := element.(type) {
	case *slackgo.RichTextSection:
		return e.Elements
	case *slackgo.RichTextPreformatted:
		return e.Elements
	}
	return nil
}
