package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"dangol/internal/hint"
	"dangol/notify/html"
)

// serveGrace is how long requests under way may take after the signal.
const serveGrace = 5 * time.Second

// listen opens an address early, so that one in use is told before any work.
func listen(ctx context.Context, address string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, &usageError{hint.With(fmt.Errorf("--serve %q: want an address with a port", address), "--serve 127.0.0.1:8080, or --serve :0 for any free port")}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, hint.With(fmt.Errorf("--serve %s: the address is in use", address), "stop the program that listens there, or take any free port: --serve 127.0.0.1:0")
	case err != nil:
		return nil, hint.With(fmt.Errorf("--serve %s: %w", address, err), "--serve 127.0.0.1:8080, or --serve :0 for any free port")
	}
	return listener, nil
}

// serve shows one page over HTTP until the context ends.
func serve(ctx context.Context, w io.Writer, listener net.Listener, page []byte) error {
	server := &http.Server{
		Handler: pageHandler(page), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	if _, err := fmt.Fprintf(w, "Serving the page at %s until Ctrl-C.\n", address(listener)); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving the page: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), serveGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("end of serving the page: %w", err)
	}
	return nil
}

// address is where a browser on this machine finds the listener.
func address(listener net.Listener) string {
	at := listener.Addr().(*net.TCPAddr) // listen opens nothing else
	host := at.IP.String()
	if at.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(at.Port)) + "/"
}

func pageHandler(page []byte) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", html.Policy())
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		_, _ = w.Write(page) // a reader who has gone away is no trouble of ours
	})
	return mux
}
