package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dangol/internal/casebook"
	"dangol/internal/failpoint"
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"

	"github.com/jmoiron/sqlx"
)

// Commit writes a night in one transaction: cases, outbox and run.
func (s *Store) Commit(ctx context.Context, n notify.Record) error {
	err := s.write(ctx, func(tx *sqlx.Tx) error {
		if err := noteRun(ctx, tx, n); err != nil {
			return err
		}
		failpoint.Hit(failpoint.RunNoted)
		for _, c := range n.Cases {
			if err := saveCase(ctx, tx, c); err != nil {
				return err
			}
		}
		for _, change := range n.Changes {
			if err := noteChange(ctx, tx, n, change); err != nil {
				return err
			}
		}
		failpoint.Hit(failpoint.Cased)
		for _, m := range n.Messages {
			if err := queue(ctx, tx, n, m); err != nil {
				return err
			}
		}
		for _, id := range n.Dead {
			if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET told = 1 WHERE id = ?`, id); err != nil {
				return fmt.Errorf("delivery %s: %w", id, err)
			}
		}
		if err := meet(ctx, tx, n.Reps); err != nil {
			return err
		}
		failpoint.Hit(failpoint.Queued)
		return nil
	})
	if err == nil {
		failpoint.Hit(failpoint.Committed)
	}
	return err
}

func noteRun(ctx context.Context, tx *sqlx.Tx, n notify.Record) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO runs (id, job, as_of, committed_at, outcome, data_through, findings, messages)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		n.RunID, n.Job, n.AsOf.String(), instant(n.At), string(n.Outcome), n.DataThrough.String(), n.Findings, len(n.Messages))
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	return nil
}

// caseColumns are all of a case, in the order of caseRow.values.
const caseColumns = `id, family, customer_id, product, rep_id, kind, state, opened_on, changed_on, last_order, told, parent, in_channel, line,
	name, again, began, told_on, odds, at_risk, segment, sure, saved, taker, until, why, note, reminded, answered_by, answered_on, revision`

// saveCase writes a case, unless somebody else has written it since it was read.
func saveCase(ctx context.Context, tx *sqlx.Tx, c casebook.Case) error {
	row := rowOf(c)
	row.Revision++
	result, err := tx.NamedExecContext(ctx, `
		INSERT INTO cases (`+caseColumns+`)
		VALUES (:id, :family, :customer_id, :product, :rep_id, :kind, :state, :opened_on, :changed_on, :last_order, :told, :parent, :in_channel, :line,
		  :name, :again, :began, :told_on, :odds, :at_risk, :segment, :sure, :saved, :taker, :until, :why, :note, :reminded, :answered_by, :answered_on, :revision)
		ON CONFLICT (id) DO UPDATE SET
		  rep_id = excluded.rep_id, kind = excluded.kind, state = excluded.state, changed_on = excluded.changed_on,
		  told = excluded.told, parent = excluded.parent, in_channel = excluded.in_channel, line = excluded.line,
		  name = excluded.name, told_on = excluded.told_on, odds = excluded.odds, at_risk = excluded.at_risk, segment = excluded.segment, sure = excluded.sure,
		  saved = excluded.saved, taker = excluded.taker, until = excluded.until, why = excluded.why, note = excluded.note,
		  reminded = excluded.reminded, answered_by = excluded.answered_by, answered_on = excluded.answered_on, revision = excluded.revision
		WHERE cases.revision = excluded.revision - 1`, row)
	if err != nil {
		return fmt.Errorf("case: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(notify.ErrMoved, err)
	}
	return nil
}

func queue(ctx context.Context, tx *sqlx.Tx, n notify.Record, m notify.Message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO deliveries (id, run_id, case_id, as_of, destination, op, message, state)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, n.RunID, m.CaseID, n.AsOf.String(), m.To.Key(), string(m.Op), string(text), string(notify.Pending))
	if err != nil {
		return fmt.Errorf("delivery: %w", err)
	}
	return nil
}

// caseRow is a row of cases.
type caseRow struct {
	ID         string  `db:"id"`
	Family     string  `db:"family"`
	CustomerID string  `db:"customer_id"`
	Product    string  `db:"product"`
	RepID      string  `db:"rep_id"`
	Kind       string  `db:"kind"`
	State      string  `db:"state"`
	OpenedOn   string  `db:"opened_on"`
	ChangedOn  string  `db:"changed_on"`
	LastOrder  string  `db:"last_order"`
	Told       string  `db:"told"`
	Parent     string  `db:"parent"`
	InChannel  bool    `db:"in_channel"`
	Line       string  `db:"line"`
	Name       string  `db:"name"`
	Again      bool    `db:"again"`
	Began      string  `db:"began"`
	ToldOn     string  `db:"told_on"`
	Odds       float64 `db:"odds"`
	AtRisk     string  `db:"at_risk"`
	Segment    string  `db:"segment"`
	Sure       bool    `db:"sure"`
	Saved      bool    `db:"saved"`
	Taker      string  `db:"taker"`
	Until      string  `db:"until"`
	Why        string  `db:"why"`
	Note       string  `db:"note"`
	Reminded   string  `db:"reminded"`
	AnsweredBy string  `db:"answered_by"`
	AnsweredOn string  `db:"answered_on"`
	Revision   int     `db:"revision"`
}

func rowOf(c casebook.Case) caseRow {
	return caseRow{ID: c.ID, Family: string(c.Family), CustomerID: c.CustomerID, Product: c.Product, RepID: c.RepID, Kind: string(c.Kind),
		State: string(c.State), OpenedOn: c.OpenedOn.String(), ChangedOn: c.ChangedOn.String(), LastOrder: c.LastOrder.String(),
		Told: string(c.Told), Parent: c.Parent, InChannel: c.InChannel, Line: c.Line, Name: c.Name, Again: c.Again, Began: string(c.Began), ToldOn: c.ToldOn.String(),
		Odds: c.Odds, AtRisk: c.AtRisk.String(), Segment: c.Segment, Sure: c.Sure, Saved: c.Saved, Taker: c.Taker, Until: c.Until.String(),
		Why: string(c.Why), Note: c.Note, Reminded: c.Reminded.String(), AnsweredBy: c.AnsweredBy, AnsweredOn: c.AnsweredOn.String(), Revision: c.Revision}
}

func (r caseRow) record() (casebook.Case, error) {
	c := casebook.Case{ID: r.ID, Family: casebook.Family(r.Family), CustomerID: r.CustomerID, Product: r.Product, RepID: r.RepID,
		Kind: finding.Kind(r.Kind), State: casebook.State(r.State), Told: casebook.Told(r.Told),
		Parent: r.Parent, InChannel: r.InChannel, Line: r.Line, Name: r.Name, Again: r.Again, Began: finding.Kind(r.Began), Odds: r.Odds, Segment: r.Segment,
		Sure: r.Sure, Saved: r.Saved, Taker: r.Taker, Why: casebook.Why(r.Why), Note: r.Note, AnsweredBy: r.AnsweredBy, Revision: r.Revision}
	for _, date := range []struct {
		into *sales.Date
		text string
	}{{&c.OpenedOn, r.OpenedOn}, {&c.ChangedOn, r.ChangedOn}, {&c.LastOrder, r.LastOrder}, {&c.ToldOn, r.ToldOn}, {&c.Until, r.Until},
		{&c.Reminded, r.Reminded}, {&c.AnsweredOn, r.AnsweredOn}} {
		if err := date.into.UnmarshalText([]byte(date.text)); err != nil {
			return c, fmt.Errorf("case %s: %w", r.ID, err)
		}
	}
	if err := c.AtRisk.UnmarshalText([]byte(r.AtRisk)); err != nil {
		return c, fmt.Errorf("case %s: %w", r.ID, err)
	}
	return c, nil
}

// Cases returns every open case, and of the closed ones the latest of each
// customer, product and family, by id.
func (s *Store) Cases(ctx context.Context) ([]casebook.Case, error) {
	return s.cases(ctx, `
		WHERE state NOT IN ('recovered', 'superseded', 'reported', 'dismissed')
		   OR last_order = (SELECT MAX(last_order) FROM cases AS l
		                    WHERE l.family = c.family AND l.customer_id = c.customer_id AND l.product = c.product)`)
}

// History returns every case about a customer that was opened or changed on or
// after a date, by id: what the alerts have come to.
func (s *Store) History(ctx context.Context, since sales.Date) ([]casebook.Case, error) {
	return s.cases(ctx, `WHERE customer_id <> '' AND (opened_on >= ? OR changed_on >= ?)`, since.String(), since.String())
}

func (s *Store) cases(ctx context.Context, condition string, args ...any) ([]casebook.Case, error) {
	var rows []caseRow
	err := s.db.SelectContext(ctx, &rows, `SELECT `+caseColumns+` FROM cases AS c `+condition+` ORDER BY id`, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read the cases: %w", err)
	}
	cases := make([]casebook.Case, len(rows))
	for i, r := range rows {
		if cases[i], err = r.record(); err != nil {
			return nil, err
		}
	}
	return cases, nil
}

// LastJudged returns the latest as-of date of a run of the job that judged the
// customers; zero when none did, and the next one is the baseline.
func (s *Store) LastJudged(ctx context.Context, job string) (sales.Date, error) {
	var text string
	err := s.db.GetContext(ctx, &text, `SELECT COALESCE(MAX(as_of), '') FROM runs WHERE job = ? AND outcome = 'judged'`, job)
	if err != nil {
		return 0, fmt.Errorf("cannot read the runs: %w", err)
	}
	var date sales.Date
	err = date.UnmarshalText([]byte(text))
	return date, err
}

// LastRun returns when the job last committed a run that worked; zero when none
// did.
func (s *Store) LastRun(ctx context.Context, job string) (time.Time, error) {
	var text string
	err := s.db.GetContext(ctx, &text, `SELECT COALESCE(MAX(committed_at), '') FROM runs WHERE job = ? AND outcome <> 'broken'`, job)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, text)
}

// Used counts the new messages about cases of an as-of date by destination, for
// the daily cap.
func (s *Store) Used(ctx context.Context, asOf sales.Date) (map[string]int, error) {
	var rows []struct {
		Destination string `db:"destination"`
		N           int    `db:"n"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT destination, COUNT(*) AS n
		FROM deliveries
		WHERE as_of = ? AND op = 'post' AND case_id <> ''
		GROUP BY destination`, asOf.String())
	if err != nil {
		return nil, fmt.Errorf("cannot count the messages of the day: %w", err)
	}
	used := make(map[string]int, len(rows))
	for _, r := range rows {
		used[r.Destination] = r.N
	}
	return used, nil
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
