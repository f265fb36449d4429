package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/internal/fakeslack"
	"dangol/internal/testdb"

	"github.com/go-sql-driver/mysql"
)

func TestMain(m *testing.M) { testdb.Main(m) }

const (
	program = "localhost/dangol:test"
	loader  = "localhost/dangol-sample:test"
	build   = "v9.8.7-test"
	// account is the user of the image.
	account = "65532"
	// largest is what the image may weigh, in bytes.
	largest = 40_000_000
)

// TestImage builds both images of the Dockerfile and runs them as
// deploy/compose.yaml does, on a MariaDB and a Slack of this machine.
func TestImage(t *testing.T) {
	w := newWorkshop(t)
	prepare(t)
	w.layBase()
	w.build(program, "--build-arg", "BUILD="+build)
	w.build(loader, "--target", "sample")

	t.Run("description", func(t *testing.T) { w.on(t).describes() })
	t.Run("version", func(t *testing.T) {
		w := w.on(t)
		out := w.must("podman", w.command(service{ReadOnly: true}, "--rm", program, "version")...)
		if !strings.HasPrefix(out, "dangol "+build+"\n") {
			t.Errorf("version prints %q", out)
		}
	})
	t.Run("demo", func(t *testing.T) {
		w := w.on(t)
		out := w.must("podman", w.command(service{ReadOnly: true}, "--rm", program, "demo", "--as-of", "2026-11-23")...)
		if !strings.Contains(out, "Lost:") {
			t.Errorf("the demo says:\n%s", out)
		}
	})
	t.Run("night", func(t *testing.T) { w.on(t).night() })
}

// on is the workshop for a subtest.
func (w *workshop) on(t *testing.T) *workshop {
	return &workshop{t: t, dir: w.dir}
}

// describes holds what the image says of itself against the promises.
func (w *workshop) describes() {
	w.t.Helper()
	var images []struct {
		Size   int64
		Config struct {
			User, StopSignal string
			Env, Cmd         []string
			Entrypoint       []string
			Volumes          map[string]any
			Labels           map[string]string
		}
		HealthCheck struct{ Test []string } `json:"Healthcheck"`
	}
	if err := json.Unmarshal([]byte(w.must("podman", "image", "inspect", program)), &images); err != nil {
		w.t.Fatal(err)
	}
	image := images[0]
	w.t.Logf("the image weighs %.1f MB", float64(image.Size)/1e6)
	if image.Size > largest {
		w.t.Errorf("the image weighs %d bytes, more than %d", image.Size, largest)
	}
	if image.Config.User != account+":"+account {
		w.t.Errorf("runs as %q", image.Config.User)
	}
	started := append(slices.Clone(image.Config.Entrypoint), image.Config.Cmd...)
	if got, want := strings.Join(started, " "), "/usr/local/bin/dangol run --config /etc/dangol/dangol.yaml"; got != want {
		w.t.Errorf("starts %q, want %q", got, want)
	}
	if got, want := strings.Join(image.HealthCheck.Test, " "), "CMD /usr/local/bin/dangol healthcheck"; got != want {
		w.t.Errorf("health check %q, want %q", got, want)
	}
	for _, want := range []string{"DANGOL_CONFIG=/etc/dangol/dangol.yaml", "DANGOL_HTTP_LISTEN=:8080"} {
		if !slices.Contains(image.Config.Env, want) {
			w.t.Errorf("the environment lacks %s: %q", want, image.Config.Env)
		}
	}
	if _, ok := image.Config.Volumes["/var/lib/dangol"]; !ok || len(image.Config.Volumes) != 1 {
		w.t.Errorf("volumes %v", image.Config.Volumes)
	}
	if got := image.Config.Labels["org.opencontainers.image.version"]; got != build {
		w.t.Errorf("label version %q", got)
	}
}

// command is podman run, hardened as the service asks for and never looser than
// the image promises to run.
func (w *workshop) command(s service, rest ...string) []string {
	args := []string{"run", "--pull", "never", "--network", "host", "--timeout", "300",
		"--cap-drop=ALL", "--security-opt", "no-new-privileges",
		"--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"}
	if s.ReadOnly {
		// Podman would add writable folders such as /tmp; Docker does not.
		args = append(args, "--read-only", "--read-only-tmpfs=false")
	}
	for name, value := range s.Environment {
		args = append(args, "--env", name+"="+value)
	}
	for _, mount := range s.Volumes {
		args = append(args, "--volume", mount)
	}
	return append(args, rest...)
}

// stage is the composition moved onto this machine: its services, on the
// database and the Slack of the test.
type stage struct {
	sample, daemon service
	slack          *fakeslack.Server
	address        string // of the daemon's HTTP server
}

func (w *workshop) stage() stage {
	w.t.Helper()
	c := readComposition(w.t)
	s := stage{sample: c.Services["sample"], daemon: c.Services["dangol"], slack: fakeslack.Start(w.t, time.Now)}
	for _, channel := range []string{"#sales-alerts", "#sales-managers", "#sales", "#dangol-ops"} {
		s.slack.AddChannel(channel)
	}
	db := testdb.New(w.t)
	here := parseDSN(w.t, db.DSN)
	login := parseDSN(w.t, s.sample.Environment["DANGOL_SAMPLE_DSN"])
	db.Exec(fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'; GRANT ALL ON %s.* TO '%[1]s'@'%%'", login.User, login.Passwd, db.Name))
	readers, err := os.ReadFile(root + "/deploy/sample/reader.sql")
	if err != nil {
		w.t.Fatal(err)
	}
	db.Exec(strings.ReplaceAll(string(readers), " sales.", " "+db.Name+"."))
	s.sample.Environment["DANGOL_SAMPLE_DSN"] = moved(w.t, s.sample.Environment["DANGOL_SAMPLE_DSN"], here)
	s.daemon.Environment["DANGOL_DSN"] = moved(w.t, s.daemon.Environment["DANGOL_DSN"], here)
	s.daemon.Environment["SLACK_BOT_TOKEN"] = s.slack.Token
	s.address = freeAddress(w.t)
	s.daemon.Environment["DANGOL_HTTP_LISTEN"] = s.address
	return s
}

// moved is the same login at another database.
func moved(t *testing.T, dsn string, to *mysql.Config) string {
	t.Helper()
	login := parseDSN(t, dsn)
	login.Net, login.Addr, login.DBName = to.Net, to.Addr, to.DBName
	return login.FormatDSN()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// night loads the sample company, sends its first night, and runs the daemon
// until it is told to stop.
func (w *workshop) night() {
	w.t.Helper()
	s := w.stage()
	out := w.must("podman", w.command(s.sample, "--rm", loader)...)
	if !strings.Contains(out, "loaded the sample company") {
		w.t.Fatalf("the loader says %q", out)
	}
	w.pointAt(s.slack.APIURL())

	w.must("podman", w.command(s.daemon, "--rm", program, "job", "lost-customers", "--config", "/etc/dangol/dangol.yaml")...)
	if n := len(s.slack.Channel("#sales-alerts").Messages()); n == 0 {
		w.t.Error("the first night told nobody")
	}
	if files := names(w.t, w.volume("state")); !slices.Contains(files, "state.db") {
		w.t.Errorf("no state on the volume: %q", files)
	}

	w.must("podman", w.command(s.daemon, "--name", "dangol", "--detach", program)...)
	w.awaitHealth()
	for _, page := range []string{"/healthz", "/readyz", "/metrics"} {
		w.awaitAnswer("http://" + s.address + page)
	}
	w.confined()
	w.must("podman", "stop", "--time", "45", "dangol")
	if code := w.must("podman", "inspect", "--format", "{{.State.ExitCode}}", "dangol"); code != "0" {
		w.t.Errorf("SIGTERM ends with exit code %s\n%s", code, w.log())
	}
}

// pointAt makes the loader's config use another Slack. The slack section is its
// last one.
func (w *workshop) pointAt(api string) {
	w.t.Helper()
	file, err := os.OpenFile(filepath.Join(w.volume("config"), "dangol.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = fmt.Fprintf(file, "  api_url: %q\n", api)
	if err := errors.Join(err, file.Close()); err != nil {
		w.t.Fatal(err)
	}
}

// volume is where a named volume lies on this machine.
func (w *workshop) volume(name string) string {
	w.t.Helper()
	return w.must("podman", "volume", "inspect", "--format", "{{.Mountpoint}}", name)
}

func names(t *testing.T, folder string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return list
}

func (w *workshop) log() string {
	out, _ := w.try("podman", "logs", "dangol")
	return out
}

// await tries until it works, as long as the daemon runs; podman ends a
// container after its --timeout.
func (w *workshop) await(try func() error) {
	w.t.Helper()
	for {
		err := try()
		if err == nil {
			return
		}
		if state, _ := w.try("podman", "inspect", "--format", "{{.State.Status}}", "dangol"); state != "running" {
			w.t.Fatalf("the daemon is %s: %v\n%s", state, err, w.log())
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// awaitHealth asks the container's own health check.
func (w *workshop) awaitHealth() {
	w.t.Helper()
	w.await(func() error {
		_, err := w.try("podman", "healthcheck", "run", "dangol")
		return err
	})
}

func (w *workshop) awaitAnswer(url string) {
	w.t.Helper()
	w.await(func() error {
		answer, err := http.Get(url)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s: %s", url, answer.Status, body)
		}
		return nil
	})
}

// confined reads from the kernel as whom the daemon runs and what it may do, and
// from podman what it changed outside its volumes.
func (w *workshop) confined() {
	w.t.Helper()
	pid := w.must("podman", "inspect", "--format", "{{.State.Pid}}", "dangol")
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		w.t.Fatal(err)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(status)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			found[name] = strings.Join(strings.Fields(value), " ")
		}
	}
	all := strings.TrimSpace(strings.Repeat(account+" ", 4))
	for name, want := range map[string]string{"Uid": all, "Gid": all, "CapEff": strings.Repeat("0", 16), "NoNewPrivs": "1"} {
		if found[name] != want {
			w.t.Errorf("%s is %q, want %q", name, found[name], want)
		}
	}
	if mounts, _ := os.ReadFile("/proc/" + pid + "/mountinfo"); !rootIsReadOnly(string(mounts)) {
		w.t.Errorf("the root file system may be written:\n%s", mounts)
	}
}

// rootIsReadOnly looks for the mount of / and its options in a mountinfo file.
func rootIsReadOnly(mounts string) bool {
	for line := range strings.Lines(mounts) {
		fields := strings.Fields(line)
		if len(fields) > 5 && fields[4] == "/" {
			return slices.Contains(strings.Split(fields[5], ","), "ro")
		}
	}
	return false
}
