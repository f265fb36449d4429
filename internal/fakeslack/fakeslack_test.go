package fakeslack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// call posts a form with the token and returns the answer.
func call(t *testing.T, s *Server, method string, pairs ...string) map[string]any {
	t.Helper()
	form := url.Values{"token": {s.Token}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.PostForm(s.APIURL()+method, form)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, r)
}

func decode(t *testing.T, r *http.Response) map[string]any {
	t.Helper()
	defer r.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func start(t *testing.T) (*Server, string) {
	t.Helper()
	s := Start(t, time.Now)
	s.AddUser(User{ID: "U1", Email: "kim@example.com"})
	return s, s.AddChannel("#alerts")
}

// TestBodies: a call may be a form, a JSON body or a query, with the token in
// a header or among the arguments.
func TestBodies(t *testing.T) {
	s, channel := start(t)
	blocks := `[{"type":"header","text":{"type":"plain_text","text":"Title"}}]`
	bodies := map[string]func() (*http.Request, error){
		"json": func() (*http.Request, error) {
			body := fmt.Sprintf(`{"channel":%q,"text":"hi","blocks":%s,"unfurl_links":false}`, channel, blocks)
			r, err := http.NewRequest(http.MethodPost, s.APIURL()+"chat.postMessage", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			r.Header.Set("Authorization", "Bearer "+s.Token)
			return r, err
		},
		"form": func() (*http.Request, error) {
			form := url.Values{"token": {s.Token}, "channel": {"#alerts"}, "text": {"hi"}, "blocks": {blocks}}
			r, err := http.NewRequest(http.MethodPost, s.APIURL()+"chat.postMessage", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return r, err
		},
		"query": func() (*http.Request, error) {
			query := url.Values{"channel": {"alerts"}, "text": {"hi"}, "blocks": {blocks}}
			r, err := http.NewRequest(http.MethodGet, s.APIURL()+"chat.postMessage?"+query.Encode(), nil)
			r.Header.Set("Authorization", "Bearer "+s.Token)
			return r, err
		},
	}
	for name, body := range bodies {
		request, err := body()
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if answer := decode(t, r); answer["ok"] != true || answer["channel"] != channel {
			t.Errorf("%s: %v", name, answer)
		}
	}
	for _, m := range s.Channel("#alerts").Messages() {
		if m.Plain() != "hi\nTitle" {
			t.Errorf("shows %q", m.Plain())
		}
	}
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }

// TestLimits says what Slack refuses, at the limit and one beyond it.
func TestLimits(t *testing.T) {
	text := func(kind, s string) string { return fmt.Sprintf(`{"type":%q,"text":%q}`, kind, s) }
	section := func(s string) string { return `{"type":"section","text":` + text("mrkdwn", s) + `}` }
	header := func(s string) string { return `{"type":"header","text":` + text("plain_text", s) + `}` }
	many := func(item string, n int) string { return strings.TrimSuffix(repeat(item+",", n), ",") }
	fields := func(n int) string { return `{"type":"section","fields":[` + many(text("mrkdwn", "x"), n) + `]}` }
	context := func(n int) string { return `{"type":"context","elements":[` + many(text("mrkdwn", "x"), n) + `]}` }
	button := func(label string) string { return `{"type":"button","text":` + text("plain_text", label) + `}` }
	actions := func(label string, n int) string {
		return `{"type":"actions","elements":[` + many(button(label), n) + `]}`
	}
	rich := func(run string) string {
		return `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + run + `]}]}`
	}
	tests := []struct {
		name, blocks, want string
	}{
		{"50 blocks", many(`{"type":"divider"}`, 50), ""},
		{"51 blocks", many(`{"type":"divider"}`, 51), "invalid_blocks"},
		{"section of 3,000", section(repeat("가", 3000)), ""},
		{"section of 3,001", section(repeat("가", 3001)), "invalid_blocks"},
		{"empty section", section(""), "invalid_blocks"},
		{"section without anything", `{"type":"section"}`, "invalid_blocks"},
		{"10 fields", fields(10), ""},
		{"11 fields", fields(11), "invalid_blocks"},
		{"header of 150", header(repeat("가", 150)), ""},
		{"header of 151", header(repeat("가", 151)), "invalid_blocks"},
		{"header in mrkdwn", `{"type":"header","text":` + text("mrkdwn", "x") + `}`, "invalid_blocks"},
		{"context of 10", context(10), ""},
		{"context of 11", context(11), "invalid_blocks"},
		{"context of none", `{"type":"context","elements":[]}`, "invalid_blocks"},
		{"25 buttons", actions("Go", 25), ""},
		{"26 buttons", actions("Go", 26), "invalid_blocks"},
		{"button of 76", actions(repeat("x", 76), 1), "invalid_blocks"},
		{"rich text", rich(`{"type":"text","text":"x"},{"type":"user","user_id":"U1"},{"type":"link","url":"https://x"}`), ""},
		{"rich text with an empty run", rich(`{"type":"text","text":""}`), "invalid_blocks"},
		{"rich text with an unknown run", rich(`{"type":"hologram"}`), "invalid_blocks"},
		{"image without words", `{"type":"image","image_url":"https://x"}`, "invalid_blocks"},
		{"image", `{"type":"image","image_url":"https://x","alt_text":"x"}`, ""},
		{"unknown kind", `{"type":"hologram"}`, "invalid_blocks"},
		{"same id twice", `{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}`, "invalid_blocks"},
		{"12,000 in all", many(section(repeat("x", 3000)), 4), ""},
		{"12,001 in all", many(section(repeat("x", 3000)), 4) + "," + header("x"), "msg_blocks_too_long"},
		{"not JSON", `{`, "invalid_blocks_format"},
	}
	s, channel := start(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := call(t, s, "chat.postMessage", "channel", channel, "text", "x", "blocks", "["+tt.blocks+"]")
			code, _ := answer["error"].(string)
			if code != tt.want {
				t.Errorf("%v", answer)
			}
			if code == "invalid_blocks" && !strings.Contains(fmt.Sprint(answer["response_metadata"]), "/blocks") {
				t.Errorf("the block is not named: %v", answer)
			}
		})
	}
}

func TestTextAndMetadata(t *testing.T) {
	s, channel := start(t)
	ts := call(t, s, "chat.postMessage", "channel", channel, "text", "x")["ts"].(string)
	tests := []struct{ method, text, metadata, want string }{
		{"chat.postMessage", repeat("가", 50000), "", ""},
		{"chat.postMessage", " ", "", "no_text"},
		{"chat.update", repeat("가", 4000), "", ""},
		{"chat.update", repeat("가", 4001), "", "msg_too_long"},
		{"chat.postMessage", "x", `{"event_type":"a","event_payload":{"delivery_id":"d"}}`, ""},
		{"chat.postMessage", "x", `{"event_type":"a"}`, "invalid_metadata_schema"},
		{"chat.postMessage", "x", `{"event_payload":{}}`, "invalid_metadata_schema"},
		{"chat.postMessage", "x", `[]`, "invalid_metadata_format"},
		{"chat.postMessage", "x", `{"event_type":"a","event_payload":{"x":"` + repeat("x", 1000) + `"}}`, "metadata_too_large"},
	}
	for _, tt := range tests {
		args := []string{"channel", channel, "ts", ts, "text", tt.text}
		if tt.metadata != "" {
			args = append(args, "metadata", tt.metadata)
		}
		answer := call(t, s, tt.method, args...)
		if code, _ := answer["error"].(string); code != tt.want {
			t.Errorf("%s with %.20q and %.40s: %v", tt.method, tt.text, tt.metadata, answer)
		}
	}
	if got := len([]rune(s.Channel(channel).Messages()[1].Text)); got != 40000 {
		t.Errorf("%d characters kept", got)
	}
}

func TestRefusals(t *testing.T) {
	s, channel := start(t)
	s.AddChannel("#old")
	s.Channel("#old").Archive()
	s.AddChannel("#others")
	s.Channel("#others").Kick()
	s.AddChannel("#secret")
	s.Channel("#secret").Private().Kick()
	s.AddUser(User{ID: "U9", Email: "gone@example.com", Gone: true})
	foreign := s.Channel(channel).Say("U1", "hello")
	tests := []struct {
		method string
		args   []string
		want   string
	}{
		{"chat.postMessage", []string{"channel", "#nowhere", "text", "x"}, "channel_not_found"},
		{"chat.postMessage", []string{"channel", "#old", "text", "x"}, "is_archived"},
		{"chat.postMessage", []string{"channel", "#others", "text", "x"}, "not_in_channel"},
		{"chat.postMessage", []string{"channel", "#secret", "text", "x"}, "channel_not_found"},
		{"chat.postMessage", []string{"channel", channel, "text", "x", "thread_ts", "1.0"}, "thread_not_found"},
		{"chat.update", []string{"channel", channel, "ts", foreign, "text", "x"}, "cant_update_message"},
		{"chat.update", []string{"channel", channel, "ts", "1.0", "text", "x"}, "message_not_found"},
		{"chat.update", []string{"channel", "#alerts", "ts", foreign, "text", "x"}, "channel_not_found"},
		{"users.lookupByEmail", []string{"email", "nobody@example.com"}, "users_not_found"},
		{"users.lookupByEmail", []string{"email", "gone@example.com"}, "users_not_found"},
		{"conversations.open", []string{"users", "U9"}, "user_disabled"},
		{"conversations.open", []string{"users", "U404"}, "user_not_found"},
		{"conversations.history", []string{"channel", "#alerts"}, "channel_not_found"},
		{"conversations.history", []string{"channel", s.Channel("#others").ID()}, "not_in_channel"},
		{"conversations.replies", []string{"channel", channel, "ts", "1.0"}, "thread_not_found"},
		{"chat.getPermalink", []string{"channel", channel, "message_ts", "1.0"}, "message_not_found"},
		{"chat.levitate", nil, "unknown_method"},
		{"auth.test", []string{"token", "xoxb-wrong"}, "invalid_auth"},
		{"auth.test", []string{"token", ""}, "not_authed"},
	}
	for _, tt := range tests {
		if answer := call(t, s, tt.method, tt.args...); answer["error"] != tt.want {
			t.Errorf("%s %q: %v, want %s", tt.method, tt.args, answer, tt.want)
		}
	}
}

func TestScopes(t *testing.T) {
	s, channel := start(t)
	s.Grant("chat:write")
	for method, needed := range map[string]string{
		"conversations.open": "im:write", "conversations.history": "channels:history",
		"conversations.list": "channels:read", "users.lookupByEmail": "users:read.email",
	} {
		answer := call(t, s, method, "channel", channel)
		if answer["error"] != "missing_scope" || answer["needed"] != needed || answer["provided"] != "chat:write" {
			t.Errorf("%s: %v", method, answer)
		}
	}
	s.Revoke("token_revoked")
	if answer := call(t, s, "chat.postMessage", "channel", channel, "text", "x"); answer["error"] != "token_revoked" {
		t.Errorf("%v", answer)
	}
}

// TestHistory pages through a channel, newest first, threads apart.
func TestHistory(t *testing.T) {
	s, channel := start(t)
	metadata := `{"event_type":"dangol","event_payload":{"delivery_id":"d"}}`
	var stamps []string
	for i := range 7 {
		answer := call(t, s, "chat.postMessage", "channel", channel, "text", fmt.Sprint(i), "metadata", metadata)
		stamps = append(stamps, answer["ts"].(string))
	}
	reply := call(t, s, "chat.postMessage", "channel", channel, "text", "r", "thread_ts", stamps[3])["ts"].(string)
	read := func(method string, args ...string) (got []string, pages int) {
		for cursor := ""; ; pages++ {
			answer := call(t, s, method, append(args, "channel", channel, "limit", "3", "cursor", cursor)...)
			for _, m := range answer["messages"].([]any) {
				got = append(got, m.(map[string]any)["ts"].(string))
			}
			cursor, _ = answer["response_metadata"].(map[string]any)["next_cursor"].(string)
			if cursor == "" {
				return got, pages + 1
			}
		}
	}
	newest := slices.Clone(stamps)
	slices.Reverse(newest)
	if got, pages := read("conversations.history"); !slices.Equal(got, newest) || pages != 3 {
		t.Errorf("%d pages: %q", pages, got)
	}
	if got, _ := read("conversations.history", "oldest", stamps[2], "latest", stamps[5]); !slices.Equal(got, newest[2:4]) {
		t.Errorf("between: %q", got)
	}
	if got, _ := read("conversations.history", "oldest", stamps[5], "inclusive", "true"); !slices.Equal(got, newest[:2]) {
		t.Errorf("inclusive: %q", got)
	}
	if got, _ := read("conversations.replies", "ts", stamps[3]); !slices.Equal(got, []string{stamps[3], reply}) {
		t.Errorf("thread: %q", got)
	}
	for _, with := range []bool{false, true} {
		answer := call(t, s, "conversations.history", "channel", channel, "include_all_metadata", fmt.Sprint(with))
		if _, has := answer["messages"].([]any)[0].(map[string]any)["metadata"]; has != with {
			t.Errorf("metadata %v when asked %v", has, with)
		}
	}
}

func TestUpdate(t *testing.T) {
	s, channel := start(t)
	header := `[{"type":"header","text":{"type":"plain_text","text":"A"}}]`
	metadata := `{"event_type":"dangol","event_payload":{"delivery_id":"d1"}}`
	ts := call(t, s, "chat.postMessage", "channel", channel, "text", "a", "blocks", header, "metadata", metadata)["ts"].(string)
	call(t, s, "chat.update", "channel", channel, "ts", ts, "text", "b")
	m := s.Channel(channel).Messages()[0]
	if m.Plain() != "b" || m.DeliveryID() != "d1" || m.Edited != 1 || m.TS != ts {
		t.Errorf("%q %s %d", m.Plain(), m.DeliveryID(), m.Edited)
	}
}

func TestMentions(t *testing.T) {
	blocks := `[{"type":"header","text":{"type":"plain_text","text":"<@U8> &lt;"}},
		{"type":"section","text":{"type":"mrkdwn","text":"<@U1> &lt;@U2&gt; <!here>"}},
		{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
			{"type":"text","text":"<@U9> &amp;"},{"type":"user","user_id":"U3"},{"type":"broadcast","range":"channel"}]}]}]`
	m := Message{Text: "<@U1>", Blocks: json.RawMessage(blocks)}
	if got := m.Mentions(); !slices.Equal(got, []string{"U1", "U3"}) {
		t.Errorf("mentions %q", got)
	}
	if m.Broadcasts() != 2 {
		t.Errorf("%d broadcasts", m.Broadcasts())
	}
	want := "<@U1>\n<@U8> &lt;\n<@U1> <@U2> <!here>\n<@U9> &amp;<@U3>@channel"
	if got := m.Plain(); got != want {
		t.Errorf("shows %q, want %q", got, want)
	}
	if got := (Message{Text: "<@U1> <@U1|kim>"}).Mentions(); len(got) != 2 {
		t.Errorf("text mentions %q", got)
	}
}

// TestFaults: what breaks, whether the message is there, and what the log says.
func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		effect Effect
		there  bool
		status int // 0: no answer
		answer string
	}{
		{"drop after", DropAfter(), true, 0, "dropped"},
		{"drop before", DropBefore(), false, 0, "dropped"},
		{"429", RateLimit(3 * time.Second), false, 429, "http 429"},
		{"500", Broken(500), false, 500, "http 500"},
		{"502 after", BrokenAfter(502), true, 502, "http 502"},
		{"refuse", Refuse("is_archived"), false, 200, "is_archived"},
		{"refuse after", RefuseAfter("fatal_error"), true, 200, "fatal_error"},
		{"garble", Garble(), true, 200, "garbage"},
		{"none", Effect{}, true, 200, "ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, channel := start(t)
			s.Fail("chat.postMessage", 1, tt.effect)
			r, err := http.PostForm(s.APIURL()+"chat.postMessage", url.Values{"token": {s.Token}, "channel": {channel}, "text": {"x"}})
			if (err == nil) != (tt.status != 0) {
				t.Fatal(err)
			}
			if err == nil {
				defer r.Body.Close()
				if r.StatusCode != tt.status || tt.status == 429 && r.Header.Get("Retry-After") != "3" {
					t.Errorf("status %s", r.Status)
				}
			}
			if there := len(s.Channel(channel).Messages()) == 1; there != tt.there {
				t.Errorf("message there: %v", there)
			}
			if got := s.Requests("chat.postMessage")[0].Answer; got != tt.answer {
				t.Errorf("logged %q", got)
			}
			if tt.name != "none" {
				call(t, s, "chat.postMessage", "channel", channel, "text", "y")
			}
			if shown := s.Channel(channel).Messages(); shown[len(shown)-1].Text == "x" && tt.name != "none" {
				t.Error("the fault came twice")
			}
		})
	}
}

// TestHandler serves a workspace without Start.
func TestHandler(t *testing.T) {
	s := New(time.Now)
	id := s.AddChannel("#alerts")
	server := httptest.NewServer(s)
	defer server.Close()
	form := url.Values{"token": {s.Token}, "channel": {"#alerts"}, "text": {"x"}}
	r, err := http.PostForm(server.URL+"/api/chat.postMessage", form)
	if err != nil {
		t.Fatal(err)
	}
	if answer := decode(t, r); answer["channel"] != id {
		t.Errorf("%v", answer)
	}
	if s.Channel("#nowhere").Messages() != nil || s.DM("U1").ID() != "" {
		t.Error("something shows in what is not there")
	}
}
