package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dangol/notify"

	"github.com/jmoiron/sqlx"
)

// The store is the dispatcher's outbox.
var _ notify.Outbox = (*Store)(nil)

// deliveryRow is a row of deliveries.
type deliveryRow struct {
	Seq       int64  `db:"seq"`
	Message   string `db:"message"`
	State     string `db:"state"`
	Attempts  int    `db:"attempts"`
	FirstSent string `db:"first_sent"`
	LastSent  string `db:"last_sent"`
	NextAt    string `db:"next_at"`
	LastError string `db:"last_error"`
}

func (r deliveryRow) delivery() (notify.Delivery, error) {
	d := notify.Delivery{Seq: r.Seq, State: notify.State(r.State), Attempts: r.Attempts, LastError: r.LastError}
	if err := json.Unmarshal([]byte(r.Message), &d.Message); err != nil {
		return d, fmt.Errorf("delivery %d: %w", r.Seq, err)
	}
	for _, at := range []struct {
		into *time.Time
		text string
	}{{&d.FirstSent, r.FirstSent}, {&d.LastSent, r.LastSent}, {&d.NextAt, r.NextAt}} {
		if at.text == "" {
			continue
		}
		parsed, err := time.Parse(time.RFC3339Nano, at.text)
		if err != nil {
			return d, fmt.Errorf("delivery %d: %w", r.Seq, err)
		}
		*at.into = parsed
	}
	return d, nil
}

// Undelivered returns the deliveries that are neither sent nor dead, in order.
func (s *Store) Undelivered(ctx context.Context) ([]notify.Delivery, error) {
	return s.deliveries(ctx, `state NOT IN ('sent', 'dead')`)
}

func (s *Store) deliveries(ctx context.Context, condition string) ([]notify.Delivery, error) {
	var rows []deliveryRow
	err := s.db.SelectContext(ctx, &rows, `
		SELECT seq, message, state, attempts, first_sent, last_sent, next_at, last_error
		FROM deliveries
		WHERE `+condition+`
		ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("cannot read the outbox: %w", err)
	}
	list := make([]notify.Delivery, len(rows))
	for i, r := range rows {
		if list[i], err = r.delivery(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Dead returns the deliveries that were given up and of which ops was not told yet,
// in order.
func (s *Store) Dead(ctx context.Context) ([]notify.Delivery, error) {
	return s.deliveries(ctx, `state = 'dead' AND told = 0`)
}

// Save writes how far a delivery has come, and its message where it changed.
func (s *Store) Save(ctx context.Context, d notify.Delivery) error {
	text, err := json.Marshal(d.Message)
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	return s.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE deliveries
			SET message = ?, state = ?, attempts = ?, first_sent = ?, last_sent = ?, next_at = ?, last_error = ?
			WHERE id = ?`,
			string(text), string(d.State), d.Attempts, instant(d.FirstSent), instant(d.LastSent), instant(d.NextAt), d.LastError, d.ID)
		return err
	})
}

// Delivered marks a delivery sent and keeps where it is.
func (s *Store) Delivered(ctx context.Context, id string, r notify.Receipt) error {
	return s.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET state = 'sent', last_error = '', channel = ?, ts = ? WHERE id = ?`, r.Channel, r.TS, id)
		return err
	})
}

// Receipt returns where a delivered message is.
func (s *Store) Receipt(ctx context.Context, id string) (notify.Receipt, bool, error) {
	var r struct {
		Channel string `db:"channel"`
		TS      string `db:"ts"`
	}
	err := s.db.GetContext(ctx, &r, `SELECT channel, ts FROM deliveries WHERE id = ? AND state = 'sent'`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return notify.Receipt{}, false, nil
	}
	if err != nil {
		return notify.Receipt{}, false, fmt.Errorf("cannot read the receipt: %w", err)
	}
	return notify.Receipt{Channel: r.Channel, TS: r.TS}, true, nil
}

// Address returns what was looked up under a key.
func (s *Store) Address(ctx context.Context, key string) (string, bool, error) {
	var value string
	err := s.db.GetContext(ctx, &value, `SELECT value FROM addresses WHERE key = ?`, key)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("cannot read the addresses: %w", err)
	}
	return value, true, nil
}

// Remember keeps what was looked up under a key.
func (s *Store) Remember(ctx context.Context, key, value string) error {
	return s.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO addresses (key, value) VALUES (?, ?)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
		return err
	})
}
