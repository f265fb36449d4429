package backtest

import (
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/declining"
	"dangol/jobs/dropped"
	"dangol/jobs/standing"
)

const (
	// after is how many days must follow on a decline before it is decided.
	after = 13 * 7
	// lastingFall: a decline was right when the customer bought no more than this
	// share of what was to be expected in those days.
	lastingFall = .8
	// dropDays and dropGaps: a drop was right when the product was not bought for so
	// many more days, and so many of the customer's own gaps between orders with it.
	dropDays, dropGaps = 90, 3
	// fortnight is from one look at dropped products to the next: two months
	// without a product pass before anything is said, and the looks are dear.
	fortnight = 14
)

// Declines watches who buys less. Such an alert was right when the customer bought
// at most 80 % of its earlier amount in the thirteen weeks after it, what the whole
// company's customers bought more or less taken out.
func Declines(rules declining.Rules) Watch {
	return Watch{Name: "declining", Outcome: stayedDown,
		Find: func(cut *sales.Snapshot, sheet *standing.Sheet) []finding.Finding {
			return declining.Survey(cut, sheet, rules).Findings()
		}}
}

// stayedDown is the outcome of a decline.
func stayedDown(known *sales.Snapshot, at sales.Date, f finding.Finding) Outcome {
	facts, customer := f.Facts.(finding.DeclineFacts), known.Customer(f.CustomerID)
	if customer == nil || known.AsOf < at+after {
		return Undecided
	}
	base := facts.From - sales.Date(7*facts.BaseWeeks)
	before, then := bought(customer, base, facts.From-1), bought(customer, at+1, at+after)
	all, later := sales.Money(0), sales.Money(0)
	for i := range known.Customers {
		all += bought(&known.Customers[i], base, facts.From-1)
		later += bought(&known.Customers[i], at+1, at+after)
	}
	if before <= 0 || all <= 0 {
		return Undecided
	}
	if then.Float()/before.Float() <= lastingFall*later.Float()/all.Float() {
		return Loss
	}
	return Return
}

// bought is the net amount of the days of [from, to].
func bought(c *sales.Customer, from, to sales.Date) sales.Money {
	var sum sales.Money
	for _, d := range slices.Backward(c.Days) {
		if d.Date < from {
			break
		}
		if d.Date <= to {
			sum += d.Net
		}
	}
	return sum
}

// Drops watches what customers stop buying while they go on ordering. Such an
// alert was right when the product was not bought for 90 more days and three more
// of the customer's own gaps between orders with it.
// What is usual is learned anew as seldom as the model is.
func Drops(rules dropped.Rules) Watch {
	var learned *dropped.Learned
	var taught sales.Date
	return Watch{Name: "product_dropped", Every: fortnight, Outcome: stayedAway,
		Find: func(cut *sales.Snapshot, sheet *standing.Sheet) []finding.Finding {
			if cut.AsOf >= taught+refitDays {
				learned = nil
			}
			report := dropped.JudgeWith(cut, sheet, rules, learned)
			if learned == nil {
				learned, taught = &report.Learned, cut.AsOf
			}
			found := report.Findings(sheet.Rules.Calendar)
			return slices.DeleteFunc(found, func(f finding.Finding) bool { return f.Kind != finding.ProductDropped })
		},
		Key: func(f finding.Finding) string { return f.Product }}
}

// stayedAway is the outcome of a drop.
func stayedAway(known *sales.Snapshot, at sales.Date, f finding.Finding) Outcome {
	until := at + max(dropDays, sales.Date(dropGaps*f.Facts.(finding.DropFacts).GapDays))
	switch on, _, again := dropped.BoughtAgain(known, f.CustomerID, f.Product, at); {
	case again && on <= until:
		return Return
	case known.AsOf < until:
		return Undecided
	}
	return Loss
}
