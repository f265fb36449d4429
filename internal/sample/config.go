package sample

import (
	"fmt"
	"strings"
)

// ConfigOptions say what the config of the company names. Empty fields have the
// defaults given.
type ConfigOptions struct {
	DSN      string // default: sqlite:sales.db
	State    string // default: state.db
	Token    string // of Slack; default: none, and sending fails until one is added
	APIURL   string // of Slack; default: none, so Slack's own
	Holidays string // default: holidays.csv, which HolidaysCSV fills
	Leave    string // default: leave.csv, which LeaveCSV fills
}

func (o ConfigOptions) filled() ConfigOptions {
	fill := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	fill(&o.DSN, "sqlite:sales.db")
	fill(&o.State, "state.db")
	fill(&o.Holidays, "holidays.csv")
	fill(&o.Leave, "leave.csv")
	return o
}

// Files returns the config and the small files it names, by the file name under
// which they belong into one folder.
func (c *Company) Files(o ConfigOptions) map[string]string {
	o = o.filled()
	return map[string]string{
		"dangol.yaml": c.ConfigYAML(o),
		o.Holidays:    c.HolidaysCSV(),
		o.Leave:       c.LeaveCSV(),
	}
}

// ConfigYAML returns the complete dangol.yaml for the company's database.
// Relative paths in it are relative to the folder of the file.
func (c *Company) ConfigYAML(o ConfigOptions) string {
	o = o.filled()
	locale := "en"
	if c.korean() {
		locale = "ko"
	}
	var y strings.Builder
	fmt.Fprintf(&y, configHead, locale, o.DSN)
	for _, relation := range relations {
		query := strings.TrimSpace(script(string(relation)))
		fmt.Fprintf(&y, "    %s: |\n      %s\n", relation, strings.ReplaceAll(query, "\n", "\n      "))
	}
	fmt.Fprintf(&y, configTail, o.Holidays, o.Leave, byLevel(coldQuota), byLevel(winQuota), o.State)
	if o.Token != "" {
		fmt.Fprintf(&y, "  token: %q\n", o.Token)
	}
	if o.APIURL != "" {
		fmt.Fprintf(&y, "  api_url: %q\n", o.APIURL)
	}
	return y.String()
}

// ConfigMark is how the demo's config begins: a file that does is nobody's work.
const ConfigMark = "# The sample company of Dangol"

const configHead = ConfigMark + `: a food wholesaler in Korea.
locale: %s
timezone: Asia/Seoul
currency: KRW
database: {dsn: %q}
sales:
  stored_timezone: UTC
  queries:
`

// The slack section comes last, so that its optional keys can be added to it.
const configTail = `calendar:
  weekend: [sat, sun]
  holidays: %q
  fiscal_year_starts: 1
  quiet_hours: "20:00-08:00"
leave: %q
rep_figures: true
quotas:
  # Sales targets come from the database, relation quotas.
  - {metric: cold_visits, period: week, target: 0, by_level: {%s}}
  - {metric: new_customers, period: quarter, target: 0, by_level: {%s}, ramp: {months: 6, from: 0.3}}
state: {path: %q}
slack:
  channels: {alerts: "#sales-alerts", managers: "#sales-managers", leaderboard: "#sales", ops: "#dangol-ops"}
`

func byLevel(quota map[string]int) string {
	return fmt.Sprintf("junior: %d, regular: %d, senior: %d", quota["junior"], quota["regular"], quota["senior"])
}

// HolidaysCSV returns the holidays as the config's calendar.holidays reads them.
func (c *Company) HolidaysCSV() string {
	var csv strings.Builder
	csv.WriteString("date,name\n")
	for _, h := range holidaysAround(c.AsOf) {
		fmt.Fprintf(&csv, "%s,%s\n", h.Date, h.Name)
	}
	return csv.String()
}

// LeaveCSV returns the leave of the reps as the config's leave reads it.
func (c *Company) LeaveCSV() string {
	var csv strings.Builder
	csv.WriteString("rep_id,from,to\n")
	for _, a := range c.absences {
		fmt.Fprintf(&csv, "%s,%s,%s\n", c.people[a.rep].id, a.from, a.to)
	}
	return csv.String()
}
