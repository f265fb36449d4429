//go:build !failpoints

package main

import "time"

// now is the only clock of the program.
func now() time.Time { return time.Now() }

// What takes its time takes the time that jobs, notify and slack say.
const wake, pace, settle, patience = 0, 0, 0, 0
