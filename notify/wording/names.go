package wording

import (
	"slices"
	"strings"
	"unicode"
)

// NameLength is the longest a name is written, in runes: a title that holds one
// stays within the 150 that Slack takes, and its end in sight on a phone.
const NameLength = 60

// foreign are the values that come from the sales database or from Slack as they
// are; foreignList holds several of them with a comma between.
var (
	foreign     = []string{"customer", "segment", "rep", "example", "product", "category", "level", "manager", "id", "by"}
	foreignList = "to"
)

// clean makes a text value of a field fit to stand in a sentence.
func clean(field, text string) string {
	switch {
	case slices.Contains(foreign, field):
		return Name(text)
	case field == foreignList:
		parts := strings.Split(text, ", ")
		for i, part := range parts {
			parts[i] = Name(part)
		}
		return strings.Join(parts, ", ")
	}
	return text
}

// Name makes a foreign string fit to stand in a sentence: one line of visible
// text that leaves the reading direction alone, at most NameLength runes. What
// is longer ends in "…", never within a character as its reader sees it. What
// shows nothing reads "?".
func Name(text string) string {
	words := strings.Fields(strings.Map(visible, strings.ToValidUTF8(text, "\uFFFD")))
	name := []rune(strings.Join(words, " "))
	if !slices.ContainsFunc(name, shows) {
		return "?"
	}
	if len(name) <= NameLength {
		return string(name)
	}
	return strings.TrimRight(string(name[:boundary(name, NameLength-1)]), " ") + "…"
}

// visible turns line breaks into spaces and drops control characters, those
// that turn the reading direction and those that are never seen.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), r == 0x00AD, r == 0x034F, r == 0x061C, r == 0x180E, r == 0x200B, r == 0x200E, r == 0x200F,
		r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r == 0xFEFF, r >= 0xFFF9 && r <= 0xFFFB,
		r >= 0xE0000 && r <= 0xE007F:
		return -1
	}
	return r
}

// shows reports whether a rune alone leaves ink.
func shows(r rune) bool {
	blank := r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 || r == 0x2800 // fillers, an empty Braille cell
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) && !blank
}

// boundary returns the last place at or before max where a new character
// begins; max itself where there is none.
func boundary(text []rune, max int) int {
	for at := max; at > 0; at-- {
		if !joined(text, at) {
			return at
		}
	}
	return max
}

// joined reports whether the rune at a place belongs to the character before it:
// accents, joined emoji, skin tones, flags, and letters that form a syllable of
// Hangul.
func joined(text []rune, at int) bool {
	before, r := text[at-1], text[at]
	switch {
	case unicode.IsMark(r), r == zeroWidthJoiner, before == zeroWidthJoiner, r >= 0x1F3FB && r <= 0x1F3FF:
		return true
	case r >= 0x1160 && r <= 0x11FF: // a vowel or final consonant
		return before >= 0x1100 && before <= 0x11FF || before >= '가' && before <= '힣'
	case flagLetter(r) && flagLetter(before):
		n := 0
		for n < at && flagLetter(text[at-1-n]) {
			n++
		}
		return n%2 == 1
	}
	return false
}

const zeroWidthJoiner = 0x200D

func flagLetter(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
