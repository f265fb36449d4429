package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"dangol/config"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/jobs/backtest"
)

// backtestUsage is the call as usage and errors show it.
const backtestUsage = "--config F [--from DATE] [--to DATE] [--every 7d] [--format text|json|html]"

// backtestCall is what a call of backtest asks for.
type backtestCall struct {
	flags    *flags
	cfg      *config.Config
	from, to sales.Date // from: 0 where the program chooses
	every    int
}

// backtestHistory replays the database's own history. No state is read or written.
func backtestHistory(ctx context.Context, env environment, args []string) error {
	call, err := parseBacktest(env, args)
	if err != nil {
		return err
	}
	definitions, err := rules(call.cfg)
	if err != nil {
		return err
	}
	say, err := language(call.cfg)
	if err != nil {
		return err
	}
	database, err := source(ctx, call.cfg)
	if err != nil {
		return err
	}
	defer database.Close()
	snapshot, err := reader{database}.Read(ctx, jobs.Request{AsOf: call.to, Today: today(call.cfg, env)})
	if err != nil {
		return err
	}
	plan := backtest.Plan{From: call.from, To: call.to, Every: call.every,
		Rules: definitions.Standing, Freshness: definitions.Freshness(),
		Watches: []backtest.Watch{backtest.Declines(definitions.Declining), backtest.Drops(definitions.Dropped)}}
	result, err := replay(ctx, snapshot, plan, progressTo(env.stderr))
	if err != nil {
		return backtestHint(err, call)
	}
	shown := backtestView{Result: result, say: say, snapshot: snapshot, noReps: definitions.NoRepFigures}
	switch call.flags.format {
	case "json":
		return shown.writeJSON(env.stdout)
	case "html":
		return shown.writePage(env.stdout)
	}
	return shown.writeText(env.stdout)
}

// parseBacktest reads flags and config.
func parseBacktest(env environment, args []string) (*backtestCall, error) {
	f := newFlags("backtest")
	f.StringVar(&f.config, "config", "", "")
	f.StringVar(&f.format, "format", "text", "")
	from, to, every := f.String("from", "", ""), f.String("to", "", ""), f.String("every", "7d", "")
	words, err := f.parse(args)
	if err != nil {
		return nil, err
	}
	if len(words) > 0 || !slices.Contains([]string{"text", "json", "html"}, f.format) {
		return nil, &usageError{hint.With(errors.New("backtest: wrong call"), "dangol backtest %s", backtestUsage)}
	}
	call := &backtestCall{flags: f}
	if call.every, err = stepDays(*every); err != nil {
		return nil, &usageError{hint.With(fmt.Errorf("--every: %w", err), "want 1d to %dd, or 1w to %dw; the default is 7d", backtest.MostEvery, backtest.MostEvery/7)}
	}
	if call.cfg, err = f.load(env); err != nil {
		return nil, err
	}
	call.to = today(call.cfg, env) - 1
	for _, d := range []struct {
		flag, text string
		into       *sales.Date
	}{{"--from", *from, &call.from}, {"--to", *to, &call.to}} {
		if d.text == "" {
			continue
		}
		if *d.into, err = sales.ParseDate(d.text); err != nil {
			return nil, &usageError{hint.With(fmt.Errorf("%s: %w", d.flag, err), "want a date such as 2026-11-23")}
		}
	}
	if call.from >= call.to {
		return nil, &usageError{hint.With(fmt.Errorf("--from %s is not before --to %s", call.from, call.to), "leave both out to replay up to the last two years")}
	}
	return call, nil
}

// stepDays reads the days from step to step, such as 7d or 1w.
func stepDays(text string) (int, error) {
	unit := 1
	number, days := strings.CutSuffix(text, "d")
	if !days {
		var weeks bool
		if number, weeks = strings.CutSuffix(text, "w"); weeks {
			unit = 7
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > backtest.MostEvery/unit {
		return 0, fmt.Errorf("bad number of days %q", text)
	}
	return n * unit, nil
}

// replay judges step by step; a signal ends it between two steps.
func replay(ctx context.Context, snapshot *sales.Snapshot, plan backtest.Plan, progress func(done, all int)) (*backtest.Result, error) {
	r, err := backtest.New(snapshot, plan)
	if err != nil {
		return nil, err
	}
	progress(r.Steps())
	for r.Next() {
		progress(r.Steps())
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return r.Result()
}

// backtestHint adds what to do about a history that cannot be replayed.
func backtestHint(err error, call *backtestCall) error {
	var few *backtest.TooLittle
	switch {
	case !errors.As(err, &few):
		return err
	case few.Orders == 0:
		return hint.With(err, "see what sales.queries.order_lines returns; `dangol check` says what was left out")
	case call.from == 0:
		return hint.With(err, "let the query return older orders; or --from DATE replays from that date all the same, with odds that are not learned while there is too little")
	}
	return hint.With(err, "give an earlier --from or a later --to: the data hold orders since %s", few.First)
}

// progressTo draws a bar where somebody is looking: on a terminal.
func progressTo(w io.Writer) func(done, all int) {
	file, ok := w.(*os.File)
	if !ok {
		return func(int, int) {}
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func(int, int) {}
	}
	return func(done, all int) { io.WriteString(w, progressBar(done, all)) } //nolint:errcheck // a bar that cannot be drawn is no loss
}

// progressBar redraws the bar in its line; the last one leaves the line empty.
func progressBar(done, all int) string {
	const width = 40
	if done >= all {
		return "\r\x1b[K"
	}
	full := width * done / max(1, all)
	return fmt.Sprintf("\r%s%s %d/%d", strings.Repeat("█", full), strings.Repeat("░", width-full), done, all)
}
