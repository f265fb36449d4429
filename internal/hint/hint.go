// Package hint pairs an error with the remedy: what the user should do about it.
//
// The layer that knows the remedy adds it, once; the command prints the error as
// "dangol: error: …" and the remedy as "dangol: hint: …".
package hint

import (
	"errors"
	"fmt"
	"strings"
)

// Remedy is what the user should do. Its format, in English, is what other
// languages know it by.
type Remedy struct {
	Format string
	Args   []any
}

// String returns the remedy in English.
func (r Remedy) String() string { return fmt.Sprintf(r.Format, r.Args...) }

// Error is an error that carries a remedy. Unwrap leads to the cause.
type Error struct {
	Err    error
	Remedy Remedy
}

// Error returns the text of the cause; the remedy is printed apart from it.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// With returns err with a remedy, or nil when err is nil.
func With(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	if len(args) == 1 && format == "%s" { // a remedy that comes ready: other languages know it by its text
		if text, ok := args[0].(string); ok {
			format, args = strings.ReplaceAll(text, "%", "%%"), nil
		}
	}
	return &Error{Err: err, Remedy: Remedy{format, args}}
}

// Of returns every remedy found in err's tree in English, outermost first, each
// once.
func Of(err error) []string {
	var texts []string
	for _, r := range Remedies(err) {
		texts = append(texts, r.String())
	}
	return texts
}

// Remedies returns every remedy found in err's tree, outermost first, each once.
func Remedies(err error) []Remedy {
	var remedies []Remedy
	collect(err, &remedies)
	return remedies
}

func collect(err error, into *[]Remedy) {
	if err == nil {
		return
	}
	if h, ok := err.(*Error); ok { //nolint:errorlint // the tree is walked by hand, node by node
		*into = appendOnce(*into, h.Remedy)
	}
	switch e := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			collect(inner, into)
		}
	default:
		collect(errors.Unwrap(err), into)
	}
}

func appendOnce(list []Remedy, r Remedy) []Remedy {
	for _, have := range list {
		if have.String() == r.String() {
			return list
		}
	}
	return append(list, r)
}
