package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"radioquote/bot/emulator"
	"radioquote/netsuite/simulator"
	"radioquote/quoting"
	"radioquote/store/localpg"
)

// limits are what the service holds back.
type limits struct {
	sendsPerSecond  int
	quotesPerMinute int // a person's
}

var (
	raised   = limits{100_000, 100_000}
	defaults = limits{45, 30}
)

func (l limits) String() string { return fmt.Sprintf("%d, %d", l.sendsPerSecond, l.quotesPerMinute) }

const (
	tenant      = "11111111-1111-4111-8111-111111111111"
	app         = "22222222-2222-4222-8222-222222222222"
	account     = "1234567_SB1"
	client      = "load"
	certificate = "load"
	rowsAnItem  = 20 // of the simulator's extra items
)

// place is what the runs share: a folder, a Postgres server, a NetSuite and the program.
type place struct {
	dir       string
	program   string
	postgres  *localpg.Server
	netsuite  *simulator.Simulator
	database  localpg.Database // of the last run
	databases int
	customers int // added to the NetSuite
}

func newPlace(ctx context.Context, rows int) (_ *place, err error) {
	dir, err := os.MkdirTemp("", "radioquote-load-")
	if err != nil {
		return nil, err
	}
	p := &place{dir: dir, program: filepath.Join(dir, "radioquote")}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", p.program, "./cmd/radioquote")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the service: %w\n%s", err, out)
	}
	if p.postgres, err = localpg.Start(ctx, localpg.Options{DataDir: filepath.Join(dir, "postgres"), Durable: true}); err != nil {
		return nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(p.file("netsuite.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return nil, err
	}
	p.netsuite, err = simulator.Start(simulator.Config{
		Account: account, ClientID: client, CertificateID: certificate, PublicKey: key.Public(), ExtraItems: rows / rowsAnItem, Latency: 20 * time.Millisecond,
	})
	return p, err
}

func (p *place) file(name string) string { return filepath.Join(p.dir, name) }

func (p *place) close() error {
	var err error
	if p.netsuite != nil {
		err = p.netsuite.Close()
	}
	if p.postgres != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		err = errors.Join(err, p.postgres.Stop(ctx))
	}
	return errors.Join(err, os.RemoveAll(p.dir))
}

// server is a running service and the Teams that it talks to.
type server struct {
	process *exec.Cmd
	webhook string
	ops     string
	errors  *bytes.Buffer
}

// colleague is a person of the directory. Everybody is of one team.
type colleague struct {
	emulator.Person
	role    quoting.Role
	manager string // object id; empty: nobody
}

// serve starts the service on a database of its own, for these people.
func (p *place) serve(ctx context.Context, teams *emulator.Emulator, people []colleague, l limits) (*server, error) {
	p.databases++
	database, err := p.postgres.CreateDatabase(ctx, "load"+strconv.Itoa(p.databases))
	if err != nil {
		return nil, err
	}
	p.database = database
	var directory strings.Builder
	directory.WriteString("people:\n")
	for _, person := range people {
		fmt.Fprintf(&directory, "  - {oid: %s, name: %s, roles: [%s], team: load, manager: %q}\n", person.ObjectID, person.Name, person.role, person.manager)
	}
	policy, err := quoting.DefaultPolicy()
	if err != nil {
		return nil, err
	}
	text := strings.Replace(string(policy.Text), fmt.Sprintf("quotes_a_minute: %d", policy.Limits.QuotesAMinute), fmt.Sprintf("quotes_a_minute: %d", l.quotesPerMinute), 1)
	if err := errors.Join(os.WriteFile(p.file("directory.yaml"), []byte(directory.String()), 0o600), os.WriteFile(p.file("policy.yaml"), []byte(text), 0o600)); err != nil {
		return nil, err
	}
	webhook, ops := freePort(), freePort()
	s := &server{webhook: "http://" + webhook + "/api/messages", ops: "http://" + ops, errors: &bytes.Buffer{}}
	s.process = exec.CommandContext(ctx, p.program, "serve")
	s.process.Cancel = func() error { return s.process.Process.Signal(syscall.SIGTERM) }
	s.process.Stderr = s.errors
	s.process.Env = append(os.Environ(),
		"RADIOQUOTE_LISTEN="+webhook, "RADIOQUOTE_OPS_LISTEN="+ops, "RADIOQUOTE_LOG_LEVEL=warn",
		"RADIOQUOTE_DATABASE_URL="+database.URL, "RADIOQUOTE_DIRECTORY_FILE="+p.file("directory.yaml"), "RADIOQUOTE_POLICY_FILE="+p.file("policy.yaml"),
		"RADIOQUOTE_BOT_APP_ID="+app, "RADIOQUOTE_BOT_APP_SECRET=secret", "RADIOQUOTE_BOT_TENANT_ID="+tenant,
		"RADIOQUOTE_BOT_OPENID_METADATA_URL="+teams.OpenIDMetadataURL(), "RADIOQUOTE_BOT_TOKEN_URL="+teams.TokenURL(), "RADIOQUOTE_BOT_SERVICE_URLS="+teams.ServiceURL(),
		"RADIOQUOTE_BOT_SENDS_PER_SECOND="+strconv.Itoa(l.sendsPerSecond),
		"RADIOQUOTE_NETSUITE_ACCOUNT="+account, "RADIOQUOTE_NETSUITE_BASE_URL="+p.netsuite.URL(), "RADIOQUOTE_NETSUITE_CLIENT_ID="+client,
		"RADIOQUOTE_NETSUITE_CERTIFICATE_ID="+certificate, "RADIOQUOTE_NETSUITE_PRIVATE_KEY_FILE="+p.file("netsuite.pem"))
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	return s, s.ready(ctx)
}

// ready waits until the service can serve: it has prices.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ops+"/readyz", nil)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("the service did not become ready: %w\n%s", ctx.Err(), s.errors)
		}
	}
}

// stop ends the service as an operator would and returns the most memory that it held.
func (s *server) stop() (memory int64, err error) {
	memory, err = peakMemory(s.process.Process.Pid)
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return memory, err
	}
	if wait := s.process.Wait(); wait != nil {
		return memory, fmt.Errorf("the service: %w\n%s", wait, s.errors)
	}
	return memory, err
}

// peakMemory is the largest resident set of a process, in bytes.
func peakMemory(pid int) (int64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory of the service: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("memory of the service: not said")
}

// freePort is a loopback address that nobody listens on.
func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return "127.0.0.1:0"
	}
	defer l.Close()
	return l.Addr().String()
}
