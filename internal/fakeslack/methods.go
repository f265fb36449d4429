package fakeslack

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// TeamURL is the address of the workspace.
const TeamURL = "https://acme.slack.com/"

// scopesHeader carries the granted scopes to the answer's header.
const scopesHeader = "\x00scopes"

type method struct {
	scope string
	do    func(*Server, map[string]string) reply
}

var methods map[string]method

func init() { // the table's functions refer to the table's owner
	methods = map[string]method{
		"auth.test":                    {"", (*Server).authTest},
		"chat.postMessage":             {"chat:write", (*Server).postMessage},
		"chat.update":                  {"chat:write", (*Server).update},
		"chat.getPermalink":            {"", (*Server).permalink},
		"conversations.open":           {"im:write", (*Server).openDirect},
		"conversations.history":        {"", (*Server).history},
		"conversations.replies":        {"", (*Server).replies},
		"conversations.list":           {"channels:read", (*Server).list},
		"conversations.info":           {"", (*Server).info},
		"users.lookupByEmail":          {"users:read.email", (*Server).lookupByEmail},
		"users.info":                   {"users:read", (*Server).userInfo},
		"usergroups.list":              {"usergroups:read", (*Server).listGroups},
		"usergroups.users.list":        {"usergroups:read", (*Server).groupUsers},
		"chat.postEphemeral":           {"chat:write", (*Server).postEphemeral},
		"files.getUploadURLExternal":   {"files:write", (*Server).uploadURL},
		"files.completeUploadExternal": {"files:write", (*Server).completeUpload},
		"views.open":                   {"", (*Server).openView},
	}
}

func (s *Server) authTest(map[string]string) reply {
	return reply{
		"url": TeamURL, "team": "Acme", "team_id": "T1", "user": "dangol", "user_id": BotUser, "bot_id": "BDANGOL",
		scopesHeader: strings.Join(s.scopes, ","),
	}
}

// target finds where a message may be posted, or the code of the refusal.
func (s *Server) target(name string) (*channel, string) {
	if strings.HasPrefix(name, "U") && s.named(name) == nil {
		return s.open(name)
	}
	c := s.named(name)
	switch {
	case c == nil, c.private && !c.member:
		return nil, "channel_not_found"
	case c.archived:
		return nil, "is_archived"
	case !c.member && !slices.Contains(s.scopes, "chat:write.public"):
		return nil, "not_in_channel"
	}
	return c, ""
}

func (s *Server) postMessage(args map[string]string) reply {
	c, code := s.target(args["channel"])
	if code != "" {
		return refuse(code)
	}
	if bad := checkContent(args, 0); bad != nil {
		return bad
	}
	if !s.usable(args) {
		return noFile()
	}
	m := &Message{User: BotUser, Text: firstRunes(args["text"], 40000), Blocks: blocksOf(args), Metadata: raw(args["metadata"]), listed: s.clock().Add(s.late)}
	if thread := args["thread_ts"]; thread != "" {
		_, parent := c.message(thread)
		if parent == nil || parent.deleted && len(parent.thread) == 0 {
			return refuse("thread_not_found")
		}
		m.TS, m.ThreadTS = s.stamp(), parent.TS
		parent.thread = append(parent.thread, m)
	} else {
		m.TS = s.stamp()
		c.messages = append(c.messages, m)
	}
	return reply{"channel": c.id, "ts": m.TS, "message": m.json(c, true)}
}

func (s *Server) update(args map[string]string) reply {
	c := s.byID(args["channel"])
	if c == nil {
		return refuse("channel_not_found")
	}
	if c.archived {
		return refuse("is_archived")
	}
	m, _ := c.message(args["ts"])
	switch {
	case m == nil, m.deleted:
		return refuse("message_not_found")
	case m.User != BotUser:
		return refuse("cant_update_message")
	}
	if bad := checkContent(args, 4000); bad != nil {
		return bad
	}
	if !s.usable(args) {
		return noFile()
	}
	if _, given := args["blocks"]; given || args["text"] != "" {
		m.Blocks = blocksOf(args) // without blocks the new text takes their place
	}
	if args["text"] != "" {
		m.Text = args["text"]
	}
	if _, given := args["metadata"]; given {
		m.Metadata = raw(args["metadata"])
	}
	m.Edited++
	return reply{"channel": c.id, "ts": m.TS, "text": m.Text, "message": m.json(c, true)}
}

func noFile() reply {
	return reply{"ok": false, "error": "invalid_blocks", "response_metadata": reply{"messages": []string{"[ERROR] invalid slack file [json-pointer:/blocks/slack_file]"}}}
}

func raw(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// blocksOf returns the blocks given, nil for none.
func blocksOf(args map[string]string) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal([]byte(args["blocks"]), &list) != nil || len(list) == 0 {
		return nil
	}
	return json.RawMessage(args["blocks"])
}

func firstRunes(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n])
}

// json is a message as the API shows it.
func (m *Message) json(c *channel, metadata bool) reply {
	r := reply{"type": "message", "user": m.User, "ts": m.TS, "text": m.Text}
	if m.User == BotUser {
		r["bot_id"] = "BDANGOL"
	}
	if m.Blocks != nil {
		r["blocks"] = m.Blocks
	}
	if m.Metadata != nil && metadata {
		r["metadata"] = m.Metadata
	}
	if m.Edited > 0 {
		r["edited"] = reply{"user": m.User, "ts": m.TS}
	}
	if m.ThreadTS != "" {
		r["thread_ts"] = m.ThreadTS
	}
	if len(m.thread) > 0 {
		r["thread_ts"], r["reply_count"] = m.TS, len(m.thread)
	}
	if m.deleted {
		r["text"], r["subtype"] = "This message was deleted.", "tombstone"
		delete(r, "blocks")
		delete(r, "metadata")
	}
	return r
}

func (s *Server) permalink(args map[string]string) reply {
	c := s.byID(args["channel"])
	if c == nil {
		return refuse("channel_not_found")
	}
	m, _ := c.message(args["message_ts"])
	if m == nil || m.deleted {
		return refuse("message_not_found")
	}
	return reply{"channel": c.id, "permalink": Permalink(c.id, m.TS)}
}

// Permalink is the address of a message.
func Permalink(channel, ts string) string {
	return TeamURL + "archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
}

func (s *Server) openDirect(args map[string]string) reply {
	users := strings.Split(args["users"], ",")
	if len(users) != 1 || users[0] == "" {
		return refuse("users_list_not_supplied")
	}
	c, code := s.open(users[0])
	if code != "" {
		return refuse(code)
	}
	return reply{"channel": reply{"id": c.id}}
}

func (s *Server) lookupByEmail(args map[string]string) reply {
	i := slices.IndexFunc(s.users, func(u User) bool {
		return !u.Gone && u.Email != "" && strings.EqualFold(u.Email, args["email"])
	})
	if i < 0 {
		return refuse("users_not_found")
	}
	u := s.users[i]
	return reply{"user": reply{"id": u.ID, "name": u.Name, "profile": reply{"email": u.Email}}}
}

// readableChannel finds a conversation whose messages the app may read.
func (s *Server) readableChannel(id string) (*channel, reply) {
	c := s.byID(id)
	if c == nil || c.private && !c.member {
		return nil, refuse("channel_not_found")
	}
	needed := "channels:history"
	switch {
	case c.user != "":
		needed = "im:history"
	case c.private:
		needed = "groups:history"
	}
	if !slices.Contains(s.scopes, needed) {
		return nil, s.missing(needed)
	}
	if !c.member {
		return nil, refuse("not_in_channel")
	}
	return c, nil
}

func (s *Server) history(args map[string]string) reply {
	c, bad := s.readableChannel(args["channel"])
	if bad != nil {
		return bad
	}
	var shown []*Message
	for _, m := range slices.Backward(c.messages) { // newest first
		if within(m.TS, args) && !m.listed.After(s.clock()) && (!m.deleted || len(m.thread) > 0) {
			shown = append(shown, m)
		}
	}
	return paged(c, shown, args)
}

func (s *Server) replies(args map[string]string) reply {
	c, bad := s.readableChannel(args["channel"])
	if bad != nil {
		return bad
	}
	_, parent := c.message(args["ts"])
	if parent == nil || parent.deleted && len(parent.thread) == 0 {
		return refuse("thread_not_found")
	}
	shown := []*Message{parent} // always part of the answer
	for _, m := range parent.thread {
		if within(m.TS, args) && !m.listed.After(s.clock()) && !m.deleted {
			shown = append(shown, m)
		}
	}
	return paged(c, shown, args)
}

// within applies oldest and latest; timestamps compare as text.
func within(ts string, args map[string]string) bool {
	inclusive := truth(args["inclusive"])
	oldest, latest := args["oldest"], args["latest"]
	if oldest != "" && (ts < oldest || ts == oldest && !inclusive) {
		return false
	}
	return latest == "" || ts < latest || ts == latest && inclusive
}

func truth(text string) bool { return text == "true" || text == "1" }

// pageAt cuts a page of n items out of total, by limit and cursor.
func pageAt(args map[string]string, total int) (from, to int, next string) {
	limit, err := strconv.Atoi(args["limit"])
	if err != nil || limit < 1 {
		limit = 100
	}
	from, _ = strconv.Atoi(strings.TrimPrefix(args["cursor"], "next:"))
	from = min(max(from, 0), total)
	to = min(from+min(limit, 999), total)
	if to < total {
		next = "next:" + strconv.Itoa(to)
	}
	return from, to, next
}

func paged(c *channel, shown []*Message, args map[string]string) reply {
	from, to, next := pageAt(args, len(shown))
	list := []reply{}
	for _, m := range shown[from:to] {
		list = append(list, m.json(c, truth(args["include_all_metadata"])))
	}
	return reply{"messages": list, "has_more": next != "", "response_metadata": reply{"next_cursor": next}}
}

func (s *Server) list(args map[string]string) reply {
	types := strings.Split(args["types"], ",")
	if args["types"] == "" {
		types = []string{"public_channel"}
	}
	private := slices.Contains(types, "private_channel")
	if private && !slices.Contains(s.scopes, "groups:read") {
		return s.missing("groups:read")
	}
	var shown []reply
	for _, c := range s.channels {
		hidden := c.user != "" || c.private && (!private || !c.member) || c.archived && truth(args["exclude_archived"])
		if hidden || !c.private && !slices.Contains(types, "public_channel") {
			continue
		}
		shown = append(shown, c.json())
	}
	from, to, next := pageAt(args, len(shown))
	return reply{"channels": append([]reply{}, shown[from:to]...), "response_metadata": reply{"next_cursor": next}}
}

// json is a channel as the API shows it.
func (c *channel) json() reply {
	return reply{
		"id": c.id, "name": c.name, "is_private": c.private, "is_archived": c.archived, "is_member": c.member, "is_im": c.user != "",
	}
}

func (s *Server) info(args map[string]string) reply {
	c := s.byID(args["channel"])
	if c == nil || c.private && !c.member {
		return refuse("channel_not_found")
	}
	needed := "channels:read"
	switch {
	case c.user != "":
		needed = "im:read"
	case c.private:
		needed = "groups:read"
	}
	if !slices.Contains(s.scopes, needed) {
		return s.missing(needed)
	}
	return reply{"channel": c.json()}
}
