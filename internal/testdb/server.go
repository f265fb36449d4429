package testdb

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	binaryVariable   = "DANGOL_TEST_MYSQLD"
	launcherVariable = "DANGOL_TEST_MYSQLD_LD"
)

// The servers of this test binary: the machine's own, and the one the
// environment names.
var (
	first  = &server{find: findServer}
	second = &server{find: namedServer}
)

// server is a database server in a directory of its own, started on first use.
type server struct {
	find func() (launch []string, err error) // the binary and the words before it

	once    sync.Once
	err     error
	missing bool // no binary: a reason to skip, not to fail

	engine    string // MariaDB or MySQL
	version   string
	dir       string
	lock      *os.File // held while dir is in use
	port      int
	launch    []string
	process   *process
	admin     *sql.DB // as root over the socket
	databases atomic.Int64
}

// findServer looks for a server where the usual packages put it.
func findServer() ([]string, error) {
	path := os.Getenv("PATH") + ":/usr/sbin:/usr/local/sbin:/usr/libexec:/usr/local/mysql/bin"
	for _, name := range []string{"mariadbd", "mysqld"} {
		for _, dir := range filepath.SplitList(path) {
			binary := filepath.Join(dir, name)
			if info, err := os.Stat(binary); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return []string{binary}, nil
			}
		}
	}
	return nil, errors.New("no mariadbd or mysqld on this machine; on Debian: apt-get install mariadb-server")
}

// namedServer reads the second server from the environment.
func namedServer() ([]string, error) {
	return append(strings.Fields(os.Getenv(launcherVariable)), os.Getenv(binaryVariable)), nil
}

// start brings the server up once; later calls repeat the first result.
func (s *server) start() error {
	s.once.Do(func() {
		launch, err := s.find()
		if err != nil {
			s.err, s.missing = err, true
			return
		}
		s.launch = launch
		if s.err = s.boot(); s.err != nil {
			s.stop()
		}
	})
	return s.err
}

// boot creates the data directory and starts the server on it.
func (s *server) boot() error {
	out, err := exec.Command(s.launch[0], append(s.launch[1:], "--version")...).Output()
	if err != nil {
		return fmt.Errorf("%s --version: %w", strings.Join(s.launch, " "), err)
	}
	s.engine = MySQL
	if bytes.Contains(out, []byte("MariaDB")) {
		s.engine = MariaDB
	}
	if err := s.makeDirectory(); err != nil {
		return err
	}
	if err := s.install(); err != nil {
		return err
	}
	// Another program may take the free port before the server does.
	for attempt := 0; ; attempt++ {
		err := s.serve()
		if err == nil || attempt == 2 {
			return err
		}
		s.port = 0
	}
}

// install fills the data directory with the system tables.
func (s *server) install() error {
	var cmd *exec.Cmd
	if s.engine == MariaDB {
		script, err := s.installScript()
		if err != nil {
			return err
		}
		cmd = exec.Command(script, "--no-defaults", "--datadir="+s.path("data"), "--tmpdir="+s.path("tmp"), "--auth-root-authentication-method=normal", "--skip-test-db",
			"--force") // even where the machine does not know its own name
	} else {
		cmd = exec.Command(s.launch[0], append(s.common(), "--initialize-insecure")...)
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &output, &output, s.dir
	cmd.SysProcAttr = ownGroup(serverUser())
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, tail(output.Bytes()))
	}
	return nil
}

// installScript finds the script that belongs to the MariaDB server binary.
func (s *server) installScript() (string, error) {
	binary := s.launch[len(s.launch)-1]
	if real, err := filepath.EvalSymlinks(binary); err == nil {
		binary = real
	}
	prefix := filepath.Dir(filepath.Dir(binary))
	for _, name := range []string{"mariadb-install-db", "mysql_install_db"} {
		for _, dir := range []string{"bin", "scripts"} {
			if script := filepath.Join(prefix, dir, name); exists(script) {
				return script, nil
			}
		}
		if script, err := exec.LookPath(name); err == nil {
			return script, nil
		}
	}
	return "", fmt.Errorf("no mariadb-install-db beside %s", binary)
}

// common are the words every call of the server binary needs. The directory for
// temporary tables must be its own: a starting server clears it.
func (s *server) common() []string {
	words := append(append([]string{}, s.launch[1:]...), "--no-defaults", "--datadir="+s.path("data"), "--tmpdir="+s.path("tmp"))
	if s.engine == MySQL {
		base := filepath.Dir(filepath.Dir(s.launch[len(s.launch)-1]))
		words = append(words, "--basedir="+base)
		if messages := filepath.Join(base, "share", "mysql"); exists(messages) {
			words = append(words, "--lc-messages-dir="+messages)
		}
	}
	return words
}

// serve starts the server process and waits until it answers: on the port that
// it had before, or a free one.
func (s *server) serve() error {
	if s.port == 0 {
		port, err := freePort()
		if err != nil {
			return err
		}
		s.port = port
	}
	words := append(s.common(),
		"--bind-address=127.0.0.1", fmt.Sprintf("--port=%d", s.port), "--socket="+s.path("s"), "--pid-file="+s.path("pid"),
		"--character-set-server=utf8mb4", "--skip-log-bin", "--skip-name-resolve", "--performance-schema=OFF", "--lower-case-table-names=0",
		// A crash may lose the data: it is nobody's.
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=128M", "--innodb-use-native-aio=0",
		"--max-allowed-packet=64M", "--lock-wait-timeout=10")
	if s.engine == MySQL {
		words = append(words, "--mysqlx=OFF", "--secure-file-priv=NULL")
	}
	log, err := os.Create(s.path("log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(s.launch[0], words...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, s.dir
	if s.process, err = startProcess(cmd); err != nil {
		return err
	}
	if err := s.await(); err != nil {
		s.process.kill()
		if s.admin != nil {
			s.admin.Close()
		}
		text, _ := os.ReadFile(s.path("log"))
		return fmt.Errorf("%s: %w\n%s", strings.Join(s.launch, " "), err, tail(text))
	}
	return nil
}

// await connects as soon as the server lets it and creates the tests' user.
func (s *server) await() error {
	root := s.config("unix", s.path("s"))
	root.User, root.Passwd, root.MultiStatements = "root", "", true
	connector, err := mysql.NewConnector(root)
	if err != nil {
		return err
	}
	s.admin = sql.OpenDB(connector)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for s.admin.PingContext(ctx) != nil {
		select {
		case <-s.process.ended:
			return errors.New("server ended during its start")
		case <-ctx.Done():
			return errors.New("no answer for a minute")
		case <-time.After(50 * time.Millisecond):
		}
	}
	tests := s.config("", "")
	_, err = s.admin.ExecContext(ctx, fmt.Sprintf("CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s'; GRANT ALL ON *.* TO '%s'@'%%' WITH GRANT OPTION",
		tests.User, tests.Passwd, tests.User))
	if err == nil {
		err = s.admin.QueryRowContext(ctx, "SELECT VERSION()").Scan(&s.version)
	}
	if err == nil {
		fmt.Fprintf(os.Stderr, "testdb: tests run on %s %s\n", s.engine, s.version)
	}
	return err
}

// config returns how the tests' user reaches the server.
func (s *server) config(network, address string) *mysql.Config {
	config := mysql.NewConfig()
	config.Net, config.Addr = network, address
	config.User, config.Passwd = "tests", "tests"
	config.Logger = &mysql.NopLogger{}
	return config
}

// stop ends the server and removes its directory.
func (s *server) stop() {
	if s.admin != nil {
		s.admin.Close()
	}
	if s.process != nil {
		s.process.kill()
	}
	if s.dir != "" {
		os.RemoveAll(s.dir)
		s.lock.Close()
	}
}

// label names the server in a subtest's name: its engine once it runs.
func (s *server) label() string {
	if s.start() != nil {
		return "server"
	}
	return s.engine
}

func (s *server) path(name string) string { return filepath.Join(s.dir, name) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// tail keeps the end of a server's log, where the reason stands.
func tail(log []byte) []byte {
	const most = 3000
	return bytes.TrimSpace(log[max(0, len(log)-most):])
}
