package salesdb

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Grant is a right of the account that goes beyond reading.
type Grant struct {
	Privileges []string // INSERT, UPDATE …
	On         string   // `erp`.*, *.*
}

// Privileges is what the account may do on the server.
type Privileges struct {
	Account  string  // as the server knows it, 'dangol'@'10.0.0.%'
	ReadOnly bool    // the server takes no writes: a replica
	Writes   []Grant // with which what is read could be changed, or the server
}

// Privileges asks the server for the account's own grants, including those of
// its active roles. SQLite has none; the file is opened for reading.
func (s *Source) Privileges(ctx context.Context) (Privileges, error) {
	if s.place.name == "" {
		return Privileges{ReadOnly: true}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var p Privileges
	var account string
	if err := s.db.QueryRowContext(ctx, "SELECT CURRENT_USER()").Scan(&account); err != nil {
		return p, s.explain(ctx, "", err)
	}
	p.Account = accountName(account)
	var readOnly string // 0, 1, ON, OFF; servers that lack the variable are taken to write
	if err := s.db.QueryRowContext(ctx, "SELECT @@global.read_only").Scan(&readOnly); err == nil {
		p.ReadOnly = readOnly == "1" || readOnly == "ON"
	}
	var lines []string
	if err := s.db.SelectContext(ctx, &lines, "SHOW GRANTS"); err != nil {
		return p, s.explain(ctx, "", err)
	}
	for _, line := range lines {
		if grant, ok := parseGrant(line); ok && grant.Privileges != nil && s.concerns(grant.On) {
			p.Writes = append(p.Writes, grant)
		}
	}
	return p, nil
}

// accountName writes what CURRENT_USER() returns as a GRANT takes it.
func accountName(account string) string {
	user, host, _ := cutLast(account, "@")
	return fmt.Sprintf("'%s'@'%s'", user, host)
}

func cutLast(text, mark string) (before, after string, found bool) {
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(mark):], true
}

// grantLine matches what SHOW GRANTS prints of privileges. What follows the
// account, such as the hash of its password, is never looked at.
var grantLine = regexp.MustCompile("^GRANT (.+) ON (?:(TABLE|FUNCTION|PROCEDURE|PACKAGE|PACKAGE BODY) )?((?:`[^`]+`|\\*|[^ .]+)\\.(?:`[^`]+`|\\*|[^ ]+)) TO ")

// harmless are the privileges that let nobody change anything.
var harmless = []string{"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "REPLICATION SLAVE",
	"BINLOG MONITOR", "SLAVE MONITOR", "REPLICA MONITOR", "SHOW CREATE ROUTINE", "SHOW_ROUTINE", "FLUSH_STATUS", "XA_RECOVER_ADMIN"}

// parseGrant reads one line of SHOW GRANTS; it keeps the privileges with which
// something could be changed. A granted role has no ON and is no privilege:
// what an active role may do stands in lines of its own.
func parseGrant(line string) (Grant, bool) {
	m := grantLine.FindStringSubmatch(line)
	if m == nil {
		return Grant{}, false
	}
	g := Grant{On: m[3]}
	for _, privilege := range splitPrivileges(m[1]) {
		name, _, _ := strings.Cut(privilege, " (")
		if !slices.Contains(harmless, name) {
			g.Privileges = append(g.Privileges, name)
		}
	}
	if g.Privileges != nil && strings.HasSuffix(line, "WITH GRANT OPTION") {
		g.Privileges = append(g.Privileges, "GRANT OPTION")
	}
	return g, true
}

// splitPrivileges splits a list at its commas, but not inside column lists.
func splitPrivileges(list string) []string {
	var parts []string
	depth, from := 0, 0
	for i, c := range list {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts, from = append(parts, strings.TrimSpace(list[from:i])), i+1
			}
		}
	}
	return append(parts, strings.TrimSpace(list[from:]))
}

// concerns reports whether a grant's object is the whole server, the database
// of the DSN or another one that a query names.
func (s *Source) concerns(object string) bool {
	schema, _, _ := strings.Cut(object, ".")
	if schema == "*" {
		return true
	}
	names := []string{s.place.name}
	for _, table := range s.Tables() {
		name, _, _ := strings.Cut(table, ".")
		names = append(names, strings.Trim(name, "`"))
	}
	pattern := likePattern(strings.ReplaceAll(schema, "`", ""))
	return slices.ContainsFunc(names, pattern.MatchString)
}

// likePattern turns the name of a database in a grant, in which % and _ stand
// for others, into a regular expression.
func likePattern(name string) *regexp.Regexp {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch {
		case name[i] == '\\' && i+1 < len(name):
			i++
			b.WriteString(regexp.QuoteMeta(name[i : i+1]))
		case name[i] == '%':
			b.WriteString(".*")
		case name[i] == '_':
			b.WriteByte('.')
		case name[i] < 0x80:
			b.WriteString(regexp.QuoteMeta(name[i : i+1]))
		default:
			b.WriteByte(name[i])
		}
	}
	pattern, err := regexp.Compile("^(?i:" + b.String() + ")$")
	if err != nil {
		return regexp.MustCompile(".*") // rather one warning too many
	}
	return pattern
}
