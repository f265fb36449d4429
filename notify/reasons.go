package notify

import (
	"strings"

	"dangol/internal/finding"
)

const (
	// shownCauses is how many causes with evidence for them an alert names.
	shownCauses = 2
	// privateUnknown is what is unknown about a rep's visits.
	privateUnknown = "unknown_rhythm"
	// longPace is the number of months beyond which a replacement is no plan.
	longPace = 36
	// oneCustomer: what rounds to less than one new customer is said so.
	oneCustomer = .95
)

// causeLines name the likely causes, each with its own evidence both ways, then
// what was tried and refuted, and what could not be looked at. Where others read
// along, evidence about visits stays with the owner.
func (p *plan) causeLines(causes []finding.Cause, unknown []finding.Phrase, private bool) []Line {
	var lines []Line
	var refuted []string
	for _, c := range causes {
		hidden := c.Name == finding.Coverage && !private
		switch {
		case len(c.For) == 0 && !hidden:
			refuted = append(refuted, p.say.Text("refuted", "cause", p.say.Text("cause_"+c.Name), "evidence", p.list(p.say.Texts(c.Against))))
		case len(c.For) == 0 || len(lines) == shownCauses:
		case hidden:
			lines = append(lines, labelled(p.say.Text("label_likely"), p.say.Text("coverage_private")))
		default:
			lines = append(lines, labelled(p.causeLabel(c), p.likely(c)))
		}
	}
	if len(lines) == 0 {
		lines = append(lines, Line{{Text: p.say.Text("label_unclear"), Bold: true}})
	}
	if len(refuted) > 0 {
		lines = append(lines, plain(p.say.Text("ruled_out", "list", p.list(refuted))))
	}
	if names := p.unknown(unknown, private); len(names) > 0 {
		lines = append(lines, plain(p.say.Text("unknown", "list", p.list(names))))
	}
	return lines
}

// causeLabel calls a cause likely from medium confidence on.
func (p *plan) causeLabel(c finding.Cause) string {
	if c.Confidence == finding.Low {
		return p.say.Text("label_possible")
	}
	return p.say.Text("label_likely")
}

func (p *plan) likely(c finding.Cause) string {
	text := p.say.Text("cause_with", "cause", p.say.Text("cause_"+c.Name), "confidence", p.say.Text("confidence_"+string(c.Confidence))) +
		" " + p.say.Text("for", "evidence", p.list(p.say.Texts(c.For)))
	if len(c.Against) > 0 {
		text += " " + p.say.Text("against", "evidence", p.list(p.say.Texts(c.Against)))
	}
	return text
}

// unknown names what could not be looked at; that there were few visits is the
// owner's to know.
func (p *plan) unknown(phrases []finding.Phrase, private bool) []string {
	var names []string
	for _, phrase := range phrases {
		if private || phrase.Key != privateUnknown {
			names = append(names, p.say.Say(phrase))
		}
	}
	return names
}

func (p *plan) list(texts []string) string { return strings.Join(texts, "; ") }

// replaceLines say what making up for the customer takes; nothing for one who
// brings nothing.
func (p *plan) replaceLines(facts finding.SilenceFacts) []Line {
	if facts.Yearly <= 0 {
		return nil
	}
	return p.replacement(facts.Replacement)
}

func (p *plan) replacement(r finding.Replacement) []Line {
	return []Line{labelled(p.say.Text("label_replace"), p.replaceText(r)+" · "+p.paceText(r))}
}

func (p *plan) replaceText(r finding.Replacement) string {
	switch {
	case r.Assumed:
		return p.say.Text("replace_assumed")
	case r.Customers < oneCustomer:
		return p.say.Text("replace_little")
	}
	return p.say.Text("replace", "customers", r.Customers)
}

func (p *plan) paceText(r finding.Replacement) string {
	switch {
	case !r.PaceKnown:
		return p.say.Text("pace_unknown")
	case r.NewPerMonth == 0:
		return p.say.Text("pace_none")
	case r.Months < 1:
		return p.say.Text("pace_soon")
	case r.Months > longPace:
		return p.say.Text("pace_years")
	}
	return p.say.Text("pace_months", "months", r.Months)
}
