package salesdb

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"dangol/internal/sales"
)

// followMerges leads every merged id to the last id of its chain. A chain that
// comes back to itself is refused: it has no last id.
func followMerges(mergedInto map[string]string) (map[string]string, error) {
	last := make(map[string]string, len(mergedInto))
	var problems []error
	for _, from := range slices.Sorted(maps.Keys(mergedInto)) {
		to, steps := mergedInto[from], 0
		for next, ok := mergedInto[to]; ok && steps <= len(mergedInto); next, ok = mergedInto[to] {
			to = next
			steps++
		}
		if steps > len(mergedInto) {
			problems = append(problems, fmt.Errorf("%q is merged into a circle", from))
			continue
		}
		last[from] = to
	}
	if len(problems) == 0 {
		return last, nil
	}
	return nil, fault("sales.merged_into", errors.Join(problems...), "remove one line of the circle from the file")
}

// merge moves rows and histories of merged customers to those they became. The
// row of a merged customer serves only where the other has none.
func merge(merged map[string]string, rows map[string]sales.Customer, histories map[string]*history) {
	for _, from := range slices.Sorted(maps.Keys(merged)) {
		to := merged[from]
		if h, ok := histories[from]; ok {
			histories[to] = combine(histories[to], h)
			delete(histories, from)
		}
		old, ok := rows[from]
		if !ok {
			continue
		}
		delete(rows, from)
		into, listed := rows[to]
		if !listed {
			into = old
			into.ID = to
		}
		into.Created = earlier(into.Created, old.Created)
		rows[to] = into
	}
}

// earlier returns the earlier of two dates, of which either may be missing.
func earlier(a, b sales.Date) sales.Date {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}
