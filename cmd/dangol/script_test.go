package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/script/*.txtar with the built program. Beside the
// usual commands a script has:
//
//	company          copies the demo's database, config and files here, without a state
//	ends CODE ARG…   runs dangol and wants this exit code
//	shape FILE       wants the documented shape of `job --format json`
//	faulty CODE FILE [BASE]
//	                 runs every command that reads the config FILE (behind BASE,
//	                 where given): each ends with this code, says error and hint,
//	                 prints nothing else, shows no password and leaves no state
func TestScripts(t *testing.T) {
	t.Parallel()
	demo := t.TempDir()
	if out := dangol(t, "demo", "--out", demo, "--as-of", "2026-03-31"); out.code != 0 {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	for _, kept := range []string{"sales.db", "dangol.yaml", "state.db"} {
		if _, err := os.Stat(filepath.Join(demo, kept)); err != nil {
			t.Errorf("the demo keeps no %s", kept)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(program)+string(filepath.ListSeparator)+e.Getenv("PATH"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"company": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(copyCompany(demo, ts.MkAbs("."))) },
			"ends":    ends,
			"faulty":  faulty,
			"shape":   func(ts *testscript.TestScript, _ bool, args []string) { ts.Check(checkShape(ts.ReadFile(args[0]))) },
		},
	})
}

func copyCompany(from, into string) error {
	for _, name := range []string{"sales.db", "dangol.yaml", "holidays.csv", "leave.csv"} {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(into, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func ends(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec("dangol", args[1:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		code = ended.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit %d, want %d", code, want)
	}
}

func faulty(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 3 {
		text := ts.ReadFile(args[2]) + ts.ReadFile(args[1])
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
	}
	const asOf = "--as-of=2026-03-31"
	commands := [][]string{{"job", "lost-customers", asOf}, {"job", "lost-customers", "--dry-run", asOf}, {"score", asOf}, {"explain", "C0001", asOf}}
	if args[0] == "2" { // what is not the config's fault, a daemon sits out
		commands = append([][]string{{"run"}}, commands...)
	}
	for _, command := range commands {
		ends(ts, false, append(append([]string{args[0]}, command...), "--config", args[1]))
		said := ts.ReadFile("stderr")
		if ts.ReadFile("stdout") != "" || !strings.Contains(said, "dangol: error: ") || !strings.Contains(said, "dangol: hint: ") {
			ts.Fatalf("%v: want error and hint alone", command)
		}
		if strings.Contains(said, "hunter2") {
			ts.Fatalf("%v: the password shows", command)
		}
		if left, err := filepath.Glob(ts.MkAbs("state*")); err != nil || len(left) > 0 {
			ts.Fatalf("%v: left behind: %v", command, left)
		}
	}
}

// amount is a plain decimal, as a JSON string.
var amount = regexp.MustCompile(`^"-?[0-9]+(\.[0-9]+)?"$`)

// fields are the members that an object must have.
var fields = map[string][]string{
	"output":  {"job", "as_of", "data_through", "findings", "messages", "data_quality"},
	"finding": {"kind", "customer_id", "rep_id", "severity", "probability", "money_at_risk", "headline", "facts", "causes", "actions"},
	"cause":   {"cause", "confidence", "for", "against"},
	"message": {"to", "text", "blocks"},
}

type object map[string]json.RawMessage

// checkShape reads the output without the program's own types: those could not
// show that a name has changed.
func checkShape(text string) error {
	var out object
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return err
	}
	if err := out.has("output"); err != nil {
		return err
	}
	findings, err := out.list("findings", "finding")
	if err != nil {
		return err
	}
	for _, f := range findings {
		if !amount.Match(f["money_at_risk"]) {
			return fmt.Errorf("money_at_risk %s is no plain decimal string", f["money_at_risk"])
		}
		if _, err := f.list("causes", "cause"); err != nil {
			return err
		}
	}
	messages, err := out.list("messages", "message")
	if err == nil && (len(findings) == 0 || len(messages) == 0) {
		err = fmt.Errorf("%d findings and %d messages prove nothing", len(findings), len(messages))
	}
	return err
}

func (o object) has(what string) error {
	for _, name := range fields[what] {
		if raw, ok := o[name]; !ok || string(raw) == "null" {
			return fmt.Errorf("%s without %s", what, name)
		}
	}
	return nil
}

// list reads a member that is a list of objects of one kind.
func (o object) list(name, what string) ([]object, error) {
	var list []object
	if err := json.Unmarshal(o[name], &list); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	at := slices.IndexFunc(list, func(one object) bool { return one.has(what) != nil })
	if at < 0 {
		return list, nil
	}
	return nil, fmt.Errorf("%s %d: %w", name, at, list[at].has(what))
}
