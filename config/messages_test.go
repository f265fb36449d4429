package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// withMessages loads a config beside a file of sentences.
func withMessages(t *testing.T, sentences string) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"dangol.yaml": minimal + "messages: own.yaml\n", "own.yaml": sentences} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(filepath.Join(dir, "dangol.yaml"), func(name string) (string, bool) { return "x", name == "DSN" })
}

func TestMessages(t *testing.T) {
	cfg, err := withMessages(t, "# ours\nko:\n  link: \"열기\"\nen:\n  link: Open\n  text_lost: 'Lost: ${customer}'\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]Sentence{"ko": {"link": {"열기", 3}}, "en": {"link": {"Open", 5}, "text_lost": {"Lost: ${customer}", 6}}}
	if diff := cmp.Diff(want, cfg.Sentences); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBadMessages(t *testing.T) {
	for name, c := range map[string]struct{ text, want, hint string }{
		"empty":         {"", "messages: own.yaml: the file is empty", "a locale and below it key: sentence"},
		"no locale":     {"link: Open\n", "own.yaml:1: link: unknown locale", "want en or ko"},
		"locale alone":  {"en:\n", "own.yaml:1: en: no keys and values", "key: sentence"},
		"a list":        {"- en\n", "own.yaml:1: no keys and values", "a locale"},
		"no sentence":   {"en:\n  link:\n", "own.yaml:2: en.link: no sentence", "in quotes"},
		"a group":       {"en:\n  link: {a: b}\n", "own.yaml:2: en.link: no sentence", "in quotes"},
		"twice":         {"en:\n  link: a\n  link: b\n", "own.yaml:3: en.link: the key stands twice, also in line 2", "keep one"},
		"locale twice":  {"en: {link: a}\nen: {link: b}\n", "own.yaml:2: en: the key stands twice", "keep one"},
		"no YAML":       {"en:\n  link: a: b\n", "own.yaml:2: this is no YAML", "a locale"},
		"an alias":      {"en:\n  link: &a b\n  more: *a\n", "own.yaml:3: en.more: no sentence", "in quotes"},
		"not UTF-8":     {"en:\n  link: \xff\n", "own.yaml:2: this is not UTF-8", ""},
		"two documents": {"en: {link: a}\n---\nko: {link: b}\n", "own.yaml:2: a second document", ""},
	} {
		_, err := withMessages(t, c.text)
		if err == nil || !strings.Contains(err.Error(), "dangol.yaml:7: messages: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", name, err, c.want)
			continue
		}
		if hints := strings.Join(allHints(err), "\n"); !strings.Contains(hints, c.hint) {
			t.Errorf("%s: hint %s; want %s", name, hints, c.hint)
		}
	}
	if _, err := load(t, minimal+"messages: nowhere.yaml\n", map[string]string{"DSN": "x"}); err == nil || !strings.Contains(err.Error(), "messages: cannot read the file") {
		t.Errorf("no file: %v", err)
	}
}
