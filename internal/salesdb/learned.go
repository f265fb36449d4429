package salesdb

import (
	"cmp"
	"maps"
	"slices"

	"dangol/internal/sales"
)

// Learned is what people have said about customers, beside what the config says.
type Learned struct {
	// MergedInto leads from a customer to the one it goes on as. An id that nobody
	// knows, and one that leads in a circle, is left out: it was typed by hand.
	MergedInto map[string]string
	// Seasons are the first silent dates of customers who do not buy at that time of
	// the year, by id.
	Seasons map[string][]sales.Date
}

// Learn makes later readings follow what people have said. It is called before
// the first reading.
func (s *Source) Learn(l Learned) { s.learned = l }

const (
	// longestSeason is how long a season that somebody spoke of lasts at most, days:
	// who has not bought after it is judged like anybody else.
	longestSeason = 300
	// seasonSlack: in later years it may begin so much earlier and end so much later.
	seasonSlack = 14
	// seasonYears is in how many later years it is expected.
	seasonYears = 5
	aYear       = 365
)

// mergedWith adds the mergers that people spoke of to those of the config.
func mergedWith(merged, said map[string]string, rows map[string]sales.Customer) map[string]string {
	all := maps.Clone(merged)
	if all == nil {
		all = map[string]string{}
	}
	for _, from := range slices.Sorted(maps.Keys(said)) {
		to := cmp.Or(all[said[from]], said[from])
		if _, known := rows[to]; !known || from == to || all[from] != "" {
			continue
		}
		for other, into := range all {
			if into == from {
				all[other] = to
			}
		}
		all[from] = to
	}
	return all
}

// seasonPauses are the pauses of a season that began on a date: the silence until
// the next order, and the same time of the years after one that has ended.
func seasonPauses(since sales.Date, days []sales.Day) []sales.Pause {
	end := since + longestSeason - 1
	i, _ := slices.BinarySearchFunc(days, since, func(d sales.Day, at sales.Date) int { return cmp.Compare(d.Date, at) })
	over := i < len(days) && days[i].Date <= end
	if over {
		end = days[i].Date - 1
	}
	if end < since {
		return nil
	}
	const why = "season"
	pauses := []sales.Pause{{From: since, To: end, Why: why}}
	for year := sales.Date(1); over && year <= seasonYears; year++ {
		pauses = append(pauses, sales.Pause{From: since + year*aYear - seasonSlack, To: end + year*aYear + seasonSlack, Why: why})
	}
	return pauses
}
