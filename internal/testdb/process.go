//go:build unix

package testdb

import (
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
)

// account is the user a server runs as when the tests run as root: no server
// agrees to run as root.
type account struct{ uid, gid int }

// serverUser returns nil when the tests do not run as root.
func serverUser() *account {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"mysql", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(found.Uid)
		gid, _ := strconv.Atoi(found.Gid)
		return &account{uid, gid}
	}
	return &account{65534, 65534}
}

// ownGroup starts a command as the leader of a process group, under the account,
// and ends it together with the thread that starts it, where the system can.
func ownGroup(as *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	tieToThread(attr)
	if as != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(as.uid), Gid: uint32(as.gid)}
	}
	return attr
}

// process is a running server. On Linux its death is tied to ours by the kernel,
// so that a killed or timed-out test binary leaves no server behind.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when the process is gone
}

// startProcess starts cmd under the server's account. The kernel ties the death
// signal to the starting thread: that thread is kept for this process alone.
func startProcess(cmd *exec.Cmd) (*process, error) {
	cmd.SysProcAttr = ownGroup(serverUser())
	p := &process{cmd: cmd, ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(p.ended)
	}()
	return p, <-started
}

// kill ends the process and what it started, and waits for it.
func (p *process) kill() {
	if p.cmd.Process == nil {
		return
	}
	select {
	case <-p.ended:
		return
	default:
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

// lockFile creates a file and locks it for as long as it is open.
func lockFile(path string) (*os.File, error) {
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		return nil, err
	}
	return takeLock(path)
}

// takeLock locks an existing file, or fails at once when somebody holds it.
func takeLock(path string) (*os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}
