// Package store keeps what Dangol remembers in one SQLite file: cases, outbox,
// runs and looked-up addresses. A night is committed in one transaction, so that
// nothing is said that is not first written. One process at a time: a file lock
// beside the database keeps a second one out.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"

	"dangol/internal/hint"
	"dangol/notify"

	"github.com/gofrs/flock"
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite" // the driver "sqlite", too
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is an open state.
type Store struct {
	db   *sqlx.DB
	lock *flock.Flock
	path string
	// scratch is the folder of a copy that is looked at instead; usually empty.
	scratch string
	file    os.FileInfo // as it was opened: a file deleted meanwhile can still be written
}

// Open opens the state for writing, creates it when it is absent, brings its
// schema up to date and locks out every other process until Close.
func Open(ctx context.Context, path string) (*Store, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, hint.With(fmt.Errorf("the state %s is no file", path), "name a file in state.path, such as state.db; it is created")
	}
	if folder, err := os.Stat(filepath.Dir(path)); err != nil || !folder.IsDir() {
		return nil, hint.With(fmt.Errorf("the state %s has no folder to stand in", path),
			"create the folder %s, writable by the user that runs dangol (in a container: the volume), or correct state.path", filepath.Dir(path))
	}
	lock := flock.New(LockOf(path))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, hint.With(fmt.Errorf("cannot write the state %s: %w", path, err),
			"the folder %s must exist and be writable by the user that runs dangol (in a container: the volume)", filepath.Dir(path))
	}
	if !locked {
		return nil, hint.With(fmt.Errorf("the state %s is in use by another dangol", path),
			"wait for the other process or stop it, or give this one another state.path; --dry-run needs no state of its own")
	}
	s := &Store{lock: lock, path: path}
	// The state holds customers' names and amounts: who owns it alone reads it. The
	// files that SQLite keeps beside it take its rights. What fails here fails below.
	if file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err == nil {
		file.Close()
	}
	if err := s.open(ctx, "rwc"); err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.file, err = os.Stat(path); err != nil {
		return nil, errors.Join(s.opening(err), s.Close())
	}
	return s, nil
}

// LockOf is the file whose lock admits one process to a state. A state that is
// reached by a symbolic link, even one that leads to no file yet, has the lock of
// the file itself: two names would have two.
func LockOf(path string) string {
	for range 40 { // as deep as systems follow them
		target, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return path + ".lock"
}

// OpenReadOnly opens the state to look at it, beside a process that writes. It
// returns nil without an error when there is no state yet.
func OpenReadOnly(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s := &Store{path: path}
	version, err := s.look(ctx)
	if err != nil && s.db == nil {
		return nil, err
	}
	if err == nil && version == 0 {
		return nil, s.Close()
	}
	if err == nil {
		err = s.known(version)
	}
	if err == nil && version < len(steps()) {
		err = s.upToDate(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// upToDate makes a copy of an older state and looks at that, brought up to date:
// who only looks changes nothing.
func (s *Store) upToDate(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "dangol-state-")
	if err != nil {
		return fmt.Errorf("cannot copy the state to look at it: %w", err)
	}
	s.scratch = folder
	copied := filepath.Join(folder, "state.db")
	if _, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, copied); err != nil {
		return fmt.Errorf("cannot copy the state to look at it: %w", err)
	}
	if err := s.db.Close(); err != nil {
		return err
	}
	s.path = copied
	if err := s.open(ctx, "rw"); err != nil {
		return err
	}
	return s.migrate(ctx)
}

// look opens the state for reading and returns its schema's number. Where nobody
// has it open, and on a file system that cannot be written, nobody writes, and
// SQLite must be told so, or it leaves files beside the state.
func (s *Store) look(ctx context.Context) (int, error) {
	if _, err := os.Stat(s.path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		if err := s.open(ctx, "ro", "immutable"); err != nil {
			return 0, err
		}
		return s.version(ctx)
	}
	err := s.open(ctx, "ro")
	if err == nil {
		return s.version(ctx)
	}
	if log, statErr := os.Stat(s.path + "-wal"); statErr == nil && log.Size() > 0 {
		return 0, err
	}
	if s.open(ctx, "ro", "immutable") != nil {
		return 0, err
	}
	return s.version(ctx)
}

func (s *Store) open(ctx context.Context, mode string, flags ...string) error {
	options := url.Values{"mode": {mode}, "_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "foreign_keys(1)"}}
	for _, flag := range flags {
		options.Set(flag, "1")
	}
	if mode != "ro" {
		options["_pragma"] = append(options["_pragma"], "journal_mode(WAL)", "synchronous(FULL)")
	}
	source := url.URL{Scheme: "file", Opaque: (&url.URL{Path: s.path}).EscapedPath(), RawQuery: options.Encode()}
	db, err := sqlx.ConnectContext(ctx, "sqlite", source.String())
	if err != nil {
		return s.opening(err)
	}
	db.SetMaxOpenConns(1)
	s.db = db
	return nil
}

// opening says what to do about a state that cannot be opened: rights are to be
// given, space to be made; only what is damaged may have to be moved away.
func (s *Store) opening(err error) error {
	wrapped := fmt.Errorf("cannot open the state %s: %w", s.path, err)
	var code *sqlite.Error
	if !errors.As(err, &code) {
		return hint.With(wrapped, "see that %s can be read and written by the user that runs dangol", s.path)
	}
	switch code.Code() & 0xff {
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return hint.With(wrapped, "the user that runs dangol must be able to write the file and its folder (in a container: the volume)")
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return hint.With(wrapped, "see to space on the disk, which must be a local one")
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return hint.With(wrapped, "the file is damaged or no state of dangol: restore it from a backup; moved away, the next run takes a new baseline and says nothing twice")
	}
	return hint.With(wrapped, "the file must be a state that dangol wrote, on a local disk with space")
}

// Close releases the state and its lock.
func (s *Store) Close() error {
	if s == nil {
		return nil
	}
	err := s.db.Close()
	if s.scratch != "" {
		err = errors.Join(err, os.RemoveAll(s.scratch))
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Unlock())
	}
	return err
}

func (s *Store) version(ctx context.Context) (int, error) {
	var version int
	if err := s.db.GetContext(ctx, &version, "PRAGMA user_version"); err != nil {
		return 0, s.opening(err)
	}
	return version, nil
}

func (s *Store) known(version int) error {
	if latest := len(steps()); version > latest {
		return hint.With(fmt.Errorf("the state %s has schema %d, newer than this dangol knows (%d)", s.path, version, latest),
			"run the newer dangol that wrote it, or restore the state from before the upgrade")
	}
	return nil
}

// steps returns the migrations in order.
func steps() []string {
	entries, _ := fs.Glob(migrations, "migrations/*.sql")
	sort.Strings(entries)
	return entries
}

// migrate applies what is missing, each step in a transaction of its own. The state
// as it was is kept beside it: the way is forward only.
func (s *Store) migrate(ctx context.Context) error {
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	if err := s.known(version); err != nil {
		return err
	}
	if err := s.ours(ctx, version); err != nil {
		return err
	}
	if version > 0 && version < len(steps()) {
		if err := s.Backup(ctx, fmt.Sprintf("%s.schema-%d", s.path, version)); err != nil {
			return err
		}
	}
	for i, name := range steps() {
		if i < version {
			continue
		}
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		err = s.write(ctx, func(tx *sqlx.Tx) error {
			if _, err := tx.ExecContext(ctx, string(text)); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", i+1))
			return err
		})
		if err != nil {
			return fmt.Errorf("schema step %s: %w", name, err)
		}
	}
	return nil
}

// ours refuses a database that somebody else made, such as the sales data.
func (s *Store) ours(ctx context.Context, version int) error {
	var tables int
	if err := s.db.GetContext(ctx, &tables, "SELECT COUNT(*) FROM sqlite_master"); err != nil {
		return s.opening(err)
	}
	if version == 0 && tables > 0 {
		return hint.With(fmt.Errorf("%s is a database, but no state of dangol", s.path), "name another file in state.path, such as state.db; it is created")
	}
	return nil
}

// write runs work in one transaction.
func (s *Store) write(ctx context.Context, work func(*sqlx.Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return s.writing(err)
	}
	if err := work(tx); err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			err = errors.Join(err, undo)
		}
		return s.writing(err)
	}
	return s.writing(tx.Commit())
}

func (s *Store) writing(err error) error {
	if err == nil || errors.Is(err, notify.ErrMoved) || errors.Is(err, notify.ErrRepeated) {
		return err
	}
	return hint.With(fmt.Errorf("cannot write the state %s: %w", s.path, err),
		"see to space on the disk and to write permission on the folder; nothing was half-written")
}
