package sample

import (
	"cmp"
	"math"
	"slices"
	"time"

	"dangol/internal/sales"
)

// order is a sales order, or a return with the goods that came back.
type order struct {
	number   int
	customer string // empty: NULL
	date     sales.Date
	noDate   bool // the database holds a zero date
	minute   int  // of the day in Seoul
	booked   sales.Date
	rep      string
	status   string
	returned bool
	lines    []line
}

// line is a product in an order. Amount is net of tax, in won.
type line struct {
	item     int
	quantity int
	amount   int64
}

// sell writes the orders of all customers, with what goes wrong now and then:
// cancelled orders and returns.
func (b *builder) sell() {
	for i, a := range b.accounts {
		d := b.dice("orders", i)
		for _, day := range b.buyingDays(a, d) {
			o := b.order(a, day, d)
			b.orders = append(b.orders, o)
			b.mishap(a, o, d)
		}
		b.cancelAfterLoss(a, d)
		b.sendBack(a)
	}
	slices.SortStableFunc(b.orders, func(x, y order) int {
		return cmp.Or(cmp.Compare(x.date, y.date), cmp.Compare(x.minute, y.minute))
	})
	for i := range b.orders {
		b.orders[i].number = 100_001 + i
	}
}

// buyingDays returns the dates of the customer's orders, newest first. They are
// drawn backwards, so that a planted last order is exactly where it was planted.
func (b *builder) buyingDays(a *account, d dice) []sales.Date {
	w := &walker{builder: b, account: a, dice: d}
	if a.silence.to != 0 {
		w.leg(a.last, a.stopped, a.silence.to)
		w.leg(a.silence.from, true, a.first)
		return w.days
	}
	w.leg(a.last, a.stopped, a.first)
	if a.trial {
		return w.days[max(0, len(w.days)-4):]
	}
	return w.days
}

// walker draws one customer's buying days.
type walker struct {
	*builder
	*account
	dice
	days []sales.Date
}

// leg draws the days from top back to bottom. Bottom is always one of them;
// top is when it is pinned, else the first is somewhere in the gap before it.
func (w *walker) leg(top sales.Date, pinned bool, bottom sales.Date) {
	day := top
	if !pinned {
		open := w.Float64() * min(w.erlang(w.shape, w.mean(top)), w.cap(top))
		day = w.place(top-sales.Date(open), bottom, top)
	}
	for day > bottom {
		w.days = append(w.days, day)
		day = w.before(day)
		if day < bottom+2 {
			break
		}
	}
	w.days = append(w.days, bottom)
}

// mean is the mean gap that leads to an order on d.
func (w *walker) mean(d sales.Date) float64 { return w.gap * w.slower.at(d) }

// cap is the longest gap that a customer with this habit leaves: no detector
// should call it lost for that.
func (w *walker) cap(d sales.Date) float64 {
	longest := 1.9 - .03*float64(w.shape-3)
	if w.slower.at(d) > 1 {
		longest = 1.3
	}
	return longest * w.mean(d)
}

// before draws the order before the one on d.
func (w *walker) before(d sales.Date) sales.Date {
	mean, longest := w.mean(d), w.cap(d)
	gap := w.erlang(w.shape, mean)
	if w.chance(.03) {
		gap += w.erlang(w.shape, mean) // an order was skipped
	}
	gap = min(max(gap, 2), longest)
	return w.place(w.prefer(d-sales.Date(math.Round(gap)), d), d-sales.Date(longest), d-1)
}

// prefer moves a date to the customer's weekday when it is near.
func (w *walker) prefer(day, next sales.Date) sales.Date {
	if !w.chance(.6) {
		return day
	}
	off := sales.Date(w.weekday-day.Weekday()+7) % 7
	if off > 3 {
		off -= 7
	}
	if off < -2 || off > 2 || day+off > next-3 {
		return day
	}
	return day + off
}

// place returns the open day nearest to day within [low, high], earlier days
// first; in the closed season, the last day of the season before.
func (w *walker) place(day, low, high sales.Date) sales.Date {
	if !w.season.open(day) {
		for !w.season.open(day) {
			day--
		}
		return w.openBefore(day - sales.Date(w.Float64()*w.gap))
	}
	day = max(day, low)
	for step := sales.Date(0); ; step++ {
		if w.opens(day-step) && day-step >= low {
			return day - step
		}
		if w.opens(day+step) && day+step <= high {
			return day + step
		}
		if step > 14 {
			return w.openBefore(day)
		}
	}
}

// openBefore returns the latest day on or before d on which the customer may order.
func (w *walker) openBefore(d sales.Date) sales.Date {
	for !w.opens(d) {
		d--
	}
	return d
}

func (w *walker) opens(d sales.Date) bool {
	if w.saturday && d.Weekday() == time.Saturday {
		return !w.calendar.Holidays[d] && w.season.open(d)
	}
	return w.calendar.Selling(d) && w.season.open(d)
}

// order fills an order of the customer on a day.
func (b *builder) order(a *account, day sales.Date, d dice) order {
	o := order{
		customer: a.id, date: day, minute: 420 + d.IntN(660), rep: b.people[a.owner(day)].id,
		status: "invoiced", booked: day,
	}
	if day > b.ago(3) {
		o.status = "confirmed"
	}
	if d.chance(.03) {
		o.booked = min(day+d.days(1, 3), b.AsOf)
	}
	size := d.around(a.cv) * a.smaller.at(day) * monthly(a.trade, day) * (1 + float64(day-b.AsOf)/365*.03)
	for _, k := range a.basket {
		if k.active(day) && d.chance(k.p) {
			o.lines = append(o.lines, b.dear(a, b.line(k, day, size), day))
		}
	}
	if len(o.lines) == 0 {
		o.lines = append(o.lines, b.dear(a, b.line(a.basket[0], day, size), day))
	}
	return o
}

func (b *builder) line(k pick, day sales.Date, size float64) line {
	q := int(max(1, math.Round(k.quantity*size)))
	return line{item: k.item, quantity: q, amount: int64(q) * b.price(k.item, day)}
}

// dear charges a customer what it has to pay since its own prices changed.
func (b *builder) dear(a *account, l line, day sales.Date) line {
	l.amount = int64(l.quantity) * int64(math.Round(float64(l.amount)/float64(l.quantity)*a.dearer.at(day)/10)) * 10
	return l
}

// monthly is the mild season of order sizes that a trade has.
func monthly(trade string, d sales.Date) float64 {
	swing := map[string]float64{"cafe": .10, "hotel": .15, "cold": .25, "bakery": -.08}[trade]
	_, m, _ := d.Time().Date()
	return 1 + swing*math.Cos(2*math.Pi*float64(m-7)/12)
}

// mishap follows an order with a cancelled twin or a return of some goods.
func (b *builder) mishap(a *account, o order, d dice) {
	switch {
	case d.chance(.02):
		twin := o
		twin.minute, twin.status = max(420, o.minute-30), "cancelled"
		b.orders = append(b.orders, twin)
	case d.chance(.015) && o.date+7 < b.AsOf:
		back := o
		back.date = b.sellingAfter(o.date + d.days(1, 6))
		back.rep, back.booked, back.returned, back.status = b.people[a.owner(back.date)].id, back.date, true, "invoiced"
		l := o.lines[0]
		q := 1 + d.IntN(l.quantity)
		back.lines = []line{{l.item, q, l.amount / int64(l.quantity) * int64(q)}}
		if back.date <= b.AsOf {
			b.orders = append(b.orders, back)
		}
	}
}

// cancelAfterLoss lets some lost customers order once more and cancel it: a
// query that counts cancelled orders would take them for living.
func (b *builder) cancelAfterLoss(a *account, d dice) {
	day := b.sellingAfter(a.last + 20)
	if a.plant != Lost || day > b.AsOf || !d.chance(.25) {
		return
	}
	o := b.order(a, day, d)
	o.status = "cancelled"
	b.orders = append(b.orders, o)
}
