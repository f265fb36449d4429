package salesdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"dangol/internal/hint"
)

// LagError: the server is a replica that is too far behind, or has stopped
// replicating: what is read from it may be hours old.
type LagError struct {
	Behind  time.Duration // of a channel that still replicates
	Stopped bool          // replication does not run
	Limit   time.Duration
}

// Error says how far behind the replica is.
func (e *LagError) Error() string {
	if e.Stopped {
		return "the database is a replica, and replication does not run"
	}
	return fmt.Sprintf("the database is a replica, %s behind; database.max_lag is %s", e.Behind, e.Limit)
}

// lagQueries ask a replica how it is, the newer words first.
var lagQueries = []string{"SHOW REPLICA STATUS", "SHOW SLAVE STATUS"}

// lagColumns hold the seconds that a replica is behind, by server version.
var lagColumns = []string{"Seconds_Behind_Source", "Seconds_Behind_Master"}

// checkLag refuses to read from a replica that is further behind than the limit. A
// server that is no replica passes. It looks on the session's connection, before
// the snapshot is taken.
func (s *session) checkLag(ctx context.Context, limit time.Duration) error {
	if limit <= 0 || s.source.dialect.kill == "" { // SQLite has no replicas
		return nil
	}
	var err error
	for _, query := range lagQueries {
		var channels []sql.NullString
		if channels, err = s.lags(ctx, query); err == nil {
			return lagOf(channels, limit)
		}
		if code := codeOf(err); code != syntaxError {
			break
		}
	}
	if code := codeOf(err); code == accessDenied || code == privilegeMissing {
		return hint.With(fmt.Errorf("database.max_lag cannot be looked after: %w", err),
			"GRANT REPLICATION CLIENT (MySQL) or GRANT SLAVE MONITOR (MariaDB) ON *.* to the user of the DSN, or remove database.max_lag")
	}
	return err
}

// privilegeMissing is the server's error where a right to look is missing.
const privilegeMissing = 1227

func codeOf(err error) uint16 {
	var answer *mysql.MySQLError
	if errors.As(err, &answer) {
		return answer.Number
	}
	return 0
}

// lags returns the seconds behind of every channel; NULL: it does not run.
func (s *session) lags(ctx context.Context, query string) ([]sql.NullString, error) {
	rows, err := s.conn.QueryxContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []sql.NullString
	for rows.Next() {
		row := map[string]any{}
		if err := rows.MapScan(row); err != nil {
			return nil, err
		}
		for _, column := range lagColumns {
			if value, ok := row[column]; ok {
				list = append(list, nullString(value))
				break
			}
		}
	}
	return list, rows.Err()
}

func nullString(value any) sql.NullString {
	switch v := value.(type) {
	case nil:
		return sql.NullString{}
	case []byte:
		return sql.NullString{String: string(v), Valid: true}
	}
	return sql.NullString{String: fmt.Sprint(value), Valid: true}
}

// lagOf judges the channels by the worst of them.
func lagOf(channels []sql.NullString, limit time.Duration) error {
	var worst time.Duration
	for _, c := range channels {
		seconds, err := strconv.ParseFloat(strings.TrimSpace(c.String), 64)
		if !c.Valid || err != nil {
			return hint.With(&LagError{Stopped: true, Limit: limit}, "start the replica (SHOW REPLICA STATUS says why it stopped); the run is tried again by itself")
		}
		worst = max(worst, time.Duration(seconds*float64(time.Second)))
	}
	if worst > limit {
		return hint.With(&LagError{Behind: worst, Limit: limit}, "wait until the replica has caught up; the run is tried again by itself. Or raise database.max_lag")
	}
	return nil
}
