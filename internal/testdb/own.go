package testdb

import (
	"testing"
	"time"
)

// Server is a server of one test's own, which may be stopped and started.
type Server struct {
	server *server
	t      testing.TB
}

// Own starts a server that belongs to t alone and returns an empty database on
// it. Its address stays the same over a stop and a start.
func Own(t testing.TB) (*Server, *DB) {
	t.Helper()
	s := &Server{server: &server{find: findServer}, t: t}
	t.Cleanup(s.server.stop)
	return s, s.server.database(t)
}

// Stop shuts the server down as ops would; its data stay.
func (s *Server) Stop() {
	s.t.Helper()
	_, _ = s.server.admin.Exec("SHUTDOWN") // the connection may end before the answer
	select {
	case <-s.server.process.ended:
	case <-time.After(30 * time.Second):
		s.t.Fatal("testdb: the server does not shut down")
	}
	s.server.admin.Close()
}

// Start starts a stopped server on its data.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.server.serve(); err != nil {
		s.t.Fatalf("testdb: %v", err)
	}
}
