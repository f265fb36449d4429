package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/hint"
	"dangol/notify"
	"dangol/notify/slack"
)

// ear is a listener on a fake Slack, with what it carried out.
type ear struct {
	*slack.Listener
	fake    *fakeslack.Server
	channel string
	ts      string // a message with buttons
	stop    func()

	mu       sync.Mutex
	presses  []notify.Press
	troubles []string
	answer   func(context.Context, notify.Press) (notify.Answer, error)
}

func (e *ear) Press(ctx context.Context, p notify.Press) (notify.Answer, error) {
	e.mu.Lock()
	e.presses = append(e.presses, p)
	answer := e.answer
	e.mu.Unlock()
	if answer == nil {
		return notify.Answer{}, nil
	}
	return answer(ctx, p)
}

func (e *ear) heard() []notify.Press {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]notify.Press{}, e.presses...)
}

// listen starts a listener; answer may be nil.
func listen(t *testing.T, answer func(context.Context, notify.Press) (notify.Answer, error), options ...func(*slack.ListenOptions)) *ear {
	t.Helper()
	e := &ear{fake: fakeslack.Start(t, time.Now), answer: answer}
	e.fake.AddUser(fakeslack.User{ID: "U1", Email: "ann@example.com", Name: "ann"})
	e.channel = e.fake.AddChannel("alerts")
	client := slack.New(slack.Options{Token: e.fake.Token, APIURL: e.fake.APIURL(), Clock: time.Now})
	at, err := client.Post(t.Context(), notify.Place{Channel: e.channel}, notify.Draft{Message: notify.Message{ID: "m1", Text: "Lost: Kim", Blocks: []notify.Block{
		{Kind: notify.Header, Lines: []notify.Line{{{Text: "Lost: Kim"}}}},
		{Kind: notify.Actions, Actions: []notify.Action{{Act: notify.ActTake, Label: "I'm on it", Value: "case"},
			{Act: notify.ActSnooze, Label: "Snooze", Options: []notify.Option{{Label: "1 week", Value: "7"}, {Label: "A date", Value: "date"}}}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	e.ts = at.TS
	o := slack.ListenOptions{AppToken: e.fake.AppToken(), Presses: e, Unsaved: "not saved", Clock: time.Now, Trouble: func(err error) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.troubles = append(e.troubles, err.Error())
	}}
	for _, change := range options {
		change(&o)
	}
	e.Listener = slack.NewListener(client, o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); e.Run(ctx) }()
	e.stop = func() { cancel(); <-done }
	t.Cleanup(e.stop)
	return e
}

// until waits for something that comes soon.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 1500 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func (e *ear) connected(t *testing.T, ever int) {
	t.Helper()
	until(t, "connected", func() bool { open, n := e.fake.Sockets(); return open == 1 && n >= ever })
}

func (e *ear) press(t *testing.T, action, value string) string {
	t.Helper()
	id, err := e.fake.Press(e.channel, e.ts, "U1", action, value)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (e *ear) acked(t *testing.T, envelope string) string {
	t.Helper()
	var payload json.RawMessage
	until(t, "acknowledged", func() (ok bool) { payload, ok = e.fake.Acked(envelope); return ok })
	return string(payload)
}

// A press is carried out before it is acknowledged, and says who, where and what.
func TestPress(t *testing.T) {
	t.Parallel()
	var e *ear
	early := make(chan bool, 1)
	e = listen(t, func(_ context.Context, p notify.Press) (notify.Answer, error) {
		return notify.Answer{}, nil
	})
	e.connected(t, 1)
	e.mu.Lock()
	e.answer = func(context.Context, notify.Press) (notify.Answer, error) {
		time.Sleep(200 * time.Millisecond)
		_, acked := e.fake.Acked("none")
		early <- acked
		return notify.Answer{}, nil
	}
	e.mu.Unlock()
	id := e.press(t, notify.ActSnooze, "7")
	e.acked(t, id)
	p := e.heard()[0]
	if p.Action != notify.ActSnooze || p.Value != "7" || p.User != "U1" || p.Team != "T1" || p.Channel != e.channel || p.TS != e.ts || p.ID == "" {
		t.Errorf("%+v", p)
	}
	if e.Health() != nil {
		t.Error(e.Health())
	}
}

// Slack delivers a press again when it saw no acknowledgement: it carries the same
// id. Another press, the same button, carries another.
func TestSamePressSameID(t *testing.T) {
	t.Parallel()
	e := listen(t, nil)
	e.connected(t, 1)
	first := e.press(t, notify.ActTake, "")
	e.acked(t, first)
	e.fake.Again(first)
	until(t, "heard twice", func() bool { return len(e.heard()) == 2 })
	e.press(t, notify.ActTake, "")
	until(t, "heard three times", func() bool { return len(e.heard()) == 3 })
	p := e.heard()
	if p[0].ID != p[1].ID || p[0].ID == p[2].ID {
		t.Errorf("ids %s, %s, %s", p[0].ID, p[1].ID, p[2].ID)
	}
}

// Connections are renewed and break; presses go on arriving, and nothing counts as
// trouble.
func TestReconnect(t *testing.T) {
	t.Parallel()
	e := listen(t, nil)
	e.connected(t, 1)
	for n, cut := range []func(){func() { e.fake.Disconnect("refresh_requested") }, func() { e.fake.Disconnect("warning") }, e.fake.Hangup} {
		cut()
		e.connected(t, n+2)
		e.acked(t, e.press(t, notify.ActTake, ""))
		if err := e.Health(); err != nil {
			t.Errorf("after %d: %v", n, err)
		}
	}
}

// What the presser sees: the answer, a form, what takes longer.
func TestAnswers(t *testing.T) {
	t.Parallel()
	e := listen(t, func(_ context.Context, p notify.Press) (notify.Answer, error) {
		say := func(text string) *notify.Content { return &notify.Content{Text: text} }
		switch {
		case p.Action == notify.ActCommand:
			return notify.Answer{Say: say("looking"), Later: func(context.Context) notify.Content { return *say("found " + p.Value) }}, nil
		case p.Form["date"] == "2026-12-03":
			return notify.Answer{}, nil
		case p.Form != nil:
			return notify.Answer{Say: say("choose a later date")}, nil
		case p.Value == "date":
			return notify.Answer{Ask: &notify.Form{Action: notify.ActSnooze, Value: "date", Title: "Put off", Submit: "Send", Cancel: "Cancel",
				Fields: []notify.Field{{Name: "date", Kind: notify.DateField, Label: "When", Initial: "2026-12-01"}}}}, nil
		}
		return notify.Answer{Say: say("that is how it stands")}, nil
	})
	e.connected(t, 1)
	e.press(t, notify.ActTake, "")
	until(t, "told", func() bool {
		s := e.fake.Ephemerals()
		return len(s) == 1 && s[0].Text == "that is how it stands" && s[0].User == "U1"
	})
	e.fake.Command("U1", e.channel, "Kim")
	until(t, "found", func() bool { s := e.fake.Ephemerals(); return len(s) == 3 && s[2].Text == "found Kim" })
	e.press(t, notify.ActSnooze, "date")
	until(t, "asked", func() bool { return len(e.fake.Dialogs()) == 1 })
	for date, open := range map[string]bool{"2020-01-01": true, "2026-12-03": false} {
		if date == "2026-12-03" {
			continue
		}
		id, err := e.fake.Submit("U1", map[string]string{"date": date})
		if err != nil {
			t.Fatal(err)
		}
		e.acked(t, id)
		if d := e.fake.Dialogs()[0]; d.Open != open || d.Errors["date"] != "choose a later date" {
			t.Errorf("a wrong date: %+v", d)
		}
	}
	id, err := e.fake.Submit("U1", map[string]string{"date": "2026-12-03"})
	if err != nil {
		t.Fatal(err)
	}
	e.acked(t, id)
	if d := e.fake.Dialogs()[0]; d.Open {
		t.Errorf("the right date: %+v", d)
	}
	forms := e.heard()
	last := forms[len(forms)-1]
	if last.Action != notify.ActSnooze || last.Channel != e.channel || last.TS != e.ts || last.ID == forms[len(forms)-2].ID {
		t.Errorf("%+v", last)
	}
}

// Who carries presses out may fail, hang or panic: the press is acknowledged, and
// the presser knows that it was not saved.
func TestNotSaved(t *testing.T) {
	t.Parallel()
	failures := map[string]func(context.Context, notify.Press) (notify.Answer, error){
		"fails": func(context.Context, notify.Press) (notify.Answer, error) {
			return notify.Answer{}, errors.New("disk full")
		},
		"panics": func(context.Context, notify.Press) (notify.Answer, error) { panic("boom") },
		"hangs": func(ctx context.Context, _ notify.Press) (notify.Answer, error) {
			<-ctx.Done()
			return notify.Answer{}, ctx.Err()
		},
		"hangs for ever": func(context.Context, notify.Press) (notify.Answer, error) {
			time.Sleep(6 * time.Second)
			return notify.Answer{}, nil
		},
	}
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := listen(t, fail)
			e.connected(t, 1)
			e.acked(t, e.press(t, notify.ActTake, ""))
			until(t, "told", func() bool { s := e.fake.Ephemerals(); return len(s) == 1 && s[0].Text == "not saved" })
			e.mu.Lock()
			defer e.mu.Unlock()
			if len(e.troubles) != 1 {
				t.Errorf("troubles %v", e.troubles)
			}
		})
	}
}

// A token that may not listen: told with its remedy, again and again tried, and
// well as soon as it is mended.
func TestRefusedSocket(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code  string
		token string
		hint  string
	}{
		"no scope":             {"missing_scope", "", "connections:write"},
		"revoked":              {"invalid_auth", "", "app-level token"},
		"the bot's token":      {"", "xoxb-bot", "app-level token"},
		"no Socket Mode":       {"socket_mode_disabled", "", "switch Socket Mode on"},
		"something unheard of": {"weather_too_bad", "", "all but the buttons"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakeslack.Start(t, time.Now)
			fake.RefuseSockets(test.code)
			token := test.token
			if token == "" {
				token = fake.AppToken()
			}
			client := slack.New(slack.Options{Token: fake.Token, APIURL: fake.APIURL()})
			err := slack.CheckSocket(t.Context(), client, token)
			if err == nil || !strings.Contains(strings.Join(hint.Of(err), " "), test.hint) || strings.Contains(err.Error(), token) {
				t.Errorf("%v, hints %v; want about %q", err, hint.Of(err), test.hint)
			}
		})
	}
	e := listen(t, nil, func(o *slack.ListenOptions) {})
	e.connected(t, 1)
	e.fake.RefuseSockets("missing_scope")
	e.fake.Hangup()
	until(t, "ill", func() bool { return e.Health() != nil })
	if !strings.Contains(strings.Join(hint.Of(e.Health()), " "), "connections:write") {
		t.Errorf("%v: %v", e.Health(), hint.Of(e.Health()))
	}
	e.fake.RefuseSockets("")
	until(t, "well again", func() bool { return e.Health() == nil })
}

// Whatever comes over the socket is acknowledged and breaks nothing.
func TestHostilePayloads(t *testing.T) {
	t.Parallel()
	e := listen(t, nil)
	e.connected(t, 1)
	long := strings.Repeat("x", 5000)
	payloads := []any{nil, 7, "text", []any{}, map[string]any{}, map[string]any{"type": "block_actions"},
		map[string]any{"type": "block_actions", "actions": []any{}}, map[string]any{"type": "view_submission"},
		map[string]any{"type": "view_submission", "view": map[string]any{"callback_id": "dangol", "private_metadata": "{"}},
		map[string]any{"type": "message_action"},
		map[string]any{"type": "block_actions", "user": map[string]any{"id": long}, "actions": []any{map[string]any{"action_id": "a\x00b" + long, "value": long}}},
		map[string]any{"type": "block_actions", "actions": "many", "message": strings.Repeat("y", 300<<10)}}
	var ids []string
	for _, kind := range []string{"interactive", "slash_commands", "events_api", "party"} {
		for _, p := range payloads {
			ids = append(ids, e.fake.Raw(kind, p))
		}
	}
	last := e.press(t, notify.ActTake, "")
	e.acked(t, last)
	for i, id := range ids {
		if i/len(payloads) == 3 {
			continue // a kind of envelope that nobody knows is no business of ours
		}
		if _, ok := e.fake.Acked(id); !ok {
			until(t, fmt.Sprintf("payload %d acknowledged", i), func() bool { _, ok := e.fake.Acked(id); return ok })
		}
	}
	for _, p := range e.heard() {
		if len([]rune(p.User+p.Action)) > 400 || strings.ContainsRune(p.Action, 0) || len(p.Value) > 200 {
			t.Errorf("unbounded: %.60q %.60q", p.User, p.Action)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, trouble := range e.troubles {
		if strings.Contains(trouble, "respond/") || strings.Contains(trouble, "trigger.") {
			t.Errorf("a secret in %q", trouble)
		}
	}
}

// A shutdown does not wait for what takes longer.
func TestShutdownWithPending(t *testing.T) {
	t.Parallel()
	began := make(chan struct{})
	e := listen(t, func(context.Context, notify.Press) (notify.Answer, error) {
		return notify.Answer{Later: func(ctx context.Context) notify.Content {
			close(began)
			<-ctx.Done()
			return notify.Content{Text: "too late"}
		}}, nil
	})
	e.connected(t, 1)
	e.press(t, notify.ActTake, "")
	<-began
	e.stop()
	if shown := e.fake.Ephemerals(); len(shown) > 0 {
		t.Errorf("told %q after the end", shown[0].Text)
	}
}

// Only Slack gets an answer, whatever a press says of itself.
func TestAnswersOnlySlack(t *testing.T) {
	t.Parallel()
	fake := fakeslack.Start(t, time.Now)
	client := slack.New(slack.Options{Token: fake.Token, APIURL: fake.APIURL()})
	for _, url := range []string{"", "http://slack.com/x", "https://evil.example/slack.com", "https://notslack.com/", "file:///etc/passwd", "https://slack.com.evil.example/"} {
		err := client.Tell(t.Context(), notify.Press{Respond: url}, notify.Content{Text: "secret"})
		if err == nil || !strings.Contains(err.Error(), "no_response_url") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
