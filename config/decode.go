package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"dangol/internal/hint"

	yaml "go.yaml.in/yaml/v4"
)

// decoding turns the YAML library's errors into problems that name the key as
// it stands in the file. root is nil when the text is no YAML at all.
func (p *problems) decoding(err error, root *yaml.Node) {
	var many *yaml.LoadErrors
	if !errors.As(err, &many) {
		var one *yaml.LoadError
		if errors.As(err, &one) {
			p.syntax(one)
			return
		}
		p.list = append(p.list, hint.With(fmt.Errorf("%s: %w", p.file, err), "correct the YAML"))
		return
	}
	for _, e := range many.Errors {
		if root == nil {
			p.syntax(e)
			continue
		}
		p.one(e, root)
	}
}

func (p *problems) syntax(e *yaml.LoadError) {
	p.list = append(p.list, hint.With(fmt.Errorf("%s:%d: this is no YAML: %s", p.file, e.Mark.Line, e.Message),
		"check the indentation (spaces, no tabs), the quotes and the brackets around this line"))
}

var (
	unknownField = regexp.MustCompile(`^field (.+) not found in type`)
	wrongType    = regexp.MustCompile("cannot construct !!(\\w+)(?: `(.*)`)? into (.+)")
	duplicate    = regexp.MustCompile(`mapping key "?([^" ]+)"? already defined`)
)

func (p *problems) one(e *yaml.LoadError, root *yaml.Node) {
	line, column := e.Mark.Line, e.Mark.Column
	key := join(p.under, keyAt(root, line, column))
	where := fmt.Sprintf("%s:%d", p.file, line)
	report := func(text, remedy string) {
		p.list = append(p.list, hint.With(fmt.Errorf("%s: %s", where, text), "%s", remedy))
	}
	if m := unknownField.FindStringSubmatch(e.Message); m != nil {
		full := key
		if last(full) != m[1] {
			full = join(key, m[1])
		}
		report(fmt.Sprintf("%s: unknown key", full), suggestion(m[1], parent(full)))
		return
	}
	if m := duplicate.FindStringSubmatch(e.Message); m != nil {
		report(fmt.Sprintf("%s: the key stands twice", m[1]), "keep one of the two")
		return
	}
	if m := wrongType.FindStringSubmatch(e.Message); m != nil {
		report(fmt.Sprintf("%s: %q is not %s", key, m[2], wanted(m[3])), fmt.Sprintf("write %s", wanted(m[3])))
		return
	}
	text, remedy, _ := strings.Cut(e.Message, "; ")
	if remedy == "" {
		remedy = "config/example.yaml documents the key"
	}
	report(fmt.Sprintf("%s: %s", key, text), remedy)
}

// wanted says in words what a Go type wants in the file.
func wanted(goType string) string {
	switch {
	case strings.HasPrefix(goType, "int"):
		return "a whole number"
	case strings.HasPrefix(goType, "float"):
		return "a number"
	case goType == "bool":
		return "true or false"
	case goType == "string" || strings.HasSuffix(goType, ".Secret"):
		return "a text"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	}
	return "a group of keys"
}

// keyAt returns the path of the key or value that stands at line and column.
func keyAt(node *yaml.Node, line, column int) string {
	path, _ := search(node, "", line, column)
	return path
}

func search(node *yaml.Node, key string, line, column int) (string, bool) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			inner := join(key, node.Content[i].Value)
			if at(node.Content[i], line, column) {
				return inner, true
			}
			if found, ok := search(node.Content[i+1], inner, line, column); ok {
				return found, true
			}
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			if found, ok := search(item, fmt.Sprintf("%s[%d]", key, i), line, column); ok {
				return found, true
			}
		}
	}
	return key, at(node, line, column)
}

func at(node *yaml.Node, line, column int) bool { return node.Line == line && node.Column == column }
