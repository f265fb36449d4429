package salesdb

import (
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"dangol/internal/hint"
	"dangol/internal/sales"
)

// values turns the bytes of a row into facts and counts what had to be mended.
type values struct {
	zones   zones
	quality sales.Quality
	known   map[string]string // texts that many rows share, kept once
}

func newValues(z zones) values { return values{zones: z, known: make(map[string]string)} }

// text returns a text as valid UTF-8; NULL is the empty text.
func (v *values) text(raw sql.RawBytes) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	v.quality.InvalidUTF8++
	return strings.ToValidUTF8(string(raw), "\uFFFD")
}

// shared is text for values that many rows have in common.
func (v *values) shared(raw sql.RawBytes) string {
	if text, ok := v.known[string(raw)]; ok {
		if !utf8.Valid(raw) {
			v.quality.InvalidUTF8++
		}
		return text
	}
	text := v.text(raw)
	v.known[string(raw)] = text
	return text
}

// optional reads a date that a row may lack: what is no date is none.
func (v *values) optional(raw sql.RawBytes, kind dateKind) sales.Date {
	date, ok := v.zones.date(raw, kind)
	if !ok {
		return 0
	}
	return date
}

// yes reads a truth value in the forms databases keep it in; NULL and the empty
// text are yes.
func yes(raw sql.RawBytes) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(string(raw))) {
	case "", "1", "\x01", "y", "yes", "t", "true", "on":
		return true, nil
	case "0", "\x00", "n", "no", "f", "false", "off":
		return false, nil
	}
	return false, hint.With(fmt.Errorf("active is %.20q, neither yes nor no", raw),
		"return 1 or 0 as active from sales.queries.reps, such as status = 'Active' AS active")
}
