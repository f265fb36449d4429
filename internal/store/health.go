package store

import (
	"context"
	"fmt"
	"os"

	"dangol/internal/hint"

	"github.com/jmoiron/sqlx"
)

// Ping makes sure that the state can be written: a full disk or a file system
// that has become read-only shows before a night's findings meet it.
func (s *Store) Ping(ctx context.Context) error {
	if now, err := os.Stat(s.path); err != nil || !os.SameFile(now, s.file) {
		return hint.With(fmt.Errorf("the state %s was deleted or replaced while dangol runs", s.path),
			"restart dangol with the right state: what it writes now is lost")
	}
	return s.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO addresses (key, value) VALUES ('ping', '0')
			ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1`)
		return err
	})
}

// Standing counts the messages that are not delivered, by state.
func (s *Store) Standing(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		State string `db:"state"`
		N     int    `db:"n"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT CASE state WHEN 'sending' THEN 'unknown' ELSE state END AS state, COUNT(*) AS n
		FROM deliveries
		WHERE state <> 'sent'
		GROUP BY 1`)
	if err != nil {
		return nil, fmt.Errorf("cannot count the outbox: %w", err)
	}
	states := make(map[string]int, len(rows))
	for _, r := range rows {
		states[r.State] = r.N
	}
	return states, nil
}
