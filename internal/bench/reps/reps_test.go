package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"dangol/internal/finding"
)

// TestMeasure makes a few teams: hardly anybody of an evenly able one is singled
// out, and who was planted is mostly found.
func TestMeasure(t *testing.T) {
	got := measure(1, 16)
	if got.teams != 16 || got.singled > 3 || got.others > 4 {
		t.Errorf("%+v", got)
	}
	for _, name := range statements {
		least := 2
		if name == finding.Technique { // one case of two at best
			least = 0
		}
		if got.planted[name] != 4 || got.found[name] < least {
			t.Errorf("%s: found %d of %d", name, got.found[name], got.planted[name])
		}
	}
	var out bytes.Buffer
	report(&out, got)
	if !strings.Contains(out.String(), "anybody was singled out") {
		t.Errorf("report:\n%s", &out)
	}
}

// The same seed makes the same team.
func TestSameSeedSameTeam(t *testing.T) {
	if !reflect.DeepEqual(newTeam(7, sizes[0], "").snapshot, newTeam(7, sizes[0], "").snapshot) {
		t.Error("two teams of one seed differ")
	}
}
