package explain

import (
	"math"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// odds shows the fitted model, the values of its curves, and what they come to.
func (a *account) odds() Section {
	s := Section{Heading: finding.Say("explain_heading_odds")}
	if !a.who.Known {
		if a.who.Orders > 0 {
			s.Lines = []Line{say(finding.Say("explain_odds_none", "wanted", standing.MinOrders))}
		}
		return s
	}
	model := finding.Say("explain_model")
	if a.Sheet.Model.LowConfidence() {
		model = finding.Say("explain_model_prior")
	}
	s.Lines = append(s.Lines, say(model), say(a.mbg()), say(a.rc()), say(finding.Say("explain_formula")))
	s.Lines = append(s.Lines, a.curves()...)
	switch own := a.Sheet.Model.Own; {
	case own.Kept && !own.ByTraits:
		s.Lines = append(s.Lines, say(finding.Say("explain_correction_tail")))
	case own.Kept:
		s.Lines = append(s.Lines, say(finding.Say("explain_correction")))
	}
	s.Lines = append(s.Lines, say(a.pLost()), say(a.pSilent()), say(a.prior()))
	return s
}

func (a *account) mbg() finding.Phrase {
	m := a.Sheet.Model.MBG
	t := m.Terms(a.history)
	return finding.Say("explain_mbg", "k", m.K, "r", figure(m.R), "alpha", figure(m.Alpha), "a", figure(m.A), "b", figure(m.B),
		"gaps", figure(t.Gaps), "weeks", figure(t.Weeks), "c", figure(t.Shape), "scale", figure(t.Scale), "gone", figure(t.Gone))
}

func (a *account) rc() finding.Phrase {
	m := a.Sheet.Model.Own.RC
	t := m.Terms(a.history)
	return finding.Say("explain_rc", "r", figure(m.R), "alpha", figure(m.Alpha), "a", figure(m.A), "b", figure(m.B),
		"k0", figure(m.K0), "m", figure(m.M), "decay", figure(m.Decay), "x", len(a.history.Days)-1, "spread", figure(spread(a.gaps())),
		"k", figure(t.K), "gaps", figure(t.Gaps), "weeks", figure(t.Weeks), "c", figure(t.Shape), "scale", figure(t.Scale), "gone", figure(t.Gone))
}

// spread is ln(mean gap) − mean(ln gap): 0 for a clockwork.
func spread(gaps []int) float64 {
	sum, logs, n := 0.0, 0.0, float64(len(gaps))
	for _, g := range gaps {
		sum += float64(g)
		logs += math.Log(float64(g))
	}
	return max(0, math.Log(sum/n)-logs/n)
}

// curves is a table of S at the silence, at the silence and h, and at 2h.
func (a *account) curves() []Line {
	model, h := a.Sheet.Model, a.history
	at := []float64{a.w, a.w + a.who.Horizon, 2 * a.who.Horizon}
	head := Line{Parts: []finding.Phrase{finding.Say("explain_curve_head")}}
	for _, u := range at {
		head.Cells = append(head.Cells, "S("+days(u)+")")
	}
	row := func(label finding.Phrase, c silence.Curve) Line {
		line := Line{Parts: []finding.Phrase{label}}
		for _, u := range at {
			line.Cells = append(line.Cells, figure(c.Survival(u)))
		}
		return line
	}
	lines := []Line{head, row(finding.Say("explain_curve_mbg", "k", model.MBG.K), model.MBG.Curve(h)),
		row(finding.Say("explain_curve_rc"), model.Own.RC.Curve(h))}
	if !model.Own.Kept {
		return append(lines, row(finding.Say("explain_curve_mean"), model.Curve(h)))
	}
	return append(lines, row(finding.Say("explain_curve_corrected"), model.Own.Curve(h)),
		row(finding.Say("explain_curve_mean_corrected"), model.Curve(h)))
}

func (a *account) pLost() finding.Phrase {
	twice := 2 * a.who.Horizon
	if a.w >= twice {
		return finding.Say("explain_p_lost_certain", "w", days(a.w), "twice", days(twice))
	}
	c := a.Sheet.Model.Curve(a.history)
	return finding.Say("explain_p_lost", "w", days(a.w), "twice", days(twice),
		"later", figure(c.Survival(twice)), "now", figure(c.Survival(a.w)), "p", odds(a.who.PLost))
}

func (a *account) pSilent() finding.Phrase {
	c, then := a.Sheet.Model.Curve(a.history), a.w+a.who.Horizon
	return finding.Say("explain_p_silent", "w", days(a.w), "then", days(then), "h", days(a.who.Horizon),
		"later", figure(c.Survival(then)), "now", figure(c.Survival(a.w)), "p", odds(a.who.PSilent))
}

// prior says how much of the odds is the population's: its share in the
// customer's curve, and the odds of a customer of whom one order alone is known.
func (a *account) prior() finding.Phrase {
	m := a.Sheet.Model.MBG
	t := m.Terms(a.history)
	stranger := silence.History{Days: []sales.Date{a.who.Last}, AsOf: a.Sheet.AsOf}
	return finding.Say("explain_prior", "of_c", share(m.R/t.Shape), "of_scale", share(m.Alpha/t.Scale), "gone", share(m.A/(m.A+m.B)),
		"own_gone", share(t.Gone), "p", odds(silence.PLost(a.Sheet.Model.Curve(stranger), a.w, a.who.Horizon)))
}
