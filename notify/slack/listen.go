package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"dangol/internal/hint"
	"dangol/notify"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const (
	// commitWithin is how long carrying out a press may take: Slack waits 3 seconds
	// for the acknowledgement, and shows the presser a failure after that.
	commitWithin = 2500 * time.Millisecond
	// answerWithin bounds showing an answer; laterWithin one that takes longer, for
	// which Slack takes 30 minutes.
	answerWithin, laterWithin = 10 * time.Second, 25 * time.Minute
	// atOnce is how many presses are carried out at the same time, laterAtOnce how
	// many answers are worked out that take longer.
	atOnce, laterAtOnce = 8, 4
	// settleIn is how long after its start, or after a lost connection, a listener
	// without a connection counts as well.
	settleIn = 2 * time.Minute
	// openEvery is the shortest time between two openings of a connection.
	openEvery = time.Second
)

// ListenOptions say how to listen.
type ListenOptions struct {
	AppToken string // xapp-…
	APIURL   string // empty means DefaultAPIURL
	Presses  notify.Presses
	// Unsaved is what the presser reads where a press could not be written down.
	Unsaved string
	Clock   func() time.Time
	// Trouble is told of what went wrong with a press; it names no secret.
	Trouble func(error)
}

// Listener takes what people press in Slack over Socket Mode: it opens a connection
// outward, and nothing needs to reach it. A press is committed, then acknowledged,
// then answered. What goes wrong with listening never touches sending.
type Listener struct {
	ListenOptions
	client *Client
	app    *slackgo.Client
	busy   chan struct{}
	later  chan struct{}
	work   sync.WaitGroup

	mu     sync.Mutex
	since  time.Time // connected or not, since
	up     bool
	reason error // why it is not
	counts Counts
}

// Counts are what a listener has seen since its start.
type Counts struct {
	Connections int            // opened
	Presses     map[string]int // by outcome: done, failed, unreadable, late
}

// NewListener returns a listener that answers through a client. It makes no call.
func NewListener(client *Client, o ListenOptions) *Listener {
	l := &Listener{ListenOptions: o, client: client, busy: make(chan struct{}, atOnce), later: make(chan struct{}, laterAtOnce)}
	l.since, l.counts.Presses = o.Clock(), map[string]int{}
	address := client.address
	if o.APIURL != "" {
		address = strings.TrimSuffix(o.APIURL, "/") + "/"
	}
	l.app = slackgo.New(client.token, slackgo.OptionAppLevelToken(o.AppToken), slackgo.OptionAPIURL(address),
		slackgo.OptionHTTPClient(&paced{wire: client.wire, gate: make(chan struct{}, 1)}))
	return l
}

// paced keeps openings of connections apart: one that breaks as soon as it stands
// must not become a storm of calls.
type paced struct {
	wire
	gate chan struct{}
}

// Do makes one call.
func (p *paced) Do(request *http.Request) (*http.Response, error) {
	if path.Base(request.URL.Path) != "apps.connections.open" {
		return p.wire.Do(request)
	}
	select {
	case p.gate <- struct{}{}:
		time.AfterFunc(openEvery, func() { <-p.gate })
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
	return p.wire.Do(request)
}

// CheckSocket asks Slack whether the app-level token may listen, without listening.
func CheckSocket(ctx context.Context, client *Client, appToken string) error {
	l := NewListener(client, ListenOptions{AppToken: appToken, Clock: func() time.Time { return time.Time{} }})
	_, _, err := l.app.StartSocketModeContext(ctx)
	return socketError(err)
}

// socketError says what to do where no connection can be opened.
func socketError(err error) error {
	if err == nil {
		return nil
	}
	var e *notify.SendError
	if !errors.As(err, &e) {
		return fmt.Errorf("cannot listen to buttons: %w", err)
	}
	wrapped := fmt.Errorf("cannot listen to buttons: %w", &notify.SendError{Class: e.Class, Code: e.Code, After: e.After, Err: errors.New("apps.connections.open")})
	switch e.Code {
	case "missing_scope":
		return hint.With(wrapped, "give the app-level token the scope connections:write (api.slack.com/apps → your app → Basic Information → App-Level Tokens): a new token, into slack.app_token")
	case "not_allowed_token_type", "invalid_auth", "not_authed", "token_revoked", "account_inactive", "token_expired":
		return hint.With(wrapped, "slack.app_token wants an app-level token (xapp-…) of this app: api.slack.com/apps → your app → Basic Information → App-Level Tokens")
	case "unknown_method", "forbidden_for_interactive_messages", "socket_mode_disabled":
		return hint.With(wrapped, "switch Socket Mode on for the app: api.slack.com/apps → your app → Socket Mode")
	}
	return hint.With(wrapped, "check the network; all but the buttons works without")
}

// Run listens until ctx ends, and returns once nothing is under way any more.
func (l *Listener) Run(ctx context.Context) {
	defer l.work.Wait()
	for ctx.Err() == nil {
		l.connect(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(openEvery):
		}
	}
}

// connect keeps one client's connections open until it gives up.
func (l *Listener) connect(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	smc := socketmode.New(l.app, socketmode.OptionReadLimit(4<<20), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ended := make(chan error, 1)
	go func() { ended <- smc.RunContext(ctx) }()
	for {
		select {
		case err := <-ended:
			l.note(false, err)
			return
		case event := <-smc.Events:
			l.event(ctx, smc, event)
		}
	}
}

func (l *Listener) event(ctx context.Context, smc *socketmode.Client, event socketmode.Event) {
	switch event.Type {
	case socketmode.EventTypeHello:
		l.note(true, nil)
	case socketmode.EventTypeConnectionError:
		if e, ok := event.Data.(*slackgo.ConnectionErrorEvent); ok {
			l.note(false, e.ErrorObj)
		}
	case socketmode.EventTypeIncomingError:
		l.note(false, errors.New("the connection broke"))
	case socketmode.EventTypeErrorBadMessage:
		if bad, ok := event.Data.(*socketmode.ErrorBadMessage); ok {
			l.take(ctx, smc, envelopeOf(bad.Message))
		}
	case socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand, socketmode.EventTypeEventsAPI:
		l.take(ctx, smc, event.Request)
	}
}

// envelopeOf reads the envelope of a message whose payload the library does not
// know; nil where there is none.
func envelopeOf(message []byte) *socketmode.Request {
	var envelope socketmode.Request
	if json.Unmarshal(message, &envelope) != nil || envelope.EnvelopeID == "" {
		return nil
	}
	return &envelope
}

// take carries out one envelope beside the others.
func (l *Listener) take(ctx context.Context, smc *socketmode.Client, envelope *socketmode.Request) {
	if envelope == nil {
		return
	}
	select {
	case l.busy <- struct{}{}:
	case <-ctx.Done():
		return
	}
	l.work.Add(1)
	go func() {
		defer l.work.Done()
		defer func() { <-l.busy }()
		l.carryOut(ctx, envelope, func(payload any) {
			if err := smc.AckCtx(ctx, envelope.EnvelopeID, payload); err != nil {
				l.Trouble(errors.New("a press could not be acknowledged"))
			}
		})
	}()
}

// carryOut commits a press, acknowledges it and answers it.
func (l *Listener) carryOut(ctx context.Context, envelope *socketmode.Request, ack func(any)) {
	press, err := decodePress(envelope.Type, envelope.Payload, l.Clock())
	if err != nil {
		ack(nil)
		if !errors.Is(err, errNotOurs) {
			l.count("unreadable")
			l.Trouble(err)
		}
		return
	}
	answer, err := l.commit(ctx, press)
	if err != nil {
		l.count("failed")
		l.Trouble(fmt.Errorf("a press could not be carried out: %w", err))
		answer = notify.Answer{Say: &notify.Content{Text: l.Unsaved}}
	} else {
		l.count("done")
	}
	if press.Form != nil && answer.Say != nil {
		ack(formErrors(press, answer.Say.Text)) // the dialog stays open and says so
		return
	}
	ack(nil)
	l.answer(ctx, press, answer)
}

// commit lets the press be carried out, for as long as Slack waits. Whoever does it
// may panic without taking the listener along.
func (l *Listener) commit(ctx context.Context, press notify.Press) (answer notify.Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, commitWithin)
	defer cancel()
	type outcome struct {
		answer notify.Answer
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if broken := recover(); broken != nil {
				o.err = fmt.Errorf("panic: %v", broken)
			}
			done <- o
		}()
		o.answer, o.err = l.Presses.Press(ctx, press)
	}()
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done():
		return notify.Answer{}, ctx.Err()
	}
}

// formErrors keeps a dialog open, with what is wrong under its field.
func formErrors(press notify.Press, text string) any {
	errs := map[string]string{}
	for field := range press.Form {
		errs[field] = text
	}
	return map[string]any{"response_action": "errors", "errors": errs}
}

// answer shows the presser what came of it.
func (l *Listener) answer(ctx context.Context, press notify.Press, answer notify.Answer) {
	if answer.Ask != nil {
		l.try(ctx, "a form could not be opened", func(ctx context.Context) error { return l.client.OpenForm(ctx, press, *answer.Ask) })
	}
	if answer.Say != nil {
		l.try(ctx, "an answer could not be shown", func(ctx context.Context) error { return l.client.Tell(ctx, press, *answer.Say) })
	}
	if answer.Later == nil {
		return
	}
	l.work.Add(1)
	go func() {
		defer l.work.Done()
		ctx, cancel := context.WithTimeout(ctx, laterWithin)
		defer cancel()
		select {
		case l.later <- struct{}{}:
			defer func() { <-l.later }()
		case <-ctx.Done():
			return
		}
		content := answer.Later(ctx)
		if ctx.Err() != nil {
			return
		}
		l.try(ctx, "an answer could not be shown", func(ctx context.Context) error { return l.client.Tell(ctx, press, content) })
	}()
}

func (l *Listener) try(ctx context.Context, what string, show func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if err := show(ctx); err != nil {
		l.Trouble(fmt.Errorf("%s: %w", what, err))
	}
}

// note keeps whether there is a connection, and why not.
func (l *Listener) note(up bool, reason error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if up {
		l.counts.Connections++
	}
	if up != l.up {
		l.since = l.Clock()
	}
	l.up, l.reason = up, reason
}

func (l *Listener) count(outcome string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Presses[outcome]++
}

// Health says why nothing that is pressed arrives; nil while it does, and for a
// while after a connection was lost: Slack renews them all the time.
func (l *Listener) Health() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	lasting := l.Clock().Sub(l.since) >= settleIn
	var e *notify.SendError
	refused := errors.As(l.reason, &e) && (e.Class == notify.Stop || e.Class == notify.Park)
	switch {
	case l.up, !lasting && !refused:
		return nil
	case l.reason != nil:
		return socketError(l.reason)
	}
	return hint.With(fmt.Errorf("no connection for buttons since %s", l.since.UTC().Format(time.RFC3339)), "check the network; all but the buttons works without")
}

// Counts returns what was seen so far; up says whether there is a connection.
func (l *Listener) Counts() (counts Counts, up bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	counts = Counts{Connections: l.counts.Connections, Presses: map[string]int{}}
	for outcome, n := range l.counts.Presses {
		counts.Presses[outcome] = n
	}
	return counts, l.up
}
