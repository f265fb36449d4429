package fakeslack

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

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
