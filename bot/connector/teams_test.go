package connector

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// teams stands in for the connector at its HTTP boundary. It gives the answers that it
// has in turn and after them a new activity's id, and keeps what it was asked.
type teams struct {
	url    string
	client *Client
	tokens *tokens
	reg    *prometheus.Registry

	mu      sync.Mutex
	answers []http.HandlerFunc
	asked   []asked
	dial    func() error // before each connection
}

type asked struct {
	Method, Path, Token, Type, Body string
	at                              time.Time
}

// tokens counts T1, T2 and so on up, one for each that is invalidated.
type tokens struct {
	mu  sync.Mutex
	n   int
	err error
}

func (k *tokens) Token(context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return fmt.Sprintf("T%d", k.n), k.err
}

func (k *tokens) Invalidate(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if token == fmt.Sprintf("T%d", k.n) {
		k.n++
	}
}

func (s *teams) config() Config {
	return Config{AllowedServiceURLs: []string{s.url}, Tokens: s.tokens, Metrics: NewMetrics(s.reg)}
}

func (s *teams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.asked = append(s.asked, asked{
		r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), string(body), time.Now(),
	})
	answer := status(http.StatusCreated, fmt.Sprintf(`{"id":"A%d"}`, len(s.asked)))
	if len(s.answers) > 0 {
		answer, s.answers = s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	answer(w, r)
}

// refused is what a machine that listens to nobody says.
func refused() error { return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED} }

// will gives the answers to come, in turn.
func (s *teams) will(answers ...http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = answers
}

func (s *teams) requests() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]asked(nil), s.asked...)
}

func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func times(n int, answer http.HandlerFunc) []http.HandlerFunc {
	answers := make([]http.HandlerFunc, n)
	for i := range answers {
		answers[i] = answer
	}
	return answers
}

// hang answers nothing until the caller goes away.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// breakOff promises more of a body than it sends.
func breakOff(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"id":`)
	}
}

// newTeams is a stand-in on a loopback port, with a client for it.
func newTeams(t *testing.T, change ...func(*Config)) *teams {
	t.Helper()
	s := &teams{tokens: &tokens{n: 1}, reg: prometheus.NewRegistry()}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL + "/emea/"
	cfg := s.config()
	for _, c := range change {
		c(&cfg)
	}
	client, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.client = client
	return s
}

// inBubble runs a test in which time stands still while all wait, against a stand-in
// that is reached through pipes instead of the machine's network.
func inBubble(t *testing.T, test func(*testing.T, *teams), change ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &teams{url: "http://127.0.0.1:1/emea/", tokens: &tokens{n: 1}, reg: prometheus.NewRegistry()}
		network := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: s}
		go func() { _ = server.Serve(network) }()
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			s.mu.Lock()
			dial := s.dial
			s.mu.Unlock()
			if dial != nil {
				if err := dial(); err != nil {
					return nil, err
				}
			}
			return network.dial(ctx)
		}}
		defer func() {
			transport.CloseIdleConnections()
			_ = server.Close()
		}()
		cfg := s.config()
		for _, c := range change {
			c(&cfg)
		}
		client, err := newClient(cfg, transport)
		if err != nil {
			t.Fatal(err)
		}
		s.client = client
		test(t, s)
	})
}

// pipes is a listener whose connections are pipes.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
