package html

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fence begins and ends preformatted text.
const fence = "```"

// emoji are the shortcodes that a message may use; any other stays text.
var emoji = map[string]string{
	"bell": "🔔", "bulb": "💡", "chart_with_downwards_trend": "📉", "chart_with_upwards_trend": "📈", "tada": "🎉",
	"trophy": "🏆", "warning": "⚠️", "white_check_mark": "✅", "x": "❌", "zzz": "💤",
}

// marks are the characters around formatted text.
var marks = map[byte]kind{'*': isBold, '_': isItalic, '~': isStrike}

// tokens begin with a sign of their own or with the scheme of an address.
var tokens = regexp.MustCompile(`^([@#!].|[a-zA-Z][a-zA-Z0-9+.-]*:)`)

// entities are all that mrkdwn knows.
var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// mrkdwn reads Slack's mark-up. What is no mark-up is text, so nothing is lost.
func (d *drawing) mrkdwn(s string) []node {
	var list []node
	for {
		before, rest, open := strings.Cut(s, fence)
		within, after, closed := strings.Cut(rest, fence)
		if !open || !closed || strings.TrimSpace(visible(within)) == "" {
			return append(list, d.lines(s)...)
		}
		list = append(list, d.lines(strings.TrimSuffix(before, "\n"))...)
		list = append(list, inside(isPre, d.words(strings.Trim(within, "\n"), nil))...)
		s = strings.TrimPrefix(after, "\n")
	}
}

// lines gathers quoted lines and reads the others one by one.
func (d *drawing) lines(s string) []node {
	if s == "" {
		return nil
	}
	var list, quoted []node
	flush := func() {
		list = append(list, inside(isQuote, quoted)...)
		quoted = nil
	}
	fresh := true
	for line := range strings.SplitSeq(s, "\n") {
		if quote, ok := quotation(line); ok {
			if quoted != nil {
				quoted = append(quoted, node{Kind: isText, Text: "\n"})
			}
			quoted = append(quoted, d.words(quote, marks)...)
			fresh = true
			continue
		}
		flush()
		if !fresh {
			list = append(list, node{Kind: isText, Text: "\n"})
		}
		list = append(list, d.words(line, marks)...)
		fresh = false
	}
	flush()
	return list
}

func quotation(line string) (string, bool) {
	if rest, ok := strings.CutPrefix(line, "&gt;"); ok {
		return strings.TrimPrefix(rest, " "), strings.TrimSpace(visible(rest)) != ""
	}
	return "", false
}

// words reads one line: tokens in angle brackets, entities, emoji, code and the
// marks given (none within preformatted text).
func (d *drawing) words(s string, allowed map[byte]kind) []node {
	var list []node
	start := 0
	flush := func(to int) {
		list = append(list, textNode(unescape(s[start:to]))...)
	}
	for i := 0; i < len(s); {
		found, length := d.markup(s, i, allowed)
		if length == 0 {
			i++
			continue
		}
		flush(i)
		list = append(list, found...)
		i += length
		start = i
	}
	flush(len(s))
	return list
}

// markup reads the mark-up that begins at i, length 0 when there is none.
func (d *drawing) markup(s string, i int, allowed map[byte]kind) (found []node, length int) {
	switch c := s[i]; {
	case c == '<':
		if end := strings.IndexByte(s[i:], '>'); end > 1 && tokens.MatchString(s[i+1:i+end]) {
			return d.token(s[i+1 : i+end]), end + 1
		}
	case c == ':' && allowed != nil:
		if end := strings.IndexByte(s[i+1:], ':'); end > 0 && emoji[s[i+1:i+1+end]] != "" {
			return textNode(emoji[s[i+1:i+1+end]]), end + 2
		}
	case c == '`' && allowed != nil:
		if end := strings.IndexByte(s[i+1:], '`'); end > 0 && strings.TrimSpace(visible(s[i+1:i+1+end])) != "" {
			return inside(isCode, d.words(s[i+1:i+1+end], nil)), end + 2
		}
	case allowed[c] != "" && opens(s, i):
		if end := closing(s, i); end > 0 {
			return inside(allowed[c], d.words(s[i+1:end], without(allowed, c))), end + 1 - i
		}
	}
	return nil, 0
}

// opens reports whether the mark at i may begin formatted text: no letter or
// digit before it, something visible right after it.
func opens(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	return (i == 0 || !wordy(before)) && i+1 < len(s) && !unicode.IsSpace(after) && after != softHyphen && after != rune(s[i])
}

// closing finds the twin of the mark at i: after something visible, before no
// letter or digit, and outside of tokens and code. 0: there is none.
func closing(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '<', '`':
			end := strings.IndexByte(s[j+1:], map[byte]byte{'<': '>', '`': '`'}[s[j]])
			if end > 0 {
				j += end + 1
			}
		case s[i]:
			before, _ := utf8.DecodeLastRuneInString(s[:j])
			after, _ := utf8.DecodeRuneInString(s[j+1:])
			if j > i+1 && !unicode.IsSpace(before) && before != softHyphen && (j+1 == len(s) || !wordy(after)) && visible(s[i+1:j]) != "" {
				return j
			}
		}
	}
	return 0
}

func wordy(r rune) bool { return r == softHyphen || unicode.IsLetter(r) || unicode.IsDigit(r) }

// without takes a mark away: bold within bold is nothing, and so the depth is
// bounded.
func without(allowed map[byte]kind, c byte) map[byte]kind {
	rest := make(map[byte]kind, len(allowed))
	for mark, k := range allowed {
		if mark != c {
			rest[mark] = k
		}
	}
	return rest
}

// token reads what stands between < and >.
func (d *drawing) token(s string) []node {
	target, label, _ := strings.Cut(s, "|")
	label = unescape(label)
	switch name := target[min(1, len(target)):]; {
	case strings.HasPrefix(target, "@"):
		return []node{d.user(unescape(name), label)}
	case strings.HasPrefix(target, "#"):
		return []node{mention("#" + strings.TrimPrefix(either(label, unescape(name)), "#"))}
	case strings.HasPrefix(target, "!"):
		return []node{special(unescape(name), label)}
	}
	return linkNode(unescape(target), label)
}

// user is a mention by the name it is known under.
func (d *drawing) user(id, label string) node {
	return mention("@" + strings.TrimPrefix(either(d.users[id], label, id), "@"))
}

// special is a mention of many, or a date, which shows the text given for it.
func special(name, label string) node {
	if visible(label) != "" {
		return mention(label)
	}
	return mention("@" + name)
}

// either returns the first text that can be seen.
func either(texts ...string) string {
	for _, s := range texts {
		if strings.TrimSpace(visible(s)) != "" {
			return s
		}
	}
	return ""
}

// unescape reads each entity once: "&amp;lt;" is the text "&lt;".
func unescape(s string) string { return entities.Replace(s) }
