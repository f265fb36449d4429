package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"dangol/internal/hint"
)

// healthcheck asks the daemon's own /healthz, for a container's HEALTHCHECK: the
// image has no other program that could.
func healthcheck(ctx context.Context, env environment, args []string) error {
	f := newFlags("healthcheck")
	f.StringVar(&f.config, "config", "", "")
	words, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return &usageError{hint.With(fmt.Errorf("healthcheck: unexpected %q", words[0]), "dangol healthcheck [--config F]")}
	}
	cfg, err := f.load(env)
	if err != nil {
		return err
	}
	if err := cfg.Need("http"); err != nil {
		return &usageError{err}
	}
	return askHealth(ctx, env.stdout, cfg.HTTP.Listen)
}

func askHealth(ctx context.Context, w io.Writer, listen string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	url := "http://" + dialled(listen) + "/healthz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := (&http.Client{Transport: &http.Transport{}}).Do(request) // past any proxy
	if err != nil {
		return hint.With(fmt.Errorf("no answer from the daemon: %w", err), "is `dangol run` running, with the same http.listen?")
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err != nil {
		return fmt.Errorf("no answer from the daemon: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return hint.With(fmt.Errorf("the daemon is not healthy: %s", strings.TrimSpace(string(text))), "its log says why; a restart catches up what it missed")
	}
	_, err = fmt.Fprintln(w, strings.TrimSpace(string(text)))
	return err
}

// dialled is the address to reach a listener on the same machine.
func dialled(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}
