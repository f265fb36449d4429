package salesdb

import (
	"errors"
	"fmt"
	"strings"
)

// plainSelect returns the query ready to be wrapped as a derived table: without
// surrounding blanks and trailing semicolon. It refuses what cannot be wrapped.
// It knows quotes and comments but no grammar: the server judges the rest.
func plainSelect(query string) (string, error) {
	s := scanner{text: query}
	if err := s.scan(); err != nil {
		return "", err
	}
	if len(s.words) == 0 {
		return "", errors.New("empty query")
	}
	if first := s.words[0]; first != "SELECT" && first != "WITH" {
		return "", fmt.Errorf("%s instead of SELECT", first)
	}
	if err := refuseLocks(s.words); err != nil {
		return "", err
	}
	return strings.TrimSpace(query[:s.end]), nil
}

// refuseLocks refuses the clauses with which a SELECT does more than read.
func refuseLocks(words []string) error {
	for i, word := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case word == "INTO":
			return errors.New("SELECT … INTO")
		case word == "FOR" && (next == "UPDATE" || next == "SHARE"), word == "LOCK" && next == "IN":
			return fmt.Errorf("a locking clause (%s %s)", word, next)
		}
	}
	return nil
}

// scanner walks over an SQL text.
type scanner struct {
	text  string
	at    int
	depth int      // of parentheses
	end   int      // behind the last token before a semicolon
	ended bool     // a semicolon was seen
	words []string // bare words outside quotes and comments, in upper case
}

func (s *scanner) scan() error {
	for s.at < len(s.text) {
		if s.skipBlank() {
			continue
		}
		if s.text[s.at] == ';' {
			s.at++
			s.ended = true
			continue
		}
		if s.ended {
			return errors.New("several statements")
		}
		if err := s.token(); err != nil {
			return err
		}
		s.end = s.at
	}
	if s.depth != 0 {
		return errors.New("a parenthesis left open")
	}
	return nil
}

// skipBlank moves over white space or one comment.
func (s *scanner) skipBlank() bool {
	rest := s.text[s.at:]
	switch {
	case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
		s.at++
	case strings.HasPrefix(rest, "-- "), strings.HasPrefix(rest, "--\t"), strings.HasPrefix(rest, "--\n"), strings.HasPrefix(rest, "--\r"), rest == "--", rest[0] == '#':
		s.skipPast("\n")
	case strings.HasPrefix(rest, "/*"):
		s.at += 2
		s.skipPast("*/")
	default:
		return false
	}
	return true
}

// skipPast moves behind the next mark, or to the end.
func (s *scanner) skipPast(mark string) {
	if i := strings.Index(s.text[s.at:], mark); i >= 0 {
		s.at += i + len(mark)
		return
	}
	s.at = len(s.text)
}

// token moves over one quoted text, word or other character.
func (s *scanner) token() error {
	switch c := s.text[s.at]; {
	case c == '\'' || c == '"' || c == '`':
		return s.quoted(c)
	case c == '?':
		return errors.New("a ? placeholder")
	case c == '(':
		s.depth++
	case c == ')':
		s.depth--
		if s.depth < 0 {
			return errors.New("a closing parenthesis too many")
		}
	case wordByte(c):
		s.word()
		return nil
	}
	s.at++
	return nil
}

// quoted moves behind a quoted text; a doubled quote or, except in backquotes,
// a backslash keeps it open.
func (s *scanner) quoted(quote byte) error {
	for i := s.at + 1; i < len(s.text); i++ {
		switch {
		case s.text[i] == '\\' && quote != '`':
			i++
		case s.text[i] == quote && i+1 < len(s.text) && s.text[i+1] == quote:
			i++
		case s.text[i] == quote:
			s.at = i + 1
			return nil
		}
	}
	return fmt.Errorf("a quote %c left open", quote)
}

// word takes one bare word. A word behind a dot or an @ is a name, whatever it
// says, and is not kept.
func (s *scanner) word() {
	from := s.at
	for s.at < len(s.text) && wordByte(s.text[s.at]) {
		s.at++
	}
	if from == 0 || (s.text[from-1] != '.' && s.text[from-1] != '@') {
		s.words = append(s.words, strings.ToUpper(s.text[from:s.at]))
	}
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
