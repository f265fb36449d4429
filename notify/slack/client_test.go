package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/hint"
	"dangol/notify"
)

var ctx = context.Background()

func draft(id string) notify.Draft {
	return notify.Draft{Message: notify.Message{ID: id, Text: "Lost: Kim Foods"}}
}

func start(t *testing.T) (*fakeslack.Server, *Client, string) {
	t.Helper()
	server := fakeslack.Start(t, time.Now)
	channel := server.AddChannel("#alerts")
	return server, New(Options{Token: server.Token, APIURL: server.APIURL(), Timeout: 5 * time.Second}), channel
}

// TestClasses says what each way of failing means for the message.
func TestClasses(t *testing.T) {
	tests := []struct {
		name   string
		effect fakeslack.Effect
		class  notify.Class
		code   string
		hint   string
	}{
		{"lost answer", fakeslack.DropAfter(), notify.Ambiguous, "no_answer", ""},
		{"lost call", fakeslack.DropBefore(), notify.Ambiguous, "no_answer", ""},
		{"503", fakeslack.Broken(503), notify.Ambiguous, "http_503", ""},
		{"408", fakeslack.Broken(408), notify.Ambiguous, "http_408", ""},
		{"404", fakeslack.Broken(404), notify.Stop, "http_404", "slack.api_url"},
		{"302", fakeslack.Broken(302), notify.Stop, "http_302", "proxy"},
		{"429", fakeslack.RateLimit(9 * time.Second), notify.Retry, "ratelimited", ""},
		{"nonsense", fakeslack.Garble(), notify.Ambiguous, "undecodable", ""},
		{"token", fakeslack.Refuse("invalid_auth"), notify.Stop, "invalid_auth", "slack.token"},
		{"revoked", fakeslack.Refuse("token_revoked"), notify.Stop, "token_revoked", "slack.token"},
		{"not invited", fakeslack.Refuse("not_in_channel"), notify.Park, "not_in_channel", "/invite"},
		{"no channel", fakeslack.Refuse("channel_not_found"), notify.Park, "channel_not_found", "slack.channels"},
		{"archived", fakeslack.Refuse("is_archived"), notify.Park, "is_archived", "unarchive"},
		{"blocks", fakeslack.Refuse("invalid_blocks"), notify.Payload, "invalid_blocks", ""},
		{"too long", fakeslack.Refuse("msg_blocks_too_long"), notify.Payload, "msg_blocks_too_long", ""},
		{"thread", fakeslack.Refuse("thread_not_found"), notify.Gone, "thread_not_found", ""},
		{"Slack broke", fakeslack.Refuse("internal_error"), notify.Ambiguous, "internal_error", ""},
		{"unknown", fakeslack.Refuse("some_new_word"), notify.Retry, "some_new_word", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server, client, channel := start(t)
			server.Fail("chat.postMessage", 1, tt.effect)
			_, err := client.Post(ctx, notify.Place{Channel: channel}, draft("d1"))
			var e *notify.SendError
			if !errors.As(err, &e) || e.Class != tt.class || e.Code != tt.code {
				t.Fatalf("error %v, class %v", err, notify.ClassOf(err))
			}
			if tt.effect.After != e.After {
				t.Errorf("asks to wait %v, want %v", e.After, tt.effect.After)
			}
			if got := strings.Join(hint.Of(err), " "); !strings.Contains(got, tt.hint) || tt.hint == "" && got != "" {
				t.Errorf("hint %q, want %q", got, tt.hint)
			}
			if strings.Contains(err.Error(), server.Token) {
				t.Error("the error shows the token")
			}
		})
	}
}

func TestMissingScopeIsNamed(t *testing.T) {
	server, client, channel := start(t)
	server.Grant("channels:read")
	_, err := client.Post(ctx, notify.Place{Channel: channel}, draft("d1"))
	if notify.ClassOf(err) != notify.Stop || !strings.Contains(strings.Join(hint.Of(err), " "), "scope chat:write") {
		t.Errorf("error %v, hint %q", err, hint.Of(err))
	}
}

// TestRefusalWithoutAReason must not pass for success.
func TestRefusalWithoutAReason(t *testing.T) {
	for _, body := range []string{`{"ok":false}`, `{}`, `{"ok":true}`, `null`, `[]`, ``} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, body)
		}))
		client := New(Options{Token: "xoxb-1", APIURL: server.URL})
		if _, err := client.Post(ctx, notify.Place{Channel: "C1"}, draft("d1")); notify.ClassOf(err) != notify.Ambiguous || err == nil {
			t.Errorf("%s: %v", body, err)
		}
		server.Close()
	}
}

// TestNotSent: without a connection the message is surely not there; once the
// request is out, nobody knows.
func TestNotSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	nobody := New(Options{Token: "xoxb-1", APIURL: "http://" + address + "/api/"})
	_, err = nobody.Post(ctx, notify.Place{Channel: "C1"}, draft("d1"))
	if notify.ClassOf(err) != notify.Retry || len(hint.Of(err)) == 0 {
		t.Errorf("nobody there: %v", err)
	}
	server, _, channel := start(t)
	server.Fail("chat.postMessage", 1, fakeslack.Effect{Hang: time.Minute})
	hasty := New(Options{Token: server.Token, APIURL: server.APIURL(), Timeout: 50 * time.Millisecond})
	_, err = hasty.Post(ctx, notify.Place{Channel: channel}, draft("d1"))
	if notify.ClassOf(err) != notify.Ambiguous {
		t.Errorf("no answer in time: %v", err)
	}
	if len(server.Channel(channel).Messages()) != 1 {
		t.Error("the message is not there")
	}
}

// TestHowFarTheRequestGot decides whether a message may be sent again unseen.
func TestHowFarTheRequestGot(t *testing.T) {
	broken, late := errors.New("connection reset"), &url.Error{Err: context.DeadlineExceeded}
	tests := []struct {
		name               string
		connected, written bool
		err                error
		want               notify.Class
	}{
		{"no connection", false, false, broken, notify.Retry},
		{"no connection in time", false, false, late, notify.Retry},
		{"broke while writing", true, false, broken, notify.Retry},
		{"given up while writing", true, false, late, notify.Ambiguous},
		{"cancelled while writing", true, false, context.Canceled, notify.Ambiguous},
		{"broke after writing", true, true, broken, notify.Ambiguous},
		{"no answer in time", true, true, late, notify.Ambiguous},
	}
	for _, tt := range tests {
		var trip trip
		trip.connected.Store(tt.connected)
		trip.written.Store(tt.written)
		if got := notify.ClassOf(trip.failure("chat.postMessage", tt.err)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestPostSaysWhatItMust(t *testing.T) {
	server, client, channel := start(t)
	at, err := client.Post(ctx, notify.Place{Channel: "#alerts"}, draft("d1"))
	if err != nil || at.Channel != channel {
		t.Fatalf("%+v, %v", at, err)
	}
	args := server.Requests("chat.postMessage")[0].Args
	want := map[string]string{
		"unfurl_links": "false", "unfurl_media": "false", "thread_ts": "",
		"metadata": `{"event_type":"dangol","event_payload":{"delivery_id":"d1"}}`,
	}
	for key, value := range want {
		if args[key] != value {
			t.Errorf("%s is %q, want %q", key, args[key], value)
		}
	}
}

// TestUpdateKeepsTheMessagesOwnID: the message stays what it is, whatever
// delivery changes its text; and blocks do not outlive a text-only update.
func TestUpdateKeepsTheMessagesOwnID(t *testing.T) {
	server, client, channel := start(t)
	d := draft("d1")
	d.Blocks = []notify.Block{block(notify.Header, line(notify.Span{Text: "Lost"}))}
	at, err := client.Post(ctx, notify.Place{Channel: channel}, d)
	if err != nil {
		t.Fatal(err)
	}
	update := draft("d2")
	update.Target, update.TextOnly = "d1", true
	if err := client.Update(ctx, at, update); err != nil {
		t.Fatal(err)
	}
	m := server.Channel(channel).Messages()[0]
	if m.DeliveryID() != "d1" || m.Blocks != nil || m.Edited != 1 {
		t.Errorf("%s, blocks %s", m.DeliveryID(), m.Blocks)
	}
}

func TestUpdateOfWhatIsGone(t *testing.T) {
	server, client, channel := start(t)
	foreign := server.Channel(channel).Say("U2", "hello")
	for _, ts := range []string{foreign, "1.000001"} {
		err := client.Update(ctx, notify.Receipt{Channel: channel, TS: ts}, draft("d1"))
		if notify.ClassOf(err) != notify.Gone {
			t.Errorf("%s: %v", ts, err)
		}
	}
}

func TestFind(t *testing.T) {
	server, client, channel := start(t)
	since := time.Now().Add(-time.Hour)
	parent, err := client.Post(ctx, notify.Place{Channel: channel}, draft("parent"))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := client.Reply(ctx, parent, draft("reply"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 250 {
		server.Channel(channel).Say("U2", fmt.Sprint(i))
	}
	thread := notify.Place{Channel: channel, Thread: parent.TS}
	tests := []struct {
		name  string
		in    notify.Place
		id    string
		since time.Time
		want  string
	}{
		{"in the channel", notify.Place{Channel: channel}, "parent", since, parent.TS},
		{"in the thread", thread, "reply", since, reply.TS},
		{"a reply is not in the channel", notify.Place{Channel: channel}, "reply", since, ""},
		{"out of its thread", notify.Place{Channel: channel, Thread: "1.000001"}, "parent", since, parent.TS},
		{"nowhere", thread, "other", since, ""},
		{"too old", notify.Place{Channel: channel}, "parent", time.Now().Add(time.Hour), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at, found, err := client.Find(ctx, tt.in, tt.id, tt.since)
			if err != nil || found != (tt.want != "") || at.TS != tt.want {
				t.Errorf("%+v %v %v", at, found, err)
			}
		})
	}
}

// TestFindAmongForeignBlocks reads a history that holds kinds of blocks nobody
// has heard of.
func TestFindAmongForeignBlocks(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"ok":true,"messages":[
			{"ts":"2.000000","blocks":[{"type":"context","elements":[{"type":"hologram"}]}],"metadata":{"event_type":"other","event_payload":{"n":1}}},
			{"ts":"1.000000","metadata":{"event_type":"dangol","event_payload":{"delivery_id":"d1"}}}]}`)
	}))
	defer server.Close()
	at, found, err := New(Options{APIURL: server.URL}).Find(ctx, notify.Place{Channel: "C1"}, "d1", time.Unix(0, 0))
	if err != nil || !found || at.TS != "1.000000" {
		t.Errorf("%+v %v %v", at, found, err)
	}
}

// TestReadingNeverStops: what may not be read does not end the drain, unless
// the token itself is bad.
func TestReadingNeverStops(t *testing.T) {
	server, client, channel := start(t)
	look := map[string]func() error{
		"history": func() error {
			_, _, err := client.Find(ctx, notify.Place{Channel: channel}, "d1", time.Unix(0, 0))
			return err
		},
		"list": func() error { _, err := client.Channel(ctx, "#alerts"); return err },
		"user": func() error { _, err := client.User(ctx, "kim@example.com"); return err },
		"open": func() error { _, err := client.Direct(ctx, "U1"); return err },
	}
	for name, f := range look {
		for code, class := range map[string]notify.Class{
			"missing_scope": notify.Park, "unknown_method": notify.Park, "invalid_auth": notify.Stop, "internal_error": notify.Ambiguous,
		} {
			server.Fail("", 1, fakeslack.Refuse(code))
			if err := f(); notify.ClassOf(err) != class {
				t.Errorf("%s: %v is %s", name, err, notify.ClassOf(err))
			}
		}
	}
}

func TestDirectory(t *testing.T) {
	server, client, channel := start(t)
	server.AddUser(fakeslack.User{ID: "U1", Email: "kim@example.com"})
	server.AddUser(fakeslack.User{ID: "U2", Email: "old@example.com", Gone: true})
	hidden := server.AddChannel("#inner")
	server.Channel("#inner").Private()
	if id, err := client.Channel(ctx, "alerts"); err != nil || id != channel {
		t.Errorf("channel %s, %v", id, err)
	}
	if id, err := client.Channel(ctx, "#inner"); err != nil || id != hidden {
		t.Errorf("private channel %s, %v", id, err)
	}
	if _, err := client.Channel(ctx, "#nowhere"); notify.ClassOf(err) != notify.Park {
		t.Errorf("no such channel: %v", err)
	}
	if id, err := client.User(ctx, " Kim@example.com"); err != nil || id != "U1" {
		t.Errorf("user %s, %v", id, err)
	}
	if _, err := client.User(ctx, "old@example.com"); notify.ClassOf(err) != notify.Park {
		t.Errorf("deactivated user: %v", err)
	}
	if _, err := client.Direct(ctx, "U2"); notify.ClassOf(err) != notify.Park {
		t.Errorf("direct messages of a deactivated user: %v", err)
	}
	if id, err := client.Direct(ctx, "U1"); err != nil || id != server.DM("U1").ID() {
		t.Errorf("direct messages %s, %v", id, err)
	}
}

func TestTeamAndLink(t *testing.T) {
	server, client, channel := start(t)
	server.Grant("chat:write", "im:write")
	for range 2 {
		team, err := client.Team(ctx)
		if err != nil || team.URL != fakeslack.TeamURL || !slices.Equal(team.Scopes, []string{"chat:write", "im:write"}) {
			t.Errorf("%+v, %v", team, err)
		}
	}
	at, err := client.Post(ctx, notify.Place{Channel: channel}, draft("d1"))
	if err != nil {
		t.Fatal(err)
	}
	if link, err := client.Link(ctx, at); err != nil || link != fakeslack.Permalink(at.Channel, at.TS) {
		t.Errorf("link %s, %v", link, err)
	}
	if calls := len(server.Requests("auth.test")); calls != 1 {
		t.Errorf("asked %d times who we are", calls)
	}
}

// TestChannelOnTheThirdPage pages through a workspace with many channels.
func TestChannelOnTheThirdPage(t *testing.T) {
	server, client, _ := start(t)
	for i := range 2500 {
		server.AddChannel(fmt.Sprint("#c", i))
	}
	want := server.AddChannel("#last")
	if id, err := client.Channel(ctx, "#last"); err != nil || id != want {
		t.Errorf("%s, %v", id, err)
	}
	if pages := len(server.Requests("conversations.list")); pages != 3 {
		t.Errorf("%d pages", pages)
	}
}
