package notify_test

import (
	"slices"
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
)

// routesOf are the routes of messages, with what each says.
func saidBy(messages []notify.Message) string {
	var all []string
	for _, m := range messages {
		all = append(all, string(m.Op)+" "+m.To.Key()+": "+wordsOf(m.Text, m.Blocks))
	}
	return strings.Join(all, "\n---\n")
}

// A snooze that is over is told in the thread, and the parent says so no longer.
func TestWokeInWords(t *testing.T) {
	o := newOffice(t)
	o.press(t, on("U-ann", notify.ActTake, ""))
	o.press(t, on("U-ann", notify.ActSnooze, "7"))
	c := o.night.cases["Kim"]
	awake := c
	awake.State, awake.Until = casebook.Taken, 0
	messages := o.night.compose(casebook.Change{Before: &c, Case: awake, Reason: casebook.Woke, Finding: silenceOf(finding.CustomerLost, "Kim", "r1", 100)})
	o.deliver(messages)
	if len(messages) != 2 || messages[0].Op != notify.Update || !strings.Contains(messages[1].Text, "still no order, for 41 days") {
		t.Fatalf("%s", saidBy(messages))
	}
	if text := o.parent(); strings.Contains(text, "Put off") || !strings.Contains(text, "Ann is on it") {
		t.Errorf("the parent reads %s", text)
	}
}

// Who came back after somebody was on it is saved: the parent and the thread say so.
func TestSavedInWords(t *testing.T) {
	o := newOffice(t)
	o.press(t, on("U-ann", notify.ActTake, ""))
	c := o.night.cases["Kim"]
	after := c
	after.State, after.Saved = casebook.Recovered, true
	messages := o.night.compose(casebook.Change{Before: &c, Case: after, Reason: casebook.OrderedAgain, Finding: silenceOf(finding.CustomerRecovered, "Kim", "r1", 0)})
	o.deliver(messages)
	if text := o.parent(); !strings.Contains(text, "Saved: Ann was on it") {
		t.Errorf("the parent reads %s", text)
	}
	if !strings.Contains(saidBy(messages), "Recovered and saved") {
		t.Errorf("%s", saidBy(messages))
	}
}

// That nobody answers is told to the owner's manager alone.
func TestUnansweredInWords(t *testing.T) {
	o := newOffice(t)
	c := o.night.cases["Kim"]
	change := casebook.Change{Before: &c, Case: c, Reason: casebook.Unanswered, Finding: silenceOf(finding.CustomerLost, "Kim", "r1", 100)}
	messages := o.night.compose(change)
	if len(messages) != 1 || messages[0].To.Rep != "r3" || messages[0].Public != nil {
		t.Fatalf("%s", saidBy(messages))
	}
	for _, want := range []string{"Kim", "Ann was told", "nobody has answered"} {
		if !strings.Contains(saidBy(messages), want) {
			t.Errorf("%s lacks %q", saidBy(messages), want)
		}
	}
	o.night.night.Unreachable = map[string]bool{"r1": true}
	if said := saidBy(o.night.compose(change)); strings.Contains(said, "Ann was told") || !strings.Contains(said, "Ann could not be reached") {
		t.Errorf("the owner has no user in Slack: %s", said)
	}
	o.night.night.Reps = slices.Clone(o.people)
	o.night.night.Reps[0].ManagerID = ""
	if messages := o.night.compose(change); len(messages) != 0 {
		t.Errorf("without a manager: %s", saidBy(messages))
	}
}

// Messages have buttons only where somebody listens.
func TestButtons(t *testing.T) {
	for _, listening := range []bool{true, false} {
		d := newDesk(t, notify.Caps{Rep: 9, Channel: 9})
		d.composer.Buttons = listening
		messages := d.compose(d.step(casebook.Opened, silenceOf(finding.CustomerOverdue, "Lee", "r1", 50)))
		var acts []string
		for _, b := range messages[0].Blocks {
			for _, a := range b.Actions {
				acts = append(acts, a.Act)
			}
		}
		want := []string{}
		if listening {
			want = []string{notify.ActTake, notify.ActSnooze, notify.ActDismiss, notify.ActDetails}
		}
		if !slices.Equal(acts, want) {
			t.Errorf("listening %v: %v; want %v", listening, acts, want)
		}
	}
}

// outcomes are cases with an outcome in a segment.
func outcomes(n int, segment string, change func(*casebook.Case)) []casebook.Case {
	list := make([]casebook.Case, n)
	for i := range list {
		list[i] = casebook.Case{Family: casebook.Silence, CustomerID: "c", RepID: "r1", Kind: finding.CustomerLost, Began: finding.CustomerLost,
			Told: casebook.ByMessage, Segment: segment, Odds: .72, AtRisk: 100 * sales.MoneyUnit, ChangedOn: 20780}
		change(&list[i])
	}
	return list
}

// The precision in the small print is right ÷ (right + wrong), from ten on.
func TestPrecisionInTheFooter(t *testing.T) {
	right := outcomes(15, "cafe", func(c *casebook.Case) { c.State, c.Sure = casebook.Confirmed, true })
	season := outcomes(5, "bar", func(c *casebook.Case) { c.State, c.Why = casebook.Dismissed, casebook.WhySeason })
	tests := map[string]struct {
		history []casebook.Case
		want    string
	}{
		"nothing yet":    {right[:9], ""},
		"fifteen of 20":  {append(slices.Clone(right), season...), "right 75% of the time so far (20 with an outcome)"},
		"20 more say no": {slices.Concat(right, season, season, season, season, season), "right 38% of the time so far (40 with an outcome)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, notify.Caps{Rep: 9, Channel: 9})
			d.night.Measured = casebook.Measure(test.history)
			text := saidBy(d.compose(d.step(casebook.Opened, silenceOf(finding.CustomerLost, "Kim", "r1", 100))))
			if got := strings.Contains(text, "of the time so far"); got != (test.want != "") || !strings.Contains(text, test.want) {
				t.Errorf("%s\nwant %q", text, test.want)
			}
		})
	}
}

// Ops hears once a week what the alerts came to, and no rep's name with it.
func TestFeedback(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 9, Channel: 9})
	d.night.Threshold = .7
	d.night.History = slices.Concat(
		outcomes(14, "bar", func(c *casebook.Case) { c.State, c.Why = casebook.Dismissed, casebook.WhySeason }),
		outcomes(12, "cafe", func(c *casebook.Case) { c.State, c.Sure, c.Odds = casebook.Confirmed, true, .85 }),
		outcomes(2, "cafe", func(c *casebook.Case) { c.State, c.Saved, c.Taker, c.Odds = casebook.Recovered, true, "Ann", .85 }))
	if messages := d.compose(); len(messages) != 0 {
		t.Errorf("on a weekday: %s", saidBy(messages))
	}
	d.night.Weekly = true
	messages := d.compose()
	if len(messages) != 1 || messages[0].To.Channel != notify.Ops {
		t.Fatalf("%s", saidBy(messages))
	}
	text := saidBy(messages)
	for _, want := range []string{"Lost: right 12, wrong 14, saved 2 (€200 a year)", "right 46% of the time", "Season 14", "bar: Season 14", "0.75 instead of 0.7"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %q", text, want)
		}
	}
	if strings.Contains(text, "Ann") {
		t.Error("it names a rep")
	}
}

// A new owner hears of a case in the channel by a line with the link; a case in
// direct messages moves with its customer, and the earlier owner is told.
func TestHandedOverInWords(t *testing.T) {
	o := newOffice(t)
	o.deliver(o.night.compose(o.night.step(casebook.Opened, silenceOf(finding.CustomerOverdue, "Lee", "r1", 50))))
	give := func(customer string, f finding.Finding) []notify.Message {
		c := o.night.cases[customer]
		after := c
		after.RepID = "r2"
		return o.night.compose(casebook.Change{Before: &c, Case: after, Reason: casebook.HandedOver, Finding: f})
	}
	public := give("Kim", silenceOf(finding.CustomerLost, "Kim", "r2", 100))
	if got := saidBy(public); len(public) != 2 || public[0].Op != notify.Update || public[1].To.Rep != "r2" || !strings.Contains(got, "Owner: Bob") {
		t.Errorf("in the channel: %s", got)
	}
	direct := give("Lee", silenceOf(finding.CustomerOverdue, "Lee", "r2", 50))
	if got := saidBy(direct); len(direct) != 2 || direct[0].To.Rep != "r1" || !strings.Contains(got, "Bob has taken") || direct[1].To.Rep != "r2" || direct[1].Op != notify.Post {
		t.Errorf("in direct messages: %s", got)
	}
	if c := o.night.cases["Lee"]; c.Parent != direct[1].ID {
		t.Errorf("the case lives in %s; want %s", c.Parent, direct[1].ID)
	}
}

// Ops hears whose alerts reach no owner, and why; reached owners are not named.
func TestUnreachedOwners(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 9, Channel: 9})
	d.night.Weekly = true
	d.night.History = outcomes(3, "bar", func(c *casebook.Case) { c.State, c.Sure = casebook.Confirmed, true })
	d.night.Owned = map[string]int{"": 12, "off": 3, "mute": 2, "far": 1, "r1": 40, "gone": 5}
	messages := d.compose()
	if len(messages) != 1 || messages[0].To.Channel != notify.Ops {
		t.Fatalf("%s", saidBy(messages))
	}
	text := saidBy(messages)
	for _, want := range []string{"about 23 regular customers", "no rep: 12", "rep gone, who is not among the reps: 5", "Off (off), who has left: 3", "Mute (mute), without", "Far (far), without"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %q", text, want)
		}
	}
	if strings.Contains(text, "Ann") {
		t.Error("a reached owner is named")
	}
}
