// Package salesdb reads the company's own sales database: one consistent,
// read-only snapshot of the canonical relations, turned into sales.Snapshot.
//
// It speaks to MariaDB, MySQL and what talks like them, and to an SQLite file
// through the same code. Order lines are streamed ordered by customer, one
// customer's lines at a time, so that memory grows with customers and never
// with lines. A reading is whole or it is an error: a row that cannot be taken
// as it is gets counted in sales.Quality, a stream that breaks off is never
// taken for a customer who stopped buying.
package salesdb

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"dangol/internal/sales"
)

// Config says where the sales database is and how to read it.
type Config struct {
	// DSN is a Go MySQL DSN, user:password@tcp(host:port)/name, or sqlite:PATH.
	DSN string
	// QueryTimeout bounds each statement, on the server where that can be set;
	// default 5 minutes.
	QueryTimeout time.Duration
	// MaxLag is the most that a replica may be behind, or reading is an error; 0:
	// nobody asks.
	MaxLag time.Duration
	// MaxConnections bounds the connections; at least 2, the second of which
	// only ever carries KILL QUERY.
	MaxConnections int
	// Queries holds one plain SELECT for each relation the company has. Order
	// lines and customers are required.
	Queries map[sales.Relation]string
	// Timezone is the business time zone, in which dates are meant; default UTC.
	Timezone *time.Location
	// StoredTimezone is the time zone of DATETIME columns and of texts with a
	// time of day; default Timezone. A DATE is never shifted, a TIMESTAMP is an
	// instant and read as UTC.
	StoredTimezone *time.Location
	// MergedInto leads from the id of a customer that was merged away to the id
	// it was merged into; chains are followed.
	MergedInto map[string]string
	// Pauses are the noted pauses of customers, by id.
	Pauses map[string][]sales.Pause
}

// Request says what to read.
type Request struct {
	AsOf  sales.Date // the last date that is known, inclusive
	Today sales.Date // lines dated later count as Quality.FutureDates; 0: not counted
	// Spans are what the sums of Customer.Turnover are to cover; none: there is no
	// turnover.
	Spans []sales.Span
}

// Source is an opened sales database.
type Source struct {
	db      *sqlx.DB
	place   place
	dialect *dialect
	account string                    // user@host as the server knows it; empty where it does not say
	queries map[sales.Relation]string // checked, without a trailing semicolon
	timeout time.Duration
	maxLag  time.Duration
	zones   zones
	merged  map[string]string // id to the last id of its chain
	pauses  map[string][]sales.Pause
	learned Learned
}

// relations lists the canonical relations in the order they are read.
var relations = []sales.Relation{
	sales.OrderLines, sales.Customers, sales.Reps, sales.Products, sales.Visits, sales.Quotas, sales.Complaints,
}

var columnsOf = map[sales.Relation][]string{
	sales.OrderLines: {"order_id", "customer_id", "ordered_at", "product_id", "quantity", "amount", "rep_id"},
	sales.Customers:  {"customer_id", "name", "rep_id", "segment", "created_at"},
	sales.Reps:       {"rep_id", "name", "email", "manager_id", "hired_on", "level", "active"},
	sales.Products:   {"product_id", "name", "category", "discontinued_on"},
	sales.Visits:     {"visit_id", "rep_id", "customer_id", "visited_at", "kind"},
	sales.Quotas:     {"rep_id", "metric", "period", "starts_on", "target"},
	sales.Complaints: {"complaint_id", "customer_id", "opened_at", "closed_at"},
}

// Columns returns the columns a query for the relation must return, by name and
// in any order; nil for an unknown relation.
func Columns(relation sales.Relation) []string { return slices.Clone(columnsOf[relation]) }

// Open checks the config, connects once and learns what the server is. Every
// fault of the config is in the error, not only the first, as a *ConfigError.
func Open(ctx context.Context, config Config) (*Source, error) {
	queries, queryErr := plainQueries(config.Queries)
	merged, mergeErr := followMerges(config.MergedInto)
	db, place, dsnErr := connect(config)
	if err := errors.Join(dsnErr, queryErr, mergeErr); err != nil {
		if db != nil {
			db.Close()
		}
		return nil, err
	}
	s := &Source{
		db:      db,
		place:   place,
		queries: queries,
		timeout: config.QueryTimeout,
		maxLag:  config.MaxLag,
		zones:   zonesOf(config),
		merged:  merged,
		pauses:  config.Pauses,
	}
	if s.timeout <= 0 {
		s.timeout = defaultTimeout
	}
	if err := s.recognise(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// defaultTimeout bounds a statement when the config does not.
const defaultTimeout = 5 * time.Minute

// Server returns the server's name and version, such as "MariaDB 10.11.6".
func (s *Source) Server() string { return s.dialect.name + " " + s.dialect.version }

// Close closes every connection.
func (s *Source) Close() error { return s.db.Close() }

// Check runs every query without reading a row, and returns what is wrong with
// any of them: rights, tables, columns, types.
func (s *Source) Check(ctx context.Context) error {
	session, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer session.end(ctx)
	_, err = s.probe(ctx, session)
	return err
}

// plainQueries checks every query of the config and that the required ones are
// there.
func plainQueries(given map[sales.Relation]string) (map[sales.Relation]string, error) {
	var problems []error
	queries := make(map[sales.Relation]string, len(given))
	for _, relation := range relations {
		query, ok := given[relation]
		if !ok {
			if relation == sales.OrderLines || relation == sales.Customers {
				problems = append(problems, fault(queryKey(relation), errors.New("no query"),
					"write one SELECT that returns %s", strings.Join(columnsOf[relation], ", ")))
			}
			continue
		}
		plain, err := plainSelect(query)
		if err != nil {
			problems = append(problems, fault(queryKey(relation), err, plainRemedy))
		}
		queries[relation] = plain
	}
	return queries, errors.Join(append(problems, unknownRelations(given)...)...)
}

const plainRemedy = "give one plain SELECT: no placeholder, no second statement, no locking; the program adds date range, order and limits itself"

func unknownRelations(given map[sales.Relation]string) []error {
	var problems []error
	for relation := range given {
		if columnsOf[relation] == nil {
			problems = append(problems, fault(queryKey(relation), errors.New("unknown relation"), "the relations are %s", joined(relations)))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

func joined(list []sales.Relation) string {
	names := make([]string, len(list))
	for i, relation := range list {
		names[i] = string(relation)
	}
	return strings.Join(names, ", ")
}
