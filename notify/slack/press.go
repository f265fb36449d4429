package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"dangol/notify"
)

const (
	// caseBlock is the block id of a case's buttons, formID the callback id of our
	// dialogs.
	caseBlock, formID = "dangol:case", "dangol"
	// maxWord bounds what a press says of itself, in runes: ids, choices. maxCommand
	// bounds the words typed after the command, which may name many customers.
	maxWord, maxCommand = 200, 4000
	// maxEnvelope bounds what is decoded, in bytes: a press carries its whole message.
	maxEnvelope = 256 << 10
)

var errNotOurs = errors.New("nothing that is pressed")

// interaction is what Slack sends when something is pressed or a form is sent.
type interaction struct {
	Type string `json:"type"`
	Team struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Channel string `json:"channel_id"`
		TS      string `json:"message_ts"`
	} `json:"container"`
	Actions []struct {
		Action   string `json:"action_id"`
		Value    string `json:"value"`
		At       string `json:"action_ts"`
		Selected struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
	View struct {
		ID       string `json:"id"`
		Callback string `json:"callback_id"`
		Private  string `json:"private_metadata"`
		State    struct {
			Values map[string]map[string]struct {
				Value string `json:"value"`
				Date  string `json:"selected_date"`
			} `json:"values"`
		} `json:"state"`
	} `json:"view"`
	Trigger string `json:"trigger_id"`
	Respond string `json:"response_url"`
}

// slash is what Slack sends when somebody types the command.
type slash struct {
	Team    string `json:"team_id"`
	User    string `json:"user_id"`
	Channel string `json:"channel_id"`
	Text    string `json:"text"`
	Trigger string `json:"trigger_id"`
	Respond string `json:"response_url"`
}

// formMemory is what a dialog remembers of the press that opened it. Whoever sends
// it could have changed it: it is believed no more than the press was.
type formMemory struct {
	Action  string `json:"action"`
	Value   string `json:"value"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// decodePress reads what Slack sends over the socket. It never fails on what is
// missing: an empty id leads to no case. errNotOurs: there is nothing to carry out.
func decodePress(kind string, payload []byte, at time.Time) (notify.Press, error) {
	if len(payload) > maxEnvelope {
		return notify.Press{}, fmt.Errorf("a payload of %d bytes", len(payload))
	}
	if kind == "slash_commands" {
		var c slash
		if err := json.Unmarshal(payload, &c); err != nil {
			return notify.Press{}, errors.New("an unreadable command")
		}
		p := bounded(notify.Press{ID: digest("command", c.Trigger, c.User, c.Text), Action: notify.ActCommand,
			Team: c.Team, User: c.User, Channel: c.Channel, Trigger: c.Trigger, Respond: c.Respond, At: at})
		p.Value = cutWords(printable(c.Text), maxCommand)
		return p, nil
	}
	var i interaction
	if err := json.Unmarshal(payload, &i); err != nil {
		return notify.Press{}, errors.New("an unreadable press")
	}
	p := notify.Press{Team: i.User.TeamID, User: i.User.ID, Trigger: i.Trigger, Respond: i.Respond, At: at}
	if p.Team == "" {
		p.Team = i.Team.ID
	}
	switch {
	case i.Type == "view_submission":
		return i.form(p)
	case i.Type == "block_actions" && len(i.Actions) > 0:
		return i.button(p), nil
	}
	return p, errNotOurs
}

func (i *interaction) button(p notify.Press) notify.Press {
	a := i.Actions[0]
	p.Action, p.Value, p.Channel, p.TS = a.Action, a.Value, i.Container.Channel, i.Container.TS
	if a.Selected.Value != "" {
		p.Value = a.Selected.Value
	}
	if p.Channel == "" {
		p.Channel = i.Channel.ID
	}
	p.ID = digest("button", p.Channel, p.TS, a.At, p.User, p.Action, p.Value)
	return bounded(p)
}

func (i *interaction) form(p notify.Press) (notify.Press, error) {
	var memory formMemory
	if i.View.Callback != formID || json.Unmarshal([]byte(i.View.Private), &memory) != nil {
		return p, errNotOurs
	}
	p.Action, p.Value, p.Channel, p.TS, p.Form = memory.Action, memory.Value, memory.Channel, memory.TS, map[string]string{}
	parts := []string{"form", i.View.ID, p.User}
	for _, block := range slices.Sorted(maps.Keys(i.View.State.Values)) {
		for _, element := range i.View.State.Values[block] {
			text := element.Value + element.Date
			p.Form[cutRunes(block, maxWord)] = cutRunes(printable(text), notify.MaxNote)
			parts = append(parts, block, text)
		}
	}
	p.ID = digest(parts...)
	return bounded(p), nil
}

// bounded bounds what a press says of itself.
func bounded(p notify.Press) notify.Press {
	for _, text := range []*string{&p.Action, &p.Value, &p.Team, &p.User, &p.Channel, &p.TS} {
		*text = cutRunes(printable(*text), maxWord)
	}
	return p
}

// printable drops what is no text: control characters and broken bytes.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text)
}

func cutRunes(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// cutWords is cutRunes without the part of a word that would be left at the end.
func cutWords(text string, most int) string {
	short := cutRunes(text, most)
	if at := strings.LastIndexAny(short, " \t\n"); len(short) < len(text) && at >= 0 {
		return short[:at]
	}
	return short
}

// digest names a press by what makes it this one, and tells nothing: part of it is
// secret for a while.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:12])
}
