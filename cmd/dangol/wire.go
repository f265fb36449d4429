package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"dangol/config"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/internal/store"
	"dangol/jobs"
	"dangol/jobs/quota"
	"dangol/notify"
)

// flags are the flags that most commands share.
type flags struct {
	*flag.FlagSet
	config string
	asOf   string
	format string
}

func newFlags(name string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError)}
	f.SetOutput(io.Discard)
	return f
}

// parse reads flags and words in any order and returns the words.
func (f *flags) parse(args []string) ([]string, error) {
	var words []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, &usageError{hint.With(err, "`dangol %s --help` shows the flags", f.Name())}
		}
		if f.NArg() == 0 {
			return words, nil
		}
		words = append(words, f.Arg(0))
		args = f.Args()[1:]
	}
}

// load reads the config that --config names.
func (f *flags) load(env environment) (*config.Config, error) {
	if f.config == "" {
		f.config, _ = env.getenv("DANGOL_CONFIG")
	}
	if f.config == "" {
		return nil, &usageError{hint.With(errors.New("no config"), "give --config dangol.yaml, or set DANGOL_CONFIG; `dangol demo --out DIR` writes one that works")}
	}
	cfg, err := config.Load(f.config, env.getenv)
	if cfg != nil {
		err = errors.Join(err, configFaults(cfg))
	}
	if err != nil {
		return nil, &usageError{err}
	}
	return cfg, nil
}

// date returns --as-of, or yesterday in the config's time zone.
func (f *flags) date(today sales.Date) (sales.Date, error) {
	given := false
	f.Visit(func(one *flag.Flag) { given = given || one.Name == "as-of" })
	if !given {
		return today - 1, nil
	}
	d, err := sales.ParseDate(f.asOf)
	if err != nil {
		return 0, &usageError{hint.With(fmt.Errorf("--as-of: %w", err), "want a date such as 2026-11-23")}
	}
	if d < salesdb.Oldest {
		return 0, &usageError{hint.With(fmt.Errorf("--as-of: nothing is known on %s: dates before 1971 count as missing", f.asOf), "want a date such as 2026-11-23")}
	}
	return d, nil
}

// source opens the sales database that the config names.
func source(ctx context.Context, cfg *config.Config) (*salesdb.Source, error) {
	if err := cfg.Need("database", "sales"); err != nil {
		return nil, &usageError{err}
	}
	if err := readerFaults(cfg); err != nil {
		return nil, &usageError{err}
	}
	database, err := salesdb.Open(ctx, readerConfig(cfg))
	if err != nil {
		return nil, err
	}
	database.Learn(learned(ctx, cfg))
	return database, nil
}

// learned is what answers to cases have taught. Where there is no state, nothing;
// one that cannot be read is told by the commands that need it.
func learned(ctx context.Context, cfg *config.Config) salesdb.Learned {
	l := salesdb.Learned{MergedInto: map[string]string{}, Seasons: map[string][]sales.Date{}}
	state, err := store.OpenReadOnly(ctx, cfg.Path(cfg.State.Path))
	if err != nil || state == nil {
		return l
	}
	defer state.Close()
	lessons, err := state.Lessons(ctx)
	if err != nil {
		return l
	}
	for _, lesson := range lessons {
		switch lesson.Kind {
		case notify.MergedLesson:
			l.MergedInto[lesson.CustomerID] = lesson.MergedInto
		case notify.SeasonLesson:
			l.Seasons[lesson.CustomerID] = append(l.Seasons[lesson.CustomerID], lesson.Since)
		}
	}
	return l
}

// reader makes a source read what the runner asks for.
type reader struct{ *salesdb.Source }

// Read reads one snapshot.
func (r reader) Read(ctx context.Context, request jobs.Request) (*sales.Snapshot, error) {
	return r.Source.Read(ctx, salesdb.Request(request))
}

// rules are the company's definitions from the config.
func rules(cfg *config.Config) (jobs.Rules, error) {
	r := jobs.DefaultRules()
	r.MaxStaleness, r.NoRepFigures = int(cfg.Sales.MaxStaleness), !cfg.RepFigures
	r.Standing.Calendar = cfg.Calendar.Selling()
	r.Standing.BuyingDays, r.Standing.Days = cfg.Regular.BuyingDays, cfg.Regular.Days
	r.Standing.MergeDays, r.Standing.SettleDays = cfg.Sales.MergeDays, cfg.Sales.SettleDays
	r.Quotas = quotas(cfg)
	r, err := jobs.WithThresholds(r, cfg.DecodeJob)
	var wrong *jobs.ParameterError
	if errors.As(err, &wrong) {
		err = cfg.Fault("jobs."+wrong.Job+"."+wrong.Key, wrong.Err.Error(), strings.Join(hint.Of(err), "; "))
	}
	if err != nil {
		return r, &usageError{err}
	}
	return r, nil
}

// quotas are what the config asks of the reps, and when they need not work.
func quotas(cfg *config.Config) quota.Rules {
	r := quota.Rules{Rows: cfg.Quotas.Rows, Calendar: cfg.Calendar.Selling(),
		Fiscal: sales.Fiscal(cfg.Calendar.FiscalYearStarts), Leave: sales.NewLeave(cfg.Days)}
	for _, q := range cfg.Quotas.List {
		rule := quota.Rule{Metric: q.Metric, Period: sales.Period(q.Period), Target: q.Target, ByLevel: q.ByLevel, ByRep: q.ByRep, StartsOn: q.Began()}
		if q.Ramp != nil {
			rule.Ramp = &quota.Ramp{Months: q.Ramp.Months, From: q.Ramp.From}
		}
		r.List = append(r.List, rule)
	}
	return r
}

// composer words messages in the config's language.
func composer(cfg *config.Config) (*notify.Composer, error) {
	say, err := language(cfg)
	if err != nil {
		return nil, err
	}
	return &notify.Composer{Wording: say, NewID: rand.Text,
		Caps: notify.Caps{Rep: cfg.Slack.DailyCap.Rep, Channel: cfg.Slack.DailyCap.Channel}, Managers: managers(cfg), Buttons: cfg.Slack.AppToken != ""}, nil
}

// managers is the role of the channel for what concerns the company: that of the
// alerts where the config names none for managers.
func managers(cfg *config.Config) string {
	if cfg.Slack.Channels.Managers == "" {
		return notify.Alerts
	}
	return notify.Managers
}

// place names a destination as the config and the reader of a terminal know it.
func place(to notify.Destination, channels map[string]string) string {
	if to.Rep != "" {
		return "@" + to.Rep
	}
	if name := channels[to.Channel]; name != "" {
		return name
	}
	return "#" + to.Channel
}

// today is the current date in the config's time zone.
func today(cfg *config.Config, env environment) sales.Date {
	return sales.DateOf(env.now().In(cfg.Timezone.Location))
}
