package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"dangol/internal/casebook"
	"dangol/internal/sales"
	"dangol/notify"

	"github.com/jmoiron/sqlx"
)

// CommitPress writes down a press and what follows from it in one transaction.
// ErrRepeated: it was written down before; ErrMoved: its case was changed
// meanwhile. Either way nothing is written.
func (s *Store) CommitPress(ctx context.Context, p notify.Pressed) error {
	return s.write(ctx, func(tx *sqlx.Tx) error {
		if err := audit(ctx, tx, p); err != nil {
			return err
		}
		if len(p.Changes) == 0 && len(p.Record.Messages) == 0 {
			return nil
		}
		if err := noteRun(ctx, tx, p.Record); err != nil {
			return err
		}
		for _, change := range p.Changes {
			if err := saveCase(ctx, tx, change.Case); err != nil {
				return err
			}
			if err := noteChange(ctx, tx, p.Record, change); err != nil {
				return err
			}
		}
		for _, m := range p.Record.Messages {
			if err := queue(ctx, tx, p.Record, m); err != nil {
				return err
			}
		}
		return learn(ctx, tx, p.Lesson)
	})
}

func audit(ctx context.Context, tx *sqlx.Tx, p notify.Pressed) error {
	result, err := tx.ExecContext(ctx, `
		INSERT INTO presses (id, at, team, user_id, channel, ts, action, value, rep_id, case_id, outcome)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO NOTHING`,
		p.Press.ID, instant(p.Press.At), p.Press.Team, p.Press.User, p.Press.Channel, p.Press.TS, p.Press.Action, p.Press.Value,
		p.RepID, p.CaseID, p.Outcome)
	if err != nil {
		return fmt.Errorf("press: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(notify.ErrRepeated, err)
	}
	return nil
}

func noteChange(ctx context.Context, tx *sqlx.Tx, n notify.Record, change casebook.Change) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO case_changes (case_id, run_id, as_of, reason) VALUES (?, ?, ?, ?)`,
		change.Case.ID, n.RunID, n.AsOf.String(), string(change.Reason))
	if err != nil {
		return fmt.Errorf("change of case: %w", err)
	}
	return nil
}

func learn(ctx context.Context, tx *sqlx.Tx, l *notify.Lesson) error {
	if l == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO lessons (customer_id, kind, since, merged_into, noted_by, noted_on)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (customer_id, kind, since) DO UPDATE SET
		  merged_into = excluded.merged_into, noted_by = excluded.noted_by, noted_on = excluded.noted_on`,
		l.CustomerID, string(l.Kind), l.Since.String(), l.MergedInto, l.By, l.On.String())
	if err != nil {
		return fmt.Errorf("lesson: %w", err)
	}
	return nil
}

// Lessons returns what was learned from answers, by customer and date.
func (s *Store) Lessons(ctx context.Context) ([]notify.Lesson, error) {
	var rows []struct {
		CustomerID string `db:"customer_id"`
		Kind       string `db:"kind"`
		Since      string `db:"since"`
		MergedInto string `db:"merged_into"`
		NotedBy    string `db:"noted_by"`
		NotedOn    string `db:"noted_on"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT customer_id, kind, since, merged_into, noted_by, noted_on FROM lessons ORDER BY customer_id, kind, since`)
	if err != nil {
		return nil, fmt.Errorf("cannot read the lessons: %w", err)
	}
	list := make([]notify.Lesson, len(rows))
	for i, r := range rows {
		l := notify.Lesson{CustomerID: r.CustomerID, Kind: notify.LessonKind(r.Kind), MergedInto: r.MergedInto, By: r.NotedBy}
		if err := errors.Join(l.Since.UnmarshalText([]byte(r.Since)), l.On.UnmarshalText([]byte(r.NotedOn))); err != nil {
			return nil, fmt.Errorf("lesson about %s: %w", r.CustomerID, err)
		}
		list[i] = l
	}
	return list, nil
}

// meet keeps the reps of a snapshot.
func meet(ctx context.Context, tx *sqlx.Tx, reps []sales.Rep) error {
	if len(reps) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM people`); err != nil {
		return fmt.Errorf("people: %w", err)
	}
	for _, r := range reps {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO people (rep_id, name, email, manager_id, inactive) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (rep_id) DO NOTHING`, r.ID, r.Name, r.Email, r.ManagerID, r.Inactive)
		if err != nil {
			return fmt.Errorf("people: %w", err)
		}
	}
	return nil
}

// People returns the reps as the last run read them: id, name, e-mail, manager,
// and whether they have left.
func (s *Store) People(ctx context.Context) ([]sales.Rep, error) {
	var rows []struct {
		RepID     string `db:"rep_id"`
		Name      string `db:"name"`
		Email     string `db:"email"`
		ManagerID string `db:"manager_id"`
		Inactive  bool   `db:"inactive"`
	}
	if err := s.db.SelectContext(ctx, &rows, `SELECT rep_id, name, email, manager_id, inactive FROM people ORDER BY rep_id`); err != nil {
		return nil, fmt.Errorf("cannot read the people: %w", err)
	}
	list := make([]sales.Rep, len(rows))
	for i, r := range rows {
		list[i] = sales.Rep{ID: r.RepID, Name: r.Name, Email: r.Email, ManagerID: r.ManagerID, Inactive: r.Inactive}
	}
	return list, nil
}

// CaseAt returns the case whose living message, or whose line in the owner's
// direct messages, stands at a place in Slack.
func (s *Store) CaseAt(ctx context.Context, channel, ts string) (casebook.Case, bool, error) {
	list, err := s.cases(ctx, `
		WHERE id = (SELECT case_id FROM deliveries
		            WHERE channel = ? AND ts = ? AND state = 'sent' AND case_id <> ''
		            ORDER BY seq DESC LIMIT 1)`, channel, ts)
	if err != nil || len(list) == 0 {
		return casebook.Case{}, false, err
	}
	return list[0], true, nil
}

// Said returns what a message says now: as it was posted, or as it was updated
// last, delivered or still to be.
func (s *Store) Said(ctx context.Context, id string) (notify.Message, bool, error) {
	var text string
	err := s.db.GetContext(ctx, &text, `
		SELECT message FROM deliveries
		WHERE (id = ? OR op = 'update' AND json_extract(message, '$.target') = ?) AND state <> 'dead'
		ORDER BY seq DESC LIMIT 1`, id, id)
	if errors.Is(err, sql.ErrNoRows) {
		return notify.Message{}, false, nil
	}
	if err != nil {
		return notify.Message{}, false, fmt.Errorf("cannot read the message: %w", err)
	}
	var m notify.Message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, false, fmt.Errorf("message %s: %w", id, err)
	}
	return m, true, nil
}
