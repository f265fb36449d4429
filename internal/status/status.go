// Package status shows ops how the daemon is: /healthz says whether it lives,
// /readyz whether it can do its work and what keeps it, /metrics counts what it
// did. No page names a customer or a rep.
package status

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Status is what is known of the daemon. Its methods may be called from several
// goroutines.
type Status struct {
	Metrics *Metrics

	clock func() time.Time
	stale time.Duration

	mu     sync.Mutex
	beat   time.Time            // the loop's last turn
	busy   map[string]time.Time // job under way → when it must have ended
	checks map[string]error     // what readiness depends on; nil is well
}

// New returns the status of a daemon whose loop turns at least every so often.
// The checks named must be set before it counts as ready.
func New(clock func() time.Time, turns time.Duration, build string, checks ...string) *Status {
	s := &Status{Metrics: newMetrics(build), clock: clock, stale: 4 * turns, beat: clock(),
		busy: map[string]time.Time{}, checks: map[string]error{}}
	for _, name := range checks {
		s.checks[name] = fmt.Errorf("not looked at yet")
	}
	return s
}

// Alive notes a turn of the loop.
func (s *Status) Alive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beat = s.clock()
}

// Begin notes that a job is under way and by when it must have ended: the loop
// does not turn meanwhile.
func (s *Status) Begin(job string, deadline time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy[job] = deadline
}

// End notes that a job is not under way any more.
func (s *Status) End(job string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, job)
	s.beat = s.clock()
}

// Set notes how a check turned out; nil is well. Its text is shown to whoever
// may read /readyz.
func (s *Status) Set(check string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks[check] = err
}

// alive says whether the loop turns, or a job is within its time.
func (s *Status) alive() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	for job, deadline := range s.busy {
		if now.After(deadline.Add(s.stale)) {
			return fmt.Errorf("the job %s should have ended at %s", job, deadline.Format(time.RFC3339))
		}
		return nil
	}
	if quiet := now.Sub(s.beat); quiet > s.stale {
		return fmt.Errorf("the loop has not turned for %s", quiet.Round(time.Second))
	}
	return nil
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks"`
}

func (s *Status) ready() readiness {
	alive := s.alive()
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := readiness{Ready: alive == nil, Checks: map[string]string{"loop": word(alive)}}
	for _, name := range slices.Sorted(maps.Keys(s.checks)) {
		answer.Checks[name] = word(s.checks[name])
		answer.Ready = answer.Ready && s.checks[name] == nil
	}
	return answer
}

func word(err error) string {
	if err == nil {
		return "ok"
	}
	return err.Error()
}

// Handler serves /healthz, /readyz and /metrics.
func (s *Status) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if err := s.alive(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		answer := s.ready()
		w.Header().Set("Content-Type", "application/json")
		if !answer.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", " ")
		_ = encoder.Encode(answer) // whoever asked has gone
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Metrics.registry, promhttp.HandlerOpts{}))
	return mux
}
