//go:build failpoints

// Package failpoint names the steps of a night at which tests let the process die,
// and lets them set the clock. In a normal build it does nothing; this one, with the
// tag failpoints, listens to the environment:
//
//	DANGOL_FAILPOINT=step:n   the process kills itself at the nth time it comes by
//	DANGOL_CLOCK=file         the clock is off by the duration that the file holds
package failpoint

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Short, since tests set the clock forward and do not wait for Slack's pace.
const (
	Wake         = time.Second
	Pace, Settle = 20 * time.Millisecond, 100 * time.Millisecond
)

var (
	step, times, _ = strings.Cut(os.Getenv("DANGOL_FAILPOINT"), ":")
	left           = counter()
	clock          = os.Getenv("DANGOL_CLOCK")
)

func counter() *atomic.Int64 {
	var n atomic.Int64
	wanted, err := strconv.ParseInt(times, 10, 64)
	if err != nil {
		wanted = 1
	}
	n.Store(wanted)
	return &n
}

// Hit marks a step. A kill leaves no time for anything: not even for a deferred
// function.
func Hit(name string) {
	if step != name || left.Add(-1) != 0 {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // until the signal arrives
}

// Now is the time, moved by what the file of DANGOL_CLOCK holds.
func Now() time.Time {
	if clock == "" {
		return time.Now()
	}
	text, err := os.ReadFile(clock)
	if err != nil {
		return time.Now()
	}
	off, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return time.Now()
	}
	return time.Now().Add(off).Round(0) // without the monotonic reading, which does not move
}
