// Season measures what jobs/season and jobs/freshness do on real shops and on
// the sample company: how often a day of a healthy year would be called a fault
// of the data, how soon planted faults are found, what the customers' own clocks
// spare and cost among the alerts, and whether an order far above a customer's
// own is followed by a longer gap.
//
//	go run ./internal/bench/season --data DIR
//
// DIR holds cdnow.csv.gz and grocery.csv.gz, which may not be redistributed here.
// Without it only the embedded online_retail and the sample company are measured.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

func main() {
	dir := flag.String("data", "", "folder with cdnow.csv.gz and grocery.csv.gz")
	flag.Parse()
	if err := run(*dir, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "season: error:", err)
		os.Exit(1)
	}
}

func run(dir string, out io.Writer) error {
	all, err := shops(dir, out)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	healthy(all, table)
	faults(all, table)
	clocks(all, table)
	stockUps(all, table)
	seasonal(table)
	return nil
}
