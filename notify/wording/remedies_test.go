package wording_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dangol/internal/hint"
	"dangol/notify/wording"

	"github.com/google/go-cmp/cmp"
	yaml "go.yaml.in/yaml/v4"
)

// shown are the packages whose errors, with their remedies, are told to ops in Slack.
var shown = []string{"../../internal/salesdb", "../../internal/store", "..", "../slack", "../../jobs"}

// Every remedy that ops may read in Slack has Korean words, with the same values.
func TestRemediesAreWhole(t *testing.T) {
	said := map[string]bool{}
	for _, dir := range shown {
		remediesIn(t, dir, said)
	}
	if len(said) < 80 {
		t.Fatalf("%d remedies found in the code; the search misses them", len(said))
	}
	text, err := os.ReadFile("remedies.ko.yaml")
	if err != nil {
		t.Fatal(err)
	}
	korean := map[string]string{}
	if err := yaml.Load(text, &korean); err != nil {
		t.Fatal(err)
	}
	for _, english := range slices.Sorted(maps.Keys(said)) {
		translated, ok := korean[english]
		switch {
		case !ok:
			t.Errorf("remedies.ko.yaml lacks %q", english)
		case !slices.Equal(verbs(english), verbs(translated)):
			t.Errorf("%q takes %q, in Korean %q", english, verbs(english), verbs(translated))
		}
	}
	for english := range korean {
		if !said[english] {
			t.Errorf("remedies.ko.yaml has %q, which nobody says", english)
		}
	}
}

var verb = regexp.MustCompile(`%(?:\[\d+\])?[a-z]`)

// verbs are the places of values in a format, as an unordered list.
func verbs(format string) []string {
	var all []string
	for _, v := range verb.FindAllString(strings.ReplaceAll(format, "%%", ""), -1) {
		all = append(all, "%"+v[len(v)-1:])
	}
	return slices.Sorted(slices.Values(all))
}

// remediesIn collects the formats of the remedies that the code of a folder gives:
// those handed to hint.With and fault, those in tables and constants called remedy,
// and those that functions called remedy return.
func remediesIn(t *testing.T, dir string, into map[string]bool) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, e := range remedyExpressions(n) {
				if text := literal(e); text != "" && text != "%s" {
					into[text] = true
				}
			}
			return true
		})
	}
}

// remedyExpressions are what a node gives as remedies.
func remedyExpressions(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		return handedOver(n)
	case *ast.FuncDecl:
		if strings.HasSuffix(strings.ToLower(n.Name.Name), "remedy") {
			return returned(n)
		}
	case *ast.ValueSpec:
		var all []ast.Expr
		for i, name := range n.Names {
			if i < len(n.Values) && strings.Contains(strings.ToLower(name.Name), "remed") {
				all = append(all, elements(n.Values[i])...)
			}
		}
		return all
	}
	return nil
}

func handedOver(call *ast.CallExpr) []ast.Expr {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if of, ok := f.X.(*ast.Ident); ok && of.Name == "hint" && f.Sel.Name == "With" {
			return call.Args[1:2]
		}
	case *ast.Ident:
		if f.Name == "fault" {
			return call.Args[2:3]
		}
	}
	return nil
}

func returned(f *ast.FuncDecl) []ast.Expr {
	var all []ast.Expr
	ast.Inspect(f, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			all = append(all, r.Results...)
		}
		return true
	})
	return all
}

func elements(e ast.Expr) []ast.Expr {
	table, ok := e.(*ast.CompositeLit)
	if !ok {
		return []ast.Expr{e}
	}
	var all []ast.Expr
	for _, element := range table.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			all = append(all, pair.Value)
		}
	}
	return all
}

func literal(e ast.Expr) string {
	text, ok := e.(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return ""
	}
	plain, _ := strconv.Unquote(text.Value)
	return plain
}

// Remedies are said in the language, with their values; those without words in it
// as they are.
func TestRemedies(t *testing.T) {
	denied := hint.With(errors.New("SELECT denied"), "GRANT SELECT ON %s TO %s", "erp.orders", "'bot'@'%'")
	raise := hint.With(errors.New("slow"), "%s", "raise 100% of it")
	err := errors.Join(denied, raise)
	for locale, want := range map[string][]string{
		"en": {"GRANT SELECT ON erp.orders TO 'bot'@'%'", "raise 100% of it"},
		"ko": {"다음 권한을 부여하세요: GRANT SELECT ON erp.orders TO 'bot'@'%'", "raise 100% of it"},
	} {
		words, loadErr := wording.Load(locale, "KRW")
		if loadErr != nil {
			t.Fatal(loadErr)
		}
		if diff := cmp.Diff(want, words.Remedies(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", locale, diff)
		}
	}
}
