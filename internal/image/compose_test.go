package image

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/config"
	"dangol/internal/sales"
	"dangol/internal/sample"

	"github.com/go-sql-driver/mysql"
	yaml "go.yaml.in/yaml/v4"
)

// root is the project's folder, seen from this one.
const root = "../.."

// composition is the part of the Compose format that deploy/compose.yaml uses;
// another key is an error.
type composition struct {
	Name     string             `yaml:"name"`
	Services map[string]service `yaml:"services"`
	Volumes  map[string]any     `yaml:"volumes"`
}

type service struct {
	Image       string               `yaml:"image"`
	Build       *buildSection        `yaml:"build"`
	DependsOn   map[string]condition `yaml:"depends_on"`
	Environment map[string]string    `yaml:"environment"`
	Volumes     []string             `yaml:"volumes"`
	Ports       []string             `yaml:"ports"`
	Health      *health              `yaml:"healthcheck"`
	StopGrace   string               `yaml:"stop_grace_period"`
	ReadOnly    bool                 `yaml:"read_only"`
	CapDrop     []string             `yaml:"cap_drop"`
	SecurityOpt []string             `yaml:"security_opt"`
	Restart     string               `yaml:"restart"`
}

type buildSection struct {
	Context string            `yaml:"context"`
	Target  string            `yaml:"target"`
	Args    map[string]string `yaml:"args"`
}

type condition struct {
	Condition string `yaml:"condition"`
}

type health struct {
	Test        []string `yaml:"test"`
	Interval    string   `yaml:"interval"`
	Timeout     string   `yaml:"timeout"`
	StartPeriod string   `yaml:"start_period"`
	Retries     int      `yaml:"retries"`
}

func readComposition(t *testing.T) composition {
	t.Helper()
	text, err := os.ReadFile(root + "/deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c composition
	if err := yaml.Load(text, &c, yaml.WithKnownFields()); err != nil {
		t.Fatalf("compose.yaml: %v", err)
	}
	return c
}

func TestComposeFile(t *testing.T) {
	c := readComposition(t)
	for _, name := range []string{"database", "sample", "dangol"} {
		if _, ok := c.Services[name]; !ok {
			t.Errorf("no service %s", name)
		}
	}
	mounted := map[string]bool{}
	for name, s := range c.Services {
		checkOrigin(t, name, s)
		checkDependencies(t, c, name, s)
		checkHealth(t, name, s)
		checkMounts(t, c, name, s, mounted)
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s: port %s is open to other machines", name, port)
			}
		}
		if !slices.Contains(s.SecurityOpt, "no-new-privileges") {
			t.Errorf("%s: may gain privileges", name)
		}
		if s.Build != nil && (!s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"})) {
			t.Errorf("%s: not read-only without capabilities", name)
		}
	}
	for volume := range c.Volumes {
		if !mounted[volume] {
			t.Errorf("no service mounts the volume %s", volume)
		}
	}
}

// checkOrigin wants an image that names registry and version, or one that the
// Dockerfile builds; that one without a name, which could be pulled instead.
func checkOrigin(t *testing.T, name string, s service) {
	t.Helper()
	if s.Build == nil {
		if !regexp.MustCompile(`^[a-z.]+\.[a-z]+/[a-z/]+:[0-9.]+$`).MatchString(s.Image) {
			t.Errorf("%s: the image %s names no registry or no version", name, s.Image)
		}
		return
	}
	if s.Image != "" {
		t.Errorf("%s: built here and named %s", name, s.Image)
	}
	recipe, err := os.ReadFile(filepath.Join(root, "deploy", s.Build.Context, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Build.Target != "" && !strings.Contains(string(recipe), " AS "+s.Build.Target+"\n") {
		t.Errorf("%s: the Dockerfile has no stage %s", name, s.Build.Target)
	}
	for arg := range s.Build.Args {
		if !strings.Contains(string(recipe), "\nARG "+arg) {
			t.Errorf("%s: the Dockerfile takes no argument %s", name, arg)
		}
	}
}

func checkDependencies(t *testing.T, c composition, name string, s service) {
	t.Helper()
	for other, on := range s.DependsOn {
		needed, ok := c.Services[other]
		switch {
		case !ok:
			t.Errorf("%s depends on %s, which does not exist", name, other)
		case on.Condition == "service_healthy" && needed.Health == nil:
			t.Errorf("%s waits for the health of %s, which has no check", name, other)
		case on.Condition == "service_completed_successfully" && needed.Restart != "":
			t.Errorf("%s waits for the end of %s, which restarts", name, other)
		}
	}
}

func checkHealth(t *testing.T, name string, s service) {
	t.Helper()
	if s.Restart == "" { // ends by itself
		return
	}
	if s.Health == nil || len(s.Health.Test) < 2 || s.Health.Test[0] != "CMD" || s.Health.Retries < 1 {
		t.Errorf("%s: no usable health check: %+v", name, s.Health)
		return
	}
	for _, span := range []string{s.Health.Interval, s.Health.Timeout} {
		if _, err := time.ParseDuration(span); err != nil {
			t.Errorf("%s: health check: %v", name, err)
		}
	}
}

// checkMounts wants every volume declared and every mounted file to exist: a
// missing one would silently become a folder.
func checkMounts(t *testing.T, c composition, name string, s service, mounted map[string]bool) {
	t.Helper()
	for _, mount := range s.Volumes {
		source, _, _ := strings.Cut(mount, ":")
		if !strings.HasPrefix(source, ".") {
			if _, ok := c.Volumes[source]; !ok {
				t.Errorf("%s: the volume %s is not declared", name, source)
			}
			mounted[source] = true
			continue
		}
		if info, err := os.Stat(filepath.Join(root, "deploy", source)); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: %s is no file: %v", name, source, err)
		}
	}
}

var substitution = regexp.MustCompile(`\$\{([A-Z_]+)(:-)?[^}]*\}`)

// TestComposeVariables: without any variable set the file can be used, and what
// the daemon gets is what the sample company's config asks for.
func TestComposeVariables(t *testing.T) {
	text, err := os.ReadFile(root + "/deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range substitution.FindAllStringSubmatch(string(text), -1) {
		if found[2] == "" {
			t.Errorf("%s has no default", found[0])
		}
	}
	daemon := readComposition(t).Services["dangol"]
	getenv := func(name string) (string, bool) {
		value, ok := daemon.Environment[name]
		return value, ok
	}
	company := sample.Build(sample.Options{AsOf: sales.NewDate(2026, 11, 23), Seed: 1})
	folder := t.TempDir()
	for name, content := range company.Files(sample.ConfigOptions{DSN: "${DANGOL_DSN}", Token: "${SLACK_BOT_TOKEN}"}) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(folder, "dangol.yaml"), getenv)
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Need("database", "sales", "slack"); err != nil {
		t.Error(err)
	}
	// A run under way and the sending of what it left share the grace period.
	needed := time.Duration(cfg.Run.Grace) + 10*time.Second
	grace, err := time.ParseDuration(daemon.StopGrace)
	if err != nil || grace <= needed {
		t.Errorf("stop_grace_period %s (%v) does not leave the daemon its %s", daemon.StopGrace, err, needed)
	}
}

// TestComposeUsers: the daemon's user is the one that reader.sql makes, and that
// one may read and nothing else.
func TestComposeUsers(t *testing.T) {
	c := readComposition(t)
	script, err := os.ReadFile(root + "/deploy/sample/reader.sql")
	if err != nil {
		t.Fatal(err)
	}
	reader := parseDSN(t, c.Services["dangol"].Environment["DANGOL_DSN"])
	if want := "'" + reader.User + "'@'%' IDENTIFIED BY '" + reader.Passwd + "'"; !strings.Contains(string(script), want) {
		t.Errorf("reader.sql does not make %s", want)
	}
	grants := regexp.MustCompile(`GRANT .*`).FindAllString(string(script), -1)
	if len(grants) != 1 || !strings.HasPrefix(grants[0], "GRANT SELECT ON "+reader.DBName+".* ") {
		t.Errorf("reader.sql grants %q", grants)
	}
	loader := parseDSN(t, c.Services["sample"].Environment["DANGOL_SAMPLE_DSN"])
	database := c.Services["database"].Environment
	got := []string{loader.User, loader.Passwd, loader.DBName}
	if want := []string{database["MARIADB_USER"], database["MARIADB_PASSWORD"], database["MARIADB_DATABASE"]}; !slices.Equal(got, want) {
		t.Errorf("the loader logs in as %q, the database makes %q", got, want)
	}
}

func parseDSN(t *testing.T, dsn string) *mysql.Config {
	t.Helper()
	parsed, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatalf("%s: %v", dsn, err)
	}
	return parsed
}

// TestComposeIsAccepted asks Docker Compose itself where it is installed.
func TestComposeIsAccepted(t *testing.T) {
	if err := exec.Command("docker", "compose", "version").Run(); err != nil {
		t.Skipf("skipped: docker compose: %v", err)
	}
	out, err := exec.Command("docker", "compose", "-f", root+"/deploy/compose.yaml", "config", "--quiet").CombinedOutput()
	if err != nil {
		t.Errorf("docker compose: %v\n%s", err, out)
	}
}
