package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"dangol/internal/hint"
)

// Backup copies the state to a file, in one step: whatever happens, there is the
// whole new copy or the whole one of before.
func (s *Store) Backup(ctx context.Context, path string) error {
	if same(path, s.path) {
		return hint.With(fmt.Errorf("the backup %s is the state itself", path), "name another file in state.backup, on another disk at best")
	}
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return backupError(path, err)
	}
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", fresh); err != nil {
		return backupError(path, errors.Join(err, ignoreMissing(os.Remove(fresh))))
	}
	if err := syncFile(fresh); err != nil {
		return backupError(path, err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return backupError(path, err)
	}
	return nil
}

// same reports whether two names lead to one file: the copy would take the place of
// a state that is being written.
func same(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(infoA, infoB)
	}
	x, errA := filepath.Abs(a)
	y, errB := filepath.Abs(b)
	return errA == nil && errB == nil && x == y
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncFile makes sure that a file is on the disk before it gets its name, and that
// only its owner can read it.
func syncFile(path string) error {
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

func backupError(path string, err error) error {
	return hint.With(fmt.Errorf("the state cannot be copied to %s: %w", path, err),
		"the folder must exist, be writable by the user that runs dangol, and have space for the state once more; nothing else is harmed")
}
