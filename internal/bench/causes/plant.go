package main

import (
	"math"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// planters put a cause into a customer that stops.
var planters = map[string]func(*company, *account){
	finding.DataFault:    (*company).plantSecondID,
	finding.Season:       (*company).plantSeason,
	finding.Product:      (*company).plantProduct,
	finding.Price:        (*company).plantPrice,
	finding.Service:      (*company).plantService,
	finding.Coverage:     (*company).plantCoverage,
	finding.CustomerOnly: func(*company, *account) {},
}

// alone are the causes that one customer can have.
var alone = []string{finding.DataFault, finding.Season, finding.Product, finding.Price, finding.Service, finding.Coverage, finding.CustomerOnly}

// pairs are the mixed causes.
var pairs = [][]string{
	{finding.Product, finding.Service}, {finding.Product, finding.Coverage}, {finding.Price, finding.Service},
	{finding.Price, finding.Coverage}, {finding.Service, finding.Coverage}, {finding.Product, finding.Price},
}

// plant gives a company its cases. Every fifth company has half an import
// instead, so that whoever is silent in it is a fault of the data.
func (c *company) plant(n int) {
	if n%5 == 4 {
		c.loseRows()
		return
	}
	c.shrinkMarket()
	for i, cause := range alone {
		c.plantOne(single, cause)
		if i < 4 {
			c.plantOne(decoyed, alone[(2*n+i)%len(alone)])
		}
	}
	if n%2 == 0 { // every other one is spared by the odds and never asked about
		c.plantOne(single, finding.Season)
	}
	for i := range 3 {
		c.plantOne(mixed, pairs[(3*n+i)%len(pairs)]...)
	}
}

// candidate returns a customer who has bought long enough and goes on.
func (c *company) candidate(days sales.Date) *account {
	for range 2000 {
		a := c.accounts[c.IntN(len(c.accounts))]
		if a.stop == 0 && a.truth == nil && !a.begun && a.segment != c.shrunk && c.asOf-a.first > max(days, sales.Date(12*a.gap)) {
			return a
		}
	}
	return nil
}

// plantOne lets a customer stop for the causes. It is silent for 3.2 to 5.5 own
// gaps at the end; one with a season for up to 9, since the model knows its pauses.
func (c *company) plantOne(g group, causes ...string) {
	least, longest := sales.Date(330), 5.5
	if causes[0] == finding.Season {
		least, longest = 560, 9
	}
	a := c.candidate(least)
	if a == nil {
		return
	}
	a.group, a.truth = g, causes
	a.stop = c.asOf - sales.Date(max(24, math.Round(c.between(3.2, longest)*a.gap)))
	for _, cause := range causes {
		planters[cause](c, a)
	}
	if g == decoyed {
		c.decoy(a)
	}
}

// decoy adds something mild that points elsewhere.
func (c *company) decoy(a *account) {
	switch c.IntN(5) {
	case 0: // a complaint settled long before
		opened := a.stop - c.days(70, 140)
		a.complaints = append(a.complaints, sales.Complaint{Opened: opened, Closed: opened + c.days(2, 15)})
	case 1: // the list price rose a little for everybody
		c.articles[a.basket[0].product].changes = append(c.articles[a.basket[0].product].changes,
			change{a.stop - c.days(5, 80), 1 + c.between(.02, .05)})
	case 2: // visits somewhat rarer
		if !slices.Contains(a.truth, finding.Coverage) {
			a.thinned = change{a.stop - c.days(100, 200), c.between(1.2, 1.6)}
		}
	case 3: // a small return
		a.returns = append(a.returns, a.stop-c.days(30, 90))
	case 4: // a side product ended
		if n := len(a.basket); n > 2 && !slices.Contains(a.truth, finding.Product) {
			c.articles[a.basket[n-1].product].ended = a.stop - c.days(0, 80)
			a.basket[n-1].share, a.basket[n-1].chance = .3, .4
		}
	}
}

// plantSecondID lets the customer go on under a new id, sometimes spelled
// otherwise.
func (c *company) plantSecondID(a *account) {
	b := *a
	b.id, b.truth, b.group, b.stop, b.begun = a.id+"B", nil, none, 0, true
	b.first = a.stop + sales.Date(max(1, math.Round(c.erlang(a.shape, a.gap))))
	b.complaints, b.returns = nil, nil
	switch c.IntN(4) {
	case 0:
		b.name = "CUSTOMER Number-" + a.name[len("Customer number "):]
	case 1:
		b.name = a.name + " Ltd"
	}
	c.accounts = append(c.accounts, &b)
}

// plantSeason lets the customer rest at this time of every year.
func (c *company) plantSeason(a *account) {
	length := c.asOf - a.stop + c.days(5, 60)
	for year := sales.Date(1); year <= 3; year++ {
		from := a.stop + 1 - 365*year + c.days(-10, 10)
		a.rests = append(a.rests, span{from, from + length + c.days(-7, 7)})
	}
}

// plantProduct takes what the customer lives by off the market, or lets most of
// its other buyers turn away from it.
func (c *company) plantProduct(a *account) {
	main := &a.basket[0]
	main.chance, main.share = c.between(.9, 1), c.between(1.2, 3)
	article := &c.articles[main.product]
	on := a.stop - c.days(-int(a.gap/2), 45)
	if c.chance(.55) {
		article.ended, article.silently = on, c.chance(.2)
		return
	}
	turned := c.between(.55, .95)
	for _, other := range c.accounts {
		for i := range other.basket {
			if other != a && other.basket[i].product == main.product && c.chance(turned) {
				other.basket[i].until = on + c.days(-20, 20)
			}
		}
	}
}

// plantPrice makes what the customer lives by dearer: for it alone, or for all,
// of whom some leave as well.
func (c *company) plantPrice(a *account) {
	a.basket[0].chance, a.basket[0].share = c.between(.9, 1), c.between(1, 3)
	on := a.stop - c.days(-int(.7*a.gap), 60)
	if c.chance(.55) {
		a.dearer = change{min(on, a.stop-sales.Date(c.Float64()*2*a.gap)), 1 + c.between(.04, .20)}
		return
	}
	article := &c.articles[a.basket[0].product]
	article.changes = append(article.changes, change{on, 1 + c.between(.04, .20)})
}

// plantService lets the customer complain or send goods back before it stops.
func (c *company) plantService(a *account) {
	kind := c.Float64()
	if kind < .75 {
		x := sales.Complaint{Opened: a.stop - c.days(-5, 30)}
		if c.chance(.6) {
			x.Closed = x.Opened + c.days(3, 60)
		}
		a.complaints = append(a.complaints, x)
	}
	if kind > .6 {
		for range 1 + c.IntN(3) {
			a.returns = append(a.returns, a.stop-c.days(-6, 40))
		}
	}
}

// plantCoverage lets the visits cease, or become rare, well before the customer
// stops.
func (c *company) plantCoverage(a *account) {
	a.first = min(a.first, a.stop-sales.Date(9*a.visitEvery))
	if c.chance(.65) {
		a.unvisited = span{a.stop - sales.Date(c.between(1.8, 5)*a.visitEvery), c.asOf}
		if c.chance(.4) {
			a.unvisited.to = a.stop + c.days(20, 80)
		}
		return
	}
	a.thinned = change{a.stop - c.days(130, 260), c.between(2.5, 5)}
}

// shrinkMarket lets a segment fall: a large part of it stops within weeks, most
// of the others buy less often.
func (c *company) shrinkMarket() {
	c.shrunk = c.accounts[0].segment
	on, share, counted := c.asOf-c.days(40, 100), c.between(.35, .75), 0
	for _, a := range c.accounts {
		if a.segment != c.shrunk || a.stop != 0 || a.truth != nil || a.begun || c.asOf-a.first < 330 {
			continue
		}
		stop := on + c.days(-14, 14)
		if float64(c.asOf-stop) > 3.2*a.gap && c.chance(share/.75) {
			a.stop, a.truth = stop, []string{finding.Market}
			if counted < 2 {
				a.group = single
			}
			counted++
		} else {
			a.slower = change{on, 1.4}
		}
	}
}

// loseRows leaves most of the orders of the last weeks out of the data.
func (c *company) loseRows() {
	c.lost, c.missing = span{c.asOf - c.days(24, 55), c.asOf}, c.between(.5, .8)
	for _, a := range c.accounts {
		if a.stop == 0 {
			a.truth, a.group = []string{finding.DataFault}, single
		}
	}
}
