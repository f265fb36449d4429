package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var servedAt = regexp.MustCompile(`^Serving the page at (http://\S+/) `)

// TestServe shows the demo's page until the signal, and ends well.
func TestServe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var trouble bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, "demo", "--as-of", "2026-03-31", "--out", dir, "--serve", ":0")
	cmd.Stderr = &trouble
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := ""
	for lines := bufio.NewScanner(stdout); address == "" && lines.Scan(); {
		if m := servedAt.FindStringSubmatch(lines.Text()); m != nil {
			address = m[1]
		}
	}
	if address == "" {
		_ = cmd.Wait()
		t.Fatalf("no address is told: %s", trouble.String())
	}
	checkServed(t, address, filepath.Join(dir, pageFile))
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || trouble.Len() > 0 {
		t.Errorf("after SIGTERM: %v, %s", err, trouble.String())
	}
}

func checkServed(t *testing.T, address, file string) {
	t.Helper()
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range []struct {
		method, path string
		status       int
	}{{"GET", "", 200}, {"HEAD", "", 200}, {"GET", "state.db", 404}, {"GET", "../sales.db", 404}, {"POST", "", 405}} {
		request, err := http.NewRequestWithContext(t.Context(), ask.method, address+ask.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != ask.status {
			t.Errorf("%s /%s: %d, %v; want %d", ask.method, ask.path, answer.StatusCode, err, ask.status)
		}
		if ask.method == "GET" && ask.status == 200 {
			if !bytes.Equal(body, kept) || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("the page served is another, or without a policy: %v", answer.Header)
			}
		}
	}
}

// What cannot be listened on is told before any work.
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, want := range map[string]struct {
		code int
		text string
	}{
		taken.Addr().String(): {exitFailed, "the address is in use"},
		"8080":                {exitUsage, "want an address with a port"},
		"127.0.0.1:99999":     {exitFailed, "invalid port"},
	} {
		out := dangol(t, "demo", "--serve", address)
		if out.code != want.code || out.stdout != "" || !strings.Contains(out.stderr, want.text) || !strings.Contains(out.stderr, "dangol: hint: ") {
			t.Errorf("--serve %s: exit %d\n%s%s", address, out.code, out.stdout, out.stderr)
		}
	}
}
