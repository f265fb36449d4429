package salesdb

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// connector connects to a MySQL server. Unlike the driver's own it bounds the
// greeting and the login too, not only the dialling: a port that accepts and
// says nothing would hold the program for as long as a query may take. And it
// knows a server that speaks another protocol.
type connector struct{ config *mysql.Config }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (conn driver.Conn, err error) {
	var line *overheard
	defer func() {
		// The driver trusts a greeting's lengths: that of MySQL's X protocol, on
		// port 33060, makes it panic.
		if panicked := recover(); panicked != nil && line != nil {
			line.Close()
			conn, err = nil, &strangerError{greeting: line.first}
		} else if panicked != nil {
			panic(panicked)
		}
	}()
	config := c.config.Clone()
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, &dialError{network: network, err: err}
		}
		line = &overheard{Conn: conn}
		return line, nil
	}
	inner, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, config.Timeout)
	defer cancel()
	conn, err = inner.Connect(limited)
	if err == nil || line == nil || ctx.Err() != nil {
		return conn, err
	}
	return nil, line.judge(limited, config.Timeout, err)
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return mysql.MySQLDriver{} }

// overheard is a connection of which the first bytes received are kept.
type overheard struct {
	net.Conn
	first []byte
}

// enough bytes tell MySQL's greeting from others.
const enough = 16

// Read implements net.Conn.
func (o *overheard) Read(p []byte) (int, error) {
	n, err := o.Conn.Read(p)
	if room := enough - len(o.first); room > 0 {
		o.first = append(o.first, p[:min(n, room)]...)
	}
	return n, err
}

// judge returns what a failed connection comes to: who says nothing, or speaks
// another protocol, is no MySQL server. The driver's error is not kept: it would
// make database/sql try twice more.
func (o *overheard) judge(ctx context.Context, limit time.Duration, err error) error {
	var answer *mysql.MySQLError
	switch {
	case errors.As(err, &answer):
		return err
	case len(o.first) > 0 && !greets(o.first):
		return &strangerError{greeting: o.first}
	case ctx.Err() != nil && len(o.first) == 0:
		return &silentError{limit: limit}
	case ctx.Err() != nil:
		return &silentError{limit: limit, greeted: true}
	case len(o.first) == 0 && lost(err):
		return &strangerError{}
	}
	return err
}

// greets reports whether the bytes begin as MySQL's first packet does: length,
// number 0, protocol 10, or an error.
func greets(first []byte) bool {
	return len(first) >= 5 && first[3] == 0 && (first[4] == 10 || first[4] == 0xff)
}

// dialError says that there is no way to the server.
type dialError struct {
	network string
	err     error
}

// Error returns the system's text.
func (e *dialError) Error() string {
	var name *net.DNSError
	var call *net.OpError
	switch {
	case errors.As(e.err, &name):
		return name.Err + " (" + name.Name + ")"
	case timedOut(e.err):
		return "no answer in time"
	case errors.As(e.err, &call):
		var system *os.SyscallError
		if errors.As(call.Err, &system) {
			return system.Err.Error()
		}
		return call.Err.Error()
	}
	return e.err.Error()
}

// Unwrap returns the cause.
func (e *dialError) Unwrap() error { return e.err }

func timedOut(err error) bool {
	var slow interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &slow) && slow.Timeout()
}

// remedy says what to look at.
func (e *dialError) remedy() string {
	var name *net.DNSError
	switch {
	case errors.As(e.err, &name) && name.IsNotFound:
		return "check the host name in database.dsn; it must be known where dangol runs, in a container too"
	case errors.As(e.err, &name):
		return "the name server gives no answer: check the network, or use an IP address in database.dsn"
	case e.network == "unix" && errors.Is(e.err, fs.ErrNotExist):
		return "check the path of the socket in database.dsn (SHOW VARIABLES LIKE 'socket'), that the server is up, and that a container has the socket mounted"
	case errors.Is(e.err, fs.ErrPermission):
		return "let the user that runs dangol open the socket, or connect over tcp(host:port)"
	case e.network == "unix":
		return "the socket is there but no server listens on it: start the server"
	case errors.Is(e.err, syscall.ECONNREFUSED):
		return "nobody listens there: check host and port in database.dsn, that the server is up, and its bind-address; in a container 127.0.0.1 is the container itself"
	case timedOut(e.err), errors.Is(e.err, syscall.EHOSTUNREACH), errors.Is(e.err, syscall.ENETUNREACH):
		return "no way leads there: check host and port in database.dsn, the route, and a firewall between"
	}
	return "check host and port in database.dsn, and that the server is up and lets this machine in"
}

// silentError says that the server did not answer in time.
type silentError struct {
	limit   time.Duration
	greeted bool // it had begun to speak
}

// Error says how long the program waited.
func (e *silentError) Error() string {
	if e.greeted {
		return fmt.Sprintf("the server takes the connection but no login within %v", e.limit)
	}
	return fmt.Sprintf("something takes the connection but says nothing for %v", e.limit)
}

func (e *silentError) remedy() string {
	if e.greeted {
		return "the server may be overloaded; timeout=30s at the end of database.dsn waits longer"
	}
	return "check host and port in database.dsn: is this a MySQL port (usually 3306), is a firewall or proxy in between? timeout=30s at the end of the DSN waits longer"
}

// strangerError says that another kind of server answers.
type strangerError struct {
	greeting []byte // empty when it hung up without a word
}

// Error names the protocol where it is a known one.
func (e *strangerError) Error() string {
	protocol := ""
	switch {
	case len(e.greeting) == 0:
		return "the server hangs up without a word"
	case bytes.HasPrefix(e.greeting, []byte("SSH-")):
		protocol = "SSH"
	case bytes.HasPrefix(e.greeting, []byte("HTTP/")), bytes.HasPrefix(e.greeting, []byte("<")):
		protocol = "HTTP"
	case bytes.HasPrefix(e.greeting, []byte("220")):
		protocol = "SMTP or FTP"
	case bytes.HasPrefix(e.greeting, []byte{0x15, 3}), bytes.HasPrefix(e.greeting, []byte{0x16, 3}):
		protocol = "TLS"
	default:
		return "the server does not speak MySQL's protocol"
	}
	return "the server speaks " + protocol + ", not MySQL"
}

func (e *strangerError) remedy() string {
	if len(e.greeting) == 0 {
		return "check host and port in database.dsn; a proxy hangs up so when the server behind it is down"
	}
	return "check host and port in database.dsn: MySQL and MariaDB usually listen on 3306 (33060 is another protocol)"
}

// advised is an error that knows what to do about it.
type advised interface {
	error
	remedy() string
}

// tlsRemedy says what to do about an encryption that does not come about.
func tlsRemedy(err error) string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	switch {
	case errors.Is(err, mysql.ErrNoTLS):
		return "the server has no TLS: turn it on there, or leave tls= out of database.dsn inside a trusted network"
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &name), errors.As(err, &verification):
		return "the server's certificate is not trusted here: install its CA in the system's store, or use the host name that it is made out to; tls=skip-verify encrypts without checking"
	case errors.Is(err, mysql.ErrCleartextPassword), errors.Is(err, mysql.ErrOldPassword), errors.Is(err, mysql.ErrNativePassword), errors.Is(err, mysql.ErrUnknownPlugin):
		return "give the account an ordinary password login (caching_sha2_password, mysql_native_password or ed25519)"
	case strings.Contains(err.Error(), "tls:"):
		return "check tls= in database.dsn and the server's certificate"
	}
	return ""
}
