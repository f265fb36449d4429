package silence

import "math"

// A customer's traits are what the hazard correction knows of it when a silence
// begins: how often, how regularly, how recently and for how much it bought.
const (
	traitCount  = 15
	amountTrait = 12 // the first that needs amounts
	movingCount = 5  // traits that change while the silence lasts
)

// traits of one customer: ln of orders, mean gap, median, p90 and longest over
// mean gap; cv; spread; ln of age, of last over mean gap, of the last three over
// the earlier, of the faded mean and of the last but one over the mean; with
// amounts ln of last over median, of the last three over the earlier, and of the
// median. Gaps and age are in days, amounts in currency units.
type traits [traitCount]float64

// moving traits are logarithms of the silence over each of the scales.
type moving [movingCount]float64

// traitsOf returns the traits at a customer's third buying day or a later one.
func traitsOf(r *rhythm, p *purse) traits {
	mean := r.mean()
	t := traits{
		math.Log(float64(r.count + 1)),
		math.Log(mean),
		math.Log(r.quantile(.5) / mean),
		math.Log(r.quantile(.9) / mean),
		math.Log(r.longest() / mean),
		r.variation(),
		r.spread(),
		math.Log(r.sum + 1),
		math.Log(r.last / mean),
		r.lastThree(),
		math.Log(r.faded / r.fadedWeight / mean),
		math.Log(r.previous / mean),
	}
	if p.known() {
		median := p.median()
		t[amountTrait] = math.Log(p.last() / median)
		t[amountTrait+1] = p.lastThree()
		t[amountTrait+2] = math.Log(median)
	}
	return t
}

// scales are what moving traits compare the silence with, in days: the own p90,
// longest and mean gap, one day, and the last gap.
type scales [movingCount]float64

func scalesOf(r *rhythm) scales {
	return scales{r.quantile(.9), r.longest(), r.mean(), 1, r.last}
}

// logs returns the logarithms of the scales.
func (s scales) logs() (logs moving) {
	for i, scale := range s {
		logs[i] = math.Log(scale)
	}
	return logs
}

// movingAt returns the moving traits after a silence, from ln of its days and of
// the scales.
func movingAt(logDays float64, logScales moving) (m moving) {
	for i, log := range logScales {
		m[i] = logDays - log
	}
	return m
}

// purse is the amounts of a customer's buying days so far; empty where they are
// unknown.
type purse struct {
	amounts []float64
	sum     float64
	sorting []float64 // scratch
}

func (p *purse) add(amount float64) {
	p.amounts = append(p.amounts, amount)
	p.sum += amount
}

func (p *purse) reset() { p.amounts, p.sum = p.amounts[:0], 0 }

func (p *purse) known() bool { return len(p.amounts) > 0 }

func (p *purse) last() float64 { return p.amounts[len(p.amounts)-1] }

// lastThree returns ln(mean of the last three amounts ÷ mean of those before), 0
// without any before.
func (p *purse) lastThree() float64 {
	three := 0.0
	for _, a := range p.amounts[max(0, len(p.amounts)-3):] {
		three += a
	}
	return trend(three, p.sum, len(p.amounts))
}

// median returns the middle amount, or the mean of the two in the middle.
func (p *purse) median() float64 {
	p.sorting = append(p.sorting[:0], p.amounts...)
	n := len(p.sorting)
	upper := nth(p.sorting, n/2)
	if n%2 == 1 {
		return upper
	}
	lower := p.sorting[0]
	for _, a := range p.sorting[:n/2] {
		lower = max(lower, a)
	}
	return (lower + upper) / 2
}

// nth puts the nth smallest value, from 0, where it belongs, the smaller ones
// before it, and returns it (Hoare's FIND): sorting all the amounts again at each
// order would take a shop with thousands of orders a customer too long.
func nth(values []float64, n int) float64 {
	low, high := 0, len(values)-1
	for low < high {
		pivot := values[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for pivot < values[j] {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return values[n]
		}
	}
	return values[n]
}
