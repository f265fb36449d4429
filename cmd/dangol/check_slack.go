package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dangol/internal/checkup"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/slack"
)

// checkSlack looks at token, scopes, channels and users. Nothing is sent.
func (c *checker) checkSlack(ctx context.Context) {
	cfg := c.cfg
	if c.noToken() {
		return
	}
	if err := cfg.Need("slack.channels.alerts", "slack.channels.ops"); err != nil {
		c.sheet.Err("slack", "channels", err)
	}
	client := slack.New(slack.Options{Token: cfg.Slack.Token.Reveal(), APIURL: cfg.Slack.APIURL})
	team, err := client.Team(ctx)
	if err != nil {
		c.sheet.Err("slack", "token", reached(err))
		return
	}
	c.sheet.OK("slack", "token", "valid: app user %s in the workspace %s, %s", team.User, team.Name, team.URL)
	c.checkScopes(team.Scopes)
	c.checkButtons(ctx, client)
	c.checkChannels(ctx, client, slices.Contains(team.Scopes, "chat:write.public"))
	c.checkUsers(ctx, client)
}

// checkButtons asks whether presses can be listened to, and whether the groups are
// there that may answer.
func (c *checker) checkButtons(ctx context.Context, client *slack.Client) {
	if c.cfg.Slack.AppToken == "" {
		c.sheet.OK("slack", "buttons", "none: slack.app_token is not set; all else works")
		return
	}
	if err := slack.CheckSocket(ctx, client, c.cfg.Slack.AppToken.Reveal()); err != nil {
		c.sheet.Err("slack", "buttons", err)
	} else {
		c.sheet.OK("slack", "buttons", "the app-level token may listen")
	}
	for _, group := range c.cfg.Slack.Groups {
		members, err := client.Members(ctx, strings.TrimPrefix(group, "@"))
		if err != nil {
			c.sheet.Err("slack", "slack.groups", fmt.Errorf("%s: %w", group, err))
			continue
		}
		c.sheet.OK("slack", "slack.groups", "%s: %s may answer every case", group, several(len(members), "member"))
	}
}

// noToken reports whether there is no token to look with. A config without any
// is one for looking only; a variable that is not set is a fault.
func (c *checker) noToken() bool {
	err := c.cfg.Need("slack.token", "slack.api_url")
	if c.cfg.Slack.Token != "" {
		if err != nil {
			c.sheet.Err("slack", "token", err)
		}
		return err != nil
	}
	if err != nil && strings.Contains(err.Error(), "variable") {
		c.sheet.Err("slack", "token", err)
		return true
	}
	c.sheet.Add(checkup.Finding{Area: "slack", Subject: "token", Status: checkup.OK,
		Evidence: "none given: dry runs, score and explain work, nothing can be sent; Slack is not looked at",
		Remedy:   "to send: create the app from deploy/slack-manifest.yaml and set slack.token: ${SLACK_BOT_TOKEN} or slack.token_file"})
	return true
}

// reached says that it was Slack that could not be reached, or what it refused.
func reached(err error) error {
	var e *notify.SendError
	if !errors.As(err, &e) {
		return err
	}
	says := "Slack refuses the token"
	if e.Class == notify.Retry || e.Class == notify.Ambiguous || strings.HasPrefix(e.Code, "http_") {
		says = "Slack cannot be reached"
	}
	wrapped := fmt.Errorf("%s: %w", says, err)
	if len(hint.Of(err)) == 0 {
		return hint.With(wrapped, "check the network, the proxy and slack.api_url, and run it again")
	}
	return wrapped
}

// checkScopes compares what the token was granted with what is used of it.
func (c *checker) checkScopes(granted []string) {
	if len(granted) == 0 {
		c.sheet.OK("slack", "scopes", "Slack does not name them; the look-ups below show some")
		return
	}
	var have, optional []string
	for _, scope := range slack.Scopes {
		switch {
		case slices.Contains(granted, scope.Name):
			have = append(have, scope.Name)
		case c.needsScope(scope.Name):
			c.missingScope(checkup.Error, scope)
		case c.usesScope(scope.Name):
			c.missingScope(checkup.Warning, scope)
		default:
			optional = append(optional, scope.Name)
		}
	}
	evidence := "granted: " + strings.Join(have, ", ")
	if len(optional) > 0 {
		evidence += "; not granted and not needed by this config: " + strings.Join(optional, ", ")
	}
	c.sheet.OK("slack", "scopes", "%s", evidence)
}

// needsScope reports whether messages to the channels cannot be sent without.
func (c *checker) needsScope(name string) bool {
	switch name {
	case "chat:write":
		return true
	case "channels:read", "groups:read":
		return slices.ContainsFunc(sortedNames(c.cfg.Slack.Channels.ByRole()), func(role string) bool {
			return strings.HasPrefix(c.cfg.Slack.Channels.ByRole()[role], "#")
		})
	}
	return false
}

// usesScope reports whether something is lost without the scope.
func (c *checker) usesScope(name string) bool {
	switch name {
	case "im:write", "users:read", "users:read.email", "im:history":
		_, reps := c.cfg.Sales.Queries[string(sales.Reps)]
		return reps
	case "channels:history", "groups:history", "files:write":
		return true
	case "commands":
		return c.cfg.Slack.AppToken != ""
	case "usergroups:read":
		return c.cfg.Slack.AppToken != "" && len(c.cfg.Slack.Groups) > 0
	}
	return false
}

func (c *checker) missingScope(status checkup.Status, scope slack.Scope) {
	evidence := fmt.Sprintf("%s is not granted: %s", scope.Name, scope.Loses)
	remedy := fmt.Sprintf("add %s to the app under OAuth & Permissions, reinstall it, and use its new token", scope.Name)
	switch {
	case strings.HasSuffix(scope.Name, ":history"):
		evidence += fmt.Sprintf(" (slack.on_ambiguous is %s: %s)", c.cfg.Slack.OnAmbiguous, doubtInWords(c.cfg.Slack.OnAmbiguous))
	case strings.HasSuffix(scope.Name, ":read") && status == checkup.Error:
		remedy += "; or give channel ids (C0123ABCD) under slack.channels"
	}
	c.sheet.Add(checkup.Finding{Area: "slack", Subject: "scopes", Status: status, Evidence: evidence, Remedy: remedy})
}

func doubtInWords(onAmbiguous string) string {
	if onAmbiguous == string(notify.Hold) {
		return "the message then waits"
	}
	return "the message may then stand twice"
}

// checkChannels looks every configured channel up.
func (c *checker) checkChannels(ctx context.Context, client *slack.Client, public bool) {
	roles := c.cfg.Slack.Channels.ByRole()
	var rooms map[string]slack.Room
	var listErr error
	for _, role := range sortedNames(roles) {
		name := roles[role]
		if c.cfg.Need("slack.channels."+role) != nil {
			if role != "alerts" && role != "ops" { // those are told already
				c.sheet.Err("slack", "channels."+role, c.cfg.Need("slack.channels."+role))
			}
			continue
		}
		if strings.HasPrefix(name, "#") {
			if rooms == nil {
				rooms, listErr = client.Rooms(ctx)
			}
			room, known := rooms[strings.TrimPrefix(name, "#")]
			if !known && listErr != nil {
				c.sheet.Err("slack", "channels."+role, fmt.Errorf("%s cannot be looked up: %w", name, listErr))
				continue
			}
			c.checkChannel(role, name, room, known, public)
			continue
		}
		room, err := client.Room(ctx, name)
		var e *notify.SendError
		switch {
		case errors.As(err, &e) && e.Code == "channel_not_found":
			c.checkChannel(role, name, room, false, public)
		case err != nil:
			c.sheet.WarnErr("slack", "channels."+role, fmt.Errorf("%s cannot be looked up: %w", name, err))
		default:
			c.checkChannel(role, name, room, true, public)
		}
	}
}

func (c *checker) checkChannel(role, name string, room slack.Room, known, public bool) {
	add := func(status checkup.Status, evidence, remedy string) {
		c.sheet.Add(checkup.Finding{Area: "slack", Subject: "channels." + role, Status: status, Evidence: evidence, Remedy: remedy})
	}
	kind := "public"
	if room.Private {
		kind = "private"
	}
	switch {
	case !known:
		add(checkup.Error, fmt.Sprintf("%s: no such channel (channel_not_found), or a private one without the app", name),
			fmt.Sprintf("create the channel or correct slack.channels.%s; in a private one: /invite @Dangol", role))
	case room.Archived:
		add(checkup.Error, fmt.Sprintf("%s (%s) is archived", name, room.ID), fmt.Sprintf("unarchive the channel, or name another under slack.channels.%s", role))
	case !room.Member && public && !room.Private:
		add(checkup.Warning, fmt.Sprintf("%s (%s): the app is no member; it may post (chat:write.public), but not look after an unclear answer", name, room.ID),
			fmt.Sprintf("in %s: /invite @Dangol", name))
	case !room.Member:
		add(checkup.Error, fmt.Sprintf("%s (%s) exists, but the app is no member (not_in_channel)", name, room.ID), fmt.Sprintf("in %s: /invite @Dangol", name))
	default:
		add(checkup.OK, fmt.Sprintf("%s (%s), %s, the app is a member", name, room.ID, kind), "")
	}
}

// checkUsers looks for the Slack user of every active rep.
func (c *checker) checkUsers(ctx context.Context, client *slack.Client) {
	if _, given := c.cfg.Sales.Queries[string(sales.Reps)]; !given {
		return
	}
	if c.reps == nil {
		c.sheet.Warn("slack", "users", "not looked up: the reps could not be read", "mend what is said about the database and run the check again")
		return
	}
	emails, byEmail := c.repEmails()
	if len(emails) == 0 {
		return // told under data
	}
	found, err := client.Users(ctx, emails)
	if err != nil {
		c.sheet.WarnErr("slack", "users", fmt.Errorf("reps cannot be looked up: %w", err))
		return
	}
	evidence := fmt.Sprintf("%d of %d active reps' e-mail addresses belong to a Slack user", found.Found, len(emails)-found.Left)
	if found.Left > 0 {
		evidence += fmt.Sprintf(" (%d not looked up: too many for one check)", found.Left)
	}
	if len(found.Unknown) == 0 {
		c.sheet.OK("slack", "users", "%s", evidence)
		return
	}
	var ids []string
	for _, email := range found.Unknown {
		ids = append(ids, byEmail[email]...)
	}
	c.sheet.Warn("slack", "users", fmt.Sprintf("%s; without a user: %s. They are named, not mentioned, and the alerts channel stands in for their messages",
		evidence, firstOf(ids, mostNamed)),
		"let sales.queries.reps return the e-mail address of the rep's Slack account, and active = 0 for those who left")
}

// repEmails lists the addresses of the active reps, each once, and whose it is.
func (c *checker) repEmails() (emails []string, byEmail map[string][]string) {
	byEmail = map[string][]string{}
	for _, rep := range c.reps {
		email := strings.TrimSpace(rep.Email)
		if rep.Inactive || email == "" {
			continue
		}
		if byEmail[email] == nil {
			emails = append(emails, email)
		}
		byEmail[email] = append(byEmail[email], rep.ID)
	}
	return emails, byEmail
}
