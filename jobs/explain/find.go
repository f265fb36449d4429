package explain

import (
	"cmp"
	"slices"
	"strings"

	"dangol/internal/sales"
)

// farthest is the share of a text that may differ in one that is close to it.
const farthest = .5

// Find returns the customer with the id, or else those with exactly the name,
// whatever its case and the space around it; ascending by id.
func Find(snapshot *sales.Snapshot, asked string) []*sales.Customer {
	if c := snapshot.Customer(asked); c != nil {
		return []*sales.Customer{c}
	}
	var found []*sales.Customer
	name := strings.TrimSpace(asked)
	for i := range snapshot.Customers {
		if c := &snapshot.Customers[i]; name != "" && strings.EqualFold(strings.TrimSpace(c.Name), name) {
			found = append(found, c)
		}
	}
	return found
}

// Near returns at most so many customers whose name or id is close to what was
// asked for, the closest first.
func Near(snapshot *sales.Snapshot, asked string, most int) []*sales.Customer {
	type candidate struct {
		customer *sales.Customer
		distance float64
	}
	var near []candidate
	want := []rune(strings.ToLower(strings.TrimSpace(asked)))
	for i := range snapshot.Customers {
		c := &snapshot.Customers[i]
		if d := min(apart(want, c.Name), apart(want, c.ID)); d <= farthest {
			near = append(near, candidate{c, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	found := make([]*sales.Customer, min(len(near), most))
	for i := range found {
		found[i] = near[i].customer
	}
	return found
}

// apart says how far a text is from the wanted one: 0 the same, 1 nothing in
// common. A text that holds the wanted one is close, however long it is.
func apart(want []rune, text string) float64 {
	have := []rune(strings.ToLower(strings.TrimSpace(text)))
	longest := max(len(want), len(have))
	if len(want) == 0 || len(have) == 0 {
		return 1
	}
	distance := float64(edits(want, have)) / float64(longest)
	if len(want) > 1 && strings.Contains(string(have), string(want)) {
		return min(distance, farthest/2)
	}
	return distance
}

// edits is the Levenshtein distance.
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := diagonal
			if x != y {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
