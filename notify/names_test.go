package notify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/slack"
	"dangol/notify/terminal"

	slackgo "github.com/slack-go/slack"
)

// hostile are names as a sales database may hold them.
var hostile = map[string]string{
	"long":        strings.Repeat("Kim & Sons ", 28),
	"long emoji":  strings.Repeat("👩‍👩‍👧‍👦🇰🇷", 60),
	"long Hangul": strings.Repeat("김밥천국", 75),
	"lines":       "Kim\nLost: everything\r\n\n*bold*",
	"a mention":   "<!channel> <@U012345> <!here> @channel",
	"marks":       "`*_~Kim~_*` ```code``` > quote",
	"a link":      "<https://example.com|Kim> https://example.com",
	"turned":      "Kim \u202e\u2066sdooF\u2067 \u200f",
	"terminal":    "Kim\x1b[2J\x07\u009b31m",
	"nothing":     "\u200b\u3164\n",
	"braces":      "{customer} {days:day|days} #",
}

// everyMessage tells everything that can be told of a customer.
func everyMessage(t *testing.T, locale, name string) []notify.Message {
	t.Helper()
	named := func(kind finding.Kind, rep string) finding.Finding {
		f := kim(kind)
		facts := f.Facts.(finding.SilenceFacts)
		facts.CustomerName = name
		f.RepID, f.Facts = rep, facts
		f.Headline.Args["customer"] = name
		if len(f.Causes) > 0 {
			f.Causes[3].Against[0].Args["segment"] = name
		}
		return f
	}
	var all []notify.Message
	for _, rep := range []string{"r1", "off", "mute"} {
		for _, cap := range []int{0, 5} {
			d := inLanguage(t, locale)
			d.composer.Caps = notify.Caps{Rep: cap, Channel: cap}
			d.night.Reps = append([]sales.Rep(nil), d.night.Reps...)
			for i := range d.night.Reps {
				d.night.Reps[i].Name = name
			}
			all = append(all, d.compose(d.step(casebook.Opened, named(isOverdue, rep)))...)
			all = append(all, d.compose(d.step(casebook.Worsened, named(isLost, rep)))...)
			all = append(all, d.compose(d.step(casebook.ConfirmedLost, named(isLost, rep)))...)
			all = append(all, d.compose(d.step(casebook.OrderedAgain, named(isBack, rep)))...)
		}
	}
	d := inLanguage(t, locale)
	d.night.Baseline = notify.Baseline{Customers: 9, Regulars: 5, Lost: 1}
	return append(all, d.compose(d.step(casebook.Baseline, named(isLost, "r1")))...)
}

// Whatever a name holds, the title is short enough to hold the symptom too, the
// words are one line, and neither Slack nor a terminal reads mark-up in it.
func TestHostileNames(t *testing.T) {
	for what, name := range hostile {
		for _, locale := range []string{"en", "ko"} {
			messages := everyMessage(t, locale, name)
			if len(messages) < 20 {
				t.Fatalf("%d messages; want every kind", len(messages))
			}
			for _, m := range messages {
				if err := readable(m); err != nil {
					t.Errorf("%s, %s: %s: %v", what, locale, route(m), err)
				}
			}
		}
	}
}

func readable(m notify.Message) error {
	if n := utf8.RuneCountInString(m.Text); n > 400 {
		return fmt.Errorf("the text has %d characters", n)
	}
	for _, b := range m.Blocks {
		for _, l := range b.Lines {
			switch n := utf8.RuneCountInString(lineText(l)); {
			case strings.ContainsAny(lineText(l), "\n\r\x1b\u202e\u2066\u2067\u200f\u009b"):
				return fmt.Errorf("%q is not one clean line", lineText(l))
			case n > 400, b.Kind == notify.Header && n > 150:
				return fmt.Errorf("%d characters in %q", n, lineText(l))
			}
		}
	}
	return inSlack(m)
}

// inSlack draws the message: the title is whole, and mark-up is only ours.
func inSlack(m notify.Message) error {
	blocks := slack.Blocks(m, notify.Resolved{Users: map[string]string{"r1": "UANN"}})
	if err := slack.Validate(blocks); err != nil {
		return err
	}
	var marked strings.Builder
	marked.WriteString(slack.Text(m))
	for _, block := range blocks {
		switch b := block.(type) {
		case *slackgo.HeaderBlock:
			if strings.HasSuffix(b.Text.Text, "…") {
				return fmt.Errorf("the title is cut: %q", b.Text.Text)
			}
		case *slackgo.SectionBlock:
			marked.WriteString("\n" + strings.Replace(b.Text.Text, "<@UANN>", "", 1))
		}
	}
	if text := marked.String(); strings.ContainsAny(text, "<>") {
		return fmt.Errorf("mark-up in %q", text)
	}
	var b bytes.Buffer
	if err := (terminal.Frame{}).Write(&b, "#alerts", m); err != nil {
		return err
	}
	if encoded, err := json.Marshal(blocks); err != nil || !utf8.Valid(encoded) || strings.ContainsAny(b.String(), "\x1b\u202e\u2066\u009b") {
		return fmt.Errorf("not drawn cleanly: %v %q", err, b.String())
	}
	return nil
}
