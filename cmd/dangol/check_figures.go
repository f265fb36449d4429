package main

import (
	"fmt"
	"slices"

	"dangol/internal/sales"
	"dangol/jobs"
	"dangol/jobs/quota"
)

// checkFigures looks at what the jobs about figures rest on: channels, quotas,
// leave and who leads whom.
func (c *checker) checkFigures() {
	channels := c.cfg.Slack.Channels
	if channels.Managers == "" {
		c.sheet.Warn("config", "slack.channels.managers", "not set: the company's totals of quota-digest and sales-growth are not sent",
			"name the managers' channel; the alerts channel, which reps read, does not stand in")
	}
	if channels.Leaderboard == "" {
		c.sheet.OK("config", "slack.channels.leaderboard", "not set: the job %s is left out", jobs.Leaderboard)
	}
	if !c.cfg.RepFigures {
		c.sheet.OK("config", "rep_figures", "false: no figure about a single rep is computed")
		return
	}
	if c.known == nil || !c.known.Has[sales.Reps] {
		return
	}
	c.checkQuotas()
	c.checkManagers()
	if strays := c.strayReps(); len(strays) > 0 {
		c.sheet.Warn("config", "quotas and leave", fmt.Sprintf("they name %s that reps does not: %s", several(len(strays), "rep or level"), firstOf(strays, mostNamed)),
			"ids and levels are compared byte by byte: write rep_id and level as sales.queries.reps returns them")
	}
}

// checkQuotas says what is asked of how many reps today.
func (c *checker) checkQuotas() {
	definitions, err := rules(c.cfg)
	if err != nil {
		return // told already
	}
	book := quota.NewBook(definitions.Quotas, c.known.Quotas)
	kinds := book.Kinds()
	if len(kinds) == 0 {
		c.sheet.OK("config", "quotas", "none: quota-digest counts, and nobody falls short; quotas, quotas.file or sales.queries.quotas would say what is asked")
		return
	}
	for _, kind := range kinds {
		period := definitions.Quotas.Fiscal.Period(kind.Period, c.today)
		asked := 0
		for _, rep := range c.known.Reps {
			if _, ok := book.Asked(rep, kind, period, false); ok && !rep.Inactive {
				asked++
			}
		}
		c.sheet.OK("config", "quotas", "%s a %s: asked of %s in the period from %s", kind.Metric, kind.Period, several(asked, "rep"), period.From)
	}
}

// checkManagers lists the reps whose sheets would reach nobody.
func (c *checker) checkManagers() {
	var without []string
	for _, rep := range c.known.Reps {
		boss, ok := c.known.Rep(rep.ManagerID)
		if rep.Inactive || leads(c.known, rep.ID) {
			continue
		}
		if !ok || boss.ID == rep.ID || boss.Inactive || boss.Email == "" {
			without = append(without, rep.ID)
		}
	}
	if len(without) == 0 {
		c.sheet.OK("data", "managers", "every rep has a manager with an e-mail address")
		return
	}
	c.sheet.Warn("data", "managers", fmt.Sprintf("%s without a manager who can be told: %s; their sheets are not sent, ops is told", several(len(without), "rep"), firstOf(without, mostNamed)),
		"return manager_id from sales.queries.reps, and the managers themselves with their e-mail and active = 1")
}

func leads(s *sales.Snapshot, id string) bool {
	return slices.ContainsFunc(s.Reps, func(r sales.Rep) bool { return r.ManagerID == id && r.ID != id })
}

// strayReps are the reps and levels that quotas and leave name and the relation
// reps does not.
func (c *checker) strayReps() []string {
	var strays []string
	rep := func(id string) {
		if _, ok := c.known.Rep(id); !ok {
			strays = append(strays, id)
		}
	}
	for _, q := range c.cfg.Quotas.List {
		for id := range q.ByRep {
			rep(id)
		}
		for level := range q.ByLevel {
			if !slices.ContainsFunc(c.known.Reps, func(r sales.Rep) bool { return r.Level == level }) {
				strays = append(strays, "level "+level)
			}
		}
	}
	for _, q := range slices.Concat(c.cfg.Quotas.Rows, c.known.Quotas) {
		rep(q.RepID)
	}
	for _, a := range c.cfg.Days {
		rep(a.RepID)
	}
	slices.Sort(strays)
	return slices.Compact(strays)
}
