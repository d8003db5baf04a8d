// Package localpg runs a private Postgres server on the machine's own binaries, for the
// demo and for tests: no port, no password, reachable only by the user who started it.
//
// The server never outlives its starter. A shell stands between the two and holds the
// reading end of a pipe; when the starter closes its end, or is killed and the kernel
// closes it, the shell stops the server and removes what was temporary.
//
// It refuses to be a production database: it listens on a Unix socket only and trusts
// whoever can open it. It downloads nothing.
package localpg

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options say how to start a server.
type Options struct {
	// DataDir keeps the databases between starts. Empty means a temporary folder, removed
	// when the server stops.
	DataDir string

	// Durable makes commits survive a crash of the machine. Tests do without, for speed.
	Durable bool
}

// Server is a running Postgres server.
type Server struct {
	folder   *folder
	temp     string // holds the socket, and a cluster that is not kept
	lifeline *os.File
	shell    *exec.Cmd
	exited   chan struct{} // closed when shell has ended
}

const (
	// The path of a Unix socket may have about 100 bytes, so its folder cannot be below
	// DataDir, nor below a TMPDIR as long as those of macOS.
	tempParent = "/tmp"

	startTimeout = 60 * time.Second // enough to recover a demo's data after a crash
	pollInterval = 10 * time.Millisecond
)

// lifeline is the shell between us and the server: $1 is the signal that stops the
// server, $2 the folder to remove afterwards, the rest the server's command line. Its
// file 3 is the pipe.
const lifeline = `
signal=$1 temp=$2
shift 2
"$@" 3<&- &
server=$!
{ read -r _; kill -s "$signal" $server; } <&3 3<&- &
watch=$!
wait $server
kill $watch 2>/dev/null
rm -rf -- "$temp"
`

// Start starts a server and waits until it accepts connections. It makes the cluster
// where there is none, keeps the one that is there, and first stops a server that a
// killed process left running on it. As root it runs the server as the user postgres, or
// nobody. A DataDir that a live process uses is an error, and so is a machine without
// Postgres 15 or newer. The server runs until Stop or the end of the process; ctx bounds
// the start alone.
func Start(ctx context.Context, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()

	temp, err := os.MkdirTemp(tempParent, "radioquote-")
	if err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	s := &Server{temp: temp, exited: make(chan struct{})}
	if err := s.open(ctx, o); err != nil {
		return nil, fmt.Errorf("start postgres: %w", errors.Join(err, os.RemoveAll(temp)))
	}
	return s, nil
}

// open finds or makes the cluster and starts a server on it.
func (s *Server) open(ctx context.Context, o Options) error {
	// The server's user is known for sure when the cluster is; until then a cluster that
	// is not kept has to fit into our temporary folder.
	account, err := serverAccount()
	if err := errors.Join(err, give(s.temp, account)); err != nil {
		return err
	}
	s.folder, err = openFolder(cmp.Or(o.DataDir, s.temp))
	if err != nil {
		return err
	}
	cluster, err := s.folder.cluster(ctx)
	if err == nil {
		err = errors.Join(stopOrphan(ctx, cluster.path), cluster.own(s.temp))
	}
	if err == nil {
		err = s.run(ctx, cluster, o)
	}
	if err != nil {
		return errors.Join(err, s.folder.unlock())
	}
	return nil
}

// run runs the shell with the server and waits until that is ready.
func (s *Server) run(ctx context.Context, cluster cluster, o Options) error {
	logFile, err := os.Create(s.folder.join("postgres.log"))
	if err != nil {
		return err
	}
	defer logFile.Close()
	reader, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	defer reader.Close()

	signal := "INT"
	if o.DataDir == "" {
		signal = "QUIT" // with nothing to keep there is nothing to write
	}
	settings := []string{"listen_addresses=", "unix_socket_directories=" + s.temp, "unix_socket_permissions=0700",
		"port=" + socketPort, "max_connections=200"}
	if !o.Durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
	}
	server := cluster.command(ctx, "postgres", "-D", cluster.path)
	for _, setting := range settings {
		server.Args = append(server.Args, "-c", setting)
	}

	// A process group of its own keeps a terminal's Ctrl-C from stopping the server before
	// its starter has finished.
	s.shell = exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", append([]string{"-c", lifeline, "sh", signal, s.temp}, server.Args...)...)
	s.shell.Dir, s.shell.Env = server.Dir, server.Env
	s.shell.Stdout, s.shell.Stderr = logFile, logFile
	s.shell.ExtraFiles = []*os.File{reader}
	s.shell.SysProcAttr = &syscall.SysProcAttr{Credential: cluster.account, Setpgid: true}
	if err := s.shell.Start(); err != nil {
		return errors.Join(err, writer.Close())
	}
	s.lifeline = writer
	go func() {
		s.shell.Wait() //nolint:errcheck // how the server ended is in its log
		close(s.exited)
	}()
	if err := s.ready(ctx); err != nil {
		return errors.Join(err, s.end(ctx))
	}
	return nil
}

// ready waits for the first connection.
func (s *Server) ready(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, s.URL(superuser, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			log, _ := os.ReadFile(s.folder.join("postgres.log")) // without it the line is shorter
			return fmt.Errorf("the server ended at once: %s", lastLine(log))
		case <-ctx.Done():
			return err
		case <-time.After(pollInterval):
		}
	}
}

// Stop stops the server, writes its data if it is kept, and lets go of the data folder.
// When ctx ends first, the server is killed and recovers at its next start.
func (s *Server) Stop(ctx context.Context) error {
	err := errors.Join(s.end(ctx), s.folder.unlock(), os.RemoveAll(s.temp))
	if err != nil {
		return fmt.Errorf("stop postgres: %w", err)
	}
	return nil
}

func (s *Server) end(ctx context.Context) error {
	err := s.lifeline.Close()
	select {
	case <-s.exited:
		return err
	case <-ctx.Done():
		// Postgres' own children end when they see that their parent is gone.
		err = errors.Join(ctx.Err(), err, syscall.Kill(-s.shell.Process.Pid, syscall.SIGKILL))
		<-s.exited
		return err
	}
}

const socketPort = "5432" // part of the socket's name; PGPORT must not change it

// URL is the connection URL of role on database db.
func (s *Server) URL(role, db string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(role),
		Path:     "/" + db,
		RawQuery: url.Values{"host": {s.temp}, "port": {socketPort}}.Encode(),
	}
	return u.String()
}

// lastLine is the last line of a program's output, which tells why it gave up.
func lastLine(out []byte) string {
	lines := strings.Split(string(bytes.TrimSpace(out)), "\n")
	return lines[len(lines)-1]
}
