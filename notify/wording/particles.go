package wording

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Particle chooses between the two forms of a Korean particle by how a text ends
// when it is read aloud: the first after a consonant, the second after a vowel. Of
// 으로 and 로 the second stands after ㄹ, too.
func Particle(text, consonant, vowel string) string {
	final := soundOf(text)
	if final == open || final == liquid && strings.HasPrefix(consonant, "으") {
		return vowel
	}
	return consonant
}

// EndsInConsonant reports whether a text, read aloud in Korean, ends in a
// consonant.
func EndsInConsonant(text string) bool { return soundOf(text) != open }

// sound is how a word ends.
type sound int

const (
	open   sound = iota // a vowel
	closed              // a consonant
	liquid              // ㄹ
)

var (
	// aside matches what stands in parentheses at the end: it is not read, or not
	// what the particle goes by (한국식품(주)은).
	aside = regexp.MustCompile(`[\s]*[(\[][^()\[\]]*[)\]][^\p{L}\p{N}]*$`)
	// measured matches an amount with its unit: 500ml, 1.5 kg.
	measured = regexp.MustCompile(`\d ?(kg|g|mg|t|ton|ml|l|L|cl|m|cm|mm|km|oz|lb|%)$`)
	// share matches a percentage.
	share = regexp.MustCompile(`%[^\p{L}\p{N}]*$`)
)

// unitSounds are the ends of the units that are read in full: 킬로그램, 톤; the
// others end in a vowel: 리터, 미터, 온스, 파운드.
var unitSounds = map[string]sound{"kg": closed, "g": closed, "mg": closed, "t": closed, "ton": closed}

// soundOf is the end of a text: of its final syllable, of the Korean name of a
// final digit, of a unit, of the name of an acronym's last letter (LG, SK), and of
// other Latin letters by a rule of thumb.
func soundOf(text string) sound {
	text = norm.NFKC.String(text) // ㈜ becomes (주), split syllables whole
	if cut := aside.ReplaceAllString(text, ""); strings.ContainsFunc(cut, readAloud) {
		text = cut
	}
	if share.MatchString(text) {
		return open // 퍼센트
	}
	text = strings.TrimRightFunc(text, func(r rune) bool { return !readAloud(r) })
	if m := measured.FindStringSubmatch(text); m != nil {
		return unitSounds[m[1]]
	}
	runes := []rune(text)
	if len(runes) == 0 {
		return open
	}
	switch last := runes[len(runes)-1]; {
	case last >= '가' && last <= '힣':
		return syllable(last)
	case last >= '0' && last <= '9':
		return [...]sound{closed, liquid, open, closed, open, open, closed, liquid, liquid, open}[last-'0']
	case last >= 'A' && last <= 'Z':
		return letter(last)
	}
	return latin(strings.ToLower(text))
}

func readAloud(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func syllable(r rune) sound {
	switch (r - '가') % 28 {
	case 0:
		return open
	case 8:
		return liquid
	}
	return closed
}

// letter is the end of a letter's name: 엘, 엠, 엔, 알.
func letter(r rune) sound {
	switch r {
	case 'L', 'R':
		return liquid
	case 'M', 'N':
		return closed
	}
	return open
}

var (
	liquidEnd = regexp.MustCompile(`(l|[^aeiou]le|ile|ole|ale)$`)
	closedEnd = regexp.MustCompile(`([mn]|ng|[ou]ne|ine|[oi]me|[aeiou][pbkc]|ck|[eo]t)$`)
)

// latin guesses how an English word ends in Korean: 푸드, 마트, 그룹, 마켓, 애플.
func latin(word string) sound {
	switch {
	case liquidEnd.MatchString(word):
		return liquid
	case closedEnd.MatchString(word):
		return closed
	}
	return open
}
