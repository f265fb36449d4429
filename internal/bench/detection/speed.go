package main

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"dangol/internal/sales"
	"dangol/jobs/silence"
)

const (
	copies = 10
	jitter = 3 // days, to either side
)

// measuredElsewhere is what the peers took on cdnow and on ten copies of it: their
// own software, on another machine of this size, timed once (docs/detection.md).
var measuredElsewhere = []struct{ name, once, tenfold string }{
	{"BTYDplus MBG/CNBD-k, k searched, fit only", "2.4 s", "24.8 s + 6.6 s to prepare, 434 MiB"},
	{"lifetimes BG/NBD, k = 1 only, fit only", "0.78 s", "1.8 s + 0.7 s to prepare, 256 MiB"},
}

// runSpeed times cdnow, the largest shop, or the embedded one where it is absent.
func runSpeed(dir string, out io.Writer) error {
	cdnow := files[0]
	found, err := cdnow.load(dir, out)
	if err != nil {
		return err
	}
	if found {
		return reportSpeed(&cdnow, out)
	}
	retail, err := embedded()
	if err != nil {
		return err
	}
	return reportSpeed(&retail, out)
}

// reportSpeed fits and scores a shop as it is and ten copies of it.
func reportSpeed(s *shop, out io.Writer) error {
	_, histories := s.histories(s.cut)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%s by %s\tcustomers\torders\tfit s\tscore s\ttogether s\tprocessor s\tpeak of the process MiB\tfit and scores\n", s.name, s.cut)
	for _, times := range []int{1, copies} {
		several := jittered(histories, times)
		name := fmt.Sprintf("own model with its correction × %d", times)
		if err := timeOnce(name, several, table); err != nil {
			return err
		}
	}
	table.Flush()
	fmt.Fprintln(out, "\nPublished elsewhere: the peers' own software on cdnow and ten copies, timed once and not by this command (docs/detection.md)")
	for _, p := range measuredElsewhere {
		fmt.Fprintf(out, "  %s: × 1 %s, × %d %s\n", p.name, p.once, copies, p.tenfold)
	}
	return nil
}

// timeOnce fits and scores once, and prints what it took.
func timeOnce(name string, histories []silence.History, out io.Writer) error {
	orders := 0
	for _, h := range histories {
		orders += len(h.Days)
	}
	used, began := processorTime(), time.Now()
	model := silence.FitBlend(histories)
	fitted := time.Now()
	scored, sum := 0, 0.0
	for _, h := range histories {
		if len(h.Days) < 3 {
			continue
		}
		curve, horizon, w := model.Curve(h), h.Habit().Horizon(), h.Silence()
		sum += silence.PSilent(curve, w, horizon) + silence.PLost(curve, w, horizon)
		scored++
	}
	ended, spent := time.Now(), processorTime()-used
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	// The sum shows whether two runs came to the same, to the last bit.
	fmt.Fprintf(out, "%s\t%d\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%s\t%d scored, sum of odds %.12f\n", name, len(histories), orders,
		fitted.Sub(began).Seconds(), ended.Sub(fitted).Seconds(), ended.Sub(began).Seconds(), spent.Seconds(), peak, scored, sum)
	return nil
}

// jittered returns so many copies of the histories, each day moved at random by
// up to the jitter, but for the first copy. What would be dated after the as-of
// date stays on it.
func jittered(histories []silence.History, times int) []silence.History {
	random := rand.New(rand.NewPCG(1, 1))
	several := slices.Grow(slices.Clone(histories), (times-1)*len(histories))
	for range times - 1 {
		for _, h := range histories {
			moved := silence.History{AsOf: h.AsOf, Days: slices.Clone(h.Days), Amounts: h.Amounts}
			for i := range moved.Days {
				moved.Days[i] = min(h.AsOf, moved.Days[i]+sales.Date(random.IntN(2*jitter+1)-jitter))
			}
			several = append(several, inOrder(moved))
		}
	}
	return several
}

// inOrder sorts a history and leaves one entry a date.
func inOrder(h silence.History) silence.History {
	order := make([]int, len(h.Days))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(h.Days[a], h.Days[b]) })
	sorted := silence.History{AsOf: h.AsOf}
	for _, i := range order {
		n := len(sorted.Days)
		if n > 0 && sorted.Days[n-1] == h.Days[i] {
			continue
		}
		sorted.Days = append(sorted.Days, h.Days[i])
		if h.Amounts != nil {
			sorted.Amounts = append(sorted.Amounts, h.Amounts[i])
		}
	}
	return sorted
}

// processorTime is what this process has used so far, on all processors.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// peakMemory is the most that this process has had in memory at once, in MiB;
// unknown where the system does not tell.
func peakMemory() (string, error) {
	status, err := os.ReadFile("/proc/self/status")
	if os.IsNotExist(err) {
		return "unknown", nil
	}
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
			return fmt.Sprint(kilobytes / 1024), nil
		}
	}
	return "unknown", nil
}
