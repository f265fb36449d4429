package fakeslack

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// pingEvery is how often the socket pings; Slack does so every few seconds.
const pingEvery = 2 * time.Second

// line is one open Socket Mode connection.
type line struct {
	conn *websocket.Conn
	mu   sync.Mutex // one writer
	mute bool       // no pings any more
}

func (l *line) write(message any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn.WriteJSON(message)
}

// socket is the Socket Mode side of a workspace.
type socket struct {
	lines   []*line
	tickets map[string]bool
	acks    map[string]json.RawMessage // by envelope id
	sent    map[string]reply           // envelopes by id
	order   []string
	shown   []Ephemeral
	dialogs []Dialog
	groups  []userGroup
	urls    map[string]*hook
	refusal string // of apps.connections.open
	opened  int
}

// hook is a response URL: five answers within half an hour.
type hook struct {
	user, channel string
	left          int
	until         time.Time
}

// Ephemeral is a message that one user alone sees.
type Ephemeral struct {
	User, Channel string
	Text          string
	Blocks        json.RawMessage
}

// Dialog is a form that was opened for a user.
type Dialog struct {
	ID       string
	User     string
	Callback string
	Private  string
	Title    string
	Fields   []string // block ids of its inputs
	Errors   map[string]string
	Open     bool

	dates map[string]bool // fields that take a date
}

// AppToken is what apps.connections.open takes.
func (s *Server) AppToken() string { return "xapp-" + strings.TrimPrefix(s.Token, "xoxb-") }

// RefuseSockets makes apps.connections.open fail with a code; empty: it works.
// missing_scope names connections:write.
func (s *Server) RefuseSockets(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.socket.refusal = code
}

// Sockets is how many connections are open, and how many ever were.
func (s *Server) Sockets() (open, ever int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.socket.lines), s.socket.opened
}

// connectionsOpen is apps.connections.open, which wants the app-level token.
func (s *Server) connectionsOpen(r Request) reply {
	switch {
	case s.socket.refusal == "missing_scope":
		return reply{"ok": false, "error": "missing_scope", "needed": "connections:write", "provided": ""}
	case s.socket.refusal != "":
		return refuse(s.socket.refusal)
	case strings.HasPrefix(r.Token, "xoxb-"):
		return refuse("not_allowed_token_type")
	case r.Token != s.AppToken():
		return refuse("invalid_auth")
	}
	ticket := rand.Text()
	s.socket.tickets[ticket] = true
	return reply{"ok": true, "url": strings.Replace(s.address, "http://", "ws://", 1) + "link/?ticket=" + ticket}
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// serveSocket is the other end of a connection, until it is closed.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	known := s.socket.tickets[ticket]
	delete(s.socket.tickets, ticket)
	s.mu.Unlock()
	if !known {
		http.Error(w, "no such ticket", http.StatusForbidden)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	l := &line{conn: conn}
	s.mu.Lock()
	s.socket.lines = append(s.socket.lines, l)
	s.socket.opened++
	n := len(s.socket.lines)
	s.mu.Unlock()
	_ = l.write(reply{"type": "hello", "num_connections": n, "connection_info": reply{"app_id": "A1"}, "debug_info": reply{"host": "fake"}})
	stop := make(chan struct{})
	go s.ping(l, stop)
	s.listen(l)
	close(stop)
	_ = conn.Close()
	s.mu.Lock()
	s.socket.lines = slices.DeleteFunc(s.socket.lines, func(other *line) bool { return other == l })
	s.mu.Unlock()
}

func (s *Server) ping(l *line, stop chan struct{}) {
	ticks := time.NewTicker(pingEvery)
	defer ticks.Stop()
	for {
		l.mu.Lock()
		if !l.mute {
			_ = l.conn.WriteControl(websocket.PingMessage, []byte("p"), time.Time{})
		}
		l.mu.Unlock()
		select {
		case <-stop:
			return
		case <-s.done:
			_ = l.conn.Close()
			return
		case <-ticks.C:
		}
	}
}

// listen takes acknowledgements until the connection ends.
func (s *Server) listen(l *line) {
	for {
		var ack struct {
			Envelope string          `json:"envelope_id"`
			Payload  json.RawMessage `json:"payload"`
		}
		if err := l.conn.ReadJSON(&ack); err != nil {
			return
		}
		s.mu.Lock()
		if ack.Payload == nil {
			ack.Payload = json.RawMessage("{}")
		}
		s.socket.acks[ack.Envelope] = ack.Payload
		s.submitted(ack.Envelope, ack.Payload)
		s.mu.Unlock()
	}
}

// submitted closes the form that an envelope sent, or shows what is wrong in it.
func (s *Server) submitted(envelope string, payload json.RawMessage) {
	view, _ := s.socket.sent[envelope]["view"].(string)
	i := slices.IndexFunc(s.socket.dialogs, func(d Dialog) bool { return d.ID == view && view != "" })
	if i < 0 {
		return
	}
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
	}
	_ = json.Unmarshal(payload, &answer)
	s.socket.dialogs[i].Errors, s.socket.dialogs[i].Open = answer.Errors, answer.Action == "errors"
}

// Disconnect asks every connection to be renewed, as Slack does now and then, and
// closes it.
func (s *Server) Disconnect(reason string) {
	for _, l := range s.openLines() {
		_ = l.write(reply{"type": "disconnect", "reason": reason, "debug_info": reply{"host": "fake"}})
		_ = l.conn.Close()
	}
}

// Hangup cuts every connection without a word.
func (s *Server) Hangup() {
	for _, l := range s.openLines() {
		_ = l.conn.NetConn().Close()
	}
}

func (s *Server) openLines() []*line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.socket.lines)
}

// Raw sends an envelope of a kind with any payload, and returns its id. It goes to
// the connection opened last.
func (s *Server) Raw(kind string, payload any) (envelope string) {
	return s.envelope(reply{"type": kind, "envelope_id": rand.Text(), "payload": payload, "accepts_response_payload": kind != "events_api"})
}

func (s *Server) envelope(e reply) string {
	id := e["envelope_id"].(string)
	s.mu.Lock()
	s.socket.sent[id] = e
	s.socket.order = append(s.socket.order, id)
	var last *line
	if n := len(s.socket.lines); n > 0 {
		last = s.socket.lines[n-1]
	}
	s.mu.Unlock()
	if last != nil {
		_ = last.write(e.without("view"))
	}
	return id
}

// without is a copy of a reply without one field.
func (r reply) without(field string) reply {
	c := reply{}
	for key, value := range r {
		if key != field {
			c[key] = value
		}
	}
	return c
}

// Again delivers an envelope once more, as Slack does without an acknowledgement.
func (s *Server) Again(envelope string) {
	s.mu.Lock()
	e := s.socket.sent[envelope].without("")
	s.mu.Unlock()
	e["retry_attempt"], e["retry_reason"] = 1, "timeout"
	s.envelope(e)
}

// Acked reports whether an envelope was acknowledged, and with what.
func (s *Server) Acked(envelope string) (payload json.RawMessage, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	payload, ok = s.socket.acks[envelope]
	return payload, ok
}

// Press lets a user press a button of a message, or choose from a menu of it. It
// fails where the message has no such thing.
func (s *Server) Press(channel, ts, user, action, value string) (envelope string, err error) {
	s.mu.Lock()
	c := s.byID(channel)
	if c == nil {
		s.mu.Unlock()
		return "", fmt.Errorf("no channel %s", channel)
	}
	m, _ := c.message(ts)
	if m == nil {
		s.mu.Unlock()
		return "", fmt.Errorf("no message %s in %s", ts, channel)
	}
	element, err := m.element(action, value)
	if err != nil {
		s.mu.Unlock()
		return "", err
	}
	element["action_ts"] = s.stamp()
	payload := s.interaction(user, channel)
	payload["type"] = "block_actions"
	payload["container"] = reply{"type": "message", "message_ts": ts, "channel_id": channel}
	payload["message"] = m.json(c, true)
	payload["actions"] = []reply{element}
	s.mu.Unlock()
	return s.Raw("interactive", payload), nil
}

// interaction is what every interaction says. The caller holds the lock.
func (s *Server) interaction(user, channel string) reply {
	team := "T1"
	if i := slices.IndexFunc(s.users, func(u User) bool { return u.ID == user }); i >= 0 && s.users[i].Team != "" {
		team = s.users[i].Team
	}
	return reply{"team": reply{"id": "T1"}, "user": reply{"id": user, "team_id": team}, "channel": reply{"id": channel},
		"api_app_id": "A1", "trigger_id": s.trigger(user), "response_url": s.hook(user, channel)}
}

// trigger opens one form within three seconds.
func (s *Server) trigger(user string) string {
	id := "trigger." + rand.Text()
	s.socket.urls[id] = &hook{user: user, left: 1, until: s.clock().Add(3 * time.Second)}
	return id
}

func (s *Server) hook(user, channel string) string {
	id := rand.Text()
	s.socket.urls[id] = &hook{user: user, channel: channel, left: 5, until: s.clock().Add(30 * time.Minute)}
	return s.address + "respond/" + id
}

// element finds what is pressed among the actions of a message.
func (m *Message) element(action, value string) (reply, error) {
	blocks, _ := parseBlocks(string(m.Blocks))
	for _, block := range blocks {
		elements, _ := block.list("elements")
		for _, e := range elements {
			if block.str("type") != "actions" || e.str("action_id") != action {
				continue
			}
			found := reply{"action_id": action, "block_id": block.str("block_id"), "type": e.str("type")}
			if e.str("type") == "button" {
				found["value"] = e.str("value")
				return found, nil
			}
			options, _ := e.list("options")
			for _, o := range options {
				if o.str("value") == value {
					found["selected_option"] = map[string]any(o)
					return found, nil
				}
			}
			return nil, fmt.Errorf("the menu %q has no choice %q", action, value)
		}
	}
	return nil, fmt.Errorf("the message has no %q", action)
}

// Submit sends the form that was opened last for a user.
func (s *Server) Submit(user string, values map[string]string) (envelope string, err error) {
	s.mu.Lock()
	i := -1
	for j, d := range s.socket.dialogs {
		if d.User == user && d.Open {
			i = j
		}
	}
	if i < 0 {
		s.mu.Unlock()
		return "", fmt.Errorf("no form is open for %s", user)
	}
	d := s.socket.dialogs[i]
	state := map[string]any{}
	for _, field := range d.Fields {
		key := "value"
		if d.dates[field] {
			key = "selected_date"
		}
		state[field] = map[string]any{field: map[string]any{"type": "input", key: values[field]}}
	}
	payload := s.interaction(user, "")
	delete(payload, "channel")
	delete(payload, "response_url") // forms have none
	payload["type"] = "view_submission"
	payload["view"] = reply{"id": d.ID, "hash": "h", "callback_id": d.Callback, "private_metadata": d.Private, "state": reply{"values": state}}
	s.mu.Unlock()
	return s.envelope(reply{"type": "interactive", "envelope_id": rand.Text(), "payload": payload, "accepts_response_payload": true, "view": d.ID}), nil
}

// Command lets a user type the slash command in a channel.
func (s *Server) Command(user, channel, text string) (envelope string) {
	s.mu.Lock()
	payload := reply{"team_id": "T1", "user_id": user, "channel_id": channel, "command": "/dangol", "text": text,
		"trigger_id": s.trigger(user), "response_url": s.hook(user, channel), "api_app_id": "A1"}
	s.mu.Unlock()
	return s.Raw("slash_commands", payload)
}

// Ephemerals are the messages that users alone have seen, in order.
func (s *Server) Ephemerals() []Ephemeral {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.socket.shown)
}

// Dialogs are the forms that were opened, in order.
func (s *Server) Dialogs() []Dialog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.socket.dialogs)
}

// respond is a response URL.
func (s *Server) respond(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.socket.urls[strings.TrimPrefix(r.URL.Path, "/respond/")]
	var body struct {
		Type   string          `json:"response_type"`
		Text   string          `json:"text"`
		Blocks json.RawMessage `json:"blocks"`
	}
	if h == nil || h.left == 0 || s.clock().After(h.until) {
		http.Error(w, "expired_url", http.StatusNotFound)
		return
	}
	h.left--
	args := map[string]string{}
	if err := json.NewDecoder(r.Body).Decode(&body); err == nil && string(body.Blocks) != "null" {
		args["blocks"] = string(body.Blocks)
	}
	args["text"] = body.Text
	if bad := checkContent(args, 40000); bad != nil || body.Type != "ephemeral" {
		http.Error(w, fmt.Sprint(bad["error"]), http.StatusBadRequest)
		return
	}
	s.socket.shown = append(s.socket.shown, Ephemeral{User: h.user, Channel: h.channel, Text: body.Text, Blocks: blocksOf(args)})
	_, _ = w.Write([]byte("ok"))
}

func (s *Server) postEphemeral(args map[string]string) reply {
	c, code := s.target(args["channel"])
	if code != "" {
		return refuse(code)
	}
	if !slices.ContainsFunc(s.users, func(u User) bool { return u.ID == args["user"] && !u.Gone }) {
		return refuse("user_not_found")
	}
	if bad := checkContent(args, 0); bad != nil {
		return bad
	}
	s.socket.shown = append(s.socket.shown, Ephemeral{User: args["user"], Channel: c.id, Text: args["text"], Blocks: blocksOf(args)})
	return reply{"message_ts": s.stamp()}
}

// openView checks a form as strictly as Slack does.
func (s *Server) openView(args map[string]string) reply {
	h := s.socket.urls[args["trigger_id"]]
	if h == nil || h.left == 0 {
		return refuse("invalid_trigger_id")
	}
	if s.clock().After(h.until) {
		return refuse("expired_trigger_id")
	}
	h.left--
	var view node
	if json.Unmarshal([]byte(args["view"]), &view) != nil {
		return refuse("invalid_arguments")
	}
	d, problem := dialogOf(view)
	if problem != "" {
		return reply{"ok": false, "error": "invalid_arguments", "response_metadata": reply{"messages": []string{problem}}}
	}
	d.ID, d.User, d.Open = "V"+rand.Text(), h.user, true
	s.socket.dialogs = append(s.socket.dialogs, d)
	return reply{"view": reply{"id": d.ID}}
}

func dialogOf(view node) (Dialog, string) {
	d := Dialog{Callback: view.str("callback_id"), Private: view.str("private_metadata"), dates: map[string]bool{}}
	for _, field := range []string{"title", "submit", "close"} {
		if err := checkText(view[field], 24, "plain_text"); err != nil {
			return d, field + ": " + err.Error()
		}
	}
	if len(d.Private) > 3000 || len(d.Callback) > 255 || view.str("type") != "modal" {
		return d, "private_metadata, callback_id or type"
	}
	d.Title = node(view["title"].(map[string]any)).str("text")
	blocks, ok := view.list("blocks")
	if !ok || len(blocks) == 0 || len(blocks) > 100 {
		return d, "blocks"
	}
	for _, b := range blocks {
		element, _ := b["element"].(map[string]any)
		kind := node(element).str("type")
		if b.str("type") != "input" || b.str("block_id") == "" || kind != "datepicker" && kind != "plain_text_input" {
			return d, "an input block"
		}
		if err := checkText(b["label"], 2000, "plain_text"); err != nil {
			return d, "label: " + err.Error()
		}
		d.Fields = append(d.Fields, b.str("block_id"))
		d.dates[b.str("block_id")] = kind == "datepicker"
	}
	return d, ""
}

func (s *Server) userInfo(args map[string]string) reply {
	i := slices.IndexFunc(s.users, func(u User) bool { return u.ID == args["user"] })
	if i < 0 {
		return refuse("user_not_found")
	}
	u := s.users[i]
	team := u.Team
	if team == "" {
		team = "T1"
	}
	profile := reply{}
	if slices.Contains(s.scopes, "users:read.email") {
		profile["email"] = u.Email
	}
	return reply{"user": reply{"id": u.ID, "team_id": team, "name": u.Name, "deleted": u.Gone, "is_bot": false,
		"is_restricted": u.Guest, "is_ultra_restricted": false, "profile": profile}}
}

// AddGroup adds a user group.
func (s *Server) AddGroup(handle string, users ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.socket.groups = append(s.socket.groups, userGroup{id: fmt.Sprintf("S%07d", len(s.socket.groups)+1), handle: handle, users: users})
}

type userGroup struct {
	id, handle string
	users      []string
}

func (s *Server) listGroups(map[string]string) reply {
	list := []reply{}
	for _, g := range s.socket.groups {
		list = append(list, reply{"id": g.id, "handle": g.handle, "name": g.handle})
	}
	return reply{"usergroups": list}
}

func (s *Server) groupUsers(args map[string]string) reply {
	for _, g := range s.socket.groups {
		if g.id == args["usergroup"] {
			return reply{"users": g.users}
		}
	}
	return refuse("no_such_subteam")
}
