package fakeslack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Effect is how a call goes wrong. The zero Effect is a call that goes right.
type Effect struct {
	Lost    bool          // the call is not carried out
	Drop    bool          // the connection ends without an answer
	Status  int           // HTTP status instead of 200, with an HTML body
	After   time.Duration // Retry-After header, in whole seconds
	Code    string        // ok:false with this code
	Garbage bool          // a 200 that is not JSON
	Delay   time.Duration // before the call is carried out
	Hang    time.Duration // after it is carried out, before the answer
	Late    time.Duration // until a new message can be found in the history
}

// DropAfter carries the call out and loses the answer.
func DropAfter() Effect { return Effect{Drop: true} }

// DropBefore loses the call.
func DropBefore() Effect { return Effect{Drop: true, Lost: true} }

// RateLimit answers 429.
func RateLimit(after time.Duration) Effect {
	return Effect{Lost: true, Status: http.StatusTooManyRequests, After: after}
}

// Broken answers with an HTTP status such as 503, without carrying the call out.
func Broken(status int) Effect { return Effect{Lost: true, Status: status} }

// BrokenAfter answers with an HTTP status although the call was carried out.
func BrokenAfter(status int) Effect { return Effect{Status: status} }

// Refuse answers ok:false with a code.
func Refuse(code string) Effect { return Effect{Lost: true, Code: code} }

// RefuseAfter answers ok:false with a code although the call was carried out,
// as Slack does with internal_error and fatal_error.
func RefuseAfter(code string) Effect { return Effect{Code: code} }

// Garble carries the call out and answers what nobody can read.
func Garble() Effect { return Effect{Garbage: true} }

type fault struct {
	method string
	left   int
	effect Effect
}

// Fail makes the next calls of a method go wrong, as many as times says; the
// empty method is any. A negative times is for ever. Faults are used up in the
// order they were set.
func (s *Server) Fail(method string, times int, e Effect) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &fault{method: method, left: times, effect: e})
}

// FailWhen asks a function about every call that no fault of Fail concerns. It
// must not call the server.
func (s *Server) FailWhen(judge func(Request) Effect) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.judge = judge
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.judge = nil, nil
}

func (s *Server) effect(r Request) Effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.left == 0 || f.method != "" && f.method != r.Method {
			continue
		}
		f.left--
		return f.effect
	}
	if s.judge != nil {
		return s.judge(r)
	}
	return Effect{}
}

// word is how the log calls the answer.
func (e Effect) word(answer reply) string {
	switch {
	case e.Drop:
		return "dropped"
	case e.Status != 0:
		return fmt.Sprintf("http %d", e.Status)
	case e.Garbage:
		return "garbage"
	case e.Code != "":
		return e.Code
	case answer["ok"] == true:
		return "ok"
	}
	return fmt.Sprint(answer["error"])
}

func (e Effect) write(w http.ResponseWriter, answer reply) {
	if e.Drop {
		panic(http.ErrAbortHandler) // how net/http ends a connection without a word
	}
	if e.After > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(e.After.Seconds())))
	}
	if e.Status != 0 {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(e.Status)
		_, _ = fmt.Fprintf(w, "<html>%d</html>", e.Status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if e.Garbage {
		_, _ = w.Write([]byte(`{"ok":true,"chan`))
		return
	}
	if e.Code != "" {
		answer = refuse(e.Code)
	}
	if scopes, ok := answer[scopesHeader].(string); ok {
		w.Header().Set("X-OAuth-Scopes", scopes)
		delete(answer, scopesHeader)
	}
	_ = json.NewEncoder(w).Encode(answer) // the client may have gone
}
