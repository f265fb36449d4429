package silence

import "math"

// MBGShare is what MBG's curve counts for in a Blend; the corrected curve of RC
// counts for the rest. It was chosen on cdnow, as the largest share that costs
// less than .001 of log-loss there, and held up on the other sets
// (docs/detection.md has the figures).
const MBGShare = .25

// Blend averages two models. Each sees what the other misses: MBG/CNBD-k the
// population's drop-out after every order, RC the customer's own regularity, and
// how it is corrected by the shop's past. RC ranks better and tells earlier; what
// MBG adds keeps it calibrated where RC or its correction go astray.
type Blend struct {
	MBG MBG
	Own Corrected
}

// FitBlend fits both models to the histories.
func FitBlend(histories []History) Blend {
	all := summarise(histories)
	return Blend{MBG: all.fitMBG(), Own: all.fitCorrected()}
}

// LowConfidence: the shop is too small or too young to learn from, so that the
// parameters are fixed ones.
func (m Blend) LowConfidence() bool { return m.MBG.LowConfidence }

// Curve returns the weighted mean of the two curves.
func (m Blend) Curve(h History) Curve {
	return mean{m.MBG.Curve(h), m.Own.Curve(h)}
}

// mean is MBGShare of the first curve and the rest of the second.
type mean [2]Curve

// Survival returns the weighted mean of the two survivals.
func (c mean) Survival(days float64) float64 {
	return MBGShare*c[0].Survival(days) + (1-MBGShare)*c[1].Survival(days)
}

// LogSurvival returns ln S even where S itself is too small for a float64.
func (c mean) LogSurvival(days float64) float64 {
	return logAddExp(math.Log(MBGShare)+logSurvival(c[0], days), math.Log(1-MBGShare)+logSurvival(c[1], days))
}
