package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"dangol/config"
	"dangol/internal/checkup"
	"dangol/internal/hint"
	"dangol/internal/sales"
)

// checkOutput is the shape of `check --format json`.
type checkOutput struct {
	Status   checkup.Status    `json:"status"`
	Findings []checkup.Finding `json:"findings"`
	Config   any               `json:"config"` // null when it cannot be loaded
}

// check looks at everything that can be known before the first run. No fault
// keeps the rest from being looked at, and nothing is written anywhere.
func check(ctx context.Context, env environment, args []string) error {
	f := newFlags("check")
	f.StringVar(&f.config, "config", "", "")
	f.StringVar(&f.format, "format", "text", "")
	words, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(words) > 0 || !slices.Contains([]string{"text", "json"}, f.format) {
		return &usageError{hint.With(errors.New("check: wrong call"), "dangol check --config F [--format text|json]")}
	}
	cfg, err := f.load(env)
	if err != nil {
		if f.format == "json" {
			sheet := &checkup.Sheet{}
			sheet.Err("config", "file", err)
			err = errors.Join(err, writeCheckJSON(env.stdout, sheet, nil))
		}
		return err
	}
	c := newChecker(cfg, env.now())
	c.all(ctx)
	if err := c.write(env.stdout, f.format); err != nil {
		return err
	}
	if n := c.sheet.Count(checkup.Error); n > 0 {
		return hint.With(fmt.Errorf("check: %d of %d findings are errors", n, len(c.sheet.Findings())), "each stands above with its remedy")
	}
	return nil
}

// checker is one check under way.
type checker struct {
	cfg   *config.Config
	now   time.Time
	today sales.Date
	sheet *checkup.Sheet
	known *sales.Snapshot // what could be read, nil for nothing
	reps  []sales.Rep     // nil where they could not be read
}

func newChecker(cfg *config.Config, now time.Time) *checker {
	now = now.In(cfg.Timezone.Location)
	c := &checker{cfg: cfg, now: now, today: sales.DateOf(now), sheet: &checkup.Sheet{}}
	dsn := cfg.Database.DSN.Reveal()
	for _, secret := range []string{dsn, password(dsn), cfg.Slack.Token.Reveal(), cfg.Slack.AppToken.Reveal()} {
		if !strings.Contains(secret, "${") { // a variable without a value is no secret
			c.sheet.Hide(secret)
		}
	}
	return c
}

// password returns the password of a MySQL DSN: what stands between the first
// colon and the last @ before the last slash.
func password(dsn string) string {
	if strings.HasPrefix(dsn, "sqlite:") {
		return ""
	}
	account := dsn[:max(0, strings.LastIndexByte(dsn, '/'))]
	account = account[:max(0, strings.LastIndexByte(account, '@'))]
	_, secret, _ := strings.Cut(account, ":")
	return secret
}

// all runs every check. Those of Slack come last: they look up the reps that
// the database knows.
func (c *checker) all(ctx context.Context) {
	c.checkConfig()
	c.checkDatabase(ctx)
	c.checkFigures()
	c.checkSchedules()
	c.checkState(ctx)
	c.checkSlack(ctx)
}

func (c *checker) write(w io.Writer, format string) error {
	effective, err := effectiveConfig(c.cfg)
	if err != nil {
		return err
	}
	if format == "json" {
		return writeCheckJSON(w, c.sheet, effective)
	}
	if err := c.sheet.Write(w); err != nil {
		return err
	}
	text, err := effective.text()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\nThe config in effect, defaults filled in:\n\n%s\n%s\n", text, c.sheet.Summary())
	return err
}

func writeCheckJSON(w io.Writer, sheet *checkup.Sheet, effective any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(checkOutput{Status: sheet.Status(), Findings: sheet.Findings(), Config: effective})
}
