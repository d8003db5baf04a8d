package localpg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// starterVariable makes the test binary a program that starts a server on the folder that
// it names, says so, and then waits to be killed.
const starterVariable = "LOCALPG_TEST_STARTER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(starterVariable); dir != "" {
		if _, err := Start(context.Background(), Options{DataDir: dir, Durable: true}); err != nil {
			fmt.Fprintln(os.Stdout, err)
			os.Exit(1)
		}
		fmt.Fprintln(os.Stdout, "started")
		select {}
	}
	Main(m)
}

// dataDir returns a folder for a server, with everything in it removed at the end. The
// server's user can reach it.
func dataDir(t *testing.T) string {
	t.Helper()
	parent, err := os.MkdirTemp(tempParent, "localpg-test-") //nolint:usetesting // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(parent, 0o755); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, "data")
	t.Cleanup(func() {
		if err := errors.Join(Remove(dir), os.RemoveAll(parent)); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop(context.WithoutCancel(t.Context())) }) // once more does no harm
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// query runs SQL and returns the one text in its answer.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	var text string
	err := withConn(t.Context(), url, func(conn *pgx.Conn) error {
		return conn.QueryRow(t.Context(), sql).Scan(&text)
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	err := withConn(t.Context(), url, func(conn *pgx.Conn) error {
		_, err := conn.Exec(t.Context(), sql)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// eventually waits for a condition about other processes, which tell nobody.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for !condition() {
		select {
		case <-time.After(pollInterval):
		case <-deadline:
			t.Fatalf("still not true: %s", what)
		}
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error = %v, want one line with %q", err, want)
	}
}

func TestASecondStartKeepsTheData(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first, err := Start(t.Context(), Options{DataDir: dir, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	db, err := first.CreateDatabase(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, db.OwnerURL, `CREATE TABLE kept AS SELECT 'yes' AS answer`)
	if got := query(t, db.URL, `SHOW fsync`); got != "on" {
		t.Errorf("fsync = %s, want on", got)
	}
	stop(t, first)

	second := start(t, dir)
	db, err = second.CreateDatabase(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	if got := query(t, db.OwnerURL, `SELECT answer FROM kept`); got != "yes" {
		t.Errorf("answer = %q, want yes", got)
	}
	for setting, want := range map[string]string{"fsync": "off", "listen_addresses": "", "TimeZone": "UTC"} {
		if got := query(t, db.URL, `SHOW `+setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
}

func TestStopLeavesNoProcessAndNoSocket(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := query(t, s.URL(superuser, "postgres"), `SHOW data_directory`); !strings.HasPrefix(got, s.temp) {
		t.Errorf("the data is in %s, want it below %s", got, s.temp)
	}
	stop(t, s)
	if _, err := os.Stat(s.temp); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", s.temp, err)
	}
	if err := syscall.Kill(-s.shell.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the server's process group is still there: %v", err)
	}
}

func TestAFolderInUseIsRefused(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := start(t, dir)

	_, err := Start(t.Context(), Options{DataDir: dir})
	wantError(t, err, "is in use by another running process")
	wantError(t, Remove(dir), "is in use by another running process")
	if got := query(t, s.URL(superuser, "postgres"), `SELECT 'alive'`); got != "alive" {
		t.Error("the first server did not survive")
	}
}

// starter runs Start in another process, and returns that process when its server is up.
func starter(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), starterVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "started\n" {
		rest, _ := io.ReadAll(out)
		t.Fatalf("starter: %s%s, %v", line, rest, err)
	}
	return cmd
}

func TestTheServerEndsWithAKilledStarter(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	cmd := starter(t, dir)
	cluster, err := filepath.EvalSymlinks(filepath.Join(dir, "cluster"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := serverPID(cluster)
	if err != nil || !isServer(t.Context(), pid, cluster) {
		t.Fatalf("process %d is no server: %v", pid, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	eventually(t, "the server has ended", func() bool { return !isServer(t.Context(), pid, cluster) })
	stop(t, start(t, dir))
}

func TestAStartStopsTheServerThatAnEarlierOneLeft(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := start(t, dir)
	execute(t, first.URL(superuser, "postgres"), `CREATE TABLE kept AS SELECT 'yes' AS answer`)
	stop(t, first)

	// A server without a shell to end it, as if both had been killed but for the server.
	f, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.cluster(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.unlock(); err != nil {
		t.Fatal(err)
	}
	orphan := c.command(t.Context(), "postgres", "-D", c.path, "-c", "listen_addresses=", "-c", "unix_socket_directories="+c.path)
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	eventually(t, "the orphan has its pid file", func() bool { _, err := serverPID(c.path); return err == nil })

	// One that does not answer is waited for, but not without end.
	if err := orphan.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 5*pollInterval)
	defer cancel()
	if err := stopOrphan(soon, c.path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stop of a server that does not answer: %v, want that time is over", err)
	}
	if err := orphan.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}

	second := start(t, dir)
	if err := <-ended; err != nil {
		t.Errorf("the orphan did not end cleanly: %v", err)
	}
	if got := query(t, second.URL(superuser, "postgres"), `SELECT answer FROM kept`); got != "yes" {
		t.Errorf("answer = %q, want yes", got)
	}
}

func TestAStartIgnoresThePidFileOfAServerThatIsGone(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := start(t, dir)
	stop(t, s)
	// The number now belongs to a process of somebody else: this test.
	stale := fmt.Sprintf("%d\n/nowhere\n", os.Getpid())
	if err := os.WriteFile(filepath.Join(dir, "cluster", "postmaster.pid"), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	stop(t, start(t, dir))
}

func TestAKilledServerRecovers(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s, err := Start(t.Context(), Options{DataDir: dir, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	execute(t, s.URL(superuser, "postgres"), `CREATE TABLE kept AS SELECT 'yes' AS answer`)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(over); !errors.Is(err, context.Canceled) {
		t.Errorf("stop without time: %v, want context.Canceled", err)
	}
	s = start(t, dir)
	if got := query(t, s.URL(superuser, "postgres"), `SELECT answer FROM kept`); got != "yes" {
		t.Errorf("answer = %q, want yes", got)
	}
}

// Root's own folders, such as a checkout in /root, are closed to the server's user.
func TestAFolderThatTheServersUserCannotReachWorks(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), "data")
	if err := os.Mkdir(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Remove(dir); err != nil {
			t.Error(err)
		}
	})
	s := start(t, dir)
	execute(t, s.URL(superuser, "postgres"), `CREATE TABLE kept AS SELECT 'yes' AS answer`)
	stop(t, s)

	s = start(t, dir)
	if got := query(t, s.URL(superuser, "postgres"), `SELECT answer FROM kept`); got != "yes" {
		t.Errorf("answer = %q, want yes", got)
	}
	stop(t, s)

	cluster, err := filepath.EvalSymlinks(filepath.Join(dir, "cluster"))
	if err != nil {
		t.Fatal(err)
	}
	if elsewhere := strings.HasPrefix(cluster, unreachableParent); elsewhere != (os.Geteuid() == 0) {
		t.Errorf("the cluster is at %s", cluster)
	}
	if err := Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cluster); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", cluster, err)
	}
}

func TestAFolderWhoseClusterIsGoneStartsAnew(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nonexistent/cluster", filepath.Join(dir, "cluster")); err != nil {
		t.Fatal(err)
	}
	stop(t, start(t, dir))
}

func TestAStartThatCannotBeIsOneLine(t *testing.T) {
	t.Parallel()
	account, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}
	found, err := newest(installations(t.Context(), binFolders()))
	if err != nil {
		t.Fatal(err)
	}
	major := fmt.Sprintln(found.major)

	for _, tc := range []struct {
		name  string
		files map[string]string // below the folder; a name with a slash at its end is a folder
		want  string
	}{
		{"a file is in the folder's place", map[string]string{"": ""}, "not a directory"},
		{"a folder is in the lock's place", map[string]string{"lock/": ""}, "lock: is a directory"},
		{"a file is in the cluster's place", map[string]string{"cluster": ""}, "PG_VERSION: not a directory"},
		{"the data is another version's", map[string]string{"cluster/PG_VERSION": "9\n"}, "made by Postgres 9, which is not on this machine"},
		{"a folder is in the log's place", map[string]string{"cluster/PG_VERSION": major, "postgres.log/": ""}, "postgres.log: is a directory"},
		{"the pid file is none", map[string]string{"cluster/PG_VERSION": major, "cluster/postmaster.pid": "x\n"}, `postmaster.pid: strconv.Atoi: parsing "x"`},
		{"the configuration is gone", map[string]string{"cluster/PG_VERSION": major}, "the server ended at once: postgres: could not access the server configuration file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := dataDir(t)
			for name, text := range tc.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				write := func() error { return os.WriteFile(path, []byte(text), 0o600) }
				if strings.HasSuffix(name, "/") {
					write = func() error { return os.Mkdir(path, 0o700) }
				}
				if err := errors.Join(write(), give(filepath.Dir(path), account), give(path, account)); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Start(t.Context(), Options{DataDir: dir})
			wantError(t, err, tc.want)
			if err := os.RemoveAll(dir); err != nil { // what Remove does not know it leaves alone
				t.Error(err)
			}
		})
	}
}

func TestALinkInACircleIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink("cluster", filepath.Join(dir, "cluster")); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{DataDir: dir})
	wantError(t, err, "too many links")
}

func TestRemoveLeavesAloneWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cluster"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pidFile(filepath.Join(dir, "cluster")), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantError(t, Remove(dir), "postmaster.pid")
}

// badInstallation puts a Postgres 99 in front of the machine's own that every user can
// run, with initdb and postgres as the scripts given.
func badInstallation(t *testing.T, initdb, postgres string) {
	t.Helper()
	bin, err := os.MkdirTemp(tempParent, "localpg-test-") //nolint:usetesting // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(bin) })
	if err := os.Chmod(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for program, script := range map[string]string{
		"initdb":   initdb,
		"postgres": `[ "$1" != --version ] || { echo "postgres (PostgreSQL) 99"; exit; }; ` + postgres,
	} {
		if err := os.WriteFile(filepath.Join(bin, program), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
}

func TestInitdbThatFailsSaysWhy(t *testing.T) {
	badInstallation(t, "echo working; echo no space left >&2; exit 1", "")
	_, err := Start(t.Context(), Options{DataDir: dataDir(t)})
	wantError(t, err, "initdb: exit status 1: no space left")
}

func TestAServerThatIsNeverReadyIsKilled(t *testing.T) {
	badInstallation(t, "exit 0", "exec sleep 1000")
	soon, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := Start(soon, Options{})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want that time is over", err)
	}
}

func TestAStartEndsWithItsContext(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(over, Options{}); err == nil {
		t.Error("no error")
	}
}

func TestRemoveOfNothingIsDone(t *testing.T) {
	t.Parallel()
	if err := Remove(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
}
