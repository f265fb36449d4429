package opportunity_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestManyCustomers: every customer is compared with all similar ones, and yet a
// company with 8,000 of them is a matter of seconds. Looking at everybody anew for
// each took minutes, and for 100,000 a day: this test would then hold everybody up.
func TestManyCustomers(t *testing.T) {
	if testing.Short() {
		t.Skip("a large company")
	}
	s, rng := newShop(), rand.New(rand.NewPCG(3, 0))
	for i := range 8000 {
		bought := map[string]int{}
		for p := range 40 {
			if rng.IntN(100) < 80-2*p {
				bought[fmt.Sprintf("p%02d", p)] = 1 + rng.IntN(1000)
			}
		}
		s.customer(fmt.Sprintf("c%05d", i), "", bought)
	}
	if found := s.find(); len(found) < 8000 {
		t.Errorf("%d opportunities", len(found))
	}
}
