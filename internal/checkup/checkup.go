// Package checkup holds what `dangol check` finds before the first run: claims
// with evidence and remedy, each about one thing. A check that cannot look says
// so as a finding and never keeps another from looking.
package checkup

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"dangol/internal/hint"
)

// Status says how bad a finding is.
type Status string

// The statuses, from good to bad.
const (
	OK      Status = "ok"
	Warning Status = "warning" // works, but something is lost or at risk
	Error   Status = "error"   // a run, or a part of it, would fail
)

// Finding is one claim.
type Finding struct {
	Area     string `json:"area"`    // config, database, data, plan, schedule, state, slack
	Subject  string `json:"subject"` // what of it
	Status   Status `json:"status"`
	Evidence string `json:"evidence"`
	Remedy   string `json:"remedy"` // what to do; may have several lines, may be empty
}

// Sheet gathers findings in the order they are made.
type Sheet struct {
	list    []Finding
	secrets []string
}

// Hide keeps a text out of every finding that is added from now on. Short ones
// are let through: they would black out ordinary words.
func (s *Sheet) Hide(secret string) {
	if len(secret) >= 8 {
		s.secrets = append(s.secrets, secret)
	}
}

// Add adds a finding.
func (s *Sheet) Add(f Finding) {
	for _, secret := range s.secrets {
		f.Evidence = strings.ReplaceAll(f.Evidence, secret, "<secret>")
		f.Remedy = strings.ReplaceAll(f.Remedy, secret, "<secret>")
	}
	s.list = append(s.list, f)
}

// OK adds that something is as it should be.
func (s *Sheet) OK(area, subject, format string, args ...any) {
	s.Add(Finding{Area: area, Subject: subject, Status: OK, Evidence: fmt.Sprintf(format, args...)})
}

// Warn adds a warning.
func (s *Sheet) Warn(area, subject, evidence, remedy string) {
	s.Add(Finding{Area: area, Subject: subject, Status: Warning, Evidence: evidence, Remedy: remedy})
}

// Err adds an error, or one for each of several joined: evidence is the error's
// text, remedy its hints.
func (s *Sheet) Err(area, subject string, err error) { s.fault(Error, area, subject, err) }

// WarnErr is Err for what only takes something away.
func (s *Sheet) WarnErr(area, subject string, err error) { s.fault(Warning, area, subject, err) }

func (s *Sheet) fault(status Status, area, subject string, err error) {
	for _, one := range split(err) {
		s.Add(Finding{Area: area, Subject: subject, Status: status, Evidence: one.Error(), Remedy: strings.Join(hint.Of(one), "\n")})
	}
}

// split takes joined errors apart.
func split(err error) []error {
	var list []error
	if many, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // only a join at the top is split
		for _, one := range many.Unwrap() {
			list = append(list, split(one)...)
		}
		return list
	}
	if inner := errors.Unwrap(err); inner != nil && inner.Error() == err.Error() && hint.Of(err) == nil {
		return split(inner)
	}
	return append(list, err)
}

// Findings returns what was found; never nil.
func (s *Sheet) Findings() []Finding { return append([]Finding{}, s.list...) }

// Count returns how many findings have the status.
func (s *Sheet) Count(status Status) int {
	n := 0
	for _, f := range s.list {
		if f.Status == status {
			n++
		}
	}
	return n
}

// Status is that of the worst finding.
func (s *Sheet) Status() Status {
	for _, status := range []Status{Error, Warning} {
		if s.Count(status) > 0 {
			return status
		}
	}
	return OK
}

// Write prints one line for each finding, wrapped for a terminal of 100
// columns, with the remedy below it.
func (s *Sheet) Write(w io.Writer) error {
	for _, f := range s.list {
		text := fmt.Sprintf("%-9s%s", f.Status, fold(f.Area+" "+f.Subject+": "+f.Evidence, 9, 9))
		if f.Remedy != "" {
			text += "\n         → " + fold(f.Remedy, 11, 11)
		}
		if _, err := fmt.Fprintln(w, text); err != nil {
			return err
		}
	}
	return nil
}

// Summary counts the findings in words.
func (s *Sheet) Summary() string {
	return fmt.Sprintf("%d ok, %s, %s", s.Count(OK), counted(s.Count(Warning), "warning"), counted(s.Count(Error), "error"))
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// columns is the width the text is wrapped for.
const columns = 100

// fold wraps a text whose first line begins at column at; the others are
// indented. Line breaks of the text stay, and nothing is cut.
func fold(text string, at, indent int) string {
	margin := "\n" + strings.Repeat(" ", indent)
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString(margin)
			at = indent
		}
		for j, word := range strings.Fields(line) {
			width := Width(word)
			switch {
			case j == 0:
			case at+1+width > columns:
				b.WriteString(margin)
				at = indent
			default:
				b.WriteByte(' ')
				at++
			}
			b.WriteString(word)
			at += width
		}
	}
	return b.String()
}

// Width is the number of terminal columns a text takes: Hangul and Han take two.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x1100 && r <= 0x115F || r >= 0x2E80 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFF60 {
			n++
		}
	}
	return n
}
