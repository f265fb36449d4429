package panel

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"dangol/internal/sales"
)

// Fate says what became of a product that a customer bought, or of a product.
type Fate string

// The fates that are planted. Everything else in the panel goes on as it was.
const (
	DroppedProduct  Fate = "dropped_product"  // one product of a customer's
	DroppedCategory Fate = "dropped_category" // all that a customer bought of a category
	SwitchedProduct Fate = "switched_product" // another product of the category took its place
	LostProduct     Fate = "lost_product"     // about two thirds of a product's buyers stopped within two months
	EndedProduct    Fate = "ended_product"    // a product was discontinued
)

// Planted is one planted fate.
type Planted struct {
	Fate       Fate
	CustomerID string     // empty for a fate of the product itself
	Products   []string   // ids, ascending
	From       sales.Date // the first date without them
}

// BasketSpec says which panel to invent. The zero value of a field is its default.
type BasketSpec struct {
	Seed      uint64
	Customers int        // default 600
	Weeks     int        // of history; default 156
	End       sales.Date // the last date; default 2026-06-28
	Restless  float64    // how many habits come in bursts, pause, fade, or end in stock-ups; default 1, the most 8
}

func (s BasketSpec) filled() BasketSpec {
	s.Customers = cmp.Or(s.Customers, 600)
	s.Weeks = cmp.Or(s.Weeks, 156)
	s.End = cmp.Or(s.End, sales.NewDate(2026, 6, 28))
	s.Restless = cmp.Or(s.Restless, 1)
	return s
}

// Shop is a panel of customers with what they buy, and the truth about it.
type Shop struct {
	From, Through sales.Date
	Products      []sales.Product // ascending by ID; DiscontinuedOn is filled
	Planted       []Planted
	customers     []shopper
}

// goods is a product as the panel sells it.
type goods struct {
	popular float64 // how often a buyer's orders hold it, on average
	swing   float64 // yearly amplitude of that, 0 for most
	peak    float64 // day of the year
	summer  bool    // is bought in five months of the year only
}

const (
	categories  = 16
	perCategory = 9
)

// NewShop invents the panel: customers who order at an Erlang-3 rhythm of 5 to
// 30 days and buy 3 to 18 products each. Most of these are in an order with a
// fixed chance, a quarter in every so many-th order, one in twenty in bursts; some
// are taken up late, paused for weeks, bought less and less, or bought by season;
// amounts scatter, returns and stock-ups occur. The same spec gives the same panel.
func NewShop(spec BasketSpec) *Shop {
	spec = spec.filled()
	shop := &Shop{From: spec.End - sales.Date(7*spec.Weeks) + 1, Through: spec.End}
	stock := shop.stock(spec)
	for i := range spec.Customers {
		s := newShopper(dice(spec.Seed, "shopper", i), i, spec, stock)
		for year := range (spec.Weeks + 51) / 52 {
			s.plant(dice(spec.Seed, fmt.Sprint("fate of year ", year), i), spec.End-sales.Date(364*year), shop, stock)
		}
		shop.customers = append(shop.customers, s)
	}
	shop.endProducts(spec)
	for i := range shop.customers {
		shop.customers[i].shopAround(dice(spec.Seed, "lines", i), stock)
	}
	return shop
}

// stock invents the products.
func (shop *Shop) stock(spec BasketSpec) []goods {
	d := dice(spec.Seed, "stock", 0)
	stock := make([]goods, categories*perCategory)
	for i := range stock {
		stock[i].popular = between(d, .1, .8)
		if d.Float64() < .2 {
			stock[i].swing, stock[i].peak = between(d, .4, .9), between(d, 0, 365)
		}
		stock[i].summer = d.Float64() < .03
		shop.Products = append(shop.Products, sales.Product{
			ID: productID(i), Name: "Product " + productID(i), Category: fmt.Sprintf("category %02d", i/perCategory),
		})
	}
	return stock
}

func productID(i int) string { return fmt.Sprintf("P%03d", i) }

// season is how the day of the year changes the chance of a product.
func (g goods) season(date sales.Date) float64 {
	day := float64(date.Time().YearDay())
	if g.summer && (day < 120 || day > 270) {
		return 0
	}
	return 1 + g.swing*math.Cos(2*math.Pi*(day-g.peak)/365.25)
}

// manner is how a product finds its way into orders.
type manner int

const (
	steadily manner = iota // each order with a fixed chance
	inTurn                 // every so many-th order
	inBursts               // some orders in a row, then none for some
)

// habit is one customer's habit with one product.
type habit struct {
	product       int
	chance        float64 // share of orders that hold it
	amount        float64 // usual amount
	manner        manner
	from, until   sales.Date // bought in [from, until); until 0: to the end
	pause, resume sales.Date // not bought in [pause, resume)
	fades         sales.Date // from then on ever less, down to a third; 0: never
	bought        []sales.Purchase
}

// shopper is one customer.
type shopper struct {
	id     string
	orders []sales.Date
	habits []habit
	left   sales.Date // ordered nothing from then on; 0: never left
}

func newShopper(d *rand.Rand, at int, spec BasketSpec, stock []goods) shopper {
	s := shopper{id: fmt.Sprintf("K%04d", at)}
	start := spec.End - sales.Date(7*spec.Weeks) + 1
	first := start + sales.Date(between(d, 0, 30))
	if d.Float64() < .3 {
		first += sales.Date(between(d, 0, float64(7*spec.Weeks-400)))
	}
	if d.Float64() < .06 {
		s.left = spec.End - sales.Date(between(d, 0, 500))
	}
	gap := math.Exp(between(d, math.Log(5), math.Log(30)))
	for date := float64(first); sales.Date(date) <= spec.End; date += max(1, erlang3(d)*gap) {
		if s.left == 0 || sales.Date(date) < s.left {
			s.orders = append(s.orders, sales.Date(date))
		}
	}
	s.habits = newHabits(d, first, spec, stock)
	return s
}

// erlang3 is a waiting time of mean 1.
func erlang3(d *rand.Rand) float64 { return (d.ExpFloat64() + d.ExpFloat64() + d.ExpFloat64()) / 3 }

// newHabits draws 3 to 18 products out of 3 to 6 categories.
func newHabits(d *rand.Rand, first sales.Date, spec BasketSpec, stock []goods) []habit {
	var habits []habit
	for _, category := range d.Perm(categories)[:3+d.IntN(4)] {
		for _, k := range d.Perm(perCategory)[:1+d.IntN(3)] {
			product := category*perCategory + k
			h := habit{product: product, from: first, manner: newManner(d.Float64(), spec)}
			h.chance = clampChance(stock[product].popular * math.Exp(.5*d.NormFloat64()))
			h.amount = 100 * math.Exp(.8*d.NormFloat64())
			h.live(d, spec)
			habits = append(habits, h)
		}
	}
	return habits
}

func newManner(draw float64, spec BasketSpec) manner {
	switch {
	case draw < .05*spec.Restless:
		return inBursts
	case draw < .05*spec.Restless+.25:
		return inTurn
	}
	return steadily
}

func clampChance(p float64) float64 { return min(max(p, .04), .97) }

// live gives a habit what happens to habits that nobody ended.
func (h *habit) live(d *rand.Rand, spec BasketSpec) {
	span := float64(spec.End - h.from)
	if d.Float64() < .35 {
		h.from += sales.Date(between(d, 0, .7*span))
	}
	if d.Float64() < .03*spec.Restless {
		h.pause = h.from + sales.Date(between(d, 0, span))
		h.resume = h.pause + sales.Date(between(d, 40, 100))
	}
	if d.Float64() < .03*spec.Restless {
		h.fades = h.from + sales.Date(between(d, 0, span))
	}
}

// at is the chance of the product in an order on a date.
func (h *habit) at(date sales.Date, g goods) float64 {
	switch {
	case date < h.from, h.until != 0 && date >= h.until, date >= h.pause && date < h.resume:
		return 0
	}
	p := h.chance * g.season(date)
	if h.fades != 0 && date > h.fades {
		p *= max(1./3, 1-float64(date-h.fades)/270)
	}
	return min(p, .98)
}

// shopAround fills the orders.
func (s *shopper) shopAround(d *rand.Rand, stock []goods) {
	for i := range s.habits {
		s.habits[i].buy(d, s.orders, stock[s.habits[i].product])
	}
}

// buy draws which orders hold the product, how much, and what comes back.
func (h *habit) buy(d *rand.Rand, orders []sales.Date, g goods) {
	due, on := 0., d.Float64() < .5
	skip := sales.Date(0)
	for _, date := range orders {
		p := h.at(date, g)
		holds := d.Float64() < p
		switch h.manner {
		case inTurn: // due rises by the chance, the threshold scatters around 1
			if due += p; due >= 1+.25*d.NormFloat64() {
				due, holds = max(0, due-1), p > 0
			} else {
				holds = false
			}
		case inBursts: // on for 6 orders, off for 6: the chance doubles while on
			if d.Float64() < 1./6 {
				on = !on
			}
			holds = on && d.Float64() < min(.97, 2*p)
		}
		if !holds || date < skip {
			continue
		}
		amount := h.amount * math.Exp(.4*d.NormFloat64())
		if d.Float64() < .005 {
			amount *= 7
			skip = date + 60
		}
		h.bought = append(h.bought, sales.Purchase{Date: date, Quantity: 1, Net: sales.MoneyFromFloat(amount)})
		if d.Float64() < .015 {
			h.bought = append(h.bought, sales.Purchase{Date: date + 1, Quantity: -1, Net: -sales.MoneyFromFloat(amount * d.Float64())})
		}
	}
}

// Snapshot is the panel as a reader of the sales database gives it at a date:
// what it keeps of a customer is bounded as there. What was discontinued later is
// not known to be.
func (shop *Shop) Snapshot(asOf sales.Date) *sales.Snapshot {
	snapshot := &sales.Snapshot{AsOf: asOf, HasProducts: true, Has: map[sales.Relation]bool{sales.OrderLines: true, sales.Products: true}}
	for _, p := range shop.Products {
		if p.DiscontinuedOn > asOf {
			p.DiscontinuedOn = 0
		}
		snapshot.Products = append(snapshot.Products, p)
	}
	for i := range shop.customers {
		c := shop.customers[i].customer(asOf)
		if n := len(c.Days); n > 0 {
			snapshot.DataThrough = max(snapshot.DataThrough, c.Days[n-1].Date)
			snapshot.Customers = append(snapshot.Customers, c)
		}
	}
	return snapshot
}

// customer adds up what is known at a date.
func (s *shopper) customer(asOf sales.Date) sales.Customer {
	c := sales.Customer{ID: s.id, Name: "Customer " + s.id, Listed: true}
	nets := map[sales.Date]sales.Money{}
	for _, date := range s.orders {
		if date <= asOf {
			nets[date] += sales.MoneyUnit // carriage: an order may hold none of the habits
		}
	}
	for i := range s.habits {
		b := sales.Basket{ProductID: productID(s.habits[i].product)}
		for _, p := range s.habits[i].bought {
			if p.Date <= asOf {
				nets[p.Date] += p.Net
				b.Days = append(b.Days, p)
			}
		}
		c.Baskets = append(c.Baskets, b)
	}
	for date, net := range nets {
		c.Days = append(c.Days, sales.Day{Date: date, Net: net})
	}
	slices.SortFunc(c.Days, func(a, b sales.Day) int { return cmp.Compare(a.Date, b.Date) })
	c.Baskets = Kept(c.Baskets)
	return c
}

// Kept bounds baskets as the reader of the sales database does: the products
// bought on enough dates, of these the largest, and the latest dates of each.
func Kept(baskets []sales.Basket) []sales.Basket {
	worth := func(b sales.Basket) (sum sales.Money) {
		for _, d := range b.Days {
			sum += d.Net
		}
		return sum
	}
	kept := slices.DeleteFunc(slices.Clone(baskets), func(b sales.Basket) bool { return len(b.Days) < sales.LeastPurchases })
	for i := range kept {
		kept[i].Days = kept[i].Days[max(0, len(kept[i].Days)-sales.MostPurchases):]
	}
	slices.SortFunc(kept, func(a, b sales.Basket) int {
		return cmp.Or(cmp.Compare(worth(b), worth(a)), cmp.Compare(a.ProductID, b.ProductID))
	})
	kept = kept[:min(len(kept), sales.MostBaskets)]
	slices.SortFunc(kept, func(a, b sales.Basket) int { return cmp.Compare(a.ProductID, b.ProductID) })
	return kept
}
