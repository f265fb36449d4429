// Package slack says messages in Slack: it draws them as Block Kit within
// Slack's limits, posts and updates them, and finds them again.
//
// Writing goes through slack-go, over an HTTP client of ours that turns every
// refusal, broken connection and unreadable answer into an error with a class.
// Reading decodes only what is needed: slack-go takes a page with all its blocks,
// so that one unknown element in somebody else's message would make a channel's
// history unreadable.
package slack

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"dangol/notify"
)

// Defaults of Options.
const (
	DefaultAPIURL  = slackgo.APIURL
	DefaultTimeout = 15 * time.Second
)

// EventType marks the metadata of our messages.
const EventType = "dangol"

// Options says how to reach Slack.
type Options struct {
	Token   string
	APIURL  string        // empty means DefaultAPIURL
	Timeout time.Duration // of one call; 0 means DefaultTimeout
	// Clock is asked how long ago something was looked up; nil: nothing is remembered.
	Clock func() time.Time
	// More words what was cut away, "… 7 more"; nil words it in English.
	More func(n int) string
}

// Client is one app's access to one workspace. It keeps no state but the
// workspace's address, retries nothing, logs nothing, and may be used from
// several goroutines. Every error is a *notify.SendError, with a hint where
// ops can mend the cause.
type Client struct {
	token   string
	address string // of the API, ends with a slash
	wire    wire
	api     *slackgo.Client
	more    func(n int) string
	clock   func() time.Time

	mu     sync.Mutex
	team   *Team
	groups map[string]group
}

// The client is both ends that the dispatcher needs.
var (
	_ notify.Messenger = (*Client)(nil)
	_ notify.Directory = (*Client)(nil)
)

// Team is the workspace and what the token may do there.
type Team struct {
	ID     string
	URL    string   // of the workspace, ends with a slash
	Name   string   // of the workspace
	User   string   // user id of the app
	Scopes []string // granted to the token
}

// New returns a client. It makes no call.
func New(o Options) *Client {
	c := &Client{groups: map[string]group{}, token: o.Token, address: o.APIURL, more: o.More, clock: o.Clock}
	if c.address == "" {
		c.address = DefaultAPIURL
	}
	if !strings.HasSuffix(c.address, "/") {
		c.address += "/"
	}
	if c.more == nil {
		c.more = moreInEnglish
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.IdleConnTimeout = 20 * time.Second // servers and proxies drop idle connections; a dead one looks like a lost answer
	c.wire = wire{&http.Client{Timeout: timeout, Transport: transport, CheckRedirect: noRedirect}}
	c.api = slackgo.New(c.token, slackgo.OptionAPIURL(c.address), slackgo.OptionHTTPClient(c.wire))
	return c
}

// noRedirect keeps the token where the config sends it.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Post writes a message into a channel or thread.
func (c *Client) Post(ctx context.Context, to notify.Place, d notify.Draft) (notify.Receipt, error) {
	text, blocks := compose(d, c.more)
	options := append(content(text, d.ID), slackgo.MsgOptionDisableLinkUnfurl(), slackgo.MsgOptionDisableMediaUnfurl())
	if blocks != nil {
		options = append(options, slackgo.MsgOptionBlocks(blocks...))
	}
	if to.Thread != "" {
		options = append(options, slackgo.MsgOptionTS(to.Thread))
	}
	channel, ts, err := c.api.PostMessageContext(ctx, to.Channel, options...)
	if err != nil {
		return notify.Receipt{}, classified("chat.postMessage", err)
	}
	if ts == "" {
		return notify.Receipt{}, undecodable("chat.postMessage", fmt.Errorf("no timestamp"))
	}
	if channel == "" {
		channel = to.Channel
	}
	return notify.Receipt{Channel: channel, TS: ts}, nil
}

// Reply writes a message into the thread of an earlier one.
func (c *Client) Reply(ctx context.Context, parent notify.Receipt, d notify.Draft) (notify.Receipt, error) {
	return c.Post(ctx, notify.Place{Channel: parent.Channel, Thread: parent.TS}, d)
}

// Update replaces what an earlier message says. The message keeps its own
// delivery id, which is the draft's target.
func (c *Client) Update(ctx context.Context, at notify.Receipt, d notify.Draft) error {
	id := d.Target
	if id == "" {
		id = d.ID
	}
	text, blocks := compose(d, c.more)
	// Without blocks the old ones would stay: slack-go then sends an empty list.
	options := append(content(text, id), slackgo.MsgOptionBlocks(blocks...))
	_, _, _, err := c.api.UpdateMessageContext(ctx, at.Channel, at.TS, options...)
	return classified("chat.update", err)
}

// content is the text and the metadata of a message.
func content(text, id string) []slackgo.MsgOption {
	return []slackgo.MsgOption{
		slackgo.MsgOptionText(text, false),
		slackgo.MsgOptionMetadata(slackgo.SlackMetadata{EventType: EventType, EventPayload: map[string]any{"delivery_id": id}}),
	}
}

// page is one page of a history.
type page struct {
	Messages []struct {
		TS       string `json:"ts"`
		Metadata struct {
			Payload struct {
				DeliveryID string `json:"delivery_id"`
			} `json:"event_payload"`
		} `json:"metadata"`
	} `json:"messages"`
	cursor
}

type cursor struct {
	Metadata struct {
		Next string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// Find looks for a message by its delivery id among those since an instant:
// in the thread the place names, then in the channel, since Slack may put a
// reply there when its thread has gone. An error of class Park says that the
// history may not be read.
func (c *Client) Find(ctx context.Context, in notify.Place, id string, since time.Time) (notify.Receipt, bool, error) {
	if in.Thread != "" {
		ts, err := c.search(ctx, "conversations.replies", in, id, since)
		if err != nil && notify.ClassOf(err) != notify.Gone || ts != "" {
			return notify.Receipt{Channel: in.Channel, TS: ts}, ts != "", readable(err)
		}
	}
	ts, err := c.search(ctx, "conversations.history", in, id, since)
	return notify.Receipt{Channel: in.Channel, TS: ts}, ts != "", readable(err)
}

func (c *Client) search(ctx context.Context, method string, in notify.Place, id string, since time.Time) (string, error) {
	form := url.Values{
		"channel":              {in.Channel},
		"oldest":               {fmt.Sprintf("%d.%06d", since.Unix(), since.Nanosecond()/1000)},
		"inclusive":            {"true"},
		"include_all_metadata": {"true"},
		"limit":                {"200"},
	}
	if method == "conversations.replies" {
		form.Set("ts", in.Thread)
	}
	for {
		var p page
		if err := c.read(ctx, method, form, &p); err != nil {
			return "", err
		}
		for _, m := range p.Messages {
			if m.Metadata.Payload.DeliveryID == id {
				return m.TS, nil
			}
		}
		if p.Metadata.Next == "" || p.Metadata.Next == form.Get("cursor") {
			return "", nil
		}
		form.Set("cursor", p.Metadata.Next)
	}
}

// Channel returns the id of a channel by its name, with or without "#". Slack
// lists the public ones and the private ones the app is in.
func (c *Client) Channel(ctx context.Context, name string) (string, error) {
	name = strings.TrimPrefix(name, "#")
	form := url.Values{"types": {"public_channel,private_channel"}, "exclude_archived": {"true"}, "limit": {"1000"}}
	for {
		var answer struct {
			Channels []struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"channels"`
			cursor
		}
		if err := c.read(ctx, "conversations.list", form, &answer); err != nil {
			return "", readable(err)
		}
		for _, channel := range answer.Channels {
			if channel.Name == name {
				return channel.ID, nil
			}
		}
		if answer.Metadata.Next == "" || answer.Metadata.Next == form.Get("cursor") {
			return "", refusal("conversations.list", status{Error: "channel_not_found"})
		}
		form.Set("cursor", answer.Metadata.Next)
	}
}

// User returns the user id for an e-mail address.
func (c *Client) User(ctx context.Context, email string) (string, error) {
	var answer struct {
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	}
	form := url.Values{"email": {strings.TrimSpace(email)}}
	if err := c.read(ctx, "users.lookupByEmail", form, &answer); err != nil {
		return "", readable(err)
	}
	if answer.User.ID == "" {
		return "", refusal("users.lookupByEmail", status{Error: "users_not_found"})
	}
	return answer.User.ID, nil
}

// Direct opens the direct messages with a user and returns their channel id.
func (c *Client) Direct(ctx context.Context, user string) (string, error) {
	var answer struct {
		Channel struct {
			ID string `json:"id"`
		} `json:"channel"`
	}
	if err := c.read(ctx, "conversations.open", url.Values{"users": {user}}, &answer); err != nil {
		return "", readable(err)
	}
	if answer.Channel.ID == "" {
		return "", refusal("conversations.open", status{Error: "channel_not_found"})
	}
	return answer.Channel.ID, nil
}

// Team asks Slack who we are; the answer is kept.
func (c *Client) Team(ctx context.Context) (Team, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.team != nil {
		return *c.team, nil
	}
	answer, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return Team{}, classified("auth.test", err)
	}
	team := Team{ID: answer.TeamID, URL: answer.URL, Name: answer.Team, User: answer.UserID}
	for _, scope := range strings.Split(answer.Header.Get("X-OAuth-Scopes"), ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			team.Scopes = append(team.Scopes, scope)
		}
	}
	c.team = &team
	return team, nil
}

// Link returns the permalink of a message.
func (c *Client) Link(ctx context.Context, to notify.Receipt) (string, error) {
	team, err := c.Team(ctx)
	if err != nil {
		return "", readable(err)
	}
	if team.URL == "" {
		return "", &notify.SendError{Class: notify.Park, Code: "no_team_url"}
	}
	return strings.TrimSuffix(team.URL, "/") + "/archives/" + to.Channel + "/p" + strings.ReplaceAll(to.TS, ".", ""), nil
}

// seconds reads a Retry-After header; Slack sends whole seconds.
func seconds(header string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(header))
	if err != nil || n < 1 {
		return time.Second
	}
	return time.Duration(n) * time.Second
}
