package salesdb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sort"

	"dangol/internal/sales"
)

// Read reads one consistent snapshot, cut at the end of the as-of date. What is
// dated later is unknown: it appears nowhere but in Snapshot.Planned and, when
// later than today, in Quality.FutureDates. Everything is in a fixed order, ids
// bytewise, whatever order the server returns it in.
//
// A customer created after the as-of date and without an order by then is not
// known yet. On any error there is no snapshot.
func (s *Source) Read(ctx context.Context, request Request) (*sales.Snapshot, error) {
	if request.AsOf <= 0 {
		return nil, errNoAsOf
	}
	session, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer session.end(ctx)
	shapes, err := s.probe(ctx, session)
	if err != nil {
		return nil, err
	}
	r := &reading{values: newValues(s.zones), source: s, session: session, request: request, shapes: shapes}
	r.snapshot = &sales.Snapshot{AsOf: request.AsOf, Spans: request.Spans, Has: make(map[sales.Relation]bool)}
	for relation := range shapes {
		r.snapshot.Has[relation] = true
	}
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	r.snapshot.Quality = r.quality
	return r.snapshot, nil
}

// all reads one relation after the other; visits and complaints need to know
// the customers.
func (r *reading) all(ctx context.Context) error {
	for _, read := range []func(context.Context) error{r.customers, r.reps, r.products, r.quotas, r.visits, r.complaints} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	r.pauses()
	return nil
}

// pauses gives the customers their noted pauses, those of merged ones to whom
// they became. A pause of a customer that is not known is of no use.
func (r *reading) pauses() {
	for id, noted := range r.source.pauses {
		if customer := r.snapshot.Customer(cmp.Or(r.merged[id], id)); customer != nil {
			customer.Pauses = append(customer.Pauses, noted...)
		}
	}
	for id, seasons := range r.source.learned.Seasons {
		customer := r.snapshot.Customer(cmp.Or(r.merged[id], id))
		for _, since := range seasons {
			if customer != nil {
				customer.Pauses = append(customer.Pauses, seasonPauses(since, customer.Days)...)
			}
		}
	}
	for i := range r.snapshot.Customers {
		slices.SortFunc(r.snapshot.Customers[i].Pauses, func(a, b sales.Pause) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Why, b.Why))
		})
	}
}

// customers reads rows and order lines and joins them by id.
func (r *reading) customers(ctx context.Context) error {
	rows, err := r.customerRows(ctx)
	if err != nil {
		return err
	}
	lines, err := r.source.readLines(ctx, r.session, r.request, r.shapes[sales.OrderLines])
	if err != nil {
		return err
	}
	r.addLineQuality(lines.quality)
	r.snapshot.DataThrough, r.snapshot.HasSellers = lines.through, lines.hasSellers
	r.snapshot.BadAmount, r.snapshot.HasProducts = lines.badAmount, lines.products
	r.merged = mergedWith(r.source.merged, r.source.learned.MergedInto, rows)
	merge(r.merged, rows, lines.histories)
	r.join(rows, lines.histories)
	r.stray()
	return nil
}

// stray leaves out what is dated before the books begin: one such date makes a gap
// of years in a customer's habit, in which no silence is ever long.
func (r *reading) stray() {
	began := r.snapshot.Began()
	for i := range r.snapshot.Customers {
		c := &r.snapshot.Customers[i]
		if len(c.Days) == 0 || c.Days[0].Date >= began {
			continue
		}
		n := sort.Search(len(c.Days), func(i int) bool { return c.Days[i].Date >= began })
		r.quality.StrayDates += n
		c.Days = c.Days[n:]
		c.Splits = slices.DeleteFunc(c.Splits, func(s sales.Credit) bool { return s.Date < began })
		for b := range c.Baskets {
			c.Baskets[b].Days = slices.DeleteFunc(c.Baskets[b].Days, func(p sales.Purchase) bool { return p.Date < began })
		}
	}
}

// addLineQuality adds what the order lines counted to the whole.
func (r *reading) addLineQuality(q sales.Quality) {
	r.quality.OrderLines = q.OrderLines
	r.quality.NullCustomer = q.NullCustomer
	r.quality.ZeroDates = q.ZeroDates
	r.quality.FutureDates = q.FutureDates
	r.quality.BadAmounts = q.BadAmounts
	r.quality.DuplicateLines = q.DuplicateLines
	r.quality.InvalidUTF8 += q.InvalidUTF8
}

// join gives every customer its history. Who ordered without a row is kept
// under the id; who was created later and has not ordered is not known yet.
func (r *reading) join(rows map[string]sales.Customer, histories map[string]*history) {
	for id := range histories {
		if _, ok := rows[id]; !ok {
			r.quality.OrphanOrders++
			rows[id] = sales.Customer{ID: id, Name: id}
		}
	}
	list := make([]sales.Customer, 0, len(rows))
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		customer := rows[id]
		h := histories[id]
		if h == nil && customer.Created > r.request.AsOf {
			continue
		}
		if h != nil {
			customer.Days, customer.Sellers, customer.Splits = h.days, h.sellers, h.splits
			customer.Turnover = h.sold
			customer.Baskets, customer.Unread = h.baskets, h.unread
		}
		list = append(list, customer)
	}
	r.snapshot.Customers = list
}
