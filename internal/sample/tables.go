package sample

import (
	"iter"
)

// tables lists the content of the database, in the order and with the columns
// of the schema files.
func (c *Company) tables() []table {
	return []table{
		{"staff", 8, c.staffRows()},
		{"item", 5, c.itemRows()},
		{"customer", 7, c.customerRows()},
		{"sales_order", 7, c.orderRows()},
		{"sales_order_line", 7, c.lineRows()},
		{"visit_log", 7, c.visitRows()},
		{"claim", 5, c.claimRows()},
		{"target", 5, c.targetRows()},
		{"leave_day", 2, c.leaveRows()},
	}
}

func (c *Company) staffRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, p := range c.people {
			department := "sales"
			if p.other {
				department = "warehouse"
			}
			row := []any{p.id, c.say(p.name), p.email, nullable(p.boss), department, p.level, date(p.hired), date(p.retired)}
			if !yield(row) {
				return
			}
		}
	}
}

func (c *Company) itemRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, it := range c.items {
			row := []any{it.code, c.say(it.name), c.say(categories[it.category]), int64(it.price), date(it.discontinued)}
			if !yield(row) {
				return
			}
		}
	}
}

var tradeNames = map[string]text{
	"restaurant": {"Restaurant", "음식점"},
	"cafe":       {"Cafe", "카페"},
	"bakery":     {"Bakery", "제과점"},
	"hotel":      {"Hotel", "호텔"},
	"canteen":    {"School canteen", "학교급식"},
	"mart":       {"Mart", "마트"},
	"pub":        {"Pub", "주점"},
	"cold":       {"Cold noodles and ice", "냉면과 빙과"},
}

func (c *Company) customerRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, a := range c.accounts {
			row := []any{
				a.id, c.say(a.name), c.people[a.ownerNow()].id, c.say(tradeNames[a.trade]), c.say(a.town),
				date(a.registered), 0,
			}
			if !yield(row) {
				return
			}
		}
		yield([]any{"C0000", "TEST", nil, nil, nil, date(c.AsOf - historyDays), 1})
	}
}

func (c *Company) orderRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, o := range c.orders {
			kind, at, booked := "sale", instant(o.date, o.minute), date(o.booked)
			if o.returned {
				kind = "return"
			}
			if o.noDate {
				at, booked = "0000-00-00 00:00:00", nil
			}
			if !yield([]any{o.number, nullable(o.customer), o.rep, at, booked, kind, o.status}) {
				return
			}
		}
	}
}

func (c *Company) lineRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, o := range c.orders {
			for i, l := range o.lines {
				row := []any{
					o.number, i + 1, c.items[l.item].code, l.quantity, l.amount / int64(l.quantity), l.amount, l.amount / 10,
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

func (c *Company) visitRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i, v := range c.visits {
			row := []any{i + 1, v.rep, nullable(v.customer), nullable(c.say(v.prospect)), date(v.date), v.kind, v.state}
			if !yield(row) {
				return
			}
		}
	}
}

func (c *Company) claimRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i, cl := range c.claims {
			if !yield([]any{i + 1, cl.customer, date(cl.received), date(cl.settled), cl.about}) {
				return
			}
		}
	}
}

func (c *Company) targetRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, t := range c.targets {
			if !yield([]any{t.rep, "sales", "month", date(t.month), t.amount}) {
				return
			}
		}
	}
}

// leaveRows is a row per day off, as the personnel office keeps it.
func (c *Company) leaveRows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, a := range c.absences {
			for d := a.from; d <= a.to; d++ {
				if c.calendar.Selling(d) && !yield([]any{c.people[a.rep].id, date(d)}) {
					return
				}
			}
		}
	}
}
