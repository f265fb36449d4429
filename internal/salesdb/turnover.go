package salesdb

import (
	"cmp"
	"slices"

	"dangol/internal/sales"
)

// turnover sums up items, sorted by product, rep and date, over the spans.
func turnover(items []item, spans []sales.Span) []sales.Turnover {
	if len(spans) == 0 {
		return nil
	}
	var sold []sales.Turnover
	for _, i := range items {
		if n := len(sold); n == 0 || sold[n-1].ProductID != i.product || sold[n-1].RepID != i.rep {
			sold = append(sold, sales.Turnover{ProductID: i.product, RepID: i.rep, Sums: make([]sales.Sum, len(spans))})
		}
		t := &sold[len(sold)-1]
		if i.net > 0 {
			t.First, t.Last = earlier(t.First, i.date), max(t.Last, i.date)
		}
		for k, span := range spans {
			if span.Holds(i.date) {
				t.Sums[k].Quantity += i.quantity
				t.Sums[k].Net += i.net
			}
		}
	}
	return whoeverSold(sold)
}

// whoeverSold makes First and Last those of the customer, over all reps.
func whoeverSold(sold []sales.Turnover) []sales.Turnover {
	for from := 0; from < len(sold); {
		first, last, to := sales.Date(0), sales.Date(0), from
		for ; to < len(sold) && sold[to].ProductID == sold[from].ProductID; to++ {
			first, last = earlier(first, sold[to].First), max(last, sold[to].Last)
		}
		for i := from; i < to; i++ {
			sold[i].First, sold[i].Last = first, last
		}
		from = to
	}
	return sold
}

// combineTurnover joins that of two ids of one customer.
func combineTurnover(a, b []sales.Turnover) []sales.Turnover {
	both := slices.Concat(a, b)
	slices.SortStableFunc(both, func(x, y sales.Turnover) int {
		return cmp.Or(cmp.Compare(x.ProductID, y.ProductID), cmp.Compare(x.RepID, y.RepID))
	})
	kept := both[:0]
	for _, t := range both {
		n := len(kept)
		if n == 0 || kept[n-1].ProductID != t.ProductID || kept[n-1].RepID != t.RepID {
			kept = append(kept, t)
			continue
		}
		last := &kept[n-1]
		last.First, last.Last, last.Sums = earlier(last.First, t.First), max(last.Last, t.Last), slices.Clone(last.Sums)
		for k, sum := range t.Sums {
			last.Sums[k].Quantity += sum.Quantity
			last.Sums[k].Net += sum.Net
		}
	}
	return whoeverSold(kept)
}
