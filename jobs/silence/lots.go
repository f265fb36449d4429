package silence

import "math/rand/v2"

// lots draws a sample of so many out of so many, in one pass and in their order
// (Knuth, The Art of Computer Programming 3.4.2, algorithm S). The seed is fixed:
// the same shop has the same sample. Where all are wanted nothing is drawn.
type lots struct {
	wanted, left int
	random       *rand.PCG
}

func newLots(wanted, of int) *lots { return &lots{wanted, of, rand.NewPCG(1, 0)} }

// take reports whether the next one is in the sample.
func (l *lots) take() bool {
	l.left--
	if l.wanted <= 0 {
		return false
	}
	if l.wanted <= l.left && l.random.Uint64()%uint64(l.left+1) >= uint64(l.wanted) {
		return false
	}
	l.wanted--
	return true
}

// few draws at most so many.
func few[T any](all []T, most int) []T {
	if len(all) <= most {
		return all
	}
	drawn, turn := make([]T, 0, most), newLots(most, len(all))
	for i := range all {
		if turn.take() {
			drawn = append(drawn, all[i])
		}
	}
	return drawn
}
