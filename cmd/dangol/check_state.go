package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dangol/internal/checkup"
	"dangol/internal/hint"
	"dangol/internal/store"
	"dangol/notify"

	"github.com/gofrs/flock"
)

// checkState asks whether a run could write its state. The state itself is only
// looked at, and none is created.
func (c *checker) checkState(ctx context.Context) {
	path := c.cfg.Path(c.cfg.State.Path)
	if err := writableFolder(filepath.Dir(path)); err != nil {
		c.sheet.Err("state", "folder", err)
		return
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.sheet.OK("state", "file", "none yet at %s, and its folder can be written: the first run takes the baseline, one summary and no flood", path)
		return
	case err != nil:
		c.sheet.Err("state", "file", err)
		return
	}
	if err := writableFile(path, info); err != nil {
		c.sheet.Err("state", "file", err)
		return
	}
	free := c.checkLock(store.LockOf(path))
	c.checkContent(ctx, path, free)
}

// writableFolder tries with a file of its own, which is gone at once: rights
// alone do not tell of read-only and full disks.
func writableFolder(folder string) error {
	remedy := "state.path: the folder %s must exist and be writable by the user that runs dangol (in a container: the volume)"
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no folder", folder)
	}
	if err != nil {
		return hint.With(fmt.Errorf("cannot write the state: %w", err), remedy, folder)
	}
	probe, err := os.CreateTemp(folder, ".dangol-check-*")
	if err != nil {
		return hint.With(fmt.Errorf("cannot write the state: %w", err), remedy, folder)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// writableFile opens an existing file for writing and writes nothing.
func writableFile(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return hint.With(fmt.Errorf("the state %s is no regular file", path), "name a file with state.path")
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return hint.With(fmt.Errorf("cannot write the state: %w", err), "let the user that runs dangol write %s and its folder", path)
	}
	return file.Close()
}

// checkContent looks into the state: its schema, and what waits to be sent. One
// that no process has open is looked at in a copy, since SQLite would leave its
// own files beside it.
func (c *checker) checkContent(ctx context.Context, path string, free bool) {
	look := path
	if free {
		folder, err := copyState(path)
		if err != nil {
			c.sheet.Err("state", "file", err)
			return
		}
		defer os.RemoveAll(folder)
		look = filepath.Join(folder, filepath.Base(path))
	}
	n, dead, err := undelivered(ctx, look)
	switch {
	case err != nil:
		c.sheet.Add(checkup.Finding{Area: "state", Subject: "file", Status: checkup.Error,
			Evidence: strings.ReplaceAll(err.Error(), look, path), Remedy: strings.Join(hint.Of(err), "\n")})
	case n < 0:
		c.sheet.OK("state", "file", "%s is empty: the first run takes the baseline", path)
	default:
		c.sheet.OK("state", "file", "%s can be written, its schema is known; %s not sent yet", path, several(n, "message"))
		if dead > 0 {
			c.sheet.Warn("state", "outbox", fmt.Sprintf("%s given up", several(dead, "message")),
				"they are not sent again; what to mend: sqlite3 -readonly "+path+` "SELECT as_of, destination, last_error FROM deliveries WHERE state = 'dead'"`)
		}
	}
}

// undelivered counts the messages that wait in a state, -1: it is empty, and those
// that were given up.
func undelivered(ctx context.Context, path string) (waiting, dead int, err error) {
	state, err := store.OpenReadOnly(ctx, path)
	if err != nil || state == nil {
		return -1, 0, err
	}
	list, err := state.Undelivered(ctx)
	standing, standingErr := state.Standing(ctx)
	return len(list), standing[string(notify.Dead)], errors.Join(err, standingErr, state.Close())
}

// copyState copies a state, with what is not yet in its main file, into a
// folder of its own.
func copyState(path string) (folder string, err error) {
	folder, err = os.MkdirTemp("", "dangol-check-")
	if err != nil {
		return "", err
	}
	for _, suffix := range []string{"", "-wal"} {
		err := copyFile(path+suffix, filepath.Join(folder, filepath.Base(path)+suffix))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			os.RemoveAll(folder)
			return "", err
		}
	}
	return folder, nil
}

func copyFile(from, into string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(into, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// checkLock notes whether another process, usually the daemon, has the state,
// and reports whether it is free. Only a lock file that is there is tried,
// shared and for a moment.
func (c *checker) checkLock(path string) (free bool) {
	if _, err := os.Stat(path); err != nil {
		return true
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	free, err := lock.TryRLock()
	switch {
	case err != nil:
		c.sheet.WarnErr("state", "lock", hint.With(err, "let the user that runs dangol write %s", path))
	case !free:
		c.sheet.OK("state", "lock", "held by a running dangol, which is no fault: `dangol job` is refused meanwhile, --dry-run is not")
	default:
		if err := lock.Unlock(); err != nil {
			c.sheet.WarnErr("state", "lock", err)
		}
	}
	return free
}
