package notify

import (
	"context"
	"time"
)

// The things that can be done to a case from a message, and the commands.
const (
	ActTake    = "take"    // I'm on it
	ActSnooze  = "snooze"  // Value: a number of days ("7"), a date ("2026-12-03"), or AskDate
	ActDismiss = "dismiss" // Value: a reason, or AskText
	ActDetails = "details"
	ActCommand = "command" // Value: the words after /dangol

	AskDate = "date"  // a choice that opens a form with a date
	AskText = "other" // a choice that opens a form with free text
)

// Press is what somebody did in Slack: pressed a button, chose from a menu, sent
// a form or typed the slash command. It is decoded, not yet believed: ids may be
// foreign, the press repeated, its message closed.
type Press struct {
	ID      string // the same each time Slack delivers this press again
	Action  string // one of the Act constants; whatever else was pressed, as it came
	Value   string // what was chosen or typed
	Team    string // id of the workspace the presser belongs to
	User    string // id of the presser
	Channel string // where it was pressed: a channel id
	TS      string // the message with the button; empty for a command
	// Form holds what was filled in, by field name; nil unless a form was sent.
	Form    map[string]string
	Trigger string // opens a form, for 3 seconds
	Respond string // URL that takes later answers: a secret, never logged
	At      time.Time
}

// Answer is what the presser gets to see. All of it is for the presser alone.
type Answer struct {
	Say *Content // at once
	Ask *Form    // a form to fill in, instead
	// Later computes what takes longer than Slack waits for; nil: nothing does.
	Later func(context.Context) Content
}

// Form is a dialog.
type Form struct {
	Action string // which Act it carries out when it is sent
	Value  string // that of the press that opened it
	Title  string // at most 24 characters
	Submit string
	Cancel string
	Fields []Field
}

// FieldKind is what is filled in.
type FieldKind string

// The kinds of fields.
const (
	DateField FieldKind = "date" // YYYY-MM-DD
	TextField FieldKind = "text" // several lines, at most MaxNote runes
)

// MaxNote is the longest free text that is kept, in runes.
const MaxNote = 500

// Field is one question of a form.
type Field struct {
	Name    string
	Kind    FieldKind
	Label   string
	Initial string
}

// Presses carries out what was pressed. It commits before it returns; an error
// means that nothing was changed.
type Presses interface {
	Press(ctx context.Context, p Press) (Answer, error)
}
