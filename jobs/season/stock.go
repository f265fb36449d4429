package season

import (
	"dangol/internal/sales"
	"dangol/internal/stat"
)

const (
	// stockUp: an order of more than so many times the own median amount fills a
	// store room.
	stockUp = 5
	// maxStretch bounds by what factor the next order is then expected later.
	maxStretch = 3
	// minAmounts is the fewest orders that have a usual amount.
	minAmounts = 3
	// minStockUps is from how many stock-up orders of the past on the company's
	// own factor is known.
	minStockUps = 20
)

// Stretch is the factor, at least 1, by which the gap after the last of a
// customer's orders is expected to be longer than usual: after a stock-up order
// min(3, amount ÷ own median amount), but no more than the company's past
// stock-up orders stretched the gaps after them, where there are enough of them.
func (y *Year) Stretch(amounts []sales.Money) float64 {
	n := len(amounts)
	if n < minAmounts {
		return 1
	}
	size := amounts[n-1].Float() / stat.Median(floats(amounts))
	if !(size > stockUp) {
		return 1
	}
	return max(1, min(maxStretch, size, y.stretched))
}

// learnStretch compares the gaps after stock-up orders with those after other
// orders, each in median gaps of its customer.
func (y *Year) learnStretch(snapshot *sales.Snapshot) {
	y.stretched = maxStretch
	var after, others []float64
	for i := range snapshot.Customers {
		a, o := gapsBySize(snapshot.Customers[i].Days, snapshot.AsOf)
		after, others = append(after, a...), append(others, o...)
	}
	if len(after) >= minStockUps {
		y.stretched = stat.Median(after) / stat.Median(others)
	}
}

// gapsBySize returns a customer's gaps in multiples of their median: those after
// a stock-up order and the others.
func gapsBySize(days []sales.Day, asOf sales.Date) (after, others []float64) {
	if len(days) < minMember {
		return nil, nil
	}
	var dates []sales.Date
	var amounts []sales.Money
	for _, d := range days {
		if d.Net > 0 && d.Date <= asOf {
			dates, amounts = append(dates, d.Date), append(amounts, d.Net)
		}
	}
	if len(dates) < minMember {
		return nil, nil
	}
	usual := stat.Median(floats(amounts))
	gaps := make([]float64, len(dates)-1)
	for i := range gaps {
		gaps[i] = float64(dates[i+1] - dates[i])
	}
	middle := stat.Median(gaps)
	for i, gap := range gaps {
		if amounts[i].Float() > stockUp*usual {
			after = append(after, gap/middle)
		} else {
			others = append(others, gap/middle)
		}
	}
	return after, others
}

func floats(amounts []sales.Money) []float64 {
	list := make([]float64, len(amounts))
	for i, a := range amounts {
		list[i] = a.Float()
	}
	return list
}
