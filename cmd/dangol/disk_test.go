//go:build linux

package main

import (
	"bytes"
	"errors"
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

// openFolder is a folder that every user may enter, with the program in it.
func openFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "dangol-open-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(folder, 0o755), os.WriteFile(filepath.Join(folder, "dangol"), text, 0o755)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// asNobody runs the program of an open folder as a user who is not root.
func asNobody(t *testing.T, folder string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "dangol"), args...)
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
	folder := openFolder(t)
	config, locked := filepath.Join(folder, "dangol.yaml"), filepath.Join(folder, "locked")
	write := func(path, text string, mode os.FileMode) {
		os.Remove(path)
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
	write(locked, "x", 0)
	tests := []struct {
		name          string
		config        os.FileMode
		more          string // behind the config
		code          int
		says, advises string
	}{
		{"config", 0, "", 2, "cannot read the config: open " + config + ": permission denied", "let the user that runs dangol read the file"},
		{"table", 0o644, "leave: locked\n", 2, "leave: cannot read the file: open " + locked + ": permission denied", "let the user that runs dangol read it"},
		{"secret", 0o644, "", 2, "slack.token_file: cannot read the secret: open " + locked + ": permission denied", "let the user that runs dangol read it (chown, chmod 0400)"},
		{"folder of the state", 0o644, "", 1, "cannot write the state " + filepath.Join(folder, "state.db"), "writable by the user that runs dangol"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			content := string(text) + tt.more
			if tt.name == "secret" {
				content = strings.Replace(string(text), "token: ", "token_file: locked, app_token: ", 1)
			}
			write(config, content, tt.config)
			if os.Geteuid() != 0 { // the owner, who may write unless the folder says no
				if err := os.Chmod(folder, 0o555); err != nil {
					t.Fatal(err)
				}
				defer os.Chmod(folder, 0o755)
			}
			out := asNobody(t, folder, "job", "lost-customers", "--config", config, "--as-of", "2026-10-20")
			if out.code != tt.code || out.stdout != "" || !strings.Contains(out.stderr, tt.says) || !strings.Contains(out.stderr, "dangol: hint: ") || !strings.Contains(out.stderr, tt.advises) {
				t.Errorf("exit %d, want %d, %q and %q:\n%s%s", out.code, tt.code, tt.says, tt.advises, out.stdout, out.stderr)
			}
			if left, err := filepath.Glob(filepath.Join(folder, "state*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
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
			if out.code != 1 || out.stdout != "" || !strings.Contains(out.stderr, "disk/state.db: database or disk is full") || !strings.Contains(out.stderr, "dangol: hint: ") || !strings.Contains(out.stderr, "space") {
				t.Errorf("exit %d, want 1, the full disk and a hint:\n%s%s", out.code, out.stdout, out.stderr)
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
