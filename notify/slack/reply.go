package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"dangol/notify"
)

// Tell shows content to the presser alone: by the press's response URL, and where
// that fails as an ephemeral message.
func (c *Client) Tell(ctx context.Context, p notify.Press, content notify.Content) error {
	d := notify.Draft{Message: notify.Message{Text: content.Text, Blocks: content.Blocks}}
	text, blocks := compose(d, c.more)
	err := c.respond(ctx, p.Respond, text, blocks)
	if err == nil || p.Channel == "" || p.User == "" {
		return err
	}
	options := []slackgo.MsgOption{slackgo.MsgOptionText(text, false)}
	if blocks != nil {
		options = append(options, slackgo.MsgOptionBlocks(blocks...))
	}
	_, err = c.api.PostEphemeralContext(ctx, p.Channel, p.User, options...)
	return classified("chat.postEphemeral", err)
}

// respond answers through a response URL. Whoever made up the press could have made
// up the URL: only Slack, and where the config sends us, gets an answer.
func (c *Client) respond(ctx context.Context, address, text string, blocks []slackgo.Block) error {
	if !c.mayAnswer(address) {
		return &notify.SendError{Class: notify.Park, Code: "no_response_url"}
	}
	body, err := json.Marshal(map[string]any{"response_type": "ephemeral", "replace_original": false, "text": text, "blocks": blocks})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("the response URL is none")
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := c.wire.http.Do(request)
	if err != nil {
		return fmt.Errorf("response URL: %w", bare(err))
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16)); err != nil || response.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("response URL: %s", response.Status), err)
	}
	return nil
}

// mayAnswer reports whether an address is Slack's, or where the API is.
func (c *Client) mayAnswer(address string) bool {
	u, err := url.Parse(address)
	api, apiErr := url.Parse(c.address)
	if err != nil || apiErr != nil || u.Host == "" {
		return false
	}
	slacks := u.Scheme == "https" && (u.Host == "slack.com" || strings.HasSuffix(u.Host, ".slack.com"))
	return slacks || u.Scheme == api.Scheme && u.Host == api.Host
}

// OpenForm opens a dialog for whoever pressed, within 3 seconds of the press.
func (c *Client) OpenForm(ctx context.Context, p notify.Press, f notify.Form) error {
	memory, err := json.Marshal(formMemory{Action: f.Action, Value: f.Value, Channel: p.Channel, TS: p.TS})
	if err != nil {
		return err
	}
	view := slackgo.ModalViewRequest{
		Type: slackgo.VTModal, CallbackID: formID, PrivateMetadata: string(memory),
		Title: words(f.Title, 24), Submit: words(f.Submit, 24), Close: words(f.Cancel, 24),
	}
	for _, field := range f.Fields {
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, slackgo.NewInputBlock(field.Name, words(field.Label, 2000), nil, element(field)))
	}
	_, err = c.api.OpenViewContext(ctx, p.Trigger, view)
	return classified("views.open", err)
}

func words(text string, most int) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, cut(text, most), false, false)
}

func element(f notify.Field) slackgo.BlockElement {
	if f.Kind == notify.DateField {
		e := slackgo.NewDatePickerBlockElement(f.Name)
		e.InitialDate = f.Initial
		return e
	}
	e := slackgo.NewPlainTextInputBlockElement(nil, f.Name)
	e.Multiline, e.MaxLength, e.InitialValue = true, notify.MaxNote, f.Initial
	return e
}

// The client knows who is who.
var _ notify.Lobby = (*Client)(nil)

// Home is the id of the workspace.
func (c *Client) Home(ctx context.Context) (string, error) {
	team, err := c.Team(ctx)
	return team.ID, err
}

// Visitor asks who a user is.
func (c *Client) Visitor(ctx context.Context, user string) (notify.Visitor, error) {
	var answer struct {
		User struct {
			Team            string `json:"team_id"`
			Restricted      bool   `json:"is_restricted"`
			UltraRestricted bool   `json:"is_ultra_restricted"`
			Deleted         bool   `json:"deleted"`
			Bot             bool   `json:"is_bot"`
			Profile         struct {
				Email string `json:"email"`
			} `json:"profile"`
		} `json:"user"`
	}
	if err := c.read(ctx, "users.info", url.Values{"user": {user}}, &answer); err != nil {
		return notify.Visitor{}, err
	}
	u := answer.User
	v := notify.Visitor{Team: u.Team, Email: u.Profile.Email, Guest: u.Restricted || u.UltraRestricted}
	if u.Deleted || u.Bot {
		v.Email = "" // nobody among the reps
	}
	return v, nil
}

// membersFor is how long the members of a group are remembered.
const membersFor = 10 * time.Minute

type group struct {
	members []string
	until   time.Time
}

// Members are the user ids of a user group, by its handle or its id. They are
// remembered for ten minutes.
func (c *Client) Members(ctx context.Context, name string) ([]string, error) {
	c.mu.Lock()
	known, ok := c.groups[name]
	c.mu.Unlock()
	if ok && c.clock != nil && c.clock().Before(known.until) {
		return known.members, nil
	}
	id, err := c.groupID(ctx, name)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Users []string `json:"users"`
	}
	if err := c.read(ctx, "usergroups.users.list", url.Values{"usergroup": {id}}, &answer); err != nil {
		return nil, err
	}
	if c.clock != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.groups[name] = group{answer.Users, c.clock().Add(membersFor)}
	}
	return answer.Users, nil
}

func (c *Client) groupID(ctx context.Context, name string) (string, error) {
	var answer struct {
		Groups []struct {
			ID     string `json:"id"`
			Handle string `json:"handle"`
		} `json:"usergroups"`
	}
	if err := c.read(ctx, "usergroups.list", nil, &answer); err != nil {
		return "", err
	}
	for _, g := range answer.Groups {
		if g.ID == name || g.Handle == name {
			return g.ID, nil
		}
	}
	return "", refusal("usergroups.list", status{Error: "no_such_subteam"})
}
