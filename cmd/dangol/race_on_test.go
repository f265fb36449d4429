//go:build race

package main

// raced: the race detector is on. What only computes, and computes much, then does
// less; .ci/run runs those tests a second time without it.
const raced = true
