package explain

import (
	"slices"

	"dangol/internal/finding"
)

// causes lists every cause that was tried on a silent customer with the evidence
// both ways, and what could not be looked at.
func (a *account) causes() Section {
	s := Section{Heading: finding.Say("explain_heading_causes")}
	switch {
	case a.isSilent():
		causes := a.shown(a.Company.Causes(a.who))
		return a.notKnown(tried(s, causes), causes)
	case a.found != nil && a.found.Kind == finding.CustomerDeclining:
		return tried(s, a.shown(a.found.Causes))
	case a.who.Regular:
		s.Lines = []Line{say(finding.Say("explain_causes_none"))}
	}
	return s
}

// shown leaves out what only some may read.
func (a *account) shown(causes []finding.Cause) []finding.Cause {
	if !a.NoVisits {
		return causes
	}
	return slices.DeleteFunc(slices.Clone(causes), func(c finding.Cause) bool { return c.Name == finding.Coverage })
}

// tried lists causes with their evidence both ways.
func tried(s Section, causes []finding.Cause) Section {
	for _, c := range causes {
		head := []finding.Phrase{finding.Say("cause_" + c.Name)}
		if len(c.For) > 0 {
			head = append(head, finding.Say("confidence_"+string(c.Confidence)))
		}
		s.Lines = append(s.Lines, Line{Mark: Item, Parts: head})
		for _, p := range c.For {
			s.Lines = append(s.Lines, Line{Mark: For, Parts: []finding.Phrase{iso(p)}})
		}
		for _, p := range c.Against {
			s.Lines = append(s.Lines, Line{Mark: Against, Parts: []finding.Phrase{iso(p)}})
		}
	}
	return s
}

// notKnown adds what could not be looked at.
func (a *account) notKnown(s Section, causes []finding.Cause) Section {
	list := []finding.Phrase{finding.Say("explain_unknown")}
	if !slices.ContainsFunc(causes, func(c finding.Cause) bool { return c.Name == finding.DataFault }) {
		list = append(list, finding.Say("explain_unknown_flow"))
	}
	for _, p := range a.Company.Unknowns(a.who) {
		if a.NoVisits && p.Key == "unknown_rhythm" {
			continue
		}
		list = append(list, iso(p))
	}
	if len(list) > 1 {
		s.Lines = append(s.Lines, say(list...))
	}
	return s
}

// actions says what to do next, and by when.
func (a *account) actions() Section {
	s := Section{Heading: finding.Say("explain_heading_actions")}
	if a.found == nil {
		return s
	}
	for _, action := range a.found.Actions {
		parts := []finding.Phrase{iso(action.Phrase)}
		if action.Due != 0 {
			parts = append(parts, finding.Say("explain_by", "date", action.Due.String()))
		}
		s.Lines = append(s.Lines, Line{Mark: Item, Parts: parts})
	}
	return s
}
