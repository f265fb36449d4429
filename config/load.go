package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"dangol/internal/hint"

	yaml "go.yaml.in/yaml/v4"
)

// Load reads and checks the file. The error holds every problem found, each
// with file, line, key and remedy. Variables are looked up with getenv; one
// that is unset is an error only when Need asks for a value that uses it.
func Load(path string, getenv func(string) (string, bool)) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, hint.With(fmt.Errorf("cannot read the config: %w", err),
			"give the path of your dangol.yaml with --config; `dangol demo --out DIR` writes one that works")
	}
	root, err := parse(path, text)
	if err != nil {
		return nil, err
	}
	cfg := defaults()
	cfg.File = path
	cfg.lines = map[string]int{}
	cfg.expand(root, "", getenv)
	p := &problems{file: path, lines: cfg.lines}
	if err := root.Load(cfg, yaml.WithKnownFields()); err != nil {
		p.decoding(err, root)
	}
	if p.none() {
		cfg.check(p)
	}
	if p.none() {
		cfg.readFiles(p)
	}
	return cfg, p.err()
}

func parse(path string, text []byte) (*yaml.Node, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, hint.With(fmt.Errorf("%s: the file is empty", path), "start from the example in the README")
	}
	var documents []yaml.Node
	if err := yaml.Load(text, &documents, yaml.WithAllDocuments()); err != nil {
		p := &problems{file: path}
		p.decoding(err, nil)
		return nil, p.err()
	}
	if len(documents) > 1 {
		return nil, hint.With(fmt.Errorf("%s:%d: a second document", path, documents[1].Line),
			"keep one document in the file: remove the line --- and what follows")
	}
	root := &documents[0]
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		return nil, hint.With(fmt.Errorf("%s:%d: want keys and values", path, root.Line), "start from the example in the README")
	}
	return root, nil
}

// unsetVariable is a ${VAR} without a value, at a key.
type unsetVariable struct {
	key, name string
	line      int
}

// variable matches ${NAME}; $${NAME} is a literal ${NAME}.
var variable = regexp.MustCompile(`\$?\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// expand replaces ${VAR} inside scalar values and notes the line of every key.
func (c *Config) expand(node *yaml.Node, key string, getenv func(string) (string, bool)) {
	c.lines[key] = node.Line
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			inner := join(key, node.Content[i].Value)
			c.expand(node.Content[i+1], inner, getenv)
			c.lines[inner] = node.Content[i].Line
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			c.expand(item, fmt.Sprintf("%s[%d]", key, i), getenv)
		}
	case yaml.ScalarNode:
		c.expandScalar(node, key, getenv)
	}
}

func (c *Config) expandScalar(node *yaml.Node, key string, getenv func(string) (string, bool)) {
	node.Value = variable.ReplaceAllStringFunc(node.Value, func(match string) string {
		if strings.HasPrefix(match, "$$") {
			return match[1:]
		}
		name := match[2 : len(match)-1]
		value, ok := getenv(name)
		if !ok {
			c.unset = append(c.unset, unsetVariable{key: key, name: name, line: node.Line})
			return match
		}
		return value
	})
}

func join(key, inner string) string {
	if key == "" {
		return inner
	}
	return key + "." + inner
}

// Need reports what is missing for a command: every given key (or something
// below it) must be set, and no unset variable may stand in it.
func (c *Config) Need(keys ...string) error {
	p := &problems{file: c.File, lines: c.lines}
	for _, key := range keys {
		for _, u := range c.unset {
			if u.key == key || strings.HasPrefix(u.key, key+".") {
				p.add(u.key, fmt.Sprintf("the variable %s is not set", u.name),
					fmt.Sprintf("set it in the environment of this command, or write the value to a file and name it with %s_file", last(u.key)))
			}
		}
		if c.empty(key) && !p.has(key) {
			p.add(key, "nothing is given", required[key])
		}
	}
	return p.err()
}

// required are the keys that a command may need, with how to give them.
var required = map[string]string{
	"database":              "set database.dsn (user:password@tcp(host:3306)/name) or database.dsn_file",
	"slack":                 "set slack.token: ${SLACK_BOT_TOKEN} or slack.token_file; the README says how to create the Slack app",
	"slack.channels.alerts": "set slack.channels.alerts to a channel name (#sales-alerts) or id",
	"slack.channels.ops":    "set slack.channels.ops to a channel name (#dangol-ops) or id",
}

func (c *Config) empty(key string) bool {
	switch key {
	case "database":
		return c.Database.DSN == ""
	case "slack", "slack.token":
		return c.Slack.Token == ""
	case "slack.channels.alerts":
		return c.Slack.Channels.Alerts == ""
	case "slack.channels.ops":
		return c.Slack.Channels.Ops == ""
	}
	return false
}

func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// DecodeJob reads one job's own parameters strictly over their defaults in
// into. An absent job leaves the defaults.
func (c *Config) DecodeJob(name string, into any) error {
	node, ok := c.Jobs[name]
	if !ok || node.Kind == 0 {
		return nil
	}
	if err := node.Load(into, yaml.WithKnownFields()); err != nil {
		p := &problems{file: c.File, lines: c.lines, under: "jobs." + name}
		p.decoding(err, &node)
		return p.err()
	}
	return nil
}

// Fault returns an error about a value of a key, with its line.
func (c *Config) Fault(key, text, remedy string) error {
	p := &problems{file: c.File, lines: c.lines}
	p.add(key, text, remedy)
	return p.err()
}

// problems gathers everything that is wrong with a file.
type problems struct {
	file  string
	under string // the key that the decoded node stands at
	lines map[string]int
	list  []error
	keys  []string // that add was called with
}

func (p *problems) none() bool { return len(p.list) == 0 }

// has reports whether a problem about the key, or below it, is noted.
func (p *problems) has(key string) bool {
	return slices.ContainsFunc(p.keys, func(k string) bool { return k == key || strings.HasPrefix(k, key+".") })
}

func (p *problems) err() error { return errors.Join(p.list...) }

// add notes a problem of a key.
func (p *problems) add(key, text, remedy string) {
	line := 0
	for k := key; line == 0; k = parent(k) {
		line = p.lines[k]
		if k == "" {
			break
		}
	}
	where := p.file
	if line > 0 {
		where = fmt.Sprintf("%s:%d", p.file, line)
	}
	p.keys = append(p.keys, key)
	p.list = append(p.list, hint.With(fmt.Errorf("%s: %s: %s", where, key, text), "%s", remedy))
}

func parent(key string) string {
	if i := strings.LastIndexAny(key, ".["); i >= 0 {
		return key[:i]
	}
	return ""
}
