package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/silence"
	"dangol/jobs/standing"
)

// TestMeasure runs a few companies: every set has cases of every cause, the
// shares add up, and the floor holds that the documentation promises.
func TestMeasure(t *testing.T) {
	var out bytes.Buffer
	var model silence.Blend
	all := measure(77, 12, 1, &out, func(s *sales.Snapshot) silence.Blend {
		if model.MBG.K == 0 { // one fit serves: the companies are of a kind
			model = standing.Fit(s, standing.DefaultRules())
		}
		return model
	})
	for g, s := range all.sets {
		if s.cases < 25 || s.right+s.wrong+s.unknown != s.cases {
			t.Errorf("set %d: %+v", g, s)
		}
		if float64(s.right) < .65*float64(s.cases) || float64(s.wrong) > .15*float64(s.cases) || float64(s.blamed) > .05*float64(s.blameable) {
			t.Errorf("set %d: %d right, %d wrong, %d of %d blamed on coverage", g, s.right, s.wrong, s.blamed, s.blameable)
		}
	}
	seen := map[string]bool{}
	for key := range all.sets[single].said {
		seen[key[0]] = true
	}
	for _, cause := range order[:len(order)-1] {
		if !seen[cause] {
			t.Errorf("no case of %s", cause)
		}
	}
	report(&out, all)
	if !strings.Contains(out.String(), "wrongly blamed on coverage") {
		t.Errorf("report:\n%s", out.String())
	}
}

// The same seed makes the same company.
func TestSameSeedSameCompany(t *testing.T) {
	make := func() any {
		c := found(5)
		c.plant(0)
		return c.snapshot()
	}
	if !reflect.DeepEqual(make(), make()) {
		t.Error("two companies of one seed differ")
	}
}

// A case is right if any of its causes is said, unknown at low confidence, and
// blamed only where coverage is none of them.
func TestAdd(t *testing.T) {
	say := func(name string, c finding.Confidence) []finding.Cause {
		return []finding.Cause{{Name: name, Confidence: c, For: []finding.Phrase{{Key: "x"}}}}
	}
	s := &score{said: map[[2]string]int{}}
	s.add([]string{finding.Price, finding.Service}, say(finding.Service, finding.Medium))
	s.add([]string{finding.Price}, say(finding.Coverage, finding.High))
	s.add([]string{finding.Price}, say(finding.Coverage, finding.Low))
	s.add([]string{finding.Coverage}, say(finding.Coverage, finding.High))
	s.add([]string{finding.Price}, []finding.Cause{{Name: finding.Price, Against: []finding.Phrase{{Key: "x"}}}})
	want := score{cases: 5, right: 2, wrong: 1, unknown: 2, blamed: 1, blameable: 4, firstRight: 2, firstWrong: 2, firstBlamed: 2, said: s.said}
	if !reflect.DeepEqual(*s, want) {
		t.Errorf("score %+v; want %+v", *s, want)
	}
}
