package opportunity

import "slices"

// bag is a set of numbers whose median is known at any time, while numbers come and
// go. What may ever lie in it is given beforehand.
type bag struct {
	values []float64 // ascending, each once
	tree   []int32   // how many lie in it, as a Fenwick tree over the values
	n      int
}

func newBag(values []float64) *bag {
	slices.Sort(values)
	values = slices.Compact(values)
	return &bag{values: values, tree: make([]int32, len(values)+1)}
}

// add puts a number in, or with -1 takes it out.
func (b *bag) add(value float64, times int32) {
	at, _ := slices.BinarySearch(b.values, value)
	for i := at + 1; i < len(b.tree); i += i & -i {
		b.tree[i] += times
	}
	b.n += int(times)
}

// at is the kth smallest number, from 0 on.
func (b *bag) at(k int) float64 {
	top := 1
	for top*2 < len(b.tree) {
		top *= 2
	}
	place, left := 0, int32(k)
	for step := top; step > 0; step /= 2 {
		if next := place + step; next < len(b.tree) && b.tree[next] <= left {
			place, left = next, left-b.tree[next]
		}
	}
	return b.values[place]
}

// median is that of the numbers in the bag, as stat.Median has it.
func (b *bag) median() float64 {
	if b.n == 0 {
		return 0
	}
	return (b.at((b.n-1)/2) + b.at(b.n/2)) / 2
}
