package salesdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"

	"dangol/internal/sales"
)

// grace is how much longer the program waits than the server's own limit.
const grace = 15 * time.Second

// session is one pinned connection inside one read-only transaction.
type session struct {
	source  *Source
	conn    *sqlx.Conn
	id      int64         // the server's number of the connection
	timeout time.Duration // of one statement, as the program waits for it
}

// begin pins a connection, sets it up and starts the snapshot.
func (s *Source) begin(ctx context.Context) (*session, error) {
	conn, err := s.db.Connx(ctx)
	if err != nil {
		return nil, s.explain(ctx, "", err)
	}
	session := &session{source: s, conn: conn, timeout: s.timeout}
	if err := session.prepare(ctx); err != nil {
		session.end(ctx)
		return nil, s.explain(ctx, "", err)
	}
	return session, nil
}

func (s *session) prepare(ctx context.Context) error {
	d := s.source.dialect
	if d.kill != "" {
		if err := s.conn.QueryRowxContext(ctx, "SELECT CONNECTION_ID()").Scan(&s.id); err != nil {
			return err
		}
	}
	for _, setting := range d.setup {
		if _, err := s.conn.ExecContext(ctx, setting.statement); err != nil && !(setting.optional && refused(err)) {
			return err
		}
	}
	if err := s.limit(ctx); err != nil {
		return err
	}
	if err := s.checkLag(ctx, s.source.maxLag); err != nil {
		return err
	}
	var err error
	for _, way := range d.begin {
		if _, err = s.conn.ExecContext(ctx, way); err == nil || !refused(err) {
			return err
		}
	}
	return err
}

// limit sets the server's own bound on a statement. The program waits a little
// longer than that, so that the server's answer names the reason.
func (s *session) limit(ctx context.Context) error {
	statement := s.source.dialect.limit(s.timeout)
	if statement == "" {
		return nil
	}
	_, err := s.conn.ExecContext(ctx, statement)
	if refused(err) {
		return nil
	}
	s.timeout += grace
	return err
}

// refused reports whether the server understood the connection but not the
// statement.
func refused(err error) bool {
	var answer *mysql.MySQLError
	return errors.As(err, &answer)
}

// each runs one query of a relation and hands every row to f. The row is valid
// only during the call. An error means that f has not seen all rows.
func (s *session) each(ctx context.Context, relation sales.Relation, query string, f func(row []sql.RawBytes) error) error {
	limited, cancel := context.WithTimeoutCause(ctx, s.timeout, errTimeLimit)
	defer cancel()
	err := s.stream(limited, query, f)
	if limited.Err() != nil {
		s.kill(ctx)
	}
	if err != nil && !errors.Is(err, errInterleaved) {
		return s.source.explain(limited, relation, err)
	}
	return err
}

func (s *session) stream(ctx context.Context, query string, f func(row []sql.RawBytes) error) error {
	rows, err := s.conn.QueryxContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	row := make([]sql.RawBytes, len(columns))
	into := make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// kill ends the statement on the server: a client that goes away does not.
func (s *session) kill(ctx context.Context) {
	if s.source.dialect.kill == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	// Where it fails the server's time limit ends the statement later.
	_, _ = s.source.db.ExecContext(ctx, fmt.Sprintf(s.source.dialect.kill, s.id))
}

// end gives the snapshot up and closes the connection.
func (s *session) end(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, _ = s.conn.ExecContext(ctx, "ROLLBACK")
	s.conn.Close()
}
