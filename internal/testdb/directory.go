package testdb

import (
	"fmt"
	"os"
	"path/filepath"
)

// A socket's path must be shorter than 108 bytes; this leaves room for the
// directory's own name.
const longestParent = 70

// makeDirectory creates the server's directory, readable by the user the server
// runs as, after removing those that killed test binaries left behind.
func (s *server) makeDirectory() error {
	parent, err := parentDirectory()
	if err != nil {
		return err
	}
	sweep(parent)
	dir, err := os.MkdirTemp(parent, "dangol-testdb-")
	if err != nil {
		return err
	}
	if s.lock, err = lockFile(filepath.Join(dir, "lock")); err != nil {
		return err
	}
	s.dir = dir
	user := serverUser()
	for _, path := range []string{dir, s.path("data"), s.path("tmp")} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return err
		}
		if user == nil {
			continue
		}
		if err := os.Chown(path, user.uid, user.gid); err != nil {
			return err
		}
	}
	return nil
}

// parentDirectory returns a temporary directory that any user can reach and
// whose path leaves room for a socket.
func parentDirectory() (string, error) {
	for _, dir := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		if len(dir) <= longestParent && reachable(dir) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no temporary directory shorter than %d bytes that user mysql may enter; set TMPDIR", longestParent)
}

// reachable reports whether the server's user may enter dir and all above it.
func reachable(dir string) bool {
	if serverUser() == nil {
		return exists(dir)
	}
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
		dir = filepath.Dir(dir)
	}
}

// sweep removes the directories whose test binary is gone: nobody holds their
// lock any more.
func sweep(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, "dangol-testdb-*", "lock"))
	for _, path := range left {
		lock, err := takeLock(path)
		if err != nil {
			continue
		}
		os.RemoveAll(filepath.Dir(path))
		lock.Close()
	}
}
