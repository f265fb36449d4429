//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dangol/internal/testdb"
)

// nobody is an account that owns nothing.
const nobody = 65534

// asNobody runs the program as a user who is not root, from a copy that such a
// user may reach.
func asNobody(t *testing.T, folder string, args ...string) outcome {
	t.Helper()
	copied := filepath.Join(folder, "dangol")
	if _, err := os.Stat(copied); err != nil {
		text, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), copied, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var ended *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// open is a folder that every user may enter and, with mode 0777, write to.
func openFolder(t *testing.T, mode os.FileMode) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "dangol-open-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.Chmod(folder, mode); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestRights: what the user may not read or write is told with its path and how
// to give the right.
func TestRights(t *testing.T) {
	db := testdb.New(t)
	plantShop(db, 3)
	office := newOffice(t, db.DSN)
	text, err := os.ReadFile(office.config)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name          string
		folder        os.FileMode // of config and state
		config, state os.FileMode // 0 for a state that is not there
		more          string
		code          int
		says, advises string
	}{
		{"config", 0o755, 0, 0, "", 2, "cannot read the config: open ", "let the user that runs dangol read the file"},
		{"secret", 0o755, 0o644, 0, "leave: secret\n", 2, "leave: cannot read the file: open ", "let the user that runs dangol read it"},
		{"folder of the state", 0o755, 0o644, 0, "", 1, "cannot write the state", "user"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := openFolder(t, 0o755)
			config := filepath.Join(folder, "dangol.yaml")
			for path, mode := range map[string]os.FileMode{config: tt.config, filepath.Join(folder, "secret"): 0} {
				if err := os.WriteFile(path, append(text, tt.more...), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, mode); err != nil {
					t.Fatal(err)
				}
			}
			if os.Geteuid() != 0 {
				// The owner may write: take the right from the folder too.
				if err := os.Chmod(folder, 0o555); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = os.Chmod(folder, 0o755) })
			}
			out := asNobody(t, openFolderWithProgram(t), "job", "lost-customers", "--config", config, "--as-of", "2026-10-20")
			if out.code != tt.code || out.stdout != "" || !strings.Contains(out.stderr, tt.says) || !strings.Contains(out.stderr, "dangol: hint: ") || !strings.Contains(out.stderr, tt.advises) {
				t.Errorf("exit %d, want %d, %q and %q:\n%s%s", out.code, tt.code, tt.says, tt.advises, out.stdout, out.stderr)
			}
			if left, _ := filepath.Glob(filepath.Join(folder, "state*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if strings.Contains(out.stderr, office.slack.Token) {
				t.Error("the token shows")
			}
		})
	}
	if n := len(office.shown()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}

func openFolderWithProgram(t *testing.T) string { return openFolder(t, 0o755) }

// TestDiskFull: a state that cannot be written whole commits nothing and sends
// nothing; with room again the same call does both.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting a small tmpfs needs root")
	}
	db := testdb.New(t)
	plantShop(db, 3)
	for _, size := range []string{"4k", "64k", "120k"} {
		t.Run(size, func(t *testing.T) {
			office := newOffice(t, db.DSN)
			disk := filepath.Join(filepath.Dir(office.config), "disk")
			if err := os.Mkdir(disk, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size="+size); err != nil {
				t.Skipf("no tmpfs can be mounted here: %v", err)
			}
			t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
			office.edit(t, "currency: KRW", "currency: KRW\nstate: {path: disk/state.db}")
			args := []string{"job", "lost-customers", "--config", office.config, "--as-of", "2026-10-20"}
			out := dangol(t, args...)
			fmt.Println(size, out)
			if out.code != 1 || !strings.Contains(out.stderr, "dangol: error: ") || !strings.Contains(out.stderr, "dangol: hint: ") {
				t.Errorf("exit %d, want 1, error and hint:\n%s%s", out.code, out.stdout, out.stderr)
			}
			if n := len(office.shown()); n != 0 {
				t.Errorf("%d messages were sent", n)
			}
			if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=16m"); err != nil {
				t.Fatal(err)
			}
			if out := dangol(t, args...); out.code != 0 {
				t.Errorf("with room again: exit %d: %s", out.code, out.stderr)
			}
			if n := len(office.shown()); n != 1 {
				t.Errorf("%d messages, want the baseline alone", n)
			}
		})
	}
}
