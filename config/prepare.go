package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// preparation walks over the parsed file before it is decoded: it notes the
// line of every key, replaces variables, and takes out what YAML would read in
// another way than people mean it.
type preparation struct {
	config   *Config
	getenv   func(string) (string, bool)
	problems *problems
}

// node prepares one node. What it takes out becomes an empty value, so that the
// rest can still be decoded.
func (pass *preparation) node(node *yaml.Node, key string) {
	if _, known := pass.config.lines[key]; !known {
		pass.config.lines[key] = node.Line
	}
	if node.Kind == yaml.AliasNode {
		pass.refuse(node, key, fmt.Sprintf("*%s is an alias", node.Value),
			"aliases are not read: write the value out, or put a text that begins with * in quotes")
		return
	}
	if tag := node.ShortTag(); node.Style&yaml.TaggedStyle != 0 && !slices.Contains(plainTags, tag) {
		pass.refuse(node, key, fmt.Sprintf("the tag %s is not read", tag),
			"leave it out, or put a text that begins with ! in quotes; a secret comes from ${VAR} or a *_file key")
		return
	}
	switch node.Kind {
	case yaml.MappingNode:
		pass.mapping(node, key)
	case yaml.SequenceNode:
		for i, item := range node.Content {
			pass.node(item, fmt.Sprintf("%s[%d]", key, i))
		}
	case yaml.ScalarNode:
		pass.scalar(node, key)
	}
}

// plainTags are the tags that change nothing people would not expect.
var plainTags = []string{"!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!!timestamp"}

func (pass *preparation) refuse(node *yaml.Node, key, text, remedy string) {
	pass.problems.addAt(node.Line, key, text, remedy)
	*node = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: node.Line, Column: node.Column}
}

// mapping prepares a group of keys; a key that stands there for the second time
// is told and taken out.
func (pass *preparation) mapping(node *yaml.Node, key string) {
	first := map[string]int{}
	var kept []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		inner := join(key, name.Value)
		switch line, twice := first[name.Value]; {
		case name.Kind != yaml.ScalarNode:
			pass.problems.addAt(name.Line, key, "a key that is no text", "write key: value; a value that begins with [, { or ? must be in quotes")
		case name.Value == "<<":
			pass.problems.addAt(name.Line, inner, "a merge key", "merge keys are not read: write the keys out")
		case twice:
			pass.problems.addAt(name.Line, inner, fmt.Sprintf("the key stands twice, also in line %d", line), "keep one of the two")
		default:
			first[name.Value] = name.Line
			kept = append(kept, name, value)
			pass.config.lines[inner] = name.Line
			pass.node(value, inner)
		}
	}
	node.Content = kept
}

// unsetVariable is a ${VAR} without a value, at a key.
type unsetVariable struct {
	key, name string
}

func (u unsetVariable) text() string { return fmt.Sprintf("the variable %s is not set", u.name) }

func (u unsetVariable) remedy() string {
	switch u.key {
	case "database.dsn", "slack.token", "slack.app_token", "run.heartbeat":
		return fmt.Sprintf("set it in the environment of this command, or write the value to a file and name it with %s_file", last(u.key))
	}
	return "set it in the environment of this command, or write the value here"
}

var (
	// variable matches ${NAME}; $${ is a literal ${.
	variable = regexp.MustCompile(`\$\$\{|\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$\{`)
	// secretName is what a variable with a secret is called.
	secretName = regexp.MustCompile(`(?i)token|secret|pass|dsn|key|credential`)
	// secretKeys are the keys whose values are secrets.
	secretKeys = []string{"database.dsn", "slack.token", "slack.app_token", "run.heartbeat"}
)

// scalar replaces the variables in a value.
func (pass *preparation) scalar(node *yaml.Node, key string) {
	changed := false
	text := variable.ReplaceAllStringFunc(node.Value, func(match string) string {
		switch match {
		case "$${":
			return "${"
		case "${":
			pass.problems.addAt(node.Line, key, "an unreadable variable",
				"write ${NAME}, of letters, digits and _; there are no defaults in it. $${ stands for a literal ${")
			return match
		}
		changed = true
		return pass.variable(match, key)
	})
	node.Value = text
	if !changed && text != "" && slices.Contains(secretKeys, key) {
		pass.config.plain = append(pass.config.plain, key)
	}
	if changed && plainValue(text) {
		// A number or a truth value keeps its type, although the text around the
		// variable was one.
		node.Tag, node.Style = "", 0
	}
}

func (pass *preparation) variable(match, key string) string {
	name := match[2 : len(match)-1]
	value, ok := pass.getenv(name)
	switch {
	case !ok:
		pass.config.unset = append(pass.config.unset, unsetVariable{key: key, name: name})
		return match
	case strings.TrimSpace(value) == "":
		pass.config.blank[key] = name
	case len(value) >= shortestSecret && (slices.Contains(secretKeys, key) || secretName.MatchString(name)):
		pass.config.expanded[value] = match
	}
	return value
}

// shortestSecret is the length from which a value is kept out of texts: a shorter
// one would be found in any word.
const shortestSecret = 6

func plainValue(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil || text == "true" || text == "false"
}
