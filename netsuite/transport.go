package netsuite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"radioquote/quoting"
)

const (
	connectTimeout = 5 * time.Second

	// repeats of a call that NetSuite did not do. Oracle suggests about five attempts,
	// with growing and de-synchronised delays.
	repeats   = 4
	firstWait = 500 * time.Millisecond
	lastWait  = 8 * time.Second

	// The breaker opens after this many failed attempts in a row, which is more than one
	// unlucky call makes, and lets one call try again after this time.
	breakerFailures = 2 * (1 + repeats)
	breakerDelay    = 15 * time.Second

	// answerLimit is over ten times a page of 1000 rows; a longer answer is not read.
	answerLimit = 8 << 20
)

// errTooSlow is why a call ended whose deadline passed. It tells our deadlines, which
// NetSuite missed, from those of callers, who may be in a greater hurry.
var errTooSlow = errors.New("no answer within the time that this call may take")

var errTooLarge = fmt.Errorf("the answer is larger than %d bytes", answerLimit)

// route is a kind of call.
type route struct {
	name     string        // in metrics and errors
	deadline time.Duration // of the whole call: sign-in, waiting and repeats included
	write    bool          // whoever loses the answer does not know what was done
	patient  bool          // nobody waits for it: everything else goes first
}

var (
	routeToken         = route{name: "token", deadline: 10 * time.Second}
	routeClock         = route{name: "server-time", deadline: 10 * time.Second}
	routeCheck         = route{name: "price-check", deadline: 10 * time.Second}
	routePage          = route{name: "sync-page", deadline: 120 * time.Second, patient: true}
	routeReadEstimate  = route{name: "read-estimate", deadline: 60 * time.Second}
	routeWriteEstimate = route{name: "write-estimate", deadline: 60 * time.Second, write: true}
)

// routeKey finds the route in a request's context, by which it reaches the RoundTripper.
type routeKey struct{}

func routeOf(req *http.Request) route {
	r, _ := req.Context().Value(routeKey{}).(route)
	return r
}

// newTransport is everything between a call and the network: repeats around a breaker
// around single attempts.
func newTransport(network http.RoundTripper, concurrency int, m *Metrics) (http.RoundTripper, circuitbreaker.CircuitBreaker[*http.Response]) {
	retry := retrypolicy.NewBuilder[*http.Response]().
		HandleIf(func(resp *http.Response, err error) bool {
			fault, down := judge(resp, err)
			return fault == quoting.Unavailable && (down || resp != nil && busy(resp))
		}).
		AbortIf(func(resp *http.Response, _ error) bool { return resp != nil && tooLate(resp) }).
		WithMaxRetries(repeats).
		WithDelayFunc(pause).
		ReturnLastFailure().
		Build()

	var breaker circuitbreaker.CircuitBreaker[*http.Response]
	breaker = circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(func(resp *http.Response, err error) bool {
			// A trial that proves nothing leaves the breaker open.
			_, down := judge(resp, err)
			return down || isBlameless(err) && breaker.IsHalfOpen()
		}).
		WithFailureThreshold(breakerFailures).
		WithSuccessThreshold(1).
		WithDelay(breakerDelay).
		OnStateChanged(func(e circuitbreaker.StateChangedEvent) {
			m.open.Set(0)
			if e.NewState == circuitbreaker.OpenState {
				m.open.Set(1)
			}
		}).
		Build()

	one := attempt{network: network, slots: newSlots(concurrency), metrics: m}
	return failsafehttp.NewRoundTripper(one, retry, breaker), breaker
}

// pause is how long to wait before the next attempt: longer each time, at random so that
// many clients do not come back together, and never less than NetSuite asks for.
func pause(e failsafe.ExecutionAttempt[*http.Response]) time.Duration {
	wait := min(firstWait<<e.Retries(), lastWait)
	wait = wait/2 + rand.N(wait/2) //nolint:gosec // spreads load, keeps no secret
	if resp := e.LastResult(); resp != nil {
		wait = max(wait, retryAfter(resp))
	}
	return wait
}

// longestRest bounds what NetSuite may ask for by Retry-After: a header that is wrong by
// a unit must not put a job to sleep for a month.
const longestRest = time.Hour

// retryAfter is how long NetSuite asks us to stay away, 0 where it does not say. The
// header is a number of seconds or a date, which is by NetSuite's clock.
func retryAfter(resp *http.Response) time.Duration {
	text := resp.Header.Get("Retry-After")
	if text == "" || resp.StatusCode/100 == 2 {
		return 0
	}
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestRest)
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, min(until.Sub(now), longestRest))
}

// tooLate says whether NetSuite asks for a longer wait than the call has time for, which
// then ends at once.
func tooLate(resp *http.Response) bool {
	deadline, limited := resp.Request.Context().Deadline()
	return limited && retryAfter(resp) >= time.Until(deadline)
}

// busyWords are how NetSuite says that it did not begin with a request because there are
// too many at once. They are codes of REST, RESTlets and SOAP; each has been seen as
// o:errorCode or within the text of a USER_ERROR, with other statuses than 429.
var busyWords = []string{
	"CONCURRENCY_LIMIT_EXCEEDED", "SSS_REQUEST_LIMIT_EXCEEDED", "WS_REQUEST_BLOCKED", "WS_CONCUR_SESSION_DISALLWD",
}

// busy says whether NetSuite did not begin with a request because there are too many at
// once. A 500 with such words may have begun: a script within it may have met the limit.
func busy(resp *http.Response) bool {
	if resp.StatusCode == http.StatusTooManyRequests {
		return true
	}
	if resp.StatusCode/100 != 4 {
		return false
	}
	body, err := io.ReadAll(resp.Body) // from memory: see attempt
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return false
	}
	var e Error
	e.explain(body)
	return slices.ContainsFunc(busyWords, func(word string) bool { return e.Code == word || strings.Contains(e.Detail, word) })
}

// judge says what an attempt came to, and whether it shows NetSuite to be down. No fault
// is the zero Fault.
func judge(resp *http.Response, err error) (fault quoting.Fault, down bool) {
	if err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok { // the breaker is open: nothing was attempted
			return quoting.Unavailable, false
		}
		return e.Fault, !e.blameless
	}
	lost := routeOf(resp.Request).lost()
	switch status := resp.StatusCode; {
	case mediaType(resp) == "text/html": // a login or maintenance page, whatever its status
		return lost, true
	case status/100 == 2:
		return 0, false
	case status == http.StatusUnauthorized, busy(resp): // nothing was done
		return quoting.Unavailable, false
	case status/100 == 4 && status != http.StatusRequestTimeout:
		return quoting.Refused, false
	default:
		return lost, true
	}
}

// lost is the fault of a call that was sent and not answered.
func (r route) lost() quoting.Fault {
	if r.write {
		return quoting.OutcomeUnknown
	}
	return quoting.Unavailable
}

// who waits for a call, as in the metrics.
func (r route) who() string {
	if r.patient {
		return "sync"
	}
	return "person"
}

func mediaType(resp *http.Response) string {
	t, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return t
}

func isBlameless(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.blameless
}

// attempt makes one attempt at a call: it waits for a slot, sends the request and reads
// the whole answer. A body that breaks off, drips or has no end is a failed attempt like
// any other, and holds its slot as long as it holds NetSuite's.
type attempt struct {
	network http.RoundTripper
	slots   *slots
	metrics *Metrics
}

// RoundTrip answers with a body that is in memory. Its errors are of type *Error.
func (a attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, r := req.Context(), routeOf(req)
	waiting := a.metrics.waiting.WithLabelValues(r.who())
	waiting.Inc()
	err := a.slots.acquire(ctx, r.patient)
	waiting.Dec()
	if err != nil {
		return nil, &Error{Fault: quoting.Unavailable, Err: fmt.Errorf("wait for a free request: %w", err), blameless: true}
	}
	defer a.slots.release(r.patient)

	resp, err := a.network.RoundTrip(req)
	if err == nil {
		err = readWhole(resp)
	}
	if err == nil {
		if busy(resp) {
			a.metrics.blocked.Inc()
		}
		return resp, nil
	}
	failure := &Error{Fault: r.lost(), Err: err}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		failure.Fault = quoting.Unavailable
	}
	if errors.Is(err, errTooLarge) {
		failure.blameless = true
		if !r.write {
			failure.Fault = quoting.Malformed
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		failure.Err = cause
		failure.blameless = !errors.Is(cause, errTooSlow)
	}
	return nil, failure
}

// readWhole replaces the body of an answer by its bytes.
func readWhole(resp *http.Response) error {
	defer func() { _ = resp.Body.Close() }() // nothing of it is read after this
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > answerLimit {
		return errTooLarge
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// newNetwork is the network proper. The account's requests share few connections.
func newNetwork(concurrency int) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:    connectTimeout,
		MaxIdleConnsPerHost:    concurrency,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
}
