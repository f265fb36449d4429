package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The address of a heartbeat is a secret: no error shows more of it than the host.
func TestHeartbeat(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/ping/s3cret" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	if err := beat(t.Context(), server.URL+"/ping/s3cret"); err != nil || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
	wrong := beat(t.Context(), server.URL+"/ping/s3cret2")
	server.Close()
	for _, err := range []error{wrong, beat(t.Context(), server.URL+"/ping/s3cret"), beat(t.Context(), "http://\x7f/s3cret")} {
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error is %v", err)
		}
	}
}
