package testdb

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// recorder stands for a test and keeps how it ended.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// outcome runs f as a test of its own would.
func outcome(f func(t testing.TB)) *recorder {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r
}

func TestWithoutAServerSkipsOnlyOutsideCI(t *testing.T) {
	for ci, skips := range map[string]bool{"": true, "true": false} {
		t.Setenv("CI", ci)
		none := &server{find: func() ([]string, error) { return nil, errors.New("nothing installed") }}
		got := outcome(func(t testing.TB) { none.database(t) })
		if skips != strings.Contains(got.skipped, "nothing installed") || skips == strings.Contains(got.failed, "nothing installed") {
			t.Errorf("CI=%q: skipped %q, failed %q", ci, got.skipped, got.failed)
		}
	}
}

func TestServerThatDoesNotStartFails(t *testing.T) {
	broken := &server{find: func() ([]string, error) { return []string{"/bin/false"}, nil }}
	if got := outcome(func(t testing.TB) { broken.database(t) }); !strings.Contains(got.failed, "/bin/false") {
		t.Errorf("skipped %q, failed %q; want a failure", got.skipped, got.failed)
	}
}

// The child is this test binary: it starts a server, says where, and waits to
// be killed.
func TestKilledBinaryLeavesNoServer(t *testing.T) {
	const variable = "TESTDB_CHILD"
	if os.Getenv(variable) != "" {
		New(t)
		fmt.Printf("server %d %s\n", first.process.cmd.Process.Pid, first.dir)
		time.Sleep(time.Minute)
		return
	}
	New(t) // skips where there is none
	child := exec.Command(os.Args[0], "-test.run=^TestKilledBinaryLeavesNoServer$")
	child.Env = append(os.Environ(), variable+"=1")
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	pid, dir := 0, ""
	for lines := bufio.NewScanner(output); pid == 0 && lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) == 3 && words[0] == "server" {
			pid, _ = strconv.Atoi(words[1])
			dir = words[2]
		}
	}
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		t.Fatalf("no server in the child (process %d)", pid)
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	if !gone(pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		t.Errorf("server %d outlives the test binary", pid)
	}
	sweep(filepath.Dir(dir))
	if exists(dir) {
		t.Errorf("%s is not swept", dir)
	}
	if !exists(first.dir) {
		t.Errorf("%s is swept while in use", first.dir)
	}
}

// gone waits for a process that is no child of ours to end.
func gone(pid int) bool {
	for range 1000 {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}
