package casebook_test

import (
	"testing"

	"dangol/internal/casebook"
	"dangol/internal/finding"

	"github.com/google/go-cmp/cmp"
)

// A case that was overdue when its customer stopped being a current regular is
// raised by no finding; its silence is confirmed all the same, once.
func TestOverdueOutgrown(t *testing.T) {
	s := shelf{}
	s.reconcile(t, nightOf(100, map[string]customer{"a": {kind: finding.CustomerOverdue, rep: "r1", last: 50}}))
	later := nightOf(500, map[string]customer{"a": {rep: "r1", last: 50, confirmed: true}})
	if diff := cmp.Diff([]casebook.Reason{casebook.Worsened}, s.reconcile(t, later)); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	for _, c := range s {
		if c.State != casebook.Confirmed || c.Kind != finding.CustomerLost {
			t.Errorf("case %+v; want confirmed lost", c)
		}
	}
	if again := s.reconcile(t, later); len(again) != 0 {
		t.Errorf("told again: %v", again)
	}
}
