// Trades holds what is called lost against what came of it in made companies of nine
// kinds (internal/panel) on which nothing was tuned, beside naive rules at as many
// alerts.
//
//	go run ./internal/bench/trades
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"text/tabwriter"

	"dangol/internal/panel"
	"dangol/internal/sales"
)

func main() {
	companies := flag.Int("companies", 3, "companies of each kind; of those with forty customers eight times as many")
	seed := flag.Uint64("seed", 1, "seed of the first")
	flag.Parse()
	run(*companies, *seed, os.Stdout)
}

func run(companies int, seed uint64, out io.Writer) {
	fmt.Fprintln(out, "called lost within a year, judged weekly; right: of those told before 2h, the silence outlasted 2h")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "trade\trule\talerts\tfalse per 1,000 healthy customer-weeks\tright\ttold by 5 own gaps\tby 2h\tof leavers\toff by")
	for _, trade := range panel.Trades() {
		var all []replayed
		for i := range companies * copies(trade) {
			all = append(all, replay(trade.Company(seed+uint64(i))))
		}
		ours := judge(all, called)
		ours.print(table, trade.Name, "in use", calibration(all))
		for _, naive := range []struct {
			name string
			rule func(glance, float64) bool
			most float64
		}{
			{"%.0f days", func(g glance, x float64) bool { return g.silent >= math.Round(x) }, 400},
			{"%.1f own mean gaps", func(g glance, x float64) bool { return g.silent >= x*g.mean }, 60},
		} {
			level := asMany(all, ours.alerts, naive.most, naive.rule)
			judge(all, func(g glance) bool { return naive.rule(g, level) }).print(table, "", fmt.Sprintf(naive.name, level), math.NaN())
		}
	}
}

// copies: small companies say little each.
func copies(trade panel.Trade) int {
	if trade.Name == "forty regulars" {
		return 8
	}
	return 1
}

// asMany finds the threshold at which a rule alerts as often; it alerts less the
// higher it is.
func asMany(all []replayed, alerts int, most float64, rule func(glance, float64) bool) float64 {
	low, high := .1, most
	for range 30 {
		middle := (low + high) / 2
		if judge(all, func(g glance) bool { return rule(g, middle) }).alerts > alerts {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// score is what a rule did.
type score struct {
	alerts, wrong    int // wrong: on customers who stayed
	early, outlasted int // alerts before 2h, and those of them whose silence outlasted it
	weeks            int // of customers who stay, as current regulars
	leavers          int // whose silence was judged up to 2h
	soon, inTime     int // of them, told within 5 own median gaps, and before 2h
}

func (s score) print(out io.Writer, trade, rule string, off float64) {
	fmt.Fprintf(out, "%s\t%s\t%d\t%.2f\t%s\t%s\t%s\t%d", trade, rule, s.alerts, 1000*float64(s.wrong)/float64(max(1, s.weeks)),
		share(s.outlasted, s.early), share(s.soon, s.leavers), share(s.inTime, s.leavers), s.leavers)
	if math.IsNaN(off) {
		fmt.Fprintln(out, "\t")
		return
	}
	fmt.Fprintf(out, "\t%.3f\n", off)
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(n)/float64(of))
}

// silence is one silence of one customer.
type silence struct {
	customer int
	last     sales.Date
}

// judge counts what a rule does: each silence is told once, and what it calls before
// the year of the replay is no news.
func judge(all []replayed, rule func(glance) bool) score {
	var s score
	for _, company := range all {
		told := map[silence]bool{}
		for _, g := range company.glances {
			counts := g.at >= company.from
			if counts && !g.leaver {
				s.weeks++
			}
			at := silence{g.customer, g.last}
			if told[at] || !rule(g) {
				continue
			}
			told[at] = true
			if counts {
				s.alert(g)
			}
		}
		s.leavers += company.leavers
	}
	return s
}

func (s *score) alert(g glance) {
	s.alerts++
	if !g.leaver {
		s.wrong++
	}
	if g.silent < 2*g.horizon {
		s.early++
		if g.outlasts {
			s.outlasted++
		}
	}
	if !g.counted {
		return
	}
	if g.silent <= math.Max(5*g.median, 35) {
		s.soon++
	}
	if g.silent <= 2*g.horizon+7 {
		s.inTime++
	}
}

// calibration is how far p_lost lies from what came true, in tenths, over the weeks
// beyond the customer's own habit and before 2h.
func calibration(all []replayed) float64 {
	var said, came, n [10]float64
	for _, company := range all {
		for _, g := range company.glances {
			if g.at < company.from || !g.beyond || g.silent >= 2*g.horizon {
				continue
			}
			bin := min(9, int(10*g.odds))
			said[bin] += g.odds
			n[bin]++
			if g.outlasts {
				came[bin]++
			}
		}
	}
	off, weeks := 0.0, 0.0
	for bin := range n {
		off += math.Abs(said[bin] - came[bin])
		weeks += n[bin]
	}
	return off / math.Max(1, weeks)
}
