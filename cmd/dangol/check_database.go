package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/salesdb"
)

// largeTable is the number of rows from which a missing index is felt: below it
// a full scan takes less than the rest of a run.
const largeTable = 10_000

// checkDatabase looks at connection, server, rights, queries, plan and data.
func (c *checker) checkDatabase(ctx context.Context) {
	database, err := source(ctx, c.cfg)
	if err != nil {
		c.sheet.Err("database", "connection", err)
		return
	}
	defer database.Close()
	account := ""
	if user := database.Account(); user != "" {
		account = " as " + user
	}
	c.sheet.OK("database", "connection", "%s%s", database.Place(), account)
	outlines, err := database.Outlines(ctx)
	sound := soundOf(outlines)
	c.checkPrivileges(ctx, database, database.Only(sound...).Tables())
	if err != nil {
		c.sheet.Err("database", "queries", err)
		return
	}
	c.checkOutlines(outlines)
	tallies := c.tallies(ctx, database, sound)
	if at := slices.Index(sound, sales.Reps); at >= 0 && !c.readReps(ctx, database) {
		sound = slices.Delete(sound, at, at+1)
	}
	c.readData(ctx, database, sound, tallies)
	if slices.Contains(sound, sales.OrderLines) {
		c.checkPlan(ctx, database)
	}
}

// soundOf names the relations whose query works.
func soundOf(outlines []salesdb.Outline) []sales.Relation {
	var sound []sales.Relation
	for _, o := range outlines {
		if o.Err == nil {
			sound = append(sound, o.Relation)
		}
	}
	return sound
}

// checkPrivileges warns when the account could write; tables are those that
// one which only reads must see.
func (c *checker) checkPrivileges(ctx context.Context, database *salesdb.Source, tables []string) {
	p, err := database.Privileges(ctx)
	if err != nil {
		c.sheet.WarnErr("database", "grants", err)
		return
	}
	replica := ""
	if p.ReadOnly && p.Account != "" {
		replica = ", which takes no writes (read_only is on)"
	}
	c.sheet.OK("database", "server", "%s%s", database.Server(), replica)
	switch {
	case p.Account == "":
		c.sheet.OK("database", "grants", "the file is opened for reading only")
	case len(p.Writes) == 0:
		c.sheet.OK("database", "grants", "%s may only read", p.Account)
	default:
		c.sheet.Warn("database", "grants", fmt.Sprintf("%s could write: it holds %s. Dangol never does, but its password opens that much",
			p.Account, grantsInWords(p.Writes)), readerRemedy(tables))
	}
}

// mostNamed bounds how many items of a list stand in one finding.
const mostNamed = 10

func grantsInWords(grants []salesdb.Grant) string {
	var parts []string
	for _, g := range grants {
		parts = append(parts, firstOf(g.Privileges, 6)+" on "+g.On)
	}
	return strings.Join(parts, "; ")
}

// firstOf joins the first items of a list and counts the rest.
func firstOf(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

// readerRemedy is the SQL for an account that reads what the queries name and
// nothing else.
func readerRemedy(tables []string) string {
	lines := []string{"make an account that can only read, and put it into database.dsn:", "CREATE USER 'dangol_reader'@'%' IDENTIFIED BY '…';"}
	for _, table := range tables {
		lines = append(lines, fmt.Sprintf("GRANT SELECT ON %s TO 'dangol_reader'@'%%';", table))
	}
	return strings.Join(lines, "\n")
}

// checkOutlines reports what each query returns.
func (c *checker) checkOutlines(outlines []salesdb.Outline) {
	for _, o := range outlines {
		if o.Err != nil {
			c.sheet.Err("data", string(o.Relation), o.Err)
			continue
		}
		var columns []string
		for i, name := range o.Columns {
			columns = append(columns, strings.TrimSpace(name+" "+o.Types[i]))
		}
		c.sheet.OK("data", string(o.Relation), "%s", strings.Join(columns, ", "))
	}
}

// tallies counts the rows of every relation whose query works.
func (c *checker) tallies(ctx context.Context, database *salesdb.Source, sound []sales.Relation) map[sales.Relation]salesdb.Tally {
	tallies := map[sales.Relation]salesdb.Tally{}
	for _, relation := range sound {
		tally, err := database.Tally(ctx, relation)
		if err != nil {
			c.sheet.Err("data", string(relation)+" rows", err)
			continue
		}
		tallies[relation] = tally
	}
	return tallies
}

// checkPlan says how the server will answer the statement that reads the order
// lines, and which index would spare it work.
func (c *checker) checkPlan(ctx context.Context, database *salesdb.Source) {
	plan, err := database.Plan(ctx, c.today, largeTable)
	if err != nil {
		c.sheet.WarnErr("plan", "order_lines", hint.With(fmt.Errorf("not explained: %w", unhinted(err)),
			"only this look is missing; where order_lines reads a view, GRANT SHOW VIEW on it and SELECT on its tables lets the server explain it"))
		return
	}
	c.sheet.OK("plan", "order_lines", "%s", planInWords(plan))
	for _, m := range plan.Missing {
		if m.Rows < largeTable {
			continue
		}
		c.sheet.Warn("plan", "index", fmt.Sprintf("%s (about %s rows) has no index on %s: it is read in full to %s",
			m.Table, thousands(m.Rows), m.Column, m.Why), m.Statement())
	}
	if plan.Expression != "" {
		c.sheet.Warn("plan", "ordered_at", "order_lines computes ordered_at, so that no index finds the lines of a date range: "+plan.Expression,
			"return the bare column as ordered_at; sales.stored_timezone converts time zones; a text such as 31.01.2026 becomes a column by a generated one of type DATE, with an index")
	}
}

// unhinted returns the error without remedies that do not fit here.
func unhinted(err error) error {
	var h *hint.Error
	if errors.As(err, &h) {
		return h.Err
	}
	return err
}

// planInWords tells the server's plan table by table.
func planInWords(plan salesdb.Plan) string {
	var parts []string
	for _, s := range plan.Steps {
		name := s.Table
		if s.Name != lastPart(s.Table) {
			name += " (" + s.Name + ")"
		}
		parts = append(parts, name+" "+accessInWords(s))
	}
	text := strings.Join(parts, ", then ")
	if plan.Materialised {
		text += "; the query's result goes through a temporary table (GROUP BY, DISTINCT or UNION in it)"
	}
	if plan.Sorted {
		text += "; the server sorts by customer"
	}
	return text
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func accessInWords(s salesdb.Step) string {
	switch {
	case s.Access == "ALL" || s.Access == "SCAN":
		if s.Rows > 0 {
			return fmt.Sprintf("in full, about %s rows", thousands(s.Rows))
		}
		return "in full"
	case s.Key != "":
		return fmt.Sprintf("by index %s", s.Key)
	}
	return "by " + strings.ToLower(s.Access)
}

// several is a count with its noun.
func several(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

// thousands writes a count with separators.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// readReps reads the reps by themselves: they are looked up in Slack whatever
// the order lines are worth.
func (c *checker) readReps(ctx context.Context, database *salesdb.Source) bool {
	reps, err := database.Reps(ctx)
	if err != nil {
		c.sheet.Err("data", "reps rows", err)
		return false
	}
	c.reps = append([]sales.Rep{}, reps...)
	return true
}

// readData reads what the jobs would read and judges it. Where one relation
// cannot be read the required two are tried alone.
func (c *checker) readData(ctx context.Context, database *salesdb.Source, sound []sales.Relation, tallies map[sales.Relation]salesdb.Tally) {
	if !slices.Contains(sound, sales.OrderLines) || !slices.Contains(sound, sales.Customers) {
		return
	}
	request := salesdb.Request{AsOf: c.today, Today: c.today}
	snapshot, err := database.Only(sound...).Read(ctx, request)
	if err != nil {
		c.sheet.Err("data", "reading", err)
		if ctx.Err() != nil {
			return
		}
		if snapshot, err = database.Only(sales.OrderLines, sales.Customers).Read(ctx, request); err != nil {
			return
		}
	}
	c.known = snapshot
	c.checkData(tallies)
}
