package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"dangol/jobs"
)

// checkConfig looks at what is no fault of the file, and so is not told when it
// is loaded: jobs that nothing runs, who may read the secrets, holidays that end.
func (c *checker) checkConfig() {
	cfg := c.cfg
	c.sheet.OK("config", "file", "%s: every key is known, time zone %s, locale %s, currency %s",
		cfg.File, cfg.Timezone, cfg.Locale, orNone(cfg.Currency))
	for _, name := range sortedNames(cfg.Jobs) {
		if _, err := jobs.Find(name); err != nil {
			c.sheet.Warn("config", "jobs."+name, "this version does not run the job", "leave its keys, or remove them: nothing acts on them")
		}
	}
	c.checkSecretFile("database.dsn_file", cfg.Database.DSNFile)
	c.checkSecretFile("slack.token_file", cfg.Slack.TokenFile)
	c.checkSecretFile("slack.app_token_file", cfg.Slack.AppTokenFile)
	c.checkSecretFile("run.heartbeat_file", cfg.Run.HeartbeatFile)
	c.checkPlainSecrets()
	c.checkHolidays()
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// checkSecretFile warns when others may read a secret.
func (c *checker) checkSecretFile(key, path string) {
	if path == "" {
		return
	}
	path = c.cfg.Path(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // told when the config is loaded
	case err != nil:
		c.sheet.WarnErr("config", key, err)
	case info.Mode().Perm()&0o077 != 0:
		c.sheet.Warn("config", key, fmt.Sprintf("%s has mode %04o: others on this machine may read the secret", path, info.Mode().Perm()), "chmod 600 "+path)
	default:
		c.sheet.OK("config", key, "%s, mode %04o", path, info.Mode().Perm())
	}
}

// checkPlainSecrets warns when others may read a config with secrets in it. A DSN
// without a password is none.
func (c *checker) checkPlainSecrets() {
	plain := slices.DeleteFunc(slices.Clone(c.cfg.PlainSecrets()), func(key string) bool {
		return key == "database.dsn" && password(c.cfg.Database.DSN.Reveal()) == ""
	})
	info, err := os.Stat(c.cfg.File)
	if err != nil || len(plain) == 0 || info.Mode().Perm()&0o077 == 0 {
		return
	}
	c.sheet.Warn("config", "secrets", fmt.Sprintf("%s has mode %04o and holds %s: others on this machine may read it",
		c.cfg.File, info.Mode().Perm(), strings.Join(plain, ", ")),
		fmt.Sprintf("chmod 600 %s, or take the value from ${VARIABLE} or from %s_file", c.cfg.File, plain[0]))
}

func (c *checker) checkHolidays() {
	dates := c.cfg.Calendar.Holidays.Dates
	if len(dates) == 0 {
		selling := "every day is a selling day"
		if weekend := c.cfg.Calendar.Weekend; len(weekend) > 0 {
			selling = "every day but " + strings.Join(weekend, ", ") + " is a selling day"
		}
		c.sheet.OK("config", "calendar", "no holidays: %s", selling)
		return
	}
	last := slices.Max(dates)
	if last < c.today {
		c.sheet.Warn("config", "calendar", fmt.Sprintf("%d holidays, the last one on %s: none lies ahead", len(dates), last),
			"add the coming holidays to calendar.holidays; an unknown one looks like missing data")
		return
	}
	c.sheet.OK("config", "calendar", "%d holidays through %s; weekend %s", len(dates), last, orNone(strings.Join(c.cfg.Calendar.Weekend, ", ")))
}

// checkSchedules says when each job will run next.
func (c *checker) checkSchedules() {
	for _, entry := range jobs.Catalogue() {
		given := struct {
			Schedule string `yaml:"schedule"`
		}{}
		text, source := entry.Schedule, "default"
		if node, ok := c.cfg.Jobs[entry.Name]; ok && node.Decode(&given) == nil && given.Schedule != "" {
			text, source = given.Schedule, "config"
		}
		schedule, err := jobs.ParseSchedule(text)
		if err != nil {
			c.sheet.Err("schedule", entry.Name, err)
			continue
		}
		c.checkSchedule(entry.Name, fmt.Sprintf("%q (%s)", text, source), schedule)
	}
}

func (c *checker) checkSchedule(name, said string, schedule jobs.Schedule) {
	var times []string
	var held time.Time
	at := c.now
	for range 3 {
		if at = schedule.Next(at); at.IsZero() {
			break
		}
		times = append(times, at.Format("Mon 2006-01-02 15:04 -07:00"))
		if until, quiet := c.quietUntil(at); quiet && held.IsZero() {
			held = until
		}
	}
	evidence := said + ", next: " + strings.Join(times, ", ")
	if held.IsZero() {
		c.sheet.OK("schedule", name, "%s", evidence)
		return
	}
	c.sheet.Warn("schedule", name, fmt.Sprintf("%s; that is in the quiet hours %s: what it finds is held until %s",
		evidence, c.cfg.Calendar.QuietHours, held.Format("15:04")),
		fmt.Sprintf("nothing is lost; to be told at once move jobs.%s.schedule out of calendar.quiet_hours, or shorten those", name))
}

// quietUntil reports whether an instant lies in the quiet hours, and when they end.
func (c *checker) quietUntil(at time.Time) (time.Time, bool) {
	from, to, ok := c.cfg.Calendar.Quiet()
	if !ok || from == to {
		return time.Time{}, false
	}
	clock := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	within := from <= clock && clock < to
	if from > to {
		within = clock >= from || clock < to
	}
	day := at
	if from > to && clock >= from {
		day = at.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, int(to/time.Minute), 0, 0, at.Location()), within
}
