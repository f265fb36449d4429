package notify_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/slack"
	"dangol/notify/terminal"
)

var update = flag.Bool("update", false, "write testdata/golden anew")

// longName is a name with everything that names are not supposed to hold.
var longName = strings.Repeat("아주 긴 이름의 <!channel> *거래처* `x` & Söhne 🍜 \u202eabc\u202c\n", 8)

// variants are the messages of every kind, as they come and as they should not.
func variants(t *testing.T, locale string) map[string][]notify.Message {
	reports := func(n, most int) []notify.Message {
		list, all := reportsOf(n)
		var messages []notify.Message
		for _, r := range list {
			composed := writing(t, locale).Report(r, nightOf(all))
			messages = append(messages, composed[:min(most, len(composed))]...)
		}
		return messages
	}
	return map[string][]notify.Message{
		"normal": append(everyMessage(t, locale, "Kim Foods"), answeredMessages(t, locale)...), "long-names": everyMessage(t, locale, longName),
		"huge": silences(t, locale, huge), "missing": silences(t, locale, bare), "lasting": lastingMessages(t, locale), "12-reps": reports(12, 3), "200-reps": reports(200, 2),
	}
}

// silences are the messages about a silence whose facts were changed.
func silences(t *testing.T, locale string, change func(*finding.Finding)) []notify.Message {
	var messages []notify.Message
	for _, kind := range []finding.Kind{finding.CustomerLost, finding.CustomerOverdue, finding.CustomerRecovered} {
		f := kim(kind)
		change(&f)
		d := inLanguage(t, locale)
		d.composer.Buttons = true
		reason := casebook.Opened
		if kind == finding.CustomerRecovered {
			reason = casebook.OrderedAgain
			d.compose(d.step(casebook.Opened, kim(isOverdue)))
		}
		messages = append(messages, d.compose(d.step(reason, f))...)
	}
	return messages
}

// lastingMessages tell of what lasts, how it ends, and what ops hears.
func lastingMessages(t *testing.T, locale string) []notify.Message {
	var messages []notify.Message
	for _, kind := range []finding.Kind{finding.CustomerDeclining, finding.ProductDropped, finding.ProductLosingBuyers, finding.RegularNeglected} {
		d := inLanguage(t, locale)
		opened := lastingCase(lastingOf(kind, "r1"))
		messages = append(messages, d.compose(opened)...)
		messages = append(messages, d.compose(endOf(d.cases[opened.Case.CustomerID], casebook.Ended))...)
	}
	d := inLanguage(t, locale)
	c := d.step(casebook.Opened, kim(isLost)).Case
	c.Parent, c.Told, c.ToldOn, c.Name = "m1", casebook.ByMessage, 20770, "Kim Foods"
	for _, r := range d.night.Reps {
		if r.ID == "r1" {
			r.ManagerID = "r2"
			d.night.Reps = []sales.Rep{r, {ID: "r2", Name: "Bob", Email: "bob@example.com"}}
		}
	}
	for _, reason := range []casebook.Reason{casebook.Unanswered, casebook.Woke} {
		messages = append(messages, d.compose(casebook.Change{Before: &c, Case: c, Reason: reason, Finding: kim(isLost)})...)
	}
	wrong, err := casebook.Do(c, casebook.Act{Verb: casebook.Dismiss, Why: casebook.WhyWrongOwner, By: "Ann", On: 20783})
	if err != nil {
		t.Fatal(err)
	}
	messages = append(messages, d.composer.Disowned(wrong, "Kim Foods", d.night), d.composer.Held("quota-digest", 20781),
		d.composer.Incident(20781, finding.Say("held_title", "job", "lost-customers"), finding.Say("held_text", "job", "lost-customers"), []string{"see to it"}))
	d.night.Weekly, d.night.Threshold = true, .7
	d.night.History = append(outcomes(14, "bar", func(c *casebook.Case) { c.State, c.Why = casebook.Dismissed, casebook.WhySeason }),
		outcomes(12, "cafe", func(c *casebook.Case) { c.State, c.Sure, c.Odds = casebook.Confirmed, true, .85 })...)
	return append(messages, d.compose()...)
}

func huge(f *finding.Finding) {
	facts := f.Facts.(finding.SilenceFacts)
	facts.SilenceDays, facts.CadenceDays, facts.Orders, facts.HorizonDays = 3650, 912.5, 123456, 2737.5
	facts.Monthly, facts.LastAmount, facts.BackAmount = 1_000_000_000_000*sales.MoneyUnit, 12_000_000_000_000*sales.MoneyUnit, 999*sales.MoneyUnit
	facts.Yearly, facts.Rank, facts.RankOf, facts.Replacement.Customers = 12*facts.Monthly, 12345, 23570, 4321
	f.Facts, f.MoneyAtRisk, f.Probability = facts, facts.Yearly, .999
}

func bare(f *finding.Finding) {
	facts := finding.SilenceFacts{CustomerName: "C1", SilenceDays: 1, CadenceDays: 1, Orders: 5, HorizonDays: 30, LastOrder: 20740, BackOn: 20781}
	f.Facts, f.MoneyAtRisk, f.Causes, f.Actions, f.RepID = facts, 0, nil, nil, ""
}

// answeredMessages are what answers make of a case's message, and say below it.
func answeredMessages(t *testing.T, locale string) []notify.Message {
	var messages []notify.Message
	for _, act := range []casebook.Act{{Verb: casebook.Take}, {Verb: casebook.Snooze, Until: 20790}, {Verb: casebook.Dismiss, Why: casebook.WhySeason},
		{Verb: casebook.Dismiss, Why: casebook.WhyOther, Note: "moved <!here>"}, {Verb: casebook.Dismiss, Why: casebook.WhyClosed}, {Verb: casebook.Dismiss, Why: casebook.WhyWrongOwner}} {
		d := inLanguage(t, locale)
		d.composer.Buttons = true
		said := d.compose(d.step(casebook.Opened, kim(isLost)))[0]
		act.By, act.On = "Ann", 20783
		change, err := casebook.Do(d.cases["kim"], act)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, d.composer.Answered(change, said, d.night)...)
	}
	return messages
}

// TestGolden holds every kind of message, in both languages, against how it read
// last, and against Slack's limits.
func TestGolden(t *testing.T) {
	for _, locale := range []string{"en", "ko"} {
		for name, messages := range variants(t, locale) {
			var b strings.Builder
			for _, m := range messages {
				if blocks := slack.Blocks(m, notify.Resolved{}); len(blocks) == 0 || slack.Validate(blocks) != nil {
					t.Errorf("%s, %s: %q is refused: %v", locale, name, m.Text, slack.Validate(blocks))
				}
				b.WriteString("text  " + slack.Text(m) + "\n")
				if err := terminal.Write(&b, m.To.Key(), m); err != nil {
					t.Fatal(err)
				}
			}
			golden(t, locale+"-"+name+".txt", b.String())
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: `go test ./notify -run TestGolden -update` writes them", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s reads otherwise; look at it, then -update (-want +got):\n%s", name, diff)
	}
}
