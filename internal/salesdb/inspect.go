package salesdb

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"dangol/internal/sales"
)

// This file and its neighbours inspect*.go look at a database before the first
// run: what the account may do, what the queries return, how the server will
// answer them. They state facts; the caller says which of them are faults.

// Place returns address and name of the database, without user and password.
func (s *Source) Place() string {
	if s.place.name == "" {
		return s.place.address
	}
	return s.place.address + "/" + s.place.name
}

// Account returns the user of the DSN; empty on SQLite.
func (s *Source) Account() string { return s.place.user }

// Only returns a source that knows no relation but the given ones, so that one
// broken query does not keep the others from being read. It shares the
// connections; close the original alone.
func (s *Source) Only(keep ...sales.Relation) *Source {
	narrow := *s
	narrow.queries = make(map[sales.Relation]string, len(keep))
	for _, relation := range keep {
		if query, ok := s.queries[relation]; ok {
			narrow.queries[relation] = query
		}
	}
	return &narrow
}

// Outline is what the query of one relation returns: its columns with the
// server's types, or the error that it ends in.
type Outline struct {
	Relation sales.Relation
	Columns  []string // in canonical order
	Types    []string // of the columns, as the server names them
	Err      error
}

// Outlines looks at every query the config gives, without reading a row. An
// error of its own means that the connection failed; what is wrong with one
// query is in its outline.
func (s *Source) Outlines(ctx context.Context) ([]Outline, error) {
	session, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer session.end(ctx)
	var list []Outline
	for _, relation := range relations {
		if _, ok := s.queries[relation]; !ok {
			continue
		}
		outline := session.outline(ctx, relation)
		if ctx.Err() != nil || lost(outline.Err) {
			return list, outline.Err
		}
		list = append(list, outline)
	}
	return list, nil
}

func (s *session) outline(ctx context.Context, relation sales.Relation) Outline {
	o := Outline{Relation: relation}
	if _, o.Err = s.shape(ctx, relation); o.Err != nil {
		return o
	}
	limited, cancel := context.WithTimeoutCause(ctx, s.timeout, errTimeLimit)
	defer cancel()
	names, types, err := s.describe(limited, "SELECT * FROM "+s.source.derived(relation)+" LIMIT 0")
	if err != nil {
		o.Err = s.source.explain(limited, relation, err)
		return o
	}
	for _, name := range columnsOf[relation] {
		at := slices.IndexFunc(names, func(returned string) bool { return strings.EqualFold(returned, name) })
		o.Columns, o.Types = append(o.Columns, name), append(o.Types, types[at])
	}
	return o
}

// Tally counts the rows of one relation. The last two are those of order lines.
type Tally struct {
	Rows    int
	Returns int // lines with a negative amount
	NoRep   int // lines without a rep
}

// Tally counts on the server, reading everything once.
func (s *Source) Tally(ctx context.Context, relation sales.Relation) (Tally, error) {
	query := "SELECT COUNT(*)"
	if relation == sales.OrderLines {
		query += ", SUM(CASE WHEN amount < 0 THEN 1 ELSE 0 END), SUM(CASE WHEN rep_id IS NULL OR CAST(rep_id AS CHAR) = '' THEN 1 ELSE 0 END)"
	}
	session, err := s.begin(ctx)
	if err != nil {
		return Tally{}, err
	}
	defer session.end(ctx)
	var t Tally
	into := []*int{&t.Rows, &t.Returns, &t.NoRep}
	err = session.each(ctx, relation, query+" FROM "+s.derived(relation), func(row []sql.RawBytes) error {
		for i, field := range row {
			*into[i], _ = strconv.Atoi(string(field)) // the sum of no rows is NULL: 0
		}
		return nil
	})
	return t, err
}

// Reps reads the relation reps alone, whatever the other queries are worth.
func (s *Source) Reps(ctx context.Context) ([]sales.Rep, error) {
	session, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer session.end(ctx)
	columns, err := session.shape(ctx, sales.Reps)
	if err != nil {
		return nil, err
	}
	r := &reading{values: newValues(s.zones), source: s, session: session, snapshot: &sales.Snapshot{}}
	r.shapes = map[sales.Relation]shape{sales.Reps: columns}
	if err := r.reps(ctx); err != nil {
		return nil, err
	}
	return r.snapshot.Reps, nil
}

// errNoPlan says why the server did not explain a statement.
var errNoPlan = errors.New("the server explained nothing")
