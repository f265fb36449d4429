//go:build !failpoints

// Package failpoint names the steps of a night at which tests let the process die.
// In a normal build it does nothing; only a build with the tag failpoints, which no
// release is, listens to the environment.
package failpoint

// Hit marks a step.
func Hit(string) {}
