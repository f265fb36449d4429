package slack

import (
	"fmt"
	"strings"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"
)

// Slack's limits, in runes where they are on text.
const (
	maxBlocks   = 50
	maxHeader   = 150
	maxSection  = 3000
	maxField    = 2000
	maxFields   = 10
	maxContext  = 2000 // of one element
	maxElements = 10   // of a context
	maxTotal    = 12000
	maxText     = 4000 // chat.update refuses more, chat.postMessage cuts at 40,000
)

// Validate checks blocks against Slack's limits and names the first block that
// breaks one. It knows the kinds of blocks that this package draws.
func Validate(blocks []slackgo.Block) error {
	if len(blocks) > maxBlocks {
		return fmt.Errorf("%d blocks, at most %d", len(blocks), maxBlocks)
	}
	for i, block := range blocks {
		if err := validate(block); err != nil {
			return fmt.Errorf("block %d (%s): %w", i, block.BlockType(), err)
		}
	}
	if n := weight(blocks); n > maxTotal {
		return fmt.Errorf("%d characters in all blocks, at most %d", n, maxTotal)
	}
	return nil
}

func validate(block slackgo.Block) error {
	switch b := block.(type) {
	case *slackgo.HeaderBlock:
		if b.Text == nil || b.Text.Type != slackgo.PlainTextType {
			return fmt.Errorf("not plain_text")
		}
		return length(b.Text.Text, maxHeader)
	case *slackgo.SectionBlock:
		return validateSection(b)
	case *slackgo.ContextBlock:
		return validateContext(b)
	case *slackgo.RichTextBlock:
		return validateRichText(b)
	case *slackgo.ActionBlock:
		return validateActions(b)
	case *slackgo.ImageBlock:
		return validateImage(b)
	case *slackgo.DividerBlock:
		return nil
	}
	return fmt.Errorf("unknown kind")
}

func validateSection(b *slackgo.SectionBlock) error {
	if b.Text == nil && len(b.Fields) == 0 {
		return fmt.Errorf("neither text nor fields")
	}
	if len(b.Fields) > maxFields {
		return fmt.Errorf("%d fields, at most %d", len(b.Fields), maxFields)
	}
	for _, field := range b.Fields {
		if err := length(field.Text, maxField); err != nil {
			return err
		}
	}
	if b.Text == nil {
		return nil
	}
	return length(b.Text.Text, maxSection)
}

func validateContext(b *slackgo.ContextBlock) error {
	if n := len(b.ContextElements.Elements); n < 1 || n > maxElements {
		return fmt.Errorf("%d elements, 1 to %d", n, maxElements)
	}
	for _, element := range b.ContextElements.Elements {
		if text, ok := element.(*slackgo.TextBlockObject); ok {
			if err := length(text.Text, maxContext); err != nil {
				return err
			}
		}
	}
	return nil
}

func validateRichText(b *slackgo.RichTextBlock) error {
	if len(b.Elements) == 0 {
		return fmt.Errorf("no elements")
	}
	for _, element := range b.Elements {
		runs := runsOf(element)
		if len(runs) == 0 {
			return fmt.Errorf("an element without text")
		}
		for _, run := range runs {
			if runText(run) == "" {
				return fmt.Errorf("an empty run")
			}
		}
	}
	return nil
}

func length(text string, max int) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("no text")
	}
	if n := utf8.RuneCountInString(text); n > max {
		return fmt.Errorf("%d characters, at most %d", n, max)
	}
	return nil
}

func runText(run slackgo.RichTextSectionElement) string {
	switch e := run.(type) {
	case *slackgo.RichTextSectionTextElement:
		return e.Text
	case *slackgo.RichTextSectionLinkElement:
		return e.URL + e.Text
	case *slackgo.RichTextSectionUserElement:
		return e.UserID
	}
	return ""
}

// weight is the number of characters in all blocks together.
func weight(blocks []slackgo.Block) int {
	n := 0
	for _, block := range blocks {
		switch b := block.(type) {
		case *slackgo.HeaderBlock:
			n += runes(b.Text)
		case *slackgo.SectionBlock:
			n += runes(b.Text)
			for _, field := range b.Fields {
				n += runes(field)
			}
		case *slackgo.ContextBlock:
			for _, element := range b.ContextElements.Elements {
				if text, ok := element.(*slackgo.TextBlockObject); ok {
					n += runes(text)
				}
			}
		case *slackgo.RichTextBlock:
			n += richWeight(b)
		case *slackgo.ActionBlock:
			n += actionWeight(b)
		case *slackgo.ImageBlock:
			n += utf8.RuneCountInString(b.AltText)
		}
	}
	return n
}

func actionWeight(b *slackgo.ActionBlock) int {
	n := 0
	for _, element := range b.Elements.ElementSet {
		switch e := element.(type) {
		case *slackgo.ButtonBlockElement:
			n += runes(e.Text) + utf8.RuneCountInString(e.Value)
		case *slackgo.SelectBlockElement:
			n += runes(e.Placeholder)
			for _, o := range e.Options {
				n += runes(o.Text) + utf8.RuneCountInString(o.Value)
			}
		}
	}
	return n
}

func runes(t *slackgo.TextBlockObject) int {
	if t == nil {
		return 0
	}
	return utf8.RuneCountInString(t.Text)
}

func richWeight(b *slackgo.RichTextBlock) int {
	n := 0
	for _, element := range b.Elements {
		for _, run := range runsOf(element) {
			n += utf8.RuneCountInString(runText(run))
		}
	}
	return n
}
