package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"

	"dangol/internal/hint"

	yaml "go.yaml.in/yaml/v4"
)

// The container image sets these: where to listen, whatever the config says, and
// where the state is where the config says nothing.
const (
	listenVariable = "DANGOL_HTTP_LISTEN"
	stateVariable  = "DANGOL_STATE_PATH"
)

// Load reads and checks the file. The error holds every problem found, each
// with file, line, key and remedy; the config beside it holds what could be
// read, or is nil. Variables are looked up with getenv; one that is unset is an
// error only when Need asks for a value that uses it.
func Load(path string, getenv func(string) (string, bool)) (*Config, error) {
	text, err := read(path)
	if err != nil {
		return nil, hint.With(fmt.Errorf("cannot read the config: %w", err), "%s", readRemedy(err))
	}
	root, err := parse(path, text)
	if err != nil {
		return nil, err
	}
	cfg := defaults()
	cfg.File = path
	cfg.lines = map[string]int{}
	pass := &preparation{config: cfg, getenv: getenv, problems: &problems{file: path, lines: cfg.lines}}
	pass.node(root, "")
	p := cfg.problems()
	p.list = pass.problems.list
	if err := root.Load(cfg, yaml.WithKnownFields()); err != nil {
		p.decoding(err, root)
	}
	cfg.override(p, getenv)
	cfg.check(p)
	cfg.readFiles(p)
	return cfg, p.err()
}

// largest bounds the config: a path such as /dev/zero ends in an error.
const largest = 1 << 20

func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errDirectory}
	}
	text, err := io.ReadAll(io.LimitReader(file, largest+1))
	if err == nil && len(text) > largest {
		err = &fs.PathError{Op: "read", Path: path, Err: errTooLarge}
	}
	return text, err
}

var (
	errDirectory = errors.New("is a directory")
	errTooLarge  = errors.New("larger than 1 MiB")
)

func readRemedy(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "let the user that runs dangol read the file (chmod, chown) and enter the folders above it"
	case errors.Is(err, errTooLarge):
		return "name your dangol.yaml with --config: no config is that large"
	case errors.Is(err, errDirectory):
		return "name the file in it: --config FOLDER/dangol.yaml; where a container shows a folder, the mounted file does not exist on the host"
	}
	return "give the path of your dangol.yaml with --config; `dangol demo --out DIR` writes one that works"
}

// PlainSecrets are the keys of the secrets that stand in the file itself, neither
// in a variable nor in a file of their own.
func (c *Config) PlainSecrets() []string { return c.plain }

// override takes what the environment says of the daemon's address and of the
// state's place.
func (c *Config) override(p *problems, getenv func(string) (string, bool)) {
	if value, ok := getenv(stateVariable); ok && value != "" && c.lines["state.path"] == 0 {
		c.State.Path = value
	}
	if value, ok := getenv(listenVariable); ok && value != "" {
		if text := badListen(value); text != "" {
			p.list = append(p.list, problem{text: fmt.Sprintf("the variable %s: %s", listenVariable, text), remedy: listenRemedy})
			return
		}
		c.HTTP.Listen = value
	}
}

// Need reports what is missing for a command: every given key (or something
// below it) must be set, and no unset variable may stand in it.
func (c *Config) Need(keys ...string) error {
	p := c.problems()
	for _, key := range keys {
		for _, u := range c.unset {
			if within(u.key, key) && !(u.key == "slack.app_token" && key == "slack") { // only buttons use it
				p.add(u.key, u.text(), u.remedy())
			}
		}
		c.needValue(p, key)
	}
	return p.err()
}

// needValue notes a needed value that is not given.
func (c *Config) needValue(p *problems, key string) {
	value, empty := c.required(key)
	if !empty || p.has(value) || p.has(value+"_file") {
		return
	}
	text := "nothing is given"
	if name, ok := c.blank[value]; ok {
		text = fmt.Sprintf("the variable %s is empty", name)
	}
	p.add(value, text, remedies[value])
}

// remedies say how to give what a command may need.
var remedies = map[string]string{
	"database.dsn":          "set database.dsn (user:password@tcp(host:3306)/name) or database.dsn_file",
	"slack.token":           "set slack.token: ${SLACK_BOT_TOKEN} or slack.token_file; the README says how to create the Slack app",
	"slack.channels.alerts": `set slack.channels.alerts to a channel name in quotes ("#sales-alerts"; a bare # starts a comment) or an id`,
	"slack.channels.ops":    `set slack.channels.ops to a channel name in quotes ("#dangol-ops"; a bare # starts a comment) or an id`,
}

// required returns the value that a needed key stands or falls with, and
// whether it is missing.
func (c *Config) required(key string) (value string, empty bool) {
	switch key {
	case "database":
		return "database.dsn", c.Database.DSN == ""
	case "slack", "slack.token":
		return "slack.token", c.Slack.Token == ""
	case "slack.channels.alerts":
		return key, c.Slack.Channels.Alerts == ""
	case "slack.channels.ops":
		return key, c.Slack.Channels.Ops == ""
	}
	return key, false
}

// DecodeJob reads one job's own parameters strictly over their defaults in
// into. An absent job leaves the defaults.
func (c *Config) DecodeJob(name string, into any) error {
	node, ok := c.Jobs[name]
	if !ok || node.Kind == 0 {
		return nil
	}
	if err := node.Load(into, yaml.WithKnownFields()); err != nil {
		p := c.problems()
		p.under, p.shape = "jobs."+name, reflect.TypeOf(into)
		p.decoding(err, &node)
		return p.err()
	}
	return nil
}

// Fault returns an error about a value of a key, with its line.
func (c *Config) Fault(key, text, remedy string) error {
	p := c.problems()
	p.add(key, text, remedy)
	return p.err()
}
