package notify_test

import (
	"strings"
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"

	"github.com/google/go-cmp/cmp"
)

const won = sales.MoneyUnit

// lastingOf is a finding of each kind that lasts, as its detector makes it.
func lastingOf(kind finding.Kind, rep string) finding.Finding {
	f := finding.Finding{Kind: kind, CustomerID: "Kim", RepID: rep, MoneyAtRisk: 500 * won, Probability: .8,
		Actions: []finding.Action{{Phrase: finding.Say("action_look_in"), Due: 20790}}}
	switch kind {
	case finding.CustomerDeclining:
		f.Headline = finding.Say("headline_declining_orders", "customer", "Kim", "before", 4.1, "now", 1.9)
		f.Facts = finding.DeclineFacts{CustomerName: "Kim", From: 20690, Fell: finding.FellOrders, Weeks: 13, BaseWeeks: 52, OrdersBefore: 4.1, OrdersNow: 1.9,
			SizeBefore: 90 * won, SizeNow: 88 * won, AmountBefore: 370 * won, AmountNow: 170 * won, Market: .97, Fallen: .53, LastYear: .48, PDeclining: .8, Yearly: 4440 * won}
		f.Causes = []finding.Cause{{Name: finding.Coverage, Confidence: finding.High,
			For: []finding.Phrase{finding.Say("visit_pause", "days", 62, "last", sales.Date(20690), "rhythm", 30.0)}}}
	case finding.ProductDropped:
		f.Product = "yeast"
		f.Headline = finding.Say("headline_dropped", "customer", "Kim", "product", "Yeast", "orders", 6)
		f.Facts = finding.DropFacts{CustomerName: "Kim", ProductName: "Yeast", Course: yearOf(), LastBought: 20700, Yearly: 900 * won, PDropped: .8,
			Evidence: []finding.Phrase{finding.Say("dropped_orders", "last", sales.Date(20700), "days", 81, "later", 6, "held", 20, "of", 23),
				finding.Say("dropped_money", "yearly", 900*won, "share", .31, "risk", 500*won, "p", .8),
				finding.Say("dropped_partly", "to", "Oil", "replaced", .4),
				finding.Say("dropped_orders_on", "last", sales.Date(20777))}}
	case finding.ProductLosingBuyers:
		f.CustomerID, f.RepID, f.Product = "", "", "yeast"
		f.Headline = finding.Say("headline_losing_buyers", "product", "Yeast", "stopped", 7, "buyers", 9, "since", sales.Date(20700))
		f.Facts = finding.LossFacts{ProductName: "Yeast", Yearly: 900 * won, Evidence: []finding.Phrase{
			finding.Say("losing_money", "yearly", 900*won, "since", sales.Date(20700), "risk", 500*won), finding.Say("losing_still", "n", 2)}}
	case finding.RegularNeglected:
		f.Headline = finding.Say("headline_neglected", "customer", "Kim", "days", 70, "rhythm", 34.0)
		f.Facts = finding.NeglectedFacts{CustomerName: "Kim", LastVisit: 20711, VisitDays: 70, RhythmDays: 34, LongestDays: 43, Visits: 19,
			LastOrder: 20770, CadenceDays: 12, Monthly: 370 * won, Yearly: 4440 * won, Rank: 2, RankOf: 30, RankScope: "rep"}
	}
	return f
}

// lastingCase is the change that opens the case of a finding.
func lastingCase(f finding.Finding) casebook.Change {
	family := map[finding.Kind]casebook.Family{finding.CustomerDeclining: casebook.Decline, finding.ProductDropped: casebook.Drop,
		finding.ProductLosingBuyers: casebook.Buyers, finding.RegularNeglected: casebook.Neglect}[f.Kind]
	return casebook.Change{Reason: casebook.Opened, Finding: f, Case: casebook.Case{ID: string(f.Kind), Family: family, CustomerID: f.CustomerID,
		Product: f.Product, RepID: f.RepID, Kind: f.Kind, State: casebook.Open, OpenedOn: 20781}}
}

// endOf closes a case as the job does.
func endOf(c casebook.Case, reason casebook.Reason) casebook.Change {
	headline, evidence := finding.Say("over_declining", "customer", "Kim"), finding.Say("over_neglected_evidence", "date", sales.Date(20785))
	if reason == casebook.Replaced {
		headline, evidence = finding.Say("replaced_declining", "customer", "Kim"), finding.Say("replaced_evidence")
	}
	before := c
	c.State = casebook.Recovered
	return casebook.Change{Before: &before, Case: c, Reason: reason, Finding: finding.Finding{Kind: c.Kind, CustomerID: c.CustomerID, RepID: c.RepID,
		Headline: headline, Facts: finding.EndFacts{Evidence: evidence}}}
}

// TestLasting follows each kind that lasts from its telling to its end, as the
// design's section "Telling" routes it.
func TestLasting(t *testing.T) {
	for name, c := range map[string]struct {
		kind               finding.Kind
		rep                string
		end                casebook.Reason
		opens, ends, reads []string
	}{
		"declining, like lost, in the channel with a line for the owner": {finding.CustomerDeclining, "r1", casebook.Ended,
			[]string{"post channel:alerts @r1", "post rep:r1 →m1"},
			[]string{"update channel:alerts of m1 @r1", "reply channel:alerts of m1", "update rep:r1 of m2 →m1"},
			[]string{"Declining: Kim", "4.1", "1.9", "€370", "€170", "53%", "details with the owner"}},
		"declining without an owner": {finding.CustomerDeclining, "", casebook.Ended,
			[]string{"post channel:alerts"}, []string{"update channel:alerts of m1", "reply channel:alerts of m1"}, nil},
		"dropped, to the owner": {finding.ProductDropped, "r1", casebook.Ended,
			[]string{"post rep:r1"}, []string{"update rep:r1 of m1", "reply rep:r1 of m1"}, []string{"Dropped: Kim no longer buys Yeast"}},
		"dropped, owner unreachable": {finding.ProductDropped, "far", casebook.Ended,
			[]string{"post channel:alerts"}, []string{"update channel:alerts of m1", "reply channel:alerts of m1"}, nil},
		"a product loses its buyers: the managers": {finding.ProductLosingBuyers, "", casebook.Ended,
			[]string{"post channel:managers"}, []string{"update channel:managers of m1", "reply channel:managers of m1"}, []string{"Dropped: Yeast, by 7 of 9"}},
		"neglected, the owner alone": {finding.RegularNeglected, "r1", casebook.Ended,
			[]string{"post rep:r1"}, []string{"update rep:r1 of m1"}, []string{"Not visited: Kim, for 70 days", "no. 2 of your 30"}},
		"neglected without an owner waits for the digest":    {finding.RegularNeglected, "", casebook.Ended, nil, nil, nil},
		"neglected, owner unreachable, waits for the digest": {finding.RegularNeglected, "far", casebook.Ended, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, notify.Caps{Rep: 5, Channel: 5})
			d.composer.Managers = notify.Managers
			opened, cases := d.composer.Compose([]casebook.Change{lastingCase(lastingOf(c.kind, c.rep))}, d.night)
			ended, _ := d.composer.Compose([]casebook.Change{endOf(cases[0], c.end)}, d.night)
			if diff := cmp.Diff([][]string{c.opens, c.ends}, [][]string{routes(opened), routes(ended)}); diff != "" {
				t.Errorf("routes (-want +got):\n%s", diff)
			}
			checkLasting(t, opened, ended, c.reads)
			if len(c.opens) == 0 && cases[0].Told != casebook.ByDigest {
				t.Errorf("told %q; want it left to the digest", cases[0].Told)
			}
		})
	}
}

func checkLasting(t *testing.T, opened, ended []notify.Message, reads []string) {
	t.Helper()
	for i, m := range append(opened, ended...) {
		words := wordsOf(m.Text, m.Blocks)
		if m.To.Channel != "" && (strings.Contains(words, "not visited for") || strings.Contains(words, "Not visited")) {
			t.Errorf("%s tells of visits:\n%s", route(m), words)
		}
		if m.Public != nil && strings.Contains(wordsOf(m.Public.Text, m.Public.Blocks), "not visited for") {
			t.Errorf("%s would tell a channel of visits", route(m))
		}
		for _, want := range reads {
			if i == 0 && !strings.Contains(words, want) {
				t.Errorf("no %q in\n%s", want, words)
			}
		}
		if m.Op == notify.Reply || strings.Contains(m.Text, "visited") {
			continue
		}
		checkTitle(t, m)
	}
}

// A decline that becomes a silence closes with a link to what is told of it.
func TestReplacedLinksToTheSilence(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 5})
	_, cases := d.composer.Compose([]casebook.Change{lastingCase(lastingOf(finding.CustomerDeclining, "r1"))}, d.night)
	lost := silenceOf(isLost, "Kim", "r1", 100)
	messages, _ := d.composer.Compose([]casebook.Change{d.step(casebook.Opened, lost), endOf(cases[0], casebook.Replaced)}, d.night)
	want := []string{"post channel:alerts @r1", "post rep:r1 →m3",
		"update channel:alerts of m1 @r1 →m3", "reply channel:alerts of m1", "update rep:r1 of m2 →m3"}
	if diff := cmp.Diff(want, routes(messages)); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	checkMessages(t, messages)
}

// A product has no owner to be missing, also where the alerts channel stands for that
// of the managers.
func TestProductHasNoOwner(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 5})
	d.composer.Managers = notify.Alerts
	messages, _ := d.composer.Compose([]casebook.Change{lastingCase(lastingOf(finding.ProductLosingBuyers, ""))}, d.night)
	if said := saidBy(messages); !strings.Contains(said, "Dropped: Yeast") || strings.Contains(said, "owner") {
		t.Error(said)
	}
}

// The message of what lasts says "put off" no longer than it is.
func TestLastingWoke(t *testing.T) {
	for kind, rep := range map[finding.Kind]string{finding.CustomerDeclining: "r1", finding.ProductDropped: "r1", finding.RegularNeglected: "r1"} {
		d := newDesk(t, notify.Caps{Rep: 5, Channel: 5})
		f := lastingOf(kind, rep)
		_, cases := d.composer.Compose([]casebook.Change{lastingCase(f)}, d.night)
		before := cases[0]
		before.State, before.Until, before.AnsweredBy = casebook.Snoozed, 20788, "Ann"
		after := cases[0]
		woke, _ := d.composer.Compose([]casebook.Change{{Before: &before, Case: after, Reason: casebook.Woke, Finding: f}}, d.night)
		if len(woke) != 2 || woke[0].Op != notify.Update || woke[1].Op != notify.Reply || strings.Contains(saidBy(woke), "Put off") {
			t.Errorf("%s: %s", kind, saidBy(woke))
		}
		checkPublic(t, woke)
	}
}

// Whom to greet is one list for the rep, largest first, with the last visit
// where one is known.
func TestGreetings(t *testing.T) {
	d := newDesk(t, notify.Caps{Rep: 5, Channel: 5})
	f := finding.Finding{Kind: finding.RegularNeglected, RepID: "r1", Product: "greet/2026-12-25/r1",
		Headline: finding.Say("headline_greet", "holiday", sales.NewDate(2026, 12, 25), "n", 2),
		Actions:  []finding.Action{{Phrase: finding.Say("action_greet"), Due: sales.NewDate(2026, 12, 24)}},
		Facts: finding.GreetingFacts{Holiday: sales.NewDate(2026, 12, 25), Regulars: []finding.Greeting{
			{CustomerName: "Kim", Monthly: 900 * won, LastOrder: 20770, LastVisit: 20760}, {CustomerName: "Lee", Monthly: 800 * won, LastOrder: 20775}}}}
	messages, _ := d.composer.Compose([]casebook.Change{lastingCase(f)}, d.night)
	if diff := cmp.Diff([]string{"post rep:r1"}, routes(messages)); diff != "" {
		t.Fatalf("routes (-want +got):\n%s", diff)
	}
	words := wordsOf(messages[0].Text, messages[0].Blocks)
	for _, want := range []string{"2 regulars to greet", "• Kim: €900 a month, last order", "last visit", "• Lee: €800"} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q in\n%s", want, words)
		}
	}
	if messages[0].Public != nil {
		t.Error("a channel may read who visits whom")
	}
}
