// Package standin stands in for Microsoft Entra ID and Microsoft Graph at the HTTP boundary:
// the sign-in page, the tokens and keys, and the part of the directory that a quoting bot
// reads. It serves the tests and the demo.
//
// It is strict on purpose: what Entra or Graph refuses, or answers in a way that is easily
// taken wrongly, it refuses or answers so too. It keeps everything in memory and imports
// nothing of what it stands in for. It listens on loopback only and refuses what comes through
// a tunnel or from another web page, because anybody may sign in here as anyone.
package standin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// shutdownLimit is how long Close waits for requests in progress. The server itself gives a
// connection on which nothing was ever asked five seconds.
const shutdownLimit = 10 * time.Second

// Config is what a server starts with. TenantID, ClientID and ClientSecret are required.
type Config struct {
	Listen       string // a loopback address; default 127.0.0.1:0
	TenantID     string
	ClientID     string
	ClientSecret string
	RedirectURIs []string // compared whole

	People   []Person
	Groups   []Group
	AppRoles []AppRole // of the client

	// TeamsAppID is the manifest's id of the Teams app in the organization's catalog; empty:
	// no admin has put it there.
	TeamsAppID string

	Now func() time.Time // default time.Now
}

// Person is somebody with an account in the tenant.
type Person struct {
	ObjectID   string
	Name       string
	Title      string // shown on the sign-in page
	Department string
	ManagerID  string
	Disabled   bool
	Groups     []string // ids of those of which the person is a direct member
	AppRoles   []string // values of those assigned to the person

	NoMailbox bool
	AutoReply AutoReply

	Installed bool // the Teams app, for this person
}

// AutoReply is what a mailbox answers by itself: nothing, without a limit, or for a time.
type AutoReply struct {
	Status      string // disabled, alwaysEnabled or scheduled; empty: disabled
	From, Until time.Time
}

// Group is a group of the tenant.
type Group struct {
	ID       string
	Groups   []string // ids of those of which it is a direct member
	AppRoles []string // values of those assigned to the group
}

// AppRole is a role that the client's registration declares.
type AppRole struct {
	Value    string
	Disabled bool
}

// Server is a running stand-in. Its methods may be called from many goroutines.
type Server struct {
	cfg     Config
	base    string // http://127.0.0.1:port
	hosts   []string
	handler http.Handler
	server  *http.Server
	served  chan struct{} // closed when the server has stopped
	stop    context.CancelFunc

	mu          sync.Mutex
	people      []Person
	groups      []Group
	permissions []string
	key         signingKey // made when first needed
	attempts    map[string]attempt
	codes       map[string]grant
	tokens      map[string]token
	pages       map[string]position // by skip token
	faults      []Fault
	forgeries   []Forgery
	calls       []Call
}

// Start listens and serves until Close.
func Start(cfg Config) (*Server, error) {
	if cfg.TenantID == "" || cfg.ClientID == "" || cfg.ClientSecret == "" {
		return nil, errors.New("start stand-in for Entra: tenant, client id and client secret are required")
	}
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.AppRoles = slices.Clone(cfg.AppRoles)
	listener, err := listenLoopback(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("start stand-in for Entra: %w", err)
	}
	own := listener.Addr().String()
	_, port, _ := net.SplitHostPort(own)
	s := &Server{
		cfg:         cfg,
		base:        "http://" + own,
		hosts:       []string{own, "localhost:" + port},
		served:      make(chan struct{}),
		people:      slices.Clone(cfg.People),
		groups:      slices.Clone(cfg.Groups),
		permissions: Permissions(),
		attempts:    map[string]attempt{},
		codes:       map[string]grant{},
		tokens:      map[string]token{},
		pages:       map[string]position{},
	}
	s.handler = s.guard(s.routes())
	done, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.server = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return done },
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(listener) // always ErrServerClosed: only Close ends it
	}()
	return s, nil
}

func listenLoopback(address string) (net.Listener, error) {
	addr, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	if !addr.IP.IsLoopback() {
		return nil, fmt.Errorf("%s is not a loopback address", address)
	}
	return net.ListenTCP("tcp", addr)
}

// Close ends every request in progress and stops listening.
func (s *Server) Close() error {
	s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownLimit)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("close stand-in for Entra: %w", err), s.server.Close())
	}
	<-s.served
	return err
}

// ServeHTTP answers a request that did not come over the network, for tests in which time
// stands still.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// URL is where both Entra and Graph are.
func (s *Server) URL() string { return s.base }

// Issuer is who signs the id tokens.
func (s *Server) Issuer() string { return s.base + "/" + s.cfg.TenantID + "/v2.0" }

func (s *Server) entraPath(rest string) string { return "/" + s.cfg.TenantID + "/" + rest }

// originOf is the scheme and host of a URL.
func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// newID is a secret name for something that is kept for a while.
func newID() string { return rand.Text() }
