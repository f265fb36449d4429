// Package wording turns phrases into sentences of a language. The sentences
// live in catalogues (en.yaml, ko.yaml) that a translator edits without Go.
//
// A sentence holds placeholders: {name} writes the value, {name:percent} a
// fraction as a percentage, {name:day} a date with its day of the week,
// {name:one|many} the first word for exactly one and the second otherwise;
// {name:1=day|# days} the first words for exactly that number and else the
// second, with # for the number; after a text value {name:은|는} writes the first
// particle when the text ends in a consonant and the second otherwise. It writes
// the particle alone: {name}{name:은|는}.
//
// Names of customers, segments and reps, and examples from the data, are
// written as Name makes them, whatever they hold.
package wording

import (
	"embed"
	"fmt"
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"

	"dangol/internal/finding"
	"dangol/internal/hint"
	"dangol/internal/sales"

	yaml "go.yaml.in/yaml/v4"
)

//go:embed en.yaml ko.yaml remedies.ko.yaml
var catalogues embed.FS

// Wording words phrases in one language, with amounts in one currency.
type Wording struct {
	locale    string
	currency  string
	builtIn   map[string]string
	sentences map[string]string // those of the user in the place of built-in ones
	remedies  map[string]string // by their English format; none in English
	today     sales.Date
}

// Load returns the wording of a locale (en, ko) and an ISO currency (or none).
func Load(locale, currency string) (*Wording, error) {
	text, err := catalogues.ReadFile(locale + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no wording for the locale %q", locale)
	}
	w := &Wording{locale: locale, currency: currency}
	if err := yaml.Load(text, &w.builtIn); err != nil {
		return nil, fmt.Errorf("wording of %s: %w", locale, err)
	}
	w.sentences = w.builtIn
	if remedies, err := catalogues.ReadFile("remedies." + locale + ".yaml"); err == nil {
		if err := yaml.Load(remedies, &w.remedies); err != nil {
			return nil, fmt.Errorf("remedies of %s: %w", locale, err)
		}
	}
	return w, nil
}

// Sentences returns every sentence by its key, with its placeholders.
func (w *Wording) Sentences() map[string]string { return maps.Clone(w.sentences) }

// On returns the wording as of a date: dates of the same year lose their year.
func (w *Wording) On(asOf sales.Date) *Wording {
	dated := *w
	dated.today = asOf
	return &dated
}

// Locale returns the language: en or ko.
func (w *Wording) Locale() string { return w.locale }

// Remedies words what the user should do about an error, outermost first. A remedy
// that has no words in the language stays English, as errors themselves do: people
// look them up.
func (w *Wording) Remedies(err error) []string {
	var texts []string
	for _, r := range hint.Remedies(err) {
		if format, ok := w.remedies[r.Format]; ok {
			r.Format = format
		}
		texts = append(texts, r.String())
	}
	return texts
}

// Text words a key with alternating names and values.
func (w *Wording) Text(key string, pairs ...any) string { return w.Say(finding.Say(key, pairs...)) }

// Texts words phrases.
func (w *Wording) Texts(phrases []finding.Phrase) []string {
	texts := make([]string, len(phrases))
	for i, p := range phrases {
		texts[i] = w.Say(p)
	}
	return texts
}

var placeholder = regexp.MustCompile(`\{(\w+)(?::([^}]*))?\}`)

// Say words a phrase. A key without a sentence shows itself in brackets; a test
// makes sure that none is missing. Where a sentence of the user's does not suit
// what is to be said, the built-in one is taken.
func (w *Wording) Say(p finding.Phrase) string {
	if text, ok := w.fill(w.sentences[p.Key], p.Args); ok {
		return text
	}
	sentence, ok := w.builtIn[p.Key]
	if !ok {
		return "[" + p.Key + "]"
	}
	text, _ := w.fill(sentence, p.Args)
	return text
}

// fill writes the values into a sentence. It is not ok where one is missing, or
// is not of the kind that its format wants, or where nothing is left to read.
func (w *Wording) fill(sentence string, args map[string]any) (text string, ok bool) {
	ok = true
	text = placeholder.ReplaceAllStringFunc(sentence, func(match string) string {
		parts := placeholder.FindStringSubmatch(match)
		value, given := args[parts[1]]
		if !given {
			ok = false
			return match
		}
		ok = ok && suits(value, parts[2])
		if text, isText := value.(string); isText {
			value = clean(parts[1], text)
		}
		return w.value(value, parts[2])
	})
	return text, ok && strings.TrimSpace(text) != ""
}

// suits reports whether a value can be written in a format.
func suits(value any, format string) bool {
	switch format {
	case "day":
		_, ok := value.(sales.Date)
		return ok
	case "percent", "ratio":
		_, ok := value.(float64)
		return ok
	}
	return true
}

func (w *Wording) value(value any, format string) string {
	if one, many, ok := strings.Cut(format, "|"); ok {
		return w.choose(value, one, many)
	}
	switch v := value.(type) {
	case string:
		return v
	case sales.Money:
		return w.Money(v)
	case sales.Date:
		if format == "day" {
			return w.Day(v)
		}
		return w.Date(v)
	case float64:
		if format == "percent" {
			return Percent(v)
		}
		if format == "ratio" { // may be above 1, and exactly 1 is nothing special
			return strconv.Itoa(int(math.Round(v*100))) + "%"
		}
		return Number(v)
	case int:
		return group(int64(v))
	}
	return fmt.Sprint(value)
}

// choose picks one of two words by a number, or by how a text ends.
func (w *Wording) choose(value any, one, many string) string {
	if text, ok := value.(string); ok {
		return Particle(text, one, many)
	}
	written := w.value(value, "")
	chosen := many
	if number, words, ok := strings.Cut(one, "="); ok {
		if written == number {
			chosen = words
		}
	} else if w.locale == "ko" {
		chosen = Particle(written, one, many)
	} else if written == "1" {
		chosen = one
	}
	return strings.ReplaceAll(chosen, "#", written)
}
