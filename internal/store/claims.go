package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"dangol/jobs"

	"github.com/jmoiron/sqlx"
)

// The store keeps the daemon's claims.
var _ jobs.Claims = (*Store)(nil)

// Settled returns the latest run of a job that ended or was missed, of those due
// by a wall-clock time; empty: the job was never seen. Runs that count as missed
// since an instant after now are left out.
func (s *Store) Settled(ctx context.Context, job string, by jobs.Nominal, now time.Time) (last jobs.Nominal, failing bool, err error) {
	var found struct {
		Last  string `db:"last"`
		Tried string `db:"tried"`
	}
	err = s.db.GetContext(ctx, &found, `
		SELECT COALESCE(MAX(nominal), '') AS last,
		       COALESCE((SELECT state FROM claims
		                 WHERE job = ? AND nominal <= ? AND state IN ('done', 'failed')
		                 ORDER BY nominal DESC LIMIT 1), '') AS tried
		FROM claims
		WHERE job = ? AND nominal <= ? AND state <> 'claimed' AND NOT (state = 'missed' AND settled_at > ?)`,
		job, string(by), job, string(by), instant(now))
	if err != nil {
		return "", false, fmt.Errorf("cannot read the claims of %s: %w", job, err)
	}
	return jobs.Nominal(found.Last), found.Tried == string(jobs.Failed), nil
}

// Adopt notes a job's schedule. A job never seen, or one with another schedule
// than before, is due from a wall-clock time on.
func (s *Store) Adopt(ctx context.Context, job, schedule string, from jobs.Nominal, at time.Time) error {
	return s.write(ctx, func(tx *sqlx.Tx) error {
		var known string
		err := tx.GetContext(ctx, &known, `SELECT text FROM schedules WHERE job = ?`, job)
		if err != nil && !errors.Is(err, sql.ErrNoRows) || err == nil && known == schedule {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO schedules (job, text) VALUES (?, ?)
			ON CONFLICT (job) DO UPDATE SET text = excluded.text`, job, schedule); err != nil {
			return fmt.Errorf("schedule: %w", err)
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO claims (job, nominal, state, settled_at) VALUES (?, ?, 'begin', ?)
			ON CONFLICT (job, nominal) DO NOTHING`, job, string(from), instant(at))
		return err
	})
}

// Pending returns the runs that were claimed and have not ended, oldest first.
func (s *Store) Pending(ctx context.Context, job string) ([]jobs.Held, error) {
	var rows []struct {
		Nominal  string `db:"nominal"`
		Owner    string `db:"owner"`
		At       string `db:"claimed_at"`
		Attempts int    `db:"attempts"`
		Told     bool   `db:"told"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT nominal, owner, claimed_at, attempts, told
		FROM claims
		WHERE job = ? AND state = 'claimed'
		ORDER BY nominal`, job)
	if err != nil {
		return nil, fmt.Errorf("cannot read the claims of %s: %w", job, err)
	}
	held := make([]jobs.Held, len(rows))
	for i, r := range rows {
		at, err := time.Parse(time.RFC3339Nano, r.At)
		if err != nil {
			return nil, fmt.Errorf("claim of %s: %w", job, err)
		}
		held[i] = jobs.Held{Nominal: jobs.Nominal(r.Nominal), Owner: r.Owner, At: at, Attempts: r.Attempts, Told: r.Told}
	}
	return held, nil
}

// Told notes that ops was told that a run does not work.
func (s *Store) Told(ctx context.Context, job string, run jobs.Nominal) error {
	return s.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE claims SET told = 1 WHERE job = ? AND nominal = ?`, job, string(run))
		return err
	})
}

// Claim takes a run unless it was done or given up, and returns how often it was
// taken. What another owner holds is taken over: its process has gone, or this
// one could not have opened the state.
func (s *Store) Claim(ctx context.Context, c jobs.Claim) (attempts int, ok bool, err error) {
	err = s.write(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &attempts, `
			INSERT INTO claims (job, nominal, state, owner, claimed_at, deadline, attempts)
			VALUES (?, ?, 'claimed', ?, ?, ?, 1)
			ON CONFLICT (job, nominal) DO UPDATE SET
			  state = 'claimed', owner = excluded.owner, claimed_at = excluded.claimed_at,
			  deadline = excluded.deadline, attempts = claims.attempts + 1
			WHERE claims.state IN ('claimed', 'missed')
			RETURNING attempts`, c.Job, string(c.Nominal), c.Owner, instant(c.At), instant(c.Deadline))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		ok = err == nil
		return err
	})
	return attempts, ok, err
}

// Settle writes how runs ended. A run that was done or given up stays so.
func (s *Store) Settle(ctx context.Context, job string, runs []jobs.Nominal, how jobs.Ending, why string, at time.Time) error {
	return s.write(ctx, func(tx *sqlx.Tx) error {
		for _, run := range runs {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO claims (job, nominal, state, settled_at, reason) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (job, nominal) DO UPDATE SET
				  state = excluded.state, settled_at = excluded.settled_at, reason = excluded.reason
				WHERE claims.state = 'claimed'`, job, string(run), string(how), instant(at), why)
			if err != nil {
				return fmt.Errorf("claim: %w", err)
			}
		}
		return nil
	})
}
