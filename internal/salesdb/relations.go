package salesdb

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dangol/internal/hint"
	"dangol/internal/sales"
)

// reading is one Read under way.
type reading struct {
	values
	source   *Source
	session  *session
	request  Request
	shapes   map[sales.Relation]shape
	snapshot *sales.Snapshot
	merged   map[string]string // id to the id a customer goes on as
}

// each hands every row of a relation to f; a relation the config does not give
// has none.
func (r *reading) each(ctx context.Context, relation sales.Relation, f func(row []sql.RawBytes) error) error {
	columns, ok := r.shapes[relation]
	if !ok {
		return nil
	}
	query := "SELECT " + r.source.selection(columns) + " FROM " + r.source.derived(relation)
	return r.session.each(ctx, relation, query, f)
}

// date reads an optional date of a row of the relation.
func (r *reading) date(relation sales.Relation, row []sql.RawBytes, column int) sales.Date {
	return r.optional(row[column], r.shapes[relation][column].kind)
}

// customerRows reads customers by id.
func (r *reading) customerRows(ctx context.Context) (map[string]sales.Customer, error) {
	var rows []sales.Customer
	err := r.each(ctx, sales.Customers, func(row []sql.RawBytes) error {
		if len(row[0]) == 0 {
			r.quality.BadRows++
			return nil
		}
		c := sales.Customer{
			ID:      r.text(row[0]),
			Name:    r.text(row[1]),
			RepID:   r.shared(row[2]),
			Segment: r.shared(row[3]),
			Created: r.date(sales.Customers, row, 4),
			Listed:  true,
		}
		rows = append(rows, c)
		return nil
	})
	rows = r.firstOfEach(rows)
	byID := make(map[string]sales.Customer, len(rows))
	for _, c := range rows {
		if strings.TrimSpace(c.Name) == "" {
			c.Name = c.ID
		}
		byID[c.ID] = c
	}
	return byID, err
}

// firstOfEach keeps one row for every customer id.
func (r *reading) firstOfEach(rows []sales.Customer) []sales.Customer {
	return firstByID(&r.quality, rows, func(c sales.Customer) string { return c.ID }, func(a, b sales.Customer) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.RepID, b.RepID), cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.Created, b.Created))
	})
}

// firstByID sorts rows by id and keeps the first of each. Rows of one id are
// ordered by all they hold: which one stays does not depend on the server.
func firstByID[T any](quality *sales.Quality, rows []T, id func(T) string, rest func(a, b T) int) []T {
	slices.SortFunc(rows, func(a, b T) int { return cmp.Or(cmp.Compare(id(a), id(b)), rest(a, b)) })
	kept := slices.CompactFunc(rows, func(a, b T) bool { return id(a) == id(b) })
	quality.DuplicateIDs += len(rows) - len(kept)
	return slices.Clip(kept)
}

func (r *reading) reps(ctx context.Context) error {
	var rows []sales.Rep
	err := r.each(ctx, sales.Reps, func(row []sql.RawBytes) error {
		if len(row[0]) == 0 {
			r.quality.BadRows++
			return nil
		}
		active, err := yes(row[6])
		if err != nil {
			return err
		}
		rows = append(rows, sales.Rep{
			ID:        r.text(row[0]),
			Name:      r.text(row[1]),
			Email:     r.text(row[2]),
			ManagerID: r.shared(row[3]),
			HiredOn:   r.date(sales.Reps, row, 4),
			Level:     r.shared(row[5]),
			Inactive:  !active,
		})
		return nil
	})
	r.snapshot.Reps = firstByID(&r.quality, rows, func(rep sales.Rep) string { return rep.ID }, compareReps)
	return err
}

// compareReps puts active rows first, then orders by all fields.
func compareReps(a, b sales.Rep) int {
	return cmp.Or(compareBool(a.Inactive, b.Inactive), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Email, b.Email),
		cmp.Compare(a.ManagerID, b.ManagerID), cmp.Compare(a.HiredOn, b.HiredOn), cmp.Compare(a.Level, b.Level))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (r *reading) products(ctx context.Context) error {
	var rows []sales.Product
	err := r.each(ctx, sales.Products, func(row []sql.RawBytes) error {
		if len(row[0]) == 0 {
			r.quality.BadRows++
			return nil
		}
		rows = append(rows, sales.Product{
			ID:             r.text(row[0]),
			Name:           r.text(row[1]),
			Category:       r.shared(row[2]),
			DiscontinuedOn: r.date(sales.Products, row, 3),
		})
		return nil
	})
	r.snapshot.Products = firstByID(&r.quality, rows, func(p sales.Product) string { return p.ID }, func(a, b sales.Product) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Category, b.Category), cmp.Compare(a.DiscontinuedOn, b.DiscontinuedOn))
	})
	return err
}

// plainWord reads a word that columns write in many ways.
func plainWord(raw sql.RawBytes) string { return strings.ToLower(strings.TrimSpace(string(raw))) }

// quotas reads the quotas relation. A quota without starts_on always holds; one
// without a rep, a known metric and period or a readable target is of no use.
func (r *reading) quotas(ctx context.Context) error {
	list := &r.snapshot.Quotas
	err := r.each(ctx, sales.Quotas, func(row []sql.RawBytes) error {
		target, err := strconv.ParseFloat(string(row[4]), 64)
		starts := r.date(sales.Quotas, row, 3)
		q := sales.Quota{RepID: r.shared(row[0]), Metric: plainWord(row[1]), Period: plainWord(row[2]), StartsOn: starts, Target: target}
		if err != nil || !q.Usable() || starts == 0 && len(row[3]) > 0 {
			r.quality.BadRows++
			return nil
		}
		*list = append(*list, q)
		return nil
	})
	slices.SortFunc(*list, func(a, b sales.Quota) int {
		return cmp.Or(cmp.Compare(a.RepID, b.RepID), cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Period, b.Period),
			cmp.Compare(a.StartsOn, b.StartsOn), cmp.Compare(a.Target, b.Target))
	})
	return err
}

// visits reads the visits to their customers, to strangers, and those planned.
func (r *reading) visits(ctx context.Context) error {
	err := r.each(ctx, sales.Visits, func(row []sql.RawBytes) error {
		date := r.date(sales.Visits, row, 3)
		if date == 0 {
			r.quality.BadRows++
			return nil
		}
		visit := sales.Visit{Date: date, RepID: r.shared(row[1]), Kind: r.shared(row[4]), CustomerID: r.customerID(row[2])}
		customer := r.snapshot.Customer(visit.CustomerID)
		switch {
		case date > r.request.AsOf:
			r.snapshot.Planned = append(r.snapshot.Planned, visit)
		case customer == nil:
			r.snapshot.Strangers = append(r.snapshot.Strangers, visit)
		default:
			customer.Visits = append(customer.Visits, visit)
		}
		return nil
	})
	slices.SortFunc(r.snapshot.Strangers, compareVisits)
	slices.SortFunc(r.snapshot.Planned, compareVisits)
	for i := range r.snapshot.Customers {
		slices.SortFunc(r.snapshot.Customers[i].Visits, compareVisits)
	}
	return err
}

func compareVisits(a, b sales.Visit) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.RepID, b.RepID), cmp.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.Kind, b.Kind))
}

// customerID reads an id and leads it to the customer it was merged into.
func (r *reading) customerID(raw sql.RawBytes) string {
	id := r.shared(raw)
	if to, ok := r.merged[id]; ok {
		return to
	}
	return id
}

// complaints reads those opened by the as-of date; one closed later is open.
func (r *reading) complaints(ctx context.Context) error {
	err := r.each(ctx, sales.Complaints, func(row []sql.RawBytes) error {
		opened, closed := r.date(sales.Complaints, row, 2), r.date(sales.Complaints, row, 3)
		customer := r.snapshot.Customer(r.customerID(row[1]))
		switch {
		case opened > r.request.AsOf:
			return nil
		case opened == 0 || customer == nil:
			r.quality.BadRows++
			return nil
		case closed > r.request.AsOf:
			closed = 0
		}
		customer.Complaints = append(customer.Complaints, sales.Complaint{Opened: opened, Closed: closed})
		return nil
	})
	for i := range r.snapshot.Customers {
		slices.SortFunc(r.snapshot.Customers[i].Complaints, func(a, b sales.Complaint) int {
			return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.Closed, b.Closed))
		})
	}
	return err
}

// errNoAsOf is a fault of the caller.
var errNoAsOf = hint.With(fmt.Errorf("no as-of date to read up to"), "pass --as-of YYYY-MM-DD")
