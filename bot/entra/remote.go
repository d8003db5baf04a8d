package entra

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/failsafe-go/failsafe-go/timeout"
)

const (
	attemptTimeout = 10 * time.Second
	dialTimeout    = 3 * time.Second

	maxRetries   = 2
	firstBackoff = 250 * time.Millisecond
	// A call waits this long between two attempts. Where Retry-After says more, the caller is
	// told instead.
	maxPause = 5 * time.Second
	// maxRetryAfter is the most that is believed.
	maxRetryAfter = time.Hour

	breakerFailures = 5
	breakerDelay    = 10 * time.Second

	// maxBody is some ten times a page of 999 people, in bytes.
	maxBody = 4 << 20
)

var errTooLarge = errors.New("answer too large")

// newRemote returns a client for one service: a deadline for each attempt, limited retries,
// and a circuit breaker, in one RoundTripper. It follows no redirect and keeps no cookies.
// All that is sent through it may be repeated.
func newRemote(transport http.RoundTripper, changed func(circuitbreaker.State)) *http.Client {
	return &http.Client{
		Transport: failsafehttp.NewRoundTripper(whole{transport},
			retrypolicy.NewBuilder[*http.Response]().
				HandleIf(again).
				WithMaxRetries(maxRetries).
				WithDelayFunc(pause).
				ReturnLastFailure().
				Build(),
			circuitbreaker.NewBuilder[*http.Response]().
				HandleIf(broken).
				WithFailureThreshold(breakerFailures).
				WithSuccessThreshold(1).
				WithDelay(breakerDelay).
				OnStateChanged(func(e circuitbreaker.StateChangedEvent) { changed(e.NewState) }).
				Build(),
			timeout.New[*http.Response](attemptTimeout)),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newTransport is the network: one connection pool for each service.
func newTransport() http.RoundTripper {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	return transport
}

// again says whether to ask once more within the call: if the service says so, or never
// heard of it. An attempt that broke off is not repeated, because a code may be spent.
func again(resp *http.Response, err error) bool {
	if err != nil {
		dial, ok := errors.AsType[*net.OpError](err)
		return ok && dial.Op == "dial"
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		wait, _ := retryAfter(resp.Header.Get("Retry-After"), time.Now())
		return wait <= maxPause
	}
	return false
}

// broken says whether the service failed. A caller who left is not its fault.
func broken(resp *http.Response, err error) bool {
	if err != nil {
		return !errors.Is(err, context.Canceled)
	}
	return resp.StatusCode >= http.StatusInternalServerError
}

// pause is the time before the next attempt: what Retry-After says, else a back-off, each
// with some chance so that many calls do not come back together.
func pause(exec failsafe.ExecutionAttempt[*http.Response]) time.Duration {
	if resp := exec.LastResult(); resp != nil {
		if wait, ok := retryAfter(resp.Header.Get("Retry-After"), time.Now()); ok {
			return wait + jitter(firstBackoff)
		}
	}
	return backoff(exec.Attempts())
}

// backoff is the time after the nth attempt.
func backoff(attempts int) time.Duration {
	d := firstBackoff << (attempts - 1)
	return d/2 + jitter(d)
}

func jitter(below time.Duration) time.Duration {
	return rand.N(below) //nolint:gosec // it spreads calls in time; nobody gains by guessing it
}

// retryAfter reads a Retry-After, seconds or a date (RFC 9110, section 10.2.3), and says
// whether it makes sense.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter), true
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), maxRetryAfter), true
	}
	return 0, false
}

// whole returns a response only with its body in memory, so that a body which hangs, breaks
// off or does not end fails the attempt.
type whole struct{ next http.RoundTripper }

func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read answer: %w", err)
	case len(body) > maxBody:
		return nil, errTooLarge
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// reply is an answer with its body in memory.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func exchange(client *http.Client, req *http.Request) (reply, error) {
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, withoutURL(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, body}, err
}

// withoutURL drops the URL from a client's error: it names people, and says no more than the
// operation does.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
