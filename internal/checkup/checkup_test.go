package checkup

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/hint"
)

func TestWriteWrapsAt100Columns(t *testing.T) {
	var s Sheet
	s.OK("config", "file", "%s", strings.TrimSpace(strings.Repeat("단골 ", 30)))
	s.Warn("database", "grants", "could write", "do this:\nCREATE USER 'a'@'%';\n"+strings.Repeat("word ", 25)+"end")
	var b strings.Builder
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	want := "ok       config file: " + strings.TrimSpace(strings.Repeat("단골 ", 15)) + "\n" +
		"         " + strings.TrimSpace(strings.Repeat("단골 ", 15)) + "\n" +
		"warning  database grants: could write\n" +
		"         → do this:\n" +
		"           CREATE USER 'a'@'%';\n" +
		"           " + strings.TrimSpace(strings.Repeat("word ", 18)) + "\n" +
		"           " + strings.Repeat("word ", 7) + "end\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestErrorsBecomeFindings(t *testing.T) {
	var s Sheet
	first := hint.With(errors.New("no table"), "create it")
	second := fmt.Errorf("cannot read: %w", hint.With(hint.With(errors.New("denied"), "grant it"), "ask for it"))
	s.Err("data", "lines", errors.Join(first, errors.Join(second)))
	s.WarnErr("slack", "users", errors.New("busy"))
	want := []Finding{
		{"data", "lines", Error, "no table", "create it"},
		{"data", "lines", Error, "cannot read: denied", "ask for it\ngrant it"},
		{"slack", "users", Warning, "busy", ""},
	}
	if diff := cmp.Diff(want, s.Findings()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if s.Status() != Error || s.Summary() != "0 ok, 1 warning, 2 errors" {
		t.Errorf("%s: %s", s.Status(), s.Summary())
	}
}

func TestStatusIsTheWorst(t *testing.T) {
	var s Sheet
	if s.Status() != OK || s.Findings() == nil {
		t.Errorf("an empty sheet: %s, %v", s.Status(), s.Findings())
	}
	s.OK("a", "b", "c")
	s.Warn("a", "b", "c", "d")
	if s.Status() != Warning {
		t.Errorf("%s, want a warning", s.Status())
	}
}

func TestSecretsAreHidden(t *testing.T) {
	var s Sheet
	s.Hide("correct horse")
	s.Hide("erp") // too short to be told from a word
	s.Hide("")
	s.Warn("database", "erp", "denied for correct horse", "change correct horse in erp")
	want := Finding{"database", "erp", Warning, "denied for <secret>", "change <secret> in erp"}
	if diff := cmp.Diff(want, s.Findings()[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
