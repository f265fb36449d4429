// Package slack says messages in Slack: it draws them as Block Kit within
// Slack's limits, posts and updates them, and finds them again.
//
// The Block Kit types are those of slack-go. The calls are our own: slack-go
// reads an answer with all its blocks, so that one unknown element in somebody
// else's message makes a channel's history unreadable, and it takes a refusal
// without a reason for success.
package slack

import (
	"context"
	"encoding/json"
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
	// More words what was cut away, "… 7 more"; nil words it in English.
	More func(n int) string
}

// Client is one app's access to one workspace. It keeps no state but the
// workspace's address, retries nothing, logs nothing, and may be used from
// several goroutines. Every error is a *notify.SendError, with a hint where
// ops can mend the cause.
type Client struct {
	token string
	api   string
	http  *http.Client
	more  func(n int) string

	mu   sync.Mutex
	team *Team
}

// The client is both ends that the dispatcher needs.
var (
	_ notify.Messenger = (*Client)(nil)
	_ notify.Directory = (*Client)(nil)
)

// Team is the workspace and what the token may do there.
type Team struct {
	URL    string   // of the workspace, ends with a slash
	Name   string   // of the workspace
	User   string   // user id of the app
	Scopes []string // granted to the token
}

// New returns a client. It makes no call.
func New(o Options) *Client {
	c := &Client{token: o.Token, api: o.APIURL, more: o.More}
	if c.api == "" {
		c.api = DefaultAPIURL
	}
	if !strings.HasSuffix(c.api, "/") {
		c.api += "/"
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
	c.http = &http.Client{Timeout: timeout, Transport: transport, CheckRedirect: noRedirect}
	return c
}

// noRedirect keeps the token where the config sends it.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Post writes a message into a channel or thread.
func (c *Client) Post(ctx context.Context, to notify.Place, d notify.Draft) (notify.Receipt, error) {
	form, err := c.content(d, d.ID)
	if err != nil {
		return notify.Receipt{}, err
	}
	form.Set("channel", to.Channel)
	if to.Thread != "" {
		form.Set("thread_ts", to.Thread)
	}
	form.Set("unfurl_links", "false")
	form.Set("unfurl_media", "false")
	var answer struct {
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	}
	if err := c.call(ctx, "chat.postMessage", form, &answer); err != nil {
		return notify.Receipt{}, err
	}
	if answer.TS == "" {
		return notify.Receipt{}, undecodable("chat.postMessage", fmt.Errorf("no timestamp"))
	}
	if answer.Channel == "" {
		answer.Channel = to.Channel
	}
	return notify.Receipt{Channel: answer.Channel, TS: answer.TS}, nil
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
	form, err := c.content(d, id)
	if err != nil {
		return err
	}
	if !form.Has("blocks") {
		form.Set("blocks", "[]") // the old ones would stay otherwise
	}
	form.Set("channel", at.Channel)
	form.Set("ts", at.TS)
	return c.call(ctx, "chat.update", form, nil)
}

// content encodes text, blocks and metadata.
func (c *Client) content(d notify.Draft, id string) (url.Values, error) {
	text, blocks := compose(d, c.more)
	blockJSON, err := json.Marshal(blocks)
	if err != nil {
		return nil, &notify.SendError{Class: notify.Payload, Code: "unencodable", Err: err}
	}
	metadata, err := json.Marshal(slackgo.SlackMetadata{
		EventType:    EventType,
		EventPayload: map[string]any{"delivery_id": id},
	})
	if err != nil {
		return nil, &notify.SendError{Class: notify.Payload, Code: "unencodable", Err: err}
	}
	form := url.Values{"text": {text}, "metadata": {string(metadata)}}
	if blocks != nil {
		form.Set("blocks", string(blockJSON))
	}
	return form, nil
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
		if err := c.call(ctx, method, form, &p); err != nil {
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
		if err := c.call(ctx, "conversations.list", form, &answer); err != nil {
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
	if err := c.call(ctx, "users.lookupByEmail", form, &answer); err != nil {
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
	if err := c.call(ctx, "conversations.open", url.Values{"users": {user}}, &answer); err != nil {
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
	var answer struct {
		URL  string `json:"url"`
		Team string `json:"team"`
		User string `json:"user_id"`
	}
	header, err := c.callForHeader(ctx, "auth.test", url.Values{}, &answer)
	if err != nil {
		return Team{}, err
	}
	team := Team{URL: answer.URL, Name: answer.Team, User: answer.User}
	for _, scope := range strings.Split(header.Get("X-OAuth-Scopes"), ",") {
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
