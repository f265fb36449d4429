//go:build failpoints

package main

import (
	"os"
	"strings"
	"time"
)

// clockFile holds by how much the clock is off, so that a test can set it.
var clockFile = os.Getenv("DANGOL_CLOCK")

// now is the time, moved by what the file of DANGOL_CLOCK holds.
func now() time.Time {
	if clockFile == "" {
		return time.Now()
	}
	text, err := os.ReadFile(clockFile)
	if err != nil {
		return time.Now()
	}
	off, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return time.Now()
	}
	return time.Now().Add(off).Round(0) // without the monotonic reading, which does not move
}

// Short: tests set the clock forward, and do not wait for Slack's pace.
const wake, pace, settle = time.Second, 20 * time.Millisecond, 100 * time.Millisecond

// patience is how long a call of Slack may take, by DANGOL_PATIENCE.
var patience, _ = time.ParseDuration(os.Getenv("DANGOL_PATIENCE"))
