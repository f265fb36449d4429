package wording_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"

	"github.com/google/go-cmp/cmp"
	yaml "go.yaml.in/yaml/v4"
)

const repository = "../.."

var named = regexp.MustCompile(`\{(\w+)(?::([^}]*))?\}`)

func catalogue(t *testing.T, locale string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(locale + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var sentences map[string]string
	if err := yaml.Load(text, &sentences); err != nil {
		t.Fatal(err)
	}
	return sentences
}

// placeholders returns the names a sentence asks for, each once, sorted.
func placeholders(sentence string) []string {
	names := map[string]bool{}
	for _, m := range named.FindAllStringSubmatch(sentence, -1) {
		names[m[1]] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func TestCataloguesAgree(t *testing.T) {
	en, ko := catalogue(t, "en"), catalogue(t, "ko")
	if diff := cmp.Diff(slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(ko))); diff != "" {
		t.Errorf("keys (-en +ko):\n%s", diff)
	}
	for key := range en {
		if diff := cmp.Diff(placeholders(en[key]), placeholders(ko[key])); diff != "" {
			t.Errorf("%s: placeholders (-en +ko):\n%s", key, diff)
		}
	}
}

// Every brace is part of a placeholder, and every format is one that is known.
func TestSentencesAreWellFormed(t *testing.T) {
	for _, locale := range []string{"en", "ko"} {
		for key, sentence := range catalogue(t, locale) {
			if strings.TrimSpace(sentence) == "" || strings.ContainsAny(named.ReplaceAllString(sentence, ""), "{}") {
				t.Errorf("%s: %s: %q", locale, key, sentence)
			}
			for _, m := range named.FindAllStringSubmatch(sentence, -1) {
				if m[2] != "" && m[2] != "percent" && m[2] != "ratio" && m[2] != "day" && strings.Count(m[2], "|") != 1 {
					t.Errorf("%s: %s: unknown format %q", locale, key, m[2])
				}
			}
		}
	}
}

// call is a place in the code that words a key.
type call struct {
	key   string
	names []string // nil where they are not written at the call
	place token.Position
}

// scan is what the code says of keys.
type scan struct {
	calls    []call
	prefixes map[string]bool
	unknown  []token.Position // keys that this test cannot follow
}

// scanCode reads every call Say(key, …) and Text(key, …) of the repository.
func scanCode(t *testing.T) *scan {
	t.Helper()
	s := &scan{prefixes: map[string]bool{}}
	err := filepath.WalkDir(repository, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != repository && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "fakeslack"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil && f.Name.Name != "Text" {
				s.function(set, f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// function reads the calls of one function; a key held in a variable is looked
// up among what the function assigns to it.
func (s *scan) function(set *token.FileSet, f *ast.FuncDecl) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || len(c.Args) == 0 {
			return true
		}
		selector, ok := c.Fun.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != "Say" && selector.Sel.Name != "Text" {
			return true
		}
		place := set.Position(c.Pos())
		switch key := c.Args[0].(type) {
		case *ast.BasicLit:
			s.calls = append(s.calls, call{key: text(key), names: names(c), place: place})
		case *ast.BinaryExpr:
			if prefix, ok := key.X.(*ast.BasicLit); ok && key.Op == token.ADD {
				s.prefixes[text(prefix)] = true
				return true
			}
			s.unknown = append(s.unknown, place)
		case *ast.Ident:
			if len(c.Args) == 1 {
				return true // Say(phrase)
			}
			keys := assigned(f, key.Name)
			if len(keys) == 0 {
				s.unknown = append(s.unknown, place)
			}
			for _, k := range keys {
				s.calls = append(s.calls, call{key: k, names: names(c), place: place})
			}
		}
		return true
	})
}

func text(lit *ast.BasicLit) string {
	s, _ := strconv.Unquote(lit.Value)
	return s
}

// names returns the names given at a call, nil where a slice is passed on.
func names(c *ast.CallExpr) []string {
	if c.Ellipsis.IsValid() {
		return nil
	}
	list := []string{}
	for i := 1; i < len(c.Args); i += 2 {
		if lit, ok := c.Args[i].(*ast.BasicLit); ok {
			list = append(list, text(lit))
		}
	}
	return list
}

// assigned returns the strings that a function puts into a variable, directly
// or out of a map.
func assigned(f *ast.FuncDecl, name string) []string {
	var keys []string
	ast.Inspect(f.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return true
		}
		for i, left := range a.Lhs {
			if id, ok := left.(*ast.Ident); ok && id.Name == name {
				keys = append(keys, values(a.Rhs[i])...)
			}
		}
		return true
	})
	return keys
}

func values(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s := text(e); s != "" {
			return []string{s}
		}
	case *ast.IndexExpr:
		return values(e.X)
	case *ast.CompositeLit:
		var all []string
		for _, element := range e.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				all = append(all, values(pair.Value)...)
			}
		}
		return all
	}
	return nil
}

// Every key that the code words has a sentence and gives what the sentence
// names; no sentence is left over.
func TestKeysAndCodeAgree(t *testing.T) {
	s, en := scanCode(t), catalogue(t, "en")
	if len(s.calls) < 50 || len(s.prefixes) == 0 {
		t.Fatalf("%d calls and %d prefixes found: the scan looks in the wrong place", len(s.calls), len(s.prefixes))
	}
	for _, place := range s.unknown {
		t.Errorf("%v: the key cannot be followed; assign it as a string in the same function", place)
	}
	used := map[string]bool{}
	for _, c := range s.calls {
		used[c.key] = true
		sentence, ok := en[c.key]
		if !ok {
			t.Errorf("%v: no sentence %q", c.place, c.key)
			continue
		}
		for _, name := range placeholders(sentence) {
			if c.names != nil && !slices.Contains(c.names, name) {
				t.Errorf("%v: %s asks for {%s}, which the call does not give", c.place, c.key, name)
			}
		}
	}
	for key := range en {
		prefixed := slices.ContainsFunc(slices.Collect(maps.Keys(s.prefixes)), func(p string) bool { return strings.HasPrefix(key, p) })
		if !used[key] && !prefixed {
			t.Errorf("%s is not used", key)
		}
	}
}

// The keys made of a prefix and a name have a sentence for every name, and for
// no other.
func TestPrefixedKeys(t *testing.T) {
	en := catalogue(t, "en")
	told := map[string][]string{
		"cause_":      append(causeNames(t), "with"),
		"confidence_": {string(finding.Low), string(finding.Medium), string(finding.High)},
		"question_":   {finding.FewVisits, finding.Technique, finding.ActivityFell, finding.QuotaItself},
		"talk_":       {finding.FewVisits, finding.Technique, finding.ActivityFell},
		"missed_":     sales.Metrics,
		"mend_":       sales.Metrics,
		"sold_":       sales.Periods,
		"gained_":     sales.Periods,
		"change_":     {finding.LastMonth, finding.LastYear, finding.YearToDate},
		"against_":    {finding.LastMonth, finding.LastYear, finding.YearToDate},
		"award_":      {finding.AwardNew, finding.AwardGrowth, finding.AwardRecovered, finding.AwardAttainment},
		"place_":      {finding.AwardNew, finding.AwardGrowth, finding.AwardRecovered, finding.AwardAttainment},
		"group_":      {string(finding.CustomerLost), string(finding.CustomerDeclining), string(finding.CustomerOverdue)},
		"part_":       partNames(),
		"column_":     {"rep", "team", "visits", "cover", "new", "sales", "risk", "month", "change", "year", "lost"},
		"figure_":     {"visits", "coverage", "new", "sales", "growth"},
		"fell_":       {"products", "segments"},
		"chart_":      slices.Concat(sales.Metrics, []string{"quota", "expected", "sales_quota", "before", "now", "day", "week", "month", "quarter"}),
		"noloss_":     whys(),
		"desk_": {"stranger", "guest", "team", "closed", "same", "date", "unknown", "action", "note", "number", "busy", "colleague", "wait",
			"failed", "unsaved", "nobody"},
		"form_": {"snooze", "date", "dismiss", "text", "number", "send", "cancel"},
		"stage_": {string(finding.CustomerLost), string(finding.CustomerOverdue), string(finding.CustomerDeclining), string(finding.ProductDropped),
			string(finding.RegularNeglected)},
	}
	for prefix, want := range told {
		var got []string
		for key := range en {
			if name, ok := strings.CutPrefix(key, prefix); ok {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		want = slices.Sorted(slices.Values(want))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-names +sentences):\n%s", prefix, diff)
		}
	}
	for prefix := range scanCode(t).prefixes {
		if told[prefix] == nil {
			t.Errorf("nothing says which keys begin with %q", prefix)
		}
	}
}

func whys() []string {
	var list []string
	for _, why := range casebook.Whys() {
		list = append(list, string(why))
	}
	return list
}

func partNames() []string {
	var names []string
	for _, part := range (finding.Bridge{}).Parts() {
		names = append(names, part.Name)
	}
	return names
}

// causeNames reads the causes where they are declared, beside DataFault.
func causeNames(t *testing.T) []string {
	t.Helper()
	packages, err := filepath.Glob(filepath.Join(repository, "internal/finding/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range packages {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if found := constants(decl); slices.Contains(found, finding.DataFault) {
				return found
			}
		}
	}
	t.Fatal("the causes are not declared in internal/finding")
	return nil
}

func constants(decl ast.Decl) []string {
	group, ok := decl.(*ast.GenDecl)
	if !ok || group.Tok != token.CONST {
		return nil
	}
	var all []string
	for _, spec := range group.Specs {
		for _, value := range spec.(*ast.ValueSpec).Values {
			if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				all = append(all, text(lit))
			}
		}
	}
	return all
}
