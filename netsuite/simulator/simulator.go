package simulator

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/govalues/decimal"
)

// The paths below an account's host.
const (
	pathToken      = "/services/rest/auth/oauth2/v1/token"
	pathSuiteQL    = "/services/rest/query/v1/suiteql"
	pathServerTime = "/services/rest/system/v1/serverTime"
	pathCustomer   = "/services/rest/record/v1/customer"
	pathEstimate   = "/services/rest/record/v1/estimate"
)

const (
	maxBody = 4 << 20 // bytes of a request; NetSuite takes 104 MB, nobody here sends that
	// DemoLatency is a Config.Latency that makes the demo feel like NetSuite without being slow.
	DemoLatency = 60 * time.Millisecond
)

// Config describes the account. Only the three parts of the sign-in are required.
type Config struct {
	Listen  string // loopback address, empty: 127.0.0.1 and any free port
	Account string // as NetSuite writes it, empty: 1234567_SB1

	ClientID      string           // of the integration record
	CertificateID string           // of the integration's certificate: the assertion's kid
	PublicKey     crypto.PublicKey // of that certificate, RSA or EC

	Now         func() time.Time // nil: time.Now
	ExtraItems  int              // items to add to the demo's, each with 20 price rows
	TaxPercent  decimal.Decimal  // charged to taxable customers
	HalfEven    bool             // round halves to even instead of away from zero
	Concurrency int              // requests at once before 429, 0: 5
	Latency     time.Duration    // of every answer
}

// Simulator is a running account. It is safe for use by several goroutines.
type Simulator struct {
	now      func() time.Time
	door     *doorkeeper
	gate     *gate
	faults   faults
	handler  http.Handler
	latency  time.Duration
	rounding rounding
	tax      decimal.Decimal
	address  string
	queries  atomic.Uint64
	dropping atomic.Bool  // every NetSuite route resets the connection
	slower   atomic.Int64 // nanoseconds that every answer takes on top of latency
	lying    atomic.Bool  // create-forms ask for more than the matrix

	mu        sync.RWMutex
	company   *company
	schema    schema
	estimates ledger
	script    func(*Estimate) // of the account, run on each write
	forbidden map[string]bool // records that the role may not use
	required  []string        // fields that the account's form requires
	jobs      []*caught       // of asynchronous requests, by id − 1
	keys      map[string]int  // idempotency key → id of its job
	orders    ledger          // sales orders, which have the shape of estimates
	spiked    bool            // by Spike

	serving sync.Mutex
	stop    func() error // nil while down
}

// Start builds the account and listens. The caller closes it.
func Start(c Config) (*Simulator, error) {
	if c.Account == "" {
		c.Account = "1234567_SB1"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Concurrency == 0 {
		c.Concurrency = 5
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if !isLoopback(c.Listen) {
		return nil, fmt.Errorf("start simulator: %s is not a loopback address", c.Listen)
	}
	door, err := newDoorkeeper(c)
	if err != nil {
		return nil, fmt.Errorf("start simulator: %w", err)
	}
	company, err := newCompany(c.ExtraItems)
	if err != nil {
		return nil, fmt.Errorf("start simulator: %w", err)
	}
	s := &Simulator{
		now: c.Now, door: door, gate: newGate(c.Concurrency), latency: c.Latency, tax: c.TaxPercent,
		address: c.Listen, company: company, schema: newSchema(), estimates: newLedger(), orders: newLedger(),
	}
	if c.HalfEven {
		s.rounding = halfEven
	}
	s.handler = s.routes()
	if err := s.Up(); err != nil {
		return nil, fmt.Errorf("start simulator: %w", err)
	}
	return s, nil
}

// URL is the account's base URL, without a slash at the end. It stays the same after Down and Up.
func (s *Simulator) URL() string { return "http://" + s.address }

// Up listens again after Down. It fails where another process has taken the port.
func (s *Simulator) Up() error {
	s.serving.Lock()
	defer s.serving.Unlock()
	if s.stop != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.address)
	if err != nil {
		cancel()
		return fmt.Errorf("listen on %s: %w", s.address, err)
	}
	if got := listener.Addr().String(); got != s.address {
		s.address = got // the first time only: from then on the port is ours
	}
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	s.stop = func() error {
		cancel()
		err := server.Close()
		if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
			err = errors.Join(err, serveErr)
		}
		s.gate.drain()
		return err
	}
	return nil
}

// Down stops answering: requests in progress are broken off, new connections are refused. Records
// and tokens stay.
func (s *Simulator) Down() error {
	s.serving.Lock()
	defer s.serving.Unlock()
	if s.stop == nil {
		return nil
	}
	err := s.stop()
	s.stop = nil
	if err != nil {
		return fmt.Errorf("stop listening: %w", err)
	}
	return nil
}

// Close ends the simulator and waits for its goroutines.
func (s *Simulator) Close() error { return s.Down() }

// RevokeTokens makes every access token invalid.
func (s *Simulator) RevokeTokens() { s.door.revoke() }

// Requests counts the requests that came in, by route, refused ones included.
func (s *Simulator) Requests() map[Route]int {
	requests, _ := s.gate.counts()
	return requests
}

// MaxConcurrent is the highest number of requests seen at once, refused ones included.
func (s *Simulator) MaxConcurrent() int {
	_, most := s.gate.counts()
	return most
}

// handler answers a request, or gives the error to answer with.
type handler func(http.ResponseWriter, *http.Request) error

// routes lays out the account's paths.
func (s *Simulator) routes() http.Handler {
	mux := http.NewServeMux()
	for _, route := range []struct {
		method, path string
		name         Route
		answer       handler
	}{
		{"POST", pathToken, RouteToken, s.token},
		{"POST", pathSuiteQL, RouteSuiteQL, s.suiteQL},
		{"GET", pathServerTime, RouteServerTime, s.serverTime},
		{"GET", pathCustomer + "/{id}", RouteCustomer, s.getCustomer},
		{"PUT", pathCustomer + "/{id}", RouteCustomerWrite, s.putCustomer},
		{"GET", pathJob + "/{id}", RouteJob, s.getJob},
		{"GET", pathJob + "/{id}/task/1/result", RouteJob, s.getResult},
		{"GET", pathMetadata, RouteMetadata, s.getCatalogue},
		{"GET", pathMetadata + "/{record}", RouteMetadata, s.getSchema},
		{"GET", pathGovernance, RouteGovernance, s.getGovernance},
		{"GET", pathStatus, RouteStatus, s.getStatuses},
		{"GET", pathStatus + "/{id}", RouteStatus, s.getStatus},
		{"GET", pathSalesOrder + "/{id}", RouteSalesOrderRead, s.getSalesOrder},
		{"POST", pathEstimate + "/{id}/!transform/salesOrder", RouteTransform, s.transform},
		{"POST", pathEstimate, RouteEstimateWrite, s.postEstimate},
		{"GET", pathEstimate + "/{id}", RouteEstimateRead, s.getEstimate},
		{"PUT", pathEstimate + "/{id}", RouteEstimateWrite, s.putEstimate},
		{"PATCH", pathEstimate + "/{id}", RouteEstimateWrite, s.patchEstimate},
		{"DELETE", pathEstimate + "/{id}", RouteEstimateWrite, s.deleteEstimate},
	} {
		mux.Handle(route.method+" "+route.path, s.serve(route.name, route.answer))
	}
	for _, path := range []string{pathToken, pathSuiteQL, pathServerTime, pathCustomer + "/{id}", pathEstimate, pathEstimate + "/{id}", pathStatus, pathStatus + "/{id}", pathMetadata, pathGovernance, pathSalesOrder + "/{id}"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			refusef(http.StatusMethodNotAllowed, "INVALID_REQUEST", "The method is not allowed here.").write(w)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refusef(http.StatusNotFound, "INVALID_URL", "There is no such resource.").write(w)
	})
	s.adminRoutes(mux)
	return localOnly(mux)
}

// serve wraps a route in what all share: outage, slots, latency, size limit, sign-in, faults.
func (s *Simulator) serve(route Route, answer handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := route
		if r.Method == http.MethodPost && name == RouteEstimateWrite && wantsCreateForm(r) {
			name = RouteCreateForm
		}
		defer s.gate.leave()
		free := s.gate.enter(name)
		if s.dropping.Load() {
			reset(w)
			return
		}
		if !free {
			tooManyRequests(w)
			return
		}
		if wait := s.latency + time.Duration(s.slower.Load()); wait > 0 && !pause(r, wait) {
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			refusef(http.StatusRequestEntityTooLarge, "INVALID_REQUEST", "The request body cannot be read: %v", err).write(w)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if name != RouteToken {
			if err := s.door.admit(w, r); err != nil {
				writeError(w, err)
				return
			}
		}
		next := func(w http.ResponseWriter, r *http.Request) {
			err := s.permit(name, r.Method)
			if err == nil {
				err = s.maybeAsync(name, answer)(w, r)
			}
			if err != nil {
				writeError(w, err)
			}
		}
		if effect := s.faults.take(name, func() string { return tableOf(body) }); effect != nil {
			effect(exchange{s, w, r, next})
			return
		}
		next(w, r)
	})
}

// tableOf tells which table a SuiteQL request reads, "" where the body is no such request.
func tableOf(body []byte) string {
	q, _, err := readStatement(body)
	if err != nil {
		return ""
	}
	return q.table
}

// localOnly refuses what a web page could send: a Host or an Origin that is not this machine's
// loopback, even where a name was made to resolve to it.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		from, err := url.Parse(origin)
		if !isLoopback(r.Host) || origin != "" && (err != nil || !isLoopback(from.Host)) {
			http.Error(w, "the simulator answers on loopback only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback reports whether a host, with or without a port, is a name of this machine's loopback.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "127.0.0.1" || host == "localhost" || host == "::1" || host == "[::1]"
}

// serverTime answers GET /services/rest/system/v1/serverTime.
func (s *Simulator) serverTime(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r.URL.Query()); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, mediaSingular, map[string]string{"serverTime": s.now().UTC().Format("2006-01-02T15:04:05.000Z")})
	return nil
}

// readJSON reads a body that must be declared as JSON.
func readJSON(r *http.Request) ([]byte, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" && media != "application/vnd.oracle.resource+json" {
		return nil, refusef(http.StatusUnsupportedMediaType, "INVALID_HEADER", "The Content-Type must be application/json.")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return body, nil
}
