package main

import (
	"fmt"
	"io"
	"slices"
	"sync"

	"dangol/internal/panel"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

const (
	// replayDays is how long a panel is replayed, every is how often it is judged.
	replayDays, every = 364, 28
	// foundIn: a drop that had fewer days to be found in is left out of the recall.
	foundIn = 26 * 7
)

// score counts what one rule did over the replayed year of a panel. An alarm is
// right where the product was planted as dropped; it is of a lost product or of a
// switched one where the customer did stop, but for another reason; else it is
// unfounded. found are the planted drops that were told, soon those within 26 weeks.
type score struct {
	alarms, right, product, switched, nothing int
	planted, found, soon, lag                 int
	products, productsRight, productsPlanted  int
	odds                                      float64 // Σ said odds
	months                                    float64 // Σ months of regular customers who still buy
	bins                                      bins
}

func reportPanels(panels, customers int, seed uint64, restless float64, out io.Writer) {
	all := rules()
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.name
	}
	for _, l := range []late{byDays, byGaps} {
		names = append(names, l.name+", as many alarms")
	}
	scores := make([]score, len(names))
	each := make([][]score, panels)
	var running sync.WaitGroup
	for i := range each {
		running.Go(func() {
			each[i] = replay(panel.NewShop(panel.BasketSpec{Seed: seed + uint64(i), Customers: customers, Restless: restless}), all)
		})
	}
	running.Wait()
	for _, of := range each {
		for k, s := range of {
			scores[k].add(s)
		}
	}
	fmt.Fprintf(out, "\npanel, restless %.0f, %d of %d customers\talarms\tper 1,000 and month\tright\tof lost products\tof switched\tunfounded\tprecision\tstopped\tsaid\trecall\tin 26 weeks\tdays\tproduct findings\tright\tof\n", restless, panels, customers)
	for i, name := range names {
		s := scores[i]
		fmt.Fprintf(out, "%s\t%d\t%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\n", name, s.alarms,
			share(1000*float64(s.alarms), int(s.months)), s.right, s.product, s.switched, s.nothing,
			share(float64(s.right), s.alarms), share(float64(s.alarms-s.nothing), s.alarms), said(s.odds, s.alarms),
			share(float64(s.found), s.planted), share(float64(s.soon), s.planted), s.lag/max(1, s.found), s.products, s.productsRight, s.productsPlanted)
	}
	scores[inUse].bins.report(out, "first alarms in use")
	scores[unsure].bins.report(out, "first alarms at P(dropped) ≥ .5")
}

// said is the mean of the odds that were said, or a dash where none was.
func said(odds float64, alarms int) string {
	if odds == 0 {
		return "–"
	}
	return share(odds, alarms)
}

// bins hold what was said against what was true, by tenths of what was said.
type bins [10]struct {
	n          int
	said, came float64
}

func (b *bins) add(odds float64, came bool) {
	x := &b[min(int(odds*10), 9)]
	x.n++
	x.said += odds
	if came {
		x.came++
	}
}

func (b *bins) merge(c *bins) {
	for i := range b {
		b[i].n += c[i].n
		b[i].said += c[i].said
		b[i].came += c[i].came
	}
}

func (b *bins) report(out io.Writer, title string) {
	fmt.Fprintf(out, "%s: said\tstopped\tn\n", title)
	for _, x := range b {
		if x.n > 0 {
			fmt.Fprintf(out, "%.2f\t%.2f\t%d\n", x.said/float64(x.n), x.came/float64(x.n), x.n)
		}
	}
}

func (s *score) add(t score) {
	s.alarms += t.alarms
	s.right += t.right
	s.product += t.product
	s.switched += t.switched
	s.nothing += t.nothing
	s.planted += t.planted
	s.found += t.found
	s.lag += t.lag
	s.soon += t.soon
	s.odds += t.odds
	s.months += t.months
	s.bins.merge(&t.bins)
	s.products += t.products
	s.productsRight += t.productsRight
	s.productsPlanted += t.productsPlanted
}

// night is what the naive rules could say at one as-of date.
type night struct {
	asOf   sales.Date
	months float64
	pairs  []scored
}

// replay judges a panel every four weeks of its last year, each time knowing only
// the past. An alarm counts once for each last date with the product. The scores
// of the naive rules at as many alarms as the detector in use come last.
func replay(shop *panel.Shop, all []rule) []score {
	tracks := make([]track, len(all))
	days, gaps := []night{}, []night{}
	start := shop.Through - replayDays
	var first *standing.Sheet
	for asOf := start; asOf <= shop.Through; asOf += every {
		snapshot := shop.Snapshot(asOf)
		if first == nil {
			first = standing.Judge(snapshot, standing.DefaultRules())
		}
		sheet := standing.JudgeWith(snapshot, standing.DefaultRules(), first.Model)
		months := buyers(sheet) * every / daysPerMonth
		for i, r := range all {
			alarms, products := r.find(snapshot, sheet)
			tracks[i].count(shop, asOf, months, alarms)
			tracks[i].countProducts(shop, products)
		}
		days = append(days, night{asOf, months, byDays.all(snapshot, sheet, leastHeld)})
		gaps = append(gaps, night{asOf, months, byGaps.all(snapshot, sheet, leastHeld)})
	}
	var scores []score
	for i := range tracks {
		tracks[i].recall(shop)
		scores = append(scores, tracks[i].score)
	}
	for _, nights := range [][]night{days, gaps} {
		limit := matched(scores[inUse].alarms, func(limit float64) int { return counted(shop, nights, limit).alarms })
		scores = append(scores, counted(shop, nights, limit))
	}
	return scores
}

const daysPerMonth = 365.25 / 12

// counted is the score of a naive rule at a limit.
func counted(shop *panel.Shop, nights []night, limit float64) score {
	var t track
	for _, n := range nights {
		t.count(shop, n.asOf, n.months, above(n.pairs, limit))
	}
	t.recall(shop)
	return t.score
}

// buyers counts the regular customers who still buy.
func buyers(sheet *standing.Sheet) (n float64) {
	for i := range sheet.Customers {
		if s := &sheet.Customers[i]; s.Current && s.Stage == standing.Active {
			n++
		}
	}
	return n
}

// track is a score while it is counted.
type track struct {
	score
	seen    map[string]bool
	foundOn map[int]sales.Date
}

// count takes in the alarms of one as-of date. What the first date finds was
// there before and is left out, as in a baseline.
func (s *track) count(shop *panel.Shop, asOf sales.Date, months float64, alarms []alarm) {
	baseline := s.seen == nil
	if baseline {
		s.seen, s.foundOn = map[string]bool{}, map[int]sales.Date{}
	} else {
		s.months += months
	}
	for _, a := range alarms {
		key := fmt.Sprint(a.customer, a.products, a.last)
		if a.category {
			key = fmt.Sprint(a.customer, a.products[0][:1], a.last)
		}
		if s.seen[key] || a.switched {
			continue
		}
		s.seen[key] = true
		fate, at := truth(shop, a, asOf)
		if baseline {
			if at >= 0 {
				s.foundOn[at] = 0
			}
			continue
		}
		s.alarms++
		s.odds += a.odds
		s.bins.add(a.odds, at >= 0)
		switch fate {
		case panel.DroppedProduct, panel.DroppedCategory:
			s.right++
			if _, again := s.foundOn[at]; !again {
				s.foundOn[at] = asOf
			}
		case panel.LostProduct, panel.EndedProduct:
			s.product++
		case panel.SwitchedProduct:
			s.switched++
		default:
			s.nothing++
		}
	}
}

// truth returns what was planted in an alarm's customer and products by a date.
func truth(shop *panel.Shop, a alarm, asOf sales.Date) (panel.Fate, int) {
	for i, p := range shop.Planted {
		if p.CustomerID == a.customer && p.From <= asOf && overlap(p.Products, a.products) {
			return p.Fate, i
		}
	}
	for i, p := range shop.Planted {
		if p.CustomerID == "" && p.From <= asOf && overlap(p.Products, a.products) {
			return p.Fate, i
		}
	}
	return "", -1
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func (s *track) countProducts(shop *panel.Shop, products []string) {
	for _, id := range products {
		if s.seen["product "+id] {
			continue
		}
		s.seen["product "+id] = true
		s.products++
		for _, p := range shop.Planted {
			if p.CustomerID == "" && p.Products[0] == id {
				s.productsRight++
			}
		}
	}
}

// recall counts the planted drops of the replayed year that had 26 weeks to be
// found in, and those that were, with the days it took.
func (s *track) recall(shop *panel.Shop) {
	for i, p := range shop.Planted {
		switch {
		case p.CustomerID == "":
			s.productsPlanted++
			continue
		case p.Fate == panel.SwitchedProduct, p.From <= shop.Through-replayDays, p.From > shop.Through-foundIn:
			continue
		}
		s.planted++
		if on, ok := s.foundOn[i]; ok {
			s.found++
			s.lag += int(on - p.From)
			if on-p.From <= foundIn {
				s.soon++
			}
		}
	}
}
