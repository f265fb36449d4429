package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/figures"
	"dangol/jobs/standing"
)

// changed is what one customer bought in a scope in two spans.
type changed struct {
	id                   string
	from, to             float64
	ordersFrom, ordersTo float64
	elsewhere            [2]float64 // bought from other reps in the spans
	crossSell, price     float64    // as if it were retained
}

// lookAt gathers the lines of two spans.
func (c *truth) lookAt(early, late sales.Span) {
	if c.early == early && c.late == late {
		return
	}
	c.exec("DROP TABLE IF EXISTS checked_span")
	c.exec(fmt.Sprintf(`
CREATE TABLE checked_span AS
SELECT customer_no, staff_no, item_code, day, quantity, net, CASE WHEN day >= '%s' THEN 0 ELSE 1 END AS early
FROM checked_line
WHERE day BETWEEN '%s' AND '%s' OR day BETWEEN '%[1]s' AND '%[4]s'`, late.From, early.From, early.To, late.To))
	c.early, c.late = early, late
}

// changes are the customers who bought anything in the scope in one of two spans.
func (c *truth) changes(scope string, from, to sales.Span) map[string]*changed {
	c.lookAt(from, to)
	found := map[string]*changed{}
	c.rows(5, func(row []string) {
		found[row[0]] = &changed{id: row[0], from: asNumber(row[1]), to: asNumber(row[2]), ordersFrom: asNumber(row[3]), ordersTo: asNumber(row[4])}
	}, `
SELECT customer_no, SUM(early * net), SUM((1 - early) * net),
       SUM(CASE WHEN early = 1 AND net > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN early = 0 AND net > 0 THEN 1 ELSE 0 END)
FROM (SELECT customer_no, day, early, SUM(net) AS net FROM checked_span WHERE `+by(scope)+` GROUP BY customer_no, day, early) d
GROUP BY customer_no`)
	c.rows(3, func(row []string) {
		if one := found[row[0]]; one != nil {
			one.elsewhere = [2]float64{asNumber(row[1]), asNumber(row[2])}
		}
	}, "SELECT customer_no, SUM(early * net), SUM((1 - early) * net) FROM checked_span WHERE NOT ("+by(scope)+") GROUP BY customer_no")
	c.rows(3, func(row []string) {
		found[row[0]].crossSell, found[row[0]].price = asNumber(row[1]), asNumber(row[2])
	}, `
SELECT p.customer_no,
       SUM(CASE WHEN l.day BETWEEN ? AND ? THEN net1 ELSE 0 END),
       SUM(CASE WHEN l.day BETWEEN ? AND ? OR qty0 <= 0 OR qty1 <= 0 OR net0 <= 0 OR net1 <= 0
                  OR net1 * qty0 > 3 * net0 * qty1 OR net0 * qty1 > 3 * net1 * qty0 THEN 0
                ELSE (net1 * 1.00000000 / qty1 - net0 * 1.00000000 / qty0) * (qty0 + qty1) / 2.0 END)
FROM (SELECT customer_no, item_code, SUM(early * net) AS net0, SUM((1 - early) * net) AS net1,
             SUM(early * quantity) AS qty0, SUM((1 - early) * quantity) AS qty1
      FROM checked_span WHERE `+by(scope)+` GROUP BY customer_no, item_code) p
LEFT JOIN checked_launch l ON l.customer_no = p.customer_no AND l.item_code = p.item_code
GROUP BY p.customer_no`, to.From, to.To, to.From, to.To)
	return found
}

func asNumber(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// classes are what the model says of the customers: taken from the sheet, since
// no SQL could.
type classes struct {
	stage map[string]standing.Stage
	back  map[string]bool // won back in the later span
}

func classesOf(ledger *figures.Ledger, to sales.Span) classes {
	k := classes{map[string]standing.Stage{}, map[string]bool{}}
	for _, s := range ledger.Sheet.Customers {
		k.stage[s.Customer.ID] = s.Stage
	}
	for _, w := range ledger.WonBack(figures.Company, to) {
		k.back[w.CustomerID] = true
	}
	return k
}

// parts splits the changes into the eight parts, by customer.
func (c *truth) parts(found map[string]*changed, k classes, to sales.Span) map[string]map[string]float64 {
	isNew := map[string]bool{}
	for _, id := range c.texts("SELECT customer_no FROM checked_first WHERE day BETWEEN ? AND ?", to.From, to.To) {
		isNew[id] = true
	}
	parts := map[string]map[string]float64{}
	put := func(part, id string, amount float64) {
		if parts[part] == nil {
			parts[part] = map[string]float64{}
		}
		if math.Abs(amount) > .00004 {
			parts[part][id] = amount
		}
	}
	for id, one := range found {
		delta := one.to - one.from
		left := one.ordersTo == 0 && one.elsewhere[1] > 0 // to another rep
		switch {
		case isNew[id]:
			put("new", id, delta)
		case k.back[id] && !left:
			put("won_back", id, delta)
		case k.stage[id] == standing.Lost && delta < 0 && !left:
			put("lost", id, delta)
		case k.stage[id] == standing.Declining && delta < 0 && !left:
			put("decline", id, delta)
		default:
			often := one.frequency()
			put("cross_sell", id, one.crossSell)
			put("price", id, one.price)
			put("frequency", id, often)
			put("size", id, delta-one.crossSell-one.price-often)
		}
	}
	return parts
}

// frequency is the part of more or fewer orders: their number times the mean of
// the two amounts of one.
func (one *changed) frequency() float64 {
	rest := one.to - one.from - one.crossSell - one.price
	if one.ordersFrom == 0 || one.ordersTo == 0 {
		return rest
	}
	return (one.ordersTo - one.ordersFrom) * (one.from/one.ordersFrom + (one.from+rest)/one.ordersTo) / 2
}

// moved is what changed its rep: the frequency of who bought nothing from the
// scope in one span and from others then.
func moved(found map[string]*changed, often map[string]float64) (in, out float64) {
	for id := range often {
		one := found[id]
		if one.ordersFrom == 0 && one.elsewhere[0] > 0 {
			in += often[id]
		}
		if one.ordersTo == 0 && one.elsewhere[1] > 0 {
			out += often[id]
		}
	}
	return in, out
}

// comparison checks one comparison of a scope in all its figures.
func (c *truth) comparison(t *testing.T, scope string, got finding.Comparison, k classes) {
	t.Helper()
	at := fmt.Sprintf("%s of %q", got.Against, scope)
	found := c.changes(scope, got.FromSpan, got.ToSpan)
	parts := c.parts(found, k, got.ToSpan)
	net := "SELECT SUM(net) FROM checked_line WHERE day BETWEEN ? AND ? AND " + by(scope)
	from, to := c.won(net, got.FromSpan.From, got.FromSpan.To), c.won(net, got.ToSpan.From, got.ToSpan.To)
	if got.From != from || got.LedgerFrom != from || got.To != to || got.LedgerTo != to {
		t.Errorf("%s: from %s (ledger %s), to %s (%s); want %s, %s", at, got.From, got.LedgerFrom, got.To, got.LedgerTo, from, to)
	}
	if got.Customers != len(found) {
		t.Errorf("%s: %d customers, want %d", at, got.Customers, len(found))
	}
	if known := c.oldest <= got.FromSpan.From; got.Known != known {
		t.Errorf("%s: known %v; the oldest order is of %s", at, got.Known, c.oldest)
	}
	sum := sales.Money(0)
	for _, part := range got.Parts() {
		sum += part.Amount
		want := total(parts[part.Name])
		exact := !slices.Contains([]string{"price", "frequency", "size"}, part.Name)
		if off := math.Abs(part.Amount.Float() - want); exact && off != 0 || off > .02 {
			t.Errorf("%s: %s %s, want %.4f", at, part.Name, part.Amount, want)
		}
		c.movers(t, at+": "+part.Name, got.Top[part.Name], parts[part.Name])
	}
	if sum != got.To-got.From || got.Decline > 0 || got.Lost > 0 {
		t.Errorf("%s: the parts sum to %s, want %s; decline %s, lost %s", at, sum, got.To-got.From, got.Decline, got.Lost)
	}
	in, out := moved(found, parts["frequency"])
	if scope != everybody && (math.Abs(got.MovedIn.Float()-in) > .02 || math.Abs(got.MovedOut.Float()-out) > .02) {
		t.Errorf("%s: moved in %s, out %s; want %.2f, %.2f", at, got.MovedIn, got.MovedOut, in, out)
	}
}

func total(of map[string]float64) float64 {
	sum := 0.0
	for _, id := range slices.Sorted(maps.Keys(of)) {
		sum += of[id]
	}
	return sum
}

// movers checks who moved a part most.
func (c *truth) movers(t *testing.T, at string, got []finding.Mover, of map[string]float64) {
	t.Helper()
	ids := slices.Collect(maps.Keys(of))
	slices.SortFunc(ids, func(a, b string) int {
		x, y := math.Abs(of[a]), math.Abs(of[b])
		if math.Abs(x-y) < .001 {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(y, x)
	})
	if len(got) != min(3, len(ids)) {
		t.Errorf("%s: %d movers, want %d of %d", at, len(got), min(3, len(ids)), len(ids))
		return
	}
	for i, m := range got {
		if m.CustomerID != ids[i] || math.Abs(m.Amount.Float()-of[ids[i]]) > .001 {
			t.Errorf("%s: mover %d is %s with %s, want %s with %.4f", at, i+1, m.CustomerID, m.Amount, ids[i], of[ids[i]])
		}
	}
}
