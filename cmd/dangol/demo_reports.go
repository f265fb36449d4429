package main

import (
	"context"
	"fmt"

	"dangol/config"
	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/notify"
)

// demoReports works out what the weekly and the monthly jobs say on the as-of
// date. The kept state does not remember it: whoever tries those jobs on it sees
// the same again.
func demoReports(ctx context.Context, env environment, cfg *config.Config, asOf sales.Date) ([]*jobs.Result, error) {
	definitions, err := rules(cfg)
	if err != nil {
		return nil, err
	}
	var reports []*jobs.Result
	for _, name := range []string{jobs.QuotaDigest, jobs.SalesGrowth, jobs.RepDiagnosis, jobs.Leaderboard} {
		entry, err := jobs.Find(name)
		if err != nil {
			return nil, err
		}
		call := &jobCall{cfg: cfg, name: name}
		if call.job, err = entry.New(definitions, cfg.DecodeJob); err != nil {
			return nil, err
		}
		runner, closeAll, err := call.runner(ctx, env)
		if err != nil {
			return nil, err
		}
		result, err := runner.Run(ctx, asOf, asOf+1, true)
		closeAll()
		if err != nil {
			return nil, err
		}
		reports = append(reports, result)
	}
	return reports, nil
}

// shownOf is how many first messages of a report the terminal shows: what the
// channel reads, and what one manager reads with one sheet.
const shownOf = 1

// showReports prints of each report the company's message, the first manager's
// and the first sheet in its thread.
func showReports(screen console, reports []*jobs.Result) error {
	for _, r := range reports {
		fmt.Fprintln(screen.out, screen.say.Text("frame_report", "job", r.Job, "from", r.Report.Period.From.String(), "to", r.Report.Period.To.String()))
		seen := map[string]int{}
		for _, m := range r.Messages {
			kind := string(m.Op)
			if m.Op == notify.Post && m.To.Rep != "" {
				kind = "direct"
			}
			if kind == "direct" && leadsTeams(r, m.To.Rep) || m.Op == notify.Reply && seen["direct"] == 0 {
				continue // a lead of reps is shown, with a sheet of its thread
			}
			if seen[kind]++; seen[kind] > shownOf {
				continue
			}
			if err := screen.show(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// leadsTeams reports whether somebody leads leads.
func leadsTeams(r *jobs.Result, id string) bool {
	for _, team := range r.Report.Teams {
		if team.Rep.ManagerID == id {
			return true
		}
	}
	return false
}
