package store

import (
	"context"
	"encoding/json"
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
		_, err := tx.ExecContext(ctx, `
			INSERT INTO runs (id, job, as_of, committed_at, outcome, data_through, findings, messages)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			n.RunID, n.Job, n.AsOf.String(), instant(n.At), string(n.Outcome), n.DataThrough.String(), n.Findings, len(n.Messages))
		if err != nil {
			return fmt.Errorf("run: %w", err)
		}
		failpoint.Hit(failpoint.RunNoted)
		for _, c := range n.Cases {
			if err := saveCase(ctx, tx, c); err != nil {
				return err
			}
		}
		for _, change := range n.Changes {
			_, err := tx.ExecContext(ctx, `INSERT INTO case_changes (case_id, run_id, as_of, reason) VALUES (?, ?, ?, ?)`,
				change.Case.ID, n.RunID, n.AsOf.String(), string(change.Reason))
			if err != nil {
				return fmt.Errorf("change of case: %w", err)
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
		failpoint.Hit(failpoint.Queued)
		return nil
	})
	if err == nil {
		failpoint.Hit(failpoint.Committed)
	}
	return err
}

func saveCase(ctx context.Context, tx *sqlx.Tx, c casebook.Case) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO cases (id, family, customer_id, product, rep_id, kind, state, opened_on, changed_on, last_order, told, parent, in_channel, line)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET
		  rep_id = excluded.rep_id, kind = excluded.kind, state = excluded.state, changed_on = excluded.changed_on,
		  told = excluded.told, parent = excluded.parent, in_channel = excluded.in_channel, line = excluded.line`,
		c.ID, string(c.Family), c.CustomerID, c.Product, c.RepID, string(c.Kind), string(c.State), c.OpenedOn.String(), c.ChangedOn.String(),
		c.LastOrder.String(), string(c.Told), c.Parent, c.InChannel, c.Line)
	if err != nil {
		return fmt.Errorf("case: %w", err)
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
	ID         string `db:"id"`
	Family     string `db:"family"`
	CustomerID string `db:"customer_id"`
	Product    string `db:"product"`
	RepID      string `db:"rep_id"`
	Kind       string `db:"kind"`
	State      string `db:"state"`
	OpenedOn   string `db:"opened_on"`
	ChangedOn  string `db:"changed_on"`
	LastOrder  string `db:"last_order"`
	Told       string `db:"told"`
	Parent     string `db:"parent"`
	InChannel  bool   `db:"in_channel"`
	Line       string `db:"line"`
}

func (r caseRow) record() (casebook.Case, error) {
	c := casebook.Case{ID: r.ID, Family: casebook.Family(r.Family), CustomerID: r.CustomerID, Product: r.Product, RepID: r.RepID,
		Kind: finding.Kind(r.Kind), State: casebook.State(r.State), Told: casebook.Told(r.Told),
		Parent: r.Parent, InChannel: r.InChannel, Line: r.Line}
	for _, date := range []struct {
		into *sales.Date
		text string
	}{{&c.OpenedOn, r.OpenedOn}, {&c.ChangedOn, r.ChangedOn}, {&c.LastOrder, r.LastOrder}} {
		if err := date.into.UnmarshalText([]byte(date.text)); err != nil {
			return c, fmt.Errorf("case %s: %w", r.ID, err)
		}
	}
	return c, nil
}

// Cases returns every open case, and of the closed ones the latest of each
// customer, product and family, by id.
func (s *Store) Cases(ctx context.Context) ([]casebook.Case, error) {
	var rows []caseRow
	err := s.db.SelectContext(ctx, &rows, `
		SELECT id, family, customer_id, product, rep_id, kind, state, opened_on, changed_on, last_order, told, parent, in_channel, line
		FROM cases AS c
		WHERE state NOT IN ('recovered', 'superseded', 'reported')
		   OR last_order = (SELECT MAX(last_order) FROM cases AS l
		                    WHERE l.family = c.family AND l.customer_id = c.customer_id AND l.product = c.product)
		ORDER BY id`)
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
