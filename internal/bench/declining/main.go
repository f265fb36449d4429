// Declining measures how many planted declines the detector of jobs/declining
// finds, and how often it is wrong, on invented wholesale panels (internal/panel)
// beside the rule that business dashboards use.
//
//	go run ./internal/bench/declining [--bursty|--steady]
//	go run ./internal/bench/declining --shock
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

func main() {
	seeds := flag.String("seeds", "11,12,13,14", "the panels to measure on")
	customers := flag.Int("customers", 2000, "customers of a panel")
	share := flag.Float64("declining", .25, "share of the customers that declines in the measured year and a half")
	bursty := flag.Bool("bursty", false, "panels whose orders come in bursts")
	steady := flag.Bool("steady", false, "panels of customers who order nearly as by a clock")
	shock := flag.Bool("shock", false, "measure only what a fall of one whole segment by 40 % does")
	flag.Parse()
	if err := run(*seeds, setting{customers: *customers, share: *share, bursty: *bursty, steady: *steady, shock: *shock}, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "declining: error:", err)
		os.Exit(1)
	}
}

// setting is what the panels have in common.
type setting struct {
	customers int
	share     float64
	bursty    bool
	steady    bool
	shock     bool
}

func run(seeds string, s setting, out io.Writer) error {
	var all []uint64
	for _, text := range strings.Split(seeds, ",") {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return fmt.Errorf("seed %q: %w", text, errors.Unwrap(err))
		}
		all = append(all, seed)
	}
	if s.shock {
		reportShock(all, s, out)
		return nil
	}
	report(all, s, out)
	return reportRetail(out)
}
