package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"dangol/jobs/silence"
)

// reference is RC with hazard correction as another program fitted it, with what it
// says of some customers: reference/rc_NAME.json.
type reference struct {
	Delta    float64
	Params   map[string]float64 // ln_r, ln_alpha, ln_k0, ln_m, ln_a, ln_b
	NLL      float64
	Episodes int `json:"episodes_fitted"`
	Beta0    float64
	Rows     []struct {
		Customer string
		Survival float64 `json:"S_cure_w"` // RC, at the silence so far
		PSilent  float64 `json:"p_silent_h"`
		PLost    float64 `json:"p_loss"`
	}
}

func (s *shop) readRC(dir string) error {
	if dir == "" || s.btydPlus.K == 0 {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(dir, "reference", "rc_"+s.name+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s.rc = &reference{}
	if err := json.Unmarshal(text, s.rc); err != nil {
		return fmt.Errorf("RC of %s: %w", s.name, err)
	}
	return nil
}

// model returns RC with the reference's parameters.
func (l *reference) model() silence.RC {
	p := func(name string) float64 { return math.Exp(l.Params["ln_"+name]) }
	return silence.RC{R: p("r"), Alpha: p("alpha"), K0: p("k0"), M: p("m"), A: p("a"), B: p("b"), Decay: l.Delta, Cap: 12}
}

// reportRC prints the fits of RC and of its correction, beside the reference's.
func reportRC(s *shop, models []named, out io.Writer) {
	rc, corrected := models[0].Model.(silence.RC), models[1].Model.(silence.Corrected)
	fmt.Fprintln(out, "\nRC\tdecay\tr\tα\tk0\tm\ta\tb\tcap\tln L\tsilences")
	_, histories := s.histories(s.cut)
	if s.rc != nil {
		theirs := s.rc.model()
		value, episodes := theirs.LogLikelihoodOf(histories)
		fmt.Fprintf(out, "reference\t%s\t%.2f\t%d\n", numbers(theirs), -s.rc.NLL, s.rc.Episodes)
		fmt.Fprintf(out, "own ln L, the reference's parameters\t%s\t%.2f\t%d\n", numbers(theirs), value, episodes)
	}
	fmt.Fprintf(out, "own\t%s\t%.2f\t%d\n", numbers(rc), rc.LogLikelihood, rc.Episodes)
	kept := "not kept: it did not foretell the last quarter better"
	if corrected.Kept {
		kept = fmt.Sprintf("kept, slope %.3f", corrected.Correction.Slope)
	}
	fmt.Fprintf(out, "hazard correction %s\n", kept)
	if s.rc != nil {
		s.compareRows(corrected, out)
	}
}

// compareRows holds the reference's customers against the same parameters here, and
// against the own fit with its correction.
func (s *shop) compareRows(own silence.Corrected, out io.Writer) {
	byCustomer := map[string]silence.History{}
	buyers, histories := s.histories(s.cut)
	for i, b := range buyers {
		byCustomer[b.ID] = histories[i]
	}
	theirs := s.rc.model()
	var survival, silent, lost float64
	for _, row := range s.rc.Rows {
		h := byCustomer[row.Customer]
		w, horizon := h.Silence(), h.Habit().Horizon()
		survival = max(survival, absolute(theirs.Curve(h).Survival(w)-row.Survival))
		silent = max(silent, absolute(silence.PSilent(own.Curve(h), w, horizon)-row.PSilent))
		lost = max(lost, absolute(silence.PLost(own.Curve(h), w, horizon)-row.PLost))
	}
	fmt.Fprintf(out, "over %d customers: RC's S at the reference's parameters differs by at most %.1e; own fit and correction differ from the reference's by at most %.3f in p_silent, %.3f in p_lost\n",
		len(s.rc.Rows), survival, silent, lost)
}

func numbers(m silence.RC) string {
	return fmt.Sprintf("%.1f\t%.5f\t%.4f\t%.4f\t%.4f\t%.5f\t%.5f\t%.0f", m.Decay, m.R, m.Alpha, m.K0, m.M, m.A, m.B, m.Cap)
}
