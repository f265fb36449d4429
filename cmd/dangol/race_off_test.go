//go:build !race

package main

// raced: the race detector is off.
const raced = false
