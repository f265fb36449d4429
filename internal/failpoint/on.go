//go:build failpoints

// Package failpoint names the steps of a night at which tests let the process die.
// In a normal build it does nothing; this one, with the tag failpoints, listens to
// the environment: DANGOL_FAILPOINT=step:n kills the process at the nth time it comes
// by.
package failpoint

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

var (
	step, times, _ = strings.Cut(os.Getenv("DANGOL_FAILPOINT"), ":")
	left           = counter()
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
