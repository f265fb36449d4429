package config

import (
	"fmt"
	"math"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangol/internal/sales"

	"github.com/bojanz/currency"
)

// check looks at the values. What could not be read is told already, and keeps
// its default: nothing is said about it here.
func (c *Config) check(noted *problems) {
	p := &checks{noted, slices.Clone(noted.list)}
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
	c.checkRun(p)
	c.checkSlack(p)
	c.checkQuotas(p)
	c.checkListen(p)
	if c.State.Path == "" {
		p.add("state.path", "nothing is given", "name a file on a local disk, such as state.db, or leave the key out")
	}
	for name := range c.Jobs {
		if !slices.Contains(jobNames, name) {
			p.add("jobs."+name, "unknown job", "the jobs are "+strings.Join(jobNames, ", "))
		}
	}
}

// checks adds problems of keys that were read without one.
type checks struct {
	all  *problems
	read []problem // those of reading
}

func (p *checks) add(key, text, remedy string) {
	if !(&problems{list: p.read}).faulty(key) {
		p.all.add(key, text, remedy)
	}
}

// jobNames are the jobs that the contract names, whether built yet or not.
var jobNames = []string{"lost-customers", "quota-digest", "sales-growth", "rep-diagnosis", "leaderboard"}

func oneOf(p *checks, key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		p.add(key, fmt.Sprintf("unknown value %q", value), "want one of "+strings.Join(allowed, ", "))
	}
}

func (c *Config) checkDatabase(p *checks) {
	checkSecret(p, "database.dsn", c.Database.DSN)
	if c.Database.DSN != "" && c.Database.DSNFile != "" {
		p.add("database.dsn_file", "dsn stands beside it", "keep one of database.dsn and database.dsn_file")
	}
	if c.Database.MaxConnections < 2 || c.Database.MaxConnections > 16 {
		p.add("database.max_connections", fmt.Sprintf("%d is outside 2 to 16", c.Database.MaxConnections),
			"2 is enough: one reads, one can end the reading")
	}
}

func (c *Config) checkSales(p *checks) {
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

func (c *Config) checkCalendar(p *checks) {
	for i, name := range c.Calendar.Weekend {
		if _, ok := sales.ParseWeekday(name); !ok {
			p.add(fmt.Sprintf("calendar.weekend[%d]", i), fmt.Sprintf("unknown day %q", name), "want mon, tue, wed, thu, fri, sat or sun")
		}
	}
	for _, item := range c.Calendar.Holidays.bad {
		p.add(fmt.Sprintf("calendar.holidays[%d]", item.at), item.err.Error(), "want dates such as 2026-12-25, or the path of a CSV file")
	}
	if c.Calendar.Selling().Weekend == [7]bool{true, true, true, true, true, true, true} {
		p.add("calendar.weekend", "every day is a weekend", "leave out the days on which the company sells")
	}
	if m := c.Calendar.FiscalYearStarts; m < 1 || m > 12 {
		p.add("calendar.fiscal_year_starts", fmt.Sprintf("%d is no month", m), "want 1 (January) to 12")
	}
	if q := c.Calendar.QuietHours; q != "" {
		if _, _, err := clockSpan(q); err != nil {
			p.add("calendar.quiet_hours", err.Error(), `want from-to such as "20:00-08:00", in quotes, or "" for none`)
		}
	}
}

var clockSpanForm = regexp.MustCompile(`^(\d\d:\d\d)-(\d\d:\d\d)$`)

// clockSpan reads HH:MM-HH:MM as two offsets after midnight.
func clockSpan(span string) (from, to time.Duration, err error) {
	parts := clockSpanForm.FindStringSubmatch(span)
	if parts == nil {
		return 0, 0, fmt.Errorf("bad span %q", span)
	}
	if from, err = clockTime(parts[1]); err != nil {
		return 0, 0, err
	}
	if to, err = clockTime(parts[2]); err != nil {
		return 0, 0, err
	}
	if from == to {
		return 0, 0, fmt.Errorf("the span %q is empty: it ends when it begins", span)
	}
	return from, to, nil
}

func clockTime(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("bad time of day %q", text)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// listenRemedy says what an address to listen at looks like.
const listenRemedy = `want host:port such as "127.0.0.1:8080", or ":8080" for every address of the machine; port 0 takes a free one`

func (c *Config) checkListen(p *checks) {
	if text := badListen(c.HTTP.Listen); text != "" && !c.unsetAt("http.listen") {
		p.add("http.listen", text, listenRemedy)
	}
}

// hostName is a name, an IPv4 address, an IPv6 address with its zone, or empty.
var hostName = regexp.MustCompile(`^[A-Za-z0-9._:%-]*$`)

// badListen says what is wrong with an address to listen at, or nothing.
func badListen(address string) string {
	if address == "" {
		return "nothing is given"
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || !hostName.MatchString(host) {
		return fmt.Sprintf("bad address %q", address)
	}
	if n, err := strconv.ParseUint(port, 10, 64); err != nil || n > 65535 {
		return fmt.Sprintf("bad port %q: it is no number from 0 to 65535", port)
	}
	return ""
}

// checkRun bounds what the daemon does with time.
func (c *Config) checkRun(p *checks) {
	ranges := []struct {
		key       string
		value     Duration
		low, high time.Duration
		words     string
	}{
		{"run.catch_up", c.Run.CatchUp, time.Minute, 7 * 24 * time.Hour, "1m to 168h (7 days)"},
		{"run.grace", c.Run.Grace, time.Second, 10 * time.Minute, "1s to 10m"},
		{"run.deadline", c.Run.Deadline, time.Minute, 24 * time.Hour, "1m to 24h"},
		{"database.query_timeout", c.Database.QueryTimeout, time.Second, 24 * time.Hour, "1s to 24h"},
	}
	if lag := time.Duration(c.Database.MaxLag); lag < 0 || lag > 0 && lag < time.Second {
		p.add("database.max_lag", fmt.Sprintf("%v is out of range", lag), "want 1s or more, such as 10m, or leave the key out")
	}
	checkSecret(p, "run.heartbeat", c.Run.Heartbeat)
	if c.Run.Heartbeat != "" && c.Run.HeartbeatFile != "" {
		p.add("run.heartbeat_file", "heartbeat stands beside it", "keep one of run.heartbeat and run.heartbeat_file")
	}
	if u, err := url.Parse(c.Run.Heartbeat.Reveal()); c.Run.Heartbeat != "" && !c.unsetAt("run.heartbeat") && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		p.add("run.heartbeat", "no address", "want the address that a dead man's switch gave you, https://…")
	}
	for _, r := range ranges {
		if v := time.Duration(r.value); v < r.low || v > r.high {
			p.add(r.key, fmt.Sprintf("%v is out of range", v), "want "+r.words)
		}
	}
}

func (c *Config) checkNumbers(p *checks) {
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

func (c *Config) checkSlack(p *checks) {
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
	c.checkToken(p, "slack.token", c.Slack.Token, c.Slack.TokenFile, "xapp-", "this is the app-level token", "want the Bot User OAuth Token, xoxb-…")
	c.checkToken(p, "slack.app_token", c.Slack.AppToken, c.Slack.AppTokenFile, "xoxb-", "this is the bot's token", "want the app-level token, xapp-…")
}

// checkToken looks at a token without ever showing it.
func (c *Config) checkToken(p *checks, key string, token Secret, file, other, what, remedy string) {
	checkSecret(p, key, token)
	if token != "" && file != "" {
		p.add(key+"_file", last(key)+" stands beside it", fmt.Sprintf("keep one of %s and %s_file", key, key))
	}
	if strings.HasPrefix(token.Reveal(), other) {
		p.add(key, what, remedy)
	}
}

// checkSecret finds what was meant to be a variable, and texts that no header
// and no DSN can hold.
func checkSecret(p *checks, key string, secret Secret) {
	text := secret.Reveal()
	if bareVariable.MatchString(text) {
		p.add(key, "a variable without braces", "write ${"+strings.TrimPrefix(text, "$")+"}")
	}
	if strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0 {
		p.add(key, "it holds several lines or a control character", "want the secret alone on one line")
	}
}

var bareVariable = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)

func (c *Config) unsetAt(key string) bool {
	return slices.ContainsFunc(c.unset, func(u unsetVariable) bool { return u.key == key })
}

func (c *Config) checkQuotas(p *checks) {
	for i, q := range c.Quotas.List {
		key := fmt.Sprintf("quotas[%d]", i)
		oneOf(p, key+".metric", q.Metric, sales.Metrics...)
		oneOf(p, key+".period", q.Period, sales.Periods...)
		q.checkTargets(p, key)
		if r := q.Ramp; r != nil && (r.Months < 1 || !(r.From >= 0 && r.From <= 1)) {
			p.add(key+".ramp", "bad ramp", "want {months: 6, from: 0.3}: months from 1, from between 0 and 1")
		}
		if q.StartsOn != "" {
			if _, err := parseDate(q.StartsOn); err != nil {
				p.add(key+".starts_on", err.Error(), "want a date such as 2026-01-01")
			}
		}
	}
}

func (q Quota) checkTargets(p *checks, key string) {
	check := func(key string, target float64) {
		if !(target >= 0) || math.IsInf(target, 0) {
			p.add(key, fmt.Sprintf("%v is no target", target), "want 0 or more")
		}
	}
	check(key+".target", q.Target)
	for level, target := range q.ByLevel {
		check(key+".by_level."+level, target)
	}
	for rep, target := range q.ByRep {
		check(key+".by_rep."+rep, target)
	}
	if q.Target == 0 && len(q.ByLevel)+len(q.ByRep) == 0 {
		p.add(key+".target", "nothing is given", "set target for everybody, by_level for levels or by_rep for single reps")
	}
}
