// Package fakeslack is a Slack for tests: a stateful HTTP server that speaks
// the part of the Web API that Dangol uses, enforces Slack's limits, shows what
// each channel would show, and breaks down on demand.
//
// Where Slack's behaviour is not documented the server is the stricter one.
package fakeslack

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// BotUser is the user id of the app.
const BotUser = "UDANGOL"

// AllScopes are the scopes that the app has unless told otherwise.
var AllScopes = []string{
	"chat:write", "channels:read", "groups:read", "channels:history", "groups:history",
	"im:history", "im:write", "users:read", "users:read.email", "usergroups:read", "commands", "files:write",
}

// Server is one workspace with one app installed. All methods may be called
// while it serves.
type Server struct {
	// Token is what the app must send; it is made up by New.
	Token string

	clock   func() time.Time
	address string
	done    chan struct{}

	mu       sync.Mutex
	scopes   []string
	revoked  string // refusal code for every call
	channels []*channel
	users    []User
	last     time.Time     // of the latest message
	late     time.Duration // how long a message of this call stays out of the history
	log      []Request
	faults   []*fault
	judge    func(Request) Effect
	socket   socket
	files    []File
}

// User is a member of the workspace.
type User struct {
	ID    string
	Email string
	Name  string
	Gone  bool // deactivated
	Guest bool
	Team  string // of another workspace; empty: of this one
}

// Request is one call that reached the server.
type Request struct {
	Method string            // chat.postMessage
	Token  string            // as sent
	Args   map[string]string // the form, or the JSON body's fields
	At     time.Time
	Answer string // "ok", Slack's error code, "http 503", "dropped"; set once answered
}

// New returns a workspace without channels. The clock stamps the messages; a
// server that another process talks to needs the real one.
func New(clock func() time.Time) *Server {
	return &Server{
		Token:  "xoxb-" + strings.ToLower(rand.Text()),
		clock:  clock,
		done:   make(chan struct{}),
		scopes: slices.Clone(AllScopes),
		socket: socket{tickets: map[string]bool{}, acks: map[string]json.RawMessage{}, sent: map[string]reply{}, urls: map[string]*hook{}},
	}
}

// TB is what Start needs of a test.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Start serves a new workspace on a free port of this machine until the test ends.
func Start(t TB, clock func() time.Time) *Server {
	t.Helper()
	s := New(clock)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("fakeslack: %v", err)
	}
	s.address = "http://" + listener.Addr().String() + "/"
	server := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // always ends with ErrServerClosed
	}()
	t.Cleanup(func() {
		close(s.done)
		_ = server.Close()
		<-served
	})
	return s
}

// APIURL is the address of the API, what slack.api_url takes. It is known for
// a server that Start made.
func (s *Server) APIURL() string { return s.address + "api/" }

// ServeHTTP answers one call; what does not stand below /api/ is not there, and
// the answer a page for people.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/link/"):
		s.serveSocket(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/upload/"):
		s.receive(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/respond/"):
		s.respond(w, r)
		return
	}
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<html><body>There has been a glitch</body></html>")
		return
	}
	request, err := s.read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	effect := s.effect(request)
	s.pause(effect.Delay)
	at := s.enter(request)
	var answer reply
	if !effect.Lost {
		answer = s.handle(request, effect.Late)
	}
	s.pause(effect.Hang)
	s.finish(at, effect.word(answer))
	effect.write(w, answer)
}

// read takes the arguments from the query, a form or a JSON body.
func (s *Server) read(r *http.Request) (Request, error) {
	request := Request{
		Method: r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:],
		Token:  strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "),
		Args:   map[string]string{},
		At:     s.clock(),
	}
	take(request.Args, r.URL.Query())
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return Request{}, err
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		err = takeJSON(request.Args, body)
	} else {
		var form url.Values
		form, err = url.ParseQuery(string(body))
		take(request.Args, form)
	}
	if token := request.Args["token"]; token != "" {
		request.Token = token
	}
	delete(request.Args, "token")
	return request, err
}

func take(args map[string]string, values url.Values) {
	for key := range values {
		args[key] = values.Get(key)
	}
}

func takeJSON(args map[string]string, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return err
	}
	for key, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		args[key] = text
	}
	return nil
}

func (s *Server) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.done:
	}
}

// enter logs a request and returns its place in the log.
func (s *Server) enter(r Request) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, r)
	return len(s.log) - 1
}

func (s *Server) finish(at int, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log[at].Answer = answer
}

// Requests returns the calls so far, in order: of the methods named, or all.
func (s *Server) Requests(methods ...string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Request
	for _, r := range s.log {
		if len(methods) == 0 || slices.Contains(methods, r.Method) {
			list = append(list, r)
		}
	}
	return list
}

// AddUser adds a member, or changes the one with this id.
func (s *Server) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users = slices.DeleteFunc(s.users, func(known User) bool { return known.ID == u.ID && u.ID != "" })
	s.users = append(s.users, u)
}

// Grant replaces the scopes of the app's token.
func (s *Server) Grant(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = slices.Clone(scopes)
}

// Revoke makes every call fail with a code such as "token_revoked"; the empty
// code makes the token good again.
func (s *Server) Revoke(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = code
}

// reply is an answer before it is JSON.
type reply map[string]any

func refuse(code string) reply { return reply{"ok": false, "error": code} }

func (s *Server) handle(r Request, late time.Duration) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = late
	if r.Method == "apps.connections.open" {
		return s.connectionsOpen(r)
	}
	switch {
	case s.revoked != "":
		return refuse(s.revoked)
	case r.Token == "":
		return refuse("not_authed")
	case r.Token != s.Token:
		return refuse("invalid_auth")
	}
	method, known := methods[r.Method]
	if !known {
		return refuse("unknown_method")
	}
	if needed := method.scope; needed != "" && !slices.Contains(s.scopes, needed) {
		return s.missing(needed)
	}
	answer := method.do(s, r.Args)
	if answer["ok"] == nil {
		answer["ok"] = true
	}
	return answer
}

func (s *Server) missing(scope string) reply {
	return reply{"ok": false, "error": "missing_scope", "needed": scope, "provided": strings.Join(s.scopes, ",")}
}

// stamp returns the time of a new message: Slack's timestamps are unique.
func (s *Server) stamp() string {
	now := s.clock().Truncate(time.Microsecond)
	if !now.After(s.last) {
		now = s.last.Add(time.Microsecond)
	}
	s.last = now
	return fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
}
