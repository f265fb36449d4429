package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"dangol/notify"
)

// Blocks draws a message as Block Kit, within Slack's limits. It returns nil
// where only the text can be sent.
//
// Foreign strings stand where nothing is mark-up: plain_text for the header and
// the notes, rich_text for the body. Only the line with the mention, and a note
// with a link, is mrkdwn, and there they are escaped.
func Blocks(m notify.Message, r notify.Resolved) []slackgo.Block {
	return Draw(m, r, moreInEnglish)
}

// Draw is Blocks with words of another language for the number of lines that were
// cut away.
func Draw(m notify.Message, r notify.Resolved, more func(int) string) []slackgo.Block {
	return fit(m, r, more)
}

// Text is the fallback text of a message in mrkdwn, shown as it is.
func Text(m notify.Message) string {
	text := escapeTo(fallback(m), maxText)
	if strings.TrimSpace(text) == "" {
		return "…" // Slack refuses a message without text
	}
	return text
}

// compose returns what is sent: the text, with the mention when it stands
// alone, and the blocks, nil when there are none.
func compose(d notify.Draft, more func(int) string) (string, []slackgo.Block) {
	if !d.TextOnly {
		if blocks := fit(d.Message, d.Resolved, more); blocks != nil {
			return Text(d.Message), blocks
		}
	}
	return alone(d.Message, d.Resolved), nil
}

// alone is the text of a message without blocks. It carries the mention, which
// the text of a message with blocks need not.
func alone(m notify.Message, r notify.Resolved) string {
	for _, block := range m.Blocks {
		if block.Kind != notify.Mention {
			continue
		}
		line := mrkdwn(block.Lines, r, true, 1000)
		if line.mentions {
			return escapeTo(fallback(m), maxText-1001) + "\n" + line.text
		}
	}
	return Text(m)
}

// fallback is the message's text, or its first line when it has none.
func fallback(m notify.Message) string {
	if strings.TrimSpace(clean(m.Text)) != "" {
		return m.Text
	}
	for _, block := range m.Blocks {
		if text := plain(block.Lines, " "); strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}

// draw turns each block into its Block Kit twin; blocks without text are left out.
func draw(blocks []notify.Block, r notify.Resolved) []slackgo.Block {
	var list []slackgo.Block
	mentioned := false
	for _, block := range blocks {
		switch block.Kind {
		case notify.Header:
			list = add(list, header(block))
		case notify.Mention:
			line := mrkdwn(block.Lines, r, !mentioned, maxSection)
			mentioned = mentioned || line.mentions
			list = add(list, section(line.text))
		case notify.Note:
			list = add(list, note(block, r))
		case notify.Table:
			list = add(list, table(block))
		case notify.Picture:
			list = add(list, image(block, r))
			list = add(list, note(block, r))
		case notify.Actions:
			list = add(list, actions(block))
		default:
			list = add(list, body(block, r))
		}
	}
	return list
}

func add(list []slackgo.Block, b slackgo.Block) []slackgo.Block {
	if b == nil {
		return list
	}
	return append(list, b)
}

func header(b notify.Block) slackgo.Block {
	text := cut(strings.TrimSpace(plain(b.Lines, " ")), maxHeader)
	if text == "" {
		return nil
	}
	return slackgo.NewHeaderBlock(slackgo.NewTextBlockObject(slackgo.PlainTextType, text, false, false))
}

func section(text string) slackgo.Block {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	// verbatim: Slack must not make links of names and addresses.
	return slackgo.NewSectionBlock(slackgo.NewTextBlockObject(slackgo.MarkdownType, text, false, true), nil, nil)
}

func note(b notify.Block, r notify.Resolved) slackgo.Block {
	text, kind := cut(plain(b.Lines, "\n"), maxContext), slackgo.PlainTextType
	if hasLink(b.Lines, r) {
		text, kind = mrkdwn(b.Lines, r, false, maxContext).text, slackgo.MarkdownType
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return slackgo.NewContextBlock("", slackgo.NewTextBlockObject(kind, text, false, kind == slackgo.MarkdownType))
}

// body writes lines as one rich_text section.
func body(b notify.Block, r notify.Resolved) slackgo.Block {
	var runs []*run
	visible := false
	for i, line := range b.Lines {
		if i > 0 {
			runs = appendRun(runs, "\n", "", false)
		}
		for _, span := range line {
			text := clean(span.Text)
			visible = visible || strings.TrimSpace(text) != ""
			runs = appendRun(runs, text, link(span, r), span.Bold)
		}
	}
	if !visible {
		return nil
	}
	elements := make([]slackgo.RichTextSectionElement, len(runs))
	for i, run := range runs {
		elements[i] = run.element()
	}
	return slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(elements...))
}

// run is text that looks the same throughout.
type run struct {
	text strings.Builder
	url  string
	bold bool
}

// appendRun adds text, to the last run where that looks the same.
func appendRun(runs []*run, text, url string, bold bool) []*run {
	if text == "" {
		return runs
	}
	if n := len(runs); n == 0 || url != "" || runs[n-1].url != "" || runs[n-1].bold != bold {
		runs = append(runs, &run{url: url, bold: bold})
	}
	runs[len(runs)-1].text.WriteString(text)
	return runs
}

func (r *run) element() slackgo.RichTextSectionElement {
	if r.url != "" {
		return slackgo.NewRichTextSectionLinkElement(r.url, r.text.String(), style(r.bold))
	}
	return slackgo.NewRichTextSectionTextElement(r.text.String(), style(r.bold))
}

func style(bold bool) *slackgo.RichTextSectionTextStyle {
	if !bold {
		return nil
	}
	return &slackgo.RichTextSectionTextStyle{Bold: true}
}

// plain joins lines without any mark-up.
func plain(lines []notify.Line, between string) string {
	parts := make([]string, len(lines))
	for i, line := range lines {
		var b strings.Builder
		for _, span := range line {
			b.WriteString(clean(span.Text))
		}
		parts[i] = b.String()
	}
	return strings.Join(parts, between)
}

// marked is mrkdwn and whether it mentions somebody.
type marked struct {
	text     string
	mentions bool
}

// mrkdwn writes lines in at most max runes. It mentions at most one rep, and
// that one always: the words around give way.
func mrkdwn(lines []notify.Line, r notify.Resolved, mention bool, max int) marked {
	var out marked
	room := max - reserved(lines, r, mention)
	var b strings.Builder
	for i, line := range lines {
		if i > 0 && room > 0 {
			b.WriteString("\n")
			room--
		}
		for j, span := range line {
			if id := userID(span, r); id != "" && mention && !out.mentions {
				b.WriteString(id)
				out.mentions = true
				continue
			}
			text := word(span, r, line, j, room)
			room -= utf8.RuneCountInString(text)
			b.WriteString(text)
		}
	}
	out.text = b.String()
	return out
}

// reserved is the room that the mention needs.
func reserved(lines []notify.Line, r notify.Resolved, mention bool) int {
	if !mention {
		return 0
	}
	for _, line := range lines {
		for _, span := range line {
			if id := userID(span, r); id != "" {
				return utf8.RuneCountInString(id)
			}
		}
	}
	return 0
}

// word writes one span in at most room runes; a link that has no room becomes
// its label.
func word(span notify.Span, r notify.Resolved, line notify.Line, at, room int) string {
	text := escapeTo(span.Text, max(room, 0))
	if url := link(span, r); url != "" && text != "" {
		linked := "<" + url + "|" + strings.ReplaceAll(text, "|", "∣") + ">"
		if utf8.RuneCountInString(linked) <= room {
			return linked
		}
		return text
	}
	if span.Bold && boldable(text, line, at) && utf8.RuneCountInString(text)+2 <= room {
		return "*" + text + "*"
	}
	return text
}

// boldable reports whether Slack would read "*text*" as bold here: it wants
// spaces around, none inside at the ends, and no other mark-up within.
func boldable(text string, line notify.Line, at int) bool {
	if text == "" || strings.TrimSpace(text) != text || strings.Contains(text, softHyphen) {
		return false
	}
	before, after := ' ', ' '
	if at > 0 {
		before, _ = utf8.DecodeLastRuneInString(" " + clean(line[at-1].Text))
	}
	if at+1 < len(line) {
		after, _ = utf8.DecodeRuneInString(clean(line[at+1].Text) + " ")
	}
	return unicode.IsSpace(before) && unicode.IsSpace(after)
}

var (
	userPattern = regexp.MustCompile(`^[UW][A-Z0-9]+$`)
	linkPattern = regexp.MustCompile(`^https?://[^\s<>|]+$`)
)

// userID is the mention of a span's rep, empty when no user is known.
func userID(span notify.Span, r notify.Resolved) string {
	id := r.Users[span.Rep]
	if span.Rep == "" || !userPattern.MatchString(id) {
		return ""
	}
	return "<@" + id + ">"
}

// link is the address that a span links to, empty when none is known.
func link(span notify.Span, r notify.Resolved) string {
	url := r.Links[span.Delivery]
	if span.Delivery == "" || !linkPattern.MatchString(url) {
		return ""
	}
	return url
}

func hasLink(lines []notify.Line, r notify.Resolved) bool {
	for _, line := range lines {
		for _, span := range line {
			if link(span, r) != "" {
				return true
			}
		}
	}
	return false
}
