package silence

// Blend averages two models. Each sees what the other misses: MBG/CNBD-k the
// population's drop-out after every order, RC the customer's own regularity.
// Fitted on the same shop, the mean of their curves ranks and calibrates at
// least as well as either (docs/detection.md has the figures).
type Blend struct {
	MBG MBG
	Own Corrected
}

// FitBlend fits both models to the histories.
func FitBlend(histories []History) Blend {
	return Blend{MBG: Fit(histories), Own: FitCorrected(histories)}
}

// LowConfidence: the shop is too small or too young to learn from, so that the
// parameters are fixed ones.
func (m Blend) LowConfidence() bool { return m.MBG.LowConfidence }

// Curve returns the mean of the two curves.
func (m Blend) Curve(h History) Curve {
	return mean{m.MBG.Curve(h), m.Own.Curve(h)}
}

type mean [2]Curve

// Survival returns the mean of the two survivals.
func (c mean) Survival(days float64) float64 {
	return (c[0].Survival(days) + c[1].Survival(days)) / 2
}

// LogSurvival returns ln S even where S itself is too small for a float64.
func (c mean) LogSurvival(days float64) float64 {
	return logAddExp(logSurvival(c[0], days), logSurvival(c[1], days)) - ln2
}

const ln2 = 0.6931471805599453
