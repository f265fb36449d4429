package finding

// EndFacts say how something that lasted ended: with an order, with a visit, or
// as another case. They are shown, never listed among a night's findings.
type EndFacts struct {
	Evidence Phrase `json:"-"`
}
