package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

const fromReadme = "start from the example in the README"

// parse returns the one group of keys that the file holds.
func parse(path string, text []byte) (*yaml.Node, error) {
	p := &problems{file: path}
	root := p.parse(text)
	return root, p.err()
}

func (p *problems) parse(text []byte) *yaml.Node {
	if line, what := unreadable(text); what != "" {
		p.addAt(line, "", what, "save it as a plain UTF-8 text")
		return nil
	}
	var documents []yaml.Node
	if err := yaml.Load(text, &documents, yaml.WithAllDocuments()); err != nil {
		p.syntax(err, strings.Split(string(text), "\n"))
		return nil
	}
	if len(documents) > 1 {
		p.addAt(documents[1].Line, "", "a second document", "keep one document in the file: remove the line --- and what follows")
		return nil
	}
	var root *yaml.Node
	if len(documents) == 1 {
		root = &documents[0]
	}
	if root != nil && root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	switch {
	case root == nil || root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null":
		p.addAt(0, "", "the file is empty", fromReadme)
		return nil
	case root.Kind != yaml.MappingNode:
		p.addAt(root.Line, "", "no keys and values", `want "key: value" lines; `+fromReadme)
		return nil
	}
	return root
}

// unreadable says what keeps the text from being one at all, and where. UTF-16
// is told by its mark and read as it is.
func unreadable(text []byte) (line int, what string) {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return 0, ""
	}
	line = 1
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			return line, "this is not UTF-8"
		case r == '\n':
			line++
		case r < ' ' && r != '\t' && r != '\r' || r == 0x7f:
			return line, fmt.Sprintf("a control character (%#02x)", r)
		}
		rest = rest[size:]
	}
	return 0, ""
}

// syntax notes a text that is no YAML, with what probably led to it.
func (p *problems) syntax(err error, lines []string) {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	if errors.As(err, &many) && len(many.Errors) > 0 {
		one = many.Errors[0]
	} else if !errors.As(err, &one) {
		p.addAt(0, "", "this is no YAML: "+err.Error(), syntaxRemedy)
		return
	}
	line, text, remedy := one.Mark.Line, one.Message, ""
	if begin := one.ContextMark.Line; begin > 0 && (line >= len(lines) || strings.Contains(text, "',' or ")) {
		line = begin // where a quote or a bracket was opened, not where its end was missed
	}
	if at := openQuote(lines, one.Mark.Line); at > 0 {
		line, remedy = at, "close the quote in this line"
	} else if at := commented(lines, one.Mark.Line); at > 0 {
		line, remedy = at, `put names with # in quotes ("#sales"): a bare # starts a comment, and the bracket behind it is lost`
	} else if line >= 1 && line <= len(lines) {
		remedy = misspelt(lines[line-1], line == one.Mark.Line)
	}
	if remedy == "" {
		remedy = syntaxRemedy
	}
	p.addAt(line, "", "this is no YAML: "+text, remedy)
}

const syntaxRemedy = "check the indentation (spaces, no tabs), the quotes and the brackets around this line"

// special is a value that begins with a character to which YAML gives a meaning.
var special = regexp.MustCompile("(?:: |- |[\\[{,] ?)\\s*([*&@`%!])")

// misspelt names the frequent reasons by the line itself; exact says that the
// line is where reading stopped.
func misspelt(line string, exact bool) string {
	trimmed := strings.TrimLeft(line, " ")
	_, value, _ := strings.Cut(trimmed, ": ")
	if strings.HasPrefix(trimmed, "\t") {
		return "indent with spaces: a tab stands at the beginning of this line"
	}
	if found := special.FindStringSubmatch(trimmed); found != nil {
		return fmt.Sprintf("put the value in quotes: YAML gives %s a meaning of its own", found[1])
	}
	if exact && !strings.ContainsAny(value, "{[") && strings.Contains(value, ": ") {
		return `put the value in quotes: it holds ": "`
	}
	return ""
}

// openQuote returns the first line, up to one, with a double quote that is not
// closed in it; 0 when there is none.
func openQuote(lines []string, upTo int) int {
	for i, line := range lines[:min(upTo, len(lines))] {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") && strings.Count(strings.ReplaceAll(line, `\"`, ""), `"`)%2 == 1 {
			return i + 1
		}
	}
	return 0
}

// bareComment is a value that # makes a comment of, in brackets.
var bareComment = regexp.MustCompile(`[\[{](?:.*[:,\[{])?\s*#\S.*[\]}]`)

// commented returns the last line, up to one, in which a # swallows the end of a
// bracket; 0 when there is none.
func commented(lines []string, upTo int) int {
	for i := min(upTo, len(lines)) - 1; i >= 0; i-- {
		if bareComment.MatchString(lines[i]) {
			return i + 1
		}
	}
	return 0
}
