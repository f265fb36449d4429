package wording

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestSentence bounds a sentence of the user's, in runes.
const longestSentence = 1000

// Fault is what is wrong with a sentence that is to stand in the place of a
// built-in one, with the remedy.
type Fault struct{ Text, Remedy string }

// Fields returns the fields that a sentence may hold: those of the built-in one,
// sorted. known is false where there is no such sentence.
func (w *Wording) Fields(key string) (fields []string, known bool) {
	sentence, known := w.builtIn[key]
	names := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(sentence, -1) {
		names[m[1]] = true
	}
	return slices.Sorted(maps.Keys(names)), known
}

// With returns the wording with sentences of the user's, by key, in the place of
// built-in ones. What Check finds fault with is left out.
func (w *Wording) With(sentences map[string]string) *Wording {
	changed := *w
	changed.sentences = maps.Clone(w.sentences)
	for key, sentence := range sentences {
		if len(w.Check(key, sentence)) == 0 {
			changed.sentences[key] = sentence
		}
	}
	return &changed
}

// Check says what keeps a sentence from standing in the place of the built-in one
// of this key.
func (w *Wording) Check(key, sentence string) []Fault {
	fields, known := w.Fields(key)
	switch {
	case !known:
		return []Fault{{"unknown key", w.meant(key)}}
	case strings.TrimSpace(sentence) == "":
		return []Fault{{"nothing is given", "write the sentence, or remove the key: the built-in one then stands"}}
	case utf8.RuneCountInString(sentence) > longestSentence:
		return []Fault{{fmt.Sprintf("the sentence has more than %d characters", longestSentence), "shorten it: messages are read on a phone"}}
	case strings.ContainsFunc(sentence, unicode.IsControl):
		return []Fault{{"a line break or a control character", "write the sentence as one line: a message puts each on a line of its own"}}
	}
	var faults []Fault
	if strings.ContainsAny(placeholder.ReplaceAllString(sentence, ""), "{}") {
		faults = append(faults, Fault{"a brace that belongs to no field", "write fields as {name}, {name:percent} or {name:one|many}"})
	}
	for _, at := range placeholder.FindAllStringSubmatchIndex(sentence, -1) {
		m := placeholder.FindStringSubmatch(sentence[at[0]:at[1]])
		if !slices.Contains(fields, m[1]) {
			faults = append(faults, Fault{fmt.Sprintf("unknown field {%s}", m[1]), fieldRemedy(fields)})
			continue
		}
		faults = append(faults, w.checkFormat(key, m[1], m[2], strings.Contains(m[0], ":"), sentence[:at[0]])...)
	}
	return faults
}

func fieldRemedy(fields []string) string {
	if len(fields) == 0 {
		return "this sentence has no fields"
	}
	return "its fields are {" + strings.Join(fields, "}, {") + "}"
}

// meant suggests the key that was meant.
func (w *Wording) meant(key string) string {
	best, distance := "", 4
	for _, known := range slices.Sorted(maps.Keys(w.builtIn)) {
		if d := edits(key, known, distance); d < distance {
			best, distance = known, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "docs/messages.md lists the keys; notify/wording/" + w.locale + ".yaml holds every one"
}

// edits is the number of letters by which two words differ, at most limit.
func edits(a, b string, limit int) int {
	if max(len(a), len(b))-min(len(a), len(b)) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// pairs are the forms of a particle: after a consonant, after a vowel.
var pairs = []string{"은|는", "이|가", "을|를", "과|와", "으로|로", "아|야", "이라|라", "이나|나", "이며|며", "이고|고", "이었|였", "이에요|예요"}

// checkFormat looks at one placeholder of a sentence; before is what stands in
// front of it.
func (w *Wording) checkFormat(key, name, format string, given bool, before string) []Fault {
	forms := strings.Count(format, "|")
	fraction := w.fraction(key, name)
	switch {
	case !given && fraction:
		return []Fault{{fmt.Sprintf("{%s} is a fraction", name), fmt.Sprintf("write {%s:percent}, or {%s:ratio} where it may exceed 100%%", name, name)}}
	case !given:
		return nil
	case format == "percent" || format == "ratio":
		if !fraction {
			return []Fault{{fmt.Sprintf("{%s} is no fraction", name), fmt.Sprintf("write {%s}", name)}}
		}
		return nil
	case format == "day":
		return nil // what is no date when it is worded has the built-in sentence instead
	case forms == 0:
		return []Fault{{fmt.Sprintf("{%s:%s} has no second form", name, format), fmt.Sprintf("write {%s:one|many}, {%s:1=one|# many} or, in Korean, {%s:은|는}", name, name, name)}}
	case forms > 1:
		return []Fault{{fmt.Sprintf("{%s:%s} has more than two forms", name, format), fmt.Sprintf("write {%s:one|many}", name)}}
	case slices.Contains(pairs, format) && !written(name).MatchString(before):
		return []Fault{{fmt.Sprintf("{%s:%s} writes the particle alone", name, format), fmt.Sprintf("write {%s}{%s:%s}", name, name, format)}}
	}
	return nil
}

// written matches a text that ends in a placeholder which writes the value itself,
// perhaps with a mark behind it.
func written(name string) *regexp.Regexp {
	return regexp.MustCompile(`(\{` + name + `(:percent|:ratio|:day)?\}|\{` + name + `:[^}]*#[^}]*\})[^\s{}]*$`)
}

// fraction reports whether a field is a share: the built-in sentence writes it so.
func (w *Wording) fraction(key, name string) bool {
	for _, m := range placeholder.FindAllStringSubmatch(w.builtIn[key], -1) {
		if m[1] == name && (m[2] == "percent" || m[2] == "ratio") {
			return true
		}
	}
	return false
}
