package opportunity

import (
	"cmp"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// mostFallen is how many products, and segments, are listed.
const mostFallen = 5

// Fallen returns the products and the segments that lost most net sales between
// two of the snapshot's spans, the largest loss first.
func Fallen(snapshot *sales.Snapshot, from, to int) (products, segments []finding.Fallen) {
	byProduct, bySegment := map[string]*finding.Fallen{}, map[string]*finding.Fallen{}
	for i := range snapshot.Customers {
		c := &snapshot.Customers[i]
		bought := map[string][2]sales.Money{}
		for _, t := range c.Turnover {
			sums := bought[t.ProductID]
			sums[0] += t.Sums[from].Net
			sums[1] += t.Sums[to].Net
			bought[t.ProductID] = sums
		}
		for id, sums := range bought {
			if id != "" {
				addFallen(byProduct, id, sums[0], sums[1])
			}
		}
		addFallen(bySegment, c.Segment, c.NetIn(snapshot.Spans[from]), c.NetIn(snapshot.Spans[to]))
	}
	for i := range snapshot.Products {
		if f := byProduct[snapshot.Products[i].ID]; f != nil {
			f.Name = snapshot.Products[i].Name
		}
	}
	for id, f := range bySegment {
		f.Name = id
	}
	return worst(byProduct), worst(bySegment)
}

func addFallen(sums map[string]*finding.Fallen, id string, from, to sales.Money) {
	f := sums[id]
	if f == nil {
		f = &finding.Fallen{ID: id}
		sums[id] = f
	}
	f.From += from
	f.To += to
	if from > 0 {
		f.Buyers++
		if to <= 0 {
			f.Gone++
		}
	}
}

func worst(sums map[string]*finding.Fallen) []finding.Fallen {
	var list []finding.Fallen
	for _, f := range sums {
		if f.To < f.From {
			list = append(list, *f)
		}
	}
	slices.SortFunc(list, func(a, b finding.Fallen) int {
		return cmp.Or(cmp.Compare(a.To-a.From, b.To-b.From), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(mostFallen, len(list))]
}
