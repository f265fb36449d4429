package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/sales"
	"dangol/notify/wording"
)

// Register is what the desk needs of the state.
type Register interface {
	// CaseAt returns the case whose message stands at a place in Slack.
	CaseAt(ctx context.Context, channel, ts string) (casebook.Case, bool, error)
	// Cases returns every open case.
	Cases(ctx context.Context) ([]casebook.Case, error)
	// Said returns what a message says now, by its delivery id.
	Said(ctx context.Context, id string) (Message, bool, error)
	// People returns the reps as the last run read them.
	People(ctx context.Context) ([]sales.Rep, error)
	// CommitPress writes down a press with what follows from it: ErrRepeated for a
	// press that is known, ErrMoved for a case that was changed meanwhile.
	CommitPress(ctx context.Context, p Pressed) error
}

// Visitor is who somebody is in Slack.
type Visitor struct {
	Team  string // id of the workspace that the user belongs to
	Email string // empty where Slack does not say
	Guest bool
}

// Lobby knows who is who in Slack.
type Lobby interface {
	// Home is the id of the app's own workspace.
	Home(ctx context.Context) (string, error)
	Visitor(ctx context.Context, user string) (Visitor, error)
	// Members are the user ids of a user group, by its handle or its id.
	Members(ctx context.Context, group string) ([]string, error)
}

// Explained is the diagnosis of one customer, as its owner and the managers above
// may read it, and as others may: without what is known of visits.
type Explained struct {
	Owner           string // rep id; empty: nobody's
	Private, Public Content
	// Unknown says that there is no such customer, and who is meant perhaps; then
	// there is nothing else.
	Unknown string
}

// Explainer reads the sales database and words the diagnosis of one customer, by
// id or name.
type Explainer func(ctx context.Context, customer string) (Explained, error)

// Desk carries out what people press and type. It believes nothing that a press
// says about itself: the message must be ours, the presser allowed, the choice one
// of those offered.
type Desk struct {
	Register Register
	Lobby    Lobby
	Composer *Composer
	Explain  Explainer
	Groups   []string // handles or ids of the user groups that may answer every case
	Today    func() sales.Date
	Clock    func() time.Time
	NewID    func() string
	// Trouble is told of what failed and whose cause is no business of who pressed.
	Trouble func(error)
	// Wake asks for the outbox to be emptied now.
	Wake func()
}

// The desk carries out presses.
var _ Presses = (*Desk)(nil)

// The outcomes of presses that changed nothing, as they are audited.
const (
	refusedTeam     = "foreign_team"
	refusedStranger = "not_allowed"
	refusedGuest    = "guest"
	refusedUnknown  = "unknown_message"
	refusedAction   = "unknown_action"
	refusedClosed   = "closed"
	refusedSame     = "same"
	refusedDate     = "bad_date"
	refusedNote     = "no_text"
	asked           = "asked"
	shown           = "shown"
)

// mostMoves is how often a press is carried out anew because its case moves.
const mostMoves = 3

// visit is one press on its way through the desk.
type visit struct {
	*Desk
	press  Press
	people map[string]sales.Rep
	who    Visitor
	rep    sales.Rep // who presses, the first where there are several of one address; zero: none
	say    *wording.Wording
	today  sales.Date
}

// Press carries out one press. A press that comes again changes nothing and says
// nothing.
func (d *Desk) Press(ctx context.Context, p Press) (Answer, error) {
	v := &visit{Desk: d, press: p, people: map[string]sales.Rep{}, today: d.Today()}
	v.say = d.Composer.Wording.On(v.today - 1)
	people, err := d.Register.People(ctx)
	if err != nil {
		return Answer{}, err
	}
	for _, r := range people {
		v.people[r.ID] = r
	}
	ours, err := v.meet(ctx)
	if err != nil {
		return Answer{}, err
	}
	if !ours {
		return v.refuse(ctx, "", refusedTeam, "team")
	}
	if p.Action == ActCommand {
		return v.command(ctx)
	}
	if !slices.Contains([]string{ActTake, ActSnooze, ActDismiss, ActDetails}, p.Action) {
		return v.refuse(ctx, "", refusedAction, "action")
	}
	for range mostMoves {
		answer, err := v.button(ctx)
		if errors.Is(err, ErrRepeated) {
			return Answer{}, nil
		}
		if !errors.Is(err, ErrMoved) {
			return answer, err
		}
	}
	return v.answer("busy"), nil
}

// answer says one thing to the presser.
func (v *visit) answer(word string) Answer { return v.saying(v.say.Text("desk_" + word)) }

func (v *visit) saying(text string) Answer {
	content := v.content(text)
	return Answer{Say: &content}
}

// content is one line of text.
func (v *visit) content(text string) Content {
	return Content{Text: text, Blocks: []Block{{Kind: Body, Lines: []Line{plain(text)}}}}
}

// audit writes down a press that changes nothing; of one that is known already
// nothing more is said.
func (v *visit) audit(ctx context.Context, caseID, outcome string, answer Answer) (Answer, error) {
	err := v.Register.CommitPress(ctx, Pressed{Press: v.press, RepID: v.rep.ID, CaseID: caseID, Outcome: outcome})
	if errors.Is(err, ErrRepeated) {
		return Answer{}, nil
	}
	return answer, err
}

func (v *visit) refuse(ctx context.Context, caseID, outcome, word string) (Answer, error) {
	return v.audit(ctx, caseID, outcome, v.answer(word))
}

// button carries out what was pressed on a case's message.
func (v *visit) button(ctx context.Context) (Answer, error) {
	c, known, err := v.Register.CaseAt(ctx, v.press.Channel, v.press.TS)
	if err != nil {
		return Answer{}, err
	}
	if !known || c.CustomerID == "" {
		return v.refuse(ctx, "", refusedUnknown, "unknown")
	}
	rights, err := v.rights(ctx, c.RepID)
	if err != nil {
		return Answer{}, err
	}
	if !rights.allowed {
		return v.refuse(ctx, c.ID, rights.outcome(), rights.word())
	}
	if v.press.Action == ActDetails {
		answer := v.answer("wait")
		answer.Later = v.explained(c.CustomerID)
		return v.audit(ctx, c.ID, shown, answer)
	}
	act, form, outcome, key := v.act()
	if form != nil {
		return v.audit(ctx, c.ID, asked, Answer{Ask: form})
	}
	if key != "" {
		return v.refuse(ctx, c.ID, outcome, key)
	}
	return v.carryOut(ctx, c, act)
}

// carryOut changes a case, words what follows and commits both.
func (v *visit) carryOut(ctx context.Context, c casebook.Case, act casebook.Act) (Answer, error) {
	change, err := casebook.Do(c, act)
	if err != nil {
		outcome, key := refusal(err)
		return v.refuse(ctx, c.ID, outcome, key)
	}
	pressed, err := v.pressed(ctx, []casebook.Change{change})
	if err != nil {
		return Answer{}, err
	}
	pressed.CaseID, pressed.Lesson = c.ID, v.lesson(change)
	if err := v.Register.CommitPress(ctx, pressed); err != nil {
		return Answer{}, err
	}
	v.Wake()
	return Answer{}, nil // the message itself shows it
}

func refusal(err error) (outcome, key string) {
	switch {
	case errors.Is(err, casebook.ErrClosed):
		return refusedClosed, "closed"
	case errors.Is(err, casebook.ErrSame):
		return refusedSame, "same"
	case errors.Is(err, casebook.ErrDate):
		return refusedDate, "date"
	}
	return refusedAction, "action"
}

// pressed is what the changes of one press are written down with.
func (v *visit) pressed(ctx context.Context, changes []casebook.Change) (Pressed, error) {
	p := Pressed{Press: v.press, RepID: v.rep.ID, Outcome: PressDone, Changes: changes,
		Record: Record{RunID: v.NewID(), Job: "press", AsOf: v.today - 1, DataThrough: v.today - 1, Outcome: Answered, At: v.Clock()}}
	night := Night{AsOf: v.today - 1}
	for _, r := range v.people {
		night.Reps = append(night.Reps, r)
	}
	for _, change := range changes {
		said, _, err := v.Register.Said(ctx, change.Case.Parent)
		if err != nil {
			return p, err
		}
		p.Record.Messages = append(p.Record.Messages, v.Composer.Answered(change, said, night)...)
		if change.Reason == casebook.WrongOwner {
			p.Record.Messages = append(p.Record.Messages, v.Composer.Disowned(change, cmp.Or(change.Case.Name, change.Case.CustomerID), night))
		}
	}
	return p, nil
}

// act reads what was chosen: an act, a form that asks for the rest, or a refusal
// with its outcome and words.
func (v *visit) act() (act casebook.Act, form *Form, outcome, key string) {
	act = casebook.Act{Verb: casebook.Verb(v.press.Action), By: v.name(), On: v.today}
	switch v.press.Action {
	case ActSnooze:
		if v.press.Value == AskDate && v.press.Form == nil {
			return act, v.askDate(), "", ""
		}
		until, ok := v.until(cmp.Or(v.press.Form["date"], v.press.Value))
		if !ok {
			return act, nil, refusedDate, "date"
		}
		act.Until = until
	case ActDismiss:
		return v.dismissal(act)
	}
	return act, nil, "", ""
}

// dismissal reads why it is no loss; two reasons need words.
func (v *visit) dismissal(act casebook.Act) (casebook.Act, *Form, string, string) {
	act.Why = casebook.Why(v.press.Value)
	if !slices.Contains(casebook.Whys(), act.Why) {
		return act, nil, refusedAction, "action"
	}
	needed := map[casebook.Why]string{casebook.WhyOther: "note", casebook.WhyMerged: "number"}[act.Why]
	if needed == "" {
		return act, nil, "", ""
	}
	if v.press.Form == nil {
		return act, v.askText(act.Why), "", ""
	}
	act.Note = clip(strings.TrimSpace(v.press.Form["text"]))
	if act.Note == "" {
		return act, nil, refusedNote, needed
	}
	return act, nil, "", ""
}

// clip keeps the first MaxNote runes.
func clip(text string) string {
	if runes := []rune(text); len(runes) > MaxNote {
		return string(runes[:MaxNote])
	}
	return text
}

// until reads a number of days or a date.
func (v *visit) until(text string) (sales.Date, bool) {
	if days, err := strconv.Atoi(text); err == nil && days > 0 && days <= 366 {
		return v.today + sales.Date(days), true
	}
	date, err := sales.ParseDate(text)
	return date, err == nil
}

func (v *visit) askDate() *Form {
	return v.ask(ActSnooze, AskDate, "snooze", Field{Name: "date", Kind: DateField, Label: v.say.Text("form_date"), Initial: (v.today + 7).String()})
}

func (v *visit) askText(why casebook.Why) *Form {
	label := "text"
	if why == casebook.WhyMerged {
		label = "number"
	}
	return v.ask(ActDismiss, string(why), "dismiss", Field{Name: "text", Kind: TextField, Label: v.say.Text("form_" + label)})
}

func (v *visit) ask(act, value, title string, field Field) *Form {
	return &Form{Action: act, Value: value, Title: v.say.Text("form_" + title), Submit: v.say.Text("form_send"), Cancel: v.say.Text("form_cancel"), Fields: []Field{field}}
}

// lesson is what an answer teaches about the customer.
func (v *visit) lesson(change casebook.Change) *Lesson {
	l := &Lesson{CustomerID: change.Case.CustomerID, By: v.name(), On: v.today}
	switch {
	case change.Reason != casebook.SaidNoLoss:
		return nil
	case change.Case.Why == casebook.WhySeason && change.Case.Family == casebook.Silence:
		l.Kind, l.Since = SeasonLesson, change.Case.LastOrder+1
	case change.Case.Why == casebook.WhyMerged:
		l.Kind, l.MergedInto = MergedLesson, change.Case.Note
	default:
		return nil
	}
	return l
}

// name is how messages name who pressed.
func (v *visit) name() string {
	if v.rep.Name != "" {
		return wording.Name(v.rep.Name)
	}
	return v.say.Text("desk_colleague")
}
