package salesdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-sql-driver/mysql"

	"dangol/internal/hint"
	"dangol/internal/sales"
)

var (
	// errTimeLimit is the cause of a statement that took longer than allowed.
	errTimeLimit = errors.New("time limit of one query exceeded")
	// errInterleaved says that the server's order mixes the lines of customers.
	errInterleaved = errors.New("lines of one customer are not together")
)

// readError is an error whose text replaces that of its cause.
type readError struct {
	text  string
	cause error
}

// Error returns the text that replaces the cause's own.
func (e *readError) Error() string { return e.text }

// Unwrap returns the cause.
func (e *readError) Unwrap() error { return e.cause }

// explain wraps what a statement of a relation ended in: with the relation, the
// server's code and the remedy. ctx is the statement's own context.
func (s *Source) explain(ctx context.Context, relation sales.Relation, err error) error {
	task := "cannot connect to the sales database at " + s.place.address
	if relation != "" {
		task = "cannot read " + string(relation)
	}
	text, cause := s.describe(ctx, err)
	return s.remedy(relation, cause, &readError{text: task + ": " + text, cause: cause})
}

// describe returns the error that matters and how to say it.
func (s *Source) describe(ctx context.Context, err error) (string, error) {
	if ctx.Err() != nil {
		cause := context.Cause(ctx)
		return cause.Error(), cause
	}
	var answer *mysql.MySQLError
	var knows advised
	switch {
	case errors.As(err, &knows):
		return knows.Error(), err
	case errors.As(err, &answer):
		return fmt.Sprintf("%s (%s %d)", oneLine(answer.Message), s.serverName(), answer.Number), err
	case lost(err):
		return "connection to the server lost", err
	}
	return oneLine(err.Error()), err
}

func (s *Source) serverName() string {
	if s.dialect == nil {
		return "MySQL"
	}
	return s.dialect.name
}

// lost reports whether the connection broke under a statement.
func lost(err error) bool {
	return errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrMalformPkt) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// Numbers of the errors that have a remedy of their own.
const (
	tooManyConnections = 1040
	dbAccessDenied     = 1044
	accessDenied       = 1045
	unknownDatabase    = 1049
	unknownColumn      = 1054
	duplicateColumn    = 1060
	syntaxError        = 1064
	tableAccessDenied  = 1142
	columnAccessDenied = 1143
	hostBlocked        = 1129
	hostNotPrivileged  = 1130
	noSuchTable        = 1146
	unknownVariable    = 1193
	wrongVariable      = 1231
	queryInterrupted   = 1317
	connectionKilled   = 1927
	mariaTimeLimit     = 1969
	mysqlTimeLimit     = 3024
)

// remedy adds what the user should do about cause.
func (s *Source) remedy(relation sales.Relation, cause, err error) error {
	var answer *mysql.MySQLError
	var dial *net.OpError
	var knows advised
	switch {
	case errors.As(cause, &answer):
		return s.serverRemedy(relation, answer, err)
	case errors.As(cause, &knows):
		return hint.With(err, "%s", knows.remedy())
	case errors.Is(cause, errTimeLimit):
		return hint.With(err, "raise database.query_timeout (now %v), or read from a replica", s.timeout)
	case errors.Is(cause, context.Canceled), errors.Is(cause, context.DeadlineExceeded):
		return err
	case lost(cause), relation != "" && errors.As(cause, &dial):
		return hint.With(err, "run it again; if it happens again look for the reason in the server's log (restart, wait timeouts, KILL)")
	case errors.As(cause, &dial):
		return hint.With(err, "check host and port in database.dsn, and that the server is up and lets this machine in")
	case s.place.name == "":
		return sqliteRemedy(relation, cause, err)
	case tlsRemedy(cause) != "":
		return hint.With(err, "%s", tlsRemedy(cause))
	}
	return err
}

// sqliteRemedy adds what to do about an error of an SQLite file.
func sqliteRemedy(relation sales.Relation, cause, err error) error {
	switch text := cause.Error(); {
	case strings.Contains(text, "not a database"):
		return hint.With(err, "name an SQLite file after sqlite: in database.dsn")
	case strings.Contains(text, "no such"):
		return hint.With(err, "correct the name in sales.queries.%s", relation)
	case strings.Contains(text, "syntax error"), strings.Contains(text, "incomplete input"):
		return hint.With(err, "run sales.queries.%s by itself in the sqlite3 shell", relation)
	case strings.Contains(text, "unable to open"), strings.Contains(text, "readonly"):
		return hint.With(err, "let the user that runs dangol read the file and enter its folder")
	case strings.Contains(text, "locked"):
		return hint.With(err, "another program writes to the file: run it again")
	}
	return err
}

func (s *Source) serverRemedy(relation sales.Relation, answer *mysql.MySQLError, err error) error {
	switch answer.Number {
	case tooManyConnections:
		return hint.With(err, "the server takes no more connections (max_connections, or the account's own limit): try later, or raise it")
	case hostBlocked:
		return hint.With(err, "the server blocks this machine after failed logins: FLUSH HOSTS there, and correct what failed")
	case hostNotPrivileged:
		return hint.With(err, "create the account for this machine: CREATE USER '%s'@'%%' …", s.place.user)
	case unknownVariable, wrongVariable:
		return hint.With(err, "what stands behind the ? in database.dsn is set as a variable of the session: correct or remove it")
	case accessDenied:
		return hint.With(err, "check user and password in database.dsn, and that the server lets that user in from this machine")
	case dbAccessDenied:
		return hint.With(err, "check the name in database.dsn; GRANT SELECT ON %s.* TO %s", quotedPart(s.place.name), s.accountIn(answer.Message))
	case unknownDatabase:
		return hint.With(err, "check the name after the slash in database.dsn; SHOW DATABASES lists those the user may see")
	case tableAccessDenied, columnAccessDenied:
		return hint.With(err, "GRANT SELECT ON %s TO %s", s.deniedTable(answer.Message), s.accountIn(answer.Message))
	case noSuchTable:
		return hint.With(err, "correct the table in sales.queries.%s", relation)
	case unknownColumn:
		return hint.With(err, "correct the column in sales.queries.%s; SHOW COLUMNS FROM … lists those there are", relation)
	case duplicateColumn:
		return hint.With(err, "return every column once from sales.queries.%s: %s", relation, strings.Join(columnsOf[relation], ", "))
	case syntaxError:
		return hint.With(err, "run sales.queries.%s by itself in a client of this server; it is used as SELECT … FROM (query) AS %s", relation, relation)
	case mariaTimeLimit, mysqlTimeLimit:
		return hint.With(err, "raise database.query_timeout (now %v), or read from a replica", s.timeout)
	case queryInterrupted, connectionKilled:
		return hint.With(err, "somebody ended the query on the server; run it again")
	}
	return err
}

var (
	deniedTable   = regexp.MustCompile("(?:for|in) table ['`]([^'`]+)['`](?:\\.`([^`]+)`)?")
	deniedAccount = regexp.MustCompile(`'[^']*'@'[^']*'`)
)

// accountIn returns the account that is refused something, as a GRANT takes it.
func (s *Source) accountIn(message string) string {
	if s.account != "" {
		return accountName(s.account)
	}
	if found := deniedAccount.FindString(message); found != "" {
		return found
	}
	return "the user of database.dsn"
}

// deniedTable returns the table a refusal names, with its database.
func (s *Source) deniedTable(message string) string {
	found := deniedTable.FindStringSubmatch(message)
	switch {
	case found == nil:
		return quotedPart(s.place.name) + ".*"
	case found[2] != "":
		return quotedPart(found[1]) + "." + quotedPart(found[2])
	case strings.Contains(found[1], "."):
		return quoted(found[1])
	}
	return quotedPart(s.place.name) + "." + quotedPart(found[1])
}

// oneLine makes a server's text fit for the middle of a sentence.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	first, size := utf8.DecodeRuneInString(text)
	second, _ := utf8.DecodeRuneInString(text[size:])
	if unicode.IsUpper(first) && !unicode.IsUpper(second) {
		text = string(unicode.ToLower(first)) + text[size:]
	}
	return text
}
