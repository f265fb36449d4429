package image

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// longest is how long one tool may take, compiling the program included.
const longest = 8 * time.Minute

// workshop builds and runs images in a storage of its own.
type workshop struct {
	t   *testing.T
	dir string // short: podman refuses long paths
}

// newWorkshop finds the tools, or skips the test and says why; in CI it fails.
func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: builds a container image; run without -short")
	}
	if err := equipped(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the image cannot be built here: %v", err)
		}
		t.Skipf("skipped: the image cannot be built here: %v", err)
	}
	dir, err := os.MkdirTemp("/tmp", "dangol-image-")
	if err != nil {
		t.Fatal(err)
	}
	w := &workshop{t: t, dir: dir}
	t.Cleanup(w.tearDown)
	return w
}

func equipped() error {
	if runtime.GOOS != "linux" {
		return errors.New("not Linux")
	}
	if os.Geteuid() != 0 {
		return errors.New("not root")
	}
	for _, tool := range []string{"buildah", "podman", "runc", "busybox"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("no %s in PATH; .ci/install gets it on Debian", tool)
		}
	}
	return staticBusybox()
}

// staticBusybox refuses one that needs libraries: the base image has none.
func staticBusybox() error {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return err
	}
	program, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer program.Close()
	if libraries, err := program.ImportedLibraries(); err != nil || len(libraries) > 0 {
		return errors.New("busybox is not static; the Debian package is busybox-static")
	}
	return nil
}

func (w *workshop) tearDown() {
	if _, err := w.try("podman", "rm", "--all", "--force", "--time", "0"); err != nil {
		w.t.Errorf("containers stay behind: %v", err)
	}
	if err := os.RemoveAll(w.dir); err != nil {
		w.t.Errorf("storage stays behind: %v", err)
	}
}

// try runs buildah or podman on the workshop's own storage and returns what it
// printed. Its log lines about the missing systemd are noise here.
func (w *workshop) try(tool string, args ...string) (string, error) {
	all := []string{"--root", w.dir + "/root", "--runroot", w.dir + "/run", "--storage-driver", "vfs"}
	if tool == "podman" {
		all = append(all, "--tmpdir", w.dir+"/tmp", "--runtime", "runc", "--cgroup-manager", "cgroupfs", "--events-backend", "none")
	}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, tool, append(all, args...)...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s%s", tool, strings.Join(args, " "), err, out.String(), log.String())
	}
	return strings.TrimSpace(out.String()), nil
}

// must is try for what has to work.
func (w *workshop) must(tool string, args ...string) string {
	w.t.Helper()
	out, err := w.try(tool, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// layBase makes the image that the Dockerfile starts from, of this machine's
// parts: a shell and certificates. Go itself is mounted while building.
func (w *workshop) layBase() {
	w.t.Helper()
	tree := filepath.Join(w.dir, "base")
	for _, folder := range []string{"bin", "tmp", "etc/ssl/certs"} {
		if err := os.MkdirAll(filepath.Join(tree, folder), 0o755); err != nil {
			w.t.Fatal(err)
		}
	}
	busybox, _ := exec.LookPath("busybox")
	w.copyFile(busybox, filepath.Join(tree, "bin/busybox"))
	w.copyFile("/etc/ssl/certs/ca-certificates.crt", filepath.Join(tree, "etc/ssl/certs/ca-certificates.crt"))
	for _, word := range []string{"sh", "mkdir"} {
		if err := os.Symlink("busybox", filepath.Join(tree, "bin", word)); err != nil {
			w.t.Fatal(err)
		}
	}
	from := w.must("buildah", "from", "scratch")
	w.must("buildah", "copy", "--quiet", from, tree, "/")
	w.must("buildah", "config", "--env", "PATH=/go/bin:/usr/local/go/bin:/usr/bin:/bin", "--env", "GOPATH=/go", "--env", "GOCACHE=/gocache", "--env", "GOTOOLCHAIN=local", from)
	w.must("buildah", "commit", "--quiet", "--rm", from, "docker.io/library/golang:"+goVersion(w.t)+"-alpine")
}

func (w *workshop) copyFile(from, to string) {
	w.t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o755); err != nil {
		w.t.Fatal(err)
	}
}

// build builds the Dockerfile as it is, with this machine's Go, modules and
// build cache mounted, and gives the image a tag.
func (w *workshop) build(tag string, options ...string) {
	w.t.Helper()
	args := []string{"bud", "--isolation", "chroot", "--pull-never", "--network", "host", "--format", "docker",
		"--volume", goEnv(w.t, "GOROOT") + ":/usr/local/go:ro",
		"--volume", goEnv(w.t, "GOMODCACHE") + ":/go/pkg/mod",
		"--volume", goEnv(w.t, "GOCACHE") + ":/gocache",
		"--build-arg", "GOPROXY=off", "--tag", tag}
	w.must("buildah", append(append(args, options...), root)...)
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatalf("go env %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// prepare fetches what the build has to find in the module cache, and looks at
// every source file: so go test knows that its result depends on them.
func prepare(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("go", "mod", "download").CombinedOutput(); err != nil {
		t.Fatalf("go mod download: %v\n%s", err, out)
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goVersion is the Go that the Dockerfile builds with, such as 1.26.
func goVersion(t *testing.T) string {
	t.Helper()
	recipe, err := os.ReadFile(root + "/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^ARG GO_VERSION=(\S+)$`).FindSubmatch(recipe)
	if version == nil {
		t.Fatal("the Dockerfile has no ARG GO_VERSION")
	}
	return string(version[1])
}

// TestGoVersion: the Dockerfile's Go is the one that go.mod asks for; TestImage
// cannot tell, since it builds with this machine's.
func TestGoVersion(t *testing.T) {
	module, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if want := "\ngo " + goVersion(t) + "."; !strings.Contains(string(module), want) {
		t.Errorf("go.mod does not say %q", strings.TrimSpace(want))
	}
}
