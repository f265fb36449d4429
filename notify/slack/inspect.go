package slack

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"dangol/notify"
)

// This file looks at a workspace before the first message: which of the
// channels the app can post to, which of the reps it knows. Nothing is sent.

// Scope is a right of the app's token.
type Scope struct {
	Name string
	// Loses says what does not work without it.
	Loses string
}

// Scopes lists the bot scopes that the app's manifest asks for.
var Scopes = []Scope{
	{"chat:write", "nothing can be sent"},
	{"im:write", "reps get no direct messages: the alerts channel stands in"},
	{"users:read", "users:read.email is not granted without it"},
	{"users:read.email", "reps are not found by e-mail: they are named instead of mentioned, and the alerts channel stands in for their messages"},
	{"files:write", "messages go without charts; their figures stand there as text"},
	{"commands", "/dangol is not there"},
	{"usergroups:read", "the groups of slack.groups may not answer cases"},
	{"channels:read", "channels are not found by name"},
	{"groups:read", "channels are not found by name"},
	{"channels:history", "after an unclear answer nobody can look whether a message stands in a public channel"},
	{"groups:history", "after an unclear answer nobody can look whether a message stands in a private channel"},
	{"im:history", "after an unclear answer nobody can look whether a direct message arrived"},
}

// Room is a channel as the app sees it.
type Room struct {
	ID       string
	Name     string // without "#"
	Archived bool
	Private  bool
	Member   bool // the app is in it
}

// patience bounds the waiting that one look-up may do because Slack says so.
const patience = time.Minute

// waiter repeats a call that Slack puts off, as long as its patience lasts.
type waiter struct{ left time.Duration }

func (w *waiter) call(ctx context.Context, f func() error) error {
	for {
		err := f()
		var e *notify.SendError
		if !errors.As(err, &e) || e.Class != notify.Retry || e.After <= 0 || e.After > w.left {
			return err
		}
		w.left -= e.After
		timer := time.NewTimer(e.After)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// Room looks a channel up by its id.
func (c *Client) Room(ctx context.Context, id string) (Room, error) {
	var answer struct {
		Channel room `json:"channel"`
	}
	wait := waiter{patience}
	err := wait.call(ctx, func() error {
		return c.read(ctx, "conversations.info", url.Values{"channel": {id}}, &answer)
	})
	return answer.Channel.known(), err
}

// Rooms lists the public channels and the private ones the app is in, archived
// ones too, by name without "#". Of two with one name the open one counts.
func (c *Client) Rooms(ctx context.Context) (map[string]Room, error) {
	rooms := map[string]Room{}
	wait := waiter{patience}
	form := url.Values{"types": {"public_channel,private_channel"}, "limit": {"1000"}}
	for {
		var answer struct {
			Channels []room `json:"channels"`
			cursor
		}
		err := wait.call(ctx, func() error { return c.read(ctx, "conversations.list", form, &answer) })
		if err != nil {
			return rooms, err
		}
		for _, r := range answer.Channels {
			if before, known := rooms[r.Name]; !known || before.Archived {
				rooms[r.Name] = r.known()
			}
		}
		if answer.Metadata.Next == "" || answer.Metadata.Next == form.Get("cursor") {
			return rooms, nil
		}
		form.Set("cursor", answer.Metadata.Next)
	}
}

// room is a channel of an answer.
type room struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Archived bool   `json:"is_archived"`
	Private  bool   `json:"is_private"`
	Member   bool   `json:"is_member"`
	Direct   bool   `json:"is_im"`
}

func (r room) known() Room {
	return Room{ID: r.ID, Name: r.Name, Archived: r.Archived, Private: r.Private, Member: r.Member || r.Direct}
}

// Directory is what looking for users found.
type Directory struct {
	Found   int
	Unknown []string // e-mail addresses without a user, in the order asked
	Left    int      // not asked: too many, or Slack would not wait
}

// mostLookups bounds the e-mail addresses asked for: Slack takes some fifty a
// minute.
const mostLookups = 200

// Users looks e-mail addresses up one by one. The error is that of the first
// call that failed for another reason than an unknown address; what is left
// then counts as not asked.
func (c *Client) Users(ctx context.Context, emails []string) (Directory, error) {
	var d Directory
	wait := waiter{patience}
	for i, email := range emails {
		if i == mostLookups {
			d.Left = len(emails) - i
			return d, nil
		}
		err := wait.call(ctx, func() error {
			_, err := c.User(ctx, email)
			return err
		})
		var e *notify.SendError
		switch {
		case err == nil:
			d.Found++
		case errors.As(err, &e) && (e.Code == "users_not_found" || e.Code == "user_not_found"):
			d.Unknown = append(d.Unknown, strings.TrimSpace(email))
		case errors.As(err, &e) && e.After > 0:
			d.Left = len(emails) - i
			return d, nil
		default:
			d.Left = len(emails) - i
			return d, err
		}
	}
	return d, nil
}
