package main

import (
	"time"

	"dangol/internal/finding"
	"dangol/jobs"
)

// watcher hands what the loop does to the status pages; the loop and the runs
// log for themselves.
type watcher struct{ *daemon }

// Alive notes a turn of the loop.
func (w watcher) Alive(time.Time) { w.status.Alive() }

// Next notes when a job is looked at next.
func (w watcher) Next(job string, at time.Time) { w.status.Metrics.Next(job, at) }

// Started notes that a run is under way.
func (w watcher) Started(due jobs.Due) {
	w.status.Begin(due.Job, w.env.now().Add(time.Duration(w.cfg.Run.Deadline)+time.Duration(w.cfg.Run.Grace)))
}

// Ended notes how an attempt ended; readiness follows it.
func (w watcher) Ended(due jobs.Due, took time.Duration, err error) {
	w.status.End(due.Job)
	w.status.Set(due.Job, err)
	w.status.Metrics.Ran(due.Job, took, w.env.now(), err)
}

// Missed counts runs that nobody was there for.
func (w watcher) Missed(job string, runs int) { w.status.Metrics.Missed(job, runs) }

// incidentWords words what ops is to know about a run.
func incidentWords(incident jobs.Incident, zone *time.Location) (title, what finding.Phrase) {
	due := incident.At.In(zone).Format("2006-01-02 15:04")
	switch incident.What {
	case jobs.RunsMissed:
		first, last := incident.Missed[0], incident.Missed[len(incident.Missed)-1]
		return finding.Say("run_missed_title"), finding.Say("run_missed", "count", len(incident.Missed), "job", incident.Job,
			"first", first.String(), "last", last.String())
	case jobs.WorksAgain:
		return finding.Say("run_recovered_title", "job", incident.Job), finding.Say("run_recovered", "due", due)
	case jobs.StillFailing:
		return finding.Say("run_failed_title", "job", incident.Job),
			finding.Say("run_failing", "times", incident.Attempts, "due", due, "error", incident.Err.Error())
	}
	return finding.Say("run_failed_title", "job", incident.Job),
		finding.Say("run_failed", "times", incident.Attempts, "due", due, "error", incident.Err.Error())
}
