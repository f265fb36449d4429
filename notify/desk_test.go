package notify_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"

	"pgregory.net/rapid"
)

// office is a desk with a register in memory: what was composed is where it went.
type office struct {
	*notify.Desk
	night   *desk
	people  []sales.Rep
	said    map[string]notify.Message // by delivery id, as it reads now
	replies []notify.Message          // and what else was posted
	audited map[string]notify.Pressed // by press id
	lessons []notify.Lesson
	moved   int // so many writes are refused because the case moves
	broken  error
	presses int
}

var pressedAt = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

func (o *office) CaseAt(_ context.Context, channel, ts string) (casebook.Case, bool, error) {
	for _, c := range o.night.cases {
		if channel == "C1" && ts != "" && (c.Parent == ts || c.Line == ts) {
			return c, true, o.broken
		}
	}
	return casebook.Case{}, false, o.broken
}

func (o *office) Cases(context.Context) ([]casebook.Case, error) {
	return slices.Collect(maps.Values(o.night.cases)), o.broken
}

func (o *office) Said(_ context.Context, id string) (notify.Message, bool, error) {
	m, ok := o.said[id]
	return m, ok, o.broken
}

func (o *office) People(context.Context) ([]sales.Rep, error) { return o.people, o.broken }

func (o *office) CommitPress(_ context.Context, p notify.Pressed) error {
	if _, known := o.audited[p.Press.ID]; known {
		return notify.ErrRepeated
	}
	if o.moved > 0 && len(p.Changes) > 0 {
		o.moved--
		return notify.ErrMoved
	}
	o.audited[p.Press.ID] = p
	for _, change := range p.Changes {
		o.night.cases[change.Case.CustomerID] = change.Case
	}
	if p.Lesson != nil {
		o.lessons = append(o.lessons, *p.Lesson)
	}
	o.deliver(p.Record.Messages)
	return nil
}

// deliver keeps what messages say.
func (o *office) deliver(messages []notify.Message) {
	for _, m := range messages {
		switch m.Op {
		case notify.Post:
			o.said[m.ID] = m
		case notify.Update:
			now := o.said[m.Target]
			now.Text, now.Blocks = m.Text, m.Blocks
			o.said[m.Target] = now
		}
		if m.Op != notify.Update {
			o.replies = append(o.replies, m)
		}
	}
}

func (o *office) Home(context.Context) (string, error) { return "T1", nil }

func (o *office) Visitor(_ context.Context, user string) (notify.Visitor, error) {
	switch user {
	case "U-guest":
		return notify.Visitor{Team: "T1", Guest: true}, nil
	case "U-elsewhere":
		return notify.Visitor{Team: "T9", Email: "ann@example.com"}, nil
	}
	if user == "U-" {
		return notify.Visitor{Team: "T1"}, nil
	}
	return notify.Visitor{Team: "T1", Email: strings.ToUpper(strings.TrimPrefix(user, "U-")) + "@example.com"}, nil
}

func (o *office) Members(_ context.Context, group string) ([]string, error) {
	if group == "sales-ops" {
		return []string{"U-olga"}, nil
	}
	return nil, fmt.Errorf("no group %q", group)
}

// newOffice has told of a lost customer of Ann's in the channel, message m1. Ann's
// manager is Mia, Bob is a colleague, Olga is of sales-ops.
func newOffice(t testing.TB) *office {
	o := &office{night: newDesk(t, notify.Caps{Rep: 9, Channel: 9}), said: map[string]notify.Message{}, audited: map[string]notify.Pressed{}}
	o.night.composer.Buttons = true
	o.people = []sales.Rep{{ID: "r1", Name: "Ann", Email: "ann@example.com", ManagerID: "r3"}, {ID: "r2", Name: "Bob", Email: "bob@example.com", ManagerID: "r3"},
		{ID: "r3", Name: "Mia", Email: "mia@example.com", ManagerID: "r3"}, {ID: "r4", Name: "Old", Email: "old@example.com", Inactive: true}}
	o.night.night.Reps = o.people
	o.night.night.Planned = map[string]sales.Date{"Kim": 20800}
	o.deliver(o.night.compose(o.night.step(casebook.Opened, silenceOf(finding.CustomerLost, "Kim", "r1", 100))))
	o.Desk = &notify.Desk{Register: o, Lobby: o, Composer: o.night.composer, Groups: []string{"@sales-ops"},
		Today: func() sales.Date { return 20782 }, Clock: func() time.Time { return pressedAt },
		NewID: func() string { return "run" }, Wake: func() {}, Trouble: func(error) {},
		Explain: func(_ context.Context, customer string) (notify.Explained, error) {
			switch customer {
			case "down":
				return notify.Explained{}, errors.New("cannot connect to 10.0.0.1")
			case "Kin":
				return notify.Explained{Unknown: "unknown customer; perhaps Kim"}, nil
			}
			return notify.Explained{Owner: "r1", Private: notify.Content{Text: "with visits"}, Public: notify.Content{Text: "without visits"}}, nil
		}}
	return o
}

// press is one press; id empty: a new one.
func (o *office) press(t testing.TB, p notify.Press) notify.Answer {
	t.Helper()
	if p.ID == "" {
		o.presses++
		p.ID = fmt.Sprint("p", o.presses)
	}
	if p.Team == "" {
		p.Team = "T1"
	}
	p.At = pressedAt
	answer, err := o.Press(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// on is a press on the parent.
func on(user, action, value string) notify.Press {
	return notify.Press{User: user, Action: action, Value: value, Channel: "C1", TS: "m1"}
}

func (o *office) parent() string { return wordsOf(o.said["m1"].Text, o.said["m1"].Blocks) }

func sayOf(a notify.Answer) string {
	if a.Say == nil {
		return ""
	}
	return a.Say.Text
}

// Who may answer, and what others are told.
func TestWhoMayAnswer(t *testing.T) {
	tests := map[string]struct {
		user, team string
		allowed    bool
		says       string
	}{
		"the owner":                  {"U-ann", "", true, ""},
		"the manager above":          {"U-mia", "", true, ""},
		"somebody of the groups":     {"U-olga", "", true, ""},
		"a colleague":                {"U-bob", "", false, "Only the rep"},
		"nobody of the reps":         {"U-zoe", "", false, "Only the rep"},
		"who has left":               {"U-old", "", false, "Only the rep"},
		"a guest":                    {"U-guest", "", false, "Guests"},
		"another workspace":          {"U-ann", "T9", false, "another workspace"},
		"a user of another, invited": {"U-elsewhere", "", false, "another workspace"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			before := o.parent()
			p := on(test.user, notify.ActTake, "")
			p.Team = test.team
			says := sayOf(o.press(t, p))
			if taken := o.night.cases["Kim"].State == casebook.Taken; taken != test.allowed {
				t.Errorf("taken: %v; want %v", taken, test.allowed)
			}
			if !strings.Contains(says, test.says) || test.says == "" && says != "" {
				t.Errorf("says %q; want about %q", says, test.says)
			}
			if !test.allowed && o.parent() != before {
				t.Error("the message changed")
			}
			if audited := o.audited["p1"]; (audited.Outcome == notify.PressDone) != test.allowed || audited.Press.User != test.user {
				t.Errorf("audited %+v", audited)
			}
		})
	}
}

// What each press does to the living message, and says in its thread.
func TestAnswersInTheMessage(t *testing.T) {
	tests := map[string]struct {
		press  notify.Press
		parent string // a line of it
		reply  string
	}{
		"I'm on it":      {on("U-ann", notify.ActTake, ""), "Ann is on it", "Ann is on it."},
		"a week":         {on("U-ann", notify.ActSnooze, "7"), "Put off until 2 Dec by Ann", "Ann has put this off until 2 Dec."},
		"to the visit":   {on("U-ann", notify.ActSnooze, "2026-12-13"), "Put off until 13 Dec by Ann", "Ann has put this off until 13 Dec."},
		"season":         {on("U-mia", notify.ActDismiss, "season"), "Not a loss, says Mia on 25 Nov: Season", "Not a loss, says Mia: Season."},
		"one-off":        {on("U-ann", notify.ActDismiss, "one_off"), "One-off purchase", "One-off purchase."},
		"closed":         {on("U-ann", notify.ActDismiss, "closed"), "Closed down, says Ann", "Closed down, says Ann."},
		"somebody":       {on("U-olga", notify.ActTake, ""), "A colleague is on it", "A colleague is on it."},
		"not mine":       {on("U-ann", notify.ActDismiss, "wrong_owner"), "Not the right owner, says Ann", "somebody else's customer"},
		"other in words": {filled(on("U-ann", notify.ActDismiss, "other"), "text", " moved <!here> "), "Something else: moved", "Something else: moved"},
		"date in a form": {filled(on("U-ann", notify.ActSnooze, notify.AskDate), "date", "2026-12-24"), "Put off until 24 Dec", "24 Dec"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			told := len(o.replies)
			if says := sayOf(o.press(t, test.press)); says != "" {
				t.Errorf("says %q; the message itself shows it", says)
			}
			if !strings.Contains(o.parent(), test.parent) {
				t.Errorf("the message reads\n%s\nwant %q", o.parent(), test.parent)
			}
			if !strings.HasPrefix(o.said["m1"].Text, "Lost: Kim") {
				t.Errorf("the title went: %q", o.said["m1"].Text)
			}
			if len(o.replies) == told || !strings.Contains(o.replies[told].Text, test.reply) || o.replies[told].Target != "m1" {
				t.Fatalf("replies %v; want %q", o.replies[told:], test.reply)
			}
			for _, m := range o.replies[told:] {
				if !m.Prompt {
					t.Errorf("%q waits for the end of quiet hours", m.Text)
				}
			}
		})
	}
}

func filled(p notify.Press, field, text string) notify.Press {
	p.Form = map[string]string{field: text}
	return p
}

// What has to be asked for opens a form; what is not valid is refused in words.
func TestFormsAndRefusals(t *testing.T) {
	tests := map[string]struct {
		press notify.Press
		ask   string // title of the form
		says  string
	}{
		"a date":               {on("U-ann", notify.ActSnooze, notify.AskDate), "Put off until", ""},
		"other":                {on("U-ann", notify.ActDismiss, "other"), "Not a loss", ""},
		"merged":               {on("U-ann", notify.ActDismiss, "merged"), "Not a loss", ""},
		"a date of yesterday":  {filled(on("U-ann", notify.ActSnooze, notify.AskDate), "date", "2026-11-24"), "", "between tomorrow"},
		"no date":              {filled(on("U-ann", notify.ActSnooze, notify.AskDate), "date", "soon"), "", "between tomorrow"},
		"ten years":            {on("U-ann", notify.ActSnooze, "3650"), "", "between tomorrow"},
		"no words":             {filled(on("U-ann", notify.ActDismiss, "other"), "text", "  "), "", "a few words"},
		"no number":            {filled(on("U-ann", notify.ActDismiss, "merged"), "text", ""), "", "number"},
		"a reason of its own":  {on("U-ann", notify.ActDismiss, "lazy"), "", "not known here"},
		"an action of its own": {on("U-ann", "delete", ""), "", "not known here"},
		"some other message":   {notify.Press{User: "U-ann", Action: notify.ActTake, Channel: "C1", TS: "m99"}, "", "no case"},
		"another channel":      {notify.Press{User: "U-ann", Action: notify.ActTake, Channel: "C2", TS: "m1"}, "", "no case"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			before := o.night.cases["Kim"]
			answer := o.press(t, test.press)
			if says := sayOf(answer); !strings.Contains(says, test.says) || test.says == "" && says != "" {
				t.Errorf("says %q; want about %q", says, test.says)
			}
			if (answer.Ask != nil) != (test.ask != "") || answer.Ask != nil && answer.Ask.Title != test.ask {
				t.Errorf("asks %+v; want %q", answer.Ask, test.ask)
			}
			if o.night.cases["Kim"] != before {
				t.Error("the case changed")
			}
			if len(o.audited) != 1 {
				t.Errorf("%d presses on record; want 1", len(o.audited))
			}
		})
	}
}

// A press that comes twice is one; a second one like it says that it stands so.
func TestPressedTwice(t *testing.T) {
	o := newOffice(t)
	first := on("U-ann", notify.ActTake, "")
	first.ID = "same"
	o.press(t, first)
	replies := len(o.replies)
	if answer := o.press(t, first); answer.Say != nil || len(o.replies) != replies {
		t.Errorf("the same press again says %q and %d replies", sayOf(answer), len(o.replies)-replies)
	}
	if says := sayOf(o.press(t, on("U-ann", notify.ActTake, ""))); !strings.Contains(says, "stands already") || len(o.replies) != replies {
		t.Errorf("pressed again: %q, %d replies", says, len(o.replies)-replies)
	}
}

func TestClosedCase(t *testing.T) {
	o := newOffice(t)
	o.press(t, on("U-ann", notify.ActDismiss, "season"))
	if says := sayOf(o.press(t, on("U-mia", notify.ActTake, ""))); !strings.Contains(says, "closed") {
		t.Errorf("says %q", says)
	}
	for _, b := range o.said["m1"].Blocks {
		if len(b.Actions) > 0 {
			t.Error("a closed case has buttons")
		}
	}
}

// Answers teach: a season the calendar, a merger the list of merged customers.
func TestLessons(t *testing.T) {
	o := newOffice(t)
	o.press(t, on("U-ann", notify.ActDismiss, "season"))
	other := newOffice(t)
	other.press(t, filled(on("U-ann", notify.ActDismiss, "merged"), "text", "C9"))
	if len(o.lessons) != 1 || o.lessons[0].Kind != notify.SeasonLesson || o.lessons[0].Since != o.night.cases["Kim"].LastOrder+1 {
		t.Errorf("season teaches %+v", o.lessons)
	}
	if len(other.lessons) != 1 || other.lessons[0].Kind != notify.MergedLesson || other.lessons[0].MergedInto != "C9" {
		t.Errorf("a merger teaches %+v", other.lessons)
	}
}

// Ops hears of a wrong owner, and the case stays open for the right one.
func TestWrongOwner(t *testing.T) {
	o := newOffice(t)
	o.press(t, on("U-ann", notify.ActTake, ""))
	o.press(t, on("U-ann", notify.ActDismiss, "wrong_owner"))
	last := o.replies[len(o.replies)-1]
	if last.To.Channel != notify.Ops || !strings.Contains(wordsOf(last.Text, last.Blocks), "not Ann's customer") {
		t.Errorf("to %s: %s", last.To.Key(), last.Text)
	}
	if c := o.night.cases["Kim"]; c.State != casebook.Open || c.Taker != "" {
		t.Errorf("%s, taker %q", c.State, c.Taker)
	}
}

// A case that moves while somebody presses is read anew; one that does not stop
// moving is said so.
func TestMovingCase(t *testing.T) {
	o := newOffice(t)
	o.moved = 2
	o.press(t, on("U-ann", notify.ActTake, ""))
	if o.night.cases["Kim"].State != casebook.Taken {
		t.Error("not taken")
	}
	o.moved = 99
	if says := sayOf(o.press(t, on("U-mia", notify.ActTake, ""))); !strings.Contains(says, "press again") {
		t.Errorf("says %q", says)
	}
}

// A state that cannot be read or written changes nothing and is an error.
func TestBrokenRegister(t *testing.T) {
	o := newOffice(t)
	o.broken = errors.New("disk full")
	if _, err := o.Press(t.Context(), notify.Press{ID: "x", Team: "T1", User: "U-ann", Action: notify.ActTake, Channel: "C1", TS: "m1"}); err == nil {
		t.Error("no error")
	}
}

// Whatever is pressed in whatever order, with nights between: a case is in one
// state, its message shows it, and a press is on record once.
func TestAnyPresses(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := newOffice(t)
		for range rapid.IntRange(1, 12).Draw(r, "presses") {
			p := on(rapid.SampledFrom([]string{"U-ann", "U-mia", "U-bob", "U-guest"}).Draw(r, "user"),
				rapid.SampledFrom([]string{notify.ActTake, notify.ActSnooze, notify.ActDismiss, "explode", ""}).Draw(r, "action"),
				rapid.SampledFrom([]string{"", "7", "14", "date", "season", "closed", "wrong_owner", "other", "2026-12-01", strings.Repeat("9", 400)}).Draw(r, "value"))
			p.ID = fmt.Sprint("p", rapid.IntRange(1, 10).Draw(r, "id"))
			if rapid.Bool().Draw(r, "filled") {
				p.Form = map[string]string{"date": "2026-12-05", "text": rapid.String().Draw(r, "text")}
			}
			before, known := o.night.cases["Kim"], false
			_, known = o.audited[p.ID]
			o.press(t, p)
			after := o.night.cases["Kim"]
			if after != before && (known || p.User == "U-bob" || p.User == "U-guest" || before.Closed()) {
				r.Fatalf("%+v changed %+v to %+v", p, before, after)
			}
			if shown := strings.Contains(o.parent(), "Put off until"); shown != (after.State == casebook.Snoozed) {
				r.Fatalf("%s reads\n%s", after.State, o.parent())
			}
			if shown := strings.Contains(o.parent(), "Not a loss, says"); shown != (after.State == casebook.Dismissed) {
				r.Fatalf("%s reads\n%s", after.State, o.parent())
			}
		}
	})
}
