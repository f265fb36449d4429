// Reps measures how often the statements about single reps are wrong, and how
// often they find what is there: it makes teams of evenly able reps, where all
// differences are chance, and teams in which one rep differs, and judges them as
// the jobs do at a month end.
//
//	go run ./internal/bench/reps [--seed N] [--teams N]
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/diagnosis"
	"dangol/jobs/figures"
	"dangol/jobs/quota"
	"dangol/jobs/reps"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// losing stands for the diagnosis of losses among the causes.
const losing = string(finding.RepLosingCustomers)

// statements are what may be said of one rep.
var statements = []string{finding.FewVisits, finding.Technique, finding.ActivityFell, losing}

func main() {
	seed := flag.Uint64("seed", 1, "of the first team")
	teams := flag.Int("teams", 200, "how many teams of evenly able reps; a quarter as many of each planted kind")
	flag.Parse()
	report(os.Stdout, measure(*seed, *teams))
}

// tally counts teams.
type tally struct {
	teams, singled int // evenly able; of them, those in which anybody was singled out
	by             map[string]int
	planted, found map[string]int
	others         int // teams with a planted rep in which another was singled out
}

func measure(seed uint64, teams int) tally {
	t := tally{by: map[string]int{}, planted: map[string]int{}, found: map[string]int{}}
	var model silence.Blend
	judge := func(n int, planted string) map[string][]string {
		made := newTeam(seed+uint64(n), sizes[n%len(sizes)], planted)
		if n%20 == 0 || model.MBG.K == 0 { // teams are of a kind: one fit serves twenty
			model = standing.Fit(made.snapshot, standing.DefaultRules())
		}
		return said(made, model)
	}
	for n := range teams {
		found := judge(n, "")
		t.teams++
		if len(found) > 0 {
			t.singled++
		}
		for _, list := range found {
			for _, name := range list {
				t.by[name]++
			}
		}
	}
	for _, name := range statements {
		for n := range teams / 4 {
			plant := name
			if name == losing {
				plant = finding.CustomerOnly
			}
			t.count(name, judge(teams+n, plant))
		}
	}
	return t
}

// count counts a team whose first rep was planted.
func (t *tally) count(name string, found map[string][]string) {
	t.planted[name]++
	for rep, list := range found {
		if rep != "R00" {
			t.others++
			continue
		}
		for _, said := range list {
			if said == name {
				t.found[name]++
			}
		}
	}
}

// said returns what is said of which rep. That most of a team misses a quota
// singles out nobody.
func said(t *team, model silence.Blend) map[string][]string {
	sheet := standing.JudgeWith(t.snapshot, standing.DefaultRules(), model)
	ledger := figures.NewLedger(t.snapshot, sheet)
	judged := reps.NewTeam(ledger, quota.NewBook(t.rules(), nil))
	found := map[string][]string{}
	for rep, causes := range judged.Causes() {
		for _, c := range causes {
			if c.Name != finding.QuotaItself {
				found[rep] = append(found[rep], c.Name)
			}
		}
	}
	losers, _ := judged.Losing(diagnosis.Survey(t.snapshot, sheet, sales.Calendar{}), asOf)
	for _, f := range losers {
		found[f.RepID] = append(found[f.RepID], losing)
	}
	return found
}

func report(out io.Writer, t tally) {
	fmt.Fprintf(out, "Evenly able teams of 6 to 25 reps: in %d of %d (%.1f %%) anybody was singled out at a month end.\n\n",
		t.singled, t.teams, 100*float64(t.singled)/float64(max(1, t.teams)))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "statement\twrong, of evenly able teams\tfound, where planted")
	for _, name := range statements {
		fmt.Fprintf(w, "%s\t%d\t%d of %d\n", name, t.by[name], t.found[name], t.planted[name])
	}
	w.Flush()
	fmt.Fprintf(out, "\nAnother rep than the planted one was singled out in %d of %d planted teams.\n", t.others, t.teams)
}
