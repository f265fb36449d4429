package config

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v4"
)

// exampleVariables are the variables that the example names.
var exampleVariables = map[string]string{
	"DANGOL_DSN":      "bot:secret@tcp(db.example.com:3306)/erp",
	"SLACK_BOT_TOKEN": "xoxb-1",
	"SLACK_APP_TOKEN": "xapp-1",
}

func loadExample(t *testing.T, variables map[string]string) *Config {
	t.Helper()
	cfg, err := Load("example.yaml", func(name string) (string, bool) { v, ok := variables[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestExampleLoads(t *testing.T) {
	cfg := loadExample(t, exampleVariables)
	if err := cfg.Need("database", "sales", "slack", "slack.token", "slack.channels.alerts", "slack.channels.ops"); err != nil {
		t.Errorf("the example is not enough for a run: %v", err)
	}
	if n := len(cfg.Sales.Queries); n != 7 {
		t.Errorf("the example has %d of the 7 relations", n)
	}
	if n := len(cfg.Slack.Channels.ByRole()); n != 4 {
		t.Errorf("the example has %d of the 4 channels", n)
	}
}

func TestExampleNeedsItsVariablesOnlyForUse(t *testing.T) {
	cfg := loadExample(t, nil)
	for key, variable := range map[string]string{"database": "DANGOL_DSN", "slack.token": "SLACK_BOT_TOKEN", "slack.app_token": "SLACK_APP_TOKEN"} {
		if err := cfg.Need(key); err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("Need(%q) without %s = %v", key, variable, err)
		}
	}
}

// The config in the README is what newcomers copy.
func TestReadmeConfigLoads(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatal("the README shows no config")
	}
	cfg, err := load(t, string(block[1]), exampleVariables)
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Need("database", "sales", "slack", "slack.token", "slack.channels.alerts", "slack.channels.ops"); err != nil {
		t.Errorf("the README's config is not enough for a run: %v", err)
	}
}

// The values of optional keys are their defaults, so that the example may be
// copied without changing what Dangol does.
func TestExampleShowsDefaults(t *testing.T) {
	cfg, want := loadExample(t, exampleVariables), defaults()
	for _, pair := range []struct {
		key       string
		got, want any
	}{
		{"locale", cfg.Locale, want.Locale},
		{"database.query_timeout", cfg.Database.QueryTimeout, want.Database.QueryTimeout},
		{"database.max_connections", cfg.Database.MaxConnections, want.Database.MaxConnections},
		{"sales.merge_days", cfg.Sales.MergeDays, want.Sales.MergeDays},
		{"sales.settle_days", cfg.Sales.SettleDays, want.Sales.SettleDays},
		{"sales.max_staleness", cfg.Sales.MaxStaleness, want.Sales.MaxStaleness},
		{"regular", cfg.Regular, want.Regular},
		{"calendar.weekend", cfg.Calendar.Weekend, want.Calendar.Weekend},
		{"calendar.fiscal_year_starts", cfg.Calendar.FiscalYearStarts, want.Calendar.FiscalYearStarts},
		{"calendar.quiet_hours", cfg.Calendar.QuietHours, want.Calendar.QuietHours},
		{"rep_figures", cfg.RepFigures, want.RepFigures},
		{"slack.api_url", cfg.Slack.APIURL, want.Slack.APIURL},
		{"slack.daily_cap", cfg.Slack.DailyCap, want.Slack.DailyCap},
		{"slack.on_ambiguous", cfg.Slack.OnAmbiguous, want.Slack.OnAmbiguous},
		{"state", cfg.State, want.State},
		{"http", cfg.HTTP, want.HTTP},
		{"run", cfg.Run, want.Run},
	} {
		if !reflect.DeepEqual(pair.got, pair.want) {
			t.Errorf("%s is %v in the example, %v by default", pair.key, pair.got, pair.want)
		}
	}
}

func TestExampleNamesEveryKey(t *testing.T) {
	text, err := os.ReadFile("example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	keys := yamlKeys(reflect.TypeFor[Config]())
	// What these types decode by themselves has keys of its own.
	for _, inner := range []reflect.Type{reflect.TypeFor[Quota](), reflect.TypeFor[Ramp]()} {
		keys = append(keys, yamlKeys(inner)...)
	}
	for _, wanted := range []string{"timezone", "query_timeout", "channels", "on_ambiguous", "listen", "by_rep", "months"} {
		if !slices.Contains(keys, wanted) {
			t.Fatalf("the walk over the types misses %s", wanted)
		}
	}
	for _, key := range append(keys, "file") {
		if !regexp.MustCompile(`(?m)(^|[\s{])` + key + `:`).Match(text) {
			t.Errorf("example.yaml does not show the key %s", key)
		}
	}
	for _, job := range jobNames {
		if !strings.Contains(string(text), job) {
			t.Errorf("example.yaml does not name the job %s", job)
		}
	}
}

// yamlKeys lists the YAML keys of a struct and of the structs within it.
func yamlKeys(t reflect.Type) []string {
	var keys []string
	for field := range t.Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		keys = append(keys, key)
		if field.Type.Kind() == reflect.Struct {
			keys = append(keys, yamlKeys(field.Type)...)
		}
	}
	return keys
}

// manifest is the part of Slack's app manifest that the tests look at.
type manifest struct {
	Features struct {
		Commands []map[string]any `yaml:"slash_commands"`
		BotUser  map[string]any   `yaml:"bot_user"`
		AppHome  struct {
			Messages bool `yaml:"messages_tab_enabled"`
		} `yaml:"app_home"`
	} `yaml:"features"`
	OAuth struct {
		Scopes map[string][]string `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings map[string]any `yaml:"settings"`
}

// scopes says which scopes of the bot's token a method of the Web API needs. That
// of apps.connections.open belongs to the app-level token.
var scopes = map[string][]string{
	"apps.connections.open": nil, "auth.test": nil, "views.open": {"commands"}, // what opens a form is a press, or /dangol
	"chat.postMessage": {"chat:write"}, "chat.update": {"chat:write"}, "chat.postEphemeral": {"chat:write"},
	"conversations.history": {"channels:history", "groups:history", "im:history"}, "conversations.replies": {"channels:history", "groups:history", "im:history"},
	"conversations.info": {"channels:read", "groups:read"}, "conversations.list": {"channels:read", "groups:read"}, "conversations.open": {"im:write"},
	"files.getUploadURLExternal": {"files:write"}, "files.completeUploadExternal": {"files:write"},
	"usergroups.list": {"usergroups:read"}, "usergroups.users.list": {"usergroups:read"},
	"users.info": {"users:read", "users:read.email"}, "users.lookupByEmail": {"users:read.email"},
}

// method is how the Web API names its methods.
var method = regexp.MustCompile(`"((?:apps|auth|chat|conversations|files|reactions|usergroups|users|views|team|pins|bots|dnd)\.[a-zA-Z.]+)"`)

// methodsCalled are the methods that notify/slack names.
func methodsCalled(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "notify", "slack", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range method.FindAllSubmatch(text, -1) {
			called[string(match[1])] = true
		}
	}
	if len(called) < 10 {
		t.Fatalf("only %v: the search looks in the wrong place", called)
	}
	return slices.Sorted(maps.Keys(called))
}

// scopesOf are the scopes that methods need together.
func scopesOf(t *testing.T, methods []string) []string {
	t.Helper()
	needed := map[string]bool{}
	for _, m := range methods {
		list, known := scopes[m]
		if !known {
			t.Errorf("nothing says which scope %s needs", m)
		}
		for _, scope := range list {
			needed[scope] = true
		}
	}
	return slices.Sorted(maps.Keys(needed))
}

func TestSlackManifestAsksForTheLeast(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "deploy", "slack-manifest.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var m manifest
	if err := yaml.Load(text, &m); err != nil {
		t.Fatal(err)
	}
	want := scopesOf(t, methodsCalled(t))
	got := slices.Sorted(slices.Values(m.OAuth.Scopes["bot"]))
	if !slices.Equal(got, want) {
		t.Errorf("bot scopes = %v, the methods called need %v", got, want)
	}
	if len(m.OAuth.Scopes) != 1 {
		t.Errorf("scopes other than the bot's: %v", m.OAuth.Scopes)
	}
	if m.Settings["socket_mode_enabled"] != true || m.Settings["token_rotation_enabled"] != false {
		t.Errorf("settings = %v, want Socket Mode and no token rotation", m.Settings)
	}
	if _, there := m.Settings["event_subscriptions"]; there {
		t.Error("the app subscribes to events")
	}
	if len(m.Features.Commands) != 1 || m.Features.Commands[0]["command"] != "/dangol" {
		t.Errorf("slash commands %v", m.Features.Commands)
	}
	if m.Features.BotUser["display_name"] == nil || !m.Features.AppHome.Messages {
		t.Error("the app needs a bot user and its messages tab, or nobody sees its direct messages")
	}
}
