package salesdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// Errors of a network that a test cannot have at hand.
func TestDialErrorRemedies(t *testing.T) {
	call := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	system := func(number syscall.Errno) error { return call(&os.SyscallError{Syscall: "connect", Err: number}) }
	tests := []struct {
		err          error
		text, advice string
	}{
		{system(syscall.EHOSTUNREACH), "no route to host", "firewall"},
		{system(syscall.ENETUNREACH), "network is unreachable", "route"},
		{system(syscall.ECONNREFUSED), "connection refused", "nobody listens there"},
		{call(os.ErrDeadlineExceeded), "no answer in time", "firewall"},
		{fmt.Errorf("dial: %w", context.DeadlineExceeded), "no answer in time", "firewall"},
		{call(&net.DNSError{Err: "no such host", Name: "db", IsNotFound: true}), "no such host (db)", "check the host name"},
		{call(&net.DNSError{Err: "server misbehaving", Name: "db", IsTemporary: true}), "server misbehaving (db)", "the name server gives no answer"},
		{call(errors.New("odd")), "odd", "check host and port"},
	}
	for _, test := range tests {
		e := &dialError{network: "tcp", err: test.err}
		if e.Error() != test.text || !strings.Contains(e.remedy(), test.advice) {
			t.Errorf("%v: %q, %q; want %q, %q", test.err, e.Error(), e.remedy(), test.text, test.advice)
		}
	}
	for err, advice := range map[error]string{
		mysql.ErrNoTLS:              "turn it on there",
		mysql.ErrUnknownPlugin:      "ordinary password login",
		errors.New("tls: bad"):      "check tls=",
		errors.New("another fault"): "",
	} {
		if got := tlsRemedy(err); advice == "" && got != "" || !strings.Contains(got, advice) {
			t.Errorf("%v: %q, want %q", err, got, advice)
		}
	}
}
