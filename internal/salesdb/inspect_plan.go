package salesdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dangol/internal/sales"
)

// Step is how the server reads one table of the order lines' statement.
type Step struct {
	Name      string // in the statement
	Table     string // behind that name, where it is known
	Access    string // ALL, ref, eq_ref, range …
	Key       string // the index used, or empty
	Rows      int    // the server's estimate of the rows examined in one pass
	Condition string // what the server compares here, in its own words
	refs      []string
}

// Missing is an index that would spare the server a full scan.
type Missing struct {
	Table, Column string
	Rows          int    // of the table, as the server estimates
	Why           string // what it would serve: "find lines …"
}

// Statement returns what creates the index.
func (m Missing) Statement() string {
	return fmt.Sprintf("CREATE INDEX %s ON %s (%s)", quoted("dangol_"+strings.ToLower(m.Column)), quoted(m.Table), quoted(m.Column))
}

// Plan is how the server would answer the statements that read order lines.
type Plan struct {
	Steps        []Step // of reading all lines, in the server's order
	Sorted       bool   // the server sorts the lines by customer itself
	Materialised bool   // it first writes the query's result into a temporary table
	Expression   string // the server's condition where ordered_at is computed, so that no index can serve its range
	Missing      []Missing
}

// Plan asks the server to explain the very statements that a reading runs: all
// lines by customer, and the lines dated after today. A table without a needed
// index counts from fewest rows on. A server may refuse to explain a view.
func (s *Source) Plan(ctx context.Context, today sales.Date, fewest int) (Plan, error) {
	session, err := s.begin(ctx)
	if err != nil {
		return Plan{}, err
	}
	defer session.end(ctx)
	columns, err := session.shape(ctx, sales.OrderLines)
	if err != nil {
		return Plan{}, err
	}
	whole := s.lineQuery(Request{AsOf: today, Today: today}, columns) + " ORDER BY customer_id"
	if s.place.name == "" {
		return session.planSQLite(ctx, whole)
	}
	for _, setting := range []string{"SET SESSION explain_json_format_version = 1"} { // MySQL 9 has another form
		_, _ = session.conn.ExecContext(ctx, setting)
	}
	answer, err := session.explainJSON(ctx, whole)
	if err != nil {
		return Plan{}, err
	}
	plan := planOf(answer, aliasesOf(s.queries[sales.OrderLines]))
	steps := plan.Steps
	if !s.cutsAlone(columns[2].kind) {
		future, err := session.explainJSON(ctx, futureQuery(s, today))
		if err != nil {
			return plan, err
		}
		steps = append(slices.Clone(steps), session.future(ctx, &plan, future, fewest)...)
	}
	session.joins(ctx, &plan, steps, fewest)
	return plan, nil
}

// futureQuery selects the lines dated after today, as countFuture does.
func futureQuery(s *Source, today sales.Date) string {
	return fmt.Sprintf("SELECT ordered_at FROM %s WHERE ordered_at >= '%s'", s.derived(sales.OrderLines), today-1)
}

// explainJSON returns the server's explanation of a statement.
func (s *session) explainJSON(ctx context.Context, query string) (any, error) {
	var text string
	err := s.each(ctx, sales.OrderLines, "EXPLAIN FORMAT=JSON "+query, func(row []sql.RawBytes) error {
		text += string(row[0])
		return nil
	})
	if err != nil {
		return nil, err
	}
	var answer any
	if err := json.Unmarshal([]byte(text), &answer); err != nil || text == "" {
		return nil, errNoPlan
	}
	return answer, nil
}

// planOf reads an explanation. MariaDB's and MySQL's forms differ in what
// stands around the tables, so every object that names a table is taken, in
// the order of the text.
func planOf(answer any, aliases map[string]string) Plan {
	var p Plan
	p.walk(answer, "", aliases)
	return p
}

func (p *Plan) walk(node any, outer string, aliases map[string]string) {
	switch node := node.(type) {
	case []any:
		for _, inner := range node {
			p.walk(inner, outer, aliases)
		}
	case map[string]any:
		if node["filesort"] != nil || node["using_filesort"] == true {
			p.Sorted = true
		}
		if node["materialized"] != nil || node["materialized_from_subquery"] != nil {
			p.Materialised = true
		}
		if condition, ok := node["attached_condition"].(string); ok {
			outer += " " + condition
		}
		if _, ok := node["table_name"].(string); ok {
			p.take(node, outer, aliases)
			outer = ""
		}
		for _, key := range sortedKeys(node) {
			p.walk(node[key], outer, aliases)
		}
	}
}

// take keeps one table of an explanation.
func (p *Plan) take(node map[string]any, condition string, aliases map[string]string) {
	step := Step{Condition: strings.TrimSpace(condition)}
	step.Name, _ = node["table_name"].(string)
	step.Access, _ = node["access_type"].(string)
	step.Key, _ = node["key"].(string)
	for _, key := range []string{"rows", "rows_examined_per_scan"} {
		if rows, ok := node[key].(float64); ok {
			step.Rows = int(rows)
		}
	}
	if list, ok := node["ref"].([]any); ok {
		for _, ref := range list {
			step.refs = append(step.refs, fmt.Sprint(ref))
		}
	}
	if step.Table = aliases[step.Name]; step.Table == "" {
		step.Table = step.Name
	}
	if node["materialized"] == nil && node["materialized_from_subquery"] == nil && !strings.HasPrefix(step.Name, "<") {
		p.Steps = append(p.Steps, step)
	}
}

// sortedKeys returns the keys of a JSON object; the server's own order is lost
// in decoding and does not matter, since tables of one join stand in a list.
func sortedKeys(node map[string]any) []string {
	keys := make([]string, 0, len(node))
	for key := range node {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

var (
	// dateBound matches the comparison of a bare column with a date. A server
	// writes a column with its table; what stands alone is the end of an
	// expression: CASE … END, + INTERVAL 9 HOUR.
	dateBound = regexp.MustCompile("((?:`?[\\p{L}\\p{N}_$-]+`?\\.)+`?[\\p{L}\\p{N}_$-]+`?) >= (?:TIMESTAMP|DATE)?'")
	// anyBound matches that of an expression.
	anyBound = regexp.MustCompile(`(?i)(?:\)|\bend|\b(?:second|minute|hour|day|week|month|quarter|year)) >= `)
)

// future judges the statement for lines after today: an index that begins with
// the date serves it. It returns the statement's steps.
func (s *session) future(ctx context.Context, plan *Plan, answer any, fewest int) []Step {
	steps := planOf(answer, aliasesOf(s.source.queries[sales.OrderLines])).Steps
	for _, step := range steps {
		rows := s.size(ctx, step)
		m := dateBound.FindStringSubmatch(step.Condition)
		switch {
		case rows < fewest:
		case m != nil && step.Access != "range":
			s.miss(ctx, plan, step, lastName(m[1]), rows, "find lines dated after today")
		case m == nil && anyBound.MatchString(step.Condition):
			plan.Expression = step.Condition
		}
	}
	return steps
}

// equality matches a column compared with another one in a condition.
var equality = regexp.MustCompile("((?:`?[\\p{L}\\p{N}_$-]+`?\\.)+`?[\\p{L}\\p{N}_$-]+`?) = ((?:`?[\\p{L}\\p{N}_$-]+`?\\.)+`?[\\p{L}\\p{N}_$-]+`?)")

// joins finds large tables that are read in full although they are joined by a
// column: an index that begins with that column serves the join. It serves none
// that only looks something up, such as a product's name: the lines are read first
// all the same, and building it on millions of them is dear.
func (s *session) joins(ctx context.Context, plan *Plan, steps []Step, fewest int) {
	pairs := joinColumns(steps)
	optional := optionalIn(s.source.queries[sales.OrderLines])
	small := map[string]bool{}
	for _, step := range steps {
		small[step.Name] = s.size(ctx, step) < fewest
	}
	for _, step := range steps {
		if step.Access != "ALL" || step.Rows < fewest {
			continue
		}
		for _, pair := range pairs[step.Name] {
			if !small[pair.with] && !optional[pair.with] {
				s.miss(ctx, plan, step, pair.column, step.Rows, "join order lines by that column")
			}
		}
	}
}

// pair is a column through which a table is joined, and with which other one.
type pair struct{ column, with string }

// joinColumns returns, by table, the columns through which tables are joined.
func joinColumns(steps []Step) map[string][]pair {
	pairs := map[string][]pair{}
	add := func(name, with string) {
		parts := strings.Split(strings.ReplaceAll(name, "`", ""), ".")
		if len(parts) < 2 {
			return
		}
		table, p := parts[len(parts)-2], pair{parts[len(parts)-1], with}
		if !slices.Contains(pairs[table], p) {
			pairs[table] = append(pairs[table], p)
		}
	}
	for _, step := range steps {
		for _, ref := range step.refs {
			add(ref, step.Name)
		}
		for _, m := range equality.FindAllStringSubmatch(step.Condition, -1) {
			add(m[1], tableOf(m[2]))
			add(m[2], tableOf(m[1]))
		}
	}
	return pairs
}

// tableOf returns the table that a column is written with.
func tableOf(column string) string {
	parts := strings.Split(strings.ReplaceAll(column, "`", ""), ".")
	return parts[max(0, len(parts)-2)]
}

// miss notes an index unless the table has one that begins with the column.
func (s *session) miss(ctx context.Context, plan *Plan, step Step, column string, rows int, why string) {
	m := Missing{Table: step.Table, Column: column, Rows: rows, Why: why}
	known := slices.ContainsFunc(plan.Missing, func(o Missing) bool { return o.Table == m.Table && o.Column == m.Column })
	if known || s.indexed(ctx, step.Table, column) {
		return
	}
	plan.Missing = append(plan.Missing, m)
}

// indexed reports whether an index of the table begins with the column.
func (s *session) indexed(ctx context.Context, table, column string) bool {
	schema, name := s.schemaOf(table)
	var n int
	err := s.conn.QueryRowxContext(ctx, "SELECT COUNT(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND COLUMN_NAME = ? AND SEQ_IN_INDEX = 1",
		schema, name, column).Scan(&n)
	return err == nil && n > 0
}

// size is how many rows a table has, as the server estimates. A step's own
// estimate is that of one look-up where the table is found by a key.
func (s *session) size(ctx context.Context, step Step) int {
	schema, name := s.schemaOf(step.Table)
	var rows sql.NullInt64
	err := s.conn.QueryRowxContext(ctx, "SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?", schema, name).Scan(&rows)
	if err != nil {
		return step.Rows
	}
	return max(step.Rows, int(rows.Int64))
}

func (s *session) schemaOf(table string) (schema, name string) {
	if schema, name, ok := strings.Cut(table, "."); ok {
		return schema, name
	}
	return s.source.place.name, table
}

func lastName(name string) string {
	name = strings.ReplaceAll(name, "`", "")
	return name[strings.LastIndexByte(name, '.')+1:]
}

// automatic matches SQLite's word for an index it builds for one statement.
var automatic = regexp.MustCompile(`^SEARCH (\S+)(?: AS (\S+))? USING AUTOMATIC .*INDEX \((\w+)=`)

// planSQLite reads EXPLAIN QUERY PLAN.
func (s *session) planSQLite(ctx context.Context, query string) (Plan, error) {
	var p Plan
	aliases := aliasesOf(s.source.queries[sales.OrderLines])
	err := s.each(ctx, sales.OrderLines, "EXPLAIN QUERY PLAN "+query, func(row []sql.RawBytes) error {
		p.takeSQLite(string(row[len(row)-1]), aliases)
		return nil
	})
	for i := range p.Missing {
		_ = s.conn.QueryRowxContext(ctx, "SELECT COUNT(*) FROM "+p.Missing[i].Table).Scan(&p.Missing[i].Rows)
	}
	return p, err
}

func (p *Plan) takeSQLite(detail string, aliases map[string]string) {
	words := strings.Fields(detail)
	if strings.HasPrefix(detail, "USE TEMP B-TREE FOR ORDER BY") {
		p.Sorted = true
	}
	if len(words) < 2 || words[0] != "SCAN" && words[0] != "SEARCH" {
		return
	}
	step := Step{Name: words[1], Table: aliases[words[1]], Access: words[0], Condition: detail}
	if step.Table == "" {
		step.Table = step.Name
	}
	p.Steps = append(p.Steps, step)
	if m := automatic.FindStringSubmatch(detail); m != nil {
		p.Missing = append(p.Missing, Missing{Table: step.Table, Column: m[3], Why: "join order lines by that column"})
	}
}
