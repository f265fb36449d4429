package slack

import (
	"fmt"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"dangol/notify"
)

// longLine is what a line of a message that is too long is cut to, in runes.
const longLine = 500

func moreInEnglish(n int) string { return fmt.Sprintf("… %d more", n) }

// fit draws a message so that Slack takes it. What is too long gives way in
// this order: long lines are cut, notes are dropped, charts too, tables become lines of text,
// the last lines of the body become "… n more", buttons are dropped, and in the end
// only the text is left (nil).
func fit(m notify.Message, r notify.Resolved, more func(int) string) []slackgo.Block {
	steps := []func([]notify.Block) []notify.Block{keepAll, cutLines, dropNotes, dropPictures, asLines}
	blocks := m.Blocks
	for _, step := range steps {
		blocks = step(blocks)
		if drawn := draw(blocks, r); fits(drawn) {
			return drawn
		}
	}
	if drawn := fewerLines(blocks, r, more); drawn != nil {
		return drawn
	}
	return fewerLines(dropActions(blocks), r, more)
}

// fits leaves a tenth of room below the limit on the whole, which Slack does
// not document.
func fits(blocks []slackgo.Block) bool {
	return len(blocks) > 0 && Validate(blocks) == nil && weight(blocks) <= maxTotal*9/10
}

func keepAll(blocks []notify.Block) []notify.Block { return blocks }

func cutLines(blocks []notify.Block) []notify.Block {
	list := make([]notify.Block, len(blocks))
	for i, block := range blocks {
		list[i] = notify.Block{Kind: block.Kind, Lines: make([]notify.Line, len(block.Lines)), Actions: block.Actions, Chart: block.Chart}
		for j, line := range block.Lines {
			list[i].Lines[j] = cutLine(line, longLine)
		}
	}
	return list
}

// cutLine shortens a line to max runes. A rep's name stays: it may be the
// mention.
func cutLine(line notify.Line, max int) notify.Line {
	var short notify.Line
	for _, span := range line {
		length := utf8.RuneCountInString(span.Text)
		if length > max && span.Rep == "" {
			span.Text = cut(span.Text, max)
		}
		max -= min(length, max)
		if span.Text != "" {
			short = append(short, span)
		}
	}
	return short
}

func dropNotes(blocks []notify.Block) []notify.Block {
	var list []notify.Block
	for _, block := range blocks {
		if block.Kind != notify.Note {
			list = append(list, block)
		}
	}
	return list
}

func dropPictures(blocks []notify.Block) []notify.Block {
	var list []notify.Block
	for _, block := range blocks {
		if block.Kind != notify.Picture {
			list = append(list, block)
		}
	}
	return list
}

// fewerLines keeps as many lines of the body as fit.
func fewerLines(blocks []notify.Block, r notify.Resolved, more func(int) string) []slackgo.Block {
	low, high := 0, lines(blocks) // low may fit, high does not
	for low+1 < high {
		middle := (low + high) / 2
		if fits(draw(headOf(blocks, middle, more), r)) {
			low = middle
		} else {
			high = middle
		}
	}
	if drawn := draw(headOf(blocks, low, more), r); fits(drawn) {
		return drawn
	}
	return nil
}

func lines(blocks []notify.Block) int {
	n := 0
	for _, block := range blocks {
		if isBody(block) {
			n += len(block.Lines)
		}
	}
	return n
}

func isBody(b notify.Block) bool {
	return b.Kind != notify.Header && b.Kind != notify.Mention && b.Kind != notify.Note && b.Kind != notify.Actions && b.Kind != notify.Picture
}

// headOf keeps the first lines of the body and says how many are missing.
func headOf(blocks []notify.Block, keep int, more func(int) string) []notify.Block {
	missing := lines(blocks) - keep
	var list []notify.Block
	for _, block := range blocks {
		if !isBody(block) {
			list = append(list, block)
			continue
		}
		if len(block.Lines) <= keep {
			list = append(list, block)
			keep -= len(block.Lines)
			continue
		}
		if missing == 0 {
			continue
		}
		kept := append([]notify.Line{}, block.Lines[:keep]...)
		kept = append(kept, notify.Line{{Text: more(missing)}})
		list = append(list, notify.Block{Kind: notify.Body, Lines: kept})
		keep, missing = 0, 0
	}
	return list
}
