// Package config reads dangol.yaml: strictly, all problems at once, each with
// file, line, key and remedy. config/example.yaml documents every key.
package config

import (
	"path/filepath"
	"time"

	"dangol/internal/sales"

	yaml "go.yaml.in/yaml/v4"
)

// Config is the whole file with its defaults filled in and the small files it
// names (holidays, leave, merged customers, secrets) read.
type Config struct {
	Timezone   Zone                 `yaml:"timezone"`
	Locale     string               `yaml:"locale"`
	Currency   string               `yaml:"currency"`
	Messages   string               `yaml:"messages"` // file with the user's own sentences
	Database   Database             `yaml:"database"`
	Sales      Sales                `yaml:"sales"`
	Regular    Regular              `yaml:"regular"`
	Calendar   Calendar             `yaml:"calendar"`
	Leave      string               `yaml:"leave"`
	RepFigures bool                 `yaml:"rep_figures"`
	Jobs       map[string]yaml.Node `yaml:"jobs"`
	Quotas     Quotas               `yaml:"quotas"`
	Slack      Slack                `yaml:"slack"`
	State      State                `yaml:"state"`
	HTTP       HTTP                 `yaml:"http"`
	Run        Run                  `yaml:"run"`

	// File is the path the config was read from; relative paths in it are
	// relative to its folder.
	File string `yaml:"-"`
	// Days are the rep's days of leave that Leave names.
	Days []sales.Absence `yaml:"-"`
	// Merged maps a customer id to the id it was merged into.
	Merged map[string]string `yaml:"-"`
	// Sentences are the user's own, by locale and key, that Messages names.
	Sentences map[string]map[string]Sentence `yaml:"-"`
	// Pauses are the noted pauses of customers, by id.
	Pauses map[string][]sales.Pause `yaml:"-"`

	unset    []unsetVariable
	blank    map[string]string // key to the variable in it that is set but empty
	plain    []string          // keys of secrets whose values stand in the file itself
	expanded map[string]string // value of a variable with a secret to ${NAME}
	lines    map[string]int
}

// Database says how to reach the sales database.
type Database struct {
	DSN            Secret   `yaml:"dsn"`
	DSNFile        string   `yaml:"dsn_file"`
	QueryTimeout   Duration `yaml:"query_timeout"`
	MaxLag         Duration `yaml:"max_lag"` // of a replica; 0: any
	MaxConnections int      `yaml:"max_connections"`
}

// Sales says how the company's schema becomes the canonical relations.
type Sales struct {
	Preset         string            `yaml:"preset"`
	Queries        map[string]string `yaml:"queries"`
	StoredTimezone Zone              `yaml:"stored_timezone"`
	MergedInto     string            `yaml:"merged_into"`
	KnownPauses    string            `yaml:"known_pauses"`
	MergeDays      int               `yaml:"merge_days"`
	SettleDays     int               `yaml:"settle_days"`
	MaxStaleness   Days              `yaml:"max_staleness"`
}

// Regular is the definition of a regular customer.
type Regular struct {
	BuyingDays int `yaml:"buying_days"`
	Days       int `yaml:"days"`
}

// Calendar says when the company sells and when it may be disturbed.
type Calendar struct {
	Weekend          []string `yaml:"weekend"`
	Holidays         Holidays `yaml:"holidays"`
	FiscalYearStarts int      `yaml:"fiscal_year_starts"`
	QuietHours       string   `yaml:"quiet_hours"`
}

// Selling returns the calendar of selling days.
func (c Calendar) Selling() sales.Calendar {
	selling := sales.Calendar{Holidays: map[sales.Date]bool{}}
	for _, name := range c.Weekend {
		if day, ok := sales.ParseWeekday(name); ok {
			selling.Weekend[day] = true
		}
	}
	for _, d := range c.Holidays.Dates {
		selling.Holidays[d] = true
	}
	return selling
}

// Quiet returns the daily span of quiet hours as offsets after local midnight,
// from inclusive and to exclusive, both below 24 h; from > to spans midnight. ok
// is false where there are none.
func (c Calendar) Quiet() (from, to time.Duration, ok bool) {
	if c.QuietHours == "" {
		return 0, 0, false
	}
	from, to, err := clockSpan(c.QuietHours)
	return from, to, err == nil
}

// Slack says how to reach Slack and where to post.
type Slack struct {
	Token        Secret   `yaml:"token"`
	TokenFile    string   `yaml:"token_file"`
	AppToken     Secret   `yaml:"app_token"`
	AppTokenFile string   `yaml:"app_token_file"`
	Groups       []string `yaml:"groups"` // user groups that may answer every case
	APIURL       string   `yaml:"api_url"`
	Channels     Channels `yaml:"channels"`
	DailyCap     DailyCap `yaml:"daily_cap"`
	OnAmbiguous  string   `yaml:"on_ambiguous"`
}

// Channels are names (#…) or ids (C…, G…, D…) by role.
type Channels struct {
	Alerts      string `yaml:"alerts"`
	Managers    string `yaml:"managers"`
	Leaderboard string `yaml:"leaderboard"`
	Ops         string `yaml:"ops"`
}

// ByRole returns the channels that are set, by role.
func (c Channels) ByRole() map[string]string {
	roles := map[string]string{"alerts": c.Alerts, "managers": c.Managers, "leaderboard": c.Leaderboard, "ops": c.Ops}
	for role, channel := range roles {
		if channel == "" {
			delete(roles, role)
		}
	}
	return roles
}

// DailyCap bounds the new messages of one as-of date.
type DailyCap struct {
	Rep     int `yaml:"rep"`
	Channel int `yaml:"channel"`
}

// State says where Dangol remembers what it said.
type State struct {
	Path   string `yaml:"path"`
	Backup string `yaml:"backup"` // a copy made once a day by the daemon; empty: none
}

// HTTP says where the daemon answers /healthz, /readyz and /metrics.
type HTTP struct {
	Listen string `yaml:"listen"`
}

// Run bounds what the daemon does with time.
type Run struct {
	CatchUp  Duration `yaml:"catch_up"` // how late a missed run may still start
	Grace    Duration `yaml:"grace"`    // how long SIGTERM lets a run finish
	Deadline Duration `yaml:"deadline"` // the most that one run may take
	// Heartbeat is asked after each run that worked: a dead man's switch. Its address
	// is a secret.
	Heartbeat     Secret `yaml:"heartbeat"`
	HeartbeatFile string `yaml:"heartbeat_file"`
}

// Path resolves a path of the config against the config file's folder.
func (c *Config) Path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(filepath.Dir(c.File), p)
}

func defaults() *Config {
	return &Config{
		blank: map[string]string{}, expanded: map[string]string{},
		Locale:     "en",
		Database:   Database{QueryTimeout: Duration(5 * time.Minute), MaxConnections: 2},
		Regular:    Regular{BuyingDays: 5, Days: 90},
		Calendar:   Calendar{Weekend: []string{"sat", "sun"}, FiscalYearStarts: 1, QuietHours: "20:00-08:00"},
		RepFigures: true,
		Slack: Slack{
			APIURL:      "https://slack.com/api/",
			DailyCap:    DailyCap{Rep: 5, Channel: 15},
			OnAmbiguous: "resend",
		},
		State: State{Path: "state.db"},
		HTTP:  HTTP{Listen: "127.0.0.1:8080"},
		Run:   Run{CatchUp: Duration(12 * time.Hour), Grace: Duration(30 * time.Second), Deadline: Duration(2 * time.Hour)},
	}
}
