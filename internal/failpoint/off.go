//go:build !failpoints

// Package failpoint names the steps of a night at which tests let the process die,
// and lets them set the clock. In a normal build it does nothing; only a build with
// the tag failpoints, which no release is, listens to the environment.
package failpoint

import "time"

const (
	// Wake is the longest the daemon sleeps.
	Wake = 30 * time.Second
	// Pace is how often a channel takes a message, Settle how long a message in
	// doubt is given to appear.
	Pace, Settle = time.Second, 2 * time.Second
)

// Hit marks a step.
func Hit(string) {}

// Now is the time.
func Now() time.Time { return time.Now() }
