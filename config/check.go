package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"dangol/internal/sales"

	"github.com/bojanz/currency"
)

// check looks at the values once the file has the right shape.
func (c *Config) check(p *problems) {
	if c.Timezone.Location == nil {
		p.add("timezone", "nothing is given", "set timezone to the company's IANA time zone, such as Asia/Seoul")
	}
	if c.Sales.StoredTimezone.Location == nil {
		c.Sales.StoredTimezone = c.Timezone
	}
	oneOf(p, "locale", c.Locale, "en", "ko")
	oneOf(p, "slack.on_ambiguous", c.Slack.OnAmbiguous, "resend", "hold")
	if c.Currency != "" && !currency.IsValid(c.Currency) {
		p.add("currency", fmt.Sprintf("unknown currency %q", c.Currency), "want an ISO 4217 code such as KRW, EUR or USD")
	}
	c.checkDatabase(p)
	c.checkSales(p)
	c.checkCalendar(p)
	c.checkNumbers(p)
	c.checkSlack(p)
	c.checkQuotas(p)
	for name := range c.Jobs {
		if !slices.Contains(jobNames, name) {
			p.add("jobs."+name, "unknown job", "the jobs are "+strings.Join(jobNames, ", "))
		}
	}
}

// jobNames are the jobs that the contract names, whether built yet or not.
var jobNames = []string{"lost-customers", "quota-digest", "sales-growth", "rep-diagnosis", "leaderboard"}

func oneOf(p *problems, key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		p.add(key, fmt.Sprintf("unknown value %q", value), "want one of "+strings.Join(allowed, ", "))
	}
}

func (c *Config) checkDatabase(p *problems) {
	if c.Database.DSN != "" && c.Database.DSNFile != "" {
		p.add("database.dsn_file", "dsn stands beside it", "keep one of database.dsn and database.dsn_file")
	}
	if c.Database.MaxConnections < 2 || c.Database.MaxConnections > 16 {
		p.add("database.max_connections", fmt.Sprintf("%d is outside 2 to 16", c.Database.MaxConnections),
			"2 is enough: one reads, one can end the reading")
	}
}

func (c *Config) checkSales(p *problems) {
	known := []string{
		string(sales.OrderLines), string(sales.Customers), string(sales.Reps), string(sales.Products),
		string(sales.Visits), string(sales.Quotas), string(sales.Complaints),
	}
	for name := range c.Sales.Queries {
		if !slices.Contains(known, name) {
			p.add("sales.queries."+name, "unknown relation", "the relations are "+strings.Join(known, ", "))
		}
	}
	if c.Sales.Preset != "" {
		p.add("sales.preset", fmt.Sprintf("unknown preset %q", c.Sales.Preset),
			"this version has no presets yet: give every relation under sales.queries")
		return
	}
	for _, name := range []string{string(sales.OrderLines), string(sales.Customers)} {
		if strings.TrimSpace(c.Sales.Queries[name]) == "" {
			p.add("sales.queries."+name, "nothing is given",
				fmt.Sprintf("write a SELECT that returns the columns of %s; docs/relations.md lists them", name))
		}
	}
}

func (c *Config) checkCalendar(p *problems) {
	for i, name := range c.Calendar.Weekend {
		if _, ok := sales.ParseWeekday(name); !ok {
			p.add(fmt.Sprintf("calendar.weekend[%d]", i), fmt.Sprintf("unknown day %q", name), "want mon, tue, wed, thu, fri, sat or sun")
		}
	}
	if len(c.Calendar.Weekend) >= 7 {
		p.add("calendar.weekend", "every day is a weekend", "leave out the days on which the company sells")
	}
	if m := c.Calendar.FiscalYearStarts; m < 1 || m > 12 {
		p.add("calendar.fiscal_year_starts", fmt.Sprintf("%d is no month", m), "want 1 (January) to 12")
	}
	if q := c.Calendar.QuietHours; q != "" && !quietHours(q) {
		p.add("calendar.quiet_hours", fmt.Sprintf("bad span %q", q), `want from-to such as "20:00-08:00", or "" for none`)
	}
}

var clockSpan = regexp.MustCompile(`^\d\d:\d\d-\d\d:\d\d$`)

func quietHours(span string) bool {
	if !clockSpan.MatchString(span) {
		return false
	}
	from, to, _ := strings.Cut(span, "-")
	_, errFrom := time.Parse("15:04", from)
	_, errTo := time.Parse("15:04", to)
	return errFrom == nil && errTo == nil
}

func (c *Config) checkNumbers(p *problems) {
	ranges := []struct {
		key              string
		value, low, high int
	}{
		{"regular.buying_days", c.Regular.BuyingDays, 3, 1000},
		{"regular.days", c.Regular.Days, 1, 3650},
		{"sales.merge_days", c.Sales.MergeDays, 0, 30},
		{"sales.settle_days", c.Sales.SettleDays, 0, 60},
		{"slack.daily_cap.rep", c.Slack.DailyCap.Rep, 1, 1000},
		{"slack.daily_cap.channel", c.Slack.DailyCap.Channel, 1, 1000},
	}
	for _, r := range ranges {
		if r.value < r.low || r.value > r.high {
			p.add(r.key, fmt.Sprintf("%d is out of range", r.value), fmt.Sprintf("want %d to %d", r.low, r.high))
		}
	}
}

// channelName is a name with # or an id; Slack allows letters of any script.
var channelName = regexp.MustCompile(`^(#[^\s#@A-Z,.]{1,80}|[CGD][A-Z0-9]{2,})$`)

func (c *Config) checkSlack(p *problems) {
	if u, err := url.Parse(c.Slack.APIURL); !c.unsetAt("slack.api_url") && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "") {
		p.add("slack.api_url", fmt.Sprintf("bad address %q", c.Slack.APIURL), "leave it out, or want https://slack.com/api/")
	} else if !strings.HasSuffix(c.Slack.APIURL, "/") {
		c.Slack.APIURL += "/"
	}
	for role, channel := range c.Slack.Channels.ByRole() {
		key := "slack.channels." + role
		if !c.unsetAt(key) && !channelName.MatchString(channel) {
			p.add(key, fmt.Sprintf("bad channel %q", channel), "want a channel name in quotes and small letters (\"#sales-alerts\") or an id (C0123ABCD)")
		}
	}
	if c.Slack.Token != "" && c.Slack.TokenFile != "" {
		p.add("slack.token_file", "token stands beside it", "keep one of slack.token and slack.token_file")
	}
	if c.Slack.AppToken != "" && c.Slack.AppTokenFile != "" {
		p.add("slack.app_token_file", "app_token stands beside it", "keep one of slack.app_token and slack.app_token_file")
	}
}

func (c *Config) unsetAt(key string) bool {
	return slices.ContainsFunc(c.unset, func(u unsetVariable) bool { return u.key == key })
}

func (c *Config) checkQuotas(p *problems) {
	for i, q := range c.Quotas.List {
		key := fmt.Sprintf("quotas[%d]", i)
		oneOf(p, key+".metric", q.Metric, "cold_visits", "new_customers", "sales")
		oneOf(p, key+".period", q.Period, "day", "week", "month", "quarter")
		if q.Target < 0 {
			p.add(key+".target", "it is negative", "want 0 or more")
		}
		if r := q.Ramp; r != nil && (r.Months < 1 || r.From < 0 || r.From > 1) {
			p.add(key+".ramp", "bad ramp", "want {months: 6, from: 0.3}: months from 1, from between 0 and 1")
		}
		if q.StartsOn != "" {
			if _, err := sales.ParseDate(q.StartsOn); err != nil {
				p.add(key+".starts_on", err.Error(), "want YYYY-MM-DD")
			}
		}
	}
}
