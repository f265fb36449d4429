package dropped

import "math"

// Were each order to hold a product with the same chance, pauses would be
// geometric. They are not: some customers buy a product in turn, some in bursts,
// and many forget about it for a while. So a pause is looked at in two parts. It
// becomes long; and once long it is either one more by chance, which each further
// order ends with about the usual chance, or a break, which goes on and on. How
// often there are breaks and how they end is learned from the pauses that ended:
// the pair's own ones, on the background of everybody's.

const (
	// longSurprise is −ln P(a pause gets long), were the chance the same in each order.
	longSurprise = 1
	// sharePauses is how many of its own pauses weigh as much for a pair as
	// everybody's share of long ones, and as everybody's share of breaks.
	sharePauses, breakPauses = 10, 1
	// chanceBins and beyondBins group the long pauses for the fit.
	chanceBins, beyondBins = 20, 200
)

// pauses is what is known of one pair's pauses.
type pauses struct {
	chance float64   // that an order holds the product
	runs   float64   // pauses that ended, those of no order included
	short  []float64 // P(a pause lasts for 0, 1, … orders or longer), as far as it is not long
	beyond []float64 // orders without it beyond the limit, of each of these
}

// limit is how many orders without it make a pause long.
func (s *pauses) limit() int { return len(s.short) }

func (l *level) pausesOf(p *pair) pauses {
	belief := l.belief(p)
	s := pauses{chance: belief.mean(), runs: float64(len(p.held) - 1), short: []float64{1}}
	for -belief.none(float64(s.limit())) < longSurprise && s.limit() < longestRun {
		s.short = append(s.short, math.Exp(belief.none(float64(s.limit()))))
	}
	reached := make([]float64, s.limit())
	for i := 1; i < len(p.held); i++ {
		orders := p.held[i] - p.held[i-1] - 1
		for k := range min(orders+1, s.limit()) {
			reached[k]++
		}
		if orders >= s.limit() {
			s.beyond = append(s.beyond, float64(orders-s.limit()))
		}
	}
	for k := range s.short {
		s.short[k] = (reached[k] + sharePauses*s.short[k]) / (s.runs + sharePauses)
	}
	return s
}

// tail is how the pauses of all pairs end.
type tail struct {
	share  float64 // of pauses that become long
	factor float64 // the chance that ends a long one, in the product's own chances
	width  float64 // of its beta distribution
	breaks float64 // share of the long ones that are breaks
	rest   beta    // the chance that ends a break
}

// usualTail stands where there is nothing to learn from, and has a little weight
// everywhere: a short history shows no long breaks, since none has ended yet.
var usualTail = tail{share: .25, factor: 1, width: 8, breaks: .1, rest: beta{.5, 9.5}}

// usualPauses is how many long pauses the usual tail weighs.
const usualPauses = 20

// by is the distribution of the chance that ends a long pause by chance.
func (t tail) by(chance float64) beta {
	mean := clamp(chance*t.factor, .01, .98)
	return beta{mean * t.width, (1 - mean) * t.width}
}

// ends is P(a long pause goes on for so many orders and ends with the next).
func (d beta) ends(orders float64) float64 {
	return math.Exp(d.none(orders)) * d.a / (d.a + d.b + orders)
}

// isBreak is P(a long pause that ended after so many orders was a break).
func (t tail) isBreak(s *pauses, orders float64) float64 {
	b, c := t.breaks*t.rest.ends(orders), (1-t.breaks)*t.by(s.chance).ends(orders)
	if b+c == 0 {
		return 1
	}
	return b / (b + c)
}

// ledger counts long pauses by the product's chance and by their orders beyond
// the limit: those that ended, and those still open, as far as they are pauses.
type ledger struct {
	ended, open [chanceBins][beyondBins]float64
}

func (g *ledger) add(to *[chanceBins][beyondBins]float64, s *pauses, beyond, weight float64) {
	i, k := min(int(s.chance*chanceBins), chanceBins-1), min(int(beyond), beyondBins-1)
	to[i][k] += weight
}

// cell is one entry of a ledger.
type cell struct{ chance, beyond, ended, open float64 }

func (g *ledger) cells() []cell {
	var cells []cell
	for i := range g.ended {
		for k := range g.ended[i] {
			if all := g.ended[i][k] + g.open[i][k]; all > 0 {
				cells = append(cells, cell{(float64(i) + .5) / chanceBins, float64(k), g.ended[i][k], g.open[i][k]})
			}
		}
	}
	return cells
}

// chances are P(a pause ends as it did) and P(a pause is as long as it is) of each
// cell of a ledger.
type chances struct{ ended, open []float64 }

func chancesOf(cells []cell, ends func(cell) beta) chances {
	c := chances{make([]float64, len(cells)), make([]float64, len(cells))}
	for i, x := range cells {
		d := ends(x)
		c.ended[i], c.open[i] = d.ends(x.beyond), math.Exp(d.none(x.beyond))
	}
	return c
}

// fitTail is the most likely tail of the pauses in a ledger.
func fitTail(cells []cell, long, runs float64) tail {
	var rests []beta
	var brokenOff []chances
	for _, mean := range []float64{.01, .03, .08, .16} {
		for _, width := range []float64{4, 32} {
			rest := beta{mean * width, (1 - mean) * width}
			rests = append(rests, rest)
			brokenOff = append(brokenOff, chancesOf(cells, func(cell) beta { return rest }))
		}
	}
	best, fitted := math.Inf(-1), usualTail
	for _, width := range []float64{4, 16, 64} {
		for _, factor := range []float64{.5, .75, 1, 1.5} {
			t := tail{factor: factor, width: width}
			byChance := chancesOf(cells, func(c cell) beta { return t.by(c.chance) })
			for i, rest := range rests {
				breaks, likelihood := fitBreaks(cells, byChance, brokenOff[i])
				if likelihood > best {
					best, fitted = likelihood, tail{factor: factor, width: width, breaks: breaks, rest: rest}
				}
			}
		}
	}
	fitted.share = (long + usualPauses*usualTail.share) / (runs + usualPauses)
	return fitted
}

// breakSteps bounds the search for the share of breaks.
const breakSteps = 5

// fitBreaks finds the share of breaks by expectation and maximisation, and the
// likelihood of the pauses with it.
func fitBreaks(cells []cell, byChance, brokenOff chances) (breaks, likelihood float64) {
	breaks = usualTail.breaks
	for range breakSteps {
		broken, all := usualPauses*usualTail.breaks, float64(usualPauses)
		for i, c := range cells {
			ended := breaks*brokenOff.ended[i] + (1-breaks)*byChance.ended[i]
			broken += c.ended * breaks * brokenOff.ended[i] / (ended + tiny)
			all += c.ended
			if c.open > 0 {
				open := breaks*brokenOff.open[i] + (1-breaks)*byChance.open[i]
				broken += c.open * breaks * brokenOff.open[i] / (open + tiny)
				all += c.open
			}
		}
		breaks = broken / all
	}
	for i, c := range cells {
		likelihood += c.ended * math.Log(breaks*brokenOff.ended[i]+(1-breaks)*byChance.ended[i]+tiny)
		if c.open > 0 {
			likelihood += c.open * math.Log(breaks*brokenOff.open[i]+(1-breaks)*byChance.open[i]+tiny)
		}
	}
	return breaks, likelihood
}

// tiny keeps a logarithm and a quotient finite.
const tiny = 1e-300

// outlook is how long one pair's next pause lasts.
type outlook struct {
	short        []float64 // as in pauses
	share        float64   // P(it becomes long)
	breaks       float64   // P(it is a break), once long
	chance, rest beta
}

// outlookOf learns from the pair's own pauses, on the background of everybody's.
func (t tail) outlookOf(s *pauses) outlook {
	long := float64(len(s.beyond))
	var broke, brokeOrders, chanceOrders float64
	for _, orders := range s.beyond {
		if t.isBreak(s, orders) > .5 {
			broke++
			brokeOrders += orders
		} else {
			chanceOrders += orders
		}
	}
	return outlook{
		short:  s.short,
		share:  min((long+sharePauses*t.share)/(s.runs+sharePauses), s.short[len(s.short)-1]),
		breaks: (broke + breakPauses*t.breaks) / (long + breakPauses),
		chance: t.by(s.chance).after(long-broke, chanceOrders),
		rest:   t.rest.after(broke, brokeOrders),
	}
}

// lasts returns P(the next pause lasts for so many orders or longer).
func (o outlook) lasts(orders float64) float64 {
	if orders < float64(len(o.short)) {
		return o.short[int(orders)]
	}
	k := orders - float64(len(o.short))
	return o.share * ((1-o.breaks)*math.Exp(o.chance.none(k)) + o.breaks*math.Exp(o.rest.none(k)))
}

// curve returns lasts for pauses of 0, 1, …, n orders, each worth weight orders.
func (o outlook) curve(n int, weight float64) []float64 {
	curve := make([]float64, n+1)
	if weight == 1 {
		o.steps(curve)
		return curve
	}
	for k := range curve {
		curve[k] = o.lasts(float64(k) * weight)
	}
	return curve
}

// steps fills in lasts for 0, 1, 2, … orders, each from the one before: the fit
// asks for all of them, of every pair.
func (o outlook) steps(curve []float64) {
	chance, rest := 1.0, 1.0
	for k := copy(curve, o.short); k < len(curve); k++ {
		if beyond := float64(k - len(o.short)); beyond > 0 {
			chance *= (o.chance.b + beyond - 1) / (o.chance.a + o.chance.b + beyond - 1)
			rest *= (o.rest.b + beyond - 1) / (o.rest.a + o.rest.b + beyond - 1)
		}
		curve[k] = o.share * ((1-o.breaks)*chance + o.breaks*rest)
	}
}
