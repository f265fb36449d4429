package html

import (
	"strings"
	"unicode"
)

// softHyphen stands beside a mark-up character that is to be read as itself.
// Slack shows nothing for it; a browser would break the line there.
const softHyphen = '\u00ad'

// visible keeps what a reader can see: line breaks stay, tabs become spaces;
// control characters, those that turn the reading direction and those that only
// hide or imitate go.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == 0x2028, r == 0x2029:
			return ' '
		case r == softHyphen, unicode.IsControl(r), hides(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// hides reports bidirectional controls and invisible characters. Joiners stay:
// some scripts and emoji need them.
func hides(r rune) bool {
	switch {
	case r == 0x061C, r == 0x200B, r == 0x200E, r == 0x200F, r == 0xFEFF:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return false
}
