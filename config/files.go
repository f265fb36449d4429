package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// readFiles reads the secrets and the small files that the config names.
func (c *Config) readFiles(p *problems) {
	c.secretFile(p, "database.dsn_file", c.Database.DSNFile, &c.Database.DSN)
	c.secretFile(p, "slack.token_file", c.Slack.TokenFile, &c.Slack.Token)
	c.secretFile(p, "slack.app_token_file", c.Slack.AppTokenFile, &c.Slack.AppToken)
	c.secretFile(p, "run.heartbeat_file", c.Run.HeartbeatFile, &c.Run.Heartbeat)
	c.readHolidays(p)
	c.readLeave(p)
	c.readMerged(p)
	c.readPauses(p)
	c.readQuotas(p)
	c.readMessages(p)
}

func (c *Config) secretFile(p *problems, key, path string, into *Secret) {
	if path == "" || c.unsetAt(key) || p.has(key) {
		return
	}
	text, err := read(c.Path(path))
	if err != nil {
		p.add(key, fmt.Sprintf("cannot read the secret: %v", err), secretRemedy(path, err))
		return
	}
	secret := strings.TrimSpace(strings.TrimPrefix(string(text), "\ufeff"))
	switch {
	case secret == "":
		p.add(key, fmt.Sprintf("the file %s is empty", path), "write the secret into it as its only line")
	case !utf8.ValidString(secret) || strings.ContainsAny(secret, "\r\n\x00"):
		p.add(key, fmt.Sprintf("the file %s holds more than one line of text", path), "leave the secret as its only line, in UTF-8")
	default:
		*into = Secret(secret)
	}
}

func secretRemedy(path string, err error) string {
	switch {
	case slackToken.MatchString(path) || password.MatchString(path):
		return "this looks like the secret itself: the key wants the name of a file that holds it"
	case errors.Is(err, fs.ErrPermission):
		return "let the user that runs dangol read it (chown, chmod 0400), and enter the folders above it"
	case errors.Is(err, errDirectory):
		return "name the file in it; where a container shows a folder, the mounted file does not exist on the host"
	}
	return "create the file, readable by the user that runs dangol, with the secret as its only line"
}

// table is a CSV file that a key of the config names.
type table struct {
	key, path string
	remedy    string
	wanted    []string // columns that must be there
	others    []string // columns that may be there
	problems  *problems
	bad       int // rows that are told
}

// row is one line of a table, by column name.
type row struct {
	table  *table
	line   int
	fields map[string]string
}

// mostBad bounds the rows that are told of one file.
const mostBad = 20

// fault notes a problem of a line, with file and line.
func (t *table) fault(line int, format string, args ...any) {
	if t.bad++; t.bad > mostBad {
		return
	}
	t.problems.add(t.key, fmt.Sprintf("%s:%d: ", t.path, line)+fmt.Sprintf(format, args...), t.remedy)
}

// rows reads the table at a path relative to the config; each is handed to
// take. Every problem is noted, up to mostBad.
func (c *Config) rows(t *table, take func(row)) {
	if t.path == "" || t.problems.has(t.key) {
		return
	}
	text, err := read(c.Path(t.path))
	if err != nil {
		t.problems.add(t.key, fmt.Sprintf("cannot read the file: %v", err), fileRemedy(err))
		return
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if line, what := unreadable(text); what != "" || bytes.HasPrefix(text, []byte("\xff\xfe")) {
		t.problems.add(t.key, fmt.Sprintf("%s:%d: this is not UTF-8", t.path, max(line, 1)), `save it as UTF-8; in Excel "CSV UTF-8 (comma delimited)"`)
		return
	}
	t.read(text, take)
	if t.bad > mostBad {
		t.problems.add(t.key, fmt.Sprintf("%s: %d more bad lines", t.path, t.bad-mostBad), t.remedy)
	}
}

func fileRemedy(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "let the user that runs dangol read it"
	case errors.Is(err, errDirectory):
		return "name the file in it"
	}
	return "create it, or remove the key; a relative path is relative to the config's folder"
}

func (t *table) read(text []byte, take func(row)) {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.TrimLeadingSpace, reader.FieldsPerRecord = true, -1
	header, err := reader.Read()
	switch {
	case errors.Is(err, io.EOF):
		t.fault(1, "no header line")
		return
	case err == nil && !t.checkHeader(header):
		return
	}
	for err == nil {
		var record []string
		if record, err = reader.Read(); err != nil {
			break
		}
		line, _ := reader.FieldPos(0)
		if len(record) != len(header) {
			t.fault(line, "%d fields in the place of %d", len(record), len(header))
			continue
		}
		r := row{table: t, line: line, fields: make(map[string]string, len(header))}
		for i, name := range header {
			r.fields[name] = strings.TrimSpace(record[i])
		}
		take(r)
	}
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		t.fault(wrong.StartLine, "%v: a field with a quote in it must stand in quotes", wrong.Err)
	}
}

// checkHeader reports whether the columns are those wanted.
func (t *table) checkHeader(header []string) bool {
	seen := map[string]int{}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
		seen[header[i]]++
	}
	bad := t.bad
	for _, name := range t.wanted {
		if seen[name] == 0 {
			t.fault(1, "no column %s (found %.200q)", name, strings.Join(header, ", "))
		}
	}
	if t.bad > bad && len(header) == 1 && strings.ContainsAny(header[0], ";\t") {
		t.remedy = "separate the columns with commas; " + t.remedy
	}
	for _, name := range header {
		if seen[name] > 1 {
			t.fault(1, "column %q stands there %d times", name, seen[name])
			seen[name] = 0
		} else if seen[name] == 1 && !t.knows(name) {
			t.fault(1, "unknown column %q", name)
		}
	}
	return t.bad == bad
}

func (t *table) knows(name string) bool {
	for _, known := range append(t.wanted[:len(t.wanted):len(t.wanted)], t.others...) {
		if known == name {
			return true
		}
	}
	return false
}
