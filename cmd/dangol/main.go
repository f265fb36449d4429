// Command dangol watches a company's regular customers: it reads the existing
// sales database, finds who is lost or overdue, and tells Slack. This folder is
// the only place that knows arguments, environment, signals and the clock; it
// wires reader, judgement, state and messenger together.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"dangol/internal/hint"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() { os.Exit(run(os.Args[1:], system())) }

// environment is everything of the outside that a command may touch.
type environment struct {
	stdout, stderr io.Writer
	getenv         func(string) (string, bool)
	now            func() time.Time
}

func system() environment {
	return environment{stdout: os.Stdout, stderr: os.Stderr, getenv: os.LookupEnv, now: now}
}

// command is one word after dangol.
type command struct {
	name, usage, does string
	run               func(context.Context, environment, []string) error
}

func commands() []command {
	return []command{
		{"demo", "[--locale en|ko] [--as-of DATE] [--out DIR] [--serve ADDR]", "the main job on a built-in sample company; needs nothing", demo},
		{"run", "--config F", "the daemon: every job on its schedule, until SIGTERM", runDaemon},
		{"job", "NAME --config F [--as-of DATE] [--dry-run] [--format text|json|html]", "run one job once, now", job},
		{"score", "--config F [--as-of DATE] [--format csv|json]", "one row per customer, every figure of the judgement", score},
		{"explain", "CUSTOMER --config F [--as-of DATE]", "the whole diagnosis of one customer, by id or name, arithmetic shown", explainCustomer},
		{"backtest", backtestUsage, "replays the history: which alerts, how many right, how early, beside naive rules", backtestHistory},
		{"check", "--config F [--format text|json]", "everything that can be known before the first run, with remedies", check},
		{"healthcheck", "[--config F]", "asks the daemon's own /healthz; $DANGOL_CONFIG serves too", healthcheck},
		{"version", "", "version, commit, Go version", version},
	}
}

// usageError is a wrong call: exit code 2.
type usageError struct{ err error }

// Error returns what was wrong with the call or the config.
func (e *usageError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *usageError) Unwrap() error { return e.err }

func run(args []string, env environment) int {
	ctx, stop := untilSignal()
	defer stop()
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(env.stdout)
		if len(args) == 0 {
			return exitUsage
		}
		return exitOK
	}
	if args[0] == "--version" || args[0] == "-v" {
		args[0] = "version"
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return report(ctx, env, c, c.run(ctx, env, args[1:]))
		}
	}
	printError(env.stderr, hint.With(fmt.Errorf("unknown command %q", args[0]), "`dangol help` lists the commands"))
	return exitUsage
}

// untilSignal returns a context that the first SIGINT or SIGTERM cancels; the
// second one kills the process, since the default is restored.
func untilSignal() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

func usage(w io.Writer) {
	fmt.Fprint(w, "dangol watches a company's regular customers and tells Slack who is lost.\n\nusage:\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  dangol %s %s\n        %s\n", c.name, c.usage, c.does)
	}
	fmt.Fprint(w, "\nDATE is YYYY-MM-DD: what is dated later is unknown; default yesterday in the config's time zone.\n"+
		"Exit codes: 0 ok, 1 failed, 2 usage or config.\n")
}

// report prints what went wrong and returns the exit code.
func report(ctx context.Context, env environment, c command, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(env.stdout, "usage: dangol %s %s\n", c.name, c.usage)
		return exitOK
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = hint.With(errors.New("interrupted"), "nothing is half-written; what is written and not sent goes out with the next run")
	}
	printError(env.stderr, err)
	var wrong *usageError
	if errors.As(err, &wrong) {
		return exitUsage
	}
	return exitFailed
}

// printError prints each error of a tree with its remedies.
func printError(w io.Writer, err error) {
	var wrong *usageError
	if errors.As(err, &wrong) && err == error(wrong) {
		err = wrong.err
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // only a join at the top is split
		for _, one := range many.Unwrap() {
			printError(w, one)
		}
		return
	}
	fmt.Fprintf(w, "dangol: error: %v\n", err)
	for _, remedy := range hint.Of(err) {
		fmt.Fprintf(w, "dangol: hint: %s\n", remedy)
	}
}
