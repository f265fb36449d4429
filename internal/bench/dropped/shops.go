package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"dangol/internal/panel"
	"dangol/internal/retail"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// tally counts what one rule did in the real shop.
type tally struct {
	seen                    map[string]bool
	alarms, planted, others int
	judged, back, lag       int
	odds, months            float64
	bins                    bins
}

// leastAfter is how many orders a customer must place after an alarm for its
// not buying the product to mean anything.
const leastAfter = 3

// reportRetail measures online_retail. Nobody knows what was dropped there, so
// that two things are asked: of the drops planted by leaving out what a customer
// bought of a product after a date, how many are found; and of what is called
// dropped beside those, how much came back while the customer went on ordering.
func reportRetail(out io.Writer) error {
	s, err := loadShop()
	if err != nil {
		return err
	}
	ends, all := s.planted(), shopRules()
	tallies := make([]tally, len(all))
	var days, gaps []night
	for asOf := sales.NewDate(2011, 6, 5); asOf <= retail.Through; asOf += every {
		snapshot := s.snapshot(asOf, ends)
		sheet := standing.Judge(snapshot, standing.DefaultRules())
		months := buyers(sheet) * every / daysPerMonth
		for i, r := range all {
			alarms, _ := r.find(snapshot, sheet)
			tallies[i].count(s, asOf, months, alarms, ends)
		}
		days = append(days, night{asOf, months, byDays.all(snapshot, sheet, leastHeld)})
		gaps = append(gaps, night{asOf, months, byGaps.all(snapshot, sheet, leastHeld)})
	}
	fmt.Fprintf(out, "\nonline_retail, %d drops planted\talarms\tper 1,000 and month\tplanted\tothers\tof them judged\tcame back\tprecision\trecall\tdays\tsaid\n", len(ends))
	for i, r := range all {
		tallies[i].report(out, r.name, len(ends))
	}
	s.reportMatched(out, byDays, days, tallies[likely].alarms, ends)
	s.reportMatched(out, byGaps, gaps, tallies[likely].alarms, ends)
	tallies[unsure].bins.report(out, "alarms at P(dropped) ≥ .5, planted or judged")
	return nil
}

// reportMatched shows a naive rule at as many alarms as the likely rule raises.
func (s *shop) reportMatched(out io.Writer, l late, nights []night, want int, ends map[string]sales.Date) {
	at := func(limit float64) tally {
		var t tally
		for _, n := range nights {
			t.count(s, n.asOf, n.months, above(n.pairs, limit), ends)
		}
		return t
	}
	limit := matched(want, func(limit float64) int { return at(limit).alarms })
	t := at(limit)
	t.report(out, fmt.Sprintf("%s, as many as ≥ .7: %.1f", l.name, limit), len(ends))
}

func (t *tally) report(out io.Writer, name string, planted int) {
	stayed := 1 - float64(t.back)/float64(max(1, t.judged))
	fmt.Fprintf(out, "%s\t%d\t%s\t%d\t%d\t%d\t%d\t%s\t%.2f\t%d\t%s\n", name, t.alarms, share(1000*float64(t.alarms), int(t.months)),
		t.planted, t.others, t.judged, t.back, share(float64(t.planted)+float64(t.others)*stayed, t.alarms),
		float64(t.planted)/float64(planted), t.lag/max(1, t.planted), said(t.odds, t.alarms))
}

// share is part ÷ whole, or a dash.
func share(part float64, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", part/float64(whole))
}

// count takes in the alarms of one as-of date. A pair counts once.
func (t *tally) count(s *shop, asOf sales.Date, months float64, alarms []alarm, ends map[string]sales.Date) {
	t.months += months
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	for _, a := range alarms {
		key := a.customer + " " + a.products[0]
		if t.seen[key] || a.switched {
			continue
		}
		t.seen[key] = true
		t.alarms++
		t.odds += a.odds
		if end, cut := ends[key]; cut && a.last < end && end <= asOf {
			t.planted++
			t.lag += int(asOf - end)
			t.bins.add(a.odds, true)
			continue
		}
		t.others++
		if orders, back := s.after(a, asOf); orders >= leastAfter {
			t.judged++
			t.bins.add(a.odds, !back)
			if back {
				t.back++
			}
		}
	}
}

// planted chooses drops: of a tenth of the pairs with five dates before a date in
// June to August 2011, of customers with five orders or more after it.
func (s *shop) planted() map[string]sales.Date {
	ends := map[string]sales.Date{}
	d := rand.New(rand.NewPCG(7, 7))
	for _, b := range s.buyers {
		for _, basket := range s.baskets[b.ID] {
			end := sales.NewDate(2011, 6, 1) + sales.Date(d.IntN(92))
			if d.Float64() >= .1 || len(before(basket, end).Days) < 5 || ordersAfter(b, end) < 5 {
				continue
			}
			if len(before(basket, end).Days) < len(basket.Days) { // it was bought afterwards, so that it had not ended before
				ends[b.ID+" "+basket.ProductID] = end
			}
		}
	}
	return ends
}

func ordersAfter(b retail.Buyer, date sales.Date) int {
	n := 0
	for _, d := range b.Days {
		if d.Date >= date && d.Net > 0 {
			n++
		}
	}
	return n
}

// after counts the customer's orders after a date, and says whether one held the
// product again.
func (s *shop) after(a alarm, asOf sales.Date) (orders int, back bool) {
	if i, ok := s.at[a.customer]; ok {
		orders = ordersAfter(s.buyers[i], asOf+1)
	}
	for _, b := range s.baskets[a.customer] {
		if slices.Contains(a.products, b.ProductID) && b.Days[len(b.Days)-1].Date > asOf {
			back = true
		}
	}
	return orders, back
}

// shop is the real shop as a reader of its database gives it at a date, and what
// was cut out of it.
type shop struct {
	buyers  []retail.Buyer
	at      map[string]int // place of each in buyers
	baskets map[string][]sales.Basket
}

func loadShop() (*shop, error) {
	invoices, err := retail.Invoices()
	if err != nil {
		return nil, err
	}
	baskets, err := retail.Baskets()
	s := &shop{buyers: retail.Nets(invoices), at: map[string]int{}, baskets: baskets}
	for i, b := range s.buyers {
		s.at[b.ID] = i
	}
	return s, err
}

// snapshot is the shop at the end of a date, without what ends says was not
// bought from a date on.
func (s *shop) snapshot(asOf sales.Date, ends map[string]sales.Date) *sales.Snapshot {
	snapshot := &sales.Snapshot{AsOf: asOf, DataThrough: asOf, HasProducts: true,
		Has: map[sales.Relation]bool{sales.OrderLines: true}}
	for _, b := range s.buyers {
		c := sales.Customer{ID: b.ID, Name: b.ID, Listed: true, Days: b.Days}
		for _, basket := range s.baskets[b.ID] {
			if end, cut := ends[b.ID+" "+basket.ProductID]; cut {
				basket = before(basket, end)
			}
			c.Baskets = append(c.Baskets, basket)
		}
		c = c.Through(asOf)
		c.Baskets = panel.Kept(c.Baskets)
		if len(c.Days) > 0 {
			snapshot.Customers = append(snapshot.Customers, c)
		}
	}
	return snapshot
}

// before is a basket without what was bought from a date on.
func before(b sales.Basket, end sales.Date) sales.Basket {
	n := 0
	for n < len(b.Days) && b.Days[n].Date < end {
		n++
	}
	return sales.Basket{ProductID: b.ProductID, Days: b.Days[:n]}
}
