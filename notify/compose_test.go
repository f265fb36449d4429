package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/wording"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const visitEvidence = "not visited for"

// desk composes night after night, with the cases as they were left.
type desk struct {
	composer *notify.Composer
	night    notify.Night
	cases    map[string]casebook.Case
}

func newDesk(t testing.TB, caps notify.Caps) *desk {
	t.Helper()
	words, err := wording.Load("en", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	serial := 0
	newID := func() string { serial++; return fmt.Sprint("m", serial) }
	return &desk{
		composer: &notify.Composer{Wording: words, Caps: caps, NewID: newID},
		cases:    map[string]casebook.Case{},
		night: notify.Night{AsOf: 20781, DataThrough: 20780, Unreachable: map[string]bool{"far": true}, Reps: []sales.Rep{
			{ID: "far", Name: "Far", Email: "far@example.com"}, {ID: "mute", Name: "Mute"},
			{ID: "off", Name: "Off", Email: "off@example.com", Inactive: true},
			{ID: "r1", Name: "Ann", Email: "ann@example.com"}, {ID: "r2", Name: "Bob", Email: "bob@example.com"}}},
	}
}

// silenceOf is a finding about a customer, with visits behind it.
func silenceOf(kind finding.Kind, customer, rep string, risk int) finding.Finding {
	money := sales.Money(risk) * sales.MoneyUnit
	key := map[finding.Kind]string{finding.CustomerLost: "headline_lost", finding.CustomerOverdue: "headline_overdue", finding.CustomerRecovered: "headline_recovered"}[kind]
	return finding.Finding{
		Kind: kind, CustomerID: customer, RepID: rep, MoneyAtRisk: money, Probability: .8,
		Headline: finding.Say(key, "customer", customer, "days", 41, "cadence", 12.0),
		Facts: finding.SilenceFacts{CustomerName: customer, SilenceDays: 41, CadenceDays: 12, HorizonDays: 36, PLost: .8,
			Orders: 9, LastOrder: 20740, Monthly: money * 5 / 48, Yearly: money * 5 / 4, BackOn: 20781, BackAmount: sales.MoneyUnit},
		Causes: []finding.Cause{{Name: finding.Coverage, Confidence: finding.Medium,
			For: []finding.Phrase{finding.Say("visit_pause", "days", 62, "last", sales.Date(20690), "rhythm", 30.0)}}},
		Actions: []finding.Action{{Phrase: finding.Say("action_call"), Due: 20783}},
	}
}

// step changes the customer's case as the casebook would.
func (d *desk) step(reason casebook.Reason, f finding.Finding) casebook.Change {
	c, known := d.cases[f.CustomerID]
	change := casebook.Change{Reason: reason, Finding: f}
	if known {
		before := c
		change.Before = &before
	} else {
		c = casebook.Case{ID: "case:" + f.CustomerID, Family: casebook.Silence, CustomerID: f.CustomerID, State: casebook.Open, Kind: f.Kind, OpenedOn: d.night.AsOf}
	}
	c.RepID, c.ChangedOn = f.RepID, d.night.AsOf
	if f.Kind == finding.CustomerLost || f.Kind == finding.DataStale {
		c.Kind = f.Kind
	}
	switch reason {
	case casebook.OrderedAgain, casebook.DataReturned:
		c.State = casebook.Recovered
	case casebook.ConfirmedLost:
		c.State, c.Sure = casebook.Confirmed, true
	case casebook.Opened, casebook.Worsened:
		c.ToldOn = d.night.AsOf - 1 // what follows comes on a later date
	}
	change.Case = c
	return change
}

func (d *desk) compose(changes ...casebook.Change) []notify.Message {
	messages, cases := d.composer.Compose(changes, d.night)
	for _, c := range cases {
		d.cases[c.CustomerID] = c
	}
	d.night.AsOf++
	return messages
}

func spansOf(blocks []notify.Block) []notify.Span {
	var spans []notify.Span
	for _, b := range blocks {
		for _, l := range b.Lines {
			spans = append(spans, l...)
		}
	}
	return spans
}

func lineText(l notify.Line) string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

func wordsOf(text string, blocks []notify.Block) string {
	for _, b := range blocks {
		for _, l := range b.Lines {
			text += "\n" + lineText(l)
		}
	}
	return text
}

// route is a message in short: operation, place, target, mentions and links.
func route(m notify.Message) string {
	s := string(m.Op) + " " + m.To.Key()
	if m.Target != "" {
		s += " of " + m.Target
	}
	for _, span := range spansOf(m.Blocks) {
		if span.Rep != "" {
			s += " @" + span.Rep
		}
		if span.Delivery != "" {
			s += " →" + span.Delivery
		}
	}
	return s
}

func routes(messages []notify.Message) []string {
	var all []string
	for _, m := range messages {
		all = append(all, route(m))
	}
	return all
}

// told is one night of a case: what happened and where it is told.
type told struct {
	reason casebook.Reason
	kind   finding.Kind
	rep    string
	want   []string
}

const (
	isOverdue = finding.CustomerOverdue
	isLost    = finding.CustomerLost
	isBack    = finding.CustomerRecovered
)

// TestRoutes is section "Telling" of the design, case by case.
func TestRoutes(t *testing.T) {
	for name, nights := range map[string][]told{
		"overdue, then back": {
			{casebook.Opened, isOverdue, "r1", []string{"post rep:r1"}},
			{casebook.OrderedAgain, isBack, "r1", []string{"update rep:r1 of m1", "reply rep:r1 of m1"}}},
		"lost, confirmed, then back": {
			{casebook.Opened, isLost, "r1", []string{"post channel:alerts @r1", "post rep:r1 →m1"}},
			{casebook.ConfirmedLost, isLost, "r1", []string{"update channel:alerts of m1 @r1", "reply channel:alerts of m1"}},
			{casebook.OrderedAgain, isBack, "r1", []string{"update channel:alerts of m1 @r1", "reply channel:alerts of m1", "update rep:r1 of m2 →m1"}}},
		"overdue becomes lost: the direct message closes with the link": {
			{casebook.Opened, isOverdue, "r1", []string{"post rep:r1"}},
			{casebook.Worsened, isLost, "r1", []string{"post channel:alerts @r1", "update rep:r1 of m1 →m2"}},
			{casebook.OrderedAgain, isBack, "r1", []string{"update channel:alerts of m2 @r1", "reply channel:alerts of m2", "update rep:r1 of m1 →m2"}}},
		"handed over in between: the old owner's message closes, the new owner gets the line": {
			{casebook.Opened, isOverdue, "r1", []string{"post rep:r1"}},
			{casebook.Worsened, isLost, "r2", []string{"post channel:alerts @r2", "update rep:r1 of m1 →m2", "post rep:r2 →m2"}}},
		"without a rep: one parent": {
			{casebook.Opened, isOverdue, "", []string{"post channel:alerts"}},
			{casebook.Worsened, isLost, "", []string{"update channel:alerts of m1", "reply channel:alerts of m1"}},
			{casebook.ConfirmedLost, isLost, "", []string{"update channel:alerts of m1", "reply channel:alerts of m1"}},
			{casebook.OrderedAgain, isBack, "", []string{"update channel:alerts of m1", "reply channel:alerts of m1"}}},
		"without a rep, which it has by the time it is lost: the parent stays, the owner gets the line": {
			{casebook.Opened, isOverdue, "", []string{"post channel:alerts"}},
			{casebook.Worsened, isLost, "r1", []string{"update channel:alerts of m1 @r1", "reply channel:alerts of m1", "post rep:r1 →m1"}},
			{casebook.OrderedAgain, isBack, "r1", []string{"update channel:alerts of m1 @r1", "reply channel:alerts of m1", "update rep:r1 of m4 →m1"}}},
		"lost without a rep": {
			{casebook.Opened, isLost, "", []string{"post channel:alerts"}}},
		"overdue becomes lost without an owner": {
			{casebook.Opened, isOverdue, "r1", []string{"post rep:r1"}},
			{casebook.Worsened, isLost, "", []string{"post channel:alerts", "update rep:r1 of m1 →m2"}},
			{casebook.OrderedAgain, isBack, "", []string{"update channel:alerts of m2", "reply channel:alerts of m2", "update channel:alerts of m1 →m2"}}},
		"baseline, then lost": {
			{casebook.Baseline, isOverdue, "r1", []string{"post channel:alerts"}},
			{casebook.Worsened, isLost, "r1", []string{"post channel:alerts @r1", "post rep:r1 →m2"}}},
		"baseline, lost and back": {
			{casebook.Baseline, isLost, "r1", []string{"post channel:alerts"}},
			{casebook.ConfirmedLost, isLost, "r1", nil},
			{casebook.OrderedAgain, isBack, "r1", []string{"post channel:alerts @r1"}}},
		"baseline, overdue and back": {
			{casebook.Baseline, isOverdue, "r1", []string{"post channel:alerts"}},
			{casebook.OrderedAgain, isBack, "r1", []string{"post rep:r1"}}},
		"stopped data are told to ops alone": {
			{casebook.Opened, finding.DataStale, "", []string{"post channel:ops"}},
			{casebook.DataReturned, finding.DataStale, "", []string{"reply channel:ops of m1"}}},
	} {
		t.Run(name, func(t *testing.T) { tellAll(t, nights) })
	}
}

func tellAll(t *testing.T, nights []told) {
	t.Helper()
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 15})
	for _, n := range nights {
		f := silenceOf(n.kind, "Kim Foods", n.rep, 100)
		if n.kind == finding.DataStale {
			f = finding.Finding{Kind: n.kind, Headline: finding.Say("stale_no_orders"), Actions: []finding.Action{{Phrase: finding.Say("action_check_import")}}}
		}
		d.night.Baseline = notify.Baseline{}
		if n.reason == casebook.Baseline {
			d.night.Baseline = notify.Baseline{Customers: 9, Regulars: 5, Lost: 1}
		}
		messages := d.compose(d.step(n.reason, f))
		if diff := cmp.Diff(n.want, routes(messages)); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", n.reason, n.kind, diff)
		}
		checkMessages(t, messages)
	}
}

// Whoever cannot be reached by direct message is told in the channel, by name
// and without a mention.
func TestUnreachableOwners(t *testing.T) {
	for _, rep := range []string{"off", "mute", "far", "unknown"} {
		tellAll(t, []told{
			{casebook.Opened, isOverdue, rep, []string{"post channel:alerts"}},
			{casebook.Worsened, isLost, rep, []string{"update channel:alerts of m1", "reply channel:alerts of m1"}},
			{casebook.OrderedAgain, isBack, rep, []string{"update channel:alerts of m1", "reply channel:alerts of m1"}}})
		tellAll(t, []told{{casebook.Opened, isLost, rep, []string{"post channel:alerts"}}})
	}
}

// checkMessages holds what is true of every message: at most one mention,
// nothing about visits in a channel, a title that begins with its stage.
func checkMessages(t interface {
	Helper()
	Errorf(string, ...any)
}, messages []notify.Message) {
	t.Helper()
	for _, m := range messages {
		words := wordsOf(m.Text, m.Blocks)
		if m.Text == "" || len(m.Blocks) == 0 || strings.Contains(words, "[") {
			t.Errorf("%s is not fully worded:\n%s", route(m), words)
		}
		if mentions := strings.Count(route(m), "@"); mentions > 1 || mentions == 1 && m.To.Rep != "" {
			t.Errorf("%s: %d mentions", route(m), mentions)
		}
		if m.To.Rep == "" && strings.Contains(words, visitEvidence) {
			t.Errorf("%s tells of visits:\n%s", route(m), words)
		}
		if m.Public != nil && strings.Contains(wordsOf(m.Public.Text, m.Public.Blocks), visitEvidence) {
			t.Errorf("%s would tell a channel of visits", route(m))
		}
		if m.CaseID != "" && m.Op != notify.Reply && m.To.Channel != notify.Ops {
			checkTitle(t, m)
		}
	}
}

var stages = []string{"Lost", "Overdue", "Declining", "Dropped", "Recovered"}

func checkTitle(t interface{ Errorf(string, ...any) }, m notify.Message) {
	for _, title := range []string{m.Text, lineText(m.Blocks[0].Lines[0])} {
		i := slices.IndexFunc(stages, func(s string) bool { return strings.HasPrefix(title, s+": ") })
		if i < 0 {
			t.Errorf("%s: %q begins with no stage", route(m), title)
			continue
		}
		for j, other := range stages {
			if j != i && strings.Contains(strings.ToLower(title), strings.ToLower(other)) {
				t.Errorf("%s: %q names %s", route(m), title, other)
			}
		}
	}
}

// The owner reads about the visits, in the direct message.
func TestVisitsAreForTheOwner(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 5})
	messages := d.compose(d.step(casebook.Opened, silenceOf(isLost, "Kim", "r1", 2)), d.step(casebook.Opened, silenceOf(isOverdue, "Lee", "r1", 1)))
	private := 0
	for _, m := range messages {
		words := wordsOf(m.Text, m.Blocks)
		if m.To.Rep != "" && strings.Contains(words, visitEvidence) {
			private++
		}
		if m.To.Rep == "" && !strings.Contains(words, "details with the owner") {
			t.Errorf("the channel does not read who knows:\n%s", words)
		}
	}
	if private != 2 {
		t.Errorf("%d direct messages tell of visits; want 2", private)
	}
	checkMessages(t, messages)
}

func TestQuietNight(t *testing.T) {
	if messages := newDesk(t, notify.Caps{Rep: 5, Channel: 5}).compose(); len(messages) != 0 {
		t.Errorf("messages %v; want none", routes(messages))
	}
}

// Whatever happens to whom, nobody is told twice in one place, caps hold, and
// every message is fit for those who read it.
func TestAnyNights(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		caps := notify.Caps{Rep: rapid.IntRange(0, 3).Draw(rt, "rep cap"), Channel: rapid.IntRange(0, 3).Draw(rt, "channel cap")}
		d := newDesk(t, caps)
		var all []notify.Message
		for range rapid.IntRange(1, 4).Draw(rt, "nights") {
			var changes []casebook.Change
			for i := range 5 {
				if change, ok := d.draw(rt, fmt.Sprintf("Customer %03d Ltd", i)); ok {
					changes = append(changes, change)
				}
			}
			messages := d.compose(changes...)
			checkCaps(rt, caps, messages)
			checkMessages(rt, messages)
			all = append(all, messages...)
		}
		checkLinks(rt, all)
	})
}

// draw moves a customer's case by one possible step.
func (d *desk) draw(t *rapid.T, customer string) (casebook.Change, bool) {
	rep := rapid.SampledFrom([]string{"", "r1", "r2", "off", "far"}).Draw(t, "rep")
	c, known := d.cases[customer]
	move := rapid.IntRange(0, 2).Draw(t, "move")
	switch {
	case known && c.Closed() || move == 0:
		return casebook.Change{}, false
	case !known && move == 1:
		return d.step(casebook.Opened, silenceOf(isOverdue, customer, rep, 1)), true
	case !known:
		return d.step(casebook.Opened, silenceOf(isLost, customer, rep, 1)), true
	case move == 1:
		return d.step(casebook.OrderedAgain, silenceOf(isBack, customer, rep, 0)), true
	case c.Kind == isOverdue:
		return d.step(casebook.Worsened, silenceOf(isLost, customer, rep, 1)), true
	case c.State == casebook.Open:
		return d.step(casebook.ConfirmedLost, silenceOf(isLost, customer, rep, 1)), true
	}
	return casebook.Change{}, false
}

func checkCaps(t *rapid.T, caps notify.Caps, messages []notify.Message) {
	own, posts := map[string]int{}, map[string]int{}
	for _, m := range messages {
		if m.Op != notify.Post {
			continue
		}
		posts[m.To.Key()+m.CaseID]++
		if posts[m.To.Key()+m.CaseID] > 1 {
			t.Errorf("%s: a second message about %q", route(m), m.CaseID)
		}
		limit := caps.Channel
		if m.To.Rep != "" {
			limit = caps.Rep
		}
		if m.CaseID != "" {
			if own[m.To.Key()]++; own[m.To.Key()] > limit {
				t.Errorf("%s: beyond the cap of %d", route(m), limit)
			}
		}
	}
}
