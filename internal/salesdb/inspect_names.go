package salesdb

import (
	"regexp"
	"slices"
	"strings"
)

// Tables returns the tables that the queries name, as schema.table, in
// alphabetical order: those a GRANT must name. Empty on SQLite.
func (s *Source) Tables() []string {
	if s.place.name == "" {
		return nil
	}
	var tables []string
	for _, query := range s.queries {
		for _, table := range aliasesOf(query) {
			if !strings.Contains(table, ".") {
				table = s.place.name + "." + table
			}
			tables = append(tables, quoted(table))
		}
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}

var (
	namePart  = "(?:`[^`]+`|[\\p{L}\\p{N}_$-]+)"
	tableName = namePart + "(?:\\s*\\.\\s*" + namePart + ")?"
	// tableFactor matches a table behind FROM or JOIN, with its alias.
	tableFactor = regexp.MustCompile("(?i)\\b(?:FROM|JOIN)\\s+(" + tableName + ")(?:\\s+AS)?(?:\\s+(" + namePart + "))?")
	// leftFactor matches one that a LEFT JOIN adds where it has something.
	leftFactor = regexp.MustCompile("(?i)\\bLEFT\\s+(?:OUTER\\s+)?JOIN\\s+(" + tableName + ")(?:\\s+AS)?(?:\\s+(" + namePart + "))?")
	// listedFactor matches a further table of a comma-separated list.
	listedFactor = regexp.MustCompile("^\\s*,\\s*(" + tableName + ")(?:\\s+AS)?(?:\\s+(" + namePart + "))?")
	// fromInside matches the functions in which FROM names no table.
	fromInside = regexp.MustCompile(`(?i)\b(?:EXTRACT|TRIM|SUBSTRING|SUBSTR|MID)\s*\([^()]*\)`)
	// withName matches the name of a common table expression.
	withName = regexp.MustCompile("(?i)(?:\\bWITH(?:\\s+RECURSIVE)?|,)\\s+(`?[\\p{L}\\p{N}_$]+`?)\\s*(?:\\([^()]*\\)\\s*)?AS\\s*\\(")
)

// notAlias are the words that may follow a table without being its alias.
var notAlias = []string{"ON", "USING", "WHERE", "JOIN", "LEFT", "RIGHT", "INNER", "CROSS", "NATURAL", "STRAIGHT_JOIN", "GROUP", "ORDER",
	"HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "FORCE", "USE", "IGNORE", "PARTITION", "WINDOW", "FULL", "OUTER", "FOR"}

// aliasesOf returns the tables that a query names, by the name they have in it.
// It reads without a grammar: what it does not understand is left out, and
// serves remedies only.
func aliasesOf(query string) map[string]string {
	text := fromInside.ReplaceAllString(bare(query), "")
	own := map[string]bool{} // common table expressions
	for _, m := range withName.FindAllStringSubmatch(text, -1) {
		own[unquoted(m[1])] = true
	}
	found := map[string]string{}
	for factor := tableFactor; ; {
		at := factor.FindStringSubmatchIndex(text)
		switch {
		case at == nil && factor == listedFactor:
			factor = tableFactor
			continue
		case at == nil:
			return found
		}
		table, name := unquoted(text[at[2]:at[3]]), ""
		text, name = behind(text, at)
		if name == "" {
			name = table[strings.LastIndexByte(table, '.')+1:]
		}
		if !own[table] {
			found[name] = table
		}
		factor = listedFactor // a comma may follow
	}
}

// optionalIn returns the names of the tables that a query joins by LEFT JOIN: the
// server can never begin with one of them.
func optionalIn(query string) map[string]bool {
	names := map[string]bool{}
	text := bare(query)
	for _, at := range leftFactor.FindAllStringSubmatchIndex(text, -1) {
		table := unquoted(text[at[2]:at[3]])
		if _, name := behind(text, at); name != "" {
			names[name] = true
		} else {
			names[table[strings.LastIndexByte(table, '.')+1:]] = true
		}
	}
	return names
}

// behind returns what follows a table and its alias. A keyword is no alias, and
// may begin the next table.
func behind(text string, at []int) (rest, alias string) {
	if at[4] < 0 {
		return text[at[1]:], ""
	}
	if word := text[at[4]:at[5]]; !slices.Contains(notAlias, strings.ToUpper(word)) {
		return text[at[1]:], unquoted(word)
	}
	return text[at[4]:], ""
}

// bare empties quoted texts and drops comments, so that words in them are not
// taken for SQL.
func bare(query string) string {
	var b strings.Builder
	for s := (scanner{text: query}); s.at < len(s.text); {
		from := s.at
		if s.skipBlank() {
			b.WriteByte(' ')
			continue
		}
		if s.token() != nil {
			break
		}
		if c := s.text[from]; c == '\'' || c == '"' {
			b.WriteString("''")
			continue
		}
		b.WriteString(s.text[from:s.at])
	}
	return b.String()
}

var aroundDot = regexp.MustCompile(`\s*\.\s*`)

func unquoted(name string) string {
	return strings.ReplaceAll(aroundDot.ReplaceAllString(name, "."), "`", "")
}

// reserved are words that a name must not be without quotes; of the servers' long
// lists those that tables and columns are called by.
var reserved = []string{"CALL", "CASE", "CHANGE", "CHECK", "COLUMN", "CONDITION", "CURSOR", "DATABASE", "DEFAULT", "DESC", "END", "EXIT", "FOR", "FROM",
	"GROUP", "GROUPS", "IN", "INDEX", "INTERVAL", "KEY", "KEYS", "LEFT", "LIMIT", "LINES", "LOCK", "MATCH", "OPTION", "ORDER", "OUT", "OVER", "PARTITION",
	"PRIMARY", "PROCEDURE", "RANGE", "RANK", "READ", "RELEASE", "RIGHT", "ROW", "ROWS", "SCHEMA", "SET", "SYSTEM", "TABLE", "TO", "TRIGGER", "UNIQUE",
	"USAGE", "USE", "VALUES", "WHEN", "WINDOW", "WITH", "WRITE"}

var plainName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_$]*$`)

// quoted writes a name, with or without its schema, as a statement takes it.
func quoted(name string) string {
	parts := strings.SplitN(name, ".", 2)
	for i, part := range parts {
		parts[i] = quotedPart(part)
	}
	return strings.Join(parts, ".")
}

// quotedPart writes a name that may hold dots.
func quotedPart(name string) string {
	if plainName.MatchString(name) && !slices.Contains(reserved, strings.ToUpper(name)) {
		return name
	}
	return "`" + name + "`"
}
