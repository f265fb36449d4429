package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBadTexts: what people write by mistake, with the place and the remedy that
// they are told.
func TestBadTexts(t *testing.T) {
	tests := []struct{ name, text, want, hint string }{
		{"comments alone", "# timezone: Asia/Seoul\n", "dangol.yaml: the file is empty", "README"},
		{"a bare document", "---\n", "dangol.yaml: the file is empty", "README"},
		{"an ini file", "timezone = Asia/Seoul\n", "dangol.yaml:1: no keys and values", "key: value"},
		{"Latin-1", "timezone: Asia/Seoul\ncurrency: \xe9\n", "dangol.yaml:2: this is not UTF-8", "UTF-8"},
		{"binary", "timezone: x\nSQLite format 3\x00\n", "dangol.yaml:2: a control character (0x00)", "UTF-8"},
		{"tab", minimal + "state:\n\tpath: x\n", "dangol.yaml:8: this is no YAML", "a tab stands at the beginning"},
		{"open quote", minimal + "locale: \"en\nregular: {days: 3}\n", "dangol.yaml:7: this is no YAML", "close the quote"},
		{"open bracket", minimal + "regular: {days: 3\nlocale: en\n", "dangol.yaml:7: this is no YAML", "brackets"},
		{"bare # in a bracket", minimal + "slack: {channels: {alerts: #sales}}\nlocale: en\n", "dangol.yaml:7: this is no YAML", "put names with # in quotes"},
		{"colon in a value", minimal + "locale: en: ko\n", "dangol.yaml:7: this is no YAML", `put the value in quotes: it holds ": "`},
		{"bare * in a bracket", minimal + "jobs: {lost-customers: {schedule: */5 * * * *}}\n", "dangol.yaml:7: this is no YAML", "quotes: YAML gives * a meaning"},
		{"bare @", minimal + "slack:\n  token: @x\n", "dangol.yaml:8: this is no YAML", "quotes: YAML gives @ a meaning"},
		{"alias", minimal + "state: &s {path: x}\nhttp: *s\n", "dangol.yaml:8: http: *s is an alias", "write the value out"},
		{"merge key", minimal + "state:\n  <<: {path: x}\n", "dangol.yaml:8: state.<<: a merge key", "write the keys out"},
		{"foreign tag", minimal + "slack: {token: !secret x}\n", "dangol.yaml:7: slack.token: the tag !secret is not read", "${VAR}"},
		{"deep", "quotas: " + strings.Repeat("[", 20000), "dangol.yaml:1: this is no YAML", "brackets"},
		{"list key", minimal + "? [a]\n: b\n", "dangol.yaml:7: a key that is no text", "quotes"},
		{"twice inside", minimal + "regular:\n  days: 3\n  days: 4\n", "dangol.yaml:9: regular.days: the key stands twice, also in line 8", "keep one"},
		{"wrong group", minimal + "token: x\n", "dangol.yaml:7: token: unknown key", "it belongs below slack"},
		{"not indented", strings.Replace(minimal, "  queries:\n", "queries:\n", 1), "dangol.yaml:4: queries: unknown key", "it belongs below sales"},
		{"key of a job's list", minimal + "quotas: {fil: q.csv}\n", "dangol.yaml:7: quotas.fil: unknown key", "did you mean file?"},
		{"daily cap", minimal + "slack:\n  daily_cap: {reps: 5}\n", "dangol.yaml:8: slack.daily_cap.reps: unknown key", "did you mean rep?"},
		{"a list for a group", minimal + "slack: [x]\n", "dangol.yaml:7: slack: a list in the place of a group of keys", "api_url, app_token"},
		{"a group for a text", minimal + "locale: {en: 1}\n", "dangol.yaml:7: locale: a group of keys in the place of a text", "write a text"},
		{"a text for a list", minimal + "calendar: {weekend: sat}\n", `dangol.yaml:7: calendar.weekend: "sat" is not a list`, "[one, another]"},
		{"a fraction", minimal + "regular: {days: 3.5}\n", `dangol.yaml:7: regular.days: "3.5" is not a whole number`, "whole number"},
		{"too long a number", minimal + "regular: {days: 99999999999999999999}\n", `"99999999999999999999" is not a whole number`, "whole number"},
		{"holiday in a list", minimal + "calendar:\n  holidays:\n  - 2026-01-01\n  - 2026-02-30\n", `dangol.yaml:10: calendar.holidays[1]: "2026-02-30" is no date`, "2026-12-25"},
		{"week of weekends", minimal + "calendar: {weekend: [mon, tue, wed, thu, fri, sat, sun]}\n", "every day is a weekend", "leave out"},
		{"no quiet hour", minimal + "calendar: {quiet_hours: \"08:00-08:00\"}\n", `calendar.quiet_hours: the span "08:00-08:00" is empty`, `"" for none`},
		{"25 o'clock", minimal + "calendar: {quiet_hours: \"25:00-08:00\"}\n", `calendar.quiet_hours: bad time of day "25:00"`, "20:00-08:00"},
		{"a port alone", minimal + "http: {listen: 8080}\n", `dangol.yaml:7: http.listen: bad address "8080"`, `":8080"`},
		{"a URL", minimal + "http: {listen: \"http://localhost:8080\"}\n", "http.listen: bad address", "host:port"},
		{"no address", minimal + "http: {listen: \"\"}\n", "dangol.yaml:7: http.listen: nothing is given", "host:port"},
		{"too high a port", minimal + "http: {listen: \":65536\"}\n", `http.listen: bad port "65536"`, "port 0 takes a free one"},
		{"a named port", minimal + "http: {listen: \"localhost:http\"}\n", `http.listen: bad port "http": it is no number from 0 to 65535`, ":8080"},
		{"catch up", minimal + "run: {catch_up: 169h}\n", "dangol.yaml:7: run.catch_up: 169h0m0s is out of range", "168h (7 days)"},
		{"grace", minimal + "run: {grace: 11m}\n", "run.grace: 11m0s is out of range", "1s to 10m"},
		{"deadline", minimal + "run: {deadline: 59s}\n", "run.deadline: 59s is out of range", "1m to 24h"},
		{"days of a duration", minimal + "run: {catch_up: 7d}\n", `run.catch_up: bad duration "7d"`, "90s, 5m or 1h"},
		{"query timeout", strings.Replace(minimal, "}\"}", "}\", query_timeout: 1ms}", 1), "database.query_timeout: 1ms is out of range", "1s to 24h"},
		{"state", minimal + "state: {path: \"\"}\n", "dangol.yaml:7: state.path: nothing is given", "state.db"},
		{"api", minimal + "slack: {api_url: slack.com}\n", `slack.api_url: bad address "slack.com"`, "https://slack.com/api/"},
		{"both", minimal + "slack: {token: x, token_file: y}\n", "dangol.yaml:7: slack.token_file: token stands beside it", "keep one"},
		{"bare variable", minimal + "slack: {token: $SLACK_BOT_TOKEN}\n", "slack.token: a variable without braces", "write ${SLACK_BOT_TOKEN}"},
		{"variable with a default", minimal + "slack: {token: \"${SLACK:-x}\"}\n", "dangol.yaml:7: slack.token: an unreadable variable", "no defaults"},
		{"swapped tokens", minimal + "slack: {token: xapp-1, app_token: xoxb-1}\n", "slack.token: this is the app-level token", "xoxb-…"},
		{"two lines", minimal + "slack:\n  token: |\n    a\n    b\n", "slack.token: it holds several lines", "one line"},
		{"metric", minimal + "quotas:\n- {metric: visits, period: week, target: 1}\n", `dangol.yaml:8: quotas[0].metric: unknown value "visits"`, "cold_visits"},
		{"no target", minimal + "quotas:\n- {metric: sales, period: week}\n", "dangol.yaml:8: quotas[0].target: nothing is given", "by_level"},
		{"target", minimal + "quotas:\n- {metric: sales, period: week, by_rep: {R1: .nan}}\n", "quotas[0].by_rep.R1: NaN is no target", "0 or more"},
		{"ramp", minimal + "quotas:\n- {metric: sales, period: week, target: 1, ramp: {months: 3, from: .nan}}\n", "quotas[0].ramp: bad ramp", "between 0 and 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.text, map[string]string{"DSN": "x"})
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v\nwant %s", err, tt.want)
			}
			if hints := strings.Join(allHints(err), "\n"); !strings.Contains(hints, tt.hint) {
				t.Errorf("hint = %s\nwant %s", hints, tt.hint)
			}
		})
	}
}

// TestGoodTexts: what looks odd and is meant.
func TestGoodTexts(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark":  "\ufeff" + minimal,
		"Windows":          strings.ReplaceAll(minimal, "\n", "\r\n"),
		"no value":         minimal + "regular:\nstate: {path: }\nleave:\n",
		"literal variable": minimal + "leave: \"\"\nquotas: []\nslack: {token: \"a$${b}\"}\n",
		"quiet by day":     minimal + "calendar: {quiet_hours: \"12:00-13:00\", weekend: []}\n",
		"no quiet":         minimal + "calendar: {quiet_hours: \"\"}\n",
		"any port":         minimal + "http: {listen: \"[::1]:0\"}\n",
		"explicit text":    minimal + "locale: !!str en\n",
	} {
		cfg, err := load(t, text, map[string]string{"DSN": "x"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name == "no value" && (cfg.State.Path != "state.db" || cfg.Regular.Days != 90) {
			t.Errorf("%s: %+v", name, cfg)
		}
		if name == "literal variable" && cfg.Slack.Token.Reveal() != "a${b}" {
			t.Errorf("%s: the token is %q", name, cfg.Slack.Token.Reveal())
		}
	}
}

// TestDecodedAndCheckedAtOnce: what cannot be decoded keeps nothing else from
// being checked, and is told once.
func TestDecodedAndCheckedAtOnce(t *testing.T) {
	_, err := load(t, `timezone: [Asia/Seoul]
locale: fr
databse: {dsn: x}
sales:
  querys: {order_lines: SELECT 1}
regular: {days: many, buying_days: 1}
calendar: {quiet_hours: 8pm, holidays: nowhere.csv}
currency: WON
slack: {token_file: nowhere, daily_cap: 5}
`, nil)
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		"1: timezone: ", "2: locale: ", "3: databse: ", "5: sales.querys: ", "6: regular.days: ", "6: regular.buying_days: ", "7: calendar.quiet_hours: ",
		"7: calendar.holidays: ", "8: currency: ", "9: slack.daily_cap: ", "9: slack.token_file: ",
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(want) {
		t.Errorf("%d problems, want %d:\n%v", len(lines), len(want), err)
	}
	before := ""
	for _, part := range want {
		if strings.Count(err.Error(), "dangol.yaml:"+part) != 1 {
			t.Errorf("not told once: %s\n%v", part, err)
		}
	}
	for _, line := range lines {
		_, place, _ := strings.Cut(line, "dangol.yaml:")
		if place[:1] < before {
			t.Errorf("out of order: %s", line)
		}
		before = place[:1]
	}
}

func TestManyProblemsAreCut(t *testing.T) {
	_, err := load(t, minimal+"quotas:\n"+strings.Repeat("- 5\n", 1000), nil)
	if err == nil || !strings.Contains(err.Error(), "950 more problems") {
		t.Errorf("error = %.300v", err)
	}
}

// TestNoSecretInErrors: a secret in a wrong place is not shown.
func TestNoSecretInErrors(t *testing.T) {
	env := map[string]string{"DSN": "x", "TOKEN": "opensesame", "BOT_PASSWORD": "hunter2!"}
	for _, text := range []string{
		minimal + "slack: xoxb-opensesame\n",
		minimal + "slack: {xoxb-opensesame, token: x}\n",
		minimal + "slack: {token_file: xoxb-opensesame}\n",
		minimal + "slack: {channels: {alerts: xoxb-opensesame}}\n",
		minimal + "locale: \"${TOKEN}\"\n",
		minimal + "slack: {token_file: \"${TOKEN}\"}\n",
		minimal + "currency: \"a-${BOT_PASSWORD}\"\n",
		strings.Replace(minimal, "{dsn: \"${DSN}\"}", "bot:hunter2!@tcp(db)/erp", 1),
		strings.Replace(minimal, "{dsn: \"${DSN}\"}", "{dsn_file: \"bot:hunter2!@tcp(db)/erp\"}", 1),
		strings.Replace(minimal, "{dsn: \"${DSN}\"}", "{dsn_file: \"mysql://bot:hunter2!@db/erp\"}", 1),
		strings.Replace(minimal, "{dsn: \"${DSN}\"}", "{dsn: [\"bot:hunter2!@tcp(db)/erp\"]}", 1),
	} {
		_, err := load(t, text, env)
		if err == nil {
			t.Errorf("no error:\n%s", text)
			continue
		}
		if said := err.Error() + strings.Join(allHints(err), "\n"); strings.Contains(said, "opensesame") || strings.Contains(said, "hunter2") {
			t.Errorf("a secret shows: %s", said)
		}
	}
}

func TestVariables(t *testing.T) {
	text := strings.Replace(minimal, "Asia/Seoul", "\"${ZONE}\"", 1) + "regular: {days: \"${DAYS}\"}\nrep_figures: \"${FIGURES}\"\n"
	cfg, err := load(t, text, map[string]string{"DSN": "x", "ZONE": "Europe/Paris", "DAYS": "120", "FIGURES": "false"})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Timezone.String() != "Europe/Paris" || cfg.Regular.Days != 120 || cfg.RepFigures {
		t.Errorf("config = %+v", cfg)
	}
	_, err = load(t, text, nil)
	for _, want := range []string{"1: timezone: the variable ZONE is not set", "7: regular.days: the variable DAYS is not set", "8: rep_figures: the variable FIGURES is not set"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error does not mention %s: %v", want, err)
		}
	}
	cfg, err = load(t, minimal, map[string]string{"DSN": ""})
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Need("database"); err == nil || !strings.Contains(err.Error(), "dangol.yaml:2: database.dsn: the variable DSN is empty") {
		t.Errorf("error = %v", err)
	}
}

// TestNeedNamesTheValue: what a section lacks is told by the key to set.
func TestNeedNamesTheValue(t *testing.T) {
	cfg, err := load(t, minimal+"slack:\n  app_token: \"${APP}\"\n  channels: {ops: \"#ops\"}\n", map[string]string{"DSN": "x"})
	if err != nil {
		t.Fatal(err)
	}
	err = cfg.Need("slack", "slack.channels.alerts")
	for _, want := range []string{"dangol.yaml:7: slack.token: nothing is given", "dangol.yaml:9: slack.channels.alerts: nothing is given"} {
		if err == nil || strings.Count(err.Error(), want) != 1 {
			t.Errorf("error does not mention %s: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "APP") {
		t.Errorf("the buttons' token is not needed: %v", err)
	}
	if hints := strings.Join(allHints(err), "\n"); !strings.Contains(hints, "slack.token: ${SLACK_BOT_TOKEN} or slack.token_file") {
		t.Errorf("hints = %s", hints)
	}
}

func TestListenVariable(t *testing.T) {
	for value, want := range map[string]string{":9090": ":9090", "": "127.0.0.1:8080"} {
		cfg, err := load(t, minimal, map[string]string{"DSN": "x", "DANGOL_HTTP_LISTEN": value})
		if err != nil || cfg.HTTP.Listen != want {
			t.Errorf("%q: %v, %v; want %s", value, cfg.HTTP, err, want)
		}
	}
	_, err := load(t, minimal, map[string]string{"DSN": "x", "DANGOL_HTTP_LISTEN": "9090"})
	if err == nil || !strings.Contains(err.Error(), `the variable DANGOL_HTTP_LISTEN: bad address "9090"`) {
		t.Errorf("error = %v", err)
	}
}

func TestQuiet(t *testing.T) {
	for span, want := range map[string][2]time.Duration{
		"20:00-08:00": {20 * time.Hour, 8 * time.Hour},
		"12:30-13:15": {12*time.Hour + 30*time.Minute, 13*time.Hour + 15*time.Minute},
		"00:00-06:00": {0, 6 * time.Hour},
	} {
		from, to, ok := Calendar{QuietHours: span}.Quiet()
		if !ok || from != want[0] || to != want[1] {
			t.Errorf("%s: %v to %v, %v", span, from, to, ok)
		}
	}
	for _, span := range []string{"", "08:00-08:00", "24:00-08:00", "8:00-9:00"} {
		if _, _, ok := (Calendar{QuietHours: span}).Quiet(); ok {
			t.Errorf("%q is quiet", span)
		}
	}
}

// TestUnreadablePaths: the config itself, and the files it names.
func TestUnreadablePaths(t *testing.T) {
	dir := t.TempDir()
	none := func(string) (string, bool) { return "", false }
	locked := filepath.Join(dir, "locked.yaml")
	if err := os.WriteFile(locked, []byte(minimal), 0); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, want, hint string }{
		{dir, "is a directory", "name the file in it"},
		{filepath.Join(dir, "none.yaml"), "no such file or directory", "--config"},
		{"/dev/zero", "larger than 1 MiB", "--config"},
		{locked, "permission denied", "chmod"},
	}
	for _, tt := range tests {
		if tt.path == locked && os.Geteuid() == 0 {
			continue // root reads everything; the program's own test runs as another user
		}
		_, err := Load(tt.path, none)
		if err == nil || !strings.Contains(err.Error(), "cannot read the config: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		if hints := strings.Join(allHints(err), "\n"); !strings.Contains(hints, tt.hint) {
			t.Errorf("%s: hint = %s", tt.path, hints)
		}
	}
}

func TestBadFiles(t *testing.T) {
	const holidays, leave, merged, quotas, token, pauses = "calendar: {holidays: f}\n", "leave: f\n", "merged", "quotas: {file: f}\n", "slack: {token_file: f}\n", "known_pauses"
	tests := []struct{ name, key, file, want, hint string }{
		{"empty", holidays, "", "calendar.holidays: f:1: no header line", "the columns date"},
		{"semicolons", leave, "rep_id;from;to\nR1;2026-01-01;2026-01-02\n", `leave: f:1: no column rep_id (found "rep_id;from;to")`, "commas"},
		{"other columns", leave, "rep_id,from,until,to\n", `leave: f:1: unknown column "until"`, "rep_id, from, to"},
		{"column twice", holidays, "date,date\n", `f:1: column "date" stands there 2 times`, "columns"},
		{"EUC-KR", holidays, "date,name\n2026-01-01,\xbd\xc5\xc1\xa4\n", "calendar.holidays: f:2: this is not UTF-8", "CSV UTF-8"},
		{"short line", leave, "rep_id,from,to\nR1,2026-01-01\n", "leave: f:2: 2 fields in the place of 3", "columns"},
		{"open quote", holidays, "date,name\n2026-01-01,a\"b\n", "calendar.holidays: f:2: ", "columns"},
		{"bad dates", leave, "rep_id,from,to\n\nR1,soon,2026-01-02\nR2,2026-01-01,\n", `leave: f:3: column from: "soon" is no date`, "YYYY-MM-DD"},
		{"second bad date", leave, "rep_id,from,to\n\nR1,soon,2026-01-02\nR2,2026-01-01,\n", `leave: f:4: column to: "" is no date`, "YYYY-MM-DD"},
		{"nobody", leave, "rep_id,from,to\n,2026-01-01,2026-01-02\n", "leave: f:2: column rep_id is empty", "columns"},
		{"itself", merged, "customer_id,merged_into\nA,A\n", `sales.merged_into: f:2: "A" is merged into itself`, "two different ids"},
		{"twice", merged, "customer_id,merged_into\nA,B\nA,C\n", `sales.merged_into: f:3: "A" stands in line 2 already`, "once"},
		{"pause backwards", pauses, "customer_id,from,to,why\nA,2026-02-01,2026-01-01,holiday\n", "sales.known_pauses: f:2: the pause ends on 2026-01-01, before it begins", "both days included"},
		{"pause of nobody", pauses, "customer_id,from,to\n,2026-01-01,2026-02-01\n", "sales.known_pauses: f:2: column customer_id is empty", "customer_id, from, to"},
		{"metric", quotas, "rep_id,metric,period,target\nR1,visits,week,3\n", `quotas.file: f:2: column metric: unknown value "visits"`, "rep_id, metric"},
		{"period", quotas, "rep_id,metric,period,target\nR1,sales,year,3\n", `quotas.file: f:2: column period: unknown value "year"`, "rep_id, metric"},
		{"target", quotas, "rep_id,metric,period,target,starts_on\nR1,sales,week,3,\nR1,sales,week,many,\n", `quotas.file: f:3: column target: "many" is no number`, "a number from 0"},
		{"start", quotas, "rep_id,metric,period,target,starts_on\nR1,sales,week,3,now\n", `quotas.file: f:2: column starts_on: "now" is no date`, "YYYY-MM-DD"},
		{"cut", holidays, "date\n" + strings.Repeat("x\n", 30), "calendar.holidays: f: 10 more bad lines", "columns"},
		{"no secret", token, "\n", "slack.token_file: the file f is empty", "only line"},
		{"two secrets", token, "a\nb\n", "slack.token_file: the file f holds more than one line", "only line"},
		{"UTF-16", token, "\xff\xfea\x00", "slack.token_file: the file f holds more than one line of text", "UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			text := minimal + tt.key
			if tt.key == merged {
				text = strings.Replace(minimal, "sales:\n", "sales:\n  merged_into: f\n", 1)
			}
			if tt.key == pauses {
				text = strings.Replace(minimal, "sales:\n", "sales:\n  known_pauses: f\n", 1)
			}
			for name, content := range map[string]string{"f": tt.file, "dangol.yaml": text} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Load(filepath.Join(dir, "dangol.yaml"), func(name string) (string, bool) { return "x", name == "DSN" })
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error = %v\nwant %s", err, tt.want)
			}
			if hints := strings.Join(allHints(err), "\n"); !strings.Contains(hints, tt.hint) {
				t.Errorf("hint = %s\nwant %s", hints, tt.hint)
			}
		})
	}
}

func TestGoodFiles(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"quotas.csv":   "\ufeffrep_id, metric, period, starts_on, target\r\nR1,sales,month,2026-01-01,5e7\r\nR2,cold_visits,week,,20\r\n",
		"token":        "\ufeffxoxb-1\r\n",
		"holidays.csv": "name,date\n설날,2026-02-17\n",
		"dangol.yaml":  minimal + "quotas: {file: quotas.csv}\nslack: {token_file: token}\ncalendar: {holidays: holidays.csv}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := Load(filepath.Join(dir, "dangol.yaml"), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Slack.Token.Reveal() != "xoxb-1" || len(cfg.Calendar.Holidays.Dates) != 1 {
		t.Errorf("token %q, holidays %v", cfg.Slack.Token.Reveal(), cfg.Calendar.Holidays.Dates)
	}
	rows := cfg.Quotas.Rows
	if len(rows) != 2 || rows[0].Target != 5e7 || rows[0].StartsOn.String() != "2026-01-01" || rows[1].RepID != "R2" || rows[1].StartsOn != 0 {
		t.Errorf("quotas = %+v", rows)
	}
}

// FuzzLoad: whatever the text, loading ends, in a config or in an error that
// names the file.
func FuzzLoad(f *testing.F) {
	example, err := os.ReadFile("example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(example), minimal, "a: &a [*a]\n", "<<: {a: b}\n", "- 1\n", "\ufeff---\n...\n", "quotas: [[{}]]\n", "jobs: {lost-customers: {<<: 1}}\n", "? {a: b}\n: c\n"} {
		f.Add(seed)
	}
	path := filepath.Join(f.TempDir(), "dangol.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := Load(path, func(string) (string, bool) { return "", false })
		if err != nil && !strings.Contains(err.Error(), "dangol.yaml") {
			t.Errorf("the error names no file: %v", err)
		}
		if err == nil && (cfg.Timezone.Location == nil || cfg.Sales.Queries["customers"] == "") {
			t.Errorf("a config without what it needs: %+v", cfg)
		}
	})
}

// The environment says where the state is only where the config does not.
func TestStatePathOfTheEnvironment(t *testing.T) {
	env := map[string]string{"DSN": "x", "DANGOL_STATE_PATH": "/var/lib/x.db"}
	for _, tt := range []struct{ more, want string }{{"", "/var/lib/x.db"}, {"state: {path: own.db}\n", "own.db"}} {
		cfg, err := load(t, minimal+tt.more, env)
		if err != nil || cfg.State.Path != tt.want {
			t.Errorf("%q: %q, %v, want %q", tt.more, cfg.State.Path, err, tt.want)
		}
	}
}
