// Causes measures how often the diagnosis names the right cause: it makes
// companies in which customers stop for known reasons, judges them as a night
// does, and prints the confusion matrix.
//
//	go run ./internal/bench/causes [--seed N] [--companies N]
//
// Three sets of scenarios: one cause; one cause and something mild that points
// elsewhere; two causes, of which either is right. Around them the companies are
// full of what happens anyway: list prices rise, products end, customers
// complain, send goods back and leave, reps go on leave and forget to log visits.
// "Unknown" is what diagnosis.Likely does not name: low confidence, or nothing
// to be said for any cause.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

func main() {
	seed := flag.Uint64("seed", 20001, "of the first company")
	companies := flag.Int("companies", 260, "how many companies")
	each := flag.Int("show", 0, "print so many wrong cases of each set")
	flag.Parse()
	fit := func(s *sales.Snapshot) silence.Blend { return standing.Fit(s, standing.DefaultRules()) }
	report(os.Stdout, measure(*seed, *companies, *each, os.Stdout, fit))
}

// order are the causes as they are tried, and last what is said of none.
var order = []string{finding.DataFault, finding.Season, finding.Market, finding.Product, finding.Price,
	finding.Service, finding.Coverage, finding.CustomerOnly, ""}

// score counts what was said of the cases of one set.
type score struct {
	cases, right, wrong, unknown int
	blamed, blameable            int               // on coverage, where it was not the cause
	firstRight                   int               // counting causes of low confidence as said
	firstWrong, firstBlamed      int               // likewise
	said                         map[[2]string]int // truth, said
}

// scores are the three sets and the cases nobody was told of.
type scores struct {
	sets   map[group]*score
	unseen int // planted, but not overdue or lost at the end
}

// measure makes the companies, fits the model to each and counts what is said.
func measure(seed uint64, companies, show int, out io.Writer, fit func(*sales.Snapshot) silence.Blend) scores {
	all := scores{sets: map[group]*score{}}
	for _, g := range []group{single, decoyed, mixed} {
		all.sets[g] = &score{said: map[[2]string]int{}}
	}
	for n := range companies {
		c := found(seed + uint64(n))
		c.plant(n)
		s := c.snapshot()
		sheet := standing.JudgeWith(s, standing.DefaultRules(), fit(s))
		company := diagnosis.Survey(s, sheet, sales.Calendar{})
		faults := 0
		for _, a := range c.accounts {
			if a.group == none {
				continue
			}
			who := sheet.Customer(a.id)
			if who == nil || !told(who) {
				if c.missing == 0 {
					all.unseen++
				}
				continue
			}
			if faults++; c.missing > 0 && faults > 4 {
				continue
			}
			causes := company.Causes(who)
			if wrong := all.sets[a.group].add(a.truth, causes); wrong && show > 0 {
				show--
				fmt.Fprintln(out, a.id, a.truth, "gap", a.gap, "stop", a.stop, c.asOf)
				for _, x := range causes {
					fmt.Fprintln(out, "   ", x.Name, x.Confidence, x.For, x.Against)
				}
			}
		}
	}
	return all
}

// told reports whether the customer's odds are those of an alert by the calendar.
// A pause that the season explains is not told, but its cause is asked for here
// all the same.
func told(s *standing.Standing) bool {
	return s.Current && s.Habit.Beyond(float64(s.Silence)) && s.PLost >= standing.DefaultRules().Overdue
}

// add counts one case.
func (s *score) add(truth []string, causes []finding.Cause) (wrong bool) {
	said := diagnosis.Likely(causes)
	s.cases++
	s.said[[2]string{truth[0], said}]++
	switch {
	case said == "":
		s.unknown++
	case slices.Contains(truth, said):
		s.right++
	default:
		s.wrong++
		wrong = true
	}
	first := ""
	if len(causes) > 0 && len(causes[0].For) > 0 {
		first = causes[0].Name
	}
	switch {
	case first == "":
	case slices.Contains(truth, first):
		s.firstRight++
	default:
		s.firstWrong++
	}
	if !slices.Contains(truth, finding.Coverage) {
		s.blameable++
		if said == finding.Coverage {
			s.blamed++
		}
		if first == finding.Coverage {
			s.firstBlamed++
		}
	}
	return wrong
}

func report(out io.Writer, all scores) {
	titles := map[group]string{single: "one cause", decoyed: "one cause and a decoy", mixed: "two causes (row: the first of them)"}
	for _, g := range []group{single, decoyed, mixed} {
		s := all.sets[g]
		fmt.Fprintf(out, "\n%s: %d cases\n", titles[g], s.cases)
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
		s.matrix(table)
		table.Flush()
		share := func(n, of int) string { return fmt.Sprintf("%.3f", float64(n)/float64(max(1, of))) }
		fmt.Fprintf(out, "right %s, wrong %s, unknown %s, wrongly blamed on coverage %s\n",
			share(s.right, s.cases), share(s.wrong, s.cases), share(s.unknown, s.cases), share(s.blamed, s.blameable))
		fmt.Fprintf(out, "low confidence counted as said: right %s, wrong %s, wrongly blamed on coverage %s\n",
			share(s.firstRight, s.cases), share(s.firstWrong, s.cases), share(s.firstBlamed, s.blameable))
	}
	fmt.Fprintf(out, "\nplanted, but not overdue or lost on the day: %d\n", all.unseen)
}

// matrix prints what was said of each true cause, as shares of its cases.
func (s *score) matrix(out io.Writer) {
	fmt.Fprint(out, "true\tcases\t")
	for _, said := range order {
		if said == "" {
			said = "unknown"
		}
		fmt.Fprint(out, said, "\t")
	}
	fmt.Fprintln(out)
	for _, truth := range order[:len(order)-1] {
		cases := 0
		for _, said := range order {
			cases += s.said[[2]string{truth, said}]
		}
		if cases == 0 {
			continue
		}
		fmt.Fprintf(out, "%s\t%d\t", truth, cases)
		for _, said := range order {
			fmt.Fprintf(out, "%.2f\t", float64(s.said[[2]string{truth, said}])/float64(cases))
		}
		fmt.Fprintln(out)
	}
}
