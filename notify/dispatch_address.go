package notify

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"dangol/internal/hint"
)

// channelID tells an id from a name: names have no capitals.
var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{2,}$`)

// place finds out where a message goes. Reply and Update follow their target;
// one whose target was never delivered, or cannot be reached, becomes a new
// message at its own destination.
func (r *drain) place(ctx context.Context, it *item) (Place, error) {
	if it.follows() {
		at, known, err := r.Outbox.Receipt(ctx, it.Target)
		if err != nil {
			return Place{}, &outboxError{err}
		}
		if known && it.op == Post {
			return Place{Channel: at.Channel}, nil
		}
		if known {
			return Place{Channel: at.Channel, Thread: at.TS}, nil
		}
		it.detach()
	}
	if it.To.direct() {
		channel, err := r.direct(ctx, it.To)
		return Place{Channel: channel}, err
	}
	channel, err := r.channel(ctx, it)
	return Place{Channel: channel}, err
}

// direct reports whether the destination is a rep's direct messages.
func (to Destination) direct() bool { return to.Rep != "" || to.Email != "" }

// outboxError is trouble with the store: it ends the drain.
type outboxError struct{ err error }

// Error returns the store's words.
func (e *outboxError) Error() string { return e.err.Error() }

// Unwrap returns the store's error.
func (e *outboxError) Unwrap() error { return e.err }

// channel returns the id of the channel for a role: from the config, from
// memory, from Slack, or else the name itself, which Slack takes too.
func (r *drain) channel(ctx context.Context, it *item) (string, error) {
	name := r.Channels[it.To.Channel]
	if name == "" {
		return "", hint.With(&SendError{Class: Park, Code: "no_channel"},
			"set slack.channels.%s", it.To.Channel)
	}
	if channelID.MatchString(name) {
		return name, nil
	}
	id, err := r.recall(ctx, "channel:"+name, func() (string, error) {
		return r.Directory.Channel(ctx, name)
	})
	if err == nil {
		return id, nil
	}
	// In doubt the id is needed, for the history; else the name will do.
	if class := ClassOf(err); class == Stop || it.doubt && class != Park {
		return "", err
	}
	var store *outboxError
	if errors.As(err, &store) {
		return "", err
	}
	return name, nil
}

func (r *drain) rememberChannel(ctx context.Context, it *item, at Receipt) error {
	name := r.Channels[it.To.Channel]
	if it.follows() || it.To.direct() || name == "" || channelID.MatchString(name) {
		return nil
	}
	key := "channel:" + name
	known, ok, err := r.Outbox.Address(ctx, key)
	if err != nil || ok && known == at.Channel || !channelID.MatchString(at.Channel) {
		return err
	}
	delete(r.distrust, key)
	return r.Outbox.Remember(ctx, key, at.Channel)
}

// direct returns the channel id of a rep's direct messages.
func (r *drain) direct(ctx context.Context, to Destination) (string, error) {
	user, err := r.user(ctx, to.Email)
	if err != nil {
		return "", err
	}
	return r.recall(ctx, "direct:"+user, func() (string, error) {
		return r.Directory.Direct(ctx, user)
	})
}

// user returns the user id for an e-mail address.
func (r *drain) user(ctx context.Context, email string) (string, error) {
	if strings.TrimSpace(email) == "" {
		return "", hint.With(&SendError{Class: Park, Code: "no_email"},
			"give the rep an e-mail address in the relation reps")
	}
	return r.recall(ctx, userKey(email), func() (string, error) {
		return r.Directory.User(ctx, email)
	})
}

func userKey(email string) string {
	return "user:" + strings.ToLower(strings.TrimSpace(email))
}

// recall returns what is remembered under a key, or looks it up and remembers
// it. That something does not exist is remembered for this drain only.
func (r *drain) recall(ctx context.Context, key string, look func() (string, error)) (string, error) {
	if !r.distrust[key] {
		value, ok, err := r.Outbox.Address(ctx, key)
		if err != nil {
			return "", &outboxError{err}
		}
		if ok && value != "" {
			return value, nil
		}
	}
	if err := r.lost[key]; err != nil {
		return "", err
	}
	value, err := look()
	if err != nil {
		if ClassOf(err) == Park {
			r.lost[key] = err
		}
		return "", err
	}
	delete(r.distrust, key)
	if err := r.Outbox.Remember(ctx, key, value); err != nil {
		return "", &outboxError{err}
	}
	return value, nil
}

// park deals with a destination that does not work: the remembered address is
// looked up again once; then a direct message goes to the alerts channel and a
// channel waits until somebody mends it.
func (r *drain) park(ctx context.Context, l *lane, it *item, err error) error {
	switch {
	case !it.relooked && r.forget(ctx, it):
		it.relooked = true
	case it.To.direct():
		return r.redirect(ctx, l, it, err)
	case it.follows():
		it.detach() // its thread cannot be reached, the channel perhaps can
	default:
		l.blocked = err
	}
	return r.keep(ctx, it, err)
}

// forget stops trusting the remembered address of a message that is a new one,
// and reports whether there was any.
func (r *drain) forget(ctx context.Context, it *item) bool {
	if it.follows() {
		return false
	}
	keys := []string{"channel:" + r.Channels[it.To.Channel]}
	if it.To.direct() {
		user, _, _ := r.Outbox.Address(ctx, userKey(it.To.Email))
		keys = []string{userKey(it.To.Email), "direct:" + user}
	}
	known := false
	for _, key := range keys {
		if _, ok, err := r.Outbox.Address(ctx, key); err == nil && ok {
			known = true
			r.distrust[key] = true
		}
	}
	return known
}

// redirect sends a direct message to the alerts channel, where it names the rep.
func (r *drain) redirect(ctx context.Context, l *lane, it *item, err error) error {
	unreachable := fmt.Errorf("no direct message to rep %s: %w", it.To.Rep, err)
	moved, allowed := r.named(it.Message), true
	if r.Redirect != nil {
		moved, allowed = r.Redirect(it.Message)
		allowed = allowed && it.Op == Post // what follows has nothing to follow there
	}
	if !allowed {
		return r.bury(ctx, l, it, unreachable)
	}
	r.warn(unreachable)
	r.report.Redirected++
	r.leave(l, it)
	it.readdress(moved)
	it.relooked, it.tries = false, 0
	it.detach()
	r.enter(it)
	return r.keep(ctx, it, err)
}

// readdress makes of a direct message one to the alerts channel, in the words for it.
func (it *item) readdress(words Message) {
	it.To, it.Text, it.Blocks, it.Public = Destination{Channel: Alerts}, words.Text, words.Blocks, words.Public
}

// overheard reports whether what follows a direct message would stand in a channel,
// since the message it follows had to go there.
func (r *drain) overheard(it *item, to Place) bool {
	if r.Redirect == nil || !it.follows() || !it.To.direct() {
		return false
	}
	if !strings.HasPrefix(to.Channel, "D") {
		return true
	}
	for _, channel := range r.Channels {
		if channel == to.Channel { // direct messages that the config names as a channel
			return true
		}
	}
	return false
}

// reword makes what follows a redirected message one for the channel, or drops it.
func (r *drain) reword(ctx context.Context, l *lane, it *item) error {
	moved, allowed := r.Redirect(it.Message)
	if !allowed {
		return r.bury(ctx, l, it, fmt.Errorf("not for the channel in which the message to rep %s had to stand", it.To.Rep))
	}
	r.leave(l, it)
	it.readdress(moved)
	r.enter(it)
	return nil
}

// named puts the rep's name under the title, unless the message shows it.
func (r *drain) named(m Message) Message {
	for _, block := range m.Blocks {
		for _, line := range block.Lines {
			if slices.ContainsFunc(line, func(s Span) bool { return s.Rep == m.To.Rep }) {
				return m
			}
		}
	}
	name := m.To.Rep
	if r.RepName != nil {
		name = r.RepName(m.To.Rep)
	}
	at := 0
	if len(m.Blocks) > 0 && m.Blocks[0].Kind == Header {
		at = 1
	}
	line := Line{{Text: name, Bold: true}}
	m.Blocks = slices.Insert(slices.Clone(m.Blocks), at, Block{Kind: Body, Lines: []Line{line}})
	m.Text += " (" + name + ")"
	return m
}

// draft fills in what is known only now: the user to mention and the links.
func (r *drain) draft(ctx context.Context, it *item) (Draft, error) {
	d := Draft{Message: it.Message, TextOnly: it.textOnly,
		Resolved: Resolved{Users: map[string]string{}, Links: map[string]string{}}}
	if rep := mentioned(it.Message); rep.Rep != "" && rep.Email != "" {
		user, err := r.user(ctx, rep.Email)
		switch {
		case err == nil:
			d.Users[rep.Rep] = user
		case ClassOf(err) != Park:
			return Draft{}, err
		default:
			r.warn(fmt.Errorf("rep %s named, not mentioned: %w", rep.Rep, err))
		}
	}
	for _, id := range linked(it.Message) {
		url, err := r.link(ctx, id)
		if err != nil {
			return Draft{}, err
		}
		if url != "" {
			d.Links[id] = url
		}
	}
	return d, nil
}

// mentioned returns the span of the rep that a message mentions.
func mentioned(m Message) Span {
	for _, block := range m.Blocks {
		if block.Kind != Mention {
			continue
		}
		for _, line := range block.Lines {
			if i := slices.IndexFunc(line, func(s Span) bool { return s.Rep != "" }); i >= 0 {
				return line[i]
			}
		}
	}
	return Span{}
}

// link returns the permalink of a delivery, empty when there is none.
func (r *drain) link(ctx context.Context, id string) (string, error) {
	at, known, err := r.Outbox.Receipt(ctx, id)
	if err != nil {
		return "", &outboxError{err}
	}
	if !known {
		return "", nil
	}
	url, err := r.Directory.Link(ctx, at)
	if err != nil && ClassOf(err) == Park {
		r.warn(fmt.Errorf("message without its link: %w", err))
		return "", nil
	}
	return url, err
}

// waitAsked is how long the error asks to wait, zero when it does not.
func waitAsked(err error) (after time.Duration) {
	var e *SendError
	if errors.As(err, &e) {
		after = e.After
	}
	return after
}
