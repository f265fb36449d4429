package freshness

import "dangol/internal/finding"

const (
	// massFloor and massShare bound how many customers may newly fall silent in
	// one selling day before the data are suspected: more than this at once is
	// rather a half import or a renamed status than so many decisions.
	massFloor = 20
	massShare = .05
)

// MassFacts are the evidence that too many customers fell silent at once.
type MassFacts struct {
	New         int     `json:"new"`          // cases that would be told now
	Limit       float64 `json:"limit"`        // the most that is plausible
	Regulars    int     `json:"regulars"`     // current regulars
	SellingDays int     `json:"selling_days"` // since the last run that judged
}

// Mass returns a data_stale finding when so many new cases are more than the
// larger of 20 and 5 % of the current regulars for each selling day since the
// last run that judged, or nil.
func Mass(newCases, regulars, sellingDays int) *finding.Finding {
	facts := MassFacts{New: newCases, Regulars: regulars, SellingDays: max(1, sellingDays)}
	facts.Limit = max(massFloor, massShare*float64(regulars)) * float64(facts.SellingDays)
	if float64(newCases) <= facts.Limit {
		return nil
	}
	headline := finding.Say("stale_mass", "new", newCases, "limit", facts.Limit, "regulars", regulars)
	return &finding.Finding{
		Kind: finding.DataStale, Severity: finding.Critical, Probability: 1,
		Headline: headline, Facts: facts,
		Causes:  []finding.Cause{{Name: finding.DataFault, Confidence: finding.Medium, For: []finding.Phrase{headline}}},
		Actions: []finding.Action{{Phrase: finding.Say("action_check_import")}},
	}
}
