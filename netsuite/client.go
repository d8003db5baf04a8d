package netsuite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"radioquote/quoting"
)

// Client is the one way to the dealer's NetSuite. It is safe for concurrent use, and must
// be the only one of its process: the limit on concurrent requests is kept here.
type Client struct {
	config     Config
	base       string
	prefix     string
	http       *http.Client
	breaker    circuitbreaker.CircuitBreaker[*http.Response]
	signIn     *signIn
	metrics    *Metrics
	currencies atomic.Pointer[currencies] // as last read; nil: never
	skew       atomic.Int64               // nanoseconds; see Health
	statuses   atomic.Pointer[map[string]int64]
	discount   atomic.Int64 // id of the discount item, once it was found
}

// New makes a Client. It does not call NetSuite; its errors are those of the
// configuration.
func New(cfg Config, metrics *Metrics) (*Client, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	return newClient(cfg, metrics, newNetwork(cfg.Concurrency))
}

func newClient(cfg Config, metrics *Metrics, network http.RoundTripper) (*Client, error) {
	signIn, err := newSignIn(cfg)
	if err != nil {
		return nil, err
	}
	transport, breaker := newTransport(network, cfg.Concurrency, metrics)
	if cfg.Certificate != nil {
		metrics.expires.WithLabelValues().Set(float64(cfg.Certificate.NotAfter.Unix()))
	}
	return &Client{
		config: cfg,
		base:   cfg.BaseURL,
		prefix: cfg.Prefix,
		http: &http.Client{ // without a cookie jar: NetSuite refuses a token beside a cookie
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		breaker: breaker,
		signIn:  signIn,
		metrics: metrics,
	}, nil
}

// ServerTime is NetSuite's clock. Each answer measures how far it is from ours.
func (c *Client) ServerTime(ctx context.Context) (time.Time, error) {
	var now time.Time
	q := request{route: routeClock, method: http.MethodGet, path: "/services/rest/system/v1/serverTime"}
	err := c.call(ctx, q, func(body []byte) error {
		var answer struct {
			ServerTime time.Time `json:"serverTime"`
		}
		if err := decode(body, &answer); err != nil {
			return err
		}
		if answer.ServerTime.IsZero() {
			return errors.New("no serverTime")
		}
		now = answer.ServerTime.UTC()
		c.measure(now)
		return nil
	})
	return now, err
}

// request is what a call sends.
type request struct {
	route  route
	method string
	path   string // below the base URL, query included
	header http.Header
	body   []byte
}

// call makes a call in the name of the integration and gives the answer's body to read,
// which may be nil where the answer has none. An error of read makes the answer a
// malformed one. All errors are of type *Error.
func (c *Client) call(ctx context.Context, q request, read func(body []byte) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, q.route.deadline, errTooSlow)
	defer cancel()
	bearer, err := c.bearer(ctx)
	if err != nil {
		return err
	}
	err = c.exchange(ctx, q, bearer, read)
	if !unauthorised(err) {
		return err
	}
	// The token may have been revoked, or NetSuite is overloaded, which it reports in the
	// same way. Once more with a new token, and no more: who keeps trying is locked out.
	c.signIn.forget(bearer)
	bearer, err = c.bearer(ctx)
	if err != nil {
		return err
	}
	err = c.exchange(ctx, q, bearer, read)
	if unauthorised(err) {
		c.signIn.rest(bearer, err)
	}
	return err
}

// exchange sends one request, with a bearer token if there is one, and reads the answer.
func (c *Client) exchange(ctx context.Context, q request, bearer secret, read func(body []byte) error) error {
	began := time.Now()
	err := c.send(ctx, q, bearer, read)
	if e, ok := errors.AsType[*Error](err); ok {
		e.Call = q.route.name
	}
	c.metrics.observe(q.route.name, time.Since(began), err)
	return err
}

func (c *Client) send(ctx context.Context, q request, bearer secret, read func(body []byte) error) error {
	ctx = context.WithValue(ctx, routeKey{}, q.route)
	req, err := http.NewRequestWithContext(ctx, q.method, c.base+q.path, bytes.NewReader(q.body))
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	maps.Copy(req.Header, q.header)
	req.Header.Set("User-Agent", "radioquote")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+string(bearer))
	}

	resp, err := c.http.Do(req)
	if err != nil {
		return c.failure(ctx, q.route, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body) // from memory: see attempt
	if err != nil {
		return c.failure(ctx, q.route, err)
	}

	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil && q.route == routeToken {
		c.measure(date) // whom NetSuite lets not in cannot ask for its time
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if fault, _ := judge(resp, nil); fault != 0 {
		e := &Error{Fault: fault, Status: resp.StatusCode, wait: retryAfter(resp)}
		e.explain(body)
		return e
	}
	if read == nil {
		return nil
	}
	err = checkJSON(resp)
	if err == nil {
		err = read(body)
	}
	if err != nil {
		return &Error{Fault: quoting.Malformed, Status: resp.StatusCode, Err: err}
	}
	return nil
}

// failure is the error of a call that has no answer.
func (c *Client) failure(ctx context.Context, r route, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, circuitbreaker.ErrOpen) {
		return &Error{Fault: quoting.Unavailable, Err: circuitbreaker.ErrOpen, wait: c.breaker.RemainingDelay()}
	}
	// The context ended, and how far the last attempt had come is not known.
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return &Error{Fault: r.lost(), Err: err}
}

func checkJSON(resp *http.Response) error {
	switch t := mediaType(resp); t {
	case "application/json", "application/vnd.oracle.resource+json", "application/schema+json":
		return nil
	default:
		return fmt.Errorf("an answer of type %q, not JSON", t)
	}
}

// Close ends idle connections. Calls under way are not touched.
func (c *Client) Close() { c.http.CloseIdleConnections() }
