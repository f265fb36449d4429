package fakeslack

import (
	"crypto/rand"
	"encoding/json"
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
