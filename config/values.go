package config

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"dangol/internal/sales"

	yaml "go.yaml.in/yaml/v4"
)

// Secret is a text that never shows itself: it prints as <secret> everywhere.
type Secret string

// String returns <secret>, or nothing when the secret is empty.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "<secret>"
}

// GoString keeps %#v from showing the secret.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps slog from showing the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps encoders from showing the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal returns the secret itself, for the one call that needs it.
func (s Secret) Reveal() string { return string(s) }

// Zone is an IANA time zone, such as Asia/Seoul.
type Zone struct{ *time.Location }

// UnmarshalYAML reads a zone's name.
func (z *Zone) UnmarshalYAML(node *yaml.Node) error {
	name := node.Value
	if name == "" || name == "Local" {
		return fmt.Errorf("no time zone; want an IANA name such as Asia/Seoul")
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return fmt.Errorf("unknown time zone %q; want an IANA name such as Asia/Seoul", name)
	}
	z.Location = location
	return nil
}

// Duration is a length of time written like 5m or 90s.
type Duration time.Duration

// UnmarshalYAML reads a Go duration.
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	parsed, err := time.ParseDuration(node.Value)
	if err != nil || parsed <= 0 {
		return fmt.Errorf("bad duration %q; want a positive one such as 90s, 5m or 1h", node.Value)
	}
	*d = Duration(parsed)
	return nil
}

// Days is a number of calendar days written like 14d or 2w.
type Days int

// UnmarshalYAML reads days or weeks.
func (d *Days) UnmarshalYAML(node *yaml.Node) error {
	text, unit := node.Value, 1
	switch {
	case strings.HasSuffix(text, "d"):
		text = strings.TrimSuffix(text, "d")
	case strings.HasSuffix(text, "w"):
		text, unit = strings.TrimSuffix(text, "w"), 7
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 36500 {
		return fmt.Errorf("bad number of days %q; want one such as 14d or 2w", node.Value)
	}
	*d = Days(n * unit)
	return nil
}

// Holidays are the dates on which the company is closed: a list of dates in the
// config, or the path of a CSV file with the columns date and, optionally, name.
type Holidays struct {
	File  string
	Dates []sales.Date

	bad []badItem
}

// badItem is an item of a list that could not be read.
type badItem struct {
	at  int
	err error
}

// UnmarshalYAML reads a path or a list of dates.
func (h *Holidays) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		h.File = node.Value
		return nil
	}
	if node.Kind != yaml.SequenceNode {
		return fmt.Errorf("want a CSV file's path or a list of dates")
	}
	for i, item := range node.Content {
		date, err := parseDate(item.Value)
		if err != nil {
			h.bad = append(h.bad, badItem{i, err})
			continue
		}
		h.Dates = append(h.Dates, date)
	}
	return nil
}

// parseDate reads YYYY-MM-DD; the remedy beside its error says so.
func parseDate(text string) (sales.Date, error) {
	date, err := sales.ParseDate(text)
	if err != nil {
		return 0, fmt.Errorf("%.40q is no date", text)
	}
	return date, nil
}

// Quotas are targets in the config, or the path of a CSV file with the columns
// rep_id, metric, period, target and, optionally, starts_on.
type Quotas struct {
	List []Quota
	File string
	Rows []sales.Quota // of the file
}

// Quota is the target of one figure per period, by level where levels differ.
type Quota struct {
	Metric   string             `yaml:"metric"` // cold_visits | new_customers | sales
	Period   string             `yaml:"period"` // day | week | month | quarter
	Target   float64            `yaml:"target"`
	ByLevel  map[string]float64 `yaml:"by_level"`
	ByRep    map[string]float64 `yaml:"by_rep"`
	StartsOn string             `yaml:"starts_on"`
	Ramp     *Ramp              `yaml:"ramp"`
}

// Ramp lowers the quota of a rep in the first months after hiring.
type Ramp struct {
	Months int     `yaml:"months"`
	From   float64 `yaml:"from"` // share of the target in the first month, 0 to 1
}

// UnmarshalYAML reads a list of quotas or {file: quotas.csv}.
func (q *Quotas) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.MappingNode {
		var named struct {
			File string `yaml:"file"`
		}
		if err := node.Load(&named, yaml.WithKnownFields()); err != nil {
			return err
		}
		q.File = named.File
		return nil
	}
	return node.Load(&q.List, yaml.WithKnownFields())
}

// Began is the date from which the quota holds, zero where it always did.
func (q Quota) Began() sales.Date {
	date, err := parseDate(q.StartsOn)
	if err != nil {
		return 0
	}
	return date
}
