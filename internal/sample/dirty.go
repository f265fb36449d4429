package sample

import "dangol/internal/sales"

// strangerID is a customer number that orders carry and no customer row has.
const strangerID = "C9999"

// badName is a name whose bytes are EUC-KR in a column that holds UTF-8, as old
// imports leave them behind.
var badName = text{"\xc7\xd1\xb0\xad Import", "\xc7\xd1\xb0\xad 상사"}

// spoil adds the rows that every real database has and no report expects, and
// counts them in Expected.
func (b *builder) spoil() {
	b.duplicateLines(3)
	b.strayOrders()
	b.accounts[len(b.accounts)/2].name = badName
	b.Expected.InvalidUTF8 = 1
	for i := range b.orders {
		b.orders[i].number = 100_001 + i
		if o := b.orders[i]; o.status != "cancelled" && o.date <= b.AsOf {
			b.Expected.OrderLines += len(b.orders[i].lines)
		}
	}
}

// duplicateLines repeats the first line of a few orders inside the same order.
func (b *builder) duplicateLines(n int) {
	for i := range n {
		at := len(b.orders) * (i + 1) / (n + 2)
		for b.orders[at].status == "cancelled" || b.orders[at].returned {
			at++
		}
		o := &b.orders[at]
		o.lines = append(o.lines[:len(o.lines):len(o.lines)], o.lines[0])
		b.Expected.DuplicateLines++
	}
}

// strayOrders adds orders without a date, without a customer, of a customer
// that nobody entered, and one whose year was mistyped.
func (b *builder) strayOrders() {
	stray := func(customer string, day sales.Date, lines int) *order {
		o := order{customer: customer, date: day, booked: day, minute: 600, rep: b.people[0].id, status: "invoiced"}
		for i := range lines {
			o.lines = append(o.lines, line{i, 1 + i, int64(1+i) * b.price(i, day)})
		}
		b.orders = append(b.orders, o)
		return &b.orders[len(b.orders)-1]
	}
	day := func(ago int) sales.Date { return b.sellingBefore(b.ago(ago)) }
	known := b.accounts[0].id
	stray(known, day(300), 2).noDate = true
	stray(known, day(40), 1).noDate = true
	stray("", day(200), 2)
	stray("", day(25), 1)
	stray(strangerID, day(120), 1)
	stray(strangerID, day(90), 2)
	stray(known, b.AsOf+3650, 1)
	b.Expected.ZeroDates, b.Expected.NullCustomer = 3, 3
	b.Expected.OrphanOrders, b.Expected.FutureDates = 1, 1
}
