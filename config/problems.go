package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"dangol/internal/hint"
)

// problems gathers everything that is wrong with a file.
type problems struct {
	file  string
	lines map[string]int // of every key
	under string         // the key that the decoded node stands at
	shape reflect.Type   // what stands there; Config when under is empty
	unset []unsetVariable
	known map[string]string // value of a variable to ${NAME}, to keep it out of texts
	list  []problem
}

// problem is one fault; line 0 means the whole file.
type problem struct {
	line         int
	key          string
	text, remedy string
}

// problems returns an empty list for this config's file.
func (c *Config) problems() *problems {
	return &problems{file: c.File, lines: c.lines, shape: reflect.TypeFor[Config](), unset: c.unset, known: c.expanded}
}

// add notes a problem of a key. Where the key holds an unset variable, that is
// the problem, whatever the text says.
func (p *problems) add(key, text, remedy string) { p.addAt(p.line(key), key, text, remedy) }

func (p *problems) addAt(line int, key, text, remedy string) {
	for _, u := range p.unset {
		if u.key == key {
			text, remedy = u.text(), u.remedy()
		}
	}
	one := problem{line: line, key: key, text: text, remedy: remedy}
	if !slices.Contains(p.list, one) {
		p.list = append(p.list, one)
	}
}

// blame marks a key as faulty without a text of its own: what is wrong with it
// is told already, under another key.
func (p *problems) blame(key string) { p.list = append(p.list, problem{key: key}) }

// line returns the line of a key, or of the nearest key above it that stands in
// the file; 0 when none does.
func (p *problems) line(key string) int {
	for ; key != ""; key = parent(key) {
		if line := p.lines[key]; line > 0 {
			return line
		}
	}
	return 0
}

// has reports whether a problem about the key, or below it, is noted.
func (p *problems) has(key string) bool {
	return slices.ContainsFunc(p.list, func(q problem) bool { return within(q.key, key) })
}

// faulty reports whether the key, something below it or a group it belongs to is
// noted: then its value says nothing.
func (p *problems) faulty(key string) bool {
	return slices.ContainsFunc(p.list, func(q problem) bool {
		return q.key != "" && (within(q.key, key) || within(key, q.key))
	})
}

// within reports whether key is the group, or stands in it.
func within(key, group string) bool {
	rest, ok := strings.CutPrefix(key, group)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// mostTold bounds the problems that are told at once.
const mostTold = 50

// err returns every problem in the order of the lines, those without one last.
func (p *problems) err() error {
	list := slices.Clone(p.list)
	slices.SortStableFunc(list, func(a, b problem) int { return cmp.Compare(uint(a.line-1), uint(b.line-1)) })
	var all []error
	for _, one := range list {
		if one.text != "" {
			all = append(all, p.told(one))
		}
	}
	if more := len(all) - mostTold; more > 0 {
		all = append(all[:mostTold], fmt.Errorf("%s: %d more problems", p.file, more))
	}
	return errors.Join(all...)
}

func (p *problems) told(one problem) error {
	where := p.file
	if one.line > 0 {
		where = fmt.Sprintf("%s:%d", p.file, one.line)
	}
	if one.key != "" {
		where += ": " + one.key
	}
	return hint.With(errors.New(p.discreet(where+": "+one.text)), "%s", one.remedy)
}

// What looks like a secret: a Slack token, a DSN with a password.
var (
	slackToken = regexp.MustCompile(`\bxox[a-z](\.xox[a-z])?-[\w-]*|\bxapp-[\w-]*`)
	password   = regexp.MustCompile(`[^\s:/@"'(]*:[^\s@"']+@(tcp|unix|\(|/|[\w.-]+[:/(])\S*`)
)

// discreet keeps secrets out of a text: what came from a variable that holds one
// is shown as ${NAME}, what looks like a token or a DSN as <secret>.
func (p *problems) discreet(text string) string {
	text = password.ReplaceAllString(slackToken.ReplaceAllString(text, "<secret>"), "<secret>")
	longestFirst := func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) }
	for _, value := range slices.SortedFunc(maps.Keys(p.known), longestFirst) {
		text = strings.ReplaceAll(text, value, p.known[value])
	}
	return text
}

// parent returns the group a key stands in.
func parent(key string) string {
	if i := strings.LastIndexAny(key, ".["); i >= 0 {
		return key[:i]
	}
	return ""
}

func join(key, inner string) string {
	if key == "" || inner == "" {
		return key + inner
	}
	return key + "." + inner
}

func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }
