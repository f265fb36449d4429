// Detection measures how well the models of jobs/silence tell customers who are
// gone from customers who are late, on real shops, beside naive rules and other
// people's software. It prints three tables a shop: the fit against the reference
// implementation, the ranking and calibration at one date, and a weekly replay;
// then what the model in use comes to over the shops, and at other dates of them.
//
//	go run ./internal/bench/detection --data DIR
//	go run ./internal/bench/detection --data DIR --speed
//
// DIR holds cdnow.csv.gz and grocery.csv.gz, which may not be redistributed
// here, and reference/peer_*.csv.gz with the figures of BTYDplus. Without it
// only the embedded online_retail is measured. With --speed it prints what fit
// and scores take in time and memory.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"dangol/jobs/silence"
)

func main() {
	dir := flag.String("data", "", "folder with cdnow.csv.gz, grocery.csv.gz and reference/")
	speed := flag.Bool("speed", false, "time fit and scores of cdnow and of ten copies of it instead")
	flag.Parse()
	if err := run(*dir, *speed, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "detection: error:", err)
		os.Exit(1)
	}
}

func run(dir string, speed bool, out io.Writer) error {
	if speed {
		return runSpeed(dir, out)
	}
	all, err := shops(dir, out)
	if err != nil {
		return err
	}
	var found []measured
	for i := range all {
		found = append(found, report(&all[i], out))
	}
	reportMeans(found, out)
	reportOtherCuts(all, out)
	return nil
}

// report measures one shop, and returns what the model in use comes to.
func report(s *shop, out io.Writer) measured {
	_, histories := s.histories(s.cut)
	fmt.Fprintf(out, "\n%s: %d customers by %s, data through %s\n", s.name, len(histories), s.cut, s.end)
	models := fitAll(s)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	reportFit(s, models[0], table)
	reportRC(s, models[1:], table)
	reportRanking(s, models, table)
	reportReplay(s, models, table)
	table.Flush()
	return s.measure(models[len(models)-1])
}

// named is a fitted model with the name it has in the tables.
type named struct {
	silence.Model
	name string
}

// fitAll fits every model to what was known of the shop at its cut.
func fitAll(s *shop) []named {
	_, histories := s.histories(s.cut)
	return []named{
		{silence.Fit(histories), "MBG/CNBD-k"},
		{silence.FitRC(histories), "RC"},
		{silence.FitCorrected(histories), "RC + hazard"},
		{silence.FitBlend(histories), "Blend"},
	}
}

// reportFit sets the own fit beside the reference's.
func reportFit(s *shop, m named, out io.Writer) {
	fit := m.Model.(silence.MBG)
	fmt.Fprintln(out, "\nfit\tk\tr\tα\ta\tb\tln L")
	if s.btydPlus.K > 0 {
		fmt.Fprintf(out, "BTYDplus\t%s\t%.3f\n", parameters(s.btydPlus), s.logLikelihood)
		_, histories := s.histories(s.cut)
		fmt.Fprintf(out, "own ln L, their parameters\t%s\t%.3f\n", parameters(s.btydPlus), s.btydPlus.LogLikelihoodOf(histories))
	}
	fmt.Fprintf(out, "own\t%s\t%.3f\n", parameters(fit), fit.LogLikelihood)
	if s.pAlive == nil {
		return
	}
	buyers, histories := s.histories(s.cut)
	worst, compared := 0.0, 0
	for i, buyer := range buyers {
		if want, ok := s.pAlive[buyer.ID]; ok {
			worst = max(worst, absolute(s.btydPlus.PAlive(histories[i])-want))
			compared++
		}
	}
	fmt.Fprintf(out, "P(alive) of %d customers differs from BTYDplus by at most %.1e\n", compared, worst)
}

func parameters(m silence.MBG) string {
	return fmt.Sprintf("%d\t%.6f\t%.5f\t%.6f\t%.5f", m.K, m.R, m.Alpha, m.A, m.B)
}

func absolute(x float64) float64 { return max(x, -x) }
