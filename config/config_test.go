package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangol/internal/hint"
)

const minimal = "timezone: Asia/Seoul\ndatabase: {dsn: \"${DSN}\"}\nsales:\n  queries:\n    order_lines: SELECT 1\n    customers: SELECT 1\n"

func load(t *testing.T, text string, env map[string]string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dangol.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
}

func TestLoadFillsDefaults(t *testing.T) {
	cfg, err := load(t, minimal, map[string]string{"DSN": "bot:pw@tcp(db)/erp"})
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Database.DSN.Reveal(); got != "bot:pw@tcp(db)/erp" {
		t.Errorf("dsn = %q", got)
	}
	if cfg.Sales.StoredTimezone.String() != "Asia/Seoul" || cfg.Regular.BuyingDays != 5 || !cfg.RepFigures {
		t.Errorf("defaults are off: %+v", cfg)
	}
	if err := cfg.Need("database"); err != nil {
		t.Error(err)
	}
}

func TestUnsetVariableMattersOnlyWhereNeeded(t *testing.T) {
	cfg, err := load(t, minimal+"slack: {token: \"${TOKEN}\"}\n", map[string]string{"DSN": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Need("database"); err != nil {
		t.Errorf("the database does not use TOKEN: %v", err)
	}
	err = cfg.Need("slack.token")
	if err == nil || !strings.Contains(err.Error(), "dangol.yaml:7: slack.token: the variable TOKEN is not set") {
		t.Errorf("error = %v", err)
	}
}

func TestBadConfigNamesLineKeyAndRemedy(t *testing.T) {
	tests := []struct{ name, text, want, hint string }{
		{"unknown key", minimal + "sluck: {}\n", "dangol.yaml:7: sluck: unknown key", "did you mean slack?"},
		{"unknown key inside", minimal + "slack:\n  chanels: {}\n", "dangol.yaml:8: slack.chanels: unknown key", "did you mean channels?"},
		{"unknown key deep", minimal + "slack:\n  channels:\n    alert: \"#x\"\n", "dangol.yaml:9: slack.channels.alert: unknown key", "did you mean alerts?"},
		{"unknown key in a quota", minimal + "quotas:\n- {metric: sales, period: month, targt: 1}\n", "dangol.yaml:8: quotas[0].targt: unknown key", "did you mean target?"},
		{"wrong type", minimal + "regular: {buying_days: many}\n", `dangol.yaml:7: regular.buying_days: "many" is not a whole number`, "write a whole number"},
		{"two documents", minimal + "---\nlocale: en\n", ": a second document", "keep one document"},
		{"empty", "  \n", "the file is empty", "README"},
		{"a list", "- a\n", "dangol.yaml:1: no keys and values", "README"},
		{"no yaml", "timezone: [\n", "this is no YAML", "brackets"},
		{"twice", minimal + "locale: en\nlocale: ko\n", "stands twice", "keep one"},
		{"zone", strings.Replace(minimal, "Asia/Seoul", "Asia/Soul", 1), `dangol.yaml:1: timezone: unknown time zone "Asia/Soul"`, "Asia/Seoul"},
		{"no zone", strings.Replace(minimal, "timezone: Asia/Seoul", "locale: en", 1), "timezone: nothing is given", "Asia/Seoul"},
		{"locale", minimal + "locale: fr\n", `dangol.yaml:7: locale: unknown value "fr"`, "en, ko"},
		{"duration", strings.Replace(minimal, "{dsn: \"${DSN}\"}", "{dsn: x, query_timeout: soon}", 1), `dangol.yaml:2: database.query_timeout: bad duration "soon"`, "want a positive one"},
		{"relation", minimal + "    orders: SELECT 1\n", "dangol.yaml:7: sales.queries.orders: unknown relation", "order_lines"},
		{"no query", strings.Replace(minimal, "    customers: SELECT 1\n", "", 1), "sales.queries.customers: nothing is given", "customers"},
		{"channel", minimal + "slack: {channels: {alerts: sales}}\n", `slack.channels.alerts: bad channel "sales"`, "channel name"},
		{"quiet hours", minimal + "calendar: {quiet_hours: \"8pm\"}\n", "calendar.quiet_hours", "20:00-08:00"},
		{"job", minimal + "jobs: {lost-customer: {}}\n", "jobs.lost-customer: unknown job", "lost-customers"},
		{"secret file", minimal + "slack: {token_file: nowhere}\n", "dangol.yaml:7: slack.token_file: cannot read the secret", "create the file"},
		{"currency", minimal + "currency: WON\n", `unknown currency "WON"`, "KRW"},
		{"staleness", strings.Replace(minimal, "sales:\n", "sales:\n  max_staleness: long\n", 1), "sales.max_staleness: bad number of days", "14d"},
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

func allHints(err error) []string { return hint.Of(err) }

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := load(t, "locale: fr\nregular: {buying_days: 1}\ncurrency: X\n", nil)
	for _, want := range []string{"timezone", "locale", "regular.buying_days", "currency", "order_lines", "customers"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error does not mention %s: %v", want, err)
		}
	}
}

func TestFilesNameLineAndColumn(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("holidays.csv", "date,name\n2026-01-01,New Year\n2026-13-01,nothing\n")
	write("leave.csv", "rep_id,from,to\nR1,2026-01-05,2026-01-02\n")
	write("merged.csv", "customer_id,into\nA,B\n")
	write("dangol.yaml", minimal+"calendar: {holidays: holidays.csv}\nleave: leave.csv\n")
	_, err := Load(filepath.Join(dir, "dangol.yaml"), func(string) (string, bool) { return "", false })
	for _, want := range []string{"dangol.yaml:7: calendar.holidays: holidays.csv:3: column date: \"2026-13-01\" is no date", "dangol.yaml:8: leave: leave.csv:2: the leave ends"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error does not mention %s: %v", want, err)
		}
	}
	write("dangol.yaml", strings.Replace(minimal, "sales:\n", "sales:\n  merged_into: merged.csv\n", 1))
	_, err = Load(filepath.Join(dir, "dangol.yaml"), func(string) (string, bool) { return "", false })
	if err == nil || !strings.Contains(err.Error(), "merged.csv:1: no column merged_into (found \"customer_id, into\")") {
		t.Errorf("error = %v", err)
	}
}

func TestSecretNeverPrints(t *testing.T) {
	cfg, err := load(t, minimal, map[string]string{"DSN": "bot:hunter2@tcp(db)/erp"})
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{strings.TrimSpace(cfg.Database.DSN.String()), cfg.Database.DSN.LogValue().String(), cfg.Database.DSN.GoString()} {
		if strings.Contains(printed, "hunter2") {
			t.Errorf("the secret shows: %s", printed)
		}
	}
}
