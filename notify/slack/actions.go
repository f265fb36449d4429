package slack

import (
	"fmt"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"dangol/notify"
)

// Limits of buttons and menus, in runes.
const (
	maxActions     = 25
	maxLabel       = 75
	maxValue       = 2000 // of a button
	maxChoice      = 150  // value of an option; its label is maxLabel
	maxOptions     = 100
	maxPlaceholder = 150
)

// actions draws buttons and menus.
func actions(b notify.Block) slackgo.Block {
	var elements []slackgo.BlockElement
	for _, a := range b.Actions[:min(len(b.Actions), maxActions)] {
		elements = append(elements, action(a))
	}
	if len(elements) == 0 {
		return nil
	}
	return slackgo.NewActionBlock(caseBlock, elements...)
}

func action(a notify.Action) slackgo.BlockElement {
	if len(a.Options) == 0 {
		button := slackgo.NewButtonBlockElement(a.Act, cutRunes(a.Value, maxValue), words(a.Label, maxLabel))
		if a.Primary {
			button.Style = slackgo.StylePrimary
		}
		return button
	}
	var options []*slackgo.OptionBlockObject
	for _, o := range a.Options[:min(len(a.Options), maxOptions)] {
		options = append(options, slackgo.NewOptionBlockObject(cutRunes(o.Value, maxChoice), words(o.Label, maxLabel), nil))
	}
	return slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, words(a.Label, maxPlaceholder), a.Act, options...)
}

func validateActions(b *slackgo.ActionBlock) error {
	if n := len(b.Elements.ElementSet); n < 1 || n > maxActions {
		return fmt.Errorf("%d elements, 1 to %d", n, maxActions)
	}
	for _, element := range b.Elements.ElementSet {
		if err := validateElement(element); err != nil {
			return err
		}
	}
	return nil
}

func validateElement(element slackgo.BlockElement) error {
	switch e := element.(type) {
	case *slackgo.ButtonBlockElement:
		if utf8.RuneCountInString(e.Value) > maxValue {
			return fmt.Errorf("a value of more than %d characters", maxValue)
		}
		return length(e.Text.Text, maxLabel)
	case *slackgo.SelectBlockElement:
		if n := len(e.Options); n < 1 || n > maxOptions {
			return fmt.Errorf("%d options, 1 to %d", n, maxOptions)
		}
		for _, o := range e.Options {
			if err := length(o.Text.Text, maxLabel); err != nil {
				return err
			}
			if err := length(o.Value, maxChoice); err != nil {
				return err
			}
		}
		return length(e.Placeholder.Text, maxPlaceholder)
	}
	return fmt.Errorf("an unknown element")
}

// dropActions leaves the buttons out: the last thing that gives way before the
// words do.
func dropActions(blocks []notify.Block) []notify.Block {
	var list []notify.Block
	for _, block := range blocks {
		if block.Kind != notify.Actions {
			list = append(list, block)
		}
	}
	return list
}
