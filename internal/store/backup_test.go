package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"dangol/internal/store"
)

// A copy holds what the state held, replaces the one of before, and can be read
// while the state is in use.
func TestBackup(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	copied := filepath.Join(dir, "it's a copy.db")
	for _, value := range []string{"one", "two"} {
		if err := s.Remember(t.Context(), "key", value); err != nil {
			t.Fatal(err)
		}
		if err := s.Backup(t.Context(), copied); err != nil {
			t.Fatal(err)
		}
		again, err := store.OpenReadOnly(t.Context(), copied)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := again.Address(t.Context(), "key"); got != value || err != nil {
			t.Errorf("the copy says %q, %v; want %q", got, err, value)
		}
		again.Close()
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "missing", "copy.db")); err == nil {
		t.Error("copied into a folder that is not there")
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, ".", "state.db")); err == nil {
		t.Error("copied onto itself")
	}
	if err := os.Symlink(dir, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "link", "state.db")); err == nil {
		t.Error("copied onto itself by another name")
	}
}
