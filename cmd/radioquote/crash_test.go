package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/bot/emulator"
	"radioquote/netsuite/simulator"
	"radioquote/store/localpg"
)

// plant is a service in a process of its own, with Teams and NetSuite stood in for.
type plant struct {
	bin      string
	env      []string
	teams    *emulator.Emulator
	database localpg.Database
}

func newPlant(t *testing.T) *plant {
	t.Helper()
	p := &plant{bin: build(t), database: localpg.NewDatabase(t)}
	dir := t.TempDir()
	key, err := demoKey(filepath.Join(dir, "netsuite.pem"))
	if err != nil {
		t.Fatal(err)
	}
	netsuite, err := simulator.Start(simulator.Config{ClientID: demoClient, CertificateID: demoCertificate, PublicKey: key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = netsuite.Close() })
	p.teams, err = emulator.Start(emulator.Config{
		AppID: demoApp, AppSecret: "secret", TenantID: demoTenant, People: demoPeople,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.teams.Close() })
	directory := filepath.Join(dir, "directory.yaml")
	if err := os.WriteFile(directory, demoDirectory, 0o600); err != nil {
		t.Fatal(err)
	}
	p.env = append(os.Environ(),
		"RADIOQUOTE_DATABASE_URL="+p.database.URL, "RADIOQUOTE_DIRECTORY_FILE="+directory,
		"RADIOQUOTE_BOT_APP_ID="+demoApp, "RADIOQUOTE_BOT_APP_SECRET=secret", "RADIOQUOTE_BOT_TENANT_ID="+demoTenant,
		"RADIOQUOTE_BOT_OPENID_METADATA_URL="+p.teams.OpenIDMetadataURL(), "RADIOQUOTE_BOT_TOKEN_URL="+p.teams.TokenURL(), "RADIOQUOTE_BOT_SERVICE_URLS="+p.teams.ServiceURL(),
		"RADIOQUOTE_NETSUITE_ACCOUNT="+demoAccount, "RADIOQUOTE_NETSUITE_BASE_URL="+netsuite.URL(), "RADIOQUOTE_NETSUITE_CLIENT_ID="+demoClient,
		"RADIOQUOTE_NETSUITE_CERTIFICATE_ID="+demoCertificate, "RADIOQUOTE_NETSUITE_PRIVATE_KEY_FILE="+filepath.Join(dir, "netsuite.pem"))
	return p
}

// address is a loopback address that nobody listens on.
func address(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts the service and waits until it can serve. It has addresses of its own each
// time: those of a process that was killed may be somebody else's by now.
func (p *plant) start(t *testing.T) *exec.Cmd {
	t.Helper()
	var log bytes.Buffer
	listen, ops := address(t), address(t)
	p.teams.SetBotURL("http://" + listen + "/api/messages")
	service := exec.Command(filepath.Join(p.bin, "radioquote"), "serve")
	service.Env, service.Stderr = append(slices.Clip(p.env), "RADIOQUOTE_LISTEN="+listen, "RADIOQUOTE_OPS_LISTEN="+ops), &log
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Process.Kill() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+ops+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return service
			}
		}
		select {
		case <-time.After(50 * time.Millisecond): // a process says nothing when it is ready
		case <-ctx.Done():
			_ = service.Process.Kill()
			_ = service.Wait()
			t.Fatalf("the service did not become ready:\n%s", &log)
		}
	}
}

func (p *plant) count(t *testing.T, query string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.database.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAKilledServiceAnswersAfterTheRestart(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	riley := demoPeople[0]
	first := p.start(t)

	// Teams puts the card off: the quote is committed, its answer is not out.
	p.teams.Inject(1, emulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: 10 * time.Second})
	if status, err := p.teams.Say(t.Context(), riley, "quote 40 radios for 3 sites"); err != nil || status >= 300 {
		t.Fatalf("the message is answered %d, %v", status, err)
	}
	p.eventually(t, `SELECT count(*) FROM messages m, river_job j WHERE m.state = 'queued' AND j.kind = 'deliver' AND j.state = 'scheduled'`)
	if quotes := p.count(t, `SELECT count(*) FROM quotes`); quotes != 1 {
		t.Fatalf("%d quotes before the kill, want one", quotes)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // killed
	if cards := p.cards(riley); cards != 0 {
		t.Fatalf("%d cards before the restart, want none", cards)
	}

	p.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	_, err := p.teams.WaitFor(ctx, riley, func(m emulator.Message) bool { return strings.Contains(m.Summary, "Q-1001") })
	if err != nil {
		t.Fatalf("no card after the restart: %v", err)
	}
	if status, err := p.teams.Say(t.Context(), riley, "help"); err != nil || status >= 300 {
		t.Fatalf("the message after is answered %d, %v", status, err)
	}
	if _, err := p.teams.WaitFor(ctx, riley, func(m emulator.Message) bool { return m.Card != nil && strings.Contains(m.Summary, "We are at Q-1001") }); err != nil {
		t.Fatal(err)
	}
	if cards, quotes := p.cards(riley), p.count(t, `SELECT count(*) FROM quotes`); cards != 1 || quotes != 1 {
		t.Errorf("%d cards of %d quotes, want one of one", cards, quotes)
	}
}

func TestAServiceThatIsKilledWhileItSendsSaysSoAfterTheRestart(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	riley := demoPeople[0]
	first := p.start(t)
	p.teams.Inject(1, emulator.Fault{Hang: true})
	if status, err := p.teams.Say(t.Context(), riley, "quote 40 radios for 3 sites"); err != nil || status >= 300 {
		t.Fatalf("the message is answered %d, %v", status, err)
	}
	p.eventually(t, `SELECT count(*) FROM messages WHERE state = 'sending'`)
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // killed

	p.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	_, err := p.teams.WaitFor(ctx, riley, func(m emulator.Message) bool {
		return strings.Contains(m.Summary, "interrupted while I sent you Q-1001 v1")
	})
	if err != nil {
		t.Fatalf("nothing is said after the restart: %v", err)
	}
	if cards := len(p.teams.Messages(riley)); cards != 2 { // Riley's own message and the notice
		t.Errorf("%d messages in the chat, want two", cards)
	}
}

// eventually waits until one row is as wanted.
func (p *plant) eventually(t *testing.T, query string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); p.count(t, query) != 1; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", query)
		}
	}
}

// cards is how many cards of quotes a person has.
func (p *plant) cards(who emulator.Person) (n int) {
	for _, m := range p.teams.Messages(who) {
		if strings.HasPrefix(m.Summary, "Q-1001 v") {
			n++
		}
	}
	return n
}

func TestAStoppedServiceEndsWithoutAnError(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	service := p.start(t)
	if err := service.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- service.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the service ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the service did not end within 15 seconds")
	}
}
