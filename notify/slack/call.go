package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"path"
	"strings"
	"sync/atomic"

	"dangol/internal/hint"
	"dangol/notify"
)

// maxAnswer bounds what is read of an answer: a page of 200 long messages is
// about 4 MB.
const maxAnswer = 32 << 20

// status is the part that every answer of Slack has.
type status struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error"`
	Needed   string `json:"needed"`
	Provided string `json:"provided"`
	Metadata struct {
		Messages []string `json:"messages"`
	} `json:"response_metadata"`
}

// wire is the HTTP client that slack-go talks through, and our own reading too.
// It watches how far each call got and turns every answer that is not Slack's
// "ok" into a SendError, so that whoever decodes only ever sees good answers.
type wire struct{ http *http.Client }

// Do makes one call of the API.
func (w wire) Do(request *http.Request) (*http.Response, error) {
	method := path.Base(request.URL.Path)
	trip := &trip{}
	response, err := w.http.Do(request.WithContext(httptrace.WithClientTrace(request.Context(), trip.trace())))
	if err != nil {
		return nil, trip.failure(method, err)
	}
	defer response.Body.Close()
	body, readErr := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err := httpError(method, response); err != nil {
		return nil, err
	}
	if readErr != nil {
		return nil, undecodable(method, readErr)
	}
	var s status
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, undecodable(method, err)
	}
	if !s.OK {
		return nil, slowed(refusal(method, s), response.Header)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// classified makes sure that an error of slack-go carries a class: one that is
// not the wire's comes from an answer that slack-go could not decode.
func classified(method string, err error) error {
	var known *notify.SendError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return undecodable(method, err)
}

// read posts a form to a method that only reads, and decodes of the answer what
// we need: pages hold other apps' messages, and a block that slack-go does not
// know must not make them unreadable.
func (c *Client) read(ctx context.Context, method string, form url.Values, answer any) error {
	body := url.Values{"token": {c.token}}
	for key, values := range form {
		body[key] = values
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address+method, strings.NewReader(body.Encode()))
	if err != nil {
		return &notify.SendError{Class: notify.Stop, Code: "no_address", Err: err}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	request.Header.Set("Accept", "application/json")
	response, err := c.wire.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return undecodable(method, err)
	}
	return nil
}

// trip watches how far a request got.
type trip struct {
	connected atomic.Bool
	written   atomic.Bool
}

func (t *trip) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { t.connected.Store(true) },
		WroteRequest: func(httptrace.WroteRequestInfo) { t.written.Store(true) },
	}
}

// failure classifies a call without an answer. It was surely not heard when
// there was no connection, or when the connection broke before the request was
// written; a call given up on its way may still be written afterwards.
func (t *trip) failure(method string, err error) error {
	var timeout interface{ Timeout() bool }
	givenUp := errors.Is(err, context.Canceled) || errors.As(err, &timeout) && timeout.Timeout()
	e := &notify.SendError{Class: notify.Ambiguous, Code: "no_answer", Err: fmt.Errorf("%s: %w", method, bare(err))}
	if !t.connected.Load() || !t.written.Load() && !givenUp {
		e.Class, e.Code = notify.Retry, "no_connection"
		return hint.With(e, "check the network and slack.api_url")
	}
	return e
}

// bare strips what net/http adds, the address: the method says enough.
func bare(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// httpError classifies an answer that is not Slack's usual 200.
func httpError(method string, r *http.Response) error {
	if r.StatusCode == http.StatusOK {
		return nil
	}
	e := &notify.SendError{
		Class: notify.Ambiguous,
		Code:  fmt.Sprintf("http_%d", r.StatusCode),
		Err:   fmt.Errorf("%s: %s", method, r.Status),
	}
	switch {
	case r.StatusCode == http.StatusTooManyRequests:
		e.Class, e.Code, e.After = notify.Retry, "ratelimited", seconds(r.Header.Get("Retry-After"))
	case r.StatusCode == http.StatusRequestTimeout:
	case r.StatusCode >= 300 && r.StatusCode < 500:
		e.Class = notify.Stop
		return hint.With(e, "check slack.api_url and the proxy: this answer is not Slack's")
	}
	return e
}

func undecodable(method string, err error) error {
	return &notify.SendError{Class: notify.Ambiguous, Code: "undecodable", Err: fmt.Errorf("%s: %w", method, err)}
}
