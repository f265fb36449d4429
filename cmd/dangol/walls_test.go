package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the project's folder, seen from this one.
const root = "../.."

// goFile is one file that the program is made of; tests are left out.
type goFile struct {
	path, folder string // relative to root
	imports      []string
	clock        bool // reads time.Now or time.Since
}

func programFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := readImports(path)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readImports(path string) (goFile, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return goFile{}, err
	}
	relative, err := filepath.Rel(root, path)
	f := goFile{path: filepath.ToSlash(relative)}
	f.folder = filepath.ToSlash(filepath.Dir(relative))
	for _, spec := range parsed.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		f.imports = append(f.imports, strings.TrimPrefix(name, "dangol/"))
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok && id.Name == "time" && (s.Sel.Name == "Now" || s.Sel.Name == "Since") {
				f.clock = true
			}
		}
		return true
	})
	return f, err
}

// ours reports whether an import is a package of this module.
func ours(name string) bool {
	for _, top := range []string{"cmd", "config", "jobs", "notify", "internal"} {
		if name == top || strings.HasPrefix(name, top+"/") {
			return true
		}
	}
	return false
}

// below reports whether a folder is one of the given ones or lies in it.
func below(folder string, tops ...string) bool {
	return slices.ContainsFunc(tops, func(top string) bool { return folder == top || strings.HasPrefix(folder, top+"/") })
}

// forSupport are the folders that serve tests, benchmarks and the demo.
var forSupport = []string{"internal/testdb", "internal/fakeslack", "internal/bench", "internal/sample", "internal/retail", "internal/panel"}

// seeded draws a sample with a fixed seed: the same facts, the same sample.
const seeded = "jobs/silence/lots.go"

// pure are the folders without input, output, clock or logger.
var pure = []string{"notify/chart", "internal/sales", "internal/finding", "internal/casebook", "internal/stat",
	"jobs/freshness", "jobs/silence", "jobs/standing", "jobs/diagnosis", "jobs/lost", "jobs/explain", "jobs/backtest", "jobs/season",
	"jobs/declining", "jobs/dropped", "jobs/neglected", "jobs/figures", "jobs/quota", "jobs/growth", "jobs/opportunity", "jobs/board", "jobs/reps", "jobs/sheets"}

// TestWalls reads who imports whom: facts ← findings ← detectors; the casebook
// and the composer know findings, never SQL; store, reader and Slack meet only in
// cmd.
func TestWalls(t *testing.T) {
	files := programFiles(t)
	if len(files) < 60 {
		t.Fatalf("only %d files found", len(files))
	}
	only := map[string][]string{ // folder → the packages of ours it may know
		"internal/sales":     {},
		"internal/hint":      {},
		"internal/stat":      {},
		"internal/image":     {}, // tests only
		"internal/status":    {},
		"internal/finding":   {"internal/sales"},
		"internal/casebook":  {"internal/sales", "internal/finding"},
		"internal/checkup":   {"internal/hint"},
		"config":             {"internal/sales", "internal/hint"},
		"internal/salesdb":   {"internal/sales", "internal/hint"},
		"internal/failpoint": {},
		"internal/store":     {"internal/sales", "internal/hint", "internal/finding", "internal/casebook", "internal/failpoint", "notify", "jobs"},
		"notify":             {"internal/sales", "internal/hint", "internal/finding", "internal/casebook", "internal/failpoint", "notify/wording", "notify/chart"},
		"notify/chart":       {},
		"notify/wording":     {"internal/sales", "internal/hint", "internal/finding"},
		"notify/slack":       {"internal/hint", "notify"},
		"notify/terminal":    {"notify"},
		"notify/html":        {"notify"},
		"jobs/silence":       {"internal/sales"},
		"jobs/season":        {"internal/sales", "internal/stat"},
		"jobs/standing":      {"internal/sales", "internal/finding", "jobs/silence", "jobs/season"},
		"jobs/freshness":     {"internal/sales", "internal/stat", "internal/finding", "jobs/season"},
		"jobs/diagnosis":     {"internal/sales", "internal/stat", "internal/finding", "jobs/standing"},
		"jobs/lost":          {"internal/sales", "internal/finding", "jobs/standing", "jobs/diagnosis"},
		"jobs/explain":       {"internal/sales", "internal/finding", "jobs/silence", "jobs/standing", "jobs/diagnosis", "jobs/freshness", "jobs/declining"},
		"jobs/backtest":      {"internal/sales", "internal/finding", "jobs/silence", "jobs/standing", "jobs/freshness", "jobs/declining", "jobs/dropped"},
		"jobs/declining":     {"internal/sales", "internal/finding", "jobs/standing"},
		"jobs/dropped":       {"internal/sales", "internal/stat", "internal/finding", "jobs/standing"},
		"jobs/figures":       {"internal/sales", "internal/finding", "jobs/standing"},
		"jobs/quota":         {"internal/sales", "internal/stat", "internal/finding", "jobs/figures"},
		"jobs/growth":        {"internal/sales", "internal/finding", "jobs/standing", "jobs/figures"},
		"jobs/opportunity":   {"internal/sales", "internal/stat", "internal/finding", "jobs/standing"},
		"jobs/reps":          {"internal/sales", "internal/stat", "internal/finding", "jobs/standing", "jobs/figures", "jobs/quota", "jobs/diagnosis"},
		"jobs/board":         {"internal/sales", "internal/finding", "jobs/figures", "jobs/growth", "jobs/quota", "jobs/reps"},
		"jobs/sheets":        {"internal/sales", "internal/finding", "jobs/standing", "jobs/figures", "jobs/growth", "jobs/quota", "jobs/reps", "jobs/diagnosis"},
		"jobs/neglected":     {"internal/sales", "internal/finding", "jobs/standing", "jobs/diagnosis"},
		"jobs": {"internal/sales", "internal/hint", "internal/finding", "internal/casebook", "internal/failpoint", "notify",
			"jobs/silence", "jobs/standing", "jobs/freshness", "jobs/diagnosis", "jobs/lost", "jobs/declining", "jobs/dropped", "jobs/neglected",
			"jobs/figures", "jobs/quota", "jobs/growth", "jobs/opportunity", "jobs/reps", "jobs/board", "jobs/sheets"},
	}
	known := map[string]bool{}
	for _, f := range files {
		known[f.folder] = true
		allowed, ruled := only[f.folder]
		if !ruled && !below(f.folder, "cmd") && !below(f.folder, forSupport...) {
			t.Errorf("%s: no rule says what the folder %s may import; add one", f.path, f.folder)
		}
		for _, name := range f.imports {
			if ruled && ours(name) && !slices.Contains(allowed, name) {
				t.Errorf("%s imports %s: a wall is crossed", f.path, name)
			}
			checkForeign(t, f, name)
		}
		if f.clock && !below(f.folder, "cmd", "internal/testdb", "internal/bench") {
			t.Errorf("%s reads the clock: take the time as an argument", f.path)
		}
	}
	for folder := range only {
		if !known[folder] {
			t.Errorf("there is a rule for %s, which does not exist", folder)
		}
	}
}

// checkForeign holds imports of other modules and the library against the walls.
func checkForeign(t *testing.T, f goFile, name string) {
	t.Helper()
	sql := []string{"database/sql", "github.com/jmoiron/sqlx", "github.com/go-sql-driver/mysql", "modernc.org/sqlite"}
	switch {
	case slices.Contains(sql, name) && !below(f.folder, "internal/salesdb", "internal/store", "internal/testdb", "internal/sample"):
		t.Errorf("%s imports %s: SQL lives in the reader and the store", f.path, name)
	case name == "github.com/slack-go/slack" && f.folder != "notify/slack":
		t.Errorf("%s imports slack-go: only notify/slack knows it", f.path)
	case name == "github.com/robfig/cron/v3" && f.path != "jobs/schedule.go":
		t.Errorf("%s imports cron: only jobs/schedule.go knows it", f.path)
	case slices.Contains(pure, f.folder) && slices.Contains([]string{"context", "os", "io", "net/http", "log", "log/slog", "math/rand", "math/rand/v2"}, name) && f.path != seeded:
		t.Errorf("%s imports %s: the core is pure", f.path, name)
	case slices.Contains(forSupport, name) && !below(f.folder, "cmd") && !below(f.folder, forSupport...):
		t.Errorf("%s imports %s, which serves tests and the demo", f.path, name)
	}
}
