package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// softHyphen is invisible and, beside a mark-up character, keeps Slack from
// reading it as one. Slack has no escape for these characters.
const softHyphen = "\u00ad"

// marks are what mrkdwn gives a meaning, with their full-width twins.
const marks = "*_~`＊＿～｀"

// emoji matches what Slack would replace by a picture.
var emoji = regexp.MustCompile(`:[\p{L}\p{N}_+'-]+:`)

// clean makes a foreign string one line of visible text: line breaks become
// spaces, control characters and those that turn the reading direction go.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
			return ' '
		case unicode.IsControl(r), turnsDirection(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// turnsDirection reports the bidirectional controls, and invisible characters
// that serve only to hide or to imitate.
func turnsDirection(r rune) bool {
	switch {
	case r == 0x061C, r == 0x200B, r == 0x200E, r == 0x200F, r == 0xFEFF:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return false
}

// escape writes a string into mrkdwn so that it is shown as it is.
func escape(s string) string { return escapeTo(s, -1) }

// escapeTo is escape with at most max runes of mark-up, cut with "…"; a
// negative max is no limit.
func escapeTo(s string, max int) string {
	pieces := tokens(clean(s))
	if max < 0 {
		return strings.Join(pieces, "")
	}
	total := 0
	fits := 0 // pieces that leave room for the ellipsis
	for i, piece := range pieces {
		total += utf8.RuneCountInString(piece)
		if total <= max-1 {
			fits = i + 1
		}
	}
	if total <= max {
		return strings.Join(pieces, "")
	}
	if max < 1 {
		return ""
	}
	return strings.Join(pieces[:fits], "") + "…"
}

// tokens splits a clean string into what must not be cut apart, each escaped.
func tokens(s string) []string {
	pictures := map[int]bool{}
	for at := 0; ; {
		match := emoji.FindStringIndex(s[at:])
		if match == nil {
			break
		}
		pictures[at+match[0]] = true
		at += match[1] - 1 // the closing colon may open the next
	}
	list := make([]string, 0, len(s))
	for i, r := range s {
		list = append(list, token(r, i == 0, pictures[i]))
	}
	return list
}

func token(r rune, first, picture bool) string {
	switch {
	case picture:
		return ":" + softHyphen
	case r == '&':
		return "&amp;"
	case r == '<':
		return "&lt;"
	case r == '>' && first:
		return softHyphen + "&gt;" // a quotation otherwise
	case r == '＞' && first:
		return softHyphen + "＞"
	case r == '>':
		return "&gt;"
	case strings.ContainsRune(marks, r):
		return softHyphen + string(r) + softHyphen
	}
	return string(r)
}

// cut shortens a string to max runes, the last of them "…".
func cut(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	if max < 1 {
		return ""
	}
	return string([]rune(s)[:max-1]) + "…"
}
