package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"dangol/config"
	"dangol/internal/failpoint"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/store"
	"dangol/jobs"
	"dangol/notify"
	"dangol/notify/slack"
)

// neededToSend are the keys without which nothing can be sent.
var neededToSend = []string{"database", "sales", "slack", "slack.channels.alerts", "slack.channels.ops", "state"}

// jobCall is one call of `dangol job`.
type jobCall struct {
	cfg    *config.Config
	name   string
	job    jobs.Job
	asOf   sales.Date
	today  sales.Date
	format string
	dry    bool
}

// job runs one job once: drains what earlier runs left, reads, judges, commits,
// and drains again.
func job(ctx context.Context, env environment, args []string) error {
	call, err := newJobCall(env, args)
	if err != nil {
		return err
	}
	if call.dry {
		return call.rehearse(ctx, env)
	}
	return call.perform(ctx, env)
}

func newJobCall(env environment, args []string) (*jobCall, error) {
	f := newFlags("job")
	call := &jobCall{}
	f.StringVar(&f.config, "config", "", "")
	f.StringVar(&f.asOf, "as-of", "", "")
	f.StringVar(&f.format, "format", "text", "")
	f.BoolVar(&call.dry, "dry-run", false, "")
	words, err := f.parse(args)
	if err != nil {
		return nil, err
	}
	if len(words) != 1 {
		return nil, &usageError{hint.With(errors.New("job: want the name of one job"), "dangol job lost-customers --config dangol.yaml")}
	}
	if !slices.Contains([]string{"text", "json", "html"}, f.format) {
		return nil, &usageError{hint.With(fmt.Errorf("--format %q is not known", f.format), "want text, json or html")}
	}
	entry, err := jobs.Find(words[0])
	if err != nil {
		return nil, &usageError{hint.With(err, "`dangol help` lists the commands")}
	}
	if call.cfg, err = f.load(env); err != nil {
		return nil, err
	}
	call.name, call.format, call.today = entry.Name, f.format, today(call.cfg, env)
	if call.asOf, err = f.date(call.today); err != nil {
		return nil, err
	}
	definitions, err := rules(call.cfg)
	if err != nil {
		return nil, err
	}
	call.job, err = entry.New(definitions, call.cfg.DecodeJob)
	return call, err
}

// rehearse shows what would be said, and leaves no trace.
func (c *jobCall) rehearse(ctx context.Context, env environment) error {
	if err := c.cfg.Need("state"); err != nil {
		return &usageError{err}
	}
	state, err := store.OpenReadOnly(ctx, c.cfg.Path(c.cfg.State.Path))
	if err != nil {
		return err
	}
	defer state.Close()
	runner, closeAll, err := c.runner(ctx, env)
	if err != nil {
		return err
	}
	defer closeAll()
	if state != nil {
		runner.Book = state
	}
	result, err := runner.Run(ctx, c.asOf, c.today, true)
	if err != nil {
		return err
	}
	return c.write(env, result)
}

// perform runs for good. Findings are committed before anything is sent, and
// trouble with sending never undoes them.
func (c *jobCall) perform(ctx context.Context, env environment) error {
	needed := neededToSend
	if c.name == jobs.Leaderboard {
		needed = append(slices.Clone(needed), "slack.channels.leaderboard")
	}
	if err := c.cfg.Need(needed...); err != nil {
		return &usageError{err}
	}
	if c.asOf > c.today {
		return &usageError{hint.With(fmt.Errorf("--as-of %s lies in the future", c.asOf), "want %s or earlier; --dry-run shows any date", c.today)}
	}
	if err := c.firstRun(ctx); err != nil {
		return err
	}
	state, err := store.Open(ctx, c.cfg.Path(c.cfg.State.Path))
	if err != nil {
		return err
	}
	defer state.Close()
	dispatcher := c.dispatcher(env, state)
	earlier, leftover := dispatcher.Drain(ctx)
	if n := earlier.Sent + earlier.Adopted; n > 0 {
		fmt.Fprintf(env.stderr, "dangol: sent %s that earlier runs had left\n", countOf(n, "message"))
	}
	runner, closeAll, err := c.runner(ctx, env)
	if err != nil {
		return errors.Join(err, leftover)
	}
	defer closeAll()
	runner.Book, runner.Unreachable = state, dispatcher.Unreachable
	result, err := runner.Run(ctx, c.asOf, c.today, false)
	var old *jobs.EarlierError
	if errors.As(err, &old) {
		return &usageError{err}
	}
	if err != nil {
		return errors.Join(err, leftover)
	}
	if err := c.write(env, result); err != nil {
		return err
	}
	report, err := dispatcher.Drain(ctx)
	if told, deadErr := tellDead(ctx, c.cfg, state, env.now()); deadErr != nil {
		err = errors.Join(err, deadErr)
	} else if told {
		_, opsErr := dispatcher.Drain(ctx)
		err = errors.Join(err, opsErr)
	}
	failpoint.Hit(failpoint.Drained)
	for _, warning := range report.Warnings {
		fmt.Fprintf(env.stderr, "dangol: warning: %v\n", warning)
		for _, remedy := range hint.Of(warning) {
			fmt.Fprintf(env.stderr, "dangol: hint: %s\n", remedy)
		}
	}
	if n := earlier.PossibleDuplicates + report.PossibleDuplicates; n > 0 {
		fmt.Fprintf(env.stderr, "dangol: warning: %d messages may stand twice in Slack: their first sending had no clear answer and the history could not be read\n", n)
	}
	return err
}

// firstRun makes sure, before a state is created, that the database can be read
// at all: a first try with a wrong config leaves nothing behind. Later, what is
// left in the outbox is sent even while the database is down.
func (c *jobCall) firstRun(ctx context.Context) error {
	if _, err := os.Stat(c.cfg.Path(c.cfg.State.Path)); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	database, err := source(ctx, c.cfg)
	if err != nil {
		return err
	}
	return errors.Join(database.Check(ctx), database.Close())
}

func (c *jobCall) runner(ctx context.Context, env environment) (*jobs.Runner, func(), error) {
	words, err := composer(c.cfg)
	if err != nil {
		return nil, nil, err
	}
	database, err := source(ctx, c.cfg)
	if err != nil {
		return nil, nil, err
	}
	runner := &jobs.Runner{Name: c.name, Job: c.job, Reader: reader{database}, Composer: words, Calendar: c.cfg.Calendar.Selling(), Clock: env.now, NewID: rand.Text}
	return runner, func() { database.Close() }, nil
}

func (c *jobCall) dispatcher(env environment, state *store.Store) *notify.Dispatcher {
	options := slack.Options{Token: c.cfg.Slack.Token.Reveal(), APIURL: c.cfg.Slack.APIURL, Timeout: patience}
	if say, err := language(c.cfg); err == nil { // the config's locale is one that is known
		options.More = moreLines(say)
	}
	client := slack.New(options)
	return &notify.Dispatcher{
		Outbox: state, Messenger: client, Directory: client, Illustrator: client,
		Clock:    func() time.Time { return env.now().In(c.cfg.Timezone.Location) },
		Channels: c.cfg.Slack.Channels.ByRole(), OnAmbiguous: notify.Doubt(c.cfg.Slack.OnAmbiguous),
		Redirect: notify.ForChannel, Pace: pace, Settle: settle,
	}
}

func (c *jobCall) write(env environment, result *jobs.Result) error {
	say, err := composer(c.cfg)
	if err != nil {
		return err
	}
	channels := c.cfg.Slack.Channels.ByRole()
	switch c.format {
	case "json":
		return writeJSON(env.stdout, result, say.Wording.On(c.asOf), channels)
	case "html":
		if result.Report != nil {
			return writeReportPage(env.stdout, result, say)
		}
		return writeJobPage(env.stdout, result, say.Wording.On(c.asOf), channels)
	}
	return writeText(env.stdout, result, say.Wording.On(c.asOf), channels)
}
