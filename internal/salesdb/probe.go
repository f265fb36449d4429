package salesdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dangol/internal/hint"
	"dangol/internal/sales"
)

// column is one column of a relation as the server returns it.
type column struct {
	name string
	kind dateKind // of date columns
}

// shape is how a relation's query is read: the canonical columns in their order.
type shape []column

// dateColumns are the canonical columns that hold dates.
var dateColumns = []string{"ordered_at", "created_at", "hired_on", "discontinued_on", "visited_at", "starts_on", "opened_at", "closed_at"}

// probe checks the columns of every query without reading a row. All queries
// are tried, so that one run names every fault.
func (s *Source) probe(ctx context.Context, session *session) (map[sales.Relation]shape, error) {
	shapes := make(map[sales.Relation]shape, len(s.queries))
	var problems []error
	for _, relation := range relations {
		if _, ok := s.queries[relation]; !ok {
			continue
		}
		shape, err := session.shape(ctx, relation)
		if ctx.Err() != nil || err != nil && lost(err) {
			return nil, err
		}
		if err != nil {
			problems = append(problems, err)
		}
		shapes[relation] = shape
	}
	return shapes, errors.Join(problems...)
}

// shape learns the columns of one relation's query.
func (s *session) shape(ctx context.Context, relation sales.Relation) (shape, error) {
	limited, cancel := context.WithTimeoutCause(ctx, s.timeout, errTimeLimit)
	defer cancel()
	names, types, err := s.describe(limited, "SELECT * FROM "+s.source.derived(relation)+" LIMIT 0")
	if limited.Err() != nil {
		s.kill(ctx)
	}
	if err != nil {
		return nil, s.source.explain(limited, relation, err)
	}
	if err := checkColumns(relation, names); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", relation, err)
	}
	return shapeOf(relation, names, types)
}

func (s *session) describe(ctx context.Context, query string) (names, types []string, err error) {
	rows, err := s.conn.QueryxContext(ctx, query)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return nil, nil, err
	}
	for _, column := range columns {
		names = append(names, column.Name())
		types = append(types, column.DatabaseTypeName())
	}
	rows.Next()
	return names, types, errors.Join(rows.Err(), rows.Close())
}

// derived wraps a relation's query as a derived table. The line break keeps a
// comment at the query's end from swallowing the parenthesis.
func (s *Source) derived(relation sales.Relation) string {
	return "(\n" + s.queries[relation] + "\n) AS " + string(relation)
}

// checkColumns compares what a query returns with what the relation is made of.
// Letter case does not matter, as it does not in SQL.
func checkColumns(relation sales.Relation, returned []string) error {
	lower := make([]string, len(returned))
	for i, name := range returned {
		lower[i] = strings.ToLower(name)
	}
	wanted := columnsOf[relation]
	missing, extra := without(wanted, lower), without(lower, wanted)
	switch {
	case len(missing) > 0 && len(extra) > 0:
		return hint.With(fmt.Errorf("column %s missing; the query returns %s", strings.Join(missing, ", "), strings.Join(returned, ", ")),
			"name the columns in sales.queries.%s with AS: is %s the %s? What the database lacks is NULL AS %s", relation, extra[0], missing[0], missing[0])
	case len(missing) > 0:
		return hint.With(fmt.Errorf("column %s missing; the query returns %s", strings.Join(missing, ", "), strings.Join(returned, ", ")),
			"add it to sales.queries.%s; where the database has none: NULL AS %s", relation, missing[0])
	case len(extra) > 0 || len(returned) != len(wanted):
		return hint.With(fmt.Errorf("column %s not asked for; the query returns %s", strings.Join(extra, ", "), strings.Join(returned, ", ")),
			"leave exactly these in sales.queries.%s: %s", relation, strings.Join(wanted, ", "))
	}
	return nil
}

// without returns the names of list that are not in other.
func without(list, other []string) []string {
	var left []string
	for _, name := range list {
		if !slices.Contains(other, name) {
			left = append(left, name)
		}
	}
	return left
}

// shapeOf puts the canonical columns in order and learns the kinds of dates.
func shapeOf(relation sales.Relation, names, types []string) (shape, error) {
	var columns shape
	for _, name := range columnsOf[relation] {
		column := column{name: name}
		at := slices.IndexFunc(names, func(returned string) bool { return strings.EqualFold(returned, name) })
		if slices.Contains(dateColumns, name) {
			kind, ok := kindOf(types[at])
			if !ok {
				return nil, hint.With(fmt.Errorf("cannot read %s: column %s is %s, not a date", relation, name, types[at]),
					"return a date from sales.queries.%s: FROM_UNIXTIME(…) of seconds since 1970, CAST(… AS CHAR) of a number such as 20260131", relation)
			}
			column.kind = kind
		}
		columns = append(columns, column)
	}
	return columns, nil
}

// selection is the select list of a relation: its canonical columns by name.
func (s *Source) selection(columns shape) string {
	list := make([]string, len(columns))
	for i, column := range columns {
		list[i] = column.name
		if slices.Contains(dateColumns, column.name) {
			list[i] = s.dialect.date(column.name)
		}
	}
	return strings.Join(list, ", ")
}
