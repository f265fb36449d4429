package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
)

// The diagnosis: visits are for the owner and the managers above.
func TestDetails(t *testing.T) {
	tests := map[string]struct {
		press notify.Press
		want  string
	}{
		"the owner":          {on("U-ann", notify.ActDetails, ""), "with visits"},
		"the manager":        {notify.Press{User: "U-mia", Action: notify.ActCommand, Value: "Kim"}, "with visits"},
		"a group":            {notify.Press{User: "U-olga", Action: notify.ActCommand, Value: "Kim"}, "without visits"},
		"a colleague":        {notify.Press{User: "U-bob", Action: notify.ActCommand, Value: "Kim"}, "Only the rep"},
		"a typing error":     {notify.Press{User: "U-ann", Action: notify.ActCommand, Value: "Kin"}, "No customer"},
		"a group's error":    {notify.Press{User: "U-olga", Action: notify.ActCommand, Value: "Kin"}, "perhaps Kim"},
		"the database fails": {notify.Press{User: "U-ann", Action: notify.ActCommand, Value: "down"}, "could not be looked up"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := newOffice(t).press(t, test.press)
			if answer.Later == nil {
				t.Fatalf("says %q and nothing later", sayOf(answer))
			}
			if got := answer.Later(t.Context()).Text; !strings.Contains(got, test.want) || strings.Contains(got, "10.0.0.1") {
				t.Errorf("%q; want %q", got, test.want)
			}
		})
	}
}

// No stranger learns of a customer, nor makes the database be read.
func TestStrangersAsk(t *testing.T) {
	for _, user := range []string{"U-zoe", "U-guest", "U-old"} {
		for _, customer := range []string{"Kim", "Kin"} {
			answer := newOffice(t).press(t, notify.Press{User: user, Action: notify.ActCommand, Value: customer})
			if answer.Later != nil || !strings.Contains(sayOf(answer), "Only the rep") {
				t.Errorf("%s asks for %s: %q", user, customer, sayOf(answer))
			}
		}
	}
}

// Who sells under two numbers has the cases of both, whichever press it is.
func TestTwoNumbersOfOnePerson(t *testing.T) {
	o := newOffice(t)
	o.people = append(o.people, sales.Rep{ID: "r5", Name: "Ann (north)", Email: " Ann@example.com"}, sales.Rep{ID: "r6", Name: "Blank", Email: " "})
	o.night.night.Reps = o.people
	o.deliver(o.night.compose(o.night.step(casebook.Opened, silenceOf(finding.CustomerLost, "Lee", "r5", 50)), o.night.step(casebook.Opened, silenceOf(finding.CustomerLost, "Bo", "r6", 70))))
	for i := range 20 { // the order of a map is chance
		mine := o.press(t, notify.Press{User: "U-ann", Action: notify.ActCommand, Value: "mine"})
		if text := wordsOf(mine.Say.Text, mine.Say.Blocks); !strings.Contains(text, "Kim") || !strings.Contains(text, "Lee") {
			t.Fatalf("mine: %s", text)
		}
		all := o.press(t, notify.Press{User: "U-ann", Action: notify.ActCommand, Value: fmt.Sprint("snooze ", i+2, " all")})
		if text := sayOf(all); !strings.Contains(text, "Changed: Kim, Lee") {
			t.Fatalf("all: %s", text)
		}
	}
	o.press(t, on("U-", notify.ActTake, "")) // Slack does not say who: nobody's address is no address
	if press := o.audited[fmt.Sprint("p", o.presses)]; press.RepID != "" || press.Outcome == notify.PressDone {
		t.Errorf("a nameless presser is taken for %q: %s", press.RepID, press.Outcome)
	}
}

// The slash command: the rep's own cases, and many at once.
func TestCommands(t *testing.T) {
	o := newOffice(t)
	o.deliver(o.night.compose(o.night.step(casebook.Opened, silenceOf(finding.CustomerOverdue, "Lee", "r1", 50)),
		o.night.step(casebook.Opened, silenceOf(finding.CustomerLost, "Bo", "r2", 70))))
	command := func(user, text string) string {
		a := o.press(t, notify.Press{User: user, Action: notify.ActCommand, Value: text})
		if a.Say == nil {
			return ""
		}
		return wordsOf(a.Say.Text, a.Say.Blocks)
	}
	if mine := command("U-ann", "mine"); !strings.Contains(mine, "Kim") || !strings.Contains(mine, "Lee") || strings.Contains(mine, "Bo") {
		t.Errorf("mine: %s", mine)
	}
	if none := command("U-mia", "mine"); !strings.Contains(none, "no open cases") {
		t.Errorf("the manager's own: %s", none)
	}
	if who := command("U-zoe", "mine"); !strings.Contains(who, "not among the reps") {
		t.Errorf("a stranger's own: %s", who)
	}
	if done := command("U-ann", "snooze 14 Kim Lee Bo"); !strings.Contains(done, "Changed: Kim, Lee") || !strings.Contains(done, "Not changed: Bo") {
		t.Errorf("snooze: %s", done)
	}
	for customer, state := range map[string]casebook.State{"Kim": casebook.Snoozed, "Lee": casebook.Snoozed, "Bo": casebook.Open} {
		if c := o.night.cases[customer]; c.State != state {
			t.Errorf("%s is %s; want %s", customer, c.State, state)
		}
	}
	if done := command("U-ann", "take Kim"); !strings.Contains(done, "Changed: Kim") || o.night.cases["Kim"].State != casebook.Taken {
		t.Errorf("take: %s", done)
	}
	if done := command("U-bob", "snooze 2026-12-24 all"); !strings.Contains(done, "Changed: Bo") || o.night.cases["Bo"].Until != sales.NewDate(2026, 12, 24) {
		t.Errorf("all: %s", done)
	}
	for _, text := range []string{"", "help", "snooze", "snooze 7"} {
		if got := command("U-ann", text); !strings.Contains(got, "/dangol mine") {
			t.Errorf("%q: %s", text, got)
		}
	}
}
