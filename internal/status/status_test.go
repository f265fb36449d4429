package status_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dangol/internal/status"
)

// pages serves a status whose clock the test sets.
type pages struct {
	*status.Status
	now    time.Time
	server *httptest.Server
}

func newPages(t *testing.T) *pages {
	p := &pages{now: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
	p.Status = status.New(func() time.Time { return p.now }, 30*time.Second, "v1", "state", "slack")
	p.server = httptest.NewServer(p.Handler())
	t.Cleanup(p.server.Close)
	return p
}

func (p *pages) get(t *testing.T, path string) (int, string) {
	t.Helper()
	answer, err := http.Get(p.server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestHealth: the loop must turn, but for a run within its time.
func TestHealth(t *testing.T) {
	p := newPages(t)
	for _, step := range []struct {
		name string
		do   func()
		want int
	}{
		{"just started", func() {}, 200},
		{"no turn for three minutes", func() { p.now = p.now.Add(3 * time.Minute) }, 503},
		{"it turns", p.Alive, 200},
		{"a run for an hour", func() { p.Begin("j", p.now.Add(2*time.Hour)); p.now = p.now.Add(time.Hour) }, 200},
		{"a run beyond its time", func() { p.now = p.now.Add(2 * time.Hour) }, 503},
		{"the run has ended", func() { p.End("j") }, 200},
	} {
		step.do()
		if code, text := p.get(t, "/healthz"); code != step.want {
			t.Errorf("%s: %d %s, want %d", step.name, code, text, step.want)
		}
	}
}

// TestReadiness: every check must be well, and one that is not says why.
func TestReadiness(t *testing.T) {
	p := newPages(t)
	want := func(ready bool, checks map[string]string) {
		t.Helper()
		code, text := p.get(t, "/readyz")
		var said struct {
			Ready  bool
			Checks map[string]string
		}
		if err := json.Unmarshal([]byte(text), &said); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if said.Ready != ready || (code == 200) != ready {
			t.Errorf("ready %v with %d, want %v: %s", said.Ready, code, ready, text)
		}
		for name, reason := range checks {
			if said.Checks[name] != reason {
				t.Errorf("%s: %q, want %q", name, said.Checks[name], reason)
			}
		}
	}
	want(false, map[string]string{"state": "not looked at yet", "slack": "not looked at yet", "loop": "ok"})
	p.Set("state", nil)
	p.Set("slack", nil)
	want(true, map[string]string{"state": "ok", "slack": "ok"})
	p.Set("slack", errors.New("invalid_auth <&>"))
	want(false, map[string]string{"slack": "invalid_auth <&>"})
	p.Set("slack", nil)
	p.now = p.now.Add(time.Hour)
	want(false, map[string]string{"loop": "the loop has not turned for 1h0m0s"})
}

func TestMetrics(t *testing.T) {
	p := newPages(t)
	p.Metrics.Expect("new", p.now)
	p.Metrics.Ran("j", 3*time.Second, p.now, nil)
	p.Metrics.Ran("j", time.Second, p.now, errors.New("down"))
	p.Metrics.Missed("j", 2)
	p.Metrics.Next("j", p.now)
	p.Metrics.Read("j", 41, map[string]int{"zero_dates": 3})
	p.Metrics.Found("j", map[string]int{"customer_lost": 7})
	p.Metrics.Found("j", map[string]int{"customer_overdue": 1}) // what is not found any more is gone
	p.Metrics.Outbox(map[string]int{"pending": 4})
	p.Metrics.Delivered("sent", 5)
	_, text := p.get(t, "/metrics")
	for _, line := range []string{
		`dangol_runs_total{job="new",outcome="failed"} 0`, `dangol_missed_runs_total{job="new"} 0`, `dangol_last_run_timestamp_seconds{job="new",outcome="ok"} 1.7955`,
		`dangol_runs_total{job="j",outcome="ok"} 1`, `dangol_runs_total{job="j",outcome="failed"} 1`, `dangol_missed_runs_total{job="j"} 2`,
		`dangol_next_run_timestamp_seconds{job="j"} 1.7955`, `dangol_order_lines_read{job="j"} 41`, `dangol_rows_irregular{job="j",what="zero_dates"} 3`,
		`dangol_findings{job="j",kind="customer_overdue"} 1`, `dangol_outbox_messages{state="pending"} 4`, `dangol_outbox_messages{state="dead"} 0`,
		`dangol_deliveries_total{outcome="sent"} 5`, `dangol_run_duration_seconds_count{job="j"} 2`, `dangol_build_info{version="v1"} 1`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %s", line)
		}
	}
	if strings.Contains(text, "customer_lost") {
		t.Error("a kind that the latest run did not find is still there")
	}
}
