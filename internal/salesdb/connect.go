package salesdb

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"dangol/internal/hint"
)

// sqlitePrefix marks a DSN that names an SQLite file.
const sqlitePrefix = "sqlite:"

// place is where the database is, for error texts; it holds no password.
type place struct {
	user, address, name string // user and name are empty on SQLite
}

// connect reads the DSN and prepares the pool; nothing is dialled yet.
func connect(config Config) (*sqlx.DB, place, error) {
	if path, ok := strings.CutPrefix(config.DSN, sqlitePrefix); ok {
		return connectSQLite(path, config)
	}
	return connectMySQL(config)
}

func connectMySQL(config Config) (*sqlx.DB, place, error) {
	if config.DSN == "" {
		return nil, place{}, hint.With(errors.New("no database.dsn"), "set database.dsn or database.dsn_file")
	}
	parsed, err := mysql.ParseDSN(config.DSN)
	if err != nil || !slices.Contains([]string{"tcp", "tcp4", "tcp6", "unix"}, parsed.Net) {
		// The driver's text may quote a part of the DSN, and with it of the password.
		return nil, place{}, hint.With(errors.New("unreadable database.dsn"),
			"database.dsn is user:password@tcp(host:port)/name, or sqlite:PATH; nothing in it is escaped but the name")
	}
	if parsed.DBName == "" {
		return nil, place{}, hint.With(errors.New("database.dsn names no database"), "end database.dsn in /name")
	}
	if err := settle(parsed, config.QueryTimeout); err != nil {
		return nil, place{}, hint.With(err, "correct the parameters of database.dsn")
	}
	connector, err := mysql.NewConnector(parsed)
	if err != nil {
		return nil, place{}, hint.With(errors.New("unusable parameters in database.dsn"), "correct the parameters of database.dsn")
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "mysql")
	limitPool(db, config.MaxConnections)
	return db, place{user: parsed.User, address: parsed.Addr, name: parsed.DBName}, nil
}

// settle overrides the parameters of a DSN that reading depends on: dates as
// the server writes them, UTF-8 texts, one statement a call, waits longer than
// the statement's own limit.
func settle(parsed *mysql.Config, timeout time.Duration) error {
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	parsed.ParseTime, parsed.MultiStatements, parsed.AllowAllFiles = false, false, false
	parsed.ColumnsWithAlias, parsed.RejectReadOnly = false, false
	parsed.ReadTimeout = max(parsed.ReadTimeout, timeout+2*grace)
	if parsed.Timeout == 0 {
		parsed.Timeout = 10 * time.Second
	}
	parsed.Logger = &mysql.NopLogger{} // what it would print comes back as an error too
	collation := parsed.Collation
	if !strings.HasPrefix(collation, "utf8mb4") {
		collation = ""
	}
	return parsed.Apply(mysql.Charset("utf8mb4", collation))
}

func connectSQLite(path string, config Config) (*sqlx.DB, place, error) {
	where := place{address: path}
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		if err == nil {
			err = errors.New("is a directory")
		}
		return nil, where, hint.With(&readError{text: "cannot open " + path, cause: err}, "name an existing SQLite file after sqlite: in database.dsn")
	}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}
	db, err := sqlx.Open("sqlite", name.String())
	if err != nil {
		return nil, where, err
	}
	limitPool(db, config.MaxConnections)
	return db, where, nil
}

// limitPool bounds the connections. None is kept idle: a reading takes its own,
// sets it up and closes it, and the next one may come a day later.
func limitPool(db *sqlx.DB, most int) {
	db.SetMaxOpenConns(max(2, most))
	db.SetMaxIdleConns(-1)
}

// recognise connects and learns which server answers.
func (s *Source) recognise(ctx context.Context) error {
	if strings.HasPrefix(s.db.DriverName(), "sqlite") {
		return s.recogniseSQLite(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var version, comment string
	if err := s.db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return s.explain(ctx, "", err)
	}
	// TiDB and others pass for MySQL in the version and tell in the comment.
	_ = s.db.QueryRowContext(ctx, "SELECT @@version_comment").Scan(&comment)
	s.dialect = dialectOf(version, comment)
	return nil
}

func (s *Source) recogniseSQLite(ctx context.Context) error {
	var version string
	var tables int
	err := s.db.QueryRowContext(ctx, "SELECT sqlite_version(), (SELECT COUNT(*) FROM sqlite_master)").Scan(&version, &tables)
	if err != nil {
		return s.explain(ctx, "", err)
	}
	s.dialect = sqliteDialect(version)
	return nil
}
