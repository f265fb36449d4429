package freshness

import (
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/internal/stat"
)

const (
	// jumpRatio is the change of amounts that no price list makes.
	jumpRatio = 3
	// usualDays is the span before the change from which a customer's own usual
	// amount is learned; fewer than minUsual orders say nothing.
	usualDays, minUsual = 26 * 7, 3
	// minJumpOrders orders of minJumpCustomers customers tell of a jump.
	minJumpOrders, minJumpCustomers = 20, 10
)

// jumpSpans are the spans in days since the change that are looked at: a jump is
// told within days, and after the longest it is how amounts are.
var jumpSpans = []int{3, 7, 14, 28}

// JumpFacts are the evidence that amounts changed their unit.
type JumpFacts struct {
	DataThrough sales.Date `json:"data_through"`
	Since       sales.Date `json:"since"`     // all orders from here on are compared
	Orders      int        `json:"orders"`    // since then
	Customers   int        `json:"customers"` // who placed them
	Times       float64    `json:"times"`     // median of amount ÷ the customer's own median amount before
	Before      float64    `json:"before"`    // the same in the four weeks before
}

// jumped returns a data_stale finding when the median order amount, each
// customer against its own, has changed at least threefold from one week to the
// next and stayed there, or nil.
func jumped(snapshot *sales.Snapshot) *finding.Finding {
	for _, span := range jumpSpans {
		f, ok := jump(snapshot, snapshot.DataThrough-sales.Date(span))
		if !ok {
			continue
		}
		key, times := "stale_jump_up", f.Times
		if f.Times < 1 {
			key, times = "stale_jump_down", 1/f.Times
		}
		return fault(f, finding.Say(key, "since", f.Since, "times", math.Round(times), "orders", f.Orders), finding.Say("action_check_currency"))
	}
	return nil
}

// jump compares the orders after a date with the customers' own before it, and
// those of the four weeks before it likewise.
func jump(snapshot *sales.Snapshot, after sales.Date) (JumpFacts, bool) {
	var since, before []float64
	customers := 0
	for i := range snapshot.Customers {
		days := snapshot.Customers[i].Days
		now := ratios(days, after, snapshot.DataThrough)
		if len(now) > 0 {
			customers++
		}
		since = append(since, now...)
		before = append(before, ratios(days, after-unreadDays, after)...)
	}
	if len(since) < minJumpOrders || len(before) < minJumpOrders || customers < minJumpCustomers {
		return JumpFacts{}, false
	}
	f := JumpFacts{DataThrough: snapshot.DataThrough, Since: after + 1, Orders: len(since), Customers: customers,
		Times: stat.Median(since), Before: stat.Median(before)}
	changed := math.Abs(math.Log(f.Times/f.Before)) >= math.Log(jumpRatio)
	return f, changed && math.Abs(math.Log(f.Times)) >= math.Log(jumpRatio)
}

// ratios returns the amounts of the orders in (after, through], each as a
// multiple of the customer's own median in the half year before.
func ratios(days []sales.Day, after, through sales.Date) []float64 {
	var usual, amounts []float64
	for _, d := range slices.Backward(days) {
		switch {
		case d.Date <= after-usualDays:
			return relative(amounts, usual)
		case d.Net <= 0 || d.Date > through:
		case d.Date > after:
			amounts = append(amounts, d.Net.Float())
		default:
			usual = append(usual, d.Net.Float())
		}
	}
	return relative(amounts, usual)
}

func relative(amounts, usual []float64) []float64 {
	if len(usual) < minUsual {
		return nil
	}
	own := stat.Median(usual)
	for i := range amounts {
		amounts[i] /= own
	}
	return amounts
}
