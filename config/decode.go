package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// decoding turns the YAML library's errors into problems that name the key as
// it stands in the file.
func (p *problems) decoding(err error, root *yaml.Node) {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		for _, e := range many.Errors {
			p.one(e, root)
		}
	case errors.As(err, &one):
		p.one(one, root)
	default:
		p.add(p.under, err.Error(), "correct the YAML")
	}
}

var (
	unknownField = regexp.MustCompile(`^field (.+) not found in type`)
	wrongType    = regexp.MustCompile("cannot construct !!(\\w+)(?: `(.*)`)? into (.+)")
)

func (p *problems) one(e *yaml.LoadError, root *yaml.Node) {
	line, column := e.Mark.Line, e.Mark.Column
	at, node := keyAt(root, line, column)
	key := join(p.under, at)
	if m := unknownField.FindStringSubmatch(e.Message); m != nil {
		p.unknown(line, key, m[1])
		return
	}
	if m := wrongType.FindStringSubmatch(e.Message); m != nil {
		p.addAt(line, key, mismatch(m[1], m[3], node), "write "+p.wanted(m[3], key))
		return
	}
	text, remedy, _ := strings.Cut(e.Message, "; ")
	if remedy == "" {
		remedy = "config/example.yaml documents the key"
	}
	p.addAt(line, key, text, remedy)
}

// unknown notes an unknown key. What it was meant for counts as given.
func (p *problems) unknown(line int, key, name string) {
	if last(key) != name {
		key = join(key, name)
	}
	remedy, meant := p.suggestion(name, parent(key))
	p.addAt(line, key, "unknown key", remedy)
	if meant != "" && p.lines[meant] == 0 {
		p.blame(meant)
	}
}

// mismatch says what stands in the place of something else. A single value in
// the place of a group is not quoted: it may be a secret.
func mismatch(tag, goType string, node *yaml.Node) string {
	what := "a text"
	switch {
	case tag == "seq":
		what = "a list"
	case tag == "map":
		what = "a group of keys"
	case node != nil && node.Kind == yaml.ScalarNode && kindOf(goType) != group:
		return fmt.Sprintf("%.40q is not %s", node.Value, kindOf(goType))
	case tag == "int" || tag == "float":
		what = "a number"
	case tag == "bool":
		what = "true or false"
	}
	return what + " in the place of " + kindOf(goType)
}

// The kinds of values, as people call them.
const (
	wholeNumber = "a whole number"
	number      = "a number"
	truth       = "true or false"
	plainText   = "a text"
	listing     = "a list"
	group       = "a group of keys"
)

// kindOf says in words what a Go type wants in the file.
func kindOf(goType string) string {
	switch {
	case strings.HasPrefix(goType, "int"):
		return wholeNumber
	case strings.HasPrefix(goType, "float"):
		return number
	case goType == "bool":
		return truth
	case goType == "string" || strings.HasSuffix(goType, ".Secret"):
		return plainText
	case strings.HasPrefix(goType, "[]"):
		return listing
	}
	return group
}

// wanted adds to a kind what stands in it.
func (p *problems) wanted(goType, key string) string {
	kind := kindOf(goType)
	keys := p.keys(key)
	switch {
	case kind == group && len(keys) > 0:
		return "keys and values below it: " + strings.Join(keys, ", ")
	case kind == listing && len(keys) == 0:
		return "a list: [one, another]"
	}
	return kind + "; config/example.yaml shows it"
}

// keyAt returns the path of the key or value that stands at line and column,
// and the value's node.
func keyAt(node *yaml.Node, line, column int) (string, *yaml.Node) {
	path, found, _ := search(node, "", line, column)
	return path, found
}

func search(node *yaml.Node, key string, line, column int) (string, *yaml.Node, bool) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			inner := join(key, node.Content[i].Value)
			if at(node.Content[i], line, column) {
				return inner, node.Content[i+1], true
			}
			if path, found, ok := search(node.Content[i+1], inner, line, column); ok {
				return path, found, true
			}
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			if path, found, ok := search(item, fmt.Sprintf("%s[%d]", key, i), line, column); ok {
				return path, found, true
			}
		}
	}
	return key, node, at(node, line, column)
}

func at(node *yaml.Node, line, column int) bool { return node.Line == line && node.Column == column }
