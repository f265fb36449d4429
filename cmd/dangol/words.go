package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"dangol/config"
	"dangol/notify"
	"dangol/notify/terminal"
	"dangol/notify/wording"
)

// language is the wording of the config's language, the user's own sentences in it.
func language(cfg *config.Config) (*wording.Wording, error) {
	say, err := wording.Load(cfg.Locale, cfg.Currency)
	if err != nil {
		return nil, err
	}
	own := map[string]string{}
	for key, sentence := range cfg.Sentences[cfg.Locale] {
		own[key] = sentence.Text
	}
	return say.With(own), nil
}

// sentenceFaults are those of the user's own sentences, whichever language is in
// use.
func sentenceFaults(cfg *config.Config) error {
	var all []error
	for _, locale := range slices.Sorted(maps.Keys(cfg.Sentences)) {
		say, err := wording.Load(locale, cfg.Currency)
		if err != nil {
			return err
		}
		sentences := cfg.Sentences[locale]
		keys := slices.SortedFunc(maps.Keys(sentences), func(a, b string) int { return cmp.Compare(sentences[a].Line, sentences[b].Line) })
		for _, key := range keys {
			for _, fault := range say.Check(key, sentences[key].Text) {
				all = append(all, cfg.Fault("messages", fmt.Sprintf("%s:%d: %s.%s: %s", cfg.Messages, sentences[key].Line, locale, key, fault.Text), fault.Remedy))
			}
		}
	}
	return errors.Join(all...)
}

// console shows messages on a terminal, in a language, with the names of channels
// and people.
type console struct {
	out              io.Writer
	say              *wording.Wording
	channels, people map[string]string
}

func (c console) show(messages ...notify.Message) error {
	frame := terminal.Frame{Thread: c.say.Text("frame_thread"), Updated: c.say.Text("frame_updated")}
	for _, m := range messages {
		if err := frame.Write(c.out, placeNamed(m.To, c.channels, c.people), m); err != nil {
			return err
		}
	}
	return nil
}

// moreLines words what was cut away from a message that is too long.
func moreLines(say *wording.Wording) func(int) string {
	return func(n int) string { return say.Text("more_lines", "n", n) }
}
