package notify

import (
	"slices"
	"strconv"
	"strings"

	"dangol/internal/casebook"
	"dangol/internal/finding"
	"dangol/internal/sales"
)

const (
	// mostSegments is how many segments a message about answers names.
	mostSegments = 8
	// savedDays is how far back a digest looks for saved customers: four weeks.
	savedDays = 28
)

// feedback tells ops once a week what the alerts have come to: by rule, with the
// reasons that were given, by segment, and which threshold would have done better.
// It names no rep: who answers how is no business of a channel.
func (p *plan) feedback() {
	measured := casebook.Measure(p.night.History)
	lines, outcomes := p.ruleLines(measured)
	if outcomes == 0 {
		return
	}
	if reasons := p.reasonList(casebook.ReasonsBy(p.night.History, func(casebook.Case) string { return "" })[""]); reasons != "" {
		lines = append(lines, plain(p.say.Text("feedback_reasons", "list", reasons)))
	}
	m := Message{ID: p.NewID(), To: Destination{Channel: Ops}, Op: Post, Text: p.say.Text("feedback_title", "as_of", p.night.AsOf)}
	m.Blocks = []Block{header(m.Text), {Kind: Body, Lines: append([]Line{plain(p.say.Text("feedback_text", "n", outcomes))}, lines...)}}
	if segments := p.segmentLines(); len(segments) > 0 {
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: segments})
	}
	if proposal := p.proposal(); proposal != "" {
		m.Blocks = append(m.Blocks, Block{Kind: Body, Lines: []Line{labelled(p.say.Text("label_do"), proposal)}})
	}
	p.send(m)
}

// ruleLines are a line for each rule; outcomes counts the alerts that have one.
func (p *plan) ruleLines(measured map[finding.Kind]casebook.Measured) (lines []Line, outcomes int) {
	for _, rule := range []finding.Kind{finding.CustomerLost, finding.CustomerOverdue, finding.CustomerDeclining, finding.ProductDropped} {
		m := measured[rule]
		if m.Judged()+m.Saved == 0 {
			continue
		}
		outcomes += m.Judged() + m.Saved
		text := p.say.Text("feedback_rule", "stage", p.say.Text("stage_"+string(rule)), "right", m.Right, "wrong", m.Wrong,
			"saved", m.Saved, "money", m.SavedMoney, "pending", m.Pending)
		if share, ok := m.Precision(); ok {
			text += " · " + p.say.Text("feedback_share", "share", share)
		}
		lines = append(lines, plain("• "+text))
	}
	return lines, outcomes
}

// reasonList writes reasons with their numbers, in the order of the menu.
func (p *plan) reasonList(reasons map[casebook.Why]int) string {
	var list []string
	for _, why := range casebook.Whys() {
		if n := reasons[why]; n > 0 {
			list = append(list, p.say.Text("feedback_reason", "why", strings.TrimSuffix(p.whyText(why), " …"), "n", n))
		}
	}
	return strings.Join(list, ", ")
}

func (p *plan) segmentLines() []Line {
	by := casebook.ReasonsBy(p.night.History, func(c casebook.Case) string { return c.Segment })
	delete(by, "")
	var lines []Line
	for _, segment := range sortedNames(by) {
		lines = append(lines, plain("• "+p.say.Text("feedback_segment", "segment", segment, "list", p.reasonList(by[segment]))))
	}
	if left := len(lines) - mostSegments; left > 0 {
		lines = append(lines[:mostSegments], plain(p.say.Text("more", "n", left)))
	}
	return lines
}

func sortedNames(by map[string]map[casebook.Why]int) []string {
	var names []string
	for name := range by {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// proposal is the threshold that would have done better; empty where none would.
func (p *plan) proposal() string {
	odds, ok := casebook.Propose(p.night.History, p.night.Threshold)
	if !ok {
		return ""
	}
	better := casebook.JudgedFrom(p.night.History, odds)
	share, _ := better.Precision()
	return p.say.Text("feedback_propose", "odds", strconv.FormatFloat(odds, 'f', -1, 64), "now", strconv.FormatFloat(p.night.Threshold, 'f', -1, 64), "share", share, "of", better.Judged())
}

// savedText says how many customers came back in the last four weeks after
// somebody had seen to them; empty where none did. reps nil means all.
func (p *plan) savedText(to sales.Date, reps []string) string {
	n, money := 0, sales.Money(0)
	for _, c := range p.night.History {
		if c.Saved && c.ChangedOn > to-savedDays && c.ChangedOn <= to && (reps == nil || slices.Contains(reps, c.RepID)) {
			n++
			money += c.AtRisk
		}
	}
	if n == 0 {
		return ""
	}
	return p.say.Text("digest_saved", "n", n, "money", money)
}
