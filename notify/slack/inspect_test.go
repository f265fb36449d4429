package slack_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	yaml "go.yaml.in/yaml/v4"

	"dangol/internal/fakeslack"
	"dangol/notify"
	"dangol/notify/slack"
)

// TestScopesAreTheManifests: what check looks for is what the app asks for.
func TestScopesAreTheManifests(t *testing.T) {
	text, err := os.ReadFile("../../deploy/slack-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
	}
	if err := yaml.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, scope := range slack.Scopes {
		known = append(known, scope.Name)
		if scope.Loses == "" {
			t.Errorf("%s: nothing says what is lost without it", scope.Name)
		}
	}
	if diff := cmp.Diff(manifest.OAuth.Scopes.Bot, known); diff != "" {
		t.Errorf("(-manifest +known)\n%s", diff)
	}
}

func inspected(t *testing.T) (*fakeslack.Server, *slack.Client) {
	t.Helper()
	workspace := fakeslack.Start(t, time.Now)
	return workspace, slack.New(slack.Options{Token: workspace.Token, APIURL: workspace.APIURL()})
}

func TestRooms(t *testing.T) {
	workspace, client := inspected(t)
	for i := range 1100 { // more than one page
		workspace.AddChannel(fmt.Sprintf("noise-%d", i))
	}
	alerts := workspace.AddChannel("alerts")
	workspace.Channel("#alerts").Archive()
	fresh := workspace.AddChannel("alerts")
	workspace.AddChannel("ops")
	workspace.Channel("#ops").Private()
	workspace.AddChannel("hidden")
	workspace.Channel("#hidden").Private().Kick()
	workspace.AddChannel("outside")
	workspace.Channel("#outside").Kick()
	workspace.Fail("conversations.list", 1, fakeslack.RateLimit(time.Second))
	rooms, err := client.Rooms(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]slack.Room{
		"alerts":  {ID: fresh, Name: "alerts", Member: true},
		"ops":     {ID: workspace.Channel("#ops").ID(), Name: "ops", Private: true, Member: true},
		"outside": {ID: workspace.Channel("#outside").ID(), Name: "outside"},
		"hidden":  {},
	}
	for name, room := range want {
		if diff := cmp.Diff(room, rooms[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if room, err := client.Room(t.Context(), alerts); err != nil || !room.Archived {
		t.Errorf("by id: %+v, %v", room, err)
	}
	if _, err := client.Room(t.Context(), "C0NOWHERE"); notify.ClassOf(err) != notify.Park {
		t.Errorf("an unknown id: %v", err)
	}
	workspace.Grant("chat:write")
	if _, err := client.Rooms(t.Context()); err == nil || !strings.Contains(err.Error(), "missing_scope") {
		t.Errorf("without scope: %v", err)
	}
}

func TestUsers(t *testing.T) {
	workspace, client := inspected(t)
	var emails []string
	for i := range 203 {
		emails = append(emails, fmt.Sprintf("rep%d@example.com", i))
		if i != 7 {
			workspace.AddUser(fakeslack.User{ID: fmt.Sprintf("U%03d", i), Email: emails[i], Gone: i == 8})
		}
	}
	workspace.Fail("users.lookupByEmail", 1, fakeslack.RateLimit(time.Second))
	got, err := client.Users(t.Context(), emails)
	want := slack.Directory{Found: 198, Unknown: []string{emails[7], emails[8]}, Left: 3}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	workspace.Fail("users.lookupByEmail", -1, fakeslack.RateLimit(10*time.Minute))
	if got, err := client.Users(t.Context(), emails[:2]); err != nil || got.Left != 2 {
		t.Errorf("a wait beyond all patience: %+v, %v", got, err)
	}
	workspace.Heal()
	workspace.Revoke("token_revoked")
	if got, err := client.Users(t.Context(), emails[:2]); err == nil || got.Left != 2 {
		t.Errorf("a bad token: %+v, %v", got, err)
	}
}
