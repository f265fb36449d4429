package salesdb

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
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
	parsed, where, err := target(config)
	switch {
	case err != nil:
		return nil, where, err
	case parsed == nil:
		return connectSQLite(where, config)
	}
	db := sqlx.NewDb(sql.OpenDB(connector{parsed}), "mysql")
	limitPool(db, config.MaxConnections)
	return db, where, nil
}

// dsnKey is the key of the DSN.
const dsnKey = "database.dsn"

// target reads the DSN without looking at what it names; parsed is nil for an
// SQLite file. No error quotes the DSN or the driver's text about it: either may
// hold a part of the password.
func target(config Config) (parsed *mysql.Config, where place, err error) {
	if path, ok := strings.CutPrefix(config.DSN, sqlitePrefix); ok {
		if path == "" {
			return nil, where, fault(dsnKey, errors.New("sqlite: names no file"), "name an existing SQLite file: sqlite:PATH")
		}
		return nil, place{address: path}, nil
	}
	if config.DSN == "" {
		return nil, where, fault(dsnKey, errors.New("nothing is given"), "set database.dsn or database.dsn_file")
	}
	parsed, err = mysql.ParseDSN(config.DSN)
	if err != nil || !slices.Contains([]string{"tcp", "tcp4", "tcp6", "unix"}, parsed.Net) {
		return nil, where, fault(dsnKey, errors.New("unreadable"), "%s", dsnRemedy(config.DSN))
	}
	if parsed.DBName == "" {
		return nil, where, fault(dsnKey, errors.New("no database is named"), "end it in /name, before any ?parameters")
	}
	if _, port, err := net.SplitHostPort(parsed.Addr); parsed.Net != "unix" && (err != nil || !possiblePort(port)) {
		return nil, where, fault(dsnKey, errors.New("the port is none"), "want tcp(host:port) with a port from 1 to 65535")
	}
	if err := settle(parsed, config.QueryTimeout); err != nil {
		return nil, where, fault(dsnKey, errors.New("unusable parameters"), "correct or remove what stands behind the ?")
	}
	if _, err := mysql.NewConnector(parsed); err != nil {
		return nil, where, fault(dsnKey, errors.New("unusable parameters"), "correct or remove what stands behind the ?")
	}
	return parsed, place{user: parsed.User, address: parsed.Addr, name: parsed.DBName}, nil
}

// possiblePort reports whether a port is a number in range, or a name.
func possiblePort(port string) bool {
	n, err := strconv.Atoi(port)
	return n >= 1 && n <= 65535 || err != nil && port != "" && (port[0] < '0' || port[0] > '9') && port[0] != '-'
}

// dsnRemedy names the frequent reasons by what the DSN looks like.
func dsnRemedy(dsn string) string {
	const shape = "want user:password@tcp(host:port)/name, or sqlite:PATH; nothing in it is escaped but the name"
	scheme, _, isURL := strings.Cut(dsn, "://")
	switch {
	case isURL && strings.Contains(scheme, "mysql"), isURL && strings.Contains(scheme, "mariadb"):
		return "this is a URL; " + shape
	case isURL:
		return "only MySQL, MariaDB and what talks like them can be read; " + shape
	case !strings.Contains(dsn, "("):
		return "put host and port in tcp(…); " + shape
	}
	return shape + "; parameters behind the ? are those of github.com/go-sql-driver/mysql"
}

// defaultDial bounds the way to a server and its greeting; timeout= in the DSN
// overrides it.
const defaultDial = 10 * time.Second

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
		parsed.Timeout = defaultDial
	}
	parsed.Logger = &mysql.NopLogger{} // what it would print comes back as an error too
	collation := parsed.Collation
	if !strings.HasPrefix(collation, "utf8mb4") {
		collation = ""
	}
	return parsed.Apply(mysql.Charset("utf8mb4", collation))
}

func connectSQLite(where place, config Config) (*sqlx.DB, place, error) {
	path := where.address
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		if err == nil {
			err = errors.New("is a directory")
		}
		return nil, where, hint.With(&readError{text: "cannot open " + path + ": " + plainCause(err), cause: err},
			"name an existing SQLite file after sqlite: in database.dsn")
	}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}
	db, err := sqlx.Open("sqlite", name.String())
	if err != nil {
		return nil, where, err
	}
	limitPool(db, config.MaxConnections)
	return db, where, nil
}

// plainCause returns what a call of the system ended in, without the path.
func plainCause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
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
	// A refusal names the machine that asks; a GRANT must name the account, which
	// may stand for many: 'dangol'@'10.0.0.%'. A proxy may not know it.
	_ = s.db.QueryRowContext(ctx, "SELECT CURRENT_USER()").Scan(&s.account)
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
