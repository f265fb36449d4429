package status

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics counts what the daemon did. The only labels are names of jobs, of
// outcomes and of kinds: their number is bounded.
type Metrics struct {
	registry *prometheus.Registry

	runs      *prometheus.CounterVec
	missed    *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	last      *prometheus.GaugeVec
	next      *prometheus.GaugeVec
	rows      *prometheus.GaugeVec
	leftOut   *prometheus.GaugeVec
	findings  *prometheus.GaugeVec
	outbox    *prometheus.GaugeVec
	presses   *prometheus.GaugeVec
	socket    *prometheus.GaugeVec
	delivered *prometheus.CounterVec
}

func newMetrics(build string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "dangol", Name: name, Help: help}, labels)
		m.registry.MustRegister(v)
		return v
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "dangol", Name: name, Help: help}, labels)
		m.registry.MustRegister(v)
		return v
	}
	m.runs = counter("runs_total", "Attempts of runs, by job and outcome (ok, failed).", "job", "outcome")
	m.missed = counter("missed_runs_total", "Runs that nobody was there for.", "job")
	m.last = gauge("last_run_timestamp_seconds", "When an attempt last ended, by job and outcome.", "job", "outcome")
	m.next = gauge("next_run_timestamp_seconds", "When the job is looked at next: its schedule, or a retry.", "job")
	m.rows = gauge("order_lines_read", "Order lines that the latest run read.", "job")
	m.leftOut = gauge("rows_irregular", "Rows of the latest run that could not be taken as they were, by what was wrong.", "job", "what")
	m.findings = gauge("findings", "Findings of the latest run, by kind.", "job", "kind")
	m.outbox = gauge("outbox_messages", "Messages in the state that are not delivered, by state (pending, unknown, dead).", "state")
	m.delivered = counter("deliveries_total", "Messages that left the outbox, by outcome (sent, adopted, possible_duplicate, redirected, dead).", "outcome")
	m.presses = gauge("presses", "Presses of buttons, forms and commands since the start, by outcome (done, failed, unreadable).", "outcome")
	m.socket = gauge("socket_connected", "Whether there is a connection for buttons: 1 or 0; absent where no app token is set.")
	m.duration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "dangol", Name: "run_duration_seconds", Help: "How long attempts of runs took, by job.",
		Buckets: []float64{.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600},
	}, []string{"job"})
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "dangol", Name: "build_info", Help: "What is running; always 1."}, []string{"version"})
	info.WithLabelValues(build).Set(1)
	m.registry.MustRegister(m.duration, info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Expect makes the series of a job be there before its first run, with the end
// of its last good run before this process; zero: none.
func (m *Metrics) Expect(job string, last time.Time) {
	m.runs.WithLabelValues(job, "ok")
	m.runs.WithLabelValues(job, "failed")
	m.missed.WithLabelValues(job)
	if !last.IsZero() {
		m.last.WithLabelValues(job, "ok").Set(float64(last.Unix()))
	}
}

// Ran counts an attempt of a run that ended at an instant.
func (m *Metrics) Ran(job string, took time.Duration, at time.Time, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	m.runs.WithLabelValues(job, outcome).Inc()
	m.last.WithLabelValues(job, outcome).Set(float64(at.Unix()))
	m.duration.WithLabelValues(job).Observe(took.Seconds())
}

// Missed counts runs that nobody was there for.
func (m *Metrics) Missed(job string, runs int) { m.missed.WithLabelValues(job).Add(float64(runs)) }

// Next tells when a job is looked at next.
func (m *Metrics) Next(job string, at time.Time) {
	m.next.WithLabelValues(job).Set(float64(at.Unix()))
}

// Read tells what a run read: its order lines, and the rows that could not be
// taken as they were, by what was wrong.
func (m *Metrics) Read(job string, lines int, irregular map[string]int) {
	m.rows.WithLabelValues(job).Set(float64(lines))
	for what, n := range irregular {
		m.leftOut.WithLabelValues(job, what).Set(float64(n))
	}
}

// Found tells how many findings of each kind a run made; a kind left out is zero.
func (m *Metrics) Found(job string, kinds map[string]int) {
	m.findings.DeletePartialMatch(prometheus.Labels{"job": job})
	for kind, n := range kinds {
		m.findings.WithLabelValues(job, kind).Set(float64(n))
	}
}

// Outbox tells how many messages stand in the state by how far they have come.
func (m *Metrics) Outbox(states map[string]int) {
	for _, state := range []string{"pending", "unknown", "dead"} {
		m.outbox.WithLabelValues(state).Set(float64(states[state]))
	}
}

// Listening tells whether there is a connection for buttons, and what was pressed
// since the start, by outcome.
func (m *Metrics) Listening(connected bool, presses map[string]int) {
	up := 0.
	if connected {
		up = 1
	}
	m.socket.WithLabelValues().Set(up)
	for _, outcome := range []string{"done", "failed", "unreadable"} {
		m.presses.WithLabelValues(outcome).Set(float64(presses[outcome]))
	}
}

// Delivered counts messages that left the outbox, by outcome.
func (m *Metrics) Delivered(outcome string, n int) {
	m.delivered.WithLabelValues(outcome).Add(float64(n))
}
